/* SPDX-License-Identifier: Apache-2.0 */
/* crew.c - threads that wait for jobs, and the jobs that all commands with several engines have. */
#include "api/cli/crew/crew.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/cli/signals.h"
#include "engine/reactor/base.h"
#include "engine/reactor/limit.h"

enum { IDLE_NS = 20000000, SNAPSHOT_NS = 200000000 };

static void *member_main(void *arg);

/* ---- threads -------------------------------------------------------------------------------- */

/* What one engine may have of what is limited for all of them. */
static uint32_t share_of(uint32_t limit, uint32_t count)
{
    return limit > 0 ? RX_MAX(limit / count, 1u) : 0;
}

static int prepare(struct crew *c, uint32_t i)
{
    struct crew_member *m = &c->member[i];
    struct podring_options *e = &m->options.engine;
    uint32_t base;

    m->options = *c->options;
    base = RX_MAX(e->shard_count, 1u);
    e->shard_index = e->shard_index * c->count + i;
    e->shard_count = base * c->count;
    e->connections_max = share_of(e->connections_max, c->count);
    e->attempts_max = share_of(e->attempts_max, c->count);
    if ((e->flags & PODRING_EXEC_HOST) != 0)
        e->processes_max = share_of(e->processes_max > 0 ? e->processes_max : RX_PROCESSES,
                                    c->count);
    m->options.quiet |= i > 0;
    m->crew = c;
    m->index = i;
    m->tally = tally_new();
    feed_open(&m->feed, &c->lock, &c->changed, &c->stop);
    return m->tally != NULL ? CLI_OK : CLI_SYSTEM;
}

/* Signals go to the main thread: whoever takes one must not be turning an engine. */
static int start(struct crew *c)
{
    sigset_t all, before;
    int code = CLI_OK;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (uint32_t i = 0; i < c->count && code == CLI_OK; i++) {
        struct crew_member *m = &c->member[i];

        m->started = pthread_create(&m->thread, NULL, member_main, m) == 0;
        if (!m->started)
            code = CLI_SYSTEM;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

int crew_open(struct crew *c, const struct cli_options *o)
{
    uint64_t shards = (uint64_t)RX_MAX(o->engine.shard_count, 1u) * o->workers;
    int code = CLI_OK;

    *c = (struct crew){.options = o, .count = o->workers};
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    if (shards > TALLY_SHARES_MAX)
        return cli_refuse(o->verb, "--workers and --shard: more than %d shares", TALLY_SHARES_MAX);
    c->member = calloc(c->count, sizeof(*c->member));
    c->ring = calloc(c->count, sizeof(podring *));
    if (c->member == NULL || c->ring == NULL)
        code = CLI_SYSTEM;
    for (uint32_t i = 0; i < c->count && code == CLI_OK; i++)
        code = prepare(c, i);
    if (code == CLI_OK)
        code = start(c);
    if (code != CLI_OK)
        cli_say("%u threads could not be started: there is no memory, or are no threads, to be had",
                c->count);
    return code;
}

static void *member_main(void *arg)
{
    struct crew_member *m = arg;
    struct crew *c = m->crew;
    uint64_t round = 0;

    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (!c->quit && c->round == round)
            pthread_cond_wait(&c->changed, &c->lock);
        if (c->quit)
            break;
        round = c->round;
        if (m->index < c->from || m->index >= c->to)
            continue;
        pthread_mutex_unlock(&c->lock);
        m->code = CLI_OK;
        c->job(m, c->arg);
        pthread_mutex_lock(&c->lock);
        if (--c->busy == 0)
            pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void wait_a_little(struct crew *c)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += IDLE_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&c->changed, &c->lock, &until);
}

int crew_do(struct crew *c, uint32_t from, uint32_t to, crew_fn *fn, void *arg)
{
    pthread_mutex_lock(&c->lock);
    c->job = fn;
    c->arg = arg;
    c->from = from;
    c->to = to;
    c->busy = to - from;
    c->round++;
    pthread_cond_broadcast(&c->changed);
    while (c->busy > 0) {
        wait_a_little(c);
        if (c->idle == NULL)
            continue;
        pthread_mutex_unlock(&c->lock);
        c->idle(c->idle_ctx);
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    for (uint32_t i = from; i < to; i++)
        if (c->member[i].code != CLI_OK)
            return c->member[i].code;
    return CLI_OK;
}

static void close_engine(struct crew_member *m, void *arg)
{
    (void)arg;
    live_close(&m->live, CLI_OK);
}

void crew_close(struct crew *c)
{
    bool running = c->member != NULL && c->member[c->count - 1].started;

    signals_aim_all(NULL, 0);
    c->idle = NULL;
    if (running)
        crew_do(c, 0, c->count, close_engine, NULL);
    pthread_mutex_lock(&c->lock);
    c->quit = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    for (uint32_t i = 0; c->member != NULL && i < c->count; i++) {
        struct crew_member *m = &c->member[i];

        if (m->started)
            pthread_join(m->thread, NULL);
        feed_close(&m->feed);
        result_share_free(&m->rows);
        free(m->tally);
    }
    free(c->member);
    free(c->ring);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->changed);
    *c = (struct crew){0};
}

/* ---- engines -------------------------------------------------------------------------------- */

/* Kept fresh for the lines of progress. Counting looks at every pod, so it has to be rare. */
static void keep_snapshot(struct crew_member *m)
{
    uint64_t now_ns = progress_clock_ns(), took_ns;
    struct tally *fresh;

    if (now_ns < m->snapshot_due_ns)
        return;
    fresh = tally_new();
    if (fresh == NULL)
        return;
    if (!tally_take(fresh, &m->options, m->live.ring)) {
        free(fresh);
        return;
    }
    took_ns = progress_clock_ns() - now_ns;
    m->snapshot_due_ns = now_ns + RX_MAX(SNAPSHOT_NS, 100 * took_ns);
    pthread_mutex_lock(&m->crew->lock);
    memcpy(m->tally, fresh, sizeof(*fresh));
    pthread_mutex_unlock(&m->crew->lock);
    free(fresh);
}

static bool look(void *ctx)
{
    struct crew_member *m = ctx;

    if (m->live.heard)
        feed_reach(&m->feed, podring_now(m->live.ring));
    if (m->crew->snapshots)
        keep_snapshot(m);
    return m->crew->stop;
}

static void open_engine(struct crew_member *m, void *fn)
{
    m->code = live_open_crewed(&m->live, &m->options, *(podring_event_fn **)fn, m);
    m->live.look = look;
    m->live.look_ctx = m;
    m->crew->ring[m->index] = m->live.ring;
}

/* The first one alone: what stands in its way stands in that of all, and is to be said once. */
int crew_engines(struct crew *c, podring_event_fn *fn)
{
    int code = crew_do(c, 0, 1, open_engine, &fn);

    if (code == CLI_OK)
        code = crew_do(c, 1, c->count, open_engine, &fn);
    return code;
}

void crew_aim(struct crew *c)
{
    signals_aim_all(c->ring, c->count);
}

static void take_tally(struct crew_member *m, void *arg)
{
    (void)arg;
    memset(m->tally, 0, sizeof(*m->tally));
    rx_hist_reset(&m->tally->lateness);
    rx_hist_reset(&m->tally->latency);
    m->code = tally_take(m->tally, &m->options, m->live.ring) ? CLI_OK : CLI_SYSTEM;
}

int crew_tally(struct crew *c, struct tally *sum)
{
    char why[TALLY_FACT_ROOM * 3];

    if (crew_do(c, 0, c->count, take_tally, NULL) != CLI_OK) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    for (uint32_t i = 0; i < c->count; i++) {
        const char *wrong = tally_add(sum, c->member[i].tally, why);

        if (wrong != NULL) { /* a file that was read has changed meanwhile */
            cli_say("engine %u: %s", i, wrong);
            return CLI_BAD_INPUT;
        }
    }
    tally_become(sum, c->options->engine.shard_index, c->options->engine.shard_count);
    return CLI_OK;
}

void crew_progress(struct crew *c, struct progress *p)
{
    char why[TALLY_FACT_ROOM * 3];
    struct tally *sum;

    if (!progress_due(p) || (sum = tally_new()) == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    for (uint32_t i = 0; i < c->count; i++)
        if (c->member[i].tally->shares > 0)
            tally_add(sum, c->member[i].tally, why);
    pthread_mutex_unlock(&c->lock);
    tally_report(sum, &p->report);
    progress_show(p);
    free(sum);
}

/* ---- diagnostics ---------------------------------------------------------------------------- */

/* What has been said by other engines. */
struct said {
    char **text;
    size_t count, room;
};

static bool is_new(struct said *s, const struct podring_diagnostic *d)
{
    char key[1024];

    snprintf(key, sizeof(key), "%s:%u:%u: %s", d->file != NULL ? d->file : "", d->line, d->column,
             d->text);
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->text[i], key) == 0)
            return false;
    if (s->count == s->room) {
        size_t room = s->room * 2 + 16;
        char **larger = realloc(s->text, room * sizeof(*larger));

        if (larger == NULL)
            return true;
        s->text = larger;
        s->room = room;
    }
    s->text[s->count] = strdup(key);
    s->count += s->text[s->count] != NULL;
    return true;
}

static void complain(struct crew_member *m, void *arg)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;

    for (; podring_diagnostic_at(m->live.ring, m->live.diagnostics, &d) == 0; m->live.diagnostics++)
        if (is_new(arg, &d))
            input_print(m->crew->options, &d);
}

void crew_complain(struct crew *c)
{
    struct said said = {0};

    for (uint32_t i = 0; i < c->count; i++)
        crew_do(c, i, i + 1, complain, &said);
    for (size_t i = 0; i < said.count; i++)
        free(said.text[i]);
    free(said.text);
}
