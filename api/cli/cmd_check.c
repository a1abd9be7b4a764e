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

static void render_behaviour(struct rx_text *t, const void *what)
{
    const struct pod_behaviour *b = what;

    put_object(t, b->ns, "behavior", b->name);
    rx_text_puts(t, ": ok");
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

static void list(const struct manifest_set *set, struct out *out)
{
    char line[64];

    for (uint32_t i = 0; i < set->workloads.count; i++)
        out_render(out, render_workload, &set->workloads.item[i]);
    for (uint32_t i = 0; i < set->behaviours.count; i++)
        out_render(out, render_behaviour, &set->behaviours.item[i]);
    for (uint32_t i = 0; i < set->clients.count; i++)
        out_render(out, render_client, &set->clients.item[i]);
    if (set->steps.count > 0) {
        snprintf(line, sizeof(line), "scenarios: ok, %u steps\n", set->steps.count);
        out_puts(out, line);
    }
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
