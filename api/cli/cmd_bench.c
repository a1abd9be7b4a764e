/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_bench.c - podring bench: a load of equal pods, and what probing them costs. With --target the
 * same load goes to somebody else's server: bench/server.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/cli/bench/aim.h"
#include "api/cli/bench/bench.h"
#include "api/cli/io/hdr.h"
#include "api/cli/live.h"
#include "api/cli/io/outputs.h"
#include "api/cli/plan.h"
#include "api/cli/signals.h"

enum {
    PODS = 1000,
    PERIOD_S = 1,
    MEASURE_MS = 10000,
    DESCRIPTORS_KEPT = 4096,
    /* A closed loop of simulated pods: more probes are due than can be done, so that one starts
     * whenever one ends. The rest waits in line, and its lateness means nothing. */
    CLOSED_PODS = 100000,
    CLOSED_MEMORY_PODS = 1000000,
    CLOSED_VIRTUAL_PODS = 1000, /* virtual time is closed anyway */
    CLOSED_CONNECTIONS = 64,
};

static int take_distributions(struct bench *b, podring *ring)
{
    struct rx_hist lateness, latency;

    bench_hdr_take(&lateness, ring, PODRING_LATENESS_NS);
    bench_hdr_take(&latency, ring, PODRING_LATENCY_NS);
    return bench_distributions(b, &lateness, &latency);
}

/* ---- the load -------------------------------------------------------------------------------- */

/* Pods are probed every so many whole seconds, so that not every rate can be had with every number
 * of them. */
static int period_of_rate(struct bench *b)
{
    const struct cli_options *o = b->options;

    if (o->pods % o->rate == 0) {
        b->period_s = o->pods / o->rate;
        return CLI_OK;
    }
    return cli_refuse(o->verb,
                      "--rate %u: %u pods, each probed every so many whole seconds, cannot make "
                      "that; a multiple of %u can, such as --pods %" PRIu64,
                      o->rate, o->pods, o->rate,
                      ((uint64_t)o->pods / o->rate + 1) * (uint64_t)o->rate);
}

static int plan(struct bench *b)
{
    const struct cli_options *o = b->options;
    bool real = o->engine.clock == PODRING_REAL;
    uint64_t pods = o->pods > 0 ? o->pods : PODS;

    b->period_s = o->period_s > 0 ? o->period_s : PERIOD_S;
    if (o->rate > 0 && o->pods > 0 && period_of_rate(b) != CLI_OK)
        return CLI_USAGE;
    if (o->rate > 0 && o->pods == 0)
        pods = (uint64_t)o->rate * b->period_s;
    else if (o->closed && o->pods == 0 && o->target == NULL)
        pods = !real                                       ? CLOSED_VIRTUAL_PODS
               : strcmp(cli_net_word(o), "kernel") == 0 ? CLOSED_PODS
                                                        : CLOSED_MEMORY_PODS;
    if (pods > INT32_MAX)
        return cli_refuse(o->verb, "that would be %" PRIu64 " pods", pods);
    b->pods = (uint32_t)pods;
    b->warm_up_ms = o->warm_up_ms >= 0 ? o->warm_up_ms : (int64_t)b->period_s * 1000;
    b->measure_ms = o->has_for ? o->for_ms : MEASURE_MS;
    if (b->measure_ms == 0)
        return cli_refuse(o->verb, "--for 0s measures nothing");
    return bench_check_thresholds(o);
}

static int choose_listeners(const struct bench *b, struct cli_options *o)
{
    uint64_t descriptors;

    if (strcmp(cli_net_word(o), "kernel") != 0)
        return CLI_OK;
    descriptors = plan_raise_descriptors();
    if ((o->engine.flags & PODRING_WILDCARD) != 0 || b->pods + DESCRIPTORS_KEPT <= descriptors)
        return CLI_OK;
    if (o->workers > 1) {
        cli_say("%u listening sockets do not fit into %" PRIu64 " open files, and several engines "
                "cannot share one: raise 'ulimit -n', or use fewer --pods",
                b->pods, descriptors);
        return CLI_SYSTEM;
    }
    if (!o->quiet)
        cli_say("%u listening sockets do not fit into %" PRIu64 " open files: sharing one "
                "(--wildcard)",
                b->pods, descriptors);
    o->engine.flags |= PODRING_WILDCARD;
    return CLI_OK;
}

static int measure(struct bench *b, struct live *l)
{
    struct podring_stats before = PODRING_STATS_INIT;
    int64_t end_ms = b->warm_up_ms + b->measure_ms;
    struct cost_mark mark;
    int code;

    progress_begin(&l->progress, b->options, end_ms);
    code = live_drive(l, b->warm_up_ms, false);
    if (code != CLI_OK)
        return code;
    podring_reset_measures(l->ring);
    podring_stats(l->ring, &before);
    mark = live_mark();
    code = live_drive(l, end_ms, false);
    live_measure(&b->report, &mark);
    if (signals_seen()) {
        b->interrupted = true;
        b->measure_ms = RX_MAX(podring_now(l->ring) - b->warm_up_ms, 0);
    }
    progress_end(&l->progress);
    if (code == CLI_OK)
        code = live_describe(&b->report, l);
    if (code != CLI_OK)
        return code;
    bench_work_out(b, &before);
    return take_distributions(b, l->ring);
}

static int bench_pods(struct bench *b, struct cli_options *o)
{
    struct podring_stats empty = PODRING_STATS_INIT;
    struct live l;
    int code;

    b->has_report = true;
    if (o->closed)
        o->engine.attempts_max =
            o->engine.connections_max > 0 ? o->engine.connections_max : CLOSED_CONNECTIONS;
    code = choose_listeners(b, o);
    if (code != CLI_OK)
        return code;
    code = code == CLI_OK ? bench_hdr_open(b) : code;
    if (code == CLI_OK && o->workers > 0)
        return bench_crew(b);
    if (code == CLI_OK)
        code = live_open(&l, o);
    else
        return code;
    if (code == CLI_OK && podring_stats(l.ring, &empty) == 0)
        b->empty_bytes = empty.memory;
    if (code == CLI_OK)
        code = input_complain(o, l.ring, bench_load(b, l.ring), &l.diagnostics);
    if (code == CLI_OK)
        code = measure(b, &l);
    if (code == CLI_OK) {
        bench_print(&l.out, b);
        code = live_metrics(&l, &b->report);
    }
    return live_close(&l, code);
}

static int bench_server(struct bench *b)
{
    struct out out;
    int code = bench_target(b);

    if (code != CLI_OK)
        return code;
    out_standard(&out);
    bench_print(&out, b);
    return out_close(&out);
}

static int bench(struct cli_options *o)
{
    struct bench b = {.options = o};
    int code;

    if (o->compare != NULL)
        return bench_compare(o);
    code = plan(&b);
    if (code == CLI_OK)
        code = o->target != NULL ? bench_server(&b) : bench_pods(&b, o);
    if (code == CLI_OK)
        code = bench_judge(&b);
    return code == CLI_OK ? b.output_code : code;
}

static int check_target(const struct cli_options *o)
{
    const char *wrong = bench_aim_check(o->target, o->allow_remote);

    if (wrong != NULL)
        return cli_refuse(o->verb, "--target: '%s': %s", o->target, wrong);
    if (strcmp(cli_net_word(o), "kernel") != 0)
        return cli_refuse(o->verb, "--target needs real time and --net kernel");
    return CLI_OK;
}

/* An option that would do nothing is refused. */
static int check_unused(const struct cli_options *o)
{
    static const struct {
        const char *name;
        bool of_target;
    } option[] = {
        {"timeout", true},  {"header", true},    {"expect-status", true}, {"series", true},
        {"every", true},    {"allow-remote", true}, {"probe", false},     {"metrics", false},
        {"wildcard", false}, {"timing", false},  {"seed", false},         {"set", false},
        {"addresses", false},
    };
    bool target = o->target != NULL;

    for (size_t i = 0; i < RX_ARRAY_LEN(option); i++)
        if (option[i].of_target != target && cli_given(o, option[i].name))
            return cli_refuse(o->verb, target ? "--%s has no meaning with --target"
                                              : "--%s is for --target", option[i].name);
    if (cli_given(o, "every") && o->series_path == NULL)
        return cli_refuse(o->verb, "--every is for --series");
    if (target && o->rate > 0 && o->pods > 0)
        return cli_refuse(o->verb, "--rate says how many probes a second --target gets: --pods "
                                   "does not go with it");
    return CLI_OK;
}

int cmd_bench_check(const struct cli_options *o)
{
    if (o->compare != NULL)
        return o->file_count == 1 ? CLI_OK
                                  : cli_refuse(o->verb, "--compare takes two files: A.json B.json");
    if (o->target != NULL && check_target(o) != CLI_OK)
        return CLI_USAGE;
    if (o->workers > 0 && o->target != NULL)
        return cli_refuse(o->verb, "--workers does not go with --target and --compare");
    if (check_unused(o) != CLI_OK)
        return CLI_USAGE;
    if (o->closed && (o->rate > 0 || o->period_s > 0))
        return cli_refuse(o->verb,
                          "--closed has no schedule: --rate and --period do not go with it");
    if ((o->engine.flags & PODRING_KEEP_ALIVE) != 0 &&
        (o->probe == CLI_PROBE_TCP || (o->target != NULL && strncmp(o->target, "tcp:", 4) == 0)))
        return cli_refuse(o->verb, "--keep-alive is for http: a tcp probe opens a connection, and "
                                   "that is all it does");
    if (o->file_count > 0)
        return cli_refuse(o->verb, "takes no operand, but got '%s'", o->files[0]);
    if (o->pods > 0 && o->rate > 0 && o->period_s > 0)
        return cli_refuse(o->verb, "--rate goes with --pods or --period, not with both");
    if (cli_is_stream(o->format))
        return cli_refuse(o->verb, "-o %s is the event stream: use run or simulate",
                          cli_format_word(o));
    return outputs_check(o);
}

int cmd_bench(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    int code = cli_options_parse(&o, verb, argc, argv);

    if (code == CLI_OK)
        code = o.help ? cli_help(verb) : bench(&o);
    cli_options_free(&o);
    return code;
}
