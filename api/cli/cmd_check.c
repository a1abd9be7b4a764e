/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check.c - podring check: validates manifests.
 *
 * The verdict is the engine's own: the files are loaded and applied as a simulation would, with one
 * replica each. What the objects are is then read from what the engine has loaded.
 */
#include <stdio.h>
#include <string.h>

#include "api/cli/io/input.h"
#include "api/cli/io/out.h"
#include "api/choice.h"
#include "api/engine.h"
#include "engine/reactor/base.h"

/* ---- objects -------------------------------------------------------------------------------- */

static void put_count(struct rx_text *t, uint64_t n, const char *what)
{
    rx_text_puts(t, ", ");
    face_grouped(t, n);
    rx_text_putc(t, ' ');
    rx_text_puts(t, what);
    rx_text_puts(t, n == 1 ? "" : "s");
}

static void put_object(struct rx_text *t, const char *ns, const char *kind, const char *name)
{
    rx_text_puts(t, ns);
    rx_text_putc(t, ' ');
    rx_text_puts(t, kind);
    rx_text_putc(t, '/');
    rx_text_puts(t, name);
}

static void render_workload(struct rx_text *t, const void *what)
{
    const struct pod_workload_spec *w = what;
    const struct pod_spec *pod = w->template_;
    uint32_t probes = 0;

    for (uint32_t i = 0; i < pod->container_count; i++)
        for (int k = 0; k < POD_PROBE_KINDS; k++)
            probes += pod->container[i].probe[k] != NULL;
    put_object(t, w->ns, cluster_kind_name(w->kind), w->name);
    rx_text_puts(t, ": ok");
    if (w->kind != POD_WORKLOAD_POD && w->kind != POD_WORKLOAD_DAEMONSET)
        put_count(t, (uint64_t)(w->replicas > 0 ? w->replicas : 0),
                  w->kind == POD_WORKLOAD_JOB ? "parallel pod" : "replica");
    put_count(t, pod->container_count, "container");
    put_count(t, probes, "probe");
    rx_text_putc(t, '\n');
}

/* One of the list of objects. */
struct listed {
    const struct manifest_set *set;
    uint32_t object;
};

/* What selects pods: which. */
static void render_fits(struct rx_text *t, const void *what)
{
    const struct listed *listed = what;
    const struct manifest_object *o = &listed->set->objects.item[listed->object];
    const struct pod_behaviour *b = &listed->set->behaviours.item[o->index];
    bool ours = o->kind == ST_BEHAVIOUR;
    const char *name = ours ? b->name : o->name;
    char whose[512];
    struct rx_text w = rx_text_in(whose, sizeof(whose));
    uint64_t pods;

    put_object(t, o->ns, st_kind_word((enum st_kind)o->kind, o->sub), name != NULL ? name : "");
    if (api_choice_text(listed->set, listed->object, &pods, &w)) {
        rx_text_end(&w);
        rx_text_puts(t, ": fits ");
        face_grouped(t, pods);
        rx_text_puts(t, pods == 1 ? " pod" : " pods");
        rx_text_puts(t, whose);
    } else {
        rx_text_puts(t, ": ok");
    }
    if (ours && b->instance_count > 0)
        put_count(t, b->instance_count, "instance");
    rx_text_putc(t, '\n');
}

static void render_client(struct rx_text *t, const void *what)
{
    const struct st_client_spec *c = what;

    put_object(t, c->ns, "client", c->name);
    rx_text_puts(t, ": ok, to ");
    rx_text_puts(t, c->url);
    rx_text_putc(t, '\n');
}

static bool same_scenario(const struct pod_step *a, const struct pod_step *b)
{
    return strcmp(a->scenario_ns, b->scenario_ns) == 0 && strcmp(a->scenario, b->scenario) == 0;
}

/* With how many steps, from the first of them on. */
static void render_scenario(struct rx_text *t, const void *what)
{
    const struct listed *listed = what;
    const struct manifest_steps *steps = &listed->set->steps;
    const struct pod_step *first = &steps->item[listed->object];
    uint32_t count = 0;

    for (uint32_t i = listed->object; i < steps->count; i++)
        count += same_scenario(first, &steps->item[i]);
    put_object(t, first->scenario_ns, "scenario", first->scenario);
    rx_text_puts(t, ": ok");
    put_count(t, count, "step");
    rx_text_putc(t, '\n');
}

/* The engine was given one replica of each. */
static bool too_many(const struct cli_options *o, const struct manifest_set *set)
{
    uint32_t max = o->engine.pods_max > 0 ? o->engine.pods_max : PODRING_PODS_MAX;
    uint64_t pods = 0;

    for (uint32_t i = 0; i < set->workloads.count; i++)
        pods += (uint64_t)RX_MAX(set->workloads.item[i].replicas, 0);
    if (pods > max)
        cli_say("%llu pods: more than %u in all (--pods-max)", (unsigned long long)pods, max);
    return pods > max;
}

static void list_scenarios(const struct manifest_set *set, struct out *out)
{
    const struct pod_step *step = set->steps.item;

    for (uint32_t i = 0; i < set->steps.count; i++) {
        uint32_t k = 0;

        while (k < i && !same_scenario(&step[k], &step[i]))
            k++;
        if (k == i)
            out_render(out, render_scenario, &(struct listed){set, i});
    }
}

static void list(const struct manifest_set *set, struct out *out)
{
    static const uint8_t selects[] = {ST_SERVICE, ST_BUDGET, ST_BEHAVIOUR};

    for (uint32_t i = 0; i < set->workloads.count; i++)
        out_render(out, render_workload, &set->workloads.item[i]);
    for (size_t k = 0; k < RX_ARRAY_LEN(selects); k++)
        for (uint32_t i = 0; i < set->objects.count; i++)
            if (set->objects.item[i].kind == selects[k])
                out_render(out, render_fits, &(struct listed){set, i});
    for (uint32_t i = 0; i < set->clients.count; i++)
        out_render(out, render_client, &set->clients.item[i]);
    list_scenarios(set, out);
}

static int check(const struct cli_options *o, const struct input *in, struct out *out)
{
    struct podring_options engine = o->engine;
    uint32_t seen = 0;
    podring *ring;
    int code, error;

    engine.clock = PODRING_VIRTUAL;
    engine.flags |= PODRING_NO_EVENTS;
    engine.replicas = 1;
    error = podring_open(&engine, &ring);
    if (error != 0) {
        cli_say("%s", podring_strerror(error));
        return cli_exit_code(error);
    }
    code = input_complain(o, ring, input_load(in, ring), &seen);
    if (code == CLI_OK && too_many(o, &ring->set))
        code = CLI_BAD_INPUT;
    if (code == CLI_OK)
        list(&ring->set, out);
    if (code == CLI_OK && input_fails(o, ring))
        code = CLI_FAILED;
    podring_close(ring);
    return code;
}

int cmd_check(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    struct input in = {0};
    struct out out;
    int code = cli_options_parse(&o, verb, argc, argv), closed;

    out_standard(&out);
    if (code == CLI_OK && o.help) {
        code = cli_help(verb);
    } else if (code == CLI_OK) {
        code = input_open(&in, &o);
        if (code == CLI_OK)
            code = check(&o, &in, &out);
    }
    closed = out_close(&out);
    input_close(&in);
    cli_options_free(&o);
    return code != CLI_OK ? code : closed;
}
