/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - lists of objects: what is there, with the status that was told. */
#include "api/cli/show/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/grow.h"
#include "api/cli/show/compose.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

static int collect(struct show_world *w, const struct show_kind *k, const char *ns,
                   struct show_list *out);
static int compare(const void *a, const void *b);

int show_collect(struct show_world *w, const struct show_kind *k, const char *ns,
                 struct show_list *out)
{
    struct rx_text begun = rx_text_in(w->begun, sizeof(w->begun));
    size_t from = out->count;
    int rc;

    face_rfc3339(&begun, w->epoch_unix_ms - ((w->epoch_unix_ms % 1000) + 1000) % 1000);
    rx_text_end(&begun);
    rc = collect(w, k, k->cluster ? "" : ns, out);

    w->told->failed |= rc == -PODRING_ENOMEM;
    if (rc == 0 && w->told->failed)
        rc = -PODRING_ENOMEM;
    if (rc == 0 && out->count > from)
        qsort(out->item + from, out->count - from, sizeof(*out->item), compare);
    return rc;
}

void show_list_free(struct show_list *l)
{
    free(l->item);
    *l = (struct show_list){0};
}

void show_world_free(struct show_world *w)
{
    free(w->buffer);
    w->buffer = NULL;
}

bool show_open(const struct show_world *w, const struct show_object *o, struct json *j,
               struct show_in *in)
{
    const char *why;
    bool opened = true;

    *j = (struct json){0};
    *in = (struct show_in){.j = j,
                           .told = o->told,
                           .now_unix_ms = w->epoch_unix_ms + podring_now(w->ring),
                           .ring = w->ring,
                           .pod = o->pod};
    if (o->text != NULL) {
        opened = json_parse(j, o->text, o->length, &why);
        RX_ASSERT(opened || why == json_no_memory);
        w->told->failed |= !opened; /* for whoever goes on without it */
    }
    return opened;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static const char *about(const struct told_event *e)
{
    const char *slash = e->pod == 0 ? strchr(e->name, '/') : NULL;

    return slash != NULL ? slash + 1 : e->name;
}

static int compare(const void *a, const void *b)
{
    const struct show_object *x = a, *y = b;
    int order = strcmp(x->ns, y->ns);

    if (order != 0)
        return order;
    if (x->event != NULL && y->event != NULL) {
        order = strcmp(about(x->event), about(y->event));
        if (order == 0 && x->event->first_ms != y->event->first_ms)
            return x->event->first_ms < y->event->first_ms ? -1 : 1;
        if (order != 0)
            return order;
    }
    return strcmp(x->name, y->name);
}

static int append(struct show_world *w, struct show_list *out, const struct show_object *o)
{
    void *list = out->item;
    struct show_object *mine;

    if (!cli_grow(&list, out->count, &out->room, sizeof(*out->item)))
        return -PODRING_ENOMEM;
    out->item = list;
    mine = &out->item[out->count++];
    *mine = *o;
    mine->ns = rx_arena_strdup(&w->told->arena, o->ns);
    mine->name = rx_arena_strdup(&w->told->arena, o->name);
    if (o->text != NULL)
        mine->text = rx_arena_strndup(&w->told->arena, o->text, o->length);
    return mine->ns != NULL && mine->name != NULL && (o->text == NULL || mine->text != NULL)
               ? 0
               : -PODRING_ENOMEM;
}

/* The next of a kind into w->buffer. -ENOTFOUND: no more. */
static int next_text(struct show_world *w, const struct show_kind *k, const char *ns,
                     uint64_t *cursor, size_t *length)
{
    for (;;) {
        int rc = podring_show_next(w->ring, k->word, ns, cursor, w->buffer, w->room, length);
        char *larger;

        if (rc != 0 || *length < w->room)
            return rc;
        larger = realloc(w->buffer, *length + 4096);
        if (larger == NULL)
            return -PODRING_ENOMEM;
        w->buffer = larger;
        w->room = *length + 4096;
    }
}

/* Name and namespace of a text. */
static bool name_of(const char *text, size_t length, char ns[320], char name[320])
{
    struct json j;
    const char *why;
    bool read = json_parse(&j, text, length, &why);
    struct rx_text a = rx_text_in(ns, 320), b = rx_text_in(name, 320);

    if (read) {
        show_text(&a, json_at(&j, json_root(&j), "metadata.namespace"));
        show_text(&b, json_at(&j, json_root(&j), "metadata.name"));
    }
    rx_text_end(&a);
    rx_text_end(&b);
    json_close(&j);
    return read;
}

static int append_text(struct show_world *w, const struct show_kind *k, const char *text,
                       size_t length, struct show_list *out)
{
    char ns[320], name[320], object[700];
    struct show_object o = {.kind = k, .ns = ns, .name = name};
    struct rx_text status;
    int rc;

    if (!name_of(text, length, ns, name))
        return -PODRING_ENOMEM;
    snprintf(object, sizeof(object), "%s/%s", k->word, name);
    o.told = told_object(w->told, ns, object);
    rc = show_compose(w, &o, text, &status);
    o.text = status.out;
    o.length = status.length;
    if (rc == 0)
        rc = append(w, out, &o);
    free(status.out);
    return rc;
}

/* ---- pods ------------------------------------------------------------------------------------ */

static int collect_pods(struct show_world *w, const struct show_kind *k, const char *ns,
                        struct show_list *out)
{
    uint64_t walk = 0, at = 0, id;

    for (; (id = podring_next_pod(w->ring, &walk)) != 0; at = walk) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;
        struct show_object o = {.kind = k, .pod = id};
        struct rx_text status = {0};
        size_t length;
        int rc = podring_pod_info(w->ring, id, &pod);

        if (rc != 0)
            return rc;
        if (ns[0] != '\0' && strcmp(pod.namespace_, ns) != 0)
            continue;
        o.ns = rx_arena_strdup(&w->told->arena, pod.namespace_);
        o.name = rx_arena_strdup(&w->told->arena, pod.name);
        if (o.ns == NULL || o.name == NULL)
            return -PODRING_ENOMEM;
        if (w->whole) {
            rc = next_text(w, k, ns, &at, &length);
            if (rc == 0)
                rc = show_compose(w, &o, w->buffer, &status);
            o.text = status.out;
            o.length = status.length;
        }
        if (rc == 0)
            rc = append(w, out, &o);
        free(status.out);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int collect_stored(struct show_world *w, const struct show_kind *k, const char *ns,
                          struct show_list *out)
{
    uint64_t cursor = 0;
    size_t length;
    int rc;

    while ((rc = next_text(w, k, ns, &cursor, &length)) == 0) {
        rc = append_text(w, k, w->buffer, length, out);
        if (rc != 0)
            return rc;
    }
    return rc == -PODRING_ENOTFOUND ? 0 : rc;
}

/* ---- what nobody stores ---------------------------------------------------------------------- */

static int collect_events(struct show_world *w, const struct show_kind *k, const char *ns,
                          struct show_list *out)
{
    RX_LIST_EACH (l, &w->told->events) {
        const struct told_event *e = rx_container_of(l, struct told_event, link);
        struct show_object o = {.kind = k, .event = e};
        char name[400];
        struct rx_text text;
        int rc;

        o.ns = e->ns != NULL && e->ns[0] != '\0' ? e->ns : "default";
        if (ns[0] != '\0' && strcmp(o.ns, ns) != 0)
            continue;
        snprintf(name, sizeof(name), "%s.%llx", about(e),
                 (unsigned long long)(w->epoch_unix_ms + e->first_ms) * 1000000);
        o.name = name;
        rc = show_compose_event(w, &o, &text);
        o.text = text.out;
        o.length = text.length;
        if (rc == 0)
            rc = append(w, out, &o);
        free(text.out);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* Without a Node document there is one node, and nothing is told of it. */
static int collect_nodes(struct show_world *w, const struct show_kind *k, struct show_list *out)
{
    char text[512];
    size_t from = out->count;
    int rc = collect_stored(w, k, "", out);

    snprintf(text, sizeof(text),
             "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"node\","
             "\"creationTimestamp\":\"%s\",\"labels\":{\"kubernetes.io/hostname\":\"node\"}},"
             "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\","
             "\"reason\":\"KubeletReady\",\"message\":\"kubelet is posting ready status\"}]}}",
             w->begun);
    return rc == 0 && out->count == from ? append_text(w, k, text, strlen(text), out) : rc;
}

static int add_namespace(struct show_world *w, const struct show_kind *k, const char *ns,
                         struct show_list *out)
{
    char text[700];

    for (size_t i = 0; i < out->count; i++)
        if (out->item[i].kind == k && strcmp(out->item[i].name, ns) == 0)
            return 0;
    if (ns[0] == '\0')
        return 0;
    snprintf(text, sizeof(text),
             "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"%s\","
             "\"creationTimestamp\":\"%s\",\"labels\":{\"kubernetes.io/"
             "metadata.name\":\"%s\"}},\"status\":"
             "{\"phase\":\"Active\"}}",
             ns, w->begun, ns);
    return append_text(w, k, text, strlen(text), out);
}

/* Those that are always there, and those that something is in. */
static int collect_namespaces(struct show_world *w, const struct show_kind *k,
                              struct show_list *out)
{
    static const char *const always[] = {"default", "kube-node-lease", "kube-public",
                                         "kube-system"};
    uint64_t cursor = 0, id;
    int rc = collect_stored(w, k, "", out);

    for (size_t i = 0; rc == 0 && i < RX_ARRAY_LEN(always); i++)
        rc = add_namespace(w, k, always[i], out);
    while (rc == 0 && (id = podring_next_object(w->ring, &cursor)) != 0) {
        struct podring_object_info o = PODRING_OBJECT_INFO_INIT;

        rc = podring_object_info(w->ring, id, &o);
        if (rc == 0 && o.namespace_ != NULL)
            rc = add_namespace(w, k, o.namespace_, out);
    }
    for (cursor = 0; rc == 0 && (id = podring_next_pod(w->ring, &cursor)) != 0;) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        rc = podring_pod_info(w->ring, id, &pod);
        if (rc == 0)
            rc = add_namespace(w, k, pod.namespace_, out);
    }
    return rc;
}

static int collect(struct show_world *w, const struct show_kind *k, const char *ns,
                   struct show_list *out)
{
    if (strcmp(k->word, "pod") == 0)
        return collect_pods(w, k, ns, out);
    if (strcmp(k->word, "event") == 0)
        return collect_events(w, k, ns, out);
    if (strcmp(k->word, "namespace") == 0)
        return collect_namespaces(w, k, out);
    if (strcmp(k->word, "node") == 0)
        return collect_nodes(w, k, out);
    return collect_stored(w, k, ns, out);
}
