/* SPDX-License-Identifier: Apache-2.0 */
/* world.c - a world in a child process, and the search for a smaller one. */
#include "tests/support/world.h"

#include <criterion/criterion.h>
#include <limits.h>
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
#include "tests/support/world_parts.h"

enum {
    REPORTS_MAX = 5,  /* different invariants that one hunt tells of */
    TRIES = 4000,
    LIMIT_S = 60, /* real time of one world */
};

/* What a child tells its parent. */
struct news {
    struct verdict verdict;
    uint64_t seed; /* of the world it is in */
};

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
    h.count = (unsigned)given("PODRING_WORLDS", given("PODRING_SECONDS", 0) > 0 ? 1000000
                              : h.count);
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
        world_check(h, &m, n->seed, &n->verdict);
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

    world_check(t->hunt, &t->m, n->seed, &n->verdict);
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

/* Which tests these are: there are slow ones, too. */
static const char *program(char path[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

    path[RX_MAX(n, 0)] = '\0';
    return path;
}

static void report(const struct hunt *h, const struct maker *m, const struct news *n)
{
    static const char *const timing[] = {"reference", "reference", "spread", "kubelet"};
    char path[PATH_MAX];

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
    fprintf(stderr, " -o ndjson\n");
    /* What only a program can say. */
    if (m->attempts_max + m->connections_max + m->events_max + h->flags > 0)
        fprintf(stderr, "# attempts_max %u, connections_max %u, events_max %u, flags %u\n",
                m->attempts_max, m->connections_max, m->events_max, h->flags);
    fprintf(stderr, "%.*s", (int)m->manifest, m->text);
    caller_print(m);
    fprintf(stderr, "----\n");
    fprintf(stderr, "again: PODRING_SEED=%llu PODRING_WORLDS=1 %s --filter '%s/%s'\n",
            (unsigned long long)n->seed, program(path), criterion_current_suite->name,
            criterion_current_test->name);
}
