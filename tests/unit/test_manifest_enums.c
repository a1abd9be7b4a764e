/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields whose value is one of some words: what an empty string is, a word that nobody knows, and
 * each that is known. Where the API server fills in a default for "", the field counts as absent.
 */
#include "tests/unit/test_manifest_kit.h"

#define META "metadata: {name: p}\n"
#define POD(spec) "apiVersion: v1\nkind: Pod\n" META "spec: {containers: [{name: c, image: x}], " \
    spec "}\n"
#define CONTAINER(more)                                                                            \
    "apiVersion: v1\nkind: Pod\n" META "spec: {containers: [{name: c, image: x, " more "}], "      \
    "volumes: [{name: v, hostPath: {path: /v}}]}\n"
#define SERVICE(spec) "apiVersion: v1\nkind: Service\n" META "spec: {ports: [{port: 1}], " spec \
    "}\n"
#define CLAIM(spec)                                                                                \
    "apiVersion: v1\nkind: PersistentVolumeClaim\n" META                                           \
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}, " spec "}\n"
#define SELECT   "selector: {matchLabels: {a: b}}, "
#define TEMPLATE \
    "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}, "
#define WORKLOAD(kind, spec)                                                                       \
    "apiVersion: apps/v1\nkind: " kind "\n" META "spec: {" SELECT TEMPLATE spec "}\n"
#define JOB(spec)                                                                                  \
    "apiVersion: batch/v1\nkind: Job\n" META "spec: {completions: 1, template: {spec: "            \
    "{restartPolicy: Never, containers: [{name: c, image: x}]}}, " spec "}\n"
#define RULE(rule) CONTAINER("restartPolicy: Never, restartPolicyRules: [{" rule "}]")
#define CODES(op)  "exitCodes: {operator: " op ", values: [1]}"

enum empty { ABSENT, WRONG, NEEDED };

static const struct {
    const char *text; /* with %s for the value */
    enum empty empty;
    const char *path, *words;
} fields[] = {
    {POD("restartPolicy: %s"), ABSENT, "spec.restartPolicy", "Always OnFailure Never"},
    {POD("dnsPolicy: %s, dnsConfig: {nameservers: [1.2.3.4]}"), ABSENT, "spec.dnsPolicy",
     "ClusterFirst ClusterFirstWithHostNet Default None"},
    {POD("preemptionPolicy: %s"), NEEDED, "spec.preemptionPolicy", "PreemptLowerPriority Never"},
    {POD("securityContext: {fsGroupChangePolicy: %s}"), WRONG,
     "spec.securityContext.fsGroupChangePolicy", "Always OnRootMismatch"},
    {POD("securityContext: {supplementalGroupsPolicy: %s}"), WRONG,
     "spec.securityContext.supplementalGroupsPolicy", "Merge Strict"},
    {POD("securityContext: {seLinuxChangePolicy: %s}"), WRONG,
     "spec.securityContext.seLinuxChangePolicy", "MountOption Recursive"},
    {POD("tolerations: [{key: a, operator: %s}]"), ABSENT, "spec.tolerations[0].operator",
     "Equal Exists"},
    {POD("tolerations: [{key: a, operator: Exists, effect: %s}]"), ABSENT,
     "spec.tolerations[0].effect", "NoSchedule PreferNoSchedule NoExecute"},
    {CONTAINER("imagePullPolicy: %s"), ABSENT, "spec.containers[0].imagePullPolicy",
     "Always IfNotPresent Never"},
    {CONTAINER("terminationMessagePolicy: %s"), ABSENT,
     "spec.containers[0].terminationMessagePolicy",
     "File FallbackToLogsOnError"},
    {CONTAINER("restartPolicy: %s"), WRONG, "spec.containers[0].restartPolicy",
     "Always Never OnFailure"},
    {RULE("action: %s, " CODES("In")), WRONG, "spec.containers[0].restartPolicyRules[0].action",
     "Restart RestartAllContainers"},
    {RULE("action: Restart, " CODES("%s")), WRONG,
     "spec.containers[0].restartPolicyRules[0].exitCodes.operator", "In NotIn"},
    {CONTAINER("securityContext: {procMount: %s}"), WRONG,
     "spec.containers[0].securityContext.procMount", "Default Unmasked"},
    {CONTAINER("ports: [{containerPort: 1, protocol: %s}]"), ABSENT,
     "spec.containers[0].ports[0].protocol", "SCTP TCP UDP"},
    {CONTAINER("livenessProbe: {httpGet: {port: 1, scheme: %s}}"), ABSENT,
     "spec.containers[0].livenessProbe.httpGet.scheme", "HTTP HTTPS"},
    {CONTAINER("volumeMounts: [{name: v, mountPath: /v, mountPropagation: %s}]"), WRONG,
     "spec.containers[0].volumeMounts[0].mountPropagation", "Bidirectional HostToContainer None"},
    {CONTAINER("volumeMounts: [{name: v, mountPath: /v, readOnly: true, recursiveReadOnly: %s}]"),
     WRONG,
     "spec.containers[0].volumeMounts[0].recursiveReadOnly", "Disabled Enabled IfPossible"},
    {POD("volumes: [{name: v, hostPath: {path: /v, type: %s}}]"), ABSENT,
     "spec.volumes[0].hostPath.type",
     "BlockDevice CharDevice Directory DirectoryOrCreate File FileOrCreate Socket"},
    {SERVICE("externalName: a.b, type: %s"), ABSENT, "spec.type",
     "ClusterIP ExternalName LoadBalancer NodePort"},
    {SERVICE("sessionAffinity: %s"), ABSENT, "spec.sessionAffinity", "ClientIP None"},
    {SERVICE("type: NodePort, externalTrafficPolicy: %s"), ABSENT, "spec.externalTrafficPolicy",
     "Cluster Local"},
    {SERVICE("internalTrafficPolicy: %s"), WRONG, "spec.internalTrafficPolicy", "Cluster Local"},
    {SERVICE("ipFamilyPolicy: %s"), WRONG, "spec.ipFamilyPolicy",
     "PreferDualStack RequireDualStack SingleStack"},
    {SERVICE("trafficDistribution: %s"), WRONG, "spec.trafficDistribution",
     "PreferClose PreferSameZone PreferSameNode"},
    {"apiVersion: v1\nkind: Service\n" META "spec: {ports: [{port: 1, protocol: %s}]}\n", ABSENT,
     "spec.ports[0].protocol", "SCTP TCP UDP"},
    {CLAIM("volumeMode: %s"), WRONG, "spec.volumeMode", "Block Filesystem"},
    {WORKLOAD("StatefulSet",
              "volumeClaimTemplates: [{metadata: {name: d}, spec: {volumeMode: %s}}]"),
     WRONG, "spec.volumeClaimTemplates[0].spec.volumeMode", "Block Filesystem"},
    {WORKLOAD("StatefulSet", "persistentVolumeClaimRetentionPolicy: {whenDeleted: %s}"), ABSENT,
     "spec.persistentVolumeClaimRetentionPolicy.whenDeleted", "Retain Delete"},
    {WORKLOAD("StatefulSet", "persistentVolumeClaimRetentionPolicy: {whenScaled: %s}"), ABSENT,
     "spec.persistentVolumeClaimRetentionPolicy.whenScaled", "Retain Delete"},
    {WORKLOAD("Deployment", "strategy: {type: %s}"), ABSENT, "spec.strategy.type",
     "Recreate RollingUpdate"},
    {WORKLOAD("DaemonSet", "updateStrategy: {type: %s}"), ABSENT, "spec.updateStrategy.type",
     "RollingUpdate OnDelete"},
    {JOB("completionMode: %s"), WRONG, "spec.completionMode", "NonIndexed Indexed"},
    {JOB("podReplacementPolicy: %s"), WRONG, "spec.podReplacementPolicy",
     "Failed TerminatingOrFailed"},
    /* In our own documents a word is meant, and there is none that is empty. */
    {"apiVersion: podring.dev/v1\nkind: Behavior\n" META "spec: {serve: [{do: %s}]}\n", WRONG,
     "spec.serve[0].do", "hang refuse reset headersOnly garbage"},
    {"apiVersion: podring.dev/v1\nkind: Behavior\n" META "spec: {serve: [{clock: %s}]}\n", WRONG,
     "spec.serve[0].clock", "run instance"},
    {"apiVersion: podring.dev/v1\nkind: Scenario\n" META
     "spec: {steps: [{at: 1s, condition: pod/p, type: a/b, status: %s}]}\n",
     WRONG, "spec.steps[0].status", "True False Unknown"},
};

/* What is said of the field with that value; the caller closes the kit. */
static const char *said_of(struct kit *k, size_t i, const char *value, int length)
{
    char text[1024], word[64];

    snprintf(word, sizeof(word), "'%.*s'", length, value);
    cr_assert_lt(snprintf(text, sizeof(text), fields[i].text, word), (int)sizeof(text));
    kit_open(k);
    kit_load(k, text);
    return kit_said(k);
}

static void refusal(char *out, size_t room, size_t i, const char *value)
{
    int n = snprintf(out, room, "%s: Unsupported value: \"%s\": supported values:", fields[i].path,
                     value);

    for (const char *word = fields[i].words; *word != '\0';) {
        size_t length = strcspn(word, " ");

        n += snprintf(out + n, room - (size_t)n, "%s \"%.*s\"", word == fields[i].words ? "" : ",",
                      (int)length, word);
        word += length + (word[length] == ' ');
    }
}

Test(manifest_enums, empty_strings)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        char wanted[512] = "";
        struct kit k;
        const char *said = said_of(&k, i, "", 0);

        if (fields[i].empty == WRONG)
            refusal(wanted, sizeof(wanted), i, "");
        else if (fields[i].empty == NEEDED)
            snprintf(wanted, sizeof(wanted), "%s: Required value\n", fields[i].path);
        else
            cr_expect_str_empty(said, "%s: %s", fields[i].path, said);
        cr_expect_not_null(strstr(said, wanted), "%s: %s\nwanted: %s", fields[i].path, said,
                           wanted);
        kit_close(&k);
    }
}

Test(manifest_enums, words_that_nobody_knows)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        char wanted[512];
        struct kit k;
        const char *said = said_of(&k, i, "Nobody", 6);

        refusal(wanted, sizeof(wanted), i, "Nobody");
        cr_expect_not_null(strstr(said, wanted), "%s: %s\nwanted: %s", fields[i].path, said,
                           wanted);
        kit_close(&k);
    }
}

Test(manifest_enums, words_that_are_known)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        for (const char *word = fields[i].words; *word != '\0';) {
            size_t length = strcspn(word, " ");
            struct kit k;
            const char *said = said_of(&k, i, word, (int)length);

            cr_expect_null(strstr(said, "Unsupported"), "%s: %s", fields[i].path, said);
            kit_close(&k);
            word += length + (word[length] == ' ');
        }
}

/* Part of one operator's name is not another. */
Test(manifest_enums, operators_of_selectors)
{
    static const struct refusal parts[] = {
        {WORKLOAD("Deployment", "replicas: 1") "---\napiVersion: podring.dev/v1\nkind: Behavior\n"
         META
         "spec: {selector: {matchExpressions: [{key: a, operator: Exist}]}}\n",
         "9:57 spec.selector.matchExpressions[0].operator: Invalid value: \"Exist\": not a valid "
         "selector "
         "operator\n"},
    };

    kit_refuse(parts, 1);
}
