/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moment.h - what logs, describe and why share: manifests simulated up to an instant, and one pod
 * to look at.
 */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include "api/cli/live.h"
#include "api/cli/show/show.h"

struct moment {
    struct cli_options options;
    struct input input;
    struct live live;
    const char *operand;  /* POD as written; NULL: only --help was asked for */
    char namespace_[128]; /* "" = not given */
    char named[512];      /* the operand behind its kind or namespace, and without #N */
    const char *name;     /* that, or what of it is a pod's name */
    const struct show_kind *kind; /* of a workload; NULL: a pod is named */
    int64_t number;       /* of #N; -1: none is given */
    uint64_t pod;
};

int moment_parse(struct moment *m, const struct cli_verb *verb, int argc, char **argv);
/* FILE... POD, or --help. An exit code; pass to moment_close either way. */

int moment_options(struct moment *m, const struct cli_verb *verb, int argc, char **argv);
/* The options alone, for a command that reads its operands itself. With --help among them there is
 * nothing else to do. An exit code; pass to moment_close either way. */

int moment_operand(struct moment *m, const char *operand);
/* POD, of such a command. The text must stay. An exit code, after a message. */

int moment_reach(struct moment *m, podring_event_fn *fn, void *ctx);
/* Simulates up to --at; fn hears the events, or is NULL. An exit code. */

int moment_find(struct moment *m);
/* Sets m->pod, 0 if there is none. CLI_OK, or CLI_FAILED after a message if several pods could be
 * meant. */

enum moment_match { MOMENT_OTHER, MOMENT_BEGINS, MOMENT_WORKLOAD, MOMENT_NAMED, MOMENT_EXACT };

enum moment_match moment_match(const struct moment *m, const char *namespace_, const char *name);
/* How well a pod answers to the operand. The best wins; a name in the namespace default is EXACT
 * without being told so. Whose workload is called so (WORKLOAD) cannot be seen here. */

int moment_missing(const struct moment *m);
/* Says that there is no such pod, as kubectl does. CLI_FAILED. */

int moment_close(struct moment *m, int code);
/* Returns code, or CLI_OUTPUT if only the output failed. */

#endif
