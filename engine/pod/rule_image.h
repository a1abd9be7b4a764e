/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_image.h - how a container comes to its image, pure: which step of the way it is at, how long
 * a failed pull keeps the next one away, and which names are names at all.
 *
 * Source: pkg/kubelet/images/image_manager.go and client-go's flowcontrol.Backoff of
 * Kubernetes 1.36. A pull's back-off belongs to a pod and an image, whoever of its containers asks;
 * it is counted from the failure, and nothing but ten minutes without another failure makes it
 * forget.
 */
#ifndef POD_RULE_IMAGE_H
#define POD_RULE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/time.h"
#include "engine/store/words.h"

/* ---- the step ------------------------------------------------------------------------------- */

struct pod_image_in {
    bool named;     /* its name can be parsed */
    bool inspected; /* the runtime could look whether it is there */
    bool present;
    bool waits;     /* inside the back-off of its pull */
    uint8_t policy; /* enum pod_pull_policy */
};

enum pod_image_step {
    POD_IMAGE_NO_NAME, /* InvalidImageName */
    POD_IMAGE_UNSEEN,  /* ImageInspectError */
    POD_IMAGE_NEVER,   /* ErrImageNeverPull */
    POD_IMAGE_THERE,   /* go on */
    POD_IMAGE_BACKOFF, /* ImagePullBackOff */
    POD_IMAGE_PULL,
};

struct pod_image_row {
    const char *name;
    /* -1 = any, 0 = no, 1 = yes */
    int8_t named, inspected, present, waits;
    uint8_t policies; /* bit per enum pod_pull_policy */
    uint8_t step;     /* enum pod_image_step */
    const char *why;  /* an image that ... */
};

extern const struct pod_image_row pod_image_table[];
extern const uint32_t pod_image_rows;

bool pod_image_row_matches(const struct pod_image_row *row, struct pod_image_in in);
const struct pod_image_row *pod_image_decide(struct pod_image_in in);
/* The one row that matches; asserts that there is one. */

const char *pod_image_step_name(enum pod_image_step s);

/* ---- the back-off of its pull --------------------------------------------------------------- */

struct pod_pull_backoff {
    rx_ms failed;     /* the newest failure; meaningful if delay_ms > 0 */
    int32_t delay_ms; /* 0 = there is no entry */
};

struct pod_pull_backoff pod_pull_failed(struct pod_pull_backoff state, rx_ms now);
bool pod_pull_waits(struct pod_pull_backoff state, rx_ms now);

/* ---- names ---------------------------------------------------------------------------------- */

bool pod_image_name_valid(const char *name);
/* [host[:port]/]path[:tag][@digest], as container runtimes read it. */

#endif
