/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - the layouts of describe, one function a kind. */
#include "api/cli/show/describe.h"

#include <string.h>

#include "api/face/describe.h"

static void put_number(struct rx_text *t, const struct show_in *in, const char *path,
                       const char *behind)
{
    rx_text_i64(t, show_number_at(in, path, 0));
    rx_text_puts(t, behind);
}

static void put_selector(struct rx_text *t, const struct show_in *in)
{
    describe_key(t, 0, "Selector");
    show_selector(t, in->j, show_at(in, "spec.selector"));
    rx_text_putc(t, '\n');
}

/* Of the pods that it controls. */
static void put_pods(struct rx_text *t, const struct describe_subject *s)
{
    static const char *const phase[] = {"Running", "Pending", "Succeeded", "Failed"};
    static const char *const says[] = {" Running / ", " Waiting / ", " Succeeded / ", " Failed\n"};
    uint32_t count[4] = {0};
    uint64_t cursor = 0, id;

    while ((id = podring_next_pod(s->w->ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;
        const char *key, *value;

        if (podring_fact_at(s->w->ring, id, 0, PODRING_CONTROLLER, 0, &key, &value) != 0 ||
            strcmp(key, s->o->kind->kind) != 0 || strcmp(value, s->o->name) != 0 ||
            podring_pod_info(s->w->ring, id, &pod) != 0 || strcmp(pod.namespace_, s->o->ns) != 0)
            continue;
        for (int i = 0; i < 4; i++)
            count[i] += strcmp(pod.phase, phase[i]) == 0;
    }
    describe_key(t, 0, "Pods Status");
    for (int i = 0; i < 4; i++) {
        rx_text_u64(t, count[i]);
        rx_text_puts(t, says[i]);
    }
}

/* ---- Deployments and their sets -------------------------------------------------------------- */

static bool is_owned_by(const struct show_in *in, const struct show_object *owner)
{
    const struct json_node *n = json_first(in->j, show_at(in, "metadata.ownerReferences"));

    return show_is(json_member(in->j, n, "kind"), owner->kind->kind) &&
           show_is(json_member(in->j, n, "name"), owner->name);
}

static void put_set(struct rx_text *t, const struct show_in *in)
{
    show_text_at(t, in, "metadata.name");
    rx_text_puts(t, " (");
    put_number(t, in, "status.replicas", "/");
    put_number(t, in, "spec.replicas", " replicas created)");
}

/* The newest set is the one with the Deployment's template: it has been made last. */
static void put_sets(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_kind *k = show_kind_named("replicaset", 10);
    struct show_list list = {0};
    size_t newest = SIZE_MAX;
    int64_t best = INT64_MIN;
    uint32_t old = 0;

    if (show_collect(s->w, k, s->o->ns, &list) != 0)
        list.count = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1)
            describe_key(t, 0, "OldReplicaSets");
        for (size_t i = 0; i < list.count; i++) {
            struct show_in in;
            struct json j;
            int64_t made = 0;

            if (show_open(s->w, &list.item[i], &j, &in) && is_owned_by(&in, s->o)) {
                show_time_at(&in, "metadata.creationTimestamp", &made);
                if (pass == 0 && made >= best) {
                    best = made;
                    newest = i;
                } else if (pass == 1 && i != newest &&
                           show_number_at(&in, "status.replicas", 0) > 0) {
                    rx_text_puts(t, old++ > 0 ? ", " : "");
                    put_set(t, &in);
                }
            }
            json_close(&j);
        }
    }
    rx_text_puts(t, old == 0 ? "<none>\n" : "\n");
    describe_key(t, 0, "NewReplicaSet");
    if (newest != SIZE_MAX) {
        struct show_in in;
        struct json j;

        if (show_open(s->w, &list.item[newest], &j, &in))
            put_set(t, &in);
        json_close(&j);
    }
    rx_text_puts(t, newest == SIZE_MAX ? "<none>\n" : "\n");
    show_list_free(&list);
}

static void deployment(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;
    bool recreate = show_is(show_at(in, "spec.strategy.type"), "Recreate");

    describe_head(t, in);
    describe_time(t, in, "CreationTimestamp", "metadata.creationTimestamp", "");
    describe_meta(t, in);
    put_selector(t, in);
    describe_key(t, 0, "Replicas");
    rx_text_i64(t, show_number_at(in, "spec.replicas", 1));
    rx_text_puts(t, " desired | ");
    put_number(t, in, "status.updatedReplicas", " updated | ");
    put_number(t, in, "status.replicas", " total | ");
    put_number(t, in, "status.availableReplicas", " available | ");
    put_number(t, in, "status.unavailableReplicas", " unavailable\n");
    describe_text(t, in, "StrategyType", "spec.strategy.type", "RollingUpdate");
    describe_text(t, in, "MinReadySeconds", "spec.minReadySeconds", "0");
    if (!recreate) {
        describe_key(t, 0, "RollingUpdateStrategy");
        if (!show_text_at(t, in, "spec.strategy.rollingUpdate.maxUnavailable"))
            rx_text_puts(t, "25%");
        rx_text_puts(t, " max unavailable, ");
        if (!show_text_at(t, in, "spec.strategy.rollingUpdate.maxSurge"))
            rx_text_puts(t, "25%");
        rx_text_puts(t, " max surge\n");
    }
    describe_template(t, in, "spec.template");
    describe_conditions(t, in);
    put_sets(t, s);
}

static void replicaset(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;

    describe_head(t, in);
    put_selector(t, in);
    describe_meta(t, in);
    describe_owner(t, in);
    describe_key(t, 0, "Replicas");
    put_number(t, in, "status.replicas", " current / ");
    rx_text_i64(t, show_number_at(in, "spec.replicas", 1));
    rx_text_puts(t, " desired\n");
    put_pods(t, s);
    describe_template(t, in, "spec.template");
    describe_conditions(t, in);
}

static void statefulset(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;

    describe_head(t, in);
    describe_time(t, in, "CreationTimestamp", "metadata.creationTimestamp", "");
    put_selector(t, in);
    describe_meta(t, in);
    describe_key(t, 0, "Replicas");
    rx_text_i64(t, show_number_at(in, "spec.replicas", 1));
    rx_text_puts(t, " desired | ");
    put_number(t, in, "status.replicas", " total\n");
    describe_text(t, in, "Update Strategy", "spec.updateStrategy.type", "RollingUpdate");
    describe_text(t, in, "  Partition", "spec.updateStrategy.rollingUpdate.partition", NULL);
    put_pods(t, s);
    describe_template(t, in, "spec.template");
}

static void daemonset(struct rx_text *t, const struct describe_subject *s)
{
    static const struct rx_pair rows[] = {
        {"Desired Number of Nodes Scheduled", "status.desiredNumberScheduled"},
        {"Current Number of Nodes Scheduled", "status.currentNumberScheduled"},
        {"Number of Nodes Scheduled with Up-to-date Pods", "status.updatedNumberScheduled"},
        {"Number of Nodes Scheduled with Available Pods", "status.numberAvailable"},
        {"Number of Nodes Misscheduled", "status.numberMisscheduled"}};
    const struct show_in *in = s->in;

    describe_head(t, in);
    put_selector(t, in);
    describe_key(t, 0, "Node-Selector");
    show_labels(t, in->j, show_at(in, "spec.template.spec.nodeSelector"));
    rx_text_putc(t, '\n');
    describe_meta(t, in);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        rx_text_puts(t, rows[i].key);
        rx_text_puts(t, ": ");
        put_number(t, in, rows[i].value, "\n");
    }
    put_pods(t, s);
    describe_template(t, in, "spec.template");
}

/* ---- Jobs ------------------------------------------------------------------------------------ */

static void job(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;
    int64_t start, end;

    describe_head(t, in);
    put_selector(t, in);
    describe_meta(t, in);
    describe_owner(t, in);
    describe_text(t, in, "Parallelism", "spec.parallelism", "<unset>");
    describe_text(t, in, "Completions", "spec.completions", "<unset>");
    describe_text(t, in, "Completion Mode", "spec.completionMode", NULL);
    describe_text(t, in, "Suspend", "spec.suspend", NULL);
    describe_text(t, in, "Backoff Limit", "spec.backoffLimit", NULL);
    describe_time(t, in, "Start Time", "status.startTime", NULL);
    describe_time(t, in, "Completed At", "status.completionTime", NULL);
    if (show_time_at(in, "status.startTime", &start) &&
        show_time_at(in, "status.completionTime", &end)) {
        describe_key(t, 0, "Duration");
        face_age(t, end - start);
        rx_text_putc(t, '\n');
    }
    if (show_at(in, "spec.activeDeadlineSeconds") != NULL) {
        describe_key(t, 0, "Active Deadline Seconds");
        put_number(t, in, "spec.activeDeadlineSeconds", "s\n");
    }
    describe_key(t, 0, "Pods Statuses");
    put_number(t, in, "status.active", " Active (");
    put_number(t, in, "status.ready", " Ready) / ");
    put_number(t, in, "status.succeeded", " Succeeded / ");
    put_number(t, in, "status.failed", " Failed\n");
    describe_text(t, in, "Completed Indexes", "status.completedIndexes", NULL);
    describe_template(t, in, "spec.template");
}

static void cronjob(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;
    const struct json_node *suspend = show_at(in, "spec.suspend");
    const struct told_field *active = told_field(in->told, "active");

    describe_head(t, in);
    describe_meta(t, in);
    describe_text(t, in, "Schedule", "spec.schedule", "");
    describe_text(t, in, "Time Zone", "spec.timeZone", NULL);
    describe_text(t, in, "Concurrency Policy", "spec.concurrencyPolicy", "Allow");
    describe_line(t, 0, "Suspend",
                  suspend != NULL && suspend->kind == JSON_TRUE ? "True" : "False");
    describe_text(t, in, "Successful Job History Limit", "spec.successfulJobsHistoryLimit", "3");
    describe_text(t, in, "Failed Job History Limit", "spec.failedJobsHistoryLimit", "1");
    describe_text(t, in, "Starting Deadline Seconds", "spec.startingDeadlineSeconds", "<unset>");
    describe_line(t, 0, "Selector", "<unset>");
    describe_text(t, in, "Parallelism", "spec.jobTemplate.spec.parallelism", "<unset>");
    describe_text(t, in, "Completions", "spec.jobTemplate.spec.completions", "<unset>");
    describe_template(t, in, "spec.jobTemplate.spec.template");
    describe_time(t, in, "Last Schedule Time", "status.lastScheduleTime", "<unset>");
    describe_line(t, 0, "Active Jobs",
                  active != NULL && strcmp(active->to, "0") != 0 ? active->to : "<none>");
}

/* ---- Services and Ingresses ------------------------------------------------------------------ */

static void service_port(struct rx_text *t, const struct describe_subject *s,
                         const struct json_node *port)
{
    const struct json *j = s->in->j;
    const struct json_node *name = json_member(j, port, "name"),
                           *node = json_member(j, port, "nodePort");

    describe_key(t, 0, "Port");
    if (!show_text(t, name))
        rx_text_puts(t, "<unset>");
    rx_text_puts(t, "  ");
    show_text(t, json_member(j, port, "port"));
    rx_text_putc(t, '/');
    show_text(t, json_member(j, port, "protocol"));
    rx_text_putc(t, '\n');
    describe_key(t, 0, "TargetPort");
    show_text(t, json_member(j, port, "targetPort"));
    rx_text_putc(t, '/');
    show_text(t, json_member(j, port, "protocol"));
    rx_text_putc(t, '\n');
    if (node != NULL) {
        describe_key(t, 0, "NodePort");
        if (!show_text(t, name))
            rx_text_puts(t, "<unset>");
        rx_text_puts(t, "  ");
        show_text(t, node);
        rx_text_putc(t, '/');
        show_text(t, json_member(j, port, "protocol"));
        rx_text_putc(t, '\n');
    }
    describe_key(t, 0, "Endpoints");
    describe_addresses(t, s, s->o->name);
    rx_text_putc(t, '\n');
}

static void service(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;
    const struct json_node *n = json_first(in->j, show_at(in, "spec.ports"));

    describe_head(t, in);
    describe_meta(t, in);
    describe_key(t, 0, "Selector");
    show_labels(t, in->j, show_at(in, "spec.selector"));
    rx_text_putc(t, '\n');
    describe_text(t, in, "Type", "spec.type", "ClusterIP");
    describe_text(t, in, "IP Family Policy", "spec.ipFamilyPolicy", NULL);
    describe_list(t, in, "IP Families", "spec.ipFamilies", NULL);
    describe_text(t, in, "IP", "spec.clusterIP", "");
    describe_list(t, in, "IPs", "spec.clusterIPs", NULL);
    describe_text(t, in, "External Name", "spec.externalName", NULL);
    if (show_at(in, "spec.externalIPs") != NULL)
        describe_list(t, in, "External IPs", "spec.externalIPs", NULL);
    if (show_at(in, "status.loadBalancer.ingress") != NULL)
        describe_list(t, in, "LoadBalancer Ingress", "status.loadBalancer.ingress", "ip");
    for (; n != NULL; n = json_next(in->j, n))
        service_port(t, s, n);
    describe_text(t, in, "Session Affinity", "spec.sessionAffinity", "None");
    describe_text(t, in, "External Traffic Policy", "spec.externalTrafficPolicy", NULL);
    describe_text(t, in, "Internal Traffic Policy", "spec.internalTrafficPolicy", NULL);
    describe_text(t, in, "HealthCheck NodePort", "spec.healthCheckNodePort", NULL);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void put_taints(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = json_first(in->j, show_at(in, "spec.taints"));

    describe_key(t, 0, "Taints");
    rx_text_puts(t, n == NULL ? "<none>\n" : "");
    for (const char *before = ""; n != NULL; n = json_next(in->j, n), before = "\t") {
        const struct json_node *value = json_member(in->j, n, "value");

        rx_text_puts(t, before);
        show_text(t, json_member(in->j, n, "key"));
        if (value != NULL) {
            rx_text_putc(t, '=');
            show_text(t, value);
        }
        rx_text_putc(t, ':');
        show_text(t, json_member(in->j, n, "effect"));
        rx_text_putc(t, '\n');
    }
}

static void put_amounts(struct rx_text *t, const struct show_in *in, const char *title,
                        const char *path)
{
    const struct json_node *amount[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(in->j, show_at(in, path), amount);

    if (count == 0)
        return;
    rx_text_puts(t, title);
    rx_text_puts(t, ":\n");
    for (size_t i = 0; i < count; i++) {
        rx_text_puts(t, "  ");
        rx_text_put(t, amount[i]->key, amount[i]->key_length);
        rx_text_puts(t, ":\t");
        show_text(t, amount[i]);
        rx_text_putc(t, '\n');
    }
}

static void put_standing(struct rx_text *t, const struct describe_subject *s)
{
    uint64_t cursor = 0, id;
    uint32_t count = 0;

    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            rx_text_puts(t, "Non-terminated Pods:\t(");
            rx_text_u64(t, count);
            rx_text_puts(t, " in total)\n  Namespace\tName\tAge\n  ---------\t----\t---\n");
        }
        for (cursor = 0; (id = podring_next_pod(s->w->ring, &cursor)) != 0;) {
            struct podring_pod_info pod = PODRING_POD_INFO_INIT;

            if (podring_pod_info(s->w->ring, id, &pod) != 0 || pod.node == NULL ||
                strcmp(pod.node, s->o->name) != 0 || strcmp(pod.phase, "Succeeded") == 0 ||
                strcmp(pod.phase, "Failed") == 0)
                continue;
            count += pass == 0;
            if (pass == 0)
                continue;
            rx_text_puts(t, "  ");
            rx_text_puts(t, pod.namespace_);
            rx_text_putc(t, '\t');
            rx_text_puts(t, pod.name);
            rx_text_putc(t, '\t');
            face_age(t, podring_now(s->w->ring) - pod.created_ms);
            rx_text_putc(t, '\n');
        }
    }
}

static void node(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;
    const struct json_node *cordoned = show_at(in, "spec.unschedulable"), *n;

    describe_head(t, in);
    describe_key(t, 0, "Roles");
    show_columns_node[2].cell(t, in);
    rx_text_putc(t, '\n');
    describe_meta(t, in);
    describe_time(t, in, "CreationTimestamp", "metadata.creationTimestamp", "");
    put_taints(t, in);
    describe_line(t, 0, "Unschedulable",
                  cordoned != NULL && cordoned->kind == JSON_TRUE ? "true" : "false");
    rx_text_puts(t,
                 "Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n");
    for (n = json_first(in->j, show_at(in, "status.conditions")); n != NULL;
         n = json_next(in->j, n)) {
        static const char *const field[] = {"type", "status", "reason", "message"};

        rx_text_puts(t, "  ");
        for (int i = 0; i < 4; i++) {
            show_text(t, json_member(in->j, n, field[i]));
            rx_text_puts(t, i == 0 ? " \t" : i < 3 ? " \t" : "\n");
        }
    }
    put_amounts(t, in, "Capacity", "status.capacity");
    put_amounts(t, in, "Allocatable", "status.allocatable");
    put_standing(t, s);
}

/* ---- configuration --------------------------------------------------------------------------- */

static void put_data(struct rx_text *t, const struct show_in *in, const char *path, bool bytes)
{
    const struct json_node *item[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(in->j, show_at(in, path), item);

    for (size_t i = 0; i < count; i++) {
        rx_text_put(t, item[i]->key, item[i]->key_length);
        if (bytes) { /* of base64: three of four, but for its padding */
            size_t n = item[i]->length, pad = n > 0 && item[i]->text[n - 1] == '=';

            pad += n > 1 && item[i]->text[n - 2] == '=';
            rx_text_puts(t, ":\t");
            rx_text_u64(t, n / 4 * 3 - pad);
            rx_text_puts(t, " bytes\n");
            continue;
        }
        rx_text_puts(t, ":\n----\n");
        show_text(t, item[i]);
        rx_text_puts(t, "\n\n");
    }
}

static void configmap(struct rx_text *t, const struct describe_subject *s)
{
    describe_head(t, s->in);
    describe_meta(t, s->in);
    rx_text_puts(t, "\nData\n====\n");
    put_data(t, s->in, "data", false);
    rx_text_puts(t, "\nBinaryData\n====\n");
    put_data(t, s->in, "binaryData", true);
    rx_text_putc(t, '\n');
}

static void secret(struct rx_text *t, const struct describe_subject *s)
{
    const struct json_node *item[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(s->in->j, show_at(s->in, "stringData"), item);

    describe_head(t, s->in);
    describe_meta(t, s->in);
    rx_text_putc(t, '\n');
    describe_key(t, 0, "Type");
    if (!show_text_at(t, s->in, "type"))
        rx_text_puts(t, "Opaque");
    rx_text_puts(t, "\n\nData\n====\n");
    put_data(t, s->in, "data", true);
    for (size_t i = 0; i < count; i++) {
        rx_text_put(t, item[i]->key, item[i]->key_length);
        rx_text_puts(t, ":\t");
        rx_text_u64(t, json_unescape(item[i]->text, item[i]->length, NULL, 0));
        rx_text_puts(t, " bytes\n");
    }
}

/* ---- kinds that have no layout of their own -------------------------------------------------- */

static void put_tree(struct rx_text *t, const struct json *j, const struct json_node *n,
                     int indent);

/* "scaleTargetRef" as "Scale Target Ref". */
static void put_title(struct rx_text *t, const struct json_node *n)
{
    for (size_t i = 0; i < n->key_length; i++) {
        char c = n->key[i];

        if (i > 0 && c >= 'A' && c <= 'Z' && n->key[i - 1] >= 'a' && n->key[i - 1] <= 'z')
            rx_text_putc(t, ' ');
        rx_text_putc(t, (char)(i == 0 && c >= 'a' && c <= 'z' ? c - 32 : c));
    }
}

static void put_member(struct rx_text *t, const struct json *j, const struct json_node *n,
                       int indent)
{
    rx_text_fill(t, ' ', 2 * (size_t)indent);
    put_title(t, n);
    rx_text_putc(t, ':');
    if (n->kind == JSON_OBJECT || n->kind == JSON_ARRAY) {
        rx_text_putc(t, '\n');
        put_tree(t, j, n, indent + 1);
        return;
    }
    rx_text_putc(t, '\t');
    show_text(t, n);
    rx_text_putc(t, '\n');
}

static void put_tree(struct rx_text *t, const struct json *j, const struct json_node *n, int indent)
{
    const struct json_node *child[SHOW_MEMBERS_MAX];
    size_t count;

    if (n->kind == JSON_ARRAY) {
        for (n = json_first(j, n); n != NULL; n = json_next(j, n)) {
            if (n->kind == JSON_OBJECT || n->kind == JSON_ARRAY) {
                put_tree(t, j, n, indent);
                continue;
            }
            rx_text_fill(t, ' ', 2 * (size_t)indent);
            show_text(t, n);
            rx_text_putc(t, '\n');
        }
        return;
    }
    count = show_sorted(j, n, child);
    for (size_t i = 0; i < count; i++)
        put_member(t, j, child[i], indent);
}

/* As kubectl describes custom resources. */
static void plain(struct rx_text *t, const struct describe_subject *s)
{
    const struct json_node *child[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(s->in->j, json_root(s->in->j), child);

    describe_head(t, s->in);
    describe_meta(t, s->in);
    for (size_t i = 0; i < count; i++)
        if (child[i]->key_length != 8 || memcmp(child[i]->key, "metadata", 8) != 0)
            put_member(t, s->in->j, child[i], 0);
}

static const struct {
    const char *word;
    void (*fn)(struct rx_text *t, const struct describe_subject *s);
} layouts[] = {
    {"deployment", deployment},   {"replicaset", replicaset}, {"replicationcontroller", replicaset},
    {"statefulset", statefulset}, {"daemonset", daemonset},   {"job", job},
    {"cronjob", cronjob},         {"service", service},       {"node", node},
    {"configmap", configmap},     {"secret", secret},
    {"namespace", describe_namespace},
    {"resourcequota", describe_quota},
    {"limitrange", describe_limits},
    {"persistentvolume", describe_volume},
    {"persistentvolumeclaim", describe_claim},
    {"storageclass", describe_class},
    {"priorityclass", describe_priority},
    {"poddisruptionbudget", describe_budget},
    {"horizontalpodautoscaler", describe_autoscaler},
    {"endpoints", describe_endpoints},
    {"endpointslice", describe_slice},
    {"ingress", describe_ingress},
};

bool show_describe(struct rx_text *t, struct show_world *w, const struct show_object *o,
                   const struct show_in *in)
{
    const struct describe_subject s = {.w = w, .o = o, .in = in};

    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        if (strcmp(layouts[i].word, o->kind->word) == 0) {
            layouts[i].fn(t, &s);
            return layouts[i].fn != secret && layouts[i].fn != describe_namespace &&
                   layouts[i].fn != describe_quota && layouts[i].fn != describe_limits;
        }
    }
    plain(t, &s);
    return true;
}
