/* SPDX-License-Identifier: Apache-2.0 */
/* rule_quota.c - see rule_quota.h. */
#include "engine/store/rule_quota.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/store/affinity_spec.h"
#include "engine/store/rule_request.h"

/* ---- keys ------------------------------------------------------------------------------------ */

/* Kinds, as quotas name them: count/RESOURCE; some also by themselves. */
static const struct {
    const char *resource;
    uint8_t kind, sub;
    bool alone;
} resources[] = {
    {"services", ST_SERVICE, 0, true},
    {"configmaps", ST_CONFIG, 0, true},
    {"secrets", ST_CONFIG, 1, true},
    {"persistentvolumeclaims", ST_CLAIM, 0, true},
    {"resourcequotas", ST_QUOTA, 0, true},
    {"replicationcontrollers", ST_WORKLOAD, POD_WORKLOAD_CONTROLLER, true},
    {"limitranges", ST_LIMIT_RANGE, 0, false},
    {"deployments.apps", ST_WORKLOAD, POD_WORKLOAD_DEPLOYMENT, false},
    {"replicasets.apps", ST_WORKLOAD, POD_WORKLOAD_REPLICASET, false},
    {"statefulsets.apps", ST_WORKLOAD, POD_WORKLOAD_STATEFULSET, false},
    {"daemonsets.apps", ST_WORKLOAD, POD_WORKLOAD_DAEMONSET, false},
    {"jobs.batch", ST_WORKLOAD, POD_WORKLOAD_JOB, false},
    {"cronjobs.batch", ST_WORKLOAD, POD_WORKLOAD_CRONJOB, false},
    {"horizontalpodautoscalers.autoscaling", ST_HPA, 0, false},
    {"poddisruptionbudgets.policy", ST_BUDGET, 0, false},
    {"ingresses.networking.k8s.io", ST_INGRESS, 0, false},
    {"endpointslices.discovery.k8s.io", ST_SLICE, 0, false},
};

const char *st_quota_resource(uint8_t kind, uint8_t sub)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(resources); i++)
        if (resources[i].kind == kind && resources[i].sub == sub)
            return resources[i].resource;
    return NULL;
}

static bool object_key(const char *name, bool counted, struct st_quota_key *out)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(resources); i++) {
        if ((!counted && !resources[i].alone) || strcmp(resources[i].resource, name) != 0)
            continue;
        *out = (struct st_quota_key){.what = ST_QUOTA_OBJECTS,
                                          .kind = resources[i].kind, .sub = resources[i].sub};
        return true;
    }
    return false;
}

static bool is_computed(const char *name)
{
    return strcmp(name, "cpu") == 0 || strcmp(name, "memory") == 0 ||
           strcmp(name, "ephemeral-storage") == 0;
}

/* "fast.storageclass.storage.k8s.io/requests.storage" */
static bool class_key(const char *key, struct st_quota_key *out)
{
    static const char group[] = ".storageclass.storage.k8s.io/";
    const char *at = strstr(key, group), *what = at != NULL ? at + sizeof(group) - 1 : "";

    if (strcmp(what, "requests.storage") != 0 && strcmp(what, "persistentvolumeclaims") != 0)
        return false;
    *out = (struct st_quota_key){.what = what[0] == 'r' ? ST_QUOTA_STORAGE : ST_QUOTA_CLAIMS,
                                 .resource = key, .length = (size_t)(at - key)};
    return true;
}

struct st_quota_key st_quota_key(const char *key)
{
    struct st_quota_key out = {.what = ST_QUOTA_UNKNOWN};

    if (class_key(key, &out))
        return out;

    if (strcmp(key, "pods") == 0)
        out.what = ST_QUOTA_PODS;
    else if (strcmp(key, "count/pods") == 0)
        out.what = ST_QUOTA_ALL_PODS;
    else if (strcmp(key, "services.nodeports") == 0)
        out.what = ST_QUOTA_NODE_PORTS;
    else if (strcmp(key, "services.loadbalancers") == 0)
        out.what = ST_QUOTA_BALANCERS;
    else if (strcmp(key, "requests.storage") == 0)
        out.what = ST_QUOTA_STORAGE;
    else if (is_computed(key) || strncmp(key, "hugepages-", 10) == 0)
        out = (struct st_quota_key){.what = ST_QUOTA_REQUESTS, .resource = key};
    else if (strncmp(key, "requests.", 9) == 0)
        out = (struct st_quota_key){.what = ST_QUOTA_REQUESTS, .resource = key + 9};
    else if (strncmp(key, "limits.", 7) == 0 && is_computed(key + 7))
        out = (struct st_quota_key){.what = ST_QUOTA_LIMITS, .resource = key + 7};
    else if (strncmp(key, "count/", 6) == 0)
        object_key(key + 6, true, &out);
    else
        object_key(key, false, &out);
    return out;
}

bool st_quota_claim(const struct st_quota_key *key, const struct st_claim_spec *claim,
                    const char *class_name, struct st_quantity *out)
{
    if ((key->what != ST_QUOTA_STORAGE && key->what != ST_QUOTA_CLAIMS) ||
        (key->resource != NULL && (strlen(class_name) != key->length ||
                                   memcmp(class_name, key->resource, key->length) != 0)))
        return false;
    *out = key->what == ST_QUOTA_STORAGE
               ? claim->size
               : (struct st_quantity){.nano = 1000000000, .form = ST_QUANTITY_DECIMAL};
    return true;
}

/* ---- scopes ---------------------------------------------------------------------------------- */

static bool class_fits(const struct st_scope *s, const char *class)
{
    bool has = class != NULL && class[0] != '\0', in = false;

    for (uint32_t i = 0; has && i < s->count; i++)
        in |= strcmp(s->value[i], class) == 0;
    switch (s->op) {
    case POD_SELECT_IN:
        return in;
    case POD_SELECT_NOT_IN:
        return !in;
    case POD_SELECT_EXISTS:
        return has;
    default:
        return !has;
    }
}

/* Does one of its affinities speak of other namespaces than its own? */
static bool crosses(const struct pod_spec *pod)
{
    const struct pod_affinity_spec *a = pod->affinity;
    const struct {
        uint32_t count;
        const struct pod_pod_term *term;
    } list[] = {
        {a != NULL ? a->near_count : 0, a != NULL ? a->near : NULL},
        {a != NULL ? a->near_soft_count : 0, a != NULL ? a->near_soft : NULL},
        {a != NULL ? a->apart_count : 0, a != NULL ? a->apart : NULL},
        {a != NULL ? a->apart_soft_count : 0, a != NULL ? a->apart_soft : NULL},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(list); i++)
        for (uint32_t k = 0; k < list[i].count; k++)
            if (list[i].term[k].ns_count > 0 || list[i].term[k].ns_selector.present)
                return true;
    return false;
}

bool st_quota_fits(const struct st_quota_spec *q, const struct pod_spec *pod,
                        const char *priority_class)
{
    for (uint32_t i = 0; i < q->scope_count; i++) {
        bool fits = false;

        switch (q->scope[i].scope) {
        case ST_SCOPE_TERMINATING:
            fits = pod->active_deadline_s >= 0;
            break;
        case ST_SCOPE_NOT_TERMINATING:
            fits = pod->active_deadline_s < 0;
            break;
        case ST_SCOPE_BEST_EFFORT:
            fits = st_qos_of(pod) == ST_QOS_BEST_EFFORT;
            break;
        case ST_SCOPE_NOT_BEST_EFFORT:
            fits = st_qos_of(pod) != ST_QOS_BEST_EFFORT;
            break;
        case ST_SCOPE_PRIORITY_CLASS:
            fits = class_fits(&q->scope[i], priority_class);
            break;
        case ST_SCOPE_CROSS_AFFINITY:
            fits = crosses(pod);
            break;
        case ST_SCOPE_ATTRIBUTES_CLASS: /* of claims only */
            break;
        }
        if (!fits)
            return false;
    }
    return true;
}

/* ---- pods ------------------------------------------------------------------------------------ */

static bool one(struct st_quantity *out)
{
    *out = (struct st_quantity){.nano = 1000000000, .form = ST_QUANTITY_DECIMAL};
    return true;
}

bool st_quota_use(const struct st_quota_key *key, const struct pod_spec *pod,
                       struct st_quantity *out)
{
    switch (key->what) {
    case ST_QUOTA_PODS:
    case ST_QUOTA_ALL_PODS:
        return one(out);
    case ST_QUOTA_REQUESTS:
    case ST_QUOTA_LIMITS:
        return st_request_sum(pod, key->what == ST_QUOTA_REQUESTS, key->resource, out);
    default:
        return false;
    }
}

/* Is it said of a container what the key wants to know? */
static bool states(const struct st_quota_key *key, const struct pod_spec *pod,
                   const struct pod_container_spec *c)
{
    bool requests = key->what == ST_QUOTA_REQUESTS;
    struct st_quantity q;

    return st_amount_text(requests ? &pod->requests : &pod->limits, key->resource, &q) ||
           st_amount_text(requests ? &c->requests : &c->limits, key->resource, &q);
}

static bool is_stated_by_all(const struct st_quota_key *key)
{
    return (key->what == ST_QUOTA_REQUESTS || key->what == ST_QUOTA_LIMITS) &&
           (strcmp(key->resource, "cpu") == 0 || strcmp(key->resource, "memory") == 0);
}

/* The next one by name after `last`. */
static const char *next_silent(const struct st_quota_key *key, const struct pod_spec *pod,
                               const char *last)
{
    const char *least = NULL;

    for (uint32_t i = 0; i < pod->container_count; i++) {
        const char *name = pod->container[i].name;

        if (!states(key, pod, &pod->container[i]) && (last == NULL || strcmp(name, last) > 0) &&
            (least == NULL || strcmp(name, least) < 0))
            least = name;
    }
    return least;
}

bool st_quota_unstated(const struct st_quota_spec *q, const struct pod_spec *pod,
                            struct rx_fit *why)
{
    bool any = false;

    for (uint32_t i = 0; i < q->hard.count; i++) {
        struct st_quota_key key = st_quota_key(q->hard.pair[i].key);
        const char *name = is_stated_by_all(&key) ? next_silent(&key, pod, NULL) : NULL;

        if (name == NULL)
            continue;
        rx_fit_str(why, any ? "; " : "must specify ");
        rx_fit_str(why, q->hard.pair[i].key);
        rx_fit_str(why, " for: ");
        rx_fit_str(why, name);
        while ((name = next_silent(&key, pod, name)) != NULL) {
            rx_fit_str(why, ",");
            rx_fit_str(why, name);
        }
        any = true;
    }
    return any;
}

/* ---- sums ------------------------------------------------------------------------------------ */

static bool is_too_much(const struct st_quota_count *n)
{
    struct st_quantity sum = n->used;

    st_quantity_add(&sum, &n->asked);
    return n->asked.nano > 0 && sum.nano > n->hard.nano;
}

static void list(const struct st_quota_spec *q, const struct st_quota_count *count,
                 const char *title, size_t at, struct rx_fit *t)
{
    bool first = true;

    rx_fit_str(t, title);
    for (uint32_t i = 0; i < q->hard.count; i++) {
        struct st_quantity amount;
        char text[ST_QUANTITY_TEXT];

        if (!is_too_much(&count[i]))
            continue;
        memcpy(&amount, (const char *)&count[i] + at, sizeof(amount));
        st_quantity_text(&amount, text);
        rx_fit_str(t, first ? " " : ",");
        rx_fit_str(t, q->hard.pair[i].key);
        rx_fit_str(t, "=");
        rx_fit_str(t, text);
        first = false;
    }
}

bool st_quota_exceeds(const struct st_quota_spec *q, const struct st_quota_count *count,
                           struct rx_fit *why)
{
    uint32_t i = 0;

    while (i < q->hard.count && !is_too_much(&count[i]))
        i++;
    if (i == q->hard.count)
        return false;
    rx_fit_str(why, "exceeded quota: ");
    rx_fit_str(why, q->name);
    list(q, count, ", requested:", offsetof(struct st_quota_count, asked), why);
    list(q, count, ", used:", offsetof(struct st_quota_count, used), why);
    list(q, count, ", limited:", offsetof(struct st_quota_count, hard), why);
    return true;
}
