/* SPDX-License-Identifier: Apache-2.0 */
/* test_selector.c - every operator, with labels that are there and that are not. */
#include "engine/store/spec.h"

#include <criterion/criterion.h>

static const struct rx_pair none[] = {{"", ""}};
static const struct rx_pair app_x[] = {{"app", "x"}};
static const struct rx_pair a_b[] = {{"a", "b"}};
static const struct rx_pair tier_api[] = {{"tier", "api"}};
static const struct rx_pair app_canary[] = {{"app", "x"}, {"canary", ""}};
static const struct rx_pair app_prod[] = {{"app", "x"}, {"env", "prod"}};
static const struct rx_pair many[] = {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}};

#define VALUES(...)                                                                                \
    .count = sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                               \
    .value = (const char *const[])                                                                 \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define LABELS(array)                                                                              \
    {                                                                                              \
        sizeof(array) / sizeof((array)[0]), array                                                  \
    }

struct vector {
    const char *id;
    struct pod_selector selector;
    struct pod_labels labels;
    bool matches;
};

/* L-01 to L-06 of the reference; L-07 is a value too long, which loading refuses. */
static const struct pod_requirement l01[] = {{"tier", POD_SELECT_NOT_IN, VALUES("db")}};
static const struct pod_requirement l02[] = {{"tier", POD_SELECT_IN, VALUES("web", "api")},
                                             {"env", POD_SELECT_EXISTS, 0, NULL}};
static const struct pod_requirement l05[] = {{"app", POD_SELECT_IN, VALUES("x")},
                                             {"canary", POD_SELECT_NOT_EXISTS, 0, NULL}};
static const struct pod_requirement l06[] = {{"app", POD_SELECT_IN, VALUES("x")},
                                             {"env", POD_SELECT_IN, VALUES("dev", "qa")}};
static const struct pod_requirement not_db[] = {{"tier", POD_SELECT_NOT_IN, VALUES("db", "api")}};
static const struct pod_requirement in_api[] = {{"tier", POD_SELECT_IN, VALUES("web", "api")}};
static const struct pod_requirement empty_value[] = {{"canary", POD_SELECT_IN, VALUES("")}};
static const struct pod_requirement canary[] = {{"canary", POD_SELECT_EXISTS, 0, NULL}};

static const struct vector vectors[] = {
    {"L-01", {true, 1, l01}, LABELS(app_x), true},
    {"L-02", {true, 2, l02}, LABELS(tier_api), false},
    {"L-03", {true, 0, NULL}, {0, none}, true},
    {"L-04", {false, 0, NULL}, LABELS(a_b), false},
    {"L-05", {true, 2, l05}, LABELS(app_canary), false},
    {"L-05, without", {true, 2, l05}, LABELS(app_x), true},
    {"L-06", {true, 2, l06}, LABELS(app_prod), false},
    {"NotIn, listed", {true, 1, not_db}, LABELS(tier_api), false},
    {"In, second value", {true, 1, in_api}, LABELS(tier_api), true},
    {"In, no such key", {true, 1, in_api}, LABELS(app_x), false},
    {"an empty value is a value", {true, 1, empty_value}, LABELS(app_canary), true},
    {"an absent key is no empty value", {true, 1, empty_value}, LABELS(app_x), false},
    {"Exists, empty", {true, 1, canary}, LABELS(app_canary), true},
};

Test(selector, vectors)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
        cr_expect_eq(pod_selector_matches(&vectors[i].selector, &vectors[i].labels),
                     vectors[i].matches, "%s", vectors[i].id);
}

Test(selector, every_label_is_found_among_many)
{
    struct pod_labels labels = LABELS(many);

    for (uint32_t i = 0; i < labels.count; i++) {
        const char *value = many[i].value;
        struct pod_requirement r = {many[i].key, POD_SELECT_IN, 1, &value};
        struct pod_selector s = {true, 1, &r};

        cr_expect(pod_selector_matches(&s, &labels), "%s", many[i].key);
        value = "other";
        cr_expect_not(pod_selector_matches(&s, &labels), "%s", many[i].key);
    }
}
