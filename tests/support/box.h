/* SPDX-License-Identifier: Apache-2.0 */
/*
 * box.h - pieces of manifests whose containers run what their shell scripts say: a script stands in
 * a block of its own, a line an L().
 */
#ifndef TEST_BOX_H
#define TEST_BOX_H

#include "tests/support/vector.h"

#define ONCE      VECTOR_POD "  restartPolicy: Never\n"
#define BOX(name) "  - name: " name "\n    image: busybox:1\n"
#define SH(text)  "    command:\n    - sh\n    - -c\n    - |\n" text
#define L(line)   "      " line "\n"

#define V(volume)   "  volumes:\n  - name: v\n    " volume "\n"
#define MOUNT(more) "    volumeMounts: [{name: v, mountPath: /v" more "}]\n"

#define CLAIM(name)                                                                                \
    "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " name "}\nspec:\n" \
    "  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n"
#define MAP(name, data)                                                                            \
    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\ndata:\n" data

#endif
