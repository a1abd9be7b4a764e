/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - the live lines on standard error: nothing at all unless that is a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "api/cli/io/keys.h"
#include "api/cli/picture/screen.h"
#include "api/face/report.h"

enum { PROGRESS_LINES = 32 };

struct progress {
    bool on;
    bool real;      /* show probes per second instead of the speed of time */
    int64_t end_ms; /* INT64_MAX = none */
    int lines;      /* drawn and to be overwritten */
    uint16_t width[PROGRESS_LINES]; /* of each: a terminal that becomes narrower wraps them */
    struct screen screen;
    struct keys keys;
    uint64_t begin_ns, next_ns, count_next_ns, look_next_ns;
    uint64_t last_ns, last_probes, per_second;
    struct face_report report;
};

void progress_begin(struct progress *p, const struct cli_options *o, int64_t end_ms);

void progress_draw(struct progress *p, podring *ring);
/* Cheap to call: draws about five times a second, with a line for each workload if there is
 * room. */

bool progress_due(const struct progress *p);
void progress_show(struct progress *p);
/* For whoever fills in p->report himself: whether a frame is due, and drawing it. */

void progress_clear(struct progress *p);
/* Takes the lines away, so that a message can be printed; the next frame draws them anew. */

void progress_end(struct progress *p);
/* Takes the lines away and gives the cursor back. */

uint64_t progress_clock_ns(void);
/* The monotonic clock. */

#endif
