/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c - a recursive descent over the text into an array of nodes. */
#include "api/cli/io/json_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct json *j;
    const char *at;
    unsigned depth;
    bool no_memory;
};

const char json_no_memory[] = "out of memory";

static bool read_file(struct json *j, const char *path, const char **why);
static bool read_all(struct json *j, const char **why);
static uint32_t read_value(struct reader *r);

bool json_open(struct json *j, const char *path, const char **why)
{
    *j = (struct json){.count = 1};
    return read_file(j, path, why) && read_all(j, why);
}

bool json_parse(struct json *j, const char *text, size_t length, const char **why)
{
    *j = (struct json){.count = 1, .text = malloc(length + 1)};
    *why = json_no_memory;
    if (j->text == NULL)
        return false;
    memcpy(j->text, text, length);
    j->text[length] = '\0';
    return read_all(j, why);
}

static bool read_all(struct json *j, const char **why)
{
    struct reader r = {.j = j, .at = j->text};

    *why = "not JSON";
    if (read_value(&r) == 0) {
        if (r.no_memory)
            *why = json_no_memory;
        return false;
    }
    r.at += strspn(r.at, " \t\r\n");
    return *r.at == '\0';
}

void json_close(struct json *j)
{
    free(j->text);
    free(j->node);
    *j = (struct json){.count = 0};
}

const struct json_node *json_root(const struct json *j)
{
    return j->count > 1 ? &j->node[1] : NULL;
}

const struct json_node *json_first(const struct json *j, const struct json_node *n)
{
    return n != NULL && n->first != 0 ? &j->node[n->first] : NULL;
}

const struct json_node *json_next(const struct json *j, const struct json_node *n)
{
    return n != NULL && n->next != 0 ? &j->node[n->next] : NULL;
}

static const struct json_node *member(const struct json *j, const struct json_node *n,
                                      const char *key, size_t length)
{
    for (n = json_first(j, n); n != NULL; n = json_next(j, n))
        if (n->key_length == length && memcmp(n->key, key, length) == 0)
            return n;
    return NULL;
}

const struct json_node *json_member(const struct json *j, const struct json_node *n,
                                    const char *key)
{
    return member(j, n, key, strlen(key));
}

const struct json_node *json_at(const struct json *j, const struct json_node *n, const char *path)
{
    while (n != NULL && *path != '\0') {
        size_t length = strcspn(path, ".");

        n = n->kind == JSON_OBJECT ? member(j, n, path, length) : NULL;
        path += length + (path[length] == '.');
    }
    return n;
}

/* ---- strings --------------------------------------------------------------------------------- */

struct plain {
    char *out;
    size_t room, length;
};

static void put(struct plain *p, unsigned c)
{
    if (p->length + 1 < p->room)
        p->out[p->length] = (char)c;
    p->length++;
}

static void put_rune(struct plain *p, unsigned long c)
{
    int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned first[] = {0, 0xc0, 0xe0, 0xf0};

    put(p, (unsigned)(c >> 6 * more) | first[more]);
    while (more-- > 0)
        put(p, (unsigned)(c >> 6 * more & 0x3f) | 0x80);
}

static unsigned long hex4(const char *at, const char *end)
{
    char digits[5] = "";

    if (end - at < 4)
        return 0xfffd;
    memcpy(digits, at, 4);
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtoul(digits, NULL, 16) : 0xfffd;
}

size_t json_unescape(const char *text, size_t length, char *out, size_t room)
{
    static const char escaped[] = "\"\\/bfnrt", is[] = "\"\\/\b\f\n\r\t";
    struct plain p = {.out = out, .room = room};
    const char *end = text + length;

    for (; text < end; text++) {
        const char *found;

        if (*text != '\\' || text + 1 == end) {
            put(&p, (unsigned char)*text);
            continue;
        }
        text++;
        found = strchr(escaped, *text);
        if (*text == 'u') {
            unsigned long c = hex4(text + 1, end), low;

            text += 4;
            if (c >= 0xd800 && c < 0xdc00 && end - text > 6 && text[1] == '\\') {
                low = hex4(text + 3, end);
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                text += 6;
            }
            put_rune(&p, c);
        } else {
            put(&p, found != NULL ? (unsigned char)is[found - escaped] : (unsigned char)*text);
        }
    }
    if (room > 0)
        out[p.length < room ? p.length : room - 1] = '\0';
    return p.length;
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool read_file(struct json *j, const char *path, const char **why)
{
    FILE *f = fopen(path, "r");
    size_t room = 0, used = 0, n;

    if (f == NULL) {
        *why = errno == ENOMEM ? json_no_memory : strerror(errno);
        return false;
    }
    do {
        bool large = room >= JSON_BYTES_MAX;
        char *bigger = !large ? realloc(j->text, room = room * 2 + 4096) : NULL;

        if (bigger == NULL) {
            *why = large ? "too large" : json_no_memory;
            fclose(f);
            return false;
        }
        j->text = bigger;
        n = fread(j->text + used, 1, room - used - 1, f);
        used += n;
    } while (n > 0);
    j->text[used] = '\0';
    *why = "cannot be read";
    return fclose(f) == 0 && strlen(j->text) == used;
}

/* ---- the descent: 0 is "not JSON" everywhere ------------------------------------------------- */

static uint32_t new_node(struct reader *r, enum json_kind kind)
{
    struct json *j = r->j;

    if (j->count >= j->room) {
        uint32_t room = j->room * 2 + 64;
        struct json_node *bigger = realloc(j->node, room * sizeof(*bigger));

        if (bigger == NULL) {
            r->no_memory = true;
            return 0;
        }
        j->node = bigger;
        j->room = room;
    }
    j->node[j->count] = (struct json_node){.kind = kind, .text = r->at};
    return j->count++;
}

static char look(struct reader *r)
{
    r->at += strspn(r->at, " \t\r\n");
    return *r->at;
}

static bool take(struct reader *r, char c)
{
    if (look(r) != c)
        return false;
    r->at++;
    return true;
}

/* Escapes are stepped over, not understood. */
static bool read_string(struct reader *r, const char **text, size_t *length)
{
    if (!take(r, '"'))
        return false;
    *text = r->at;
    while (*r->at != '"') {
        if ((unsigned char)*r->at < 0x20 || (*r->at == '\\' && (unsigned char)r->at[1] < 0x20))
            return false;
        r->at += *r->at == '\\' ? 2 : 1;
    }
    *length = (size_t)(r->at++ - *text);
    return true;
}

static uint32_t read_entries(struct reader *r, enum json_kind kind)
{
    char end = kind == JSON_OBJECT ? '}' : ']';
    uint32_t me = new_node(r, kind), last = 0;

    r->at++;
    if (me == 0 || ++r->depth > JSON_DEPTH_MAX)
        return 0;
    if (!take(r, end)) {
        do {
            const char *key = NULL;
            size_t key_length = 0;
            uint32_t entry;

            if (kind == JSON_OBJECT && (!read_string(r, &key, &key_length) || !take(r, ':')))
                return 0;
            entry = read_value(r);
            if (entry == 0)
                return 0;
            r->j->node[entry].key = key;
            r->j->node[entry].key_length = key_length;
            *(last == 0 ? &r->j->node[me].first : &r->j->node[last].next) = entry;
            last = entry;
        } while (take(r, ','));
        if (!take(r, end))
            return 0;
    }
    r->depth--;
    return me;
}

static uint32_t read_plain(struct reader *r)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } words[] = {{"null", JSON_NULL}, {"true", JSON_TRUE}, {"false", JSON_FALSE}};
    size_t n = strspn(r->at, "+-.0123456789Eaeflnrstu");
    enum json_kind kind = JSON_NUMBER;
    uint32_t me;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i].word) == n && memcmp(words[i].word, r->at, n) == 0)
            kind = words[i].kind;
    if (kind == JSON_NUMBER && (n == 0 || strspn(r->at, "+-.0123456789Ee") != n))
        return 0;
    me = new_node(r, kind);
    if (me != 0)
        r->j->node[me].length = n;
    r->at += n;
    return me;
}

static uint32_t read_value(struct reader *r)
{
    const char *text;
    size_t length;
    uint32_t me;

    switch (look(r)) {
    case '{':
        return read_entries(r, JSON_OBJECT);
    case '[':
        return read_entries(r, JSON_ARRAY);
    case '"':
        if (!read_string(r, &text, &length) || (me = new_node(r, JSON_STRING)) == 0)
            return 0;
        r->j->node[me].text = text;
        r->j->node[me].length = length;
        return me;
    default:
        return read_plain(r);
    }
}
