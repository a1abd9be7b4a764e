/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker_calls.c - what a program around a world does to it: calls of the API from a timer, between
 * two turns and while events are delivered, and documents that come late.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/maker_parts.h"

static void draw_call(struct maker *m, struct maker_call *c);

void mk_calls(struct maker *m)
{
    while (m->calls < RX_ARRAY_LEN(m->call) && mk_more(m, 60)) {
        draw_call(m, &m->call[m->calls++]);
        mk_end(m);
    }
}

static void draw_instant(struct maker *m, struct maker_call *c)
{
    c->at_ms = 1000 * (int64_t)mk_when_s(m);
    if (mk_chance(m, 25))
        c->at_ms += mk_below(m, 1000);
    c->from = mk_below(m, 3);
    /* Where a turn ends, and what a timer meets in the midst of an instant, is not part of the
     * story that script and wire both tell (docs/decisions/0002). */
    if (m->shape.wire)
        c->from = MAKER_BETWEEN_TURNS;
    if (c->from == MAKER_FROM_EVENT)
        c->seq = 1 + mk_below(m, 400);
}

/* ---- documents that come late
 * --------------------------------------------------------------------------- */

static void add_late_pod(struct maker *m, unsigned number, const char *space)
{
    char name[16];

    snprintf(name, sizeof(name), "p%u", number);
    m->now.indent = 0;
    m->now.number = number;
    m->now.other = strcmp(space, "other") == 0;
    mk_put(m,
           "---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: %s, labels: {app: "
           "%s}}\nspec:\n",
           name, space, name);
    mk_pod_spec(m, "pod");
}

static void add_late(struct maker *m, unsigned of)
{
    static const char *const object[] = {
        "v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: slow}\n",
        "v1\nkind: ConfigMap\nmetadata: {name: nowhere}\ndata: {k: v}\n",
        "v1\nkind: Secret\nmetadata: {name: hidden}\nstringData: {token: def}\n",
        "v1\nkind: PersistentVolumeClaim\nmetadata: {name: disk}\n"
        "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
    };
    char owner[MAKER_TEXT];

    switch (mk_below(m, 4)) {
    case 0:
        mk_put(m, "---\napiVersion: %s", mk_pick(m, object));
        break;
    case 1: /* the name of one that is there, in another namespace */
        add_late_pod(m, m->made[of].number, "other");
        break;
    case 2: /* perhaps once more: that is refused */
        add_late_pod(m, of + mk_below(m, 3), "default");
        break;
    default:
        m->now.other = m->made[of].other;
        mk_behaviors(m, mk_name_of(m, of, owner), m->made[of].containers);
        break;
    }
}

/* ---- calls
 * ---------------------------------------------------------------------------------------------- */

static const char *container_of(struct maker *m, unsigned of, struct maker_call *c)
{
    if (mk_more(m, 40)) {
        c->container[0] = mk_letter(mk_below(m, m->made[of].containers));
        mk_end(m);
    }
    return c->container;
}

static void draw_delete(struct maker *m, struct maker_call *c)
{
    c->number = PODRING_GRACE_DEFAULT;
    switch (mk_below(m, 4)) {
    case 2:
        c->number = (int)mk_below(m, 20);
        break;
    case 3:
        c->force = true;
        break;
    default:
        break;
    }
}

static void draw_call(struct maker *m, struct maker_call *c)
{
    static const int signals[] = {SIGKILL, SIGTERM, SIGSEGV, SIGHUP, SIGUSR1};
    unsigned of = mk_below(m, m->count);
    bool workload = strcmp(m->made[of].kind, "pod") != 0 && mk_chance(m, 60);
    char name[MAKER_TEXT];

    *c = (struct maker_call){.kind = mk_below(m, MAKER_APPLY + 1)};
    draw_instant(m, c);
    c->other = m->made[of].other;
    mk_pod_of(m, of, name);
    snprintf(c->object, sizeof(c->object), "pod/%.20s", name);
    if ((workload && c->kind == MAKER_IMAGE) || c->kind == MAKER_SCALE)
        snprintf(c->object, sizeof(c->object), "%.20s/%.8s", m->made[of].kind,
                 mk_name_of(m, of, name));
    switch (c->kind) {
    case MAKER_DELETE:
        draw_delete(m, c);
        break;
    case MAKER_KILL:
        c->number = mk_pick(m, signals);
        container_of(m, of, c);
        break;
    case MAKER_SCALE:
        c->number = (int)mk_below(m, 7);
        break;
    case MAKER_IMAGE:
        c->number = (int)mk_below(m, 3);
        container_of(m, of, c);
        break;
    case MAKER_CONDITION:
        c->number = (int)mk_below(m, 2);
        break;
    case MAKER_REBOOT:
        break;
    case MAKER_APPLY:
        c->text = m->used;
        add_late(m, of);
        c->text_to = m->used;
        break;
    }
}
