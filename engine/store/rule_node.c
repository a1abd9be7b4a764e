/* SPDX-License-Identifier: Apache-2.0 */
/* rule_node.c - see rule_node.h. Effects are compared as words: a toleration may be silent. */
#include "engine/store/rule_node.h"

#include <string.h>

#include "engine/reactor/base.h"

const char *st_taint_effect_name(enum st_taint_effect e)
{
    static const char *const name[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};

    return name[e];
}

bool st_tolerates(const struct pod_toleration_spec *t, const struct st_taint *taint)
{
    if (*t->effect && strcmp(t->effect, st_taint_effect_name(taint->effect)) != 0)
        return false;
    if (*t->key && strcmp(t->key, taint->key) != 0)
        return false;
    return t->exists || (*t->key && strcmp(t->value, taint->value) == 0);
}

bool st_tolerated(const struct pod_spec *pod, const struct st_taint *taint)
{
    for (uint32_t i = 0; i < pod->toleration_count; i++)
        if (st_tolerates(&pod->toleration[i], taint))
            return true;
    return false;
}

const struct st_taint *st_untolerated(const struct pod_spec *pod, uint32_t count,
                                      const struct st_taint *taint, uint32_t effects)
{
    for (uint32_t i = 0; i < count; i++)
        if ((effects >> taint[i].effect & 1) && !st_tolerated(pod, &taint[i]))
            return &taint[i];
    return NULL;
}

/* A pod that says nothing of its own about not-ready and unreachable gets both for 300 s when it is
 * created (DefaultTolerationSeconds). */
static bool is_defaulted(const struct pod_spec *pod, const struct st_taint *taint)
{
    if (strcmp(taint->key, ST_TAINT_NOT_READY) != 0 &&
        strcmp(taint->key, ST_TAINT_UNREACHABLE) != 0)
        return false;
    for (uint32_t i = 0; i < pod->toleration_count; i++) {
        const struct pod_toleration_spec *t = &pod->toleration[i];

        if ((*t->key == '\0' || strcmp(t->key, taint->key) == 0) &&
            (*t->effect == '\0' || strcmp(t->effect, "NoExecute") == 0))
            return false;
    }
    return true;
}

/* The shortest of the tolerations that speak for one of the taints counts; one for ever does not
 * make it shorter. */
int64_t st_tolerated_for(const struct pod_spec *pod, uint32_t count, const struct st_taint *taint)
{
    int64_t least = -1;

    for (uint32_t i = 0; i < count; i++) {
        bool tolerated = false;

        if (taint[i].effect != ST_TAINT_NO_EXECUTE)
            continue;
        if (is_defaulted(pod, &taint[i])) {
            least = least < 0 ? ST_TOLERATION_SECONDS : RX_MIN(least, ST_TOLERATION_SECONDS);
            continue;
        }
        for (uint32_t k = 0; k < pod->toleration_count; k++) {
            const struct pod_toleration_spec *t = &pod->toleration[k];

            if (!st_tolerates(t, &taint[i]))
                continue;
            tolerated = true;
            if (t->seconds >= 0)
                least = least < 0 ? t->seconds : RX_MIN(least, t->seconds);
            break; /* of several that fit the first one speaks */
        }
        if (!tolerated)
            return 0;
    }
    return least;
}

/* ---- selecting ------------------------------------------------------------------------------- */

static bool integer(const char *text, int64_t *out)
{
    bool negative = *text == '-';
    int64_t n = 0;

    text += negative || *text == '+';
    if (*text == '\0')
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || n > (INT64_MAX - 9) / 10)
            return false;
        n = n * 10 + (*text - '0');
    }
    *out = negative ? -n : n;
    return true;
}

static bool holds(const struct pod_node_requirement *r, const char *value)
{
    bool listed = false;
    int64_t number;

    for (uint32_t i = 0; value != NULL && i < r->count; i++)
        listed = listed || strcmp(r->value[i], value) == 0;
    switch (r->op) {
    case POD_NODE_IN:
        return listed;
    case POD_NODE_NOT_IN:
        return !listed;
    case POD_NODE_EXISTS:
        return value != NULL;
    case POD_NODE_NOT_EXISTS:
        return value == NULL;
    case POD_NODE_GREATER:
        return value != NULL && integer(value, &number) && number > r->number;
    case POD_NODE_LESS:
        return value != NULL && integer(value, &number) && number < r->number;
    }
    return false;
}

bool st_node_term_matches(const struct pod_node_term *term, const struct st_node_spec *node)
{
    if (term->label_count == 0 && term->field_count == 0)
        return false;
    for (uint32_t i = 0; i < term->label_count; i++)
        if (!holds(&term->label[i], st_label(&node->labels, term->label[i].key)))
            return false;
    for (uint32_t i = 0; i < term->field_count; i++)
        if (!holds(&term->field[i], node->name))
            return false;
    return true;
}

bool st_selects_node(const struct pod_spec *pod, const struct st_node_spec *node)
{
    const struct pod_affinity_spec *a = pod->affinity;

    for (uint32_t i = 0; i < pod->node_selector.count; i++) {
        const char *value = st_label(&node->labels, pod->node_selector.pair[i].key);

        if (value == NULL || strcmp(value, pod->node_selector.pair[i].value) != 0)
            return false;
    }
    if (a == NULL || !a->node_given)
        return true;
    for (uint32_t i = 0; i < a->node_count; i++)
        if (st_node_term_matches(&a->node[i], node))
            return true;
    return false;
}
