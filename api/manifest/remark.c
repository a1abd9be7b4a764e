/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remark.c - what of one document does not go together, though the API takes it: facts of its text,
 * with their places. What several documents would have to agree on is refer.c's.
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

static void pod_remark(struct mf_load *l, const struct mf_at *spec, const struct pod_spec *pod);
static void container_remark(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                             const struct pod_container_spec *c);
static void port_remark(struct mf_load *l, const struct mf_at *handler, const char *what,
                        const struct pod_spec *pod, const struct pod_container_spec *c,
                        const struct pod_handler_spec *h);
static void stop_remark(struct mf_load *l, const struct mf_at *hook, const struct pod_spec *pod,
                        const struct pod_handler_spec *h);
static void behavior_remark(struct mf_load *l, const struct mf_at *spec,
                            const struct pod_behaviour *b);

/* Where nothing stands there is no place: in a document that a patch has made. */
static bool has_place(const struct mf_at *at)
{
    return at->node != NULL && at->node->line > 0;
}

void mf_remark(struct mf_load *l, const struct mf_node *doc, uint32_t before)
{
    struct manifest_set *s = l->set;
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 cron = mf_field(&spec, "jobTemplate"), job = mf_field(&cron, "spec"),
                 template = mf_field(cron.node != NULL ? &job : &spec, "template"),
                 inner = mf_field(&template, "spec");
    const struct manifest_object *o = &s->objects.item[before];

    if (l->failed || l->no_memory || s->objects.count != before + 1)
        return;
    if (o->kind == ST_WORKLOAD && s->workloads.item[o->index].template_ != NULL)
        pod_remark(l, o->sub == POD_WORKLOAD_POD ? &spec : &inner,
                   s->workloads.item[o->index].template_);
    else if (o->kind == ST_BEHAVIOUR)
        behavior_remark(l, &spec, &s->behaviours.item[o->index]);
}

/* ---- pods ------------------------------------------------------------------------------------ */

static void pod_remark(struct mf_load *l, const struct mf_at *spec, const struct pod_spec *pod)
{
    static const char *const lists[] = {"initContainers", "containers"};
    uint32_t n = 0;

    for (size_t k = 0; k < RX_ARRAY_LEN(lists); k++) {
        struct mf_at list = mf_field(spec, lists[k]);

        for (uint32_t i = 0; list.node != NULL && i < list.node->count; i++, n++) {
            struct mf_at item = mf_item(&list, i);

            if (n < pod->container_count)
                container_remark(l, &item, pod, &pod->container[n]);
        }
    }
}

static void container_remark(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                             const struct pod_container_spec *c)
{
    static const struct {
        const char *field, *what;
    } probe[POD_PROBE_KINDS] = {[POD_STARTUP] = {"startupProbe", "startup probe"},
                                [POD_READINESS] = {"readinessProbe", "readiness probe"},
                                [POD_LIVENESS] = {"livenessProbe", "liveness probe"}};
    struct mf_at lifecycle = mf_field(at, "lifecycle"), start = mf_field(&lifecycle, "postStart"),
                 stop = mf_field(&lifecycle, "preStop");

    for (int kind = 0; kind < POD_PROBE_KINDS; kind++) {
        const struct pod_probe_spec *p = c->probe[kind];
        struct mf_at here = mf_field(at, probe[kind].field),
                     timeout = mf_field(&here, "timeoutSeconds");

        if (p == NULL)
            continue;
        port_remark(l, &here, probe[kind].what, pod, c, &p->handler);
        if (p->timeout_s > p->period_s && has_place(&timeout))
            mf_say_at(l, MANIFEST_MISFIT, timeout.node->line, timeout.node->column,
                      "%s waits up to %ds for an answer, and asks every %ds: while one is missing, "
                      "its next runs are lost",
                      probe[kind].what, p->timeout_s, p->period_s);
    }
    if (c->post_start != NULL)
        port_remark(l, &start, "postStart hook", pod, c, c->post_start);
    if (c->pre_stop != NULL) {
        port_remark(l, &stop, "preStop hook", pod, c, c->pre_stop);
        stop_remark(l, &stop, pod, c->pre_stop);
    }
}

static bool declares(const struct pod_container_spec *c, uint16_t port)
{
    for (uint32_t i = 0; i < c->port_count; i++)
        if (c->port[i].number == port && c->port[i].tcp)
            return true;
    return false;
}

/* "8080 (http), 9090" */
static const char *ports_text(struct mf_load *l, const struct pod_container_spec *c)
{
    const char *text = "";

    for (uint32_t i = 0; i < c->port_count; i++)
        text = mf_scratch(l, "%s%s%u%s%s%s", text, i > 0 ? ", " : "", c->port[i].number,
                          c->port[i].name != NULL ? " (" : "",
                          c->port[i].name != NULL ? c->port[i].name : "",
                          c->port[i].name != NULL ? ")" : "");
    return text;
}

/* A port that is declared elsewhere in the pod is one that its address has. Who declares none at
 * all has not said that there is no other. */
static void port_remark(struct mf_load *l, const struct mf_at *handler, const char *what,
                        const struct pod_spec *pod, const struct pod_container_spec *c,
                        const struct pod_handler_spec *h)
{
    static const char *const field[] = {"httpGet", "tcpSocket", "grpc"};
    struct mf_at up = {0}, port;

    for (size_t i = 0; i < RX_ARRAY_LEN(field) && up.node == NULL; i++)
        up = mf_field(handler, field[i]);
    port = mf_field(&up, "port");
    if (!has_place(&port) || h->host != NULL)
        return;
    if (h->port == 0) {
        mf_say_at(l, MANIFEST_MISFIT, port.node->line, port.node->column,
                  "%s asks port \"%s\"; the container has no port of that name%s%s: each run is an "
                  "error",
                  what, h->port_text, c->port_count > 0 ? ", it declares " : "",
                  ports_text(l, c));
        return;
    }
    for (uint32_t i = 0; i < pod->container_count; i++)
        if (declares(&pod->container[i], h->port))
            return;
    if (c->port_count > 0)
        mf_say_at(l, MANIFEST_MISFIT, port.node->line, port.node->column,
                  "%s asks port %u; the container declares %s", what, h->port,
                  ports_text(l, c));
}

/* The seconds for which a script sleeps for certain: the words "sleep N" of its commands. */
static int64_t sleeps_of(const char *text)
{
    int64_t sum = 0;

    for (const char *at = text; (at = strstr(at, "sleep ")) != NULL; at += 6) {
        int64_t n = 0;
        const char *digit = at + 6;

        if (at != text && strchr(" ;&|({\n\t/", at[-1]) == NULL)
            continue;
        while (*digit >= '0' && *digit <= '9' && n < 1000000)
            n = n * 10 + (*digit++ - '0');
        sum += n * (*digit == 'm' ? 60 : *digit == 'h' ? 3600 : 1);
    }
    return sum;
}

/* Only what is done in any case counts: nothing in a loop or behind a condition. */
static bool is_straight(const char *text)
{
    static const char *const turns[] = {"while ", "until ", "for ", "if ", "case ", "||"};

    for (size_t i = 0; i < RX_ARRAY_LEN(turns); i++)
        if (strstr(text, turns[i]) != NULL)
            return false;
    return true;
}

static void stop_remark(struct mf_load *l, const struct mf_at *hook, const struct pod_spec *pod,
                        const struct pod_handler_spec *h)
{
    struct mf_at sleep = mf_field(hook, "sleep"), seconds = mf_field(&sleep, "seconds"),
                 exec = mf_field(hook, "exec"), command = mf_field(&exec, "command"),
                 word = seconds;
    int64_t sum = h->kind == POD_HANDLER_SLEEP ? h->seconds : 0;

    if (h->kind == POD_HANDLER_EXEC && h->argc > 1) {
        const char *name = strrchr(h->argv[0], '/');

        name = name != NULL ? name + 1 : h->argv[0];
        if (strcmp(name, "sleep") == 0)
            sum = sleeps_of(mf_scratch(l, "sleep %s", h->argv[1]));
        else if (is_straight(h->argv[h->argc - 1]))
            sum = sleeps_of(h->argv[h->argc - 1]);
        if (command.node != NULL && command.node->count == h->argc)
            word = mf_item(&command, h->argc - 1);
    }
    if (!has_place(&word) || sum == 0 || sum < pod->grace_s)
        return;
    mf_say_at(l, MANIFEST_MISFIT, word.node->line, word.node->column,
              "preStop sleeps %llds of terminationGracePeriodSeconds %d: %s", (long long)sum,
              pod->grace_s,
              sum > pod->grace_s ? "it will be cut"
                                 : "nothing is left for the program, which has 2s for its end");
}

/* ---- Behaviors ------------------------------------------------------------------------------- */

/* Counted from the start of the run, what looks like a slow start is one of the first container
 * only. */
static void serve_remark(struct mf_load *l, const struct mf_at *list,
                         const struct pod_serve_rule *rule, uint32_t count)
{
    for (uint32_t i = 0; list->node != NULL && list->node->type == MF_SEQUENCE && i < count &&
                         i < list->node->count; i++) {
        struct mf_at item = mf_item(list, i), clock = mf_field(&item, "clock");
        const struct pod_window *w = &rule[i].window;

        if (rule[i].act != POD_SERVE_REFUSE || w->instance_clock || w->from != 0 ||
            w->to == RX_MS_NEVER || clock.node != NULL || !has_place(&item))
            continue;
        mf_say_at(l, MANIFEST_WARNING, item.node->line, item.node->column,
                  "this refuses from the start of the run on: containers that start later, or "
                  "again, answer sooner. listensAfter counts from each start, 'clock: run' says "
                  "that this is meant");
    }
}

static void behavior_remark(struct mf_load *l, const struct mf_at *spec,
                            const struct pod_behaviour *b)
{
    struct mf_at common = mf_field(spec, "serve"), instances = mf_field(spec, "instances");
    bool told = false; /* of the common list, which several may have */

    for (uint32_t i = 0; i < b->instance_count; i++) {
        const struct pod_instance_script *s = &b->instance[i];
        bool listed = instances.node != NULL && i < instances.node->count;
        struct mf_at item = listed ? mf_item(&instances, i) : *spec,
                     own = mf_field(&item, "serve"), *list = own.node != NULL ? &own : &common;

        if (list == &own || !told)
            serve_remark(l, list, s->serve, s->serve_count);
        told |= list == &common;
    }
}
