/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone.h - time zones by name, out of the database of this machine.
 */
#ifndef ST_ZONE_H
#define ST_ZONE_H

#include "engine/reactor/mem.h"
#include "engine/store/rule_zone.h"

#define ST_ZONE_FOLDER "/usr/share/zoneinfo"

int st_zone_load(const char *folder, const char *name, struct rx_arena *arena,
                 const struct st_zone **out);
/* The zone lives in the arena; NULL is UTC, which is always there. -RX_ENOTFOUND: there is none of
 * that name; -RX_EUNSUPPORTED: there is no such folder, so nobody knows; -RX_EIO: it cannot be
 * read, or is no zone; -RX_ENOMEM. */

#endif
