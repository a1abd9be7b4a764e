/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps.h - what the cluster asks of the API while it runs.
 */
#ifndef API_STEPS_H
#define API_STEPS_H

#include "api/engine.h"

struct cluster_host api_steps_host(podring *ring);

#endif
