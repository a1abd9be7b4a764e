/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.c - fingerprints of definitions, and the numbering of images.
 *
 * The hash of reactor/hash.h; the entries of a mapping are added up, so that their order does not
 * matter. Not for adversaries: a collision makes a changed template look unchanged, and nothing
 * else.
 */
#include "api/manifest/parts.h"

#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"
#include "engine/store/rule_template.h"

#include <string.h>

/* 0 means nothing there. */
static uint64_t finish(uint64_t state)
{
    uint64_t h = rx_hash_end(state);

    return h != 0 ? h : 1;
}

uint64_t manifest_container_hash(const struct pod_container_spec *c)
{
    uint64_t h = RX_HASH_START;

    /* With their NULs: "ab" "c" is not "a" "bc". */
    h = rx_hash_bytes(h, c->name, strlen(c->name) + 1);
    h = rx_hash_bytes(h, c->image, strlen(c->image) + 1);
    h = rx_hash_bytes(h, &c->resources_hash, sizeof(c->resources_hash));
    return finish(h);
}

uint64_t mf_hash_node(const struct mf_node *n)
{
    uint64_t h = RX_HASH_START, sum = 0;
    uint8_t type;

    if (n == NULL || n->type == MF_NULL)
        return 0;
    type = (uint8_t)n->type;
    h = rx_hash_bytes(h, &type, sizeof(type));
    switch (n->type) {
    case MF_BOOL:
        return finish(rx_hash_bytes(h, n->truth ? "t" : "f", 1));
    case MF_INT:
        return finish(rx_hash_bytes(h, &n->number, sizeof(n->number)));
    case MF_FLOAT:
    case MF_STRING:
        return finish(rx_hash_bytes(h, n->text, n->length));
    case MF_SEQUENCE:
        for (uint32_t i = 0; i < n->count; i++) {
            sum = mf_hash_node(n->item[i].value);
            h = rx_hash_bytes(h, &sum, sizeof(sum));
        }
        return finish(h);
    case MF_MAPPING:
        for (uint32_t i = 0; i < n->count; i++) {
            uint64_t value = mf_hash_node(n->item[i].value);
            uint64_t entry = rx_hash_bytes(h, n->item[i].key->text, n->item[i].key->length);

            if (value) /* null is as good as absent */
                sum += finish(rx_hash_bytes(entry, &value, sizeof(value)));
        }
        return finish(rx_hash_bytes(h, &sum, sizeof(sum)));
    default:
        return 0;
    }
}

/* ---- templates ------------------------------------------------------------------------------- */

/* Where an image stands: template, spec, list of containers, container. */
enum level { LEVEL_TEMPLATE, LEVEL_SPEC, LEVEL_LIST, LEVEL_CONTAINER, LEVEL_ELSEWHERE };

static enum level level_below(enum level level, const struct mf_node *key)
{
    if (level == LEVEL_TEMPLATE && mf_word_in("spec", key->text, key->length))
        return LEVEL_SPEC;
    if (level == LEVEL_SPEC && mf_word_in("containers initContainers", key->text, key->length))
        return LEVEL_LIST;
    return LEVEL_ELSEWHERE;
}

/* As mf_hash_node, but for the images. */
static uint64_t hash_level(const struct mf_node *n, enum level level)
{
    uint8_t type = n != NULL ? (uint8_t)n->type : MF_NULL;
    uint64_t h = rx_hash_bytes(RX_HASH_START, &type, sizeof(type)), sum = 0;

    if (level == LEVEL_ELSEWHERE || n == NULL ||
        n->type != (level == LEVEL_LIST ? MF_SEQUENCE : MF_MAPPING))
        return mf_hash_node(n);
    for (uint32_t i = 0; i < n->count; i++) {
        const struct mf_node *key = n->item[i].key;
        uint64_t value, entry = h;

        if (level == LEVEL_LIST) {
            sum = hash_level(n->item[i].value, LEVEL_CONTAINER);
            h = rx_hash_bytes(h, &sum, sizeof(sum));
            continue;
        }
        if (level == LEVEL_CONTAINER && mf_word_in("image", key->text, key->length))
            continue;
        value = hash_level(n->item[i].value, level_below(level, key));
        entry = rx_hash_bytes(entry, key->text, key->length);
        if (value)
            sum += finish(rx_hash_bytes(entry, &value, sizeof(value)));
    }
    return finish(level == LEVEL_LIST ? h : rx_hash_bytes(h, &sum, sizeof(sum)));
}

uint64_t mf_hash_template(const struct mf_node *n, bool bare, const struct pod_spec *spec)
{
    uint64_t h = hash_level(n, bare ? LEVEL_SPEC : LEVEL_TEMPLATE);

    for (uint32_t i = 0; i < spec->container_count; i++)
        h ^= st_image_mark(i, spec->container[i].image);
    return h;
}

/* Linear: a cluster of thousands of pods runs dozens of images. */
int manifest_image(struct manifest_set *s, const char *image, uint16_t *id)
{
    struct manifest_images *list = &s->images;
    struct mf_load l = {.set = s};
    const char *kept;

    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(list->item[i], image) == 0) {
            *id = (uint16_t)i;
            return 0;
        }
    if (list->count > UINT16_MAX)
        return -RX_ELIMIT;
    kept = mf_keep(&l, image, strlen(image));
    if (!mf_room(&l, &s->arena, &list->item, list->count, &list->room, sizeof(*list->item)) ||
        l.no_memory)
        return -RX_ENOMEM;
    *id = (uint16_t)list->count;
    list->item[list->count++] = kept;
    return 0;
}

uint16_t mf_image_id(struct mf_load *l, const struct mf_at *at, const char *image)
{
    uint16_t id = 0;
    int error = manifest_image(l->set, image, &id);

    if (error == -RX_ENOMEM)
        l->no_memory = true;
    if (error == -RX_ELIMIT)
        mf_say(l, at, "more than %d different images", UINT16_MAX + 1);
    return id;
}
