/* SPDX-License-Identifier: Apache-2.0 */
/* wheel_sort.c - runs that rise already are found and merged, two by two. */
#include "engine/reactor/wheel_sort.h"

enum { RUNS_MAX = 64 };

/* Cuts the longest rising start off the list, or the longest falling one and turns it round. */
static struct rx_timer *cut_run(struct rx_timer **rest)
{
    struct rx_timer *first = *rest, *last = first, *t = first->next;

    if (t && t->key < first->key) {
        while (t && t->key < first->key) {
            struct rx_timer *next = t->next;

            t->next = first;
            first = t;
            t = next;
        }
    } else {
        while (t && t->key >= last->key) {
            last = t;
            t = t->next;
        }
    }
    last->next = NULL;
    *rest = t;
    return first;
}

static struct rx_timer *merge(struct rx_timer *a, struct rx_timer *b)
{
    struct rx_timer *first, **end = &first;

    while (a && b) {
        struct rx_timer **less = b->key < a->key ? &b : &a;

        *end = *less;
        end = &(*less)->next;
        *less = *end;
    }
    *end = a ? a : b;
    return first;
}

/* pending[] is a binary counter of runs, so that merges stay balanced. */
struct rx_timer *rx_timer_sort(struct rx_timer *list)
{
    struct rx_timer *pending[RUNS_MAX];
    unsigned depth = 0;

    for (size_t runs = 0; list; runs++) {
        struct rx_timer *run = cut_run(&list);

        for (size_t carry = runs; carry & 1; carry >>= 1)
            run = merge(pending[--depth], run);
        pending[depth++] = run;
    }
    while (depth > 0)
        list = merge(pending[--depth], list);
    return list;
}

void rx_timer_link(struct rx_timer **head, struct rx_timer *list)
{
    *head = list;
    for (; list; list = list->next) {
        list->link = head;
        head = &list->next;
    }
}
