/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cond.c - [[ ... ]], of bash and busybox. It becomes what a POSIX shell has for it: == and
 * != a `case`, everything else a `test` (called "[[") whose words are neither split nor expanded to
 * file names, && and || lists. =~ is a node of its own.
 */
#include <string.h>

#include "engine/box/lang/ast.h"

static struct sh_node *parse_or(struct sh_parser *p);

static struct sh_word *plain_word(struct sh_parser *p, const char *text, bool quoted)
{
    struct sh_word *w = sh_new(p, sizeof(*w));
    struct sh_part *part = sh_new(p, sizeof(*part));

    if (w == NULL || part == NULL)
        return NULL;
    part->kind = SH_PART_TEXT;
    part->text = text;
    part->quoted = quoted;
    w->part = part;
    w->literal = quoted ? NULL : text;
    w->pos = sh_pos(p);
    return w;
}

static struct sh_node *simple(struct sh_parser *p, const char *command, struct sh_word *words)
{
    struct sh_node *n = sh_node(p, SH_NODE_SIMPLE);

    if (n == NULL)
        return NULL;
    n->word = plain_word(p, command, false);
    if (n->word == NULL)
        return NULL;
    n->word->next = words;
    return n;
}

static void keep_whole(struct sh_word *w)
{
    for (struct sh_part *part = w->part; part != NULL; part = part->next)
        part->quoted = true;
}

static bool at_end(struct sh_parser *p)
{
    return sh_at_word(p, "]]") || sh_at_op(p, "&&") || sh_at_op(p, "||") || sh_peek(p) == ')' ||
           sh_peek(p) == -1;
}

static struct sh_word *take_word(struct sh_parser *p)
{
    static const char *const order[] = {"<", ">"};

    for (int i = 0; i < 2; i++) {
        if (!sh_at_op(p, order[i]))
            continue;
        sh_skip(p, 1);
        return plain_word(p, order[i], true);
    }
    if (strchr(";&|(", sh_peek(p)) != NULL)
        return sh_unexpected(p, "]]");
    return sh_parse_pattern(p);
}

/* case A in B) ;; *) false ;; esac */
static struct sh_node *match(struct sh_parser *p, struct sh_word *a, struct sh_word *b, bool negate)
{
    struct sh_node *n = sh_node(p, SH_NODE_CASE), *not_;
    struct sh_item *hit = sh_new(p, sizeof(*hit)), *miss = sh_new(p, sizeof(*miss));

    if (n == NULL || hit == NULL || miss == NULL)
        return NULL;
    a->next = b->next = NULL;
    n->extended = true;
    n->word = a;
    n->item = hit;
    hit->pattern = b;
    hit->body = sh_node(p, SH_NODE_SEQ);
    hit->next = miss;
    miss->pattern = plain_word(p, "*", false);
    miss->body = sh_node(p, SH_NODE_SEQ);
    if (hit->body == NULL || miss->pattern == NULL || miss->body == NULL)
        return NULL;
    miss->body->a = simple(p, "false", NULL);
    if (miss->body->a == NULL || !negate)
        return miss->body->a != NULL ? n : NULL;
    not_ = sh_node(p, SH_NODE_NOT);
    if (not_ != NULL)
        not_->a = n;
    return not_;
}

static bool is(const struct sh_word *w, const char *text)
{
    return w->literal != NULL && strcmp(w->literal, text) == 0;
}

/* subject =~ regular expression; behind the operator. */
static struct sh_node *parse_match(struct sh_parser *p, struct sh_word *subject)
{
    struct sh_node *n = sh_node(p, SH_NODE_REGEX);

    if (n == NULL)
        return NULL;
    n->word = subject;
    subject->next = sh_parse_regex(p);
    return subject->next != NULL ? n : NULL;
}

static struct sh_node *parse_primary(struct sh_parser *p)
{
    struct sh_word *first = NULL, **tail = &first, *op;
    uint32_t count = 0;

    for (sh_skip_lines(p); !at_end(p); sh_skip_lines(p), count++) {
        *tail = take_word(p);
        if (*tail == NULL)
            return NULL;
        if (count == 1 && is(*tail, "=~"))
            return parse_match(p, first);
        tail = &(*tail)->next;
    }
    if (count == 0)
        return sh_unexpected(p, NULL);
    op = first->next;
    if (count == 3 && (is(op, "==") || is(op, "=") || is(op, "!=")))
        return match(p, first, op->next, is(op, "!="));
    for (struct sh_word *w = first; w != NULL; w = w->next)
        keep_whole(w);
    return simple(p, "[[", first);
}

static struct sh_node *parse_not(struct sh_parser *p)
{
    struct sh_node *n;

    sh_skip_lines(p);
    if (!sh_enter(p))
        return NULL;
    if (sh_take_word(p, "!")) {
        n = sh_node(p, SH_NODE_NOT);
        if (n == NULL || (n->a = parse_not(p)) == NULL)
            return NULL;
    } else if (sh_peek(p) == '(') {
        sh_skip(p, 1);
        n = parse_or(p);
        sh_skip_lines(p);
        if (n == NULL || sh_peek(p) != ')')
            return n == NULL ? NULL : sh_unexpected(p, ")");
        sh_skip(p, 1);
    } else {
        n = parse_primary(p);
    }
    sh_leave(p);
    return n;
}

static struct sh_node *parse_chain(struct sh_parser *p, const char *op, enum sh_node_kind kind,
                                   struct sh_node *(*next)(struct sh_parser *))
{
    struct sh_node *left = next(p);

    for (sh_skip_lines(p); left != NULL && sh_at_op(p, op); sh_skip_lines(p)) {
        struct sh_node *n = sh_node(p, kind);

        if (n == NULL)
            return NULL;
        sh_skip(p, 2);
        n->a = left;
        n->b = next(p);
        if (n->b == NULL)
            return NULL;
        left = n;
    }
    return left;
}

static struct sh_node *parse_and(struct sh_parser *p)
{
    return parse_chain(p, "&&", SH_NODE_AND, parse_not);
}

static struct sh_node *parse_or(struct sh_parser *p)
{
    return parse_chain(p, "||", SH_NODE_OR, parse_and);
}

struct sh_node *sh_parse_cond(struct sh_parser *p)
{
    struct sh_node *n = parse_or(p);

    if (n == NULL)
        return NULL;
    sh_skip_lines(p);
    return sh_take_word(p, "]]") ? n : sh_unexpected(p, "]]");
}
