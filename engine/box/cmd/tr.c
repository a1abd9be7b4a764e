/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tr.c - tr: bytes into others, or away. GNU's minds what busybox lets pass: a set that is missing
 * or too many, a range that runs backwards, a class that it does not know; and it alone has [x*]
 * and -t.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

enum { SET_MAX = 512 };

struct set {
    uint8_t byte[SET_MAX];
    uint32_t count;
    uint32_t
        fill; /* [x*]: which of the bytes is repeated until the sets are equal; UINT32_MAX: none */
};

struct tr {
    struct sh_input in;
    struct sh_opts o;
    uint8_t to[256];
    bool listed[256], squeeze[256], busybox;
    int last;
};

static bool has_complement(const struct tr *s)
{
    return sh_opt(&s->o, 'c') || sh_opt(&s->o, 'C');
}

/* ---- sets -------------------------------------------------------------------------------------
 */

static void add(struct set *set, unsigned low, unsigned high)
{
    for (unsigned b = low; b <= high && set->count < SET_MAX; b++)
        set->byte[set->count++] = (uint8_t)b;
}

/* [:name:] or [=x=]. -1: that is none; 0: one that is not known, said; 1: taken. */
static int add_class(struct sh_task *t, struct set *set, const char **at)
{
    static const struct {
        const char *name, *ranges;
    } classes[] = {{"upper", "AZ"},      {"lower", "az"},       {"digit", "09"},
                   {"alpha", "AZaz"},    {"alnum", "09AZaz"},   {"space", "\t\r  "},
                   {"blank", "\t\t  "},  {"punct", "!/:@[`{~"}, {"cntrl", "\1\37\177\177"},
                   {"xdigit", "09AFaf"}, {"print", " ~"},       {"graph", "!~"}};
    const char *s = *at, *end = s[0] == '[' && s[1] == ':' ? strstr(s + 2, ":]") : NULL;

    if (s[0] == '[' && s[1] == '=' && s[2] != '\0' && s[3] == '=' && s[4] == ']') {
        add(set, (uint8_t)s[2], (uint8_t)s[2]);
        *at = s + 5;
        return 1;
    }
    if (end == NULL)
        return -1;
    for (size_t i = 0; i < RX_ARRAY_LEN(classes); i++) {
        size_t n = strlen(classes[i].name);

        if ((size_t)(end - s - 2) != n || strncmp(s + 2, classes[i].name, n) != 0)
            continue;
        if (strcmp(classes[i].name, "cntrl") == 0)
            add(set, 0, 0);
        for (const char *r = classes[i].ranges; *r != '\0'; r += 2)
            add(set, (uint8_t)r[0], (uint8_t)r[1]);
        *at = end + 2;
        return 1;
    }
    if (sh_has_busybox(t))
        return -1;
    sh_complain(t, "tr: invalid character class '%.*s'", (int)(end - s - 2), s + 2);
    return 0;
}

/* GNU's [x*3] and [x*]. False: that is none. */
static bool add_repeat(struct set *set, const char **at)
{
    const char *s = *at;
    char *end;
    long n;

    if (s[0] != '[' || s[1] == '\0' || s[2] != '*')
        return false;
    n = strtol(s + 3, &end, s[3] == '0' ? 8 : 10);
    if (*end != ']' || n < 0)
        return false;
    if (n == 0)
        set->fill = set->count;
    for (long i = 0; i < (n == 0 ? 1 : n); i++)
        add(set, (uint8_t)s[1], (uint8_t)s[1]);
    *at = end + 1;
    return true;
}

/* One byte, behind a backslash or not. */
static uint8_t one_byte(const char **at)
{
    char escaped[4];
    const char *s = *at;

    if (*s == '\\' && s[1] != '\0') {
        if (strchr("abfnrtv\\01234567", s[1]) != NULL) {
            sh_echo_escape(at, escaped, false);
            return (uint8_t)escaped[0];
        }
        *at = s + 2;
        return (uint8_t)s[1];
    }
    *at = s + 1;
    return (uint8_t)*s;
}

/* False: said. */
static bool read_set(struct sh_task *t, const struct tr *s, const char *text, struct set *set)
{
    set->count = 0;
    set->fill = UINT32_MAX;
    while (*text != '\0' && set->count < 256) {
        int class_ = add_class(t, set, &text);
        const char *from = text;
        uint8_t low, high;

        if (class_ == 0)
            return false;
        if (class_ == 1 || (!s->busybox && add_repeat(set, &text)))
            continue;
        low = high = one_byte(&text);
        if (text[0] == '-' && text[1] != '\0') {
            text++;
            high = one_byte(&text);
        }
        if (high < low && !s->busybox) {
            sh_complain(t, "tr: range-endpoints of '%.*s' are in reverse collating sequence order",
                        (int)(text - from), from);
            return false;
        }
        add(set, low, high);
    }
    return true;
}

/* [x*]: as long as the first set asks for. */
static void fill(struct set *set, uint32_t wanted)
{
    uint32_t more = set->fill != UINT32_MAX && wanted > set->count ? wanted - set->count : 0;

    more = RX_MIN(more, SET_MAX - set->count);
    if (more == 0)
        return;
    memmove(set->byte + set->fill + more, set->byte + set->fill, set->count - set->fill);
    memset(set->byte + set->fill, set->byte[set->fill + more], more);
    set->count += more;
}

static bool prepare(struct sh_task *t, struct tr *s, const char *from, const char *to)
{
    struct set a, b = {.count = 0};
    bool maps = to != NULL && !sh_opt(&s->o, 'd');

    if (!read_set(t, s, from, &a) || (to != NULL && !read_set(t, s, to, &b)))
        return false;
    for (int i = 0; i < 256; i++)
        s->to[i] = (uint8_t)i;
    for (uint32_t i = 0; i < a.count; i++)
        s->listed[a.byte[i]] = true;
    if (has_complement(s)) {
        a.count = 0;
        for (int i = 0; i < 256; i++) {
            s->listed[i] = !s->listed[i];
            if (s->listed[i])
                a.byte[a.count++] = (uint8_t)i;
        }
    }
    if (maps && b.count == 0 && (s->busybox || a.count > 0) && !sh_opt(&s->o, 't')) {
        sh_complain(t, s->busybox ? "tr: STRING2 cannot be empty"
                                  : "tr: when not truncating set1, string2 must be non-empty");
        return false;
    }
    if (maps) {
        fill(&b, a.count);
        if (sh_opt(&s->o, 't'))
            a.count = RX_MIN(a.count, b.count);
        for (uint32_t i = 0; i < a.count; i++)
            s->to[a.byte[i]] =
                b.byte[has_complement(s) && s->busybox ? b.count - 1 : RX_MIN(i, b.count - 1)];
    }
    for (int i = 0; i < 256 && to == NULL; i++)
        s->squeeze[i] = s->listed[i];
    for (uint32_t i = 0; i < b.count; i++)
        s->squeeze[b.byte[i]] = true;
    s->last = -1;
    return true;
}

/* ---- the command line -------------------------------------------------------------------------
 */

/* How many sets there must be. False: said. */
static bool right_count(struct sh_task *t, struct sh_call *c, const struct tr *s)
{
    bool deletes = sh_opt(&s->o, 'd'), squeezes = sh_opt(&s->o, 's');
    uint32_t count = c->argc - s->o.first, least = deletes == squeezes ? 2 : 1;
    uint32_t most = deletes && !squeezes ? 1 : 2;

    if (s->busybox && count > 0)
        return true;
    if (s->busybox) {
        sh_complain(t, "tr: usage: tr [-cds] STRING1 [STRING2]");
        return false;
    }
    if (count >= least && count <= most)
        return true;
    if (count == 0)
        sh_complain(t, "tr: missing operand");
    else
        sh_complain(t, "tr: %s '%s'", count < least ? "missing operand after" : "extra operand",
                    c->argv[count < least ? c->argc - 1 : s->o.first + most]);
    if (count == 1)
        sh_complain(t, deletes
                           ? "Two strings must be given when both deleting and squeezing repeats."
                           : "Two strings must be given when translating.");
    if (count == 2 && most == 1)
        sh_complain(t, "Only one string may be given when deleting without squeezing repeats.");
    sh_complain(t, "Try 'tr --help' for more information.");
    return false;
}

static bool tr_begin(struct sh_task *t, struct sh_call *c, struct tr *s)
{
    s->busybox = sh_has_busybox(t);
    if (!sh_options(t, c,
                    s->busybox ? "^dscC"
                               : "^dscCt delete=d squeeze-repeats=s complement=c truncate-set1=t",
                    &s->o) ||
        !right_count(t, c, s))
        return false;
    return prepare(t, s, c->argv[s->o.first],
                   s->o.first + 1 < c->argc ? c->argv[s->o.first + 1] : NULL);
}

int sh_cmd_tr(struct sh_task *t, struct sh_call *c)
{
    struct tr *s = c->state;
    const char *data;
    uint32_t length;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!tr_begin(t, c, s))
            return 1;
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1) {
        char out[64];
        size_t used = 0;

        for (uint32_t i = 0; i < length; i++) {
            unsigned char b = (unsigned char)data[i];

            if (sh_opt(&s->o, 'd') && s->listed[b])
                continue;
            b = s->to[b];
            if (sh_opt(&s->o, 's') && s->squeeze[b] && s->last == b)
                continue;
            s->last = b;
            out[used++] = (char)b;
            if (used == sizeof(out)) {
                sh_put(t, out, used);
                used = 0;
            }
        }
        sh_put(t, out, used);
        if (t->doomed != 0 || t->proc->over || sh_full(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : 0;
}
