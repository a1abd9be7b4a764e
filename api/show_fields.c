/* SPDX-License-Identifier: Apache-2.0 */
/* show_fields.c - fields that are put into an object's text: paths, and values as JSON. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/manifest/document.h"
#include "api/show.h"
#include "engine/reactor/civil.h"

static char *keep(struct api_show *s, const char *format, va_list args)
{
    va_list again;
    char *text;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    text = rx_arena_alloc(&s->arena, (size_t)n + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)n + 1, format, args);
    s->failed |= text == NULL;
    return text;
}

const char *api_show_say(struct api_show *s, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = keep(s, format, args);
    va_end(args);
    return text != NULL ? text : "";
}

static bool has_room(struct api_show *s)
{
    uint32_t room = s->room * 2 + 64;
    struct rx_pair *set;

    if (s->count < s->room)
        return true;
    set = rx_arena_alloc(&s->arena, room * sizeof(*set));
    if (set == NULL) {
        s->failed = true;
        return false;
    }
    if (s->count > 0)
        memcpy(set, s->set, s->count * sizeof(*set));
    s->set = set;
    s->room = room;
    return true;
}

void api_show_put(struct api_show *s, const char *path, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = keep(s, format, args);
    va_end(args);
    if (text != NULL && has_room(s))
        s->set[s->count++] = (struct rx_pair){path, text};
}

const char *api_show_quote(struct api_show *s, const char *text)
{
    struct rx_text t = rx_text_in(NULL, 0);
    char *out;

    mf_write_string(&t, text, strlen(text));
    out = rx_arena_alloc(&s->arena, t.length + 1);
    s->failed |= out == NULL;
    if (out == NULL)
        return "\"\"";
    t = rx_text_in(out, t.length + 1);
    mf_write_string(&t, text, strlen(text));
    rx_text_end(&t);
    return out;
}

void api_show_text(struct api_show *s, const char *path, const char *text)
{
    api_show_put(s, path, "%s", api_show_quote(s, text));
}

void api_show_time(struct api_show *s, struct rx_text *t, rx_ms at)
{
    int64_t ms = s->ring->world.epoch_ms + at;
    char text[RX_RFC3339_MAX];

    rx_text_put(t, text, rx_rfc3339(ms / 1000 - (ms % 1000 < 0), 0, text));
}

void api_show_moment(struct api_show *s, const char *path, rx_ms at)
{
    char text[RX_RFC3339_MAX];
    struct rx_text t = rx_text_in(text, sizeof(text));

    api_show_time(s, &t, at);
    rx_text_end(&t);
    api_show_text(s, path, text);
}

void api_show_pairs(struct api_show *s, const char *path, const struct pod_labels *labels)
{
    for (uint32_t i = 0; i < labels->count; i++)
        api_show_text(s, api_show_say(s, "%s[\"%s\"]", path, labels->pair[i].key),
                      labels->pair[i].value);
}

void api_show_owner(struct api_show *s, const char *version, const char *kind, const char *name,
                    const char *uid)
{
    api_show_put(s, "metadata.ownerReferences",
                 "[{\"apiVersion\":\"%s\",\"blockOwnerDeletion\":true,\"controller\":true,"
                 "\"kind\":\"%s\",\"name\":%s,\"uid\":\"%s\"}]",
                 version, kind, api_show_quote(s, name), uid);
}

void api_show_meta(struct api_show *s, const char *version, const char *kind, const char *ns,
                   const char *name)
{
    api_show_text(s, "apiVersion", version);
    api_show_text(s, "kind", kind);
    api_show_text(s, "metadata.name", name);
    if (ns != NULL && ns[0] != '\0')
        api_show_text(s, "metadata.namespace", ns);
}

void api_show_uid(struct api_show *s, enum st_kind kind, uint64_t serial, char uid[POD_UID_MAX])
{
    /* Numbers of pods are below, those of workloads above. */
    pod_uid_of(&s->ring->world, (uint64_t)1 << 62 | (uint64_t)kind << 54 | serial, uid);
}
