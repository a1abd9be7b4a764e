/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selector.h - selectors of labels as text, as `kubectl get -l` takes them (k8s.io/apimachinery,
 * labels.Parse): "app=web,tier!=db", "env in (a, b)", "env notin (a)", "app", "!app".
 */
#ifndef MF_SELECTOR_H
#define MF_SELECTOR_H

#include "engine/store/spec.h"

enum { MF_SELECTOR_TEXT = 2048, MF_SELECTOR_KEYS = 64, MF_SELECTOR_VALUES = 256 };

struct mf_selector {
    struct pod_selector selector; /* what it says; points into what follows */
    struct pod_requirement requirement[MF_SELECTOR_KEYS];
    const char *value[MF_SELECTOR_VALUES];
    uint32_t values;
    char word[2 * MF_SELECTOR_TEXT]; /* keys and values */
    char why[384]; /* a sentence, if it was refused */
};

int mf_selector_parse(struct mf_selector *out, const char *text);
/* No requirement at all means everything. -RX_EINVALID: it is none; -RX_EUNSUPPORTED: > or <;
 * -RX_ELIMIT: it is longer than the arrays above. */

#endif
