/* SPDX-License-Identifier: Apache-2.0 */
/* describe_template.c - a pod template, as describe prints it below a workload. */
#include <string.h>

#include "api/cli/show/describe.h"

/* A container of the template. */
struct container {
    const struct json *j;
    const struct json_node *node;
};

static const struct json_node *member(const struct container *c, const char *path)
{
    return json_at(c->j, c->node, path);
}

static void put(struct rx_text *t, const struct json_node *n, const char *fallback)
{
    if (!show_text(t, n))
        rx_text_puts(t, fallback);
}

static void put_ports(struct rx_text *t, const struct container *c, const char *key, bool host)
{
    const struct json_node *first = json_first(c->j, member(c, "ports"));
    bool several = json_next(c->j, first) != NULL;

    rx_text_puts(t, "    ");
    rx_text_puts(t, key);
    rx_text_puts(t, several ? "s:\t" : ":\t");
    if (first == NULL)
        rx_text_puts(t, "<none>");
    for (const struct json_node *n = first; n != NULL; n = json_next(c->j, n)) {
        const struct json_node *name = json_member(c->j, n, "name");

        rx_text_puts(t, n != first ? ", " : "");
        put(t, json_member(c->j, n, host ? "hostPort" : "containerPort"), "0");
        rx_text_putc(t, '/');
        put(t, json_member(c->j, n, "protocol"), "TCP");
        if (name != NULL) {
            rx_text_puts(t, " (");
            show_text(t, name);
            rx_text_putc(t, ')');
        }
    }
    rx_text_putc(t, '\n');
}

static void put_words(struct rx_text *t, const struct container *c, const char *key,
                      const char *path)
{
    const struct json_node *n = json_first(c->j, member(c, path));

    if (n == NULL)
        return;
    rx_text_puts(t, "    ");
    rx_text_puts(t, key);
    rx_text_puts(t, ":\n");
    for (; n != NULL; n = json_next(c->j, n)) {
        rx_text_puts(t, "      ");
        show_text(t, n);
        rx_text_putc(t, '\n');
    }
}

static void put_amounts(struct rx_text *t, const struct container *c, const char *key,
                        const char *path)
{
    const struct json_node *amount[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(c->j, member(c, path), amount);

    for (size_t i = 0; i < count; i++) {
        if (i == 0) {
            rx_text_puts(t, "    ");
            rx_text_puts(t, key);
            rx_text_puts(t, ":\n");
        }
        rx_text_puts(t, "      ");
        rx_text_put(t, amount[i]->key, amount[i]->key_length);
        rx_text_puts(t, ":\t");
        show_text(t, amount[i]);
        rx_text_putc(t, '\n');
    }
}

/* ---- probes ---------------------------------------------------------------------------------- */

static void put_handler(struct rx_text *t, const struct json *j, const struct json_node *probe)
{
    const struct json_node *n = json_at(j, probe, "exec.command");

    if (n != NULL) {
        rx_text_puts(t, "exec [");
        n = json_first(j, n);
        for (const char *between = ""; n != NULL; n = json_next(j, n), between = " ") {
            rx_text_puts(t, between);
            show_text(t, n);
        }
        rx_text_putc(t, ']');
    } else if ((n = json_member(j, probe, "httpGet")) != NULL) {
        rx_text_puts(t, "http-get ");
        rx_text_puts(t, show_is(json_member(j, n, "scheme"), "HTTPS") ? "https" : "http");
        rx_text_puts(t, "://");
        put(t, json_member(j, n, "host"), "");
        rx_text_putc(t, ':');
        put(t, json_member(j, n, "port"), "");
        put(t, json_member(j, n, "path"), "/");
    } else if ((n = json_member(j, probe, "tcpSocket")) != NULL) {
        rx_text_puts(t, "tcp-socket ");
        put(t, json_member(j, n, "host"), "");
        rx_text_putc(t, ':');
        put(t, json_member(j, n, "port"), "");
    } else if ((n = json_member(j, probe, "grpc")) != NULL) {
        rx_text_puts(t, "grpc <pod>:");
        put(t, json_member(j, n, "port"), "");
        rx_text_putc(t, ' ');
        put(t, json_member(j, n, "service"), "");
    }
}

static void put_probe(struct rx_text *t, const struct container *c, const char *key,
                      const char *path)
{
    static const struct {
        const char *before, *path, *fallback;
    } rest[] = {{" delay=", "initialDelaySeconds", "0"},
                {"s timeout=", "timeoutSeconds", "1"},
                {"s period=", "periodSeconds", "10"},
                {"s #success=", "successThreshold", "1"},
                {" #failure=", "failureThreshold", "3"}};
    const struct json_node *probe = member(c, path);

    if (probe == NULL)
        return;
    rx_text_puts(t, "    ");
    rx_text_puts(t, key);
    rx_text_puts(t, ":\t");
    put_handler(t, c->j, probe);
    for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
        rx_text_puts(t, rest[i].before);
        put(t, json_member(c->j, probe, rest[i].path), rest[i].fallback);
    }
    rx_text_putc(t, '\n');
}

/* ---- environment and mounts ------------------------------------------------------------------ */

static void put_reference(struct rx_text *t, const struct json *j, const struct json_node *ref,
                          const char *before, const char *between)
{
    const struct json_node *optional = json_member(j, ref, "optional");

    rx_text_puts(t, "<set to the key '");
    put(t, json_member(j, ref, "key"), "");
    rx_text_puts(t, before);
    put(t, json_member(j, ref, "name"), "");
    rx_text_puts(t, between);
    rx_text_puts(t, optional != NULL && optional->kind == JSON_TRUE ? "true" : "false");
}

static void put_value(struct rx_text *t, const struct json *j, const struct json_node *variable)
{
    const struct json_node *from = json_member(j, variable, "valueFrom"), *n;

    if (from == NULL) {
        put(t, json_member(j, variable, "value"), "");
    } else if ((n = json_member(j, from, "configMapKeyRef")) != NULL) {
        put_reference(t, j, n, "' of config map '", "'>\tOptional: ");
    } else if ((n = json_member(j, from, "secretKeyRef")) != NULL) {
        put_reference(t, j, n, "' in secret '", "'>\tOptional: ");
    } else if ((n = json_member(j, from, "fieldRef")) != NULL) {
        rx_text_puts(t, " (v1:");
        put(t, json_member(j, n, "fieldPath"), "");
        rx_text_putc(t, ')');
    } else if ((n = json_member(j, from, "resourceFieldRef")) != NULL) {
        rx_text_puts(t, " (");
        put(t, json_member(j, n, "resource"), "");
        rx_text_putc(t, ')');
    }
}

static void put_environment(struct rx_text *t, const struct container *c)
{
    const struct json_node *n = json_first(c->j, member(c, "env"));

    rx_text_puts(t, n == NULL ? "    Environment:\t<none>\n" : "    Environment:\n");
    for (; n != NULL; n = json_next(c->j, n)) {
        rx_text_puts(t, "      ");
        put(t, json_member(c->j, n, "name"), "");
        rx_text_puts(t, ":\t");
        put_value(t, c->j, n);
        rx_text_putc(t, '\n');
    }
}

static void put_mounts(struct rx_text *t, const struct container *c)
{
    const struct json_node *n = json_first(c->j, member(c, "volumeMounts"));

    rx_text_puts(t, n == NULL ? "    Mounts:\t<none>\n" : "    Mounts:\n");
    for (; n != NULL; n = json_next(c->j, n)) {
        const struct json_node *only = json_member(c->j, n, "readOnly"),
                               *sub = json_member(c->j, n, "subPath");

        rx_text_puts(t, "      ");
        put(t, json_member(c->j, n, "mountPath"), "");
        rx_text_puts(t, " from ");
        put(t, json_member(c->j, n, "name"), "");
        rx_text_puts(t, only != NULL && only->kind == JSON_TRUE ? " (ro" : " (rw");
        if (sub != NULL) {
            rx_text_puts(t, ",path=\"");
            show_text(t, sub);
            rx_text_putc(t, '"');
        }
        rx_text_puts(t, ")\n");
    }
}

static void put_container(struct rx_text *t, const struct container *c)
{
    rx_text_puts(t, "   ");
    put(t, member(c, "name"), "");
    rx_text_puts(t, ":\n    Image:\t");
    put(t, member(c, "image"), "");
    rx_text_putc(t, '\n');
    put_ports(t, c, "Port", false);
    put_ports(t, c, "Host Port", true);
    put_words(t, c, "Command", "command");
    put_words(t, c, "Args", "args");
    put_amounts(t, c, "Limits", "resources.limits");
    put_amounts(t, c, "Requests", "resources.requests");
    put_probe(t, c, "Liveness", "livenessProbe");
    put_probe(t, c, "Readiness", "readinessProbe");
    put_probe(t, c, "Startup", "startupProbe");
    put_environment(t, c);
    put_mounts(t, c);
}

/* ---- volumes --------------------------------------------------------------------------------- */

static void put_volume(struct rx_text *t, const struct json *j, const struct json_node *volume)
{
    static const struct {
        const char *field, *type, *title, *name;
    } kind[] = {
        {"configMap", "ConfigMap (a volume populated by a ConfigMap)", "Name", "name"},
        {"secret", "Secret (a volume populated by a Secret)", "SecretName", "secretName"},
        {"emptyDir", "EmptyDir (a temporary directory that shares a pod's lifetime)", "Medium",
         "medium"},
        {"hostPath", "HostPath (bare host directory volume)", "Path", "path"},
        {"persistentVolumeClaim",
         "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
         "ClaimName", "claimName"},
        {"projected", "Projected (a volume that contains injected data from multiple sources)",
         NULL, NULL},
        {"downwardAPI", "DownwardAPI (a volume populated by information about the pod)", NULL,
         NULL},
    };

    rx_text_puts(t, "   ");
    put(t, json_member(j, volume, "name"), "");
    rx_text_puts(t, ":\n");
    for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
        const struct json_node *n = json_member(j, volume, kind[i].field);

        if (n == NULL)
            continue;
        describe_line(t, 2, "Type", kind[i].type);
        if (kind[i].title == NULL)
            return;
        describe_key(t, 2, kind[i].title);
        put(t, json_member(j, n, kind[i].name), "");
        rx_text_putc(t, '\n');
        return;
    }
    rx_text_puts(t, "    <unknown>\n");
}

static void put_list(struct rx_text *t, const struct show_in *in, const struct json_node *spec,
                     const char *title, const char *path)
{
    const struct json_node *n = json_first(in->j, json_member(in->j, spec, path));

    if (n != NULL) {
        rx_text_puts(t, "  ");
        rx_text_puts(t, title);
        rx_text_puts(t, ":\n");
    }
    for (; n != NULL; n = json_next(in->j, n))
        put_container(t, &(struct container){in->j, n});
}

static void put_tolerations(struct rx_text *t, const struct show_in *in,
                            const struct json_node *list)
{
    const struct json_node *n = json_first(in->j, list);

    describe_key(t, 1, "Tolerations");
    rx_text_puts(t, n == NULL ? "<none>\n" : "");
    for (const char *before = ""; n != NULL; n = json_next(in->j, n), before = "  \t") {
        const struct json_node *value = json_member(in->j, n, "value"),
                               *effect = json_member(in->j, n, "effect"),
                               *seconds = json_member(in->j, n, "tolerationSeconds");

        rx_text_puts(t, before);
        put(t, json_member(in->j, n, "key"), "");
        if (value != NULL) {
            rx_text_putc(t, '=');
            show_text(t, value);
        }
        if (effect != NULL) {
            rx_text_putc(t, ':');
            show_text(t, effect);
        }
        if (show_is(json_member(in->j, n, "operator"), "Exists"))
            rx_text_puts(t, effect == NULL && value == NULL ? "op=Exists" : " op=Exists");
        if (seconds != NULL) {
            rx_text_puts(t, " for ");
            show_text(t, seconds);
            rx_text_putc(t, 's');
        }
        rx_text_putc(t, '\n');
    }
}

void describe_template(struct rx_text *t, const struct show_in *in, const char *path)
{
    const struct json_node *template = show_at(in, path),
                           *spec = json_member(in->j, template, "spec"), *n;

    rx_text_puts(t, "Pod Template:\n");
    describe_map(t, in->j, 1, "Labels", json_at(in->j, template, "metadata.labels"));
    if (json_at(in->j, template, "metadata.annotations") != NULL)
        describe_map(t, in->j, 1, "Annotations", json_at(in->j, template, "metadata.annotations"));
    n = json_member(in->j, spec, "serviceAccountName");
    if (n != NULL) {
        describe_key(t, 1, "Service Account");
        show_text(t, n);
        rx_text_putc(t, '\n');
    }
    put_list(t, in, spec, "Init Containers", "initContainers");
    put_list(t, in, spec, "Containers", "containers");
    n = json_first(in->j, json_member(in->j, spec, "volumes"));
    rx_text_puts(t, n == NULL ? "  Volumes:\t<none>\n" : "  Volumes:\n");
    for (; n != NULL; n = json_next(in->j, n))
        put_volume(t, in->j, n);
    n = json_member(in->j, spec, "priorityClassName");
    if (n != NULL) {
        describe_key(t, 1, "Priority Class Name");
        show_text(t, n);
        rx_text_putc(t, '\n');
    }
    describe_map(t, in->j, 1, "Node-Selectors", json_member(in->j, spec, "nodeSelector"));
    put_tolerations(t, in, json_member(in->j, spec, "tolerations"));
}
