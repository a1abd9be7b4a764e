/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census_rules.c - the census of what namespaces allow, of nodes and of Services: dumb twins of
 * what quotas, budgets, the scheduler and slices keep.
 */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/proxies.h"
#include "engine/cluster/slice.h"
#include "engine/pod/program.h"
#include "tests/support/census_parts.h"

enum { LATE_MS = 1000 }; /* of what is looked at by whole seconds */

/* ---- quotas ---------------------------------------------------------------------------------- */

/* In thousandths. */
static int64_t asked_of(const struct pod_spec *s, const char *key)
{
    bool limits = strncmp(key, "limits.", 7) == 0;
    int64_t sum = 0;

    for (uint32_t i = 0; i < s->container_count; i++) {
        const struct pod_container_spec *c = &s->container[i];

        if (strstr(key, "cpu") != NULL)
            sum += limits ? RX_MAX(c->cpu_milli, (int64_t)0) : c->asks.cpu_milli;
        else
            sum += 1000 * (limits ? RX_MAX(c->memory_bytes, (int64_t)0) : c->asks.memory);
    }
    return sum;
}

static bool is_in_scope(const struct st_quota_spec *q, const struct pod_spec *s)
{
    bool effort = false;

    for (uint32_t i = 0; i < s->container_count; i++)
        effort |= s->container[i].limits.count + s->container[i].requests.count > 0;
    for (uint32_t i = 0; i < q->scope_count; i++) {
        switch (q->scope[i].scope) {
        case ST_SCOPE_TERMINATING:
            if (s->active_deadline_s < 0)
                return false;
            break;
        case ST_SCOPE_NOT_TERMINATING:
            if (s->active_deadline_s >= 0)
                return false;
            break;
        case ST_SCOPE_BEST_EFFORT:
            if (effort)
                return false;
            break;
        default:
            if (!effort)
                return false;
            break;
        }
    }
    return true;
}

struct range {
    int64_t low, high;
};

static struct range used_by_pods(const struct census *x, const struct cluster_quota *q,
                                 const char *key)
{
    bool all = strcmp(key, "count/pods") == 0;
    struct range r = {0, 0};

    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i];
        const struct pod_spec *s = pod_spec_of(p->pod);
        int64_t use = strstr(key, "pods") != NULL ? 1000 : asked_of(s, key), late;

        if (p->gone || strcmp(s->ns, q->spec.ns) != 0 || !is_in_scope(&q->spec, s))
            continue;
        /* Deleted for longer than twice its grace period: its kubelet is gone. */
        late = p->pod->deleted_at + 2000 * (int64_t)p->pod->grace_s;
        if (!all && (p->over || (p->deleting && late + LATE_MS < x->now)))
            continue;
        r.high += use;
        r.low += all || !p->deleting || late > x->now ? use : 0;
    }
    return r;
}

static int64_t objects_of(const struct census *x, const char *ns, const char *key)
{
    static const struct {
        const char *key;
        enum st_kind kind;
        int sub;
    } row[] = {{"services", ST_SERVICE, -1},
               {"persistentvolumeclaims", ST_CLAIM, -1},
               {"count/replicasets.apps", ST_WORKLOAD, POD_WORKLOAD_REPLICASET},
               {"count/deployments.apps", ST_WORKLOAD, POD_WORKLOAD_DEPLOYMENT},
               {"count/statefulsets.apps", ST_WORKLOAD, POD_WORKLOAD_STATEFULSET},
               {"count/jobs.batch", ST_WORKLOAD, POD_WORKLOAD_JOB}};
    int64_t n = 0;

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        if (strcmp(row[i].key, key) != 0)
            continue;
        ST_EACH(l, x->c->store, row[i].kind) {
            const struct st_object *o = st_object_at(l);

            n += strcmp(o->ns, ns) == 0 && (row[i].sub < 0 || o->sub == row[i].sub);
        }
        return n;
    }
    return -1;
}

static void look_at_key(struct census *x, struct cluster_quota *q, uint32_t i)
{
    const char *key = q->spec.hard.pair[i].key;
    int64_t objects = objects_of(x, q->spec.ns, key);
    struct range want = {1000 * objects, 1000 * objects};
    int64_t used = (int64_t)(q->count[i].used.nano / 1000000),
            hard = (int64_t)(q->count[i].hard.nano / 1000000);
    struct census_note *n;
    bool fresh;

    if (objects < 0)
        want = used_by_pods(x, q, key);
    if (used < want.low || used > want.high)
        census_broken(x, "quota", "%s says %lld m of %s are used, and it is %lld to %lld",
                      q->spec.name, (long long)used, key, (long long)want.low,
                      (long long)want.high);
    n = census_note(x, key, q->object.meta.serial, &fresh);
    if (!fresh && used > n->value[0] && used > hard && n->value[1] == hard)
        census_broken(x, "quota", "%s: %s grows from %lld m to %lld m, and %lld m are allowed",
                      q->spec.name, key, (long long)n->value[0], (long long)used, (long long)hard);
    n->value[0] = used;
    n->value[1] = hard;
}

void census_quotas(struct census *x)
{
    ST_EACH(l, x->c->store, ST_QUOTA) {
        struct cluster_quota *q = rx_container_of(st_object_at(l), struct cluster_quota, object);

        for (uint32_t i = 0; x->settled && i < q->spec.hard.count; i++)
            look_at_key(x, q, i);
    }
}

/* ---- budgets --------------------------------------------------------------------------------- */

static const struct cluster_workload *scaled_of(const struct census *x, const struct census_pod *p)
{
    const struct cluster_workload *w = cluster_owner_of(x->c, p->pod);

    return w != NULL && w->controller != NULL &&
                   w->controller->spec.kind == POD_WORKLOAD_DEPLOYMENT
               ? w->controller : w;
}

/* The sum over the controllers of its pods, each once. False: some have no scale. */
static bool scale_of(const struct census *x, const struct cluster_budget *b, uint32_t *sum)
{
    *sum = 0;
    for (uint32_t i = 0; i < x->pods; i++) {
        const struct cluster_workload *w;
        bool seen = false;

        if (x->pod[i].gone || !pod_selected(&b->spec.selector, x->pod[i].pod))
            continue;
        w = scaled_of(x, &x->pod[i]);
        if (w == NULL && census_is_left_over(x->pod[i].pod))
            return false;
        if (w == NULL)
            continue;
        if (w->spec.kind == POD_WORKLOAD_JOB ||
            w->spec.kind == POD_WORKLOAD_DAEMONSET)
            return false;
        for (uint32_t k = 0; k < i; k++)
            seen |= !x->pod[k].gone && pod_selected(&b->spec.selector, x->pod[k].pod) &&
                    scaled_of(x, &x->pod[k]) == w;
        *sum += seen ? 0 : w->replicas;
    }
    return true;
}

static struct cluster_budget_status standing_of(const struct census *x,
                                                const struct cluster_budget *b, bool *known)
{
    struct cluster_budget_status s = {0};
    bool min = b->spec.kind == ST_BUDGET_MIN_AVAILABLE, counts = min && !b->spec.share.percent;
    uint32_t pods = 0, share, value = (uint32_t)b->spec.share.value;

    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i];

        if (p->gone || !pod_selected(&b->spec.selector, p->pod))
            continue;
        pods++;
        s.healthy += p->ready && !p->deleting;
    }
    *known = true;
    if (!counts)
        *known = scale_of(x, b, &pods);
    s.expected = pods;
    share = b->spec.share.percent ? (value * pods + 99) / 100 : value;
    s.desired = min ? share : pods > share ? pods - share : 0;
    s.allowed = s.healthy > s.desired && pods > 0 ? s.healthy - s.desired : 0;
    return s;
}

/* Pods that the API has let go since the instant before, and that counted then. */
static uint32_t evicted_from(struct census *x, const struct cluster_budget *b)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i], *was = census_before(x, p->id);
        const struct pod_extra *e = pod_extra_of(pod_container_at(p->pod, 0));

        n += was != NULL && was->ready && !was->deleting && p->deleting && e != NULL &&
             e->disrupted == POD_COND_REASON_BY_API && pod_selected(&b->spec.selector, p->pod);
    }
    return n;
}

static void look_at_budget(struct census *x, const struct cluster_budget *b)
{
    struct cluster_budget_status want, is = b->status;
    struct census_note *n;
    uint32_t evicted;
    bool known, fresh;

    if (!b->synced)
        return;
    want = standing_of(x, b, &known);
    if (known && x->settled && !b->work.dirty &&
        (is.healthy != want.healthy || is.desired != want.desired ||
         is.expected != want.expected || is.allowed != want.allowed))
        census_broken(x, "budget", "%s: %u healthy of %u, %u wanted, %u allowed; should be %u, %u, "
                      "%u, %u", b->spec.name, is.healthy, is.expected, is.desired, is.allowed,
                      want.healthy, want.expected, want.desired, want.allowed);
    n = census_note(x, census_budgets, b->object.meta.serial, &fresh);
    evicted = evicted_from(x, b);
    if (!fresh && known && evicted > n->value[0] && want.healthy < want.desired)
        census_broken(x, "budget", "%s: %u are evicted, %lld were allowed, and %u of %u are "
                      "healthy", b->spec.name, evicted, (long long)n->value[0], want.healthy,
                      want.desired);
    n->value[0] = is.allowed;
}

void census_budgets(struct census *x)
{
    ST_EACH(l, x->c->store, ST_BUDGET)
        look_at_budget(x, rx_container_of(st_object_at(l), struct cluster_budget, object));
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static bool tolerates_cordon(const struct pod_spec *s)
{
    for (uint32_t i = 0; i < s->toleration_count; i++) {
        const char *key = s->toleration[i].key;

        if (key == NULL || key[0] == '\0' || strcmp(key, "node.kubernetes.io/unschedulable") == 0)
            return true;
    }
    return false;
}

static void look_at_node(struct census *x, struct cluster_node *n)
{
    uint32_t standing = 0, bound = 0, beside = 0;
    int64_t cpu = 0;
    char name[POD_NAME_MAX];

    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i], *was = census_before(x, p->id);
        const struct pod_spec *s = pod_spec_of(p->pod);
        bool news;

        if (p->node < 0 || pod_node_of(p->pod) != n->pods_node || p->gone || p->over)
            continue;
        news = was == NULL || was->node < 0;
        standing++;
        cpu += asked_of(s, "requests.cpu");
        /* Who asks for nothing fits wherever others have been put by name. */
        bound += news && s->node_name == NULL && asked_of(s, "requests.cpu") > 0;
        beside += news && s->node_name != NULL;
        if (news && s->node_name == NULL && was != NULL && n->cordoned && !tolerates_cordon(s) &&
            !census_step(x, POD_STEP_CORDON, NULL, NULL, x->now) &&
            !census_step(x, POD_STEP_DRAIN, NULL, NULL, x->now))
            census_broken(x, "node", "%s is bound to %s, which is cordoned",
                          pod_name(p->pod, name), n->spec.name);
    }
    if (bound > 0 && beside == 0 && n->spec.allocatable.cpu_milli > 0 &&
        cpu > n->spec.allocatable.cpu_milli)
        census_broken(x, "node", "%s has %lld m of CPU, and %lld m are asked for", n->spec.name,
                      (long long)n->spec.allocatable.cpu_milli, (long long)cpu);
    if (x->settled && !n->gone && cpu != n->cpu)
        census_broken(x, "node", "%s: %lld m of CPU are taken, by %u pods that ask for %lld m",
                      n->spec.name, (long long)n->cpu, standing, (long long)cpu);
}

void census_nodes(struct census *x)
{
    for (uint32_t i = 0; x->c->nodes != NULL && i < x->c->nodes->count; i++) {
        struct cluster_node *n = x->c->nodes->at[i];

        x->lost |= n->gone || n->failed >= 0;
        look_at_node(x, n);
    }
}

/* ---- endpoints ------------------------------------------------------------------------------- */

static uint8_t bits_of(const struct cluster_service *s, const struct census_pod *p)
{
    uint8_t bits = CLUSTER_ENDPOINT_LISTED;

    if (p->gone || p->over || !p->there)
        return 0;
    if (p->ready)
        bits |= CLUSTER_ENDPOINT_SERVING;
    if (p->deleting)
        bits |= CLUSTER_ENDPOINT_TERMINATING;
    if (s->spec.publish_not_ready || (p->ready && !p->deleting))
        bits |= CLUSTER_ENDPOINT_READY;
    return bits;
}

static bool is_selected(const struct cluster_service *s, struct pod *p)
{
    for (uint32_t i = 0; i < s->spec.selector.count; i++) {
        const struct rx_pair *want = &s->spec.selector.pair[i];
        const struct pod_requirement one = {want->key, POD_SELECT_IN, 1, &want->value};
        const struct pod_selector selector = {true, 1, &one};

        if (!pod_selected(&selector, p))
            return false;
    }
    return s->spec.selector.count > 0 && strcmp(s->spec.ns, pod_spec_of(p)->ns) == 0;
}

/* What its slice should say of a pod, and since when. A pod has an address from its first sandbox
 * on. */
static uint8_t should_be(struct census *x, const struct cluster_service *s,
                         const struct census_pod *p, int64_t *since)
{
    bool fresh;
    struct census_note *n = census_note(x, s, p->id, &fresh);
    uint8_t bits;

    n->value[2] |= p->pod->conditions >> POD_COND_SANDBOX & 1;
    bits = n->value[2] && is_selected(s, p->pod) ? bits_of(s, p) : 0;
    if (fresh || n->value[0] != bits)
        n->value[1] = x->now;
    n->value[0] = bits;
    *since = n->value[1];
    return bits;
}

static void look_at_service(struct census *x, struct cluster_service *s)
{
    const struct pod_knobs *k = &x->ring->world.knobs;
    int64_t slice = k->slice_ms + k->controller_ms,
            chain = slice + k->proxy_watch_ms + 2 * k->proxy_program_ms + k->proxy_min_sync_ms +
                    k->controller_ms;
    char name[POD_NAME_MAX];

    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i];
        const struct cluster_endpoint *e = cluster_endpoint_of(x->c, s, p->id);
        int64_t since;
        uint8_t want = should_be(x, s, p, &since), is = e != NULL ? e->bits : 0;

        if (!x->idle)
            continue;
        if (x->now >= since + slice && (slice == 0 || x->now > since + slice) && is != want)
            census_broken(x, "endpoint", "%s: the slice of %s says %u, and it should be %u",
                          pod_name(p->pod, name), s->spec.name, is, want);
        /* One that goes to and fro in an instant keeps proxies busy for longer. */
        if (e != NULL && s->ip != 0 && x->now > since + chain && e->pending == 0 &&
            e->programmed[0] != want)
            census_broken(x, "endpoint", "%s: the proxy knows %u of %s, and it is %u",
                          pod_name(p->pod, name), e->programmed[0], s->spec.name, want);
    }
}

void census_endpoints(struct census *x)
{
    ST_EACH(l, x->c->store, ST_SERVICE) {
        struct cluster_service *s = cluster_service_of(st_object_at(l));

        if (s->spec.has_selector && !s->spec.external)
            look_at_service(x, s);
    }
}
