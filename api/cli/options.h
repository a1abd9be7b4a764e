/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the command line: one table of options for all verbs, and what it was parsed into. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "api/cli/cli.h"
#include "api/face/format.h"
#include "engine/reactor/base.h"

enum cli_format { CLI_TABLE, CLI_WIDE, CLI_JSON, CLI_NDJSON, CLI_TIMELINE, CLI_HTML, CLI_TRACE };
enum cli_color {
    CLI_COLOR_AUTO,
    CLI_COLOR_ALWAYS,
    CLI_COLOR_NEVER,
    CLI_COLOR_LIGHT, /* as AUTO, on a light ground */
    CLI_COLOR_DARK
};
enum cli_shape { CLI_SHAPE_TABLE, CLI_SHAPE_WIDE, CLI_SHAPE_JSON, CLI_SHAPE_YAML, CLI_SHAPE_NAME };
enum cli_advice { CLI_ADVICE_LINES, CLI_ADVICE_JSON, CLI_ADVICE_SARIF, CLI_ADVICE_PATCH,
                  CLI_ADVICE_EXPERIMENT };
enum cli_rows { CLI_ROWS_TABLE, CLI_ROWS_CSV, CLI_ROWS_JSON, CLI_ROWS_PAGE };
enum cli_probe { CLI_PROBE_HTTP, CLI_PROBE_TCP };

enum cli_line { CLI_LINE_APP, CLI_LINE_STEP, CLI_LINE_CLIENT, CLI_LINES };

struct cli_options {
    const struct cli_verb *verb;
    bool help; /* --help was among the options: nothing else counts */
    struct podring_options engine;
    bool has_for;
    int64_t for_ms;
    enum cli_format format;
    enum cli_color color;
    const char *events_path, *metrics_path; /* NULL = not asked for; "-" = standard output */
    const char *result_path;
    uint32_t workers; /* engines; 0 = not given: one, in this thread */
    bool partial;     /* merge: shares may be missing */
    bool quiet, strict, knobs;

    const char *container; /* NULL = not given */
    bool previous;
    int64_t tail; /* lines; -1 = all */

    const char *namespace_, *selector; /* NULL = not given */
    enum cli_shape shape;              /* of -o, for get */
    bool all_namespaces, show_labels, no_headers, prune;

    enum cli_advice advice;  /* of -o, for advise */
    bool list, all;
    const char *only;        /* NULL = not given */
    uint32_t fail_on;        /* 1 + an enum advise_level; 0 = not given */

    const char **vary, **measure; /* sweep: as written */
    int vary_count, measure_count;
    uint64_t first_seed;
    uint32_t seeds;     /* 0 = not given */
    enum cli_rows rows; /* of -o, for sweep and what merges it */

    int64_t until_ms; /* cp: how far it goes on; -1 = not given */

    const char **set; /* NAME=VALUE as written */
    const char **fail_if;
    int set_count, fail_if_count;
    const char **filename; /* of --filename: files beside the operands */
    int filename_count;
    const char **line[CLI_LINES]; /* of --app and its like, as written */
    int line_count[CLI_LINES];
    bool print_behavior;
    uint32_t check_on; /* check: 0 errors only, 1 warnings, 2 notes too */

    uint32_t pods, period_s, rate; /* 0 = not given */
    enum cli_probe probe;
    int64_t warm_up_ms; /* -1 = not given */
    const char *target, *hdr_path, *compare; /* NULL = not given */
    bool allow_remote, closed;
    int64_t probe_timeout_ms;            /* of a probe of --target */
    uint32_t expect_least, expect_most;  /* statuses that are a success; 0 = not given */
    const char *series_path;             /* NULL = not given */
    int64_t every_ms;                    /* an interval of it */
    struct rx_pair *header;              /* the names are ours, the values argv's */
    int header_count;
    uint64_t given[2]; /* a bit for each option: cli_given */

    uint64_t html_records; /* how many a page has in full */

    int argc;    /* of the verb and what follows it, */
    char **argv; /* in getopt's order */
    char **files; /* operands */
    int file_count;
};

int cli_options_parse(struct cli_options *o, const struct cli_verb *verb, int argc, char **argv);
/* CLI_OK, or CLI_USAGE after the refusal has been printed: what is no option of this verb, what
 * goes for every engine, then what the verb itself checks. Reorders argv. Pass to cli_options_free
 * either way. */

void cli_options_free(struct cli_options *o);

void cli_options_help(struct rx_text *t, const struct cli_verb *verb);
/* The list of options that the verb takes. */

static inline bool cli_is_stream(enum cli_format f)
{
    return f >= CLI_NDJSON;
}
/* Written as it happens, without the summary. */

bool cli_given(const struct cli_options *o, const char *name);
/* Was the option, by its long name, on the command line? */

const char *cli_line_word(enum cli_line line); /* "--app" */

const char *cli_net_word(const struct cli_options *o);
const char *cli_timing_word(const struct cli_options *o);
const char *cli_clock_word(const struct cli_options *o);
const char *cli_format_word(const struct cli_options *o);
/* What is in force, defaults resolved, as on the command line. */

bool cli_color_on(const struct cli_options *o, int fd);
bool cli_is_terminal(int fd);

/* Readers of single values: false if the text is not one. */
bool cli_read_u64(const char *text, uint64_t max, uint64_t *out);
bool cli_read_duration_ms(const char *text, int64_t *out);
bool cli_read_block(const char *text, uint32_t *base, uint32_t *bits); /* 127.5.0.0/16 */
bool cli_read_rfc3339(const char *text, int64_t *unix_ms);

#endif
