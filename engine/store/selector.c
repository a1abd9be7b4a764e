/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selector.c - whether a set of labels is one that a selector means.
 *
 * As k8s.io/apimachinery/pkg/labels: all requirements must hold; NotIn holds where the key is
 * absent.
 */
#include "engine/store/spec.h"

#include <string.h>

static bool requirement_holds(const struct pod_requirement *r, const struct pod_labels *labels);

bool pod_selector_matches(const struct pod_selector *s, const struct pod_labels *labels)
{
    if (!s->present)
        return false;
    for (uint32_t i = 0; i < s->count; i++)
        if (!requirement_holds(&s->requirement[i], labels))
            return false;
    return true;
}

static bool requirement_holds(const struct pod_requirement *r, const struct pod_labels *labels)
{
    const char *value = st_label(labels, r->key);
    bool listed = false;

    for (uint32_t i = 0; value && i < r->count; i++)
        listed = listed || strcmp(r->value[i], value) == 0;
    switch (r->op) {
    case POD_SELECT_IN:
        return listed;
    case POD_SELECT_NOT_IN:
        return !listed;
    case POD_SELECT_EXISTS:
        return value != NULL;
    case POD_SELECT_NOT_EXISTS:
        return value == NULL;
    }
    return false;
}

/* Labels are sorted by key. */
const char *st_label(const struct pod_labels *labels, const char *key)
{
    uint32_t low = 0, high = labels->count;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int cmp = strcmp(labels->pair[mid].key, key);

        if (cmp == 0)
            return labels->pair[mid].value;
        if (cmp < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}
