/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.c - from libyaml's events to our trees. The only file that includes yaml.h.
 *
 * libyaml is the parser from which kubectl's own was ported, so both read the same texts, and
 * refuse the others with the same words. It allocates with malloc, outside our allocator; nothing
 * of it survives the call, and memory that it does not get is an error of its own, never one of the
 * text.
 */
#include "api/manifest/yaml.h"

#include "api/manifest/escape.h"
#include "api/manifest/text.h"
#include "engine/reactor/base.h"

#include <string.h>
#include <yaml.h>

struct reader {
    struct mf_tree *tree;
    const char *text; /* of the document */
    size_t length;
    uint32_t line_base;   /* lines before it */
    uint32_t column_base; /* characters before it in its first line */
    struct mf_escapes escapes;
    uint32_t flow; /* collections that are open, from the first between brackets on */
    size_t at;          /* a cursor: where the line that was asked for last begins, */
    size_t at_line;     /* and its number from 0 */
    yaml_parser_t parser;
};

static void document_read(struct reader *r);
static void rest_check(struct reader *r);
static void event_read(struct reader *r, const yaml_event_t *e);
static void scalar_read(struct reader *r, const yaml_event_t *e);
static void fault_tell(struct reader *r);

void mf_yaml_read(struct mf_tree *t, const char *text, size_t length, uint32_t line_base,
                  uint32_t column_base)
{
    struct reader r = {.tree = t,
                       .text = text,
                       .length = length,
                       .line_base = line_base,
                       .column_base = column_base};

    if (!mf_escapes_hide(t, &r.escapes, line_base + 1, &text, &length))
        return;
    if (!yaml_parser_initialize(&r.parser)) {
        t->load->no_memory = true;
        return;
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    document_read(&r);
    yaml_parser_delete(&r.parser);
}

static bool ended(const struct reader *r)
{
    return r->tree->broken || r->tree->load->no_memory;
}

/* One event; false: there is none (said). */
static bool event_next(struct reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e))
        return true;
    fault_tell(r);
    return false;
}

static void document_read(struct reader *r)
{
    yaml_event_type_t type = YAML_NO_EVENT;
    yaml_event_t e;

    while (!ended(r) && type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT &&
           event_next(r, &e)) {
        type = e.type;
        event_read(r, &e);
        yaml_event_delete(&e);
    }
    if (!ended(r) && type == YAML_DOCUMENT_END_EVENT)
        rest_check(r);
}

static uint32_t place_line(const struct reader *r, const yaml_mark_t *m)
{
    return r->line_base + (uint32_t)m->line + 1;
}

static uint32_t place_column(const struct reader *r, const yaml_mark_t *m)
{
    return (m->line == 0 ? r->column_base : 0) + (uint32_t)m->column + 1;
}

/* kubectl takes one document between two lines of ---, and does not look at what follows it. */
static void rest_check(struct reader *r)
{
    yaml_mark_t from = r->parser.mark;
    yaml_event_t e;
    bool more = true;

    if (yaml_parser_parse(&r->parser, &e)) {
        more = e.type != YAML_STREAM_END_EVENT;
        from = e.start_mark;
        yaml_event_delete(&e);
    } else if (r->parser.error == YAML_MEMORY_ERROR) {
        r->tree->load->no_memory = true;
        return;
    } else if (r->parser.problem_mark.index) {
        from = r->parser.problem_mark;
    }
    if (more)
        mf_say_at(r->tree->load, MANIFEST_WARNING, place_line(r, &from), place_column(r, &from),
                  "ignored, as by kubectl: a document has ended before it, and no line of --- "
                  "begins another one");
}

static struct mf_anchor *anchor_of(struct reader *r, const yaml_char_t *name, struct mf_node *n)
{
    return name && n ? mf_tree_anchor(r->tree, (const char *)name, n) : NULL;
}

static void event_read(struct reader *r, const yaml_event_t *e)
{
    uint32_t line = place_line(r, &e->start_mark), column = place_column(r, &e->start_mark);
    const yaml_char_t *anchor;
    struct mf_node *n;

    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        mf_tree_begin(r->tree);
        break;
    case YAML_DOCUMENT_END_EVENT:
        mf_tree_end(r->tree);
        break;
    case YAML_SCALAR_EVENT:
        scalar_read(r, e);
        break;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        anchor = e->type == YAML_MAPPING_START_EVENT ? e->data.mapping_start.anchor
                                                     : e->data.sequence_start.anchor;
        r->flow += r->flow > 0 || (e->type == YAML_MAPPING_START_EVENT
                                       ? e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                                       : e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
        n = mf_tree_node(r->tree, e->type == YAML_MAPPING_START_EVENT ? MF_MAPPING : MF_SEQUENCE,
                         line, column);
        if (n)
            mf_tree_open(r->tree, n, anchor_of(r, anchor, n));
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        r->flow -= r->flow > 0;
        mf_tree_close(r->tree);
        break;
    case YAML_ALIAS_EVENT:
        mf_tree_alias(r->tree, (const char *)e->data.alias.anchor, line, column);
        break;
    default:
        break;
    }
}

/* ---- scalars -------------------------------------------------------------------------------- */

/* The text from the start of a line on (numbers from 0; asked for in order, mostly). */
static const char *line_find(struct reader *r, size_t line)
{
    if (line < r->at_line)
        r->at = r->at_line = 0;
    while (r->at_line < line) {
        const char *end = memchr(r->text + r->at, '\n', r->length - r->at);

        if (end == NULL)
            return NULL;
        r->at = (size_t)(end - r->text) + 1;
        r->at_line++;
    }
    return r->text + r->at;
}

/* The column, from 1, in which the lines of a literal block begin; 0: no telling. */
static uint32_t block_column(struct reader *r, const yaml_event_t *e, const struct mf_node *n)
{
    const char *line = line_find(r, e->start_mark.line + 1), *text = n->text;
    size_t own, indent = 0;

    for (; line && *text == '\n'; text++) {
        line = memchr(line, '\n', (size_t)(r->text + r->length - line));
        line = line ? line + 1 : NULL;
    }
    own = strspn(text, " ");
    while (line && line + indent < r->text + r->length && line[indent] == ' ')
        indent++;
    return line && indent >= own ? (uint32_t)(indent - own) + 1 : 0;
}

/* Where the text of a scalar can be read off the file, letter by letter. */
static uint32_t text_column(struct reader *r, const yaml_event_t *e, const struct mf_node *n)
{
    yaml_scalar_style_t style = e->data.scalar.style;
    bool quoted =
        style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    const char *line, *end = r->text + r->length;

    if (style == YAML_LITERAL_SCALAR_STYLE)
        return block_column(r, e, n);
    if (style == YAML_FOLDED_SCALAR_STYLE || e->start_mark.line != e->end_mark.line)
        return 0;
    line = line_find(r, e->start_mark.line);
    for (size_t i = 0; line && line < end && i < e->start_mark.column; i++)
        for (line++; line < end && ((unsigned char)*line & 0xc0) == 0x80; line++)
            ; /* the rest of a character */
    if (line)
        line += quoted;
    if (line == NULL || line > end || (size_t)(end - line) < n->length + quoted ||
        memcmp(line, n->text, n->length) != 0 ||
        (quoted && line[n->length] != '\'' && line[n->length] != '"'))
        return 0;
    return n->column + quoted;
}

static const char core[] = "tag:yaml.org,2002:";

/* "str" of !!str; the whole tag if it is somebody's own, "" if there is none. */
static const char *tag_name(const yaml_event_t *e)
{
    const char *tag = (const char *)e->data.scalar.tag;

    if (tag == NULL)
        return "";
    return strncmp(tag, core, sizeof(core) - 1) == 0 ? tag + sizeof(core) - 1 : tag;
}

static bool binary_decode(struct reader *r, struct mf_node *n)
{
    size_t length = 0, bad;
    char *out = rx_arena_alloc(&r->tree->load->scratch, n->length + 1);

    if (out == NULL) {
        r->tree->load->no_memory = true;
        return false;
    }
    if (!mf_text_base64(n->text, n->length, out, &length, &bad)) {
        mf_tree_fail(r->tree, n->line, n->column, "!!binary value contains invalid base64 data");
        return false;
    }
    return mf_tree_text(r->tree, n, out, length);
}

/* A tag decides over the style: `!!str 5` is a string, `!!int "5"` a number; of others than
 * these the value is a string. False: said. */
static bool scalar_type(struct reader *r, const yaml_event_t *e, struct mf_node *n)
{
    static const struct {
        const char *tag;
        enum mf_type type;
    } typed[] = {{"int", MF_INT}, {"float", MF_FLOAT}, {"bool", MF_BOOL}, {"null", MF_NULL}};
    static const char *const named[] = {"null", "bool", "int", "float", "str"};
    const char *tag = tag_name(e);

    n->type = MF_STRING;
    if (strcmp(tag, "binary") == 0)
        return binary_decode(r, n);
    if (!*tag && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        mf_scalar_resolve(n);
    for (size_t i = 0; i < RX_ARRAY_LEN(typed); i++) {
        if (strcmp(tag, typed[i].tag) != 0)
            continue;
        mf_scalar_resolve(n);
        if (n->type == typed[i].type || (typed[i].type == MF_FLOAT && n->type == MF_INT) ||
            (typed[i].type == MF_NULL && n->length == 0))
            return true;
        mf_tree_fail(r->tree, n->line, n->column,
                     mf_scratch(r->tree->load, "cannot decode !!%s `%.64s` as a !!%s",
                                named[n->type], n->text, tag));
        return false;
    }
    return true;
}

/* kubectl's parser takes a question mark between brackets for the beginning of a key, also at
 * the end of a word. Of a text on one line its place is known. */
static bool question_refuse(struct reader *r, const struct mf_node *n)
{
    const struct mf_frame *open = &r->tree->stack[r->tree->depth - 1];
    const char *mark = memchr(n->text, '?', n->length);
    uint32_t column = n->column;

    if (mark == NULL)
        return false;
    for (const char *p = n->text; n->inside > 0 && p < mark; p++)
        column += ((unsigned char)*p & 0xc0) != 0x80;
    mf_tree_fail(r->tree, n->line, column,
                 mf_scratch(r->tree->load, "line %u: did not find expected ',' or '%c'", n->line,
                            open->node->type == MF_MAPPING ? '}' : ']'));
    return true;
}

static void scalar_read(struct reader *r, const yaml_event_t *e)
{
    bool block = e->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                 e->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct mf_node *n = mf_tree_node(r->tree, MF_STRING, place_line(r, &e->start_mark),
                                     place_column(r, &e->start_mark));
    struct mf_anchor *anchor = anchor_of(r, e->data.scalar.anchor, n);
    char *text = (char *)e->data.scalar.value;
    size_t length = mf_escapes_show(&r->escapes, text, e->data.scalar.length,
                                    e->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE);

    if (n == NULL || !mf_tree_text(r->tree, n, text, length))
        return;
    if (anchor)
        anchor->complete = true;
    n->inside = text_column(r, e, n);
    if (plain && r->flow > 0 && question_refuse(r, n))
        return;
    if (block) { /* it stands where its first line stands */
        n->line++;
        n->column = n->inside ? n->inside : 1;
    }
    if (!scalar_type(r, e, n))
        return;
    n->merge = n->length == 2 && memcmp(n->text, "<<", 2) == 0 &&
               ((plain && !*tag_name(e)) || strcmp(tag_name(e), "merge") == 0);
    mf_tree_put(r->tree, n);
}

/* ---- what libyaml has to say ---------------------------------------------------------------- */

static void fault_tell(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const yaml_mark_t *m = &p->problem_mark, *from = &p->context_mark;
    const char *context = "";

    if (p->error == YAML_MEMORY_ERROR) {
        r->tree->load->no_memory = true;
        return;
    }
    if (p->context && p->error == YAML_PARSER_ERROR && from->line != m->line)
        context = mf_scratch(r->tree->load, ", %s from line %u, column %zu on", p->context,
                             place_line(r, from), (size_t)place_column(r, from));
    mf_tree_fail(r->tree, place_line(r, m), place_column(r, m),
                 mf_scratch(r->tree->load, "line %u: %s%s", place_line(r, m),
                            p->problem ? p->problem : "unknown problem parsing YAML content",
                            context));
}

const char *mf_yaml_version(void)
{
    return yaml_get_version_string();
}
