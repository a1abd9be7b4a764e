/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simple.c - simple commands: assignments, words, redirections; and functions, which begin
 * like them.
 */
#include <string.h>

#include "engine/box/lang/ast.h"
#include "engine/reactor/base.h"

struct sh_node *sh_node(struct sh_parser *p, enum sh_node_kind kind)
{
    struct sh_node *n = sh_new(p, sizeof(*n));

    if (n != NULL) {
        n->kind = kind;
        n->pos = sh_pos(p);
    }
    return n;
}

/* ---- assignments ----------------------------------------------------------------------------- */

/* The brackets of NAME[...]= here, from the one that opens; 0: they do not close on this line. */
static size_t subscript_length(const struct sh_parser *p, size_t from)
{
    enum { SUBSCRIPT_MAX = 1024 };
    size_t depth = 0;

    for (size_t n = 0; n < SUBSCRIPT_MAX; n++) {
        int c = sh_peek_at(p, from + n);

        if (c == -1 || c == '\n')
            return 0;
        depth += c == '[';
        if (c == ']' && --depth == 0)
            return n + 1;
    }
    return 0;
}

/* Length of NAME in NAME=..., NAME+=... or NAME[...]=..., 0 if this is no assignment. */
static size_t assignment(const struct sh_parser *p)
{
    size_t n = 0, at;

    while (sh_is_name_char(sh_peek_at(p, n)))
        n++;
    if (!sh_is_name(p->at, n))
        return 0;
    at = n;
    if (sh_bash(p) && sh_peek_at(p, at) == '[')
        at += subscript_length(p, at);
    if (sh_peek_at(p, at) == '+' && sh_peek_at(p, at + 1) == '=' &&
        (sh_bash(p) || p->flavour == SHELL_SH))
        return n;
    return sh_peek_at(p, at) == '=' ? n : 0;
}

/* [key]=word, or a word that may become several. */
static struct sh_word *parse_element(struct sh_parser *p, bool *keyed)
{
    size_t length = sh_peek(p) == '[' ? subscript_length(p, 0) : 0;
    struct sh_word *key, *w;

    if (length == 0 || sh_peek_at(p, length) != '=') {
        w = sh_parse_word(p);
        return w != NULL ? sh_brace_expand(p, w) : NULL;
    }
    sh_skip(p, 1);
    key = sh_parse_subscript(p);
    if (key == NULL)
        return NULL;
    sh_skip(p, 1);
    w = sh_parse_word(p);
    if (w != NULL)
        w->key = key;
    *keyed = true;
    return w;
}

/* Behind NAME=, at the parenthesis. */
static bool parse_array(struct sh_parser *p, struct sh_assign *a)
{
    struct sh_word **tail = &a->list;

    sh_skip(p, 1);
    for (sh_skip_lines(p); sh_peek(p) != ')'; sh_skip_lines(p)) {
        if (p->failed || sh_peek(p) == -1 ||
            (strchr(";&|<>(", sh_peek(p)) != NULL && !sh_at_op(p, "<("))) {
            sh_unexpected(p, ")");
            return false;
        }
        *tail = parse_element(p, &a->keyed);
        if (*tail == NULL)
            return false;
        while (*tail != NULL)
            tail = &(*tail)->next;
    }
    sh_skip(p, 1);
    return true;
}

static struct sh_assign *parse_assignment(struct sh_parser *p, size_t length)
{
    struct sh_assign *a = sh_new(p, sizeof(*a));
    char *name = sh_new(p, length + 1);
    uint32_t pos = sh_pos(p);

    if (a == NULL || name == NULL)
        return NULL;
    memcpy(name, p->at, length);
    a->name = name;
    sh_skip(p, length);
    if (sh_peek(p) == '[') {
        sh_skip(p, 1);
        a->sub = sh_parse_subscript(p);
        if (a->sub == NULL)
            return NULL;
    }
    a->append = sh_peek(p) == '+';
    if (a->append && !sh_bash(p))
        return sh_bash_only(p, pos, name, "+=");
    sh_skip(p, a->append ? 2 : 1);
    if (sh_peek(p) == '(') {
        if (!sh_bash(p))
            return p->flavour == SHELL_SH ? sh_bash_only(p, pos, name, "an array")
                                          : sh_unexpected(p, NULL);
        return a->sub == NULL && parse_array(p, a) ? a : sh_unexpected(p, NULL);
    }
    p->assigning = true;
    a->word = sh_parse_word(p);
    p->assigning = false;
    return a->word != NULL ? a : NULL;
}

/* ---- declarations with lists ----------------------------------------------------------------- */

static bool is(const struct sh_word *w, const char *text)
{
    return w != NULL && w->literal != NULL && strcmp(w->literal, text) == 0;
}

static bool declares(const struct sh_word *w)
{
    return is(w, "declare") || is(w, "typeset") || is(w, "local") || is(w, "readonly") ||
           is(w, "export");
}

static struct sh_word *literal(struct sh_parser *p, const char *text, uint32_t pos)
{
    struct sh_word *w = sh_new(p, sizeof(*w));
    struct sh_part *part = sh_new(p, sizeof(*part));

    if (w == NULL || part == NULL)
        return NULL;
    part->kind = SH_PART_TEXT;
    part->text = text;
    w->part = part;
    w->literal = text;
    w->pos = pos;
    return w;
}

/* Takes the r out of the options of a declaration; returns whether there was one. */
static bool take_readonly(struct sh_parser *p, struct sh_node *n, bool *no_memory)
{
    bool found = is(n->word, "readonly");

    for (struct sh_word *w = n->word->next, *new_; w != NULL; w = w->next) {
        const char *s = w->literal;
        char *copy;
        size_t used = 0;

        if (s == NULL || s[0] != '-' || strchr(s, 'r') == NULL)
            continue;
        found = true;
        copy = sh_new(p, strlen(s) + 2);
        new_ = copy != NULL ? literal(p, copy, w->pos) : NULL;
        if (new_ == NULL) {
            *no_memory = true;
            return false;
        }
        for (; *s != '\0'; s++)
            if (*s != 'r')
                copy[used++] = *s;
        if (used == 1) /* nothing else: one that changes nothing */
            copy[used++] = '-';
        copy[used] = '\0';
        w->part = new_->part;
        w->literal = copy;
    }
    return found;
}

/* declare -A m=([a]=1) is: declare -A m; m=([a]=1). Read-only it becomes at the end. */
static struct sh_node *with_lists(struct sh_parser *p, struct sh_node *n, struct sh_assign *lists)
{
    struct sh_node *seq = sh_node(p, SH_NODE_SEQ), *set = sh_node(p, SH_NODE_SIMPLE), *lock;
    bool no_memory = false, readonly = take_readonly(p, n, &no_memory);
    struct sh_word **tail;

    if (seq == NULL || set == NULL || no_memory)
        return NULL;
    seq->pos = set->pos = n->pos;
    set->assign = lists;
    seq->a = n;
    n->next = set;
    if (is(n->word, "readonly")) { /* -a and -A are all it can have besides */
        struct sh_word *global = literal(p, "-g", n->pos);

        if (global == NULL)
            return NULL;
        n->word->literal = n->word->part->text = "declare";
        global->next = n->word->next;
        n->word->next = global;
    }
    if (!readonly)
        return seq;
    lock = sh_node(p, SH_NODE_SIMPLE);
    if (lock == NULL)
        return NULL;
    lock->pos = n->pos;
    set->next = lock;
    tail = &lock->word;
    *tail = literal(p, "readonly", n->pos);
    for (; lists != NULL && *tail != NULL; lists = lists->next) {
        tail = &(*tail)->next;
        *tail = literal(p, lists->name, n->pos);
    }
    return *tail != NULL ? seq : NULL;
}

/* ---- functions ------------------------------------------------------------------------------- */

/* Behind the name: () and the body. */
static struct sh_node *function_body(struct sh_parser *p, struct sh_node *n, bool need_parens)
{
    sh_skip_blanks(p);
    if (sh_peek(p) == '(' || need_parens) {
        sh_skip(p, 1);
        sh_skip_blanks(p);
        if (sh_peek(p) != ')')
            return sh_unexpected(p, ")");
        sh_skip(p, 1);
    }
    sh_skip_lines(p);
    n->a = sh_parse_command(p);
    return n->a != NULL ? n : NULL;
}

static struct sh_node *name_function(struct sh_parser *p, struct sh_node *n, const char *name)
{
    n->kind = SH_NODE_FUNC;
    n->name = name;
    if (!sh_bash(p) && !sh_is_name(name, strlen(name)))
        return sh_error(p, SHELL_DIAG_SYNTAX, n->pos, name, "bad function name");
    return n;
}

bool sh_at_function(const struct sh_parser *p)
{
    return sh_at_word(p, "function") && (sh_peek_at(p, 8) == ' ' || sh_peek_at(p, 8) == '\t');
}

struct sh_node *sh_parse_function(struct sh_parser *p)
{
    struct sh_node *n = sh_node(p, SH_NODE_FUNC);
    struct sh_word *name;

    sh_skip(p, strlen("function"));
    sh_skip_blanks(p);
    name = n != NULL && sh_plain_word(p) > 0 ? sh_parse_word(p) : NULL;
    if (name == NULL || name->literal == NULL)
        return sh_unexpected(p, NULL);
    return name_function(p, n, name->literal) != NULL ? function_body(p, n, false) : NULL;
}

/* ---- commands -------------------------------------------------------------------------------- */

struct simple {
    struct sh_node *n;
    struct sh_word **words;
    struct sh_assign **assigns, *lists, **lists_tail;
    struct sh_redir **redirs;
};

static const char *const bash_words[] = {"select",    "declare", "typeset", "mapfile",
                                         "readarray", "shopt",   NULL};

static bool parse_one_word(struct sh_parser *p, struct simple *s)
{
    size_t length = s->n->word != NULL && sh_bash(p) && declares(s->n->word) ? assignment(p) : 0;

    if (s->n->word == NULL && p->flavour == SHELL_SH && sh_at_any(p, bash_words)) {
        sh_error(p, SHELL_DIAG_UNSUPPORTED, sh_pos(p), "bash", "not in POSIX sh");
        return false;
    }
    if (length > 0) {
        size_t to = length + (sh_peek_at(p, length) == '+');

        if (sh_peek_at(p, to) == '=' && sh_peek_at(p, to + 1) == '(') {
            uint32_t pos = sh_pos(p);

            *s->lists_tail = parse_assignment(p, length);
            if (*s->lists_tail == NULL)
                return false;
            *s->words = literal(p, (*s->lists_tail)->name, pos);
            s->lists_tail = &(*s->lists_tail)->next;
            if (*s->words != NULL)
                s->words = &(*s->words)->next;
            return !p->failed;
        }
    }
    *s->words = sh_parse_word(p);
    if (*s->words == NULL || (*s->words = sh_brace_expand(p, *s->words)) == NULL)
        return false;
    while (*s->words != NULL)
        s->words = &(*s->words)->next;
    return true;
}

static bool parse_one_redir(struct sh_parser *p, struct sh_redir ***tail)
{
    **tail = sh_parse_redir(p);
    if (**tail == NULL)
        return false;
    while (**tail != NULL)
        *tail = &(**tail)->next;
    return true;
}

static bool begins_word(const struct sh_parser *p, int c)
{
    return c != -1 && (strchr("\n;&|()<>", c) == NULL ||
                       (sh_ash(p) && (sh_at_op(p, "<(") || sh_at_op(p, ">("))));
}

struct sh_node *sh_parse_simple(struct sh_parser *p)
{
    struct simple s = {.n = sh_node(p, SH_NODE_SIMPLE)};
    struct sh_node *n = s.n;

    if (n == NULL)
        return NULL;
    s.words = &n->word;
    s.assigns = &n->assign;
    s.lists_tail = &s.lists;
    s.redirs = &n->redir;
    for (;;) {
        bool ok;
        int c;

        sh_skip_blanks(p);
        c = sh_peek(p);
        if (sh_at_redir(p)) {
            ok = parse_one_redir(p, &s.redirs);
        } else if (c == '(' && n->word != NULL && n->word->next == NULL && n->assign == NULL &&
                   n->redir == NULL && n->word->literal != NULL) {
            const char *name = n->word->literal;

            n->word = NULL;
            return name_function(p, n, name) != NULL ? function_body(p, n, true) : NULL;
        } else if (!begins_word(p, c)) {
            if (c == '(')
                return sh_unexpected(p, NULL);
            break;
        } else if (n->word == NULL && assignment(p) > 0) {
            *s.assigns = parse_assignment(p, assignment(p));
            ok = *s.assigns != NULL;
            if (ok)
                s.assigns = &(*s.assigns)->next;
        } else {
            ok = parse_one_word(p, &s);
        }
        if (!ok)
            return NULL;
    }
    if (n->word == NULL && n->assign == NULL && n->redir == NULL)
        return sh_unexpected(p, NULL);
    if (n->word != NULL)
        n->pos = n->word->pos;
    return s.lists != NULL ? with_lists(p, n, s.lists) : n;
}

bool sh_parse_redirs(struct sh_parser *p, struct sh_node *n)
{
    struct sh_redir **tail = &n->redir;

    for (sh_skip_blanks(p); sh_at_redir(p); sh_skip_blanks(p))
        if (!parse_one_redir(p, &tail))
            return false;
    return true;
}
