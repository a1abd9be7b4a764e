/* SPDX-License-Identifier: Apache-2.0 */
/* jq_json.c - JSON for jq: reading, printing, numbers, UTF-8. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

size_t jq_encode(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 63));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 63));
        out[2] = (char)(0x80 | (point & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 63));
    out[2] = (char)(0x80 | (point >> 6 & 63));
    out[3] = (char)(0x80 | (point & 63));
    return 4;
}

/* Of anything: 0 bytes if what stands there is no character. */
static size_t decode(const char *s, size_t length, uint32_t *point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = (unsigned char)s[0];
    size_t n = c < 0x80                ? 1
               : c >= 0xC2 && c < 0xE0 ? 2
               : c >= 0xE0 && c < 0xF0 ? 3
               : c >= 0xF0 && c < 0xF5 ? 4
                                       : 0;

    if (n == 0 || n > length)
        return 0;
    *point = n == 1 ? c : c & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s[i] & 0xC0) != 0x80)
            return 0;
        *point = *point << 6 | ((unsigned char)s[i] & 63);
    }
    return *point < least[n] || *point > 0x10FFFF || (*point >= 0xD800 && *point < 0xE000) ? 0 : n;
}

size_t jq_decode(const char *s, size_t length, uint32_t *point)
{
    size_t n = decode(s, length, point);

    if (n > 0)
        return n;
    *point = 0xFFFD;
    return 1;
}

static void add_valid(struct jq *k, struct sh_buf *b, const char *text, size_t length)
{
    size_t from = 0, i = 0;

    while (i < length) {
        uint32_t point;
        size_t n = decode(text + i, length - i, &point);

        if (n > 0) {
            i += n;
            continue;
        }
        sh_buf_add(k->t, b, text + from, i - from);
        sh_buf_add(k->t, b, "\xEF\xBF\xBD", 3);
        for (i++; i < length && ((unsigned char)text[i] & 0xC0) == 0x80;)
            i++;
        from = i;
    }
    sh_buf_add(k->t, b, text + from, length - from);
}

struct jq_val jq_valid(struct jq *k, const char *text, size_t length)
{
    struct sh_buf b = {0};

    add_valid(k, &b, text, length);
    return k->t->proc->over ? jq_words("") : jq_text(k, b.text != NULL ? b.text : "", b.length);
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* The digits of the shortest text that reads as the same number. */
static void number_text(double n, char room[40])
{
    char text[32], digits[24], *e;
    int count = 0, point, precision = 0;
    size_t used = 0;

    if (n != n) {
        snprintf(room, 40, "null");
        return;
    }
    n = n > DBL_MAX ? DBL_MAX : n < -DBL_MAX ? -DBL_MAX : n;
    if (n == 0) {
        snprintf(room, 40, "%s", signbit(n) ? "-0" : "0");
        return;
    }
    do
        snprintf(text, sizeof(text), "%.*e", precision, fabs(n));
    while (strtod(text, NULL) != fabs(n) && ++precision < 17);
    e = strchr(text, 'e');
    point = (int)strtol(e + 1, NULL, 10) + 1;
    for (char *s = text; s < e; s++)
        if (*s != '.')
            digits[count++] = *s;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    if (n < 0)
        room[used++] = '-';
    if (point <= -4 || point > count + 15) {
        snprintf(room + used, 40 - used, "%c%s%.*se%c%02d", digits[0], count > 1 ? "." : "",
                 count - 1, digits + 1, point > 0 ? '+' : '-', abs(point - 1));
        return;
    }
    if (point <= 0) {
        snprintf(room + used, 40 - used, "0.%.*s%.*s", -point, "000", count, digits);
        return;
    }
    for (int i = 0; i < RX_MAX(count, point); i++) {
        if (i == point)
            room[used++] = '.';
        room[used++] = i < count ? digits[i] : '0';
    }
    room[used] = '\0';
}

/* ---- printing -------------------------------------------------------------------------------- */

static void add(struct jq *k, struct sh_buf *b, const char *s)
{
    sh_buf_add(k->t, b, s, strlen(s));
}

static void add_point(struct jq *k, struct sh_buf *b, uint32_t point)
{
    char text[16];

    if (point >= 0x10000)
        snprintf(text, sizeof(text), "\\u%04x\\u%04x", (0xD7C0 + (point >> 10)) & 0xFFFF,
                 0xDC00 | (point & 0x3FF));
    else
        snprintf(text, sizeof(text), "\\u%04x", point);
    add(k, b, text);
}

static void print_text(struct jq *k, struct sh_buf *b, struct jq_val v, bool ascii)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    uint32_t from = 0, i = 0;

    add(k, b, "\"");
    while (i < v.length && !k->t->proc->over) {
        unsigned char c = (unsigned char)v.text[i];
        const char *known = c != '\0' ? strchr(plain, c) : NULL;
        uint32_t point = c;
        size_t n = 1;

        if (known == NULL && c >= ' ' && c != 127 && (c < 128 || !ascii)) {
            i++;
            continue;
        }
        sh_buf_add(k->t, b, v.text + from, i - from);
        if (known != NULL) {
            sh_buf_add(k->t, b, (char[]){'\\', letter[known - plain]}, 2);
        } else {
            n = jq_decode(v.text + i, v.length - i, &point);
            add_point(k, b, point);
        }
        i += (uint32_t)n;
        from = i;
    }
    sh_buf_add(k->t, b, v.text + from, v.length - from);
    add(k, b, "\"");
}

static void new_line(struct jq *k, struct sh_buf *b, const struct jq_style *style, int level)
{
    if (style->indent == 0 && !style->tab)
        return;
    add(k, b, "\n");
    for (int i = 0; i < level * (style->tab ? 1 : style->indent) && !k->t->proc->over; i++)
        add(k, b, style->tab ? "\t" : " ");
}

static void print(struct jq *k, struct sh_buf *b, struct jq_val v, const struct jq_style *style,
                  int level);

static void print_nested(struct jq *k, struct sh_buf *b, struct jq_val v,
                         const struct jq_style *style, int level)
{
    bool object = v.kind == JQ_OBJECT;
    struct jq_val keys = object && style->sorted ? jq_keys(k, v, true) : jq_null();

    add(k, b, object ? "{" : "[");
    for (uint32_t i = 0; i < v.length && !k->t->proc->over; i++) {
        struct jq_val item = object ? v.pair[i].val : v.item[i];

        add(k, b, i > 0 ? "," : "");
        new_line(k, b, style, level + 1);
        if (object) {
            const struct jq_val *found = keys.kind == JQ_ARRAY ? jq_get(k, v, keys.item[i]) : NULL;

            item = found != NULL ? *found : item;
            print_text(k, b, found != NULL ? keys.item[i] : v.pair[i].key, style->ascii);
            add(k, b, style->indent == 0 && !style->tab ? ":" : ": ");
        }
        print(k, b, item, style, level + 1);
    }
    if (v.length > 0)
        new_line(k, b, style, level);
    add(k, b, object ? "}" : "]");
}

static void print(struct jq *k, struct sh_buf *b, struct jq_val v, const struct jq_style *style,
                  int level)
{
    char number[40];

    if (!sh_charge(k->t, 1))
        return;
    switch ((enum jq_kind)v.kind) {
    case JQ_NULL:
        add(k, b, "null");
        break;
    case JQ_FALSE:
        add(k, b, "false");
        break;
    case JQ_TRUE:
        add(k, b, "true");
        break;
    case JQ_NUMBER:
        number_text(v.num, number);
        add(k, b, number);
        break;
    case JQ_STRING:
        print_text(k, b, v, style->ascii);
        break;
    case JQ_ARRAY:
    case JQ_OBJECT:
        print_nested(k, b, v, style, level);
        break;
    }
}

void jq_print(struct jq *k, struct sh_buf *b, struct jq_val v, const struct jq_style *style)
{
    print(k, b, v, style, 0);
}

struct jq_val jq_to_json(struct jq *k, struct jq_val v)
{
    struct sh_buf b = {0};

    print(k, &b, v, &(struct jq_style){0}, 0);
    return k->t->proc->over ? jq_words("") : jq_text(k, b.text, b.length);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reader {
    struct jq *k;
    const char *at, *end;
    int depth;
};

static bool read_value(struct reader *r, struct jq_val *v);

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static bool bad(struct reader *r, const char *what)
{
    return jq_fail(r->k, "%s%s", what, r->at >= r->end ? " at EOF" : "");
}

static bool hex4(struct reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        char c = r->at < r->end ? *r->at++ : '\0';
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0)
            return bad(r, "Invalid escape");
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* Behind a backslash. */
static bool read_escape(struct reader *r, struct sh_buf *b)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->end ? *r->at++ : '\0', out[4];
    const char *known = c != '\0' ? strchr(from, c) : NULL;
    uint32_t point, low;

    if (known != NULL)
        return sh_buf_add(r->k->t, b, &to[known - from], 1);
    if (c != 'u')
        return bad(r, "Invalid escape");
    if (!hex4(r, &point))
        return false;
    if (point >= 0xD800 && point < 0xDC00 && r->end - r->at >= 2 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        r->at += 2;
        if (!hex4(r, &low))
            return false;
        point = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((point & 0x3FF) << 10) + (low & 0x3FF)
                                              : 0xFFFD;
    }
    if (point >= 0xD800 && point < 0xE000)
        point = 0xFFFD;
    return sh_buf_add(r->k->t, b, out, jq_encode(point, out));
}

static bool read_text(struct reader *r, struct jq_val *v)
{
    struct sh_buf b = {0};
    const char *from;

    for (r->at++;;) {
        for (from = r->at; r->at < r->end && *r->at != '"' && *r->at != '\\';)
            r->at++;
        if (r->at == r->end)
            return bad(r, "Unfinished string");
        if (*r->at == '"' && b.length == 0) {
            *v = jq_valid(r->k, from, (size_t)(r->at++ - from));
            return !r->k->t->proc->over;
        }
        add_valid(r->k, &b, from, (size_t)(r->at - from));
        if (*r->at++ == '"')
            break;
        if (!read_escape(r, &b))
            return false;
    }
    *v = jq_text(r->k, b.text, b.length);
    return !r->k->t->proc->over;
}

static bool read_word(struct reader *r, struct jq_val *v)
{
    const char *from = r->at;
    char text[64], *end;
    size_t n;

    while (r->at < r->end && strchr(" \t\r\n,:[]{}\"", *r->at) == NULL && *r->at != '\0')
        r->at++;
    n = (size_t)(r->at - from);
    if (n == 0)
        return bad(r, "Invalid numeric literal");
    if (n == 4 && memcmp(from, "null", 4) == 0)
        *v = jq_null();
    else if (n == 4 && memcmp(from, "true", 4) == 0)
        *v = jq_bool(true);
    else if (n == 5 && memcmp(from, "false", 5) == 0)
        *v = jq_bool(false);
    else if (n == 3 && memcmp(from, "nan", 3) == 0)
        *v = jq_number((double)NAN);
    else {
        snprintf(text, sizeof(text), "%.*s", (int)RX_MIN(n, sizeof(text) - 1), from);
        n = RX_MIN(n, sizeof(text) - 1); /* more digits than a double has make no difference */
        if (strspn(text, "0123456789+-.eE") != n)
            return bad(r, "Invalid numeric literal");
        *v = jq_number(strtod(text, &end));
        if (end != text + n)
            return bad(r, "Invalid numeric literal");
    }
    return true;
}

static bool read_array(struct reader *r, struct jq_val *v)
{
    struct jq_list l = {0};
    struct jq_val item;

    for (r->at++, skip_blanks(r); r->at == r->end || *r->at != ']' || l.count > 0;) {
        if (!read_value(r, &item) || !jq_push(r->k, &l, item))
            return false;
        skip_blanks(r);
        if (r->at < r->end && *r->at == ']')
            break;
        if (r->at == r->end || *r->at != ',')
            return bad(r, r->at == r->end ? "Unfinished JSON term"
                                          : "Expected separator between values");
        r->at++;
    }
    r->at++;
    *v = jq_array(r->k, &l);
    return !r->k->t->proc->over;
}

static bool read_object(struct reader *r, struct jq_val *v)
{
    struct jq_map m = {0};
    struct jq_val key, item;

    for (r->at++, skip_blanks(r); r->at == r->end || *r->at != '}' || m.count > 0;) {
        skip_blanks(r);
        if (r->at == r->end || *r->at != '"')
            return bad(r, r->at == r->end ? "Unfinished JSON term" : "Invalid literal");
        if (!read_text(r, &key))
            return false;
        skip_blanks(r);
        if (r->at == r->end || *r->at != ':')
            return bad(r, r->at == r->end ? "Unfinished JSON term"
                                          : "Objects must consist of key:value pairs");
        r->at++;
        if (!read_value(r, &item) || !jq_put(r->k, &m, key, item))
            return false;
        skip_blanks(r);
        if (r->at < r->end && *r->at == '}')
            break;
        if (r->at == r->end || *r->at != ',')
            return bad(r, r->at == r->end ? "Unfinished JSON term"
                                          : "Expected separator between values");
        r->at++;
    }
    r->at++;
    *v = jq_object(r->k, &m);
    return !r->k->t->proc->over;
}

static bool read_value(struct reader *r, struct jq_val *v)
{
    bool ok;

    skip_blanks(r);
    if (!sh_charge(r->k->t, 1))
        return false;
    if (r->at == r->end)
        return bad(r, "Unfinished JSON term");
    if (*r->at == '"')
        return read_text(r, v);
    if (*r->at != '[' && *r->at != '{')
        return read_word(r, v);
    if (++r->depth > JQ_TEXT_DEPTH)
        return bad(r, "Exceeds depth limit for parsing");
    ok = *r->at == '[' ? read_array(r, v) : read_object(r, v);
    r->depth--;
    return ok;
}

int jq_read(struct jq *k, const char **at, const char *end, struct jq_val *v)
{
    struct reader r = {k, *at, end, 0};
    bool ok;

    skip_blanks(&r);
    if (r.at == r.end)
        return 0;
    ok = read_value(&r, v);
    *at = r.at;
    return ok ? 1 : -1;
}

/* ---- values in messages ---------------------------------------------------------------------- */

enum { SHOWN_MAX = 11 };

/* The beginning of a value, as error messages show it. */
static void shown(struct jq *k, struct jq_val v, char room[SHOWN_MAX + 4])
{
    struct jq_val text = jq_to_json(k, v);

    if (text.length > SHOWN_MAX - 1)
        snprintf(room, SHOWN_MAX + 4, "%.*s...", SHOWN_MAX - 4, text.text);
    else
        snprintf(room, SHOWN_MAX + 4, "%s", text.text);
}

bool jq_fail_kind(struct jq *k, struct jq_val v, const char *what)
{
    char text[SHOWN_MAX + 4];

    shown(k, v, text);
    return jq_fail(k, "%s (%s) %s", jq_kind_name(v), text, what);
}

bool jq_fail_kinds(struct jq *k, struct jq_val a, struct jq_val b, const char *what)
{
    char left[SHOWN_MAX + 4], right[SHOWN_MAX + 4];

    shown(k, a, left);
    shown(k, b, right);
    return jq_fail(k, "%s (%s) and %s (%s) %s", jq_kind_name(a), left, jq_kind_name(b), right,
                   what);
}
