/* SPDX-License-Identifier: Apache-2.0 */
/* jq_arith.c - what the operators of jq do with two values. */
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

struct jq_val jq_joined(struct jq *k, struct jq_val a, struct jq_val b)
{
    size_t length = (size_t)a.length + b.length;
    char *text = length <= SHELL_MEMORY_MAX ? jq_alloc(k, length + 1) : NULL;

    if (text == NULL) {
        sh_limit(k->t, "the script needs too much memory");
        return jq_words("");
    }
    memcpy(text, a.text, a.length);
    memcpy(text + a.length, b.text, b.length);
    sh_charge(k->t, (uint32_t)(length / 64));
    return (struct jq_val){.kind = JQ_STRING, .length = (uint32_t)length, .text = text};
}

static bool add(struct jq *k, struct jq_val a, struct jq_val b, struct jq_val *out)
{
    struct jq_list l;
    struct jq_map m;

    if (a.kind == JQ_NULL || b.kind == JQ_NULL) {
        *out = a.kind == JQ_NULL ? b : a;
        return true;
    }
    if (a.kind != b.kind || a.kind < JQ_NUMBER)
        return jq_fail_kinds(k, a, b, "cannot be added");
    if (a.kind == JQ_NUMBER) {
        *out = jq_number(a.num + b.num);
    } else if (a.kind == JQ_STRING) {
        *out = jq_joined(k, a, b);
    } else if (a.kind == JQ_ARRAY) {
        if (!jq_list_of(k, &l, a))
            return false;
        for (uint32_t i = 0; i < b.length; i++)
            if (!jq_push(k, &l, b.item[i]))
                return false;
        *out = jq_array(k, &l);
    } else {
        if (!jq_map_of(k, &m, a))
            return false;
        for (uint32_t i = 0; i < b.length; i++)
            if (!jq_put(k, &m, b.pair[i].key, b.pair[i].val))
                return false;
        *out = jq_object(k, &m);
    }
    return true;
}

static bool subtract(struct jq *k, struct jq_val a, struct jq_val b, struct jq_val *out)
{
    struct jq_list l = {0};

    if (a.kind == JQ_NUMBER && b.kind == JQ_NUMBER) {
        *out = jq_number(a.num - b.num);
        return true;
    }
    if (a.kind != JQ_ARRAY || b.kind != JQ_ARRAY)
        return jq_fail_kinds(k, a, b, "cannot be subtracted");
    for (uint32_t i = 0; i < a.length; i++) {
        bool found = false;

        for (uint32_t j = 0; j < b.length && !found; j++)
            found = jq_compare(k, a.item[i], b.item[j]) == 0;
        if (!found && !jq_push(k, &l, a.item[i]))
            return false;
    }
    *out = jq_array(k, &l);
    return true;
}

/* Of objects: b into a, objects that both have likewise. */
static bool merge(struct jq *k, struct jq_val a, struct jq_val b, struct jq_val *out)
{
    struct jq_map m;

    if (!jq_map_of(k, &m, a))
        return false;
    for (uint32_t i = 0; i < b.length; i++) {
        const struct jq_val *old = jq_get(k, a, b.pair[i].key);
        struct jq_val v = b.pair[i].val;

        if (old != NULL && old->kind == JQ_OBJECT && v.kind == JQ_OBJECT && !merge(k, *old, v, &v))
            return false;
        if (!jq_put(k, &m, b.pair[i].key, v))
            return false;
    }
    *out = jq_object(k, &m);
    return true;
}

static bool repeated(struct jq *k, struct jq_val text, double times, struct jq_val *out)
{
    struct sh_buf b = {0};
    struct jq_val one = text;

    *out = jq_null();
    if (!(times > 0))
        return true;
    for (double n = 0; n < times && text.length > 0; n++)
        if (!sh_charge(k->t, 1) || !sh_buf_add(k->t, &b, one.text, one.length))
            return false;
    *out = jq_text(k, b.text, b.length);
    return true;
}

static bool multiply(struct jq *k, struct jq_val a, struct jq_val b, struct jq_val *out)
{
    if (a.kind == JQ_NUMBER && b.kind == JQ_NUMBER)
        *out = jq_number(a.num * b.num);
    else if (a.kind == JQ_STRING && b.kind == JQ_NUMBER)
        return repeated(k, a, b.num, out);
    else if (a.kind == JQ_NUMBER && b.kind == JQ_STRING)
        return repeated(k, b, a.num, out);
    else if (a.kind == JQ_OBJECT && b.kind == JQ_OBJECT)
        return merge(k, a, b, out);
    else
        return jq_fail_kinds(k, a, b, "cannot be multiplied");
    return true;
}

/* What C makes of a double as a number of 64 bits, without its surprises. */
static int64_t whole(double n)
{
    return n != n ? 0 : n >= 9.2e18 ? INT64_MAX : n <= -9.2e18 ? -INT64_MAX : (int64_t)n;
}

static bool divide(struct jq *k, bool modulo, struct jq_val a, struct jq_val b, struct jq_val *out)
{
    if (!modulo && a.kind == JQ_STRING && b.kind == JQ_STRING)
        return jq_fn_split(k, (struct jq_val[]){a, b}, out);
    if (a.kind != JQ_NUMBER || b.kind != JQ_NUMBER)
        return jq_fail_kinds(k, a, b, "cannot be divided");
    if (b.num == 0 || (modulo && whole(b.num) == 0))
        return jq_fail_kinds(k, a, b, "cannot be divided because the divisor is zero");
    if (modulo) {
        int64_t x = whole(a.num), y = whole(b.num), left = llabs(x) % llabs(y);

        *out = jq_number((double)(x < 0 ? -left : left));
    } else {
        *out = jq_number(a.num / b.num);
    }
    return true;
}

bool jq_binary(struct jq *k, enum jq_binary op, struct jq_val a, struct jq_val b,
               struct jq_val *out)
{
    int order;

    switch (op) {
    case JQ_ADD:
        return add(k, a, b, out);
    case JQ_SUBTRACT:
        return subtract(k, a, b, out);
    case JQ_MULTIPLY:
        return multiply(k, a, b, out);
    case JQ_DIVIDE:
    case JQ_MODULO:
        return divide(k, op == JQ_MODULO, a, b, out);
    case JQ_ELSE:
        *out = jq_true(a) ? a : b;
        return true;
    default:
        break;
    }
    order = jq_compare(k, a, b);
    *out = jq_bool(op == JQ_EQ   ? order == 0
                   : op == JQ_NE ? order != 0
                   : op == JQ_LT ? order < 0
                   : op == JQ_LE ? order <= 0
                   : op == JQ_GT ? order > 0
                                 : order >= 0);
    return true;
}
