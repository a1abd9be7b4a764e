/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_path.c - pairs of targets that mean the same path, and pairs that do not. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/store/rule_path.h"

static const struct {
    const char *target, *normal;
} forms[] = {
    {"", "/"},
    {"/", "/"},
    {"/a", "/a"},
    {"/a/", "/a/"},
    {"/A", "/A"},
    {"a", "/a"},
    {"?x=/b", "/"},
    {"/a?x=1&y=/b", "/a"},
    {"/a#f", "/a"},
    {"/a?x#f", "/a"},
    {"#/a", "/"},
    {"//a", "/a"},
    {"/a///b//", "/a/b/"},
    {"/%61", "/a"},
    {"/%2561", "/%61"},
    {"/a%2Fb", "/a/b"},
    {"/a%3fb", "/a?b"},
    {"/a%zz", "/a%zz"},
    {"/a%4", "/a%4"},
    {"/a%", "/a%"},
    {"/.", "/"},
    {"/./a", "/a"},
    {"/a/.", "/a/"},
    {"/a/b/..", "/a/"},
    {"/a/../b", "/b"},
    {"/../..//a", "/a"},
    {"/%2e%2E/a", "/a"},
    {"/.a/..b/...", "/.a/..b/..."},
};

Test(rule_path, normal_forms)
{
    char out[POD_PATH_MAX];

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        uint32_t n = pod_path_normal(forms[i].target, (uint32_t)strlen(forms[i].target), out);

        cr_expect(n == strlen(forms[i].normal) && memcmp(out, forms[i].normal, n) == 0,
                  "\"%s\" is \"%.*s\", should be \"%s\"", forms[i].target, (int)n, out,
                  forms[i].normal);
    }
}

static bool same(const char *one, const char *other)
{
    struct pod_path a = {one, (uint32_t)strlen(one), POD_PATH_UNKNOWN};
    struct pod_path b = {other, (uint32_t)strlen(other), POD_PATH_UNKNOWN};
    bool the_long_way = pod_path_same(&a, &b);

    a.form = pod_path_form_of(one, a.length);
    cr_expect_eq(pod_path_same(&a, &b), the_long_way, "\"%s\" and \"%s\"", one, other);
    return the_long_way;
}

/* Every pair of them means the same if and only if their normal forms are the same. */
Test(rule_path, pairs)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        for (size_t k = 0; k < sizeof(forms) / sizeof(*forms); k++)
            cr_expect_eq(same(forms[i].target, forms[k].target),
                         strcmp(forms[i].normal, forms[k].normal) == 0,
                         "\"%s\" and \"%s\"", forms[i].target, forms[k].target);
}

/* What is plain is its own normal form, but the other way round only "/a/.b" is not. */
Test(rule_path, plain_ones)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        bool plain = pod_path_form_of(forms[i].target, (uint32_t)strlen(forms[i].target)) ==
            POD_PATH_PLAIN;
        bool equal = strcmp(forms[i].target, forms[i].normal) == 0;

        cr_expect(!plain || equal, "\"%s\" is not plain", forms[i].target);
        cr_expect(plain || !equal || strpbrk(forms[i].target, "%.") != NULL, "\"%s\" is plain",
                  forms[i].target);
    }
}

/* What is too long is cut, and nothing is written behind its end. */
Test(rule_path, long_ones)
{
    char target[3 * POD_PATH_MAX], out[POD_PATH_MAX + 1];

    for (uint32_t n = POD_PATH_MAX - 4; n < POD_PATH_MAX + 4; n++) {
        memset(target, 'a', sizeof(target));
        target[0] = '/';
        target[n - 1] = '/';
        out[POD_PATH_MAX] = '!';
        cr_expect_eq(pod_path_normal(target, n, out), n < POD_PATH_MAX ? n : POD_PATH_MAX);
        cr_expect_eq(out[POD_PATH_MAX], '!');
    }
}
