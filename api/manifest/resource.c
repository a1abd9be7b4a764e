/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resource.c - what a resourceFieldRef comes to (pkg/api/v1/resource: ExtractContainerResourceValue).
 *
 * A limit that is not set is what the node has to give. The simulated one has 8 CPUs, 16Gi of memory
 * and 100Gi of disk.
 */
#include "api/manifest/parts.h"

#include <string.h>

#include "engine/reactor/base.h"

/* A quantity in thousandths, rounded up. False: it is none, or is too large. */
static bool quantity_milli(const char *text, size_t length, int64_t *out)
{
    static const struct {
        const char *suffix;
        int decimal, binary; /* powers of ten and of two */
    } units[] = {
        {"Ki", 0, 10}, {"Mi", 0, 20}, {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
        {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},  {"k", 3, 0},   {"M", 6, 0},   {"G", 9, 0},
        {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0},  {"", 0, 0},
    };
    size_t i = 0, n = 0;
    int64_t value;

    for (; i < RX_ARRAY_LEN(units); i++) {
        n = strlen(units[i].suffix);
        if (length > n && memcmp(text + length - n, units[i].suffix, n) == 0)
            break;
    }
    if (i == RX_ARRAY_LEN(units))
        return false;
    if (!mf_decimal_parse(text, length - n, 3 + units[i].decimal, &value)) {
        /* Finer than a thousandth: in billionths, then up. */
        if (!mf_decimal_parse(text, length - n, 9 + units[i].decimal, &value))
            return false;
        value = value / 1000000 + (value % 1000000 > 0);
    }
    return !__builtin_mul_overflow(value, (int64_t)1 << units[i].binary, out);
}

static bool field_milli(struct mf_load *l, const struct mf_at *up, const char *name, int64_t *out)
{
    struct mf_at at = mf_field(up, name);
    const char *text;

    if (!at.node || at.node->type == MF_NULL)
        return false;
    text = mf_scratch(l, "%.*s", (int)at.node->length, at.node->text);
    if (quantity_milli(text, strlen(text), out) && *out >= 0)
        return true;
    mf_invalid(l, &at, "quantities must match the regular expression "
                       "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    return false;
}

static struct mf_at container_named(const struct mf_at *pod, const char *name)
{
    static const char *const list[] = {"containers", "initContainers"};

    for (size_t k = 0; k < RX_ARRAY_LEN(list); k++) {
        struct mf_at all = mf_field(pod, list[k]);

        for (uint32_t i = 0; all.node && all.node->type == MF_SEQUENCE && i < all.node->count; i++) {
            const struct mf_node *item = all.node->item[i].value;
            const struct mf_node *said = item->type == MF_MAPPING ? mf_node_find(item, "name") : NULL;

            if (said && said->type == MF_STRING && strcmp(said->text, name) == 0)
                return (struct mf_at){.node = item};
        }
    }
    return (struct mf_at){0};
}

static int64_t node_has(const char *resource)
{
    int64_t bytes = strcmp(resource, "ephemeral-storage") == 0 ? (int64_t)100 << 30
                    : strcmp(resource, "memory") == 0          ? (int64_t)16 << 30
                    : strcmp(resource, "cpu") == 0             ? 8
                                                               : 0;

    return bytes * 1000;
}

/* A request that is not made is the limit, if there is one. */
static int64_t amount_milli(struct mf_load *l, const struct mf_at *container, const char *field)
{
    struct mf_at resources = mf_field(container, "resources"), limits = mf_field(&resources, "limits"),
                 requests = mf_field(&resources, "requests");
    const char *dot = strchr(field, '.'), *resource = dot ? dot + 1 : "";
    bool request = strncmp(field, "requests.", 9) == 0;
    int64_t milli;

    if (request && field_milli(l, &requests, resource, &milli))
        return milli;
    if (field_milli(l, &limits, resource, &milli))
        return milli;
    return request ? 0 : node_has(resource);
}

const char *mf_amount_read(struct mf_load *l, const struct mf_at *ref, const struct mf_at *container)
{
    struct mf_at divisor_at = mf_field(ref, "divisor");
    const char *name = mf_string(l, ref, "containerName", ""),
               *field = mf_string(l, ref, "resource", "");
    struct mf_at named = *name || !container ? container_named(l->pod, name) : *container;
    int64_t divisor = 1000, milli;
    const char *text;

    if (divisor_at.node && !field_milli(l, ref, "divisor", &divisor))
        return "0";
    if (divisor == 0) /* "0" is not given */
        divisor = 1000;
    milli = amount_milli(l, &named, field);
    text = mf_scratch(l, "%lld", (long long)(milli / divisor + (milli % divisor > 0)));
    return mf_keep(l, text, strlen(text));
}

int64_t mf_bytes_read(struct mf_load *l, const struct mf_at *up, const char *field)
{
    int64_t milli;

    if (!field_milli(l, up, field, &milli))
        return -1;
    return milli / 1000 + (milli % 1000 > 0);
}

void mf_limits_read(struct mf_load *l, const struct mf_at *container, struct pod_container_spec *out)
{
    struct mf_at resources = mf_field(container, "resources"), limits = mf_field(&resources, "limits");

    out->cpu_milli = out->memory_bytes = out->storage_bytes = -1;
    if (!limits.node || limits.node->type != MF_MAPPING)
        return;
    if (!field_milli(l, &limits, "cpu", &out->cpu_milli))
        out->cpu_milli = -1;
    out->memory_bytes = mf_bytes_read(l, &limits, "memory");
    out->storage_bytes = mf_bytes_read(l, &limits, "ephemeral-storage");
}
