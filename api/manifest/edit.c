/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit.c - fields of a document changed in its text.
 *
 * Only the part of the file between two lines of --- is read. What a field's lines are is told by
 * their indentation, and what stands between brackets by the brackets: rules that hold for what
 * people write. Where they do not hold, the tree of the new text is another one than the change
 * makes, and the text is left alone.
 */
#include "api/manifest/edit.h"

#include "api/manifest/document.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#include <stdlib.h>
#include <string.h>

/* The part of a file that is changed, and its document. */
struct part {
    struct mf_load *load;
    const char *text;
    size_t length;
    uint32_t line, column; /* of the document, in the part */
    const struct mf_node *root;
    const char *why;
};

/* What stands in the text from..to becomes this. */
struct cut {
    size_t from, to;
    struct rx_text put;
};

enum { PUT_MAX = 16384 };

static bool part_of(struct part *p, const char *text, size_t length, uint32_t line, size_t *from);
static bool part_read(struct part *p, const char *text, size_t length);
static bool change_text(struct part *p, const char *path, const struct mf_node *value,
                        struct cut *cut);

static void *room(struct mf_load *l, size_t size)
{
    void *p = rx_arena_alloc(&l->scratch, size);

    l->no_memory |= p == NULL;
    return p;
}

/* Text and tree, once. False: no memory, or the change is none (said in *wrong). */
static bool change_one(struct part *p, const struct manifest_change *c, struct mf_node **tree,
                       const char **wrong)
{
    struct cut cut = {.put = rx_text_in(room(p->load, PUT_MAX), PUT_MAX)};
    struct mf_node *value = NULL;
    struct mf_docs docs;
    char *now;

    if (c->value != NULL) {
        mf_docs_read(p->load, c->value, strlen(c->value), &docs);
        if (docs.count != 1 || p->load->no_memory)
            return false;
        value = docs.root[0];
    }
    *tree = value != NULL ? mf_set(p->load, *tree, c->path, value, wrong)
                          : mf_unset(p->load, *tree, c->path, wrong);
    if (*tree == NULL)
        return false;
    if (p->why != NULL || p->load->no_memory)
        return true;
    if (!change_text(p, c->path, value, &cut) || cut.from > cut.to || cut.to > p->length) {
        p->why = p->why != NULL ? p->why : "its brackets cannot be told";
        return true;
    }
    now = room(p->load, p->length - (cut.to - cut.from) + cut.put.length + 1);
    if (now == NULL || cut.put.length > cut.put.room) {
        p->why = "too much would change";
        return true;
    }
    memcpy(now, p->text, cut.from);
    memcpy(now + cut.from, cut.put.out, cut.put.length);
    memcpy(now + cut.from + cut.put.length, p->text + cut.to, p->length - cut.to);
    if (!part_read(p, now, p->length - (cut.to - cut.from) + cut.put.length) ||
        !mf_same(p->root, *tree))
        p->why = "its text is written in a way that podring does not change";
    return true;
}

int manifest_edit(struct rx_arena *arena, const char *text, size_t length, uint32_t line,
                  uint32_t column, const struct manifest_change *change, uint32_t count,
                  struct manifest_edited *out)
{
    uint64_t refused = arena->mem->state->refused;
    struct rx_text json = rx_text_in(NULL, 0);
    const char *wrong = NULL;
    struct manifest_set set;
    struct mf_node *tree;
    size_t from = 0;
    int rc = 0;

    *out = (struct manifest_edited){0};
    manifest_init(&set, arena->mem);
    struct mf_load l = {.set = &set, .file = ""};
    struct part p = {.load = &l, .column = column};
    rx_arena_init(&l.scratch, arena->mem);
    if (!part_of(&p, text, length, line, &from)) {
        rc = -RX_ENOTFOUND;
    } else {
        size_t was = p.length;

        tree = (struct mf_node *)(uintptr_t)p.root;
        for (uint32_t i = 0; i < count && rc == 0; i++)
            if (!change_one(&p, &change[i], &tree, &wrong))
                rc = -RX_EINVALID;
        out->why = rx_arena_strdup(arena, wrong != NULL ? wrong : p.why != NULL ? p.why : "");
        if (rc == 0) {
            mf_write_json(&json, tree);
            json = rx_text_in(rx_arena_alloc(arena, json.length + 1), json.length + 1);
            if (json.out != NULL)
                mf_write_json(&json, tree);
            out->json = json.out;
            out->json_length = rx_text_end(&json);
        }
        if (rc == 0 && p.why == NULL) {
            char *whole = rx_arena_alloc(arena, length - was + p.length + 1);

            if (whole != NULL) {
                memcpy(whole, text, from);
                memcpy(whole + from, p.text, p.length);
                memcpy(whole + from + p.length, text + from + was, length - from - was);
            }
            out->text = whole;
            out->length = length - was + p.length;
        }
    }
    rx_arena_fini(&l.scratch);
    manifest_fini(&set);
    if (arena->mem->state->refused == refused && !l.no_memory)
        return rc;
    *out = (struct manifest_edited){0};
    return -RX_ENOMEM;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static size_t line_end(const char *text, size_t length, size_t at)
{
    const char *end = at < length ? memchr(text + at, '\n', length - at) : NULL;

    return end != NULL ? (size_t)(end - text) + 1 : length;
}

static const struct mf_node *find_document(const struct mf_node *n, uint32_t line, uint32_t column)
{
    const struct mf_node *items = n->type == MF_MAPPING ? mf_node_find(n, "items") : NULL;

    if (n->line == line && n->column == column && n->type == MF_MAPPING)
        return n;
    for (uint32_t i = 0; items != NULL && items->type == MF_SEQUENCE && i < items->count; i++) {
        const struct mf_node *found = find_document(items->item[i].value, line, column);

        if (found != NULL)
            return found;
    }
    return NULL;
}

static bool part_read(struct part *p, const char *text, size_t length)
{
    struct mf_docs docs;

    p->text = text;
    p->length = length;
    p->root = NULL;
    p->load->failed = false;
    mf_docs_read(p->load, text, length, &docs);
    for (uint32_t i = 0; i < docs.count && !p->load->failed && p->root == NULL; i++)
        p->root = find_document(docs.root[i], p->line, p->column);
    return p->root != NULL;
}

/* From behind one line of --- to the next. */
static bool part_of(struct part *p, const char *text, size_t length, uint32_t line, size_t *from)
{
    uint32_t at_line = 1, first = 1;
    size_t at = 0, end;

    for (; at < length && at_line < line; at_line++) {
        bool cuts = length - at >= 3 && memcmp(text + at, "---", 3) == 0;

        at = line_end(text, length, at);
        if (cuts) {
            first = at_line + 1;
            *from = at;
        }
    }
    for (end = at; end < length; end = line_end(text, length, end))
        if (length - end >= 3 && memcmp(text + end, "---", 3) == 0)
            break;
    p->line = line - first + 1;
    return part_read(p, text + *from, end - *from);
}

/* ---- places ---------------------------------------------------------------------------------- */

static size_t place(const struct part *p, uint32_t line, uint32_t column)
{
    size_t at = 0;

    while (--line > 0)
        at = line_end(p->text, p->length, at);
    for (; column > 1 && at < p->length; column--)
        for (at++; at < p->length && ((unsigned char)p->text[at] & 0xc0) == 0x80; at++)
            ; /* the rest of a character */
    return at;
}

static size_t line_start(const struct part *p, size_t at)
{
    while (at > 0 && p->text[at - 1] != '\n')
        at--;
    return at;
}

static bool begins_line(const struct part *p, size_t at)
{
    size_t start = line_start(p, at);

    return strspn(p->text + start, " ") >= at - start;
}

/* Where the lines end that belong to a field or an item whose first line has `at` in it: those that
 * stand further in than `indent`, and for a list as a value those that begin with a dash there. */
static size_t lines_end(const struct part *p, size_t at, size_t indent, bool list)
{
    size_t end = line_end(p->text, p->length, at), next = end;

    while (next < p->length) {
        size_t own = 0;
        char c;

        while (next + own < p->length && p->text[next + own] == ' ')
            own++;
        c = next + own < p->length ? p->text[next + own] : '\n';
        if (c != '\n' && c != '\r') {
            bool dash = c == '-' && next + own + 1 < p->length &&
                        strchr(" \r\n", p->text[next + own + 1]) != NULL;

            if (c != '#' && (own < indent || (own == indent && !(list && dash))))
                break;
            if (c != '#' || own > indent)
                end = line_end(p->text, p->length, next);
        }
        next = line_end(p->text, p->length, next);
    }
    return end;
}

/* The end of a quoted text or of what stands between brackets; 0: not found. */
static size_t flow_end(const struct part *p, size_t at)
{
    unsigned depth = 0;

    for (; at < p->length; at++) {
        char c = p->text[at];

        if (c == '"' || c == '\'') {
            for (at++; at < p->length && (p->text[at] != c || (c == '\'' && p->text[at + 1] == c));
                 at++)
                at += c == '\'' ? p->text[at] == c : p->text[at] == '\\';
        } else if (c == '#' && at > 0 && strchr(" \n", p->text[at - 1]) != NULL) {
            at = line_end(p->text, p->length, at) - 1;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth == 0)
            return at < p->length ? at + 1 : 0;
    }
    return 0;
}

static bool is_flow(const struct part *p, const struct mf_node *n)
{
    size_t at = place(p, n->line, n->column);

    return at < p->length && (p->text[at] == '{' || p->text[at] == '[');
}

/* ---- values as text -------------------------------------------------------------------------- */

static bool is_plain(const struct mf_node *n)
{
    struct mf_node like = *n;

    if (n->length == 0 ||
        strspn(n->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_./-") < n->length ||
        n->text[0] == '-')
        return false;
    mf_scalar_resolve(&like);
    return like.type == MF_STRING;
}

static void put_scalar(struct rx_text *t, const struct mf_node *n, bool json)
{
    if (n->type != MF_STRING || json || !is_plain(n))
        mf_write_json(t, n);
    else
        rx_text_put(t, n->text, n->length);
}

static void put_flow(struct rx_text *t, const struct mf_node *n, bool json)
{
    bool mapping = n->type == MF_MAPPING;

    if (n->type < MF_SEQUENCE) {
        put_scalar(t, n, json);
        return;
    }
    rx_text_putc(t, mapping ? '{' : '[');
    for (uint32_t i = 0; i < n->count; i++) {
        rx_text_puts(t, i > 0 ? ", " : "");
        if (mapping) {
            put_scalar(t, n->item[i].key, json);
            rx_text_puts(t, ": ");
        }
        put_flow(t, n->item[i].value, json);
    }
    rx_text_putc(t, mapping ? '}' : ']');
}

static bool is_short(const struct mf_node *n)
{
    if (n->type == MF_MAPPING)
        return n->count == 0;
    for (uint32_t i = 0; n->type == MF_SEQUENCE && i < n->count; i++)
        if (n->item[i].value->type >= MF_SEQUENCE)
            return false;
    return true;
}

/* Behind a key or a dash, with the end of its line. */
static void put_block(struct rx_text *t, const struct mf_node *n, size_t indent, const char *eol,
                      bool dash)
{
    if (is_short(n)) {
        rx_text_putc(t, ' ');
        put_flow(t, n, false);
        rx_text_puts(t, eol);
        return;
    }
    if (!dash)
        rx_text_puts(t, eol);
    for (uint32_t i = 0; i < n->count; i++) {
        bool mapping = n->type == MF_MAPPING, first = dash && i == 0;

        if (first)
            rx_text_putc(t, ' ');
        else
            rx_text_fill(t, ' ', indent);
        if (mapping)
            put_scalar(t, n->item[i].key, false);
        rx_text_putc(t, mapping ? ':' : '-');
        put_block(t, n->item[i].value,
                  indent + (mapping && n->item[i].value->type == MF_SEQUENCE ? 0 : 2), eol,
                  !mapping);
    }
}

/* ---- one change ------------------------------------------------------------------------------ */

/* How far a path leads in a tree. */
struct way {
    const struct mf_node *parent; /* a mapping or sequence */
    const struct mf_node *child;  /* of it; NULL: it is not there, */
    uint32_t at;                  /* or where it stands */
    const char *key;              /* the step, of a mapping */
    size_t key_length;
    const char *rest; /* of the path, behind the step */
};

static bool walk(const struct part *p, const char *path, struct way *w)
{
    const struct mf_node *n = p->root;

    for (;;) {
        size_t from, length, used;
        bool index;

        used = mf_path_step(path, &index, &from, &length);
        if (used == 0 || n->type != (index ? MF_SEQUENCE : MF_MAPPING))
            return false;
        *w = (struct way){
            .parent = n, .key = path + from, .key_length = length, .rest = path + used};
        w->at = index ? (uint32_t)strtoul(path + from, NULL, 10) : 0;
        while (!index && w->at < n->count &&
               (n->item[w->at].key->length != length ||
                memcmp(n->item[w->at].key->text, path + from, length) != 0))
            w->at++;
        w->child = w->at < n->count ? n->item[w->at].value : NULL;
        if (w->child == NULL || *w->rest == '\0' || w->child->type == MF_NULL)
            return true;
        n = w->child;
        path = w->rest;
    }
}

static const char *eol_of(const struct part *p)
{
    const char *end = memchr(p->text, '\n', p->length);

    return end != NULL && end > p->text && end[-1] == '\r' ? "\r\n" : "\n";
}

static void put_pair(const struct part *p, struct rx_text *t, const struct way *w,
                     const struct mf_node *value, size_t indent)
{
    struct mf_node key = {.type = MF_STRING, .text = w->key, .length = w->key_length};

    key.text = mf_scratch(p->load, "%.*s", (int)w->key_length, w->key);
    put_scalar(t, &key, false);
    rx_text_putc(t, ':');
    put_block(t, value, indent + (value->type == MF_SEQUENCE ? 0 : 2), eol_of(p), false);
}

/* A file may end without the end of a line. */
static void begin_line(const struct part *p, struct cut *c)
{
    if (c->from > 0 && p->text[c->from - 1] != '\n')
        rx_text_puts(&c->put, eol_of(p));
}

static void insert_flow(const struct part *p, const struct way *w, const struct mf_node *value,
                        struct cut *c)
{
    const struct mf_node *m = w->parent;
    size_t open = place(p, m->line, m->column) + 1;
    bool json = p->text[place(p, p->root->line, p->root->column)] == '{' && p->root->count > 0 &&
                p->text[place(p, p->root->item[0].key->line, p->root->item[0].key->column)] == '"';
    struct mf_node key = {.type = MF_STRING, .length = w->key_length};
    size_t first = m->count > 0 && m->item[0].key != NULL
                       ? place(p, m->item[0].key->line, m->item[0].key->column)
                       : open;

    if (m->type == MF_SEQUENCE) {
        c->from = c->to = flow_end(p, open - 1) - 1;
        rx_text_puts(&c->put, m->count > 0 ? ", " : "");
        put_flow(&c->put, value, json);
        return;
    }
    c->from = c->to = first;
    key.text = mf_scratch(p->load, "%.*s", (int)w->key_length, w->key);
    put_scalar(&c->put, &key, json);
    rx_text_puts(&c->put, ": ");
    put_flow(&c->put, value, json);
    if (m->count == 0)
        return;
    rx_text_putc(&c->put, ',');
    if (begins_line(p, first)) {
        rx_text_puts(&c->put, eol_of(p));
        rx_text_fill(&c->put, ' ', first - line_start(p, first));
    } else {
        rx_text_putc(&c->put, ' ');
    }
}

/* A scalar before the others, what has lines of its own behind them. */
static void insert_block(const struct part *p, const struct way *w, const struct mf_node *value,
                         struct cut *c)
{
    const struct mf_node *m = w->parent, *last = m->item[m->count - 1].value;
    const struct mf_node *from = m->type == MF_MAPPING ? m->item[m->count - 1].key : last;
    size_t first = place(p, m->line, m->column), indent = m->column - 1;

    if (m->type == MF_SEQUENCE) {
        c->from = c->to = lines_end(p, place(p, from->line, from->column), indent + 1, false);
        begin_line(p, c);
        rx_text_fill(&c->put, ' ', indent);
        rx_text_putc(&c->put, '-');
        put_block(&c->put, value, indent + 2, eol_of(p), true);
        return;
    }
    if (value->type < MF_SEQUENCE && begins_line(p, first)) {
        c->from = c->to = first;
        put_pair(p, &c->put, w, value, indent);
        rx_text_fill(&c->put, ' ', indent);
        return;
    }
    if (value->type < MF_SEQUENCE) {
        from = m->item[0].key;
        last = m->item[0].value;
    }
    c->from = c->to =
        lines_end(p, place(p, from->line, from->column), indent, last->type == MF_SEQUENCE);
    begin_line(p, c);
    rx_text_fill(&c->put, ' ', indent);
    put_pair(p, &c->put, w, value, indent);
}

static bool replace_scalar(struct part *p, const struct way *w, const struct mf_node *value,
                           struct cut *c)
{
    const struct mf_node *n = w->child;
    size_t at = place(p, n->line, n->column), end = at + n->length;
    bool quoted = at < p->length && (p->text[at] == '"' || p->text[at] == '\'');

    if (quoted)
        end = flow_end(p, at);
    if (end == 0 || end > p->length || (!quoted && memcmp(p->text + at, n->text, n->length) != 0) ||
        (!quoted && line_end(p->text, p->length, at) < end)) {
        p->why = "a value stands on several lines";
        return false;
    }
    c->from = at;
    c->to = end;
    if (quoted && value->type == MF_STRING)
        put_flow(&c->put, value, true);
    else
        put_flow(&c->put, value, false);
    return true;
}

/* The lines of a field, from its key on; NULL: they are taken away. */
static bool replace_pair(struct part *p, const struct way *w, const struct mf_node *value,
                         struct cut *c)
{
    const struct mf_node *m = w->parent;
    const struct mf_pair *pair = &m->item[w->at];
    size_t indent = m->column - 1;

    if (m->type != MF_MAPPING || is_flow(p, m)) {
        p->why = "what would change stands between brackets, or in a list";
        return false;
    }
    c->from = place(p, pair->key->line, pair->key->column);
    c->to = lines_end(p, c->from, indent, pair->value->type == MF_SEQUENCE);
    if (value != NULL) {
        put_pair(p, &c->put, w, value, indent);
        return true;
    }
    if (begins_line(p, c->from))
        c->from = line_start(p, c->from);
    else if (w->at + 1 < m->count)
        c->to = place(p, m->item[w->at + 1].key->line, m->item[w->at + 1].key->column);
    return true;
}

static bool change_text(struct part *p, const char *path, const struct mf_node *value,
                        struct cut *c)
{
    struct way w;

    if (!walk(p, path, &w)) {
        p->why = "there is no place for it in the text";
        return false;
    }
    if (value == NULL)
        return replace_pair(p, &w, NULL, c);
    if (w.child != NULL && w.child->type == MF_NULL) {
        p->why = "a field is there without a value";
        return false;
    }
    if (w.child != NULL && is_flow(p, w.child) && w.child->type >= MF_SEQUENCE) {
        c->from = place(p, w.child->line, w.child->column);
        c->to = flow_end(p, c->from);
        put_flow(&c->put, value, false);
        return c->to > 0;
    }
    if (w.child != NULL && w.child->type < MF_SEQUENCE && value->type < MF_SEQUENCE)
        return replace_scalar(p, &w, value, c);
    if (w.child != NULL)
        return replace_pair(p, &w, value, c);
    if (*w.rest != '\0') {
        const char *why;

        value =
            mf_set(p->load, mf_node_new(p->load, *w.rest == '[' ? MF_SEQUENCE : MF_MAPPING),
                   *w.rest == '.' ? w.rest + 1 : w.rest, (struct mf_node *)(uintptr_t)value, &why);
        if (value == NULL)
            return false;
    }
    if (is_flow(p, w.parent))
        insert_flow(p, &w, value, c);
    else
        insert_block(p, &w, value, c);
    return true;
}
