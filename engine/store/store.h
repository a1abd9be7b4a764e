/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - the objects of an engine: a table for each kind, and one index of the names that are
 * stored.
 *
 * An object is a struct of whoever keeps it that begins with a struct st_object; the store links
 * it, numbers it and finds it, and owns nothing but its document. Pods are not in a table of it:
 * their names are computed (docs/decisions/0003-one-block-a-pod.md), and they stand in the node's
 * list.
 *
 * Whoever creates, changes or deletes says so with st_tell once it is certain: an apply that fails
 * has never been, and leaves no record.
 */
#ifndef ST_STORE_H
#define ST_STORE_H

#include "engine/reactor/list.h"
#include "engine/reactor/map.h"
#include "engine/reactor/mem.h"
#include "engine/store/log.h"

enum { ST_FIXED_MAX = 4 };

/* The document by which an object was made or updated last. */
struct st_document {
    uint64_t hash;                /* of all it means */
    uint64_t fixed[ST_FIXED_MAX]; /* of what must not change */
    uint32_t length;              /* 0: its text is not kept */
    char text[];                  /* JSON, terminated */
};

/* What every object has. */
struct st_meta {
    struct rx_list link; /* of its table, by creation */
    uint64_t id, serial; /* serial: from 1, in its table */
    uint64_t version;    /* seq of the newest record about it */
    rx_ms created, deleted; /* deleted: when its deletion was asked for */
    const struct pod_owner *owner;
    struct rx_digest story; /* state 0: it has told nothing */
};

struct st_object {
    struct st_meta meta;
    const char *ns, *name; /* live as long as the store; name NULL: it cannot be found by one */
    struct st_document *document; /* the object's own; NULL: it was made by no document */
    const struct st_who *who; /* the store's; NULL: nothing has been told of it */
    uint8_t kind; /* enum st_kind */
    uint8_t sub;  /* tells apart what shares a table: an enum pod_workload_kind; 1: a Secret among
                   * configs */
    bool mute;    /* nothing is told of it: no shard knows all */
};

struct st_table {
    struct rx_list objects;
    uint64_t count, serials;
    uint64_t changes; /* what was made of an older number may be stale */
};

struct st_store {
    struct st_log *log;
    const struct rx_mem *mem;
    struct rx_arena names_told; /* every struct st_who */
    struct rx_map names; /* by the hash of namespace and name: kinds share it */
    struct st_table table[ST_KINDS];
};

void st_store_init(struct st_store *s, const struct rx_mem *mem, struct st_log *log);
void st_store_fini(struct st_store *s);
/* The objects that are still there are forgotten; whoever keeps them frees them. */

int st_add(struct st_store *s, struct st_object *o);
/* kind, sub, ns and name are set, all else is zero. The newest of its table. -RX_EEXISTS: that
 * kind, sub, namespace and name is taken; -RX_ENOMEM. */

int st_add_made(struct st_store *s, struct st_object *o, uint64_t owner, uint64_t nth);
/* One that a controller has made for the object with that serial, its nth. It has a serial that
 * does not depend on what else there is, above all others. */

struct st_document *st_document_new(const struct rx_mem *mem, size_t length);
/* With room for so long a text. NULL: no memory. */

void st_document_free(const struct rx_mem *mem, struct st_document *d); /* NULL is allowed */

void st_remove(struct st_store *s, struct st_object *o);
/* Nobody finds it any more, and its document is freed. One that is not in the store is left
 * alone. */

void st_unadd(struct st_store *s, struct st_object *o);
/* Takes back what has been added: if it is the newest of its table, the next one has its serial. */

struct st_object *st_find(const struct st_store *s, enum st_kind kind, uint8_t sub, const char *ns,
                          const char *name);
/* NULL: there is none. */

struct st_object *st_next(const struct st_store *s, enum st_kind kind, const char *ns,
                          const char *name, uint32_t *cursor);
/* All of that kind and name, whatever their sub, one a call; the cursor starts at 0. */

struct st_object *st_hashed(const struct st_store *s, enum st_kind kind, uint64_t hash,
                            uint32_t *cursor);
/* Those of that kind whose namespace and name have that hash (pod_hash_name). */

void st_tell(struct st_store *s, struct st_object *o, enum pod_object_state from,
             enum pod_object_state to);
/* A record that the event stream does not show. CREATED to CREATED: it was changed. What the stream
 * does show is in tell.h. */

const struct st_who *st_who(struct st_store *s, struct st_object *o);
/* What it is called, for records. NULL: no memory, which the engine then knows. */

struct st_object *st_newest(const struct st_store *s, enum st_kind kind);
/* NULL: the table is empty */

#define ST_EACH(l, s, kind) RX_LIST_EACH(l, &(s)->table[kind].objects)
/* By creation. The body must not remove the current one. */

static inline struct st_object *st_object_at(struct rx_list *l)
{
    return rx_container_of(l, struct st_object, meta.link);
}

#endif
