/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/rule_shard.h"

#include <string.h>

uint64_t pod_hash_begin(const char *ns)
{
    return pod_hash_byte(pod_hash_bytes(POD_HASH_START, ns, strlen(ns)), '/');
}

uint64_t pod_hash_name(const char *ns, const char *name)
{
    return pod_hash_end(pod_hash_bytes(pod_hash_begin(ns), name, strlen(name)));
}
