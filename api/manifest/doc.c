/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.c - a text as kubectl cuts it into documents (k8s.io/apimachinery/pkg/util/yaml): one that begins
 * with a brace is JSON, values one after another; any other is YAML, cut at each line that begins
 * with ---, whatever stands around it. So a %YAML line before the first --- is a document of its own,
 * and no document.
 */
#include "api/manifest/doc.h"

#include "api/manifest/json.h"
#include "api/manifest/text.h"
#include "api/manifest/yaml.h"

#include <string.h>

static bool begins_with_brace(const char *text, size_t length);
static void yaml_cut(struct mf_tree *t, const char *text, size_t length);

void mf_docs_read(struct mf_load *l, const char *text, size_t length, struct mf_docs *out)
{
    struct mf_tree *t = rx_arena_alloc(&l->scratch, sizeof *t);

    *out = (struct mf_docs){0};
    if (!t) {
        l->no_memory = true;
        return;
    }
    if (!mf_text_decode(l, &text, &length))
        return;
    *t = (struct mf_tree){.load = l, .out = out, .door = "yaml"};
    if (begins_with_brace(text, length)) {
        t->door = "json";
        mf_json_read(t, text, length);
    } else if (mf_text_screen(l, text, length)) {
        yaml_cut(t, text, length);
    }
}

struct mf_node *mf_node_find(const struct mf_node *mapping, const char *key)
{
    size_t length = strlen(key);

    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct mf_node *k = mapping->item[i].key;

        if (k->length == length && memcmp(k->text, key, length) == 0)
            return mapping->item[i].value;
    }
    return NULL;
}

static bool begins_with_brace(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && text[i] && strchr(" \t\r\n\v\f", text[i]))
        i++;
    return i < length && text[i] == '{';
}

/* Whether a line cuts. Behind --- only a comment may stand; else the text is broken (said). */
static bool line_cuts(struct mf_tree *t, const char *line, size_t length, uint32_t number)
{
    size_t i = 3;

    if (length < 3 || memcmp(line, "---", 3) != 0)
        return false;
    while (i < length && strchr(" \t\r\v\f", line[i]))
        i++;
    while (length > i && strchr(" \t\r\v\f", line[length - 1]))
        length--;
    if (i < length && line[i] != '#')
        mf_tree_fail(t, number, (uint32_t)i + 1,
                     mf_scratch(t->load, "invalid Yaml document separator: %.*s",
                                (int)(length - i < 128 ? length - i : 128), line + i));
    return true;
}

/* The last line ends as every other does, whether the file says so or not: it may be of a block. */
static void last_read(struct mf_tree *t, const char *text, size_t length, uint32_t base)
{
    char *copy;

    if (text[length - 1] != '\n') {
        copy = rx_arena_alloc(&t->load->scratch, length + 1);
        if (!copy) {
            t->load->no_memory = true;
            return;
        }
        memcpy(copy, text, length);
        copy[length++] = '\n';
        text = copy;
    }
    mf_yaml_read(t, text, length, base);
}

static void yaml_cut(struct mf_tree *t, const char *text, size_t length)
{
    const char *from = text, *line = text, *end = text + length;
    uint32_t number = 1, base = 0; /* of the line; lines before `from` */

    while (line < end && !t->broken && !t->load->no_memory) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)),
                   *next = stop ? stop + 1 : end;

        if (line_cuts(t, line, (size_t)((stop ? stop : end) - line), number) && line > from) {
            if (!t->broken)
                mf_yaml_read(t, from, (size_t)(line - from), base);
            from = next;
            base = number;
        }
        line = next;
        number++;
    }
    if (from < end && !t->broken && !t->load->no_memory)
        last_read(t, from, (size_t)(end - from), base);
}
