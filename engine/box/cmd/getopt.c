/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getopt.c - getopt(1) of util-linux and busybox: puts the options of a script in order.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static const char own_options[] =
    "^ao:l:n:qQs:TuV alternative=a options=o longoptions=l longoption=l long=l name=n quiet=q "
    "quiet-output=Q shell=s test=T unquoted=u version=V";

enum { BAD_OPTION = 1, BAD_USAGE = 2, ENHANCED = 4 };

struct getopt {
    struct sh_task *t;
    struct sh_opts o;
    const char *name, *letters;
    char *const *word; /* what is put in order */
    uint32_t count, at;
    char order; /* '+': up to the first operand; '-': operands in their place; 0: they come last */
    bool plain, failed; /* plain: without quotes */
    struct sh_buf out, operands;
    struct sh_buf names; /* of -l: each with its NUL */
};

static bool has(const struct getopt *g, char letter)
{
    return sh_opt(&g->o, letter);
}

/* ---- what is printed --------------------------------------------------------------------------
 */

/* A word, so that a shell reads it as it is. */
static bool add_quoted(struct getopt *g, struct sh_buf *b, const char *word)
{
    if (g->plain)
        return sh_buf_add(g->t, b, " ", 1) && sh_buf_add(g->t, b, word, strlen(word));
    if (!sh_buf_add(g->t, b, " '", 2))
        return false;
    for (; *word != '\0'; word++) {
        bool quote = *word == '\'';

        if (!sh_buf_add(g->t, b, quote ? "'\\''" : word, quote ? 4 : 1))
            return false;
    }
    return sh_buf_add(g->t, b, "'", 1);
}

static void complain(struct getopt *g, const char *what, const char *word, const char *more)
{
    g->failed = true;
    if (!has(g, 'q'))
        sh_complain(g->t, "%s: %s'%s'%s", g->name, what, word, more);
}

/* ---- options ----------------------------------------------------------------------------------
 */

struct long_option {
    const char *name;
    size_t length;
    int argument; /* 0: none, 1: one, 2: perhaps one */
};

/* The one that a word means, which may be cut short. count: how many it could be. */
static struct long_option find_long(const struct getopt *g, const char *word, size_t length,
                                    uint32_t *count)
{
    struct long_option found = {0};

    *count = 0;
    for (uint32_t at = 0; at < g->names.length; at += (uint32_t)strlen(g->names.text + at) + 1) {
        const char *name = g->names.text + at;
        size_t n = strcspn(name, ":");
        struct long_option o = {name, n, name[n] == '\0' ? 0 : name[n + 1] == ':' ? 2 : 1};

        if (n < length || strncmp(name, word, length) != 0)
            continue;
        if (n == length) {
            *count = 1;
            return o;
        }
        if (++*count == 1)
            found = o;
        else if (o.argument == found.argument && sh_has_busybox(g->t))
            *count = 1; /* its table tells them apart by that alone: it takes the first */
    }
    return found;
}

static bool ambiguous(struct getopt *g, const char *word, size_t length, const char *dashes)
{
    struct sh_buf list = {0};

    for (uint32_t at = 0; at < g->names.length; at += (uint32_t)strlen(g->names.text + at) + 1) {
        const char *name = g->names.text + at;

        if (strncmp(name, word, length) == 0 &&
            !(sh_buf_add(g->t, &list, " '", 2) && sh_buf_add(g->t, &list, dashes, strlen(dashes)) &&
              sh_buf_add(g->t, &list, name, strcspn(name, ":")) && sh_buf_add(g->t, &list, "'", 1)))
            return false;
    }
    g->failed = true;
    if (!has(g, 'q'))
        sh_complain(g->t, "%s: option '%s%s' is ambiguous; possibilities:%s", g->name, dashes, word,
                    list.text);
    return true;
}

/* A word behind its dashes. False: the proc is over. */
static bool take_long(struct getopt *g, const char *word, const char *dashes)
{
    size_t length = strcspn(word, "=");
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    uint32_t count;
    struct long_option o = find_long(g, word, length, &count);
    char shown[128];

    snprintf(shown, sizeof(shown), "%s%.*s", dashes,
             (int)RX_MIN(count == 1 ? o.length : length, (size_t)100), count == 1 ? o.name : word);
    if (count > 1)
        return ambiguous(g, word, length, dashes);
    if (count == 0) {
        complain(g, "unrecognized option ", shown, "");
        return true;
    }
    if (value != NULL && o.argument == 0) {
        complain(g, "option ", shown, " doesn't allow an argument");
        return true;
    }
    if (value == NULL && o.argument == 1) {
        if (g->at >= g->count) {
            complain(g, "option ", shown, " requires an argument");
            return true;
        }
        value = g->word[g->at++];
    }
    return sh_buf_add(g->t, &g->out, " --", 3) && sh_buf_add(g->t, &g->out, o.name, o.length) &&
           (o.argument == 0 || add_quoted(g, &g->out, value != NULL ? value : ""));
}

/* The letters of a word behind its dash. */
static bool take_letters(struct getopt *g, const char *s)
{
    for (; *s != '\0'; s++) {
        const char *known = *s != ':' ? strchr(g->letters, *s) : NULL;
        char option[5] = {' ', '-', *s, '\0'}, letter[2] = {*s, '\0'};
        const char *value;

        if (known == NULL) {
            complain(g, "invalid option -- ", letter, "");
            continue;
        }
        value = s[1] != '\0' ? s + 1 : NULL;
        if (known[1] == ':' && known[2] != ':' && value == NULL) {
            if (g->at >= g->count) {
                complain(g, "option requires an argument -- ", letter, "");
                return true;
            }
            value = g->word[g->at++];
        }
        if (!sh_buf_add(g->t, &g->out, option, 3))
            return false;
        if (known[1] == ':')
            return add_quoted(g, &g->out, value != NULL ? value : "");
    }
    return true;
}

static bool take_word(struct getopt *g, const char *word)
{
    uint32_t count;

    if (word[1] == '-')
        return take_long(g, word + 2, "--");
    if (has(g, 'a') && (word[2] != '\0' || strchr(g->letters, word[1]) == NULL)) {
        find_long(g, word + 1, strcspn(word + 1, "="), &count);
        if (count > 0 || strchr(g->letters, word[1]) == NULL)
            return take_long(g, word + 1, "-");
    }
    return take_letters(g, word + 1);
}

static bool take_all(struct getopt *g)
{
    while (g->at < g->count && sh_charge(g->t, 1)) {
        const char *word = g->word[g->at];

        if (word[0] == '-' && word[1] != '\0') {
            g->at++;
            if (strcmp(word, "--") == 0)
                break;
            if (!take_word(g, word))
                return false;
            continue;
        }
        if (g->order == '+')
            break;
        g->at++;
        if (!add_quoted(g, g->order == '-' ? &g->out : &g->operands, word))
            return false;
    }
    for (; g->at < g->count; g->at++)
        if (!add_quoted(g, &g->operands, g->word[g->at]))
            return false;
    return !g->t->proc->over;
}

/* ---- the command line -------------------------------------------------------------------------
 */

static bool add_names(struct getopt *g, const char *list)
{
    for (; *list != '\0'; list += strspn(list, ", \t\n")) {
        size_t n = strcspn(list, ", \t\n");

        if (n > 0 && !(sh_buf_add(g->t, &g->names, list, n) && sh_buf_add(g->t, &g->names, "", 1)))
            return false;
        list += n;
    }
    return true;
}

static int usage(struct getopt *g)
{
    sh_complain(g->t, sh_has_busybox(g->t) ? "getopt: missing optstring argument"
                                           : "getopt: missing optstring argument\n"
                                             "Try 'getopt --help' for more information.");
    return sh_has_busybox(g->t) ? 1 : BAD_USAGE;
}

/* 0, or the status with which it ends. */
static int getopt_begin(struct getopt *g, struct sh_call *c)
{
    struct sh_opt_at at = {0};
    const char *shell;
    uint32_t first;

    g->name = "getopt";
    if (c->argc < 2)
        return usage(g);
    if (c->argv[1][0] != '-') { /* as it was before it had options */
        g->plain = true;
        g->letters = c->argv[1];
        first = 2;
    } else {
        if (!sh_options(g->t, c, own_options, &g->o))
            return BAD_USAGE;
        if (has(g, 'T'))
            return ENHANCED;
        if (has(g, 'V'))
            return sh_refuse(g->t, "-V");
        while (sh_opt_next(c, own_options, &g->o, &at))
            if (at.letter == 'l' && !add_names(g, at.arg))
                return SH_BLOCKED;
        first = g->o.first;
        g->plain = has(g, 'u');
        g->letters = has(g, 'o')       ? g->o.arg[sh_opt_bit('o')]
                     : first < c->argc ? c->argv[first++]
                                       : NULL;
        if (has(g, 'n'))
            g->name = g->o.arg[sh_opt_bit('n')];
        shell = has(g, 's') ? g->o.arg[sh_opt_bit('s')] : "sh";
        if (strcmp(shell, "sh") != 0 && strcmp(shell, "bash") != 0)
            return sh_refuse(g->t, "-s but for sh and bash") + 1;
    }
    if (g->letters == NULL)
        return usage(g);
    if (*g->letters == '+' || *g->letters == '-')
        g->order = *g->letters++;
    else if (sh_get(g->t, "POSIXLY_CORRECT") != NULL)
        g->order = '+';
    g->word = c->argv + first;
    g->count = c->argc - first;
    return 0;
}

int sh_cmd_getopt(struct sh_task *t, struct sh_call *c)
{
    struct getopt *g = sh_call_alloc(t, sizeof(*g));
    int r;

    if (g == NULL)
        return SH_BLOCKED;
    g->t = t;
    r = getopt_begin(g, c);
    if (r != 0)
        return t->proc->over ? SH_BLOCKED : r;
    if (!take_all(g))
        return SH_BLOCKED;
    if (!has(g, 'Q')) {
        sh_put(t, g->out.text != NULL ? g->out.text : "", g->out.length);
        sh_puts(t, " --");
        sh_put(t, g->operands.text != NULL ? g->operands.text : "", g->operands.length);
        sh_puts(t, "\n");
    }
    return g->failed ? BAD_OPTION : 0;
}
