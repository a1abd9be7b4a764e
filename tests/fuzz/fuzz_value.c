/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_value.c - single values as people write them: durations, times, numbers, knobs, options.
 *
 *   byte 0      which
 *   the rest    the text
 *
 * What is accepted is written again and read to the same, and can be counted with without overflow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/options.h"
#include "api/face/format.h"
#include "api/manifest/doc.h"
#include "api/manifest/manifest.h"
#include "tests/fuzz/kit.h"

static void duration(const char *text, size_t size)
{
    char again[64];
    struct rx_text t = rx_text_in(again, sizeof(again));
    int64_t ms = -1, twice = -1;
    rx_ns ns = -1;

    if (manifest_duration(text, size, &ns) != 0) {
        CHECK(ns == -1);
        return;
    }
    ms = rx_ms_ceil(ns);
    CHECK(ns >= 0 && ms >= rx_ms_floor(ns) && ms <= rx_ms_floor(ns) + 1);
    CHECK(ms < RX_MS_NEVER && rx_ns_from_ms(ms) >= ns && rx_ns_from_ms(ms) != RX_NS_NEVER);
    face_duration(&t, ms);
    CHECK(rx_text_end(&t) < sizeof(again));
    CHECK(cli_read_duration_ms(again, &twice) && twice == ms);
}

static void moment(const char *text)
{
    char again[64];
    struct rx_text t = rx_text_in(again, sizeof(again));
    int64_t ms, twice;

    if (!cli_read_rfc3339(text, &ms))
        return;
    if (ms < -62135596800000 || ms > 253402300799999)
        return; /* the zone has led out of the years 1 to 9999 */
    face_rfc3339(&t, ms);
    CHECK(rx_text_end(&t) < sizeof(again));
    CHECK(cli_read_rfc3339(again, &twice) && twice == ms);
}

static void number(const char *text, size_t size, uint8_t how)
{
    char again[32];
    uint64_t n, twice;
    int64_t d;

    if (cli_read_u64(text, how & 1 ? UINT64_MAX : 65535, &n)) {
        CHECK(how & 1 || n <= 65535);
        snprintf(again, sizeof(again), "%llu", (unsigned long long)n);
        CHECK(cli_read_u64(again, UINT64_MAX, &twice) && twice == n);
    }
    if (mf_decimal_parse(text, size, how & 2 ? 6 : 0, &d) && (how & 2) == 0) {
        int64_t e;

        snprintf(again, sizeof(again), "%lld", (long long)d);
        CHECK(mf_decimal_parse(again, strlen(again), 0, &e) && e == d);
    }
}

/* A knob that is set is shown in words that set it to the same. */
static void knobs(const char *text)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_knob k = PODRING_KNOB_INIT;
    podring *ring = NULL;

    o.clock = PODRING_VIRTUAL;
    CHECK(podring_open(&o, &ring) == 0);
    for (uint32_t i = 0; podring_knob_at(ring, i, &k) == 0; i++) {
        char shown[128];

        if (podring_set(ring, k.name, text) != 0) {
            CHECK(podring_why(ring)[0] != '\0');
            continue;
        }
        CHECK(podring_knob_at(ring, i, &k) == 0);
        snprintf(shown, sizeof(shown), "%s", k.value);
        CHECK(podring_set(ring, k.name, shown) == 0);
        CHECK(podring_knob_at(ring, i, &k) == 0 && strcmp(k.value, shown) == 0);
    }
    podring_close(ring);
}

static void resolve(const char *text, size_t size)
{
    struct mf_node n = {.text = text, .length = (uint32_t)size};

    mf_scalar_resolve(&n);
    CHECK(mf_type_name(&n)[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (size < 1 || size > 300)
        return 0;
    text = fuzz_text(data + 1, size - 1);
    switch (data[0] % 8) {
    case 0:
    case 1:
        duration(text, size - 1);
        break;
    case 2:
        moment(text);
        break;
    case 3:
    case 4:
        number(text, size - 1, data[0] >> 4);
        break;
    case 5:
        knobs(text);
        break;
    default:
        resolve(text, size - 1);
    }
    free(text);
    return 0;
}
