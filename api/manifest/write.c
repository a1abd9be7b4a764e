/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write.c - a tree as JSON that reads back to the same tree: what is kept of a document.
 *
 * Numbers are written as they stand if JSON has such numbers, since a template's hash is of their
 * text; YAML's others (.5, +1.0) in as many digits as tell them apart.
 */
#include "api/manifest/document.h"

#include "engine/reactor/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mf_write_string(struct rx_text *t, const char *text, size_t length)
{
    static const char special[] = "\"\\\n\r\t\b\f", as[] = "\"\\nrtbf";

    rx_text_putc(t, '"');
    for (size_t i = 0; i < length; i++) {
        const char *found = text[i] != '\0' ? strchr(special, text[i]) : NULL;

        if (found != NULL) {
            rx_text_putc(t, '\\');
            rx_text_putc(t, as[found - special]);
        } else if ((unsigned char)text[i] < 0x20) {
            rx_text_say(t, "\\u%04x", (unsigned char)text[i]);
        } else {
            rx_text_putc(t, text[i]);
        }
    }
    rx_text_putc(t, '"');
}

static size_t digits(const char *text, size_t at)
{
    size_t n = at;

    while (text[n] >= '0' && text[n] <= '9')
        n++;
    return n;
}

static bool is_json_number(const char *text)
{
    size_t at = text[0] == '-', end = digits(text, at);

    if (end == at || (text[at] == '0' && end > at + 1))
        return false;
    at = end;
    if (text[at] == '.') {
        end = digits(text, at + 1);
        if (end == at + 1)
            return false;
        at = end;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        at += 1 + (text[at + 1] == '-' || text[at + 1] == '+');
        end = digits(text, at);
        if (end == at)
            return false;
        at = end;
    }
    return text[at] == '\0';
}

static void write_float(struct rx_text *t, const struct mf_node *n)
{
    char plain[96];
    size_t used = 0;

    if (is_json_number(n->text)) {
        rx_text_put(t, n->text, n->length);
        return;
    }
    for (size_t i = 0; i < n->length && used < sizeof(plain) - 1; i++)
        if (n->text[i] != '_')
            plain[used++] = n->text[i];
    plain[used] = '\0';
    rx_text_say(t, "%.17g", strtod(plain, NULL));
}

static void write_collection(struct rx_text *t, const struct mf_node *n)
{
    bool mapping = n->type == MF_MAPPING;

    rx_text_putc(t, mapping ? '{' : '[');
    for (uint32_t i = 0; i < n->count; i++) {
        rx_text_puts(t, i > 0 ? "," : "");
        if (mapping) {
            mf_write_string(t, n->item[i].key->text, n->item[i].key->length);
            rx_text_putc(t, ':');
        }
        mf_write_json(t, n->item[i].value);
    }
    rx_text_putc(t, mapping ? '}' : ']');
}

void mf_write_json(struct rx_text *t, const struct mf_node *n)
{
    switch (n->type) {
    case MF_NULL:
        rx_text_puts(t, "null");
        return;
    case MF_BOOL:
        rx_text_puts(t, n->truth ? "true" : "false");
        return;
    case MF_INT:
        rx_text_i64(t, n->number);
        return;
    case MF_FLOAT:
        write_float(t, n);
        return;
    case MF_STRING:
        mf_write_string(t, n->text, n->length);
        return;
    case MF_SEQUENCE:
    case MF_MAPPING:
        write_collection(t, n);
        return;
    }
}

const char *mf_keep_json(struct mf_load *l, const struct mf_node *n)
{
    struct rx_text t = rx_text_in(NULL, 0);
    char *text;
    uint32_t room;

    if (n == NULL)
        return "{}";
    mf_write_json(&t, n);
    text = mf_array(l, (uint32_t)t.length + 1, 1, &room);
    if (room == 0)
        return "";
    t = rx_text_in(text, room);
    mf_write_json(&t, n);
    rx_text_end(&t);
    return text;
}
