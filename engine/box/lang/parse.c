/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - commands: a recursive descent over the text itself, as the shell's grammar has no
 * tokens apart from where they stand. Recursion is limited by SHELL_NESTING_MAX.
 *
 * What bash adds to POSIX is understood where the script is bash's, and what busybox has of that in
 * all but dash. Elsewhere it is the error that it is there.
 */
#include <string.h>

#include "engine/box/lang/ast.h"
#include "engine/reactor/base.h"

static struct sh_node *parse_list(struct sh_parser *p, const char *const *ends);

static const char *const no_end[] = {NULL};

struct sh_node *sh_parse(struct rx_arena *scratch, enum shell_flavour flavour, bool extglob,
                         const char *text, size_t length, struct shell_diag *diag, bool *no_memory)
{
    struct sh_parser p = {.arena = scratch,
                          .name = flavour == SHELL_BASH ? "bash" : "sh",
                          .flavour = flavour,
                          .at = text,
                          .end = text + length,
                          .line = 1,
                          .column = 1,
                          .diag = diag};
    struct sh_node *list = NULL;

    if (length > SHELL_SCRIPT_MAX)
        sh_error(&p, SHELL_DIAG_LIMIT, 0, "", "the script is too long");
    else if (memchr(text, '\0', length) != NULL)
        sh_error(&p, SHELL_DIAG_SYNTAX, 0, "", "the script has a NUL byte in it");
    else {
        /* bash knows +(...) from the line behind the `shopt` on; nobody writes it before that. */
        p.extglob =
            extglob || (flavour == SHELL_BASH && memmem(text, length, "extglob", 7) != NULL);
        list = sh_parse_until(&p, '\0');
    }
    *no_memory = p.no_memory;
    return p.failed ? NULL : list;
}

/* ---- compound commands ----------------------------------------------------------------------- */

static const char *const then_end[] = {"then", NULL};
static const char *const if_end[] = {"elif", "else", "fi", NULL};
static const char *const fi_end[] = {"fi", NULL};
static const char *const do_end[] = {"do", NULL};
static const char *const done_end[] = {"done", NULL};
static const char *const brace_end[] = {"}", NULL};
static const char *const esac_end[] = {"esac", NULL};

/* A list that must not be empty. */
static struct sh_node *parse_body(struct sh_parser *p, const char *const *ends)
{
    struct sh_node *n = parse_list(p, ends);

    if (n != NULL && n->a == NULL)
        return sh_unexpected(p, NULL);
    return n;
}

/* Behind "if" or "elif", up to and with "fi". */
static struct sh_node *parse_if(struct sh_parser *p)
{
    struct sh_node *n = sh_node(p, SH_NODE_IF);

    if (n == NULL || !sh_enter(p))
        return NULL;
    n->a = parse_body(p, then_end);
    if (n->a == NULL || !sh_expect_word(p, "then"))
        return NULL;
    n->b = parse_body(p, if_end);
    if (n->b == NULL)
        return NULL;
    if (sh_take_word(p, "elif")) {
        n->c = parse_if(p);
        if (n->c == NULL)
            return NULL;
    } else {
        if (sh_take_word(p, "else") && (n->c = parse_body(p, fi_end)) == NULL)
            return NULL;
        if (!sh_expect_word(p, "fi"))
            return NULL;
    }
    sh_leave(p);
    return n;
}

static struct sh_node *parse_do(struct sh_parser *p)
{
    struct sh_node *body;

    if (!sh_expect_word(p, "do"))
        return NULL;
    body = parse_body(p, done_end);
    return body != NULL && sh_expect_word(p, "done") ? body : NULL;
}

static struct sh_node *parse_while(struct sh_parser *p, enum sh_node_kind kind)
{
    struct sh_node *n = sh_node(p, kind);

    if (n == NULL)
        return NULL;
    n->a = parse_body(p, do_end);
    n->b = n->a != NULL ? parse_do(p) : NULL;
    return n->b != NULL ? n : NULL;
}

static struct sh_node *parse_brace(struct sh_parser *p)
{
    struct sh_node *n = parse_body(p, brace_end);

    return n != NULL && sh_expect_word(p, "}") ? n : NULL;
}

/* for ((a; b; c)), at the parentheses. */
static struct sh_node *parse_arith_for(struct sh_parser *p, struct sh_node *n)
{
    struct sh_word **tail = &n->word;

    n->kind = SH_NODE_ARITH_FOR;
    sh_skip(p, 2);
    for (int i = 0; i < 3; i++) {
        *tail = sh_parse_expression(p, true);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
        if (sh_peek(p) != (i < 2 ? ';' : ')'))
            return sh_unexpected(p, i < 2 ? ";" : "))");
        sh_skip(p, 1);
    }
    if (sh_peek(p) != ')')
        return sh_unexpected(p, "))");
    sh_skip(p, 1);
    sh_skip_blanks(p);
    if (sh_peek(p) == ';')
        sh_skip(p, 1);
    sh_skip_lines(p);
    if (sh_take_word(p, "{")) {
        n->a = parse_brace(p);
        return n->a != NULL ? n : NULL;
    }
    n->a = parse_do(p);
    return n->a != NULL ? n : NULL;
}

static struct sh_node *parse_for(struct sh_parser *p, bool selects)
{
    struct sh_node *n = sh_node(p, SH_NODE_FOR);
    struct sh_word **tail;
    struct sh_word *name;

    if (n == NULL)
        return NULL;
    sh_skip_blanks(p);
    n->selects = selects;
    if (!selects && sh_at_op(p, "(("))
        return sh_bash(p) ? parse_arith_for(p, n) : sh_bash_only(p, sh_pos(p), "((", "for ((");
    name = sh_plain_word(p) > 0 ? sh_parse_word(p) : NULL;
    if (name == NULL)
        return sh_unexpected(p, NULL);
    if (name->literal == NULL || !sh_is_name(name->literal, strlen(name->literal)))
        return sh_error(p, SHELL_DIAG_SYNTAX, name->pos, "for", "bad for loop variable");
    n->name = name->literal;
    sh_skip_lines(p);
    n->has_words = sh_take_word(p, "in");
    tail = &n->word;
    for (sh_skip_blanks(p); n->has_words && sh_peek(p) != -1 && strchr("\n;", sh_peek(p)) == NULL;
         sh_skip_blanks(p)) {
        if (strchr("&|<>()", sh_peek(p)) != NULL && !(sh_ash(p) && sh_at_op(p, "<(")))
            return sh_unexpected(p, NULL);
        *tail = sh_parse_word(p);
        if (*tail == NULL || (*tail = sh_brace_expand(p, *tail)) == NULL)
            return NULL;
        while (*tail != NULL)
            tail = &(*tail)->next;
    }
    sh_skip_blanks(p);
    if (sh_peek(p) == ';')
        sh_skip(p, 1);
    n->a = parse_do(p);
    return n->a != NULL ? n : NULL;
}

static struct sh_item *parse_item(struct sh_parser *p)
{
    struct sh_item *item = sh_new(p, sizeof(*item));
    struct sh_word **tail;

    if (item == NULL)
        return NULL;
    tail = &item->pattern;
    if (sh_peek(p) == '(')
        sh_skip(p, 1);
    for (;;) {
        sh_skip_blanks(p);
        if (sh_peek(p) == -1 || strchr("\n;&|<>()", sh_peek(p)) != NULL)
            return sh_unexpected(p, NULL);
        *tail = sh_parse_word(p);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
        sh_skip_blanks(p);
        if (sh_peek(p) != '|')
            break;
        sh_skip(p, 1);
    }
    if (sh_peek(p) != ')')
        return sh_unexpected(p, ")");
    sh_skip(p, 1);
    item->body = parse_list(p, esac_end);
    if (item->body == NULL)
        return NULL;
    sh_skip_lines(p);
    if ((sh_at_op(p, ";;&") || sh_at_op(p, ";&")) && !sh_bash(p))
        return sh_bash_only(p, sh_pos(p), ";&", ";&");
    item->retries = sh_at_op(p, ";;&");
    item->falls = sh_at_op(p, ";&");
    if (sh_at_op(p, ";;") || item->falls)
        sh_skip(p, item->retries ? 3 : 2);
    else if (!sh_at_word(p, "esac"))
        return sh_unexpected(p, ";;");
    return item;
}

static struct sh_node *parse_case(struct sh_parser *p)
{
    struct sh_node *n = sh_node(p, SH_NODE_CASE);
    struct sh_item **tail;

    if (n == NULL)
        return NULL;
    sh_skip_blanks(p);
    if (sh_peek(p) == -1 || strchr("\n;&|<>()", sh_peek(p)) != NULL)
        return sh_unexpected(p, NULL);
    n->word = sh_parse_word(p);
    if (n->word == NULL || !sh_expect_word(p, "in"))
        return NULL;
    tail = &n->item;
    for (sh_skip_lines(p); !sh_at_word(p, "esac"); sh_skip_lines(p)) {
        *tail = p->failed ? NULL : parse_item(p);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return sh_expect_word(p, "esac") ? n : NULL;
}

static struct sh_node *parse_subshell(struct sh_parser *p)
{
    struct sh_node *n = sh_node(p, SH_NODE_SUBSHELL);

    if (n == NULL)
        return NULL;
    if (sh_at_op(p, "((") && p->flavour == SHELL_SH)
        return sh_bash_only(p, sh_pos(p), "((", "((");
    if (sh_at_op(p, "((") && sh_bash(p)) {
        struct sh_parser before = *p;

        sh_skip(p, 2);
        n->word = sh_parse_expression(p, false);
        if (n->word != NULL && sh_at_op(p, "))")) {
            n->kind = SH_NODE_ARITH;
            sh_skip(p, 2);
            return n;
        }
        if (p->failed)
            return NULL;
        *p = before; /* a subshell in a subshell */
        n->word = NULL;
    }
    sh_skip(p, 1);
    n->a = sh_parse_until(p, ')');
    if (n->a != NULL && n->a->a == NULL)
        return sh_error(p, SHELL_DIAG_SYNTAX, n->pos, "()", "unexpected \")\"");
    return n->a != NULL ? n : NULL;
}

static const char *const reserved[] = {"then", "elif", "else", "fi", "do",
                                       "done", "esac", "in",   "}",  NULL};

struct sh_node *sh_parse_command(struct sh_parser *p)
{
    struct sh_node *n;
    bool cond = false;

    sh_skip_blanks(p);
    if (!sh_enter(p))
        return NULL;
    if (sh_peek(p) == '(')
        n = parse_subshell(p);
    else if ((cond = sh_ash(p) && sh_take_word(p, "[[")))
        n = sh_parse_cond(p);
    else if (sh_take_word(p, "{"))
        n = parse_brace(p);
    else if (sh_take_word(p, "if"))
        n = parse_if(p);
    else if (sh_take_word(p, "while"))
        n = parse_while(p, SH_NODE_WHILE);
    else if (sh_take_word(p, "until"))
        n = parse_while(p, SH_NODE_UNTIL);
    else if (sh_take_word(p, "for"))
        n = parse_for(p, false);
    else if (sh_bash(p) && sh_take_word(p, "select"))
        n = parse_for(p, true);
    else if (sh_take_word(p, "case"))
        n = parse_case(p);
    else if (sh_ash(p) && sh_at_function(p))
        n = sh_parse_function(p);
    else if (sh_bash(p) && sh_at_word(p, "coproc"))
        n = sh_error(p, SHELL_DIAG_UNSUPPORTED, sh_pos(p), "coproc",
                     "bash's coproc is not simulated");
    else if (sh_at_any(p, reserved))
        n = sh_unexpected(p, NULL);
    else
        n = sh_parse_simple(p);
    sh_leave(p);
    if (n == NULL || p->failed)
        return NULL;
    if ((cond || (n->kind != SH_NODE_SIMPLE && n->kind != SH_NODE_FUNC)) && !sh_parse_redirs(p, n))
        return NULL;
    return n;
}

/* ---- pipelines and lists --------------------------------------------------------------------- */

static struct sh_node *parse_pipeline(struct sh_parser *p);

static struct sh_node *negation(struct sh_parser *p, struct sh_node *of)
{
    struct sh_node *n = sh_node(p, SH_NODE_NOT);

    if (n != NULL)
        n->a = of;
    return n;
}

/* |& is a pipe for standard error, too: the redirection of the command before it. */
static bool pipe_both(struct sh_parser *p, struct sh_node *n)
{
    struct sh_redir *r = sh_new(p, sizeof(*r)), **tail = &n->redir;
    struct sh_parser sub = *p;

    if (r == NULL)
        return false;
    sub.at = "1";
    sub.end = sub.at + 1;
    *r = (struct sh_redir){.op = SH_REDIR_DUP, .fd = 2, .pos = sh_pos(p)};
    r->word = sh_parse_word(&sub);
    p->failed |= r->word == NULL;
    p->no_memory |= r->word == NULL;
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = r;
    return r->word != NULL;
}

/* time, and what it is about. */
static struct sh_node *parse_time(struct sh_parser *p)
{
    struct sh_node *n = sh_node(p, SH_NODE_TIME);

    if (n == NULL || !sh_enter(p))
        return NULL;
    n->posix = sh_take_word(p, "-p");
    sh_take_word(p, "--");
    sh_skip_blanks(p);
    if (sh_peek(p) != -1 && strchr("\n;&|)", sh_peek(p)) == NULL &&
        (n->a = parse_pipeline(p)) == NULL)
        return NULL;
    sh_leave(p);
    return n;
}

static struct sh_node *parse_pipeline(struct sh_parser *p)
{
    bool negate = false;
    struct sh_node *first, *last, *n;

    while (sh_take_word(p, "!"))
        negate = !negate;
    if (sh_bash(p) && sh_take_word(p, "time")) {
        n = parse_time(p);
        return n != NULL && negate ? negation(p, n) : n;
    }
    first = last = sh_parse_command(p);
    if (first == NULL)
        return NULL;
    for (sh_skip_blanks(p); sh_at_op(p, "|") && !sh_at_op(p, "||"); sh_skip_blanks(p)) {
        if (sh_at_op(p, "|&")) {
            if (!sh_bash(p))
                return sh_bash_only(p, sh_pos(p), "|&", "|&");
            if (!pipe_both(p, last))
                return NULL;
            sh_skip(p, 1);
        }
        sh_skip(p, 1);
        sh_skip_lines(p);
        last->next = sh_parse_command(p);
        last = last->next;
        if (last == NULL)
            return NULL;
    }
    n = first;
    if (first->next != NULL) {
        n = sh_node(p, SH_NODE_PIPE);
        if (n == NULL)
            return NULL;
        n->a = first;
        n->pos = first->pos;
    }
    return negate ? negation(p, n) : n;
}

static struct sh_node *parse_and_or(struct sh_parser *p)
{
    struct sh_node *left = parse_pipeline(p);

    for (sh_skip_blanks(p); left != NULL && (sh_at_op(p, "&&") || sh_at_op(p, "||"));
         sh_skip_blanks(p)) {
        struct sh_node *n = sh_node(p, sh_at_op(p, "&&") ? SH_NODE_AND : SH_NODE_OR);

        if (n == NULL)
            return NULL;
        sh_skip(p, 2);
        sh_skip_lines(p);
        n->a = left;
        n->b = parse_pipeline(p);
        if (n->b == NULL)
            return NULL;
        left = n;
    }
    return left;
}

/* Commands up to one of the ending words, ")", ";;" or the end of the text: not consumed. */
static struct sh_node *parse_list(struct sh_parser *p, const char *const *ends)
{
    struct sh_node *list = sh_node(p, SH_NODE_SEQ), **tail;

    if (list == NULL || !sh_enter(p))
        return NULL;
    tail = &list->a;
    for (;;) {
        struct sh_node *n;

        sh_skip_lines(p);
        if (p->failed)
            return NULL;
        if (sh_peek(p) == -1 || sh_peek(p) == ')' || sh_at_op(p, ";;") || sh_at_op(p, ";&") ||
            sh_at_any(p, ends))
            break;
        n = parse_and_or(p);
        if (n == NULL)
            return NULL;
        sh_skip_blanks(p);
        if (sh_at_op(p, "&")) {
            struct sh_node *background = sh_node(p, SH_NODE_BACKGROUND);

            if (background == NULL)
                return NULL;
            sh_skip(p, 1);
            background->a = n;
            n = background;
        } else if (sh_at_op(p, ";") && !sh_at_op(p, ";;") && !sh_at_op(p, ";&")) {
            sh_skip(p, 1);
        } else if (sh_peek(p) != -1 && sh_peek(p) != '\n' && sh_peek(p) != ')' &&
                   !sh_at_op(p, ";;") && !sh_at_op(p, ";&")) {
            return sh_unexpected(p, NULL);
        }
        *tail = n;
        tail = &n->next;
    }
    sh_leave(p);
    return list;
}

struct sh_node *sh_parse_until(struct sh_parser *p, char end)
{
    struct sh_node *list = parse_list(p, no_end);

    if (list == NULL)
        return NULL;
    if (end == '\0' ? sh_peek(p) != -1 : sh_peek(p) != end)
        return sh_unexpected(p, end == '\0' ? NULL : ")");
    if (end != '\0')
        sh_skip(p, 1);
    else if (p->here != NULL)
        sh_take_newline(p);
    return list;
}
