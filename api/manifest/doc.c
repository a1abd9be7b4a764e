/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.c - from libfyaml's events to our trees. The only file that includes libfyaml.h.
 *
 * Read downward: mf_docs_read pulls events; build_event puts nodes together on an explicit stack; a
 * closed mapping has its merge keys spread and its duplicate keys refused. The text is screened
 * first (text.c), because libfyaml takes a byte that is not UTF-8 for the end of the input and
 * keeps silent about it.
 *
 * libfyaml allocates with malloc, outside our allocator; nothing of it survives the call.
 */
#include "api/manifest/doc.h"

#include "api/manifest/load.h"
#include "api/manifest/text.h"
#include "engine/reactor/base.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

struct anchor {
    struct anchor *next;
    const char *name;
    struct mf_node *node;
    bool complete; /* an alias inside its own anchor would be a cycle */
};

struct frame {
    struct mf_node *node;
    struct mf_node *key; /* of a mapping: read, and waiting for its value */
    struct anchor *anchor;
    uint32_t room;
};

struct build {
    struct mf_load *load;
    struct mf_docs *out;
    struct fy_parser *parser;
    struct anchor *anchors; /* of this document; the latest of a name counts */
    struct mf_node *root;
    uint32_t aliased;
    const char *text; /* what is left of it */
    size_t length;
    uint32_t line_base, column_base; /* lines and columns before it */
    uint32_t line, column;           /* of the last event that has a place */
    uint32_t depth;
    bool broken; /* no use reading on */
    struct frame stack[MF_DEPTH_MAX];
    char message[256]; /* what libfyaml printed instead of collecting it */
};

static void build_piece(struct build *b, size_t length);
static void build_place(struct build *b, int line, int column);
static void build_event(struct build *b, struct fy_event *e);
static void build_scalar(struct build *b, struct fy_event *e);
static void build_open(struct build *b, struct fy_event *e, enum mf_type type);
static void build_close(struct build *b);
static void build_alias(struct build *b, struct fy_event *e);
static void build_put(struct build *b, struct mf_node *n);
static struct mf_node *build_node(struct build *b);
static struct anchor *build_anchor(struct build *b, struct fy_event *e, struct mf_node *n);
static bool build_key(struct build *b, struct mf_node *n);
static void build_fail(struct build *b, const char *text);
static void mapping_finish(struct build *b, struct mf_node *m);
static void parser_errors(struct build *b, struct fy_diag *diag);
static void parser_output(struct fy_diag *diag, void *user, const char *text, size_t length);

void mf_docs_read(struct mf_load *l, const char *text, size_t length, struct mf_docs *out)
{
    struct build *b = rx_arena_alloc(&l->scratch, sizeof *b);
    size_t piece;

    *out = (struct mf_docs){0};
    if (!b) {
        l->no_memory = true;
        return;
    }
    if (!mf_text_screen(l, text, length))
        return;
    *b = (struct build){.load = l, .out = out, .text = text, .length = length};
    /* JSON values one after another are a stream of objects to kubectl, and no YAML. */
    do {
        piece = mf_text_json_value(b->text, b->length);
        if (piece == 0)
            piece = b->length;
        build_piece(b, piece);
        for (size_t i = 0; i < piece; i++) {
            b->column_base = b->text[i] == '\n' ? 0 : b->column_base + 1;
            b->line_base += b->text[i] == '\n';
        }
        b->text += piece;
        b->length -= piece;
    } while (b->length && !b->broken && !l->no_memory);
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

static void build_piece(struct build *b, size_t length)
{
    struct fy_diag_cfg diag_cfg;
    struct fy_parse_cfg cfg = {0};
    struct fy_event *e;

    build_place(b, 0, 0);
    b->message[0] = '\0';
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.output_fn = parser_output;
    diag_cfg.user = b->message;
    cfg.diag = fy_diag_create(&diag_cfg);
    if (cfg.diag)
        fy_diag_set_collect_errors(cfg.diag, true);
    b->parser = cfg.diag ? fy_parser_create(&cfg) : NULL;
    if (!b->parser || fy_parser_set_string(b->parser, b->text, length) != 0)
        b->load->no_memory = true;
    while (!b->load->no_memory && !b->broken && (e = fy_parser_parse(b->parser))) {
        build_event(b, e);
        fy_parser_event_free(b->parser, e);
    }
    if (!b->load->no_memory && !b->broken)
        parser_errors(b, cfg.diag);
    if (b->parser)
        fy_parser_destroy(b->parser);
    if (cfg.diag)
        fy_diag_destroy(cfg.diag);
}

/* libfyaml counts from 0 and from the start of the piece. */
static void build_place(struct build *b, int line, int column)
{
    b->line = b->line_base + (uint32_t)line + 1;
    b->column = (line == 0 ? b->column_base : 0) + (uint32_t)column + 1;
}

static void build_event(struct build *b, struct fy_event *e)
{
    const struct fy_mark *mark = fy_event_start_mark(e);

    if (mark)
        build_place(b, mark->line, mark->column);
    switch (e->type) {
    case FYET_DOCUMENT_START:
        b->root = NULL;
        b->anchors = NULL;
        b->aliased = 0;
        b->depth = 0;
        break;
    case FYET_DOCUMENT_END:
        if (b->root && b->root->type != MF_NULL) {
            struct mf_docs *d = b->out;

            if (mf_room(b->load, &b->load->scratch, &d->root, d->count, &d->room, sizeof(*d->root)))
                d->root[d->count++] = b->root;
        }
        break;
    case FYET_SCALAR:
        build_scalar(b, e);
        break;
    case FYET_SEQUENCE_START:
        build_open(b, e, MF_SEQUENCE);
        break;
    case FYET_MAPPING_START:
        build_open(b, e, MF_MAPPING);
        break;
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        build_close(b);
        break;
    case FYET_ALIAS:
        build_alias(b, e);
        break;
    default:
        break;
    }
}

/* A tag decides over the style: `!!str 5` is a string, `!!int "5"` a number; others say nothing. */
static bool tag_is(struct fy_event *e, const char *suffix)
{
    struct fy_token *token = fy_event_get_tag_token(e);
    const struct fy_tag *tag = token ? fy_tag_token_tag(token) : NULL;
    static const char core[] = "tag:yaml.org,2002:";

    if (!tag)
        return false;
    if (tag->handle && strcmp(tag->handle, "!!") == 0)
        return tag->prefix && strcmp(tag->prefix, suffix) == 0;
    return tag->prefix && strncmp(tag->prefix, core, sizeof core - 1) == 0 &&
           strcmp(tag->prefix + sizeof core - 1, suffix) == 0;
}

/* Where the text of a scalar can be read off the file. A block's mark is its first line's start. */
static uint32_t text_column(const struct build *b, struct fy_event *e, enum fy_scalar_style style,
                            const struct mf_node *n)
{
    const struct fy_mark *from = fy_event_start_mark(e), *to = fy_event_end_mark(e);
    bool quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    size_t indent, own;

    if (!from || !to || from->input_pos >= b->length)
        return 0;
    if (style == FYSS_LITERAL) {
        indent = strspn(b->text + from->input_pos, " ");
        own = strspn(n->text, " ");
        return indent >= own ? (uint32_t)(indent - own) + 1 : 0;
    }
    /* What is longer in the file than in memory has escapes in it. */
    if (from->line != to->line || (size_t)(to->column - from->column) > n->length + (quoted ? 2 : 0))
        return 0;
    return n->column + quoted;
}

static void build_scalar(struct build *b, struct fy_event *e)
{
    struct mf_node *n = build_node(b);
    struct fy_token *token = fy_event_get_token(e);
    size_t length = 0;
    const char *text = token ? fy_token_get_text(token, &length) : NULL;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    bool plain = style <= FYSS_PLAIN;
    struct anchor *anchor;

    if (!n)
        return;
    anchor = build_anchor(b, e, n);
    if (anchor)
        anchor->complete = true;
    n->type = MF_STRING;
    n->column -= n->column > 1 && /* the mark is behind the quote */
                 (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED);
    n->length = text ? length : 0;
    n->text = rx_arena_strndup(&b->load->scratch, text ? text : "", n->length);
    if (!n->text) {
        b->load->no_memory = true;
        return;
    }
    if (memchr(n->text, '\0', n->length)) {
        b->column = n->column;
        build_fail(b, "a NUL character in a string is not supported");
        return;
    }
    if (!tag_is(e, "str") && !tag_is(e, "binary") &&
        (plain || tag_is(e, "int") || tag_is(e, "bool") || tag_is(e, "float") || tag_is(e, "null")))
        mf_scalar_resolve(n);
    n->inside = text_column(b, e, style, n);
    n->merge = plain && n->length == 2 && memcmp(n->text, "<<", 2) == 0;
    build_put(b, n);
}

static void build_open(struct build *b, struct fy_event *e, enum mf_type type)
{
    struct mf_node *n;

    if (b->depth == MF_DEPTH_MAX) {
        build_fail(b, "nested too deeply");
        return;
    }
    n = build_node(b);
    if (!n)
        return;
    n->type = type;
    b->stack[b->depth++] = (struct frame){.node = n, .anchor = build_anchor(b, e, n)};
}

static void build_close(struct build *b)
{
    struct frame *f;

    RX_ASSERT(b->depth > 0);
    f = &b->stack[--b->depth];
    if (f->node->type == MF_MAPPING)
        mapping_finish(b, f->node);
    if (f->anchor)
        f->anchor->complete = true;
    build_put(b, f->node);
}

static void build_alias(struct build *b, struct fy_event *e)
{
    struct fy_token *token = fy_event_get_token(e);
    size_t length = 0;
    const char *name = token ? fy_token_get_text(token, &length) : NULL;
    const struct anchor *a = b->anchors;

    b->column -= b->column > 1; /* the mark is behind the asterisk */
    while (a && !(name && strlen(a->name) == length && memcmp(a->name, name, length) == 0))
        a = a->next;
    if (!a) {
        build_fail(b, mf_scratch(b->load, "unknown anchor '%.*s' referenced",
                                 (int)RX_MIN(length, 64), name ? name : ""));
        return;
    }
    if (!a->complete) {
        build_fail(b, mf_scratch(b->load, "anchor '%.64s' value contains itself", a->name));
        return;
    }
    b->aliased += RX_MIN(a->node->weight, MF_ALIASED_MAX + 1u);
    if (b->aliased > MF_ALIASED_MAX) {
        build_fail(b, "document contains excessive aliasing");
        return;
    }
    build_put(b, a->node);
}

/* A finished node goes where the innermost open collection wants it: as root, item, key or value.
 */
static void build_put(struct build *b, struct mf_node *n)
{
    struct frame *f = b->depth > 0 ? &b->stack[b->depth - 1] : NULL;
    struct mf_node *into;

    if (!f) {
        b->root = n;
        return;
    }
    into = f->node;
    if (into->type == MF_MAPPING && !f->key) {
        if (build_key(b, n))
            f->key = n;
        return;
    }
    if (n->depth + 1 > MF_DEPTH_MAX) { /* possible through aliases only */
        build_fail(b, "nested too deeply");
        return;
    }
    if (into->count == f->room) {
        uint32_t room = f->room ? f->room * 2 : 4;
        struct mf_pair *item = rx_arena_alloc(&b->load->scratch, room * sizeof *item);

        if (!item) {
            b->load->no_memory = true;
            return;
        }
        if (into->count)
            memcpy(item, into->item, into->count * sizeof *item);
        into->item = item;
        f->room = room;
    }
    into->item[into->count++] = (struct mf_pair){.key = f->key, .value = n};
    into->weight += n->weight + (f->key != NULL);
    into->depth = (uint8_t)RX_MAX(into->depth, n->depth + 1);
    f->key = NULL;
}

static struct mf_node *build_node(struct build *b)
{
    struct mf_node *n = rx_arena_alloc(&b->load->scratch, sizeof *n);

    if (!n) {
        b->load->no_memory = true;
        return NULL;
    }
    n->line = b->line;
    n->column = b->column;
    n->weight = 1;
    return n;
}

static struct anchor *build_anchor(struct build *b, struct fy_event *e, struct mf_node *n)
{
    struct fy_token *token = fy_event_get_anchor_token(e);
    size_t length = 0;
    const char *name = token ? fy_token_get_text(token, &length) : NULL;
    struct anchor *a;

    if (!name)
        return NULL;
    a = rx_arena_alloc(&b->load->scratch, sizeof *a);
    if (a)
        a->name = rx_arena_strndup(&b->load->scratch, name, length);
    if (!a || !a->name) {
        b->load->no_memory = true;
        return NULL;
    }
    a->node = n;
    a->next = b->anchors;
    b->anchors = a;
    return a;
}

/* Keys become strings the way they do on kubectl's road to JSON: on: is "true", 1: is "1". */
static bool build_key(struct build *b, struct mf_node *n)
{
    switch (n->type) {
    case MF_BOOL:
        n->text = n->truth ? "true" : "false";
        n->length = strlen(n->text);
        return true;
    case MF_INT:
    case MF_FLOAT:
    case MF_STRING:
        return true;
    case MF_NULL:
        build_fail(b, "a key must not be null");
        return false;
    default:
        build_fail(b, "a key must be a plain value, not a mapping or a sequence");
        return false;
    }
}

static void build_fail(struct build *b, const char *text)
{
    mf_say_at(b->load, MANIFEST_ERROR, b->line, b->column, "%s", text);
    b->broken = true;
}

/* ---- mappings: merge keys and duplicates ---------------------------------------------------- */

/* An entry and its precedence: what stands here before what is merged, earlier before later. */
struct candidate {
    struct mf_pair pair;
    uint32_t order;
    bool merged, dropped;
};

static int candidate_by_key(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    const struct mf_node *x = a->pair.key, *y = b->pair.key;
    int cmp = memcmp(x->text, y->text, RX_MIN(x->length, y->length));

    if (cmp == 0)
        cmp = (x->length > y->length) - (x->length < y->length);
    return cmp ? cmp : (a->order > b->order) - (a->order < b->order);
}

static int candidate_by_order(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    return (a->order > b->order) - (a->order < b->order);
}

/* Entries that `<<` at this place brings in: of one mapping, or of several in a sequence. */
static uint32_t merge_count(const struct mf_node *v)
{
    uint32_t n = 0;

    if (v->type == MF_MAPPING)
        return v->count;
    for (uint32_t i = 0; v->type == MF_SEQUENCE && i < v->count; i++)
        n += v->item[i].value->type == MF_MAPPING ? v->item[i].value->count : 0;
    return n;
}

static uint32_t merge_spread(struct build *b, const struct mf_node *v, struct candidate *out)
{
    uint32_t n = 0;

    if (v->type == MF_MAPPING) {
        for (; n < v->count; n++)
            out[n] = (struct candidate){.pair = v->item[n], .merged = true};
        return n;
    }
    for (uint32_t i = 0; v->type == MF_SEQUENCE && i < v->count; i++) {
        const struct mf_node *m = v->item[i].value;

        if (m->type != MF_MAPPING) {
            mf_say_at(b->load, MANIFEST_ERROR, m->line, m->column,
                      "map merge requires map or sequence of maps as the value");
            return n;
        }
        n += merge_spread(b, m, out + n);
    }
    if (v->type != MF_SEQUENCE)
        mf_say_at(b->load, MANIFEST_ERROR, v->line, v->column,
                  "map merge requires map or sequence of maps as the value");
    return n;
}

static void mapping_finish(struct build *b, struct mf_node *m)
{
    uint32_t total = 0, own = 0, n, kept = 0;
    struct candidate *all;

    for (uint32_t i = 0; i < m->count; i++)
        total += m->item[i].key->merge ? merge_count(m->item[i].value) : 1;
    if (m->count == 0 || (m->count == 1 && !m->item[0].key->merge))
        return;
    all = rx_arena_alloc(&b->load->scratch, (total + 1) * sizeof *all);
    if (!all) {
        b->load->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < m->count; i++)
        if (!m->item[i].key->merge)
            all[own++].pair = m->item[i];
    n = own;
    for (uint32_t i = 0; i < m->count; i++)
        if (m->item[i].key->merge)
            n += merge_spread(b, m->item[i].value, all + n);
    for (uint32_t i = 0; i < n; i++)
        all[i].order = i;

    qsort(all, n, sizeof *all, candidate_by_key);
    for (uint32_t i = 1; i < n; i++) {
        const struct mf_node *key = all[i].pair.key, *before = all[i - 1].pair.key;

        if (key->length != before->length || memcmp(key->text, before->text, key->length) != 0)
            continue;
        all[i].dropped = true;
        if (!all[i].merged)
            mf_say_at(b->load, MANIFEST_ERROR, key->line, key->column,
                      "key \"%.128s\" already set in map", key->text);
    }
    if (own == m->count)
        return; /* nothing to merge: the entries stay as they are */
    qsort(all, n, sizeof *all, candidate_by_order);
    m->item = rx_arena_alloc(&b->load->scratch, (n + 1) * sizeof *m->item);
    m->count = 0;
    if (!m->item) {
        b->load->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        if (!all[i].dropped)
            m->item[kept++] = all[i].pair;
    m->count = kept;
}

/* ---- what libfyaml has to say --------------------------------------------------------------- */

/* It counts the lines of its errors from 1, and their columns, too. */
static void parser_errors(struct build *b, struct fy_diag *diag)
{
    struct fy_diag_error *e;
    void *iter = NULL;
    bool tab;

    while ((e = fy_diag_errors_iterate(diag, &iter))) {
        if (e->type < FYET_ERROR)
            continue;
        if (e->line > 0)
            build_place(b, e->line - 1, e->column - 1);
        tab = mf_text_tab(b->text, b->length, b->line - b->line_base);
        build_fail(b, mf_scratch(b->load, "%s%s", e->msg,
                                 tab ? " (a tab must not be used for indentation)" : ""));
    }
    if (!b->broken && fy_parser_get_stream_error(b->parser))
        build_fail(b, b->message[0] ? b->message : "not readable as YAML");
}

/* A few of its errors (unknown %YAML versions) are printed and not collected: keep the first line.
 */
static void parser_output(struct fy_diag *diag, void *user, const char *text, size_t length)
{
    char *message = user;
    static const char prefix[] = "[ERR]: ";

    (void)diag;
    if (message[0])
        return;
    if (length > sizeof prefix - 1 && memcmp(text, prefix, sizeof prefix - 1) == 0) {
        text += sizeof prefix - 1;
        length -= sizeof prefix - 1;
    }
    length = RX_MIN(length, sizeof((struct build *)0)->message - 1);
    memcpy(message, text, length);
    message[strcspn(message, "\n")] = '\0';
}
