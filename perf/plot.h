/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plot.h - the plots of the report, as inline SVG: bars, lines, and how far claims are from what is
 * wanted of them. Numbers and names in, SVG out; what they mean is the caller's.
 *
 * Names are plain text and are escaped here. Colours and fonts come from the page's style sheet
 * (plot_style), so that a page can be read in the dark as well.
 */
#ifndef PLOT_H
#define PLOT_H

#include <stdbool.h>
#include <stdio.h>

enum { PLOT_DOTS_MAX = 101, PLOT_POINTS_MAX = 16 };

extern const char plot_style[]; /* for <style> */

void plot_text(FILE *out, const char *text);
/* Escaped for HTML. */

void plot_number(FILE *out, double v);
/* 12,345,678 or 12.3: as many decimals as three digits need; NAN is "-". */

void plot_limit(FILE *out, double v);
/* The same for a number that somebody chose: 0.95, not 0.950. */

struct plot_bar {
    const char *name;
    double value, low, high; /* low..high: its 95 % confidence */
    double dot[PLOT_DOTS_MAX];
    unsigned dots; /* the rounds */
    bool ours;     /* stands out */
};

void plot_bars(FILE *out, const char *title, const struct plot_bar *bar, unsigned count);
/* From 0 to the largest dot. Nothing if none of them is positive. */

struct plot_line {
    char name[64];
    double x[PLOT_POINTS_MAX], y[PLOT_POINTS_MAX];
    unsigned count;
};

struct plot_tick {
    double at; /* on the x axis */
    char label[16];
};

void plot_lines(FILE *out, const char *title, const struct plot_line *line, unsigned count,
                const struct plot_tick *tick, unsigned ticks, bool log_y);
/* x is used as it is, ticks in rising order; y from 0, or from the least by factors. */

struct plot_claim {
    const char *name;
    double value, low, high, wanted;
    bool at_least; /* wanted is the least that will do; else the most */
};

void plot_claims(FILE *out, const struct plot_claim *claim, unsigned count);
/* A bar for each: right of the line is met. Each step of the axis is a factor of two. */

#endif
