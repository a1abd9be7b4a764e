/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - where a question leads, what is answered, and when the answer is there. */
#include "engine/pod/ask.h"

#include <string.h>

#include "engine/pod/etc_files.h"
#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"
#include "engine/store/rule_path.h"

/* ---- where a question leads ------------------------------------------------------------------ */

/* /etc/hosts comes before DNS. */
static void reach(struct pod *from, const char *host, uint16_t port, struct pod_reach *out)
{
    struct pod_world *w = pod_world_of(from);
    const char *alias = pod_hosts_address(from, host);

    *out = (struct pod_reach){.route = POD_ROUTE_NO_NAME};
    if (pod_hosts_is_self(from, host))
        *out = (struct pod_reach){
            .route = POD_ROUTE_POD, .addresses = 1, .address = {from->ip}, .pod = from,
                .port = port};
    else if (w->resolve != NULL)
        w->resolve(w->resolve_ctx, from, alias != NULL ? alias : host, port, out);
}

/* ---- what is answered, and when -------------------------------------------------------------- */

static void http_body(const struct pod_answer *answer, struct shell_result *out)
{
    bool redirect = answer->act == POD_SERVE_REDIRECT;

    out->body = answer->body_bytes > 0 ? NULL : answer->body != NULL ? answer->body
        : POD_BODY_DEFAULT;
    out->body_length = out->body != NULL ? (uint32_t)strlen(out->body) : answer->body_bytes;
    if (answer->status < 200 || answer->status == 204 || answer->status == 304 ||
        (redirect && answer->body == NULL && answer->body_bytes == 0)) {
        out->body = "";
        out->body_length = 0;
    }
}

/* False: the server never says anything. */
static bool http_result(const struct pod_answer *answer, struct shell_result *out)
{
    out->after = answer->latency;
    out->status = answer->status;
    out->location = answer->location;
    switch (answer->act) {
    case POD_SERVE_HANG:
        return false;
    case POD_SERVE_RESET:
        out->reply = SHELL_REPLY_RESET;
        return true;
    case POD_SERVE_GARBAGE:
        out->reply = SHELL_REPLY_GARBAGE;
        return true;
    case POD_SERVE_HEADERS_ONLY:
        out->body_length = sizeof(POD_BODY_DEFAULT) - 1; /* is announced */
        out->body_after = RX_MS_NEVER;
        return true;
    default:
        http_body(answer, out);
        out->body_after = out->body_length > 0 ? answer->body_after : 0;
        return true;
    }
}

/* ---- questions that wait --------------------------------------------------------------------- */

static void forget(const struct rx_mem *mem, struct pod_ask **at)
{
    struct pod_ask *a = *at;

    *at = a->next;
    rx_list_remove(&a->link);
    rx_mem_free(mem, a, sizeof(*a));
}

void pod_asks_drop(struct pod_container *c, struct pod_ask **mine)
{
    while (*mine != NULL)
        forget(&pod_world_of(pod_of_container(c))->guest, mine);
}

static rx_ms later(rx_ms now, rx_ms delay)
{
    return delay >= RX_MS_NEVER - now ? RX_MS_NEVER : now + delay;
}

/* Without memory it is not kept: then only a timeout ends the wait for a process that has
 * ended. */
static void keep(struct pod_container *target, const struct pod_ask *what, struct pod_ask **mine)
{
    struct pod_world *w = pod_world_of(pod_of_container(target));
    struct pod_extra *e = pod_extra_of(target);
    struct pod_ask *a;

    for (struct pod_ask **at = mine; *at != NULL;) {
        if ((*at)->over <= rx_loop_now(w->loop))
            forget(&w->guest, at);
        else
            at = &(*at)->next;
    }
    a = e != NULL ? rx_mem_alloc(&w->guest, sizeof(*a)) : NULL;
    if (a == NULL)
        return;
    *a = *what;
    a->next = *mine;
    *mine = a;
    rx_list_add_tail(&e->clients, &a->link);
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* A request that a rule has seen counts; a connection alone meets no rule about paths, nor a
 * reset. */
static bool ask_target(struct pod_container *target, uint16_t port, const struct shell_request *r,
                       struct pod_answer *out)
{
    struct pod *p = pod_of_container(target);
    struct pod_request ask = {.pod = p->id, .port = port};
    struct pod_served served;

    if (r->ask == SHELL_ASK_HTTP) {
        ask.path = r->path;
        ask.path_length = (uint32_t)strlen(r->path);
    }
    pod_world_request(pod_world_of(p), &ask, &served);
    *out = served.answer;
    return served.listens;
}

/* The API server of the cluster: it is there, and says no more to strangers than that. */
static void ask_api(const struct shell_request *r, struct shell_result *out)
{
    static const char *const open[] = {"/healthz", "/livez", "/readyz"};
    static const char no[] = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
                             "\"reason\":\"Forbidden\",\"code\":403}\n";
    struct pod_path asked;

    if (r->ask != SHELL_ASK_HTTP)
        return;
    out->status = 403;
    out->body = no;
    asked = (struct pod_path){r->path, (uint32_t)strlen(r->path), POD_PATH_UNKNOWN};
    for (size_t i = 0; i < RX_ARRAY_LEN(open); i++) {
        struct pod_path known = {open[i], (uint32_t)strlen(open[i]), POD_PATH_PLAIN};

        if (pod_path_same(&known, &asked)) {
            out->status = 200;
            out->body = "ok";
        }
    }
    out->body_length = (uint32_t)strlen(out->body);
}

static void ask_pod(struct pod_container *c, const struct pod_reach *to, struct shell_proc *p,
                    const struct shell_request *r, struct shell_result *result,
                    struct pod_ask **mine, struct rx_timer *wake)
{
    rx_ms now = rx_loop_now(pod_world_of(pod_of_container(c))->loop);
    struct pod_container *target = pod_port_owner(to->pod, to->port);
    struct pod_answer answer;
    bool answers = true;

    if (target == NULL || !ask_target(target, to->port, r, &answer)) {
        result->reply = SHELL_REPLY_REFUSED;
        result->undeclared = target == NULL && to->pod == pod_of_container(c);
        shell_answer(p, r->id, result);
        return;
    }
    if (r->ask == SHELL_ASK_HTTP)
        answers = http_result(&answer, result);
    else
        answers = answer.act != POD_SERVE_HANG;
    if (!answers || result->after > 0 || result->body_after > 0) {
        rx_ms over = later(now, answers ? later(result->after, result->body_after) : RX_MS_NEVER);

        keep(target,
             &(struct pod_ask){.proc = p,
                               .wake = wake,
                               .id = r->id,
                               .over = RX_MIN(over, later(now, r->timeout_ms))},
             mine);
    }
    if (answers)
        shell_answer(p, r->id, result);
}

void pod_ask(struct pod_container *c, struct shell_proc *p, const struct shell_request *r,
             struct pod_ask **mine, struct rx_timer *wake)
{
    struct shell_result result = {.reply = SHELL_REPLY_OK};
    char address[64];
    const char *host =
        pod_hosts_file_find(&c->extra->machine->fs, r->host, address) ? address : r->host;
    struct pod_reach to;

    reach(pod_of_container(c), host, r->ask == SHELL_ASK_RESOLVE ? 0 : r->port, &to);
    if (to.route == POD_ROUTE_NO_NAME)
        result.reply = SHELL_REPLY_NO_NAME;
    else if (to.route == POD_ROUTE_REFUSED && r->ask != SHELL_ASK_RESOLVE)
        result.reply = SHELL_REPLY_REFUSED;
    result.address = to.addresses > 0 ? to.address[0] : 0;
    for (uint32_t i = 1; i < to.addresses; i++)
        result.other[result.others++] = to.address[i];
    if (to.route == POD_ROUTE_POD && r->ask != SHELL_ASK_RESOLVE) {
        ask_pod(c, &to, p, r, &result, mine, wake);
        return;
    }
    if (to.route == POD_ROUTE_API)
        ask_api(r, &result);
    shell_answer(p, r->id, &result);
}
