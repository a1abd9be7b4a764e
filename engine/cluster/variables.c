/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables.c - the variables of Services that a kubelet gives each container: WEB_SERVICE_HOST and
 * its like (pkg/kubelet/envvars: FromServices, makeLinkVariables; kubelet: getServiceEnvVarMap).
 */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/cluster.h"

enum { PER_SERVICE = 2, PER_PORT = 5 + 1, NAME_MAX_ = 128 };

struct writer {
    struct rx_arena *arena;
    struct rx_pair *pair;
    uint32_t count;
    bool failed;
};

/* As in a shell: letters are capital, and what no name may have is an underscore. */
static void variable_name(const char *text, char out[NAME_MAX_])
{
    size_t i;

    for (i = 0; text[i] != '\0' && i + 1 < NAME_MAX_; i++) {
        char c = text[i];

        out[i] = c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c == '-' ? '_' : c;
    }
    out[i] = '\0';
}

static void add(struct writer *w, const char *key, const char *value)
{
    char *copy = rx_arena_printf(w->arena, "%s", key),
        *text = rx_arena_printf(w->arena, "%s", value);

    w->failed |= copy == NULL || text == NULL;
    if (!w->failed)
        w->pair[w->count++] = (struct rx_pair){copy, text};
}

static void add_number(struct writer *w, const char *key, uint16_t number)
{
    char text[8];

    snprintf(text, sizeof(text), "%u", number);
    add(w, key, text);
}

/* DB_PORT_5432_TCP and what belongs to it; DB_PORT is the first port's. */
static void add_links(struct writer *w, const char *prefix, const struct pod_service_port *port,
                      const char *ip, bool first)
{
    char key[2 * NAME_MAX_], url[64];
    const char *protocol = port->protocol != NULL ? port->protocol : "TCP";
    char lower[8];

    for (size_t i = 0; i < sizeof(lower); i++)
        lower[i] = (char)(i < strlen(protocol) ? protocol[i] | 0x20 : 0);
    snprintf(url, sizeof(url), "%.7s://%s:%u", lower, ip, port->port);
    if (first) {
        snprintf(key, sizeof(key), "%s_PORT", prefix);
        add(w, key, url);
    }
    snprintf(key, sizeof(key), "%s_PORT_%u_%s", prefix, port->port, protocol);
    add(w, key, url);
    snprintf(key, sizeof(key), "%s_PORT_%u_%s_PROTO", prefix, port->port, protocol);
    add(w, key, lower);
    snprintf(key, sizeof(key), "%s_PORT_%u_%s_PORT", prefix, port->port, protocol);
    add_number(w, key, port->port);
    snprintf(key, sizeof(key), "%s_PORT_%u_%s_ADDR", prefix, port->port, protocol);
    add(w, key, ip);
}

static void add_service(struct writer *w, const struct cluster_service *s)
{
    char prefix[NAME_MAX_], port_name[NAME_MAX_], key[3 * NAME_MAX_], ip[POD_IP_MAX];

    variable_name(s->spec.name, prefix);
    pod_ip_text(s->ip, ip);
    snprintf(key, sizeof(key), "%s_SERVICE_HOST", prefix);
    add(w, key, ip);
    snprintf(key, sizeof(key), "%s_SERVICE_PORT", prefix);
    add_number(w, key, s->spec.port_count > 0 ? s->spec.port[0].port : 0);
    for (uint32_t i = 0; i < s->spec.port_count; i++) {
        if (s->spec.port[i].name == NULL)
            continue;
        variable_name(s->spec.port[i].name, port_name);
        snprintf(key, sizeof(key), "%s_SERVICE_PORT_%s", prefix, port_name);
        add_number(w, key, s->spec.port[i].port);
    }
    for (uint32_t i = 0; i < s->spec.port_count; i++)
        add_links(w, prefix, &s->spec.port[i], ip, i == 0);
}

/* With an address of the cluster: others have no variables. The API server's are there in every
 * namespace. */
static bool is_seen(const struct cluster_service *s, const char *ns, bool links)
{
    return s->ip != 0 && links && strcmp(s->spec.ns, ns) == 0;
}

static uint32_t names_of(const struct cluster_service *s)
{
    return PER_SERVICE + PER_PORT * s->spec.port_count + 1;
}

static bool write_all(struct cluster *c, const char *ns, bool links, struct pod_labels *out)
{
    struct cluster_service *api = cluster_find_service(c, "default", "kubernetes");
    struct writer w = {.arena = &c->world->programs};
    uint32_t names = names_of(api);

    ST_EACH(l, c->store, ST_SERVICE) {
        struct cluster_service *s = cluster_service_of(st_object_at(l));

        names += is_seen(s, ns, links) ? names_of(s) : 0;
    }
    w.pair = rx_arena_alloc(w.arena, names * sizeof(*w.pair));
    if (w.pair == NULL)
        return false;
    if (api->ip != 0)
        add_service(&w, api);
    ST_EACH(l, c->store, ST_SERVICE) {
        struct cluster_service *s = cluster_service_of(st_object_at(l));

        if (s != api && is_seen(s, ns, links))
            add_service(&w, s);
    }
    *out = (struct pod_labels){.count = w.count, .pair = w.pair};
    return !w.failed;
}

const struct pod_labels *cluster_variables(void *cluster, const char *ns, bool links)
{
    struct cluster *c = cluster;
    struct cluster_variables *v = c->variables;

    while (v != NULL && (v->links != links || strcmp(v->ns, ns) != 0))
        v = v->next;
    if (v == NULL) {
        v = rx_arena_alloc(&c->world->programs, sizeof(*v));
        if (v == NULL)
            return NULL;
        *v = (struct cluster_variables){.next = c->variables, .ns = ns, .links = links};
        c->variables = v;
    }
    if (v->made_for != c->store->table[ST_SERVICE].changes + 1) {
        if (!write_all(c, ns, links, &v->labels))
            return NULL;
        v->made_for = c->store->table[ST_SERVICE].changes + 1;
    }
    return &v->labels;
}
