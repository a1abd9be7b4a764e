/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - samples in, medians, tables and JSON out. */
#include "perf/report.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_MAX = 160, RESAMPLES = 1000 };

/* What the Makefile knows of this build: its variant. The commit comes by BENCH_COMMIT when it is
 * run: an object file does not get old when somebody commits. */
#ifndef REPORT_BUILD
#define REPORT_BUILD "unknown"
#endif

#if defined(__clang__)
#define REPORT_COMPILER "clang " __clang_version__
#else
#define REPORT_COMPILER "gcc " __VERSION__
#endif

struct claim {
    const char *text;
    unsigned row, column, to;
    char sense;
    double wanted;
};

struct fact {
    const char *name;
    char value[TEXT_MAX];
};

struct report {
    const char *bench;
    const struct report_column *column;
    unsigned columns, rows, rounds, claims, facts;
    struct {
        const char *name, *what;
    } row[REPORT_ROWS_MAX];
    struct claim claim[REPORT_CLAIMS_MAX];
    struct fact fact[REPORT_FACTS_MAX];
    double sample[REPORT_ROWS_MAX][REPORT_COLUMNS_MAX][REPORT_ROUNDS_MAX];
};

static void machine_facts(struct report *r);
static _Noreturn void misuse(const char *what);

/* ---- filling ----------------------------------------------------------------------------------
 */

struct report *report_new(const char *bench, const struct report_column *columns, unsigned count)
{
    struct report *r = calloc(1, sizeof(*r));

    if (r == NULL || count > REPORT_COLUMNS_MAX)
        misuse("report_new");
    r->bench = bench;
    r->column = columns;
    r->columns = count;
    for (unsigned row = 0; row < REPORT_ROWS_MAX; row++)
        for (unsigned c = 0; c < REPORT_COLUMNS_MAX; c++)
            for (unsigned i = 0; i < REPORT_ROUNDS_MAX; i++)
                r->sample[row][c][i] = NAN;
    machine_facts(r);
    return r;
}

void report_free(struct report *r)
{
    free(r);
}

void report_row(struct report *r, unsigned row, const char *name, const char *what)
{
    if (row >= REPORT_ROWS_MAX)
        misuse("report_row");
    r->row[row].name = name;
    r->row[row].what = what;
    if (row >= r->rows)
        r->rows = row + 1;
}

void report_fact(struct report *r, const char *name, const char *format, ...)
{
    struct fact *f = &r->fact[r->facts++];
    va_list args;

    if (r->facts > REPORT_FACTS_MAX)
        misuse("report_fact");
    f->name = name;
    va_start(args, format);
    vsnprintf(f->value, sizeof(f->value), format, args);
    va_end(args);
}

void report_put(struct report *r, unsigned round, unsigned row, unsigned column, double value)
{
    if (row >= REPORT_ROWS_MAX || column >= r->columns || round >= REPORT_ROUNDS_MAX)
        misuse("report_put");
    r->sample[row][column][round] = value;
    if (round >= r->rounds)
        r->rounds = round + 1;
}

double report_get(const struct report *r, unsigned round, unsigned row, unsigned column)
{
    return r->sample[row][column][round];
}

void report_claim(struct report *r, const char *text, unsigned row, unsigned column, unsigned to,
                  char sense, double wanted)
{
    if (r->claims == REPORT_CLAIMS_MAX)
        misuse("report_claim");
    r->claim[r->claims++] = (struct claim){text, row, column, to, sense, wanted};
}

static _Noreturn void misuse(const char *what)
{
    fprintf(stderr, "perf: %s: out of memory or of room\n", what);
    abort();
}

/* The processor's name as /proc/cpuinfo has it. */
static void cpu_name(char *out, size_t room)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[256];

    snprintf(out, room, "unknown");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
        char *colon = strchr(line, ':');

        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(out, room, "%s", colon + 2);
        break;
    }
    if (f != NULL)
        fclose(f);
}

static void machine_facts(struct report *r)
{
    char cpu[TEXT_MAX];
    const char *commit = getenv("BENCH_COMMIT");
    double load[1];
    char date[32];
    time_t now = time(NULL);
    struct utsname name;
    struct tm utc;

    cpu_name(cpu, sizeof(cpu));
    uname(&name);
    strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", gmtime_r(&now, &utc));
    report_fact(r, "kernel", "%s %s", name.sysname, name.release);
    report_fact(r, "cpu", "%s, %ld online", cpu, sysconf(_SC_NPROCESSORS_ONLN));
    report_fact(r, "compiler", "%s", REPORT_COMPILER);
    report_fact(r, "build", "%s%s%s", REPORT_BUILD, commit != NULL ? ", commit " : "",
                commit != NULL ? commit : "");
    report_fact(r, "date", "%s", date);
    if (getloadavg(load, 1) == 1)
        report_fact(r, "load", "%.1f when it began", load[0]);
}

/* ---- numbers ----------------------------------------------------------------------------------
 */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, unsigned n)
{
    qsort(values, n, sizeof(*values), by_size);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* How far the median would wander if other rounds of the same kind had been measured: rounds are
 * drawn with repetition, always the same draws. */
static void bootstrap(const double *values, unsigned n, struct report_range *out)
{
    double medians[RESAMPLES], drawn[REPORT_ROUNDS_MAX];
    uint64_t state = 0x9e3779b97f4a7c15u;

    for (unsigned i = 0; i < RESAMPLES; i++) {
        for (unsigned k = 0; k < n; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            drawn[k] = values[(state >> 33) % n];
        }
        medians[i] = median(drawn, n);
    }
    qsort(medians, RESAMPLES, sizeof(medians[0]), by_size);
    out->low = medians[RESAMPLES * 25 / 1000];
    out->high = medians[RESAMPLES * 975 / 1000];
}

struct report_range report_range(const struct report *r, unsigned row, unsigned column, unsigned to)
{
    struct report_range range = {NAN, NAN, NAN, NAN, NAN, 0};
    double values[REPORT_ROUNDS_MAX];

    for (unsigned i = 0; i < r->rounds; i++) {
        double v = r->sample[row][column][i];

        if (to < REPORT_ROWS_MAX)
            v /= r->sample[to][column][i];
        if (isfinite(v))
            values[range.samples++] = v;
    }
    if (range.samples == 0)
        return range;
    range.median = median(values, range.samples); /* sorts */
    range.min = values[0];
    range.max = values[range.samples - 1];
    bootstrap(values, range.samples, &range);
    return range;
}

static bool met(const struct claim *c, double value)
{
    return c->sense == '>' ? value >= c->wanted : value <= c->wanted;
}

/* ---- table ------------------------------------------------------------------------------------
 */

static void print_head(const struct report *r)
{
    printf("%s, median of %u rounds\n", r->bench, r->rounds);
    for (unsigned i = 0; i < r->facts; i++)
        printf("  %-12s %s\n", r->fact[i].name, r->fact[i].value);
}

static void print_cell(const struct report *r, unsigned row, unsigned column)
{
    struct report_range range = report_range(r, row, column, REPORT_ALONE);

    if (range.samples == 0)
        printf(" %14s", "-");
    else
        printf(" %14.*f", r->column[column].decimals, range.median);
}

static void print_claims(const struct report *r)
{
    for (unsigned i = 0; i < r->claims; i++) {
        const struct claim *c = &r->claim[i];
        struct report_range v = report_range(r, c->row, c->column, c->to);

        if (v.samples == 0)
            continue;
        printf("  %-58s %9.4g [%.4g..%.4g]", c->text, v.median, v.low, v.high);
        if (c->sense != 0)
            printf("  %s %.4g: %s", c->sense == '>' ? ">=" : "<=", c->wanted,
                   met(c, v.median) ? "met" : "MISSED");
        printf("\n");
    }
}

static bool row_is_empty(const struct report *r, unsigned row)
{
    for (unsigned c = 0; c < r->columns; c++)
        if (report_range(r, row, c, REPORT_ALONE).samples > 0)
            return false;
    return true;
}

static void print_missing(const struct report *r)
{
    const char *lead = "not measured: ";

    for (unsigned row = 0; row < r->rows; row++) {
        if (r->row[row].name == NULL || !row_is_empty(r, row))
            continue;
        printf("%s%s", lead, r->row[row].name);
        lead = ", ";
    }
    if (lead[0] == ',')
        printf("\n");
}

void report_print(const struct report *r)
{
    print_head(r);
    printf("\n%-18s", "");
    for (unsigned c = 0; c < r->columns; c++) {
        char title[64];

        snprintf(title, sizeof(title), "%s%s%s", r->column[c].name, r->column[c].unit[0] ? " " : "",
                 r->column[c].unit);
        printf(" %14s", title);
    }
    printf("\n");
    for (unsigned row = 0; row < r->rows; row++) {
        if (r->row[row].name == NULL || row_is_empty(r, row))
            continue;
        printf("%-18s", r->row[row].name);
        for (unsigned c = 0; c < r->columns; c++)
            print_cell(r, row, c);
        printf("  %s\n", r->row[row].what);
    }
    print_missing(r);
    if (r->claims > 0)
        printf("\nmedian [95 %% confidence]\n");
    print_claims(r);
    fflush(stdout);
}

/* ---- JSON -------------------------------------------------------------------------------------
 */

static void put_string(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            fputc('\\', f);
        if (c < 0x20)
            fprintf(f, "\\u%04x", c);
        else
            fputc(c, f);
    }
    fputc('"', f);
}

static void put_number(FILE *f, double value)
{
    if (isfinite(value))
        fprintf(f, "%.6g", value);
    else
        fprintf(f, "null");
}

static void put_range(FILE *f, const struct report_range *v)
{
    const struct {
        const char *name;
        double value;
    } part[] = {{"median", v->median},
                {"low", v->low},
                {"high", v->high},
                {"min", v->min},
                {"max", v->max}};

    for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
        fprintf(f, "%s\"%s\":", i > 0 ? "," : "", part[i].name);
        put_number(f, part[i].value);
    }
}

static void put_cell(FILE *f, const struct report *r, unsigned row, unsigned column)
{
    struct report_range v = report_range(r, row, column, REPORT_ALONE);

    if (v.samples == 0) {
        fprintf(f, "null");
        return;
    }
    fprintf(f, "{");
    put_range(f, &v);
    fprintf(f, ",\"samples\":[");
    for (unsigned i = 0; i < r->rounds; i++) {
        fprintf(f, "%s", i > 0 ? "," : "");
        put_number(f, r->sample[row][column][i]);
    }
    fprintf(f, "]}");
}

static void put_columns(FILE *f, const struct report *r)
{
    fprintf(f, ",\n\"columns\":[");
    for (unsigned c = 0; c < r->columns; c++) {
        fprintf(f, "%s{\"name\":", c > 0 ? "," : "");
        put_string(f, r->column[c].name);
        fprintf(f, ",\"unit\":");
        put_string(f, r->column[c].unit);
        fprintf(f, ",\"decimals\":%d,\"better\":\"%s\"}", r->column[c].decimals,
                r->column[c].more_is_better ? "more" : "less");
    }
    fprintf(f, "]");
}

static void put_rows(FILE *f, const struct report *r)
{
    bool first = true;

    fprintf(f, ",\n\"rows\":[");
    for (unsigned row = 0; row < r->rows; row++) {
        if (r->row[row].name == NULL)
            continue;
        fprintf(f, "%s\n{\"name\":", first ? "" : ",");
        first = false;
        put_string(f, r->row[row].name);
        fprintf(f, ",\"what\":");
        put_string(f, r->row[row].what);
        fprintf(f, ",\"cells\":[");
        for (unsigned c = 0; c < r->columns; c++) {
            fprintf(f, "%s", c > 0 ? "," : "");
            put_cell(f, r, row, c);
        }
        fprintf(f, "]}");
    }
    fprintf(f, "]");
}

static void put_claims(FILE *f, const struct report *r)
{
    bool first = true;

    fprintf(f, ",\n\"claims\":[");
    for (unsigned i = 0; i < r->claims; i++) {
        const struct claim *c = &r->claim[i];
        struct report_range v = report_range(r, c->row, c->column, c->to);

        if (v.samples == 0)
            continue;
        fprintf(f, "%s\n{\"text\":", first ? "" : ",");
        first = false;
        put_string(f, c->text);
        fprintf(f, ",\"ratio\":%s,", c->to < REPORT_ROWS_MAX ? "true" : "false");
        put_range(f, &v);
        if (c->sense != 0)
            fprintf(f, ",\"wanted\":\"%s %g\",\"met\":%s", c->sense == '>' ? ">=" : "<=", c->wanted,
                    met(c, v.median) ? "true" : "false");
        fprintf(f, "}");
    }
    fprintf(f, "]");
}

bool report_write(const struct report *r, const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    bool ok;

    if (f == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    fprintf(f, "{\"bench\":");
    put_string(f, r->bench);
    fprintf(f, ",\"rounds\":%u,\n\"facts\":{", r->rounds);
    for (unsigned i = 0; i < r->facts; i++) {
        fprintf(f, "%s", i > 0 ? "," : "");
        put_string(f, r->fact[i].name);
        fprintf(f, ":");
        put_string(f, r->fact[i].value);
    }
    fprintf(f, "}");
    put_columns(f, r);
    put_rows(f, r);
    put_claims(f, r);
    fprintf(f, "}\n");
    ok = !ferror(f);
    if (f != stdout)
        ok &= fclose(f) == 0;
    if (!ok)
        fprintf(stderr, "%s: cannot be written\n", path);
    return ok;
}

/* ---- command line -----------------------------------------------------------------------------
 */

static const char *const flag_word[] = {" N", " X", " FILE", " NAME", ""};

static bool usage(const char *program, const struct report_flag *flags, unsigned count)
{
    fprintf(stderr, "usage: %s", program);
    for (unsigned i = 0; i < count; i++)
        fprintf(stderr, " [%s%s]", flags[i].name, flag_word[flags[i].kind]);
    fprintf(stderr, " [--help]\n");
    return false;
}

/* What a flag is without being given. */
static void print_default(const struct report_flag *f)
{
    if (f->kind == REPORT_NUMBER)
        printf(" (%u)", *(const unsigned *)f->out);
    else if (f->kind == REPORT_REAL)
        printf(" (%g)", *(const double *)f->out);
    putchar('\n');
}

static _Noreturn void help(const char *program, const char *about, const struct report_flag *flags,
                           unsigned count)
{
    const char *slash = strrchr(program, '/');

    printf("%s: %s\n\n", slash != NULL ? slash + 1 : program, about);
    for (unsigned i = 0; i < count; i++) {
        char left[64];

        snprintf(left, sizeof(left), "%s%s", flags[i].name, flag_word[flags[i].kind]);
        printf("  %-16s %s", left, flags[i].help);
        print_default(&flags[i]);
    }
    printf("  %-16s this\n", "--help");
    exit(0);
}

static bool take(const struct report_flag *f, const char *text)
{
    char *end;
    double value;

    if (f->kind == REPORT_TEXT || f->kind == REPORT_NAME) {
        *(const char **)f->out = text;
        return true;
    }
    value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= f->min && value <= f->max))
        return false;
    if (f->kind == REPORT_NUMBER)
        *(unsigned *)f->out = (unsigned)value;
    else
        *(double *)f->out = value;
    return true;
}

bool report_flags(const char *about, int argc, char **argv, const struct report_flag *flags,
                  unsigned count)
{
    for (int i = 1; i < argc; i++) {
        const struct report_flag *f = NULL;

        if (strcmp(argv[i], "--help") == 0)
            help(argv[0], about, flags, count);
        for (unsigned k = 0; k < count; k++)
            if (strcmp(argv[i], flags[k].name) == 0)
                f = &flags[k];
        if (f != NULL && f->kind == REPORT_SWITCH)
            *(bool *)f->out = true;
        else if (f == NULL || ++i == argc || !take(f, argv[i]))
            return usage(argv[0], flags, count);
    }
    return true;
}

/* ---- a process of its own -------------------------------------------------------------------- */

bool report_apart(void (*run)(void *what, void *out), void *what, void *out, size_t size)
{
    int pipes[2], status;
    pid_t child;
    ssize_t n;

    fflush(NULL);
    if (pipe(pipes) != 0 || (child = fork()) < 0) {
        perror("report");
        return false;
    }
    if (child == 0) {
        run(what, out);
        _exit(write(pipes[1], out, size) == (ssize_t)size ? 0 : 1);
    }
    close(pipes[1]);
    n = read(pipes[0], out, size);
    close(pipes[0]);
    return waitpid(child, &status, 0) == child && status == 0 && n == (ssize_t)size;
}

/* ---- time -------------------------------------------------------------------------------------
 */

int64_t report_clock_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

double report_cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
