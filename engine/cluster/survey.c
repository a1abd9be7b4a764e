/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey.c - one pod against all nodes. What its terms count is summed up by domain first, class by
 * class; then each node is one question to rule_fit.
 */
#include "engine/cluster/node.h"

#include <string.h>

#include "engine/reactor/err.h"

/* ---- who is meant by a term ------------------------------------------------------------------ */

static bool in_namespaces(const struct pod_pod_term *t, const char *own, const char *ns)
{
    /* All that is known of a namespace here is its name. */
    struct rx_pair name = {"kubernetes.io/metadata.name", ns};
    struct pod_labels labels = {1, &name};

    if (t->ns_count == 0 && !t->ns_selector.present)
        return strcmp(own, ns) == 0;
    for (uint32_t i = 0; i < t->ns_count; i++)
        if (strcmp(t->ns[i], ns) == 0)
            return true;
    return t->ns_selector.present && pod_selector_matches(&t->ns_selector, &labels);
}

/* Keys whose values are the same in both (or are not), as far as the one has them. */
static bool keys_hold(uint32_t count, const char *const *key, bool same,
                      const struct pod_spec *whose, const struct pod_spec *other)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *mine = st_label(&whose->labels, key[i]);
        const char *yours = st_label(&other->labels, key[i]);

        if (mine != NULL && (yours != NULL && strcmp(mine, yours) == 0) != same)
            return false;
    }
    return true;
}

static bool term_matches(const struct pod_pod_term *t, const struct pod_spec *whose,
                         const struct pod_spec *other)
{
    return in_namespaces(t, whose->ns, other->ns) &&
           pod_selector_matches(&t->selector, &other->labels) &&
           keys_hold(t->key_count, t->key, true, whose, other) &&
           keys_hold(t->mismatch_count, t->mismatch, false, whose, other);
}

static bool spread_matches(const struct pod_spread_spec *s, const struct pod_spec *whose,
                           const struct pod_spec *other)
{
    return strcmp(whose->ns, other->ns) == 0 &&
           pod_selector_matches(&s->selector, &other->labels) &&
           keys_hold(s->key_count, s->key, true, whose, other);
}

static bool near_matches(const struct pod_affinity_spec *a, const struct pod_spec *whose,
                         const struct pod_spec *other)
{
    for (uint32_t i = 0; i < a->near_count; i++)
        if (!term_matches(&a->near[i], whose, other))
            return false;
    return true;
}

/* ---- sums ------------------------------------------------------------------------------------ */

/* Adds, by domain, the pods of a class. */
static void add_class(const struct cluster_class *y, const struct cluster_topology *t,
                      uint32_t *sum, bool staying)
{
    for (uint32_t i = 0; i < y->on.room; i++) {
        const struct cluster_tally_slot *s = &y->on.slot[i];
        uint32_t d = s->node != 0 ? t->domain[s->node - 1] : CLUSTER_NO_DOMAIN;

        if (d != CLUSTER_NO_DOMAIN)
            sum[d] += staying ? s->pods - s->going : s->pods;
    }
}

/* From sums by domain to one entry a node. */
static uint32_t *by_node(struct cluster_survey *s, const struct cluster_topology *t,
                         const uint32_t *sum)
{
    uint32_t *out = rx_arena_alloc(&s->scratch, (s->nodes + 1) * sizeof(*out));

    for (uint32_t i = 0; out != NULL && i < s->nodes; i++)
        out[i] = t->domain[i] != CLUSTER_NO_DOMAIN ? sum[t->domain[i]] : 0;
    return out;
}

typedef bool matches_fn(const struct cluster_survey *s, uint32_t term, const struct pod_spec *y);

static bool is_near(const struct cluster_survey *s, uint32_t term, const struct pod_spec *y)
{
    (void)term;
    return near_matches(s->class->spec->affinity, s->class->spec, y);
}

static bool is_apart(const struct cluster_survey *s, uint32_t term, const struct pod_spec *y)
{
    return term_matches(&s->class->spec->affinity->apart[term], s->class->spec, y);
}

static uint32_t *sum_of(struct cluster_survey *s, const char *key, uint32_t term, matches_fn *match)
{
    struct cluster_topology *t = cluster_topology(s->cluster, key);
    uint32_t *sum;

    if (t == NULL)
        return NULL;
    sum = rx_arena_alloc(&s->scratch, (t->domains + 1) * sizeof(*sum));
    if (sum == NULL)
        return NULL;
    for (struct cluster_class *y = s->cluster->nodes->classes; y != NULL; y = y->next)
        if (y->standing > 0 && match(s, term, y->spec))
            add_class(y, t, sum, false);
    for (uint32_t d = 0; match == is_near && d < t->domains; d++)
        s->near_total += sum[d];
    return by_node(s, t, sum);
}

/* Does the node take part in a spread constraint? */
static bool counted(const struct cluster_survey *s, const struct pod_spread_spec *spread,
                    const struct cluster_node *n)
{
    const struct pod_affinity_spec *a = s->class->spec->affinity;
    const uint32_t hard = 1u << ST_TAINT_NO_SCHEDULE | 1u << ST_TAINT_NO_EXECUTE;

    for (uint32_t i = 0; i < a->spread_count; i++)
        if (a->spread[i].hard == spread->hard &&
            st_label(&n->spec.labels, a->spread[i].topology) == NULL)
            return false;
    if (!spread->ignores_affinity && !st_selects_node(s->class->spec, &n->spec))
        return false;
    return !spread->honors_taints ||
           st_untolerated(s->class->spec, n->taints, n->taint, hard) == NULL;
}

static uint32_t *spread_sum(struct cluster_survey *s, uint32_t term)
{
    const struct pod_spread_spec *spread = &s->class->spec->affinity->spread[term];
    struct cluster_nodes *k = s->cluster->nodes;
    struct cluster_topology *t = cluster_topology(s->cluster, spread->topology);
    uint32_t *matching = rx_arena_alloc(&s->scratch, (s->nodes + 1) * sizeof(*matching));
    bool *part = rx_arena_alloc(&s->scratch, s->nodes + 1);
    struct cluster_spread_in in = {.nodes = s->nodes, .matching = matching, .counted = part};
    uint32_t *sum;

    if (t == NULL || matching == NULL || part == NULL)
        return NULL;
    sum = rx_arena_alloc(&s->scratch, (t->domains + 1) * sizeof(*sum));
    if (sum == NULL)
        return NULL;
    in.domains = t->domains;
    in.domain = t->domain;
    for (uint32_t i = 0; i < s->nodes; i++)
        part[i] = !k->at[i]->gone && counted(s, spread, k->at[i]);
    for (struct cluster_class *y = k->classes; y != NULL; y = y->next) {
        if (y->standing == 0 || !spread_matches(spread, s->class->spec, y->spec))
            continue;
        for (uint32_t i = 0; i < y->on.room; i++)
            if (y->on.slot[i].node != 0)
                matching[y->on.slot[i].node - 1] += y->on.slot[i].pods - y->on.slot[i].going;
    }
    s->spread_of[term] = cluster_spread(&in, sum);
    for (uint32_t d = 0; d < t->domains; d++)
        sum[d] = sum[d] == UINT32_MAX ? 0 : sum[d];
    return by_node(s, t, sum);
}

/* Pods that want nobody like this one near them. */
static uint32_t *others_sum(struct cluster_survey *s)
{
    uint32_t *all = rx_arena_alloc(&s->scratch, (s->nodes + 1) * sizeof(*all));

    for (struct cluster_class *y = s->cluster->nodes->apart; y != NULL && all != NULL;
         y = y->apart) {
        for (uint32_t i = 0; y->standing > 0 && i < y->spec->affinity->apart_count; i++) {
            const struct pod_pod_term *term = &y->spec->affinity->apart[i];
            struct cluster_topology *t = cluster_topology(s->cluster, term->topology);
            uint32_t *sum;

            if (!term_matches(term, y->spec, s->class->spec))
                continue;
            sum = t != NULL ? rx_arena_alloc(&s->scratch, (t->domains + 1) * sizeof(*sum)) : NULL;
            if (sum == NULL)
                return NULL;
            add_class(y, t, sum, false);
            for (uint32_t n = 0; n < s->nodes; n++)
                all[n] += t->domain[n] != CLUSTER_NO_DOMAIN ? sum[t->domain[n]] : 0;
        }
    }
    return all;
}

static int sum_up(struct cluster_survey *s)
{
    const struct pod_affinity_spec *a = s->class->spec->affinity;

    s->counting = a != NULL || s->cluster->nodes->apart != NULL;
    if (!s->counting)
        return 0;
    s->others = others_sum(s);
    if (s->others == NULL)
        return -RX_ENOMEM;
    if (a == NULL)
        return 0;
    for (uint32_t i = 0; i < a->near_count; i++)
        if ((s->near[i] = sum_of(s, a->near[i].topology, i, is_near)) == NULL)
            return -RX_ENOMEM;
    for (uint32_t i = 0; i < a->apart_count; i++)
        if ((s->apart[i] = sum_of(s, a->apart[i].topology, i, is_apart)) == NULL)
            return -RX_ENOMEM;
    for (uint32_t i = 0; i < a->spread_count; i++)
        if ((s->spread[i] = spread_sum(s, i)) == NULL)
            return -RX_ENOMEM;
    return 0;
}

/* ---- one node -------------------------------------------------------------------------------- */

static void count_for(struct cluster_survey *s, const struct cluster_node *n)
{
    const struct pod_affinity_spec *a = s->class->spec->affinity;
    struct cluster_around *out = &s->counts;

    out->others = s->others[n->index];
    if (a == NULL)
        return;
    for (uint32_t i = 0; i < a->near_count; i++)
        out->near[i] = s->near[i][n->index];
    for (uint32_t i = 0; i < a->apart_count; i++)
        out->apart[i] = s->apart[i][n->index];
    out->near_total = s->near_total;
    out->near_self = near_matches(a, s->class->spec, s->class->spec);
    out->spread_self = 0;
    for (uint32_t i = 0; i < a->spread_count; i++) {
        const struct cluster_topology *t = cluster_topology(s->cluster, a->spread[i].topology);

        out->spread[i] = s->spread[i][n->index];
        out->spread_rest[i] = cluster_spread_rest(&s->spread_of[i], t->domain[n->index],
                                                  (uint32_t)a->spread[i].min_domains);
        out->spread_self |=
            (uint32_t)spread_matches(&a->spread[i], s->class->spec, s->class->spec) << i;
    }
}

static bool same_port(const struct pod_spec *a, const struct pod_port_spec *x,
                      const struct pod_spec *b, const struct pod_port_spec *y)
{
    uint16_t p = x->host != 0 ? x->host : a->host_network ? x->number : 0;
    uint16_t q = y->host != 0 ? y->host : b->host_network ? y->number : 0;
    bool any = x->host_ip == NULL || y->host_ip == NULL || strcmp(x->host_ip, "0.0.0.0") == 0 ||
               strcmp(y->host_ip, "0.0.0.0") == 0;

    return p != 0 && p == q && strcmp(x->protocol, y->protocol) == 0 &&
           (any || strcmp(x->host_ip, y->host_ip) == 0);
}

static bool ports_clash(const struct cluster_class *a, const struct cluster_class *b)
{
    const struct pod_spec *x = a->spec, *y = b->spec;

    if (!a->holds_ports || !b->holds_ports)
        return false;
    for (uint32_t i = 0; i < x->container_count; i++)
        for (uint32_t k = 0; k < x->container[i].port_count; k++)
            for (uint32_t m = 0; m < y->container_count; m++)
                for (uint32_t n = 0; n < y->container[m].port_count; n++)
                    if (same_port(x, &x->container[i].port[k], y, &y->container[m].port[n]))
                        return true;
    return false;
}

/* Room that pods of at least this priority wait for on a node is not to be had. */
static void add_nominated(const struct cluster_survey *s, const struct cluster_node *n,
                          struct cluster_use *use)
{
    const struct cluster_nodes *k = s->cluster->nodes;

    for (uint32_t i = 0; k->nominated > 0 && i < k->idle + k->active; i++) {
        const struct cluster_pending *e = i < k->idle ? k->waiting[i] : k->queue[i - k->idle];

        if (e == s->self || e->nominated != n->index + 1 ||
            e->class->priority < s->class->priority)
            continue;
        use->cpu_milli += e->class->asks.cpu_milli;
        use->memory += e->class->asks.memory;
        use->storage += e->class->asks.storage;
        use->pods++;
    }
}

void cluster_survey_in(struct cluster_survey *s, struct cluster_node *n, struct cluster_fit_in *in)
{
    struct cluster_nodes *k = s->cluster->nodes;

    *in = (struct cluster_fit_in){
        .pod = s->class->spec,
        .asks = &s->class->asks,
        .only = s->only != 0 ? k->at[s->only - 1]->spec.name : NULL,
        .node = &n->spec,
        .taint_count = n->taints,
        .taint = n->taint,
        .cordoned = n->cordoned,
    };
    cluster_use_of(n, &in->use);
    add_nominated(s, n, &in->use);
    for (uint32_t i = 0; s->class->holds_ports && i < n->standing; i++)
        in->use.ports += ports_clash(s->class, n->stands[i].class);
    if (s->counting) {
        count_for(s, n);
        in->counts = &s->counts;
    }
}

void cluster_survey_victim(struct cluster_survey *s, struct cluster_node *n,
                           const struct cluster_standing *who, struct cluster_victim *out)
{
    const struct pod_spec *spec = s->class->spec, *other = who->class->spec;
    const struct pod_affinity_spec *a = spec->affinity, *b = other->affinity;
    const struct pod *p = pod_get(s->cluster->world, who->id);

    *out = (struct cluster_victim){.priority = who->class->priority,
                                   .asks = &who->class->asks,
                                   .started = p != NULL ? p->created_at : 0,
                                   .number = who->id};
    out->port = ports_clash(s->class, who->class);
    for (uint32_t i = 0; b != NULL && i < b->apart_count; i++)
        out->others += st_label(&n->spec.labels, b->apart[i].topology) != NULL &&
                       term_matches(&b->apart[i], other, spec);
    if (a == NULL)
        return;
    for (uint32_t i = 0; i < a->spread_count; i++)
        out->spread |=
            (uint32_t)(!who->going && spread_matches(&a->spread[i], spec, other)) << i;
    for (uint32_t i = 0; i < a->near_count; i++)
        out->near |= (uint32_t)near_matches(a, spec, other) << i;
    for (uint32_t i = 0; i < a->apart_count; i++)
        out->apart |= (uint32_t)term_matches(&a->apart[i], spec, other) << i;
}

/* ---- all nodes ------------------------------------------------------------------------------- */

int cluster_survey_open(struct cluster_survey *s, struct cluster *c, struct cluster_class *class,
                        const struct cluster_pending *self)
{
    struct cluster_nodes *k = c->nodes;

    memset(s, 0, sizeof(*s));
    s->cluster = c;
    s->class = class;
    s->self = self;
    s->only = self->only;
    s->nodes = k->count;
    rx_arena_init(&s->scratch, c->world->mem);
    s->fit = rx_arena_alloc(&s->scratch, (s->nodes + 1) * sizeof(*s->fit));
    if (s->fit == NULL || sum_up(s) != 0) {
        rx_arena_fini(&s->scratch);
        return -RX_ENOMEM;
    }
    for (uint32_t i = 0; i < s->nodes; i++) {
        struct cluster_fit_in in;

        if (k->at[i]->gone)
            continue;
        cluster_survey_in(s, k->at[i], &in);
        s->fit[i] = cluster_fit(&in);
    }
    return 0;
}

void cluster_survey_close(struct cluster_survey *s)
{
    rx_arena_fini(&s->scratch);
}

/* ---- the best -------------------------------------------------------------------------------- */

static uint32_t avoids(const struct cluster_survey *s, const struct cluster_node *n)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < n->taints; i++)
        count += n->taint[i].effect == ST_TAINT_PREFER_NO_SCHEDULE &&
                 !st_tolerated(s->class->spec, &n->taint[i]);
    return count;
}

/* Pods around it whose company is sought or shunned. */
static int64_t company(struct cluster_survey *s, const struct cluster_node *n)
{
    const struct pod_affinity_spec *a = s->class->spec->affinity;
    int64_t sum = 0;

    for (uint32_t kind = 0; kind < 2; kind++) {
        uint32_t count = kind == 0 ? a->near_soft_count : a->apart_soft_count;

        for (uint32_t i = 0; i < count; i++) {
            const struct pod_pod_term *term = kind == 0 ? &a->near_soft[i] : &a->apart_soft[i];
            struct cluster_topology *t = cluster_topology(s->cluster, term->topology);
            uint32_t d = t != NULL ? t->domain[n->index] : CLUSTER_NO_DOMAIN;

            for (struct cluster_class *y = s->cluster->nodes->classes;
                 d != CLUSTER_NO_DOMAIN && y != NULL; y = y->next) {
                if (y->standing == 0 || !term_matches(term, s->class->spec, y->spec))
                    continue;
                for (uint32_t j = 0; j < y->on.room; j++)
                    if (y->on.slot[j].node != 0 && t->domain[y->on.slot[j].node - 1] == d)
                        sum += (int64_t)y->on.slot[j].pods * term->weight * (kind == 0 ? 1 : -1);
            }
        }
    }
    return sum;
}

static void raw_of(struct cluster_survey *s, const struct cluster_node *n, const uint32_t *zone,
                   struct cluster_score_raw *out)
{
    const struct pod_affinity_spec *a = s->class->spec->affinity;

    *out = (struct cluster_score_raw){.avoid = avoids(s, n)};
    for (uint32_t i = 0; a != NULL && i < a->node_soft_count; i++)
        if (st_node_term_matches(&a->node_soft[i], &n->spec))
            out->wanted += a->node_soft[i].weight;
    if (a != NULL)
        out->company = company(s, n);
    if (a != NULL && a->spread_count > 0) {
        for (uint32_t i = 0; i < a->spread_count; i++)
            if (!a->spread[i].hard)
                out->host += s->spread[i][n->index];
    } else if (s->class->owned) {
        out->host = cluster_tally_of(&s->class->on, n->index);
        out->zone = n->zone != 0 ? zone[n->zone] : 0;
    }
}

static uint32_t *zone_sums(struct cluster_survey *s, struct cluster_score_range *range)
{
    struct cluster_nodes *k = s->cluster->nodes;
    const struct pod_affinity_spec *a = s->class->spec->affinity;
    uint32_t *sum = rx_arena_alloc(&s->scratch, (k->zones + 1) * sizeof(*sum));

    if (sum == NULL || !s->class->owned || (a != NULL && a->spread_count > 0))
        return sum;
    for (uint32_t i = 0; i < s->class->on.room; i++) {
        const struct cluster_tally_slot *slot = &s->class->on.slot[i];

        if (slot->node != 0)
            sum[k->at[slot->node - 1]->zone] += slot->pods;
    }
    sum[0] = 0;
    for (uint32_t z = 1; z <= k->zones; z++)
        range->zone = RX_MAX(range->zone, sum[z]);
    range->host = s->class->most;
    return sum;
}

int32_t cluster_room_score(const struct cluster_class *class, const struct cluster_node *n)
{
    struct cluster_score_room room = {
        .limited = n->spec.limited,
        .cpu_all = n->spec.allocatable.cpu_milli,
        .memory_all = n->spec.allocatable.memory,
        .cpu_used = n->cpu,
        .memory_used = n->memory_used,
        .cpu_taken = n->cpu_taken,
        .memory_taken = n->memory_taken,
        .pods = n->standing,
    };

    return cluster_score_room(&room, &class->asks, &class->taken);
}

struct cluster_node *cluster_survey_best(struct cluster_survey *s)
{
    struct cluster_nodes *k = s->cluster->nodes;
    struct cluster_score_range range = cluster_score_range_none();
    struct cluster_score_raw *raw = rx_arena_alloc(&s->scratch, (s->nodes + 1) * sizeof(*raw));
    uint32_t *zone = zone_sums(s, &range);
    struct cluster_node *best = NULL;
    int32_t most = -1;

    if (raw == NULL || zone == NULL)
        return NULL;
    for (uint32_t i = 0; i < s->nodes; i++) {
        if (k->at[i]->gone || s->fit[i].fit != CLUSTER_FITS)
            continue;
        raw_of(s, k->at[i], zone, &raw[i]);
        cluster_score_see(&range, &raw[i]);
    }
    for (uint32_t i = 0; i < s->nodes; i++) {
        int32_t score;

        if (k->at[i]->gone || s->fit[i].fit != CLUSTER_FITS)
            continue;
        score = cluster_score_rest(&range, &raw[i], k->zones > 0) +
                cluster_room_score(s->class, k->at[i]);
        if (score > most) {
            most = score;
            best = k->at[i];
        }
    }
    return best;
}
