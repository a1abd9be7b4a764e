/* SPDX-License-Identifier: Apache-2.0 */
/* describe_pieces.c - what the descriptions of many kinds have in common. */
#include <string.h>

#include "api/cli/show/describe.h"
#include "api/face/describe.h"

void describe_key(struct rx_text *t, int indent, const char *key)
{
    rx_text_fill(t, ' ', 2 * (size_t)indent);
    rx_text_puts(t, key);
    rx_text_puts(t, ":\t");
}

void describe_line(struct rx_text *t, int indent, const char *key, const char *value)
{
    describe_key(t, indent, key);
    rx_text_puts(t, value);
    rx_text_putc(t, '\n');
}

void describe_text(struct rx_text *t, const struct show_in *in, const char *key, const char *path,
                   const char *fallback)
{
    const struct json_node *n = show_at(in, path);
    bool there = n != NULL && n->kind != JSON_NULL && n->kind != JSON_OBJECT;

    if (!there && fallback == NULL)
        return;
    describe_key(t, 0, key);
    if (!show_text(t, n))
        rx_text_puts(t, fallback != NULL ? fallback : "");
    rx_text_putc(t, '\n');
}

void describe_time(struct rx_text *t, const struct show_in *in, const char *key, const char *path,
                   const char *fallback)
{
    int64_t unix_ms;

    if (show_time_at(in, path, &unix_ms))
        face_describe_time(t, 0, key, unix_ms);
    else if (fallback != NULL)
        describe_line(t, 0, key, fallback);
}

void describe_map(struct rx_text *t, const struct json *j, int indent, const char *key,
                  const struct json_node *map)
{
    const struct json_node *member[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(j, map, member);

    describe_key(t, indent, key);
    for (size_t i = 0; i < count; i++) {
        rx_text_fill(t, ' ', i > 0 ? 2 * (size_t)indent : 0);
        rx_text_puts(t, i > 0 ? "\t" : "");
        rx_text_put(t, member[i]->key, member[i]->key_length);
        rx_text_putc(t, '=');
        show_text(t, member[i]);
        rx_text_putc(t, '\n');
    }
    rx_text_puts(t, count == 0 ? "<none>\n" : "");
}

void describe_head(struct rx_text *t, const struct show_in *in)
{
    describe_text(t, in, "Name", "metadata.name", "");
    describe_text(t, in, "Namespace", "metadata.namespace", NULL);
}

void describe_meta(struct rx_text *t, const struct show_in *in)
{
    describe_map(t, in->j, 0, "Labels", show_at(in, "metadata.labels"));
    describe_annotations(t, in);
}

void describe_annotations(struct rx_text *t, const struct show_in *in)
{
    static const char applied[] = "kubectl.kubernetes.io/last-applied-configuration";
    const struct json_node *member[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(in->j, show_at(in, "metadata.annotations"), member), said = 0;

    describe_key(t, 0, "Annotations");
    for (size_t i = 0; i < count; i++) {
        if (member[i]->key_length == sizeof(applied) - 1 &&
            memcmp(member[i]->key, applied, sizeof(applied) - 1) == 0)
            continue;
        rx_text_puts(t, said++ > 0 ? "\t" : "");
        rx_text_put(t, member[i]->key, member[i]->key_length);
        rx_text_puts(t, ": ");
        show_text(t, member[i]);
        rx_text_putc(t, '\n');
    }
    rx_text_puts(t, said == 0 ? "<none>\n" : "");
}

void describe_owner(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = json_first(in->j, show_at(in, "metadata.ownerReferences"));

    if (n == NULL)
        return;
    describe_key(t, 0, "Controlled By");
    show_text(t, json_member(in->j, n, "kind"));
    rx_text_putc(t, '/');
    show_text(t, json_member(in->j, n, "name"));
    rx_text_putc(t, '\n');
}

void describe_conditions(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = json_first(in->j, show_at(in, "status.conditions"));

    if (n == NULL)
        return;
    rx_text_puts(t, "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n");
    for (; n != NULL; n = json_next(in->j, n)) {
        rx_text_puts(t, "  ");
        show_text(t, json_member(in->j, n, "type"));
        rx_text_puts(t, " \t");
        show_text(t, json_member(in->j, n, "status"));
        rx_text_putc(t, '\t');
        show_text(t, json_member(in->j, n, "reason"));
        rx_text_putc(t, '\n');
    }
}

void describe_list(struct rx_text *t, const struct show_in *in, const char *key, const char *path,
                   const char *field)
{
    const struct json_node *n = json_first(in->j, show_at(in, path));

    describe_key(t, 0, key);
    rx_text_puts(t, n == NULL ? "<none>" : "");
    for (const char *between = ""; n != NULL; n = json_next(in->j, n), between = ",") {
        rx_text_puts(t, between);
        show_text(t, field != NULL ? json_member(in->j, n, field) : n);
    }
    rx_text_putc(t, '\n');
}

void describe_addresses(struct rx_text *t, const struct describe_subject *s, const char *service)
{
    const struct show_kind *k = show_kind_named("endpoints", 9);
    struct show_list list = {0};
    bool found = false;

    if (show_collect(s->w, k, s->o->ns, &list) != 0)
        list.count = 0;
    for (size_t i = 0; i < list.count && !found; i++) {
        struct show_in in;
        struct json j;

        found = strcmp(list.item[i].name, service) == 0;
        if (found && show_open(s->w, &list.item[i], &j, &in)) {
            show_columns_endpoints[1].cell(t, &in);
            json_close(&j);
        }
    }
    rx_text_puts(t, found ? "" : "<none>");
    show_list_free(&list);
}
