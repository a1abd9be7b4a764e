/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.c - one engine for each run, in as many threads as --workers says. A thread takes the run
 * that is next; where it puts its values depends on the run alone.
 */
#include "api/cli/sweep/sweep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/measure.h"
#include "engine/reactor/hash.h"

struct sweep_numbers {
    struct measure usual;
    uint64_t time_to_ready, unready, rollout;
};

static const struct metric own[] = {
    {"time_to_ready", "until all pods were ready for the first time",
     offsetof(struct sweep_numbers, time_to_ready), METRIC_NS, 0, false, false},
    {"unready", "time in which pods were not ready, of all pods together",
     offsetof(struct sweep_numbers, unready), METRIC_NS, 0, false, false},
    {"rollout", "from a pod made or deleted later until all are ready again, the longest",
     offsetof(struct sweep_numbers, rollout), METRIC_NS, 0, false, false},
};
const struct metric_list sweep_measure_list = {own, RX_ARRAY_LEN(own)};

_Static_assert(offsetof(struct sweep_numbers, usual) == 0, "measure_list's offsets hold here");

const struct metric *sweep_measure_find(const char *name, size_t length)
{
    const struct metric *m = metric_find(&sweep_measure_list, name, length);

    return m != NULL ? m : metric_find(&measure_list, name, length);
}

/* ---- what the stream tells ------------------------------------------------------------------- */

struct seen {
    uint64_t number; /* 0: this place is free */
    bool there, ready, going, done;
    int64_t since_ms; /* not ready since then */
};

struct ear {
    struct seen *pod; /* by the hash of its number; room is a power of two, half of it used */
    size_t room, used;
    uint32_t waiting, leaving, all;
    int64_t at_ms; /* of the newest event */
    int64_t ready_ms, from_ms, rollout_ms, unready_ms;
    bool failed;
};

static bool waits(const struct seen *p)
{
    return p->there && !p->going && !p->done && !p->ready;
}

/* What an instant comes to is known at its end. */
static void end_instant(struct ear *e)
{
    if (e->waiting > 0 || e->leaving > 0 || e->all == 0)
        return;
    if (e->ready_ms < 0)
        e->ready_ms = e->at_ms;
    if (e->from_ms >= 0)
        e->rollout_ms = RX_MAX(e->rollout_ms, e->at_ms - e->from_ms);
    e->from_ms = -1;
}

static struct seen *place_of(struct seen *pod, size_t room, uint64_t number)
{
    size_t at = (size_t)rx_hash_end(number) & (room - 1);

    while (pod[at].number != 0 && pod[at].number != number)
        at = (at + 1) & (room - 1);
    return &pod[at];
}

static bool grow(struct ear *e)
{
    size_t more = e->room > 0 ? 2 * e->room : 256;
    struct seen *larger = calloc(more, sizeof(*larger));

    for (size_t i = 0; larger != NULL && i < e->room; i++)
        if (e->pod[i].number != 0)
            *place_of(larger, more, e->pod[i].number) = e->pod[i];
    e->failed |= larger == NULL;
    if (larger == NULL)
        return false;
    free(e->pod);
    e->pod = larger;
    e->room = more;
    return true;
}

static struct seen *pod_of(struct ear *e, uint64_t number)
{
    struct seen *p;

    if (2 * e->used >= e->room && !grow(e))
        return NULL;
    p = place_of(e->pod, e->room, number);
    e->used += p->number == 0;
    p->number = number;
    return p;
}

static void take(struct ear *e, struct seen *p, const struct podring_event *v)
{
    const char *to = v->to != NULL ? v->to : "";

    if (strcmp(v->field, "Ready") == 0 && v->container == NULL) {
        p->ready = strcmp(to, "True") == 0;
    } else if (strcmp(v->field, "phase") == 0) {
        p->done |= strcmp(to, "Succeeded") == 0 || strcmp(to, "Failed") == 0;
    } else if (strcmp(v->field, "object") == 0) {
        p->there = strcmp(to, "Deleted") != 0;
        p->going |= strcmp(to, "Terminating") == 0;
        if (e->ready_ms >= 0 && e->from_ms < 0)
            e->from_ms = v->at_ms;
    }
}

static void hear(void *ctx, podring *ring, const struct podring_event *v)
{
    struct ear *e = ctx;
    struct seen *p, was;

    (void)ring;
    if (v->kind != PODRING_TRANSITION || v->pod == 0 || v->field == NULL || v->object != NULL)
        return;
    p = pod_of(e, v->number);
    if (p == NULL)
        return;
    if (v->at_ms > e->at_ms)
        end_instant(e);
    e->at_ms = v->at_ms;
    was = *p;
    take(e, p, v);
    e->all += (uint32_t)p->there - (uint32_t)was.there;
    e->waiting += (uint32_t)waits(p) - (uint32_t)waits(&was);
    e->leaving += (uint32_t)(p->there && p->going) - (uint32_t)(was.there && was.going);
    if (waits(p) && !waits(&was))
        p->since_ms = v->at_ms;
    else if (!waits(p) && waits(&was))
        e->unready_ms += v->at_ms - was.since_ms;
}

static uint64_t ns_of(int64_t ms)
{
    return ms < 0 ? METRIC_NONE : (uint64_t)ms * 1000000;
}

static void end_story(struct ear *e, int64_t end_ms, struct sweep_numbers *n)
{
    end_instant(e);
    for (size_t i = 0; i < e->room; i++)
        if (waits(&e->pod[i]))
            e->unready_ms += end_ms - e->pod[i].since_ms;
    n->time_to_ready = ns_of(e->ready_ms);
    n->unready = ns_of(e->unready_ms);
    n->rollout = ns_of(e->from_ms >= 0 ? -1 : e->rollout_ms);
}

/* ---- one run --------------------------------------------------------------------------------- */

struct crowd {
    struct sweep *sweep;
    atomic_uint next;
    atomic_bool stop;
    pthread_mutex_t lock;
    int code; /* of the first run that failed */
};

static int drive(const struct sweep_texts *t, const struct sweep *s, podring *ring, struct ear *e)
{
    int rc = podring_on_event(ring, hear, e);

    if (rc == 0 && input_set(&t->options, ring) != CLI_OK)
        return -PODRING_EINVALID;
    if (rc == 0)
        rc = sweep_texts_load(t, s, ring);
    if (rc == 0)
        rc = podring_apply(ring);
    if (rc == 0)
        rc = podring_run_until(ring, s->for_ms);
    return rc < 0 ? rc : e->failed ? -PODRING_ENOMEM : 0;
}

static int one(struct crowd *c, const struct sweep_texts *t, uint32_t run)
{
    struct sweep *s = c->sweep;
    struct podring_options o = t->options.engine;
    struct ear e = {.ready_ms = -1, .from_ms = -1};
    struct sweep_numbers n = {0};
    struct face_report report = {.stats = PODRING_STATS_INIT};
    podring *ring = NULL;
    uint32_t seen = 0;
    int rc, code;

    o.shard_index = o.shard_count = 0;
    o.seed = s->first_seed + run % s->seeds;
    o.flags |= PODRING_NO_PROBE_EVENTS;
    o.end_ms = s->for_ms;
    rc = podring_open(&o, &ring);
    if (rc != 0) {
        cli_say("%s", podring_strerror(rc));
        return cli_exit_code(rc);
    }
    rc = drive(t, s, ring, &e);
    pthread_mutex_lock(&c->lock);
    code = rc == 0 ? CLI_OK : input_complain(s->options, ring, rc, &seen);
    if (code != CLI_OK)
        cli_say("sweep: that was run %u, with seed %llu", run, (unsigned long long)o.seed);
    pthread_mutex_unlock(&c->lock);
    if (code == CLI_OK) {
        podring_stats(ring, &report.stats);
        measure_report(&n.usual, &report);
        measure_engine(&n.usual, ring);
        end_story(&e, s->for_ms, &n);
        for (uint32_t m = 0; m < s->measures; m++)
            s->value[(size_t)run * s->measures + m] = metric_value(&n, s->measure[m]);
        s->done[run] = true;
    }
    podring_close(ring);
    free(e.pod);
    return code;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void *work(void *arg)
{
    struct crowd *c = arg;
    const struct sweep *s = c->sweep;
    uint32_t shares = RX_MAX(s->options->engine.shard_count, 1u), made = UINT32_MAX;
    struct sweep_texts t = {0};

    while (!atomic_load(&c->stop)) {
        uint64_t run = (uint64_t)atomic_fetch_add(&c->next, 1) * shares;
        int code = CLI_OK;

        run += s->options->engine.shard_index;
        if (run >= s->runs)
            break;
        if (made != run / s->seeds) {
            made = (uint32_t)(run / s->seeds);
            if (sweep_texts_make(&t, s, made) != 0) {
                cli_say("sweep: combination %u: %s", made, t.why[0] ? t.why : "out of memory");
                code = t.why[0] ? CLI_BAD_INPUT : CLI_SYSTEM;
            }
        }
        if (code == CLI_OK)
            code = one(c, &t, (uint32_t)run);
        if (code != CLI_OK) {
            pthread_mutex_lock(&c->lock);
            c->code = c->code == CLI_OK ? code : c->code;
            pthread_mutex_unlock(&c->lock);
            atomic_store(&c->stop, true);
        }
    }
    sweep_texts_free(&t);
    return NULL;
}

int sweep_run(struct sweep *s)
{
    struct crowd c = {.sweep = s, .lock = PTHREAD_MUTEX_INITIALIZER};
    uint32_t count = RX_MAX(s->options->workers, 1u), started = 0;
    pthread_t *thread = calloc(count, sizeof(*thread));

    while (thread != NULL && started + 1 < count &&
           pthread_create(&thread[started], NULL, work, &c) == 0)
        started++;
    work(&c); /* this thread, too; with fewer threads it takes longer */
    while (started > 0)
        pthread_join(thread[--started], NULL);
    free(thread);
    return c.code;
}
