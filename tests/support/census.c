/* SPDX-License-Identifier: Apache-2.0 */
/* census.c - the census's table of rules, and those that are about objects as such. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/census_parts.h"

static void look_at_identity(struct census *x);
static void look_at_garbage(struct census *x);
static void look_at_claims(struct census *x);

static void (*const look_at[])(struct census *x) = {
    look_at_identity, look_at_garbage,    look_at_claims,  census_quotas,
    census_budgets,   census_nodes,       census_endpoints, census_counts,
    census_numbers,   census_deployments, census_stateful, census_daemons,
    census_jobs,      census_crons,
};

/* ---- the frame ------------------------------------------------------------------------------- */

struct census *census_new(podring *ring, const struct maker *world, struct verdict *out)
{
    struct census *x = calloc(1, sizeof(*x));

    if (x == NULL)
        abort();
    x->ring = ring;
    x->c = &ring->cluster;
    x->out = out;
    x->quotas = world->parts.quotas > 0 || world->parts.limits;
    x->forces = strstr(world->text, "force: true") != NULL ||
                strstr(world->text, "PeriodSeconds: 0") != NULL;
    return x;
}

void census_free(struct census *x)
{
    free(x->pod);
    free(x->before);
    free(x->claim);
    free(x->claim_before);
    free(x->note);
    free(x);
}

void census_broken(struct census *x, const char *rule, const char *format, ...)
{
    va_list args;
    size_t n;

    if (x->out->rule[0] != '\0')
        return;
    snprintf(x->out->rule, sizeof(x->out->rule), "%s", rule);
    va_start(args, format);
    n = (size_t)snprintf(x->out->text, sizeof(x->out->text), "at %lld ms: ", (long long)x->now);
    vsnprintf(x->out->text + n, sizeof(x->out->text) - n, format, args);
    va_end(args);
    x->out->at_ms = x->now;
}

static void *grown(void *array, uint32_t *room, uint32_t wanted, size_t size)
{
    if (wanted <= *room)
        return array;
    *room = 2 * wanted + 16;
    array = realloc(array, *room * size);
    if (array == NULL)
        abort();
    return array;
}

struct census_note *census_note(struct census *x, const void *what, uint64_t id, bool *fresh)
{
    for (uint32_t i = 0; i < x->notes; i++) {
        if (x->note[i].what == what && x->note[i].id == id) {
            *fresh = false;
            return &x->note[i];
        }
    }
    *fresh = true;
    x->note = grown(x->note, &x->notes_room, x->notes + 1, sizeof(*x->note));
    x->note[x->notes] = (struct census_note){.what = what, .id = id};
    return &x->note[x->notes++];
}

const struct census_pod *census_before(const struct census *x, uint64_t id)
{
    for (uint32_t i = 0; i < x->befores; i++) {
        if (x->before[i].id == id)
            return &x->before[i];
    }
    return NULL;
}

bool census_step(const struct census *x, enum pod_step_kind kind, const char *object,
                 const char *name, int64_t from)
{
    ST_EACH(l, x->c->store, ST_STEP) {
        const struct pod_step *s = &rx_container_of(st_object_at(l), struct cluster_step,
                                                    object)->spec;

        if (s->kind == kind && s->at >= from && s->at <= x->now &&
            (name == NULL || (strcmp(s->object_kind, object) == 0 &&
                              strcmp(s->object_name, name) == 0)))
            return true;
    }
    return false;
}

static void see_pod(struct census *x, struct pod *p)
{
    struct cluster_workload *w = cluster_owner_of(x->c, p);
    struct census_pod *at;

    x->pod = grown(x->pod, &x->room, x->pods + 1, sizeof(*x->pod));
    at = &x->pod[x->pods++];
    *at = (struct census_pod){.pod = p,
                              .id = p->id,
                              .owner = w != NULL ? w->object.meta.serial : 0,
                              .node = pod_on_node(p) || pod_has(p, POD_PLACED) ? p->node : -1,
                              .there = pod_on_node(p),
                              .gone = pod_is_gone(p),
                              .deleting = pod_is_deleting(p),
                              .over = p->phase == POD_PHASE_SUCCEEDED ||
                                      p->phase == POD_PHASE_FAILED,
                              .ready = p->conditions >> POD_COND_READY & 1};
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
        at->running |= pod_container_at(p, i)->proc_state == POD_PROC_RUNNING;
    x->lost |= pod_is_lost(p);
}

static void see_claims(struct census *x)
{
    ST_EACH(l, x->c->store, ST_CLAIM) {
        const struct pod_claim *c = rx_container_of(st_object_at(l), struct pod_claim, object);
        struct census_claim *at;

        x->claim = grown(x->claim, &x->claim_room, x->claims + 1, sizeof(*x->claim));
        at = &x->claim[x->claims++];
        *at = (struct census_claim){.id = c->object.meta.id, .set = c->set, .pod = c->pod,
                                    .ending = c->ending};
        snprintf(at->name, sizeof(at->name), "%s", c->object.name);
    }
}

static void turn_over(struct census *x)
{
    struct census_pod *pods = x->before;
    struct census_claim *claims = x->claim_before;
    uint32_t room = x->before_room, claim_room = x->claim_before_room;

    x->before = x->pod;
    x->befores = x->pods;
    x->before_room = x->room;
    x->pod = pods;
    x->pods = 0;
    x->room = room;
    x->claim_before = x->claim;
    x->claims_before = x->claims;
    x->claim_before_room = x->claim_room;
    x->claim = claims;
    x->claims = 0;
    x->claim_room = claim_room;
}

void census_turn(struct census *x)
{
    const struct cluster_queue *q = &x->c->queue;

    turn_over(x);
    x->now = podring_now(x->ring);
    x->idle = q->dirty == 0 && !rx_timer_armed(&q->pass);
    x->settled = x->idle && x->ring->world.knobs.controller_ms == 0;
    RX_LIST_EACH(l, &x->ring->world.pods)
        see_pod(x, rx_container_of(l, struct pod, link));
    see_claims(x);
    for (size_t i = 0; i < RX_ARRAY_LEN(look_at) && x->out->rule[0] == '\0'; i++)
        look_at[i](x);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void look_at_identity(struct census *x)
{
    for (uint32_t i = 0; i < x->pods; i++) {
        char one[POD_NAME_MAX], two[POD_NAME_MAX];
        const struct census_pod *a = &x->pod[i];
        const char *name = pod_name(a->pod, one);

        if (a->gone && a->running && !x->forces && !x->lost)
            census_broken(x, "identity", "%s is gone, was not forced and runs", name);
        if (a->gone)
            continue;
        for (uint32_t k = i + 1; k < x->pods; k++) {
            const struct census_pod *b = &x->pod[k];

            if (!b->gone && strcmp(name, pod_name(b->pod, two)) == 0 &&
                strcmp(pod_spec_of(a->pod)->ns, pod_spec_of(b->pod)->ns) == 0)
                census_broken(x, "identity", "there are two pods %s", name);
        }
    }
}

/* ---- what belongs to whom -------------------------------------------------------------------- */

bool census_is_left_over(const struct pod *p)
{
    const struct cluster_workload *w =
        p->owner == NULL || p->strange
            ? NULL : rx_container_of(p->owner, struct cluster_revision, owner)->workload;

    return w != NULL && cluster_is_departed(w) && !w->orphans;
}

static void look_at_garbage(struct census *x)
{
    char name[POD_NAME_MAX];

    if (!x->settled)
        return;
    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i];

        if (!p->gone && !p->deleting && census_is_left_over(p->pod))
            census_broken(x, "garbage", "%s belongs to nobody that is there",
                          pod_name(p->pod, name));
    }
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        const struct cluster_workload *w = census_workload(l);

        if (w->spec.kind != POD_WORKLOAD_POD && w->controller != NULL &&
            cluster_is_departed(w->controller))
            census_broken(x, "garbage", "%s belongs to %s, which is gone", w->spec.name,
                          w->controller->spec.name);
    }
}

/* ---- claims ---------------------------------------------------------------------------------- */

static bool is_alive(const struct census *x, uint64_t pod)
{
    for (uint32_t i = 0; i < x->pods; i++) {
        if (x->pod[i].id == pod && !x->pod[i].gone)
            return true;
    }
    return false;
}

static bool has_set(const struct census *x, uint64_t serial)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        if (census_workload(l)->object.meta.serial == serial)
            return !cluster_is_departed(census_workload(l));
    }
    return false;
}

/* Does the policy of a StatefulSet let it go, all in one instant? */
static bool is_let_go(const struct census *x, const struct census_claim *k)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        const struct cluster_workload *w = census_workload(l);
        const struct st_statefulset_spec *s = w->spec.statefulset;
        char begin[POD_NAME_MAX];
        int n = snprintf(begin, sizeof(begin), "data-%s-", w->spec.name);
        uint32_t ordinal;

        if (s == NULL || strncmp(k->name, begin, (size_t)n) != 0)
            continue;
        ordinal = (uint32_t)strtoul(k->name + n, NULL, 10);
        if (cluster_is_departed(w) ? s->deleted_with_set
                                   : s->deleted_with_pod && (ordinal < (uint32_t)s->start ||
                                     ordinal >= (uint32_t)s->start + w->replicas))
            return true;
    }
    return false;
}

static bool may_go(const struct census *x, const struct census_claim *k)
{
    return is_let_go(x, k) || k->ending ||
           census_step(x, POD_STEP_DELETE, "persistentvolumeclaim", k->name, 0) ||
           (k->set != 0 && !has_set(x, k->set)) || (k->pod != 0 && !is_alive(x, k->pod));
}

static bool uses(const struct census_pod *p, const struct pod_volume_spec *v, const char *claim)
{
    char pod[POD_NAME_MAX], name[2 * POD_NAME_MAX];

    if (v->kind != POD_VOLUME_CLAIM || v->source == NULL)
        return false;
    if (v->templated)
        snprintf(name, sizeof(name), "%s-%s", v->source, pod_name(p->pod, pod));
    else
        snprintf(name, sizeof(name), "%s", v->source);
    return strcmp(name, claim) == 0;
}

static bool is_used(const struct census *x, const char *claim)
{
    for (uint32_t i = 0; i < x->pods; i++) {
        const struct pod_spec *s = pod_spec_of(x->pod[i].pod);
        const struct census_pod *p = &x->pod[i];

        for (uint32_t k = 0; !p->gone && !p->over && p->there && k < s->volume_count; k++) {
            if (uses(p, &s->volume[k], claim))
                return true;
        }
    }
    return false;
}

static void look_at_volumes(struct census *x)
{
    ST_EACH(l, x->c->store, ST_CLAIM) {
        const struct pod_claim *a = rx_container_of(st_object_at(l), struct pod_claim, object);

        ST_EACH(m, x->c->store, ST_CLAIM) {
            const struct pod_claim *b = rx_container_of(st_object_at(m), struct pod_claim, object);

            if (a != b && a->bound_to != NULL && a->bound_to == b->bound_to)
                census_broken(x, "claim", "%s and %s have one volume", a->object.name,
                              b->object.name);
        }
    }
}

static void look_at_claims(struct census *x)
{
    for (uint32_t i = 0; i < x->claims_before; i++) {
        const struct census_claim *k = &x->claim_before[i];
        bool there = false;

        for (uint32_t n = 0; n < x->claims; n++)
            there = there || x->claim[n].id == k->id;
        if (there)
            continue;
        if (!may_go(x, k))
            census_broken(x, "claim", "%s is lost, and nobody has deleted it", k->name);
        if (is_used(x, k->name))
            census_broken(x, "claim", "%s is gone under a pod that uses it", k->name);
    }
    look_at_volumes(x);
}

/* ---- the end --------------------------------------------------------------------------------- */

struct sums {
    char client[64];
    long long requests, outcomes;
};

static void add(struct sums *s, const char *line, const char *field, const char *from)
{
    const char *to = strstr(line, "\"to\":");
    long long more;

    if (to == NULL)
        return;
    more = strtoll(to + 5, NULL, 10) - (from != NULL ? strtoll(from + 7, NULL, 10) : 0);
    if (strncmp(field, "requests\"", 9) == 0)
        s->requests += more;
    else if (strncmp(field, "attempts\"", 9) != 0 && strncmp(field, "failed\"", 7) != 0)
        s->outcomes += more;
}

/* How a client counts; its own object and state are not told in numbers. */
static void count(struct sums *s, const char *line)
{
    static const char object[] = "\"object\":\"client/", field[] = "\"field\":\"";
    const char *of = strstr(line, object), *what = strstr(line, field);
    const char *from = strstr(line, "\"from\":");
    char name[64];
    unsigned i = 0;

    if (of == NULL || what == NULL || strstr(line, "\"pod\":") != NULL)
        return;
    what += sizeof(field) - 1;
    if (strncmp(what, "object\"", 7) == 0)
        return;
    of += sizeof(object) - 1;
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(of, "\""), of);
    while (s[i].client[0] != '\0' && strcmp(s[i].client, name) != 0)
        i++;
    snprintf(s[i].client, sizeof(s[i].client), "%s", name);
    add(&s[i], line, what, from);
}

void census_end(struct census *x, const char *lines, size_t length)
{
    struct sums s[8] = {{.client = ""}};
    char line[4096];

    for (size_t at = 0; at < length;) {
        size_t n = strcspn(lines + at, "\n");

        snprintf(line, sizeof(line), "%.*s", (int)n, lines + at);
        count(s, line);
        at += n + 1;
    }
    for (unsigned i = 0; s[i].client[0] != '\0'; i++) {
        if (s[i].requests != s[i].outcomes)
            census_broken(x, "client", "%s: %lld requests, %lld outcomes", s[i].client,
                          s[i].requests, s[i].outcomes);
    }
}
