/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip.c - ip address, link and route, to be read: a container has lo and eth0 with the pod's
 * address, and its way out, which leads to a neighbour of no network, as with Calico: what the
 * pods' network is nobody says here. Written as iproute2 or busybox write it.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

enum { PREFIX = 32 };

struct ip {
    struct sh_task *t;
    bool busybox, four, six, oneline, brief, links;
    const char *device; /* only this one; NULL: all */
};

struct device {
    const char *name, *flags, *state, *kind;
    char address[16], hardware[18], hardware_all[18];
    uint32_t number, mtu, prefix;
    bool loop;
};

static struct device device_at(const struct sh_task *t, uint32_t n)
{
    uint32_t a = t->proc->setup.address;
    struct device d = {.name = "lo",
                       .flags = "LOOPBACK,UP,LOWER_UP",
                       .state = "UNKNOWN",
                       .kind = "loopback",
                       .address = "127.0.0.1",
                       .hardware = "00:00:00:00:00:00",
                       .hardware_all = "00:00:00:00:00:00",
                       .number = 1,
                       .mtu = 65536,
                       .prefix = 8,
                       .loop = true};

    if (n == 0)
        return d;
    d = (struct device){.name = "eth0",
                        .flags = "BROADCAST,MULTICAST,UP,LOWER_UP",
                        .state = "UP",
                        .kind = "ether",
                        .hardware_all = "ff:ff:ff:ff:ff:ff",
                        .number = 2,
                        .mtu = 1500,
                        .prefix = PREFIX};
    sh_dotted(d.address, a);
    snprintf(d.hardware, sizeof(d.hardware), "0a:58:%02x:%02x:%02x:%02x", a >> 24, a >> 16 & 255,
             a >> 8 & 255, a & 255);
    return d;
}

/* ---- address, link -----------------------------------------------------------------------------
 */

static void show_head(const struct ip *k, const struct device *d)
{
    const char *end = k->oneline ? "\\" : "\n";

    sh_printf(k->t, "%u: %s: <%s> mtu %u qdisc noqueue ", d->number, d->name, d->flags, d->mtu);
    if (!k->busybox)
        sh_printf(k->t, "state %s %sgroup default ", d->state, k->links ? "mode DEFAULT " : "");
    if (d->loop)
        sh_puts(k->t, "qlen 1000");
    sh_puts(k->t, end);
    if (!k->four || k->links)
        sh_printf(k->t, "    link/%s %s brd %s\n", d->kind, d->hardware, d->hardware_all);
}

static void show_inet(const struct ip *k, const struct device *d)
{
    if (k->oneline)
        sh_printf(k->t, "%u: %s    inet ", d->number, d->name);
    else
        sh_puts(k->t, "    inet ");
    sh_printf(k->t, "%s/%u ", d->address, d->prefix);
    sh_printf(k->t, "scope %s %s%s       valid_lft forever preferred_lft forever\n",
              d->loop ? "host" : "global", d->name, k->oneline ? "\\" : "\n");
}

static void show_device(const struct ip *k, const struct device *d)
{
    if (k->brief) {
        sh_printf(k->t, "%-16s %-14s ", d->name, d->state);
        if (k->links)
            sh_printf(k->t, "%s <%s> \n", d->hardware, d->flags);
        else
            sh_printf(k->t, "%s/%u \n", d->address, d->prefix);
        return;
    }
    if (!k->oneline || k->links)
        show_head(k, d);
    if (!k->links)
        show_inet(k, d);
}

static int show_devices(struct ip *k)
{
    bool any = k->device == NULL;

    for (uint32_t i = 0; i < 2; i++) {
        struct device d = device_at(k->t, i);

        if (k->device != NULL && strcmp(k->device, d.name) != 0)
            continue;
        any = true;
        if (!k->six)
            show_device(k, &d);
    }
    if (!any)
        sh_complain(k->t,
                    k->busybox ? "ip: can't find device '%s'" : "Device \"%s\" does not exist.",
                    k->device);
    return !any;
}

/* ---- route -------------------------------------------------------------------------------------
 */

static int show_routes(const struct ip *k, bool only_default)
{
    if (k->six || (k->device != NULL && strcmp(k->device, "eth0") != 0))
        return 0;
    sh_puts(k->t, "default via 169.254.1.1 dev eth0 \n");
    if (!only_default)
        sh_puts(k->t, "169.254.1.1 dev eth0 scope link \n");
    return 0;
}

/* ---- the command line --------------------------------------------------------------------------
 */

/* Is the word the beginning of the name, as all of ip's may be cut? */
static bool is(const char *word, const char *name)
{
    return *word != '\0' && strncmp(word, name, strlen(word)) == 0;
}

static bool take_options(struct ip *k, struct sh_call *c, uint32_t *i)
{
    for (; *i < c->argc && c->argv[*i][0] == '-'; ++*i) {
        const char *s = c->argv[*i] + 1;

        s += *s == '-';
        if (strcmp(s, "4") == 0)
            k->four = true;
        else if (strcmp(s, "6") == 0)
            k->six = true;
        else if (strcmp(s, "o") == 0 || strcmp(s, "oneline") == 0)
            k->oneline = true;
        else if (strcmp(s, "br") == 0 || strcmp(s, "brief") == 0)
            k->brief = !k->busybox;
        else if (strcmp(s, "n") != 0 && strcmp(s, "c=never") != 0 && strcmp(s, "color=never") != 0)
            return sh_option_bad(k->t, c, c->argv[*i]);
    }
    return true;
}

int sh_cmd_ip(struct sh_task *t, struct sh_call *c)
{
    struct ip k = {.t = t, .busybox = sh_has_busybox(t)};
    bool routes, only_default = false;
    uint32_t i = 1;
    const char *word;

    if (!take_options(&k, c, &i))
        return 1;
    word = i < c->argc ? c->argv[i++] : "";
    routes = is(word, "route");
    k.links = is(word, "link");
    if (*word == '\0' ||
        (!routes && !k.links && !is(word, "address") && strcmp(word, "addr") != 0)) {
        sh_option_bad(t, c, *word != '\0' ? word : "(none)");
        return 1;
    }
    if (i < c->argc && (is(c->argv[i], "show") || is(c->argv[i], "list")))
        i++;
    for (; i < c->argc; i++) {
        if (strcmp(c->argv[i], "dev") == 0 && i + 1 < c->argc) {
            k.device = c->argv[++i];
        } else if (routes && strcmp(c->argv[i], "default") == 0) {
            only_default = true;
        } else if (!routes && k.device == NULL &&
                   strchr("abcdefghijklmnopqrstuvwxyz", c->argv[i][0]) != NULL &&
                   strcmp(c->argv[i], "add") != 0 && strcmp(c->argv[i], "del") != 0 &&
                   strcmp(c->argv[i], "set") != 0 && strcmp(c->argv[i], "scope") != 0 &&
                   strcmp(c->argv[i], "up") != 0 && strcmp(c->argv[i], "to") != 0) {
            k.device = c->argv[i];
        } else {
            sh_option_bad(t, c, c->argv[i]);
            return 1;
        }
    }
    return routes ? show_routes(&k, only_default) : show_devices(&k);
}
