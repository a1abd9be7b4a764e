/* SPDX-License-Identifier: Apache-2.0 */
/* timer.c - keys made from the list of timers, and each timer handed to its owner. */
#include "engine/pod/timer.h"

#define CLASS(c) ((uint64_t)(c) << RX_KEY_CLASS_SHIFT)

const struct pod_timer_row pod_timer_table[POD_TIMER_KINDS] = {
#define X(name, class_, place, bits, step, mask, fire)                                            \
    {CLASS(15) | (mask), CLASS(POD_CLASS_##class_) | ((POD_PLACE_##place << 8 | bits) & (mask)),  \
     fire, #name},
    POD_TIMERS(X)
#undef X
};

/* Spelled out for the compiler, which asks for a class once and then only for what tells its rows
 * apart: a walk over the table would ask for all of each row, for every timer that fires. */
static inline const struct pod_timer_row *row_of(uint64_t key)
{
    unsigned class_ = rx_key_class(key);

#define X(name, of, place, bits, step, mask, fire)                                                \
    if (class_ == POD_CLASS_##of && (key & (mask)) == ((POD_PLACE_##place << 8 | bits) & (mask)))  \
        return &pod_timer_table[POD_TIMER_##name];
    POD_TIMERS(X)
#undef X
    RX_ASSERT(!"a key of the list");
    return NULL;
}

const struct pod_timer_row *pod_timer_row_of(uint64_t key)
{
    return row_of(key);
}

static void fire(void *world, struct rx_timer *t)
{
    row_of(t->key)->fire(world, t);
}

/* A class with one kind of timer needs nobody between. */
void pod_timers_on(struct pod_world *w)
{
    uint32_t seen = 1u << POD_CLASS_SCRIPT;

    for (uint32_t i = 0; i < POD_TIMER_KINDS; i++) {
        unsigned class_ = rx_key_class(pod_timer_table[i].bits);

        if (class_ == POD_CLASS_SCRIPT)
            continue;
        rx_loop_on(w->loop, class_, seen >> class_ & 1 ? fire : pod_timer_table[i].fire, w);
        seen |= 1u << class_;
    }
}
