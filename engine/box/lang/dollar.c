/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dollar.c - parts of words that are replaced: parameters, command and process substitution,
 * arithmetic, $'...'.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/lang/word.h"
#include "engine/reactor/base.h"

/* ---- substitutions --------------------------------------------------------------------------- */

/* $(< file) of bash is the file's content: cat < file. */
static bool read_file(struct sh_parser *p, struct sh_node *list)
{
    struct sh_node *n = list != NULL ? list->a : NULL;
    struct sh_parser sub = *p;

    if (!sh_bash(p) || n == NULL || n->next != NULL || n->kind != SH_NODE_SIMPLE ||
        n->word != NULL || n->assign != NULL || n->redir == NULL || n->redir->next != NULL ||
        n->redir->op != SH_REDIR_READ || n->redir->fd != 0)
        return true;
    sub.at = "cat";
    sub.end = sub.at + 3;
    n->word = sh_parse_word(&sub);
    p->failed |= n->word == NULL;
    p->no_memory |= n->word == NULL;
    return n->word != NULL;
}

static bool add_list(struct sh_parser *p, struct sh_builder *b, bool quoted, struct sh_node *list)
{
    struct sh_part *part;

    b->plain = false;
    if (list == NULL || !read_file(p, list) || !sh_word_flush(p, b))
        return false;
    part = sh_word_part(p, b, SH_PART_CMD, quoted);
    if (part != NULL)
        part->list = list;
    return part != NULL;
}

/* The text between backquotes loses one layer of backslashes, then is a script by itself. */
bool sh_word_backquote(struct sh_parser *p, struct sh_builder *b, bool quoted)
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
static bool arithmetic(struct sh_parser *p, struct sh_builder *b, bool quoted, bool *is_command)
{
    struct sh_parser before = *p;
    uint32_t pos = sh_pos(p);
    struct sh_part *part;
    struct sh_builder inner;

    *is_command = false;
    sh_skip(p, 3);
    if (!sh_word_begin(p, &inner, SH_IN_ARITH) || !sh_word_body(p, &inner, SH_IN_ARITH))
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
    if (!sh_word_flush(p, b))
        return false;
    part = sh_word_part(p, b, SH_PART_ARITH, quoted);
    if (part == NULL)
        return false;
    part->pos = pos;
    part->word = sh_word_finish(p, &inner);
    return part->word != NULL;
}

static bool command(struct sh_parser *p, struct sh_builder *b, bool quoted)
{
    uint32_t pos = sh_pos(p);
    struct sh_node *list;

    sh_skip(p, 2);
    list = sh_parse_until(p, ')');
    if (list == NULL)
        sh_error(p, SHELL_DIAG_SYNTAX, pos, "$(", "unterminated command substitution");
    return add_list(p, b, quoted, list);
}

bool sh_word_process(struct sh_parser *p, struct sh_builder *b)
{
    bool out = sh_peek(p) == '>';
    struct sh_node *list;
    struct sh_part *part;

    sh_skip(p, 2);
    if (!sh_enter(p))
        return false;
    list = sh_parse_until(p, ')');
    sh_leave(p);
    b->plain = false;
    if (list == NULL || !sh_word_flush(p, b))
        return false;
    part = sh_word_part(p, b, SH_PART_PROC, true);
    if (part == NULL)
        return false;
    part->list = list;
    part->out = out;
    return true;
}

/* ---- $'...' ---------------------------------------------------------------------------------- */

static unsigned digit_of(int c)
{
    return c >= '0' && c <= '9'                 ? (unsigned)(c - '0')
           : (c | 32) >= 'a' && (c | 32) <= 'z' ? (unsigned)(c | 32) - 'a' + 10
                                                : 99;
}

/* Up to `most` digits; moves behind them. False: there is none. */
static bool take_digits(struct sh_parser *p, unsigned base, int most, uint32_t *value)
{
    int n = 0;

    for (*value = 0; n < most && sh_peek(p) != -1 && digit_of(sh_peek(p)) < base; n++) {
        *value = *value * base + digit_of(sh_peek(p));
        sh_skip(p, 1);
    }
    return n > 0;
}

/* Containers have the C locale, in which bash leaves what is not ASCII as it is written. */
static bool put_code(struct sh_parser *p, struct sh_builder *b, uint32_t code)
{
    char text[16];

    snprintf(text, sizeof(text), code < 128 ? "%c" : code <= 0xffff ? "\\u%04X" : "\\U%08X", code);
    for (const char *s = text; *s != '\0'; s++)
        if (!sh_word_put(p, b, *s, true))
            return false;
    return true;
}

/* Behind a backslash. A NUL cuts the rest off: *cut. */
static bool ansi_escape(struct sh_parser *p, struct sh_builder *b, bool *cut)
{
    static const char letters[] = "abeEfnrtv\\'\"?", values[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
    int c = sh_peek(p);
    bool known = c > 0 && ((c != 'e' && c != 'E') || sh_bash(p));
    const char *found = known ? strchr(letters, c) : NULL;
    uint32_t code;

    if (c >= '0' && c <= '7') {
        take_digits(p, 8, 3, &code);
    } else {
        sh_skip(p, 1);
        if (found != NULL)
            return sh_word_put(p, b, values[found - letters], true);
        if ((c == 'u' || c == 'U') && sh_bash(p) && take_digits(p, 16, c == 'u' ? 4 : 8, &code)) {
            *cut |= code == 0;
            return code == 0 || put_code(p, b, code);
        }
        if (c == 'c' && sh_bash(p) && sh_peek(p) != -1) {
            code = (uint32_t)sh_peek(p) & 31;
            sh_skip(p, 1);
        } else if (c != 'x' || !take_digits(p, 16, 2, &code)) {
            return sh_word_put(p, b, '\\', true) && (c == -1 || sh_word_put(p, b, (char)c, true));
        }
    }
    *cut |= (code & 255) == 0;
    return (code & 255) == 0 || sh_word_put(p, b, (char)code, true);
}

static bool ansi_quotes(struct sh_parser *p, struct sh_builder *b)
{
    uint32_t pos = sh_pos(p);
    struct sh_builder ignored;
    bool cut = false;

    sh_skip(p, 2);
    if (!sh_word_quoted(p, b, true) || !sh_word_begin(p, &ignored, SH_IN_QUOTES))
        return false;
    b->any = true;
    while (sh_peek(p) != '\'') {
        int c = sh_peek(p);

        if (c == -1) {
            sh_error(p, SHELL_DIAG_SYNTAX, pos, "$'", "unterminated quoted string");
            return false;
        }
        sh_skip(p, 1);
        if (c == '\\' ? !ansi_escape(p, cut ? &ignored : b, &cut)
                      : !sh_word_put(p, cut ? &ignored : b, (char)c, true))
            return false;
    }
    sh_skip(p, 1);
    return true;
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

static struct sh_part *add_var(struct sh_parser *p, struct sh_builder *b, bool quoted,
                               size_t length)
{
    struct sh_part *part;
    char *name;

    b->plain = false;
    if (!sh_word_flush(p, b))
        return NULL;
    part = sh_word_part(p, b, SH_PART_VAR, quoted);
    name = sh_new(p, length + 1);
    if (part == NULL || name == NULL)
        return NULL;
    memcpy(name, p->at, length);
    part->text = name;
    sh_skip(p, length);
    return part;
}

/* / and // and /# and /%, ^ and ^^, comma and two. True if one stands here. */
static bool operator_beyond(struct sh_parser *p, struct sh_part *part)
{
    int c = sh_peek(p), next = sh_peek_at(p, 1);

    if (c == '/' && sh_ash(p)) {
        bool front = sh_bash(p) && next == '#', back = sh_bash(p) && next == '%';

        part->op = next == '/' ? SH_PARAM_REPLACE_ALL
                   : front     ? SH_PARAM_REPLACE_FRONT
                   : back      ? SH_PARAM_REPLACE_BACK
                               : SH_PARAM_REPLACE;
        sh_skip(p, part->op == SH_PARAM_REPLACE ? 1 : 2);
        return true;
    }
    if ((c == '^' || c == ',') && sh_bash(p)) {
        part->op = c == '^' ? (next == c ? SH_PARAM_UPPER_ALL : SH_PARAM_UPPER)
                            : (next == c ? SH_PARAM_LOWER_ALL : SH_PARAM_LOWER);
        sh_skip(p, next == c ? 2 : 1);
        return true;
    }
    if (c == ':' && sh_ash(p)) {
        part->op = SH_PARAM_SLICE;
        sh_skip(p, 1);
        return true;
    }
    return false;
}

/* The operator of ${x...}: true if there is one that this shell knows. */
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
    if (found != NULL) {
        part->op = ops[found - simple];
        sh_skip(p, part->colon ? 2 : 1);
        return true;
    }
    part->colon = false;
    return operator_beyond(p, part);
}

/* ${x@Q} and its relatives; at the @. */
static bool transformation(struct sh_parser *p, struct sh_part *part)
{
    static const struct {
        char letter;
        enum sh_param_op op;
    } known[] = {{'Q', SH_PARAM_QUOTE},
                 {'E', SH_PARAM_ESCAPE},
                 {'U', SH_PARAM_UPPER_ALL},
                 {'L', SH_PARAM_LOWER_ALL},
                 {'u', SH_PARAM_UPPER}};

    if (!sh_bash(p) || sh_peek(p) != '@' || sh_peek_at(p, 2) != '}')
        return false;
    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        if (sh_peek_at(p, 1) == known[i].letter) {
            part->op = known[i].op;
            sh_skip(p, 2);
            return true;
        }
    return false;
}

/* What no shell of this name knows is an error only when it is reached; behind it the script goes
 * on.
 */
static bool bad_substitution(struct sh_parser *p, struct sh_part *part, uint32_t pos)
{
    int depth = 1;

    if (p->flavour == SHELL_SH || (p->flavour == SHELL_BASH && sh_peek(p) == '@')) {
        sh_error(p, sh_peek(p) == -1 ? SHELL_DIAG_SYNTAX : SHELL_DIAG_UNSUPPORTED, pos, part->text,
                 sh_peek(p) == -1 ? "missing '}'" : "bad substitution");
        return false;
    }
    for (; depth > 0 && sh_peek(p) != -1; sh_skip(p, 1))
        depth += (sh_peek(p) == '{') - (sh_peek(p) == '}');
    if (depth > 0) {
        sh_error(p, SHELL_DIAG_SYNTAX, pos, part->text, "missing '}'");
        return false;
    }
    part->op = SH_PARAM_BAD;
    part->word = part->word2 = part->sub = NULL;
    part->indirect = false;
    return true;
}

/* The words behind the operator, up to the closing brace. */
static bool operands(struct sh_parser *p, struct sh_part *part, bool quoted)
{
    enum sh_context context = quoted ? SH_IN_QUOTED_BRACES : SH_IN_BRACES;
    struct sh_builder b;

    if (part->op == SH_PARAM_SLICE || part->op == SH_PARAM_SLICE_UP_TO) {
        part->word = sh_word_in(p, SH_IN_SLICE);
        if (part->word == NULL || sh_peek(p) != ':')
            return part->word != NULL;
        sh_skip(p, 1);
        part->op = SH_PARAM_SLICE_UP_TO;
        part->word2 = sh_word_in(p, SH_IN_SLICE);
        return part->word2 != NULL;
    }
    if (part->op >= SH_PARAM_REPLACE && part->op <= SH_PARAM_REPLACE_BACK) {
        if (!sh_word_begin(p, &b, SH_IN_REPLACE))
            return false;
        if (sh_peek(p) == '/' && part->op <= SH_PARAM_REPLACE_ALL) { /* to be looked for */
            sh_skip(p, 1);
            if (!sh_word_put(p, &b, '/', false))
                return false;
        }
        if (!sh_word_body(p, &b, SH_IN_REPLACE) || (part->word = sh_word_finish(p, &b)) == NULL)
            return false;
        if (sh_peek(p) == '/')
            sh_skip(p, 1);
        part->word2 = sh_word_in(p, SH_IN_BRACES);
        return part->word2 != NULL;
    }
    /* Patterns keep their own quoting even inside double quotes. */
    if (part->op >= SH_PARAM_PREFIX)
        context = SH_IN_BRACES;
    part->word = sh_word_in(p, context);
    return part->word != NULL;
}

/* The name behind ${, with what comes before and its subscript. */
static struct sh_part *parameter(struct sh_parser *p, struct sh_builder *b, bool quoted,
                                 bool *count)
{
    size_t length = parameter_length(p, 1, true);
    struct sh_part *part;
    int behind = sh_peek_at(p, 1 + length);
    bool indirect =
        sh_bash(p) && sh_peek(p) == '!' && length > 0 &&
        (sh_is_name_char(sh_peek_at(p, 1)) || (sh_peek_at(p, 1) == '#' && sh_peek_at(p, 2) == '}'));

    *count = sh_peek(p) == '#' && length > 0 &&
             (behind == '}' || (behind == '[' && sh_bash(p) && sh_is_name_start(sh_peek_at(p, 1))));
    if (*count || indirect)
        sh_skip(p, 1);
    length = parameter_length(p, 0, true);
    part = length > 0 ? add_var(p, b, quoted, length) : NULL;
    if (part == NULL)
        return NULL;
    part->indirect = indirect;
    if (sh_bash(p) && sh_peek(p) == '[' && sh_is_name_start((unsigned char)part->text[0])) {
        sh_skip(p, 1);
        part->sub = sh_parse_subscript(p);
        if (part->sub == NULL)
            return NULL;
    }
    return part;
}

static bool is_all(const struct sh_word *sub)
{
    return sub != NULL && sub->literal != NULL &&
           (strcmp(sub->literal, "@") == 0 || strcmp(sub->literal, "*") == 0);
}

static bool braces(struct sh_parser *p, struct sh_builder *b, bool quoted)
{
    uint32_t pos = sh_pos(p);
    struct sh_part *part;
    bool count;

    sh_skip(p, 2);
    part = parameter(p, b, quoted, &count);
    if (part == NULL) {
        sh_error(p, SHELL_DIAG_UNSUPPORTED, pos, "${", "bad substitution");
        return false;
    }
    part->pos = pos;
    part->op = count ? SH_PARAM_LENGTH : SH_PARAM_PLAIN;
    if (part->indirect && is_all(part->sub) && sh_peek(p) == '}') {
        part->op = SH_PARAM_KEYS;
        part->indirect = false;
    } else if (part->indirect && (sh_peek(p) == '*' || sh_peek(p) == '@') &&
               sh_peek_at(p, 1) == '}') {
        part->op = SH_PARAM_NAMES;
        part->indirect = false;
        part->colon = sh_peek(p) == '*'; /* joined, in quotes */
        sh_skip(p, 1);
    }
    if (sh_peek(p) == '}' || (!count && transformation(p, part))) {
        sh_skip(p, 1);
        return true;
    }
    if (count || part->op != SH_PARAM_PLAIN || !parameter_op(p, part))
        return bad_substitution(p, part, pos);
    if (!sh_enter(p) || !operands(p, part, quoted))
        return false;
    sh_leave(p);
    if (sh_peek(p) != '}') {
        sh_error(p, SHELL_DIAG_SYNTAX, pos, part->text, "missing '}'");
        return false;
    }
    sh_skip(p, 1);
    return true;
}

bool sh_word_dollar(struct sh_parser *p, struct sh_builder *b, bool quoted)
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
    if (c == '\'' && !quoted && sh_ash(p))
        return ansi_quotes(p, b);
    if (c == '"' && !quoted &&
        sh_bash(p)) { /* to be translated: there is nothing to translate with */
        sh_skip(p, 1);
        return true;
    }
    length = parameter_length(p, 1, false);
    sh_skip(p, 1);
    if (length == 0)
        return sh_word_put(p, b, '$', quoted);
    return add_var(p, b, quoted, length) != NULL;
}
