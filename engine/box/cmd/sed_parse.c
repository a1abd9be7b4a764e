/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sed_parse.c - parses sed's script.
 */
#include "engine/box/cmd/sed.h"

#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"

enum { BLOCKS_MAX = 64 };

struct parser {
    struct sh_task *t;
    struct sed_program *p;
    const char *at;
    int flags;
    uint32_t block[BLOCKS_MAX], blocks; /* commands "{" that are open */
};

static bool parse_command(struct parser *k);
static bool resolve(struct parser *k);

bool sed_compile(struct sh_task *t, const char *script, int regex_flags, struct sed_program *p)
{
    struct parser k = {.t = t, .p = p, .at = script, .flags = regex_flags};

    p->quiet = strncmp(script, "#n", 2) == 0 && (script[2] == '\n' || script[2] == '\0');
    for (;;) {
        k.at += strspn(k.at, "; \t\n");
        if (*k.at == '#')
            k.at += strcspn(k.at, "\n");
        else if (*k.at == '\0')
            return resolve(&k);
        else if (!sh_charge(t, 1) || !parse_command(&k))
            return false;
    }
}

/* ---- pieces ---------------------------------------------------------------------------------- */

static bool wrong(struct parser *k, const char *what)
{
    if (!k->t->proc->over)
        sh_complain(k->t, "sed: %s", what);
    return false;
}

static char *copy(struct parser *k, const char *text, size_t length)
{
    char *out = sh_call_alloc(k->t, length + 1);

    if (out != NULL && length > 0)
        memcpy(out, text, length);
    return out;
}

/* The text up to the delimiter, which is skipped; "\" before the delimiter is taken away. */
static char *until(struct parser *k, char delimiter, bool is_regex)
{
    char *text = sh_call_alloc(k->t, strlen(k->at) + 1);
    size_t used = 0;
    bool bracket = false;

    if (text == NULL)
        return NULL;
    while (*k->at != '\0' && (*k->at != delimiter || bracket)) {
        char c = *k->at, next = k->at[1];

        if (bracket && c == '\\' && (next == 'n' || next == 't')) {
            text[used++] = next == 'n' ? '\n' : '\t'; /* only sed knows them in a bracket */
            k->at += 2;
            continue;
        }
        if (c == '\\' && next != '\0' && !bracket) {
            if (next != delimiter)
                text[used++] = '\\';
            k->at++;
        } else if (is_regex && c == '[' && !bracket) {
            bracket =
                strchr(k->at + 1 + (next == '^') + (k->at[1 + (next == '^')] == ']'), ']') != NULL;
            for (int i = 0; bracket && i < 1 + (next == '^'); i++)
                text[used++] = *k->at++;
            if (bracket && *k->at != ']')
                continue;
        } else if (bracket && c == '[' && next == ':') {
            const char *end = strstr(k->at + 2, ":]");

            for (; end != NULL && k->at < end + 1; k->at++)
                text[used++] = *k->at;
        } else if (c == ']') {
            bracket = false;
        }
        text[used++] = *k->at++;
    }
    if (*k->at != delimiter) {
        wrong(k, "unterminated command");
        return NULL;
    }
    k->at++;
    return text;
}

/* The empty expression is the one used last: *out NULL. */
static bool regex(struct parser *k, const char *text, int flags, struct sh_regex **out)
{
    const char *error = NULL;
    char what[96];

    *out = NULL;
    if (text[0] == '\0')
        return true;
    *out = sh_regex_new(k->t, text, flags, &error);
    if (*out == NULL && error != NULL) {
        snprintf(what, sizeof(what), "bad regex '%.40s': %.40s", text, error);
        wrong(k, what);
    }
    return *out != NULL;
}

static bool at_digit(const struct parser *k)
{
    return *k->at >= '0' && *k->at <= '9';
}

static int64_t number(struct parser *k)
{
    int64_t n = 0;

    for (; at_digit(k); k->at++)
        n = n < 1000000000 ? n * 10 + (*k->at - '0') : n;
    return n;
}

static void blanks(struct parser *k)
{
    k->at += strspn(k->at, " \t");
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool address_regex(struct parser *k, struct sed_address *a)
{
    int flags = k->flags;
    char delimiter = '/', *text;

    if (*k->at == '\\')
        delimiter = *++k->at;
    if (delimiter == '\0')
        return wrong(k, "no address after '\\'");
    k->at++;
    text = until(k, delimiter, true);
    if (text == NULL)
        return false;
    a->kind = SED_MATCH;
    for (; *k->at == 'I'; k->at++)
        flags |= SH_REGEX_ICASE;
    if (*k->at == 'M')
        return sh_refuse(k->t, "the flag M") == 0;
    return regex(k, text, flags, &a->regex);
}

static bool address(struct parser *k, struct sed_address *a, bool second)
{
    *a = (struct sed_address){0};
    if (*k->at == '$') {
        a->kind = SED_LAST;
        k->at++;
    } else if (at_digit(k)) {
        a->kind = SED_LINE;
        a->line = number(k);
        if (*k->at == '~' && !second) {
            a->kind = SED_STEP;
            k->at++;
            a->step = number(k);
        }
    } else if (second && (*k->at == '+' || *k->at == '~')) {
        a->kind = *k->at++ == '+' ? SED_PLUS : SED_MULTIPLE;
        if (!at_digit(k))
            return wrong(k, "bad address");
        a->step = number(k);
    } else if (*k->at == '/' || *k->at == '\\') {
        return address_regex(k, a);
    } else if (second) {
        return wrong(k, "no address after comma");
    }
    return true;
}

static bool addresses(struct parser *k, struct sed_command *r)
{
    if (!address(k, &r->from, false))
        return false;
    blanks(k);
    if (*k->at == ',' && r->from.kind != SED_ANY) {
        k->at++;
        blanks(k);
        if (!address(k, &r->to, true))
            return false;
    }
    if (r->from.kind == SED_LINE && r->from.line == 0) {
        if (r->to.kind != SED_MATCH)
            return wrong(k, "invalid usage of line address 0");
        r->inside = true; /* 0,/x/: the first line may end it */
    }
    blanks(k);
    while (*k->at == '!') {
        r->negate = true;
        k->at++;
        blanks(k);
    }
    return true;
}

/* ---- commands -------------------------------------------------------------------------------- */

static bool parse_file(struct parser *k, struct sed_command *r)
{
    size_t n;

    blanks(k);
    n = strcspn(k->at, "\n");
    if (n == 0)
        return wrong(k, "missing filename in r or w command");
    r->file = copy(k, k->at, n);
    k->at += n;
    return r->file != NULL;
}

static bool parse_substitute(struct parser *k, struct sed_command *r)
{
    char delimiter = *k->at, *pattern, what[] = "the flag ?";
    int flags = k->flags;

    if (delimiter == '\0' || delimiter == '\n' || delimiter == '\\')
        return wrong(k, "bad format in substitution expression");
    k->at++;
    pattern = until(k, delimiter, true);
    r->text = pattern != NULL ? until(k, delimiter, false) : NULL;
    if (r->text == NULL)
        return false;
    for (;; k->at++) {
        if (*k->at == 'g')
            r->global = true;
        else if (*k->at == 'p')
            r->print = true;
        else if (*k->at == 'i' || *k->at == 'I')
            flags |= SH_REGEX_ICASE;
        else if (at_digit(k)) {
            r->number = number(k);
            k->at--;
        } else
            break;
    }
    if (*k->at == 'w') {
        k->at++;
        if (!parse_file(k, r))
            return false;
    }
    if (*k->at == 'm' || *k->at == 'M' || *k->at == 'e') {
        what[sizeof(what) - 2] = *k->at;
        return sh_refuse(k->t, what) == 0;
    }
    return regex(k, pattern, flags, &r->regex);
}

/* One set of y, without its backslashes. */
static char *parse_set(struct parser *k, char delimiter)
{
    char *text = until(k, delimiter, false);
    size_t used = 0;

    for (const char *p = text; p != NULL && *p != '\0'; p++) {
        if (p[0] == '\\' && p[1] != '\0') {
            p++;
            text[used++] = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
        } else {
            text[used++] = *p;
        }
    }
    if (text != NULL)
        text[used] = '\0';
    return text;
}

static bool parse_map(struct parser *k, struct sed_command *r)
{
    char delimiter = *k->at;

    if (delimiter == '\0' || delimiter == '\n' || delimiter == '\\')
        return wrong(k, "bad y command");
    k->at++;
    r->text = parse_set(k, delimiter);
    r->set = r->text != NULL ? parse_set(k, delimiter) : NULL;
    if (r->set == NULL)
        return false;
    return strlen(r->set) == strlen(r->text) || wrong(k, "strings for 'y' have different lengths");
}

/* a, i and c: the rest of the line, or what follows a backslash and a newline; a line that ends in
 * a backslash goes on in the next. */
static bool parse_text(struct parser *k, struct sed_command *r)
{
    size_t used = 0;
    char *text = sh_call_alloc(k->t, strlen(k->at) + 1);

    if (text == NULL)
        return false;
    blanks(k);
    if (k->at[0] == '\\') {
        size_t n = 1 + strspn(k->at + 1, " \t");

        /* "a\", newline, text; or "a\  text", whose blanks stay. */
        k->at += k->at[n] == '\n' ? n + 1 : 1;
    }
    for (; *k->at != '\0' && *k->at != '\n'; k->at++) {
        if (*k->at != '\\') {
            text[used++] = *k->at;
        } else if (k->at[1] != '\0') {
            k->at++;
            text[used++] = *k->at == 't' ? '\t' : *k->at == 'n' ? '\n' : *k->at;
        }
    }
    if (used == 0 && *k->at == '\0')
        return wrong(k, "expected \\ after 'a', 'c' or 'i'");
    r->text = text;
    return true;
}

static bool parse_label(struct parser *k, struct sed_command *r)
{
    size_t n;

    blanks(k);
    n = strcspn(k->at, r->name == ':' ? "; \t\n" : "; \t\n}");
    if (n == 0 && r->name == ':')
        return wrong(k, "no label");
    r->text = copy(k, k->at, n);
    k->at += n;
    return r->text != NULL;
}

static bool open_block(struct parser *k, uint32_t index)
{
    if (k->blocks == BLOCKS_MAX)
        return wrong(k, "blocks are nested too deep");
    k->block[k->blocks++] = index;
    return true;
}

static bool close_block(struct parser *k, const struct sed_command *r)
{
    if (k->blocks == 0 || r->from.kind != SED_ANY)
        return wrong(k, "unexpected '}'");
    k->p->command[k->block[--k->blocks]].jump = k->p->count;
    return true;
}

/* What follows the command's letter. */
static bool parse_rest(struct parser *k, struct sed_command *r)
{
    char what[] = "the command ?";

    switch (r->name) {
    case 's':
        return parse_substitute(k, r);
    case 'y':
        return parse_map(k, r);
    case 'a':
    case 'i':
    case 'c':
        return parse_text(k, r);
    case 'r':
    case 'w':
        return parse_file(k, r);
    case 'b':
    case 't':
    case 'T':
    case ':':
        return parse_label(k, r);
    case 'q':
    case 'Q':
    case 'l':
        blanks(k);
        r->number = at_digit(k) ? number(k) : r->name == 'l' ? 70 : 0;
        return true;
    case '{':
        return open_block(k, k->p->count - 1);
    case '}':
        return close_block(k, r);
    case '\0':
        return wrong(k, "missing command");
    default:
        if (strchr("=dDgGhHnNpPxz", r->name) != NULL)
            return true;
        if (strchr("eFRWv", r->name) != NULL) {
            what[sizeof(what) - 2] = r->name;
            return sh_refuse(k->t, what) == 0;
        }
        snprintf(what, sizeof(what), "%c", r->name);
        sh_complain(k->t, "sed: unsupported command %s", what);
        return false;
    }
}

static struct sed_command *add(struct parser *k)
{
    struct sed_program *p = k->p;

    if (p->count == p->room) {
        uint32_t room = p->room > 0 ? p->room * 2 : 8;
        struct sed_command *more =
            sh_call_grow(k->t, p->command, p->count * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return NULL;
        p->command = more;
        p->room = room;
    }
    p->command[p->count] = (struct sed_command){0};
    return &p->command[p->count++];
}

static bool parse_command(struct parser *k)
{
    struct sed_command *r = add(k);

    if (r == NULL || !addresses(k, r))
        return false;
    r->name = *k->at;
    k->at += r->name != '\0';
    if (!parse_rest(k, r))
        return false;
    blanks(k);
    if (r->name == '{' || *k->at == '\0' || strchr(";\n}#", *k->at) != NULL)
        return true;
    return wrong(k, "unknown option or extra characters after command");
}

/* Labels become places. */
static bool resolve(struct parser *k)
{
    struct sed_program *p = k->p;

    if (k->blocks > 0)
        return wrong(k, "unmatched '{'");
    for (uint32_t i = 0; i < p->count; i++) {
        struct sed_command *r = &p->command[i];
        uint32_t to = 0;

        if (strchr("btT", r->name) == NULL)
            continue;
        r->jump = p->count; /* without a label: to the end */
        if (r->text[0] == '\0')
            continue;
        while (to < p->count &&
               !(p->command[to].name == ':' && strcmp(p->command[to].text, r->text) == 0))
            to++;
        if (to == p->count) {
            sh_complain(k->t, "sed: can't find label for jump to '%s'", r->text);
            return false;
        }
        r->jump = to;
    }
    return true;
}
