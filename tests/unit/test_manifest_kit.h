/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manifest_kit.h - a manifest set with its memory, and its diagnostics as one text.
 */
#ifndef TEST_MANIFEST_KIT_H
#define TEST_MANIFEST_KIT_H

#include "api/manifest/manifest.h"
#include "engine/reactor/err.h"
#include "probes/carry/target.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct kit {
    struct rx_mem mem;
    struct manifest_set set;
    char said[8192];
};

static inline void kit_open(struct kit *k)
{
    static const struct manifest_limits limits = {
        .http_fits = probe_http_fits,
        .url_max = POD_HTTP_URL_MAX,
        .request_max = POD_HTTP_REQUEST_MAX,
        .location_max = POD_HTTP_LOCATION_MAX,
    };

    cr_assert_eq(rx_mem_open(&k->mem), 0);
    manifest_init(&k->set, &k->mem);
    k->set.limits = &limits;
    k->said[0] = '\0';
}

/* Everything that was taken must have been given back. */
static inline void kit_close(struct kit *k)
{
    manifest_fini(&k->set);
    cr_expect_eq(k->mem.state->bytes, 0);
    rx_mem_close(&k->mem);
}

/* "line:column text" of every diagnostic but notes, a line each; unknown fields with a '?',
 * duplicate keys with a '!' before. The list of the fields that there are is left out, which
 * manifest_podring looks at. */
static inline const char *kit_said(struct kit *k)
{
    size_t used = 0;

    k->said[0] = '\0';
    for (uint32_t i = 0; i < k->set.diagnostics.count; i++) {
        const struct manifest_diagnostic *d = &k->set.diagnostics.item[i];
        const char *known = strstr(d->text, " (known: ");
        int length = (int)(known != NULL ? (size_t)(known - d->text) : strlen(d->text));

        if (d->severity != MANIFEST_NOTE && used < sizeof(k->said))
            used += (size_t)snprintf(k->said + used, sizeof(k->said) - used, "%s%u:%u %.*s\n",
                                     d->severity == MANIFEST_UNKNOWN_FIELD   ? "?"
                                     : d->severity == MANIFEST_DUPLICATE_KEY ? "!"
                                                                             : "",
                                     d->line,
                                     d->column, length, d->text);
    }
    return k->said;
}

static inline int kit_load(struct kit *k, const char *text)
{
    return manifest_load_text(&k->set, "test.yaml", text, strlen(text));
}

struct refusal {
    const char *text, *said;
};

/* Each text is refused with exactly these words, and leaves nothing else behind. */
static inline void kit_refuse(const struct refusal *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct kit k;
        int error;

        kit_open(&k);
        error = kit_load(&k, table[i].text);
        cr_expect_eq(error, -RX_EMANIFEST, "%d for:\n%s", error, table[i].text);
        cr_expect_str_eq(kit_said(&k), table[i].said, "text:\n%s\nwanted:\n%s\ngot:\n%s",
                         table[i].text, table[i].said, kit_said(&k));
        cr_expect_eq(k.set.workloads.count + k.set.behaviours.count + k.set.steps.count +
                         k.set.configs.count + k.set.images.count,
                     0);
        kit_close(&k);
    }
}

/* The pod of a text with one workload in it. */
static inline const struct pod_spec *kit_pod(struct kit *k, const char *text)
{
    int error = kit_load(k, text);

    cr_assert_eq(error, 0, "%d for:\n%s\n%s", error, text, kit_said(k));
    cr_assert_gt(k->set.workloads.count, 0);
    return k->set.workloads.item[k->set.workloads.count - 1].template_;
}

#endif
