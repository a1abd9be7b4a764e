/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picture.h - a run as something to look at: a page for a browser (-o html), a trace for Perfetto
 * (-o trace). Both hear the event stream, in order, and are written while the run goes on; of one
 * that is cut off there is the beginning.
 */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include <errno.h>

#include "api/cli/io/out.h"
#include "api/cli/options.h"
#include "api/face/report.h"

struct picture {
    const struct picture_kind *kind;
    struct out *out; /* of an error there: it has failed, and whoever turns the engine sees it */
    const struct cli_options *options;
};

struct picture_kind {
    size_t size; /* of the struct that begins with a struct picture */
    void (*begin)(struct picture *p, podring *ring);
    void (*event)(struct picture *p, podring *ring, const struct podring_event *e);
    void (*end)(struct picture *p, podring *ring, const struct face_report *r);
    void (*close)(struct picture *p);
};

extern const struct picture_kind picture_trace, picture_page;

struct picture *picture_open(struct out *out, const struct cli_options *o);
/* NULL: no memory, said on standard error; the format must be one of a picture. */

static inline void picture_begin(struct picture *p, podring *ring)
{
    p->kind->begin(p, ring);
}
/* When the manifests have been applied, and before anything turns. */

static inline void picture_event(struct picture *p, podring *ring, const struct podring_event *e)
{
    p->kind->event(p, ring, e);
}

static inline void picture_end(struct picture *p, podring *ring, const struct face_report *r)
{
    p->kind->end(p, ring, r);
}
/* Of a run that has come to its end; of one that has not, nothing more is written. */

void picture_close(struct picture *p); /* NULL is allowed */

bool picture_is_asked_for(const struct cli_options *o);

int picture_check(const struct cli_options *o);
/* CLI_OK, or CLI_USAGE after a refusal: what pictures do not go with. */

void picture_history(struct podring_options *engine, const struct cli_options *o);
/* What of the past the engine has to keep for a picture. */

static inline void picture_no_memory(struct picture *p)
{
    if (p->out->error == 0)
        p->out->error = ENOMEM;
}

#endif
