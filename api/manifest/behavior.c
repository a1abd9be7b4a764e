/* SPDX-License-Identifier: Apache-2.0 */
/*
 * behavior.c - Behavior documents (podring.dev/v1): what the simulated programs do. The form is our
 * own, so nothing is ignored: an unknown field or an odd value is an error.
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <stdlib.h>
#include <string.h>

enum { EXIT_OOM = 137, EXIT_TERMINATED = 143, ORDINAL_MAX = 1 << 30 };

struct serve_list {
    bool given;
    uint32_t count;
    const struct pod_serve_rule *rule;
    struct pod_keep_alive keep;
    rx_ms listens_after;
};

static void target_read(struct mf_load *l, const struct mf_at *spec, struct pod_behaviour *out);
static void pods_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out);
static int ordinal_compare(const void *left, const void *right);
static void pulls_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out);
static void instances_read(struct mf_load *l, const struct mf_at *spec, struct pod_behaviour *out);
static void instance_read(struct mf_load *l, const struct mf_at *at,
                          const struct serve_list *common, struct pod_instance_script *out);
static struct pod_keep_alive keep_alive_read(struct mf_load *l, const struct mf_at *at,
                                             struct pod_keep_alive fallback);
static void listens_after(struct mf_load *l, struct pod_instance_script *out, rx_ms after);
static void exit_read(struct mf_load *l, const struct mf_at *at, struct pod_instance_script *out);
static void stop_read(struct mf_load *l, const struct mf_at *at, struct pod_instance_script *out);
static void execs_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out);
static void hooks_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out);
static void hook_read(struct mf_load *l, const struct mf_at *at, struct pod_hook_rule *out);
static const char *text_read(struct mf_load *l, const struct mf_at *up, const char *field);
static enum pod_reason reason_read(struct mf_load *l, const struct mf_at *up, const char *words,
                                   enum pod_reason otherwise);

/* What a failure may be called. */
#define PULL_REASONS                                                                               \
    "ErrImagePull RegistryUnavailable SignatureValidationFailed ImageInspectError InvalidImageName"
#define START_REASONS                                                                              \
    "RunContainerError CreateContainerError CreateContainerConfigError PreCreateHookError "        \
    "PreStartHookError"

void mf_behavior_read(struct mf_load *l, const struct mf_node *doc)
{
    struct manifest_behaviours *list = &l->set->behaviours;
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"), pull, execs, hooks;
    struct pod_behaviour b = {.order = list->count};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    b.ns = meta.ns;
    b.name = meta.name;
    if (!spec.node)
        mf_required(l, &spec, "");
    if (!mf_is_object(l, &spec))
        return;
    mf_fields_check(l, &spec, MF_FIELDS_BEHAVIOR);
    pull = mf_field(&spec, "pull");
    execs = mf_field(&spec, "exec");
    hooks = mf_field(&spec, "hooks");
    target_read(l, &spec, &b);
    pulls_read(l, &pull, &b);
    instances_read(l, &spec, &b);
    execs_read(l, &execs, &b);
    hooks_read(l, &hooks, &b);
    if (!mf_room(l, &l->set->arena, &list->item, list->count, &list->room, sizeof(*list->item)))
        return;
    list->item[list->count++] = b;
    mf_object_add(l, &(struct manifest_object){b.ns, NULL, list->count - 1, ST_BEHAVIOUR, 0});
}

static void target_read(struct mf_load *l, const struct mf_at *spec, struct pod_behaviour *out)
{
    struct mf_at selector = mf_field(spec, "selector"), container = mf_field(spec, "container"),
                 pods = mf_field(spec, "pods"), workload = mf_field(spec, "workload");

    out->selector = mf_selector_read(l, &selector);
    out->workload = mf_string_at(l, &workload, NULL);
    if (out->workload)
        mf_shape_check(l, &workload, MF_DNS_SUBDOMAIN, out->workload);
    out->container = mf_string_at(l, &container, NULL);
    if (out->container)
        mf_shape_check(l, &container, MF_DNS_LABEL, out->container);
    pods_read(l, &pods, out);
}

static void pods_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out)
{
    uint32_t *pod = mf_array(l, mf_count(l, at), sizeof(*pod), &out->pod_count);

    if (at->node && at->node->type == MF_SEQUENCE && at->node->count == 0)
        mf_required(l, at, "must name at least one pod");
    for (uint32_t i = 0; i < out->pod_count; i++) {
        struct mf_at item = mf_item(at, i);
        int64_t n = 0;

        if (mf_integer_at(l, &item, "int32", &n) && mf_number_between(l, &item, n, 0, ORDINAL_MAX))
            pod[i] = (uint32_t)n;
    }
    if (pod == NULL)
        return;
    out->has_pods = true;
    qsort(pod, out->pod_count, sizeof(*pod), ordinal_compare);
    for (uint32_t i = 1; i < out->pod_count && !l->failed; i++)
        if (pod[i] == pod[i - 1])
            mf_duplicate(l, at, mf_scratch(l, "%u", pod[i]));
    out->pod = pod;
}

static int ordinal_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

static void pulls_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out)
{
    struct pod_pull_rule *r = mf_array(l, mf_count(l, at), sizeof(*r), &out->pull_count);

    for (uint32_t i = 0; i < out->pull_count; i++) {
        struct mf_at item = mf_item(at, i);

        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_PULL);
        r[i].window = mf_window(l, &item, false);
        r[i].fail = text_read(l, &item, "fail");
        r[i].reason = reason_read(l, &item, PULL_REASONS, POD_REASON_IMAGE_PULL);
        r[i].takes = mf_draw(l, &item, "takes");
        r[i].image = mf_string(l, &item, "image", NULL);
    }
    out->pull = r;
    out->has_pull = at->node != NULL;
}

/* `serve`, `keepAlive` and `listensAfter` beside the instances are for every instance without one
 * of its own. */
static void instances_read(struct mf_load *l, const struct mf_at *spec, struct pod_behaviour *out)
{
    static const struct pod_keep_alive keep = {.idle = POD_KEEP_IDLE_MS};
    struct mf_at list = mf_field(spec, "instances"), common = mf_field(spec, "serve"),
                 kept = mf_field(spec, "keepAlive"), listens = mf_field(spec, "listensAfter");
    struct serve_list serve = {.given = common.node != NULL,
                               .keep = keep_alive_read(l, &kept, keep),
                               .listens_after = mf_ms(l, spec, "listensAfter", 0)};
    bool one = serve.given || kept.node || listens.node;
    uint32_t count = mf_count(l, &list);
    struct pod_instance_script *s;

    serve.rule = mf_serve_read(l, &common, &serve.count);
    if (list.node && list.node->type == MF_SEQUENCE && count == 0)
        mf_required(l, &list, "must have at least one instance");
    s = mf_array(l, count || !one ? count : 1, sizeof(*s), &out->instance_count);
    for (uint32_t i = 0; i < out->instance_count; i++) {
        s[i].stop_code = EXIT_TERMINATED;
        rx_ms listens_at = serve.listens_after;

        s[i].keep_alive = serve.keep;
        if (i < count) {
            struct mf_at item = mf_item(&list, i);

            instance_read(l, &item, &serve, &s[i]);
            listens_at = mf_ms(l, &item, "listensAfter", listens_at);
        }
        if (!s[i].has_serve && serve.given) {
            s[i].has_serve = true;
            s[i].serve_count = serve.count;
            s[i].serve = serve.rule;
        }
        listens_after(l, &s[i], listens_at);
        for (uint32_t k = 0; k < s[i].serve_count; k++)
            s[i].chance |= s[i].serve[k].chance;
    }
    out->instance = s;
    out->has_instances = out->instance_count > 0;
}

/* Until then it refuses all connections: the last rule, which goes before all others. */
static void listens_after(struct mf_load *l, struct pod_instance_script *out, rx_ms after)
{
    struct pod_serve_rule *r;
    uint32_t count;

    if (after == 0)
        return;
    r = mf_array(l, out->serve_count + 1, sizeof(*r), &count);
    if (count == 0)
        return;
    for (uint32_t i = 0; i < out->serve_count; i++)
        r[i] = out->serve[i];
    r[count - 1] = (struct pod_serve_rule){
        .window = {.to = after, .instance_clock = true}, .act = POD_SERVE_REFUSE, .status = 200,
        .grpc = POD_GRPC_UNSET, .rate_ppm = 1000000};
    pod_serve_rule_ready(&r[count - 1]);
    out->has_serve = true;
    out->serve_count = count;
    out->serve = r;
}

static void instance_read(struct mf_load *l, const struct mf_at *at,
                          const struct serve_list *common, struct pod_instance_script *out)
{
    struct mf_at start = mf_field(at, "start"), end = mf_field(at, "exit"),
                 stop = mf_field(at, "onStop"), serve = mf_field(at, "serve"),
                 kept = mf_field(at, "keepAlive");

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_INSTANCE);
    if (mf_is_object(l, &start)) {
        mf_fields_check(l, &start, MF_FIELDS_START);
        out->start_takes = mf_draw(l, &start, "takes");
        out->start_fail = text_read(l, &start, "fail");
        out->start_reason = reason_read(l, &start, START_REASONS, POD_REASON_RUN_ERROR);
    }
    exit_read(l, &end, out);
    stop_read(l, &stop, out);
    out->keep_alive = keep_alive_read(l, &kept, common->keep);
    out->has_serve = serve.node != NULL;
    out->serve = mf_serve_read(l, &serve, &out->serve_count);
}

/* By the clock of the run instead of its own. */
static void exit_at_read(struct mf_load *l, const struct mf_at *at, struct pod_instance_script *out)
{
    struct mf_at when = mf_field(at, "at"), after = mf_field(at, "after"),
                 span = mf_field(at, "for");

    out->exits_at = when.node != NULL;
    out->exit_at = mf_ms(l, at, "at", 0);
    out->exit_for = mf_ms(l, at, "for", 0);
    if (when.node && after.node)
        mf_forbidden(l, &after, "may not be set together with `at`");
    if (!when.node && span.node)
        mf_forbidden(l, &span, "may not be set without `at`");
}

static void exit_read(struct mf_load *l, const struct mf_at *at, struct pod_instance_script *out)
{
    struct mf_at code = mf_field(at, "code");
    bool oom;

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_EXIT);
    out->exits = true;
    out->exit_after = mf_draw(l, at, "after");
    exit_at_read(l, at, out);
    out->exit_reason = mf_string(l, at, "reason", NULL);
    out->exit_message = mf_string(l, at, "message", NULL);
    out->exit_signal = mf_signal(l, at, "signal", 0);
    oom = out->exit_reason && strcmp(out->exit_reason, "OOMKilled") == 0;
    out->exit_code =
        out->exit_signal ? 128 + out->exit_signal : mf_exit_code(l, at, "code", oom ? EXIT_OOM : 0);
    if (out->exit_signal && code.node &&
        (code.node->type != MF_INT || code.node->number != out->exit_code))
        mf_invalid(l, &code, "must be %d, or absent, with this `signal`", out->exit_code);
}

/* `ignore`, or how long it takes and what it says. */
static void stop_read(struct mf_load *l, const struct mf_at *at, struct pod_instance_script *out)
{
    struct mf_at closes = mf_field(at, "closes");

    if (!at->node)
        return;
    if (at->node->type == MF_STRING && strcmp(at->node->text, "ignore") == 0) {
        out->ignores_stop = true;
        return;
    }
    if (at->node->type != MF_MAPPING) {
        mf_invalid(l, at,
                   "must be `ignore` or {after: duration, code: exit code, closes: duration, "
                   "drain: bool}");
        return;
    }
    mf_fields_check(l, at, MF_FIELDS_ON_STOP);
    out->stop_scripted = true;
    out->stop_after = mf_draw(l, at, "after");
    out->stop_code = mf_exit_code(l, at, "code", EXIT_TERMINATED);
    out->closes = closes.node != NULL;
    out->closes_after = mf_draw(l, at, "closes");
    out->drains = mf_bool(l, at, "drain", false);
}

static struct pod_keep_alive keep_alive_read(struct mf_load *l, const struct mf_at *at,
                                             struct pod_keep_alive fallback)
{
    struct pod_keep_alive keep = {.idle = POD_KEEP_IDLE_MS};
    struct mf_at requests = mf_field(at, "maxRequests");
    int64_t number;

    if (!mf_is_object(l, at))
        return fallback;
    mf_fields_check(l, at, MF_FIELDS_KEEP_ALIVE);
    keep.idle = mf_ms(l, at, "idle", POD_KEEP_IDLE_MS);
    if (mf_integer_at(l, &requests, "int32", &number) &&
        mf_number_between(l, &requests, number, 0, ORDINAL_MAX))
        keep.requests = (uint32_t)number;
    return keep;
}

static void execs_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out)
{
    struct pod_exec_rule *r = mf_array(l, mf_count(l, at), sizeof(*r), &out->exec_count);

    for (uint32_t i = 0; i < out->exec_count; i++) {
        struct mf_at item = mf_item(at, i), command = mf_field(&item, "command");

        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_EXEC_RULE);
        r[i].window = mf_window(l, &item, true);
        r[i].argv = mf_strings(l, &item, "command", &r[i].argc);
        if (command.node && command.node->type == MF_SEQUENCE && command.node->count == 0)
            mf_required(l, &command, "");
        r[i].exit_code = mf_exit_code(l, &item, "exitCode", 0);
        r[i].output = mf_string(l, &item, "output", "");
        r[i].takes = mf_draw(l, &item, "takes");
        r[i].never_ends = mf_bool(l, &item, "hang", false);
        r[i].start_error = text_read(l, &item, "startError");
        r[i].rate_ppm = mf_rate(l, &item);
    }
    out->exec = r;
    out->has_exec = at->node != NULL;
}

static void hooks_read(struct mf_load *l, const struct mf_at *at, struct pod_behaviour *out)
{
    struct mf_at start = mf_field(at, "postStart"), stop = mf_field(at, "preStop");

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_HOOKS);
    hook_read(l, &start, &out->post_start);
    hook_read(l, &stop, &out->pre_stop);
    out->has_post_start = out->post_start.present;
    out->has_pre_stop = out->pre_stop.present;
}

static void hook_read(struct mf_load *l, const struct mf_at *at, struct pod_hook_rule *out)
{
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_HOOK);
    out->present = true;
    out->takes = mf_draw(l, at, "takes");
    out->exit_code = mf_exit_code(l, at, "exitCode", 0);
    out->output = mf_string(l, at, "output", "");
    out->start_error = text_read(l, at, "startError");
}

/* An error text that is empty would be taken for no error at all. */
static const char *text_read(struct mf_load *l, const struct mf_at *up, const char *field)
{
    struct mf_at at = mf_field(up, field);
    const char *text = mf_string_at(l, &at, NULL);

    if (at.node && at.node->type == MF_STRING && text == NULL)
        mf_required(l, &at, "");
    return text;
}

/* Why it fails, where it does. */
static enum pod_reason reason_read(struct mf_load *l, const struct mf_at *up, const char *words,
                                   enum pod_reason otherwise)
{
    struct mf_at fail = mf_field(up, "fail"), at = mf_field(up, "reason");

    if (mf_choice(l, up, "reason", words, -1) < 0)
        return otherwise;
    if (!fail.node)
        mf_forbidden(l, &at, "may not be set without `fail`");
    return pod_reason_named(at.node->text);
}
