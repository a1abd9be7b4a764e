/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.c - POSIX regular expressions, basic and extended, for grep, sed, awk, expr and [[ =~ ]].
 *
 * Compiled to a small code with relative jumps, so that what a quantifier repeats can be
 * copied. Bytes, not characters. How it is matched is in regex_match.c.
 */
#include <string.h>

#include "engine/box/run/regex.h"
#include "engine/reactor/base.h"

enum { NODES_MAX = 2000, SETS_MAX = 64, REPEAT_MAX = 255, DEPTH_MAX = 24 };

struct compiler {
    struct sh_task *t;
    struct sh_regex *r;
    const char *at;
    const char *error;
    uint32_t depth;
    bool extended, alternates;
};

static void alternatives(struct compiler *k);

/* ---- emitting -------------------------------------------------------------------------------- */

static void fail(struct compiler *k, const char *what)
{
    if (k->error == NULL)
        k->error = what;
}

/* Makes room for n nodes at a place; what lies behind moves. */
static struct sh_regex_node *insert(struct compiler *k, uint32_t at, uint32_t n)
{
    struct sh_regex *r = k->r;

    if (k->error != NULL)
        return NULL;
    if (r->count + n > NODES_MAX) {
        fail(k, "regular expression is too long");
        return NULL;
    }
    if (r->count + n > r->room) {
        uint32_t room = RX_MAX(r->room * 2, r->count + n + 16);
        struct sh_regex_node *bigger =
            sh_call_grow(k->t, r->node, r->count * sizeof(*bigger), room * sizeof(*bigger));

        if (bigger == NULL) {
            fail(k, "out of memory");
            return NULL;
        }
        r->node = bigger;
        r->room = room;
    }
    memmove(r->node + at + n, r->node + at, (r->count - at) * sizeof(*r->node));
    memset(r->node + at, 0, n * sizeof(*r->node));
    r->count += n;
    return r->node + at;
}

static void emit(struct compiler *k, enum sh_regex_op op, unsigned c)
{
    struct sh_regex_node *n = insert(k, k->r->count, 1);

    if (n != NULL)
        *n = (struct sh_regex_node){.op = (uint8_t)op, .c = (uint8_t)c};
}

static uint8_t *new_set(struct compiler *k)
{
    struct sh_regex *r = k->r;

    if (r->set == NULL)
        r->set = sh_call_alloc(k->t, SETS_MAX * sizeof(*r->set));
    if (r->set == NULL || r->sets == SETS_MAX) {
        fail(k, "too many bracket expressions");
        return NULL;
    }
    emit(k, RE_SET, 0);
    if (k->error != NULL)
        return NULL;
    r->node[r->count - 1].to = (int16_t)r->sets;
    return r->set[r->sets++];
}

static void set_add(uint8_t *set, unsigned c)
{
    set[c >> 3 & 31] |= (uint8_t)(1u << (c & 7));
}

/* ---- parsing --------------------------------------------------------------------------------- */

bool sh_regex_word_char(unsigned c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_class(const char *name, size_t n, unsigned c)
{
    static const char *const names[] = {"alpha", "digit", "alnum",  "upper", "lower", "space",
                                        "blank", "punct", "xdigit", "cntrl", "print", "graph"};
    bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
    bool alnum = upper || lower || digit;
    bool is[] = {upper || lower,
                 digit,
                 alnum,
                 upper,
                 lower,
                 c == ' ' || (c >= 9 && c <= 13),
                 c == ' ' || c == 9,
                 c > 32 && c < 127 && !alnum,
                 digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'),
                 c < 32 || c == 127,
                 c >= 32 && c<127, c> 32 && c < 127};

    for (size_t i = 0; i < RX_ARRAY_LEN(names); i++)
        if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
            return is[i];
    return false;
}

/* Behind '['. */
static void bracket(struct compiler *k)
{
    uint8_t *set = new_set(k);
    bool negate = *k->at == '^', first = true;

    if (set == NULL)
        return;
    k->at += negate;
    for (; *k->at != '\0' && (first || *k->at != ']'); first = false) {
        const char *end = k->at[0] == '[' && k->at[1] == ':' ? strstr(k->at + 2, ":]") : NULL;
        unsigned low, high;

        if (end != NULL) {
            for (unsigned c = 1; c < 256; c++)
                if (is_class(k->at + 2, (size_t)(end - k->at - 2), c))
                    set_add(set, c);
            k->at = end + 2;
            continue;
        }
        low = high = (unsigned char)*k->at++;
        if (k->at[0] == '-' && k->at[1] != ']' && k->at[1] != '\0') {
            high = (unsigned char)k->at[1];
            k->at += 2;
        }
        for (unsigned c = low; c <= high; c++)
            set_add(set, c);
    }
    if (*k->at != ']') {
        fail(k, "unmatched [");
        return;
    }
    k->at++;
    for (unsigned c = 'a'; k->r->icase && c <= 'z'; c++) {
        unsigned up = c - 32;

        if ((set[c >> 3] >> (c & 7) & 1) | (set[up >> 3] >> (up & 7) & 1)) {
            set_add(set, c);
            set_add(set, up);
        }
    }
    for (int i = 0; negate && i < 32; i++)
        set[i] = (uint8_t)~set[i];
}

static bool at_close(const struct compiler *k)
{
    return k->extended ? k->at[0] == ')' && k->depth > 0 : k->at[0] == '\\' && k->at[1] == ')';
}

static bool at_bar(const struct compiler *k)
{
    return k->extended ? k->at[0] == '|' : k->at[0] == '\\' && k->at[1] == '|';
}

static void group(struct compiler *k)
{
    uint32_t number = ++k->r->groups;

    if (++k->depth > DEPTH_MAX) {
        fail(k, "regular expression is nested too deep");
        return;
    }
    if (number < SH_REGEX_GROUPS)
        emit(k, RE_SAVE, 2 * number);
    alternatives(k);
    if (!at_close(k)) {
        fail(k, "unmatched (");
        return;
    }
    k->at += k->extended ? 1 : 2;
    if (number < SH_REGEX_GROUPS)
        emit(k, RE_SAVE, 2 * number + 1);
    k->depth--;
}

static void class_escape(struct compiler *k, char c)
{
    uint8_t *set = new_set(k);

    for (unsigned b = 1; set != NULL && b < 256; b++) {
        bool in = (c | 32) == 'w' ? sh_regex_word_char(b) : b == ' ' || (b >= 9 && b <= 13);

        if (in == (c == 'w' || c == 's'))
            set_add(set, b);
    }
}

static void escape(struct compiler *k)
{
    char c = k->at[1];

    if (c == '\0') {
        fail(k, "trailing backslash");
        return;
    }
    k->at += 2;
    if (!k->extended && c == '(')
        group(k);
    else if (c >= '1' && c <= '9' && (uint32_t)(c - '0') <= k->r->groups)
        emit(k, RE_BACKREF, (unsigned)(c - '0'));
    else if (c == 'w' || c == 'W' || c == 's' || c == 'S')
        class_escape(k, c);
    else if (c == 'b')
        emit(k, RE_EDGE, RE_EDGE_BOTH);
    else if (c == 'B')
        emit(k, RE_EDGE, RE_EDGE_NONE);
    else if (c == '<')
        emit(k, RE_EDGE, RE_EDGE_START);
    else if (c == '>')
        emit(k, RE_EDGE, RE_EDGE_END);
    else
        emit(k, RE_CHAR, c == 'n' ? '\n' : c == 't' ? '\t' : (unsigned char)c);
}

/* One atom; false: there is none here. */
static bool atom(struct compiler *k, bool first)
{
    char c = *k->at;
    const char *next = k->at + 1;

    if (c == '\0' || at_close(k) || at_bar(k))
        return false;
    if (c == '\\') {
        escape(k);
        return true;
    }
    k->at++;
    if (c == '.')
        emit(k, RE_ANY, 0);
    else if (c == '[')
        bracket(k);
    else if (c == '^' && (k->extended || first))
        emit(k, RE_BOL, 0);
    else if (c == '$' && (k->extended || *next == '\0' ||
                          (next[0] == '\\' && (next[1] == ')' || next[1] == '|'))))
        emit(k, RE_EOL, 0);
    else if (c == '(' && k->extended)
        group(k);
    else if (k->extended && (c == '*' || c == '+' || c == '?') && first)
        fail(k, "nothing to repeat");
    else
        emit(k, RE_CHAR, (unsigned char)c);
    return true;
}

/* {2}, {2,}, {2,5} behind the opening brace. */
static bool bounds(struct compiler *k, int *low, int *high)
{
    const char *p = k->at;
    int n[2] = {0, -1};

    for (; *p >= '0' && *p <= '9' && n[0] <= REPEAT_MAX; p++)
        n[0] = n[0] * 10 + (*p - '0');
    if (*p == ',') {
        p++;
        if (*p >= '0' && *p <= '9')
            n[1] = 0;
        for (; *p >= '0' && *p <= '9' && n[1] <= REPEAT_MAX; p++)
            n[1] = n[1] * 10 + (*p - '0');
    } else {
        n[1] = n[0];
    }
    if (!k->extended && *p == '\\')
        p++;
    if (*p != '}' || n[0] > REPEAT_MAX || n[1] > REPEAT_MAX || (n[1] >= 0 && n[1] < n[0])) {
        fail(k, "bad repetition");
        return false;
    }
    k->at = p + 1;
    *low = n[0];
    *high = n[1];
    return true;
}

static void copy_nodes(struct compiler *k, uint32_t from, uint32_t n)
{
    struct sh_regex_node *to = insert(k, k->r->count, n);

    if (to != NULL)
        memcpy(to, k->r->node + from, n * sizeof(*to));
}

/* Makes what lies from `at` to the end repeat any number of times. */
static void make_star(struct compiler *k, uint32_t at)
{
    uint32_t n = k->r->count - at;
    struct sh_regex_node *p;

    if (k->error != NULL)
        return;
    if (n == 1 && k->r->node[at].op <= RE_SET) {
        p = insert(k, at, 1);
        if (p != NULL)
            *p = (struct sh_regex_node){.op = RE_STAR};
        return;
    }
    if (k->r->marks == SH_REGEX_MARKS) {
        fail(k, "too many repetitions");
        return;
    }
    p = insert(k, at, 2);
    if (p == NULL)
        return;
    p[0] = (struct sh_regex_node){.op = RE_SPLIT, .to = 1, .other = (int16_t)(n + 4)};
    p[1] = (struct sh_regex_node){.op = RE_MARK, .c = (uint8_t)k->r->marks};
    emit(k, RE_CHECK, k->r->marks++);
    emit(k, RE_JUMP, 0);
    if (k->error == NULL)
        k->r->node[k->r->count - 1].to = (int16_t) - (int32_t)(n + 3);
}

static void repeat(struct compiler *k, uint32_t at, int low, int high)
{
    uint32_t n = k->r->count - at;

    if (low == 0 && high == 0) {
        k->r->count = at;
        return;
    }
    for (int i = 1; i < low; i++)
        copy_nodes(k, at, n);
    if (high < 0) {
        uint32_t last = low > 0 ? k->r->count : at;

        if (low > 0)
            copy_nodes(k, at, n);
        make_star(k, last);
        return;
    }
    for (int i = RX_MAX(low, 1); i < high; i++)
        copy_nodes(k, at, n);
    /* The optional copies, from the last to the first: each may be skipped with all behind it. */
    for (int i = high; i > low && k->error == NULL; i--) {
        uint32_t start = at + (uint32_t)(i - 1) * n;
        uint32_t left = k->r->count - start;
        struct sh_regex_node *p = insert(k, start, 1);

        if (p != NULL)
            *p = (struct sh_regex_node){.op = RE_SPLIT, .to = 1, .other = (int16_t)(left + 1)};
    }
}

static void quantifiers(struct compiler *k, uint32_t at)
{
    while (k->error == NULL) {
        const char *p = k->at;
        bool escaped = !k->extended && *p == '\\';
        int low, high = -1;
        char c = escaped ? p[1] : *p;

        if (c == '*' && !escaped)
            low = 0;
        else if (c == '+' && (k->extended || escaped))
            low = 1;
        else if (c == '?' && (k->extended || escaped))
            low = 0, high = 1;
        else if (c == '{' && (escaped || (k->extended && p[1] >= '0' && p[1] <= '9')))
            low = -1;
        else
            return;
        k->at += escaped ? 2 : 1;
        if (low < 0 && !bounds(k, &low, &high))
            return;
        repeat(k, at, low, high);
    }
}

static void branch(struct compiler *k)
{
    bool first = true;

    for (;;) {
        uint32_t at = k->r->count;

        /* A star at the beginning stands for itself in a basic expression. */
        if (!k->extended && first && *k->at == '*') {
            emit(k, RE_CHAR, '*');
            k->at++;
        } else if (!atom(k, first)) {
            return;
        }
        if (k->error != NULL)
            return;
        first = first && k->r->count > at && k->r->node[at].op == RE_BOL;
        if (!(first && !k->extended))
            quantifiers(k, at);
    }
}

static void alternatives(struct compiler *k)
{
    uint32_t at = k->r->count;
    struct sh_regex_node *p;

    branch(k);
    if (k->error != NULL || !at_bar(k))
        return;
    k->at += k->extended ? 1 : 2;
    k->alternates = true;
    p = insert(k, at, 1);
    if (p == NULL)
        return;
    *p = (struct sh_regex_node){.op = RE_SPLIT, .to = 1, .other = (int16_t)(k->r->count - at + 1)};
    emit(k, RE_JUMP, 0);
    uint32_t jump = k->r->count - 1;
    if (++k->depth > DEPTH_MAX * 8) {
        fail(k, "too many alternatives");
        return;
    }
    alternatives(k);
    k->depth--;
    if (k->error == NULL)
        k->r->node[jump].to = (int16_t)(k->r->count - jump);
}

/* With one choice only the greedy way is the longest, unless it is one between alternatives. */
static void look_through(struct sh_regex *r, bool alternates)
{
    uint32_t choices = 0;

    for (uint32_t i = 0; i < r->count; i++) {
        choices += r->node[i].op == RE_STAR || r->node[i].op == RE_SPLIT;
        r->back |= r->node[i].op == RE_BACKREF;
    }
    r->longer = alternates || choices > 1;
}

struct sh_regex *sh_regex_new(struct sh_task *t, const char *pattern, int flags, const char **error)
{
    struct sh_regex *r = sh_call_alloc(t, sizeof(*r));
    struct compiler k = {.t = t, .r = r, .at = pattern, .extended = flags & SH_REGEX_EXTENDED};

    if (r == NULL || !sh_charge(t, (uint32_t)strlen(pattern) / 8))
        return NULL;
    r->kept = sh_call_alloc(t, sizeof(*r->kept));
    if (r->kept == NULL)
        return NULL;
    r->icase = flags & SH_REGEX_ICASE;
    if (flags & SH_REGEX_LINE)
        emit(&k, RE_BOL, 0);
    if (flags & SH_REGEX_WORD)
        emit(&k, RE_EDGE, RE_EDGE_BOTH);
    if (flags & SH_REGEX_FIXED)
        for (; *k.at != '\0'; k.at++)
            emit(&k, RE_CHAR, (unsigned char)*k.at);
    else
        alternatives(&k);
    if (k.error == NULL && *k.at != '\0')
        fail(&k, "unmatched )");
    if (flags & SH_REGEX_WORD)
        emit(&k, RE_EDGE, RE_EDGE_BOTH);
    if (flags & SH_REGEX_LINE)
        emit(&k, RE_EOL, 0);
    emit(&k, RE_MATCH, 0);
    look_through(r, k.alternates);
    *error = k.error;
    return k.error == NULL ? r : NULL;
}

uint32_t sh_regex_groups(const struct sh_regex *r)
{
    return r->groups;
}
