/* SPDX-License-Identifier: Apache-2.0 */
/* share.c - the values of single runs in a file, and files put together. */
#include "api/cli/sweep/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "api/manifest/document.h"

/* ---- out ------------------------------------------------------------------------------------- */

static void put_string(struct rx_text *t, const char *text)
{
    mf_write_string(t, text, strlen(text));
}

void sweep_share(struct rx_text *t, const void *sweep)
{
    const struct sweep *s = sweep;
    bool first = true;

    rx_text_say(t, "{\"sweep\":1,\"hash\":%llu,\"for_ms\":%lld,\"first_seed\":%llu,\"seeds\":%u,\n"
                   "\"axes\":[", (unsigned long long)s->hash, (long long)s->for_ms,
                (unsigned long long)s->first_seed, s->seeds);
    for (uint32_t i = 0; i < s->axes; i++) {
        rx_text_puts(t, i > 0 ? ",\n[" : "[");
        put_string(t, s->axis[i].name);
        for (uint32_t v = 0; v < s->axis[i].values; v++) {
            rx_text_putc(t, ',');
            put_string(t, s->axis[i].value[v]);
        }
        rx_text_putc(t, ']');
    }
    rx_text_puts(t, "],\n\"measures\":[");
    for (uint32_t i = 0; i < s->measures; i++) {
        rx_text_puts(t, i > 0 ? "," : "");
        put_string(t, s->measure[i]->name);
    }
    rx_text_puts(t, "],\n\"runs\":[");
    for (size_t run = 0; run < s->runs; run++) {
        if (!s->done[run])
            continue;
        rx_text_puts(t, first ? "\n[" : ",\n[");
        first = false;
        rx_text_u64(t, run);
        for (uint32_t m = 0; m < s->measures; m++) {
            rx_text_putc(t, ',');
            if (s->value[run * s->measures + m] == METRIC_NONE)
                rx_text_puts(t, "null");
            else
                rx_text_u64(t, s->value[run * s->measures + m]);
        }
        rx_text_putc(t, ']');
    }
    rx_text_puts(t, "]}\n");
}

/* ---- in -------------------------------------------------------------------------------------- */

static const char *read_string(struct sweep *s, const struct json_node *n)
{
    char *text;

    if (n == NULL || n->kind != JSON_STRING)
        return NULL;
    text = rx_arena_alloc(&s->arena, n->length + 1);
    if (text != NULL)
        json_unescape(n->text, n->length, text, n->length + 1);
    return text;
}

static bool read_axis(struct sweep *s, const struct json *j, const struct json_node *list)
{
    struct sweep_axis *a = &s->axis[s->axes];
    const struct json_node *n = json_first(j, list);

    if (s->axes == SWEEP_AXES_MAX || list->kind != JSON_ARRAY)
        return false;
    *a = (struct sweep_axis){
        .name = read_string(s, n),
        .value = rx_arena_alloc(&s->arena, SWEEP_VALUES_MAX * sizeof(*a->value))};
    s->axes++;
    if (a->name == NULL || a->value == NULL)
        return false;
    while ((n = json_next(j, n)) != NULL) {
        if (a->values == SWEEP_VALUES_MAX || (a->value[a->values++] = read_string(s, n)) == NULL)
            return false;
    }
    return a->values > 0;
}

static bool read_plan(struct sweep *s, const struct json *j)
{
    const struct json_node *root = json_root(j), *n;
    uint64_t for_ms, seeds, runs = 1;

    if (!json_u64(json_member(j, root, "hash"), UINT64_MAX, &s->hash) ||
        !json_u64(json_member(j, root, "for_ms"), INT64_MAX, &for_ms) ||
        !json_u64(json_member(j, root, "first_seed"), UINT64_MAX, &s->first_seed) ||
        !json_u64(json_member(j, root, "seeds"), SWEEP_RUNS_MAX, &seeds) || seeds == 0)
        return false;
    s->for_ms = (int64_t)for_ms;
    s->seeds = (uint32_t)seeds;
    for (n = json_first(j, json_member(j, root, "axes")); n != NULL; n = json_next(j, n)) {
        if (!read_axis(s, j, n))
            return false;
        runs *= s->axis[s->axes - 1].values;
        if (runs * seeds > SWEEP_RUNS_MAX)
            return false;
    }
    for (n = json_first(j, json_member(j, root, "measures")); n != NULL; n = json_next(j, n)) {
        const struct metric *m =
            n->kind == JSON_STRING ? sweep_measure_find(n->text, n->length) : NULL;

        if (m == NULL || s->measures == SWEEP_MEASURES_MAX)
            return false;
        s->measure[s->measures++] = m;
    }
    s->combinations = (uint32_t)runs;
    s->runs = s->combinations * s->seeds;
    return s->axes > 0 && s->measures > 0;
}

static bool same_plan(const struct sweep *a, const struct sweep *b)
{
    bool same = a->hash == b->hash && a->for_ms == b->for_ms && a->seeds == b->seeds &&
                a->first_seed == b->first_seed && a->axes == b->axes &&
                a->measures == b->measures && a->runs == b->runs;

    for (uint32_t i = 0; same && i < a->measures; i++)
        same = a->measure[i] == b->measure[i];
    for (uint32_t i = 0; same && i < a->axes; i++) {
        same = strcmp(a->axis[i].name, b->axis[i].name) == 0 &&
               a->axis[i].values == b->axis[i].values;
        for (uint32_t v = 0; same && v < a->axis[i].values; v++)
            same = strcmp(a->axis[i].value[v], b->axis[i].value[v]) == 0;
    }
    return same;
}

static const char *read_runs(struct sweep *s, const struct json *j)
{
    const struct json_node *n = json_first(j, json_member(j, json_root(j), "runs")), *v;
    uint64_t run;

    for (; n != NULL; n = json_next(j, n)) {
        v = json_first(j, n);
        if (!json_u64(v, s->runs - 1, &run))
            return "damaged: runs";
        if (s->done[run])
            return "a run is in two of the files";
        for (uint32_t m = 0; m < s->measures; m++) {
            uint64_t *out = &s->value[run * s->measures + m];

            v = json_next(j, v);
            if (v != NULL && v->kind == JSON_NULL)
                *out = METRIC_NONE;
            else if (!json_u64(v, UINT64_MAX - 1, out))
                return "damaged: runs";
        }
        s->done[run] = true;
    }
    return NULL;
}

static bool open_empty(struct sweep *s)
{
    *s = (struct sweep){0};
    if (rx_mem_open(&s->mem) != 0)
        return false;
    rx_arena_init(&s->arena, &s->mem);
    return true;
}

/* The first file says what the sweep is, the others must say the same. NULL, or what is wrong. */
static const char *add(struct sweep *s, const struct json *j)
{
    struct sweep other, *into = s->runs == 0 ? s : &other;
    const char *wrong = NULL;
    uint64_t form = 0;

    if (!json_u64(json_member(j, json_root(j), "sweep"), UINT64_MAX, &form))
        return "not a result of 'podring sweep --result', as the first one is";
    if (form != 1)
        return "written by another release of podring";
    if (!open_empty(into))
        return json_no_memory;
    if (!read_plan(into, j))
        wrong = "damaged: what was varied";
    else if (into == s)
        wrong = sweep_room(s) ? NULL : json_no_memory;
    else if (!same_plan(s, &other))
        wrong = "of another sweep than the first one";
    if (into == &other)
        sweep_close(&other);
    return wrong == NULL ? read_runs(s, j) : wrong;
}

static int check_whole(const struct sweep *s, bool partial)
{
    uint32_t missing = 0;

    for (uint32_t i = 0; i < s->runs; i++)
        missing += !s->done[i];
    if (missing == 0)
        return CLI_OK;
    cli_say("%u of %u runs are missing%s", missing, s->runs,
            partial ? "" : " (--partial does without)");
    return partial ? CLI_OK : CLI_BAD_INPUT;
}

int sweep_read_all(struct sweep *s, char *const *path, int count, const struct json *first,
                   bool partial)
{
    int code = CLI_OK;

    *s = (struct sweep){0};
    for (int i = 0; i < count && code == CLI_OK; i++) {
        const char *wrong = NULL;
        struct json j = {0};

        code = i > 0 ? json_load(&j, path[i]) : CLI_OK;
        if (code == CLI_OK)
            wrong = add(s, i > 0 ? &j : first);
        json_close(&j);
        if (wrong != NULL) {
            cli_say("%s: %s", path[i], wrong);
            code = wrong == json_no_memory ? CLI_SYSTEM : CLI_BAD_INPUT;
        }
    }
    return code == CLI_OK ? check_whole(s, partial) : code;
}
