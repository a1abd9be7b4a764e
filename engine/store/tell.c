/* SPDX-License-Identifier: Apache-2.0 */
/* tell.c - records of the event stream about objects that are no pods. */
#include "engine/store/tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/fit.h"
#include "engine/reactor/hash.h"
#include "engine/reactor/text.h"
#include "engine/store/rule_shard.h"

enum { TEXT_MAX = 4096 };

/* Two objects of one name differ in their kind. */
static uint64_t hash_of(const struct st_object *o)
{
    return pod_hash_name(o->ns, o->name != NULL ? o->name : "") ^
           pod_hash_name("", st_kind_word((enum st_kind)o->kind, o->sub));
}

static void put(struct st_store *s, struct st_object *o, struct st_record *r,
                const struct st_pod_ref *pod, const char *text, size_t length)
{
    bool first = o->meta.story.state == 0;

    if (o->mute)
        return;
    if (first)
        st_log_begin(s->log, &o->meta.story, hash_of(o), (uint64_t)o->meta.created);
    r->object = o->kind;
    r->who = st_who(s, o);
    r->container = ST_NO_CONTAINER;
    r->exit_code = -1;
    r->before = o->meta.version;
    if (pod != NULL) {
        r->id = pod->id;
        r->serial = pod->serial;
        r->spec = pod->spec;
        r->owner = pod->owner;
        r->ordinal = pod->ordinal;
    } else {
        r->serial = o->meta.serial;
    }
    o->meta.version = st_log_put(s->log, r, &o->meta.story, text, length);
}

/* "" for NONE. */
static const char *status_text(enum st_status s)
{
    static const char *const text[] = {"", "False", "True", "Unknown"};

    return text[s];
}

void st_tell_object(struct st_store *s, struct st_object *o, enum pod_object_state from,
                    enum pod_object_state to)
{
    struct st_record r = {
        .kind = POD_TRANSITION, .field = POD_FIELD_OBJECT, .from = from, .to = to};

    put(s, o, &r, NULL, NULL, 0);
}

void st_tell_count(struct st_store *s, struct st_object *o, enum st_field f, uint64_t from,
                   uint64_t to, const struct st_pod_ref *pod)
{
    struct st_record r = {.kind = POD_TRANSITION, .field = (uint8_t)f, .from = from, .to = to};

    put(s, o, &r, pod, NULL, 0);
}

void st_tell_number(struct st_store *s, struct st_object *o, enum st_field f, uint64_t from,
                    uint64_t to)
{
    st_tell_count(s, o, f, from, to, NULL);
}

void st_tell_number_on(struct st_store *s, struct st_object *o, enum st_field f, uint64_t from,
                       uint64_t to, const char *message)
{
    struct st_record r = {.kind = POD_TRANSITION, .field = (uint8_t)f, .from = from, .to = to};

    put(s, o, &r, NULL, message, strlen(message));
}

/* Texts one after the other, each with its NUL; the last one's is the record's own. */
static void put_texts(struct st_store *s, struct st_object *o, enum st_field f,
                      const struct st_pod_ref *pod, const char *const *text, uint32_t count)
{
    struct st_record r = {.kind = POD_TRANSITION, .field = (uint8_t)f};
    char all[TEXT_MAX];
    size_t used = 0;

    for (uint32_t i = 0; i < count; i++) {
        const char *one = text[i] != NULL ? text[i] : "";
        size_t length = RX_MIN(strlen(one), sizeof(all) - (count - i) - used);

        memcpy(all + used, one, length);
        all[used + length] = '\0';
        used += length + 1;
    }
    put(s, o, &r, pod, all, used - 1);
}

void st_tell_text(struct st_store *s, struct st_object *o, enum st_field f, const char *from,
                  const char *to, const struct st_pod_ref *pod)
{
    put_texts(s, o, f, pod, (const char *const[]){from, to}, 2);
}

void st_tell_result(struct st_store *s, struct st_object *o, enum st_field f, const char *to,
                    const char *reason, const char *message)
{
    put_texts(s, o, f, NULL, (const char *const[]){"", to, reason, message}, 4);
}

/* Most are of a sentence and a name at its end; these are told of every pod, and a formatter takes
 * ten times as long. */
static size_t render(char *text, size_t room, const char *format, va_list args)
{
    const char *name = strchr(format, '%');
    struct rx_fit t = {.at = text, .room = (uint32_t)room - 1};
    int n;

    if (name == NULL || strcmp(name, "%s") != 0) {
        n = vsnprintf(text, room, format, args);
        return n < 0 ? 0 : RX_MIN((size_t)n, room - 1);
    }
    rx_fit_add(&t, format, (size_t)(name - format));
    rx_fit_str(&t, va_arg(args, const char *));
    text[t.len] = '\0';
    return t.len;
}

void st_tell_event(struct st_store *s, struct st_object *o, enum pod_event_kind k,
                   const char *format, ...)
{
    struct st_record r = {.kind = (uint8_t)k};
    char text[TEXT_MAX];
    va_list args;
    size_t length;

    va_start(args, format);
    length = render(text, sizeof(text), format, args);
    va_end(args);
    put(s, o, &r, NULL, text, length);
}

/* ---- conditions ------------------------------------------------------------------------------ */

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void set_message(struct st_store *s, struct st_condition *c, const char *message)
{
    enum { ROOM_LEAST = 192 };
    size_t size = strlen(message) + 1, room = RX_MAX(size, (size_t)ROOM_LEAST);

    if (size > c->room) {
        st_condition_fini(s, c);
        c->message = rx_mem_alloc(s->mem, room);
        if (c->message == NULL)
            return;
        c->room = (uint32_t)room;
    }
    memcpy(c->message, message, size);
}

bool st_condition_set(struct st_store *s, struct st_object *o, enum st_field f,
                      struct st_condition *c, enum st_status status, const char *reason,
                      const char *message)
{
    bool told = c->status != status || !same(c->reason, reason);
    rx_ms now = rx_loop_now(s->log->loop);

    message = message != NULL ? message : "";
    if (told) {
        put_texts(s, o, f, NULL,
                  (const char *const[]){status_text(c->status), status_text(status), reason,
                                        message},
                  4);
    }
    if (told || !same(c->message != NULL ? c->message : "", message))
        c->updated = now;
    if (c->status != status)
        c->changed = now;
    c->status = status;
    c->reason = reason;
    set_message(s, c, message);
    return told;
}

void st_condition_fini(struct st_store *s, struct st_condition *c)
{
    if (c->message != NULL)
        rx_mem_free(s->mem, c->message, c->room);
    c->message = NULL;
    c->room = 0;
}
