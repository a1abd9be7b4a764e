/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tool_report.c - turns the JSON files of benches into one HTML page with plots, which needs
 * nothing but itself: no scripts, no styles, no fonts from elsewhere.
 *
 *   tool_report FILE.json... > report.html
 *   tool_report --markdown FILE.json...         the claims alone, as the table of docs/perf.md
 *
 * On top what was wanted and how far from it we are, over all benches. Then for each bench its
 * settings, its claims in numbers, and a plot for each column: a bar is a row's median, the dark
 * line across its end the 95 % confidence of it, the dots are the rounds. Columns called p50, p90,
 * p99 ... are drawn as percentiles, rows called "NAME 1k", "NAME 100k", "NAME 1M" as growth, where
 * less is better. What belongs to the machine stands once, as the first file has it.
 *
 * Memory is given back by the end of the process: it is a filter.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/json_read.h"
#include "perf/plot.h"
#include "perf/report.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>podring benches</title>\n"
    "<style>\n"
    "body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:1000px;padding:0 1em;"
    "color:#222;background:#fff}\n"
    "h1,h2,h3{font-weight:600}h2{border-top:1px solid #ccc;padding-top:.8em;margin-top:1.6em}\n"
    "table{border-collapse:collapse;margin:.6em 0}td,th{padding:2px 14px 2px 0;text-align:left}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.met{color:#17722b}\n"
    ".missed{color:#b3261e;font-weight:600}td.f{color:#666}\n"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}.met{color:#6fc286}"
    ".missed{color:#f08a80}td.f{color:#999}}\n";

struct file {
    struct json json;
    const struct json_node *root, *facts, *columns, *rows, *claims;
};

/* ---- from JSON ----------------------------------------------------------------------------------
 */

static double number_of(const struct json_node *n)
{
    return n != NULL && n->kind == JSON_NUMBER ? strtod(n->text, NULL) : NAN;
}

static double member(const struct file *f, const struct json_node *n, const char *key)
{
    return number_of(json_member(&f->json, n, key));
}

/* A string without its escapes; the benches write \" and \\ only. */
static const char *text_of(const struct json_node *n)
{
    char *text = n != NULL ? malloc(n->length + 1) : NULL, *to = text;

    if (text == NULL)
        return "";
    for (size_t i = 0; i < n->length; i++) {
        if (n->text[i] == '\\' && i + 1 < n->length)
            i++;
        *to++ = n->text[i];
    }
    *to = '\0';
    return text;
}

static const char *text_member(const struct file *f, const struct json_node *n, const char *key)
{
    return text_of(json_member(&f->json, n, key));
}

/* The n-th cell of a row; NULL if it was not measured. */
static const struct json_node *cell_of(const struct file *f, const struct json_node *row,
                                       unsigned column)
{
    const struct json_node *cell = json_first(&f->json, json_member(&f->json, row, "cells"));

    for (; column > 0 && cell != NULL; column--)
        cell = json_next(&f->json, cell);
    return cell != NULL && cell->kind == JSON_OBJECT ? cell : NULL;
}

static const struct json_node *nth(const struct file *f, const struct json_node *list, unsigned n)
{
    const struct json_node *node = json_first(&f->json, list);

    while (n-- > 0 && node != NULL)
        node = json_next(&f->json, node);
    return node;
}

static bool file_open(struct file *f, const char *path)
{
    const char *why;

    if (!json_open(&f->json, path, &why)) {
        fprintf(stderr, "tool_report: %s: %s\n", path, why);
        return false;
    }
    f->root = json_root(&f->json);
    f->facts = json_member(&f->json, f->root, "facts");
    f->columns = json_member(&f->json, f->root, "columns");
    f->rows = json_member(&f->json, f->root, "rows");
    f->claims = json_member(&f->json, f->root, "claims");
    if (f->rows != NULL && f->columns != NULL)
        return true;
    fprintf(stderr, "tool_report: %s: not the result of a bench\n", path);
    return false;
}

/* ---- claims ------------------------------------------------------------------------------------
 */

/* False: it is only of interest, nothing is wanted of it. */
static bool claim_read(const struct file *f, const struct json_node *node, struct plot_claim *out)
{
    const char *wanted = text_member(f, node, "wanted");

    *out = (struct plot_claim){.name = text_member(f, node, "text"),
                               .value = member(f, node, "median"),
                               .low = member(f, node, "low"),
                               .high = member(f, node, "high"),
                               .wanted = strlen(wanted) > 3 ? strtod(wanted + 3, NULL) : NAN,
                               .at_least = wanted[0] == '>'};
    return isfinite(out->wanted);
}

static bool claim_met(const struct plot_claim *c)
{
    return c->at_least ? c->value >= c->wanted : c->value <= c->wanted;
}

static void put_overview(const struct file *files, unsigned count)
{
    printf(
        "<h2>Against what is wanted</h2>\n<p>1 is what is wanted; each step to the right is twice "
        "as good, whether more or less is better. The numbers are the medians.</p>\n");
    for (unsigned i = 0; i < count; i++) {
        const struct file *f = &files[i];
        struct plot_claim claims[REPORT_CLAIMS_MAX];
        unsigned n = 0;

        for (const struct json_node *c = json_first(&f->json, f->claims);
             c != NULL && n < REPORT_CLAIMS_MAX; c = json_next(&f->json, c))
            n += claim_read(f, c, &claims[n]);
        if (n > 0)
            printf("<h3>%s</h3>\n", text_member(f, f->root, "bench"));
        plot_claims(stdout, claims, n);
    }
}

static void put_claims(const struct file *f)
{
    if (json_first(&f->json, f->claims) == NULL)
        return;
    printf("<table><tr><th>claim</th><th class='n'>median</th><th class='n'>95&nbsp;%% of it</th>"
           "<th class='n'>wanted</th><th></th></tr>\n");
    for (const struct json_node *node = json_first(&f->json, f->claims); node != NULL;
         node = json_next(&f->json, node)) {
        struct plot_claim c;
        bool target = claim_read(f, node, &c);

        printf("<tr><td>");
        plot_text(stdout, c.name);
        printf("</td><td class='n'>");
        plot_number(stdout, c.value);
        printf("</td><td class='n'>");
        plot_number(stdout, c.low);
        printf(" .. ");
        plot_number(stdout, c.high);
        printf("</td>");
        if (target) {
            printf("<td class='n'>%s ", c.at_least ? "&#8805;" : "&#8804;");
            plot_limit(stdout, c.wanted);
            printf("</td><td class='%s'>%s</td>", claim_met(&c) ? "met" : "missed",
                   claim_met(&c) ? "met" : "missed");
        }
        printf("</tr>\n");
    }
    printf("</table>\n");
}

/* ---- plots -------------------------------------------------------------------------------------
 */

static void column_title(const struct file *f, const struct json_node *column, char *out,
                         size_t room)
{
    snprintf(out, room, "%s %s (%s is better)", text_member(f, column, "name"),
             text_member(f, column, "unit"), text_member(f, column, "better"));
}

static void bar_read(const struct file *f, const struct json_node *cell, struct plot_bar *out)
{
    const struct json_node *s = json_first(&f->json, json_member(&f->json, cell, "samples"));

    out->value = member(f, cell, "median");
    out->low = member(f, cell, "low");
    out->high = member(f, cell, "high");
    for (; s != NULL && out->dots < PLOT_DOTS_MAX; s = json_next(&f->json, s))
        out->dot[out->dots++] = number_of(s);
}

static void put_bars(const struct file *f, const struct json_node *column, unsigned which)
{
    static struct plot_bar bars[REPORT_ROWS_MAX];
    char title[160];
    unsigned count = 0;
    bool rivals = false; /* without any, all rows are ours */

    memset(bars, 0, sizeof(bars));
    for (const struct json_node *r = json_first(&f->json, f->rows);
         r != NULL && count < REPORT_ROWS_MAX; r = json_next(&f->json, r)) {
        const struct json_node *cell = cell_of(f, r, which);

        if (cell == NULL)
            continue;
        bars[count].name = text_member(f, r, "name");
        bars[count].ours = strncmp(bars[count].name, "podring", 7) == 0;
        rivals |= bars[count].ours;
        bar_read(f, cell, &bars[count++]);
    }
    for (unsigned i = 0; i < count; i++)
        bars[i].ours |= !rivals;
    column_title(f, column, title, sizeof(title));
    plot_bars(stdout, title, bars, count);
}

/* "p99.9" stands at -lg(1 - 0.999) = 3; "max" one further than anything. NAN: no percentile. */
static double percentile_of(const char *name)
{
    char *end;
    double p;

    if (strcmp(name, "max") == 0)
        return 5;
    p = name[0] == 'p' && isdigit((unsigned char)name[1]) ? strtod(name + 1, &end) : NAN;
    return p >= 0 && p < 100 && *end == '\0' ? -log10(1 - p / 100) : NAN;
}

static bool is_percentile(const struct file *f, const struct json_node *column)
{
    return isfinite(percentile_of(text_member(f, column, "name")));
}

static void put_percentiles(const struct file *f)
{
    struct plot_line line[PLOT_POINTS_MAX] = {0};
    struct plot_tick tick[PLOT_POINTS_MAX];
    unsigned lines = 0, ticks = 0, which = 0;
    unsigned column_of[PLOT_POINTS_MAX];
    char title[160] = "";

    for (const struct json_node *c = json_first(&f->json, f->columns);
         c != NULL && ticks < PLOT_POINTS_MAX; c = json_next(&f->json, c), which++) {
        const char *name = text_member(f, c, "name");

        if (!is_percentile(f, c))
            continue;
        column_of[ticks] = which;
        tick[ticks].at =
            strcmp(name, "max") == 0 && ticks > 0 ? tick[ticks - 1].at + 0.7 : percentile_of(name);
        snprintf(tick[ticks++].label, sizeof(tick->label), "%s", name);
        snprintf(title, sizeof(title), "percentiles, %s", text_member(f, c, "unit"));
    }
    for (const struct json_node *r = json_first(&f->json, f->rows);
         ticks >= 3 && r != NULL && lines < PLOT_POINTS_MAX; r = json_next(&f->json, r)) {
        struct plot_line *l = &line[lines];

        snprintf(l->name, sizeof(l->name), "%s", text_member(f, r, "name"));
        for (unsigned i = 0; i < ticks; i++) {
            double v = member(f, cell_of(f, r, column_of[i]), "median");

            if (v > 0) {
                l->x[l->count] = tick[i].at;
                l->y[l->count++] = v;
            }
        }
        lines += l->count > 1;
    }
    if (lines > 0)
        plot_lines(stdout, title, line, lines, tick, ticks, true);
}

/* "step 100k" is 100,000 of series "step". 0: no such name. */
static double size_of(const char *name, size_t *series)
{
    const char *blank = strrchr(name, ' ');
    char *end;
    double n;

    if (blank == NULL)
        return 0;
    n = strtod(blank + 1, &end);
    *series = (size_t)(blank - name);
    if (end == blank + 1 || n <= 0)
        return 0;
    if (strcmp(end, "k") == 0)
        return n * 1e3;
    return strcmp(end, "M") == 0 ? n * 1e6 : 0;
}

static struct plot_line *series_of(struct plot_line *line, unsigned *lines, const char *name,
                                   size_t length)
{
    for (unsigned i = 0; i < *lines; i++)
        if (strlen(line[i].name) == length && memcmp(line[i].name, name, length) == 0)
            return &line[i];
    if (*lines == PLOT_POINTS_MAX || length >= sizeof(line->name))
        return NULL;
    memcpy(line[*lines].name, name, length);
    return &line[(*lines)++];
}

static void add_tick(struct plot_tick *tick, unsigned *ticks, double at, const char *label)
{
    for (unsigned i = 0; i < *ticks; i++)
        if (tick[i].at == at)
            return;
    if (*ticks < PLOT_POINTS_MAX) {
        tick[*ticks].at = at;
        snprintf(tick[(*ticks)++].label, sizeof(tick->label), "%s", label);
    }
}

/* What grows with the size itself, as the time to start does, would only show that it does. */
enum { GROWTH_MAX = 10 };

static void put_growth(const struct file *f, const struct json_node *column, unsigned which)
{
    struct plot_line line[PLOT_POINTS_MAX] = {0};
    struct plot_tick tick[PLOT_POINTS_MAX];
    unsigned lines = 0, ticks = 0, kept = 0;
    char title[160];

    for (const struct json_node *r = json_first(&f->json, f->rows); r != NULL;
         r = json_next(&f->json, r)) {
        const char *name = text_member(f, r, "name");
        double v = member(f, cell_of(f, r, which), "median");
        size_t series = 0;
        double size = size_of(name, &series);
        struct plot_line *l = size > 0 && v > 0 ? series_of(line, &lines, name, series) : NULL;

        if (l == NULL || l->count == PLOT_POINTS_MAX)
            continue;
        l->x[l->count] = log10(size);
        l->y[l->count++] = v;
        add_tick(tick, &ticks, log10(size), name + series + 1);
    }
    for (unsigned i = 0; i < lines; i++)
        if (line[i].count >= 3 && line[i].y[line[i].count - 1] < GROWTH_MAX * line[i].y[0])
            line[kept++] = line[i];
    column_title(f, column, title, sizeof(title));
    strncat(title, ", by size", sizeof(title) - strlen(title) - 1);
    if (kept > 0)
        plot_lines(stdout, title, line, kept, tick, ticks, false);
}

static void put_plots(const struct file *f)
{
    unsigned which = 0;

    printf("<div>\n");
    put_percentiles(f);
    for (const struct json_node *c = json_first(&f->json, f->columns); c != NULL;
         c = json_next(&f->json, c), which++) {
        if (is_percentile(f, c))
            continue;
        put_bars(f, c, which);
        if (strcmp(text_member(f, c, "better"), "less") == 0)
            put_growth(f, c, which);
    }
    printf("</div>\n");
}

/* ---- the page ----------------------------------------------------------------------------------
 */

/* What stands on top for all: the machine and how it was built. */
static bool is_common(const char *name)
{
    static const char *const common[] = {"kernel", "cpu", "compiler", "build"};

    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        if (strcmp(common[i], name) == 0)
            return true;
    return false;
}

static const char *key_of(const struct json_node *n)
{
    return strndup(n->key, n->key_length);
}

static void put_facts(const struct file *f, bool common)
{
    printf("<table>\n");
    for (const struct json_node *n = json_first(&f->json, f->facts); n != NULL;
         n = json_next(&f->json, n)) {
        if (is_common(key_of(n)) != common)
            continue;
        printf("<tr><td class='f'>%s</td><td>", key_of(n));
        plot_text(stdout, text_of(n));
        printf("</td></tr>\n");
    }
    printf("</table>\n");
}

static void put_rows(const struct file *f)
{
    printf("<details><summary>what the rows are</summary><table>\n");
    for (const struct json_node *r = json_first(&f->json, f->rows); r != NULL;
         r = json_next(&f->json, r)) {
        printf("<tr><td>");
        plot_text(stdout, text_member(f, r, "name"));
        printf("</td><td>");
        plot_text(stdout, text_member(f, r, "what"));
        printf("</td></tr>\n");
    }
    printf("</table></details>\n");
}

static void put_page(const struct file *files, unsigned count)
{
    printf("%s%s</style></head><body>\n<h1>podring benches</h1>\n", head, plot_style);
    put_facts(&files[0], true);
    printf("<p>Medians over interleaved rounds. The line across the end of a bar is the 95&nbsp;%% "
           "confidence of its median, by bootstrap; a dot is a round. Rates of a shared machine "
           "swing, ratios within a round much less: docs/perf.md says how to read this.</p>\n");
    put_overview(files, count);
    for (unsigned i = 0; i < count; i++) {
        printf("<h2>%s</h2>\n", text_member(&files[i], files[i].root, "bench"));
        put_facts(&files[i], false);
        put_claims(&files[i]);
        put_plots(&files[i]);
        put_rows(&files[i]);
    }
    printf("</body></html>\n");
}

/* ---- Markdown ----------------------------------------------------------------------------------
 */

static void put_markdown_claims(const struct file *f)
{
    const char *bench = text_member(f, f->root, "bench");

    for (const struct json_node *node = json_first(&f->json, f->claims); node != NULL;
         node = json_next(&f->json, node)) {
        struct plot_claim c;

        if (!claim_read(f, node, &c))
            continue;
        printf("| %s | %s | %s ", bench, c.name, c.at_least ? "≥" : "≤");
        plot_limit(stdout, c.wanted);
        printf(" | %s", claim_met(&c) ? "" : "**");
        plot_number(stdout, c.value);
        printf("%s | ", claim_met(&c) ? "" : "**");
        plot_number(stdout, c.low);
        printf(" .. ");
        plot_number(stdout, c.high);
        printf(" |\n");
    }
}

static void put_markdown(const struct file *files, unsigned count)
{
    for (const struct json_node *n = json_first(&files[0].json, files[0].facts); n != NULL;
         n = json_next(&files[0].json, n))
        if (is_common(key_of(n)) || strcmp(key_of(n), "date") == 0 ||
            strcmp(key_of(n), "load") == 0)
            printf("%s%s: %s", n == nth(&files[0], files[0].facts, 0) ? "" : "; ", key_of(n),
                   text_of(n));
    printf(".\n\n| bench | what | wanted | median | 95 %% of it |\n|---|---|---|---|---|\n");
    for (unsigned i = 0; i < count; i++)
        put_markdown_claims(&files[i]);
}

int main(int argc, char **argv)
{
    struct file *files = calloc((size_t)argc, sizeof(*files));
    bool markdown = argc > 1 && strcmp(argv[1], "--markdown") == 0;
    unsigned count = 0;

    for (int i = markdown ? 2 : 1; files != NULL && i < argc; i++)
        count += file_open(&files[count], argv[i]);
    if (count == 0) {
        fprintf(stderr, "usage: tool_report [--markdown] FILE.json...\n");
        return 64;
    }
    if (markdown)
        put_markdown(files, count);
    else
        put_page(files, count);
    return fflush(stdout) == 0 ? 0 : 1;
}
