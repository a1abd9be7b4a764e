/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew.h - several engines, each in a thread of its own, which open it, turn it and close it.
 *
 * The main thread gives the crew one job after the other and waits; between looks at the jobs it
 * calls `idle`. Threads take no signals: those go to the main thread, which stops the engines.
 */
#ifndef CLI_CREW_H
#define CLI_CREW_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/cli/crew/feed.h"
#include "api/cli/live.h"
#include "api/cli/io/result.h"
#include "api/cli/crew/tally.h"

struct crew;

struct crew_member {
    struct crew *crew;
    uint32_t index;
    pthread_t thread;
    bool started;
    struct cli_options options; /* the crew's, with this member's share */
    struct live live;
    struct feed feed;
    struct tally *tally; /* at the end; while it runs, the newest snapshot, under the lock */
    struct result_share rows;
    uint64_t snapshot_due_ns;
    int code, error; /* of the last job */
};

typedef void crew_fn(struct crew_member *m, void *arg);

struct crew {
    const struct cli_options *options;
    uint32_t count;
    struct crew_member *member;
    podring **ring; /* for signals */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    atomic_bool stop; /* everybody stops turning */
    bool quit;
    bool snapshots;            /* members keep theirs fresh */
    bool want_json, want_line; /* what events are rendered as */
    uint64_t round;            /* of jobs */
    uint32_t from, to, busy;   /* members that have the job; how many are at it */
    crew_fn *job;
    void *arg;
    void (*idle)(void *ctx); /* NULL = none */
    void *idle_ctx;
};

int crew_open(struct crew *c, const struct cli_options *o);
/* Starts o->workers threads. An exit code, after a message. Close it either way. */

void crew_close(struct crew *c);
/* Closes what engines are open, and ends the threads. */

int crew_do(struct crew *c, uint32_t from, uint32_t to, crew_fn *fn, void *arg);
/* Members from..to-1 do a job at the same time; returns when all have. The first code that is not
 * CLI_OK. */

int crew_engines(struct crew *c, podring_event_fn *fn);
/* Opens the engines; fn, with the member as its ctx, hears their events unless it is NULL. An exit
 * code. */

void crew_aim(struct crew *c);
/* From here on a signal stops the engines, and not the process at once. */

int crew_tally(struct crew *c, struct tally *sum);
/* Adds up what all engines have done, as the share of the run that the crew has. */

void crew_progress(struct crew *c, struct progress *p);
/* Draws the lines of progress if it is time to, from the newest snapshots. */

void crew_complain(struct crew *c);
/* Prints the new diagnostics of all engines, each once. */

int crew_whole(const struct cli_options *o, const struct input *in);
/* A whole run or simulation. An exit code. */

#endif
