/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.h - an intrusive circular list: a node is its own empty list, removing twice is harmless.
 */
#ifndef RX_LIST_H
#define RX_LIST_H

#include "engine/reactor/base.h"

struct rx_list {
    struct rx_list *next, *prev;
};

static inline void rx_list_init(struct rx_list *l)
{
    l->next = l->prev = l;
}

static inline bool rx_list_empty(const struct rx_list *l)
{
    return l->next == l;
}

static inline void rx_list_add_tail(struct rx_list *head, struct rx_list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

static inline void rx_list_remove(struct rx_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    rx_list_init(node);
}

static inline struct rx_list *rx_list_take_head(struct rx_list *head)
{
    struct rx_list *node = head->next;

    if (node == head)
        return NULL;
    rx_list_remove(node);
    return node;
}
/* NULL when empty. */

#define RX_LIST_EACH(it, head) for (struct rx_list *it = (head)->next; it != (head); it = it->next)
/* The body must not remove the current node. */

#endif
