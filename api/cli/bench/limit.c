/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c - the limits of a load test: which results it has, and whether they keep them. */
#include "api/cli/bench/limit.h"

int bench_limit_read(const struct cli_options *o, const char *text, struct limit *out)
{
    static const struct metric_list list = {bench_metric, BENCH_METRICS};
    unsigned who = o->target != NULL ? BENCH_SERVER : BENCH_PODS;
    int code = limit_read(o, &list, text, out);

    if (code == CLI_OK && o->compare == NULL && (out->metric->who & who) == 0)
        return cli_refuse(o->verb, "--fail-if: %s is a result %s --target", out->metric->name,
                          who == BENCH_PODS ? "of" : "without");
    return code;
}

int bench_check_thresholds(const struct cli_options *o)
{
    for (int i = 0; i < o->fail_if_count; i++) {
        struct limit ignored;

        if (bench_limit_read(o, o->fail_if[i], &ignored) != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

int bench_judge(const struct bench *b)
{
    const struct bench_numbers *n = &b->numbers;
    uint64_t due = b->options->target != NULL ? n->due
                                              : n->success + n->failure + n->error + n->missed;
    int code = CLI_OK;

    for (int i = 0; i < b->options->fail_if_count; i++) {
        struct limit l;
        uint64_t value;

        if (bench_limit_read(b->options, b->options->fail_if[i], &l) != CLI_OK)
            return CLI_USAGE;
        value = metric_value(n, l.metric);
        if (limit_fails(&l, NULL, value, due)) {
            limit_say_failed(b->options->fail_if[i], l.metric, value);
            code = CLI_FAILED;
        }
    }
    return code;
}
