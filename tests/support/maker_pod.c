/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker_pod.c - a random PodSpec: policies, volumes, containers of all kinds, their probes and
 * hooks.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/maker_parts.h"

struct container {
    unsigned index; /* among all of the pod */
    bool init, sidecar;
    unsigned grace_s; /* the pod's */
};

static void add_volumes(struct maker *m);
static void add_container(struct maker *m, const struct container *c);

unsigned mk_port(unsigned container)
{
    return 8080 + container;
}

static void add_policy(struct maker *m, const char *kind)
{
    static const char *const any[] = {"Always", "OnFailure", "Never"};
    bool job = strcmp(kind, "job") == 0;

    if (strcmp(kind, "pod") != 0 && !job)
        return;
    if (job)
        mk_line(m, 1, "restartPolicy: %s", mk_chance(m, 50) ? "OnFailure" : "Never");
    else if (mk_more(m, 50)) {
        mk_line(m, 1, "restartPolicy: %s", mk_pick(m, any));
        mk_end(m);
    }
    if (mk_more(m, 10)) {
        mk_line(m, 1, "activeDeadlineSeconds: %u", mk_from(m, 1, m->shape.span_s));
        mk_end(m);
    }
}

static unsigned add_grace(struct maker *m)
{
    unsigned grace = 30;

    if (mk_more(m, 80)) {
        grace = mk_below(m, mk_chance(m, 10) ? 91 : 13);
        mk_line(m, 1, "terminationGracePeriodSeconds: %u", grace);
        mk_end(m);
    }
    return grace;
}

static void add_gates(struct maker *m)
{
    m->now.gate = mk_chance(m, 12);
    if (m->now.gate)
        mk_line(m, 1, "readinessGates: [{conditionType: example.com/gate}]");
    if (mk_chance(m, 3))
        mk_line(m, 1, "schedulingGates: [{name: example.com/wait}]");
    if (mk_chance(m, 5))
        mk_line(m, 1, "hostname: host\n%*ssubdomain: sub", (int)(2 * (m->now.indent + 1)), "");
    if (mk_chance(m, 5))
        mk_line(m, 1, "serviceAccountName: robot");
}

static void add_surroundings(struct maker *m)
{
    static const char *const user[] = {
        "runAsUser: 1000",
        "runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000",
        "runAsNonRoot: true, runAsUser: 65534",
        "runAsNonRoot: true", /* of an image that says nothing: refused */
        "fsGroup: 2000, supplementalGroups: [5, 6]",
    };
    static const char *const alias[] = {"{ip: 127.0.0.1, hostnames: [db.local]}",
                                        "{ip: 10.9.8.7, hostnames: [db.local, db]}",
                                        "{ip: 127.0.0.1, hostnames: [front, db.local]}"};

    m->now.user = mk_more(m, 10);
    if (m->now.user) {
        mk_line(m, 1, "securityContext: {%s}", mk_pick(m, user));
        mk_end(m);
    }
    m->now.aliases = mk_more(m, 12);
    if (m->now.aliases) {
        mk_line(m, 1, "hostAliases: [%s]", mk_pick(m, alias));
        mk_end(m);
    }
}

void mk_pod_spec(struct maker *m, const char *kind)
{
    struct container c = {.init = true};
    unsigned mains;

    m->now.unknown = 0;
    add_policy(m, kind);
    c.grace_s = add_grace(m);
    add_gates(m);
    add_surroundings(m);
    add_volumes(m);
    while (c.index < 3 && mk_more(m, 20)) {
        if (c.index == 0)
            mk_line(m, 1, "initContainers:");
        c.sidecar = mk_chance(m, 50);
        add_container(m, &c);
        c.index++;
        mk_end(m);
    }
    c.init = c.sidecar = false;
    mk_line(m, 1, "containers:");
    for (mains = 0; mains < 3 && mk_next(m, mains == 0, 30); mains++) {
        add_container(m, &c);
        c.index++;
        mk_end(m);
    }
    m->now.containers = c.index;
}

/* ---- volumes
 * ------------------------------------------------------------------------------------- */

static void add_volumes(struct maker *m)
{
    static const char *const other[] = {
        "secret: {secretName: hidden}",
        "hostPath: {path: /srv}",
        "persistentVolumeClaim: {claimName: disk}",
        "downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}",
        "projected: {sources: [{configMap: {name: settings}}, {secret: {name: hidden}}, "
        "{serviceAccountToken: {path: t}}]}",
        "configMap: {name: nowhere, optional: true}",
        "configMap: {name: nowhere}",
    };
    bool more, memory, optional, items;
    const char *third, *limit = "";

    m->now.full = false;
    m->now.data = mk_chance(m, 40);
    m->now.config = mk_chance(m, 15);
    more = mk_chance(m, 10);
    memory = mk_chance(m, 30);
    optional = mk_chance(m, 30);
    items = mk_chance(m, 30);
    third = mk_pick(m, other);
    if (mk_more(m, 40)) {
        static const char *const size[] = {"sizeLimit: 1Gi", "sizeLimit: 2k", "sizeLimit: \"1\""};

        limit = mk_pick(m, size);
        m->now.full = true;
        mk_end(m);
    }
    if (!m->now.data && !m->now.config && !more)
        return;
    mk_line(m, 1, "volumes:");
    if (m->now.data)
        mk_line(m, 1, "- {name: data, emptyDir: {%s%s%s}}", memory ? "medium: Memory" : "",
                memory && *limit != '\0' ? ", " : "", limit);
    if (m->now.config)
        mk_line(m, 1, "- {name: app, configMap: {name: settings%s%s}}",
                optional ? ", optional: true" : "",
                items ? ", items: [{key: mode, path: mode}]" : "");
    if (more)
        mk_line(m, 1, "- {name: other, %s}", third);
}

static void add_mounts(struct maker *m)
{
    bool part = mk_chance(m, 10), read_only = mk_chance(m, 10);

    if (!m->now.data && !m->now.config)
        return;
    mk_line(m, 2, "volumeMounts:");
    if (m->now.data)
        mk_line(m, 2, "- {name: data, mountPath: /data%s%s}", part ? ", subPath: sub" : "",
                read_only ? ", readOnly: true" : "");
    if (m->now.config)
        mk_line(m, 2, "- {name: app, mountPath: /etc/app}");
}

/* ---- handlers
 * ------------------------------------------------------------------------------------- */

static void draw_port(struct maker *m, const struct container *c, char out[MAKER_TEXT])
{
    unsigned neighbour;

    snprintf(out, MAKER_TEXT, "%u", mk_port(c->index));
    if (!mk_more(m, 20))
        return;
    switch (mk_below(m, 4)) {
    case 0:
        snprintf(out, MAKER_TEXT, "web");
        break;
    case 1:
        snprintf(out, MAKER_TEXT, "nobody");
        break;
    default:
        neighbour = mk_below(m, 4); /* perhaps there is one */
        snprintf(out, MAKER_TEXT, "%u", mk_port(neighbour));
        break;
    }
    mk_end(m);
}

static void add_http(struct maker *m, unsigned level, const struct container *c)
{
    static const char *const path[] = {"/h", "/", "/other", "/h?deep=1"};
    static const char *const odd_path[] = {"h", "//h", "/h#part", "/%68", "/a%20b", "/a b",
                                           "/x/../h"};
    /* HTTPS is asked of the Behavior in every world: there is no TLS on a wire yet
     * (probes/carry/script.c). */
    static const char *const more[] = {
        ", scheme: HTTPS",
        ", host: localhost",
        ", host: example.com",
        ", httpHeaders: [{name: Host, value: web.example}]",
        ", httpHeaders: [{name: X-A, value: b}, {name: Accept, value: \"\"}]",
        ", httpHeaders: [{name: Connection, value: close}]",
        ", httpHeaders: [{name: Connection, value: keep-alive}, {name: x-a, value: b}, {name: X-A, "
        "value: c}]",
        ", httpHeaders: [{name: Content-Length, value: \"5\"}]",
        ", httpHeaders: [{name: Transfer-Encoding, value: chunked}]",
        ", httpHeaders: [{name: Expect, value: 100-continue}, {name: User-Agent, value: \"\"}]",
    };
    char port[MAKER_TEXT];
    const char *where = mk_pick(m, path), *extra = "";

    draw_port(m, c, port);
    if (mk_more(m, 6)) {
        where = mk_pick(m, odd_path);
        mk_end(m);
    }
    if (mk_more(m, 15)) {
        extra = mk_pick(m, more);
        mk_end(m);
    }
    mk_line(m, level, "httpGet: {path: \"%s\", port: %s%s}", where, port, extra);
}

static void add_exec(struct maker *m, unsigned level)
{
    static const char *const known[] = {"[cat, /tmp/a]", "[check]", "[test, -e, /data/b]",
                                        "[\"true\"]", "[pg_isready, -q]", "[/opt/app/run, --check]",
                                        "[\"pg_isready -q\"]"};
    char text[MAKER_TEXT];

    if (mk_chance(m, 50)) {
        mk_line(m, level, "exec: {command: %s}", mk_pick(m, known));
        return;
    }
    mk_shell_command(m, text);
    mk_line(m, level, "exec: {command: [sh, -c, \"%s\"]}", text);
}

static void add_handler(struct maker *m, unsigned level, const struct container *c, bool hook)
{
    char port[MAKER_TEXT];
    unsigned kind;

    tape_open(&m->tape);
    kind = mk_below(m, 8);
    switch (kind) {
    case 0:
        mk_line(m, level, "httpGet: {path: /h, port: %u}", mk_port(c->index));
        break;
    case 1:
    case 2:
    case 3:
        add_http(m, level, c);
        break;
    case 4:
        draw_port(m, c, port);
        mk_line(m, level, "tcpSocket: {port: %s}", port);
        break;
    case 5:
        if (hook)
            mk_line(m, level, "sleep: {seconds: %u}", mk_below(m, c->grace_s + 1));
        else
            mk_line(m, level, "grpc: {port: %u%s}", mk_port(c->index),
                    mk_chance(m, 30) ? ", service: s" : "");
        break;
    case 6:
        if (hook && mk_chance(m, 25)) { /* longer than whoever stops it may wait */
            mk_line(m, level, "exec: {command: [sleep, \"%u\"]}", c->grace_s + mk_from(m, 1, 20));
            break;
        }
        add_exec(m, level);
        break;
    default:
        add_exec(m, level);
        break;
    }
    mk_end(m);
}

/* ---- probes and hooks
 * -------------------------------------------------------------------------------- */

static void add_number(struct maker *m, const char *field, unsigned percent, unsigned low,
                       unsigned high)
{
    if (mk_more(m, percent)) {
        mk_line(m, 3, "%s: %u", field, mk_from(m, low, high));
        mk_end(m);
    }
}

static void add_probe(struct maker *m, const char *kind, const struct container *c)
{
    bool readiness = strcmp(kind, "readinessProbe") == 0;

    bool seldom = mk_chance(m, 10);

    mk_line(m, 2, "%s:", kind);
    add_handler(m, 3, c, false);
    add_number(m, "periodSeconds", 90, 1, seldom ? 60 : 7);
    add_number(m, "timeoutSeconds", 60, 1, 4);
    add_number(m, "failureThreshold", 70, 1, 3);
    add_number(m, "initialDelaySeconds", 30, 0, 9);
    if (readiness)
        add_number(m, "successThreshold", 30, 1, 3);
    else
        add_number(m, "terminationGracePeriodSeconds", 25, 1, 8);
}

static void add_probes(struct maker *m, const struct container *c)
{
    static const struct {
        const char *name;
        unsigned percent;
    } all[] = {{"livenessProbe", 40}, {"readinessProbe", 40}, {"startupProbe", 25}};

    for (unsigned i = 0; i < RX_ARRAY_LEN(all); i++) {
        if (mk_more(m, all[i].percent)) {
            add_probe(m, all[i].name, c);
            mk_end(m);
        }
    }
}

static void add_hooks(struct maker *m, const struct container *c)
{
    bool start = mk_chance(m, 15), stop = mk_chance(m, 25);

    if (!start && !stop)
        return;
    mk_line(m, 2, "lifecycle:");
    if (start) {
        mk_line(m, 3, "postStart:");
        add_handler(m, 4, c, true);
    }
    if (stop) {
        mk_line(m, 3, "preStop:");
        add_handler(m, 4, c, true);
    }
}

/* ---- containers
 * ---------------------------------------------------------------------------------------- */

static void add_rules(struct maker *m)
{
    mk_line(m, 2, "restartPolicyRules:");
    for (unsigned i = 0; mk_next(m, i == 0, 20); i++) {
        bool all = mk_chance(m, 30), not_in = mk_chance(m, 30);
        unsigned code = mk_from(m, 0, 3);

        mk_line(m, 2, "- {action: %s, exitCodes: {operator: %s, values: [%u, %u]}}",
                all ? "RestartAllContainers" : "Restart", not_in ? "NotIn" : "In", code,
                mk_chance(m, 50) ? 137 : 143);
        mk_end(m);
    }
}

static void add_own_policy(struct maker *m, const struct container *c)
{
    static const char *const policy[] = {"Never", "OnFailure", "Always"};

    if (c->sidecar) {
        mk_line(m, 2, "restartPolicy: Always");
        return;
    }
    if (!mk_more(m, 15))
        return;
    mk_line(m, 2, "restartPolicy: %s", policy[mk_below(m, c->init ? 2 : 3)]);
    if (mk_more(m, 50)) {
        add_rules(m);
        mk_end(m);
    }
    mk_end(m);
}

static void add_image(struct maker *m)
{
    static const char *const policy[] = {"IfNotPresent", "Always", "Never"};
    static const char *const image[] = {"i:1", "i:2", "i:latest", "i"};

    mk_line(m, 2, "image: \"%s\"", mk_pick(m, image));
    if (mk_more(m, 15)) {
        mk_line(m, 2, "imagePullPolicy: %s", mk_pick(m, policy));
        mk_end(m);
    }
}

static void add_env(struct maker *m)
{
    static const char *const one[] = {
        "{name: A, value: \"1\"}",
        "{name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}",
        "{name: C, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}",
        "{name: D, valueFrom: {secretKeyRef: {name: hidden, key: token}}}",
        "{name: E, valueFrom: {configMapKeyRef: {name: settings, key: nowhere}}}",
        "{name: F, valueFrom: {secretKeyRef: {name: nowhere, key: k, optional: true}}}",
        "{name: G, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}",
    };

    if (mk_more(m, 15)) {
        mk_line(m, 2, "env: [%s, {name: Z, value: \"$(A)\"}]", mk_pick(m, one));
        mk_end(m);
    }
    if (mk_more(m, 6)) {
        mk_line(m, 2, "envFrom: [{prefix: P_, configMapRef: {name: settings}}]");
        mk_end(m);
    }
    if (mk_more(m, 12)) {
        static const char *const limit[] =
            {"cpu: 100m", "ephemeral-storage: 2k", "ephemeral-storage: 1Gi"};

        mk_line(m, 2, "resources: {limits: {%s}}", mk_pick(m, limit));
        m->now.full = true;
        mk_end(m);
    }
}

/* Containers of one pod may have ports of the same name and number; the first of those that are up
 * has it. */
static void add_ports(struct maker *m, const struct container *c)
{
    unsigned port = mk_port(c->index), neighbour;

    if (!mk_more(m, 12)) {
        mk_line(m, 2, "ports: [{name: web, containerPort: %u}]", port);
        return;
    }
    switch (mk_below(m, 4)) {
    case 0: /* it serves where it is asked */
        break;
    case 1:
        neighbour = mk_below(m, 4);
        mk_line(m, 2, "ports: [{name: web, containerPort: %u}]", mk_port(neighbour));
        break;
    case 2:
        neighbour = mk_below(m, 4);
        mk_line(m, 2, "ports: [{name: web, containerPort: %u}, {name: more, containerPort: %u}]",
                port, mk_port(neighbour) == port ? 9090 : mk_port(neighbour));
        break;
    default:
        mk_line(m, 2,
                "ports: [{name: web, containerPort: %u}, {name: dns, containerPort: %u, protocol: "
                "UDP}]", port, port);
        break;
    }
    mk_end(m);
}

static void add_security(struct maker *m)
{
    static const char *const context[] =
        {"readOnlyRootFilesystem: true", "runAsUser: 0", "runAsUser: 12",
                                          "runAsUser: 12, readOnlyRootFilesystem: true",
                                          "runAsNonRoot: true, runAsUser: 0"};

    if (mk_more(m, 15)) {
        mk_line(m, 2, "securityContext: {%s}", mk_pick(m, context));
        m->now.user = true;
        mk_end(m);
    }
}

static void add_command(struct maker *m)
{
    static const char *const plain[] = {"[/server]", "[sleep, \"9\"]", "[\"false\"]",
                                        "[sleep, infinity]", "[/opt/app/run, --port, \"8080\"]",
                                        "[migrate]", "[sh, -c, migrate]", "[\"sleep 9\"]"};

    if (!mk_more(m, 45))
        return;
    if (mk_chance(m, 75))
        mk_shell_main(m, 2);
    else
        mk_line(m, 2, "command: %s", mk_pick(m, plain));
    if (mk_chance(m, 10))
        mk_line(m, 2, "terminationMessagePolicy: FallbackToLogsOnError");
    if (mk_chance(m, 5))
        mk_line(m, 2, "terminationMessagePath: /dev/last");
    mk_end(m);
}

static void add_container(struct maker *m, const struct container *c)
{
    m->now.index = c->index;
    mk_line(m, 1, "- name: %c", mk_letter(c->index));
    add_image(m);
    add_own_policy(m, c);
    add_ports(m, c);
    add_security(m);
    add_env(m);
    add_command(m);
    add_mounts(m);
    if (c->init && !c->sidecar)
        return;
    add_probes(m, c);
    add_hooks(m, c);
}
