/* SPDX-License-Identifier: Apache-2.0 */
/* cells_net.c - the columns of Services, their endpoints, and Ingresses. */
#include <string.h>

#include "api/cli/show/cells.h"

enum { MOST = 3 }; /* that a cell lists */

/* So many of a list, and how many more there are. */
struct list {
    struct rx_text *t;
    uint32_t count;
    const char *between;
};

static bool list_next(struct list *l)
{
    if (l->count++ >= MOST)
        return false;
    rx_text_puts(l->t, l->count > 1 ? l->between : "");
    return true;
}

static void list_end(struct list *l, const char *none)
{
    if (l->count == 0)
        rx_text_puts(l->t, none);
    if (l->count <= MOST)
        return;
    rx_text_puts(l->t, " + ");
    rx_text_u64(l->t, l->count - MOST);
    rx_text_puts(l->t, " more...");
}

/* ---- Services -------------------------------------------------------------------------------- */

static void type(struct rx_text *t, const struct show_in *in)
{
    show_text_at(t, in, "spec.type");
}

static void cluster_ip(struct rx_text *t, const struct show_in *in)
{
    if (!show_text_at(t, in, "spec.clusterIP"))
        rx_text_puts(t, "<none>");
}

static uint32_t put_items(struct rx_text *t, const struct show_in *in, const char *path,
                          const char *field, uint32_t count)
{
    const struct json_node *n = json_first(in->j, show_at(in, path));

    for (; n != NULL; n = json_next(in->j, n)) {
        rx_text_puts(t, count++ > 0 ? "," : "");
        show_text(t, field != NULL ? json_member(in->j, n, field) : n);
    }
    return count;
}

static void external_ip(struct rx_text *t, const struct show_in *in)
{
    bool balanced = show_is(show_at(in, "spec.type"), "LoadBalancer");
    uint32_t count = 0;

    if (show_is(show_at(in, "spec.type"), "ExternalName")) {
        show_text_at(t, in, "spec.externalName");
        return;
    }
    if (balanced)
        count = put_items(t, in, "status.loadBalancer.ingress", "ip", 0);
    if (put_items(t, in, "spec.externalIPs", NULL, count) == 0)
        rx_text_puts(t, balanced ? "<pending>" : "<none>");
}

static void service_ports(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = json_first(in->j, show_at(in, "spec.ports")), *node_port;

    if (n == NULL)
        rx_text_puts(t, "<none>");
    for (const char *between = ""; n != NULL; n = json_next(in->j, n), between = ",") {
        rx_text_puts(t, between);
        show_text(t, json_member(in->j, n, "port"));
        node_port = json_member(in->j, n, "nodePort");
        if (node_port != NULL) {
            rx_text_putc(t, ':');
            show_text(t, node_port);
        }
        rx_text_putc(t, '/');
        show_text(t, json_member(in->j, n, "protocol"));
    }
}

static void service_selector(struct rx_text *t, const struct show_in *in)
{
    show_labels(t, in->j, show_at(in, "spec.selector"));
}

const struct show_column show_columns_service[] = {
    {"NAME", false, show_cell_name},      {"TYPE", false, type},
    {"CLUSTER-IP", false, cluster_ip},    {"EXTERNAL-IP", false, external_ip},
    {"PORT(S)", false, service_ports},    {"AGE", false, show_cell_age},
    {"SELECTOR", true, service_selector}, {NULL, false, NULL}};

/* ---- endpoints ------------------------------------------------------------------------------- */

static void put_endpoint(struct rx_text *t, const struct show_in *in,
                         const struct json_node *address, const struct json_node *port)
{
    show_text(t, json_member(in->j, address, "ip"));
    if (port != NULL) {
        rx_text_putc(t, ':');
        show_text(t, json_member(in->j, port, "port"));
    }
}

static void put_subset(struct list *l, const struct show_in *in, const struct json_node *subset)
{
    const struct json_node *port = json_first(in->j, json_member(in->j, subset, "ports"));

    do {
        const struct json_node *n = json_first(in->j, json_member(in->j, subset, "addresses"));

        for (; n != NULL; n = json_next(in->j, n))
            if (list_next(l))
                put_endpoint(l->t, in, n, port);
        port = json_next(in->j, port);
    } while (port != NULL);
}

static void endpoints(struct rx_text *t, const struct show_in *in)
{
    struct list l = {.t = t, .between = ","};
    const struct json_node *n = json_first(in->j, show_at(in, "subsets"));

    for (; n != NULL; n = json_next(in->j, n))
        put_subset(&l, in, n);
    list_end(&l, "<none>");
}

const struct show_column show_columns_endpoints[] = {{"NAME", false, show_cell_name},
                                                     {"ENDPOINTS", false, endpoints},
                                                     {"AGE", false, show_cell_age},
                                                     {NULL, false, NULL}};

static void address_type(struct rx_text *t, const struct show_in *in)
{
    show_text_at(t, in, "addressType");
}

static void slice_ports(struct rx_text *t, const struct show_in *in)
{
    struct list l = {.t = t, .between = ","};
    const struct json_node *n = json_first(in->j, show_at(in, "ports"));

    for (; n != NULL; n = json_next(in->j, n)) {
        if (list_next(&l) && !show_text(t, json_member(in->j, n, "port")))
            rx_text_putc(t, '*');
    }
    list_end(&l, "<unset>");
}

static void slice_endpoints(struct rx_text *t, const struct show_in *in)
{
    struct list l = {.t = t, .between = ","};
    const struct json_node *n = json_first(in->j, show_at(in, "endpoints"));

    for (; n != NULL; n = json_next(in->j, n)) {
        const struct json_node *a = json_first(in->j, json_member(in->j, n, "addresses"));

        for (; a != NULL; a = json_next(in->j, a))
            if (list_next(&l))
                show_text(t, a);
    }
    list_end(&l, "<unset>");
}

const struct show_column show_columns_slice[] = {
    {"NAME", false, show_cell_name}, {"ADDRESSTYPE", false, address_type},
    {"PORTS", false, slice_ports},   {"ENDPOINTS", false, slice_endpoints},
    {"AGE", false, show_cell_age},   {NULL, false, NULL}};

/* ---- Ingresses ------------------------------------------------------------------------------- */

static void class_name(struct rx_text *t, const struct show_in *in)
{
    if (!show_text_at(t, in, "spec.ingressClassName"))
        rx_text_puts(t, "<none>");
}

static void hosts(struct rx_text *t, const struct show_in *in)
{
    struct list l = {.t = t, .between = ","};
    const struct json_node *n = json_first(in->j, show_at(in, "spec.rules"));

    for (; n != NULL; n = json_next(in->j, n)) {
        const struct json_node *host = json_member(in->j, n, "host");

        if (host != NULL && host->length > 0 && list_next(&l))
            show_text(t, host);
    }
    list_end(&l, "*");
}

static void address(struct rx_text *t, const struct show_in *in)
{
    put_items(t, in, "status.loadBalancer.ingress", "ip", 0);
}

static void ingress_ports(struct rx_text *t, const struct show_in *in)
{
    rx_text_puts(t, json_first(in->j, show_at(in, "spec.tls")) != NULL ? "80, 443" : "80");
}

const struct show_column show_columns_ingress[] = {{"NAME", false, show_cell_name},
                                                   {"CLASS", false, class_name},
                                                   {"HOSTS", false, hosts},
                                                   {"ADDRESS", false, address},
                                                   {"PORTS", false, ingress_ports},
                                                   {"AGE", false, show_cell_age},
                                                   {NULL, false, NULL}};
