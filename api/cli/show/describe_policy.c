/* SPDX-License-Identifier: Apache-2.0 */
/* describe_policy.c - descriptions of what decides over pods: quotas, limits, budgets, classes. */
#include <string.h>

#include "api/cli/show/describe.h"
#include "api/face/describe.h"

/* ---- quotas and limits ----------------------------------------------------------------------- */

/* The member with that one's key. */
static const struct json_node *same_key(const struct json *j, const struct json_node *of,
                                        const struct json_node *key)
{
    const struct json_node *n = json_first(j, of);

    while (n != NULL && (n->key_length != key->key_length ||
                         memcmp(n->key, key->key, key->key_length) != 0))
        n = json_next(j, n);
    return n;
}

static void put_scopes(struct rx_text *t, const struct show_in *in, int indent)
{
    static const struct rx_pair means[] = {
        {"BestEffort", "Matches all pods that do not have resource requirements set. These pods "
                       "have a best effort quality of service."},
        {"NotBestEffort", "Matches all pods that have at least one resource requirement set. These "
                          "pods have a burstable or guaranteed quality of service."},
        {"NotTerminating", "Matches all pods that do not have an active deadline. These pods "
                           "usually include long running pods whose container command is not "
                           "expected to terminate."},
        {"Terminating", "Matches all pods that have an active deadline. These pods usually include "
                        "short running pods that have a definite lifetime."},
    };
    const struct json_node *scopes = show_at(in, "spec.scopes");
    uint32_t said = 0;

    if (json_first(in->j, scopes) == NULL)
        return;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 0)
            describe_key(t, indent, "Scopes");
        for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++) {
            const struct json_node *n = json_first(in->j, scopes);

            while (n != NULL && !show_is(n, means[i].key))
                n = json_next(in->j, n);
            if (n == NULL)
                continue;
            if (pass == 0)
                rx_text_puts(t, said++ > 0 ? ", " : "");
            rx_text_puts(t, pass == 0 ? means[i].key : indent > 0 ? "  * " : " * ");
            rx_text_puts(t, pass == 0 ? "" : means[i].value);
            rx_text_puts(t, pass == 0 ? "" : "\n");
        }
        rx_text_puts(t, pass == 0 ? "\n" : "");
    }
}

static void put_quota_rows(struct rx_text *t, const struct show_in *in, int indent)
{
    const struct json_node *hard[SHOW_MEMBERS_MAX], *used = show_at(in, "status.used");
    size_t count = show_sorted(in->j, show_at(in, "spec.hard"), hard);

    for (size_t i = 0; i < count; i++) {
        rx_text_fill(t, ' ', 2 * (size_t)indent);
        rx_text_put(t, hard[i]->key, hard[i]->key_length);
        rx_text_putc(t, '\t');
        if (!show_text(t, same_key(in->j, used, hard[i])))
            rx_text_putc(t, '0');
        rx_text_putc(t, '\t');
        show_text(t, hard[i]);
        rx_text_putc(t, '\n');
    }
}

void describe_quota(struct rx_text *t, const struct describe_subject *s)
{
    describe_head(t, s->in);
    put_scopes(t, s->in, 0);
    rx_text_puts(t, "Resource\tUsed\tHard\n--------\t----\t----\n");
    put_quota_rows(t, s->in, 0);
}

/* One limit of a LimitRange: a row for each resource that any of its columns names. */
static void put_limit(struct rx_text *t, const struct json *j, const struct json_node *limit,
                      const char *blank)
{
    static const char *const column[] = {"min", "max", "defaultRequest", "default",
                                         "maxLimitRequestRatio"};
    enum { COLUMNS = sizeof(column) / sizeof(column[0]) };

    for (int c = 0; c < COLUMNS; c++) {
        const struct json_node *name[SHOW_MEMBERS_MAX];
        size_t count = show_sorted(j, json_member(j, limit, column[c]), name);

        for (size_t i = 0; i < count; i++) {
            bool before = false;

            for (int k = 0; k < c; k++)
                before |= same_key(j, json_member(j, limit, column[k]), name[i]) != NULL;
            if (before)
                continue;
            rx_text_puts(t, blank);
            show_text(t, json_member(j, limit, "type"));
            rx_text_putc(t, '\t');
            rx_text_put(t, name[i]->key, name[i]->key_length);
            for (int k = 0; k < COLUMNS; k++) {
                rx_text_putc(t, '\t');
                if (!show_text(t, same_key(j, json_member(j, limit, column[k]), name[i])))
                    rx_text_putc(t, '-');
            }
            rx_text_putc(t, '\n');
        }
    }
}

static void put_limits(struct rx_text *t, const struct show_in *in, const char *blank)
{
    const struct json_node *n = json_first(in->j, show_at(in, "spec.limits"));

    for (; n != NULL; n = json_next(in->j, n))
        put_limit(t, in->j, n, blank);
}

void describe_limits(struct rx_text *t, const struct describe_subject *s)
{
    describe_head(t, s->in);
    rx_text_puts(t, "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request "
                    "Ratio\n----\t--------\t---\t---\t---------------\t-------------\t"
                    "-----------------------\n");
    put_limits(t, s->in, "");
}

static void put_quota_of(struct rx_text *t, const struct show_in *in)
{
    describe_key(t, 1, "Name");
    show_text_at(t, in, "metadata.name");
    rx_text_putc(t, '\n');
    put_scopes(t, in, 1);
    rx_text_puts(t, "  Resource\tUsed\tHard\n  --------\t---\t---\n");
    put_quota_rows(t, in, 1);
}

static void put_limits_of(struct rx_text *t, const struct show_in *in)
{
    put_limits(t, in, " ");
}

/* All of a kind in the namespace: title, then each; without any the other sentence. */
static void put_each(struct rx_text *t, const struct describe_subject *s, const char *word,
                     const char *title, const char *none,
                     void (*put)(struct rx_text *t, const struct show_in *in))
{
    const struct show_kind *k = show_kind_named(word, strlen(word));
    struct show_list list = {0};

    if (show_collect(s->w, k, s->o->name, &list) != 0)
        list.count = 0;
    rx_text_puts(t, "\n");
    rx_text_puts(t, list.count > 0 ? title : none);
    for (size_t i = 0; i < list.count; i++) {
        struct show_in in;
        struct json j;

        if (show_open(s->w, &list.item[i], &j, &in))
            put(t, &in);
        json_close(&j);
    }
    show_list_free(&list);
}

void describe_namespace(struct rx_text *t, const struct describe_subject *s)
{
    describe_text(t, s->in, "Name", "metadata.name", "");
    describe_meta(t, s->in);
    describe_key(t, 0, "Status");
    show_columns_namespace[1].cell(t, s->in);
    rx_text_putc(t, '\n');
    put_each(t, s, "resourcequota", "Resource Quotas\n", "No resource quota.\n", put_quota_of);
    put_each(t, s, "limitrange",
             "Resource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax "
             "Limit/Request Ratio\n ----\t--------\t---\t---\t---------------\t-------------\t"
             "-----------------------\n",
             "No LimitRange resource.\n", put_limits_of);
}

/* ---- classes --------------------------------------------------------------------------------- */

static void put_map(struct rx_text *t, const struct show_in *in, const char *key, const char *path)
{
    describe_key(t, 0, key);
    show_labels(t, in->j, show_at(in, path));
    rx_text_putc(t, '\n');
}

void describe_priority(struct rx_text *t, const struct describe_subject *s)
{
    describe_text(t, s->in, "Name", "metadata.name", "");
    describe_text(t, s->in, "Value", "value", "0");
    describe_text(t, s->in, "GlobalDefault", "globalDefault", "false");
    describe_text(t, s->in, "PreemptionPolicy", "preemptionPolicy", "PreemptLowerPriority");
    describe_text(t, s->in, "Description", "description", "");
    put_map(t, s->in, "Annotations", "metadata.annotations");
}

void describe_class(struct rx_text *t, const struct describe_subject *s)
{
    static const char is_default[] = "storageclass.kubernetes.io/is-default-class";
    const struct show_in *in = s->in;
    const struct json_node *options = json_first(in->j, show_at(in, "mountOptions"));
    const struct json_node *annotations = show_at(in, "metadata.annotations");

    describe_text(t, in, "Name", "metadata.name", "");
    describe_line(t, 0, "IsDefaultClass",
                  show_is(json_member(in->j, annotations, is_default), "true") ? "Yes" : "No");
    put_map(t, in, "Annotations", "metadata.annotations");
    describe_text(t, in, "Provisioner", "provisioner", "");
    put_map(t, in, "Parameters", "parameters");
    describe_key(t, 0, "AllowVolumeExpansion");
    if (show_at(in, "allowVolumeExpansion") == NULL)
        rx_text_puts(t, "<unset>");
    else
        rx_text_puts(t, show_at(in, "allowVolumeExpansion")->kind == JSON_TRUE ? "True" : "False");
    rx_text_puts(t, options == NULL ? "\nMountOptions:\t<none>\n" : "\nMountOptions:\n");
    for (; options != NULL; options = json_next(in->j, options)) {
        rx_text_puts(t, "  ");
        show_text(t, options);
        rx_text_putc(t, '\n');
    }
    describe_text(t, in, "ReclaimPolicy", "reclaimPolicy", "Delete");
    describe_text(t, in, "VolumeBindingMode", "volumeBindingMode", "Immediate");
}

/* ---- budgets and autoscalers ----------------------------------------------------------------- */

void describe_budget(struct rx_text *t, const struct describe_subject *s)
{
    static const char *const row[][2] = {{"Allowed disruptions", "status.disruptionsAllowed"},
                                         {"Current", "status.currentHealthy"},
                                         {"Desired", "status.desiredHealthy"},
                                         {"Total", "status.expectedPods"}};
    const struct show_in *in = s->in;

    describe_head(t, in);
    describe_text(t, in, "Min available", "spec.minAvailable", NULL);
    describe_text(t, in, "Max unavailable", "spec.maxUnavailable", NULL);
    describe_key(t, 0, "Selector");
    if (show_at(in, "spec.selector") != NULL)
        show_selector(t, in->j, show_at(in, "spec.selector"));
    else
        rx_text_puts(t, "<unset>");
    rx_text_puts(t, "\nStatus:\n");
    for (int i = 0; i < 4; i++) {
        describe_key(t, 2, row[i][0]);
        rx_text_i64(t, show_number_at(in, row[i][1], 0));
        rx_text_putc(t, '\n');
    }
}

static void put_metric_name(struct rx_text *t, const struct json *j, const struct json_node *metric)
{
    const struct json_node *m;

    if ((m = json_member(j, metric, "resource")) != NULL) {
        rx_text_puts(t, "resource ");
        show_text(t, json_member(j, m, "name"));
        rx_text_puts(t, " on pods");
    } else if ((m = json_member(j, metric, "containerResource")) != NULL) {
        rx_text_puts(t, "resource ");
        show_text(t, json_member(j, m, "name"));
        rx_text_puts(t, " of container \"");
        show_text(t, json_member(j, m, "container"));
        rx_text_puts(t, "\" on pods");
    } else {
        m = json_member(j, metric, "pods");
        m = m != NULL ? m : json_member(j, metric, "object");
        m = m != NULL ? m : json_member(j, metric, "external");
        rx_text_putc(t, '"');
        show_text(t, json_member(j, json_member(j, m, "metric"), "name"));
        rx_text_putc(t, '"');
    }
    if (json_member(j, metric, "pods") != NULL)
        rx_text_puts(t, " on pods");
    if (json_member(j, metric, "object") != NULL) {
        m = json_member(j, m, "describedObject");
        rx_text_puts(t, " on ");
        show_text(t, json_member(j, m, "kind"));
        rx_text_putc(t, '/');
        show_text(t, json_member(j, m, "name"));
    }
}

/* What a metric is held against. */
static void put_metric_kind(struct rx_text *t, const struct json *j,
                            const struct json_node *metric)
{
    static const char *const source[] = {"resource", "containerResource", "object", "external"};

    for (int i = 0; i < 4; i++) {
        const struct json_node *m = json_member(j, metric, source[i]),
                               *target = json_member(j, m, "target");

        if (m == NULL)
            continue;
        if (json_member(j, target, "averageValue") != NULL)
            rx_text_puts(t, i < 2 ? "" : " (target average value)");
        else
            rx_text_puts(t, i < 2 ? "  (as a percentage of request)" : " (target value)");
    }
}

/* What the TARGETS cell says of the metric with that number: "cpu: 60%/50%, 120m/200m + 1 more...".
 * Of those behind the second it says nothing. */
static void put_metric_values(struct rx_text *t, const struct show_in *in, uint32_t number)
{
    char cell[512];
    struct rx_text c = rx_text_in(cell, sizeof(cell));
    char *at = cell, *end, *slash;

    show_columns_hpa[2].cell(&c, in);
    rx_text_end(&c);
    end = strstr(cell, " + ");
    if (end != NULL)
        *end = '\0';
    for (; number > 0 && at != NULL; number--) {
        at = strstr(at, ", ");
        at = at != NULL ? at + 2 : NULL;
    }
    if (at == NULL) {
        rx_text_puts(t, "<unknown>");
        return;
    }
    end = strstr(at, ", ");
    if (end != NULL)
        *end = '\0';
    at = strstr(at, ": ") != NULL ? strstr(at, ": ") + 2 : at;
    slash = strchr(at, '/');
    rx_text_put(t, at, slash != NULL ? (size_t)(slash - at) : strlen(at));
    rx_text_puts(t, slash != NULL ? " / " : "");
    rx_text_puts(t, slash != NULL ? slash + 1 : "");
}

static void put_direction(struct rx_text *t, const struct show_in *in, const char *title,
                          const char *which)
{
    const struct json_node *d = json_member(in->j, show_at(in, "spec.behavior"), which),
                           *window = json_member(in->j, d, "stabilizationWindowSeconds"),
                           *select = json_member(in->j, d, "selectPolicy"),
                           *p = json_first(in->j, json_member(in->j, d, "policies"));

    if (d == NULL)
        return;
    rx_text_say(t, "  %s:\n", title);
    if (window != NULL) {
        rx_text_puts(t, "    Stabilization Window: ");
        show_text(t, window);
        rx_text_puts(t, " seconds\n");
    }
    if (p == NULL)
        return;
    rx_text_puts(t, "    Select Policy: ");
    if (!show_text(t, select))
        rx_text_puts(t, "Max");
    rx_text_puts(t, "\n    Policies:\n");
    for (; p != NULL; p = json_next(in->j, p)) {
        rx_text_puts(t, "      - Type: ");
        show_text(t, json_member(in->j, p, "type"));
        rx_text_puts(t, "\tValue: ");
        show_text(t, json_member(in->j, p, "value"));
        rx_text_puts(t, "\tPeriod: ");
        show_text(t, json_member(in->j, p, "periodSeconds"));
        rx_text_puts(t, " seconds\n");
    }
}

void describe_autoscaler(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;
    const struct json_node *n = json_first(in->j, show_at(in, "spec.metrics"));

    describe_head(t, in);
    describe_meta(t, in);
    describe_time(t, in, "CreationTimestamp", "metadata.creationTimestamp", "");
    describe_key(t, 0, "Reference");
    show_columns_hpa[1].cell(t, in);
    rx_text_puts(t, "\nMetrics:\t( current / target )\n");
    if (n == NULL)
        rx_text_puts(t, "  resource cpu on pods  (as a percentage of request):\t");
    for (uint32_t i = 0; i == 0 || n != NULL; i++, n = n != NULL ? json_next(in->j, n) : NULL) {
        if (n != NULL) {
            rx_text_puts(t, "  ");
            put_metric_name(t, in->j, n);
            put_metric_kind(t, in->j, n);
            rx_text_puts(t, ":\t");
        } else if (i > 0) {
            break;
        }
        put_metric_values(t, in, i);
        rx_text_putc(t, '\n');
    }
    describe_text(t, in, "Min replicas", "spec.minReplicas", "1");
    describe_text(t, in, "Max replicas", "spec.maxReplicas", "");
    if (show_at(in, "spec.behavior") != NULL) {
        rx_text_puts(t, "Behavior:\n");
        put_direction(t, in, "Scale Up", "scaleUp");
        put_direction(t, in, "Scale Down", "scaleDown");
    }
    show_text_at(t, in, "spec.scaleTargetRef.kind");
    rx_text_say(t, " pods:\t%lld current / %lld desired\n",
                (long long)show_number_at(in, "status.currentReplicas", 0),
                (long long)show_number_at(in, "status.desiredReplicas", 0));
    n = json_first(in->j, show_at(in, "status.conditions"));
    if (n != NULL)
        rx_text_puts(t, "Conditions:\n  Type\tStatus\tReason\tMessage\n"
                        "  ----\t------\t------\t-------\n");
    for (; n != NULL; n = json_next(in->j, n)) {
        static const char *const field[] = {"type", "status", "reason", "message"};

        for (int i = 0; i < 4; i++) {
            rx_text_puts(t, i == 0 ? "  " : "\t");
            show_text(t, json_member(in->j, n, field[i]));
        }
        rx_text_putc(t, '\n');
    }
}
