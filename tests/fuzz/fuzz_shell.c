/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_shell.c - any text as a script, run for a bounded time; twice, and it must come to the same.
 *
 *   byte 0      bits 0-3: fate of the network; bit 4: PID 1; bit 5: unknown commands serve; bit 6:
 * bash byte 1      which allocation fails, times four; 0: none byte 2      the second at which TERM
 * comes; 0: never the rest    the script
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/shell.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "tests/fuzz/kit.h"
#include "tests/support/failmem.h"

enum { INSTANTS_MAX = 50, TERM = 15 };

struct run {
    uint64_t digest;
    uint8_t fate;
    rx_ms now;
};

static void note(struct run *r, const void *data, size_t size)
{
    r->digest = fuzz_hash(r->digest, data, size);
}

static void output(void *ctx, int fd, const char *data, uint32_t length)
{
    note(ctx, &fd, sizeof(fd));
    note(ctx, data, length);
}

static void request(void *ctx, struct shell_proc *p, const struct shell_request *q)
{
    struct run *r = ctx;
    struct shell_result result = {
        .reply = SHELL_REPLY_OK, .status = 200, .body = "body\n", .body_length = 5, .address = 1};

    note(r, q->host, strlen(q->host));
    if ((r->fate & 7) < 6)
        result.reply = (enum shell_reply)(r->fate & 7);
    if (r->fate & 8) {
        result.status = 301;
        result.location = "/elsewhere";
    }
    if ((r->fate & 7) != 7) /* 7: never answers */
        shell_answer(p, q->id, &result);
}

static void server(void *ctx, const char *name, bool up, bool took_over)
{
    note(ctx, name, strlen(name));
    note(ctx, &up, sizeof(up));
    note(ctx, &took_over, sizeof(took_over));
}

static void diagnose(void *ctx, const struct shell_diag *d)
{
    note(ctx, d->text, strlen(d->text));
}

static const struct shell_host host = {.output = output, .request = request, .server = server,
                                       .diagnose = diagnose};

static void run(struct run *r, const struct rx_mem *mem, struct rx_arena *arena, const char *script,
                const uint8_t how[3])
{
    static const struct rx_pair env[] = {{"A", "1"}, {"PATH", "/bin"}};
    const char *argv[] = {how[0] & 64 ? "bash" : "sh", "-c", script};
    struct shell_state state = {.phase = SHELL_SLEEPING};
    struct shell_setup setup = {.host = &host,
                                .ctx = r,
                                .env_count = 2,
                                .env = env,
                                .hostname = "fuzz",
                                .pid = 1,
                                .pid1 = how[0] & 16,
                                .role = how[0] & 32 ? SHELL_PROGRAM_MAIN : SHELL_PROGRAM_PROBE,
                                .unknown_missing = how[0] & 64,
                                .seed = 1};
    struct shell_program *program;
    struct shell_proc *p;
    enum shell_program_spot spot;
    struct shell_diag diag;
    struct fs fs;

    r->fate = how[0] & 15;
    if (shell_compile(arena, SHELL_SH, 3, argv, &program, &diag) != 0)
        return;
    for (uint32_t n = 0; shell_program_unknown(program, n, &diag, &spot); n++)
        note(r, diag.word, strlen(diag.word));
    fs_init(&fs, mem);
    setup.program = program;
    setup.fs = &fs;
    if (shell_open(&p, mem, &setup, 0) == 0) {
        for (int n = 0; n < INSTANTS_MAX && state.phase == SHELL_SLEEPING; n++) {
            if (how[2] != 0 && r->now >= how[2] * 1000)
                shell_signal(p, TERM);
            state = shell_run(p, r->now);
            CHECK(state.phase != SHELL_SLEEPING || state.until > r->now);
            CHECK(state.phase != SHELL_ENDED || (state.code >= 0 && state.code <= 255));
            CHECK(shell_bytes(p) <= SHELL_MEMORY_MAX);
            r->now = state.until;
        }
        note(r, &state.phase, sizeof(state.phase));
        note(r, &state.code, sizeof(state.code));
        shell_close(p);
    }
    fs_fini(&fs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t digest[2];
    char *script;

    if (size < 3 || size > 4096)
        return 0;
    script = malloc(size - 2);
    memcpy(script, data + 3, size - 3);
    script[size - 3] = '\0';
    for (int i = 0; i < 2; i++) {
        struct failmem f;
        struct rx_mem mem;
        struct rx_arena arena;
        struct run r = {.digest = FUZZ_HASH};

        failmem_open(&mem, &f, 0);
        f.fail_at = data[1] != 0 ? f.calls + data[1] * 4u : 0;
        rx_arena_init(&arena, &mem);
        run(&r, &mem, &arena, script, data);
        rx_arena_fini(&arena);
        CHECK(mem.state->bytes == 0);
        rx_mem_close(&mem);
        CHECK(f.blocks == 0);
        digest[i] = r.digest;
    }
    CHECK(digest[0] == digest[1]);
    free(script);
    return 0;
}
