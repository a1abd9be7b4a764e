/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show.h - what show.c, show_fields.c and show_service.c share: the fields that are put into an
 * object's text. Not API.
 */
#ifndef API_SHOW_H
#define API_SHOW_H

#include "api/engine.h"

struct api_show {
    podring *ring;
    struct rx_arena arena; /* of this call */
    uint32_t count, room;
    struct rx_pair *set; /* paths, and their values as JSON; in the arena */
    bool failed;         /* no memory */
};

void api_show_put(struct api_show *s, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The value is JSON. The path is not copied. */

void api_show_text(struct api_show *s, const char *path, const char *text); /* a string */

const char *api_show_say(struct api_show *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For this call. "" without memory. */

const char *api_show_quote(struct api_show *s, const char *text); /* as JSON */

void api_show_moment(struct api_show *s, const char *path, rx_ms at); /* since the start */
void api_show_pairs(struct api_show *s, const char *path, const struct pod_labels *labels);

void api_show_time(struct api_show *s, struct rx_text *t, rx_ms at); /* without quotes */

void api_show_meta(struct api_show *s, const char *version, const char *kind, const char *ns,
                   const char *name);
void api_show_owner(struct api_show *s, const char *version, const char *kind, const char *name,
                    const char *uid);
void api_show_uid(struct api_show *s, enum st_kind kind, uint64_t serial, char uid[POD_UID_MAX]);

void api_show_service(struct api_show *s, struct cluster_service *service);
void api_show_ingress(struct api_show *s);
void api_show_volume(struct api_show *s, const struct st_object *o);
void api_show_claim(struct api_show *s, const struct st_object *o);
void api_show_node(struct api_show *s, const struct st_object *o);

int api_show_endpoints(struct api_show *s, bool whole, const char *ns, uint64_t *cursor,
                       struct rx_text *out);
/* The next Endpoints (whole: all of a Service in one), or EndpointSlice. -RX_ENOTFOUND. */

#endif
