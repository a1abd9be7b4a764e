/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab.c - an engine for each experiment. It reads the subject's document as JSON, as the change has
 * made it, and of the other documents those that matter to the subject. What the stream tells is
 * counted as it comes.
 */
#include "api/cli/advise/lab.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "engine/store/job_spec.h"

enum { PODS_MAX = 256, READY_STEP_MS = 1000, READY_MAX_MS = 900000 };

/* What is known of a pod. */
struct seen {
    uint64_t number;
    int64_t created_ms;
    bool ready, going, was_ready;
};

struct lab {
    struct advise *a;
    const struct advise_subject *subject;
    const struct lab_plan *plan;
    struct lab_result *out;
    struct seen pod[PODS_MAX];
    uint32_t pods, wanted;
    int64_t ended_ms;
};

/* Is a pod one of the subject's? Beside it there may be others: the names that controllers make
 * have so many parts behind theirs. */
static bool is_own(const struct advise_subject *s, const char *ns, const char *name)
{
    size_t length = strlen(s->w->name), dashes = 0;
    uint32_t parts =
        s->w->kind == POD_WORKLOAD_DEPLOYMENT || s->w->kind == POD_WORKLOAD_CRONJOB ? 2 : 1;

    if (strcmp(ns, s->w->ns) != 0 || strncmp(name, s->w->name, length) != 0)
        return false;
    if (s->w->kind == POD_WORKLOAD_POD)
        return name[length] == '\0';
    for (const char *c = name + length; *c != '\0'; c++)
        dashes += *c == '-';
    return name[length] == '-' &&
           (dashes == parts || (s->w->job != NULL && s->w->job->indexed && dashes == parts + 1));
}

static struct seen *seen_of(struct lab *l, const struct podring_event *e)
{
    for (uint32_t i = 0; i < l->pods; i++)
        if (l->pod[i].number == e->number)
            return &l->pod[i];
    if (l->pods == PODS_MAX)
        return NULL;
    l->pod[l->pods] = (struct seen){.number = e->number, .created_ms = e->at_ms};
    return &l->pod[l->pods++];
}

static bool is_true(const char *text)
{
    return text != NULL && strcmp(text, "True") == 0;
}

static void hear_ready(struct lab *l, struct seen *p, const struct podring_event *e)
{
    uint32_t ready = 0;

    p->ready = is_true(e->to);
    if (p->ready && !p->was_ready && p->created_ms >= l->plan->since_ms)
        l->out->slowest_ms = RX_MAX(l->out->slowest_ms, e->at_ms - p->created_ms);
    p->was_ready |= p->ready;
    if (!p->ready && !p->going && is_true(e->from) && e->at_ms >= l->plan->since_ms)
        l->out->lost++;
    for (uint32_t i = 0; i < l->pods; i++)
        ready += l->pod[i].ready && !l->pod[i].going;
    if (ready >= l->wanted && l->out->ready_ms < 0)
        l->out->ready_ms = e->at_ms;
}

static void hear(void *ctx, podring *ring, const struct podring_event *e)
{
    struct lab *l = ctx;
    struct seen *p;

    (void)ring;
    if (l->plan->hear != NULL && e->at_ms >= l->plan->since_ms)
        l->out->heard += l->plan->hear(e);
    if (e->kind != PODRING_TRANSITION || e->pod == 0 || e->field == NULL || e->object != NULL ||
        !is_own(l->subject, e->namespace_, e->pod_name))
        return;
    p = seen_of(l, e);
    if (p == NULL)
        return;
    if (strcmp(e->field, "Ready") == 0 && e->container == NULL) {
        hear_ready(l, p, e);
    } else if (strcmp(e->field, "object") == 0 && e->to != NULL) {
        l->out->going +=
            !p->going && strcmp(e->to, "Created") != 0 && e->at_ms >= l->plan->since_ms;
        p->going |= strcmp(e->to, "Created") != 0;
        if (strcmp(e->to, "Terminating") == 0 && e->at_ms >= l->plan->since_ms && l->ended_ms < 0)
            l->ended_ms = e->at_ms;
        if (strcmp(e->to, "Deleted") == 0 && l->ended_ms >= 0 && l->out->down_ms < 0)
            l->out->down_ms = e->at_ms - l->ended_ms;
    } else if (strcmp(e->field, "restartCount") == 0) {
        l->out->restarts++;
    } else if (strcmp(e->field, "state") == 0 && e->to != NULL &&
               strcmp(e->to, "Terminated") == 0 && e->at_ms >= l->plan->since_ms) {
        l->out->exit_code = e->exit_code;
        l->out->killed += e->exit_code == 137;
        l->out->message = advise_say(l->a, "%s", e->message != NULL ? e->message : "");
    }
}

/* ---- an engine ------------------------------------------------------------------------------- */

static int load(podring *ring, const char *name, const char *text)
{
    return text != NULL && text[0] != '\0' ? podring_load_text(ring, name, text, strlen(text)) : 0;
}

/* At the end. */
static void look_at_pods(struct lab *l, podring *ring)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    uint64_t cursor = 0, id;

    while ((id = podring_next_pod(ring, &cursor)) != 0) {
        if (podring_pod_info(ring, id, &info) != 0 || info.deleted_ms >= 0 ||
            !is_own(l->subject, info.namespace_, info.name))
            continue;
        l->out->pods++;
        if (info.ready == info.ready_of && info.ready_of > 0 && strcmp(info.phase, "Running") == 0)
            l->out->ready++;
        else if (l->out->status == NULL)
            l->out->status = advise_say(l->a, "%s", info.status);
    }
    for (uint32_t i = 0; i < l->pods; i++)
        if (l->pod[i].created_ms >= l->plan->since_ms && !l->pod[i].was_ready && !l->pod[i].going)
            l->out->slowest_ms = LAB_NEVER;
}

static void count_claims(struct lab *l, podring *ring)
{
    struct podring_object_info info = PODRING_OBJECT_INFO_INIT;
    uint64_t cursor = 0, id;

    while ((id = podring_next_object(ring, &cursor)) != 0)
        if (podring_object_info(ring, id, &info) == 0)
            l->out->claims += strcmp(info.kind, "persistentvolumeclaim") == 0;
}

static int turn(struct lab *l, podring *ring)
{
    int64_t end = l->plan->for_ms;
    int rc = 0;

    if (!l->plan->until_ready)
        return podring_run_until(ring, end);
    for (int64_t at = 0; rc >= 0 && at <= end; at += READY_STEP_MS) {
        rc = podring_run_until(ring, at);
        if (l->out->ready_ms >= 0)
            break;
    }
    return rc;
}

static int drive(struct lab *l, podring *ring, const struct advise_subject *s, const char *document,
                 const char *budget, const char *append)
{
    struct podring_stats stats = PODRING_STATS_INIT;
    int rc = podring_on_event(ring, hear, l);

    if (rc == 0)
        rc = load(ring, "world", s->world);
    if (rc == 0)
        rc = load(ring, "beside", l->plan->beside);
    if (rc == 0)
        rc = load(ring, "subject", document);
    if (rc == 0 && s->budget != NULL)
        rc = load(ring, "budget", budget);
    if (rc == 0)
        rc = load(ring, "append", append);
    if (rc == 0)
        rc = podring_apply(ring);
    if (rc == 0 && l->plan->again_ms > 0) {
        rc = podring_run_until(ring, l->plan->again_ms);
        if (rc >= 0)
            rc = load(ring, "subject", document);
        if (rc >= 0)
            rc = podring_apply(ring);
    }
    if (rc >= 0)
        rc = turn(l, ring);
    if (rc < 0)
        return rc;
    rc = podring_stats(ring, &stats);
    l->out->asked = stats.client_requests;
    l->out->broken = stats.client_requests - stats.client_ok - stats.client_http4xx;
    look_at_pods(l, ring);
    count_claims(l, ring);
    return rc;
}

/* A document with changes, until the bench is cleared. NULL: they cannot be made. */
static const char *changed(struct advise *a, const struct manifest_document *d,
                           const struct manifest_change *change, uint32_t count)
{
    const struct input_file *f = advise_file_of(a, d);
    struct manifest_edited e;
    int rc;

    if (count == 0)
        return d->kept->text;
    rc = manifest_edit(&a->bench, f->text, f->length, d->line, d->column, change, count, &e);
    a->failed |= rc == -RX_ENOMEM;
    return rc == 0 ? e.json : NULL;
}

/* The subject's, with what is given and what is changed. */
static const char *document_of(struct advise *a, const struct advise_subject *s,
                               const struct lab_plan *p, const struct advice *v)
{
    struct manifest_change all[2 * ADVISE_CHANGES_MAX + 1];
    uint32_t count = 0;

    if (s->sized)
        all[count++] = (struct manifest_change){"spec.replicas", advise_say(a, "%u", s->replicas)};
    for (uint32_t i = 0; i < p->givens; i++)
        all[count++] = p->given[i];
    for (uint32_t i = 0; v != NULL && v->target == NULL && i < v->changes; i++)
        all[count++] = v->change[i];
    return changed(a, s->document, all, count);
}

static const char *budget_of(struct advise *a, const struct advise_subject *s,
                             const struct advice *v)
{
    if (s->budget == NULL)
        return "";
    return v != NULL && v->target == s->budget_document
               ? changed(a, s->budget_document, v->change, v->changes)
               : s->budget_document->kept->text;
}

static void clear(struct advise *a)
{
    rx_arena_fini(&a->bench);
    rx_arena_init(&a->bench, &a->mem);
}

bool lab_run(struct advise *a, const struct advise_subject *s, const struct lab_plan *p,
             const struct advice *change, struct lab_result *out)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct lab l = {
        .a = a, .subject = s, .plan = p, .out = out, .wanted = s->replicas, .ended_ms = -1};
    const char *document = document_of(a, s, p, change), *budget = budget_of(a, s, change);
    podring *ring;
    int rc;

    *out = (struct lab_result){
        .ready_ms = -1, .down_ms = -1, .exit_code = -1, .message = "", .slowest_ms = -1};
    if (document == NULL || budget == NULL) {
        clear(a);
        return false;
    }
    o.clock = PODRING_VIRTUAL;
    o.flags = PODRING_NO_PROBE_EVENTS;
    o.end_ms = p->for_ms;
    rc = podring_open(&o, &ring);
    if (rc == 0) {
        rc = drive(&l, ring, s, document, budget, change != NULL ? change->append : NULL);
        podring_close(ring);
    }
    clear(a);
    a->runs++;
    a->failed |= rc == -PODRING_ENOMEM;
    return rc >= 0;
}

void lab_keep(struct advise *a, const struct advise_subject *s, const struct lab_plan *p,
              struct advice *v)
{
    const char *budget = budget_of(a, s, NULL), *document = document_of(a, s, p, NULL);

    v->experiment = p->beside;
    v->for_ms = p->for_ms;
    v->alone = p->givens > 0 || s->sized || s->alone != NULL;
    if (v->alone && document != NULL && budget != NULL)
        v->experiment = advise_say(a, "%s%s%s%s---\n%s\n", p->beside, s->world,
                                   budget[0] != '\0' ? "---\n" : "", budget, document);
    clear(a);
}

bool lab_both(struct advise *a, const struct advise_subject *s, const struct lab_plan *p,
              struct advice *v, struct lab_result *is, struct lab_result *then)
{
    lab_keep(a, s, p, v);
    return lab_run(a, s, p, NULL, is) && lab_run(a, s, p, v, then);
}

/* ---- documents ------------------------------------------------------------------------------- */

const char *lab_scenario(struct advise *a, const struct advise_subject *s, const char *knobs,
                         const char *steps)
{
    return advise_say(a,
                      "apiVersion: podring.dev/v1\nkind: Scenario\n"
                      "metadata: {name: advise, namespace: %s}\nspec:\n"
                      "  set: {%signore_missing: \"on\"}\n  steps:%s%s",
                      s->w->ns, knobs, steps[0] != '\0' ? "\n" : " []\n", steps);
}

const char *lab_step(struct advise *a, const struct advise_subject *s, int64_t at_s,
                     const char *what, const char *more)
{
    return advise_say(a, "  - {at: %llds, %s: %s, namespace: %s%s}\n", (long long)at_s, what,
                      s->object, s->w->ns, more);
}

const char lab_two_nodes[] = "---\napiVersion: v1\nkind: Node\nmetadata: {name: advise-1}\n---\n"
                             "apiVersion: v1\nkind: Node\nmetadata: {name: advise-2}\n"
                             "spec: {unschedulable: true}\n";

const char *lab_client(struct advise *a, const struct advise_subject *s, int64_t from_s,
                       int64_t to_s)
{
    return advise_say(a,
                      "---\napiVersion: podring.dev/v1\nkind: Client\n"
                      "metadata: {name: advise, namespace: %s}\nspec:\n"
                      "  url: http://%s.%s:%u/advise\n  rate: 50\n  from: %llds\n  to: %llds\n",
                      s->w->ns, s->service->name, s->w->ns, s->service->port[0].port,
                      (long long)from_s, (long long)to_s);
}

const char *lab_behaviour(struct advise *a, const struct advise_subject *s, uint32_t container,
                          const char *fields)
{
    return advise_say(a,
                      "---\napiVersion: podring.dev/v1\nkind: Behavior\n"
                      "metadata: {name: advise, namespace: %s}\nspec:\n  %s\n"
                      "  container: %s\n%s",
                      s->w->ns, subject_selector(a, s), subject_container(s, container)->name,
                      fields);
}

const char *lab_needs(struct advise *a, const struct advise_subject *s, int64_t takes_s)
{
    return s->scripted ? ""
                       : lab_behaviour(a, s, s->server,
                                       advise_say(a, "  instances:\n  - {start: {takes: %llds}}\n",
                                                  (long long)takes_s));
}

const char *lab_starts(struct advise *a, const struct advise_subject *s, uint32_t container,
                       int64_t takes_s)
{
    return lab_behaviour(a, s, container,
                         advise_say(a, "  listensAfter: %llds\n", (long long)takes_s));
}

int64_t lab_when(const struct advise_subject *s)
{
    return (s->ready_ms / 10000 + 3) * 10;
}

int64_t lab_rollout_s(const struct advise_subject *s)
{
    int64_t each = s->ready_ms / 1000 + s->w->min_ready_s + 10;

    return RX_MIN(60 + each * RX_MIN(s->replicas, 20), 600);
}
