/* SPDX-License-Identifier: Apache-2.0 */
/* test_zone.c - zones by name: those that are there, and names that lead elsewhere. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/reactor/err.h"
#include "engine/store/zone.h"

static const struct {
    const char *folder, *name;
    int rc;
} loads[] = {
    {"/nowhere/at/all", "UTC", 0},
    {"/nowhere/at/all", "Asia/Seoul", -RX_EUNSUPPORTED},
    {ST_ZONE_FOLDER, "Asia/Nowhere", -RX_ENOTFOUND},
    {ST_ZONE_FOLDER, "Asia/Seoul/x", -RX_ENOTFOUND},
    {ST_ZONE_FOLDER, "Asia", -RX_ENOTFOUND},
    {ST_ZONE_FOLDER, "", -RX_ENOTFOUND},
    {ST_ZONE_FOLDER, "/etc/passwd", -RX_ENOTFOUND},
    {ST_ZONE_FOLDER, "../../../etc/passwd", -RX_ENOTFOUND},
    {ST_ZONE_FOLDER, "Asia\\Seoul", -RX_ENOTFOUND},
    {"/etc", "passwd", -RX_EIO},
    {ST_ZONE_FOLDER, "Asia/Seoul", 0},
};

Test(zone, by_name)
{
    struct rx_mem mem;
    struct rx_arena arena;

    cr_assert_eq(rx_mem_open(&mem), 0);
    rx_arena_init(&arena, &mem);
    for (size_t i = 0; i < sizeof(loads) / sizeof(*loads); i++) {
        const struct st_zone *zone;
        int rc = st_zone_load(loads[i].folder, loads[i].name, &arena, &zone);

        if (rc == -RX_EUNSUPPORTED && loads[i].rc != rc)
            cr_skip_test("tzdata is not installed");
        cr_expect_eq(rc, loads[i].rc, "%s: %d", loads[i].name, rc);
        if (loads[i].rc == 0 && strcmp(loads[i].name, "UTC") != 0)
            cr_expect_eq(st_zone_at(zone, 1767225600).offset, 9 * 3600);
    }
    rx_arena_fini(&arena);
    cr_expect_eq(mem.state->bytes, 0);
    rx_mem_close(&mem);
}
