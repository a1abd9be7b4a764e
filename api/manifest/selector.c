/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selector.c - one word of a selector after the other. What Go's parser takes is taken, also where
 * it is odd: nothing between two commas of a set is the empty value, and "in" may be a key.
 */
#include "api/manifest/selector.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/manifest/valid.h"
#include "engine/reactor/err.h"

enum token { END, WORD, COMMA, OPEN, CLOSE, NOT, EQUAL, UNEQUAL, COMPARE };

struct reader {
    struct mf_selector *out;
    const char *text, *at; /* at: behind the token */
    const char *from;      /* where the token begins */
    const char *word;      /* a WORD's own text */
    uint32_t used;         /* of out->word */
    enum token token;
};

static int read_requirement(struct reader *r);
static int read_one(struct reader *r, struct pod_requirement *to);
static int read_set(struct reader *r, struct pod_requirement *to);

static void next(struct reader *r)
{
    r->from = r->at += strspn(r->at, " \t\r\n");
    switch (*r->at) {
    case '\0':
        r->token = END;
        return;
    case '=':
        r->at += r->at[1] == '=' ? 2 : 1;
        r->token = EQUAL;
        return;
    case '!':
        r->token = r->at[1] == '=' ? UNEQUAL : NOT;
        r->at += r->token == UNEQUAL ? 2 : 1;
        return;
    case '(':
    case ')':
    case ',':
        r->token = *r->at == '(' ? OPEN : *r->at == ')' ? CLOSE : COMMA;
        r->at++;
        return;
    case '<':
    case '>':
        r->token = COMPARE;
        r->at++;
        return;
    default: {
        size_t n = strcspn(r->at, " \t\r\n=!(),<>");

        r->token = WORD;
        r->word = memcpy(r->out->word + r->used, r->at, n);
        r->used += (uint32_t)n;
        r->out->word[r->used++] = '\0';
        r->at += n;
    }
    }
}

__attribute__((format(printf, 3, 4)))
static int refuse(struct reader *r, int rc, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(r->out->why, sizeof(r->out->why), format, args);
    va_end(args);
    return rc;
}

static int unexpected(struct reader *r, const char *wanted)
{
    if (r->token == END)
        return refuse(r, -RX_EINVALID, "it ends where %s is expected", wanted);
    return refuse(r, -RX_EINVALID, "found '%.*s' at character %zu where %s is expected",
                  (int)RX_MIN(r->at - r->from, 80), r->from, (size_t)(r->from - r->text) + 1,
                  wanted);
}

int mf_selector_parse(struct mf_selector *out, const char *text)
{
    struct reader r = {.out = out, .text = text, .at = text};
    int rc;

    out->selector = (struct pod_selector){.present = true, .requirement = out->requirement};
    out->values = 0;
    if (strlen(text) > MF_SELECTOR_TEXT)
        return refuse(&r, -RX_ELIMIT, "it is longer than %d bytes", MF_SELECTOR_TEXT);
    next(&r);
    if (r.token == END)
        return 0;
    for (;;) {
        if (r.token != WORD && r.token != NOT)
            return unexpected(&r, "a key or '!'");
        rc = read_requirement(&r);
        if (rc != 0 || r.token == END)
            return rc;
        if (r.token != COMMA)
            return unexpected(&r, "',' or the end");
        next(&r);
    }
}

static int read_requirement(struct reader *r)
{
    struct mf_selector *out = r->out;
    struct pod_requirement *to;
    bool absent = r->token == NOT;

    if (out->selector.count == MF_SELECTOR_KEYS)
        return refuse(r, -RX_ELIMIT, "it has more than %d requirements", MF_SELECTOR_KEYS);
    to = &out->requirement[out->selector.count];
    if (absent)
        next(r);
    if (r->token != WORD)
        return unexpected(r, "a key");
    if (!mf_is_label_key(r->word))
        return refuse(r, -RX_EINVALID, "'%.253s' is no key of a label", r->word);
    *to = (struct pod_requirement){.key = r->word, .value = &out->value[out->values]};
    out->selector.count++;
    next(r);
    if (absent || r->token == END || r->token == COMMA) {
        to->op = absent ? POD_SELECT_NOT_EXISTS : POD_SELECT_EXISTS;
        return 0;
    }
    if (r->token == COMPARE)
        return refuse(r, -RX_EUNSUPPORTED, "'%c' is not supported", *r->from);
    if (r->token == EQUAL || r->token == UNEQUAL) {
        to->op = r->token == EQUAL ? POD_SELECT_IN : POD_SELECT_NOT_IN;
        return read_one(r, to);
    }
    if (r->token != WORD || (strcmp(r->word, "in") != 0 && strcmp(r->word, "notin") != 0))
        return unexpected(r, "one of =, ==, !=, in and notin");
    to->op = r->word[0] == 'i' ? POD_SELECT_IN : POD_SELECT_NOT_IN;
    return read_set(r, to);
}

static int add_value(struct reader *r, struct pod_requirement *to, const char *value)
{
    if (!mf_is_label_value(value))
        return refuse(r, -RX_EINVALID, "'%.253s' is no value of a label", value);
    if (r->out->values == MF_SELECTOR_VALUES)
        return refuse(r, -RX_ELIMIT, "it has more than %d values", MF_SELECTOR_VALUES);
    r->out->value[r->out->values++] = value;
    to->count++;
    return 0;
}

static int read_one(struct reader *r, struct pod_requirement *to)
{
    int rc;

    next(r);
    if (r->token == END || r->token == COMMA)
        return add_value(r, to, "");
    if (r->token != WORD)
        return unexpected(r, "a value");
    rc = add_value(r, to, r->word);
    next(r);
    return rc;
}

/* A comma that no value stands before or behind has an empty one there; two that end the set are
 * one too many for Go. */
static int read_values(struct reader *r, struct pod_requirement *to)
{
    int rc = 0;

    while (rc == 0) {
        if (r->token == WORD) {
            rc = add_value(r, to, r->word);
            next(r);
            if (rc != 0 || r->token == CLOSE)
                return rc;
            if (r->token != COMMA)
                return unexpected(r, "',' or ')'");
        } else if (r->token == COMMA) {
            rc = to->count == 0 ? add_value(r, to, "") : 0;
            next(r);
            if (rc == 0 && r->token == CLOSE)
                return add_value(r, to, "");
            if (rc == 0 && r->token == COMMA) {
                rc = add_value(r, to, "");
                next(r);
            }
        } else {
            return unexpected(r, "',' or a value");
        }
    }
    return rc;
}

static int read_set(struct reader *r, struct pod_requirement *to)
{
    int rc;

    next(r);
    if (r->token != OPEN)
        return unexpected(r, "'('");
    next(r);
    if (r->token == CLOSE)
        return refuse(r, -RX_EINVALID, "the set of '%.253s' is empty", to->key);
    rc = read_values(r, to);
    next(r);
    return rc;
}
