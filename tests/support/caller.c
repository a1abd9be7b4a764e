/* SPDX-License-Identifier: Apache-2.0 */
/* caller.c - makes one call after the other, and knows what each may answer. */
#include "tests/support/caller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/scenario.h"
#include "engine/reactor/base.h"
#include "tests/support/watch_parts.h"

struct caller {
    podring *ring;
    const struct maker *m;
    struct watch *watch;
    bool ahead;
    struct errand {
        struct caller *caller;
        uint64_t timer;
        bool done;
    } errand[RX_ARRAY_LEN(((struct maker *)0)->call)];
};

static const char *const image[] = {"i:1", "i:2", "i:3"};

static void make_call(struct caller *c, unsigned i);
static void on_timer(void *ctx, podring *ring, uint64_t timer);
static void on_event(void *ctx, uint64_t seq);

struct caller *caller_new(podring *ring, const struct maker *m, struct watch *w)
{
    struct caller *c = calloc(1, sizeof(*c));

    if (c == NULL)
        abort();
    c->ring = ring;
    c->m = m;
    c->watch = w;
    for (unsigned i = 0; i < m->calls; i++) {
        c->errand[i].caller = c;
        if (m->call[i].from == MAKER_FROM_TIMER &&
            podring_timer_start(ring, m->call[i].at_ms, on_timer, &c->errand[i],
                                &c->errand[i].timer) != 0)
            abort();
    }
    watch_also(w, on_event, c);
    return c;
}

void caller_free(struct caller *c)
{
    free(c);
}

int64_t caller_next_ms(const struct caller *c, int64_t until)
{
    for (unsigned i = 0; i < c->m->calls; i++) {
        if (c->m->call[i].from == MAKER_BETWEEN_TURNS && !c->errand[i].done)
            until = RX_MIN(until, c->m->call[i].at_ms);
    }
    return until;
}

void caller_between(struct caller *c)
{
    int64_t now = podring_now(c->ring);

    for (unsigned i = 0; i < c->m->calls; i++) {
        if (c->m->call[i].from != MAKER_BETWEEN_TURNS || c->errand[i].done ||
            c->m->call[i].at_ms > now)
            continue;
        make_call(c, i);
        c->ahead = true;
    }
}

static void on_timer(void *ctx, podring *ring, uint64_t timer)
{
    struct errand *e = ctx;

    (void)ring;
    (void)timer;
    make_call(e->caller, (unsigned)(e - e->caller->errand));
}

static void on_event(void *ctx, uint64_t seq)
{
    struct caller *c = ctx;

    for (unsigned i = 0; i < c->m->calls; i++) {
        if (c->m->call[i].from != MAKER_FROM_EVENT || c->m->call[i].seq != seq)
            continue;
        make_call(c, i);
        c->ahead = true;
    }
}

bool caller_is_ahead(struct caller *c)
{
    bool was = c->ahead;

    c->ahead = false;
    return was;
}

/* ---- the calls
 * ------------------------------------------------------------------------------------------ */

static const char *space_of(const struct maker_call *k)
{
    return k->other ? "other" : NULL;
}

static int apply(struct caller *c, const struct maker_call *k)
{
    int rc;

    if (k->text == k->text_to) /* a Behavior for no container */
        return 0;
    rc = podring_load_text(c->ring, "late", c->m->text + k->text, k->text_to - k->text);
    if (rc != 0)
        watch_broken(c->watch, "manifest", NULL, "late: %s", podring_why(c->ring));
    watch_did(c->watch, POD_STEP_APPLY);
    return rc != 0 ? rc : podring_apply(c->ring);
}

static int of_pod(struct caller *c, const struct maker_call *k)
{
    const char *container = k->container[0] != '\0' ? k->container : NULL;
    uint64_t pod;
    int rc = podring_find(c->ring, space_of(k), k->object + strlen("pod/"), &pod);

    if (rc != 0)
        return rc;
    if (k->kind == MAKER_KILL) {
        watch_did(c->watch, POD_STEP_KILL);
        return podring_kill(c->ring, pod, container, k->number);
    }
    if (k->kind == MAKER_CONDITION)
        return podring_set_condition(c->ring, pod, "example.com/gate", k->number);
    return podring_delete(c->ring, pod, k->number, k->force);
}

static void make_call(struct caller *c, unsigned i)
{
    const struct maker_call *k = &c->m->call[i];
    int rc = 0;

    if (c->errand[i].done)
        return;
    c->errand[i].done = true;
    switch (k->kind) {
    case MAKER_DELETE:
    case MAKER_KILL:
    case MAKER_CONDITION:
        rc = of_pod(c, k);
        break;
    case MAKER_SCALE:
        rc = podring_scale(c->ring, space_of(k), k->object, (uint32_t)k->number);
        break;
    case MAKER_IMAGE:
        watch_did(c->watch, POD_STEP_SET_IMAGE);
        rc = podring_set_image(c->ring, space_of(k), k->object,
                               k->container[0] != '\0' ? k->container : NULL, image[k->number]);
        break;
    case MAKER_REBOOT:
        watch_did(c->watch, POD_STEP_REBOOT);
        rc = podring_reboot(c->ring);
        break;
    case MAKER_APPLY:
        rc = apply(c, k);
        break;
    }
    /* What it names may be gone, dead or there already. */
    if (rc != 0 && rc != -PODRING_ENOTFOUND && rc != -PODRING_ESTATE && rc != -PODRING_EEXISTS &&
        !(k->kind == MAKER_SCALE && rc == -PODRING_EUNSUPPORTED))
        watch_broken(c->watch, "call", NULL, "call %u answers %d: %s", i, rc, podring_why(c->ring));
    if (rc != 0 && podring_why(c->ring)[0] == '\0')
        watch_broken(c->watch, "call", NULL, "call %u answers %d without a word", i, rc);
}

/* ---- for a reader
 * --------------------------------------------------------------------------------------- */

static void print_call(const struct maker *m, const struct maker_call *k)
{
    static const char *const name[] = {"delete",    "kill",   "scale", "set_image",
                                       "condition", "reboot", "apply"};
    static const char *const from[] = {"in a timer", "between turns", "while an event is told"};

    if (k->from == MAKER_FROM_EVENT)
        fprintf(stderr, "# at event %llu, ", (unsigned long long)k->seq);
    else
        fprintf(stderr, "# at %lld ms, ", (long long)k->at_ms);
    fprintf(stderr, "%s: %s", from[k->from], name[k->kind]);
    if (k->kind == MAKER_APPLY) {
        fprintf(stderr, "\n%.*s", (int)(k->text_to - k->text), m->text + k->text);
        return;
    }
    if (k->kind != MAKER_REBOOT)
        fprintf(stderr, " %s %s %d%s%s", k->object, k->container, k->number,
                k->force ? " force" : "", k->other ? " in other" : "");
    fprintf(stderr, "\n");
}

void caller_print(const struct maker *m)
{
    for (unsigned i = 0; i < m->calls; i++)
        print_call(m, &m->call[i]);
}
