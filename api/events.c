/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.c - records of the engine as the facts that podring.h promises: strings are made here,
 * when somebody reads them.
 */
#include <stdio.h>
#include <string.h>

#include "api/sized.h"

static const char *truth(uint64_t v)
{
    return v != 0 ? "True" : "False";
}

static const char *object_state(uint64_t v)
{
    static const char *const name[] = {NULL, "Created", "Terminating", "Deleted"};

    return name[v];
}

static const char *number(char *out, size_t room, uint64_t v)
{
    snprintf(out, room, "%llu", (unsigned long long)v);
    return out;
}

static const char *word(const struct pod_world *w, uint64_t packed, char *out, size_t room)
{
    pod_word_text(w, pod_word_unpack(packed), out, room);
    return out;
}

static void render_field(podring *r, struct api_strings *s, const struct st_record *e,
                         struct podring_event *out);

static void render_condition(const struct st_record *e, struct podring_event *out)
{
    enum pod_condition c = (enum pod_condition)(e->field - POD_FIELD_CONDITION);

    out->field = pod_condition_name(c);
    out->from = e->from == POD_CONDITION_NONE ? NULL : truth(e->from);
    out->to = truth(e->to);
    out->reason = pod_condition_reason_name((enum pod_condition_reason)e->reason);
}

static void render_transition(podring *r, struct api_strings *s, const struct st_record *e,
                              struct podring_event *out)
{
    switch ((enum pod_field)e->field) {
    case POD_FIELD_PHASE:
        out->field = "phase";
        out->from = pod_phase_name((enum pod_phase)e->from);
        out->to = pod_phase_name((enum pod_phase)e->to);
        break;
    case POD_FIELD_STATUS:
        out->field = "status";
        out->from = word(&r->world, e->from, s->from, sizeof(s->from));
        out->to = word(&r->world, e->to, s->to, sizeof(s->to));
        break;
    case POD_FIELD_OBJECT:
        out->field = "object";
        out->from = object_state(e->from);
        out->to = object_state(e->to);
        break;
    case POD_FIELD_STATE:
        out->field = "state";
        out->from = pod_container_state_name((enum pod_container_state)e->from);
        out->to = pod_container_state_name((enum pod_container_state)e->to);
        out->reason = st_reason_text(&r->world.reasons, e->reason);
        break;
    case POD_FIELD_READY:
    case POD_FIELD_STARTED:
        out->field = e->field == POD_FIELD_READY ? "ready" : "started";
        out->from = truth(e->from);
        out->to = truth(e->to);
        break;
    case POD_FIELD_RESTART_COUNT:
        out->field = "restartCount";
        out->from = number(s->from, sizeof(s->from), e->from);
        out->to = number(s->to, sizeof(s->to), e->to);
        out->numeric = 3;
        break;
    default:
        if (e->field >= ST_FIELD_FIRST) {
            render_field(r, s, e, out);
        } else if (e->field >= POD_FIELD_GATE) {
            out->field = e->spec->gate[e->field - POD_FIELD_GATE];
            out->from = truth(e->from);
            out->to = truth(e->to);
        } else {
            render_condition(e, out);
        }
        break;
    }
    if (out->reason != NULL && out->reason[0] == '\0')
        out->reason = NULL;
}

static void render_step(podring *r, struct api_strings *s, uint64_t serial)
{
    const struct st_object *o = api_object(r, ST_STEP, serial);

    if (o != NULL)
        api_step_text(&rx_container_of(o, struct cluster_step, object)->spec, s->message,
                      sizeof(s->message));
}

/* What somebody has done: a step of a Scenario whose time has come, a call. */
static void render_action(podring *r, struct api_strings *s, const struct st_record *e,
                          struct podring_event *out)
{
    static const char *const call[] = {
        [ST_CALL_DELETE] = "podring_delete",
        [ST_CALL_KILL] = "podring_kill",
        [ST_CALL_SCALE] = "podring_scale",
        [ST_CALL_SET_IMAGE] = "podring_set_image",
        [ST_CALL_REBOOT] = "podring_reboot",
        [ST_CALL_SET_CONDITION] = "podring_set_condition",
        [ST_CALL_CREATE] = "podring_create_text",
        [ST_CALL_REPLACE] = "podring_replace_text",
        [ST_CALL_SPEC_CREATE] = "podring_spec_create",
        [ST_CALL_SPEC_REPLACE] = "podring_spec_replace",
        [ST_CALL_PATCH] = "podring_patch_text",
        [ST_CALL_DELETE_OBJECT] = "podring_delete_object",
        [ST_CALL_EVICT] = "podring_evict",
    };

    out->kind = PODRING_ACTION;
    out->object = e->object == ST_CALL ? "call" : "step";
    out->message = s->message;
    s->message[0] = '\0';
    if (e->object != ST_CALL) {
        render_step(r, s, e->serial);
        return;
    }
    if (e->who != NULL)
        out->namespace_ = e->who->ns;
    snprintf(s->message, sizeof(s->message), "%s%s%s%s%s", call[e->to],
             e->who != NULL || e->spec != NULL ? " " : "",
             e->who != NULL ? st_kind_word((enum st_kind)e->who->kind, e->who->sub)
             : e->spec != NULL ? "pod" : "",
             e->who != NULL || e->spec != NULL ? "/" : "",
             e->who != NULL ? (e->who->name != NULL ? e->who->name : "")
             : e->spec != NULL ? out->pod_name : "");
}

static const char *next_text(const char *text)
{
    return text + strlen(text) + 1;
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

/* What controllers tell of an object: the forms of words.h. */
static void render_field(podring *r, struct api_strings *s, const struct st_record *e,
                         struct podring_event *out)
{
    const char *text = st_log_text(&r->world.log, e);

    out->field = st_field_name((enum st_field)e->field);
    out->message = NULL;
    if (st_field_type((enum st_field)e->field) == ST_FIELD_NUMBER) {
        out->from = number(s->from, sizeof(s->from), e->from);
        out->to = number(s->to, sizeof(s->to), e->to);
        out->numeric = 3;
        out->message = or_null(text);
        return;
    }
    out->from = or_null(text);
    out->to = text = next_text(text);
    if (st_field_type((enum st_field)e->field) == ST_FIELD_TEXT)
        return;
    text = next_text(text);
    out->reason = or_null(text);
    out->message = or_null(next_text(text));
}

/* What only the object itself knows of its name: a document's. It stays as long as the engine. */
static const char *name_of(podring *r, const struct st_record *e)
{
    const struct st_object *o = e->who->name == NULL
        ? api_object(r, (enum st_kind)e->object, e->serial) : NULL;

    return o != NULL ? api_object_name(o) : e->who->name;
}

static void render_object(podring *r, struct api_strings *s, const struct st_record *e,
                          struct podring_event *out)
{
    const char *name = name_of(r, e);

    out->namespace_ = e->who->ns;
    out->object = s->object;
    snprintf(s->object, sizeof(s->object), "%s%s%s",
             st_kind_word((enum st_kind)e->who->kind, e->who->sub), name != NULL ? "/" : "",
             name != NULL ? name : "");
    if (e->kind != POD_TRANSITION) {
        out->kind = PODRING_EVENT;
        out->type = pod_event_type((enum pod_event_kind)e->kind);
        out->reason = pod_event_reason((enum pod_event_kind)e->kind);
        return;
    }
    out->kind = PODRING_TRANSITION;
    if (e->field >= ST_FIELD_FIRST) {
        render_field(r, s, e, out);
        return;
    }
    out->field = "object";
    out->from = object_state(e->from);
    out->to = object_state(e->to);
    if (e->object == ST_STEP) {
        render_step(r, s, e->serial);
        out->message = s->message;
    }
}

static void render(podring *r, struct api_strings *s, const struct st_record *e,
                   struct podring_event *out)
{
    const char *text = st_log_text(&r->world.log, e);

    *out = (struct podring_event)PODRING_EVENT_INIT;
    out->at_ms = e->at;
    out->seq = e->told;
    out->version = e->seq;
    out->cause = e->cause;
    out->exit_code = e->exit_code;
    if (e->spec != NULL) {
        pod_uid_of(&r->world, e->serial, s->uid);
        out->pod = e->id;
        out->number = e->serial;
        out->namespace_ = e->spec->ns;
        out->pod_name = pod_name_of(e->owner, e->ordinal, e->spec, s->name);
        out->uid = s->uid;
    }
    if (e->container != ST_NO_CONTAINER)
        out->container = e->spec->container[e->container].name;
    out->message = text[0] != '\0' ? text : NULL;
    if (e->object == ST_CALL || (e->object == ST_STEP && e->to == POD_OBJECT_DELETED)) {
        render_action(r, s, e, out);
    } else if (e->object != ST_POD) {
        render_object(r, s, e, out);
    } else if (e->kind == POD_TRANSITION) {
        out->kind = PODRING_TRANSITION;
        render_transition(r, s, e, out);
    } else {
        out->kind = PODRING_EVENT;
        out->type = pod_event_type((enum pod_event_kind)e->kind);
        out->reason = pod_event_reason((enum pod_event_kind)e->kind);
    }
}

/* The event handed out last stays in the queue until the next call, so that its strings stay
 * too. */
void api_drop_taken(podring *r)
{
    if (r->taken)
        st_cursor_pop(&r->world.log, &r->reader);
    r->taken = false;
}

static int next_event(podring *r, struct podring_event *out)
{
    const struct st_record *e;

    api_drop_taken(r);
    while ((e = st_cursor_peek(&r->world.log, &r->reader, NULL)) != NULL && e->told == 0)
        st_cursor_pop(&r->world.log, &r->reader);
    if (e == NULL) {
        pod_world_bury(&r->world);
        return -PODRING_EAGAIN;
    }
    render(r, &r->strings, e, out);
    r->taken = true;
    return 0;
}

int podring_next_event(podring *r, struct podring_event *out)
{
    struct podring_event full;

    API_OWN(r);
    API_SIZED(r, out);
    if (r->in_callback)
        return api_fail(r, -PODRING_ESTATE, "events cannot be taken in a callback");
    if (next_event(r, &full) != 0)
        return api_fail(r, -PODRING_EAGAIN, "there are no more events");
    API_GIVE(out, &full);
    return 0;
}

int podring_cause(podring *r, uint64_t version, struct podring_event *out)
{
    const struct st_record *e;
    struct podring_event full;

    API_OWN(r);
    API_SIZED(r, out);
    e = st_log_at(&r->world.log, version);
    if (e == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, "version %llu is not known any more, or not yet",
                        (unsigned long long)version);
    render(r, &r->cause_strings, e, &full);
    API_GIVE(out, &full);
    return 0;
}

int podring_change(podring *r, uint64_t *version, struct podring_event *out)
{
    const struct st_record *e;
    const struct st_log *l;
    struct podring_event full;

    API_OWN(r);
    API_CHECK(r, version != NULL, "version is NULL");
    API_SIZED(r, out);
    l = &r->world.log;
    if (*version == l->seq)
        return api_fail(r, -PODRING_EAGAIN, "nothing has changed since version %llu",
                        (unsigned long long)*version);
    e = *version < l->seq ? st_log_at(l, *version + 1) : NULL;
    if (e == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, *version > l->seq
                        ? "version %llu is not there yet"
                        : "what has changed since version %llu is not known any more",
                        (unsigned long long)*version);
    render(r, &r->change_strings, e, &full);
    *version = e->seq;
    API_GIVE(out, &full);
    return 0;
}

uint64_t podring_newest_version(podring *r)
{
    return api_enter(r, __func__) == 0 ? r->world.log.seq : 0;
}

int podring_on_event(podring *r, podring_event_fn *fn, void *ctx)
{
    API_OWN(r);
    r->on_event = fn;
    r->on_event_ctx = ctx;
    return 0;
}

void api_deliver(podring *r)
{
    struct podring_event e;
    struct api_callback c;

    api_drop_taken(r);
    if (r->on_event == NULL) {
        pod_world_bury(&r->world);
        return;
    }
    if (!api_callback_begin(r, &c))
        return;
    while (!r->closing && r->on_event != NULL && next_event(r, &e) == 0)
        r->on_event(r->on_event_ctx, r, &e);
    api_callback_end(r, &c);
}

uint64_t podring_input_digest(podring *r)
{
    return api_enter(r, __func__) == 0 ? rx_digest_value(&r->set.digest) : 0;
}

uint64_t podring_digest(podring *r)
{
    return api_enter(r, __func__) == 0 ? r->world.log.digest : 0;
}
