/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_message.h - the termination message of a dead container, pure.
 *
 * Source: kubelet kuberuntime_container.go (getTerminationMessage) and status limits of Kubernetes
 * 1.36.
 */
#ifndef POD_RULE_MESSAGE_H
#define POD_RULE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POD_MESSAGE_TEXT_MAX = 4096 + 1 };

struct pod_message_in {
    const char *runtime; /* what the runtime itself had to say; NULL = nothing */
    const char *file;    /* the termination message file; NULL = none */
    uint32_t file_length;
    const char *log;
    uint32_t log_length;
    int32_t exit_code;
    bool fallback;       /* FallbackToLogsOnError */
    uint32_t containers; /* of all kinds in the pod: they share 12 KiB */
};

size_t pod_message_compose(const struct pod_message_in *in, char out[POD_MESSAGE_TEXT_MAX]);
/* Its length; not terminated. The last 4096 bytes of the file; with fallback, a failed container
 * and no file, the last 80 lines of the log and of those the last 2048 bytes; after the runtime's
 * own words and ": ". Cut to its first bytes where the pod's share is smaller. */

#endif
