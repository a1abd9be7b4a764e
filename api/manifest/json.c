/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - JSON into trees, by the rules and in the words of Go's decoder, with which kubectl tries
 * to read a text that begins with a brace. It is stricter than YAML (no comma behind the last
 * item), and it knows what YAML does not: halves of a character as two \u escapes, keys of any
 * length.
 */
#include "api/manifest/json.h"

#include "api/manifest/text.h"
#include "engine/reactor/base.h"

#include <stdio.h>
#include <string.h>

/* What may come next. */
enum expect { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END };

static bool value_read(struct mf_json *r);
static bool collection_step(struct mf_json *r, enum expect *expect, char c);
static bool scalar_read(struct mf_json *r);
static bool string_read(struct mf_json *r);
static bool fail(struct mf_json *r, const char *where);

void mf_json_open(struct mf_json *r, struct mf_tree *t, const char *text, size_t length)
{
    *r = (struct mf_json){
        .tree = t, .start = text, .at = text, .end = text + length, .line = 1, .column = 1};
}

bool mf_json_next(struct mf_json *r)
{
    mf_tree_begin(r->tree);
    if (!value_read(r))
        return false;
    mf_tree_end(r->tree);
    return true;
}

static void step(struct mf_json *r)
{
    if (*r->at == '\n') {
        r->line++;
        r->column = 1;
    } else if (((unsigned char)*r->at & 0xc0) != 0x80) {
        r->column++;
    }
    r->at++;
}

static void blanks_skip(struct mf_json *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
        step(r);
}

/* One value, whatever it holds. False: none is left, or the text is broken (said). */
static bool value_read(struct mf_json *r)
{
    enum expect expect = VALUE;
    uint32_t depth;

    do {
        blanks_skip(r);
        depth = r->tree->depth;
        if (r->at == r->end)
            return depth > 0 || expect != VALUE ? fail(r, NULL) : false;
        if (!collection_step(r, &expect, *r->at) || r->tree->broken || r->tree->load->no_memory)
            return false;
    } while (r->tree->depth > 0);
    return true;
}

static bool open(struct mf_json *r, enum mf_type type)
{
    struct mf_node *n = mf_tree_node(r->tree, type, r->line, r->column);

    if (n == NULL)
        return false;
    mf_tree_open(r->tree, n, NULL);
    step(r);
    return true;
}

static bool open_is_mapping(const struct mf_json *r)
{
    return r->tree->stack[r->tree->depth - 1].node->type == MF_MAPPING;
}

static bool collection_step(struct mf_json *r, enum expect *expect, char c)
{
    static const char *const where[] = {
        [VALUE] = "looking for beginning of value",
        [VALUE_OR_END] = "looking for beginning of value",
        [KEY] = "looking for beginning of object key string",
        [KEY_OR_END] = "looking for beginning of object key string",
        [COLON] = "after object key",
    };
    enum expect now = *expect;

    if ((now == COMMA_OR_END || now == KEY_OR_END || now == VALUE_OR_END) &&
        c == (open_is_mapping(r) ? '}' : ']')) {
        step(r);
        mf_tree_close(r->tree);
        *expect = COMMA_OR_END;
        return true;
    }
    if (now == COMMA_OR_END || now == COLON) {
        if (c != (now == COLON ? ':' : ','))
            return fail(r, now == COLON        ? where[COLON]
                           : open_is_mapping(r) ? "after object key:value pair"
                                                : "after array element");
        step(r);
        *expect = now == COLON || !open_is_mapping(r) ? VALUE : KEY;
        return true;
    }
    if (now == KEY || now == KEY_OR_END) {
        *expect = COLON;
        return c == '"' ? string_read(r) : fail(r, where[now]);
    }
    *expect = c == '{' ? KEY_OR_END : c == '[' ? VALUE_OR_END : COMMA_OR_END;
    if (c == '{' || c == '[')
        return open(r, c == '{' ? MF_MAPPING : MF_SEQUENCE);
    if (c == '"')
        return string_read(r);
    return strchr("-0123456789tfn", c) && c ? scalar_read(r) : fail(r, where[now]);
}

/* Go says so of the byte it stands at; where NULL: there is none. */
static bool fail(struct mf_json *r, const char *where)
{
    const char *text = "unexpected EOF";
    unsigned char c = r->at < r->end ? (unsigned char)*r->at : 0;
    size_t length = 1;
    char shown[8];

    if (r->at < r->end && where) {
        while (r->at + length < r->end && c >= 0xc0 && (r->at[length] & 0xc0) == 0x80)
            length++;
        snprintf(shown, sizeof(shown), c == '\'' ? "\\'" : "%.*s", (int)length, r->at);
        if (c < 0x20)
            snprintf(shown, sizeof(shown),
                     c == '\n'   ? "\\n"
                     : c == '\t' ? "\\t"
                     : c == '\r' ? "\\r"
                                 : "\\x%02x",
                     c);
        text = mf_scratch(r->tree->load, "invalid character '%s' %s", shown, where);
    }
    mf_tree_fail(r->tree, r->line, r->column,
                 mf_scratch(r->tree->load, "offset %zu: %s",
                            (size_t)(r->at - r->start) + (r->at < r->end), text));
    return false;
}

/* ---- true, false, null, numbers
 * --------------------------------------------------------------- */

static bool word_read(struct mf_json *r, const char *word)
{
    for (size_t i = 0; word[i]; i++) {
        if (r->at == r->end)
            return fail(r, NULL);
        if (*r->at != word[i])
            return fail(r,
                        mf_scratch(r->tree->load, "in literal %s (expecting '%c')", word, word[i]));
        step(r);
    }
    return true;
}

static bool digits_read(struct mf_json *r, const char *where)
{
    if (r->at == r->end || *r->at < '0' || *r->at > '9')
        return fail(r, r->at == r->end ? NULL : where);
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        step(r);
    return true;
}

static bool at_any(const struct mf_json *r, const char *of)
{
    return r->at < r->end && *r->at && strchr(of, *r->at);
}

static bool number_read(struct mf_json *r)
{
    if (*r->at == '-')
        step(r);
    if (at_any(r, "0"))
        step(r);
    else if (!digits_read(r, "in numeric literal"))
        return false;
    if (at_any(r, ".")) {
        step(r);
        if (!digits_read(r, "after decimal point in numeric literal"))
            return false;
    }
    if (at_any(r, "eE")) {
        step(r);
        if (at_any(r, "+-"))
            step(r);
        return digits_read(r, "in exponent of numeric literal");
    }
    return true;
}

static bool scalar_read(struct mf_json *r)
{
    struct mf_node *n = mf_tree_node(r->tree, MF_STRING, r->line, r->column);
    const char *from = r->at;
    bool number = strchr("-0123456789", *from) != NULL;

    if (n == NULL || !(number         ? number_read(r)
                : *from == 't' ? word_read(r, "true")
                : *from == 'f' ? word_read(r, "false")
                               : word_read(r, "null")))
        return false;
    if (!mf_tree_text(r->tree, n, from, (size_t)(r->at - from)))
        return false;
    mf_scalar_resolve(n);
    if (number && n->type == MF_STRING) /* longer than any number that is used */
        n->type = MF_FLOAT;
    mf_tree_put(r->tree, n);
    return true;
}

/* ---- strings -------------------------------------------------------------------------------- */

/* Four hexadecimal digits; -1: said. */
static int32_t hex_read(struct mf_json *r)
{
    int32_t value = 0;

    for (int i = 0; i < 4; i++, step(r)) {
        if (r->at == r->end || !at_any(r, "0123456789abcdefABCDEF")) {
            fail(r, r->at == r->end ? NULL : "in \\u hexadecimal character escape");
            return -1;
        }
        value = value * 16 + (*r->at <= '9' ? *r->at - '0' : (*r->at | 0x20) - 'a' + 10);
    }
    return value;
}

/* A character beyond 0xffff comes as two escapes; a half of one alone is U+FFFD. */
static bool code_read(struct mf_json *r, char **out)
{
    int32_t code = hex_read(r), low;
    struct mf_json before;

    if (code >= 0xd800 && code < 0xdc00 && r->end - r->at >= 2 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        before = *r;
        step(r);
        step(r);
        low = hex_read(r);
        if (low < 0)
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            *r = before;
    }
    if (code < 0)
        return false;
    *out += mf_text_utf8(code >= 0xd800 && code < 0xe000 ? 0xfffd : (uint32_t)code, *out);
    return true;
}

static bool escape_read(struct mf_json *r, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *found;

    step(r);
    if (r->at == r->end)
        return fail(r, NULL);
    if (*r->at == 'u') {
        step(r);
        return code_read(r, out);
    }
    found = *r->at ? strchr(from, *r->at) : NULL;
    if (found == NULL)
        return fail(r, "in string escape code");
    *(*out)++ = to[found - from];
    step(r);
    return true;
}

/* No escape is shorter than what it stands for. */
static size_t string_room(const struct mf_json *r)
{
    const char *p = r->at + 1;

    while (p < r->end && *p != '"')
        p += *p == '\\' && p + 1 < r->end ? 2 : 1;
    return (size_t)(p - r->at);
}

static bool string_read(struct mf_json *r)
{
    struct mf_node *n = mf_tree_node(r->tree, MF_STRING, r->line, r->column);
    char *text = n ? rx_arena_alloc(&r->tree->load->scratch, string_room(r)) : NULL, *out = text;
    bool escaped = false;

    if (text == NULL) {
        r->tree->load->no_memory = true;
        return false;
    }
    for (step(r); r->at < r->end && *r->at != '"';) {
        if ((unsigned char)*r->at < 0x20)
            return fail(r, "in string literal");
        if (*r->at == '\\') {
            escaped = true;
            if (!escape_read(r, &out))
                return false;
        } else {
            *out++ = *r->at;
            step(r);
        }
    }
    if (r->at == r->end)
        return fail(r, NULL);
    step(r);
    if (!mf_tree_text(r->tree, n, text, (size_t)(out - text)))
        return false;
    n->inside = escaped ? 0 : n->column + 1;
    mf_tree_put(r->tree, n);
    return true;
}
