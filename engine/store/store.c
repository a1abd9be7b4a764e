/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - tables, the index of names, and the records that tell of objects. */
#include "engine/store/store.h"

#include <string.h>

#include "engine/reactor/err.h"
#include "engine/store/rule_shard.h"

void st_store_init(struct st_store *s, const struct rx_mem *mem, struct st_log *log)
{
    memset(s, 0, sizeof(*s));
    s->log = log;
    s->mem = mem;
    rx_map_init(&s->names, mem);
    rx_arena_init(&s->names_told, mem);
    for (int k = 0; k < ST_KINDS; k++)
        rx_list_init(&s->table[k].objects);
}

void st_store_fini(struct st_store *s)
{
    if (s->names.mem == NULL)
        return;
    rx_map_fini(&s->names);
    rx_arena_fini(&s->names_told);
}

static int add(struct st_store *s, struct st_object *o, uint64_t serial)
{
    struct st_table *t = &s->table[o->kind];
    struct rx_list *next = &t->objects;

    if (o->name != NULL) {
        if (st_find(s, (enum st_kind)o->kind, o->sub, o->ns, o->name) != NULL)
            return -RX_EEXISTS;
        if (rx_map_put(&s->names, pod_hash_name(o->ns, o->name), o) != 0)
            return -RX_ENOMEM;
    }
    o->meta.serial = serial;
    o->meta.created = s->log != NULL ? rx_loop_now(s->log->loop) : 0;
    while (next->prev != &t->objects && st_object_at(next->prev)->meta.serial > serial)
        next = next->prev;
    rx_list_add_tail(next, &o->meta.link); /* before next */
    t->count++;
    t->changes++;
    return 0;
}

int st_add(struct st_store *s, struct st_object *o)
{
    int rc = add(s, o, s->table[o->kind].serials + 1);

    s->table[o->kind].serials += rc == 0;
    return rc;
}

/* An owner that was made itself, a Job of a CronJob, owns none that is in this table. */
int st_add_made(struct st_store *s, struct st_object *o, uint64_t owner, uint64_t nth)
{
    enum { MADE_BIT = 51, NTH_BITS = 24 };

    RX_ASSERT(owner < 1ull << (MADE_BIT - NTH_BITS) && nth < 1ull << NTH_BITS);
    return add(s, o, 1ull << MADE_BIT | owner << NTH_BITS | nth);
}

struct st_document *st_document_new(const struct rx_mem *mem, size_t length)
{
    struct st_document *d =
        length < UINT32_MAX ? rx_mem_zalloc(mem, sizeof(*d) + length + 1) : NULL;

    if (d != NULL)
        d->length = (uint32_t)length;
    return d;
}

void st_document_free(const struct rx_mem *mem, struct st_document *d)
{
    if (d != NULL)
        rx_mem_free(mem, d, sizeof(*d) + d->length + 1);
}

void st_remove(struct st_store *s, struct st_object *o)
{
    struct st_table *t = &s->table[o->kind];

    st_document_free(s->mem, o->document);
    o->document = NULL;
    if (o->meta.serial == 0)
        return;
    if (o->name != NULL)
        rx_map_remove(&s->names, pod_hash_name(o->ns, o->name), o);
    rx_list_remove(&o->meta.link);
    t->count--;
    t->changes++;
    o->meta.serial = 0;
}

void st_unadd(struct st_store *s, struct st_object *o)
{
    s->table[o->kind].serials -= o->meta.serial != 0 && o->meta.serial == s->table[o->kind].serials;
    st_remove(s, o);
}

struct st_object *st_hashed(const struct st_store *s, enum st_kind kind, uint64_t hash,
                            uint32_t *cursor)
{
    struct st_object *o;

    while ((o = rx_map_next(&s->names, hash, cursor)) != NULL && o->kind != kind) {
    }
    return o;
}

struct st_object *st_next(const struct st_store *s, enum st_kind kind, const char *ns,
                          const char *name, uint32_t *cursor)
{
    uint64_t hash = pod_hash_name(ns, name);
    struct st_object *o;

    while ((o = st_hashed(s, kind, hash, cursor)) != NULL) {
        if (strcmp(o->name, name) == 0 && strcmp(o->ns, ns) == 0)
            return o;
    }
    return NULL;
}

struct st_object *st_find(const struct st_store *s, enum st_kind kind, uint8_t sub, const char *ns,
                          const char *name)
{
    struct st_object *o;
    uint32_t cursor = 0;

    while ((o = st_next(s, kind, ns, name, &cursor)) != NULL && o->sub != sub) {
    }
    return o;
}

struct st_object *st_newest(const struct st_store *s, enum st_kind kind)
{
    const struct rx_list *all = &s->table[kind].objects;

    return rx_list_empty(all) ? NULL : rx_container_of(all->prev, struct st_object, meta.link);
}

/* The object may be freed before its records are read, and its names with it. */
static const char *keep(char **to, const char *text)
{
    const char *kept = *to;

    if (text == NULL)
        return NULL;
    *to = stpcpy(*to, text) + 1;
    return kept;
}

const struct st_who *st_who(struct st_store *s, struct st_object *o)
{
    size_t text = (o->ns != NULL ? strlen(o->ns) : 0) + (o->name != NULL ? strlen(o->name) : 0);
    struct st_who *who;
    char *to;

    if (o->who != NULL)
        return o->who;
    who = rx_arena_alloc(&s->names_told, sizeof(*who) + text + 2);
    if (who == NULL)
        return NULL;
    to = (char *)(who + 1);
    *who = (struct st_who){.kind = o->kind, .sub = o->sub};
    who->ns = keep(&to, o->ns);
    who->name = keep(&to, o->name);
    return o->who = who;
}

void st_tell(struct st_store *s, struct st_object *o, enum pod_object_state from,
             enum pod_object_state to)
{
    struct st_record r = {
        .object = o->kind,
        .who = st_who(s, o),
        .kind = POD_TRANSITION,
        .field = POD_FIELD_OBJECT,
        .container = ST_NO_CONTAINER,
        .from = from,
        .to = to,
        .serial = o->meta.serial,
        .before = o->meta.version,
        .exit_code = -1,
    };

    s->table[o->kind].changes += from == to;
    o->meta.version = st_log_note(s->log, &r);
}
