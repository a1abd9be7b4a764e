/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health.c - classes from the event stream. Only what lasts counts: a class that a pod leaves in
 * the instant in which it has come to it has never been.
 */
#include "api/cli/picture/health.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/grow.h"
#include "engine/reactor/base.h"

const char *health_name(enum health_class c)
{
    static const char *const name[] = {
#define X(id, text) [HEALTH_##id] = text,
        HEALTH_CLASS_MAP(X)
#undef X
    };

    return name[c];
}

enum health_class health_of_word(const char *s)
{
    static const struct {
        const char *word;
        enum health_class class;
    } row[] = {
        {"Running", HEALTH_READY},
        {"NotReady", HEALTH_NOT_READY},
        {"Pending", HEALTH_STARTING},
        {"ContainerCreating", HEALTH_STARTING},
        {"PodInitializing", HEALTH_STARTING},
        {"SchedulingGated", HEALTH_STARTING},
        {"RestartingAllContainers", HEALTH_STARTING},
        {"CrashLoopBackOff", HEALTH_BACK_OFF},
        {"ErrImagePull", HEALTH_CANNOT_START},
        {"ImagePullBackOff", HEALTH_CANNOT_START},
        {"ErrImageNeverPull", HEALTH_CANNOT_START},
        {"InvalidImageName", HEALTH_CANNOT_START},
        {"ImageInspectError", HEALTH_CANNOT_START},
        {"RegistryUnavailable", HEALTH_CANNOT_START},
        {"SignatureValidationFailed", HEALTH_CANNOT_START},
        {"CreateContainerConfigError", HEALTH_CANNOT_START},
        {"CreateContainerError", HEALTH_CANNOT_START},
        {"RunContainerError", HEALTH_CANNOT_START},
        {"PreCreateHookError", HEALTH_CANNOT_START},
        {"PreStartHookError", HEALTH_CANNOT_START},
        {"PostStartHookError", HEALTH_CANNOT_START},
        {"Completed", HEALTH_COMPLETED},
        {"Succeeded", HEALTH_COMPLETED},
        {"Terminating", HEALTH_TERMINATING},
        {"Unknown", HEALTH_UNKNOWN},
        {"NodeLost", HEALTH_UNKNOWN},
    };
    const char *word = strncmp(s, "Init:", 5) == 0 ? s + 5 : s;

    if (word != s && word[strspn(word, "0123456789/")] == '\0')
        return HEALTH_STARTING; /* Init:0/2 */
    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++)
        if (strcmp(word, row[i].word) == 0)
            return row[i].class;
    return HEALTH_FAILED;
}

/* ---- workloads ------------------------------------------------------------------------------ */

static void put_kind(char *out, size_t room, const char *kind)
{
    size_t n = 0;

    for (; kind[n] != '\0' && n + 1 < room; n++)
        out[n] = (char)tolower((unsigned char)kind[n]);
    out[n] = '\0';
}

static bool is_there(podring *ring, const char *ns, const char *kind, const char *name)
{
    struct podring_object_info i = PODRING_OBJECT_INFO_INIT;
    uint64_t cursor = 0, object;

    while ((object = podring_next_object(ring, &cursor)) != 0) {
        if (podring_object_info(ring, object, &i) == 0 && i.name != NULL &&
            strcmp(i.kind, kind) == 0 && strcmp(i.name, name) == 0 &&
            strcmp(i.namespace_ != NULL ? i.namespace_ : "", ns) == 0)
            return true;
    }
    return false;
}

/* A ReplicaSet of a Deployment is called like it, with a hash behind; a Job of a CronJob, with its
 * time behind. */
void health_find_above(podring *ring, const char *ns, struct health_owner *o)
{
    bool set = strcmp(o->kind, "replicaset") == 0;
    const char *dash = strrchr(o->name, '-');

    o->above_kind = "";
    o->above[0] = '\0';
    if ((!set && strcmp(o->kind, "job") != 0) || dash == NULL)
        return;
    snprintf(o->above, sizeof(o->above), "%.*s", (int)(dash - o->name), o->name);
    if (is_there(ring, ns, set ? "deployment" : "cronjob", o->above))
        o->above_kind = set ? "deployment" : "cronjob";
    else
        o->above[0] = '\0';
}

void health_owner_of(podring *ring, uint64_t pod, struct health_owner *o)
{
    const char *kind, *name;

    *o = (struct health_owner){.above_kind = ""};
    if (podring_fact_at(ring, pod, 0, PODRING_CONTROLLER, 0, &kind, &name) != 0)
        return;
    put_kind(o->kind, sizeof(o->kind), kind);
    snprintf(o->name, sizeof(o->name), "%s", name);
}

/* What is known of an owner is known for all its pods: the first one has asked. */
static uint32_t above_of(struct health *h, podring *ring, const char *ns, struct health_owner *o)
{
    char key[1024];
    bool is_new;
    int length = snprintf(key, sizeof(key), "%s%c%s%c%s", ns, '\0', o->kind, '\0', o->name);
    uint32_t n = texts_number(&h->owners, key, (size_t)length, &is_new);

    if (n == TEXTS_NONE || !cli_grow((void **)&h->owner, n, &h->owners_room, sizeof(*h->owner)))
        return TEXTS_NONE;
    if (is_new) {
        h->owner[n] = TEXTS_NONE;
        health_find_above(ring, ns, o);
    }
    return n;
}

static uint32_t workload_of(struct health *h, podring *ring, uint64_t pod, const char *lent)
{
    struct health_owner o;
    char key[1024], ns[256];
    bool is_new;
    uint32_t n, owner;
    int length;

    snprintf(ns, sizeof(ns), "%s", lent); /* until the next call only */
    health_owner_of(ring, pod, &o);
    owner = above_of(h, ring, ns, &o);
    if (owner == TEXTS_NONE || h->owner[owner] != TEXTS_NONE)
        return owner == TEXTS_NONE ? owner : h->owner[owner];
    length = snprintf(key, sizeof(key), "%s%c%s%c%s", ns, '\0',
                      o.above_kind[0] != '\0' ? o.above_kind : o.kind, '\0',
                      o.above_kind[0] != '\0' ? o.above : o.name);
    n = texts_number(&h->names, key, (size_t)length, &is_new);
    if (n == TEXTS_NONE ||
        !cli_grow((void **)&h->workload, n, &h->workloads_room, sizeof(*h->workload)))
        return TEXTS_NONE;
    if (is_new)
        h->workload[n] = (struct health_workload){.trouble_first_ms = -1};
    h->owner[owner] = n;
    return n;
}

void health_workload_name(const struct health *h, uint32_t workload, const char **ns,
                          const char **kind, const char **name)
{
    *ns = texts_at(&h->names, workload, NULL);
    *kind = *ns + strlen(*ns) + 1;
    *name = *kind + strlen(*kind) + 1;
}

/* ---- classes -------------------------------------------------------------------------------- */

static enum health_class class_of(const struct health_pod *p)
{
    if (p->stopping > 0)
        return HEALTH_STOPPING;
    if (p->word == HEALTH_READY && !p->ready)
        return HEALTH_NOT_READY;
    if (p->word == HEALTH_STARTING && p->unscheduled)
        return HEALTH_CANNOT_START;
    return (enum health_class)p->word;
}

/* Trouble is to have been ready and not to be so, without having ended; and classes that lead to no
 * readiness by themselves. Getting ready for the first time is none. */
bool health_is_trouble(const struct health_pod *p)
{
    switch ((enum health_class)p->class) {
    case HEALTH_READY:
    case HEALTH_COMPLETED:
    case HEALTH_TERMINATING:
        return false;
    case HEALTH_BACK_OFF:
    case HEALTH_CANNOT_START:
    case HEALTH_FAILED:
    case HEALTH_UNKNOWN:
        return true;
    default:
        return p->been_ready;
    }
}

static void end_class(struct health *h, struct health_pod *p, int64_t at_ms)
{
    struct health_workload *w = &h->workload[p->workload];

    if (at_ms <= p->since_ms)
        return;
    if (health_is_trouble(p)) {
        w->trouble_ms += at_ms - p->since_ms;
        if (w->trouble_first_ms < 0 || p->since_ms < w->trouble_first_ms)
            w->trouble_first_ms = p->since_ms;
    }
    p->been_ready |= p->class == HEALTH_READY;
    p->since_ms = at_ms;
}

static void look(struct health *h, struct health_pod *p, int64_t at_ms)
{
    enum health_class now = class_of(p);
    struct health_workload *w = &h->workload[p->workload];

    if (now == (enum health_class)p->class)
        return;
    end_class(h, p, at_ms);
    w->of[p->class]--;
    w->of[now]++;
    p->class = (uint8_t)now;
    p->since_ms = at_ms;
}

struct who {
    uint64_t pod, number;
    const char *ns;
    int64_t at_ms;
};

static struct health_pod *pod_of(struct health *h, podring *ring, const struct who *who,
                                 uint32_t *place)
{
    bool is_new;
    struct health_pod *p;
    struct health_workload *w;
    uint32_t n = texts_number(&h->numbers, &who->number, sizeof(who->number), &is_new), of;

    if (n == TEXTS_NONE || !cli_grow((void **)&h->pod, n, &h->pods_room, sizeof(*h->pod)))
        return NULL;
    *place = n;
    p = &h->pod[n];
    if (!is_new)
        return p;
    of = workload_of(h, ring, who->pod, who->ns);
    if (of == TEXTS_NONE)
        return NULL;
    *p = (struct health_pod){.since_ms = who->at_ms, .workload = of, .class = HEALTH_STARTING,
                             .word = HEALTH_STARTING};
    w = &h->workload[of];
    w->pods_all++;
    w->pods++;
    w->of[HEALTH_STARTING]++;
    w->pods_peak = RX_MAX(w->pods_peak, w->pods);
    return p;
}

const struct health_pod *health_see(struct health *h, podring *ring, uint64_t pod,
                                    const struct podring_pod_info *info, int64_t at_ms)
{
    struct who who = {pod, info->number, info->namespace_, at_ms};
    enum health_class word = health_of_word(info->status);
    bool ready = info->ready == info->ready_of;
    struct health_pod *p;
    uint32_t place;

    p = h->failed ? NULL : pod_of(h, ring, &who, &place);
    h->failed |= p == NULL;
    if (p == NULL)
        return NULL;
    p->word = (uint8_t)word;
    p->ready = ready;
    look(h, p, at_ms);
    return p;
}

/* Kills that lead to a restart, and the ends that they lead to. */
static bool kill_or_end(struct health *h, struct health_pod *p, uint32_t place,
                        const struct podring_event *e, bool killed)
{
    char key[512];
    int length = snprintf(key, sizeof(key), "%u/%s", place, e->container);
    bool is_new = false;
    uint32_t n = killed ? texts_number(&h->killed, key, (size_t)length, &is_new)
                        : texts_find(&h->killed, key, (size_t)length);

    if (n == TEXTS_NONE)
        return !killed;
    if (!cli_grow((void **)&h->is_killed, n, &h->killed_room, sizeof(*h->is_killed)))
        return false;
    if (is_new)
        h->is_killed[n] = false;
    if (h->is_killed[n] != killed)
        p->stopping = (uint8_t)(p->stopping + (killed ? 1 : -1));
    h->is_killed[n] = killed;
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = text != NULL ? strlen(text) : 0, m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool on_event(struct health *h, struct health_pod *p, uint32_t place,
                     const struct podring_event *e)
{
    if (strcmp(e->reason, "Unhealthy") == 0)
        h->workload[p->workload].failures++;
    else if (strcmp(e->reason, "FailedScheduling") == 0)
        p->unscheduled = true;
    else if (strcmp(e->reason, "Scheduled") == 0)
        p->unscheduled = false;
    else if (strcmp(e->reason, "Killing") == 0 && ends_with(e->message, "will be restarted"))
        return kill_or_end(h, p, place, e, true);
    return true;
}

static bool on_transition(struct health *h, struct health_pod *p, uint32_t place,
                          const struct podring_event *e)
{
    if (strcmp(e->field, "status") == 0) {
        p->word = (uint8_t)health_of_word(e->to);
    } else if (strcmp(e->field, "Ready") == 0) {
        p->ready = strcmp(e->to, "True") == 0;
    } else if (strcmp(e->field, "restartCount") == 0) {
        h->workload[p->workload].restarts +=
            strtoull(e->to, NULL, 10) - (e->from != NULL ? strtoull(e->from, NULL, 10) : 0);
    } else if (strcmp(e->field, "state") == 0 && strcmp(e->to, "Terminated") == 0) {
        return kill_or_end(h, p, place, e, false);
    } else if (strcmp(e->field, "object") == 0 && strcmp(e->to, "Deleted") == 0 && !p->gone) {
        end_class(h, p, e->at_ms);
        p->gone = true;
        h->workload[p->workload].pods--;
        h->workload[p->workload].of[p->class]--;
    }
    return true;
}

uint32_t health_hear(struct health *h, podring *ring, const struct podring_event *e)
{
    struct who who = {e->pod, e->number, e->namespace_, e->at_ms};
    struct health_pod *p;
    uint32_t place = TEXTS_NONE;
    bool heard;

    if (e->object != NULL || h->failed)
        return TEXTS_NONE;
    p = pod_of(h, ring, &who, &place);
    heard = p != NULL && (e->kind == PODRING_TRANSITION ? on_transition(h, p, place, e)
                                                        : on_event(h, p, place, e));
    if (!heard) {
        h->failed = true;
        return TEXTS_NONE;
    }
    if (!p->gone)
        look(h, p, e->at_ms);
    return place;
}

void health_end(struct health *h, int64_t end_ms)
{
    for (size_t i = 0; i < h->numbers.count; i++)
        if (!h->pod[i].gone)
            end_class(h, &h->pod[i], end_ms);
}

void health_free(struct health *h)
{
    texts_free(&h->numbers);
    texts_free(&h->names);
    texts_free(&h->killed);
    texts_free(&h->owners);
    free(h->owner);
    free(h->pod);
    free(h->workload);
    free(h->is_killed);
    *h = (struct health){0};
}
