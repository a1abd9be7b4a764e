/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api_runtime.c - containers that the embedder runs: a runtime that pretends, in virtual time,
 * is told what a kubelet would tell it, and what it says has the consequences that Kubernetes has
 * for it.
 */
#include "tests/api/test_api_kit.h"

enum { CALLS = 64 };

/* What it has been told, and how it takes it. */
struct fake {
    struct podring_runtime is;
    char told[CALLS][96];
    uint32_t count;
    uint64_t call;    /* the newest, */
    uint64_t pod;     /* whose it was */
    bool later;       /* starts take until somebody says so */
    bool pull_fails, start_fails;
    bool stubborn;    /* SIGTERM is not heard */
    bool slow;        /* commands do not end */
    int exec;         /* what they end with */
};

static void note(struct fake *f, podring *r, const struct podring_call *c)
{
    static const char *const what[] = {"pull", "start", "exec", "signal", "cancel"};

    cr_assert_lt(f->count, (uint32_t)CALLS);
    snprintf(f->told[f->count++], sizeof(f->told[0]), "%lld %s %s %u%s%s",
             (long long)podring_now(r), what[c->what], c->container_name,
             c->what == PODRING_CALL_SIGNAL ? (unsigned)c->signal : c->attempt,
             c->argc > 0 ? " " : "", c->argc > 0 ? c->argv[c->argc - 1] : "");
    f->pod = c->pod;
    if (c->what != PODRING_CALL_CANCEL && c->what != PODRING_CALL_SIGNAL)
        f->call = c->call;
}

static int on_pull(void *ctx, podring *r, const struct podring_call *c)
{
    struct fake *f = ctx;

    note(f, r, c);
    if (!f->pull_fails)
        return 1;
    cr_expect_eq(podring_done(r, c->call, -1, "no such registry", 16), 0, "%s", podring_why(r));
    return 0;
}

static int on_start(void *ctx, podring *r, const struct podring_call *c)
{
    struct fake *f = ctx;

    note(f, r, c);
    cr_expect_not_null(c->env);
    cr_expect_str_eq(c->address, "127.1.0.1");
    if (f->start_fails)
        return -1;
    return f->later ? 0 : 1;
}

static int on_signal(void *ctx, podring *r, const struct podring_call *c)
{
    struct fake *f = ctx;

    note(f, r, c);
    if (c->signal == 9 || !f->stubborn)
        cr_expect_eq(podring_exited(r, c->pod, c->container_name, 0, c->signal, NULL), 0, "%s",
                     podring_why(r));
    return 0;
}

static int on_exec(void *ctx, podring *r, const struct podring_call *c)
{
    struct fake *f = ctx;

    note(f, r, c);
    if (!f->slow)
        podring_done(r, c->call, f->exec, "said", 4);
    return 0;
}

static int on_cancel(void *ctx, podring *r, const struct podring_call *c)
{
    note(ctx, r, c);
    return 0;
}

static podring *open_with(struct fake *f, const char *yaml)
{
    podring *r = kit_open(kit_options());

    f->is = (struct podring_runtime)PODRING_RUNTIME_INIT;
    f->is.pull = on_pull;
    f->is.start = on_start;
    f->is.signal = on_signal;
    f->is.exec = on_exec;
    f->is.cancel = on_cancel;
    f->is.ctx = f;
    cr_assert_eq(podring_set_runtime(r, &f->is), 0, "%s", podring_why(r));
    kit_apply(r, yaml);
    return r;
}

static void told(const struct fake *f, const char *const *lines, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < f->count; i++)
        cr_expect_str_eq(f->told[i], lines[i], "line %u", i);
    cr_expect_eq(f->count, count, "%u calls, the last one %s", f->count,
                 f->count > 0 ? f->told[f->count - 1] : "");
}

#define TOLD(f, ...)                                                                               \
    told(f, (const char *const[]){__VA_ARGS__},                                                    \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static struct podring_container_info container(podring *r, uint64_t pod)
{
    struct podring_container_info info = PODRING_CONTAINER_INFO_INIT;

    cr_assert_eq(podring_container_info(r, pod, 0, &info), 0, "%s", podring_why(r));
    return info;
}

#define POD(more)                                                                                  \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"                       \
    "  - {name: c, image: i, command: [serve, $(X)], env: [{name: X, value: 'y'}]" more "}\n"

Test(api_runtime, crashes_and_is_started_again)
{
    struct fake f = {0};
    podring *r = open_with(&f, POD(""));
    struct podring_container_info c;

    kit_run(r, 5000);
    TOLD(&f, "0 pull c 0", "0 start c 0 y");
    cr_expect_eq(podring_exited(r, f.pod, "c", 3, 0, "out of luck"), 0, "%s", podring_why(r));
    cr_expect_eq(podring_exited(r, f.pod, "c", 3, 0, NULL), -PODRING_ESTATE, "told once");
    kit_run(r, 5000);
    c = container(r, f.pod);
    cr_expect_eq(c.restart_count, 1, "at once, the first time");
    cr_expect_eq(c.last_exit_code, 3);
    cr_expect_str_eq(c.last_message, "out of luck");
    cr_expect_eq(podring_exited(r, f.pod, NULL, 0, 11, NULL), 0);
    kit_run(r, 14000);
    c = container(r, f.pod);
    cr_expect_str_eq(c.reason, "CrashLoopBackOff");
    cr_expect_eq(c.last_exit_code, 139);
    kit_run(r, 16000);
    cr_expect_str_eq(container(r, f.pod).state, "Running");
    TOLD(&f, "0 pull c 0", "0 start c 0 y", "5000 pull c 1", "5000 start c 1 y", "15000 pull c 2",
         "15000 start c 2 y");
    podring_close(r);
}

Test(api_runtime, is_waited_for_until_it_has_ended)
{
    struct fake f = {.stubborn = true};
    podring *r = open_with(&f, POD(""));

    kit_run(r, 1000);
    cr_expect_eq(podring_delete(r, f.pod, 10, 0), 0);
    kit_run(r, 10999);
    cr_expect_str_eq(kit_status(r, f.pod), "Terminating");
    kit_run(r, 20000);
    cr_expect_str_eq(kit_status(r, f.pod), "gone");
    TOLD(&f, "0 pull c 0", "0 start c 0 y", "1000 signal c 15", "11000 signal c 9");
    podring_close(r);
}

Test(api_runtime, takes_its_time_to_start)
{
    struct fake f = {.later = true};
    podring *r = open_with(&f, POD(""));

    kit_run(r, 7000);
    cr_expect_str_eq(container(r, f.pod).state, "Waiting");
    cr_expect_eq(podring_exited(r, f.pod, "c", 0, 0, NULL), -PODRING_ESTATE, "it does not run");
    cr_expect_eq(podring_done(r, f.call, 0, NULL, 0), 0, "%s", podring_why(r));
    cr_expect_eq(podring_done(r, f.call, 0, NULL, 0), -PODRING_ENOTFOUND, "done once");
    kit_run(r, 7000);
    cr_expect_eq(container(r, f.pod).started_ms, 7000);
    podring_close(r);
}

Test(api_runtime, what_nobody_waits_for_is_not_found)
{
    struct fake f = {.later = true};
    podring *r = open_with(&f, POD(""));

    kit_run(r, 1000);
    cr_expect_eq(podring_delete(r, f.pod, 0, 1), 0);
    kit_run(r, 40000);
    cr_expect_eq(podring_done(r, f.call, 0, NULL, 0), -PODRING_ENOTFOUND);
    cr_expect_not_null(strstr(podring_why(r), "any more"), "%s", podring_why(r));
    podring_close(r);
}

Test(api_runtime, cannot_pull)
{
    struct fake f = {.pull_fails = true};
    podring *r = open_with(&f, POD(""));

    kit_run(r, 5000);
    cr_expect_str_eq(container(r, f.pod).reason, "ErrImagePull");
    cr_expect_str_eq(container(r, f.pod).message, "no such registry");
    kit_run(r, 9000);
    f.pull_fails = false;
    kit_run(r, 60000);
    cr_expect_str_eq(container(r, f.pod).state, "Running");
    podring_close(r);
}

Test(api_runtime, cannot_start)
{
    struct fake f = {.start_fails = true};
    podring *r = open_with(&f, POD(""));
    struct podring_container_info c;

    kit_run(r, 5000);
    c = container(r, f.pod);
    cr_expect_eq(c.last_exit_code, 128);
    cr_expect_str_eq(c.last_reason, "StartError");
    cr_expect_str_eq(c.last_message, "the runtime has refused to start it");
    podring_close(r);
}

#define PROBED                                                                                     \
    POD(", livenessProbe: {exec: {command: [look]}, periodSeconds: 5, failureThreshold: 2, "       \
        "timeoutSeconds: 2}")

Test(api_runtime, executes_probes)
{
    struct fake f = {.exec = 1};
    podring *r = open_with(&f, PROBED);

    kit_run(r, 10500);
    TOLD(&f, "0 pull c 0", "0 start c 0 y", "5000 exec c 0 look", "10000 exec c 0 look",
         "10000 signal c 15", "10000 pull c 1", "10000 start c 1 y");
    cr_expect_eq(kit_stats(r).failure, 2);
    podring_close(r);
}

Test(api_runtime, commands_that_do_not_end)
{
    struct fake f = {.slow = true};
    podring *r = open_with(&f, PROBED);

    kit_run(r, 9000);
    TOLD(&f, "0 pull c 0", "0 start c 0 y", "5000 exec c 0 look", "7000 cancel c 0");
    cr_expect_eq(kit_stats(r).timeouts, 1);
    cr_expect_eq(podring_done(r, f.call, 0, NULL, 0), -PODRING_ENOTFOUND);
    podring_close(r);
}

Test(api_runtime, commands_end_with_their_container)
{
    struct fake f = {.slow = true};
    podring *r = open_with(&f, PROBED);

    kit_run(r, 6000);
    cr_expect_eq(podring_exited(r, f.pod, "c", 1, 0, NULL), 0);
    kit_run(r, 6000);
    cr_expect_str_eq(f.told[3], "6000 cancel c 0");
    cr_expect_eq(container(r, f.pod).restart_count, 1);
    podring_close(r);
}

static const char hooks[] =
    POD(", lifecycle: {postStart: {exec: {command: [hello]}}, preStop: {exec: {command: [bye]}}}");

Test(api_runtime, executes_hooks)
{
    struct fake f = {0};
    podring *r = open_with(&f, hooks);

    kit_run(r, 1000);
    cr_expect_eq(podring_delete(r, f.pod, 10, 0), 0);
    kit_run(r, 5000);
    TOLD(&f, "0 pull c 0", "0 start c 0 y", "0 exec c 0 hello", "1000 exec c 0 bye",
         "1000 signal c 15");
    cr_expect_str_eq(kit_status(r, f.pod), "gone");
    podring_close(r);
}

Test(api_runtime, is_told_of_a_lost_node)
{
    struct fake f = {.stubborn = true};
    podring *r = open_with(&f, POD(""));

    kit_run(r, 1000);
    cr_expect_eq(podring_kill(r, f.pod, NULL, 2), 0);
    f.is.ctx = NULL; /* it was copied */
    kit_run(r, 2000);
    TOLD(&f, "0 pull c 0", "0 start c 0 y", "1000 signal c 2");
    podring_close(r);
}

Test(api_runtime, is_refused)
{
    struct podring_runtime rt = PODRING_RUNTIME_INIT;
    podring *r = kit_ring(KIT_POD("p"));

    rt.start = on_start;
    cr_expect_eq(podring_set_runtime(r, &rt), -PODRING_ESTATE);
    cr_expect_str_eq(podring_why(r), "podring_set_runtime: there have been pods");
    podring_close(r);
    r = kit_open(kit_options());
    cr_expect_eq(podring_set_runtime(r, &rt), -PODRING_EINVALID);
    cr_expect_str_eq(podring_why(r), "podring_set_runtime: signal is NULL");
    cr_expect_eq(podring_exited(r, 1, NULL, 0, 0, NULL), -PODRING_EINVALID);
    rt.signal = on_signal;
    cr_expect_eq(podring_set_runtime(r, &rt), 0);
    cr_expect_eq(podring_exited(r, 1, NULL, 0, 0, NULL), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_exited(r, 1, NULL, 256, 0, NULL), -PODRING_EINVALID);
    podring_close(r);
}

/* ---- turning while --------------------------------------------------------------------------- */

static int not_ready(void *ctx, podring *r)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    const uint64_t *pod = ctx;

    return podring_pod_info(r, *pod, &info) != 0 || info.ready < info.ready_of;
}

Test(api_runtime, turns_while_something_holds)
{
    podring *r = kit_ring(KIT_POD("p") "    readinessProbe: {httpGet: {port: 8080}, "
                          "initialDelaySeconds: 7, periodSeconds: 5}\n");
    uint64_t pod = kit_pod(r, "p"), nobody = 0;

    cr_expect_eq(podring_run_while(r, 60000, not_ready, &pod), 2, "%s", podring_why(r));
    cr_expect_eq(podring_now(r), 10000, "the first tick after the delay");
    cr_expect_eq(podring_run_while(r, 60000, not_ready, &nobody), 0);
    cr_expect_eq(podring_now(r), 60000);
    podring_stop(r);
    cr_expect_eq(podring_run_while(r, 90000, not_ready, &nobody), 1);
    podring_close(r);
}

Test(api_runtime, what_is_discarded_was_never_loaded)
{
    podring *r = kit_open(kit_options());

    cr_assert_eq(podring_load_text(r, "t", KIT_POD("p"), strlen(KIT_POD("p"))), 0);
    cr_expect_eq(podring_discard(r), 0);
    kit_apply(r, KIT_POD("q"));
    cr_expect_eq(kit_stats(r).pods, 1);
    cr_expect_eq(podring_load_text(r, "t", "a: b", 4), -PODRING_EMANIFEST);
    cr_expect_eq(podring_diagnostics_clear(r), 0);
    cr_expect_eq(podring_load_text(r, "u", "a: b", 4), -PODRING_EMANIFEST);
    cr_expect_not_null(strstr(podring_why(r), "u:1:1"), "%s", podring_why(r));
    podring_close(r);
}
