/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.h - what run, simulate and bench share: an engine that is opened, turned until the end of
 * its time, watched and measured.
 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "api/cli/io/input.h"
#include "api/cli/io/out.h"
#include "api/cli/io/progress.h"
#include "api/cli/picture/picture.h"

enum { LIVE_VIRTUAL_MAX_MS = 600000 }; /* where virtual time ends if nobody says */

struct live {
    const struct cli_options *options;
    podring *ring;
    struct out out;        /* standard output */
    struct out events;     /* of --events */
    char events_name[4096];
    struct out *stream[2]; /* where events go */
    int streams;
    struct picture *picture; /* what standard output gets instead of lines; NULL = no picture */
    bool heard;           /* events are delivered to somebody */
    uint32_t diagnostics; /* so many have been printed */
    bool warned;          /* about sockets that cannot be opened */
    struct progress progress;
    bool (*look)(void *ctx); /* called now and then while it is driven; true: stop. NULL = none */
    void *look_ctx;
    bool crewed; /* one of several engines: signals and progress are somebody else's */
};

struct cost_mark {
    uint64_t wall_ns, user_ns, system_ns;
};

int live_open(struct live *l, const struct cli_options *o);
/* Opens the outputs and the engine and turns the knobs. An exit code; close it either way. */

int live_open_with(struct live *l, const struct cli_options *o, podring_event_fn *fn, void *ctx);
/* The same for a command that hears the events itself; fn NULL = nobody does. */

int live_open_crewed(struct live *l, const struct cli_options *o, podring_event_fn *fn, void *ctx);
/* The same for one of several engines, in its own thread. */

int live_open_outs(struct live *l, const struct cli_options *o);
/* The outputs only. An exit code; close it either way. */

int live_begin_events(struct live *l);
/* Makes the file of --events, if it was asked for: once the inputs have been read and found good,
 * and before anything turns. An exit code. */

int live_close(struct live *l, int code);
/* Closes all; returns code, or CLI_OUTPUT if only the output failed. */

int live_drive(struct live *l, int64_t end_ms, bool until_idle);
/* Turns the engine up to and including end_ms, until a signal asks for a stop or an output fails,
 * and with until_idle until nothing is due any more. An exit code. */

bool live_told(const struct live *l);
/* Events went out to all who are to have them. False: an output has failed, and the run ended
 * there. */

struct cost_mark live_mark(void);
void live_measure(struct face_report *r, const struct cost_mark *since);
/* The cost since the mark, into the report. */

int live_describe(struct face_report *r, const struct live *l);
/* Command, clock, seed and so on, and all that the engine knows. CLI_OK, or CLI_SYSTEM after a
 * message. */

void live_say_cost(const struct face_report *r);
/* How much faster than real time it was, on standard error. */

int live_metrics(const struct live *l, const struct face_report *r);
/* Writes the file of --metrics, if it was asked for. An exit code. */

int64_t live_end_ms(const struct cli_options *o);
/* How far a run or simulation goes; INT64_MAX = until a signal. */

int live_whole(const struct cli_options *o, const struct input *in, bool *wrong);
/* A whole run or simulation. An exit code. *wrong: something went wrong that is to be said
 * (look.h); NULL: nobody asks. */

#endif
