/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word.c - words: what ends them, quoting, here-document bodies. What begins with a dollar is
 * in dollar.c.
 */
#include <string.h>

#include "engine/box/lang/word.h"
#include "engine/reactor/base.h"

/* ---- building -------------------------------------------------------------------------------- */

bool sh_word_begin(struct sh_parser *p, struct sh_builder *b, enum sh_context context)
{
    *b = (struct sh_builder){.plain = true, .context = context};
    b->word = sh_new(p, sizeof(*b->word));
    if (b->word == NULL)
        return false;
    b->word->pos = sh_pos(p);
    b->tail = &b->word->part;
    return true;
}

struct sh_part *sh_word_part(struct sh_parser *p, struct sh_builder *b, enum sh_part_kind kind,
                             bool quoted)
{
    struct sh_part *part = sh_new(p, sizeof(*part));

    if (part == NULL)
        return NULL;
    part->kind = kind;
    part->quoted = quoted;
    part->pos = sh_pos(p);
    *b->tail = part;
    b->tail = &part->next;
    return part;
}

bool sh_word_flush(struct sh_parser *p, struct sh_builder *b)
{
    struct sh_part *part;

    if (!b->any)
        return true;
    part = sh_word_part(p, b, SH_PART_TEXT, b->quoted);
    if (part == NULL)
        return false;
    part->text = b->text != NULL ? b->text : "";
    part->split = !b->quoted && b->context == SH_IN_BRACES;
    b->text = NULL;
    b->used = b->room = 0;
    b->any = false;
    return true;
}

/* From now on text is quoted, or not. */
bool sh_word_quoted(struct sh_parser *p, struct sh_builder *b, bool quoted)
{
    if (b->any && b->quoted != quoted && !sh_word_flush(p, b))
        return false;
    b->quoted = quoted;
    if (quoted)
        b->plain = false;
    return true;
}

bool sh_word_put(struct sh_parser *p, struct sh_builder *b, char c, bool quoted)
{
    if (!sh_word_quoted(p, b, quoted))
        return false;
    if (b->used + 1 >= b->room) {
        size_t room = b->room > 0 ? b->room * 2 : 32;
        char *text = sh_new(p, room);

        if (text == NULL)
            return false;
        if (b->used > 0)
            memcpy(text, b->text, b->used);
        b->text = text;
        b->room = room;
    }
    b->text[b->used++] = c;
    b->text[b->used] = '\0';
    b->any = true;
    return true;
}

struct sh_word *sh_word_finish(struct sh_parser *p, struct sh_builder *b)
{
    if (b->plain && b->word->part == NULL)
        b->word->literal = b->text != NULL ? b->text : "";
    return sh_word_flush(p, b) ? b->word : NULL;
}

/* ---- words ----------------------------------------------------------------------------------- */

struct sh_word *sh_word_in(struct sh_parser *p, enum sh_context context)
{
    struct sh_builder b;

    if (!sh_word_begin(p, &b, context) || !sh_word_body(p, &b, context))
        return NULL;
    return sh_word_finish(p, &b);
}

struct sh_word *sh_parse_word(struct sh_parser *p)
{
    return sh_word_in(p, SH_IN_COMMAND);
}

struct sh_word *sh_parse_pattern(struct sh_parser *p)
{
    bool before = p->extglob;
    struct sh_word *w;

    p->extglob = true;
    w = sh_parse_word(p);
    p->extglob = before;
    return w;
}

struct sh_word *sh_parse_expression(struct sh_parser *p, bool semicolons)
{
    return sh_word_in(p, semicolons ? SH_IN_ARITH_FOR : SH_IN_ARITH);
}

struct sh_word *sh_parse_subscript(struct sh_parser *p)
{
    uint32_t pos = sh_pos(p);
    struct sh_word *w;

    if (!sh_enter(p))
        return NULL;
    w = sh_word_in(p, SH_IN_SUBSCRIPT);
    sh_leave(p);
    if (w != NULL && sh_peek(p) != ']')
        return sh_error(p, SHELL_DIAG_SYNTAX, pos, "[", "missing ']'");
    sh_skip(p, 1);
    return w;
}

struct sh_word *sh_parse_regex(struct sh_parser *p)
{
    sh_skip_blanks(p);
    return sh_word_in(p, SH_IN_REGEX);
}

struct sh_word *sh_parse_here(struct sh_parser *p, const char *text, size_t length, uint32_t pos)
{
    struct sh_parser sub = *p;
    struct sh_word *word = NULL;
    struct sh_builder b;

    sub.at = text;
    sub.end = text + length;
    sub.line = SH_POS_LINE(pos);
    sub.column = SH_POS_COLUMN(pos);
    sub.frozen_pos = true;
    sub.here = NULL;
    if (sh_word_begin(&sub, &b, SH_IN_HERE) && sh_word_body(&sub, &b, SH_IN_HERE))
        word = sh_word_finish(&sub, &b);
    p->failed = sub.failed;
    p->no_memory = sub.no_memory;
    return word;
}

static bool ends_word(int c)
{
    return c == -1 || strchr(" \t\n;&|<>()", c) != NULL;
}

static bool single_quotes(struct sh_parser *p, struct sh_builder *b)
{
    uint32_t pos = sh_pos(p);

    sh_skip(p, 1);
    if (!sh_word_quoted(p, b, true))
        return false;
    b->any = true; /* '' is something */
    while (sh_peek(p) != '\'') {
        if (sh_peek(p) == -1) {
            sh_error(p, SHELL_DIAG_SYNTAX, pos, "'", "unterminated quoted string");
            return false;
        }
        if (!sh_word_put(p, b, (char)sh_peek(p), true))
            return false;
        sh_skip(p, 1);
    }
    sh_skip(p, 1);
    return true;
}

static bool double_quotes(struct sh_parser *p, struct sh_builder *b)
{
    uint32_t pos = sh_pos(p);
    struct sh_part **tail;

    sh_skip(p, 1);
    if (!sh_word_quoted(p, b, true))
        return false;
    tail = b->tail;
    if (!sh_word_body(p, b, SH_IN_QUOTES))
        return false;
    /* "" is something, "$@" need not be. */
    if (tail == b->tail && !b->any) {
        b->quoted = true;
        b->any = true;
    }
    if (sh_peek(p) != '"') {
        sh_error(p, SHELL_DIAG_SYNTAX, pos, "\"", "unterminated quoted string");
        return false;
    }
    sh_skip(p, 1);
    return true;
}

/* A backslash: what it escapes depends on where it stands. */
static bool backslash(struct sh_parser *p, struct sh_builder *b, enum sh_context context)
{
    int c = sh_peek_at(p, 1);
    bool escapes;

    if (c == '\n') {
        sh_skip(p, 2);
        return true;
    }
    switch (context) {
    case SH_IN_COMMAND:
    case SH_IN_BRACES:
    case SH_IN_REPLACE:
    case SH_IN_SUBSCRIPT:
    case SH_IN_REGEX:
        escapes = c != -1;
        break;
    case SH_IN_QUOTED_BRACES:
        escapes = c != -1 && strchr("$`\"\\}", c) != NULL;
        break;
    case SH_IN_HERE:
        escapes = c != -1 && strchr("$`\\", c) != NULL;
        break;
    default:
        escapes = c != -1 && strchr("$`\"\\", c) != NULL;
        break;
    }
    if (!escapes) {
        sh_skip(p, 1);
        return sh_word_put(p, b, '\\', true);
    }
    sh_skip(p, 2);
    return sh_word_put(p, b, (char)c, true);
}

static bool tilde(struct sh_parser *p, struct sh_builder *b)
{
    int c = sh_peek_at(p, 1);

    if (c != '/' && c != ':' && !ends_word(c))
        return sh_word_put(p, b, '~', false) && (sh_skip(p, 1), true);
    sh_skip(p, 1);
    b->plain = false;
    return sh_word_flush(p, b) && sh_word_part(p, b, SH_PART_TILDE, true) != NULL;
}

/* Has the word come to its end here? depth: of parentheses or brackets that are open in it. */
static bool at_end(const struct sh_parser *p, enum sh_context context, int depth)
{
    int c = sh_peek(p);

    if (c == -1)
        return true;
    switch (context) {
    case SH_IN_COMMAND:
        return ends_word(c);
    case SH_IN_BRACES:
    case SH_IN_QUOTED_BRACES:
        return c == '}';
    case SH_IN_QUOTES:
        return c == '"';
    case SH_IN_ARITH:
        return c == ')' && depth == 0;
    case SH_IN_ARITH_FOR:
        return (c == ')' || c == ';') && depth == 0;
    case SH_IN_SLICE:
        return (c == ':' || c == '}') && depth == 0;
    case SH_IN_REPLACE:
        return c == '/' || c == '}';
    case SH_IN_SUBSCRIPT:
        return c == ']' && depth == 0;
    case SH_IN_REGEX:
        return (c == ' ' || c == '\t' || c == '\n' || c == ')') && depth == 0;
    default:
        return false;
    }
}

static bool is_quoted(enum sh_context context)
{
    return context == SH_IN_QUOTES || context == SH_IN_QUOTED_BRACES || context == SH_IN_HERE ||
           context == SH_IN_ARITH || context == SH_IN_ARITH_FOR || context == SH_IN_SLICE;
}

static bool is_expression(enum sh_context context)
{
    return context == SH_IN_ARITH || context == SH_IN_ARITH_FOR || context == SH_IN_SLICE;
}

/* The change of depth that this byte makes. */
static int deeper(enum sh_context context, int c)
{
    if (context == SH_IN_SUBSCRIPT)
        return (c == '[') - (c == ']');
    return (c == '(') - (c == ')');
}

/* +( and the like: what is in the parentheses belongs to the word, with its bars and blanks. */
static bool group_begins(const struct sh_parser *p, enum sh_context context)
{
    return p->extglob && context == SH_IN_COMMAND && sh_peek_at(p, 1) == '(' &&
           strchr("?*+@!", sh_peek(p)) != NULL;
}

static bool process_begins(const struct sh_parser *p, enum sh_context context)
{
    return context == SH_IN_COMMAND && sh_ash(p) && (sh_at_op(p, "<(") || sh_at_op(p, ">("));
}

bool sh_word_body(struct sh_parser *p, struct sh_builder *b, enum sh_context context)
{
    bool quoted = is_quoted(context);
    bool first = context == SH_IN_COMMAND || context == SH_IN_BRACES;
    int depth = 0, group = 0;

    bool value = p->assigning && context == SH_IN_COMMAND;

    p->assigning = false; /* not what is in it */
    for (; sh_peek(p) != -1; first = value && p->at[-1] == ':') {
        int c = sh_peek(p);
        bool ok = true;

        if (group == 0 && process_begins(p, context))
            ok = sh_word_process(p, b);
        else if (group == 0 && at_end(p, context, depth))
            break;
        else if (group_begins(p, context)) {
            group++;
            ok = sh_word_put(p, b, (char)c, false) && sh_word_put(p, b, '(', false);
            sh_skip(p, 2);
        } else if (c == '\\' && context == SH_IN_REGEX && sh_peek_at(p, 1) > ' ') {
            ok = sh_word_put(p, b, '\\', false) && sh_word_put(p, b, (char)sh_peek_at(p, 1), false);
            sh_skip(p, 2);
        } else if (c == '\\')
            ok = backslash(p, b, context);
        else if (c == '$')
            ok = sh_word_dollar(p, b, quoted);
        else if (c == '`')
            ok = sh_word_backquote(p, b, quoted);
        else if (c == '\'' && !quoted)
            ok = single_quotes(p, b);
        else if (c == '"' && is_expression(context))
            sh_skip(p, 1); /* quotes mean nothing in there */
        else if (c == '"' && context != SH_IN_HERE)
            ok = double_quotes(p, b);
        else if (c == '~' && first)
            ok = tilde(p, b);
        else {
            depth += deeper(context, c);
            group += group > 0 ? (c == '(') - (c == ')') : 0;
            ok = sh_word_put(p, b, (char)c, quoted);
            sh_skip(p, 1);
        }
        if (!ok)
            return false;
    }
    return true;
}
