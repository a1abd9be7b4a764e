/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve.c - a container begins or ceases to answer on its ports. Whoever serves them hears of it,
 * and so do the commands that wait for an answer of it.
 */
#include "engine/pod/ask.h"
#include "engine/pod/pod_int.h"

void pod_container_serve(struct pod_container *c, bool up)
{
    struct pod *p = pod_of_container(c);
    const struct pod_server *server = pod_world_of(p)->server;
    struct pod_serve_target t = {
        .pod = p->id,
        .container = c->index,
        .ip = p->ip,
        .port_count = p->tmpl->listen_count[c->index],
        .port = p->tmpl->listen[c->index],
    };

    if (c->serving == up)
        return;
    pod_unpark(p);
    c->serving = up;
    pod_listener_reset(c);
    if (!up)
        pod_asks_lost(c);
    if (!up && pod_world_of(p)->peers != NULL)
        pod_world_of(p)->peers(pod_world_of(p)->peers_ctx, c, true);
    if (server == NULL)
        return;
    if (!up) {
        server->down(server->ctx, p->id, c->index);
        pod_refusal_end(c);
        return;
    }
    if (t.port_count > 0)
        server->up(server->ctx, &t);
    pod_refusal_begin(c);
}

void pod_asks_lost(struct pod_container *c)
{
    struct rx_loop *loop = pod_world_of(pod_of_container(c))->loop;
    struct rx_list *link;

    if (c->extra == NULL || rx_list_empty(&c->extra->clients))
        return;
    while ((link = rx_list_take_head(&c->extra->clients)) != NULL) {
        struct pod_ask *a = rx_container_of(link, struct pod_ask, link);

        if (shell_answer_lost(a->proc, a->id, rx_loop_now(loop)))
            rx_loop_arm(loop, a->wake, rx_loop_now(loop));
    }
}
