/* SPDX-License-Identifier: Apache-2.0 */
/* look_stop.c - how a program ends: preStop, the grace period, and who hears SIGTERM. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

#define LATE "proxies learn 1 s later that a pod ends"
#define ENDS "the program ends at once on SIGTERM; " LATE

enum { ROOM_S = 10 }; /* of the grace, behind a preStop of five seconds */

static bool is_shell(const char *word)
{
    const char *name = strrchr(word, '/');

    name = name != NULL ? name + 1 : word;
    return strcmp(name, "sh") == 0 || strcmp(name, "bash") == 0 || strcmp(name, "ash") == 0 ||
           strcmp(name, "dash") == 0;
}

/* As it stands between double quotes in YAML. */
static const char *escaped(struct advise *a, const char *text, size_t length)
{
    char *out = rx_arena_alloc(&a->arena, 2 * length + 1), *to = out;

    if (out == NULL) {
        a->failed = true;
        return "";
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\' || text[i] == '\n')
            *to++ = '\\';
        *to++ = text[i] == '\n' ? 'n' : text[i];
    }
    return out;
}

/* A rollout of the subject under load. */
static bool rollout(struct advise *a, const struct advise_subject *s, struct lab_plan *p)
{
    bool nodes = subject_is(s, POD_WORKLOAD_DAEMONSET);
    int64_t at, end;

    if (s->service == NULL || s->ready_ms < 0 ||
        !(nodes || subject_is(s, POD_WORKLOAD_DEPLOYMENT) ||
          subject_is(s, POD_WORKLOAD_STATEFULSET)))
        return false;
    at = lab_when(s);
    end = at + lab_rollout_s(s);
    *p = (struct lab_plan){.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    p->beside = advise_say(
        a, "%s%s%s",
        lab_scenario(a, s, LAB_LATE,
                     advise_say(a, "  - {at: %llds, restartRollout: %s, namespace: %s}\n",
                                (long long)at, s->object, s->w->ns)),
        lab_client(a, s, at - 5, end),
        nodes ? "---\napiVersion: v1\nkind: Node\nmetadata: {name: advise-1}\n"
                "---\napiVersion: v1\nkind: Node\nmetadata: {name: advise-2}\n"
              : "");
    return true;
}

/* A deletion of its pods, by whatever replaces them. */
static bool ending(struct advise *a, const struct advise_subject *s, struct lab_plan *p)
{
    int64_t at;

    if (s->ready_ms < 0 ||
        !(subject_is(s, POD_WORKLOAD_DEPLOYMENT) || subject_is(s, POD_WORKLOAD_STATEFULSET) ||
          subject_is(s, POD_WORKLOAD_DAEMONSET) || subject_is(s, POD_WORKLOAD_POD)))
        return false;
    at = lab_when(s);
    *p = (struct lab_plan){.since_ms = at * 1000, .for_ms = (at + lab_rollout_s(s) + 900) * 1000};
    p->beside = lab_scenario(
        a, s, "",
        lab_step(a, s, at, subject_is(s, POD_WORKLOAD_POD) ? "delete" : "restartRollout", ""));
    return true;
}

void look_pre_stop(struct advise *a, const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);
    const char *grace = advise_say(a, "%s.terminationGracePeriodSeconds", s->spec);
    struct advice v = {
        .level = ADVISE_WARNING, .container = c->name, .assumes = s->scripted ? LATE : ENDS};
    struct lab_result is, then;
    struct lab_plan p;

    if (c->pre_stop != NULL || !rollout(a, s, &p))
        return;
    v.change[v.changes++] = (struct manifest_change){
        subject_container_path(a, s, s->server, "lifecycle.preStop"), "{sleep: {seconds: 5}}"};
    if (s->pod->grace_s < 5 + ROOM_S)
        v.change[v.changes++] = (struct manifest_change){grace, "30"};
    if (!lab_both(a, s, &p, &v, &is, &then) || is.broken == 0 || then.broken * 10 > is.broken)
        return;
    v.text = advise_say(a,
                        "a rollout at 50 requests/s breaks %llu requests; with preStop sleep 5%s: "
                        "%llu",
                        (unsigned long long)is.broken, v.changes > 1 ? " and a grace of 30 s" : "",
                        (unsigned long long)then.broken);
    advise_give(a, s, &v);
}

/* What a preStop that is too short could be. False: nobody can tell. */
static bool longer(struct advise *a, const struct advise_subject *s, struct advice *v)
{
    const struct pod_handler_spec *h = subject_container(s, s->server)->pre_stop;
    const char *path = subject_container_path(a, s, s->server, "lifecycle.preStop");

    if (h->kind == POD_HANDLER_SLEEP) {
        v->change[0] = (struct manifest_change){advise_say(a, "%s.sleep.seconds", path), "5"};
        return true;
    }
    if (h->kind != POD_HANDLER_EXEC || h->argc != 3 || !is_shell(h->argv[0]) ||
        strcmp(h->argv[1], "-c") != 0)
        return false;
    v->change[0] = (struct manifest_change){
        advise_say(a, "%s.exec.command[2]", path),
        advise_say(a, "\"sleep 5; %s\"", escaped(a, h->argv[2], strlen(h->argv[2])))};
    return true;
}

void look_drain_order(struct advise *a, const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);
    struct advice v = {.level = ADVISE_WARNING,
                       .container = c->name,
                       .changes = 1,
                       .assumes = s->scripted ? LATE : ENDS};
    struct lab_result is, then = {0};
    struct lab_plan p;
    bool mended;

    if (c->pre_stop == NULL || !rollout(a, s, &p) || !lab_run(a, s, &p, NULL, &is) ||
        is.broken == 0)
        return;
    mended = longer(a, s, &v) && lab_run(a, s, &p, &v, &then) && then.broken * 10 <= is.broken;
    if (!mended) {
        v.changes = 0;
        v.no_patch = "where its preStop should wait nobody can tell";
    }
    lab_keep(a, s, &p, &v);
    v.text = advise_say(
        a,
        "a rollout at 50 requests/s breaks %llu requests: its preStop is over before "
        "the proxies know%s",
        (unsigned long long)is.broken,
        mended ? advise_say(a, "; with 5 s more: %llu", (unsigned long long)then.broken) : "");
    advise_give(a, s, &v);
}

/* ---- the grace period ------------------------------------------------------------------------ */

enum { GRACE_LONG_S = 600 };

static struct manifest_change grace_of(struct advise *a, const struct advise_subject *s, int64_t to)
{
    return (struct manifest_change){advise_say(a, "%s.terminationGracePeriodSeconds", s->spec),
                                    advise_say(a, "%lld", (long long)to)};
}

void look_grace_short(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_WARNING, .changes = 1};
    struct lab_result is, then;
    struct lab_plan p;
    int64_t needs;

    if (!ending(a, s, &p))
        return;
    v.change[0] = grace_of(a, s, GRACE_LONG_S);
    if (!lab_both(a, s, &p, &v, &is, &then) || is.down_ms < 0 || then.down_ms < is.down_ms + 500 ||
        then.down_ms >= GRACE_LONG_S * 1000LL)
        return;
    needs = (then.down_ms + 999) / 1000;
    v.change[0] = grace_of(a, s, (needs + 14) / 5 * 5);
    if (!lab_run(a, s, &p, &v, &then) || then.killed > 0)
        return;
    v.text =
        advise_say(a,
                   "a stop needs %lld s and is cut after %lld s (terminationGracePeriodSeconds "
                   "%d)%s; with %s: it ends by itself",
                   (long long)needs, (long long)is.down_ms / 1000, s->pod->grace_s,
                   is.killed > 0 ? " by SIGKILL" : "", v.change[0].value);
    advise_give(a, s, &v);
}

/* ---- a shell as PID 1 ------------------------------------------------------------------------ */

/* Where the last command of a script begins, if exec may stand before it: a plain command line,
 * with nothing after it that the shell would have to do. 0: nowhere. */
static const char *last_command(const char *script)
{
    static const char *const words[] = {"exec ", "wait",  "done",   "fi",     "esac",
                                        "trap ", "exit",  "while ", "until ", "if ",
                                        "for ",  "case ", "}",      "cd "};
    const char *at = script;

    for (const char *c = script; *c != '\0'; c++)
        if (strchr(";\n&|", *c) != NULL && c[strspn(c, ";\n&| ")] != '\0')
            at = c + strspn(c, ";\n&| ");
    at += strspn(at, " ");
    for (size_t i = 0; i < RX_ARRAY_LEN(words); i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return NULL;
    if (strpbrk(at, "&|`(){}<>\"'") != NULL || (at > script && strchr("&|", at[-1]) != NULL))
        return NULL;
    return *at != '\0' && !(at - script >= 2 && at[-1] == ' ' && at[-2] == '|') ? at : NULL;
}

/* The change that puts exec before the program. False: nobody can tell where. */
static bool with_exec(struct advise *a, const struct advise_subject *s, uint32_t i,
                      struct advice *v)
{
    const struct pod_container_spec *c = subject_container(s, i);
    const char *script = c->argv[2], *at = last_command(script);

    if (at == NULL)
        return false;
    v->change[0] = (struct manifest_change){
        subject_container_path(
            a, s, i,
            c->command_argc > 2 ? "command[2]" : advise_say(a, "args[%u]", 2 - c->command_argc)),
        advise_say(a, "\"%sexec %s\"", escaped(a, script, (size_t)(at - script)),
                   escaped(a, at, strlen(at)))};
    v->changes = 1;
    return true;
}

static void look_at_shell(struct advise *a, const struct advise_subject *s, uint32_t i,
                          const struct lab_plan *p, const struct lab_result *is)
{
    struct advice v = {.level = ADVISE_WARNING, .container = subject_container(s, i)->name};
    struct lab_result then = {.killed = 1};
    bool mended = with_exec(a, s, i, &v) && lab_run(a, s, p, &v, &then) && then.killed < is->killed;

    lab_keep(a, s, p, &v);
    if (!mended) {
        v.changes = 0;
        v.no_patch = "which of its commands is the program nobody can tell";
    }
    v.assumes = "the program itself ends at once on SIGTERM";
    v.text = advise_say(a,
                        "SIGTERM ends at a shell that does not pass it on: a stop takes the whole "
                        "grace of %d s and ends by SIGKILL%s",
                        s->pod->grace_s,
                        mended ? advise_say(a, "; with exec before the program: %lld s",
                                            (long long)then.down_ms / 1000)
                               : "; start the program by exec, or let the shell trap TERM");
    advise_give(a, s, &v);
}

void look_shell_pid1(struct advise *a, const struct advise_subject *s)
{
    struct lab_result is;
    struct lab_plan p;

    if (!ending(a, s, &p) || s->pod->shared_pids)
        return;
    for (uint32_t i = s->pod->init_count; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);

        if (c->argc >= 3 && is_shell(c->argv[0]) && strcmp(c->argv[1], "-c") == 0 &&
            lab_run(a, s, &p, NULL, &is) && is.killed > 0)
            look_at_shell(a, s, i, &p, &is);
    }
}

/* ---- hooks ----------------------------------------------------------------------------------- */

/* One that only waits may as well wait again. */
static bool does_something(const struct pod_handler_spec *h)
{
    const char *script;

    if (h == NULL || h->kind == POD_HANDLER_SLEEP || h->kind == POD_HANDLER_NONE)
        return false;
    if (h->kind != POD_HANDLER_EXEC || h->argc == 0)
        return true;
    script = h->argv[h->argc - 1];
    return !(strcmp(h->argv[0], "sleep") == 0 || strcmp(h->argv[0], "/bin/sleep") == 0 ||
             (is_shell(h->argv[0]) && strncmp(script + strspn(script, " "), "sleep ", 6) == 0 &&
              strpbrk(script, ";&|\n") == NULL));
}

static void look_at_hooks(struct advise *a, const struct advise_subject *s, uint32_t i)
{
    const struct pod_container_spec *c = subject_container(s, i);
    struct manifest_change one = {"spec.replicas", "1"};
    struct advice v = {.level = ADVISE_NOTE, .container = c->name};
    struct lab_plan p = {.given = &one, .givens = subject_scales(s) ? 1 : 0, .for_ms = 600000};
    bool stop = does_something(c->pre_stop);
    struct lab_result is;

    p.beside = advise_say(
        a, "%s%s", lab_scenario(a, s, "", ""),
        lab_behaviour(
            a, s, i,
            "  serve:\n  - {from: 60s, clock: instance, do: hang}\n"
            "  exec:\n  - {from: 60s, clock: instance, hang: true}\n  - {exitCode: 0}\n"));
    if (!lab_run(a, s, &p, NULL, &is) || is.restarts == 0)
        return;
    lab_keep(a, s, &p, &v);
    v.assumes = "the program hangs a minute after each start";
    v.no_patch = "what the hook should do once for the pod is for its program, or for a Job";
    v.text =
        advise_say(a,
                   "%s runs with each restart, not once for the pod: %llu restarts in 10 min of "
                   "a program that hangs a minute after each start run it %llu times",
                   stop ? "preStop" : "postStart", (unsigned long long)is.restarts,
                   (unsigned long long)is.restarts + !stop);
    advise_give(a, s, &v);
}

void look_hook_repeats(struct advise *a, const struct advise_subject *s)
{
    for (uint32_t i = s->pod->init_count; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);

        if (c->probe[POD_LIVENESS] != NULL && s->ready_ms >= 0 && !s->scripted &&
            (does_something(c->pre_stop) || does_something(c->post_start)))
            look_at_hooks(a, s, i);
    }
}
