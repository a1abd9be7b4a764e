/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object.h - the objects of a kind as an API server would list them: what podring.h shows of each,
 * with the status that the event stream has told.
 */
#ifndef SHOW_OBJECT_H
#define SHOW_OBJECT_H

#include "api/cli/show/show.h"

struct show_object {
    const struct show_kind *kind;
    const char *ns, *name; /* ns "": in none */
    const char *text;      /* JSON; NULL: nobody has asked for it (of a pod) */
    size_t length;
    const struct told_object *told; /* NULL: nothing was told of it */
    const struct told_event *event; /* of an Event */
    uint64_t pod;                   /* of a Pod */
};

struct show_list {
    struct show_object *item;
    size_t count, room;
};

struct show_world {
    podring *ring;
    struct told *told; /* whose arena holds all that is listed */
    int64_t epoch_unix_ms;
    bool whole;     /* the text of pods, too */
    char begun[40]; /* that time; of what is there from the start */
    char *buffer;
    size_t room;
};

int show_collect(struct show_world *w, const struct show_kind *k, const char *ns,
                 struct show_list *out);
/* Appends those of a namespace, "" = all, by namespace and name; Events by the object they are
 * about, then by time. 0, or a negative PODRING_E*. */

void show_list_free(struct show_list *l);
void show_world_free(struct show_world *w);

bool show_open(const struct show_world *w, const struct show_object *o, struct json *j,
               struct show_in *in);
/* What cells ask. False: no memory. json_close(j) either way. */

const char *show_event_source(const struct told_event *e);
/* Who records such an Event: "kubelet", "deployment-controller", ... */

#endif
