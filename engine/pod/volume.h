/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume.h - the volumes of pods and how long their content lives.
 *
 *   emptyDir                from the first mount to the end of the pod (medium Memory: or of its
 *   node) ConfigMap, Secret, ...  as they are when a container starts; read-only; shared by
 *   replicas where
 *                           nothing in them is the pod's own
 *   claim                   belongs to the node here: outlives its pods, their restarts and reboots
 *   hostPath                one tree of the node's own for all of them
 *
 * A pod whose claim does not exist is not scheduled. Claims are bound as soon as they are made, and
 * nobody minds how many pods of the one node mount them.
 */
#ifndef POD_VOLUME_H
#define POD_VOLUME_H

#include "engine/pod/config.h"
#include "engine/box/fs.h"
#include "engine/store/spec.h"
#include "engine/store/store.h"

struct pod;
struct pod_container;
struct st_claim_spec;
struct pod_world;

/* Where the files of the service account are. */
#define POD_ACCOUNT_PATH "/var/run/secrets/kubernetes.io/serviceaccount"

enum { POD_HOST_BYTES_MAX = 64 << 20 }; /* of all hostPath volumes of a node together */

/* Of the guest account: claims exist for the files in them. */
struct pod_claim {
    struct st_object object;  /* ST_CLAIM */
    struct fs_volume *volume; /* NULL: nobody has mounted it yet */
    uint64_t set, pod; /* whom it belongs to (cluster/storage.h); 0: nobody */
    uint64_t user;     /* a pod that has used it, by its id; 0: none is known */
    bool ending;       /* it was deleted, and goes when no pod uses it any more */
    bool unbound;      /* it has no volume (cluster/binder.h), */
    bool waits;        /* and its class waits for a pod */
    uint8_t said;      /* enum pod_event_kind: what hinders it, as was told last */
    rx_ms made_at;     /* when its volume will have been provisioned */
    const struct st_claim_spec *spec; /* NULL: nobody has said */
    struct st_object *bound_to;       /* a volume; NULL: one that is no object */
    char text[];              /* namespace and name */
};

void pod_claims_free(struct pod_world *w); /* all of them */

int pod_claim_put(struct pod_world *w, const char *ns, const char *name, bool *created);
/* The claim exists from now on; created (may be NULL): it has not before. Copies. -RX_ENOMEM. */

void pod_claim_undo(struct pod_world *w, const char *ns, const char *name);
/* Takes back one that was created, and that nobody has mounted. */

bool pod_claim_held(struct pod *p, const struct pod_claim *c);
/* Does the pod use it, and is not over yet? */

bool pod_claim_named(struct pod *p, const struct pod_claim *c);
/* Would it use it? */

void pod_claim_free(struct pod_world *w, struct pod_claim *c);
/* One that is deleted, and that nobody uses; its content goes with it. */

struct pod_claim *pod_claim_find(const struct pod_world *w, const char *ns, const char *name);
/* NULL: there is none. */

bool pod_claims_missing(struct pod *p, char *why, size_t room);
/* Is there a claim the pod names and nobody has made, or that is being deleted, or has no volume?
 * Then what a scheduler says about that; "": nothing, as its volume is on the way. Those of a
 * StatefulSet's templates are made before their pod. */

bool pod_mounts_refused(struct pod_container *c, char *why, size_t room);
/* A subPathExpr that comes to nothing that could be mounted: the container waits in
 * CreateContainerConfigError with this message. */

int pod_volumes_mount(struct pod_container *c, struct fs *f, const struct rx_pair *env,
                      uint32_t env_count);
/* All that the container mounts, into its view. -RX_ENOMEM. */

void pod_volumes_free(struct pod *p);   /* lets go of what is the pod's own */
void pod_volumes_reboot(struct pod *p); /* what lives in memory is lost with the node */
void pod_volumes_unshare(struct pod_world *w); /* what replicas share: before the node goes */

#endif
