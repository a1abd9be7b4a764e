/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choice.h - whom the selector of a document means: the workloads whose pods it fits, as far as
 * their templates tell. Labels that a controller will give its pods fit any value.
 */
#ifndef API_CHOICE_H
#define API_CHOICE_H

#include "api/manifest/manifest.h"

struct api_choice {
    const char *ns;
    const struct pod_selector *selector; /* NULL: by equality, */
    const struct pod_labels *equal;      /* or (NULL, too) everybody in the namespace */
    const char *workload;                /* only the pods of that; NULL: anybody's */
};

bool api_choice_of(const struct manifest_set *s, const struct manifest_object *o,
                   struct api_choice *out);
/* False: it selects nobody, by its kind or because it has no selector. */

bool api_selects(const struct api_choice *c, const struct pod_workload_spec *w);

uint32_t api_wishes(const struct api_choice *c); /* how many requirements it has */
uint32_t api_wishes_held(const struct api_choice *c, const struct pod_labels *labels);
bool api_wish_holds(const struct api_choice *c, uint32_t i, const struct pod_labels *labels);
const char *api_wish_key(const struct api_choice *c, uint32_t i);
const char *api_wish_text(struct rx_arena *arena, const struct api_choice *c, uint32_t i);
/* "app=shop"; NULL: no memory. */

const char *api_workload_word(const struct pod_workload_spec *w); /* "deployment" */

bool api_choice_text(const struct manifest_set *s, uint32_t object, uint64_t *pods,
                     struct rx_text *out);
/* For an object that selects pods, by its number in the list: how many, and " (deployment/shop)",
 * whose they are. False: it selects none by its nature. */

#endif
