/* SPDX-License-Identifier: Apache-2.0 */
/* cells_rest.c - the columns of configuration, storage, nodes, and what watches over them. */
#include <ctype.h>
#include <string.h>

#include "api/cli/show/cells.h"

static void text_or(struct rx_text *t, const struct show_in *in, const char *path,
                    const char *fallback)
{
    if (!show_text_at(t, in, path))
        rx_text_puts(t, fallback);
}

#define TEXT(name, path, fallback)                                                                 \
    static void name(struct rx_text *t, const struct show_in *in)                                  \
    {                                                                                              \
        text_or(t, in, path, fallback);                                                            \
    }

const struct show_column show_columns_plain[] = {
    {"NAME", false, show_cell_name}, {"AGE", false, show_cell_age}, {NULL, false, NULL}};

/* ---- ConfigMaps and Secrets ------------------------------------------------------------------ */

static uint32_t members(const struct show_in *in, const char *path)
{
    const struct json_node *n = json_first(in->j, show_at(in, path));
    uint32_t count = 0;

    for (; n != NULL; n = json_next(in->j, n))
        count++;
    return count;
}

static void config_data(struct rx_text *t, const struct show_in *in)
{
    rx_text_u64(t, members(in, "data") + members(in, "binaryData"));
}

/* stringData goes into data, over what is there. */
static void secret_data(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = json_first(in->j, show_at(in, "stringData"));
    uint32_t count = members(in, "data");

    for (; n != NULL; n = json_next(in->j, n)) {
        const struct json_node *d = json_first(in->j, show_at(in, "data"));

        while (d != NULL &&
               (d->key_length != n->key_length || memcmp(d->key, n->key, n->key_length) != 0))
            d = json_next(in->j, d);
        count += d == NULL;
    }
    rx_text_u64(t, count);
}

TEXT(secret_type, "type", "Opaque")

const struct show_column show_columns_config[] = {{"NAME", false, show_cell_name},
                                                  {"DATA", false, config_data},
                                                  {"AGE", false, show_cell_age},
                                                  {NULL, false, NULL}};
const struct show_column show_columns_secret[] = {{"NAME", false, show_cell_name},
                                                  {"TYPE", false, secret_type},
                                                  {"DATA", false, secret_data},
                                                  {"AGE", false, show_cell_age},
                                                  {NULL, false, NULL}};

/* ---- storage --------------------------------------------------------------------------------- */

static void put_modes(struct rx_text *t, const struct show_in *in, const char *path)
{
    static const struct rx_pair mode[] = {{"ReadWriteOnce", "RWO"},
                                          {"ReadOnlyMany", "ROX"},
                                          {"ReadWriteMany", "RWX"},
                                          {"ReadWriteOncePod", "RWOP"}};
    const char *between = "";

    for (size_t i = 0; i < sizeof(mode) / sizeof(mode[0]); i++) {
        const struct json_node *n = json_first(in->j, show_at(in, path));

        while (n != NULL && !show_is(n, mode[i].key))
            n = json_next(in->j, n);
        if (n == NULL)
            continue;
        rx_text_puts(t, between);
        rx_text_puts(t, mode[i].value);
        between = ",";
    }
}

static void access_modes(struct rx_text *t, const struct show_in *in)
{
    put_modes(t, in, "spec.accessModes");
}

TEXT(storage_class, "spec.storageClassName", "")
TEXT(attributes_class, "spec.volumeAttributesClassName", "<unset>")
TEXT(volume_mode, "spec.volumeMode", "Filesystem")
TEXT(claim_volume, "spec.volumeName", "")

static void phase(struct rx_text *t, const struct show_in *in, const char *fallback)
{
    if (show_at(in, "metadata.deletionTimestamp") != NULL)
        rx_text_puts(t, "Terminating");
    else
        text_or(t, in, "status.phase", fallback);
}

/* A claim of which nothing is told is bound as soon as it is made. */
static void claim_phase(struct rx_text *t, const struct show_in *in)
{
    phase(t, in, "Bound");
}

static bool is_bound(const struct show_in *in)
{
    const struct json_node *n = show_at(in, "spec.volumeName");

    return n != NULL && n->length > 0;
}

static void claim_capacity(struct rx_text *t, const struct show_in *in)
{
    if (is_bound(in))
        show_text_at(t, in, "status.capacity.storage");
}

static void claim_modes(struct rx_text *t, const struct show_in *in)
{
    if (is_bound(in))
        put_modes(t, in, "status.accessModes");
}

const struct show_column show_columns_claim[] = {{"NAME", false, show_cell_name},
                                                 {"STATUS", false, claim_phase},
                                                 {"VOLUME", false, claim_volume},
                                                 {"CAPACITY", false, claim_capacity},
                                                 {"ACCESS MODES", false, claim_modes},
                                                 {"STORAGECLASS", false, storage_class},
                                                 {"VOLUMEATTRIBUTESCLASS", false, attributes_class},
                                                 {"AGE", false, show_cell_age},
                                                 {"VOLUMEMODE", true, volume_mode},
                                                 {NULL, false, NULL}};

TEXT(volume_capacity, "spec.capacity.storage", "")
TEXT(reclaim, "spec.persistentVolumeReclaimPolicy", "Retain")
TEXT(volume_reason, "status.reason", "")

static void volume_phase(struct rx_text *t, const struct show_in *in)
{
    phase(t, in, "Available");
}

static void volume_claim(struct rx_text *t, const struct show_in *in)
{
    if (show_text_at(t, in, "spec.claimRef.namespace"))
        rx_text_putc(t, '/');
    show_text_at(t, in, "spec.claimRef.name");
}

const struct show_column show_columns_volume[] = {
    {"NAME", false, show_cell_name},        {"CAPACITY", false, volume_capacity},
    {"ACCESS MODES", false, access_modes},  {"RECLAIM POLICY", false, reclaim},
    {"STATUS", false, volume_phase},        {"CLAIM", false, volume_claim},
    {"STORAGECLASS", false, storage_class}, {"VOLUMEATTRIBUTESCLASS", false, attributes_class},
    {"REASON", false, volume_reason},       {"AGE", false, show_cell_age},
    {"VOLUMEMODE", true, volume_mode},      {NULL, false, NULL}};

TEXT(provisioner, "provisioner", "")
TEXT(class_reclaim, "reclaimPolicy", "Delete")
TEXT(binding, "volumeBindingMode", "Immediate")
TEXT(expansion, "allowVolumeExpansion", "false")

static void class_name(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *annotations = show_at(in, "metadata.annotations");

    show_cell_name(t, in);
    if (show_is(json_member(in->j, annotations, "storageclass.kubernetes.io/is-default-class"),
                "true"))
        rx_text_puts(t, " (default)");
}

const struct show_column show_columns_class[] = {{"NAME", false, class_name},
                                                 {"PROVISIONER", false, provisioner},
                                                 {"RECLAIMPOLICY", false, class_reclaim},
                                                 {"VOLUMEBINDINGMODE", false, binding},
                                                 {"ALLOWVOLUMEEXPANSION", false, expansion},
                                                 {"AGE", false, show_cell_age},
                                                 {NULL, false, NULL}};

/* ---- nodes ----------------------------------------------------------------------------------- */

static void node_status(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *ready = show_condition(in, "Ready"),
                           *cordoned = show_at(in, "spec.unschedulable");

    rx_text_puts(t, ready == NULL                                          ? "Unknown"
                    : show_is(json_member(in->j, ready, "status"), "True") ? "Ready"
                                                                           : "NotReady");
    if (cordoned != NULL && cordoned->kind == JSON_TRUE)
        rx_text_puts(t, ",SchedulingDisabled");
}

static void roles(struct rx_text *t, const struct show_in *in)
{
    static const char prefix[] = "node-role.kubernetes.io/", old[] = "kubernetes.io/role";
    const struct json_node *label[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(in->j, show_at(in, "metadata.labels"), label), said = 0;

    for (size_t i = 0; i < count; i++) {
        size_t n = sizeof(prefix) - 1;
        bool is_old = label[i]->key_length == sizeof(old) - 1 &&
                      memcmp(label[i]->key, old, sizeof(old) - 1) == 0;

        if (!is_old && (label[i]->key_length <= n || memcmp(label[i]->key, prefix, n) != 0))
            continue;
        rx_text_puts(t, said++ > 0 ? "," : "");
        if (is_old)
            show_text(t, label[i]);
        else
            rx_text_put(t, label[i]->key + n, label[i]->key_length - n);
    }
    rx_text_puts(t, said == 0 ? "<none>" : "");
}

TEXT(version, "status.nodeInfo.kubeletVersion", "v1.36.2")
TEXT(os_image, "status.nodeInfo.osImage", "<unknown>")
TEXT(kernel, "status.nodeInfo.kernelVersion", "<unknown>")
TEXT(runtime, "status.nodeInfo.containerRuntimeVersion", "<unknown>")

static void put_address(struct rx_text *t, const struct show_in *in, const char *type)
{
    const struct json_node *n = json_first(in->j, show_at(in, "status.addresses"));

    while (n != NULL && !show_is(json_member(in->j, n, "type"), type))
        n = json_next(in->j, n);
    if (!show_text(t, json_member(in->j, n, "address")))
        rx_text_puts(t, "<none>");
}

static void internal_ip(struct rx_text *t, const struct show_in *in)
{
    put_address(t, in, "InternalIP");
}

static void external_ip(struct rx_text *t, const struct show_in *in)
{
    put_address(t, in, "ExternalIP");
}

const struct show_column show_columns_node[] = {{"NAME", false, show_cell_name},
                                                {"STATUS", false, node_status},
                                                {"ROLES", false, roles},
                                                {"AGE", false, show_cell_age},
                                                {"VERSION", false, version},
                                                {"INTERNAL-IP", true, internal_ip},
                                                {"EXTERNAL-IP", true, external_ip},
                                                {"OS-IMAGE", true, os_image},
                                                {"KERNEL-VERSION", true, kernel},
                                                {"CONTAINER-RUNTIME", true, runtime},
                                                {NULL, false, NULL}};

/* ---- autoscalers ----------------------------------------------------------------------------- */

static void reference(struct rx_text *t, const struct show_in *in)
{
    show_text_at(t, in, "spec.scaleTargetRef.kind");
    rx_text_putc(t, '/');
    show_text_at(t, in, "spec.scaleTargetRef.name");
}

/* Of which nothing has been measured yet. */
static void put_target(struct rx_text *t, const struct show_in *in, const struct json_node *metric)
{
    static const char *const source[] = {"resource", "containerResource", "pods", "object",
                                         "external"};
    const struct json_node *m = NULL, *target;

    for (size_t i = 0; m == NULL && i < sizeof(source) / sizeof(source[0]); i++) {
        m = json_member(in->j, metric, source[i]);
        if (m != NULL && i < 2) {
            show_text(t, json_member(in->j, m, "name"));
            rx_text_puts(t, ": ");
        }
    }
    target = json_member(in->j, m, "target");
    rx_text_puts(t, "<unknown>/");
    if (show_text(t, json_member(in->j, target, "averageUtilization")))
        rx_text_putc(t, '%');
    else if (!show_text(t, json_member(in->j, target, "averageValue")))
        show_text(t, json_member(in->j, target, "value"));
    else if (json_member(in->j, metric, "object") || json_member(in->j, metric, "external"))
        rx_text_puts(t, " (avg)");
}

static void targets(struct rx_text *t, const struct show_in *in)
{
    enum { MOST = 2 };
    const struct told_field *told = told_field(in->told, "targets");
    const struct json_node *n = json_first(in->j, show_at(in, "spec.metrics"));
    uint32_t count = 0;

    if (told != NULL && told->to[0] != '\0') {
        rx_text_puts(t, told->to);
        return;
    }
    if (n == NULL) { /* autoscaling/v1, and the default metric of v2 */
        rx_text_puts(t, "cpu: <unknown>/");
        text_or(t, in, "spec.targetCPUUtilizationPercentage", "80");
        rx_text_putc(t, '%');
    }
    for (; n != NULL; n = json_next(in->j, n)) {
        if (count++ >= MOST)
            continue;
        rx_text_puts(t, count > 1 ? ", " : "");
        put_target(t, in, n);
    }
    if (count <= MOST)
        return;
    rx_text_puts(t, " + ");
    rx_text_u64(t, count - MOST);
    rx_text_puts(t, " more...");
}

TEXT(least, "spec.minReplicas", "1")
TEXT(most, "spec.maxReplicas", "")
TEXT(replicas, "status.currentReplicas", "0")

const struct show_column show_columns_hpa[] = {
    {"NAME", false, show_cell_name}, {"REFERENCE", false, reference},
    {"TARGETS", false, targets},     {"MINPODS", false, least},
    {"MAXPODS", false, most},        {"REPLICAS", false, replicas},
    {"AGE", false, show_cell_age},   {NULL, false, NULL}};

/* ---- budgets, quotas, limits ----------------------------------------------------------------- */

TEXT(min_available, "spec.minAvailable", "N/A")
TEXT(max_unavailable, "spec.maxUnavailable", "N/A")
TEXT(allowed, "status.disruptionsAllowed", "0")

const struct show_column show_columns_budget[] = {{"NAME", false, show_cell_name},
                                                  {"MIN AVAILABLE", false, min_available},
                                                  {"MAX UNAVAILABLE", false, max_unavailable},
                                                  {"ALLOWED DISRUPTIONS", false, allowed},
                                                  {"AGE", false, show_cell_age},
                                                  {NULL, false, NULL}};

static void put_quota(struct rx_text *t, const struct show_in *in, bool limits)
{
    const struct json_node *hard[SHOW_MEMBERS_MAX], *used = show_at(in, "status.used");
    size_t count = show_sorted(in->j, show_at(in, "spec.hard"), hard), said = 0;

    for (size_t i = 0; i < count; i++) {
        const struct json_node *u = json_first(in->j, used);

        if ((hard[i]->key_length > 7 && memcmp(hard[i]->key, "limits.", 7) == 0) != limits)
            continue;
        while (u != NULL && (u->key_length != hard[i]->key_length ||
                             memcmp(u->key, hard[i]->key, u->key_length) != 0))
            u = json_next(in->j, u);
        rx_text_puts(t, said++ > 0 ? ", " : "");
        rx_text_put(t, hard[i]->key, hard[i]->key_length);
        rx_text_puts(t, ": ");
        if (!show_text(t, u))
            rx_text_putc(t, '0');
        rx_text_putc(t, '/');
        show_text(t, hard[i]);
    }
}

static void quota_request(struct rx_text *t, const struct show_in *in)
{
    put_quota(t, in, false);
}

static void quota_limit(struct rx_text *t, const struct show_in *in)
{
    put_quota(t, in, true);
}

const struct show_column show_columns_quota[] = {{"NAME", false, show_cell_name},
                                                 {"REQUEST", false, quota_request},
                                                 {"LIMIT", false, quota_limit},
                                                 {"AGE", false, show_cell_age},
                                                 {NULL, false, NULL}};

TEXT(created_at, "metadata.creationTimestamp", "<unknown>")

const struct show_column show_columns_range[] = {
    {"NAME", false, show_cell_name}, {"CREATED AT", false, created_at}, {NULL, false, NULL}};

/* ---- namespaces, priorities, revisions ------------------------------------------------------- */

static void namespace_status(struct rx_text *t, const struct show_in *in)
{
    phase(t, in, "Active");
}

const struct show_column show_columns_namespace[] = {{"NAME", false, show_cell_name},
                                                     {"STATUS", false, namespace_status},
                                                     {"AGE", false, show_cell_age},
                                                     {NULL, false, NULL}};

TEXT(priority, "value", "0")
TEXT(is_default, "globalDefault", "false")
TEXT(preemption, "preemptionPolicy", "PreemptLowerPriority")

const struct show_column show_columns_priority[] = {
    {"NAME", false, show_cell_name},         {"VALUE", false, priority},
    {"GLOBAL-DEFAULT", false, is_default},   {"AGE", false, show_cell_age},
    {"PREEMPTIONPOLICY", false, preemption}, {NULL, false, NULL}};

TEXT(revision, "revision", "")

static void put_lower(struct rx_text *t, const struct json_node *n)
{
    for (size_t i = 0; n != NULL && i < n->length; i++)
        rx_text_putc(t, (char)tolower((unsigned char)n->text[i]));
}

static void controller(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = json_first(in->j, show_at(in, "metadata.ownerReferences"));
    const struct json_node *version = json_member(in->j, n, "apiVersion");

    if (n == NULL) {
        rx_text_puts(t, "<none>");
        return;
    }
    put_lower(t, json_member(in->j, n, "kind"));
    if (version != NULL && memchr(version->text, '/', version->length) != NULL) {
        rx_text_putc(t, '.');
        rx_text_put(t, version->text, strcspn(version->text, "/"));
    }
    rx_text_putc(t, '/');
    show_text(t, json_member(in->j, n, "name"));
}

const struct show_column show_columns_revision[] = {{"NAME", false, show_cell_name},
                                                    {"CONTROLLER", false, controller},
                                                    {"REVISION", false, revision},
                                                    {"AGE", false, show_cell_age},
                                                    {NULL, false, NULL}};

/* ---- Events ---------------------------------------------------------------------------------- */

TEXT(event_type, "type", "")
TEXT(event_reason, "reason", "")
TEXT(event_count, "count", "1")

static void last_seen(struct rx_text *t, const struct show_in *in)
{
    show_since(t, in, "lastTimestamp", "<unknown>");
}

static void first_seen(struct rx_text *t, const struct show_in *in)
{
    show_since(t, in, "firstTimestamp", "<unknown>");
}

static void event_object(struct rx_text *t, const struct show_in *in)
{
    put_lower(t, show_at(in, "involvedObject.kind"));
    rx_text_putc(t, '/');
    show_text_at(t, in, "involvedObject.name");
}

TEXT(event_field, "involvedObject.fieldPath", "")
TEXT(event_message, "message", "")

static void event_source(struct rx_text *t, const struct show_in *in)
{
    show_text_at(t, in, "source.component");
    if (show_at(in, "source.host") != NULL)
        rx_text_puts(t, ", ");
    show_text_at(t, in, "source.host");
}

const struct show_column show_columns_event[] = {{"LAST SEEN", false, last_seen},
                                                 {"TYPE", false, event_type},
                                                 {"REASON", false, event_reason},
                                                 {"OBJECT", false, event_object},
                                                 {"SUBOBJECT", true, event_field},
                                                 {"SOURCE", true, event_source},
                                                 {"MESSAGE", false, event_message},
                                                 {"FIRST SEEN", true, first_seen},
                                                 {"COUNT", true, event_count},
                                                 {"NAME", true, show_cell_name},
                                                 {NULL, false, NULL}};
