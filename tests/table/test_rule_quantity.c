/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rule_quantity.c - amounts of resources and their canonical form, as resource.Quantity has
 * them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/store/rule_quantity.h"

Test(rule_quantity, is_written_as_the_api_writes_it)
{
    static const struct {
        const char *text, *canonical; /* NULL: refused */
        int64_t milli;
    } rows[] = {
        {"0", "0", 0},
        {"0Gi", "0", 0},
        {"1", "1", 1000},
        {"+2", "2", 2000},
        {"0.5", "500m", 500},
        {".5", "500m", 500},
        {"5.", "5", 5000},
        {"1000m", "1", 1000},
        {"1500m", "1500m", 1500},
        {"250m", "250m", 250},
        {"2000", "2k", 2000000},
        {"100000", "100k", 100000000},
        {"1024", "1024", 1024000},
        {"1024Mi", "1Gi", (int64_t)1000 << 30},
        {"1.5Gi", "1536Mi", (int64_t)1536000 << 20},
        {"0.5Mi", "512Ki", (int64_t)512000 << 10},
        {"128Mi", "128Mi", (int64_t)128000 << 20},
        {"0.5Ki", "512", 512000},
        {"1e3", "1e3", 1000000},
        {"12e2", "1200", 1200000},
        {"1E3", "1e3", 1000000},
        {"1E", "1E", INT64_MAX}, /* too many thousandths */
        {"1n", "1n", 1},
        {"0.1n", "1n", 1},
        {"1u", "1u", 1},
        {"-1", "-1", -1000},
        {"1Ki", "1Ki", 1024000},
        {"0.10000000001", "100000001n", 101}, /* up to the next nano */
        {"10000000000.000000001", "10000000000000001u", INT64_C(10000000000001)},
        {"1M", "1M", 1000000000},
        {"1000k", "1M", 1000000000},
        {"1e-3", "1e-3", 1},
        {"", NULL, 0},
        {"m", NULL, 0},
        {"1mi", NULL, 0},
        {"1 Gi", NULL, 0},
        {"1Gi ", NULL, 0},
        {"abc", NULL, 0},
        {"1e", NULL, 0},
        {"1..2", NULL, 0},
        {"--1", NULL, 0},
        {"999999999999999999999999999999", "9223372036854775807", INT64_MAX},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[ST_QUANTITY_TEXT];
        struct st_quantity q;
        bool is = st_quantity_parse(rows[i].text, strlen(rows[i].text), &q);
        int64_t milli;

        cr_expect_eq(is, rows[i].canonical != NULL, "'%s'", rows[i].text);
        if (!is || rows[i].canonical == NULL)
            continue;
        st_quantity_text(&q, text);
        cr_expect_str_eq(text, rows[i].canonical, "'%s': %s", rows[i].text, text);
        if (rows[i].milli == INT64_MAX)
            cr_expect_not(st_quantity_milli(&q, &milli), "'%s'", rows[i].text);
        else
            cr_expect(st_quantity_milli(&q, &milli) && milli == rows[i].milli, "'%s': %lld",
                      rows[i].text, (long long)milli);
    }
}

/* Whatever is written is read back as the same amount. */
Test(rule_quantity, survives_its_own_text)
{
    uint64_t state = 1;

    for (int i = 0; i < 20000; i++) {
        struct st_quantity q = {0}, again;
        char text[ST_QUANTITY_TEXT];

        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        q.nano =
            (__int128)(int64_t)(state >> 1 >> (state % 60)) * (state % 3 == 0 ? 1000000000 : 1);
        q.form = (enum st_quantity_form)(state >> 40) % 3;
        if (q.form == ST_QUANTITY_BINARY)
            q.nano -= q.nano % 1000000000;
        st_quantity_text(&q, text);
        cr_assert(st_quantity_parse(text, strlen(text), &again), "%s", text);
        cr_assert(again.nano == q.nano, "%s", text);
    }
}

Test(rule_quantity, a_sum_has_the_form_of_its_first_part)
{
    static const struct {
        const char *a, *b, *sum;
    } rows[] = {
        {"0", "1Gi", "1Gi"},      {"1Gi", "0", "1Gi"},     {"1", "1Gi", "1073741825"},
        {"1Gi", "1", "1073741825"}, {"500m", "500m", "1"}, {"300m", "600m", "900m"},
        {"1Gi", "512Mi", "1536Mi"}, {"1", "-1", "0"},
        {"9223372036854775807", "1", "9223372036854775807"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[ST_QUANTITY_TEXT];
        struct st_quantity a, b;

        cr_assert(st_quantity_parse(rows[i].a, strlen(rows[i].a), &a));
        cr_assert(st_quantity_parse(rows[i].b, strlen(rows[i].b), &b));
        st_quantity_add(&a, &b);
        st_quantity_text(&a, text);
        cr_expect_str_eq(text, rows[i].sum, "%s + %s is %s", rows[i].a, rows[i].b, text);
    }
}
