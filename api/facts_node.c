/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_node.c - facts that concern the node: resources, where a pod may be, and the ids that a
 * runtime gives.
 */
#include <stdio.h>
#include <string.h>

#include "api/facts.h"
#include "engine/reactor/prng.h"
#include "engine/store/rule_node.h"
#include "engine/store/rule_request.h"

/* ---- resources ------------------------------------------------------------------------------ */

bool api_fact_limit(struct fact *f)
{
    return api_fact_pair(f, &f->container->limits);
}

bool api_fact_request(struct fact *f)
{
    return api_fact_pair(f, &f->container->requests);
}

const char *api_qos_class(const struct pod_spec *spec)
{
    static const char *const words[] = {[ST_QOS_BEST_EFFORT] = "BestEffort",
                                        [ST_QOS_BURSTABLE] = "Burstable",
                                        [ST_QOS_GUARANTEED] = "Guaranteed"};

    return words[st_qos_of(spec)];
}

bool api_fact_host_port(struct fact *f)
{
    const struct pod_port_spec *p;

    if (f->index >= f->container->port_count)
        return false;
    p = &f->container->port[f->index];
    f->key = p->name != NULL ? p->name : "";
    f->value = api_fact_text(f, "%u/%s", p->host, p->protocol);
    return true;
}

/* ---- where it may be ------------------------------------------------------------------------- */

bool api_fact_node_selector(struct fact *f)
{
    return api_fact_pair(f, &pod_spec_of(f->pod)->node_selector);
}

/* What admission adds to those of the manifest. */
static const struct pod_toleration_spec added[] = {
    {"node.kubernetes.io/not-ready", "", "NoExecute", true, ST_TOLERATION_SECONDS},
    {"node.kubernetes.io/unreachable", "", "NoExecute", true, ST_TOLERATION_SECONDS},
};

/* DefaultTolerationSeconds: only what nothing in the manifest tolerates already. */
static bool tolerates(const struct pod_spec *spec, const char *key, const char *effect)
{
    for (uint32_t i = 0; i < spec->toleration_count; i++) {
        const struct pod_toleration_spec *t = &spec->toleration[i];

        if ((strcmp(t->key, key) == 0 || t->key[0] == '\0') &&
            (strcmp(t->effect, effect) == 0 || t->effect[0] == '\0'))
            return true;
    }
    return false;
}

enum { TOLERATIONS_SHOWN = 256 };

static uint32_t gather(const struct pod *p, struct pod_toleration_spec list[TOLERATIONS_SHOWN])
{
    const struct pod_spec *spec = pod_spec_of(p);
    uint32_t count = 0;

    for (uint32_t i = 0; i < spec->toleration_count && count < TOLERATIONS_SHOWN; i++)
        list[count++] = spec->toleration[i];
    for (size_t i = 0; i < RX_ARRAY_LEN(added) && count < TOLERATIONS_SHOWN; i++) {
        if (!tolerates(spec, added[i].key, added[i].effect))
            list[count++] = added[i];
    }
    /* By key, equal ones as they came. */
    for (uint32_t i = 1; i < count; i++) {
        struct pod_toleration_spec t = list[i];
        uint32_t k = i;

        for (; k > 0 && strcmp(list[k - 1].key, t.key) > 0; k--)
            list[k] = list[k - 1];
        list[k] = t;
    }
    return count;
}

bool api_fact_toleration(struct fact *f)
{
    struct pod_toleration_spec list[TOLERATIONS_SHOWN];
    const struct pod_toleration_spec *t;
    char time[32] = "";

    if (f->index >= gather(f->pod, list))
        return false;
    t = &list[f->index];
    if (t->seconds >= 0)
        snprintf(time, sizeof(time), " for %llds", (long long)t->seconds);
    f->key = api_fact_text(f, "%s%s%s%s%s%s%s", t->key, t->value[0] != '\0' ? "=" : "", t->value,
                           t->effect[0] != '\0' ? ":" : "", t->effect,
                           !t->exists                                  ? ""
                           : t->key[0] != '\0' || t->effect[0] != '\0' ? " op=Exists"
                                                                       : "op=Exists",
                           time);
    return true;
}

/* ---- ids ------------------------------------------------------------------------------------- */

/* 64 hexadecimal digits that depend on nothing but the seed and what they are the id of. */
static void put_id(char out[65], uint64_t seed, uint64_t a, uint64_t b)
{
    for (unsigned i = 0; i < 4; i++)
        snprintf(out + 16 * i, 17, "%016llx",
                 (unsigned long long)rx_prng_at(seed, POD_STREAM_UID, a, b + i));
}

/* containerd shows an image as the registry has it: docker.io/library/ is what a short name leaves
 * out. */
static const char *registry_of(const char *image)
{
    const char *slash = strchr(image, '/');
    size_t n = slash != NULL ? (size_t)(slash - image) : 0;

    if (slash == NULL)
        return "docker.io/library/";
    return memchr(image, '.', n) != NULL || memchr(image, ':', n) != NULL ||
                   strncmp(image, "localhost/", 10) == 0
               ? ""
               : "docker.io/";
}

static int repository_length(const char *image)
{
    const char *slash = strrchr(image, '/'), *last = slash != NULL ? slash : image;

    return (int)(last - image) + (int)strcspn(last, ":@");
}

bool api_fact_id(struct fact *f)
{
    const char *image = f->container->image;
    uint64_t hash = rx_hash_end(rx_hash_bytes(pod_hash_begin(""), image, strlen(image)));
    char id[65];

    if (!pod_on_node(f->pod) || f->index > 1)
        return false;
    f->key = f->index == 0 ? "Container ID" : "Image ID";
    if (!f->state->cur.valid) /* the status is there, the container not yet */
        return true;
    if (f->index == 0) {
        put_id(id, f->ring->world.seed, f->pod->serial,
               ((uint64_t)f->container->image_id << 48) + ((uint64_t)f->state->index << 40) +
                   (uint64_t)f->state->restarts * 4 + 4);
        f->value = api_fact_text(f, "containerd://%s", id);
        return true;
    }
    put_id(id, 0, hash, 0);
    f->value = api_fact_text(f, "%s%.*s@sha256:%s", registry_of(image), repository_length(image),
                             image, id);
    return true;
}
