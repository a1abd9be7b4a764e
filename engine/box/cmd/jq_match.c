/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jq_match.c - regular expressions of jq. Its own are Oniguruma's; what scripts use of them
 * is rewritten for regex.c: \d, (?:..), (?<name>..), classes inside brackets. The rest is
 * refused by name.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

struct pattern {
    struct sh_buf text; /* as regex.c has it */
    uint32_t groups, captures;
    uint32_t group[SH_REGEX_GROUPS]; /* of each capture */
    struct jq_val name[SH_REGEX_GROUPS];
    const char *refused;
};

static void add(struct jq *k, struct pattern *p, const char *s)
{
    sh_buf_add(k->t, &p->text, s, strlen(s));
}

/* Behind a backslash, in brackets or not. */
static void translate_escape(struct jq *k, struct pattern *p, char c, bool bracket)
{
    static const struct {
        char c;
        const char *plain, *inside;
    } known[] = {{'d', "[0-9]", "0-9"},
                 {'D', "[^0-9]", NULL},
                 {'h', "[0-9A-Fa-f]", "0-9A-Fa-f"},
                 {'w', "\\w", "0-9A-Za-z_"},
                 {'s', "\\s", " \t\n\r\f\v"},
                 {'t', "\t", "\t"},
                 {'r', "\r", "\r"},
                 {'n', "\\n", "\n"},
                 {'A', "^", NULL},
                 {'z', "$", NULL},
                 {'Z', "$", NULL}};
    char pair[3] = {'\\', c, '\0'};

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
        const char *to = bracket ? known[i].inside : known[i].plain;

        if (known[i].c != c)
            continue;
        if (to == NULL)
            p->refused = "this escape in brackets";
        else
            add(k, p, to);
        return;
    }
    if (strchr("pPkgKGXRQE<>", c) != NULL)
        p->refused = "this escape of a regular expression";
    add(k, p, bracket ? pair + 1 : pair);
}

/* Of a bracket expression, up to its end: POSIX knows no escapes in it. */
static const char *translate_bracket(struct jq *k, struct pattern *p, const char *s,
                                     const char *end)
{
    uint32_t begin = p->text.length;
    bool close = false, minus = false, first = true;

    sh_buf_add(k->t, &p->text, s++, 1);
    if (s < end && *s == '^')
        sh_buf_add(k->t, &p->text, s++, 1);
    for (; s < end && (*s != ']' || first); s++, first = false) {
        if (s[0] == '[' && s + 1 < end && s[1] == ':') {
            const char *stop = memmem(s, (size_t)(end - s), ":]", 2);

            if (stop == NULL)
                break;
            sh_buf_add(k->t, &p->text, s, (size_t)(stop + 2 - s));
            s = stop + 1;
        } else if (s[0] == '\\' && s + 1 < end) {
            s++;
            close |= *s == ']';
            minus |= *s == '-';
            if (*s != ']' && *s != '-')
                translate_escape(k, p, *s, true);
        } else {
            close |= *s == ']';
            if (*s == '[')
                add(k, p, "[");
            else if (*s != ']')
                sh_buf_add(k->t, &p->text, s, 1);
        }
    }
    if (close && p->text.text != NULL) { /* it can only stand first */
        uint32_t at = begin + 1 + (p->text.text[begin + 1] == '^' && p->text.length > begin + 1);

        add(k, p, "]");
        memmove(p->text.text + at + 1, p->text.text + at, p->text.length - 1 - at);
        p->text.text[at] = ']';
    }
    if (s < end)                       /* else it is an error, which regex.c tells */
        add(k, p, minus ? "-]" : "]"); /* and this one last */
    return s < end ? s + 1 : s;
}

/* At an opening parenthesis: it is copied as one that captures; returns what is behind it. */
static const char *translate_group(struct jq *k, struct pattern *p, const char *s, const char *end)
{
    bool named = end - s > 3 && s[1] == '?' && s[2] == '<' && s[3] != '=' && s[3] != '!';
    struct jq_val name = jq_null();

    add(k, p, "(");
    p->groups++;
    if (end - s > 2 && s[1] == '?' && s[2] == ':')
        return s + 3;
    if (end - s > 1 && s[1] == '?' && !named) {
        p->refused = "this kind of group in a regular expression";
        return end;
    }
    s++;
    if (named) {
        const char *from = s + 2;

        for (s = from; s < end && *s != '>';)
            s++;
        name = jq_text(k, from, (size_t)(s - from));
        s += s < end;
    }
    if (p->groups >= SH_REGEX_GROUPS) {
        p->refused = "a regular expression of more than 9 groups";
        return end;
    }
    p->group[p->captures] = p->groups;
    p->name[p->captures++] = name;
    return s;
}

static void translate(struct jq *k, struct pattern *p, struct jq_val re, bool extended)
{
    const char *s = re.text, *end = s + re.length;

    add(k, p, "");
    while (s < end && p->refused == NULL && !k->t->proc->over) {
        if (*s == '\\' && s + 1 < end) {
            translate_escape(k, p, s[1], false);
            s += 2;
        } else if (*s == '[') {
            s = translate_bracket(k, p, s, end);
        } else if (*s == '(') {
            s = translate_group(k, p, s, end);
        } else if (extended && strchr(" \t\n\r", *s) != NULL && *s != '\0') {
            s++;
        } else {
            if (strchr("*+?}", *s) != NULL && s + 1 < end && (s[1] == '?' || s[1] == '+'))
                p->refused = "a lazy or possessive quantifier";
            if (*s == '\0')
                p->refused = "a NUL in a regular expression";
            sh_buf_add(k->t, &p->text, s++, 1);
        }
    }
}

struct flags {
    bool global, icase, extended, not_empty;
};

static bool take_flags(struct jq *k, struct jq_val v, struct flags *f)
{
    *f = (struct flags){0};
    if (v.kind == JQ_NULL)
        return true;
    if (v.kind != JQ_STRING)
        return jq_fail_kind(k, v, "is not a string");
    for (uint32_t i = 0; i < v.length; i++) {
        char c = v.text[i];

        f->global |= c == 'g';
        f->icase |= c == 'i';
        f->extended |= c == 'x';
        f->not_empty |= c == 'n';
        if (strchr("gixnsl", c) == NULL || c == '\0')
            return jq_fail(k, "%.*s is not a valid modifier string", (int)RX_MIN(v.length, 40u),
                           v.text);
    }
    return true;
}

/* offset, length and string of a group; offset -1 if it took no part. */
static void put_span(struct jq *k, struct jq_map *m, struct jq_val text, const int32_t *at)
{
    bool any = at[0] >= 0;
    struct jq_val before = text, part = text;

    if (any) {
        before.length = (uint32_t)at[0];
        part.text += at[0];
        part.length = (uint32_t)(at[1] - at[0]);
    }
    jq_put(k, m, jq_words("offset"), jq_number(any ? (double)jq_points(before) : -1));
    if (!any)
        jq_put(k, m, jq_words("string"), jq_null());
    jq_put(k, m, jq_words("length"), jq_number(any ? jq_points(part) : 0));
    if (any)
        jq_put(k, m, jq_words("string"), part);
    sh_charge(k->t, text.length / 64);
}

static struct jq_val match_object(struct jq *k, const struct pattern *p, struct jq_val text,
                                  const int32_t *group)
{
    struct jq_map m = {0};
    struct jq_list captures = {0};

    put_span(k, &m, text, group);
    for (uint32_t i = 0; i < p->captures; i++) {
        struct jq_map c = {0};

        put_span(k, &c, text, group + 2 * p->group[i]);
        jq_put(k, &c, jq_words("name"), p->name[i]);
        jq_push(k, &captures, jq_object(k, &c));
    }
    jq_put(k, &m, jq_words("captures"), jq_array(k, &captures));
    return jq_object(k, &m);
}

bool jq_fn__match(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct pattern p = {0};
    struct flags flags;
    int32_t group[2 * SH_REGEX_GROUPS];
    struct jq_list l = {0};
    const char *error = NULL;
    struct sh_regex *regex;
    size_t from = 0;

    if (v[0].kind != JQ_STRING)
        return jq_fail_kind(k, v[0], "cannot be matched, as it is not a string");
    if (v[1].kind != JQ_STRING)
        return jq_fail_kind(k, v[1], "cannot be matched, as it is not a string");
    if (!take_flags(k, v[2], &flags))
        return false;
    translate(k, &p, v[1], flags.extended);
    if (p.refused != NULL) {
        sh_diagnose(k->t, SHELL_DIAG_OPTION, k->t->call.pos, "jq", p.refused);
        return jq_fail(k, "%s is not simulated", p.refused);
    }
    regex = sh_regex_new(k->t, p.text.text, SH_REGEX_EXTENDED | (flags.icase ? SH_REGEX_ICASE : 0),
                         &error);
    if (regex == NULL)
        return error != NULL && jq_fail(k, "Regex failure: %s", error);
    while (from <= v[0].length && !k->t->proc->over &&
           sh_regex_find(k->t, regex, v[0].text, v[0].length, from, group)) {
        from = (size_t)group[1] + (group[1] == group[0]);
        if (flags.not_empty && group[1] == group[0])
            continue;
        if (!jq_push(k, &l, match_object(k, &p, v[0], group)) || !flags.global)
            break;
    }
    *out = jq_true(v[3]) ? jq_bool(l.count > 0) : jq_array(k, &l);
    return !k->t->proc->over;
}
