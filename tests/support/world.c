/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/reactor/base.h"
#include "tests/support/caller.h"

enum {
    TURNS_MAX = 5000, /* in one instant: a clock that stands still */
    QUEUE = 4096,     /* events a turn may tell: that it stops early is tried, too */
    PODS_MAX = 2000,  /* a world that replaces its pods so often has been seen */
    REPORTS_MAX = 5,  /* different invariants that one hunt tells of */
    TRIES = 4000,
    LIMIT_S = 60, /* real time of one world */
};

/* What a child tells its parent. */
struct news {
    struct verdict verdict;
    uint64_t seed; /* of the world it is in */
};

static void check_world(const struct hunt *h, const struct maker *m, uint64_t seed,
                        struct verdict *v);
static bool find(const struct hunt *h, uint64_t from, struct news *out);
static void shrink(struct hunt *h, struct maker *m, struct news *n);
static void report(const struct hunt *h, const struct maker *m, const struct news *n);

/* ---- the hunt
 * ---------------------------------------------------------------------------------------- */

static uint64_t given(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

bool hunt_run(const struct hunt *hunt)
{
    char seen[REPORTS_MAX][sizeof(((struct verdict *)0)->rule)];
    struct hunt h = *hunt;
    uint64_t end, from;
    unsigned reports = 0;

    h.seed = given("PODRING_SEED", h.seed);
    h.count = (unsigned)given("PODRING_WORLDS", given("PODRING_SECONDS", 0) > 0 ? 1000000 : h.count);
    end = h.seed + h.count;
    for (from = h.seed; from < end && reports < REPORTS_MAX;) {
        struct maker m = {0};
        struct hunt rest = h;
        struct news n = {.seed = from};
        bool known = false;

        rest.count = (unsigned)(end - from);
        if (!find(&rest, from, &n))
            break;
        from = n.seed + 1;
        for (unsigned i = 0; i < reports; i++)
            known = known || strcmp(seen[i], n.verdict.rule) == 0;
        if (known)
            continue;
        snprintf(seen[reports++], sizeof(seen[0]), "%s", n.verdict.rule);
        maker_make(&m, n.seed, &h.shape);
        shrink(&rest, &m, &n);
        report(&rest, &m, &n);
        maker_free(&m);
    }
    return reports == 0;
}

/* ---- children
 * ------------------------------------------------------------------------------------------ */

typedef void child_fn(void *ctx, struct news *n);

static struct news *shared_news(void)
{
    struct news *n =
        mmap(NULL, sizeof(*n), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (n == MAP_FAILED)
        abort();
    return n;
}

/* Runs fn in a process of its own, and silently where there is a limit of its time: a candidate. A
 * child that dies has broken an invariant, too. */
static void in_child(child_fn *fn, void *ctx, unsigned limit_s, struct news *out)
{
    struct news *n = shared_news();
    int status = 0;
    pid_t pid;

    *n = *out;
    n->verdict = (struct verdict){0};
    fflush(NULL);
    pid = fork();
    if (pid < 0)
        abort();
    if (pid == 0) {
        static const int fatal[] = {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL, SIGALRM};

        for (size_t i = 0; i < RX_ARRAY_LEN(fatal); i++)
            signal(fatal[i], SIG_DFL);
        if (limit_s > 0 && freopen("/dev/null", "w", stderr) == NULL)
            _exit(2);
        alarm(limit_s);
        fn(ctx, n);
        fflush(NULL);
        _exit(0);
    }
    while (waitpid(pid, &status, 0) < 0)
        ;
    *out = *n;
    munmap(n, sizeof(*n));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        snprintf(out->verdict.rule, sizeof(out->verdict.rule), "clock");
    else
        snprintf(out->verdict.rule, sizeof(out->verdict.rule), "crash");
    snprintf(out->verdict.text, sizeof(out->verdict.text), "the process ended with status %#x",
             (unsigned)status);
    out->verdict.at_ms = -1;
}

static void search(void *ctx, struct news *n)
{
    const struct hunt *h = ctx;
    uint64_t end = n->seed + h->count, seconds = given("PODRING_SECONDS", 0);
    time_t began = time(NULL);
    struct maker m = {0};

    for (; n->seed < end; n->seed++) {
        if (seconds > 0 && (uint64_t)(time(NULL) - began) >= seconds)
            break;
        alarm(LIMIT_S);
        maker_make(&m, n->seed, &h->shape);
        check_world(h, &m, n->seed, &n->verdict);
        if (n->verdict.rule[0] != '\0')
            break;
    }
    maker_free(&m);
}

static bool find(const struct hunt *h, uint64_t from, struct news *out)
{
    out->seed = from;
    in_child(search, (void *)(uintptr_t)h, 0, out);
    return out->verdict.rule[0] != '\0';
}

/* ---- shrinking
 * ------------------------------------------------------------------------------------------- */

struct trial {
    const struct hunt *hunt;
    struct maker m;
    struct news news;
    char rule[sizeof(((struct verdict *)0)->rule)];
    unsigned limit_s;
};

static void try_world(void *ctx, struct news *n)
{
    struct trial *t = ctx;

    check_world(t->hunt, &t->m, n->seed, &n->verdict);
}

static bool still_fails(void *ctx, const uint32_t *value, uint32_t count, struct tape *played)
{
    struct trial *t = ctx;
    struct tape was;

    maker_remake(&t->m, value, count, &t->hunt->shape);
    in_child(try_world, t, t->limit_s, &t->news);
    was = *played;
    *played = t->m.tape;
    t->m.tape = was;
    return strcmp(t->news.verdict.rule, t->rule) == 0;
}

/* First the rest of the time is cut off (of the hunt's own copy), then the world is made smaller.
 */
static void shrink(struct hunt *h, struct maker *m, struct news *n)
{
    struct trial t = {.hunt = h, .news = *n};
    int64_t whole = h->for_ms;
    struct tape best = {0};

    snprintf(t.rule, sizeof(t.rule), "%s", n->verdict.rule);
    /* Candidates that never end cost most of the time: they are given up sooner. */
    t.limit_s = strcmp(t.rule, "clock") == 0 ? 5 : LIMIT_S;
    fprintf(stderr, "seed %llu breaks '%s': %s\n", (unsigned long long)n->seed, n->verdict.rule,
            n->verdict.text);
    if (n->verdict.at_ms >= 0)
        h->for_ms = RX_MIN(whole, n->verdict.at_ms + 1000);
    if (!still_fails(&t, m->tape.value, m->tape.count, &best)) {
        h->for_ms = whole;
        if (!still_fails(&t, m->tape.value, m->tape.count, &best)) {
            fprintf(stderr, "alone it does not: it is not shrunken\n");
            tape_free(&best);
            maker_free(&t.m);
            return;
        }
    }
    tape_shrink(&best, h->tries > 0 ? h->tries : TRIES, still_fails, &t);
    maker_remake(m, best.value, best.count, &h->shape);
    maker_remake(&t.m, best.value, best.count, &h->shape);
    in_child(try_world, &t, t.limit_s, &t.news);
    n->verdict = t.news.verdict;
    tape_free(&best);
    maker_free(&t.m);
}

static void report(const struct hunt *h, const struct maker *m, const struct news *n)
{
    static const char *const timing[] = {"reference", "reference", "spread", "kubelet"};

    fprintf(stderr, "---- seed %llu breaks '%s': %s\n", (unsigned long long)n->seed,
            n->verdict.rule, n->verdict.text);
    fprintf(stderr, "# podring simulate world.yaml --for %lldms --seed %llu --timing %s",
            (long long)h->for_ms, (unsigned long long)n->seed, timing[m->timing]);
    for (unsigned i = 0; i < m->settings; i++)
        fprintf(stderr, " --set %s=%s", m->setting[i].knob, m->setting[i].value);
    if (m->shape.faults)
        fprintf(stderr,
                " --net memory --net-delay 0s..%lldus --net-faults refuse=%u,reset=%u,drop=%u",
                (long long)m->latency_max_us, m->refuse_ppm, m->reset_ppm, m->drop_ppm);
    if (m->attempts_max > 0)
        fprintf(stderr, " --attempts %u", m->attempts_max);
    if (m->connections_max > 0)
        fprintf(stderr, " --connections %u", m->connections_max);
    fprintf(stderr, " -o ndjson\n%.*s", (int)m->manifest, m->text);
    caller_print(m);
    fprintf(stderr, "----\n");
    fprintf(stderr, "again: PODRING_SEED=%llu PODRING_WORLDS=1\n", (unsigned long long)n->seed);
}

/* ---- one world
 * -------------------------------------------------------------------------------------------- */

struct run {
    podring *ring;
    struct watch *watch;
    struct caller *caller;
    uint32_t events_max;
};

static void broken(struct verdict *v, const char *rule, int64_t at_ms, const char *text)
{
    if (v->rule[0] != '\0')
        return;
    snprintf(v->rule, sizeof(v->rule), "%s", rule);
    snprintf(v->text, sizeof(v->text), "%s", text);
    v->at_ms = at_ms;
}

static enum podring_net net_of(const struct hunt *h)
{
    return h->shape.faults ? PODRING_NET_MEMORY : PODRING_NET_SCRIPT;
}

static struct podring_options options_of(const struct maker *m, uint64_t seed, enum podring_net net,
                                         uint32_t flags)
{
    struct podring_options o = PODRING_OPTIONS_INIT;

    o.clock = PODRING_VIRTUAL;
    o.net = net;
    o.timing = m->timing;
    o.seed = seed;
    o.events_max = m->events_max > 0 ? m->events_max : QUEUE;
    o.attempts_max = m->attempts_max;
    o.connections_max = m->connections_max;
    o.flags = flags;
    if (m->shape.faults && net == PODRING_NET_MEMORY) {
        o.net_latency_max_us = m->latency_max_us;
        o.net_refuse_ppm = m->refuse_ppm;
        o.net_reset_ppm = m->reset_ppm;
        o.net_drop_ppm = m->drop_ppm;
    }
    return o;
}

static podring *opened(const struct maker *m, const struct podring_options *o, struct verdict *v)
{
    podring *ring = NULL;

    if (podring_open(o, &ring) != 0) {
        broken(v, "crash", 0, podring_why(NULL));
        return NULL;
    }
    for (unsigned i = 0; i < m->settings; i++)
        podring_set(ring, m->setting[i].knob, m->setting[i].value);
    return ring;
}

static bool begin(struct run *r, const struct maker *m, uint64_t seed, enum podring_net net,
                  uint32_t flags, struct verdict *v)
{
    struct podring_options o = options_of(m, seed, net, flags);
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;

    r->events_max = o.events_max;
    r->ring = opened(m, &o, v);
    if (r->ring == NULL)
        return false;
    r->watch = watch_new(r->ring, m, v);
    r->caller = caller_new(r->ring, m, r->watch);
    if (podring_load_text(r->ring, "world", m->text, m->manifest) == 0 && podring_apply(r->ring) == 0)
        return true;
    for (uint32_t i = 0; podring_diagnostic_at(r->ring, i, &d) == 0; i++) {
        if (d.severity == PODRING_ERROR)
            broken(v, "manifest", 0, d.text);
    }
    broken(v, "manifest", 0, podring_why(r->ring));
    return true;
}

static uint64_t memory_of(const struct run *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(r->ring, &s);
    return s.memory;
}

static void turn_until(struct run *r, const struct hunt *h, struct verdict *v)
{
    uint64_t half = 0, limit = r->events_max;
    int64_t for_ms = h->for_ms;
    unsigned turns = 0;
    bool ahead = false;

    while (v->rule[0] == '\0') {
        uint64_t told = watch_told(r->watch);
        int64_t before = podring_now(r->ring);
        int rc = podring_turn(r->ring, ahead ? 0 : caller_next_ms(r->caller, for_ms) - before);

        if (rc < 0 && rc != -PODRING_EFULL) {
            broken(v, "crash", before, podring_why(r->ring));
            return;
        }
        ahead = caller_is_ahead(r->caller);
        /* A full queue ends a turn in the midst of an instant: what is told lags behind. */
        if (!ahead && watch_told(r->watch) - told < limit)
            watch_turn(r->watch);
        if (rc == 0 || !h->shape.wire) /* there an instant is over first */
            caller_between(r->caller);
        ahead |= caller_is_ahead(r->caller);
        turns = podring_now(r->ring) == before ? turns + 1 : 0;
        if (turns > TURNS_MAX)
            broken(v, "clock", before, "time stands still");
        if (half == 0 && podring_now(r->ring) >= for_ms / 2)
            half = memory_of(r);
        if ((rc == 0 && podring_now(r->ring) >= for_ms) || watch_pods(r->watch) > PODS_MAX)
            break;
    }
    if (h->growth_max > 0 && memory_of(r) > half + h->growth_max)
        broken(v, "memory", -1, "the second half has taken more than the first has left");
    if (v->rule[0] == '\0')
        watch_end(r->watch);
}

static void finish(struct run *r)
{
    caller_free(r->caller);
    watch_free(r->watch);
    podring_close(r->ring);
}

/* ---- two runs
 * -----------------------------------------------------------------------------------------------
 */

static int64_t time_of(const char *line)
{
    long long at = -1;

    sscanf(line, "{\"at_ms\":%lld", &at);
    return at;
}

/* Word for word, sequence numbers included: what happens in one instant has one order, too. */
static void compare(const struct run *a, const struct run *b, const char *rule, struct verdict *v)
{
    size_t x, y, i = 0, line = 0;
    const char *one = watch_lines(a->watch, &x), *two = watch_lines(b->watch, &y);
    char text[sizeof(v->text)];

    if (x == y && memcmp(one, two, x) == 0) {
        if (podring_digest(a->ring) != podring_digest(b->ring))
            broken(v, rule, 0, "the same bytes have two digests");
        return;
    }
    for (; i < x && i < y && one[i] == two[i]; i++) {
        if (one[i] == '\n')
            line = i + 1;
    }
    snprintf(text, sizeof(text), "first %.200s, then %.200s", one + line, two + line);
    broken(v, rule, time_of(one + line), text);
}

/* The story of `first` once more, in another world. */
static void tell_again(const struct hunt *h, const struct maker *m, uint64_t seed,
                       struct run *first, const char *rule, enum podring_net net, uint32_t flags,
                       struct verdict *v)
{
    struct run second;

    if (v->rule[0] != '\0' || !begin(&second, m, seed, net, flags, v))
        return;
    turn_until(&second, h, v);
    if (v->rule[0] == '\0')
        compare(first, &second, rule, v);
    finish(&second);
}

static void check_world(const struct hunt *h, const struct maker *m, uint64_t seed,
                        struct verdict *v)
{
    enum podring_net net = net_of(h);
    struct run first;

    *v = (struct verdict){0};
    if (!begin(&first, m, seed, net, 0, v))
        return;
    turn_until(&first, h, v);
    if (h->twice)
        tell_again(h, m, seed, &first, "twice", net, 0, v);
    if (h->parked)
        tell_again(h, m, seed, &first, "parked", net, PODRING_NO_PARK, v);
    if (h->wire)
        tell_again(h, m, seed, &first, "wire", PODRING_NET_MEMORY, 0, v);
    if (h->kept)
        tell_again(h, m, seed, &first, "kept", PODRING_NET_MEMORY, PODRING_KEEP_ALIVE, v);
    finish(&first);
}
