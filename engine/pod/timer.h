/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timer.h - every timer of a pod, in one list: keys are made of it, and timers dispatched by it.
 *
 * A key is a class, the pod's serial number, a place and low bits. The place is the index of a
 * container; timers of the pod itself have places of their own, above all indices. The low bits say
 * which timer it is, and for those of probes which probe: `bits + step * kind`. Equal deadlines
 * fire in the order of keys, so no number here may change: it would change runs.
 */
#ifndef POD_TIMER_H
#define POD_TIMER_H

#include "engine/pod/pod_int.h"

enum { POD_HOOK_RUN = 16 }; /* in the place of a probe's kind: an attempt that a hook makes */

enum pod_timer_place {
    POD_PLACE_CONTAINER,
    POD_PLACE_STORAGE = 253,
    POD_PLACE_DEADLINE,
    POD_PLACE_SYNC,
};

_Static_assert((int)POD_CONTAINERS_MAX <= (int)POD_PLACE_STORAGE, "no container has such an index");

/* X(name, class, place, bits, step, mask, handler): a key belongs to the row whose class it has,
 * and whose place and bits under `mask`. */
#define POD_TIMERS(X)                                                                             \
    X(TICK, TICK, CONTAINER, 0, 1, 0x0000, pod_on_tick)      /* a probe's tick */                  \
    X(STEP, DONE, CONTAINER, 0, 2, 0x00c1, pod_on_step)      /* an attempt's step */               \
    X(LIMIT, DONE, CONTAINER, 128, 2, 0x0080, pod_on_limit)  /* an attempt's deadline */           \
    X(HOOK, DONE, CONTAINER, 64, 0, 0x00c1, pod_on_hook)     /* an extra's hook */                 \
    X(ANSWER, ANSWER, CONTAINER, 0, 2, 0x0001, pod_on_step)  /* an attempt's step, at once */   \
    X(PROMPT, ANSWER, CONTAINER, 1, 2, 0x0001, pod_on_prompt) /* a probe's tick, borrowed */       \
    X(PROC, EXIT, CONTAINER, 0, 0, 0x00ff, pod_on_exit)      /* a container's proc */              \
    X(CLOSES, EXIT, CONTAINER, 2, 0, 0x00ff, pod_on_closes)  /* a closing's timer */              \
    X(WAKE, EXIT, CONTAINER, 1, 0, 0x00ff, pod_on_wake)      /* a machine's wake */                \
    X(LIFE, REACT, CONTAINER, 1, 0, 0x00ff, pod_on_life)     /* a container's life */              \
    X(SYNC, REACT, SYNC, 0, 0, 0xffff, pod_on_sync)          /* a pod's sync */                    \
    X(DEADLINE, REACT, DEADLINE, 0, 0, 0xffff, pod_on_deadline) /* an extra's deadline */          \
    X(STORAGE, REACT, STORAGE, 0, 0, 0xffff, pod_on_storage) /* an extra's storage */              \
    X(BORDER, SCRIPT, CONTAINER, 2, 0, 0x00ff, pod_on_border) /* an extra's border */

enum pod_timer_kind {
#define X(name, ...) POD_TIMER_##name,
    POD_TIMERS(X)
#undef X
    POD_TIMER_KINDS
};

struct pod_timer_row {
    uint64_t mask, bits; /* of its keys: (key & mask) == bits, and no other row's */
    rx_timer_fn *fire;
    const char *name;
};

extern const struct pod_timer_row pod_timer_table[POD_TIMER_KINDS];

static inline uint64_t pod_timer_key(enum pod_timer_kind k, const struct pod *p, uint32_t container,
                                     uint32_t kind)
{
    uint64_t id = p->serial << 16 | (uint64_t)container << 8;

    switch (k) {
#define X(name, class_, place, bits, step, mask, fire)                                            \
    case POD_TIMER_##name:                                                                        \
        return rx_key(POD_CLASS_##class_, id | POD_PLACE_##place << 8 | (bits + step * kind));
        POD_TIMERS(X)
#undef X
    default:
        return 0;
    }
}
/* container: 0 for a timer of the pod itself; kind: of the probe, or POD_HOOK_RUN; else 0. */

const struct pod_timer_row *pod_timer_row_of(uint64_t key); /* the row that the key belongs to */

void pod_timers_on(struct pod_world *w);
/* From now on the loop gives the timers of its pods to their handlers. Those of class SCRIPT are
 * not given by it: scenarios have that class, and whoever runs them passes them on. */

#define X(name, class_, place, bits, step, mask, fire) void fire(void *, struct rx_timer *);
POD_TIMERS(X)
#undef X

#endif
