/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_shard.h - a stable hash of names, and which of several engines an object belongs to.
 *
 * The hash of a pod is FNV-1a (64 bit) over "namespace/name" and the finaliser of MurmurHash3. It
 * is part of the interface: results of shards that ran on different machines and releases are put
 * together. FNV-1a takes a byte at a time, so what the names of a million replicas begin with is
 * hashed once.
 *
 * Shard i of n has the hashes from i/n up to (i+1)/n of their range. So shard i of n is exactly the
 * shards i*k to i*k + k-1 of n*k: a process that splits its share among k threads does not change
 * it.
 */
#ifndef ST_RULE_SHARD_H
#define ST_RULE_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/reactor/hash.h"

struct pod_shard {
    uint32_t index, count; /* count 1: everything is here */
};

enum { POD_SHARDS_MAX = 65536 };

uint64_t pod_hash_begin(const char *ns);
/* The state after "ns/": names follow. */

uint64_t pod_hash_name(const char *ns, const char *name);
/* The finished hash of "ns/name". */

static inline bool pod_shard_has(struct pod_shard s, uint64_t hash)
{
    return s.count <= 1 || (uint32_t)((unsigned __int128)hash * s.count >> 64) == s.index;
}

#endif
