/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scripts.c - which Behavior documents speak for a container: chosen when its pod is created, and
 * again when more of them come. What it answers by them is in behaviour.c.
 */
#include <string.h>

#include "engine/pod/pod_int.h"
#include "engine/reactor/err.h"

enum { BEHAVIOURS_PER_TEMPLATE = 64 };

/* The documents that may speak for pods of this template: same namespace, fitting labels. Worked
 * out again only when documents were added. */
static int fit_template(struct pod_world *w, struct pod_template *t)
{
    uint32_t *list, count = 0;

    if (t->behaviours_seen == w->behaviour_count)
        return 0;
    list = rx_arena_alloc(&w->arena, (w->behaviour_count + 1) * sizeof(*list));
    if (list == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < w->behaviour_count; i++) {
        const struct pod_behaviour *b = w->behaviours[i];

        if (strcmp(b->ns, t->spec->ns) != 0)
            continue;
        if (b->selector.present && !pod_selector_matches(&b->selector, &t->spec->labels))
            continue;
        if (b->workload != NULL && strcmp(b->workload, t->spec->name) != 0)
            continue;
        if (count == BEHAVIOURS_PER_TEMPLATE)
            return -RX_ELIMIT;
        list[count++] = i;
    }
    t->behaviour_count = count;
    t->behaviour = list;
    t->behaviours_seen = w->behaviour_count;
    return 0;
}

static bool names_pod(const struct pod_behaviour *b, uint32_t ordinal)
{
    uint32_t low = 0, high = b->pod_count;

    if (!b->has_pods)
        return true;
    while (low < high) {
        uint32_t mid = (low + high) / 2;

        if (b->pod[mid] < ordinal)
            low = mid + 1;
        else
            high = mid;
    }
    return low < b->pod_count && b->pod[low] == ordinal;
}

/* Naming pods beats naming the container beats a selector or a workload beats nothing; of equals
 * the later one. */
static uint32_t weight(const struct pod_behaviour *b)
{
    bool chosen = b->selector.present || b->workload != NULL;

    return (uint32_t)(b->has_pods << 2 | (b->container != NULL) << 1 | chosen);
}

static bool beats(const struct pod_behaviour *b, const struct pod_behaviour *than)
{
    if (than == NULL)
        return true;
    if (weight(b) != weight(than))
        return weight(b) > weight(than);
    return b->order >= than->order;
}

static bool names_container(const struct pod_behaviour *b, const struct pod_template *t,
                            uint32_t container)
{
    return b->container == NULL || strcmp(b->container, t->spec->container[container].name) == 0;
}

static void merge(struct pod_script *s, const struct pod_behaviour *b)
{
    if (b->has_pull && beats(b, s->pull))
        s->pull = b;
    if (b->has_instances && beats(b, s->instances))
        s->instances = b;
    if (b->has_exec && beats(b, s->exec))
        s->exec = b;
    if (b->has_post_start && beats(b, s->post_start))
        s->post_start = b;
    if (b->has_pre_stop && beats(b, s->pre_stop))
        s->pre_stop = b;
}

/* Scripts are shared by all replicas that were given the same documents. */
static int script_of(struct pod_world *w, struct pod_template *t, uint32_t container, uint64_t mask,
                     const struct pod_script **out)
{
    struct pod_script *s;

    *out = NULL;
    if (mask == 0)
        return 0;
    for (s = t->scripts; s != NULL; s = s->next) {
        if (s->mask == mask && s->container == container) {
            *out = s;
            return 0;
        }
    }
    s = rx_arena_alloc(&w->arena, sizeof(*s));
    if (s == NULL)
        return -RX_ENOMEM;
    s->container = container;
    s->mask = mask;
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        if (mask >> i & 1)
            merge(s, w->behaviours[t->behaviour[i]]);
    }
    s->next = t->scripts;
    t->scripts = s;
    *out = s;
    return 0;
}

void pod_scripts_forget(struct pod_world *w, const struct pod_template *t)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++)
        w->behaviour_matched[t->behaviour[i]]--;
}

int pod_scripts_skip(struct pod_world *w, struct pod_template *t, uint64_t *mask)
{
    int rc = fit_template(w, t);

    *mask = 0;
    for (uint32_t i = 0; rc == 0 && i < t->behaviour_count; i++) {
        if (names_pod(w->behaviours[t->behaviour[i]], w->behaviour_matched[t->behaviour[i]]++))
            *mask |= 1ull << i;
    }
    return rc;
}

bool pod_scripts_pull(const struct pod_world *w, const struct pod_template *t, uint64_t mask)
{
    for (; mask != 0; mask &= mask - 1) {
        if (w->behaviours[t->behaviour[__builtin_ctzll(mask)]]->has_pull)
            return true;
    }
    return false;
}

struct pod_script pod_scripts_of(const struct pod_world *w, const struct pod_template *t,
                                 uint64_t mask, uint32_t container)
{
    struct pod_script s = {.container = container, .mask = mask};

    for (; mask != 0; mask &= mask - 1) {
        const struct pod_behaviour *b = w->behaviours[t->behaviour[__builtin_ctzll(mask)]];

        if (names_container(b, t, container))
            merge(&s, b);
    }
    return s;
}

int pod_scripts_choose(struct pod *p, uint32_t first_behaviour)
{
    struct pod_world *w = pod_world_of(p);
    struct pod_template *t = (struct pod_template *)(uintptr_t)p->tmpl;
    uint64_t spoken = 0;
    int rc = fit_template(w, t);

    if (rc != 0)
        return rc;
    pod_unpark(p);
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        uint32_t number = t->behaviour[i];

        /* An older document has counted this pod already. */
        if (number < first_behaviour)
            continue;
        if (names_pod(w->behaviours[number], w->behaviour_matched[number]++))
            spoken |= 1ull << i;
    }
    for (uint32_t c = 0; c < t->spec->container_count; c++) {
        struct pod_container *container = pod_container_at(p, c);
        uint64_t mask = container->script != NULL ? container->script->mask : 0;

        for (uint32_t i = 0; i < t->behaviour_count; i++) {
            if ((spoken >> i & 1) && names_container(w->behaviours[t->behaviour[i]], t, c))
                mask |= 1ull << i;
        }
        rc = script_of(w, t, c, mask, &container->script);
        if (rc == 0)
            rc = pod_refusal_prepare(container);
        if (rc != 0) {
            if (first_behaviour == 0)
                pod_scripts_forget(w, t); /* it will not come to life */
            return rc;
        }
    }
    return 0;
}

/* Documents only ever follow each other, so what an older list gave is the lower part of each mask,
 * and the script of that is there already. */
void pod_scripts_cut(struct pod_world *w, uint32_t behaviours)
{
    for (struct pod_template *t = w->templates; t != NULL; t = t->next) {
        while (t->behaviour_count > 0 && t->behaviour[t->behaviour_count - 1] >= behaviours)
            t->behaviour_count--;
        if (t->behaviours_seen != UINT32_MAX)
            t->behaviours_seen = RX_MIN(t->behaviours_seen, behaviours);
    }
    RX_LIST_EACH(l, &w->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);
        uint64_t older = (uint64_t)(((unsigned __int128)1 << p->tmpl->behaviour_count) - 1);

        for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
            struct pod_container *c = pod_container_at(p, i);
            uint64_t mask = c->script != NULL ? c->script->mask & older : 0;
            const struct pod_script *s = mask != 0 ? p->tmpl->scripts : NULL;

            while (s != NULL && !(s->mask == mask && s->container == i))
                s = s->next;
            c->script = s;
        }
    }
}

/* Scripts are merged anew where they are: nobody needs another one, so nothing can fail. */
static void merge_again(struct pod_world *w, struct pod_template *t)
{
    for (struct pod_script *s = t->scripts; s != NULL; s = s->next) {
        s->pull = s->instances = s->exec = s->post_start = s->pre_stop = NULL;
        for (uint32_t i = 0; i < t->behaviour_count; i++) {
            if (s->mask >> i & 1)
                merge(s, w->behaviours[t->behaviour[i]]);
        }
    }
}

void pod_world_behaviour_off(struct pod_world *w, struct pod_behaviour *b)
{
    b->has_pull = b->has_instances = b->has_exec = b->has_post_start = b->has_pre_stop = false;
    RX_LIST_EACH(l, &w->pods)
        pod_unpark(rx_container_of(l, struct pod, link));
    for (struct pod_template *t = w->templates; t != NULL; t = t->next)
        merge_again(w, t);
    pod_refusal_review(w);
}

/* ---- what documents speak for --------------------------------------------------------------- */

enum part { PART_MAIN, PART_EXEC, PART_POST_START, PART_PRE_STOP };

static bool has_exec(const struct pod_behaviour *b, uint32_t argc, const char *const *argv,
                     bool probe)
{
    for (uint32_t i = 0; i < b->exec_count; i++) {
        if ((b->exec[i].argc > 0 || probe) && pod_exec_rule_names(&b->exec[i], argc, argv))
            return true;
    }
    return false;
}

bool pod_template_scripts_word(const struct pod_template *t, uint32_t container, const char *word)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        const struct pod_behaviour *b = t->world->behaviours[t->behaviour[i]];

        if (!b->has_exec || !names_container(b, t, container))
            continue;
        for (uint32_t k = 0; k < b->exec_count; k++)
            if (b->exec[k].argc > 0 && strcmp(b->exec[k].argv[0], word) == 0)
                return true;
    }
    return false;
}

bool pod_template_scripts_command(const struct pod_template *t, uint32_t container, uint32_t argc,
                                  const char *const *argv)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        const struct pod_behaviour *b = t->world->behaviours[t->behaviour[i]];

        if (b->has_exec && has_exec(b, argc, argv, false) && names_container(b, t, container))
            return true;
    }
    return false;
}

static bool speaks(const struct pod_template *t, uint32_t container, enum part part,
                   const struct pod_handler_spec *h)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        const struct pod_behaviour *b = t->world->behaviours[t->behaviour[i]];
        bool has[] = {b->has_instances, part == PART_EXEC && has_exec(b, h->argc, h->argv, true),
                      b->has_post_start, b->has_pre_stop};

        if (has[part] && names_container(b, t, container))
            return true;
    }
    return false;
}

bool pod_template_scripts_main(const struct pod_template *t, uint32_t container)
{
    return speaks(t, container, PART_MAIN, NULL);
}

bool pod_template_scripts_exec(const struct pod_template *t, uint32_t container,
                               const struct pod_handler_spec *h)
{
    return speaks(t, container, PART_EXEC, h);
}

bool pod_template_scripts_hook(const struct pod_template *t, uint32_t container, bool stop)
{
    return speaks(t, container, stop ? PART_PRE_STOP : PART_POST_START, NULL);
}
