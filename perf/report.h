/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - what every bench needs around its measuring: samples by round, medians, ratios with
 * their confidence, a table for people and one form of JSON for the report.
 *
 * A report is a table of rows (who) and columns (what was measured), with one sample in each cell
 * for each round. Rivals take turns within a round, so a noisy moment of the machine hits all, and
 * what counts is the ratio of two cells of the same round. A claim is such a ratio, or a median,
 * with the value that is wanted of it.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REPORT_ROWS_MAX = 16,
    REPORT_COLUMNS_MAX = 12,
    REPORT_ROUNDS_MAX = 101,
    REPORT_CLAIMS_MAX = 24,
    REPORT_FACTS_MAX = 20,
};

enum { REPORT_ALONE = REPORT_ROWS_MAX }; /* instead of a second row: not a ratio */

struct report_column {
    const char *name, *unit;
    int decimals;
    bool more_is_better;
};

struct report_range {
    double median, low, high; /* low..high: 95 % confidence of the median, by bootstrap */
    double min, max;
    unsigned samples; /* 0: never measured, and the rest is NAN */
};

struct report;

struct report *report_new(const char *bench, const struct report_column *columns, unsigned count);
/* Names and columns are kept as pointers: string constants and static tables. Aborts if there is no
 * memory, as everything here does: a bench has nothing better to do. */

void report_free(struct report *r);

void report_row(struct report *r, unsigned row, const char *name, const char *what);
/* Names a row; `what` is a few words that explain it. Strings are kept as pointers. */

void report_fact(struct report *r, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A setting of the run, for the head of the table and of the JSON. Date, machine, kernel, compiler,
 * build and load are there by themselves. */

void report_put(struct report *r, unsigned round, unsigned row, unsigned column, double value);
/* NAN, or no call at all: not measured in that round. */

double report_get(const struct report *r, unsigned round, unsigned row, unsigned column);

struct report_range report_range(const struct report *r, unsigned row, unsigned column,
                                 unsigned to);
/* Over the rounds, of one cell or, unless `to` is REPORT_ALONE, of its ratio to the row `to`. */

void report_claim(struct report *r, const char *text, unsigned row, unsigned column, unsigned to,
                  char sense, double wanted);
/* sense '>': at least that much is wanted; '<': at most. 0: no target, only of interest. */

void report_print(const struct report *r);
/* The table: medians, and under it the claims. Rows without a sample are only named. */

bool report_write(const struct report *r, const char *path);
/* As JSON; "-" is standard output. False after saying why. */

/* ---- command line ---------------------------------------------------------------------------- */

enum report_flag_kind { REPORT_NUMBER, REPORT_REAL, REPORT_TEXT, REPORT_NAME, REPORT_SWITCH };

struct report_flag {
    const char *name; /* "--rounds" */
    enum report_flag_kind kind;
    void *out; /* unsigned *, double *, const char ** (twice) or bool * */
    double min, max;
    const char *help; /* a few words for --help */
};

bool report_flags(const char *about, int argc, char **argv, const struct report_flag *flags,
                  unsigned count);
/* False after the usage has been printed. --help prints `about` and the flags, and exits with 0. A
 * number may be written 20e6. */

/* ---- a process of its own -------------------------------------------------------------------- */

bool report_apart(void (*run)(void *what, void *out), void *what, void *out, size_t size);
/* Calls run(what, out) in a child and brings back the `size` bytes of `out`: its memory and its CPU
 * are those of one measurement. False: it has failed, and has said why. */

/* ---- time -------------------------------------------------------------------------------------
 */

int64_t report_clock_ns(void); /* monotonic */
double report_cpu_s(void);     /* of this process, user and system */

#endif
