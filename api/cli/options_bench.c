/* SPDX-License-Identifier: Apache-2.0 */
/* options_bench.c - the readers of the options that only `podring bench` has. */
#include <stdlib.h>
#include <string.h>

#include "api/cli/options_int.h"
#include "engine/reactor/base.h"

const char *option_read_pods(struct cli_options *o, const char *value)
{
    return option_u32(value, 1, &o->pods);
}

const char *option_read_period(struct cli_options *o, const char *value)
{
    int64_t ms;

    /* periodSeconds is a whole number in Kubernetes, so it is here. */
    if (!cli_read_duration_ms(value, &ms) || ms < 1000 || ms % 1000 != 0 || ms / 1000 > INT32_MAX)
        return "";
    o->period_s = (uint32_t)(ms / 1000);
    return NULL;
}

const char *option_read_rate(struct cli_options *o, const char *value)
{
    return option_u32(value, 1, &o->rate);
}

const char *option_read_probe(struct cli_options *o, const char *value)
{
    static const char *const word[] = {"http", "tcp"};
    uint32_t probe = 0;
    const char *wrong = option_word(value, word, RX_ARRAY_LEN(word), &probe);

    o->probe = probe;
    return wrong;
}

const char *option_read_warm_up(struct cli_options *o, const char *value)
{
    return cli_read_duration_ms(value, &o->warm_up_ms) ? NULL : "";
}

const char *option_read_target(struct cli_options *o, const char *value)
{
    if (o->target != NULL)
        return "one target a run; FIRST-LAST names a range of addresses";
    return option_path(value, &o->target); /* looked at once --allow-remote is known */
}

const char *option_read_hdr(struct cli_options *o, const char *value)
{
    return option_path(value, &o->hdr_path);
}

const char *option_read_compare(struct cli_options *o, const char *value)
{
    return option_path(value, &o->compare);
}

const char *option_read_fail_if(struct cli_options *o, const char *value)
{
    size_t n = strcspn(value, "<>");

    o->fail_if[o->fail_if_count++] = value;
    return n == 0 || value[n] == '\0' || value[n + 1] == '\0' ? "" : NULL;
}

const char *option_read_timeout(struct cli_options *o, const char *value)
{
    return cli_read_duration_ms(value, &o->probe_timeout_ms) && o->probe_timeout_ms > 0 ? NULL : "";
}

const char *option_read_header(struct cli_options *o, const char *value)
{
    size_t n = strcspn(value, ":");
    struct rx_pair *h = &o->header[o->header_count];

    if (n == 0 || value[n] == '\0' || strcspn(value, " \t") < n)
        return "";
    h->key = strndup(value, n);
    h->value = value + n + 1 + strspn(value + n + 1, " ");
    if (h->key == NULL)
        return "out of memory";
    o->header_count++;
    return NULL;
}

const char *option_read_expect_status(struct cli_options *o, const char *value)
{
    size_t n = strcspn(value, "-");
    char least[8];
    uint64_t from, to;

    if (n >= sizeof(least))
        return "";
    memcpy(least, value, n);
    least[n] = '\0';
    if (!cli_read_u64(least, 599, &from) || from < 100)
        return "";
    to = from;
    if (value[n] == '-' && (!cli_read_u64(value + n + 1, 599, &to) || to < from))
        return "";
    o->expect_least = (uint32_t)from;
    o->expect_most = (uint32_t)to;
    return NULL;
}

const char *option_read_series(struct cli_options *o, const char *value)
{
    return option_path(value, &o->series_path);
}

const char *option_read_every(struct cli_options *o, const char *value)
{
    return cli_read_duration_ms(value, &o->every_ms) && o->every_ms >= 10 ? NULL : "";
}
