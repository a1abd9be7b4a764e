/* SPDX-License-Identifier: Apache-2.0 */
/* plot.c - bars and lines as SVG. Coordinates are pixels; y grows downwards. */
#include "perf/plot.h"

#include <math.h>
#include <string.h>

const char plot_style[] =
    "svg{display:inline-block;vertical-align:top;margin:.4em 12px 1em 0}svg text{font:11px "
    "system-ui,sans-serif;fill:#222}\n"
    "svg .t{font-weight:600;font-size:12px}svg .r{text-anchor:end}svg .m{text-anchor:middle}\n"
    "svg .a{fill:#3b7dd8}svg .b{fill:#a9c4ea}svg .e{stroke:#222;stroke-width:2}\n"
    "svg .d{fill:#d8573b;fill-opacity:.8}svg .g{stroke:#ddd}svg .w{stroke:#222;stroke-dasharray:4 "
    "2}\n"
    "svg .good{fill:#4c9f62}svg .bad{fill:#cf5c4e}svg .l{fill:none;stroke-width:2}\n"
    "@media(prefers-color-scheme:dark){svg text{fill:#ddd}svg .e,svg .w{stroke:#eee}"
    "svg .g{stroke:#444}svg .b{fill:#47648c}}\n";

static const char *const colours[] = {"#3b7dd8", "#d8573b", "#4c9f62", "#9561b5",
                                      "#b58a1f", "#2a9d9d", "#777777", "#c2518f"};

enum { COLOURS = sizeof(colours) / sizeof(colours[0]) };

/* ---- text --------------------------------------------------------------------------------------
 */

void plot_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else
            fputc(*text, out);
    }
}

void plot_number(FILE *out, double v)
{
    char digits[64];
    size_t n;

    if (!isfinite(v)) {
        fputs("-", out);
        return;
    }
    if (fabs(v) < 1000) {
        fprintf(out, "%.*f", fabs(v) >= 100 ? 0 : fabs(v) >= 10 ? 1 : fabs(v) >= 1 ? 2 : 3, v);
        return;
    }
    snprintf(digits, sizeof(digits), "%.0f", v);
    n = strlen(digits);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
            fputc(',', out);
        fputc(digits[i], out);
    }
}

void plot_limit(FILE *out, double v)
{
    if (fabs(v) < 1000)
        fprintf(out, "%g", v);
    else
        plot_number(out, v);
}

/* 12500000 is 12.5M: for axes, where there is no room. */
static void short_number(double v, char *out, size_t room)
{
    static const struct {
        double least;
        const char *unit;
    } units[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {0, ""}};
    unsigned i = 0;

    while (v < units[i].least)
        i++;
    snprintf(out, room, "%g%s", units[i].least > 0 ? v / units[i].least : v, units[i].unit);
}

static void put_label(FILE *out, double x, double y, const char *class_, const char *text)
{
    fprintf(out, "<text x='%.1f' y='%.1f' class='%s'>", x, y, class_);
    plot_text(out, text);
    fputs("</text>\n", out);
}

static void put_value(FILE *out, double x, double y, const char *class_, double value)
{
    fprintf(out, "<text x='%.1f' y='%.1f' class='%s'>", x, y, class_);
    plot_number(out, value);
    fputs("</text>\n", out);
}

static void put_line(FILE *out, const char *class_, double x1, double y1, double x2, double y2)
{
    fprintf(out, "<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>\n", class_, x1, y1, x2,
            y2);
}

static void put_head(FILE *out, unsigned width, unsigned height, const char *title)
{
    fprintf(out, "<svg width='%u' height='%u' viewBox='0 0 %u %u'>\n", width, height, width,
            height);
    if (title != NULL)
        put_label(out, 0, 13, "t", title);
}

/* ---- bars --------------------------------------------------------------------------------------
 */

enum { BARS_W = 480, BARS_NAME = 118, BARS_VALUE = 84, BARS_HEAD = 22, BARS_ROW = 20 };

static void put_bar(FILE *out, const struct plot_bar *b, double y, double scale)
{
    double middle = y + BARS_ROW / 2.0;

    put_label(out, 0, y + 14, "n", b->name);
    fprintf(out, "<rect class='%s' x='%d' y='%.0f' width='%.1f' height='%d'/>\n",
            b->ours ? "a" : "b", BARS_NAME, y + 3, b->value * scale, BARS_ROW - 6);
    if (b->high > b->low)
        put_line(out, "e", BARS_NAME + b->low * scale, middle, BARS_NAME + b->high * scale, middle);
    for (unsigned i = 0; i < b->dots && b->dots > 1; i++)
        if (isfinite(b->dot[i]))
            fprintf(out, "<circle class='d' cx='%.1f' cy='%.1f' r='1.8'/>\n",
                    BARS_NAME + b->dot[i] * scale, middle);
    put_value(out, BARS_W, y + 14, "r", b->value);
}

void plot_bars(FILE *out, const char *title, const struct plot_bar *bar, unsigned count)
{
    double most = 0, scale;

    for (unsigned i = 0; i < count; i++) {
        most = fmax(most, bar[i].value);
        for (unsigned k = 0; k < bar[i].dots; k++)
            most = fmax(most, bar[i].dot[k]); /* ignores NAN */
    }
    if (!(most > 0))
        return;
    scale = (BARS_W - BARS_NAME - BARS_VALUE) / most;
    put_head(out, BARS_W, BARS_HEAD + count * BARS_ROW, title);
    for (unsigned i = 0; i < count; i++)
        put_bar(out, &bar[i], BARS_HEAD + i * BARS_ROW, scale);
    fputs("</svg>\n", out);
}

/* ---- lines -------------------------------------------------------------------------------------
 */

enum {
    LINES_W = 480,
    LINES_H = 250,
    LINES_LEFT = 48,
    LINES_RIGHT = 96,
    LINES_TOP = 28,
    LINES_BOTTOM = 24,
    LINES_STEPS = 4,
};

struct frame {
    double x0, x1, y0, y1; /* what the corners stand for */
    bool log_y;
};

static double at_x(const struct frame *f, double x)
{
    double share = f->x1 > f->x0 ? (x - f->x0) / (f->x1 - f->x0) : 0;

    return LINES_LEFT + share * (LINES_W - LINES_LEFT - LINES_RIGHT);
}

static double at_y(const struct frame *f, double y)
{
    double share = f->log_y ? log(y / f->y0) / log(f->y1 / f->y0) : (y - f->y0) / (f->y1 - f->y0);

    return LINES_H - LINES_BOTTOM - share * (LINES_H - LINES_TOP - LINES_BOTTOM);
}

/* 1, 2 or 5 times a power of ten, not below v. */
static double round_up(double v)
{
    double power = pow(10, floor(log10(v)));

    return v <= power       ? power
           : v <= 2 * power ? 2 * power
           : v <= 5 * power ? 5 * power
                            : 10 * power;
}

static struct frame frame_around(const struct plot_line *line, unsigned count, bool log_y)
{
    struct frame f = {INFINITY, -INFINITY, INFINITY, -INFINITY, log_y};

    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < line[i].count; k++) {
            f.x0 = fmin(f.x0, line[i].x[k]);
            f.x1 = fmax(f.x1, line[i].x[k]);
            f.y0 = fmin(f.y0, line[i].y[k]);
            f.y1 = fmax(f.y1, line[i].y[k]);
        }
    if (log_y) {
        f.y0 = pow(10, floor(log10(f.y0)));
        f.y1 = pow(10, floor(log10(f.y1)) + 1);
    } else {
        f.y0 = 0;
        f.y1 = round_up(f.y1);
    }
    return f;
}

static void put_grid(FILE *out, const struct frame *f, const struct plot_tick *tick, unsigned ticks)
{
    double right = LINES_W - LINES_RIGHT, bottom = LINES_H - LINES_BOTTOM;
    double step = f->log_y ? 10 : (f->y1 - f->y0) / LINES_STEPS;

    for (double y = f->y0; y <= f->y1 * 1.0001; y = f->log_y ? y * step : y + step) {
        char text[32];

        short_number(y, text, sizeof(text));
        put_line(out, "g", LINES_LEFT, at_y(f, y), right, at_y(f, y));
        put_label(out, LINES_LEFT - 6, at_y(f, y) + 4, "r", text);
    }
    for (unsigned i = 0; i < ticks; i++) {
        put_line(out, "g", at_x(f, tick[i].at), LINES_TOP, at_x(f, tick[i].at), bottom);
        put_label(out, at_x(f, tick[i].at), bottom + 16, "m", tick[i].label);
    }
}

/* The names stand at the ends of their lines, moved apart where they would cover each other. */
static void put_names(FILE *out, const struct frame *f, const struct plot_line *line,
                      unsigned count)
{
    double last = -INFINITY;
    bool done[PLOT_POINTS_MAX] = {false};

    for (unsigned n = 0; n < count && n < PLOT_POINTS_MAX; n++) {
        unsigned top = count;
        double y;

        for (unsigned i = 0; i < count && i < PLOT_POINTS_MAX; i++)
            if (!done[i] &&
                (top == count || line[i].y[line[i].count - 1] > line[top].y[line[top].count - 1]))
                top = i;
        done[top] = true;
        y = fmax(at_y(f, line[top].y[line[top].count - 1]) + 4, last + 12);
        last = y;
        fprintf(out, "<text x='%d' y='%.1f' style='fill:%s'>", LINES_W - LINES_RIGHT + 8, y,
                colours[top % COLOURS]);
        plot_text(out, line[top].name);
        fputs("</text>\n", out);
    }
}

void plot_lines(FILE *out, const char *title, const struct plot_line *line, unsigned count,
                const struct plot_tick *tick, unsigned ticks, bool log_y)
{
    struct frame f = frame_around(line, count, log_y);

    if (!(f.y1 > f.y0))
        return;
    put_head(out, LINES_W, LINES_H, title);
    put_grid(out, &f, tick, ticks);
    for (unsigned i = 0; i < count; i++) {
        const char *colour = colours[i % COLOURS];

        fprintf(out, "<polyline class='l' stroke='%s' points='", colour);
        for (unsigned k = 0; k < line[i].count; k++)
            fprintf(out, "%.1f,%.1f ", at_x(&f, line[i].x[k]), at_y(&f, line[i].y[k]));
        fputs("'/>\n", out);
        for (unsigned k = 0; k < line[i].count; k++)
            fprintf(out, "<circle cx='%.1f' cy='%.1f' r='3' fill='%s'/>\n", at_x(&f, line[i].x[k]),
                    at_y(&f, line[i].y[k]), colour);
    }
    put_names(out, &f, line, count);
    fputs("</svg>\n", out);
}

/* ---- claims ------------------------------------------------------------------------------------
 */

enum { CLAIMS_W = 980, CLAIMS_NAME = 330, CLAIMS_VALUES = 200, CLAIMS_HEAD = 26, CLAIMS_ROW = 20 };

static const double factor_least = 0.25, factor_most = 16;

/* How many times as good as wanted: 1 is as wanted, also if that is nothing at all. Where a
 * quotient says nothing, since one of the two is 0, the value is as good or as bad as the plot can
 * show. */
static double factor(const struct plot_claim *c, double value)
{
    double f = c->at_least ? value / c->wanted : c->wanted / value;
    bool better = c->at_least ? value > c->wanted : value < c->wanted;

    if (value == c->wanted)
        return 1;
    if (!(value > 0) || !(c->wanted > 0))
        return better ? factor_most : factor_least;
    return fmin(fmax(f, factor_least), factor_most);
}

static double claim_x(double f)
{
    double share = log(f / factor_least) / log(factor_most / factor_least);

    return CLAIMS_NAME + share * (CLAIMS_W - CLAIMS_NAME - CLAIMS_VALUES);
}

static void put_claim(FILE *out, const struct plot_claim *c, double y)
{
    double f = factor(c, c->value), from = claim_x(fmin(f, 1)), to = claim_x(fmax(f, 1));
    double low = claim_x(factor(c, c->low)), high = claim_x(factor(c, c->high));

    put_label(out, CLAIMS_NAME - 10, y + 14, "r", c->name);
    fprintf(out, "<rect class='%s' x='%.1f' y='%.0f' width='%.1f' height='%d'/>\n",
            f >= 1 ? "good" : "bad", from, y + 3, fmax(to - from, 1), CLAIMS_ROW - 6);
    if (fabs(high - low) > 1)
        put_line(out, "e", low, y + CLAIMS_ROW / 2.0, high, y + CLAIMS_ROW / 2.0);
    put_value(out, CLAIMS_W - 90, y + 14, "r", c->value);
    fprintf(out, "<text x='%d' y='%.0f'>%s ", CLAIMS_W - 84, y + 14,
            c->at_least ? "&#8805;" : "&#8804;");
    plot_limit(out, c->wanted);
    fputs("</text>\n", out);
}

void plot_claims(FILE *out, const struct plot_claim *claim, unsigned count)
{
    unsigned height = CLAIMS_HEAD + count * CLAIMS_ROW + 4;

    if (count == 0)
        return;
    put_head(out, CLAIMS_W, height, NULL);
    for (double f = factor_least; f <= factor_most; f *= 2) {
        char text[16];

        snprintf(text, sizeof(text), "%g", f);
        put_label(out, claim_x(f), 14, "m", text);
        put_line(out, "g", claim_x(f), CLAIMS_HEAD - 6, claim_x(f), height);
    }
    for (unsigned i = 0; i < count; i++)
        put_claim(out, &claim[i], CLAIMS_HEAD + i * CLAIMS_ROW);
    put_line(out, "w", claim_x(1), CLAIMS_HEAD - 6, claim_x(1), height);
    fputs("</svg>\n", out);
}
