/* SPDX-License-Identifier: Apache-2.0 */
/* rule_shard.c - the hash of a whole name, and the states in the midst of it. */
#include "engine/store/rule_shard.h"

#include <string.h>

uint64_t pod_hash_begin(const char *ns)
{
    return rx_hash_byte(rx_hash_bytes(RX_HASH_START, ns, strlen(ns)), '/');
}

uint64_t pod_hash_name(const char *ns, const char *name)
{
    return rx_hash_end(rx_hash_bytes(pod_hash_begin(ns), name, strlen(name)));
}
