/* SPDX-License-Identifier: Apache-2.0 */
/* jq_text.c - jq's functions of strings, and its formats: @csv, @base64 and so on. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

static void add(struct jq *k, struct sh_buf *b, const char *s)
{
    sh_buf_add(k->t, b, s, strlen(s));
}

static bool made(struct jq *k, const struct sh_buf *b, struct jq_val *out)
{
    *out = k->t->proc->over ? jq_words("") : jq_text(k, b->text != NULL ? b->text : "", b->length);
    return !k->t->proc->over;
}

/* ---- characters ------------------------------------------------------------------------------ */

uint32_t jq_points(struct jq_val v)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < v.length; i++)
        n += ((unsigned char)v.text[i] & 0xC0) != 0x80;
    return n;
}

/* The byte at which the nth character begins. */
static uint32_t byte_of(struct jq_val v, int64_t n)
{
    uint32_t i = 0;

    for (; i < v.length; i++)
        if (((unsigned char)v.text[i] & 0xC0) != 0x80 && n-- == 0)
            break;
    return i;
}

struct jq_val jq_text_slice(struct jq *k, struct jq_val v, int64_t from, int64_t to)
{
    uint32_t start = byte_of(v, from), end = byte_of(v, to);

    sh_charge(k->t, v.length / 64);
    v.text += start;
    v.length = end - start;
    return v;
}

static bool need_text(struct jq *k, struct jq_val v, const char *what)
{
    return v.kind == JQ_STRING || jq_fail(k, "%s", what);
}

/* ---- functions ------------------------------------------------------------------------------- */

bool jq_fn_split(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_list l = {0};
    uint32_t from = 0;

    if (v[0].kind != JQ_STRING || v[1].kind != JQ_STRING)
        return jq_fail(k, "split input and separator must be strings");
    while (v[0].length > 0 && !k->t->proc->over) {
        const char *rest = v[0].text + from;
        uint32_t left = v[0].length - from, step;
        const char *at = v[1].length > 0 ? memmem(rest, left, v[1].text, v[1].length) : NULL;
        uint32_t point;

        step = v[1].length > 0 ? (at != NULL ? (uint32_t)(at - rest) : left)
                               : (uint32_t)jq_decode(rest, left, &point);
        jq_push(k, &l, (struct jq_val){.kind = JQ_STRING, .length = step, .text = rest});
        from += step + v[1].length;
        if (at == NULL && (v[1].length > 0 || from >= v[0].length))
            break;
    }
    *out = jq_array(k, &l);
    return !k->t->proc->over;
}

static bool begins(struct jq_val v, struct jq_val with)
{
    return v.kind == JQ_STRING && with.kind == JQ_STRING && v.length >= with.length &&
           memcmp(v.text, with.text, with.length) == 0;
}

static bool ends(struct jq_val v, struct jq_val with)
{
    return v.kind == JQ_STRING && with.kind == JQ_STRING && v.length >= with.length &&
           memcmp(v.text + v.length - with.length, with.text, with.length) == 0;
}

bool jq_fn_startswith(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (v[0].kind != JQ_STRING || v[1].kind != JQ_STRING)
        return jq_fail(k, "startswith() requires string inputs");
    *out = jq_bool(begins(v[0], v[1]));
    return true;
}

bool jq_fn_endswith(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (v[0].kind != JQ_STRING || v[1].kind != JQ_STRING)
        return jq_fail(k, "endswith() requires string inputs");
    *out = jq_bool(ends(v[0], v[1]));
    return true;
}

bool jq_fn_ltrimstr(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)k;
    *out = v[0];
    if (begins(v[0], v[1])) {
        out->text += v[1].length;
        out->length -= v[1].length;
    }
    return true;
}

bool jq_fn_rtrimstr(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)k;
    *out = v[0];
    if (ends(v[0], v[1]))
        out->length -= v[1].length;
    return true;
}

static bool trim(struct jq *k, const struct jq_val *v, bool left, bool right, struct jq_val *out)
{
    if (!need_text(k, *v, "trim input must be a string"))
        return false;
    *out = *v;
    while (left && out->length > 0 && isspace((unsigned char)out->text[0])) {
        out->text++;
        out->length--;
    }
    while (right && out->length > 0 && isspace((unsigned char)out->text[out->length - 1]))
        out->length--;
    return true;
}

bool jq_fn_trim(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return trim(k, v, true, true, out);
}

bool jq_fn_ltrim(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return trim(k, v, true, false, out);
}

bool jq_fn_rtrim(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return trim(k, v, false, true, out);
}

static bool change_case(struct jq *k, const struct jq_val *v, char first, struct jq_val *out)
{
    char *text;

    if (!need_text(k, *v, "explode input must be a string"))
        return false;
    *out = jq_text(k, v->text, v->length);
    text = jq_alloc(k, v->length + 1u);
    for (uint32_t i = 0; text != NULL && i < v->length; i++)
        text[i] =
            v->text[i] >= first && v->text[i] < first + 26 ? (char)(v->text[i] ^ 32) : v->text[i];
    if (text != NULL)
        out->text = text;
    return text != NULL;
}

bool jq_fn_ascii_downcase(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return change_case(k, v, 'A', out);
}

bool jq_fn_ascii_upcase(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return change_case(k, v, 'a', out);
}

bool jq_fn_explode(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_list l = {0};
    uint32_t point;

    if (!need_text(k, *v, "explode input must be a string"))
        return false;
    for (uint32_t i = 0; i < v->length && !k->t->proc->over;) {
        i += (uint32_t)jq_decode(v->text + i, v->length - i, &point);
        jq_push(k, &l, jq_number(point));
    }
    *out = jq_array(k, &l);
    return !k->t->proc->over;
}

bool jq_fn_implode(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct sh_buf b = {0};
    char bytes[4];

    if (v->kind != JQ_ARRAY)
        return jq_fail(k, "implode input must be an array");
    for (uint32_t i = 0; i < v->length; i++) {
        double n = v->item[i].kind == JQ_NUMBER ? v->item[i].num : -1;
        uint32_t point = n >= 0 && n < 0x110000 ? (uint32_t)n : 0xFFFD;

        if (v->item[i].kind != JQ_NUMBER)
            return jq_fail(k, "Unicode codepoint must be numeric");
        if (point >= 0xD800 && point < 0xE000)
            point = 0xFFFD;
        if (!sh_buf_add(k->t, &b, bytes, jq_encode(point, bytes)))
            return false;
    }
    return made(k, &b, out);
}

bool jq_fn_utf8bytelength(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (v->kind != JQ_STRING)
        return jq_fail_kind(k, *v, "only strings have UTF-8 byte length");
    *out = jq_number(v->length);
    return true;
}

bool jq_fn_tojson(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    *out = jq_to_json(k, *v);
    return !k->t->proc->over;
}

struct jq_val jq_as_text(struct jq *k, struct jq_val v)
{
    return v.kind == JQ_STRING ? v : jq_to_json(k, v);
}

bool jq_fn_tostring(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    *out = jq_as_text(k, *v);
    return !k->t->proc->over;
}

/* The one value that a text is. */
static bool parsed(struct jq *k, struct jq_val text, struct jq_val *out)
{
    const char *at = text.text, *end = at + text.length;
    struct jq_val more;
    int r = jq_read(k, &at, end, out);

    if (r == 1 && jq_read(k, &at, end, &more) != 0 && !k->failed)
        return jq_fail(k, "Unexpected extra JSON values (while parsing '%.*s')",
                       (int)RX_MIN(text.length, 150u), text.text);
    if (r == 0)
        *out = jq_null();
    if (k->failed && !k->t->proc->over) {
        struct jq_val why = k->error;

        k->failed = false;
        return jq_fail(k, "%.*s (while parsing '%.*s')", (int)RX_MIN(why.length, 80u), why.text,
                       (int)RX_MIN(text.length, 120u), text.text);
    }
    return !k->t->proc->over;
}

bool jq_fn_fromjson(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (v->kind != JQ_STRING)
        return jq_fail_kind(k, *v, "only strings can be parsed");
    return parsed(k, *v, out);
}

bool jq_fn_tonumber(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    *out = *v;
    if (v->kind == JQ_NUMBER)
        return true;
    if (v->kind != JQ_STRING)
        return jq_fail_kind(k, *v, "cannot be parsed as a number");
    if (!parsed(k, *v, out))
        return false;
    return out->kind == JQ_NUMBER || jq_fail_kind(k, *v, "cannot be parsed as a number");
}

bool jq_fn_indices(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_list l = {0};
    bool text = v[0].kind == JQ_STRING && v[1].kind == JQ_STRING;
    struct jq_val one = v[1];

    *out = jq_null();
    if (v[0].kind == JQ_NULL)
        return true;
    if (!text && v[0].kind != JQ_ARRAY)
        return jq_fail(k, "Cannot determine indices of %s in %s", jq_kind_name(v[1]),
                       jq_kind_name(v[0]));
    if (!text && v[1].kind != JQ_ARRAY)
        one = jq_array(k, &(struct jq_list){(struct jq_val *)&v[1], 1, 1});
    for (uint32_t i = 0; one.length > 0 && i + one.length <= v[0].length; i++) {
        bool same = !text || memcmp(v[0].text + i, one.text, one.length) == 0;

        for (uint32_t j = 0; !text && same && j < one.length; j++)
            same = jq_compare(k, v[0].item[i + j], one.item[j]) == 0;
        if (same && !jq_push(k, &l, jq_number(i)))
            return false;
    }
    *out = jq_array(k, &l);
    return sh_charge(k->t, v[0].length / 16);
}

bool jq_fn_join(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct sh_buf b = {0};

    if (v[0].kind != JQ_ARRAY)
        return jq_fail(k, "Cannot iterate over %s", jq_kind_name(v[0]));
    for (uint32_t i = 0; i < v[0].length; i++) {
        struct jq_val part = v[0].item[i], before = jq_words("");

        if (v[1].kind != JQ_STRING && (v[1].kind != JQ_NULL || i > 0))
            return jq_fail_kinds(k, before, v[1], "cannot be added");
        if (i > 0)
            sh_buf_add(k->t, &b, v[1].text, v[1].length);
        if (part.kind >= JQ_ARRAY) {
            before = jq_text(k, b.text != NULL ? b.text : "", b.length);
            return jq_fail_kinds(k, before, part, "cannot be added");
        }
        part = part.kind == JQ_NULL ? jq_words("") : jq_as_text(k, part);
        if (!sh_buf_add(k->t, &b, part.text, part.length))
            return false;
    }
    return made(k, &b, out);
}

bool jq_fn_todate(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct rx_civil c;
    char text[48];

    if (v->kind != JQ_NUMBER || !(fabs(v->num) < 1e11))
        return jq_fail(k, "strftime/1 requires parsed datetime inputs");
    c = rx_civil_of((int64_t)floor(v->num));
    snprintf(text, sizeof(text), "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)c.year, c.month,
             c.day, c.hour, c.minute, c.second);
    *out = jq_text(k, text, strlen(text));
    return true;
}

bool jq_fn_fromdate(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    bool ok = v->kind == JQ_STRING && v->length == sizeof(form) - 1;
    int n[7] = {0}, at = 0;

    if (v->kind != JQ_STRING)
        return jq_fail(k, "strptime/1 requires string inputs and arguments");
    for (size_t i = 0; ok && i < sizeof(form) - 1; i++) {
        if (form[i] != 'd') {
            ok = v->text[i] == form[i];
            at++;
            continue;
        }
        ok = v->text[i] >= '0' && v->text[i] <= '9';
        n[at] = n[at] * 10 + (v->text[i] - '0');
    }
    if (!ok || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59)
        return jq_fail(k, "date \"%.*s\" does not match format \"%%Y-%%m-%%dT%%H:%%M:%%SZ\"",
                       (int)RX_MIN(v->length, 60u), v->text);
    *out = jq_number(
        (double)(rx_civil_days(n[0], n[1], n[2]) * 86400 + n[3] * 3600 + n[4] * 60 + n[5]));
    return true;
}

/* ---- formats --------------------------------------------------------------------------------- */

static const char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode_base64(struct jq *k, struct sh_buf *b, struct jq_val v)
{
    for (uint32_t i = 0; i < v.length && sh_charge(k->t, 1); i += 3) {
        uint32_t left = v.length - i, bits = 0;
        char four[4];

        for (uint32_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < left ? (unsigned char)v.text[i + j] : 0u);
        for (uint32_t j = 0; j < 4; j++)
            four[j] = j <= left ? base64_letters[bits >> (18 - 6 * j) & 63] : '=';
        sh_buf_add(k->t, b, four, 4);
    }
}

static bool decode_base64(struct jq *k, struct sh_buf *b, struct jq_val v)
{
    uint32_t bits = 0, count = 0, letters = 0;

    for (uint32_t i = 0; i < v.length && v.text[i] != '=' && sh_charge(k->t, 1); i++) {
        const char *at = v.text[i] != '\0' ? strchr(base64_letters, v.text[i]) : NULL;
        char byte;

        if (at == NULL)
            return jq_fail_kind(k, v, "is not valid base64 data");
        bits = bits << 6 | (uint32_t)(at - base64_letters);
        count += 6;
        letters++;
        if (count >= 8) {
            count -= 8;
            byte = (char)(bits >> count & 0xFF);
            sh_buf_add(k->t, b, &byte, 1);
        }
    }
    return letters != 1 || jq_fail_kind(k, v, "is not valid base64 data");
}

/* With what stands for some characters: pairs of one and its text, the last with NULL. */
static void escaped(struct jq *k, struct sh_buf *b, struct jq_val v, const char *from,
                    const char *const *to)
{
    for (uint32_t i = 0; i < v.length && sh_charge(k->t, 0); i++) {
        const char *at = v.text[i] != '\0' ? strchr(from, v.text[i]) : NULL;

        if (at != NULL)
            add(k, b, to[at - from]);
        else
            sh_buf_add(k->t, b, v.text + i, 1);
    }
}

static void encode_uri(struct jq *k, struct sh_buf *b, struct jq_val v)
{
    for (uint32_t i = 0; i < v.length && sh_charge(k->t, 0); i++) {
        char text[8];

        snprintf(text, sizeof(text),
                 isalnum((unsigned char)v.text[i]) ||
                         (v.text[i] != '\0' && strchr("-_.~", v.text[i]) != NULL)
                     ? "%c"
                     : "%%%02X",
                 (unsigned char)v.text[i]);
        add(k, b, text);
    }
}

static bool format_cell(struct jq *k, struct sh_buf *b, struct jq_val v, const char *format)
{
    static const char *const quotes[] = {"\"\""}, *const slashes[] = {"\\t", "\\n", "\\r", "\\\\"},
                             *const apostrophe[] = {"'\\''"};
    bool csv = strcmp(format, "csv") == 0, sh = strcmp(format, "sh") == 0;

    if (v.kind >= JQ_ARRAY)
        return jq_fail_kind(k, v,
                            sh    ? "can not be escaped for shell"
                            : csv ? "is not valid in a csv row"
                                  : "is not valid in a tsv row");
    if (v.kind == JQ_STRING) {
        add(k, b, csv ? "\"" : sh ? "'" : "");
        escaped(k, b, v,
                csv  ? "\""
                : sh ? "'"
                     : "\t\n\r\\",
                csv  ? quotes
                : sh ? apostrophe
                     : slashes);
        add(k, b, csv ? "\"" : sh ? "'" : "");
    } else if (v.kind != JQ_NULL || sh) {
        struct jq_val text = jq_to_json(k, v);

        sh_buf_add(k->t, b, text.text, text.length);
    }
    return !k->t->proc->over;
}

static bool format_row(struct jq *k, struct sh_buf *b, struct jq_val v, const char *format)
{
    bool sh = strcmp(format, "sh") == 0;

    if (v.kind != JQ_ARRAY) {
        if (sh)
            return format_cell(k, b, v, format);
        return jq_fail_kind(k, v,
                            strcmp(format, "csv") == 0
                                ? "cannot be csv-formatted, only an array can be"
                                : "cannot be tsv-formatted, only an array can be");
    }
    for (uint32_t i = 0; i < v.length; i++) {
        if (i > 0)
            add(k, b, sh ? " " : strcmp(format, "csv") == 0 ? "," : "\t");
        if (!format_cell(k, b, v.item[i], format))
            return false;
    }
    return true;
}

bool jq_format(struct jq *k, const char *format, struct jq_val v, struct jq_val *out)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&#39;", "&quot;"};
    struct jq_val text;
    struct sh_buf b = {0};

    if (strcmp(format, "json") == 0)
        return jq_fn_tojson(k, &v, out);
    if (strcmp(format, "csv") == 0 || strcmp(format, "tsv") == 0 || strcmp(format, "sh") == 0)
        return format_row(k, &b, v, format) && made(k, &b, out);
    text = jq_as_text(k, v);
    if (strcmp(format, "text") == 0) {
        *out = text;
        return !k->t->proc->over;
    }
    if (strcmp(format, "html") == 0) {
        escaped(k, &b, text, "<>&'\"", entities);
    } else if (strcmp(format, "uri") == 0) {
        encode_uri(k, &b, text);
    } else if (strcmp(format, "base64") == 0) {
        encode_base64(k, &b, text);
    } else if (strcmp(format, "base64d") == 0) {
        if (!decode_base64(k, &b, text))
            return false;
        *out = jq_valid(k, b.text != NULL ? b.text : "", b.length);
        return !k->t->proc->over;
    } else {
        return jq_fail(k, "%.40s is not a valid format", format);
    }
    return made(k, &b, out);
}
