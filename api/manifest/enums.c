/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enums.c - fields whose value is one of some words, as far as that is not said where they are
 * read: what Kubernetes 1.36 makes of an empty string, and the words of the fields that nobody here
 * reads.
 *
 * An empty string counts as absent where Go's field is a value that the defaults fill in
 * (restartPolicy, protocol, type of a Service, ...). Where it is a pointer the defaults look for
 * nil only, and where there is no default there is nothing to fill in: the empty string comes to
 * the validation, which does not know it. A null is absent everywhere.
 */
#include "api/manifest/fields.h"

#include "engine/reactor/base.h"

#include <string.h>

enum empty {
    ABSENT, /* is the default; other words are checked here */
    WRONG,  /* is one more unsupported value; other words are checked by who reads the field */
    UNREAD, /* the same, and nobody reads the field */
    NEEDED, /* is a missing value, and nobody reads the field */
};

static const struct {
    enum mf_fields of;
    enum empty empty;
    const char *field, *words;
} enums[] = {
    {MF_FIELDS_POD, NEEDED, "preemptionPolicy", "PreemptLowerPriority Never"},
    {MF_FIELDS_POD_SECURITY, UNREAD, "fsGroupChangePolicy", "Always OnRootMismatch"},
    {MF_FIELDS_POD_SECURITY, UNREAD, "supplementalGroupsPolicy", "Merge Strict"},
    {MF_FIELDS_POD_SECURITY, UNREAD, "seLinuxChangePolicy", "MountOption Recursive"},
    {MF_FIELDS_SECURITY, UNREAD, "procMount", "Default Unmasked"},
    {MF_FIELDS_CONTAINER, WRONG, "restartPolicy", "Always Never OnFailure"},
    {MF_FIELDS_RESTART_RULE, WRONG, "action", "Restart RestartAllContainers"},
    {MF_FIELDS_EXIT_CODES, WRONG, "operator", "In NotIn"},
    {MF_FIELDS_MOUNT, UNREAD, "mountPropagation", "Bidirectional HostToContainer None"},
    {MF_FIELDS_MOUNT, UNREAD, "recursiveReadOnly", "Disabled Enabled IfPossible"},
    {MF_FIELDS_CLAIM, UNREAD, "volumeMode", "Block Filesystem"},
    {MF_FIELDS_CLAIM_RETENTION, ABSENT, "whenDeleted", "Retain Delete"},
    {MF_FIELDS_CLAIM_RETENTION, ABSENT, "whenScaled", "Retain Delete"},
    {MF_FIELDS_JOB, WRONG, "completionMode", "NonIndexed Indexed"},
    {MF_FIELDS_JOB, WRONG, "podReplacementPolicy", "Failed TerminatingOrFailed"},
    {MF_FIELDS_SERVICE, WRONG, "internalTrafficPolicy", "Cluster Local"},
    {MF_FIELDS_SERVICE, UNREAD, "ipFamilyPolicy", "PreferDualStack RequireDualStack SingleStack"},
    {MF_FIELDS_SERVICE, WRONG, "trafficDistribution", "PreferClose PreferSameZone PreferSameNode"},
    {MF_FIELDS_INGRESS_PATH, WRONG, "pathType", "Exact ImplementationSpecific Prefix"},
};

static void enum_check(struct mf_load *l, const struct mf_at *at, enum empty empty,
                       const char *words)
{
    const struct mf_node *n = at->node;

    if (n->type != MF_STRING) {
        if (empty != WRONG)
            mf_wrong_type(l, at, "string");
    } else if (n->length == 0) {
        if (empty == NEEDED)
            mf_required(l, at, "");
        else if (empty != ABSENT)
            mf_unsupported(l, at, "", words);
    } else if (empty != WRONG && !mf_word_in(words, n->text, n->length)) {
        mf_unsupported(l, at, n->text, words);
    }
}

void mf_enums_check(struct mf_load *l, const struct mf_at *at, enum mf_fields fields)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(enums); i++) {
        struct mf_at field;

        if (enums[i].of != fields)
            continue;
        field = mf_field(at, enums[i].field);
        if (field.node != NULL)
            enum_check(l, &field, enums[i].empty, enums[i].words);
    }
}
