/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_exec.c - podring exec: a command in a container at an instant, as kubectl exec runs it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/cli/container.h"

static int run(struct moment *m, uint32_t argc, char **argv);

/* Operands before "--" are ours, all behind it is the command. */
int cmd_exec(const struct cli_verb *verb, int argc, char **argv)
{
    struct moment m;
    int own = 1, code;

    while (own < argc && strcmp(argv[own], "--") != 0)
        own++;
    code = moment_parse(&m, verb, own, argv);
    if (code == CLI_OK && m.operand != NULL && own + 1 >= argc)
        code = cli_refuse(verb, "no command given: it stands behind --");
    if (code == CLI_OK && m.operand != NULL) {
        code = moment_reach(&m, NULL, NULL);
        if (code == CLI_OK)
            code = moment_find(&m);
        if (code == CLI_OK && m.pod == 0)
            code = moment_missing(&m);
        if (code == CLI_OK)
            code = run(&m, (uint32_t)(argc - own - 1), argv + own + 1);
    }
    return moment_close(&m, code);
}

struct piece {
    const char *at;
    size_t length;
};

static void render(struct rx_text *t, const void *what)
{
    const struct piece *p = what;

    rx_text_put(t, p->at, p->length);
}

/* Its output is its own, and goes out as it is: into a pipe or a file, too. */
static void print(struct moment *m, const struct podring_exec_info *info)
{
    if (info->cut)
        cli_say("it has written more than is kept: this is the end of it");
    out_render(&m->live.out, render, &(struct piece){info->out, info->out_length});
    out_flush(&m->live.out);
    fwrite(info->err, 1, info->err_length, stderr);
}

/* Time goes on until it has ended. */
static int finish(struct moment *m, uint64_t id, struct podring_exec_info *info)
{
    int64_t end = podring_now(m->live.ring) + LIVE_VIRTUAL_MAX_MS;

    for (;;) {
        int rc = podring_turn(m->live.ring, end - podring_now(m->live.ring));

        if (rc < 0 && rc != -PODRING_EFULL) {
            cli_say("%s", podring_why(m->live.ring));
            return cli_exit_code(rc);
        }
        if (podring_exec_info(m->live.ring, id, info) != 0 || info->ended)
            return CLI_OK;
        if (podring_now(m->live.ring) >= end || podring_wait_ns(m->live.ring) == INT64_MAX)
            return CLI_FAILED;
    }
}

static int run(struct moment *m, uint32_t argc, char **argv)
{
    struct podring_exec_info info = PODRING_EXEC_INFO_INIT;
    uint64_t id;
    int code, rc = podring_exec(m->live.ring, m->pod, container_choose(m), argc,
                                (const char *const *)argv, &id);

    if (rc != 0) {
        fprintf(stderr, "error: %s\n", podring_why(m->live.ring));
        return rc == -PODRING_ENOMEM ? CLI_SYSTEM : CLI_FAILED;
    }
    code = finish(m, id, &info);
    if (code != CLI_OK && code != CLI_FAILED)
        return code;
    print(m, &info);
    if (!info.ended) {
        cli_say("the command has not ended, and nothing is due that could end it, or not for 10m");
        return CLI_FAILED;
    }
    if (info.exit_code != 0)
        fprintf(stderr, "command terminated with exit code %d\n", info.exit_code);
    return info.exit_code;
}
