/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the table of options, and getopt_long around it. */
#include "api/cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/cli/options_int.h"
#include "api/cli/rank.h"
#include "api/manifest/doc.h"
#include "api/manifest/manifest.h"
#include "engine/reactor/base.h"
#include "engine/reactor/limit.h"

enum {
    LIVE = CLI_RUN | CLI_SIMULATE,
    OBJECTS = CLI_GET | CLI_DESCRIBE, /* looks at objects of any kind */
    INSIDE = CLI_EXEC | CLI_CP,       /* looks into a container */
    MOMENT = CLI_LOGS | CLI_WHY | CLI_DIFF | OBJECTS | INSIDE, /* simulate up to an instant, and
                                                     * look at what there is */
    VIRTUAL = CLI_SIMULATE | CLI_SWEEP | MOMENT,
    TIMED = LIVE | CLI_BENCH,
    ENGINE = TIMED | CLI_SWEEP | MOMENT,
    LOADS = LIVE | CLI_SWEEP | MOMENT | CLI_CHECK | CLI_ADVISE, /* reads manifests */
    ALL = ENGINE | CLI_CHECK | CLI_STATES | CLI_MERGE | CLI_ADVISE | CLI_EXPLAIN |
          CLI_SCHEMA | CLI_EXAMPLE,
};

typedef option_read_fn read_fn;

static read_fn read_for, read_seed, read_replicas, read_format, read_events, read_color, read_epoch,
    read_set, read_timing, read_net, read_wildcard, read_addresses, read_rst, read_fast_open,
    read_keep_alive, read_connections, read_no_probe_events, read_no_park, read_metrics, read_quiet,
    read_clock, read_strict, read_knobs, read_help, read_delay, read_faults, read_container,
    read_previous, read_tail, read_workers, read_shard, read_result, read_partial, read_exec,
    read_processes, read_pods_max;
static read_fn read_allow_remote, read_closed, read_html_records;
static read_fn read_shape, read_namespace, read_all_namespaces, read_selector, read_show_labels,
    read_no_headers, read_until, read_prune;

/* The order is the order in --help. */
static const struct option_row {
    const char *name;
    char letter; /* 0 = long only */
    unsigned verbs;
    read_fn *read;
    const char *value; /* what it is called in the help; NULL = takes none */
    const char *form;  /* for a refusal: "... is not <form>" */
    const char *help;  /* NULL = another spelling, not listed */
} row[] = {
    {"app", 0, LOADS, option_read_app, "[WHO:]FACT,...", "",
     "what the program of a container does: start=45s, latency=1.5s, hang, 503,\n"
     "exit=1, exec=1, term=25s, pull=fail, with @FROM, +FOR, ~RATE, /PATH behind it:\n"
     "--app web:start=45s,500@5m+20s; WHO: a workload, pod or container; repeatable"},
    {"step", 0, LOADS, option_read_step, "'AT VERB ...'", "",
     "what happens, and when: '1m delete web', '1m image web=shop:2.4', '1m reboot',\n"
     "'1m scale web=5', '1m drain node-1'; repeatable"},
    {"client", 0, LOADS, option_read_client, "WHO=N/s,...", "",
     "load on a Service: web=50/s (requests a second), web:8080/path=50/s@1m+5m,\n"
     "behind it timeout=2s, attempts=3, keepAlive, poisson; repeatable"},
    {"filename", 'f', LOADS & ~(unsigned)CLI_DIFF, option_read_filename, "FILE", "",
     "reads this file or folder, too; repeatable"},
    {"follow", 0, CLI_LOGS, option_read_follow, NULL, "", NULL},
    {"kustomize", 'k', LOADS, option_read_kustomize, "FOLDER", "", NULL},
    {"print-behavior", 0, LOADS, option_read_print_behavior, NULL, "",
     "prints the documents that --app, --step and --client stand for, and no more"},
    {"container", 'c', CLI_LOGS | INSIDE, read_container, "NAME", "",
     "which container (default: the one annotated as default, or the first)"},
    {"previous", 'p', CLI_LOGS, read_previous, NULL, "", "of the instance before the newest"},
    {"tail", 0, CLI_LOGS, read_tail, "N", "a whole number", "only the last N lines"},
    {"namespace", 'n', OBJECTS | CLI_LOGS | CLI_WHY | INSIDE, read_namespace, "NS", "",
     "what is in that namespace (default)"},
    {"all-namespaces", 'A', OBJECTS, read_all_namespaces, NULL, "", "what is in any namespace"},
    {"selector", 'l', OBJECTS, read_selector, "SELECTOR", "",
     "only what has such labels: a=b, a!=b, a in (b, c), a notin (b, c), a, !a"},
    {"output", 'o', CLI_GET, read_shape, "FORMAT", "wide, json, yaml or name",
     "wide: with more columns; json, yaml: the objects as the API has them; name: KIND/NAME"},
    {"vary", 0, CLI_SWEEP, option_read_vary, "PATH=V,...", "PATH=VALUE,...",
     "a field and its values, as YAML: spec.replicas=1,2,5 or 1..10 or 10..100..10; of\n"
     "one document: web:PATH or deployment/web:PATH; set.NAME: a knob; repeatable"},
    {"seeds", 0, CLI_SWEEP, option_read_seeds, "A..B", "two whole numbers with .. between them",
     "a run with each of these seeds (default: one, that of --seed)"},
    {"measure", 0, CLI_SWEEP, option_read_measure, "NAME,...", "",
     "the results to tell (default: restarts, requests_failed, time_to_ready, unready,\n"
     "rollout); repeatable"},
    {"output", 'o', CLI_SWEEP, option_read_rows, "FORMAT", "table, csv, json or html",
     "table (default), csv, json or html (a page to look at)"},
    {"list", 0, CLI_ADVISE, option_read_list, NULL, "", "prints the practices"},
    {"only", 0, CLI_ADVISE, option_read_only, "LIST", "", "only these practices: NAME[,NAME...]"},
    {"all", 0, CLI_ADVISE, option_read_all, NULL, "",
     "a line for each workload, also where many have the same advice"},
    {"fail-on", 0, CLI_ADVISE, option_read_fail_on, "LEVEL", "warning, note or convention",
     "exits with 1 if there is advice of that level or a higher one: warning, note or\n"
     "convention"},
    {"output", 'o', CLI_ADVISE, option_read_advice, "FORMAT",
     "lines, json, sarif, patch or experiment",
     "lines (default), json, sarif (2.1.0, for code hosts), patch (a unified diff of the\n"
     "files) or experiment (documents that try the first again)"},
    {"show-labels", 0, CLI_GET, read_show_labels, NULL, "", "a last column of labels"},
    {"no-headers", 0, CLI_GET, read_no_headers, NULL, "", "no titles above the columns"},
    {"prune", 0, CLI_DIFF, read_prune, NULL, "", "what B does not have is deleted"},
    {"at", 0, CLI_DIFF, read_for, "TIME", "a duration such as 90s or 1m20s",
     "the instant at which B is applied (default: 0s)"},
    {"at", 0, MOMENT, read_for, "TIME", "a duration such as 90s or 1m20s",
     "the instant to look at, everything due then included\n"
     "(default: when nothing is due any more, at the latest 10m)"},
    {"for", 0, CLI_CP, read_until, "TIME", "a duration such as 90s or 1m20s",
     "how far the run goes on behind a copy into a container, from its start\n"
     "(default: until nothing is due any more, at most for 10m)"},
    {"for", 0, TIMED | CLI_SWEEP, read_for, "DUR", "a duration such as 90s or 1m20s",
     "how long to run: everything due up to and including DUR"},
    {"seed", 0, ENGINE, read_seed, "N", "a whole number", "seed of all chance (default 0)"},
    {"replicas", 0, LIVE | CLI_SWEEP | MOMENT, read_replicas, "N", "a whole number from 1 on",
     "gives every workload N replicas"},
    {"pods", 0, CLI_BENCH, option_read_pods, "N", "a whole number from 1 on",
     "how many pods (default 1000)"},
    {"period", 0, CLI_BENCH, option_read_period, "DUR", "a duration of whole seconds from 1s on",
     "time between two probes of a pod, or of the probes of --target (default 1s)"},
    {"rate", 0, CLI_BENCH, option_read_rate, "N", "a whole number from 1 on",
     "probes per second in all; works out --pods or, beside it, --period"},
    {"target", 0, CLI_BENCH, option_read_target, "URL", "",
     "probes this server instead of simulated pods: http://ADDRESS[:PORT][/PATH],\n"
     "tcp://ADDRESS:PORT or ADDRESS:PORT, where ADDRESS may be FIRST-LAST; loopback\n"
     "only; 1000 probes a second unless --rate, or --pods and --period, say otherwise"},
    {"timeout", 0, CLI_BENCH, option_read_timeout, "DUR", "a duration such as 3s",
     "--target: how long a probe may take (default 1s)"},
    {"header", 0, CLI_BENCH, option_read_header, "HEADER", "NAME: VALUE",
     "--target: sends this header, such as 'Host: web.example'; repeatable"},
    {"expect-status", 0, CLI_BENCH, option_read_expect_status, "RANGE",
     "a status, or two with - between",
     "--target: statuses that are a success (default 200-399)"},
    {"series", 0, CLI_BENCH, option_read_series, "FILE", "",
     "--target: writes a line for each interval to FILE: CSV if its name ends so, else JSON"},
    {"every", 0, CLI_BENCH, option_read_every, "DUR", "a duration of 10ms or more",
     "--series: an interval (default 1s)"},
    {"allow-remote", 0, CLI_BENCH, read_allow_remote, NULL, "",
     "--target may be elsewhere: its owner agrees to the load"},
    {"closed", 0, CLI_BENCH, read_closed, NULL, "",
     "no schedule: --connections probes are under way at any time (default 64)"},
    {"hdr", 0, CLI_BENCH, option_read_hdr, "FILE", "",
     "writes the latencies to FILE as HdrHistogram lists percentiles, and\n"
     "FILE.corrected and FILE.lateness"},
    {"compare", 0, CLI_BENCH, option_read_compare, "A.json", "",
     "runs nothing: puts two results of -o json side by side (--compare A.json B.json)"},
    {"probe", 0, CLI_BENCH, option_read_probe, "KIND", "http or tcp", "http or tcp (default http)"},
    {"warm-up", 0, CLI_BENCH, option_read_warm_up, "DUR", "a duration such as 2s",
     "how long to run before measuring (default one period)"},
    {"warmup", 0, CLI_BENCH, option_read_warm_up, "DUR", "a duration such as 2s", NULL},
     /* the same */
    {"fail-if", 0, TIMED, option_read_fail_if, "COND", "NAME>VALUE or NAME<VALUE",
     "exits with 1 if the result NAME is above (> or >=) or below (< or <=) VALUE;\n"
     "repeatable"},
    {"fail-on", 0, CLI_CHECK, option_read_check_on, "LEVEL", "error, warning or note",
     "exits with 1 if there are warnings, or notes, too (default: error)"},
    {"clock", 0, CLI_BENCH, read_clock, "CLOCK", "real or virtual",
     "real or virtual (default real)"},
    {"net", 0, ENGINE, read_net, "NET", "kernel, memory or script",
     "kernel: loopback TCP, in real time; memory: the same wire code without sockets;\n"
     "script: no wire at all (default: kernel in real time, script in virtual time)"},
    {"timing", 0, ENGINE, read_timing, "MODEL", "reference, spread or kubelet",
     "reference: no delays; spread: first probes spread over their period;\n"
     "kubelet: a real node's delays (default: spread; in virtual time reference)"},
    {"set", 0, ENGINE, read_set, "NAME=VALUE", "NAME=VALUE",
     "sets a knob; repeatable ('podring states --knobs' lists them)"},
    {"epoch", 0, LIVE | CLI_SWEEP | MOMENT, read_epoch, "TIME",
     "a time such as 2026-01-01T00:00:00Z",
     "wall time of the start (default 2026-01-01T00:00:00Z)"},
    {"output", 'o', CLI_MERGE, option_read_rows, "FORMAT", "table, csv, json or html",
     "table (default) or json; csv or html (a page to look at) of a sweep"},
    {"output", 'o', TIMED, read_format, "FORMAT",
     "table, wide, json, ndjson, timeline, html or trace",
     "table, wide, json, ndjson (the event stream), timeline (what one would tell of it),\n"
     "html (a page to look at) or trace (for Perfetto); default table; bench: table or json"},
    {"html-records", 0, LIVE, read_html_records, "N", "a whole number from 1 on",
     "-o html: after so many records only status, readiness, ends and counters are\n"
     "written (default 6000000)"},
    {"events", 0, LIVE, read_events, "FILE", "", "writes the event stream to FILE as well"},
    {"no-probe-events", 0, LIVE, read_no_probe_events, NULL, "",
     "leaves the events of single probe runs out of the stream"},
    {"no-park", 0, VIRTUAL, read_no_park, NULL, "",
     "fires every tick of steady probes instead of counting them by the clock: the same\n"
     "events and counters, slower"},
    {"metrics", 0, TIMED | CLI_MERGE, read_metrics, "FILE", "",
     "writes the counters to FILE at the end, in Prometheus' text format"},
    {"result", 0, LIVE | CLI_SWEEP, read_result, "FILE", "",
     "writes to FILE what 'podring merge' puts together (-: instead of the output);\n"
     "{shard} in FILE, also for --events and --metrics, is the number of the share"},
    {"shard", 0, CLI_SWEEP, read_shard, "I/N", "I/N, auto or auto/N",
     "the I-th (from 0) of N shares of the runs; auto: as Open MPI, Slurm or a\n"
     "Kubernetes Indexed Job (auto/N) tell"},
    {"workers", 0, CLI_SWEEP, read_workers, "N", "a whole number up to 1024, or auto",
     "so many threads; auto: one a processor"},
    {"shard", 0, LIVE, read_shard, "I/N", "I/N, auto or auto/N",
     "runs the I-th (from 0) of N shares of the pods; auto: as Open MPI, Slurm or\n"
     "a Kubernetes Indexed Job (auto/N) tell"},
    {"workers", 0, TIMED, read_workers, "N", "a whole number up to 1024, or auto",
     "shares the pods among N engines, each in a thread of its own; auto: one a\n"
     "processor"},
    {"wildcard", 0, CLI_RUN | CLI_BENCH, read_wildcard, NULL, "",
     "one listening socket a port instead of one a pod, for peers on this machine only"},
    {"addresses", 0, CLI_RUN | CLI_BENCH, read_addresses, "BLOCK", "a block such as 127.5.0.0/16",
     "the pods' addresses (default: the first /16 from 127.1.0.0 on that no other podring\n"
     "on this machine has)"},
    {"rst", 0, CLI_RUN | CLI_BENCH, read_rst, NULL, "", "probes close with RST: no TIME_WAIT"},
    {"fast-open", 0, CLI_RUN | CLI_BENCH, read_fast_open, NULL, "", "probes use TCP fast open"},
    {"keep-alive", 0, CLI_RUN | CLI_BENCH, read_keep_alive, NULL, "",
     "HTTP probes keep their connection as long as the container instance lives"},
    {"connections", 0, CLI_RUN | CLI_BENCH, read_connections, "N", "a whole number from 1 on",
     "probe connections open at once, at most"},
    {"pods-max", 0, LIVE | CLI_SWEEP | MOMENT | CLI_CHECK, read_pods_max, "N",
     "a whole number from 1 on",
     "refuses to make more pods than that (16777216)"},
    {"net-delay", 0, ENGINE, read_delay, "DUR[..DUR]", "a duration or two with .. between them",
     "--net memory: delay of each way"},
    {"net-faults", 0, ENGINE, read_faults, "LIST", "a list such as refuse=1000,reset=500,drop=10",
     "--net memory: seeded faults in parts per million,\n"
     "such as refuse=1000,reset=500,drop=10"},
    {"partial", 0, CLI_MERGE, read_partial, NULL, "", "shares may be missing"},
    {"exec", 0, LIVE | MOMENT, read_exec, "WHERE", "shell or host",
     "shell: commands of probes and hooks run in a simulated shell (default);\n"
     "host, for 'podring run' only: as processes on THIS MACHINE, with your rights:\n"
     "for manifests whose commands you would run by hand"},
    {"processes", 0, CLI_RUN, read_processes, "N", "a whole number from 1 to 65536",
     "--exec host: processes at once, at most (default 64)"},
    {"strict", 0, CLI_CHECK, read_strict, NULL, "",
     "fails for unknown fields, keys that stand twice, and what the shell cannot do"},
    {"knobs", 0, CLI_STATES, read_knobs, NULL, "", "lists the knobs that --set takes"},
    {"color", 0, ENGINE | CLI_CHECK | CLI_ADVISE, read_color, "WHEN",
     "auto, always, never, light or dark",
     "auto, always or never (default auto: on a terminal); light, dark: as auto, for\n"
     "such a ground (default dark)"},
    {"quiet", 'q', ENGINE | CLI_CHECK | CLI_MERGE | CLI_ADVISE, read_quiet, NULL,
     "",
     "no progress and no warnings"},
    {"help", 'h', ALL, read_help, NULL, "", "prints this"},
};

/* Some 30 MB of a page. */
#define HTML_RECORDS UINT64_C(6000000)

enum { ROWS = sizeof(row) / sizeof(row[0]), LONG_BASE = 256 };

_Static_assert(ROWS <= 64 * RX_ARRAY_LEN(((struct cli_options *)0)->given), "a bit each");

static int apply_row(struct cli_options *o, const struct option_row *r, const char *value);
static int refuse_unknown(const struct cli_options *o, char **argv);
static int check_engine(const struct cli_options *o);

int cli_options_parse(struct cli_options *o, const struct cli_verb *verb, int argc, char **argv)
{
    struct option longs[ROWS + 1] = {{0}};
    char shorts[2 * ROWS + 2] = ":";
    size_t used = 1;
    int c;

    *o = (struct cli_options){
        .verb = verb, .engine = PODRING_OPTIONS_INIT, .warm_up_ms = -1, .until_ms = -1, .tail = -1,
        .probe_timeout_ms = 1000, .every_ms = 1000, .html_records = HTML_RECORDS};
    o->engine.clock = (verb->bit & VIRTUAL) != 0 ? PODRING_VIRTUAL : PODRING_REAL;
    o->set = calloc((size_t)argc, sizeof(*o->set));
    o->fail_if = calloc((size_t)argc, sizeof(*o->fail_if));
    o->header = calloc((size_t)argc, sizeof(*o->header));
    o->filename = calloc((size_t)argc, sizeof(*o->filename));
    for (int i = 0; i < CLI_LINES; i++)
        o->line[i] = calloc((size_t)argc, sizeof(*o->line[i]));
    o->vary = calloc((size_t)argc, sizeof(*o->vary));
    o->measure = calloc((size_t)argc, sizeof(*o->measure));
    if (o->vary == NULL || o->measure == NULL || o->filename == NULL || o->set == NULL ||
        o->fail_if == NULL || o->header == NULL ||
        o->line[0] == NULL || o->line[1] == NULL || o->line[2] == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    for (int i = 0; i < ROWS; i++) {
        longs[i] =
            (struct option){.name = row[i].name,
                            .has_arg = row[i].value != NULL ? required_argument : no_argument,
                            .val = LONG_BASE + i};
        if (row[i].letter != 0) {
            shorts[used++] = row[i].letter;
            if (row[i].value != NULL)
                shorts[used++] = ':';
        }
    }
    o->argc = argc;
    o->argv = argv;
    opterr = 0;
    optind = 0; /* getopt starts anew */
    while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const struct option_row *r = NULL;

        for (int i = 0; i < ROWS; i++)
            if (c == LONG_BASE + i || (c == row[i].letter && c != 0))
                r = &row[i];
        if (c == ':')
            return cli_refuse(verb, "%s needs a value", argv[optind - 1]);
        if (r == NULL)
            return refuse_unknown(o, argv);
        if (apply_row(o, r, optarg) != CLI_OK)
            return CLI_USAGE;
        if (o->help)
            return CLI_OK;
    }
    o->files = argv + optind;
    o->file_count = argc - optind;
    if (check_engine(o) != CLI_OK)
        return CLI_USAGE;
    return verb->check != NULL ? verb->check(o) : CLI_OK;
}

void cli_options_free(struct cli_options *o)
{
    for (int i = 0; i < o->header_count; i++)
        free((void *)(uintptr_t)o->header[i].key);
    free(o->header);
    free(o->set);
    free(o->fail_if);
    free(o->filename);
    free(o->vary);
    free(o->measure);
    for (int i = 0; i < CLI_LINES; i++)
        free(o->line[i]);
}

/* An option may mean something else to another verb. */
static const struct option_row *row_for(const struct cli_verb *verb, const struct option_row *r)
{
    for (int i = 0; (r->verbs & verb->bit) == 0 && i < ROWS; i++)
        if ((row[i].verbs & verb->bit) != 0 && strcmp(row[i].name, r->name) == 0)
            return &row[i];
    return r;
}

static int apply_row(struct cli_options *o, const struct option_row *r, const char *value)
{
    const char *wrong;

    r = row_for(o->verb, r);
    if ((r->verbs & o->verb->bit) == 0)
        return cli_refuse(o->verb, "--%s is not an option of this command", r->name);
    wrong = r->read(o, value);
    o->given[(r - row) / 64] |= (uint64_t)1 << (r - row) % 64;
    if (wrong == NULL)
        return CLI_OK;
    if (wrong[0] == '\0')
        return cli_refuse(o->verb, "--%s: '%s' is not %s", r->name, value, r->form);
    if (value == NULL)
        return cli_refuse(o->verb, "--%s: %s", r->name, wrong);
    return cli_refuse(o->verb, "--%s: '%s': %s", r->name, value, wrong);
}

bool cli_given(const struct cli_options *o, const char *name)
{
    for (int i = 0; i < ROWS; i++)
        if (strcmp(row[i].name, name) == 0)
            return (o->given[i / 64] >> i % 64 & 1) != 0;
    return false;
}

/* getopt says '?' for an unknown option, an ambiguous one, and a value where none is taken. */
static int refuse_unknown(const struct cli_options *o, char **argv)
{
    const char *text = argv[optind - 1];

    if (optopt >= LONG_BASE && optopt < LONG_BASE + ROWS)
        return cli_refuse(o->verb, "--%s takes no value", row[optopt - LONG_BASE].name);
    if (optopt != 0)
        return cli_refuse(o->verb, "unknown option -%c", optopt);
    for (int i = 0, matches = 0; i < ROWS; i++) {
        matches += strncmp(row[i].name, text + 2, strcspn(text + 2, "=")) == 0;
        if (matches == 2)
            return cli_refuse(o->verb, "%s could be more than one option", text);
    }
    return cli_refuse(o->verb, "unknown option %s", text);
}

/* What goes for every verb that opens an engine. */
static int check_engine(const struct cli_options *o)
{
    const struct podring_options *e = &o->engine;

    if ((o->verb->bit & VIRTUAL) != 0 && e->net == PODRING_NET_KERNEL)
        return cli_refuse(o->verb, "--net kernel needs real time: use 'podring run'");
    if (e->clock == PODRING_VIRTUAL && e->net == PODRING_NET_KERNEL)
        return cli_refuse(o->verb, "--net kernel does not go with --clock virtual");
    if ((e->flags & PODRING_EXEC_HOST) != 0 && e->clock == PODRING_VIRTUAL)
        return cli_refuse(o->verb, "--exec host needs real time: use 'podring run'");
    if ((e->flags & PODRING_EXEC_HOST) != 0 && strcmp(cli_net_word(o), "kernel") != 0)
        return cli_refuse(o->verb, "--exec host needs --net kernel");
    if (e->processes_max > 0 && (e->flags & PODRING_EXEC_HOST) == 0)
        return cli_refuse(o->verb, "--processes needs --exec host");
    if ((o->workers > 1 || e->shard_count > 1) && (e->flags & PODRING_WILDCARD) != 0 &&
        strcmp(cli_net_word(o), "kernel") == 0)
        return cli_refuse(o->verb,
                          "--wildcard: one socket for a port needs one engine for all pods");
    if (strcmp(cli_net_word(o), "memory") != 0 &&
        (e->net_latency_max_us > 0 || e->net_refuse_ppm + e->net_reset_ppm + e->net_drop_ppm > 0))
        return cli_refuse(o->verb, "--net-delay and --net-faults need --net memory");
    return CLI_OK;
}

/* ---- help and words ------------------------------------------------------------------------- */

/* What is about the machinery, and not about the question: it stands behind. */
static bool is_machinery(const struct option_row *r)
{
    static const char words[] =
        "clock net timing set epoch no-probe-events no-park metrics result html-records shard "
        "workers wildcard addresses rst fast-open keep-alive connections processes pods-max "
        "net-delay net-faults exec";

    return mf_word_in(words, r->name, strlen(r->name));
}

static void put_option(struct rx_text *t, const struct option_row *r)
{
    size_t from = t->length;

    rx_text_puts(t, "  ");
    if (r->letter != 0) {
        rx_text_putc(t, '-');
        rx_text_putc(t, r->letter);
        rx_text_puts(t, ", ");
    }
    rx_text_puts(t, "--");
    rx_text_puts(t, r->name);
    if (r->value != NULL) {
        rx_text_putc(t, ' ');
        rx_text_puts(t, r->value);
    }
    for (const char *line = r->help; *line != '\0'; from = t->length) {
        size_t n = strcspn(line, "\n");

        rx_text_pad(t, from, 25);
        rx_text_putc(t, ' ');
        rx_text_put(t, line, n);
        rx_text_putc(t, '\n');
        line += n + (line[n] == '\n');
    }
}

void cli_options_help(struct rx_text *t, const struct cli_verb *verb)
{
    for (int machinery = 0; machinery < 2; machinery++) {
        bool titled = false;

        for (int i = 0; i < ROWS; i++) {
            if ((row[i].verbs & verb->bit) == 0 || row[i].help == NULL ||
                is_machinery(&row[i]) != machinery)
                continue;
            if (!titled)
                rx_text_puts(t, machinery                        ? "\nThe engine:\n"
                                : (verb->bit & (LOADS)) != 0 ? "What to ask:\n"
                                                                 : "Options:\n");
            titled = true;
            put_option(t, &row[i]);
        }
    }
}

/* The words stand at the index of their enum; the defaults are podring.h's. */
static const char *const net_word[] = {NULL, "kernel", "memory", "script"};
static const char *const timing_word[] = {NULL, "reference", "spread", "kubelet"};
static const char *const clock_word[] = {"real", "virtual"};
static const char *const format_word[] = {"table",    "wide", "json", "ndjson",
                                          "timeline", "html", "trace"};
static const char *const color_word[] = {"auto", "always", "never", "light", "dark"};

const char *cli_net_word(const struct cli_options *o)
{
    bool real = o->engine.clock == PODRING_REAL;

    return net_word[o->engine.net != PODRING_NET_DEFAULT ? o->engine.net
                    : real                               ? PODRING_NET_KERNEL
                                                         : PODRING_NET_SCRIPT];
}

const char *cli_timing_word(const struct cli_options *o)
{
    bool real = o->engine.clock == PODRING_REAL;

    return timing_word[o->engine.timing != PODRING_TIMING_DEFAULT ? o->engine.timing
                       : real                                     ? PODRING_TIMING_SPREAD
                                                                  : PODRING_TIMING_REFERENCE];
}

const char *cli_clock_word(const struct cli_options *o)
{
    return clock_word[o->engine.clock];
}

const char *cli_format_word(const struct cli_options *o)
{
    return format_word[o->format];
}

bool cli_is_terminal(int fd)
{
    const char *term = getenv("TERM");

    return isatty(fd) && (term == NULL || strcmp(term, "dumb") != 0);
}

bool cli_color_on(const struct cli_options *o, int fd)
{
    const char *no = getenv("NO_COLOR");

    if (o->color == CLI_COLOR_ALWAYS || o->color == CLI_COLOR_NEVER)
        return o->color == CLI_COLOR_ALWAYS;
    return cli_is_terminal(fd) && (no == NULL || no[0] == '\0');
}

/* ---- one reader for each option ------------------------------------------------------------- */

static const char *read_for(struct cli_options *o, const char *value)
{
    o->has_for = true;
    if (!cli_read_duration_ms(value, &o->for_ms))
        return "";
    o->engine.end_ms = o->for_ms;
    return NULL;
}

static const char *read_until(struct cli_options *o, const char *value)
{
    return cli_read_duration_ms(value, &o->until_ms) ? NULL : "";
}

static const char *read_container(struct cli_options *o, const char *value)
{
    o->container = value;
    return value[0] == '\0' ? "is no name" : NULL;
}

static const char *read_namespace(struct cli_options *o, const char *value)
{
    o->namespace_ = value;
    return value[0] == '\0' ? "is no name" : NULL;
}

/* Options that take no value. */
#define FLAG(name, does)                                                                           \
    static const char *name(struct cli_options *o, const char *value)                              \
    {                                                                                              \
        (void)value;                                                                               \
        does;                                                                                      \
        return NULL;                                                                               \
    }

FLAG(read_all_namespaces, o->all_namespaces = true)
FLAG(read_show_labels, o->show_labels = true)
FLAG(read_no_headers, o->no_headers = true)
FLAG(read_prune, o->prune = true)
FLAG(read_previous, o->previous = true)
FLAG(read_allow_remote, o->allow_remote = true)
FLAG(read_closed, o->closed = true)
FLAG(read_wildcard, o->engine.flags |= PODRING_WILDCARD)
FLAG(read_rst, o->engine.flags |= PODRING_RST_CLOSE)
FLAG(read_fast_open, o->engine.flags |= PODRING_FAST_OPEN)
FLAG(read_no_park, o->engine.flags |= PODRING_NO_PARK)
FLAG(read_keep_alive, o->engine.flags |= PODRING_KEEP_ALIVE)
FLAG(read_no_probe_events, o->engine.flags |= PODRING_NO_PROBE_EVENTS)
FLAG(read_partial, o->partial = true)
FLAG(read_strict, o->strict = true)
FLAG(read_knobs, o->knobs = true)
FLAG(read_quiet, o->quiet = true)
FLAG(read_help, o->help = true)

static const char *read_selector(struct cli_options *o, const char *value)
{
    o->selector = value; /* looked at by the verb, which has sentences for it */
    return NULL;
}

static const char *read_shape(struct cli_options *o, const char *value)
{
    static const char *const word[] = {NULL, "wide", "json", "yaml", "name"};
    uint32_t shape = 0;
    const char *wrong = option_word(value, word, RX_ARRAY_LEN(word), &shape);

    o->shape = shape;
    return wrong;
}

static const char *read_tail(struct cli_options *o, const char *value)
{
    uint64_t n;

    if (!cli_read_u64(value, INT64_MAX, &n))
        return "";
    o->tail = (int64_t)n;
    return NULL;
}

static const char *read_seed(struct cli_options *o, const char *value)
{
    return cli_read_u64(value, UINT64_MAX, &o->engine.seed) ? NULL : "";
}

static const char *read_replicas(struct cli_options *o, const char *value)
{
    return option_u32(value, 1, &o->engine.replicas);
}

static const char *read_format(struct cli_options *o, const char *value)
{
    uint32_t format = 0;
    const char *wrong = option_word(value, format_word, RX_ARRAY_LEN(format_word), &format);

    o->format = format;
    return wrong;
}

static const char *read_html_records(struct cli_options *o, const char *value)
{
    return cli_read_u64(value, UINT64_MAX, &o->html_records) && o->html_records > 0 ? NULL : "";
}

static const char *read_events(struct cli_options *o, const char *value)
{
    return option_path(value, &o->events_path);
}

static const char *read_metrics(struct cli_options *o, const char *value)
{
    return option_path(value, &o->metrics_path);
}

static const char *read_color(struct cli_options *o, const char *value)
{
    uint32_t color = 0;
    const char *wrong = option_word(value, color_word, RX_ARRAY_LEN(color_word), &color);

    o->color = color;
    return wrong;
}

static const char *read_epoch(struct cli_options *o, const char *value)
{
    return cli_read_rfc3339(value, &o->engine.epoch_unix_ms) ? NULL : "";
}

static const char *read_set(struct cli_options *o, const char *value)
{
    const char *equals = strchr(value, '=');

    o->set[o->set_count++] = value;
    return equals == NULL || equals == value ? "" : NULL;
}

static const char *read_timing(struct cli_options *o, const char *value)
{
    return option_word(value, timing_word, RX_ARRAY_LEN(timing_word), &o->engine.timing);
}

static const char *read_net(struct cli_options *o, const char *value)
{
    return option_word(value, net_word, RX_ARRAY_LEN(net_word), &o->engine.net);
}

static const char *read_clock(struct cli_options *o, const char *value)
{
    return option_word(value, clock_word, RX_ARRAY_LEN(clock_word), &o->engine.clock);
}

static const char *read_addresses(struct cli_options *o, const char *value)
{
    return cli_read_block(value, &o->engine.address_base, &o->engine.address_bits) ? NULL : "";
}

static const char *read_pods_max(struct cli_options *o, const char *value)
{
    return option_u32(value, 1, &o->engine.pods_max);
}

static const char *read_connections(struct cli_options *o, const char *value)
{
    return option_u32(value, 1, &o->engine.connections_max);
}

static const char *read_delay(struct cli_options *o, const char *value)
{
    const char *dots = strstr(value, "..");
    size_t n = dots != NULL ? (size_t)(dots - value) : strlen(value);
    rx_ns min, max;

    if (manifest_duration(value, n, &min) != 0)
        return "";
    max = min;
    if (dots != NULL && manifest_duration(dots + 2, strlen(dots + 2), &max) != 0)
        return "";
    if (max < min)
        return "the second duration is the shorter one";
    o->engine.net_latency_min_us = min / 1000;
    o->engine.net_latency_max_us = max / 1000;
    return NULL;
}

static const char *read_exec(struct cli_options *o, const char *value)
{
    static const char *const word[] = {"shell", "host"};
    uint32_t where = 0;
    const char *wrong = option_word(value, word, RX_ARRAY_LEN(word), &where);

    o->engine.flags &= ~(uint32_t)PODRING_EXEC_HOST;
    if (where == 1)
        o->engine.flags |= PODRING_EXEC_HOST;
    return wrong;
}

static const char *read_processes(struct cli_options *o, const char *value)
{
    const char *wrong = option_u32(value, 1, &o->engine.processes_max);

    return wrong == NULL && o->engine.processes_max > RX_PROCESSES_MAX ? "" : wrong;
}

static const char *read_faults(struct cli_options *o, const char *value)
{
    static const char *const kind[] = {"refuse=", "reset=", "drop="};
    uint32_t *const target[] = {&o->engine.net_refuse_ppm, &o->engine.net_reset_ppm,
                                &o->engine.net_drop_ppm};

    while (*value != '\0') {
        size_t n = strcspn(value, ","), i;
        char number[16];
        uint64_t ppm;

        for (i = 0; i < RX_ARRAY_LEN(kind); i++)
            if (strncmp(value, kind[i], strlen(kind[i])) == 0)
                break;
        if (i == RX_ARRAY_LEN(kind) || n - strlen(kind[i]) >= sizeof(number))
            return "";
        memcpy(number, value + strlen(kind[i]), n - strlen(kind[i]));
        number[n - strlen(kind[i])] = '\0';
        if (!cli_read_u64(number, 1000000, &ppm))
            return "";
        *target[i] = (uint32_t)ppm;
        value += n + (value[n] == ',');
    }
    return NULL;
}

static const char *read_workers(struct cli_options *o, const char *value)
{
    /* Also one of one is a share: what comes out does not depend on their number. */
    o->engine.shard_count = RX_MAX(o->engine.shard_count, 1u);
    return rank_workers_read(value, &o->workers);
}

static const char *read_shard(struct cli_options *o, const char *value)
{
    return rank_read(value, &o->engine.shard_index, &o->engine.shard_count);
}

static const char *read_result(struct cli_options *o, const char *value)
{
    return option_path(value, &o->result_path);
}
