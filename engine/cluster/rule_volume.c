/* SPDX-License-Identifier: Apache-2.0 */
/* rule_volume.c - the filters and the order of FindMatchingVolume (pkg/volume/persistentvolume). */
#include "engine/cluster/rule_volume.h"

#include <string.h>

bool cluster_volume_fits(const struct st_volume_spec *v, const struct st_claim_spec *claim,
                         const char *class_name, const char *ns, const char *name)
{
    if (claim->volume != NULL && strcmp(claim->volume, v->name) != 0)
        return false;
    if (v->block != claim->block || (v->modes & claim->modes) != claim->modes ||
        v->size.nano < claim->size.nano)
        return false;
    if (v->claim != NULL)
        return strcmp(v->claim, name) == 0 && strcmp(v->claim_ns, ns) == 0;
    if (strcmp(v->class_name, class_name) != 0)
        return false;
    return !claim->selector.present || pod_selector_matches(&claim->selector, &v->labels);
}

bool cluster_volume_before(const struct st_volume_spec *a, const struct st_volume_spec *b)
{
    int modes = __builtin_popcount(a->modes) - __builtin_popcount(b->modes);

    if ((a->claim != NULL) != (b->claim != NULL))
        return a->claim != NULL;
    return modes != 0 ? modes < 0 : a->size.nano < b->size.nano;
}
