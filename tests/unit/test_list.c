/* SPDX-License-Identifier: Apache-2.0 */
/* test_list.c - linking, unlinking and walking while members leave. */
#include "engine/reactor/list.h"

#include <criterion/criterion.h>

struct item {
    int number;
    struct rx_list node;
};

static struct item *item_of(struct rx_list *node)
{
    return rx_container_of(node, struct item, node);
}

static void fill(struct rx_list *head, struct item *items, int n)
{
    rx_list_init(head);
    for (int i = 0; i < n; i++) {
        items[i].number = i;
        rx_list_init(&items[i].node);
        rx_list_add_tail(head, &items[i].node);
    }
}

Test(list, starts_empty)
{
    struct rx_list head;

    rx_list_init(&head);
    cr_assert(rx_list_empty(&head));
    cr_assert_null(rx_list_take_head(&head));
}

Test(list, keeps_order)
{
    struct rx_list head;
    struct item items[4];
    int expected = 0;

    fill(&head, items, 4);
    RX_LIST_EACH (it, &head)
        cr_assert_eq(item_of(it)->number, expected++);
    cr_assert_eq(expected, 4);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(item_of(rx_list_take_head(&head))->number, i);
    cr_assert(rx_list_empty(&head));
}

Test(list, remove_from_any_place_and_twice)
{
    static const int place[] = {0, 1, 2};

    for (size_t i = 0; i < RX_ARRAY_LEN(place); i++) {
        struct rx_list head;
        struct item items[3];
        int left = 0;

        fill(&head, items, 3);
        rx_list_remove(&items[place[i]].node);
        rx_list_remove(&items[place[i]].node);
        cr_assert(rx_list_empty(&items[place[i]].node));
        RX_LIST_EACH (it, &head) {
            cr_assert_neq(item_of(it)->number, place[i]);
            left++;
        }
        cr_assert_eq(left, 2);
        rx_list_add_tail(&head, &items[place[i]].node);
        cr_assert_eq(item_of(head.prev)->number, place[i]);
    }
}
