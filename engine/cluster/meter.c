/* SPDX-License-Identifier: Apache-2.0 */
/* meter.c - metrics of pods by windows of time, split among them, or by what they serve. */
#include "engine/cluster/meter.h"

#include <string.h>

#include "engine/cluster/client.h"
#include "engine/pod/program.h"
#include "engine/reactor/err.h"

static struct cluster_metrics *metrics_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_metrics, object);
}

static rx_ms now_of(const struct cluster *c)
{
    return rx_loop_now(c->world->loop);
}

/* ---- which pods ------------------------------------------------------------------------------ */

/* The pods that a document means, by serial number, which is the order of their creation; an
 * ordinal of its list is a place among those that are there. */
struct walk {
    struct rx_list *at;
    uint32_t seen, named; /* named: entries of the list that have passed */
};

static bool means(const struct st_metrics_spec *s, struct walk *w, struct pod *p)
{
    uint32_t place;

    if (pod_is_gone(p) || strcmp(pod_spec_of(p)->ns, s->ns) != 0 ||
        (s->selector.present && !pod_selected(&s->selector, p)))
        return false;
    place = w->seen++;
    if (!s->has_pods)
        return true;
    while (w->named < s->pod_count && s->pod[w->named] < place)
        w->named++;
    return w->named < s->pod_count && s->pod[w->named] == place;
}

/* The next one that runs; NULL: no more. */
static struct pod *next_pod(const struct cluster *c, const struct st_metrics_spec *s,
                            struct walk *w)
{
    for (w->at = w->at == NULL ? c->world->pods.next : w->at->next; w->at != &c->world->pods;
         w->at = w->at->next) {
        struct pod *p = rx_container_of(w->at, struct pod, link);

        if (means(s, w, p) && p->phase == POD_PHASE_RUNNING)
            return p;
    }
    return NULL;
}

/* ---- what pods serve ------------------------------------------------------------------------- */

static int make_room(struct cluster *c, struct cluster_meter *m, uint32_t pods)
{
    uint32_t room = RX_MAX(2 * m->next_room, pods);
    struct cluster_metered *more;

    if (pods <= m->next_room)
        return 0;
    more = rx_mem_grow(&c->world->guest, m->next, m->next_room * sizeof(*more),
                       room * sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    m->next = more;
    m->next_room = room;
    return 0;
}

static void take_next(struct cluster_meter *m, uint32_t pods)
{
    struct cluster_metered *pod = m->pod;
    uint32_t room = m->room;

    m->pod = m->next;
    m->room = m->next_room;
    m->pods = pods;
    m->next = pod;
    m->next_room = room;
}

static int look_at_client(struct cluster *c, struct cluster_metrics *m, struct cluster_meter *meter,
                          struct cluster_client *k)
{
    struct walk w = {0};
    uint32_t count = 0, old = 0;
    struct pod *p;

    meter->unit = cluster_client_unit(k);
    cluster_client_served(k, 0); /* it counts from now on, also for pods that come later */
    while ((p = next_pod(c, &m->spec, &w)) != NULL) {
        uint64_t served = cluster_client_served(k, p->id), before = 0;

        while (old < meter->pods && meter->pod[old].serial < p->serial)
            old++;
        if (old < meter->pods && meter->pod[old].serial == p->serial)
            before = meter->pod[old].served;
        if (make_room(c, meter, count + 1) != 0)
            return -RX_ENOMEM;
        meter->next[count++] = (struct cluster_metered){
            .serial = p->serial,
            .served = served,
            .since = now_of(c) - RX_MAX(m->looked_at, p->created_at),
            .more = served - before,
        };
    }
    take_next(meter, count);
    return 0;
}

static int sync_metrics(struct cluster *c, struct cluster_work *work)
{
    struct cluster_metrics *m = rx_container_of(work, struct cluster_metrics, look);
    rx_ms period = c->world->knobs.hpa_sync;
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < m->spec.value_count; i++) {
        const struct st_metrics_value *v = &m->spec.value[i];
        struct st_object *o = NULL;

        if (v->form == ST_METRICS_CLIENT)
            o = st_find(c->store, ST_CLIENT, 0, m->spec.ns, v->client);
        if (o != NULL)
            rc = look_at_client(c, m, &m->meter[i], cluster_client_of(o));
    }
    m->looked_at = now_of(c);
    cluster_wake(c, work, (now_of(c) / period + 1) * period);
    return rc;
}

static const struct cluster_worker worker = {CLUSTER_RANK_HPA, CLUSTER_RETRY_NONE, sync_metrics,
                                             NULL};

/* ---- coming and going ------------------------------------------------------------------------ */

static void free_meters(struct cluster *c, struct cluster_metrics *m)
{
    cluster_work_drop(c, &m->look);
    for (uint32_t i = 0; m->meter != NULL && i < m->spec.value_count; i++) {
        struct cluster_meter *k = &m->meter[i];

        rx_mem_free(&c->world->guest, k->pod, k->room * sizeof(*k->pod));
        rx_mem_free(&c->world->guest, k->next, k->next_room * sizeof(*k->next));
    }
    rx_mem_free(c->world->mem, m->meter,
                m->meter != NULL ? m->spec.value_count * sizeof(*m->meter) : 0);
    m->meter = NULL;
}

static void free_metrics(struct cluster *c, struct cluster_metrics *m)
{
    free_meters(c, m);
    rx_mem_free(c->world->mem, m, sizeof(*m));
}

/* Where it goes by what clients are answered. */
static int begin_meters(struct cluster *c, struct cluster_metrics *m)
{
    bool metered = false;

    for (uint32_t i = 0; i < m->spec.value_count; i++)
        metered = metered || m->spec.value[i].form == ST_METRICS_CLIENT;
    if (!metered)
        return 0;
    m->meter = rx_mem_zalloc(c->world->mem, m->spec.value_count * sizeof(*m->meter));
    if (m->meter == NULL || cluster_work_init(c, &m->look, &worker, m->object.meta.serial) != 0)
        return -RX_ENOMEM;
    m->looked_at = now_of(c);
    cluster_dirty(c, &m->look);
    return 0;
}

int cluster_add_metrics(struct cluster *c, const struct st_metrics_spec *spec)
{
    struct cluster_metrics *m = rx_mem_zalloc(c->world->mem, sizeof(*m));
    int rc;

    if (m == NULL)
        return -RX_ENOMEM;
    m->object = (struct st_object){
        .ns = spec->ns, .name = *spec->name ? spec->name : NULL, .kind = ST_METRICS};
    m->spec = *spec;
    rc = st_add(c->store, &m->object);
    if (rc != 0) {
        rx_mem_free(c->world->mem, m, sizeof(*m));
        return rc;
    }
    rc = begin_meters(c, m);
    if (rc != 0)
        cluster_undo_metrics(c);
    return rc;
}

int cluster_update_metrics(struct cluster *c, struct st_object *o,
                           const struct st_metrics_spec *spec)
{
    struct cluster_metrics *m = metrics_of(o);

    free_meters(c, m);
    m->spec = *spec;
    return begin_meters(c, m);
}

void cluster_undo_metrics(struct cluster *c)
{
    struct cluster_metrics *m = metrics_of(st_newest(c->store, ST_METRICS));

    st_unadd(c->store, &m->object);
    free_metrics(c, m);
}

static void drop_metrics(struct cluster *c, struct st_object *o)
{
    st_remove(c->store, o);
    free_metrics(c, metrics_of(o));
}

void cluster_metrics_fini(struct cluster *c)
{
    while (st_newest(c->store, ST_METRICS) != NULL)
        drop_metrics(c, st_newest(c->store, ST_METRICS));
}

void cluster_delete_metrics(struct cluster *c, struct st_object *o)
{
    st_tell(c->store, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    drop_metrics(c, o);
}

/* ---- what they say --------------------------------------------------------------------------- */

/* The value whose window has come; NULL: the metric is missing. */
static const struct st_metrics_value *value_now(const struct cluster *c,
                                                const struct st_metrics_spec *s)
{
    for (uint32_t i = 0; i < s->value_count; i++)
        if (s->value[i].from <= now_of(c) && now_of(c) < s->value[i].to)
            return &s->value[i];
    return NULL;
}

static bool speaks_of(const struct cluster_metrics *m, enum st_metrics_kind kind, const char *ns,
                      const char *metric)
{
    return m->spec.kind == kind && strcmp(m->spec.metric, metric) == 0 &&
           strcmp(m->spec.ns, ns) == 0;
}

/* By the requests of a second; false: nobody has looked at the pod yet. */
static bool by_client(const struct cluster_meter *meter, const struct st_metrics_value *v,
                      const struct pod *p, uint32_t *cursor, int64_t *out)
{
    const struct cluster_metered *is;
    __int128 sum;

    while (*cursor < meter->pods && meter->pod[*cursor].serial < p->serial)
        ++*cursor;
    is = &meter->pod[*cursor];
    if (*cursor == meter->pods || is->serial != p->serial || is->since <= 0)
        return false;
    sum = (__int128)v->per_request * is->more * RX_MS_PER_S / is->since / meter->unit + v->amount;
    *out = (int64_t)RX_MIN(sum, (__int128)INT64_MAX);
    return true;
}

static void say(struct cluster *c, const struct cluster_metrics *m,
                struct cluster_metric_sample *sample, uint32_t count)
{
    const struct st_metrics_value *v = value_now(c, &m->spec);
    struct walk w = {0};
    uint32_t pods = 0, i = 0, cursor = 0;
    struct pod *p;

    if (v == NULL)
        return;
    while (v->form == ST_METRICS_TOTAL && next_pod(c, &m->spec, &w) != NULL)
        pods++;
    w = (struct walk){0};
    while ((p = next_pod(c, &m->spec, &w)) != NULL) {
        struct cluster_metric_sample *s;

        while (i < count && sample[i].pod->serial < p->serial)
            i++;
        s = &sample[i];
        if (i == count || s->pod != p || s->known)
            continue;
        s->at = v->form == ST_METRICS_CLIENT ? m->looked_at : now_of(c);
        s->window = m->spec.window;
        s->value = v->form == ST_METRICS_TOTAL ? v->amount / pods : v->amount;
        s->known = v->form != ST_METRICS_CLIENT ||
                   by_client(&m->meter[v - m->spec.value], v, p, &cursor, &s->value);
    }
}

void cluster_metric_of_pods(struct cluster *c, const char *ns, const char *metric,
                            struct cluster_metric_sample *sample, uint32_t count)
{
    ST_EACH(l, c->store, ST_METRICS)
    {
        const struct cluster_metrics *m = metrics_of(st_object_at(l));

        if (count > 0 && speaks_of(m, ST_METRICS_PODS, ns, metric))
            say(c, m, sample, count);
    }
}

bool cluster_metric_of(struct cluster *c, enum st_metrics_kind kind, const char *ns,
                       const char *metric, int64_t *out)
{
    ST_EACH(l, c->store, ST_METRICS)
    {
        const struct cluster_metrics *m = metrics_of(st_object_at(l));
        const struct st_metrics_value *v =
            speaks_of(m, kind, ns, metric) ? value_now(c, &m->spec) : NULL;

        if (v == NULL)
            continue;
        *out = v->amount;
        return true;
    }
    return false;
}
