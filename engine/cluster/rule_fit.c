/* SPDX-License-Identifier: Apache-2.0 */
/* rule_fit.c - see rule_fit.h. The order of the filters is the order of the functions. */
#include "engine/cluster/rule_fit.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/fit.h"

static const struct {
    const char *text;
    bool hopeless;
} reasons[CLUSTER_UNFIT_KINDS] = {
    [CLUSTER_UNFIT_CORDONED] = {"node(s) were unschedulable", true},
    [CLUSTER_UNFIT_DAEMON] = {"node(s) didn't satisfy plugin(s) [NodeAffinity]", true},
    [CLUSTER_UNFIT_TAINT] = {"node(s) had untolerated taint(s)", true},
    [CLUSTER_UNFIT_SELECTOR] = {"node(s) didn't match Pod's node affinity/selector", true},
    [CLUSTER_UNFIT_PORTS] = {"node(s) didn't have free ports for the requested pod ports", false},
    [CLUSTER_UNFIT_CLAIM] = {"node(s) unavailable due to PersistentVolumeClaim with "
                             "ReadWriteOncePod access mode already in-use by another pod", false},
    [CLUSTER_UNFIT_NO_VOLUME] = {"node(s) didn't find available persistent volumes to bind", true},
    [CLUSTER_UNFIT_VOLUME_NODE] = {"node(s) didn't match PersistentVolume's node affinity", true},
    [CLUSTER_UNFIT_STORAGE] = {"node(s) did not have enough free storage", true},
    [CLUSTER_UNFIT_SPREAD_LABEL] =
        {"node(s) didn't match pod topology spread constraints (missing required label)", true},
    [CLUSTER_UNFIT_SPREAD] = {"node(s) didn't match pod topology spread constraints", false},
    [CLUSTER_UNFIT_NEAR] = {"node(s) didn't match pod affinity rules", true},
    [CLUSTER_UNFIT_APART] = {"node(s) didn't match pod anti-affinity rules", false},
    [CLUSTER_UNFIT_OTHERS] =
        {"node(s) didn't satisfy existing pods anti-affinity rules", false},
};

/* ---- what the node says ---------------------------------------------------------------------- */

bool cluster_fit_static(const struct cluster_fit_in *in, struct cluster_fit_out *out)
{
    static const struct st_taint cordon = {ST_TAINT_UNSCHEDULABLE, "", ST_TAINT_NO_SCHEDULE};
    const uint32_t hard = 1u << ST_TAINT_NO_SCHEDULE | 1u << ST_TAINT_NO_EXECUTE;

    *out = (struct cluster_fit_out){.hopeless = true};
    if (in->only != NULL && strcmp(in->only, in->node->name) != 0)
        out->fit = CLUSTER_UNFIT_DAEMON;
    else if (in->cordoned && !st_tolerated(in->pod, &cordon))
        out->fit = CLUSTER_UNFIT_CORDONED;
    else if (st_untolerated(in->pod, in->taint_count, in->taint, hard) != NULL)
        out->fit = CLUSTER_UNFIT_TAINT;
    else if (!st_selects_node(in->pod, in->node))
        out->fit = CLUSTER_UNFIT_SELECTOR;
    else
        out->hopeless = false;
    return out->fit == CLUSTER_FITS;
}

/* ---- what stands on it ----------------------------------------------------------------------- */

static bool lacks(int64_t ask, int64_t has, int64_t used, bool *hopeless)
{
    if (ask <= 0 || ask <= has - used)
        return false;
    *hopeless |= ask > has;
    return true;
}

uint32_t cluster_lacks(const struct cluster_fit_in *in, bool *hopeless)
{
    const struct st_request *a = in->asks;
    const struct pod_amounts *has = &in->node->allocatable;
    uint32_t bits = 0;

    *hopeless = false;
    if (!in->node->limited)
        return 0;
    if (in->use.pods + 1 > in->node->pods)
        bits |= 1u << CLUSTER_LACK_PODS;
    if (lacks(a->cpu_milli, has->cpu_milli, in->use.cpu_milli, hopeless))
        bits |= 1u << CLUSTER_LACK_CPU;
    if (lacks(a->memory, has->memory, in->use.memory, hopeless))
        bits |= 1u << CLUSTER_LACK_MEMORY;
    if (lacks(a->storage, has->storage, in->use.storage, hopeless))
        bits |= 1u << CLUSTER_LACK_STORAGE;
    for (uint32_t i = 0; i < a->other_count; i++) {
        const char *name = a->other[i].name;
        int64_t all = st_amount_named(has->other_count, has->other, name);

        if (lacks(a->other[i].value, all,
                  st_amount_named(in->use.other_count, in->use.other, name), hopeless))
            bits |= 1u << (CLUSTER_LACK_OTHER + i);
    }
    return bits;
}

/* ---- what stands around it ------------------------------------------------------------------- */

static enum cluster_fit spread_of(const struct cluster_fit_in *in)
{
    const struct pod_affinity_spec *a = in->pod->affinity;
    const struct cluster_around *n = in->counts;

    for (uint32_t i = 0; i < a->spread_count; i++) {
        int64_t least = RX_MIN(n->spread[i], n->spread_rest[i]);
        int64_t with = (int64_t)n->spread[i] + (n->spread_self >> i & 1);

        if (!a->spread[i].hard)
            continue;
        if (st_label(&in->node->labels, a->spread[i].topology) == NULL)
            return CLUSTER_UNFIT_SPREAD_LABEL;
        if (with - least > a->spread[i].max_skew)
            return CLUSTER_UNFIT_SPREAD;
    }
    return CLUSTER_FITS;
}

/* The first pod of a group that wants to be together may go anywhere. */
static bool near_holds(const struct cluster_fit_in *in)
{
    const struct pod_affinity_spec *a = in->pod->affinity;
    const struct cluster_around *n = in->counts;
    bool there = true;

    for (uint32_t i = 0; i < a->near_count; i++) {
        if (st_label(&in->node->labels, a->near[i].topology) == NULL)
            return false;
        there = there && n->near[i] > 0;
    }
    return there || (n->near_total == 0 && n->near_self);
}

static enum cluster_fit around_of(const struct cluster_fit_in *in)
{
    const struct pod_affinity_spec *a = in->pod->affinity;
    enum cluster_fit spread;

    if (in->counts == NULL)
        return CLUSTER_FITS;
    if (a != NULL) {
        spread = spread_of(in);
        if (spread != CLUSTER_FITS)
            return spread;
        if (!near_holds(in))
            return CLUSTER_UNFIT_NEAR;
        for (uint32_t i = 0; i < a->apart_count; i++)
            if (in->counts->apart[i] > 0)
                return CLUSTER_UNFIT_APART;
    }
    return in->counts->others > 0 ? CLUSTER_UNFIT_OTHERS : CLUSTER_FITS;
}

struct cluster_fit_out cluster_fit(const struct cluster_fit_in *in)
{
    struct cluster_fit_out out;

    if (!cluster_fit_static(in, &out))
        return out;
    if (in->use.ports > 0) {
        out.fit = CLUSTER_UNFIT_PORTS;
        return out;
    }
    out.lacks = cluster_lacks(in, &out.hopeless);
    if (out.lacks != 0) {
        out.fit = CLUSTER_UNFIT_RESOURCES;
        return out;
    }
    out.fit = in->use.claims > 0 ? CLUSTER_UNFIT_CLAIM : in->volumes;
    if (out.fit == CLUSTER_FITS)
        out.fit = around_of(in);
    out.hopeless = reasons[out.fit].hopeless;
    return out;
}

/* ---- domains --------------------------------------------------------------------------------- */

struct cluster_spread cluster_spread(const struct cluster_spread_in *in, uint32_t *sum)
{
    struct cluster_spread s = {UINT32_MAX, CLUSTER_NO_DOMAIN, UINT32_MAX, 0};

    memset(sum, 0xff, in->domains * sizeof(*sum));
    for (uint32_t i = 0; i < in->nodes; i++) {
        uint32_t d = in->domain[i];

        if (d == CLUSTER_NO_DOMAIN || !in->counted[i])
            continue;
        sum[d] = (sum[d] == UINT32_MAX ? 0 : sum[d]) + in->matching[i];
    }
    for (uint32_t d = 0; d < in->domains; d++) {
        if (sum[d] == UINT32_MAX)
            continue;
        s.domains++;
        if (sum[d] < s.least) {
            s.second = s.least;
            s.least = sum[d];
            s.least_domain = d;
        } else {
            s.second = RX_MIN(s.second, sum[d]);
        }
    }
    return s;
}

uint32_t cluster_spread_rest(const struct cluster_spread *s, uint32_t domain, uint32_t min_domains)
{
    if (s->domains < min_domains)
        return 0;
    return domain == s->least_domain ? s->second : s->least;
}

/* ---- the sentence ---------------------------------------------------------------------------- */

void cluster_parts_add(struct cluster_parts *p, const char *text, const char *name, uint32_t nodes)
{
    struct cluster_part *part;

    for (uint32_t i = 0; i < p->count; i++) {
        part = &p->part[i];
        if (strcmp(part->text, text) == 0 &&
            (name == part->name || (name != NULL && part->name != NULL &&
                                    strcmp(part->name, name) == 0))) {
            part->nodes += nodes;
            return;
        }
    }
    if (nodes > 0 && p->count < CLUSTER_PARTS_MAX)
        p->part[p->count++] = (struct cluster_part){text, name, nodes};
}

void cluster_parts_fit(struct cluster_parts *p, const struct cluster_fit_out *fit,
                       const struct st_request *asks, uint32_t nodes)
{
    static const char *const lack[] = {"Too many pods", "Insufficient cpu", "Insufficient memory",
                                       "Insufficient ephemeral-storage"};

    if (fit->fit != CLUSTER_UNFIT_RESOURCES) {
        cluster_parts_add(p, reasons[fit->fit].text, NULL, nodes);
        return;
    }
    for (uint32_t i = 0; i < CLUSTER_LACK_OTHER + asks->other_count; i++) {
        if ((fit->lacks >> i & 1) == 0)
            continue;
        if (i < CLUSTER_LACK_OTHER)
            cluster_parts_add(p, lack[i], NULL, nodes);
        else
            cluster_parts_add(p, "Insufficient", asks->other[i - CLUSTER_LACK_OTHER].name, nodes);
    }
}

enum { PART_MAX = 256 };

static void part_text(const struct cluster_part *p, char out[PART_MAX])
{
    struct rx_fit f = {.at = out, .room = PART_MAX - 1};

    rx_fit_uint(&f, p->nodes);
    rx_fit_str(&f, " ");
    rx_fit_str(&f, p->text);
    if (p->name != NULL) {
        rx_fit_str(&f, " ");
        rx_fit_str(&f, p->name);
    }
    out[f.len] = '\0';
}

static bool before(const struct cluster_part *a, const struct cluster_part *b)
{
    char x[PART_MAX], y[PART_MAX];

    part_text(a, x);
    part_text(b, y);
    return strcmp(x, y) < 0;
}

size_t cluster_sentence(uint32_t nodes, struct cluster_parts *parts, char *out, size_t room)
{
    struct rx_fit f = {.at = out, .room = (uint32_t)room - 1};
    char text[PART_MAX];

    for (uint32_t i = 1; i < parts->count; i++) {
        struct cluster_part moved = parts->part[i];
        uint32_t k = i;

        for (; k > 0 && before(&moved, &parts->part[k - 1]); k--)
            parts->part[k] = parts->part[k - 1];
        parts->part[k] = moved;
    }
    rx_fit_str(&f, "0/");
    rx_fit_uint(&f, nodes);
    rx_fit_str(&f, " nodes are available: ");
    for (uint32_t i = 0; i < parts->count; i++) {
        part_text(&parts->part[i], text);
        rx_fit_str(&f, i > 0 ? ", " : "");
        rx_fit_str(&f, text);
    }
    rx_fit_str(&f, ".");
    out[f.len] = '\0';
    return f.len;
}
