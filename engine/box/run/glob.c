/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob.c - shell patterns, and the names of files that match one. Bytes, not characters.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"

/* ---- patterns -------------------------------------------------------------------------------- */

enum { CHARGE_EVERY = 1024 };

static bool is_escape(char c)
{
    return c == SH_ESC || c == '\\';
}

static bool in_class(const char *name, size_t length, unsigned char c)
{
    static const char *const names[] = {"alpha", "digit", "alnum", "upper", "lower",
                                        "space", "punct", "blank", "xdigit"};
    bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
    bool is[] = {upper || lower,
                 digit,
                 upper || lower || digit,
                 upper,
                 lower,
                 c == ' ' || (c >= '\t' && c <= '\r'),
                 c > ' ' && c < 127 && !(upper || lower || digit),
                 c == ' ' || c == '\t',
                 digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')};

    for (size_t i = 0; i < RX_ARRAY_LEN(names); i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return is[i];
    return false;
}

/* Behind a '[': the end of the bracket expression, or NULL if it is none. Sets whether c is in it.
 */
static const char *bracket(const char *p, unsigned char c, bool *hit)
{
    bool negate = *p == '!' || *p == '^', first = true, found = false;

    p += negate;
    for (; *p != '\0' && (first || *p != ']'); first = false) {
        unsigned char low, high;

        if (p[0] == '[' && p[1] == ':') {
            const char *end = strstr(p + 2, ":]");

            if (end != NULL) {
                found |= in_class(p + 2, (size_t)(end - p - 2), c);
                p = end + 2;
                continue;
            }
        }
        if (is_escape(*p) && p[1] != '\0')
            p++;
        low = high = (unsigned char)*p++;
        if (p[0] == '-' && p[1] != ']' && p[1] != '\0') {
            p++;
            if (is_escape(*p) && p[1] != '\0')
                p++;
            high = (unsigned char)*p++;
        }
        found |= c >= low && c <= high;
    }
    if (*p != ']')
        return NULL;
    *hit = found != negate;
    return p + 1;
}

static unsigned char folded(unsigned char c, bool nocase)
{
    return nocase && c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

/* Does the element at *p match c? Moves *p behind it. */
static bool match_one(const char **p, unsigned char c, bool nocase)
{
    const char *end;
    bool hit = false;

    switch (**p) {
    case '?':
        (*p)++;
        return true;
    case '[':
        end = bracket(*p + 1, c, &hit);
        if (end != NULL) {
            if (!hit && nocase && folded(c, true) >= 'a' && folded(c, true) <= 'z')
                bracket(*p + 1, c ^ 32, &hit);
            *p = end;
            return hit;
        }
        break;
    case SH_ESC:
    case '\\':
        if ((*p)[1] != '\0')
            (*p)++;
        break;
    default:
        break;
    }
    return folded((unsigned char)*(*p)++, nocase) == folded(c, nocase);
}

bool sh_match(struct sh_task *t, const char *pattern, const char *text, size_t length,
              bool nocase)
{
    const char *p = pattern, *s = text, *end = text + length;
    const char *star = NULL, *resume = NULL; /* behind the last '*', and what it has eaten up to */
    uint32_t work = 0;

    for (;;) {
        const char *before = p;

        if (++work % CHARGE_EVERY == 0 && !sh_charge(t, CHARGE_EVERY / 8))
            return false;
        if (*p == '*') {
            star = ++p;
            resume = s;
            continue;
        }
        if (s == end && *p == '\0')
            return true;
        if (s < end && *p != '\0' && match_one(&p, (unsigned char)*s, nocase)) {
            s++;
            continue;
        }
        p = before;
        if (star == NULL || resume >= end)
            return false;
        p = star;
        s = ++resume;
    }
}

size_t sh_unescape(char *s)
{
    char *to = s;

    for (const char *from = s; *from != '\0'; from++) {
        if (*from == SH_ESC && from[1] != '\0')
            from++;
        *to++ = *from;
    }
    *to = '\0';
    return (size_t)(to - s);
}

bool sh_glob_needed(const char *field)
{
    for (; *field != '\0'; field++) {
        if (*field == SH_ESC && field[1] != '\0')
            field++;
        else if (*field == '*' || *field == '?' || (*field == '[' && strchr(field, ']') != NULL) ||
                 (strchr("+@!", *field) != NULL && field[1] == '('))
            return true;
    }
    return false;
}

/* ---- names of files -------------------------------------------------------------------------- */

struct walk {
    struct sh_task *t;
    struct sh_acc *a;
    char path[FS_PATH_MAX]; /* what is matched so far, as written: relative stays relative */
    uint32_t found;
    uint32_t patterns; /* components matched so far that are none by their letters */
};

static bool emit(struct walk *w, size_t length)
{
    if (!sh_bytes(w->t, w->path, length) || !sh_bytes(w->t, "", 1))
        return false;
    w->a->field = w->t->length;
    w->a->count++;
    w->found++;
    return true;
}

static int stat_here(struct walk *w, struct fs_stat *st)
{
    char full[FS_PATH_MAX];
    int error = fs_path(full, w->t->cwd->text, w->path[0] != '\0' ? w->path : ".");

    return error != 0 ? error : fs_stat(w->t->proc->setup.fs, full, st);
}

static bool descend(struct walk *w, size_t used, const char *rest);

/* One component of the pattern, against the names in the directory matched so far. */
static bool component(struct walk *w, size_t used, const char *part, const char *rest)
{
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    struct fs *fs = w->t->proc->setup.fs;

    if (fs_path(full, w->t->cwd->text, used > 0 ? w->path : ".") != 0)
        return true;
    while (fs_list(fs, full, after, name) == 1) {
        size_t n = strlen(name);

        strcpy(after, name);
        if (!sh_charge(w->t, 1))
            return false;
        if (name[0] == '.' && part[0] != '.' && !w->t->dotglob)
            continue;
        if (!(w->t->extglob ? sh_match_extended(w->t, part, name, n, w->t->nocaseglob)
                            : sh_match(w->t, part, name, n, w->t->nocaseglob)) ||
            used + n + 2 > sizeof(w->path))
            continue;
        memcpy(w->path + used, name, n + 1);
        w->patterns++;
        if (!descend(w, used + n, rest))
            return false;
        w->patterns--;
        w->path[used] = '\0';
    }
    return true;
}

/* Two stars alone, with globstar: all that is below, at any depth; links are not followed,
 * though one to a directory is one. `rest` is what the pattern has behind them. */
static bool deep(struct walk *w, size_t used, const char *rest)
{
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    struct fs *fs = w->t->proc->setup.fs;

    if (fs_path(full, w->t->cwd->text, used > 0 ? w->path : ".") != 0)
        return true;
    while (fs_list(fs, full, after, name) == 1) {
        size_t n = strlen(name);
        struct fs_stat st;
        char at[FS_PATH_MAX];

        strcpy(after, name);
        if (!sh_charge(w->t, 1))
            return false;
        if ((name[0] == '.' && !w->t->dotglob) || used + n + 2 > sizeof(w->path))
            continue;
        memcpy(w->path + used, name, n + 1);
        if (fs_path(at, w->t->cwd->text, w->path) != 0 || fs_lstat(fs, at, &st) != 0)
            continue;
        if ((*rest == '\0' && !emit(w, used + n)) ||
            (*rest != '\0' && (st.kind == FS_DIR || rest[strspn(rest, "/")] == '\0') &&
             !descend(w, used + n, rest)))
            return false;
        if (st.kind == FS_DIR) {
            memcpy(w->path + used, name, n);
            memcpy(w->path + used + n, "/", 2);
            if (!deep(w, used + n + 1, rest))
                return false;
        }
        w->path[used] = '\0';
    }
    return true;
}

/* The directory itself, where nothing follows: with a slash if it is written out. */
static bool top(struct walk *w, size_t used, bool slash)
{
    size_t n = used - (!slash && used > 1);
    struct fs_stat st;
    bool ok;

    w->path[n] = '\0';
    ok = stat_here(w, &st) != 0 || emit(w, n);
    w->path[used - 1] = '/';
    w->path[used] = '\0';
    return ok;
}

/* ... and it may be nothing at all. */
static bool stars(struct walk *w, size_t used, const char *rest)
{
    size_t slashes;
    bool ok = true;

    while (strncmp(rest, "/**", 3) == 0 && (rest[3] == '/' || rest[3] == '\0'))
        rest += 3;
    slashes = strspn(rest, "/");
    if (rest[slashes] == '\0' && used > 0)
        ok = top(w, used, slashes > 0 || w->patterns == 0);
    w->patterns++;
    if (rest[slashes] != '\0')
        ok = descend(w, used, rest + slashes);
    w->path[used] = '\0';
    ok = ok && deep(w, used, rest);
    w->patterns--;
    return ok;
}

static bool descend(struct walk *w, size_t used, const char *rest)
{
    size_t slashes = strspn(rest, "/"), n = strcspn(rest + slashes, "/");
    char part[FS_NAME_MAX * 2 + 1];
    struct fs_stat st;

    if (*rest == '\0')
        return stat_here(w, &st) != 0 || emit(w, used);
    if (used + slashes + 1 > sizeof(w->path) || n >= sizeof(part))
        return true;
    memcpy(w->path + used, rest, slashes);
    used += slashes;
    w->path[used] = '\0';
    if (slashes > 0 && used > slashes && (stat_here(w, &st) != 0 || st.kind != FS_DIR))
        return true;
    memcpy(part, rest + slashes, n);
    part[n] = '\0';
    if (w->t->globstar && strcmp(part, "**") == 0)
        return stars(w, used, rest + slashes + n);
    if (sh_glob_needed(part))
        return component(w, used, part, rest + slashes + n);
    n = sh_unescape(part);
    if (used + n + 1 > sizeof(w->path))
        return true;
    memcpy(w->path + used, part, n + 1);
    return descend(w, used + n, rest + slashes + strcspn(rest + slashes, "/"));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By their whole texts: a directory's files stand among the names that begin as it does. */
static bool sort_found(struct walk *w, uint32_t from)
{
    struct shell_proc *p = w->t->proc;
    size_t size = w->t->length - from, list = w->found * sizeof(char *);
    char *text = sh_alloc(p, size), **at = text != NULL ? sh_alloc(p, list) : NULL, *to;

    if (at != NULL) {
        memcpy(text, w->t->bytes + from, size);
        for (uint32_t i = 0, k = 0; i < w->found; i++, k += (uint32_t)strlen(text + k) + 1)
            at[i] = text + k;
        qsort(at, w->found, sizeof(*at), by_text);
        to = w->t->bytes + from;
        for (uint32_t i = 0; i < w->found; i++)
            to = stpcpy(to, at[i]) + 1;
        sh_free(p, at, list);
    }
    if (text != NULL)
        sh_free(p, text, size);
    return at != NULL;
}

bool sh_glob(struct sh_task *t, struct sh_acc *a)
{
    const char *field = t->bytes + a->field;
    size_t length = strlen(field), parts = 0;
    struct walk w = {.t = t, .a = a};
    char pattern[FS_PATH_MAX];
    uint32_t from = a->field;

    for (const char *p = field; *p != '\0'; p++)
        parts += *p == '/';
    if (length < sizeof(pattern) && parts < FS_DEPTH_MAX) {
        strcpy(pattern, field);
        t->length = from;
        if (!descend(&w, 0, pattern))
            return false;
        if (w.found > 0)
            return w.found == 1 || (parts == 0 && !t->globstar) || sort_found(&w, from);
        if (t->failglob) {
            sh_unescape(pattern);
            sh_warn(t, "no match: %s", pattern);
            sh_exit(t, 1);
            return false;
        }
        if (t->nullglob) {
            a->field = t->length;
            return true;
        }
        if (!sh_bytes(t, pattern, length + 1))
            return false;
    }
    t->length = from + (uint32_t)sh_unescape(t->bytes + from) + 1;
    a->field = t->length;
    a->count++;
    return true;
}
