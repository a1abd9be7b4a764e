/* SPDX-License-Identifier: Apache-2.0 */
/* choice.c - which workloads' pods a selector means, as far as documents tell. */
#include "api/choice.h"

#include <string.h>

enum { NAMED_MAX = 3 };

/* Labels that a controller gives its pods, which no template has. */
static bool is_given(const char *key)
{
    static const char *const keys[] = {
        "pod-template-hash", "controller-revision-hash", "pod-template-generation",
        "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "job-name",
        "batch.kubernetes.io/job-name", "controller-uid", "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(keys); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

uint32_t api_wishes(const struct api_choice *c)
{
    return c->selector != NULL ? c->selector->count : c->equal != NULL ? c->equal->count : 0;
}

bool api_wish_holds(const struct api_choice *c, uint32_t i, const struct pod_labels *labels)
{
    const char *value;

    if (c->selector != NULL) {
        const struct pod_selector one = {.present = true, .count = 1,
                                         .requirement = &c->selector->requirement[i]};

        return is_given(c->selector->requirement[i].key) || pod_selector_matches(&one, labels);
    }
    value = st_label(labels, c->equal->pair[i].key);
    return is_given(c->equal->pair[i].key) ||
           (value != NULL && strcmp(value, c->equal->pair[i].value) == 0);
}

uint32_t api_wishes_held(const struct api_choice *c, const struct pod_labels *labels)
{
    uint32_t held = 0;

    for (uint32_t i = 0; i < api_wishes(c); i++)
        held += api_wish_holds(c, i, labels);
    return held;
}

bool api_selects(const struct api_choice *c, const struct pod_workload_spec *w)
{
    return w->template_ != NULL && strcmp(w->ns, c->ns) == 0 &&
           (c->workload == NULL || strcmp(c->workload, w->name) == 0) &&
           api_wishes_held(c, &w->template_->labels) == api_wishes(c);
}

/* "app=shop", or its key alone if it is about more than one value. */
const char *api_wish_text(struct rx_arena *arena, const struct api_choice *c, uint32_t i)
{
    const struct pod_requirement *r;

    if (c->selector == NULL)
        return rx_arena_printf(arena, "%s=%s", c->equal->pair[i].key, c->equal->pair[i].value);
    r = &c->selector->requirement[i];
    switch (r->op) {
    case POD_SELECT_IN:
        return r->count == 1 ? rx_arena_printf(arena, "%s=%s", r->key, r->value[0])
                             : rx_arena_printf(arena, "%s in (%s, ..)", r->key, r->value[0]);
    case POD_SELECT_NOT_IN:
        return rx_arena_printf(arena, "%s notin (%s%s)", r->key, r->value[0],
                               r->count > 1 ? ", .." : "");
    case POD_SELECT_EXISTS:
        return r->key;
    default:
        return rx_arena_printf(arena, "!%s", r->key);
    }
}

const char *api_wish_key(const struct api_choice *c, uint32_t i)
{
    return c->selector != NULL ? c->selector->requirement[i].key : c->equal->pair[i].key;
}

const char *api_workload_word(const struct pod_workload_spec *w)
{
    return st_kind_word(ST_WORKLOAD, (uint8_t)w->kind);
}

/* Of a document, whom it selects; false: nobody, by its kind or because it has no selector. */
bool api_choice_of(const struct manifest_set *s, const struct manifest_object *o,
                      struct api_choice *out)
{
    *out = (struct api_choice){.ns = o->ns};
    if (o->kind == ST_SERVICE) {
        const struct pod_service_spec *service = &s->services.item[o->index];

        out->equal = &service->selector;
        return service->has_selector && service->selector.count > 0;
    }
    if (o->kind == ST_BUDGET) {
        out->selector = &s->budgets.item[o->index].selector;
        return out->selector->present;
    }
    if (o->kind == ST_BEHAVIOUR) {
        const struct pod_behaviour *b = &s->behaviours.item[o->index];

        out->selector = b->selector.present ? &b->selector : NULL;
        out->workload = b->workload;
        return true;
    }
    return false;
}

/* Of a DaemonSet: one a node. */
static uint64_t pods_of(const struct manifest_set *s, const struct pod_workload_spec *w)
{
    if (w->kind == POD_WORKLOAD_DAEMONSET)
        return RX_MAX(s->nodes.count, 1u);
    return (uint64_t)RX_MAX(w->replicas, 0);
}

bool api_choice_text(const struct manifest_set *s, uint32_t object, uint64_t *pods,
                   struct rx_text *out)
{
    const struct manifest_object *o = &s->objects.item[object];
    const struct pod_behaviour *b = &s->behaviours.item[o->index];
    uint64_t all = 0;
    uint32_t named = 0;
    struct api_choice c;

    if (!api_choice_of(s, o, &c))
        return false;
    for (uint32_t i = 0; i < s->workloads.count; i++) {
        const struct pod_workload_spec *w = &s->workloads.item[i];

        if (!api_selects(&c, w))
            continue;
        all += pods_of(s, w);
        named++;
        if (named > NAMED_MAX)
            continue;
        rx_text_puts(out, named == 1 ? " (" : ", ");
        rx_text_puts(out, api_workload_word(w));
        rx_text_putc(out, '/');
        rx_text_puts(out, w->name);
    }
    if (named > NAMED_MAX) {
        rx_text_puts(out, ", ");
        rx_text_u64(out, named - NAMED_MAX);
        rx_text_puts(out, " more");
    }
    rx_text_puts(out, named > 0 ? ")" : "");
    *pods = all;
    if (o->kind == ST_BEHAVIOUR && b->has_pods) {
        *pods = 0;
        for (uint32_t i = 0; i < b->pod_count; i++)
            *pods += b->pod[i] < all;
    }
    return true;
}
