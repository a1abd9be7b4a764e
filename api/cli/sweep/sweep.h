/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep.h - many runs of the same manifests, which differ in some values and in their seeds.
 *
 * An axis is something that has several values; a combination has one of each axis, the last axis
 * changing first. Runs are numbered combination by combination, in each of them seed by seed. What
 * a run comes to depends on its number alone, so that they can be shared in any way.
 */
#ifndef SWEEP_SWEEP_H
#define SWEEP_SWEEP_H

#include "api/cli/io/input.h"
#include "api/cli/io/json_read.h"
#include "api/cli/io/metric.h"
#include "api/cli/io/out.h"
#include "engine/reactor/mem.h"

enum {
    SWEEP_AXES_MAX = 8,
    SWEEP_VALUES_MAX = 10000, /* of an axis */
    SWEEP_RUNS_MAX = 1000000,
    SWEEP_MEASURES_MAX = 24
};

enum sweep_kind { SWEEP_FIELD, SWEEP_KNOB, SWEEP_LINE };

struct sweep_axis {
    const char *name; /* a column's title */
    const char **value;
    uint32_t values;
    enum sweep_kind kind;
    const char *path;      /* FIELD: in its documents; KNOB: its name */
    const uint32_t *document; /* FIELD: which of all documents have it */
    uint32_t documents;
    enum cli_line line; /* LINE: which option, the how-manieth of them, and what stands */
    int index;          /* around the value */
    const char *before, *behind;
};

struct sweep {
    const struct cli_options *options; /* NULL: of a file */
    struct rx_mem mem;
    struct rx_arena arena;
    const struct input_file *file;
    uint32_t files;
    podring *ring; /* has read the manifests as they are */
    struct sweep_axis axis[SWEEP_AXES_MAX];
    uint32_t axes;
    const struct metric *measure[SWEEP_MEASURES_MAX];
    uint32_t measures;
    uint64_t first_seed;
    uint32_t seeds, combinations, runs;
    int64_t for_ms;
    uint64_t hash;   /* of all that the runs depend on */
    uint64_t *value; /* measures by run */
    bool *done;      /* by run */
    bool no_memory;   /* while looking for fields */
    uint64_t *sorted; /* room for one value of each seed */
};

/* ---- sweep.c --------------------------------------------------------------------------------- */

void sweep_close(struct sweep *s);

uint32_t sweep_at(const struct sweep *s, uint32_t combination, uint32_t axis);
/* Which value of the axis the combination has. */

bool sweep_room(struct sweep *s);
/* For the values of all runs, once their numbers are known. False: no memory. */

/* ---- plan.c ---------------------------------------------------------------------------------- */

int sweep_open(struct sweep *s, const struct cli_options *o, const struct input *in);
/* Reads the files and finds out what varies. An exit code, after a message; close it either way. */

/* ---- texts.c --------------------------------------------------------------------------------- */

/* What a combination makes of the files and of the command line. */
struct sweep_texts {
    struct rx_mem mem;
    struct rx_arena arena;
    struct cli_options options;
    struct input_file *file;
    bool open;
    char why[256]; /* if it cannot be made */
};

int sweep_texts_make(struct sweep_texts *t, const struct sweep *s, uint32_t combination);
/* 0, -PODRING_EINVALID (why), -PODRING_ENOMEM. Free it either way, or make another of it. */

void sweep_texts_free(struct sweep_texts *t);

int sweep_texts_load(const struct sweep_texts *t, const struct sweep *s, podring *ring);
/* All files and lines; does not apply them. 0 or a negative PODRING_E*. Prints nothing. */

/* ---- run.c ----------------------------------------------------------------------------------- */

int sweep_run(struct sweep *s);
/* The runs of our share, by as many threads as --workers says. An exit code. */

extern const struct metric_list sweep_measure_list;
/* What only sweeps measure; the others are measure_list's. */

const struct metric *sweep_measure_find(const char *name, size_t length);

/* ---- rows.c ---------------------------------------------------------------------------------- */

struct sweep_middle {
    uint64_t median, least, most; /* METRIC_NONE: there was none */
};

void sweep_middle_of(const struct sweep *s, uint32_t combination, uint32_t measure,
                     struct sweep_middle *out);
/* Of all seeds; of an even number of them the lower one of the two in the middle. What was not
 * measured counts as more than all else. */

int sweep_table(struct out *out, const struct sweep *s);
/* An exit code, after a message. */

void sweep_csv(struct rx_text *t, const void *sweep); /* all these are out_render_fn */
void sweep_json(struct rx_text *t, const void *sweep);
void sweep_page(struct rx_text *t, const void *sweep); /* page.c */

/* ---- share.c --------------------------------------------------------------------------------- */

void sweep_share(struct rx_text *t, const void *sweep);
/* What --result writes: what was varied, and the values of the runs that are there. */

int sweep_read_all(struct sweep *s, char *const *path, int count, const struct json *first,
                   bool partial);
/* Puts files of --result together, the first of which has been read. An exit code, after a message;
 * close it either way. */

#endif
