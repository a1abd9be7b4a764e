/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lex.c - below the grammar: the text and its places, blanks, reserved words, redirections
 * and here-documents, messages.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/lang/ast.h"
#include "engine/reactor/base.h"

/* A here-document that was announced and whose body follows the line. */
struct sh_heredoc {
    struct sh_heredoc *next;
    struct sh_redir *redir;
    const char *end;
    bool strip, expands;
    uint32_t pos;
};

/* ---- the text -------------------------------------------------------------------------------- */

int sh_peek(const struct sh_parser *p)
{
    return p->at < p->end ? (unsigned char)*p->at : -1;
}

int sh_peek_at(const struct sh_parser *p, size_t n)
{
    return n < (size_t)(p->end - p->at) ? (unsigned char)p->at[n] : -1;
}

void sh_skip(struct sh_parser *p, size_t n)
{
    for (; n > 0 && p->at < p->end; n--, p->at++) {
        if (p->frozen_pos)
            continue;
        p->column++;
        if (*p->at == '\n') {
            p->line++;
            p->column = 1;
        }
    }
}

uint32_t sh_pos(const struct sh_parser *p)
{
    return SH_POS(p->line, p->column);
}

void *sh_new(struct sh_parser *p, size_t size)
{
    void *mem = rx_arena_alloc(p->arena, size);

    if (mem == NULL)
        p->failed = p->no_memory = true;
    return mem;
}

void sh_diag_set(struct shell_diag *d, enum shell_diag_kind kind, const char *shell, uint32_t pos,
                 const char *word, const char *what)
{
    *d = (struct shell_diag){.kind = kind, .line = SH_POS_LINE(pos), .column = SH_POS_COLUMN(pos)};
    snprintf(d->word, sizeof(d->word), "%s", word);
    if (pos != 0)
        snprintf(d->text, sizeof(d->text), "%s: %u:%u: %s", shell, d->line, d->column, what);
    else
        snprintf(d->text, sizeof(d->text), "%s: %s", shell, what);
}

void *sh_error(struct sh_parser *p, enum shell_diag_kind kind, uint32_t pos, const char *word,
               const char *what)
{
    char text[128];

    if (p->failed)
        return NULL;
    p->failed = true;
    snprintf(text, sizeof(text), "%s%s",
             kind == SHELL_DIAG_LIMIT         ? "limit: "
             : kind == SHELL_DIAG_UNSUPPORTED ? "not simulated: "
                                              : "syntax error: ",
             what);
    sh_diag_set(p->diag, kind, p->name, pos, word, text);
    return NULL;
}

/* "unexpected" and what stands there. */
void *sh_unexpected(struct sh_parser *p, const char *expecting)
{
    char word[40], text[112];
    size_t n = 0;
    int c = sh_peek(p);

    if (p->failed)
        return NULL;
    if (c == -1)
        snprintf(word, sizeof(word), "end of file");
    else if (c == '\n')
        snprintf(word, sizeof(word), "newline");
    else {
        bool operator_ = strchr(";&|<>()", c) != NULL;

        do
            word[n] = (char)sh_peek_at(p, n);
        while (++n < 30 &&
               (operator_ ? sh_peek_at(p, n) == c && n < 2
                          : sh_peek_at(p, n) > ' ' && strchr(";&|<>()", sh_peek_at(p, n)) == NULL));
        word[n] = '\0';
    }
    if (expecting != NULL)
        snprintf(text, sizeof(text), "unexpected \"%s\" (expecting \"%s\")", word, expecting);
    else
        snprintf(text, sizeof(text), "unexpected \"%s\"", word);
    return sh_error(p, SHELL_DIAG_SYNTAX, sh_pos(p), word, text);
}

bool sh_bash(const struct sh_parser *p)
{
    return p->flavour == SHELL_BASH;
}

bool sh_ash(const struct sh_parser *p)
{
    return p->flavour != SHELL_DASH;
}

void *sh_bash_only(struct sh_parser *p, uint32_t pos, const char *word, const char *what)
{
    char text[96];

    if (p->flavour == SHELL_SH) {
        snprintf(text, sizeof(text), "%.40s is not in POSIX sh", what);
        return sh_error(p, SHELL_DIAG_UNSUPPORTED, pos, word, text);
    }
    snprintf(text, sizeof(text), "unexpected \"%.40s\"", word);
    return sh_error(p, SHELL_DIAG_SYNTAX, pos, word, text);
}

bool sh_enter(struct sh_parser *p)
{
    if (++p->depth <= SHELL_NESTING_MAX)
        return true;
    sh_error(p, SHELL_DIAG_LIMIT, sh_pos(p), "", "commands are nested too deep");
    return false;
}

void sh_leave(struct sh_parser *p)
{
    p->depth--;
}

bool sh_is_name_start(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool sh_is_name_char(int c)
{
    return sh_is_name_start(c) || (c >= '0' && c <= '9');
}

bool sh_is_name(const char *s, size_t length)
{
    if (length == 0 || !sh_is_name_start((unsigned char)s[0]))
        return false;
    for (size_t i = 1; i < length; i++)
        if (!sh_is_name_char((unsigned char)s[i]))
            return false;
    return true;
}

/* ---- blanks, lines, here-documents ----------------------------------------------------------- */

void sh_skip_blanks(struct sh_parser *p)
{
    for (;;) {
        int c = sh_peek(p);

        if (c == ' ' || c == '\t' || c == '\r')
            sh_skip(p, 1);
        else if (c == '\\' && sh_peek_at(p, 1) == '\n')
            sh_skip(p, 2);
        else if (c == '#')
            while (sh_peek(p) != -1 && sh_peek(p) != '\n')
                sh_skip(p, 1);
        else
            return;
    }
}

/* The next line without its newline; moves behind it. False at the end of the text. */
static bool take_line(struct sh_parser *p, const char **line, size_t *length)
{
    const char *newline;

    if (p->at >= p->end)
        return false;
    *line = p->at;
    newline = memchr(p->at, '\n', (size_t)(p->end - p->at));
    *length = (size_t)((newline != NULL ? newline : p->end) - p->at);
    sh_skip(p, *length + 1);
    return true;
}

static void read_here(struct sh_parser *p, struct sh_heredoc *h)
{
    char *body = sh_new(p, (size_t)(p->end - p->at) + 1);
    size_t used = 0, length;
    struct sh_part *part;
    const char *line;

    if (body == NULL)
        return;
    while (take_line(p, &line, &length)) {
        for (; h->strip && length > 0 && *line == '\t'; length--)
            line++;
        if (length == strlen(h->end) && memcmp(line, h->end, length) == 0)
            break;
        memcpy(body + used, line, length);
        used += length;
        if (p->at < p->end || p->end[-1] == '\n')
            body[used++] = '\n';
    }
    body[used] = '\0';
    if (h->expands) {
        h->redir->word = sh_parse_here(p, body, used, h->pos);
        return;
    }
    h->redir->word = sh_new(p, sizeof(*h->redir->word));
    part = sh_new(p, sizeof(*part));
    if (h->redir->word == NULL || part == NULL)
        return;
    part->kind = SH_PART_TEXT;
    part->quoted = true;
    part->text = body;
    h->redir->word->part = part;
}

void sh_take_newline(struct sh_parser *p)
{
    struct sh_heredoc *h = p->here;

    sh_skip(p, 1);
    p->here = NULL;
    for (; h != NULL && !p->failed; h = h->next)
        read_here(p, h);
}

void sh_skip_lines(struct sh_parser *p)
{
    for (;;) {
        sh_skip_blanks(p);
        if (sh_peek(p) != '\n' || p->failed)
            return;
        sh_take_newline(p);
    }
}

/* ---- words that may be reserved -------------------------------------------------------------- */

/* The length of the unquoted literal word that stands here, 0 if it is none. */
size_t sh_plain_word(const struct sh_parser *p)
{
    size_t n = 0;

    for (;; n++) {
        int c = sh_peek_at(p, n);

        if (c == -1 || strchr(" \t\r\n;&|<>()", c) != NULL)
            return n;
        if (strchr("\\'\"$`", c) != NULL)
            return 0;
    }
}

bool sh_at_word(const struct sh_parser *p, const char *word)
{
    size_t n = sh_plain_word(p);

    return n == strlen(word) && memcmp(p->at, word, n) == 0;
}

bool sh_take_word(struct sh_parser *p, const char *word)
{
    sh_skip_blanks(p);
    if (!sh_at_word(p, word))
        return false;
    sh_skip(p, strlen(word));
    return true;
}

bool sh_expect_word(struct sh_parser *p, const char *word)
{
    if (p->failed)
        return false;
    sh_skip_lines(p);
    if (sh_take_word(p, word))
        return true;
    sh_unexpected(p, word);
    return false;
}

bool sh_at_any(const struct sh_parser *p, const char *const *words)
{
    for (; *words != NULL; words++)
        if (sh_at_word(p, *words))
            return true;
    return false;
}

bool sh_at_op(const struct sh_parser *p, const char *op)
{
    size_t n = strlen(op);

    return (size_t)(p->end - p->at) >= n && memcmp(p->at, op, n) == 0;
}

/* ---- redirections ---------------------------------------------------------------------------- */

/* How many digits stand before a < or > here; -1: there is none of these. dash takes one digit. */
static int fd_digits(const struct sh_parser *p)
{
    int n = 0;

    while (sh_peek_at(p, (size_t)n) >= '0' && sh_peek_at(p, (size_t)n) <= '9' && n < 10)
        n++;
    if (n > 1 && p->flavour == SHELL_DASH)
        return -1;
    return sh_peek_at(p, (size_t)n) == '<' || sh_peek_at(p, (size_t)n) == '>' ? n : -1;
}

/* How long the name is in a {name} that stands before < or > here; 0: there is none. */
static size_t named_descriptor(const struct sh_parser *p)
{
    size_t n = 1;

    if (!sh_bash(p) || sh_peek(p) != '{' || !sh_is_name_start(sh_peek_at(p, 1)))
        return 0;
    while (sh_is_name_char(sh_peek_at(p, n)))
        n++;
    return sh_peek_at(p, n) == '}' && (sh_peek_at(p, n + 1) == '<' || sh_peek_at(p, n + 1) == '>')
        ? n - 1 : 0;
}

/* <( and >( begin a word. */
bool sh_at_redir(const struct sh_parser *p)
{
    if (sh_ash(p) && sh_at_op(p, "&>"))
        return true;
    if (sh_ash(p) && (sh_at_op(p, "<(") || sh_at_op(p, ">(")))
        return false;
    return fd_digits(p) >= 0 || named_descriptor(p) > 0;
}

static bool announce_here(struct sh_parser *p, struct sh_redir *r, bool strip)
{
    struct sh_heredoc *h = sh_new(p, sizeof(*h)), **tail = &p->here;
    struct sh_word *word;
    size_t used = 0, length = 0;
    char *end;

    if (h == NULL)
        return false;
    sh_skip_blanks(p);
    word = sh_parse_word(p);
    if (word == NULL)
        return false;
    for (struct sh_part *part = word->part; part != NULL; part = part->next) {
        if (part->kind != SH_PART_TEXT)
            return sh_error(p, SHELL_DIAG_SYNTAX, word->pos, "<<",
                            "bad end word of a here-document");
        length += strlen(part->text);
    }
    end = sh_new(p, length + 1);
    if (end == NULL)
        return false;
    for (struct sh_part *part = word->part; part != NULL; part = part->next) {
        memcpy(end + used, part->text, strlen(part->text));
        used += strlen(part->text);
    }
    *h = (struct sh_heredoc){
        .redir = r, .end = end, .strip = strip, .expands = word->literal != NULL, .pos = word->pos};
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = h;
    return true;
}

static const struct {
    const char *text;
    enum sh_redir_op op;
    int fd;
} redirs[] = {
    {"<&", SH_REDIR_DUP, 0},  {"<>", SH_REDIR_BOTH, 0},    {">>", SH_REDIR_APPEND, 1},
    {">&", SH_REDIR_DUP, 1},  {">|", SH_REDIR_CLOBBER, 1}, {"<", SH_REDIR_READ, 0},
    {">", SH_REDIR_WRITE, 1},
};

/* &> and &>>: standard output to the file, and standard error to the same. */
static struct sh_redir *parse_both(struct sh_parser *p, struct sh_redir *r)
{
    struct sh_redir *dup = sh_new(p, sizeof(*dup));
    struct sh_parser sub = *p;

    if (dup == NULL)
        return NULL;
    /* busybox has only the first. */
    r->op = sh_at_op(p, "&>>") && p->flavour != SHELL_ASH ? SH_REDIR_APPEND : SH_REDIR_WRITE;
    r->fd = 1;
    sh_skip(p, r->op == SH_REDIR_APPEND ? 3 : 2);
    *dup = (struct sh_redir){.op = SH_REDIR_DUP, .fd = 2, .pos = r->pos};
    sub.at = "1";
    sub.end = sub.at + 1;
    dup->word = sh_parse_word(&sub);
    if (dup->word == NULL) {
        p->failed = p->no_memory = true;
        return NULL;
    }
    r->next = dup;
    return r;
}

static struct sh_redir *redir_target(struct sh_parser *p, struct sh_redir *r)
{
    sh_skip_blanks(p);
    if (sh_peek(p) == -1 || (strchr("\n;&|<>()", sh_peek(p)) != NULL &&
                             !(sh_ash(p) && (sh_at_op(p, "<(") || sh_at_op(p, ">(")))))
        return sh_unexpected(p, NULL);
    r->word = sh_parse_word(p);
    return r->word != NULL ? r : NULL;
}

struct sh_redir *sh_parse_redir(struct sh_parser *p)
{
    struct sh_redir *r = sh_new(p, sizeof(*r));
    size_t name = named_descriptor(p);
    int fd = -1, digits;

    if (r == NULL)
        return NULL;
    r->pos = sh_pos(p);
    if (name > 0) {
        char *copy = sh_new(p, name + 1);

        if (copy == NULL)
            return NULL;
        for (size_t i = 0; i < name; i++)
            copy[i] = (char)sh_peek_at(p, i + 1);
        r->name = copy;
        sh_skip(p, name + 2);
    }
    if (sh_at_op(p, "&>"))
        return parse_both(p, r) != NULL ? redir_target(p, r) : NULL;
    digits = fd_digits(p);
    for (int i = 0; i < digits; i++) {
        fd = RX_MIN(RX_MAX(fd, 0) * 10 + (sh_peek(p) - '0'), (int)SHELL_FD_MAX);
        sh_skip(p, 1);
    }
    if (fd == SHELL_FD_MAX)
        return sh_error(p, SHELL_DIAG_UNSUPPORTED, r->pos, "fd",
                        "file descriptors beyond 65535 are not simulated");
    if (sh_at_op(p, "<<<")) {
        if (!sh_bash(p))
            return sh_bash_only(p, r->pos, "<<<", "redirection <<<");
        sh_skip(p, 3);
        r->op = SH_REDIR_STRING;
        r->fd = fd >= 0 ? fd : 0;
        return redir_target(p, r);
    }
    if (sh_at_op(p, "<<")) {
        bool strip = sh_at_op(p, "<<-");

        sh_skip(p, strip ? 3 : 2);
        r->op = SH_REDIR_HERE;
        r->fd = fd >= 0 ? fd : 0;
        return announce_here(p, r, strip) ? r : NULL;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(redirs); i++) {
        if (sh_at_op(p, redirs[i].text)) {
            sh_skip(p, strlen(redirs[i].text));
            r->op = redirs[i].op;
            r->fd = fd >= 0 ? fd : redirs[i].fd;
            break;
        }
    }
    return redir_target(p, r);
}
