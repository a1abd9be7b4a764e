/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fits.c - every reference of the documents (api/manifest/refer.c) against what there is.
 *
 * What is missing may be elsewhere in the cluster that the files are for, so it is a note; what
 * selects none of the pods that are there is a warning. Nothing is said where steps will apply
 * files or change labels: what comes with them is not known yet. One thing that is missing is said
 * once, at its first place.
 */
#include "api/fits.h"

#include "api/choice.h"

#include <stdio.h>
#include <string.h>

#include "engine/cluster/node.h"

/* What has been said to be missing. */
struct missing {
    const struct manifest_ref *ref;
    uint32_t others;
};

struct fits {
    podring *ring;
    const struct manifest_set *set;
    struct rx_arena *arena;
    struct missing *missing;
    uint32_t missing_count, missing_room;
};

enum { MISSING_MAX = 500 }; /* different ones that are told apart */

/* ---- saying ---------------------------------------------------------------------------------- */

/* Without memory nothing is said, and the caller is told (mem.h). */
static void say(struct fits *f, enum manifest_severity severity, const struct manifest_ref *at,
                const char *text)
{
    struct manifest_diagnostic d = {.severity = severity, .line = at->line, .column = at->column,
                                    .file = at->file, .text = text};

    if (text != NULL)
        manifest_diagnose(&f->ring->set, &d);
}

static const struct manifest_object *object_of(const struct fits *f, const struct manifest_ref *ref)
{
    return &f->set->objects.item[ref->object];
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Of the names that stand in a selector's place, what is missing and what follows. */
static void miss(struct fits *f, const struct manifest_ref *ref)
{
    const char *ns = object_of(f, ref)->ns;

    for (uint32_t i = 0; i < f->missing_count; i++) {
        struct missing *m = &f->missing[i];

        if (m->ref->kind == ref->kind && same(m->ref->name, ref->name) &&
            same(m->ref->key, ref->key) && same(object_of(f, m->ref)->ns, ns)) {
            m->others++;
            return;
        }
    }
    if (f->missing_count == MISSING_MAX)
        return;
    if (f->missing_count == f->missing_room) {
        uint32_t room = 2 * f->missing_room + 16;
        struct missing *larger = rx_mem_grow(&f->ring->mem, f->missing,
                                             f->missing_room * sizeof(*larger),
                                             room * sizeof(*larger));

        if (larger == NULL)
            return;
        f->missing = larger;
        f->missing_room = room;
    }
    f->missing[f->missing_count++] = (struct missing){.ref = ref};
}

static void say_missing(struct fits *f)
{
    static const char *const word[] = {
        [MANIFEST_REF_CONFIG_MAP] = "configmap", [MANIFEST_REF_SECRET] = "secret",
        [MANIFEST_REF_CLAIM] = "persistentvolumeclaim", [MANIFEST_REF_SERVICE] = "service",
        [MANIFEST_REF_PRIORITY] = "priorityclass",
    };

    for (uint32_t i = 0; i < f->missing_count; i++) {
        const struct missing *m = &f->missing[i];
        char more[64] = "";

        if (m->others > 0)
            snprintf(more, sizeof(more), " (and %u other place%s)", m->others,
                     m->others == 1 ? "" : "s");
        if (m->ref->key != NULL)
            say(f, MANIFEST_MISFIT, m->ref,
                rx_arena_printf(f->arena, "%s \"%s\" has no key \"%s\": %s%s", word[m->ref->kind],
                                m->ref->name, m->ref->key, m->ref->use, more));
        else
            say(f, MANIFEST_MISFIT, m->ref,
                rx_arena_printf(f->arena, "%s \"%s\" is in none of these files: %s%s",
                                word[m->ref->kind], m->ref->name, m->ref->use, more));
    }
}

/* ---- selecting ------------------------------------------------------------------------------- */

static const char *title_of(struct fits *f, const struct manifest_object *o)
{
    const char *name = o->kind == ST_BEHAVIOUR ? f->set->behaviours.item[o->index].name : o->name;

    return rx_arena_printf(f->arena, "%s%s%s%s", st_kind_word((enum st_kind)o->kind, o->sub),
                           name != NULL && *name ? " \"" : "", name != NULL ? name : "",
                           name != NULL && *name ? "\"" : "");
}

/* Why nobody is selected: another namespace, or the label that the nearest one has otherwise. */
static const char *reason(struct fits *f, const struct api_choice *c)
{
    const struct pod_workload_spec *nearest = NULL, *anywhere = NULL;
    const char *key, *value;
    uint32_t held = 0, i = 0;

    for (uint32_t k = 0; k < f->set->workloads.count; k++) {
        const struct pod_workload_spec *w = &f->set->workloads.item[k];
        uint32_t n = w->template_ != NULL ? api_wishes_held(c, &w->template_->labels) : 0;

        if (w->template_ == NULL)
            continue;
        if (strcmp(w->ns, c->ns) != 0) {
            anywhere = n == api_wishes(c) && anywhere == NULL ? w : anywhere;
        } else if (nearest == NULL || n > held) {
            nearest = w;
            held = n;
        }
    }
    if (c->workload != NULL)
        return rx_arena_printf(f->arena, "there is no workload %s in namespace %s%s", c->workload,
                               c->ns, api_wishes(c) > 0 ? " whose pods it selects" : "");
    if (anywhere != NULL && api_wishes(c) > 0)
        return rx_arena_printf(f->arena, "%s is in namespace %s, this is in %s",
                               api_wish_text(f->arena, c, 0), anywhere->ns, c->ns);
    if (nearest == NULL)
        return rx_arena_printf(f->arena, "there are no pods in namespace %s", c->ns);
    while (i < api_wishes(c) && api_wish_holds(c, i, &nearest->template_->labels))
        i++;
    /* One that shares a key is nearer than the first that shares nothing. */
    for (uint32_t k = 0; k < f->set->workloads.count && held == 0; k++) {
        const struct pod_workload_spec *w = &f->set->workloads.item[k];

        if (w->template_ != NULL && strcmp(w->ns, c->ns) == 0 &&
            st_label(&w->template_->labels, api_wish_key(c, i)) != NULL) {
            nearest = w;
            break;
        }
    }
    key = api_wish_key(c, i);
    value = st_label(&nearest->template_->labels, key);
    if (value != NULL)
        return rx_arena_printf(f->arena, "%s is nobody's, %s/%s has %s=%s",
                               api_wish_text(f->arena, c, i), api_workload_word(nearest),
                               nearest->name, key, value);
    return rx_arena_printf(f->arena, "%s is nobody's: %s/%s has no label %s",
                           api_wish_text(f->arena, c, i), api_workload_word(nearest), nearest->name,
                           key);
}

static bool selects_any(struct fits *f, const struct api_choice *c)
{
    for (uint32_t i = 0; i < f->set->workloads.count; i++)
        if (api_selects(c, &f->set->workloads.item[i]))
            return true;
    return false;
}

static void check_selector(struct fits *f, const struct manifest_ref *ref)
{
    const struct manifest_object *o = object_of(f, ref);
    struct api_choice c;

    if (f->set->workloads.count == 0 && o->kind != ST_BEHAVIOUR)
        return; /* a file of Services alone */
    if (!api_choice_of(f->set, o, &c) || selects_any(f, &c))
        return;
    if (f->set->strangers > 0 && o->kind != ST_BEHAVIOUR) /* whose controllers may make them */
        say(f, MANIFEST_NOTE, ref,
            rx_arena_printf(f->arena, "%s fits no pod that is simulated: %s", title_of(f, o),
                            reason(f, &c)));
    else
        say(f, MANIFEST_WARNING, ref,
            rx_arena_printf(f->arena, "%s fits no pod: %s", title_of(f, o), reason(f, &c)));
}

/* ---- what stands in front of pods ------------------------------------------------------------ */

static const char *ports_text(struct fits *f, const struct pod_spec *pod)
{
    const char *text = "";

    for (uint32_t i = 0; i < pod->container_count && text != NULL; i++)
        for (uint32_t k = 0; k < pod->container[i].port_count && text != NULL; k++) {
            const struct pod_port_spec *p = &pod->container[i].port[k];

            text = rx_arena_printf(f->arena, "%s%s%u%s%s%s", text, *text ? ", " : "", p->number,
                                   p->name != NULL ? " (" : "", p->name != NULL ? p->name : "",
                                   p->name != NULL ? ")" : "");
        }
    return text != NULL ? text : "";
}

static bool has_port(const struct pod_spec *pod, const struct pod_service_port *port,
                     bool *declares)
{
    bool found = false;

    for (uint32_t i = 0; i < pod->container_count; i++)
        for (uint32_t k = 0; k < pod->container[i].port_count; k++) {
            const struct pod_port_spec *p = &pod->container[i].port[k];

            *declares = true;
            found |= port->target_name != NULL ? same(p->name, port->target_name)
                                               : p->number == port->target;
        }
    return found;
}

/* Whoever declares no port at all may listen on any; a name must be declared. */
static void check_target_port(struct fits *f, const struct manifest_ref *ref)
{
    const struct manifest_object *o = object_of(f, ref);
    const struct pod_service_spec *service = &f->set->services.item[o->index];
    const struct pod_workload_spec *first = NULL;
    const struct pod_service_port *port;
    struct api_choice c;
    bool declares = false;

    if (!api_choice_of(f->set, o, &c) || ref->number >= service->port_count)
        return;
    port = &service->port[ref->number];
    for (uint32_t i = 0; i < f->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &f->set->workloads.item[i];

        if (!api_selects(&c, w))
            continue;
        if (has_port(w->template_, port, &declares))
            return;
        first = first != NULL ? first : w;
    }
    if (first == NULL)
        return;
    if (port->target_name != NULL)
        say(f, MANIFEST_WARNING, ref,
            rx_arena_printf(f->arena,
                            "targetPort \"%s\": %s/%s has no port of that name%s%s: no endpoints",
                            port->target_name, api_workload_word(first), first->name,
                            declares ? ", it declares " : "",
                            ports_text(f, first->template_)));
    else if (declares)
        say(f, MANIFEST_MISFIT, ref,
            rx_arena_printf(f->arena, "targetPort %u: %s/%s declares %s", port->target,
                            api_workload_word(first), first->name,
                            ports_text(f, first->template_)));
}

static const struct pod_service_spec *service_named(struct fits *f, const char *ns,
                                                    const char *name)
{
    for (uint32_t i = 0; i < f->set->services.count; i++)
        if (strcmp(f->set->services.item[i].name, name) == 0 &&
            strcmp(f->set->services.item[i].ns, ns) == 0)
            return &f->set->services.item[i];
    return NULL;
}

static void check_service_port(struct fits *f, const struct manifest_ref *ref)
{
    const struct pod_service_spec *s = service_named(f, object_of(f, ref)->ns, ref->name);

    if (s == NULL)
        return; /* said already */
    for (uint32_t i = 0; i < s->port_count; i++)
        if (ref->key != NULL ? same(s->port[i].name, ref->key) : s->port[i].port == ref->number)
            return;
    say(f, MANIFEST_MISFIT, ref,
        ref->key != NULL ? rx_arena_printf(f->arena, "service \"%s\" has no port called \"%s\"",
                                           ref->name, ref->key)
                         : rx_arena_printf(f->arena, "service \"%s\" has no port %u", ref->name,
                                           ref->number));
}

/* ---- what is scaled -------------------------------------------------------------------------- */

static bool kind_named(const char *word, enum pod_workload_kind *out)
{
    for (int k = 0; k < POD_WORKLOAD_KINDS; k++)
        if (strcasecmp(word, st_kind_word(ST_WORKLOAD, (uint8_t)k)) == 0) {
            *out = (enum pod_workload_kind)k;
            return true;
        }
    return false;
}

static const struct pod_workload_spec *workload_named(const struct manifest_set *s, const char *ns,
                                                      enum pod_workload_kind kind,
                                                      const char *name)
{
    for (uint32_t i = 0; i < s->workloads.count; i++) {
        const struct pod_workload_spec *w = &s->workloads.item[i];

        if (w->kind == kind && strcmp(w->name, name) == 0 && strcmp(w->ns, ns) == 0)
            return w;
    }
    return NULL;
}

static void check_utilization(struct fits *f, const struct manifest_ref *ref,
                              const struct st_hpa_spec *h, const struct pod_workload_spec *w)
{
    for (uint32_t i = 0; i < h->metric_count; i++) {
        const struct st_hpa_metric *m = &h->metric[i];

        if (m->target != ST_HPA_UTILIZATION || w->template_ == NULL)
            continue;
        for (uint32_t k = 0; k < w->template_->container_count; k++) {
            const struct pod_container_spec *c = &w->template_->container[k];

            if (c->kind == POD_INIT || st_label(&c->requests, m->name) != NULL ||
                (m->container != NULL && strcmp(m->container, c->name) != 0))
                continue;
            say(f, MANIFEST_MISFIT, ref,
                rx_arena_printf(f->arena,
                                "container \"%s\" of %s/%s requests no %s: of how much it uses a "
                                "part is not known (FailedGetResourceMetric)",
                                c->name, api_workload_word(w), w->name, m->name));
            return;
        }
    }
}

static void check_scaled(struct fits *f, const struct manifest_ref *ref)
{
    const struct manifest_object *o = object_of(f, ref);
    const struct st_hpa_spec *h = &f->set->hpas.item[o->index];
    const struct pod_workload_spec *w;
    enum pod_workload_kind kind;

    if (!kind_named(h->target_kind, &kind))
        return;
    w = workload_named(f->set, h->ns, kind, h->target_name);
    if (w != NULL)
        check_utilization(f, ref, h, w);
    else
        say(f, MANIFEST_MISFIT, ref,
            rx_arena_printf(f->arena,
                            "%s \"%s\" is in none of these files: nothing is scaled "
                            "(FailedGetScale)",
                            st_kind_word(ST_WORKLOAD, (uint8_t)kind), h->target_name));
}

/* ---- our own kinds --------------------------------------------------------------------------- */

static void check_container(struct fits *f, const struct manifest_ref *ref)
{
    const struct manifest_object *o = object_of(f, ref);
    const struct pod_workload_spec *first = NULL;
    const char *names = "";
    struct api_choice c;

    if (ref->name == NULL || !api_choice_of(f->set, o, &c))
        return;
    for (uint32_t i = 0; i < f->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &f->set->workloads.item[i];

        if (!api_selects(&c, w))
            continue;
        for (uint32_t k = 0; k < w->template_->container_count; k++)
            if (strcmp(w->template_->container[k].name, ref->name) == 0)
                return;
        first = first != NULL ? first : w;
    }
    if (first == NULL)
        return;
    for (uint32_t k = 0; k < first->template_->container_count && names != NULL; k++)
        names = rx_arena_printf(f->arena, "%s%s%s", names, k > 0 ? ", " : "",
                                first->template_->container[k].name);
    say(f, MANIFEST_WARNING, ref,
        rx_arena_printf(f->arena, "%s fits no container: %s/%s has %s, and none called \"%s\"",
                        title_of(f, o), api_workload_word(first), first->name,
                        names != NULL ? names : "", ref->name));
}

/* Pods are named by who makes them, and some come later: a workload's name with something behind it
 * may be one. */
static bool may_be_pod(const struct fits *f, const char *ns, const char *name)
{
    for (uint32_t i = 0; i < f->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &f->set->workloads.item[i];
        size_t n = strlen(w->name);

        if (strcmp(w->ns, ns) != 0 || strncmp(name, w->name, n) != 0)
            continue;
        if (name[n] == '\0' || name[n] == '#' || (w->kind != POD_WORKLOAD_POD && name[n] == '-'))
            return true;
    }
    return false;
}

static bool may_be_there(const struct fits *f, const struct pod_step *step)
{
    enum pod_workload_kind kind;
    enum st_kind other;
    uint8_t sub;

    if (strcmp(step->object_kind, "pod") == 0)
        return may_be_pod(f, step->ns, step->object_name);
    if (kind_named(step->object_kind, &kind))
        return workload_named(f->set, step->ns, kind, step->object_name) != NULL ||
               ((kind == POD_WORKLOAD_REPLICASET || kind == POD_WORKLOAD_JOB) &&
                may_be_pod(f, step->ns, step->object_name)); /* of a controller */
    if (!api_kind_of(step->object_kind, &other, &sub) || other == ST_NODE)
        return true; /* its own sentence, at its time */
    for (uint32_t i = 0; i < f->set->objects.count; i++) {
        const struct manifest_object *o = &f->set->objects.item[i];
        const char *name =
            o->kind == ST_BEHAVIOUR ? f->set->behaviours.item[o->index].name : o->name;

        if (o->kind == other && o->sub == sub && same(name, step->object_name))
            return true;
    }
    return other == ST_CLAIM; /* of a StatefulSet's template */
}

static void check_step(struct fits *f, const struct manifest_ref *ref)
{
    const struct pod_step *step = &f->set->steps.item[object_of(f, ref)->index];

    if (step->object_kind == NULL || step->object_name == NULL || may_be_there(f, step))
        return;
    say(f, MANIFEST_WARNING, ref,
        rx_arena_printf(f->arena, "step %s fits nothing: there is no %s \"%s\" in namespace %s",
                        manifest_step_word(step->kind), step->object_kind, step->object_name,
                        step->ns));
}

/* ---- init containers that wait for their own pod --------------------------------------------- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* Does the word stand there, with nothing of a name around it? */
static bool mentions(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n)
        if ((at == text || !is_name_char(at[-1])) && !is_name_char(at[n]))
            return true;
    return false;
}

static const struct pod_container_spec *declares(const struct pod_spec *pod, uint32_t from,
                                                 const char *text)
{
    char number[8];

    for (uint32_t i = from; i < pod->container_count; i++)
        for (uint32_t k = 0; k < pod->container[i].port_count; k++) {
            snprintf(number, sizeof(number), "%u", pod->container[i].port[k].number);
            if (mentions(text, number))
                return &pod->container[i];
        }
    return NULL;
}

/* Is it the only workload that the Service selects? */
static bool is_alone(struct fits *f, const struct pod_service_spec *s,
                     const struct pod_workload_spec *w)
{
    const struct api_choice c = {.ns = s->ns, .equal = &s->selector};

    if (!s->has_selector || s->selector.count == 0 || s->publish_not_ready || !api_selects(&c, w))
        return false;
    for (uint32_t i = 0; i < f->set->workloads.count; i++)
        if (&f->set->workloads.item[i] != w && api_selects(&c, &f->set->workloads.item[i]))
            return false;
    return true;
}

static void check_init(struct fits *f, const struct pod_workload_spec *w, uint32_t i)
{
    const struct pod_spec *pod = w->template_;
    const struct pod_container_spec *c = &pod->container[i], *other;

    for (uint32_t k = 0; k < c->argc && c->place != NULL; k++) {
        const struct manifest_ref at = {.file = c->place[k].file, .line = c->place[k].line,
                                        .column = c->place[k].column};

        if (at.line == 0)
            continue;
        other = mentions(c->argv[k], "localhost") || mentions(c->argv[k], "127.0.0.1")
                    ? declares(pod, i + 1, c->argv[k])
                    : NULL;
        if (other != NULL && other->kind != POD_INIT) {
            say(f, MANIFEST_MISFIT, &at,
                rx_arena_printf(f->arena,
                                "init container \"%s\" asks for a port of \"%s\" of its own pod, "
                                "which starts only when all before it are done: a circle",
                                c->name, other->name));
            return;
        }
        for (uint32_t n = 0; n < f->set->services.count; n++) {
            const struct pod_service_spec *s = &f->set->services.item[n];

            if (strcmp(s->ns, w->ns) != 0 || !mentions(c->argv[k], s->name) || !is_alone(f, s, w))
                continue;
            say(f, MANIFEST_MISFIT, &at,
                rx_arena_printf(f->arena,
                                "init container \"%s\" asks for service \"%s\", which has only "
                                "pods of %s/%s, and none is ready before its init containers are "
                                "done: a circle",
                                c->name, s->name, api_workload_word(w), w->name));
            return;
        }
    }
}

static void check_inits(struct fits *f, uint32_t from)
{
    for (uint32_t i = from; i < f->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &f->set->workloads.item[i];

        for (uint32_t k = 0; w->template_ != NULL && k < w->template_->init_count; k++)
            if (w->template_->container[k].kind == POD_INIT)
                check_init(f, w, k);
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

/* "data-web-0": a claim that a StatefulSet makes. */
static bool is_made(const struct fits *f, const char *ns, const char *name)
{
    for (uint32_t i = 0; i < f->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &f->set->workloads.item[i];

        if (w->kind != POD_WORKLOAD_STATEFULSET || strcmp(w->ns, ns) != 0 || w->template_ == NULL)
            continue;
        for (uint32_t k = 0; k < w->template_->volume_count; k++) {
            const struct pod_volume_spec *v = &w->template_->volume[k];
            size_t n = strlen(v->name), m = strlen(w->name);

            if (v->templated && strncmp(name, v->name, n) == 0 && name[n] == '-' &&
                strncmp(name + n + 1, w->name, m) == 0 && name[n + 1 + m] == '-')
                return true;
        }
    }
    return false;
}

static void check_config(struct fits *f, const struct manifest_ref *ref)
{
    const char *ns = object_of(f, ref)->ns;
    const struct st_config *c = st_config_find(&f->ring->world.store, ns,
                                               ref->kind == MANIFEST_REF_SECRET, ref->name);

    if (f->ring->world.knobs.ignore_missing)
        return;
    if (c != NULL && (ref->key == NULL || st_config_key(c, ref->key) != NULL))
        return;
    if (c != NULL) {
        miss(f, ref);
    } else if (ref->key == NULL || ref->line > 0) {
        struct manifest_ref *whole = rx_arena_alloc(f->arena, sizeof(*whole));

        if (whole == NULL)
            return;
        *whole = *ref;
        whole->key = NULL;
        miss(f, whole);
    }
}

static void check_ref(struct fits *f, const struct manifest_ref *ref)
{
    const char *ns = object_of(f, ref)->ns;

    switch (ref->kind) {
    case MANIFEST_REF_CONFIG_MAP:
    case MANIFEST_REF_SECRET:
        check_config(f, ref);
        break;
    case MANIFEST_REF_CLAIM:
        if (st_find(&f->ring->world.store, ST_CLAIM, 0, ns, ref->name) == NULL &&
            !is_made(f, ns, ref->name))
            miss(f, ref);
        break;
    case MANIFEST_REF_SERVICE:
        if (st_find(&f->ring->world.store, ST_SERVICE, 0, ns, ref->name) == NULL)
            miss(f, ref);
        break;
    case MANIFEST_REF_PRIORITY:
        if (st_find(&f->ring->world.store, ST_PRIORITY_CLASS, 0, "", ref->name) == NULL)
            miss(f, ref);
        break;
    case MANIFEST_REF_SERVICE_PORT:
        check_service_port(f, ref);
        break;
    case MANIFEST_REF_TARGET_PORT:
        check_target_port(f, ref);
        break;
    case MANIFEST_REF_SELECTOR:
        check_selector(f, ref);
        break;
    case MANIFEST_REF_CONTAINER:
        check_container(f, ref);
        break;
    case MANIFEST_REF_SCALED:
        check_scaled(f, ref);
        break;
    case MANIFEST_REF_STEP:
        check_step(f, ref);
        break;
    }
}

/* Will something come that is not in the files so far, or change what selects? */
static bool is_open(const struct manifest_set *s)
{
    for (uint32_t i = 0; i < s->steps.count; i++)
        if (s->steps.item[i].kind == POD_STEP_APPLY || s->steps.item[i].kind == POD_STEP_PATCH ||
            s->steps.item[i].kind == POD_STEP_SET_LABEL)
            return true;
    return false;
}

void api_check_fits(podring *r)
{
    struct fits f = {.ring = r, .set = &r->set, .arena = &r->set.arena};
    uint32_t said = r->set.diagnostics.count;

    if (!is_open(f.set))
        for (uint32_t i = r->applied.refs; i < f.set->refs.count; i++)
            check_ref(&f, &f.set->refs.item[i]);
    check_inits(&f, r->applied.workloads);
    say_missing(&f);
    rx_mem_free(&r->mem, f.missing, f.missing_room * sizeof(*f.missing));
    manifest_diagnostics_sort(&r->set, said);
}
