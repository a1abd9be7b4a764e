/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_env.h - what a real process of a container is started with: its words, environment,
 * directory.
 *
 *  1. The words are those of the probe, $(NAME) expanded as ever, or those of the hook, as they
 *     stand.
 *  2. The environment is the container's own, resolved for this pod now (a kubelet does that when
 *     the container starts), and what it does not set itself of
 *
 *         PATH               the default of container runtimes
 *         HOSTNAME           the name of the pod
 *         PODRING_NAMESPACE  where the pod is
 *         PODRING_POD        its name
 *         PODRING_CONTAINER  whose command it is
 *         PODRING_POD_IP     its address in 127.0.0.0/8
 *
 *     localhost is the machine; whoever wants the pod asks PODRING_POD_IP. Nothing comes from the
 *     environment of the engine.
 *  3. The directory is the container's workingDir if this machine has it, or else the root.
 */
#ifndef PROBE_EXEC_ENV_H
#define PROBE_EXEC_ENV_H

#include "engine/pod/carrier.h"

struct pod_container;

int probe_main_prepare(struct pod_container *c, struct rx_arena *arena, struct rx_spawn *out);
/* The same for the main process: argv is empty where the image says what it is. */

int probe_exec_prepare(const struct pod_attempt *a, struct pod_container *c, struct rx_arena *arena,
                       struct rx_spawn *out);
/* Fills in argv, env and cwd; they live as long as the arena, the manifest and the store of
 * ConfigMaps. -RX_ELIMIT: more than a process may get; -RX_ENOMEM. */

#endif
