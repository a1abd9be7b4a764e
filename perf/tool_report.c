/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tool_report.c - turns the JSON files of benches into one HTML page with plots, which needs
 * nothing but itself: no scripts, no styles, no fonts from elsewhere.
 *
 *   report_html FILE.json... > report.html
 *
 * A plot for each column of each bench: a bar is a row's median, the dark line across its end the
 * 95 % confidence of it, the dots are the rounds. Beside them the claims: the ratio or the median
 * that was wanted, where it lies, and whether it was met. Files that are not there are left out.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/json_read.h"

enum { PLOT_W = 480, LABEL_W = 118, VALUE_W = 92, BAR_H = 20 };

static const char head[] =
    "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>podring benches</title>\n"
    "<style>\n"
    "body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:1000px;color:#222}\n"
    "h1,h2{font-weight:600}h2{border-top:1px solid #ccc;padding-top:.8em;margin-top:1.6em}\n"
    "table{border-collapse:collapse;margin:.6em 0}td,th{padding:2px 12px 2px 0;text-align:left}\n"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}.met{color:#17722b}\n"
    ".missed{color:#b3261e;font-weight:600}.facts{color:#555}svg{margin:4px 16px 10px 0}\n"
    "svg text{font:11px system-ui,sans-serif;fill:#222}\n"
    "</style></head><body>\n<h1>podring benches</h1>\n"
    "<p>Medians over interleaved rounds. The line across the end of a bar is the 95&nbsp;% "
    "confidence of its median, by bootstrap; a dot is a round. Rates of a shared machine swing; "
    "ratios within a round do not.</p>\n";

/* ---- from JSON ----------------------------------------------------------------------------------
 */

static double number_of(const struct json_node *n)
{
    return n != NULL && n->kind == JSON_NUMBER ? strtod(n->text, NULL) : NAN;
}

static double member(const struct json *j, const struct json_node *n, const char *key)
{
    return number_of(json_member(j, n, key));
}

/* A string as HTML. The JSON escapes that the benches write are \" and \\ only. */
static void put_text(const struct json_node *n)
{
    for (size_t i = 0; n != NULL && i < n->length; i++) {
        char c = n->text[i];

        if (c == '\\' && i + 1 < n->length)
            c = n->text[++i];
        if (c == '<')
            fputs("&lt;", stdout);
        else if (c == '>')
            fputs("&gt;", stdout);
        else if (c == '&')
            fputs("&amp;", stdout);
        else
            putchar(c);
    }
}

/* 12,345,678 or 12.34: as many decimals as three digits need. */
static void put_number(double v)
{
    char digits[64];
    size_t n;

    if (!isfinite(v)) {
        fputs("-", stdout);
        return;
    }
    if (fabs(v) < 1000) {
        printf("%.*f", fabs(v) >= 100 ? 0 : fabs(v) >= 10 ? 1 : 3, v);
        return;
    }
    snprintf(digits, sizeof(digits), "%.0f", v);
    n = strlen(digits);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
            putchar(',');
        putchar(digits[i]);
    }
}

/* ---- plots --------------------------------------------------------------------------------------
 */

/* The n-th cell of a row. */
static const struct json_node *cell_of(const struct json *j, const struct json_node *row,
                                       unsigned column)
{
    const struct json_node *cell = json_first(j, json_member(j, row, "cells"));

    for (; column > 0 && cell != NULL; column--)
        cell = json_next(j, cell);
    return cell != NULL && cell->kind == JSON_OBJECT ? cell : NULL;
}

static unsigned count_rows(const struct json *j, const struct json_node *rows, unsigned column,
                           double *most)
{
    unsigned count = 0;

    *most = 0;
    for (const struct json_node *r = json_first(j, rows); r != NULL; r = json_next(j, r)) {
        const struct json_node *cell = cell_of(j, r, column);

        if (cell == NULL)
            continue;
        *most = fmax(*most, member(j, cell, "max"));
        count++;
    }
    return count;
}

static void put_bar(const struct json *j, const struct json_node *row, const struct json_node *cell,
                    int y, double scale, bool first)
{
    double median = member(j, cell, "median"), low = member(j, cell, "low");
    double high = member(j, cell, "high");
    const struct json_node *s = json_first(j, json_member(j, cell, "samples"));

    printf("<text x='0' y='%d'>", y + 14);
    put_text(json_member(j, row, "name"));
    printf("</text><rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>", LABEL_W, y + 2,
           median * scale, BAR_H - 5, first ? "#3b7dd8" : "#a9c4ea");
    printf("<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='#222' stroke-width='2'/>",
           LABEL_W + low * scale, LABEL_W + high * scale, y + BAR_H / 2, y + BAR_H / 2);
    for (; s != NULL; s = json_next(j, s))
        if (s->kind == JSON_NUMBER)
            printf("<circle cx='%.1f' cy='%d' r='1.6' fill='#d8573b'/>",
                   LABEL_W + number_of(s) * scale, y + BAR_H / 2);
    printf("<text x='%d' y='%d'>", PLOT_W - VALUE_W + 8, y + 14);
    put_number(median);
    printf("</text>\n");
}

static void put_plot(const struct json *j, const struct json_node *rows,
                     const struct json_node *column, unsigned which)
{
    const struct json_node *unit = json_member(j, column, "unit");
    const struct json_node *better = json_member(j, column, "better");
    bool more = better != NULL && better->length == 4 && memcmp(better->text, "more", 4) == 0;
    double most, scale;
    unsigned count = count_rows(j, rows, which, &most);
    int y = 20;

    if (count == 0 || !(most > 0))
        return;
    scale = (PLOT_W - LABEL_W - VALUE_W) / most;
    printf("<svg width='%d' height='%u'><text x='0' y='12' font-weight='600'>", PLOT_W,
           count * BAR_H + 24);
    put_text(json_member(j, column, "name"));
    fputs(" ", stdout);
    put_text(unit);
    printf(", %s is better</text>\n", more ? "more" : "less");
    for (const struct json_node *r = json_first(j, rows); r != NULL; r = json_next(j, r)) {
        const struct json_node *cell = cell_of(j, r, which);

        if (cell == NULL)
            continue;
        put_bar(j, r, cell, y, scale, y == 20);
        y += BAR_H;
    }
    printf("</svg>\n");
}

/* ---- tables -------------------------------------------------------------------------------------
 */

static void put_facts(const struct json *j, const struct json_node *facts)
{
    printf("<p class='facts'>");
    for (const struct json_node *f = json_first(j, facts); f != NULL; f = json_next(j, f)) {
        printf("<b>%.*s</b> ", (int)f->key_length, f->key);
        put_text(f);
        printf("<br>\n");
    }
    printf("</p>\n");
}

static void put_claims(const struct json *j, const struct json_node *claims)
{
    if (json_first(j, claims) == NULL)
        return;
    printf("<table><tr><th>claim</th><th>median</th><th>95&nbsp;%%</th><th>wanted</th><th></th>"
           "</tr>\n");
    for (const struct json_node *c = json_first(j, claims); c != NULL; c = json_next(j, c)) {
        const struct json_node *is_met = json_member(j, c, "met");

        printf("<tr><td>");
        put_text(json_member(j, c, "text"));
        printf("</td><td class='n'>");
        put_number(member(j, c, "median"));
        printf("</td><td class='n'>");
        put_number(member(j, c, "low"));
        fputs(" .. ", stdout);
        put_number(member(j, c, "high"));
        printf("</td><td class='n'>");
        put_text(json_member(j, c, "wanted"));
        if (is_met != NULL)
            printf("</td><td class='%s'>%s", is_met->kind == JSON_TRUE ? "met" : "missed",
                   is_met->kind == JSON_TRUE ? "met" : "missed");
        printf("</td></tr>\n");
    }
    printf("</table>\n");
}

static void put_what(const struct json *j, const struct json_node *rows)
{
    printf("<details><summary>rows</summary><table>\n");
    for (const struct json_node *r = json_first(j, rows); r != NULL; r = json_next(j, r)) {
        printf("<tr><td>");
        put_text(json_member(j, r, "name"));
        printf("</td><td>");
        put_text(json_member(j, r, "what"));
        printf("</td></tr>\n");
    }
    printf("</table></details>\n");
}

static void put_bench(const struct json *j)
{
    const struct json_node *root = json_root(j), *rows = json_member(j, root, "rows");
    const struct json_node *column = json_first(j, json_member(j, root, "columns"));

    printf("<h2>");
    put_text(json_member(j, root, "bench"));
    printf("</h2>\n");
    put_facts(j, json_member(j, root, "facts"));
    put_claims(j, json_member(j, root, "claims"));
    for (unsigned i = 0; column != NULL; i++, column = json_next(j, column))
        put_plot(j, rows, column, i);
    put_what(j, rows);
}

int main(int argc, char **argv)
{
    int found = 0;

    fputs(head, stdout);
    for (int i = 1; i < argc; i++) {
        struct json j;
        const char *why;

        if (!json_open(&j, argv[i], &why)) {
            fprintf(stderr, "report_html: %s: %s\n", argv[i], why);
        } else if (json_member(&j, json_root(&j), "rows") == NULL) {
            fprintf(stderr, "report_html: %s: not the result of a bench\n", argv[i]);
        } else {
            put_bench(&j);
            found++;
        }
        json_close(&j);
    }
    printf("</body></html>\n");
    return found > 0 && fflush(stdout) == 0 ? 0 : 1;
}
