/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No input crashes the loader, and no failing allocation does: samples cut at every point, with
 * bytes changed, and with the first, second, nth allocation refused. Worth most under a sanitizer.
 */
#include "tests/unit/test_manifest_kit.h"

#include <stdlib.h>

static const char *const samples[] = {
    "tests/golden/manifests/nginx-deployment.yaml",
    "tests/golden/manifests/postgres-statefulset.yaml",
    "tests/golden/manifests/agent-daemonset.yaml",
    "tests/golden/manifests/migrate-job.yaml",
    "tests/golden/manifests/list.json",
    "tests/golden/manifests/helm-release.yaml",
    "tests/golden/manifests/sidecar-pod.yaml",
    "tests/golden/manifests/drill.yaml",
    "tests/golden/manifests/configured-pod.yaml",
};

static char *slurp(const char *path, size_t *length)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(1 << 16);

    cr_assert_not_null(f, "%s", path);
    *length = fread(text, 1, 1 << 16, f);
    fclose(f);
    return text;
}

/* In a block of its own size, so that a sanitizer sees the first byte too far. */
static void feed(struct kit *k, const char *text, size_t length)
{
    char *exact = malloc(length ? length : 1);
    uint32_t before = k->set.diagnostics.count;
    int error;

    memcpy(exact, text, length);
    error = manifest_load_text(&k->set, "x", exact, length);
    free(exact);
    cr_assert(error == 0 || error == -RX_EMANIFEST, "%d", error);
    if (error == -RX_EMANIFEST)
        cr_assert_gt(k->set.diagnostics.count, before, "refused without a word");
}

static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

Test(manifest_hostile, cut_anywhere, .timeout = 60)
{
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        size_t length;
        char *text = slurp(samples[i], &length);
        struct kit k;

        for (size_t n = 0; n < length; n += 1 + n % 23) {
            kit_open(&k);
            feed(&k, text, n);
            kit_close(&k);
        }
        free(text);
    }
}

Test(manifest_hostile, bytes_changed, .timeout = 60)
{
    static const char interesting[] = "{}[]:-,&*!|>'\"%@`#?~ \n\t\\<=0\xff";
    uint32_t state = 2463534242u;

    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        size_t length;
        char *text = slurp(samples[i], &length);
        struct kit k;

        for (int round = 0; round < 150; round++) {
            char *copy = malloc(length);

            memcpy(copy, text, length);
            for (uint32_t n = 1 + random_next(&state) % 4; n > 0; n--)
                copy[random_next(&state) % length] =
                    random_next(&state) & 1
                        ? interesting[random_next(&state) % (sizeof(interesting) - 1)]
                        : (char)random_next(&state);
            kit_open(&k);
            feed(&k, copy, length);
            kit_close(&k);
            free(copy);
        }
        free(text);
    }
}

/* Lines put in another order, indented otherwise, or twice: still text, mostly still YAML. */
Test(manifest_hostile, lines_shuffled, .timeout = 60)
{
    uint32_t state = 88675123u;

    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        size_t length, used;
        char *text = slurp(samples[i], &length), *copy = malloc(length * 4 + 64);
        struct kit k;

        for (int round = 0; round < 60; round++) {
            used = 0;
            for (size_t p = 0; p < length;) {
                const char *end = memchr(text + p, '\n', length - p);
                size_t n = end ? (size_t)(end - (text + p)) + 1 : length - p;
                uint32_t what = random_next(&state) % 24;

                if (what == 0)
                    copy[used++] = ' ';
                for (int times = what == 1 ? 0 : what == 2 ? 2 : 1; times > 0; times--) {
                    memcpy(copy + used, text + p, n);
                    used += n;
                }
                p += n;
            }
            kit_open(&k);
            feed(&k, copy, used);
            kit_close(&k);
        }
        free(copy);
        free(text);
    }
}

/* ---- memory that runs out ------------------------------------------------------------------- */

struct scarce {
    int64_t left; /* allocations that succeed yet */
    int64_t open;
};

static void *scarce_alloc(void *ctx, size_t size, size_t align)
{
    struct scarce *s = ctx;

    if (s->left-- <= 0)
        return NULL;
    s->open++;
    return aligned_alloc(align, (size + align - 1) / align * align);
}

static void scarce_free(void *ctx, void *p, size_t size)
{
    struct scarce *s = ctx;

    (void)size;
    s->open--;
    free(p);
}

static const struct rx_mem_ops scarce_ops = {.alloc = scarce_alloc, .free = scarce_free};

Test(manifest_hostile, every_allocation_may_fail, .timeout = 60)
{
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        size_t length;
        char *text = slurp(samples[i], &length);
        int error = -RX_ENOMEM;

        for (int64_t n = 0; error == -RX_ENOMEM; n++) {
            struct scarce s = {.left = 1 + n};
            struct rx_mem mem;
            struct manifest_set set;

            cr_assert_lt(n, 1000);
            cr_assert_eq(rx_mem_open_with(&mem, &scarce_ops, &s), 0);
            manifest_init(&set, &mem);
            error = manifest_load_text(&set, "x", text, length);
            cr_assert(error == 0 || error == -RX_ENOMEM, "%d", error);
            if (error)
                cr_expect_eq(set.workloads.count + set.behaviours.count + set.steps.count +
                                 set.configs.count,
                             0);
            manifest_fini(&set);
            rx_mem_close(&mem);
            cr_expect_eq(s.open, 0);
        }
        free(text);
    }
}
