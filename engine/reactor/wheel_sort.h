/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wheel_sort.h - puts a list of timers into the order of their keys.
 *
 * Natural merge sort: lists come in the order of arming, and with owners that arm in the order of
 * their ids that is one rising run, or few. O(n log runs), no memory.
 */
#ifndef RX_WHEEL_SORT_H
#define RX_WHEEL_SORT_H

#include "engine/reactor/wheel.h"

struct rx_timer *rx_timer_sort(struct rx_timer *list);
/* A list linked by `next`, NULL-terminated; NULL is the empty one. Stable. Looks at `next` and
 * `key` only: the links of what it returns are stale. */

void rx_timer_link(struct rx_timer **head, struct rx_timer *list);
/* Makes the list the one that begins at head; its links are as they should be again. */

#endif
