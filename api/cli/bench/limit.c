/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - see limit.h. */
#include "api/cli/bench/limit.h"

#include <string.h>

enum { WHOLE = 100000 }; /* 100 % in thousandths of a percent */

static bool is_share(const struct bench_metric *m)
{
    static const char *const name[] = {"success",  "failure",   "error",   "timeouts",
                                       "in_flight", "missed", "not_sent", "done"};

    for (size_t i = 0; i < RX_ARRAY_LEN(name); i++)
        if (strcmp(m->name, name[i]) == 0)
            return true;
    return false;
}

static const char *value_form(const struct bench_metric *m)
{
    return m->unit == BENCH_NS      ? "a duration such as 5ms"
           : m->unit == BENCH_MILLI ? "a number with up to three decimals"
           : is_share(m)            ? "a whole number, or a share such as 1%"
                                    : "a whole number";
}

static bool read_percent(const char *text, size_t length, struct bench_limit *l)
{
    char number[32];

    l->kind = BENCH_SHARE;
    if (*text == '+' || *text == '-') {
        l->kind = BENCH_CHANGE;
        l->less = *text == '-';
        text++;
        length--;
    }
    if (length == 0 || length > sizeof(number))
        return false;
    memcpy(number, text, length - 1);
    number[length - 1] = '\0';
    return bench_read_decimal(number, 3, &l->value);
}

static int check_kind(const struct cli_options *o, const struct bench_limit *l, const char *value)
{
    if (l->kind == BENCH_CHANGE && o->compare == NULL)
        return cli_refuse(o->verb, "--fail-if: '%s' is a change, which needs --compare", value);
    if (l->kind == BENCH_SHARE && (!is_share(l->metric) || o->compare != NULL))
        return cli_refuse(o->verb, "--fail-if: '%s' is not %s", value,
                          o->compare != NULL ? "a value, or a change such as +10%"
                                             : value_form(l->metric));
    return CLI_OK;
}

int bench_limit_read(const struct cli_options *o, const char *text, struct bench_limit *out)
{
    size_t n = strcspn(text, "<>"), length;
    const char *value = text + n + 1;
    unsigned who = o->target != NULL ? BENCH_SERVER : BENCH_PODS;

    *out = (struct bench_limit){.above = text[n] == '>', .equal = *value == '='};
    value += out->equal;
    value += strspn(value, " ");
    while (n > 0 && text[n - 1] == ' ')
        n--;
    out->metric = bench_metric_find(text, n);
    if (out->metric == NULL)
        return cli_refuse(o->verb, "--fail-if: no result is called '%.*s'", (int)n, text);
    if (o->compare == NULL && (out->metric->who & who) == 0)
        return cli_refuse(o->verb, "--fail-if: %s is a result %s --target", out->metric->name,
                          who == BENCH_PODS ? "of" : "without");
    length = strlen(value);
    if (length > 0 && value[length - 1] == '%') {
        if (!read_percent(value, length, out))
            return cli_refuse(o->verb, "--fail-if: '%s' is not a percentage with up to three "
                                       "decimals", value);
        return check_kind(o, out, value);
    }
    if (!bench_metric_read(out->metric, value, &out->value))
        return cli_refuse(o->verb, "--fail-if: '%s' is not %s", value, value_form(out->metric));
    return CLI_OK;
}

bool bench_limit_fails(const struct bench_limit *l, const uint64_t *was, uint64_t is,
                       uint64_t base)
{
    unsigned __int128 a = is, b = l->value;

    if (is == BENCH_NONE || (l->kind == BENCH_CHANGE && (was == NULL || *was == BENCH_NONE)))
        return true;
    if (l->kind == BENCH_SHARE) {
        a = (unsigned __int128)is * WHOLE;
        b = (unsigned __int128)l->value * base;
    } else if (l->kind == BENCH_CHANGE) {
        a = (unsigned __int128)is * WHOLE;
        b = (unsigned __int128)*was *
            (l->less ? WHOLE - RX_MIN(l->value, (uint64_t)WHOLE) : WHOLE + l->value);
    }
    return (l->above ? a > b : a < b) || (l->equal && a == b);
}

/* ---- the limits of a run --------------------------------------------------------------------- */

int bench_check_thresholds(const struct cli_options *o)
{
    for (int i = 0; i < o->fail_if_count; i++) {
        struct bench_limit ignored;

        if (bench_limit_read(o, o->fail_if[i], &ignored) != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

static void say_failed(const char *condition, const struct bench_metric *m, uint64_t value)
{
    char text[64];
    struct rx_text t = rx_text_in(text, sizeof(text));

    bench_metric_put(&t, m, value);
    rx_text_end(&t);
    if (value == BENCH_NONE)
        cli_say("failed: %s (nothing was measured)", condition);
    else
        cli_say("failed: %s (it is %s)", condition, text);
}

int bench_judge(const struct bench *b)
{
    const struct bench_numbers *n = &b->numbers;
    uint64_t due = b->options->target != NULL ? n->due
                                              : n->success + n->failure + n->error + n->missed;
    int code = CLI_OK;

    for (int i = 0; i < b->options->fail_if_count; i++) {
        struct bench_limit l;
        uint64_t value;

        if (bench_limit_read(b->options, b->options->fail_if[i], &l) != CLI_OK)
            return CLI_USAGE;
        value = bench_metric_value(n, l.metric);
        if (bench_limit_fails(&l, NULL, value, due)) {
            say_failed(b->options->fail_if[i], l.metric, value);
            code = CLI_FAILED;
        }
    }
    return code;
}
