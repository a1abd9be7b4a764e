/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pod has which address: the whole of loopback by numbers, a block without ever giving one
 * twice, and shares of a block that do not meet.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/pod/address.h"
#include "engine/pod/pod.h"

static struct rx_mem mem;

static void open_mem(void)
{
    cr_assert_eq(rx_mem_open(&mem), 0);
}

static void close_mem(void)
{
    rx_mem_close(&mem);
}

TestSuite(address, .init = open_mem, .fini = close_mem);

Test(address, the_whole_goes_by_numbers)
{
    struct pod_addresses a;

    pod_addresses_whole(&a);
    cr_expect_eq(pod_address_take(&a, 1), 0x7f010001);
    cr_expect_eq(pod_address_take(&a, 254), 0x7f0100fe);
    cr_expect_eq(pod_address_take(&a, 255), 0x7f010101);
    cr_expect_eq(pod_address_take(&a, 65025), 0x7f020001);
    cr_expect_eq(pod_address_take(&a, 1), 0x7f010001, "whoever asks");
    cr_expect_geq(pod_address_take(&a, pod_serial_again(1, 0) + 1), 0x7f800000);
    pod_address_give(&a, 0x7f010001);
    pod_addresses_fini(&a, &mem);
}

/* Everything in it once, then nothing; what is given back is given out again. */
static void fill(uint32_t base, uint32_t bits)
{
    uint32_t count = pod_addresses_count(bits), size = bits == 0 ? 0 : 1u << (32 - bits);
    struct pod_addresses a;
    uint8_t *seen = calloc(size, 1);

    cr_assert_eq(pod_addresses_block(&a, &mem, base, bits, (struct pod_shard){0, 1}), 0);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t serial = i % 3 == 2 ? pod_serial_again(7, i) + 1 : i + 1;
        uint32_t ip = pod_address_take(&a, serial), last = ip & 255;

        cr_assert(ip >= base && ip - base < size, "%x is not in the block", ip);
        cr_assert_not(seen[ip - base], "%x twice", ip);
        cr_assert(bits > 24 || (last != 0 && last != 255));
        cr_assert(ip != base && ip != base + size - 1);
        seen[ip - base] = 1;
    }
    cr_expect_eq(pod_address_take(&a, 1), 0);
    cr_expect_eq(pod_address_take(&a, pod_serial_again(1, 1) + 1), 0);
    pod_address_give(&a, base + 2);
    cr_expect_eq(pod_address_take(&a, 1), base + 2);
    pod_addresses_fini(&a, &mem);
    free(seen);
}

Test(address, a_block_is_given_out_once)
{
    fill(0x7f050000, 16);
    fill(0x7f050700, 24);
    fill(0x7f050000, 20);
    fill(0x7f050780, 27);
    fill(0x7f050704, 30);
}

Test(address, first_pods_stand_in_order)
{
    struct pod_addresses a;

    cr_assert_eq(pod_addresses_block(&a, &mem, 0x7f010000, 16, (struct pod_shard){0, 1}), 0);
    cr_expect_eq(pod_address_take(&a, 1), 0x7f010001);
    cr_expect_eq(pod_address_take(&a, 255), 0x7f010101);
    cr_expect_eq(pod_address_take(&a, 1), 0x7f010002, "the next one that is free");
    pod_addresses_fini(&a, &mem);
}

/* Shares know nothing of each other: each serial is of one of them, and no address of two. */
Test(address, shares_of_a_block_do_not_meet)
{
    enum { SHARES = 3, PODS = 9000, BASE = 0x7f010000 };
    struct pod_addresses a[SHARES];
    uint8_t *seen = calloc(65536, 1);

    for (uint32_t i = 0; i < SHARES; i++)
        cr_assert_eq(pod_addresses_block(&a[i], &mem, BASE, 16, (struct pod_shard){i, SHARES}), 0);
    for (uint32_t i = 0; i < PODS; i++) {
        uint64_t serial[] = {i + 1, pod_serial_again(i, 3) + 1, 40000 + i};

        for (int k = 0; k < 3; k++) {
            uint32_t ip = pod_address_take(&a[(i * 7 + (uint32_t)k) % SHARES], serial[k]);

            cr_assert(ip > BASE && ip < BASE + 65536);
            cr_assert_not(seen[ip - BASE], "%x twice", ip);
            seen[ip - BASE] = 1;
        }
    }
    for (uint32_t i = 0; i < SHARES; i++)
        pod_addresses_fini(&a[i], &mem);
    free(seen);
}
