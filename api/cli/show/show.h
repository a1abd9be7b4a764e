/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show.h - the kinds of objects as kubectl knows them: how they are called, and which columns
 * `kubectl get` prints of each. A kind is one row of a table, a column a title and a function.
 */
#ifndef SHOW_SHOW_H
#define SHOW_SHOW_H

#include "api/cli/io/json_read.h"
#include "api/cli/show/told.h"
#include "api/face/format.h"

/* What a cell is made of. */
struct show_in {
    const struct json *j;           /* the object as the API has it, with its status */
    const struct told_object *told; /* NULL: nothing was told of it */
    int64_t now_unix_ms;
    podring *ring;
    uint64_t pod; /* of a Pod; else 0 */
};

typedef void show_cell_fn(struct rx_text *t, const struct show_in *in);

struct show_column {
    const char *title; /* NULL: the end */
    bool wide;         /* with -o wide only */
    show_cell_fn *cell;
};

struct show_kind {
    const char *word;   /* podring.h's: "deployment" */
    const char *kind;   /* "Deployment" */
    const char *plural; /* "deployments" */
    const char *brief;  /* other names, one blank between; "" = none */
    const char *group;  /* "apps"; "" = the core */
    bool cluster;       /* it is in no namespace */
    bool all;           /* of the category `all` */
    const struct show_column *column;
};

const struct show_kind *show_kind_named(const char *name, size_t length);
/* By plural, singular or short name, with its group or without; letter case does not matter. NULL:
 * there is no such kind. */

const struct show_kind *show_kind_at(size_t index); /* NULL: no more; in the order of `get all` */

void show_full_name(struct rx_text *t, const struct show_kind *k);   /* "deployment.apps" */
void show_full_plural(struct rx_text *t, const struct show_kind *k); /* "deployments.apps" */

/* ---- of JSON --------------------------------------------------------------------------------- */

bool show_text(struct rx_text *t, const struct json_node *n);
/* What a scalar says. False: it is none, and nothing was written. */

bool show_text_at(struct rx_text *t, const struct show_in *in, const char *path);
int64_t show_number_at(const struct show_in *in, const char *path, int64_t fallback);
const struct json_node *show_at(const struct show_in *in, const char *path);
bool show_is(const struct json_node *n, const char *text); /* a string that says this */
bool show_time_at(const struct show_in *in, const char *path, int64_t *unix_ms);
void show_since(struct rx_text *t, const struct show_in *in, const char *path, const char *none);
/* How long ago that time is. */

const struct json_node *show_pod_spec(const struct show_in *in); /* its own, or its template's */
const struct json_node *show_condition(const struct show_in *in, const char *type); /* NULL: none */

void show_labels(struct rx_text *t, const struct json *j, const struct json_node *map);
/* "a=b,c=d", by their keys; "<none>". */
void show_selector(struct rx_text *t, const struct json *j, const struct json_node *selector);
/* matchLabels and matchExpressions, or a plain map; "<none>". */

enum { SHOW_MEMBERS_MAX = 4096 };
size_t show_sorted(const struct json *j, const struct json_node *map,
                   const struct json_node *out[SHOW_MEMBERS_MAX]);
/* By their keys; those beyond the last are left out. */

extern const struct show_column show_columns_pod[], show_columns_deployment[],
    show_columns_replicaset[], show_columns_statefulset[], show_columns_daemonset[],
    show_columns_job[], show_columns_cronjob[], show_columns_service[], show_columns_endpoints[],
    show_columns_slice[], show_columns_ingress[], show_columns_config[], show_columns_secret[],
    show_columns_claim[], show_columns_volume[], show_columns_class[], show_columns_node[],
    show_columns_hpa[], show_columns_budget[], show_columns_quota[], show_columns_range[],
    show_columns_namespace[], show_columns_priority[], show_columns_revision[],
    show_columns_plain[], show_columns_event[];

#endif
