/* SPDX-License-Identifier: Apache-2.0 */
/* test_plot.c - what a bar of the bench report looks like: its class, and where it begins and ends.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perf/plot.h"

struct bar {
    char class_[8];
    double x, width;
};

static struct bar draw(bool at_least, double wanted, double value)
{
    struct plot_claim claim = {.name = "c",
                               .value = value,
                               .low = value,
                               .high = value,
                               .wanted = wanted,
                               .at_least = at_least};
    struct bar b = {.x = NAN, .width = NAN};
    size_t size;
    char *text;
    FILE *f = open_memstream(&text, &size);
    const char *at;

    plot_claims(f, &claim, 1);
    fclose(f);
    at = strstr(text, "<rect class='");
    cr_assert_not_null(at, "%s", text);
    cr_assert_eq(
        sscanf(at, "<rect class='%7[a-z]' x='%lf' y='%*f' width='%lf'", b.class_, &b.x, &b.width),
        3, "%s", at);
    cr_expect_null(strstr(text, "nan"), "%s", text);
    cr_expect_null(strstr(text, "inf"), "%s", text);
    free(text);
    return b;
}

Test(plot, a_claim_of_nothing_is_met_by_nothing)
{
    static const struct {
        bool at_least;
        double wanted, value;
        bool good;
        int side; /* of the line of what is wanted: 0 on it */
    } rows[] = {
        {false, 0, 0, true, 0},  {true, 0, 0, true, 0},      {false, 0, 3, false, -1},
        {true, 0, 3, true, 1},   {true, 2, 0, false, -1},    {false, 2, 0, true, 1},
        {true, 2, 2, true, 0},   {false, 2, 2, true, 0},     {true, 2, 1, false, -1},
        {false, 2, 1, true, 1},  {true, 2, 4, true, 1},      {false, 2, 4, false, -1},
        {true, 1, 1e9, true, 1}, {false, 1, 1e9, false, -1},
    };
    double line = draw(true, 2, 2).x;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bar b = draw(rows[i].at_least, rows[i].wanted, rows[i].value);

        cr_expect_str_eq(b.class_, rows[i].good ? "good" : "bad", "row %zu", i);
        if (rows[i].side == 0)
            cr_expect(fabs(b.x - line) < 0.2 && b.width <= 1, "row %zu: %f %f", i, b.x, b.width);
        else if (rows[i].side > 0)
            cr_expect(fabs(b.x - line) < 0.2 && b.width > 1, "row %zu: %f %f", i, b.x, b.width);
        else
            cr_expect(fabs(b.x + b.width - line) < 0.2 && b.width > 1, "row %zu: %f %f", i, b.x,
                      b.width);
    }
}
