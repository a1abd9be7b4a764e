/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpa_metric.c - what one metric of an autoscaler proposes. The words of what goes wrong are those
 * of Kubernetes, layer by layer.
 */
#include "engine/cluster/hpa.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_average(const struct st_hpa_metric *m)
{
    return m->target == ST_HPA_AVERAGE_VALUE;
}

static void name_metric(const struct st_hpa_metric *m, struct cluster_hpa_answer *out)
{
    switch (m->source) {
    case ST_HPA_RESOURCE:
        snprintf(out->name, sizeof(out->name), "%s resource%s", m->name,
                 is_average(m) ? "" : " utilization (percentage of request)");
        break;
    case ST_HPA_CONTAINER_RESOURCE:
        snprintf(out->name, sizeof(out->name), "%s container resource%s", m->name,
                 is_average(m) ? "" : " utilization (percentage of request)");
        break;
    case ST_HPA_PODS:
        snprintf(out->name, sizeof(out->name), "pods metric %s", m->name);
        break;
    case ST_HPA_OBJECT:
        snprintf(out->name, sizeof(out->name), "%s metric %s", m->object_kind, m->name);
        break;
    case ST_HPA_EXTERNAL:
        snprintf(out->name, sizeof(out->name), "external metric %s(%s)", m->name, m->selector);
        break;
    }
}

static void tell_whole(const struct st_hpa_metric *m, struct cluster_hpa_answer *out)
{
    char *to = out->whole;
    size_t room = sizeof(out->whole);

    switch (m->source) {
    case ST_HPA_RESOURCE:
        snprintf(to, room, "failed to get %s resource metric value: %s", m->name, out->why);
        break;
    case ST_HPA_CONTAINER_RESOURCE:
        snprintf(to, room, "failed to get %s container metric value: %s", m->container, out->why);
        break;
    case ST_HPA_PODS:
        snprintf(to, room, "failed to get pods metric value: %s", out->why);
        break;
    case ST_HPA_OBJECT:
        snprintf(to, room,
                 is_average(m) ? "failed to get object metric value: failed to get %s object "
                                 "metric: %s"
                               : "failed to get object metric value: %.0s%s",
                 m->name, out->why);
        break;
    case ST_HPA_EXTERNAL:
        snprintf(to, room,
                 is_average(m) ? "failed to get external metric value: failed to get %s external "
                                 "metric: %s"
                               : "failed to get external metric value: failed to get external "
                                 "metric %s: %s",
                 m->name, out->why);
        break;
    }
}

static void fail(const struct st_hpa_metric *m, struct cluster_hpa_answer *out, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

static void fail(const struct st_hpa_metric *m, struct cluster_hpa_answer *out, const char *format,
                 ...)
{
    static const struct {
        enum pod_event_kind event;
        const char *reason;
    } row[] = {
        [ST_HPA_RESOURCE] = {ST_EVENT_FAILED_RESOURCE_METRIC, "FailedGetResourceMetric"},
        [ST_HPA_CONTAINER_RESOURCE] = {ST_EVENT_FAILED_CONTAINER_METRIC,
                                       "FailedGetContainerResourceMetric"},
        [ST_HPA_PODS] = {ST_EVENT_FAILED_PODS_METRIC, "FailedGetPodsMetric"},
        [ST_HPA_OBJECT] = {ST_EVENT_FAILED_OBJECT_METRIC, "FailedGetObjectMetric"},
        [ST_HPA_EXTERNAL] = {ST_EVENT_FAILED_EXTERNAL_METRIC, "FailedGetExternalMetric"},
    };
    char inner[CLUSTER_HPA_TEXT / 2];
    va_list args;

    va_start(args, format);
    vsnprintf(inner, sizeof(inner), format, args);
    va_end(args);
    out->valid = false;
    out->event = row[m->source].event;
    out->reason = row[m->source].reason;
    if (m->source <= ST_HPA_CONTAINER_RESOURCE)
        snprintf(out->why, sizeof(out->why), "failed to get %s %s: %s", m->name,
                 is_average(m) ? "usage" : "utilization", inner);
    else
        snprintf(out->why, sizeof(out->why), "%s", inner);
    tell_whole(m, out);
}

/* ---- of pods --------------------------------------------------------------------------------- */

static int64_t request_named(const struct pod_amounts *asks, const char *resource)
{
    const int64_t unit = 1000;

    if (strcmp(resource, "cpu") == 0)
        return asks->cpu_milli;
    if (strcmp(resource, "memory") == 0)
        return asks->memory * unit;
    if (strcmp(resource, "ephemeral-storage") == 0)
        return asks->storage * unit;
    for (uint32_t i = 0; i < asks->other_count; i++)
        if (strcmp(asks->other[i].name, resource) == 0)
            return asks->other[i].value * unit;
    return 0;
}

/* NULL, or the container that asks for nothing of it. */
static const char *request_of(const struct pod_spec *spec, const struct st_hpa_metric *m,
                              int64_t *out)
{
    *out = 0;
    if (m->container == NULL && st_label(&spec->requests, m->name) != NULL) {
        *out = request_named(&spec->asks, m->name);
        return NULL;
    }
    for (uint32_t i = 0; i < spec->container_count; i++) {
        const struct pod_container_spec *c = &spec->container[i];

        if (c->kind == POD_INIT || (m->container != NULL && strcmp(c->name, m->container) != 0))
            continue;
        if (st_label(&c->requests, m->name) == NULL)
            return c->name;
        *out += request_named(&c->asks, m->name);
    }
    return NULL;
}

static enum cluster_hpa_group group_of(struct cluster *c, const struct cluster_metric_sample *s,
                                       bool cpu, const struct cluster_hpa_knobs *k)
{
    const struct pod *p = s->pod;
    rx_ms second = RX_MS_PER_S, created = p->created_at / second * second;
    struct cluster_hpa_pod in = {
        .deleting = pod_is_deleting(p),
        .failed = p->phase == POD_PHASE_FAILED,
        .pending = p->phase == POD_PHASE_PENDING,
        .sampled = s->known,
        .started = p->phase != POD_PHASE_PENDING,
        .has_ready = p->phase != POD_PHASE_PENDING,
        .not_ready = !(p->conditions >> POD_COND_READY & 1),
        .started_at = created,
        .ready_at = RX_MAX((rx_ms)p->ready_s * second, created),
        .sample_at = s->at,
        .window = s->window,
    };

    return cluster_hpa_group(&in, cpu, rx_loop_now(c->world->loop), k);
}

static bool any_known(const struct cluster_hpa *h)
{
    for (uint32_t i = 0; i < h->pods; i++)
        if (h->pod[i].known)
            return true;
    return false;
}

/* A Metrics document speaks of pods: of a container only where it is the pod's one. */
static void only_container(struct cluster_hpa *h, const char *container)
{
    for (uint32_t i = 0; container != NULL && i < h->pods; i++) {
        const struct pod_spec *spec = pod_spec_of(h->pod[i].pod);

        if (spec->container_count - spec->init_count != 1 ||
            strcmp(spec->container[spec->init_count].name, container) != 0)
            h->pod[i].known = false;
    }
}

static void ask_pods(struct cluster *c, struct cluster_hpa *h, int32_t current,
                     const struct st_hpa_metric *m, const struct cluster_hpa_knobs *k,
                     struct cluster_hpa_answer *out)
{
    bool resource = m->source <= ST_HPA_CONTAINER_RESOURCE, cpu = strcmp(m->name, "cpu") == 0;
    char name[POD_NAME_MAX];

    for (uint32_t i = 0; i < h->pods; i++)
        h->pod[i].known = false;
    cluster_metric_of_pods(c, h->spec.ns, m->name, h->pod, h->pods);
    only_container(h, m->container);
    if (!any_known(h)) {
        if (resource)
            fail(m, out, "unable to get metrics for resource %s: no metrics returned from "
                         "resource metrics API", m->name);
        else
            fail(m, out, "unable to get metric %s: no metrics returned from custom metrics API",
                 m->name);
        return;
    }
    for (uint32_t i = 0; i < h->pods; i++) {
        const struct cluster_metric_sample *s = &h->pod[i];
        const char *lacks = NULL;

        h->sample[i] = (struct cluster_hpa_sample){
            .group = group_of(c, s, resource && cpu, k), .value = s->value};
        if (m->target == ST_HPA_UTILIZATION)
            lacks = request_of(pod_spec_of(s->pod), m, &h->sample[i].request);
        if (lacks != NULL) {
            fail(m, out, "missing request for %s in container %s of Pod %s", m->name, lacks,
                 pod_name(s->pod, name));
            return;
        }
    }
    out->valid = m->target == ST_HPA_UTILIZATION
                     ? cluster_hpa_utilization(h->sample, h->pods, current, m->amount, k,
                                               &out->proposal)
                     : cluster_hpa_average(h->sample, h->pods, current, m->amount, k,
                                           &out->proposal);
    if (!out->valid)
        fail(m, out, "did not receive metrics for targeted pods (pods might be unready)");
}

/* ---- of an object, from outside -------------------------------------------------------------- */

static uint32_t ready_of(const struct cluster_hpa *h)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < h->pods; i++)
        n += h->pod[i].pod->phase == POD_PHASE_RUNNING &&
             (h->pod[i].pod->conditions >> POD_COND_READY & 1) != 0;
    return n;
}

static uint32_t active_of(struct cluster *c, struct cluster_workload *w)
{
    return w->controlled ? cluster_active(w) : cluster_active_pods(c, w);
}

/* Of its status. */
static uint32_t replicas_of(struct cluster *c, struct cluster_workload *w)
{
    uint32_t n = 0;

    if (w->spec.kind != POD_WORKLOAD_DEPLOYMENT)
        return active_of(c, w);
    RX_LIST_EACH(l, &w->owned)
        n += active_of(c, rx_container_of(l, struct cluster_workload, sibling));
    return n;
}

static void ask_value(struct cluster *c, struct cluster_hpa *h, struct cluster_workload *target,
                      const struct st_hpa_metric *m, const struct cluster_hpa_knobs *k,
                      struct cluster_hpa_answer *out)
{
    bool external = m->source == ST_HPA_EXTERNAL;
    int64_t value;

    out->valid = cluster_metric_of(c, external ? ST_METRICS_EXTERNAL : ST_METRICS_OBJECT,
                                   h->spec.ns, m->name, &value);
    if (!out->valid && external)
        fail(m, out, "unable to get external metric %s/%s/%s: no metrics returned from external "
                     "metrics API", h->spec.ns, m->name, m->selector);
    else if (!out->valid) /* its words stand in that order */
        fail(m, out, "unable to get metric %s: %s on %s %s/no metrics returned from custom metrics "
                     "API", m->name, m->object_kind, h->spec.ns, m->object_name);
    else if (is_average(m))
        out->proposal = cluster_hpa_shared(value, m->amount, (int32_t)replicas_of(c, target), k);
    else
        out->proposal = cluster_hpa_value(value, m->amount, (int32_t)target->replicas, ready_of(h),
                                          k);
}

void cluster_hpa_ask(struct cluster *c, struct cluster_hpa *h, struct cluster_workload *target,
                     const struct st_hpa_metric *m, const struct cluster_hpa_knobs *k,
                     struct cluster_hpa_answer *out)
{
    name_metric(m, out);
    if (m->source >= ST_HPA_OBJECT)
        ask_value(c, h, target, m, k, out);
    else
        ask_pods(c, h, (int32_t)target->replicas, m, k, out);
}
