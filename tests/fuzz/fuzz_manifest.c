/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_manifest.c - any text as manifests with Behaviors and Scenarios: loaded, applied and run.
 *
 *   byte 0      bit 0: over in-memory sockets; bits 1-2: timing; bit 3: connections are kept;
 *               bit 4: no events of single probes; bits 5-6: replicas, 0 = as written
 *   byte 1      seconds to run, and the seed
 *   the rest    documents, up to a NUL what is applied at the start, after it what comes later
 *
 * It is run twice, with probes parked and with every tick fired, and must tell the same, whose
 * every line is JSON. Memory, turns and events are bounded: what does not fit is refused, not
 * compared.
 */
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"
#include "tests/fuzz/kit.h"

enum {
    MEMORY_MAX = 24 << 20,
    FILL_MAX = 4096, /* rubbish for whoever forgets to initialise */
    TURNS_MAX = 20000,
    EVENTS_MAX = 20000,
    PODS_ASKED = 20,
    LINE_ROOM = 1 << 16
};

struct heap {
    size_t bytes;
    bool refused;
};

struct run {
    struct heap heap;
    podring *ring;
    uint64_t digest; /* of the lines */
    uint64_t seq;    /* of the last event */
    bool cut;        /* memory, turns or events have run out: the end is not comparable */
    int loaded[2];
};

/* ---- memory ---------------------------------------------------------------------------------- */

static void *take(void *ctx, size_t size, size_t align)
{
    struct heap *h = ctx;
    void *p = NULL;

    if (h->bytes + size > MEMORY_MAX) {
        h->refused = true;
        return NULL;
    }
    CHECK(posix_memalign(&p, align < sizeof(p) ? sizeof(p) : align, size > 0 ? size : 1) == 0);
    memset(p, 0xa5, size < FILL_MAX ? size : FILL_MAX);
    h->bytes += size;
    return p;
}

static void give(void *ctx, void *p, size_t size)
{
    struct heap *h = ctx;

    if (p != NULL)
        h->bytes -= size;
    free(p);
}

/* ---- looking --------------------------------------------------------------------------------- */

static void take_events(struct run *r)
{
    struct podring_event e = PODRING_EVENT_INIT;
    static char line[LINE_ROOM];

    while (podring_next_event(r->ring, &e) == 0) {
        size_t length = podring_event_json(&e, line, sizeof(line));

        CHECK(e.seq == ++r->seq && e.at_ms >= 0 && e.at_ms <= podring_now(r->ring));
        if (length < sizeof(line))
            CHECK(fuzz_json(line, length));
        r->digest = fuzz_hash(r->digest, line, length < sizeof(line) ? length : sizeof(line));
    }
    r->cut = r->cut || r->seq > EVENTS_MAX;
}

static void ask_container(podring *ring, uint64_t pod, uint32_t i)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *key, *value, *text;
    size_t length;

    CHECK(podring_container_info(ring, pod, i, &c) == 0);
    CHECK(c.name != NULL && c.state != NULL);
    for (int fact = PODRING_COMMAND; fact <= PODRING_PROBE; fact++)
        for (uint32_t n = 0; podring_fact_at(ring, pod, i, fact, n, &key, &value) == 0; n++)
            CHECK(key != NULL && value != NULL);
    for (int previous = 0; previous < 2; previous++) {
        CHECK(podring_container_info(ring, pod, i, &c) == 0);
        if (podring_logs(ring, pod, c.name, previous, &text, &length) == 0)
            CHECK(text != NULL && length <= 64 << 10);
    }
}

/* Whatever can be asked of a pod has an answer. */
static void ask(struct run *r)
{
    uint64_t cursor = 0, pod;
    unsigned asked = 0;

    while ((pod = podring_next_pod(r->ring, &cursor)) != 0 && asked++ < PODS_ASKED) {
        struct podring_pod_info info = PODRING_POD_INFO_INIT;
        const char *key, *value, *status, *reason, *message;

        CHECK(podring_pod_info(r->ring, pod, &info) == 0);
        CHECK(info.ready >= 0 && info.ready <= info.ready_of);
        CHECK(info.name != NULL && info.phase != NULL && info.status != NULL);
        CHECK(podring_condition(r->ring, pod, "Ready", &status, &reason, &message) == 0);
        for (int fact = PODRING_FIELD; fact <= PODRING_VOLUME; fact++)
            for (uint32_t n = 0; podring_fact_at(r->ring, pod, 0, fact, n, &key, &value) == 0; n++)
                CHECK(key != NULL);
        for (uint32_t i = 0; i < info.containers; i++)
            ask_container(r->ring, pod, i);
    }
}

/* ---- running --------------------------------------------------------------------------------- */

static int load(struct run *r, const uint8_t *text, size_t length)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    bool error = false;
    int rc = podring_load_text(r->ring, "fuzz.yaml", (const char *)text, length);

    for (uint32_t i = 0; podring_diagnostic_at(r->ring, i, &d) == 0; i++) {
        CHECK(d.text != NULL && d.text[0] != '\0' && d.file != NULL);
        error = error || d.severity == PODRING_ERROR;
    }
    CHECK(rc == 0 || podring_why(r->ring)[0] != '\0');
    CHECK(rc != -PODRING_EMANIFEST || error || r->heap.refused);
    if (rc == 0)
        rc = podring_apply(r->ring);
    CHECK(rc == 0 || podring_why(r->ring)[0] != '\0');
    return rc;
}

static void turn_until(struct run *r, int64_t at_ms)
{
    unsigned turns = 0;

    while (!r->cut && podring_now(r->ring) < at_ms) {
        int rc = podring_turn(r->ring, at_ms - podring_now(r->ring));

        CHECK(rc >= 0 || rc == -PODRING_EFULL || rc == -PODRING_ENOMEM);
        take_events(r);
        r->cut = r->cut || ++turns > TURNS_MAX || r->heap.refused || rc == -PODRING_ENOMEM;
    }
}

static void run(struct run *r, const uint8_t *data, size_t size, uint32_t flags)
{
    const uint8_t *at = data + 2, *end = data + size, *from;
    struct podring_allocator heap = {take, give, &r->heap};
    struct podring_options o = PODRING_OPTIONS_INIT;
    int64_t half_ms = (data[1] & 127) * 500;
    size_t length;

    *r = (struct run){.digest = FUZZ_HASH, .loaded = {-1, -1}};
    o.clock = PODRING_VIRTUAL;
    o.net = data[0] & 1 ? PODRING_NET_MEMORY : PODRING_NET_SCRIPT;
    o.timing = data[0] >> 1 & 3;
    o.flags = flags | (data[0] & 8 ? PODRING_KEEP_ALIVE : 0) |
              (data[0] & 16 ? PODRING_NO_PROBE_EVENTS : 0);
    o.replicas = data[0] >> 5 & 3;
    o.seed = data[1];
    o.events_max = 4096;
    o.attempts_max = o.connections_max = 256;
    o.allocator = &heap;
    CHECK(podring_open(&o, &r->ring) == 0);
    from = fuzz_until(&at, end, '\0', &length);
    r->loaded[0] = load(r, from, length);
    if (r->loaded[0] == 0)
        turn_until(r, half_ms);
    if (r->loaded[0] == 0 && at < end && !r->cut)
        r->loaded[1] = load(r, at, (size_t)(end - at));
    if (r->loaded[0] == 0)
        turn_until(r, 2 * half_ms);
    r->cut = r->cut || r->heap.refused;
    ask(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run parked, ticked;

    if (size < 3)
        return 0;
    run(&parked, data, size, 0);
    run(&ticked, data, size, PODRING_NO_PARK);
    CHECK(parked.loaded[0] == ticked.loaded[0] || parked.heap.refused || ticked.heap.refused);
    if (!parked.cut && !ticked.cut) {
        CHECK(parked.loaded[1] == ticked.loaded[1]);
        CHECK(parked.seq == ticked.seq && parked.digest == ticked.digest);
        CHECK(podring_digest(parked.ring) == podring_digest(ticked.ring));
    }
    podring_close(parked.ring);
    podring_close(ticked.ring);
    CHECK(parked.heap.bytes == 0 && ticked.heap.bytes == 0);
    return 0;
}
