/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_share.c - a world in several engines, each of which has its share of the pods: what they
 * tell of a pod, all together, is what one engine tells of it, and their counters and digests add
 * up (docs/decisions/0005). The order of events between pods is not promised. An engine that has to
 * do with pods of another says so, and is not held to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "tests/support/world_parts.h"

enum { SHARES_MAX = 3 };

struct line {
    char *text;   /* without its number */
    char key[64]; /* whom it is about */
    size_t index;
};

struct tale {
    struct line *line;
    size_t count, room;
};

/* ---- stories by pod
 * -------------------------------------------------------------------------------------- */

static void key_of(struct line *l)
{
    static const char *const name[] = {"\"uid\":\"", "\"object\":\""};

    for (size_t i = 0; i < RX_ARRAY_LEN(name); i++) {
        const char *at = strstr(l->text, name[i]);

        if (at == NULL)
            continue;
        at += strlen(name[i]);
        snprintf(l->key, sizeof(l->key), "%.*s", (int)strcspn(at, "\""), at);
        return;
    }
}

static void add_line(struct tale *t, const char *from, const char *to)
{
    const char *seq = strstr(from, "\"seq\":"), *after = strchr(seq, ',') + 1;
    struct line *l;

    if (t->count == t->room) {
        t->room = 2 * t->room + 256;
        t->line = realloc(t->line, t->room * sizeof(*t->line));
        if (t->line == NULL)
            abort();
    }
    l = &t->line[t->count];
    *l = (struct line){.index = t->count++, .text = malloc((size_t)(to - from) + 1)};
    if (l->text == NULL)
        abort();
    sprintf(l->text, "%.*s%.*s", (int)(seq - from), from, (int)(to - after), after);
    key_of(l);
}

static void add_lines(struct tale *t, struct watch *w)
{
    size_t length;
    const char *at = watch_lines(w, &length), *end = at + length;

    while (at < end) {
        const char *to = memchr(at, '\n', (size_t)(end - at));

        add_line(t, at, to);
        at = to + 1;
    }
}

static int by_key(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int diff = strcmp(x->key, y->key);

    return diff != 0 ? diff : (x->index > y->index) - (x->index < y->index);
}

static void tale_free(struct tale *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->line[i].text);
    free(t->line);
}

static void compare(struct tale *one, struct tale *all, struct verdict *v)
{
    size_t count = RX_MIN(one->count, all->count);

    if (one->count > 0)
        qsort(one->line, one->count, sizeof(*one->line), by_key);
    if (all->count > 0)
        qsort(all->line, all->count, sizeof(*all->line), by_key);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(one->line[i].text, all->line[i].text) != 0) {
            world_broken(v, "shares", -1, "one tells %.200s, several %.200s", one->line[i].text,
                         all->line[i].text);
            return;
        }
    }
    if (one->count != all->count)
        world_broken(v, "shares", -1, "one tells %zu lines, several %zu", one->count, all->count);
}

/* ---- engines
 * ------------------------------------------------------------------------------------------- */

static bool knows_all(const struct run *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(r->ring, &s);
    return s.foreign_lookups == 0;
}

static void compare_counters(const struct run *whole, const struct run *part, uint32_t count,
                             struct verdict *v)
{
    const char *name;
    bool adds_up;

    for (unsigned i = 0;; i++) {
        uint64_t one = world_counter(whole, i, &name, &adds_up), sum = 0;

        if (name == NULL)
            break;
        for (uint32_t k = 0; k < count; k++)
            sum += world_counter(&part[k], i, &name, &adds_up);
        if (adds_up && one != sum)
            world_broken(v, "shares", -1, "%s are %llu in one engine, %llu in %u", name,
                         (unsigned long long)one, (unsigned long long)sum, count);
    }
}

/* Pulls and starts that a Behavior lets fail are not foreseen for pods of other shards. */
static bool is_promised(const struct maker *m)
{
    return strstr(m->text, "fail: ") == NULL;
}

void world_shares(const struct hunt *h, const struct maker *m, uint64_t seed,
                  const struct run *whole, uint32_t count, struct verdict *v)
{
    struct run part[SHARES_MAX] = {{0}};
    struct tale one = {0}, all = {0};
    uint64_t digest = 0;
    bool known = true;

    RX_ASSERT(count <= SHARES_MAX);
    if (!is_promised(m))
        return;
    for (uint32_t i = 0; i < count && v->rule[0] == '\0'; i++) {
        struct world_how how = {
            .net = PODRING_NET_SCRIPT, .flags = h->flags, .shard_index = i, .shard_count = count};

        if (!world_begin(&part[i], m, seed, &how, v))
            break;
        world_turn(&part[i], h, v);
        known = known && knows_all(&part[i]);
        digest += podring_digest(part[i].ring);
        add_lines(&all, part[i].watch);
    }
    if (v->rule[0] == '\0' && known) {
        add_lines(&one, whole->watch);
        compare(&one, &all, v);
        compare_counters(whole, part, count, v);
        if (digest != podring_digest(whole->ring))
            world_broken(v, "shares", -1, "the digests do not add up");
    }
    for (uint32_t i = 0; i < count; i++)
        world_finish(&part[i]);
    tale_free(&one);
    tale_free(&all);
}
