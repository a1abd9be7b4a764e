/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker.c - a world as a whole: its objects, what they share, what happens to them, and under which
 * knobs, timing and faults.
 */
#include "tests/support/maker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/maker_parts.h"

static void make(struct maker *m, const struct maker_shape *shape);
static void draw_settings(struct maker *m);
static void draw_faults(struct maker *m);
static void draw_limits(struct maker *m);
static void add_objects(struct maker *m);
static void add_object(struct maker *m);
static void add_pod(struct maker *m);
static void add_workload(struct maker *m);
static void add_configs(struct maker *m, bool other);
static void add_service(struct maker *m, bool other);
static void add_scenario(struct maker *m);
static void add_step(struct maker *m);

void maker_make(struct maker *m, uint64_t seed, const struct maker_shape *shape)
{
    tape_record(&m->tape, seed);
    make(m, shape);
}

void maker_remake(struct maker *m, const uint32_t *value, uint32_t count,
                  const struct maker_shape *shape)
{
    tape_replay(&m->tape, value, count);
    make(m, shape);
}

void maker_free(struct maker *m)
{
    tape_free(&m->tape);
    free(m->text);
    *m = (struct maker){0};
}

static void make(struct maker *m, const struct maker_shape *shape)
{
    static const struct maker_shape plain;

    m->shape = shape != NULL ? *shape : plain;
    m->shape.pods_max = m->shape.pods_max > 0 ? m->shape.pods_max : 3;
    m->shape.span_s = m->shape.span_s > 0 ? m->shape.span_s : 60;
    m->used = 0;
    m->settings = m->count = m->calls = 0;
    m->timing = PODRING_TIMING_REFERENCE;
    m->attempts_max = m->connections_max = m->events_max = 0;
    m->latency_max_us = 0;
    m->refuse_ppm = m->reset_ppm = m->drop_ppm = 0;
    mk_put(m, "%s", "");
    if (m->shape.timings)
        draw_settings(m);
    if (m->shape.faults)
        draw_faults(m);
    if (m->shape.limits)
        draw_limits(m);
    if (m->shape.cluster) {
        mk_cluster(m);
        m->manifest = m->used;
        return;
    }
    add_objects(m);
    add_configs(m, false);
    for (unsigned i = 0; i < m->count; i++) {
        if (m->made[i].other) {
            add_configs(m, true);
            break;
        }
    }
    add_scenario(m);
    m->manifest = m->used;
    if (m->shape.calls)
        mk_calls(m);
}

/* ---- the words of maker_parts.h
 * ------------------------------------------------------------------ */

static void put(struct maker *m, const char *format, va_list args)
{
    va_list again;
    size_t n;

    va_copy(again, args);
    n = (size_t)vsnprintf(NULL, 0, format, args);
    if (m->used + n >= m->room) {
        m->room = 2 * (m->room + n + 1);
        m->text = realloc(m->text, m->room);
        if (m->text == NULL)
            abort();
    }
    m->used += (size_t)vsnprintf(m->text + m->used, m->room - m->used, format, again);
    va_end(again);
}

void mk_put(struct maker *m, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put(m, format, args);
    va_end(args);
}

void mk_line(struct maker *m, unsigned level, const char *format, ...)
{
    va_list args;

    mk_put(m, "%*s", (int)(2 * (m->now.indent + level)), "");
    va_start(args, format);
    put(m, format, args);
    va_end(args);
    mk_put(m, "\n");
}

unsigned mk_below(struct maker *m, unsigned n)
{
    return tape_draw(&m->tape, n);
}

unsigned mk_from(struct maker *m, unsigned low, unsigned high)
{
    return low + mk_below(m, high - low + 1);
}

bool mk_chance(struct maker *m, unsigned percent)
{
    return mk_below(m, 100) >= 100 - percent;
}

bool mk_more(struct maker *m, unsigned percent)
{
    tape_open(&m->tape);
    if (mk_chance(m, percent))
        return true;
    tape_close(&m->tape);
    return false;
}

bool mk_next(struct maker *m, bool first, unsigned percent)
{
    tape_open(&m->tape);
    if (mk_chance(m, percent) || first)
        return true;
    tape_close(&m->tape);
    return false;
}

void mk_end(struct maker *m)
{
    tape_close(&m->tape);
}

const char *mk_time(struct maker *m, unsigned max_s, char out[MAKER_TEXT])
{
    unsigned s = mk_below(m, max_s + 1);
    unsigned ms = 0;

    if (mk_more(m, 25)) {
        ms = mk_from(m, 1, 999);
        mk_end(m);
    }
    if (ms > 0)
        snprintf(out, MAKER_TEXT, "%ums", 1000 * s + ms);
    else
        snprintf(out, MAKER_TEXT, "%us", s);
    return out;
}

const char *mk_delay(struct maker *m, unsigned max_s, char out[MAKER_TEXT])
{
    unsigned low;

    if (!mk_more(m, 12))
        return mk_time(m, max_s, out);
    low = mk_below(m, max_s + 1);
    if (mk_chance(m, 50))
        snprintf(out, MAKER_TEXT, "{exp: %ums}", 1 + 500 * low);
    else
        snprintf(out, MAKER_TEXT, "{uniform: [%us, %us]}", low, low + mk_below(m, max_s + 1));
    mk_end(m);
    return out;
}

/* Much happens early, while the pods are young; the rest is spread over the whole span. */
unsigned mk_when_s(struct maker *m)
{
    unsigned span = m->shape.span_s;

    if (span > 300 && mk_chance(m, 50))
        return mk_below(m, 300);
    return mk_below(m, span);
}

void mk_window(struct maker *m, bool with_clock)
{
    if (mk_more(m, 70)) {
        unsigned from = mk_when_s(m);

        mk_put(m, "from: %us, ", from);
        if (mk_chance(m, 75))
            mk_put(m, "to: %us, ", from + mk_from(m, 1, RX_MIN(m->shape.span_s / 2, 300u) + 1));
        mk_end(m);
    }
    if (with_clock && mk_chance(m, 40))
        mk_put(m, "clock: instance, ");
}

/* ---- knobs, timing, faults
 * -------------------------------------------------------------------------- */

static void draw_settings(struct maker *m)
{
    static const struct maker_setting all[] = {
        {"bo_gc", "on"},           {"max_restart_period", "7s"}, {"max_restart_period", "100s"},
        {"reduced_backoff", "on"}, {"grace_shorten_live", "on"}, {"ignore_missing", "on"},
        {"started_carried", "on"}, {"unknown_programs", "fail"},
    };
    static const enum podring_timing timing[] = {PODRING_TIMING_REFERENCE, PODRING_TIMING_SPREAD,
                                                 PODRING_TIMING_KUBELET};

    if (mk_more(m, 15)) {
        m->timing = mk_pick(m, timing);
        mk_end(m);
    }
    while (m->settings < RX_ARRAY_LEN(m->setting) && mk_more(m, 20)) {
        m->setting[m->settings++] = mk_pick(m, all);
        mk_end(m);
    }
}

static void draw_faults(struct maker *m)
{
    static const uint32_t ppm[] = {0, 1000, 30000, 300000};

    if (mk_more(m, 50)) {
        m->latency_max_us = mk_from(m, 0, 700) * 1000;
        mk_end(m);
    }
    if (mk_more(m, 50)) {
        m->refuse_ppm = mk_pick(m, ppm);
        m->reset_ppm = mk_pick(m, ppm);
        m->drop_ppm = mk_pick(m, ppm);
        mk_end(m);
    }
}

static void draw_limit(struct maker *m, uint32_t *limit)
{
    if (mk_more(m, 40)) {
        *limit = 8 - mk_below(m, 8);
        mk_end(m);
    }
}

static void draw_limits(struct maker *m)
{
    draw_limit(m, &m->events_max);
    if (m->shape.wire) /* who waits for the engine's own room is not part of the story that a wire
                        * tells, too */
        return;
    draw_limit(m, &m->attempts_max);
    draw_limit(m, &m->connections_max);
}

/* ---- objects
 * ----------------------------------------------------------------------------------------- */

/* Some worlds are crowds. */
static void add_objects(struct maker *m)
{
    unsigned most = RX_MIN(m->shape.pods_max, (unsigned)RX_ARRAY_LEN(m->made)), more = 60;

    if (mk_more(m, 4)) {
        most = RX_ARRAY_LEN(m->made);
        more = 90;
        mk_end(m);
    }
    while (m->count < most && mk_next(m, m->count == 0, more)) {
        add_object(m);
        mk_end(m);
    }
}

static bool is_taken(const struct maker *m, bool pod, unsigned number)
{
    for (unsigned i = 0; i < m->count; i++) {
        if ((strcmp(m->made[i].kind, "pod") == 0) == pod && m->made[i].number == number &&
            m->made[i].other)
            return true;
    }
    return false;
}

/* In the other namespace it may have the name of one that is here. */
static void draw_name(struct maker *m, bool pod)
{
    m->now.number = m->count;
    m->now.other = false;
    if (!mk_more(m, 12))
        return;
    m->now.other = true;
    m->now.number = mk_below(m, m->count + 1);
    if (is_taken(m, pod, m->now.number))
        m->now.number = m->count;
    mk_end(m);
}

static void add_object(struct maker *m)
{
    if (mk_more(m, 25)) {
        draw_name(m, false);
        add_workload(m);
        mk_end(m);
    } else {
        draw_name(m, true);
        add_pod(m);
    }
    m->made[m->count].number = m->now.number;
    m->made[m->count].other = m->now.other;
    m->made[m->count].containers = m->now.containers;
    m->made[m->count].gate = m->now.gate;
    m->count++;
}

static void add_pod(struct maker *m)
{
    char name[16];

    m->made[m->count].kind = "pod";
    snprintf(name, sizeof(name), "p%u", m->now.number);
    m->now.indent = 0;
    mk_put(m, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s%s, labels: {app: %s}}\nspec:\n",
           name, mk_space(m->now.other), name);
    mk_pod_spec(m, "pod");
    mk_behaviors(m, name, m->now.containers);
}

static void add_job_fields(struct maker *m)
{
    if (mk_more(m, 60)) {
        unsigned parallelism = mk_below(m, 4);

        mk_put(m, "  parallelism: %u\n  completions: %u\n", parallelism, mk_from(m, 1, 4));
        if (mk_chance(m, 20))
            mk_put(m, "  completionMode: Indexed\n");
        mk_end(m);
    }
    if (mk_more(m, 30)) {
        mk_put(m, "  backoffLimit: %u\n", mk_below(m, 5));
        mk_end(m);
    }
    if (mk_more(m, 20)) {
        mk_put(m, "  activeDeadlineSeconds: %u\n", mk_from(m, 1, m->shape.span_s));
        mk_end(m);
    }
    if (mk_more(m, 20)) {
        mk_put(m, "  ttlSecondsAfterFinished: %u\n", mk_below(m, 60));
        mk_end(m);
    }
}

static void add_set_fields(struct maker *m, const char *kind, const char *name)
{
    if (strcmp(kind, "daemonset") != 0)
        mk_put(m, "  replicas: %u\n", mk_below(m, 5));
    if (mk_more(m, 20)) {
        mk_put(m, "  minReadySeconds: %u\n", mk_below(m, 10));
        mk_end(m);
    }
    if (strcmp(kind, "statefulset") == 0 && mk_chance(m, 40))
        mk_put(m, "  podManagementPolicy: Parallel\n");
    if (strcmp(kind, "deployment") == 0 && mk_more(m, 40)) {
        if (mk_chance(m, 30))
            mk_put(m, "  strategy: {type: Recreate}\n");
        else
            mk_put(m, "  strategy: {rollingUpdate: {maxSurge: %u, maxUnavailable: 1}}\n",
                   mk_below(m, 3));
        mk_end(m);
    }
    mk_put(m, "  selector: {matchLabels: {app: %s}}\n", name);
}

static void add_workload(struct maker *m)
{
    static const struct {
        const char *kind, *lower, *version;
    } all[] = {{"StatefulSet", "statefulset", "apps/v1"},
               {"Deployment", "deployment", "apps/v1"},
               {"ReplicaSet", "replicaset", "apps/v1"},
               {"DaemonSet", "daemonset", "apps/v1"},
               {"Job", "job", "batch/v1"}};
    unsigned which = mk_below(m, RX_ARRAY_LEN(all));
    const char *kind = all[which].lower;
    char name[16];

    m->made[m->count].kind = kind;
    snprintf(name, sizeof(name), "w%u", m->now.number);
    mk_put(m, "---\napiVersion: %s\nkind: %s\nmetadata: {name: %s%s}\nspec:\n", all[which].version,
           all[which].kind, name, mk_space(m->now.other));
    if (strcmp(kind, "job") == 0)
        add_job_fields(m);
    else
        add_set_fields(m, kind, name);
    mk_put(m, "  template:\n    metadata: {labels: {app: %s}}\n    spec:\n", name);
    m->now.indent = 2;
    mk_pod_spec(m, kind);
    m->now.indent = 0;
    mk_behaviors(m, name, m->now.containers);
}

/* ---- what pods refer to
 * --------------------------------------------------------------------------------- */

static void add_configs(struct maker *m, bool other)
{
    if (mk_chance(m, 80)) /* mostly there */
        mk_put(m,
               "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings%s}\n"
               "data: {mode: fast, text: \"one\\ntwo\\n\"}\n",
               mk_space(other));
    if (mk_chance(m, 80))
        mk_put(m,
               "---\napiVersion: v1\nkind: Secret\nmetadata: {name: hidden%s}\n"
               "stringData: {token: abc}\n",
               mk_space(other));
    if (mk_more(m, 25)) {
        add_service(m, other);
        mk_end(m);
    }
}

static void add_service(struct maker *m, bool other)
{
    unsigned of = mk_below(m, m->count);
    bool unready = mk_chance(m, 30);
    char name[MAKER_TEXT];

    mk_put(m,
           "---\napiVersion: v1\nkind: Service\nmetadata: {name: front%s}\nspec:\n"
           "  selector: {app: %s}\n  publishNotReadyAddresses: %s\n"
           "  ports: [{port: 80, targetPort: %u}]\n",
           mk_space(other), mk_name_of(m, of, name), unready ? "true" : "false", mk_port(0));
}

/* ---- the scenario
 * ---------------------------------------------------------------------------------------- */

static void add_scenario(struct maker *m)
{
    bool any = false;

    while (mk_more(m, 75)) {
        if (!any)
            mk_put(m, "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
                      "spec:\n  steps:\n");
        any = true;
        mk_put(m, "  - {at: ");
        add_step(m);
        mk_put(m, "}\n");
        mk_end(m);
    }
}

const char *mk_name_of(const struct maker *m, unsigned of, char out[MAKER_TEXT])
{
    snprintf(out, MAKER_TEXT, "%c%u", strcmp(m->made[of].kind, "pod") == 0 ? 'p' : 'w',
             m->made[of].number);
    return out;
}

const char *mk_pod_of(struct maker *m, unsigned of, char out[MAKER_TEXT])
{
    if (strcmp(m->made[of].kind, "pod") == 0)
        snprintf(out, MAKER_TEXT, "p%u", m->made[of].number);
    else
        snprintf(out, MAKER_TEXT, "w%u-%u", m->made[of].number, mk_below(m, 4));
    return out;
}

static void add_container(struct maker *m, unsigned of)
{
    if (mk_more(m, 60)) {
        mk_put(m, ", container: %c", mk_letter(mk_below(m, m->made[of].containers)));
        mk_end(m);
    }
}

static void add_delete(struct maker *m, const char *pod)
{
    mk_put(m, "delete: pod/%s", pod);
    switch (mk_below(m, 4)) {
    case 1:
        mk_put(m, ", gracePeriodSeconds: %u", mk_below(m, 15));
        break;
    case 2:
        mk_put(m, ", force: true");
        break;
    default:
        break;
    }
}

static void add_rollout_step(struct maker *m, const char *name)
{
    static const char *const step[] = {"undo", "pauseRollout", "resumeRollout", "restartRollout"};

    mk_put(m, "%s: deployment/%s", mk_pick(m, step), name);
}

/* Steps that any kind knows. False: another one is to be drawn. */
static bool add_common_step(struct maker *m, const char *kind, const char *name)
{
    static const char *const cascade[] = {"background", "foreground", "orphan"};

    if (mk_chance(m, 15)) {
        mk_put(m, "delete: %s/%s, cascade: %s", kind, name, mk_pick(m, cascade));
        return true;
    }
    if (strcmp(kind, "job") == 0 || !mk_chance(m, 10))
        return false;
    mk_put(m, "patch: %s/%s, spec: {minReadySeconds: %u}", kind, name, mk_below(m, 20));
    return true;
}

static void add_workload_step(struct maker *m, unsigned of)
{
    const char *kind = m->made[of].kind;
    char name[MAKER_TEXT];

    mk_name_of(m, of, name);
    if (add_common_step(m, kind, name))
        return;
    if (strcmp(kind, "deployment") == 0 && mk_chance(m, 30)) {
        add_rollout_step(m, name);
    } else if (strcmp(kind, "job") == 0) {
        mk_put(m, "%s: job/%s", mk_chance(m, 50) ? "suspend" : "resume", name);
    } else if (strcmp(kind, "daemonset") == 0) {
        mk_put(m, "pause: controllers, for: %us", mk_from(m, 1, 60));
    } else if (mk_chance(m, 60)) {
        mk_put(m, "scale: %s/%s, replicas: %u", kind, name, mk_below(m, 6));
    } else {
        mk_put(m, "setImage: %s/%s, image: \"i:%u\"", kind, name, mk_from(m, 1, 3));
        add_container(m, of);
    }
}

static void add_pod_step(struct maker *m, unsigned of, const char *pod)
{
    static const char *const labels[] = {"app: null", "app: w0", "app: w1", "app: p0", "a: b"};
    static const char *const signal[] = {"SIGKILL", "SIGTERM", "SIGSEGV", "SIGHUP", "SIGUSR1"};

    switch (mk_below(m, 14)) {
    case 12:
    case 13:
        mk_put(m, "setLabel: pod/%s, labels: {%s}", pod, mk_pick(m, labels));
        break;
    case 0:
    case 1:
    case 2:
    case 3:
        add_delete(m, pod);
        break;
    case 4:
    case 5:
    case 6:
        mk_put(m, "kill: pod/%s, signal: %s", pod, mk_pick(m, signal));
        add_container(m, of);
        break;
    case 7:
        mk_put(m, "reboot: node");
        break;
    case 8:
        mk_put(m, "setImage: pod/%s, image: \"i:%u\"", pod, mk_from(m, 1, 3));
        add_container(m, of);
        break;
    case 9:
        mk_put(m, "evict: pod/%s", pod);
        break;
    case 10:
        mk_put(m, "fail: pod/%s", pod);
        break;
    default:
        mk_put(m, "condition: pod/%s, type: example.com/gate, status: \"%s\"", pod,
               mk_chance(m, 70) ? "True" : "False");
        break;
    }
}

static void add_step(struct maker *m)
{
    unsigned of = mk_below(m, m->count);
    char text[MAKER_TEXT];

    if (mk_more(m, 70)) {
        unsigned s = mk_when_s(m);

        mk_put(m, "%us, ", s);
        mk_end(m);
    } else {
        unsigned ms = mk_below(m, 1000 * RX_MIN(m->shape.span_s, 600u));

        mk_put(m, "%ums, ", ms);
    }
    if (strcmp(m->made[of].kind, "pod") != 0 && mk_chance(m, 60)) {
        add_workload_step(m, of);
    } else {
        mk_pod_of(m, of, text);
        add_pod_step(m, of, text);
    }
    mk_put(m, "%s", mk_space(m->made[of].other));
}
