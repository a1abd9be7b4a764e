/* SPDX-License-Identifier: Apache-2.0 */
/*
 * states.c - the engine's decision tables as text, rendered from the tables themselves: what
 * `podring states` prints and docs/states.md holds cannot differ from what runs.
 */
#include <stdio.h>

#include "api/engine.h"
#include "engine/pod/rule_carrier.h"
#include "engine/pod/rule_life.h"
#include "engine/pod/rule_plan.h"
#include "engine/pod/rule_probe.h"
#include "engine/reactor/err.h"
#include "engine/reactor/text.h"

/* Each thread renders into its own; a text is valid until the thread's next call. */
static _Thread_local char page[16384];

static const char *cell(int8_t v)
{
    return v < 0 ? "_" : v == 0 ? "N" : "Y";
}

static void add_decision(struct rx_text *t, uint8_t decision)
{
    static const char *const name[] = {"PROBE", "SET_FAILURE", "RETIRE"};
    size_t from = t->length + 2;

    rx_text_puts(t, "  ");
    for (unsigned i = 0; i < RX_ARRAY_LEN(name); i++) {
        if (decision >> i & 1) {
            rx_text_puts(t, t->length > from ? " | " : "");
            rx_text_puts(t, name[i]);
        }
    }
    rx_text_puts(t, decision == POD_GATE_SKIP ? "SKIP" : "");
    rx_text_pad(t, from, 21);
}

static void gate(struct rx_text *t)
{
    rx_text_say(t, "May a probe run now? Exactly one row matches; _ = any, Y = yes, N = no.\n\n"
           "row       known held run final delay started kinds  decision               a probe "
           "that ...\n");
    for (uint32_t i = 0; i < pod_gate_rows; i++) {
        const struct pod_gate_row *r = &pod_gate_table[i];

        rx_text_say(t, "%-8s  %-5s %-4s %-3s %-5s %-5s %-7s %s%s%s  ", r->name, cell(r->known),
            cell(r->held), cell(r->running), cell(r->final), cell(r->delay_over), cell(r->started),
            r->kinds >> POD_STARTUP & 1 ? "S" : "-", r->kinds >> POD_READINESS & 1 ? "R" : "-",
            r->kinds >> POD_LIVENESS & 1 ? "L" : "-");
        add_decision(t, r->decision);
        rx_text_say(t, "  %s\n", r->why);
    }
}

static void threshold(struct rx_text *t)
{
    rx_text_say(t, "What a run changes, by runs of the same outcome in a row (failureThreshold 3, "
           "successThreshold 1).\n\nkind       outcome  run  published  held afterwards\n");
    for (unsigned kind = 0; kind < POD_PROBE_KINDS; kind++) {
        for (unsigned failed = 0; failed < 2; failed++) {
            struct pod_probe_state s =
                {.result = (uint8_t)pod_probe_initial((enum pod_probe_kind)kind)};

            for (unsigned run = 1; run <= (failed ? 3 : 1); run++) {
                struct pod_probe_step step =
                    pod_probe_step(s, (enum pod_probe_kind)kind, !failed, 1, 3);

                s = step.state;
                rx_text_say(t, "%-9s  %-7s  %-3u  %-9s  %s\n",
                    pod_probe_kind_name((enum pod_probe_kind)kind), failed ? "failure" : "success",
                    run, step.actions & POD_PROBE_PUBLISHED
                        ? pod_result_name((enum pod_result)step.state.result)
                        : "-",
                    step.state.held ? "yes" : "no");
            }
        }
    }
}

static void restart(struct rx_text *t)
{
    static const char *const kind[] = {"init", "sidecar", "main"};
    static const char *const policy[] = {"", "Always", "OnFailure", "Never"};
    static const char *const fate[] = {"stays dead", "restarts", "restarts all"};

    rx_text_say(t, "Is a container that has ended by itself started again?\n\n"
           "kind     policy     exit 0      exit 1      pod deleted\n");
    for (unsigned k = POD_INIT; k <= POD_MAIN; k++) {
        for (unsigned p = POD_RESTART_ALWAYS; p <= POD_RESTART_NEVER; p++) {
            struct pod_restart_in in = {.kind = (enum pod_container_kind)k,
                                        .pod_policy = (enum pod_restart_policy)p};

            rx_text_say(t, "%-7s  %-9s  %-10s  ", kind[k], policy[p],
                        fate[pod_restart_decide(&in)]);
            in.exit_code = 1;
            rx_text_say(t, "%-10s  ", fate[pod_restart_decide(&in)]);
            in.deleting = true;
            rx_text_say(t, "%s\n", fate[pod_restart_decide(&in)]);
        }
    }
}

static void image(struct rx_text *t)
{
    static const char *const policy[] = {"Always", "IfNotPresent", "Never"};

    rx_text_say(t,
                "How does a container come to its image? Exactly one row matches; _ = any, Y = "
                "yes, N = "
                "no.\n\n"
                "row      named inspected present waits  policies                      step        "
                "     "
                "  an "
                "image that ...\n");
    for (uint32_t i = 0; i < pod_image_rows; i++) {
        const struct pod_image_row *r = &pod_image_table[i];
        char text[64];
        struct rx_text policies = rx_text_in(text, sizeof(text));

        for (unsigned k = 0; k < RX_ARRAY_LEN(policy); k++) {
            if (r->policies >> k & 1)
                rx_text_say(&policies, "%s%s", policies.length > 0 ? " | " : "", policy[k]);
        }
        rx_text_end(&policies);
        rx_text_say(t, "%-7s  %-5s %-9s %-7s %-5s  %-28s  %-17s  %s\n", r->name, cell(r->named),
            cell(r->inspected), cell(r->present), cell(r->waits), text,
            pod_image_step_name((enum pod_image_step)r->step), r->why);
    }
}

/* A cell of a table of sets: the values that fit, of so many. */
static const char *set(char out[64], uint8_t cell, const char *const *name, unsigned names)
{
    size_t used = 0;

    if ((cell & ((1u << names) - 1)) == (1u << names) - 1)
        return "_";
    out[0] = '\0';
    for (unsigned i = 0; i < names; i++) {
        if (cell >> i & 1)
            used += (size_t)snprintf(out + used, 64 - used, "%s%s", used > 0 ? "|" : "", name[i]);
    }
    return out;
}

static const char *const truth[] = {"N", "Y"};

static void plan(struct rx_text *t)
{
    static const char *const role[] = {"main", "done", "beside", "now", "next", "later"};
    static const char *const proc[] = {"none", "runs", "dead"};
    static const char *const doom[] = {"fine", "changed", "liveness", "startup"};
    static const char *const fate[] = {"stays", "restarts", "all"};
    char a[64], b[64], c[64], d[64], e[64];

    rx_text_say(t,
                "What does a sync do with a container? Exactly one row matches; _ = any. An init "
                "container is done "
                "(a regular\none) or beside (a sidecar) once others have followed it; now is the "
                "one that the "
                "sequence has come to.\n\n"
                "row      role             process    found             again fate            act  "
                "        a "
                "container that ...\n");
    for (uint32_t i = 0; i < pod_plan_rows; i++) {
        const struct pod_plan_row *r = &pod_plan_table[i];

        rx_text_say(t, "%-7s  %-15s  %-9s  %-16s  %-5s %-14s  %-11s  %s\n", r->name,
                    set(a, r->cell[0], role, 6),
            set(b, r->cell[1], proc, 3), set(c, r->cell[2], doom, 4), set(d, r->cell[3], truth, 2),
            set(e, r->cell[4], fate, 3), pod_plan_act_name((enum pod_plan_act)r->act), r->why);
    }
}

static void life(struct rx_text *t)
{
    static const char *const object[] = {"none", "created", "terminating", "deleted"};
    static const char *const worker[] = {"sync", "terminating", "terminated"};
    static const char *const end[] = {"no", "itself", "empty", "failed", "deleted", "restart"};
    static const char *const work[] = {"free", "paused", "step", "firm"};
    char a[64], b[64], c[64], d[64], e[64], f[64], g[64], h[64];

    rx_text_say(t,
                "What does the worker of a pod do next? Exactly one row matches; _ = any. A step "
                "is firm if the end "
                "of the pod\ndoes not call it off.\n\n"
                "row        object                       worker                  end               "
                "              "
                "  work              runs bound mounted dirty  step    a worker whose pod ...\n");
    for (uint32_t i = 0; i < pod_life_rows; i++) {
        const struct pod_life_row *r = &pod_life_table[i];

        rx_text_say(t, "%-9s  %-27s  %-22s  %-32s  %-16s  %-4s %-5s %-7s %-5s  %-6s  %s\n", r->name,
            set(a, r->cell[0], object, 4), set(b, r->cell[1], worker, 3),
            set(c, r->cell[2], end, 6), set(d, r->cell[3], work, 4), set(e, r->cell[4], truth, 2),
            set(f, r->cell[5], truth, 2), set(g, r->cell[6], truth, 2),
            set(h, r->cell[7], truth, 2), pod_life_step_name((enum pod_life_step)r->step), r->why);
    }
}

static void carrier(struct rx_text *t)
{
    static const char *const handler[] = {
        [POD_HANDLER_EXEC] = "exec",        [POD_HANDLER_HTTP] = "httpGet",
        [POD_HANDLER_TCP] = "tcpSocket",    [POD_HANDLER_GRPC] = "grpc",
        [POD_HANDLER_SLEEP] = "sleep",
    };
    static const char *const by[POD_CARRIED_KINDS] = {
        [POD_CARRIED_SCRIPT] = "script",   [POD_CARRIED_HTTP] = "http",
        [POD_CARRIED_TCP] = "tcp",         [POD_CARRIED_SHELL] = "shell",
        [POD_CARRIED_PROCESS] = "process",
    };

    rx_text_say(t,
                "Who carries out a run of a probe or a hook? Exactly one row matches; _ = any, "
                "Y = yes, N = no. The run asks by\nHTTPS; this world has a wire; commands are "
                "processes of this machine; the container runs; a rule of a Behavior\nanswers for "
                "the command; the shell knows it.\n\n"
                "handler    https wire host runs ruled known  by       a run that ...\n");
    for (uint32_t i = 0; i < pod_carrier_rows; i++) {
        const struct pod_carrier_row *r = &pod_carrier_table[i];

        rx_text_say(t, "%-9s  %-5s %-4s %-4s %-4s %-5s %-5s  %-7s  %s\n", handler[r->handler],
                    cell(r->https), cell(r->wire), cell(r->host), cell(r->runs), cell(r->ruled),
                    cell(r->program), by[r->carried], r->why);
    }
}

static void ladder(struct rx_text *t, const char *name, struct pod_backoff_limits limits)
{
    struct pod_backoff state = {0};
    rx_ms now = 0;
    char text[32];

    rx_text_say(t, "%-22s", name);
    for (int i = 0; i < 10; i++) {
        struct pod_backoff_verdict v = pod_backoff_try(state, true, now, now, &limits);

        if (!v.start) {
            pod_duration_text(v.retry_at - now, text, sizeof(text));
            now = v.retry_at;
            v = pod_backoff_try(state, true, now - state.delay_ms, now, &limits);
        } else {
            snprintf(text, sizeof(text), "0s");
        }
        state = v.state;
        rx_text_say(t, " %7s", text);
    }
    rx_text_say(t, "\n");
}

static void backoff(struct rx_text *t)
{
    rx_text_say(t,
                "How long a container that always crashes at once waits before its 1st, 2nd, ... "
                "restart.\n"
                "The wait is counted from the end of the instance; an instance that lived more "
                "than "
                "10m0s\n"
                "after the decision to start it brings the ladder back to its foot.\n\n");
    ladder(t, "default", pod_backoff_limits_make(false, 0));
    ladder(t, "reduced_backoff=on", pod_backoff_limits_make(true, 0));
    ladder(t, "max_restart_period=2s", pod_backoff_limits_make(false, 2000));
}

static void instant(struct rx_text *t)
{
    rx_text_say(t,
                "The order inside one instant. Reactions that cause earlier classes are run again "
                "before later "
                "ones.\n\n"
                "1  scripted changes of the world (scenario steps, windows)\n"
                "2  delayed answers of simulated targets\n"
                "3  process exits\n"
                "4  completions of probes and hooks\n"
                "5  reactions of the kubelet: publication, kills, back-off, starts, status, "
                "triggers\n"
                "6  periodic probe ticks: startup, readiness, liveness\n"
                "7  the embedder's own timers\n"
                "8  answers that took no time, last whatever order they arrive in\n\n"
                "Within a class by pod (order of creation), container, kind.\n");
}

static void reasons(struct rx_text *t)
{
    rx_text_say(t, "Reasons of container states:");
#define X(name, text) rx_text_say(t, " %s", text);
    POD_REASON_MAP(X)
#undef X
    rx_text_say(t, "\n\nEvents:\n");
#define X(id, type, reason) rx_text_say(t, "  %-8s %s\n", type, reason);
    POD_EVENT_MAP(X)
#undef X
    rx_text_say(t, "\nErrors of the library:\n");
#define X(name, value, text) rx_text_say(t, "  %-4d PODRING_%-12s %s\n", -(value), #name, text);
    RX_ERR_MAP(X)
#undef X
}

int podring_states(uint32_t index, const char **name, const char **text)
{
    static const struct {
        const char *name;
        void (*render)(struct rx_text *t);
    } pages[] = {
        {"probe-gate", gate}, {"probe-threshold", threshold}, {"restart", restart},
        {"image", image},     {"plan", plan},                 {"life", life},
        {"carrier", carrier}, {"backoff", backoff},           {"instant", instant},
        {"words", reasons},
    };
    struct rx_text t = rx_text_in(page, sizeof(page));

    API_CHECK(NULL, name != NULL, "name is NULL");
    API_CHECK(NULL, text != NULL, "text is NULL");
    if (index >= RX_ARRAY_LEN(pages))
        return api_fail(NULL, -PODRING_ENOTFOUND, "no table has the index %u", index);
    pages[index].render(&t);
    rx_text_end(&t);
    *name = pages[index].name;
    *text = page;
    return 0;
}
