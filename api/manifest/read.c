/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.c - typed values out of a tree, refused with the words of Go's decoder where the type is
 * wrong.
 */
#include "api/manifest/load.h"

#include "engine/reactor/base.h"

#include <string.h>

bool mf_is_object(struct mf_load *l, const struct mf_at *at)
{
    if (at->node && at->node->type != MF_MAPPING)
        mf_wrong_type(l, at, "object");
    return at->node && at->node->type == MF_MAPPING;
}

bool mf_is_array(struct mf_load *l, const struct mf_at *at)
{
    if (at->node && at->node->type != MF_SEQUENCE)
        mf_wrong_type(l, at, "array");
    return at->node && at->node->type == MF_SEQUENCE;
}

uint32_t mf_count(struct mf_load *l, const struct mf_at *at)
{
    return mf_is_array(l, at) ? at->node->count : 0;
}

const char *mf_string_at(struct mf_load *l, const struct mf_at *at, const char *fallback)
{
    if (!at->node)
        return fallback;
    if (at->node->type != MF_STRING) {
        mf_wrong_type(l, at, "string");
        return fallback;
    }
    return at->node->length ? mf_keep(l, at->node->text, at->node->length) : fallback;
}

const char *mf_string(struct mf_load *l, const struct mf_at *up, const char *field,
                      const char *fallback)
{
    struct mf_at at = mf_field(up, field);

    return mf_string_at(l, &at, fallback);
}

const char *mf_needed(struct mf_load *l, const struct mf_at *at)
{
    const char *text = mf_string_at(l, at, "");

    if (!at->node || (at->node->type == MF_STRING && !*text))
        mf_required(l, at, "");
    return text;
}

int mf_choice(struct mf_load *l, const struct mf_at *up, const char *field, const char *supported,
              int fallback)
{
    struct mf_at at = mf_field(up, field);
    const char *word = supported;

    if (!at.node)
        return fallback;
    if (at.node->type != MF_STRING) {
        mf_wrong_type(l, &at, "string");
        return fallback;
    }
    /* In our own documents there is no such word; in Kubernetes' the defaults put one in its place,
     * or enums.c has refused it. */
    if (at.node->length == 0 && !l->strict)
        return fallback;
    for (int i = 0; *word; i++) {
        size_t n = strcspn(word, " ");

        if (n == at.node->length && memcmp(word, at.node->text, n) == 0)
            return i;
        word += n + (word[n] == ' ');
    }
    mf_unsupported(l, &at, at.node->text, supported);
    return fallback;
}

bool mf_bool(struct mf_load *l, const struct mf_at *up, const char *field, bool fallback)
{
    struct mf_at at = mf_field(up, field);

    if (!at.node)
        return fallback;
    if (at.node->type != MF_BOOL) {
        mf_wrong_type(l, &at, "bool");
        return fallback;
    }
    return at.node->truth;
}

bool mf_integer_at(struct mf_load *l, const struct mf_at *at, const char *wanted, int64_t *out)
{
    if (!at->node)
        return false;
    if (at->node->type != MF_INT) {
        mf_wrong_type(l, at, wanted);
        return false;
    }
    *out = at->node->number;
    return true;
}

int64_t mf_int(struct mf_load *l, const struct mf_at *up, const char *field, int64_t fallback)
{
    struct mf_at at = mf_field(up, field);
    int64_t value;

    return mf_integer_at(l, &at, "int64", &value) ? value : fallback;
}

int32_t mf_int32(struct mf_load *l, const struct mf_at *up, const char *field, int32_t fallback)
{
    struct mf_at at = mf_field(up, field);
    int64_t value;

    if (!mf_integer_at(l, &at, "int32", &value))
        return fallback;
    if (value < INT32_MIN || value > INT32_MAX) {
        mf_wrong_type(l, &at, "int32");
        return fallback;
    }
    return (int32_t)value;
}

int32_t mf_natural(struct mf_load *l, const struct mf_at *up, const char *field, int32_t fallback)
{
    struct mf_at at = mf_field(up, field);
    int32_t value = mf_int32(l, up, field, fallback);

    if (at.node && value < 0) {
        mf_invalid(l, &at, "must be greater than or equal to 0");
        return fallback;
    }
    return value;
}

const char *const *mf_strings(struct mf_load *l, const struct mf_at *up, const char *field,
                              uint32_t *count)
{
    struct mf_at at = mf_field(up, field);
    const char **list = mf_array(l, mf_count(l, &at), sizeof(*list), count);

    for (uint32_t i = 0; i < *count; i++) {
        struct mf_at item = mf_item(&at, i);

        list[i] = "";
        if (item.node->type != MF_NULL)
            list[i] = mf_string_at(l, &item, "");
    }
    return list;
}

const struct pod_place *mf_places(struct mf_load *l, const struct mf_at *up, const char *field)
{
    struct mf_at at = mf_field(up, field);
    uint32_t count = at.node && at.node->type == MF_SEQUENCE ? at.node->count : 0;
    struct pod_place *place = mf_array(l, count, sizeof(*place), &count);

    for (uint32_t i = 0; i < count; i++) {
        const struct mf_node *n = at.node->item[i].value;

        place[i] = (struct pod_place){.file = l->file,
                                      .line = n->line,
                                      .column = n->inside ? n->inside : n->column,
                                      .exact = n->inside != 0};
    }
    return count ? place : NULL;
}
