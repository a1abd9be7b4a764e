/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_regex.c - regular expressions, as the commands of a script meet them, against a bound.
 *
 *   byte 0      bits 0-2: which command; bits 3-7: which option
 *   the rest    the expression up to a newline, then the text
 *
 * Whatever they are, the script ends at once, with its own code or with that of a limit.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/box/shell.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "tests/fuzz/kit.h"
#include "tests/support/failmem.h"

static void output(void *ctx, int fd, const char *data, uint32_t length)
{
    uint64_t *digest = ctx;

    *digest = fuzz_hash(*digest, &fd, sizeof(fd));
    *digest = fuzz_hash(*digest, data, length);
}

static const struct shell_host host = {.output = output};

static uint64_t run(const char *script, const char *pattern, const char *text)
{
    const struct rx_pair env[] = {{"P", pattern}, {"T", text}};
    const char *argv[] = {"sh", "-c", script};
    struct shell_state state = {.phase = SHELL_SLEEPING};
    struct shell_program *program;
    uint64_t digest = FUZZ_HASH;
    struct shell_proc *p;
    struct rx_arena arena;
    struct rx_mem mem;
    struct failmem f;
    struct fs fs;

    failmem_open(&mem, &f, 0);
    rx_arena_init(&arena, &mem);
    fs_init(&fs, &mem);
    CHECK(shell_compile(&arena, SHELL_SH, 3, argv, &program, NULL) == 0);
    CHECK(shell_open(&p, &mem,
                     &(struct shell_setup){.host = &host,
                                           .ctx = &digest,
                                           .env_count = 2,
                                           .env = env,
                                           .hostname = "fuzz",
                                           .pid = 1,
                                           .fs = &fs,
                                           .program = program,
                                           .seed = 1},
                     0) == 0);
    state = shell_run(p, 0);
    CHECK(state.phase == SHELL_ENDED);
    CHECK(state.code >= 0 && state.code <= SHELL_EXIT_CANNOT);
    CHECK(shell_bytes(p) <= SHELL_MEMORY_MAX);
    digest = fuzz_hash(digest, &state.code, sizeof(state.code));
    shell_close(p);
    fs_fini(&fs);
    rx_arena_fini(&arena);
    rx_mem_close(&mem);
    CHECK(f.blocks == 0);
    return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const script[] = {
        "printf '%s\\n' \"$T\" | grep -- \"$P\"",
        "printf '%s\\n' \"$T\" | grep -E -- \"$P\"",
        "printf '%s\\n' \"$T\" | grep -Ei -o -- \"$P\"",
        "printf '%s\\n' \"$T\" | grep -w -c -- \"$P\"",
        "printf '%s\\n' \"$T\" | grep -x -v -- \"$P\"",
        "printf '%s\\n' \"$T\" | sed \"s\001$P\001<&\\1>\001g\"",
        "printf '%s\\n' \"$T\" | sed -E -n \"s\001$P\001[\\2]\0012p\"",
        "expr \"$T\" : \"$P\"; [[ $T =~ $P ]] && echo \"${BASH_REMATCH[0]}\"; exit 0"};
    const uint8_t *at = data + 1, *from;
    char *pattern, *text;
    size_t length;
    uint64_t digest;

    if (size < 1 || size > 1000)
        return 0;
    from = fuzz_until(&at, data + size, '\n', &length);
    pattern = fuzz_text(from, length);
    text = fuzz_text(at, (size_t)(data + size - at));
    digest = run(script[data[0] % 8], pattern, text);
    CHECK(digest == run(script[data[0] % 8], pattern, text));
    free(pattern);
    free(text);
    return 0;
}
