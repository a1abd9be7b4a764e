/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resource.c - limits and requests (ValidateContainerResourceRequirements), and what a
 * resourceFieldRef comes to (pkg/api/v1/resource: ExtractContainerResourceValue).
 *
 * A limit that is not set is what the node has to give. The simulated one has 8 CPUs, 16Gi of
 * memory and 100Gi of disk.
 */
#include "api/manifest/parts.h"
#include "engine/store/rule_quantity.h"

#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"

static const char not_a_quantity[] = "quantities must match the regular expression "
                                     "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

static bool quantity_at(struct mf_load *l, const struct mf_at *at, struct st_quantity *out)
{
    if (!at->node || at->node->type == MF_NULL)
        return false;
    if (at->node->type != MF_SEQUENCE && at->node->type != MF_MAPPING &&
        st_quantity_parse(at->node->text, at->node->length, out))
        return true;
    mf_invalid(l, at, "%s", not_a_quantity);
    return false;
}

const char *mf_quantity_read(struct mf_load *l, const struct mf_at *at)
{
    char text[ST_QUANTITY_TEXT];
    struct st_quantity q;

    if (!quantity_at(l, at, &q))
        return NULL;
    st_quantity_text(&q, text);
    return mf_keep(l, text, strlen(text));
}

/* ---- limits and requests -------------------------------------------------------------------- */

const char *mf_amount_text(const struct pod_labels *list, const char *resource)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(list->pair[i].key, resource) == 0)
            return list->pair[i].value;
    return NULL;
}

static int by_resource(const void *a, const void *b)
{
    return strcmp(((const struct rx_pair *)a)->key, ((const struct rx_pair *)b)->key);
}

static void amount_check(struct mf_load *l, const struct mf_at *at, const struct pod_labels *limits)
{
    const char *limit = limits ? mf_amount_text(limits, at->name) : NULL;
    struct st_quantity q, most;

    if (!quantity_at(l, at, &q))
        return;
    if (q.nano < 0)
        mf_invalid(l, at, "must be greater than or equal to 0");
    else if (limit && st_quantity_parse(limit, strlen(limit), &most) && q.nano > most.nano)
        mf_invalid(l, at, "must be less than or equal to %s limit of %s", at->name, limit);
}

/* As written, and for requests what limits imply (SetDefaults_Pod). */
static struct pod_labels list_read(struct mf_load *l, const struct mf_at *at,
                                   const struct pod_labels *limits)
{
    uint32_t written = mf_is_object(l, at) ? at->node->count : 0, room;
    struct rx_pair *pair =
        mf_array(l, written + (limits ? limits->count : 0), sizeof(*pair), &room);
    struct pod_labels list = {.pair = pair};

    for (uint32_t i = 0; i < written && pair; i++) {
        const struct mf_pair *p = &at->node->item[i];
        struct mf_at value = {.up = at, .name = p->key->text, .node = p->value};
        const char *text = mf_quantity_read(l, &value);

        if (text == NULL)
            continue;
        amount_check(l, &value, limits);
        pair[list.count++] = (struct rx_pair){mf_keep(l, p->key->text, p->key->length), text};
    }
    for (uint32_t i = 0; limits && pair && i < limits->count; i++)
        if (!mf_amount_text(&list, limits->pair[i].key))
            pair[list.count++] = limits->pair[i];
    if (list.count)
        qsort(pair, list.count, sizeof(*pair), by_resource);
    return list;
}

struct pod_labels mf_amounts_read(struct mf_load *l, const struct mf_at *at)
{
    return list_read(l, at, NULL);
}

void mf_resources_read(struct mf_load *l, const struct mf_at *at, struct pod_labels *limits,
                       struct pod_labels *requests)
{
    struct mf_at limits_at = mf_field(at, "limits"), requests_at = mf_field(at, "requests");

    if (mf_is_object(l, at))
        mf_fields_check(l, at, MF_FIELDS_RESOURCES);
    *limits = list_read(l, &limits_at, NULL);
    *requests = list_read(l, &requests_at, limits);
}

/* ---- divisors ------------------------------------------------------------------------------- */

static bool field_milli(struct mf_load *l, const struct mf_at *up, const char *name, int64_t *out)
{
    struct mf_at at = mf_field(up, name);
    struct st_quantity q;

    return quantity_at(l, &at, &q) && q.nano >= 0 && st_quantity_milli(&q, out);
}

int64_t mf_divisor_read(struct mf_load *l, const struct mf_at *ref)
{
    struct mf_at at = mf_field(ref, "divisor");
    int64_t milli;

    return at.node != NULL && field_milli(l, ref, "divisor", &milli) && milli > 0 ? milli : 1000;
}

/* ---- limits as numbers ----------------------------------------------------------------------- */

static int64_t milli_of(const char *text)
{
    struct st_quantity q;
    int64_t milli;

    return text && st_quantity_parse(text, strlen(text), &q) && q.nano >= 0 &&
                   st_quantity_milli(&q, &milli)
               ? milli
               : -1;
}

int64_t mf_bytes_of(const char *text)
{
    int64_t milli = milli_of(text);

    return milli < 0 ? -1 : milli / 1000 + (milli % 1000 > 0);
}

void mf_limits_count(struct pod_container_spec *out)
{
    out->cpu_milli = milli_of(mf_amount_text(&out->limits, "cpu"));
    out->memory_bytes = mf_bytes_of(mf_amount_text(&out->limits, "memory"));
    out->storage_bytes = mf_bytes_of(mf_amount_text(&out->limits, "ephemeral-storage"));
}

void mf_amounts_count(struct mf_load *l, const struct pod_labels *list, struct pod_amounts *out)
{
    struct pod_amount *other = mf_array(l, list->count, sizeof(*other), &out->other_count);
    uint32_t others = 0;

    *out = (struct pod_amounts){.other = other};
    for (uint32_t i = 0; i < list->count; i++) {
        const char *name = list->pair[i].key, *text = list->pair[i].value;

        if (strcmp(name, "cpu") == 0)
            out->cpu_milli = RX_MAX(milli_of(text), 0);
        else if (strcmp(name, "memory") == 0)
            out->memory = RX_MAX(mf_bytes_of(text), 0);
        else if (strcmp(name, "ephemeral-storage") == 0)
            out->storage = RX_MAX(mf_bytes_of(text), 0);
        else if (other != NULL)
            other[others++] = (struct pod_amount){name, RX_MAX(mf_bytes_of(text), 0)};
    }
    out->other_count = others;
}
