/* SPDX-License-Identifier: Apache-2.0 */
/* describe.h - one object in the sections and words of `kubectl describe` (its pkg/describe). */
#ifndef SHOW_DESCRIBE_H
#define SHOW_DESCRIBE_H

#include "api/cli/show/object.h"

bool show_describe(struct rx_text *t, struct show_world *w, const struct show_object *o,
                   const struct show_in *in);
/* All but its Events, with tabs between the columns: see face_columns. Of a kind without a layout
 * of its own its name, its labels and its fields. False: Events of such a kind are not told. */

/* What is described, and where others of it stand. */
struct describe_subject {
    struct show_world *w;
    const struct show_object *o;
    const struct show_in *in;
};

/* ---- layouts that stand by themselves -------------------------------------------------------- */

void describe_namespace(struct rx_text *t, const struct describe_subject *s);
void describe_quota(struct rx_text *t, const struct describe_subject *s);
void describe_limits(struct rx_text *t, const struct describe_subject *s);
void describe_volume(struct rx_text *t, const struct describe_subject *s);
void describe_claim(struct rx_text *t, const struct describe_subject *s);
void describe_class(struct rx_text *t, const struct describe_subject *s);
void describe_priority(struct rx_text *t, const struct describe_subject *s);
void describe_budget(struct rx_text *t, const struct describe_subject *s);
void describe_autoscaler(struct rx_text *t, const struct describe_subject *s);
void describe_endpoints(struct rx_text *t, const struct describe_subject *s);
void describe_slice(struct rx_text *t, const struct describe_subject *s);
void describe_ingress(struct rx_text *t, const struct describe_subject *s);

/* ---- pieces ---------------------------------------------------------------------------------- */

void describe_key(struct rx_text *t, int indent, const char *key);
void describe_line(struct rx_text *t, int indent, const char *key, const char *value);
void describe_text(struct rx_text *t, const struct show_in *in, const char *key, const char *path,
                   const char *fallback); /* NULL: no line without it */
void describe_time(struct rx_text *t, const struct show_in *in, const char *key, const char *path,
                   const char *fallback);
void describe_map(struct rx_text *t, const struct json *j, int indent, const char *key,
                  const struct json_node *map);
/* key=value below each other, the first beside the title. */

void describe_head(struct rx_text *t, const struct show_in *in);  /* Name, Namespace */
void describe_meta(struct rx_text *t, const struct show_in *in);  /* Labels, Annotations */
void describe_annotations(struct rx_text *t, const struct show_in *in);
void describe_owner(struct rx_text *t, const struct show_in *in); /* Controlled By */
void describe_template(struct rx_text *t, const struct show_in *in, const char *path);
void describe_conditions(struct rx_text *t, const struct show_in *in);
void describe_list(struct rx_text *t, const struct show_in *in, const char *key, const char *path,
                   const char *field);
/* Of scalars, or of that field of each: with commas; "<none>". */

void describe_addresses(struct rx_text *t, const struct describe_subject *s, const char *service);
/* The addresses behind a Service of its namespace, from its Endpoints; "<none>". */

#endif
