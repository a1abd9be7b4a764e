/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_field.c - a pod's fields by their path, as the downward API has them (pkg/fieldpath).
 */
#include "engine/pod/config_field.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

static const char *pair_find(const struct pod_labels *labels, const char *key, size_t length);
static const char *subscript_find(const struct pod_spec *spec, const struct pod_fields *fields,
                                  const char *path);
static const char *or_empty(const char *text);
static int pairs_text(struct rx_arena *arena, const struct pod_labels *a,
                      const struct pod_labels *b, const char **out);

enum pod_env_from pod_env_from(const struct pod_env_spec *e)
{
    static const struct {
        const char *kind;
        enum pod_env_from from;
    } known[] = {
        {"configMapKeyRef", POD_ENV_CONFIG_MAP_KEY},
        {"secretKeyRef", POD_ENV_SECRET_KEY},
        {"fieldRef", POD_ENV_FIELD},
        {"resourceFieldRef", POD_ENV_RESOURCE},
        {"configMapRef", POD_ENV_CONFIG_MAP},
        {"secretRef", POD_ENV_SECRET},
    };

    if (e->value != NULL)
        return POD_ENV_LITERAL;
    for (size_t i = 0; e->from_kind != NULL && i < RX_ARRAY_LEN(known); i++)
        if (strcmp(e->from_kind, known[i].kind) == 0)
            return known[i].from;
    return POD_ENV_OTHER;
}

const char *pod_field_find(const struct pod_spec *spec, const struct pod_fields *fields,
                           const char *path)
{
    const struct {
        const char *path, *value;
    } known[] = {
        {"metadata.name", fields->name},
        {"metadata.namespace", spec->ns},
        {"metadata.uid", fields->uid},
        {"spec.nodeName", fields->node_name},
        {"spec.host", fields->node_name},
        {"spec.serviceAccountName",
         spec->service_account != NULL ? spec->service_account : "default"},
        {"status.podIP", fields->pod_ip},
        {"status.podIPs", fields->pod_ip},
        {"status.hostIP", fields->host_ip},
        {"status.hostIPs", fields->host_ip},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        if (strcmp(path, known[i].path) == 0)
            return or_empty(known[i].value);
    return or_empty(subscript_find(spec, fields, path));
}

int pod_field_text(struct rx_arena *arena, const struct pod_spec *spec,
                   const struct pod_fields *fields, const char *path, const char **out)
{
    if (strcmp(path, "metadata.labels") == 0)
        return pairs_text(arena, &spec->labels, &fields->labels, out);
    if (strcmp(path, "metadata.annotations") == 0)
        return pairs_text(arena, &spec->annotations, &fields->annotations, out);
    *out = pod_field_find(spec, fields, path);
    return 0;
}

/* metadata.labels['x'], metadata.annotations['x'] */
static const char *subscript_find(const struct pod_spec *spec, const struct pod_fields *fields,
                                  const char *path)
{
    const struct pod_labels *of[][2] = {{&fields->labels, &spec->labels},
                                        {&fields->annotations, &spec->annotations}};
    const char *open = strstr(path, "['"), *key = open != NULL ? open + 2 : "";
    size_t base = open != NULL ? (size_t)(open - path) : 0, length = strlen(key);
    int which = base == 15 && memcmp(path, "metadata.labels", base) == 0        ? 0
                : base == 20 && memcmp(path, "metadata.annotations", base) == 0 ? 1
                                                                                : -1;
    const char *value;

    if (which < 0 || length < 2 || strcmp(key + length - 2, "']") != 0)
        return NULL;
    value = pair_find(of[which][0], key, length - 2);
    return value != NULL ? value : pair_find(of[which][1], key, length - 2);
}

static const char *pair_find(const struct pod_labels *labels, const char *key, size_t length)
{
    for (uint32_t i = 0; i < labels->count; i++)
        if (strncmp(labels->pair[i].key, key, length) == 0 && labels->pair[i].key[length] == '\0')
            return labels->pair[i].value;
    return NULL;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* ---- all labels as one text ----------------------------------------------------------------- */

/* A string in Go's quotes; at most four times as long. Characters beyond ASCII stay as they are. */
static char *quote(char *to, const char *text)
{
    static const char plain[] = "\a\b\f\n\r\t\v\"\\", letter[] = "abfnrtv\"\\";

    *to++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        const char *special = strchr(plain, *text);

        if (special != NULL) {
            *to++ = '\\';
            *to++ = letter[special - plain];
        } else if (c < ' ' || c == 0x7f) {
            *to++ = '\\';
            *to++ = 'x';
            *to++ = "0123456789abcdef"[c >> 4];
            *to++ = "0123456789abcdef"[c & 15];
        } else {
            *to++ = *text;
        }
    }
    *to++ = '"';
    return to;
}

static size_t pairs_bound(const struct pod_labels *labels)
{
    size_t bound = 0;

    for (uint32_t i = 0; i < labels->count; i++)
        bound += strlen(labels->pair[i].key) + 4 * strlen(labels->pair[i].value) + 4;
    return bound;
}

/* Both lists are sorted; the second wins where they have the same key. */
static int pairs_text(struct rx_arena *arena, const struct pod_labels *a,
                      const struct pod_labels *b, const char **out)
{
    char *text = rx_arena_alloc(arena, pairs_bound(a) + pairs_bound(b) + 1), *to = text;
    uint32_t i = 0, k = 0;

    if (text == NULL)
        return -RX_ENOMEM;
    while (i < a->count || k < b->count) {
        int order = i == a->count ? 1 : k == b->count ? -1 : strcmp(a->pair[i].key, b->pair[k].key);
        const struct rx_pair *p = order < 0 ? &a->pair[i] : &b->pair[k];

        i += order <= 0;
        k += order >= 0;
        if (to != text)
            *to++ = '\n';
        to = quote(stpcpy(stpcpy(to, p->key), "="), p->value);
    }
    *out = text;
    return 0;
}
