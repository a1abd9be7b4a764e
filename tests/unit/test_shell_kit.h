/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_kit.h - a world for one script: files, a log, a network that answers by a small table.
 */
#ifndef TEST_SHELL_KIT_H
#define TEST_SHELL_KIT_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/shell.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "tests/support/failmem.h"

enum { KIT_TEXT = 1 << 16, KIT_ASKS = 64 };

struct kit {
    struct failmem f;
    struct rx_mem mem;
    struct rx_arena arena;
    struct fs fs;
    struct shell_program *program;
    struct shell_proc *proc;
    struct shell_setup setup;
    struct shell_state state;
    struct shell_diag compiled, diag; /* diag: the last one at run time */
    rx_ms now;
    uint32_t diags, asks;
    uint32_t out_used, err_used;
    char out[KIT_TEXT], err[KIT_TEXT];
    char server[64];
    bool server_up, took_over;
    uint32_t killed_pid;
    int killed_signo;
    rx_ms up_at; /* the service answers from then on */
    bool answer_at_once;
    uint32_t ask_id[KIT_ASKS];
    char asked[256]; /* the last one: "GET web:80/path" */
    rx_ms ask_timeout;
    const char *missing;   /* a path that is known to be missing */
    const char *rule_word; /* a rule answers for this program, so: */
    struct shell_scripted rule;
};

static inline void kit_output(void *ctx, int fd, const char *data, uint32_t length)
{
    struct kit *k = ctx;
    char *to = fd == 1 ? k->out : k->err;
    uint32_t *used = fd == 1 ? &k->out_used : &k->err_used;

    if (*used + length >= KIT_TEXT)
        length = KIT_TEXT - 1 - *used;
    memcpy(to + *used, data, length);
    *used += length;
    to[*used] = '\0';
}

static inline void kit_answer(struct kit *k, struct shell_proc *p, uint32_t id, const char *host)
{
    struct shell_result r = {.reply = SHELL_REPLY_OK,
                             .status = 200,
                             .body = "hello\n",
                             .body_length = 6,
                             .address = 0x0a000005};

    if (strcmp(host, "nowhere") == 0)
        r.reply = SHELL_REPLY_NO_NAME;
    else if (strcmp(host, "broken") == 0)
        r.status = 503;
    else if (strcmp(host, "moved") == 0) {
        r.status = 302;
        r.location = "http://web/there";
    } else if (k->now < k->up_at || strcmp(host, "shut") == 0)
        r.reply = SHELL_REPLY_REFUSED;
    shell_answer(p, id, &r);
}

static inline void kit_request(void *ctx, struct shell_proc *p, const struct shell_request *r)
{
    struct kit *k = ctx;

    snprintf(k->asked, sizeof(k->asked), "%s %s:%u%s", r->method, r->host, r->port, r->path);
    k->ask_timeout = r->timeout_ms;
    if (k->asks < KIT_ASKS)
        k->ask_id[k->asks] = r->id;
    k->asks++;
    if (strcmp(r->host, "silent") != 0 && k->answer_at_once)
        kit_answer(k, p, r->id, r->host);
}

static inline bool kit_kill(void *ctx, uint32_t pid, int signo)
{
    struct kit *k = ctx;

    k->killed_pid = pid;
    k->killed_signo = signo;
    return pid == 77;
}

static inline void kit_server(void *ctx, const char *name, bool up, bool took_over)
{
    struct kit *k = ctx;

    snprintf(k->server, sizeof(k->server), "%s", name);
    k->server_up = up;
    k->took_over |= took_over;
}

static inline void kit_diagnose(void *ctx, const struct shell_diag *d)
{
    struct kit *k = ctx;

    k->diag = *d;
    k->diags++;
}

static inline bool kit_missing(void *ctx, const char *path)
{
    struct kit *k = ctx;

    return k->missing != NULL && strcmp(path, k->missing) == 0;
}

static inline bool kit_scripted(void *ctx, uint32_t argc, const char *const *argv,
                                struct shell_scripted *out)
{
    struct kit *k = ctx;

    (void)argc;
    *out = k->rule;
    return k->rule_word != NULL && strcmp(argv[0], k->rule_word) == 0;
}

static const struct shell_host kit_host = {.output = kit_output,
                                           .request = kit_request,
                                           .kill = kit_kill,
                                           .server = kit_server,
                                           .diagnose = kit_diagnose,
                                           .missing = kit_missing,
                                           .scripted = kit_scripted};

static inline void kit_open_as(struct kit *k, enum shell_flavour sh, uint32_t argc,
                               const char *const *argv)
{
    memset(k, 0, sizeof(*k));
    failmem_open(&k->mem, &k->f, 0);
    rx_arena_init(&k->arena, &k->mem);
    fs_init(&k->fs, &k->mem);
    k->answer_at_once = true;
    cr_assert_eq(shell_compile(&k->arena, sh, argc, argv, &k->program, &k->compiled), 0);
    k->setup = (struct shell_setup){.program = k->program,
                                    .host = &kit_host,
                                    .ctx = k,
                                    .fs = &k->fs,
                                    .hostname = "web-0",
                                    .epoch_ms = 1767225600000,
                                    .seed = 7,
                                    .unknown_missing = true,
                                    .pid = 1,
                                    .pid1 = true};
}

static inline void kit_open_argv(struct kit *k, uint32_t argc, const char *const *argv)
{
    kit_open_as(k, SHELL_SH, argc, argv);
}

static inline void kit_open(struct kit *k, const char *script)
{
    const char *argv[] = {"sh", "-c", script};

    kit_open_argv(k, 3, argv);
}

static inline void kit_start(struct kit *k)
{
    cr_assert_eq(shell_open(&k->proc, &k->mem, &k->setup, k->now), 0);
    k->state = shell_run(k->proc, k->now);
}

/* Lets time pass up to and including that instant. */
static inline void kit_until(struct kit *k, rx_ms end)
{
    while (k->state.phase == SHELL_SLEEPING && k->state.until <= end) {
        k->now = k->state.until;
        k->state = shell_run(k->proc, k->now);
    }
    if (k->now < end)
        k->now = end;
}

/* Runs it to its end, or as long as something sleeps. */
static inline void kit_run(struct kit *k)
{
    int turns = 0;

    kit_start(k);
    while (k->state.phase == SHELL_SLEEPING && turns++ < 100000) {
        k->now = k->state.until;
        k->state = shell_run(k->proc, k->now);
    }
}

static inline void kit_signal(struct kit *k, int signo)
{
    shell_signal(k->proc, signo);
    k->state = shell_run(k->proc, k->now);
}

static inline void kit_close(struct kit *k)
{
    shell_close(k->proc);
    fs_fini(&k->fs);
    rx_arena_fini(&k->arena);
    rx_mem_close(&k->mem);
    cr_expect_eq(k->f.blocks, 0, "%zu blocks were not given back", k->f.blocks);
}

#endif
