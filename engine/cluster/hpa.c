/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpa.c - one evaluation of an autoscaler: its target, what its metrics propose, what windows and
 * rates make of that, and what is told of it. As with the API, all of a round is one write of the
 * status: of several reasons of a condition the last counts.
 */
#include "engine/cluster/hpa.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/program.h"
#include "engine/reactor/err.h"
#include "engine/reactor/text.h"
#include "engine/store/rule_quantity.h"

enum { TARGETS_MAX = 1024, TARGETS_SHOWN = 2 };

struct said {
    enum st_status status; /* NONE: as it was */
    const char *reason;
    char message[CLUSTER_HPA_TEXT];
};

struct round {
    struct cluster_hpa *h;
    struct cluster_workload *target;
    struct cluster_hpa_knobs knobs;
    int32_t current;
    struct said said[CLUSTER_HPA_CONDITIONS];
    char why[CLUSTER_HPA_TEXT + 32]; /* of the new size */
    struct cluster_hpa_answer answer, best, bad; /* at hand, the highest, the first invalid */
};

static struct cluster_hpa *hpa_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_hpa, object);
}

static rx_ms now_of(const struct cluster *c)
{
    return rx_loop_now(c->world->loop);
}

static void say(struct round *r, int condition, enum st_status status, const char *reason,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

static void say(struct round *r, int condition, enum st_status status, const char *reason,
                const char *format, ...)
{
    struct said *s = &r->said[condition];
    va_list args;

    s->status = status;
    s->reason = reason;
    va_start(args, format);
    vsnprintf(s->message, sizeof(s->message), format, args);
    va_end(args);
}

/* ---- what has been --------------------------------------------------------------------------- */

static int note(struct cluster *c, struct cluster_hpa_log *log, int32_t replicas)
{
    if (log->count == log->room) {
        uint32_t room = log->room > 0 ? 2 * log->room : 32;
        struct cluster_hpa_past *more = rx_mem_grow(
            c->world->mem, log->item, log->room * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        log->item = more;
        log->room = room;
    }
    log->item[log->count++] = (struct cluster_hpa_past){now_of(c), replicas};
    return 0;
}

/* What is older does not matter any more. */
static void forget(struct cluster *c, struct cluster_hpa_log *log, rx_ms memory)
{
    uint32_t old = 0;

    while (old < log->count && log->item[old].at + memory < now_of(c))
        old++;
    if (old == 0)
        return;
    log->count -= old;
    memmove(log->item, log->item + old, log->count * sizeof(*log->item));
}

/* ---- the target ------------------------------------------------------------------------------ */

static bool is_group(const char *version, const char *group)
{
    const char *slash = strchr(version, '/');
    size_t length = slash != NULL ? (size_t)(slash - version) : 0;

    return strlen(group) == length && strncmp(version, group, length) == 0;
}

/* NULL: `why` says in the words of the API why it is not there. */
static struct cluster_workload *find_target(struct cluster *c, const struct st_hpa_spec *s,
                                            struct cluster_refusal *why)
{
    static const struct {
        const char *kind, *group, *word;
    } row[] = {
        {"Deployment", "apps", "deployment"},
        {"ReplicaSet", "apps", "replicaset"},
        {"StatefulSet", "apps", "statefulset"},
        {"ReplicationController", "", "replicationcontroller"},
        {"DaemonSet", "apps", NULL},
        {"Job", "batch", NULL},
        {"CronJob", "batch", NULL},
        {"Pod", "", NULL},
    };
    struct cluster_workload *w = NULL;
    size_t i = 0;

    while (i < RX_ARRAY_LEN(row) && (strcmp(row[i].kind, s->target_kind) != 0 ||
                                     !is_group(s->target_version, row[i].group)))
        i++;
    if (i == RX_ARRAY_LEN(row)) {
        const char *slash = strchr(s->target_version, '/');

        cluster_refuse(why, "NoMatch", "no matches for kind \"%s\" in group \"%.*s\"",
                       s->target_kind,
                       slash != NULL ? (int)(slash - s->target_version) : 0, s->target_version);
    } else if (row[i].word == NULL) {
        cluster_refuse(why, "NotFound", "the server could not find the requested resource");
    } else {
        w = cluster_find(c, s->ns, row[i].word, s->target_name);
        if (w == NULL)
            cluster_refuse_missing(why, row[i].word, s->target_name);
    }
    return w;
}

static int room_for(struct cluster *c, struct cluster_hpa *h)
{
    const struct rx_mem *mem = &c->world->guest;
    uint32_t room = h->room > 0 ? 2 * h->room : 16;
    struct cluster_metric_sample *pod;
    struct cluster_hpa_sample *sample;

    if (h->pods < h->room)
        return 0;
    pod = rx_mem_grow(mem, h->pod, h->room * sizeof(*pod), room * sizeof(*pod));
    if (pod == NULL)
        return -RX_ENOMEM;
    h->pod = pod;
    sample = rx_mem_grow(mem, h->sample, h->room * sizeof(*sample), room * sizeof(*sample));
    if (sample == NULL) {
        h->pod = rx_mem_grow(mem, pod, room * sizeof(*pod), h->room * sizeof(*pod));
        return -RX_ENOMEM;
    }
    h->sample = sample;
    h->room = room;
    return 0;
}

/* Whoever its selector means, as the API counts them: whose they are does not matter. */
static int gather(struct cluster *c, struct round *r)
{
    struct cluster_hpa *h = r->h;

    h->pods = 0;
    RX_LIST_EACH(l, &c->world->pods)
    {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (pod_is_gone(p) || strcmp(pod_spec_of(p)->ns, h->spec.ns) != 0 ||
            !pod_selected(&r->target->spec.selector, p))
            continue;
        if (room_for(c, h) != 0)
            return -RX_ENOMEM;
        h->pod[h->pods++] = (struct cluster_metric_sample){.pod = p};
    }
    return 0;
}

/* ---- metrics --------------------------------------------------------------------------------- */

/* The highest number that a metric wants; false: there is none to go by. */
static bool ask_metrics(struct cluster *c, struct round *r)
{
    struct cluster_hpa *h = r->h;
    uint32_t invalid = 0;

    for (uint32_t i = 0; i < h->spec.metric_count; i++) {
        struct cluster_hpa_answer *a = &r->answer;

        cluster_hpa_ask(c, h, r->target, &h->spec.metric[i], &r->knobs, a);
        h->shown[i] = (struct cluster_hpa_shown){a->valid, a->proposal.shown};
        if (!a->valid) {
            st_tell_event(c->store, &h->object, a->event, "%s", a->why);
            if (invalid++ == 0)
                r->bad = *a;
        } else if (r->best.proposal.replicas == 0 ||
                   a->proposal.replicas > r->best.proposal.replicas) {
            r->best = *a;
        }
    }
    if (invalid == h->spec.metric_count ||
        (invalid > 0 && r->best.proposal.replicas < r->current)) {
        say(r, CLUSTER_HPA_ACTIVE, ST_STATUS_FALSE, r->bad.reason,
            "the HPA was unable to compute the replica count: %s", r->bad.why);
        st_tell_event(c->store, &h->object, ST_EVENT_FAILED_METRICS,
                      "invalid metrics (%u invalid out of %u), first error is: %s", invalid,
                      h->spec.metric_count, r->bad.whole);
        return false;
    }
    say(r, CLUSTER_HPA_ACTIVE, ST_STATUS_TRUE, "ValidMetricFound",
        "the HPA was able to successfully calculate a replica count from %s", r->best.name);
    return true;
}

static void say_verdict(struct round *r, const struct cluster_hpa_verdict *v)
{
    static const struct {
        const char *reason, *message;
    } able[] = {
        [CLUSTER_HPA_READY] = {"ReadyForNewScale", "recommended size matches current size"},
        [CLUSTER_HPA_UP_STABILIZED] = {"ScaleUpStabilized",
                                       "recent recommendations were lower than current one, "
                                       "applying the lowest recent recommendation"},
        [CLUSTER_HPA_DOWN_STABILIZED] = {"ScaleDownStabilized",
                                         "recent recommendations were higher than current one, "
                                         "applying the highest recent recommendation"},
    }, limit[] = {
        [CLUSTER_HPA_WITHIN] = {"DesiredWithinRange",
                                "the desired count is within the acceptable range"},
        [CLUSTER_HPA_TOO_FEW] = {"TooFewReplicas", "the desired replica count is less than the "
                                                   "minimum replica count"},
        [CLUSTER_HPA_TOO_MANY] = {"TooManyReplicas", "the desired replica count is more than the "
                                                     "maximum replica count"},
        [CLUSTER_HPA_UP_LIMIT] = {"ScaleUpLimit", "the desired replica count is increasing faster "
                                                  "than the maximum scale rate"},
        [CLUSTER_HPA_DOWN_LIMIT] = {"ScaleDownLimit", "the desired replica count is decreasing "
                                                      "faster than the maximum scale rate"},
    };
    enum cluster_hpa_limit why = v->limited ? v->limit : CLUSTER_HPA_WITHIN;

    say(r, CLUSTER_HPA_ABLE, ST_STATUS_TRUE, able[v->able].reason, "%s", able[v->able].message);
    say(r, CLUSTER_HPA_LIMITED, v->limited ? ST_STATUS_TRUE : ST_STATUS_FALSE, limit[why].reason,
        "%s", limit[why].message);
}

/* What windows and rates make of it. -RX_ENOMEM. */
static int settle(struct cluster *c, struct round *r, int32_t *desired)
{
    struct cluster_hpa *h = r->h;
    int32_t proposed = (int32_t)r->best.proposal.replicas;
    struct cluster_hpa_history past;
    struct cluster_hpa_verdict v;

    if (proposed > r->current)
        snprintf(r->why, sizeof(r->why), "%s above target", r->best.name);
    else if (proposed < r->current)
        snprintf(r->why, sizeof(r->why), "All metrics below target");
    past = (struct cluster_hpa_history){.now = now_of(c),
                                        .recommendations = h->recommended.count,
                                        .changes = h->changed.count,
                                        .recommendation = h->recommended.item,
                                        .change = h->changed.item};
    v = cluster_hpa_decide(&h->spec, r->current, proposed, &past, &r->knobs);
    *desired = v.replicas;
    say_verdict(r, &v);
    return note(c, &h->recommended, proposed);
}

/* ---- a round --------------------------------------------------------------------------------- */

static void write_status(struct cluster *c, struct round *r)
{
    static const enum st_field field[] = {ST_FIELD_OF_ABLE_TO_SCALE, ST_FIELD_OF_SCALING_ACTIVE,
                                          ST_FIELD_OF_SCALING_LIMITED};
    struct cluster_hpa *h = r->h;

    for (int i = 0; i < CLUSTER_HPA_CONDITIONS; i++)
        if (r->said[i].status != ST_STATUS_NONE)
            st_condition_set(c->store, &h->object, field[i], &h->condition[i], r->said[i].status,
                             r->said[i].reason, r->said[i].message);
    cluster_announce(c, &h->work);
}

static void show_nothing(struct cluster_hpa *h)
{
    memset(h->shown, 0, h->spec.metric_count * sizeof(*h->shown));
}

static int rescale(struct cluster *c, struct round *r, int32_t desired)
{
    struct cluster_hpa *h = r->h;
    struct st_log *log = &c->world->log;
    uint64_t acting = log->acting;
    int rc;

    h->status.current = (uint32_t)r->current;
    h->status.desired = (uint32_t)desired;
    if (desired == r->current)
        return 0;
    log->acting = h->object.meta.version;
    rc = cluster_scale(c, r->target, (uint32_t)desired);
    log->acting = acting;
    if (rc != 0) {
        const char *why = "podring has no room for more pods (pods_max)";

        h->status.desired = (uint32_t)r->current;
        st_tell_event(c->store, &h->object, ST_EVENT_FAILED_RESCALE,
                      "New size: %d; reason: %s; error: %s", desired, r->why, why);
        say(r, CLUSTER_HPA_ABLE, ST_STATUS_FALSE, "FailedUpdateScale",
            "the HPA controller was unable to update the target scale: %s", why);
        return 0;
    }
    say(r, CLUSTER_HPA_ABLE, ST_STATUS_TRUE, "SucceededRescale",
        "the HPA controller was able to update the target scale to %d", desired);
    st_tell_event(c->store, &h->object, ST_EVENT_RESCALED, "New size: %d; reason: %s", desired,
                  r->why);
    return h->spec.has_behavior ? note(c, &h->changed, desired - r->current) : 0;
}

static int evaluate(struct cluster *c, struct round *r)
{
    struct cluster_hpa *h = r->h;
    int32_t desired = r->current;
    int rc = 0;

    say(r, CLUSTER_HPA_ABLE, ST_STATUS_TRUE, "SucceededGetScale",
        "the HPA controller was able to get the target's current scale");
    if (h->recommended.count == 0)
        rc = note(c, &h->recommended, r->current);
    if (rc == 0)
        rc = gather(c, r);
    if (rc != 0)
        return rc;
    show_nothing(h);
    if (r->current == 0) {
        say(r, CLUSTER_HPA_ACTIVE, ST_STATUS_FALSE, "ScalingDisabled",
            "scaling is disabled since the replica count of the target is zero");
    } else if (r->current > h->spec.max) {
        snprintf(r->why, sizeof(r->why), "Current number of replicas above Spec.MaxReplicas");
        desired = h->spec.max;
    } else if (r->current < h->spec.min) {
        snprintf(r->why, sizeof(r->why), "Current number of replicas below Spec.MinReplicas");
        desired = h->spec.min;
    } else if (ask_metrics(c, r)) {
        rc = settle(c, r, &desired);
    } else {
        h->status.current = (uint32_t)r->current;
        return 0;
    }
    return rc == 0 ? rescale(c, r, desired) : rc;
}

static int look(struct cluster *c, struct round *r)
{
    struct cluster_hpa *h = r->h;
    struct cluster_refusal refusal = {0};
    double tolerance = c->world->knobs.hpa_tolerance / 100.0;
    int rc;

    r->knobs = (struct cluster_hpa_knobs){.up = tolerance,
                                          .down = tolerance,
                                          .cpu_init = c->world->knobs.hpa_cpu_init,
                                          .readiness_delay = c->world->knobs.hpa_readiness_delay,
                                          .downscale_window =
                                              c->world->knobs.hpa_downscale_window};
    if (h->spec.has_behavior && h->spec.up.tolerance >= 0)
        r->knobs.up = h->spec.up.tolerance;
    if (h->spec.has_behavior && h->spec.down.tolerance >= 0)
        r->knobs.down = h->spec.down.tolerance;
    forget(c, &h->recommended, cluster_hpa_memory(&h->spec, &r->knobs, false));
    forget(c, &h->changed, cluster_hpa_memory(&h->spec, &r->knobs, true));
    r->target = find_target(c, &h->spec, &refusal);
    if (r->target == NULL) {
        say(r, CLUSTER_HPA_ABLE, ST_STATUS_FALSE, "FailedGetScale",
            "the HPA controller was unable to get the target's current scale: %s",
            refusal.message);
        st_tell_event(c->store, &h->object, ST_EVENT_FAILED_GET_SCALE, "%s", refusal.message);
        rc = 0;
    } else {
        r->current = (int32_t)r->target->replicas;
        rc = evaluate(c, r);
    }
    if (rc == 0)
        write_status(c, r);
    return rc;
}

/* Whatever happens in between, it looks once a period. */
static int sync_hpa(struct cluster *c, struct cluster_work *work)
{
    struct cluster_hpa *h = rx_container_of(work, struct cluster_hpa, work);
    struct round r = {.h = h};
    int rc = 0;

    if (h->next <= now_of(c)) {
        rc = look(c, &r);
        h->next = now_of(c) + c->world->knobs.hpa_sync;
    }
    cluster_wake(c, work, h->next);
    return rc;
}

/* ---- what is told ---------------------------------------------------------------------------- */

static const char *amount_text(int64_t milli, char out[ST_QUANTITY_TEXT])
{
    const struct st_quantity q = {.nano = (__int128)milli * 1000000, .form = ST_QUANTITY_DECIMAL};

    st_quantity_text(&q, out);
    return out;
}

static void put_metric(struct rx_text *t, const struct st_hpa_metric *m,
                       const struct cluster_hpa_shown *s)
{
    char amount[ST_QUANTITY_TEXT];
    bool average = m->source >= ST_HPA_OBJECT && m->target == ST_HPA_AVERAGE_VALUE;

    if (m->source <= ST_HPA_CONTAINER_RESOURCE)
        rx_text_say(t, "%s: ", m->name);
    if (!s->known)
        rx_text_puts(t, "<unknown>");
    else if (m->target == ST_HPA_UTILIZATION)
        rx_text_say(t, "%lld%%", (long long)s->value);
    else
        rx_text_puts(t, amount_text(s->value, amount));
    rx_text_say(t, "/%s%s", m->amount_text, average ? " (avg)" : "");
}

/* The cell TARGETS of kubectl: "cpu: 55%/50%". */
static size_t targets_text(const struct cluster_hpa *h, char *out, size_t room)
{
    struct rx_text t = rx_text_in(out, room);
    uint32_t count = h->spec.metric_count;

    for (uint32_t i = 0; i < RX_MIN(count, (uint32_t)TARGETS_SHOWN); i++) {
        rx_text_puts(&t, i > 0 ? ", " : "");
        put_metric(&t, &h->spec.metric[i], &h->shown[i]);
    }
    if (count > TARGETS_SHOWN)
        rx_text_say(&t, " + %u more...", count - TARGETS_SHOWN);
    return rx_text_end(&t);
}

static void announce_hpa(struct cluster *c, struct cluster_work *work)
{
    static const struct cluster_counter row[] = {
        {ST_FIELD_OF_CURRENT_REPLICAS, offsetof(struct cluster_hpa_status, current)},
        {ST_FIELD_OF_DESIRED_REPLICAS, offsetof(struct cluster_hpa_status, desired)},
    };
    struct cluster_hpa *h = rx_container_of(work, struct cluster_hpa, work);
    const char *told = h->told_targets != NULL ? h->told_targets : "";
    char targets[TARGETS_MAX], *copy;

    cluster_tell_counters(c, &h->object, row, RX_ARRAY_LEN(row), &h->status, &h->told);
    targets_text(h, targets, sizeof(targets));
    if (strcmp(targets, told) == 0)
        return;
    st_tell_text(c->store, &h->object, ST_FIELD_OF_TARGETS, told, targets, NULL);
    copy = rx_mem_alloc(&c->world->guest, strlen(targets) + 1);
    if (copy == NULL)
        return;
    strcpy(copy, targets);
    if (h->told_targets != NULL)
        rx_mem_free(&c->world->guest, h->told_targets, strlen(h->told_targets) + 1);
    h->told_targets = copy;
}

static const struct cluster_worker worker = {CLUSTER_RANK_HPA, CLUSTER_RETRY_NONE, sync_hpa,
                                             announce_hpa};

/* ---- coming and going ------------------------------------------------------------------------ */

#define AFTER_METRICS (1ull << 40) /* of its rank: what they say is there when it looks */

static void free_hpa(struct cluster *c, struct cluster_hpa *h)
{
    const struct rx_mem *mem = c->world->mem, *guest = &c->world->guest;

    cluster_work_drop(c, &h->work);
    for (int i = 0; i < CLUSTER_HPA_CONDITIONS; i++)
        st_condition_fini(c->store, &h->condition[i]);
    rx_mem_free(mem, h->recommended.item, h->recommended.room * sizeof(*h->recommended.item));
    rx_mem_free(mem, h->changed.item, h->changed.room * sizeof(*h->changed.item));
    cluster_hpa_room_free(c, &h->spec, h->shown);
    if (h->told_targets != NULL)
        rx_mem_free(guest, h->told_targets, strlen(h->told_targets) + 1);
    rx_mem_free(guest, h->pod, h->room * sizeof(*h->pod));
    rx_mem_free(guest, h->sample, h->room * sizeof(*h->sample));
    rx_mem_free(mem, h, sizeof(*h));
}

int cluster_add_hpa(struct cluster *c, const struct st_hpa_spec *spec)
{
    struct cluster_hpa *h;
    int rc;

    if (c->divides)
        return -RX_EUNSUPPORTED;
    h = rx_mem_zalloc(c->world->mem, sizeof(*h));
    if (h == NULL)
        return -RX_ENOMEM;
    h->object = (struct st_object){.ns = spec->ns, .name = spec->name, .kind = ST_HPA};
    h->spec = *spec;
    h->shown = cluster_hpa_room(c, spec);
    rc = h->shown != NULL ? st_add(c->store, &h->object) : -RX_ENOMEM;
    if (rc == 0) {
        h->next = now_of(c) + c->world->knobs.hpa_sync;
        rc = cluster_work_init(c, &h->work, &worker, AFTER_METRICS | h->object.meta.serial);
        if (rc != 0)
            st_unadd(c->store, &h->object);
    }
    if (rc != 0) {
        free_hpa(c, h);
        return rc;
    }
    if (cluster_here(c, ST_HPA, 0, spec->ns, spec->name))
        cluster_wake(c, &h->work, h->next);
    else
        cluster_work_drop(c, &h->work);
    return 0;
}

struct cluster_hpa_shown *cluster_hpa_room(struct cluster *c, const struct st_hpa_spec *spec)
{
    return rx_mem_zalloc(c->world->mem, spec->metric_count * sizeof(struct cluster_hpa_shown));
}

void cluster_hpa_room_free(struct cluster *c, const struct st_hpa_spec *spec,
                           struct cluster_hpa_shown *room)
{
    rx_mem_free(c->world->mem, room, room != NULL ? spec->metric_count * sizeof(*room) : 0);
}

/* The status stays until it looks again, and kubectl shows it beside what is told now. */
void cluster_update_hpa(struct cluster *c, struct st_object *o, const struct st_hpa_spec *spec,
                        struct cluster_hpa_shown *room)
{
    struct cluster_hpa *h = hpa_of(o);

    for (uint32_t i = 0; i < RX_MIN(h->spec.metric_count, spec->metric_count); i++) {
        if (h->spec.metric[i].source == spec->metric[i].source &&
            h->spec.metric[i].target == spec->metric[i].target)
            room[i] = h->shown[i];
    }
    cluster_hpa_room_free(c, &h->spec, h->shown);
    h->shown = room;
    h->spec = *spec;
    cluster_dirty(c, &h->work);
}

void cluster_undo_hpa(struct cluster *c)
{
    struct cluster_hpa *h = hpa_of(st_newest(c->store, ST_HPA));

    st_unadd(c->store, &h->object);
    free_hpa(c, h);
}

static void drop_hpa(struct cluster *c, struct st_object *o)
{
    st_remove(c->store, o);
    free_hpa(c, hpa_of(o));
}

void cluster_hpas_fini(struct cluster *c)
{
    while (st_newest(c->store, ST_HPA) != NULL)
        drop_hpa(c, st_newest(c->store, ST_HPA));
}

void cluster_delete_hpa(struct cluster *c, struct st_object *o)
{
    st_tell_object(c->store, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    drop_hpa(c, o);
}
