/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - see limit.h. */
#include "api/cli/io/limit.h"

#include <string.h>

#include "api/manifest/near.h"

enum { WHOLE = 100000 }; /* 100 % in thousandths of a percent */

static const char *value_form(const struct metric *m)
{
    return m->unit == METRIC_NS      ? "a duration such as 5ms"
           : m->unit == METRIC_MILLI ? "a number with up to three decimals"
           : m->share            ? "a whole number, or a share such as 1%"
                                    : "a whole number";
}

static bool read_percent(const char *text, size_t length, struct limit *l)
{
    char number[32];

    l->kind = LIMIT_SHARE;
    if (*text == '+' || *text == '-') {
        l->kind = LIMIT_CHANGE;
        l->less = *text == '-';
        text++;
        length--;
    }
    if (length == 0 || length > sizeof(number))
        return false;
    memcpy(number, text, length - 1);
    number[length - 1] = '\0';
    return metric_read_decimal(number, 3, &l->value);
}

static int check_kind(const struct cli_options *o, const struct limit *l, const char *value)
{
    if (l->kind == LIMIT_CHANGE && o->compare == NULL)
        return cli_refuse(o->verb, "--fail-if: '%s' is a change, which needs --compare", value);
    if (l->kind == LIMIT_SHARE && (!l->metric->share || o->compare != NULL))
        return cli_refuse(o->verb, "--fail-if: '%s' is not %s", value,
                          o->compare != NULL ? "a value, or a change such as +10%"
                                             : value_form(l->metric));
    return CLI_OK;
}

static int refuse_name(const struct cli_options *o, const struct metric_list *list,
                       const char *text, size_t length)
{
    struct manifest_near near = {0};

    for (size_t i = 0; i < list->count; i++)
        manifest_near(&near, list->item[i].name, strlen(list->item[i].name), text, length);
    if (near.word == NULL)
        return cli_refuse(o->verb, "--fail-if: no result is called '%.*s'", (int)length, text);
    return cli_refuse(o->verb, "--fail-if: no result is called '%.*s'; did you mean %s?",
                      (int)length, text, near.word);
}

int limit_read(const struct cli_options *o, const struct metric_list *list, const char *text,
               struct limit *out)
{
    size_t n = strcspn(text, "<>"), length;
    const char *value = text + n + 1;

    *out = (struct limit){.above = text[n] == '>', .equal = *value == '='};
    value += out->equal;
    value += strspn(value, " ");
    while (n > 0 && text[n - 1] == ' ')
        n--;
    out->metric = metric_find(list, text, n);
    if (out->metric == NULL)
        return refuse_name(o, list, text, n);
    length = strlen(value);
    if (length > 0 && value[length - 1] == '%') {
        if (!read_percent(value, length, out))
            return cli_refuse(o->verb, "--fail-if: '%s' is not a percentage with up to three "
                                       "decimals", value);
        return check_kind(o, out, value);
    }
    if (!metric_read(out->metric, value, &out->value))
        return cli_refuse(o->verb, "--fail-if: '%s' is not %s", value, value_form(out->metric));
    return CLI_OK;
}

bool limit_fails(const struct limit *l, const uint64_t *was, uint64_t is,
                       uint64_t base)
{
    unsigned __int128 a = is, b = l->value;

    if (is == METRIC_NONE || (l->kind == LIMIT_CHANGE && (was == NULL || *was == METRIC_NONE)))
        return true;
    if (l->kind == LIMIT_SHARE) {
        a = (unsigned __int128)is * WHOLE;
        b = (unsigned __int128)l->value * base;
    } else if (l->kind == LIMIT_CHANGE) {
        a = (unsigned __int128)is * WHOLE;
        b = (unsigned __int128)*was *
            (l->less ? WHOLE - RX_MIN(l->value, (uint64_t)WHOLE) : WHOLE + l->value);
    }
    return (l->above ? a > b : a < b) || (l->equal && a == b);
}

void limit_say_failed(const char *condition, const struct metric *m, uint64_t value)
{
    char text[64];
    struct rx_text t = rx_text_in(text, sizeof(text));

    metric_put(&t, m, value);
    rx_text_end(&t);
    if (value == METRIC_NONE)
        cli_say("failed: %s (nothing was measured)", condition);
    else
        cli_say("failed: %s (it is %s)", condition, text);
}
