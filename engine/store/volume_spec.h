/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume_spec.h - what PersistentVolumeClaims ask for, what PersistentVolumes are, and what
 * StorageClasses do, with Kubernetes' defaults filled in.
 */
#ifndef ST_VOLUME_SPEC_H
#define ST_VOLUME_SPEC_H

#include "engine/store/rule_quantity.h"
#include "engine/store/spec.h"

/* Access modes, as a set. */
enum { ST_ACCESS_RWO = 1, ST_ACCESS_ROX = 2, ST_ACCESS_RWX = 4, ST_ACCESS_RWOP = 8 };

struct st_claim_spec {
    const char *class_name; /* "": none; NULL: that which is the default one */
    const char *volume;     /* this one and no other; NULL: any */
    uint8_t modes;
    bool block; /* volumeMode Block */
    struct st_quantity size;
    struct pod_selector selector; /* of volumes; not present: all */
};

struct st_volume_spec {
    const char *name;
    const char *class_name; /* "": none */
    const char *claim_ns, *claim; /* claimRef; claim NULL: none */
    uint8_t modes;
    bool block;
    bool deletes; /* persistentVolumeReclaimPolicy Delete; else Retain */
    struct st_quantity size;
    struct pod_labels labels;
};

struct st_class_spec {
    const char *name, *provisioner;
    bool is_default;
    bool deletes; /* reclaimPolicy Delete */
    bool waits;   /* volumeBindingMode WaitForFirstConsumer */
};

#endif
