/* SPDX-License-Identifier: Apache-2.0 */
/* describe_reach.c - descriptions of volumes and claims, and of how pods are reached. */
#include <string.h>

#include "api/cli/show/describe.h"
#include "api/face/describe.h"

/* ---- volumes and claims ---------------------------------------------------------------------- */

static void put_cell(struct rx_text *t, const struct show_in *in, const char *key,
                     const struct show_column *columns, const char *title)
{
    while (strcmp(columns->title, title) != 0)
        columns++;
    describe_key(t, 0, key);
    columns->cell(t, in);
    rx_text_putc(t, '\n');
}

/* As Go prints a slice: "[kubernetes.io/pv-protection]". */
static void put_finalizers(struct rx_text *t, const struct show_in *in, const char *own)
{
    const struct json_node *n = json_first(in->j, show_at(in, "metadata.finalizers"));

    describe_key(t, 0, "Finalizers");
    rx_text_putc(t, '[');
    rx_text_puts(t, n == NULL ? own : "");
    for (const char *between = ""; n != NULL; n = json_next(in->j, n), between = " ") {
        rx_text_puts(t, between);
        show_text(t, n);
    }
    rx_text_puts(t, "]\n");
}

static void put_status(struct rx_text *t, const struct show_in *in,
                       const struct show_column *columns)
{
    int64_t since;

    if (!show_time_at(in, "metadata.deletionTimestamp", &since)) {
        put_cell(t, in, "Status", columns, "STATUS");
        return;
    }
    describe_key(t, 0, "Status");
    rx_text_puts(t, "Terminating (lasts ");
    show_since(t, in, "metadata.deletionTimestamp", "<unknown>");
    rx_text_puts(t, ")\n");
}

static void put_terms(struct rx_text *t, const struct show_in *in)
{
    const struct json *j = in->j;
    const struct json_node *n =
        json_first(j, show_at(in, "spec.nodeAffinity.required.nodeSelectorTerms"));

    rx_text_puts(t, n == NULL ? "Node Affinity:\t<none>\n"
                              : "Node Affinity:\t\n  Required Terms:\t\n");
    for (uint32_t i = 0; n != NULL; n = json_next(j, n), i++) {
        const struct json_node *e = json_first(j, json_member(j, n, "matchExpressions"));

        rx_text_say(t, "    Term %u:\t", i);
        for (const char *blank = ""; e != NULL; e = json_next(j, e), blank = "    \t") {
            const struct json_node *op = json_member(j, e, "operator"),
                                   *v = json_first(j, json_member(j, e, "values"));

            rx_text_puts(t, blank);
            show_text(t, json_member(j, e, "key"));
            rx_text_putc(t, ' ');
            for (size_t k = 0; op != NULL && k < op->length; k++)
                rx_text_putc(t, (char)(op->text[k] | 32));
            rx_text_puts(t, v != NULL ? " [" : "\n");
            for (bool more = v != NULL; more; more = v != NULL) {
                show_text(t, v);
                v = json_next(j, v);
                rx_text_puts(t, v != NULL ? ", " : "]\n");
            }
        }
    }
}

static void put_source(struct rx_text *t, const struct show_in *in)
{
    rx_text_puts(t, "Source:\n");
    if (show_at(in, "spec.hostPath.path") != NULL) {
        describe_line(t, 2, "Type", "HostPath (bare host directory volume)");
        describe_key(t, 2, "Path");
        show_text_at(t, in, "spec.hostPath.path");
        rx_text_putc(t, '\n');
        describe_key(t, 2, "HostPathType");
        if (!show_text_at(t, in, "spec.hostPath.type"))
            rx_text_puts(t, "<none>");
        rx_text_putc(t, '\n');
    } else if (show_at(in, "spec.local.path") != NULL) {
        describe_line(t, 2, "Type",
                      "LocalVolume (a persistent volume backed by local storage on a node)");
        describe_key(t, 2, "Path");
        show_text_at(t, in, "spec.local.path");
        rx_text_putc(t, '\n');
    } else if (show_at(in, "spec.nfs.path") != NULL) {
        describe_line(t, 2, "Type", "NFS (an NFS mount that lasts the lifetime of a pod)");
        describe_key(t, 2, "Server");
        show_text_at(t, in, "spec.nfs.server");
        rx_text_putc(t, '\n');
        describe_key(t, 2, "Path");
        show_text_at(t, in, "spec.nfs.path");
        rx_text_putc(t, '\n');
        describe_key(t, 2, "ReadOnly");
        if (!show_text_at(t, in, "spec.nfs.readOnly"))
            rx_text_puts(t, "false");
        rx_text_putc(t, '\n');
    } else {
        rx_text_puts(t, "  <unknown>\n");
    }
}

void describe_volume(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;

    describe_text(t, in, "Name", "metadata.name", "");
    describe_meta(t, in);
    put_finalizers(t, in, "kubernetes.io/pv-protection");
    describe_text(t, in, "StorageClass", "spec.storageClassName", "");
    put_status(t, in, show_columns_volume);
    put_cell(t, in, "Claim", show_columns_volume, "CLAIM");
    put_cell(t, in, "Reclaim Policy", show_columns_volume, "RECLAIM POLICY");
    put_cell(t, in, "Access Modes", show_columns_volume, "ACCESS MODES");
    put_cell(t, in, "VolumeMode", show_columns_volume, "VOLUMEMODE");
    describe_text(t, in, "Capacity", "spec.capacity.storage", "0");
    put_terms(t, in);
    describe_text(t, in, "Message", "status.message", "");
    put_source(t, in);
}

/* Pods that name the claim, as far as they are there. */
static void put_users(struct rx_text *t, const struct describe_subject *s)
{
    uint64_t cursor = 0, id;
    uint32_t said = 0;

    describe_key(t, 0, "Used By");
    while ((id = podring_next_pod(s->w->ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;
        const char *key, *value;
        bool uses = false;

        for (uint32_t i = 0; !uses && podring_fact_at(s->w->ring, id, 0, PODRING_VOLUME, i, &key,
                                                      &value) == 0; i++)
            uses = strncmp(value, "PersistentVolumeClaim/", 22) == 0 &&
                   strcmp(value + 22, s->o->name) == 0;
        if (!uses || podring_pod_info(s->w->ring, id, &pod) != 0 ||
            strcmp(pod.namespace_, s->o->ns) != 0)
            continue;
        rx_text_puts(t, said++ > 0 ? "\t" : "");
        rx_text_puts(t, pod.name);
        rx_text_putc(t, '\n');
    }
    rx_text_puts(t, said == 0 ? "<none>\n" : "");
}

void describe_claim(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;

    describe_head(t, in);
    describe_text(t, in, "StorageClass", "spec.storageClassName", "");
    put_status(t, in, show_columns_claim);
    describe_text(t, in, "Volume", "spec.volumeName", "");
    describe_meta(t, in);
    put_finalizers(t, in, "kubernetes.io/pvc-protection");
    put_cell(t, in, "Capacity", show_columns_claim, "CAPACITY");
    put_cell(t, in, "Access Modes", show_columns_claim, "ACCESS MODES");
    put_cell(t, in, "VolumeMode", show_columns_claim, "VOLUMEMODE");
    put_users(t, s);
}

/* ---- endpoints ------------------------------------------------------------------------------- */

static void put_ips(struct rx_text *t, const struct json *j, const struct json_node *list)
{
    const struct json_node *n = json_first(j, list);

    rx_text_puts(t, n == NULL ? "<none>" : "");
    for (const char *between = ""; n != NULL; n = json_next(j, n), between = ",") {
        rx_text_puts(t, between);
        show_text(t, json_member(j, n, "ip"));
    }
    rx_text_putc(t, '\n');
}

static void put_ports(struct rx_text *t, const struct json *j, const struct json_node *port,
                      int indent)
{
    for (int title = 0; title < 2; title++) {
        rx_text_fill(t, ' ', 2 * (size_t)indent);
        rx_text_puts(t, title == 0 ? "Name\tPort\tProtocol\n" : "----\t----\t--------\n");
    }
    for (; port != NULL; port = json_next(j, port)) {
        const struct json_node *name = json_member(j, port, "name"),
                               *number = json_member(j, port, "port");

        rx_text_fill(t, ' ', 2 * (size_t)indent);
        if (name == NULL || name->length == 0 || !show_text(t, name))
            rx_text_puts(t, "<unset>");
        rx_text_putc(t, '\t');
        if (!show_text(t, number))
            rx_text_puts(t, "<unset>");
        rx_text_putc(t, '\t');
        if (!show_text(t, json_member(j, port, "protocol")))
            rx_text_puts(t, "TCP");
        rx_text_putc(t, '\n');
    }
}

void describe_endpoints(struct rx_text *t, const struct describe_subject *s)
{
    const struct json *j = s->in->j;
    const struct json_node *n = json_first(j, show_at(s->in, "subsets"));

    describe_head(t, s->in);
    describe_meta(t, s->in);
    rx_text_puts(t, "Subsets:\n");
    for (; n != NULL; n = json_next(j, n)) {
        const struct json_node *port = json_first(j, json_member(j, n, "ports"));

        describe_key(t, 1, "Addresses");
        put_ips(t, j, json_member(j, n, "addresses"));
        describe_key(t, 1, "NotReadyAddresses");
        put_ips(t, j, json_member(j, n, "notReadyAddresses"));
        if (port != NULL) {
            rx_text_puts(t, "  Ports:\n");
            put_ports(t, j, port, 2);
        }
        rx_text_putc(t, '\n');
    }
}

static void put_or_unset(struct rx_text *t, const char *key, const struct json_node *n)
{
    describe_key(t, 2, key);
    if (!show_text(t, n))
        rx_text_puts(t, "<unset>");
    rx_text_putc(t, '\n');
}

static void put_endpoint(struct rx_text *t, const struct json *j, const struct json_node *e)
{
    const struct json_node *address = json_first(j, json_member(j, e, "addresses")),
                           *target = json_member(j, e, "targetRef");

    rx_text_puts(t, address == NULL ? "  - Addresses:\t<none>" : "  - Addresses:\t");
    for (const char *between = ""; address != NULL; address = json_next(j, address)) {
        rx_text_puts(t, between);
        show_text(t, address);
        between = ", ";
    }
    rx_text_puts(t, "\n    Conditions:\n  ");
    put_or_unset(t, "Ready", json_member(j, json_member(j, e, "conditions"), "ready"));
    put_or_unset(t, "Hostname", json_member(j, e, "hostname"));
    if (target != NULL) {
        describe_key(t, 2, "TargetRef");
        show_text(t, json_member(j, target, "kind"));
        rx_text_putc(t, '/');
        show_text(t, json_member(j, target, "name"));
        rx_text_putc(t, '\n');
    }
    put_or_unset(t, "NodeName", json_member(j, e, "nodeName"));
    put_or_unset(t, "Zone", json_member(j, e, "zone"));
}

void describe_slice(struct rx_text *t, const struct describe_subject *s)
{
    const struct json *j = s->in->j;
    const struct json_node *port = json_first(j, show_at(s->in, "ports")),
                           *e = json_first(j, show_at(s->in, "endpoints"));

    describe_head(t, s->in);
    describe_meta(t, s->in);
    describe_text(t, s->in, "AddressType", "addressType", "");
    rx_text_puts(t, port == NULL ? "Ports: <unset>\n" : "Ports:\n");
    if (port != NULL)
        put_ports(t, j, port, 1);
    rx_text_puts(t, e == NULL ? "Endpoints: <none>\n" : "Endpoints:\n");
    for (; e != NULL; e = json_next(j, e))
        put_endpoint(t, j, e);
}

/* ---- Ingresses ------------------------------------------------------------------------------- */

static void put_backend(struct rx_text *t, const struct describe_subject *s,
                        const struct json_node *backend)
{
    const struct json *j = s->in->j;
    const struct json_node *service = json_member(j, backend, "service"),
                           *port = json_member(j, service, "port");
    char name[256];
    struct rx_text n = rx_text_in(name, sizeof(name));

    show_text(&n, json_member(j, service, "name"));
    rx_text_end(&n);
    rx_text_puts(t, name);
    rx_text_putc(t, ':');
    if (!show_text(t, json_member(j, port, "number")))
        show_text(t, json_member(j, port, "name"));
    rx_text_puts(t, " (");
    describe_addresses(t, s, name);
    rx_text_putc(t, ')');
}

static void put_tls(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = json_first(in->j, show_at(in, "spec.tls"));

    rx_text_puts(t, n != NULL ? "TLS:\n" : "");
    for (; n != NULL; n = json_next(in->j, n)) {
        const struct json_node *host = json_first(in->j, json_member(in->j, n, "hosts"));

        rx_text_puts(t, "  ");
        if (show_text(t, json_member(in->j, n, "secretName")))
            rx_text_puts(t, " terminates ");
        else
            rx_text_puts(t, "SNI routes ");
        for (const char *between = ""; host != NULL; host = json_next(in->j, host)) {
            rx_text_puts(t, between);
            show_text(t, host);
            between = ",";
        }
        rx_text_putc(t, '\n');
    }
}

void describe_ingress(struct rx_text *t, const struct describe_subject *s)
{
    const struct show_in *in = s->in;
    const struct json_node *otherwise = show_at(in, "spec.defaultBackend"),
                           *n = json_first(in->j, show_at(in, "spec.rules"));

    describe_text(t, in, "Name", "metadata.name", "");
    describe_map(t, in->j, 0, "Labels", show_at(in, "metadata.labels"));
    describe_text(t, in, "Namespace", "metadata.namespace", "default");
    describe_list(t, in, "Address", "status.loadBalancer.ingress", "ip");
    describe_text(t, in, "Ingress Class", "spec.ingressClassName", "<none>");
    describe_key(t, 0, "Default backend");
    if (otherwise != NULL)
        put_backend(t, s, otherwise);
    else
        rx_text_puts(t, "<default>");
    rx_text_putc(t, '\n');
    put_tls(t, in);
    rx_text_puts(t, "Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n");
    if (n == NULL) {
        rx_text_puts(t, "  *\t*\t");
        if (otherwise != NULL)
            put_backend(t, s, otherwise);
        rx_text_putc(t, '\n');
    }
    for (; n != NULL; n = json_next(in->j, n)) {
        const struct json_node *path =
            json_first(in->j, json_member(in->j, json_member(in->j, n, "http"), "paths"));

        rx_text_puts(t, "  ");
        if (!show_text(t, json_member(in->j, n, "host")))
            rx_text_putc(t, '*');
        rx_text_puts(t, "\t\n");
        for (; path != NULL; path = json_next(in->j, path)) {
            rx_text_puts(t, "    \t");
            show_text(t, json_member(in->j, path, "path"));
            rx_text_puts(t, " \t");
            put_backend(t, s, json_member(in->j, path, "backend"));
            rx_text_putc(t, '\n');
        }
    }
    describe_annotations(t, in);
}
