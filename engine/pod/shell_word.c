/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_word.c - words: quoting, parameter expansion, substitutions, here-document bodies.
 */
#include <string.h>

#include "engine/pod/shell_ast.h"
#include "engine/reactor/base.h"

/* Where a word stands decides what ends it and what quoting means in it. */
enum context {
    IN_COMMAND,       /* ends at a blank or an operator */
    IN_BRACES,        /* ${x-here}, unquoted: ends at } */
    IN_QUOTES,        /* "here" */
    IN_QUOTED_BRACES, /* "${x-here}" */
    IN_HERE,          /* to the end of the text */
    IN_ARITH,         /* $((here)): ends at )) */
};

struct builder {
    struct sh_word *word;
    struct sh_part **tail;
    char *text;
    size_t used, room;
    bool quoted, any; /* of the text being collected; any: even "" is something */
    bool plain;       /* only unquoted literal text so far */
    enum context context;
};

static bool word_body(struct sh_parser *p, struct builder *b, enum context context);
static bool dollar(struct sh_parser *p, struct builder *b, bool quoted);
static bool backquote(struct sh_parser *p, struct builder *b, bool quoted);

/* ---- building -------------------------------------------------------------------------------- */

static bool begin(struct sh_parser *p, struct builder *b, enum context context)
{
    *b = (struct builder){.plain = true, .context = context};
    b->word = sh_new(p, sizeof(*b->word));
    if (b->word == NULL)
        return false;
    b->word->pos = sh_pos(p);
    b->tail = &b->word->part;
    return true;
}

static struct sh_part *add_part(struct sh_parser *p, struct builder *b, enum sh_part_kind kind,
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

static bool flush(struct sh_parser *p, struct builder *b)
{
    struct sh_part *part;

    if (!b->any)
        return true;
    part = add_part(p, b, SH_PART_TEXT, b->quoted);
    if (part == NULL)
        return false;
    part->text = b->text != NULL ? b->text : "";
    part->split = !b->quoted && b->context == IN_BRACES;
    b->text = NULL;
    b->used = b->room = 0;
    b->any = false;
    return true;
}

/* From now on text is quoted, or not. */
static bool set_quoted(struct sh_parser *p, struct builder *b, bool quoted)
{
    if (b->any && b->quoted != quoted && !flush(p, b))
        return false;
    b->quoted = quoted;
    if (quoted)
        b->plain = false;
    return true;
}

static bool put(struct sh_parser *p, struct builder *b, char c, bool quoted)
{
    if (!set_quoted(p, b, quoted))
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

static struct sh_word *finish(struct sh_parser *p, struct builder *b)
{
    if (b->plain && b->word->part == NULL)
        b->word->literal = b->text != NULL ? b->text : "";
    return flush(p, b) ? b->word : NULL;
}

/* ---- words ----------------------------------------------------------------------------------- */

struct sh_word *sh_parse_word(struct sh_parser *p)
{
    struct builder b;

    if (!begin(p, &b, IN_COMMAND) || !word_body(p, &b, IN_COMMAND))
        return NULL;
    return finish(p, &b);
}

struct sh_word *sh_parse_here(struct sh_parser *p, const char *text, size_t length, uint32_t pos)
{
    struct sh_parser sub = *p;
    struct sh_word *word = NULL;
    struct builder b;

    sub.at = text;
    sub.end = text + length;
    sub.line = SH_POS_LINE(pos);
    sub.column = SH_POS_COLUMN(pos);
    sub.frozen_pos = true;
    sub.here = NULL;
    if (begin(&sub, &b, IN_HERE) && word_body(&sub, &b, IN_HERE))
        word = finish(&sub, &b);
    p->failed = sub.failed;
    p->no_memory = sub.no_memory;
    return word;
}

static bool ends_word(int c)
{
    return c == -1 || strchr(" \t\n;&|<>()", c) != NULL;
}

static bool single_quotes(struct sh_parser *p, struct builder *b)
{
    uint32_t pos = sh_pos(p);

    sh_skip(p, 1);
    if (!set_quoted(p, b, true))
        return false;
    b->any = true; /* '' is something */
    while (sh_peek(p) != '\'') {
        if (sh_peek(p) == -1) {
            sh_error(p, SHELL_DIAG_SYNTAX, pos, "'", "unterminated quoted string");
            return false;
        }
        if (!put(p, b, (char)sh_peek(p), true))
            return false;
        sh_skip(p, 1);
    }
    sh_skip(p, 1);
    return true;
}

static bool double_quotes(struct sh_parser *p, struct builder *b)
{
    uint32_t pos = sh_pos(p);
    struct sh_part **tail;

    sh_skip(p, 1);
    if (!set_quoted(p, b, true))
        return false;
    tail = b->tail;
    if (!word_body(p, b, IN_QUOTES))
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
static bool backslash(struct sh_parser *p, struct builder *b, enum context context)
{
    int c = sh_peek_at(p, 1);
    bool escapes;

    if (c == '\n') {
        sh_skip(p, 2);
        return true;
    }
    switch (context) {
    case IN_COMMAND:
    case IN_BRACES:
        escapes = c != -1;
        break;
    case IN_QUOTED_BRACES:
        escapes = c != -1 && strchr("$`\"\\}", c) != NULL;
        break;
    case IN_HERE:
        escapes = c != -1 && strchr("$`\\", c) != NULL;
        break;
    default:
        escapes = c != -1 && strchr("$`\"\\", c) != NULL;
        break;
    }
    if (!escapes) {
        sh_skip(p, 1);
        return put(p, b, '\\', true);
    }
    sh_skip(p, 2);
    return put(p, b, (char)c, true);
}

static bool tilde(struct sh_parser *p, struct builder *b)
{
    int c = sh_peek_at(p, 1);

    if (c != '/' && !ends_word(c))
        return put(p, b, '~', false) && (sh_skip(p, 1), true);
    sh_skip(p, 1);
    b->plain = false;
    return flush(p, b) && add_part(p, b, SH_PART_TILDE, true) != NULL;
}

/* Has the word come to its end here? */
static bool at_end(const struct sh_parser *p, enum context context, int parens)
{
    int c = sh_peek(p);

    switch (context) {
    case IN_COMMAND:
        return ends_word(c);
    case IN_BRACES:
    case IN_QUOTED_BRACES:
        return c == '}' || c == -1;
    case IN_QUOTES:
        return c == '"' || c == -1;
    case IN_ARITH:
        return c == -1 || (c == ')' && parens == 0);
    default:
        return c == -1;
    }
}

static bool word_body(struct sh_parser *p, struct builder *b, enum context context)
{
    bool quoted = context != IN_COMMAND && context != IN_BRACES;
    bool first = context == IN_COMMAND || context == IN_BRACES;
    int parens = 0;

    for (; !at_end(p, context, parens); first = false) {
        int c = sh_peek(p);
        bool ok;

        if (c == '\\')
            ok = backslash(p, b, context);
        else if (c == '$')
            ok = dollar(p, b, quoted);
        else if (c == '`')
            ok = backquote(p, b, quoted);
        else if (c == '\'' && !quoted)
            ok = single_quotes(p, b);
        else if (c == '"' && context == IN_QUOTED_BRACES)
            ok = double_quotes(p, b);
        else if (c == '"' && context != IN_HERE && context != IN_ARITH)
            ok = double_quotes(p, b);
        else if (c == '~' && first)
            ok = tilde(p, b);
        else {
            parens += (c == '(') - (c == ')');
            ok = put(p, b, (char)c, quoted);
            sh_skip(p, 1);
        }
        if (!ok)
            return false;
    }
    return true;
}

/* ---- substitutions --------------------------------------------------------------------------- */

static bool add_list(struct sh_parser *p, struct builder *b, bool quoted, struct sh_node *list)
{
    struct sh_part *part;

    b->plain = false;
    if (list == NULL || !flush(p, b))
        return false;
    part = add_part(p, b, SH_PART_CMD, quoted);
    if (part != NULL)
        part->list = list;
    return part != NULL;
}

/* The text between backquotes loses one layer of backslashes, then is a script by itself. */
static bool backquote(struct sh_parser *p, struct builder *b, bool quoted)
{
    uint32_t pos = sh_pos(p);
    struct sh_parser sub = *p;
    struct sh_node *list;
    size_t used = 0;
    char *text;

    sh_skip(p, 1);
    text = sh_new(p, (size_t)(p->end - p->at) + 1);
    if (text == NULL)
        return false;
    while (sh_peek(p) != '`') {
        int c = sh_peek(p), next = sh_peek_at(p, 1);

        if (c == -1) {
            sh_error(p, SHELL_DIAG_SYNTAX, pos, "`", "unterminated command substitution");
            return false;
        }
        if (c == '\\' && next != -1 && (strchr("$`\\", next) != NULL || (quoted && next == '"'))) {
            sh_skip(p, 1);
            c = next;
        }
        text[used++] = (char)c;
        sh_skip(p, 1);
    }
    sh_skip(p, 1);
    sub.at = text;
    sub.end = text + used;
    sub.frozen_pos = true;
    sub.here = NULL;
    list = sh_parse_until(&sub, '\0');
    p->failed = sub.failed;
    p->no_memory = sub.no_memory;
    return add_list(p, b, quoted, list);
}

/* $((...)). False without an error: it is a subshell in a command substitution, $( (...) ). */
static bool arithmetic(struct sh_parser *p, struct builder *b, bool quoted, bool *is_command)
{
    struct sh_parser before = *p;
    uint32_t pos = sh_pos(p);
    struct sh_part *part;
    struct builder inner;

    *is_command = false;
    sh_skip(p, 3);
    if (!begin(p, &inner, IN_ARITH) || !word_body(p, &inner, IN_ARITH))
        return false;
    if (sh_peek(p) == -1) {
        sh_error(p, SHELL_DIAG_SYNTAX, pos, "$((", "missing '))'");
        return false;
    }
    if (sh_peek_at(p, 1) != ')') {
        *p = before;
        *is_command = true;
        return false;
    }
    sh_skip(p, 2);
    b->plain = false;
    if (!flush(p, b))
        return false;
    part = add_part(p, b, SH_PART_ARITH, quoted);
    if (part == NULL)
        return false;
    part->pos = pos;
    part->word = finish(p, &inner);
    return part->word != NULL;
}

static bool command(struct sh_parser *p, struct builder *b, bool quoted)
{
    uint32_t pos = sh_pos(p);
    struct sh_node *list;

    sh_skip(p, 2);
    list = sh_parse_until(p, ')');
    if (list == NULL)
        sh_error(p, SHELL_DIAG_SYNTAX, pos, "$(", "unterminated command substitution");
    return add_list(p, b, quoted, list);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static size_t parameter_length(const struct sh_parser *p, size_t from, bool digits)
{
    int c = sh_peek_at(p, from);
    size_t n = 1;

    if (sh_is_name_start(c)) {
        while (sh_is_name_char(sh_peek_at(p, from + n)))
            n++;
        return n;
    }
    if (c >= '0' && c <= '9') {
        while (digits && sh_peek_at(p, from + n) >= '0' && sh_peek_at(p, from + n) <= '9')
            n++;
        return n;
    }
    return c != -1 && c != '\0' && strchr("@*#?-$!", c) != NULL ? 1 : 0;
}

static struct sh_part *add_var(struct sh_parser *p, struct builder *b, bool quoted, size_t length)
{
    struct sh_part *part;
    char *name;

    b->plain = false;
    if (!flush(p, b))
        return NULL;
    part = add_part(p, b, SH_PART_VAR, quoted);
    name = sh_new(p, length + 1);
    if (part == NULL || name == NULL)
        return NULL;
    memcpy(name, p->at, length);
    part->text = name;
    sh_skip(p, length);
    return part;
}

/* The operator of ${x...}: true if there is one that POSIX knows. */
static bool parameter_op(struct sh_parser *p, struct sh_part *part)
{
    static const char simple[] = "-=?+";
    static const enum sh_param_op ops[] = {SH_PARAM_DEFAULT, SH_PARAM_ASSIGN, SH_PARAM_ERROR,
                                           SH_PARAM_ALTERNATIVE};
    const char *found;
    int c = sh_peek(p);

    if (c == '#' || c == '%') {
        bool twice = sh_peek_at(p, 1) == c;

        part->op = c == '#' ? (twice ? SH_PARAM_PREFIX_LONG : SH_PARAM_PREFIX)
                            : (twice ? SH_PARAM_SUFFIX_LONG : SH_PARAM_SUFFIX);
        sh_skip(p, twice ? 2 : 1);
        return true;
    }
    part->colon = c == ':';
    if (part->colon)
        c = sh_peek_at(p, 1);
    found = c > 0 ? strchr(simple, c) : NULL;
    if (found == NULL)
        return false;
    part->op = ops[found - simple];
    sh_skip(p, part->colon ? 2 : 1);
    return true;
}

static bool braces(struct sh_parser *p, struct builder *b, bool quoted)
{
    uint32_t pos = sh_pos(p);
    enum context context = quoted ? IN_QUOTED_BRACES : IN_BRACES;
    struct sh_part *part;
    struct builder inner;
    size_t length;
    bool count;

    sh_skip(p, 2);
    count = sh_peek(p) == '#' && parameter_length(p, 1, true) > 0 &&
            sh_peek_at(p, 1 + parameter_length(p, 1, true)) == '}';
    if (count)
        sh_skip(p, 1);
    length = parameter_length(p, 0, true);
    part = length > 0 ? add_var(p, b, quoted, length) : NULL;
    if (part == NULL) {
        sh_error(p, SHELL_DIAG_UNSUPPORTED, pos, "${", "bad substitution");
        return false;
    }
    part->pos = pos;
    part->op = count ? SH_PARAM_LENGTH : SH_PARAM_PLAIN;
    if (sh_peek(p) == '}') {
        sh_skip(p, 1);
        return true;
    }
    if (count || !parameter_op(p, part)) {
        sh_error(p, sh_peek(p) == -1 ? SHELL_DIAG_SYNTAX : SHELL_DIAG_UNSUPPORTED, pos, part->text,
                 sh_peek(p) == -1 ? "missing '}'" : "bad substitution");
        return false;
    }
    /* Patterns keep their own quoting even inside double quotes. */
    if (part->op >= SH_PARAM_PREFIX)
        context = IN_BRACES;
    if (!sh_enter(p) || !begin(p, &inner, context) || !word_body(p, &inner, context))
        return false;
    sh_leave(p);
    part->word = finish(p, &inner);
    if (sh_peek(p) != '}') {
        sh_error(p, SHELL_DIAG_SYNTAX, pos, part->text, "missing '}'");
        return false;
    }
    sh_skip(p, 1);
    return part->word != NULL;
}

static bool dollar(struct sh_parser *p, struct builder *b, bool quoted)
{
    int c = sh_peek_at(p, 1);
    bool is_command = true, ok;
    size_t length;

    if (c == '(') {
        if (!sh_enter(p))
            return false;
        ok = sh_peek_at(p, 2) == '(' && arithmetic(p, b, quoted, &is_command);
        if (!ok && is_command && !p->failed)
            ok = command(p, b, quoted);
        sh_leave(p);
        return ok;
    }
    if (c == '{')
        return braces(p, b, quoted);
    if (c == '\'' && !quoted) {
        sh_error(p, SHELL_DIAG_UNSUPPORTED, sh_pos(p), "$'", "$'...' is not in POSIX sh");
        return false;
    }
    length = parameter_length(p, 1, false);
    sh_skip(p, 1);
    if (length == 0)
        return put(p, b, '$', quoted);
    return add_var(p, b, quoted, length) != NULL;
}
