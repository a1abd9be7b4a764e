/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name.c - names, uids and words, rendered when somebody reads them. A million replicas store none
 * of these: a name is a function of the owner and the ordinal, a uid of the seed and the serial
 * number.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/pod.h"
#include "engine/reactor/fit.h"
#include "engine/reactor/prng.h"

/* The alphabet of Kubernetes' generated names: no vowels, no digits that look like letters. */
static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";

static void put_uid(uint64_t seed, uint64_t number, char buffer[POD_UID_MAX]);

enum { LETTERS = 27, SUFFIX = 5, SUFFIXES = 27 * 27 * 27 * 27 * 27 };

/* Ordinal to suffix is a permutation: two affine maps with the digits reversed in between. Names
 * look random, never collide, need no table, and can be turned back into ordinals. */
static struct pod_suffixes suffixes_of(uint64_t seed, uint64_t name_id)
{
    uint64_t r = rx_prng_at(seed, POD_STREAM_NAME, name_id, 0);
    uint64_t s = rx_prng_at(seed, POD_STREAM_NAME, name_id, 1);
    struct pod_suffixes p = {
        .a = r % (SUFFIXES / 3) * 3 + 1, /* coprime to 27^5: not a multiple of 3 */
        .b = (r >> 32) % SUFFIXES,
        .c = s % (SUFFIXES / 3) * 3 + 2,
        .d = (s >> 32) % SUFFIXES,
    };

    return p;
}

static uint64_t reversed(uint64_t v)
{
    uint64_t out = 0;

    for (int i = 0; i < SUFFIX; i++) {
        out = out * LETTERS + v % LETTERS;
        v /= LETTERS;
    }
    return out;
}

static void put_suffix(const struct pod_suffixes *p, uint32_t ordinal, char out[SUFFIX + 1])
{
    uint64_t v = (ordinal % SUFFIXES * p->a + p->b) % SUFFIXES;

    v = (reversed(v) * p->c + p->d) % SUFFIXES;
    for (int i = 0; i < SUFFIX; i++) {
        out[i] = alphabet[v % LETTERS];
        v /= LETTERS;
    }
    out[SUFFIX] = '\0';
}

/* The inverse of x modulo 27^5: Newton's iteration does not care about the base 27 = 3^3. */
static uint64_t inverse(uint64_t x)
{
    uint64_t y = x % 3 == 1 ? 1 : 2;

    for (int i = 0; i < 5; i++) {
        uint64_t e = x * y % SUFFIXES;

        y = y * ((2 + SUFFIXES - e) % SUFFIXES) % SUFFIXES;
    }
    return y;
}

bool pod_name_ordinal(uint64_t seed, uint64_t name_id, const char *suffix, uint32_t *ordinal)
{
    struct pod_suffixes p = suffixes_of(seed, name_id);
    uint64_t v = 0;

    if (strlen(suffix) != SUFFIX)
        return false;
    for (int i = SUFFIX - 1; i >= 0; i--) {
        const char *at = strchr(alphabet, suffix[i]);

        if (at == NULL)
            return false;
        v = v * LETTERS + (uint64_t)(at - alphabet);
    }
    v = (v + SUFFIXES - p.d) % SUFFIXES * inverse(p.c) % SUFFIXES;
    v = (reversed(v) + SUFFIXES - p.b) % SUFFIXES * inverse(p.a) % SUFFIXES;
    *ordinal = (uint32_t)v;
    return true;
}

const char *pod_name(const struct pod *p, char buffer[POD_NAME_MAX])
{
    return pod_name_of(p->owner, p->ordinal, pod_spec_of(p), buffer);
}

/* By hand: every pod is told of by its name several times, and a formatter takes ten times as
 * long. */
const char *pod_name_of(const struct pod_owner *o, uint32_t ordinal, const struct pod_spec *spec,
                        char buffer[POD_NAME_MAX])
{
    struct rx_fit name = {.at = buffer, .room = POD_NAME_MAX - 1};
    char suffix[SUFFIX + 1];

    if (o == NULL)
        return spec->name;
    rx_fit_str(&name, o->name);
    if (o->kind == POD_WORKLOAD_STATEFULSET) {
        rx_fit_str(&name, "-");
        rx_fit_uint(&name, ordinal);
    } else {
        put_suffix(&o->suffixes, ordinal, suffix);
        if (o->indexed) {
            rx_fit_str(&name, "-");
            rx_fit_uint(&name, o->index);
        } else if (o->hash[0] != '\0') {
            rx_fit_str(&name, "-");
            rx_fit_str(&name, o->hash);
        }
        rx_fit_str(&name, "-");
        rx_fit_str(&name, suffix);
    }
    buffer[name.len] = '\0';
    return buffer;
}

void pod_owner_name(struct pod_owner *o, uint64_t seed)
{
    uint64_t h = pod_hash_begin(o->ns);

    h = rx_hash_byte(rx_hash_bytes(h, o->name, strlen(o->name)), '-');
    if (o->kind != POD_WORKLOAD_STATEFULSET && o->hash[0] != '\0')
        h = rx_hash_byte(rx_hash_bytes(h, o->hash, strlen(o->hash)), '-');
    if (o->indexed) {
        char digits[12];
        int n = snprintf(digits, sizeof(digits), "%u-", o->index);

        h = rx_hash_bytes(h, digits, (size_t)n);
    }
    o->hash_state = h;
    o->suffixes = suffixes_of(seed, o->name_id);
}

/* Some ten nanoseconds: an engine that has a share of a million pods asks it of all of them. */
uint64_t pod_owner_hash(const struct pod_owner *o, uint32_t ordinal)
{
    char digits[12];
    int at = sizeof(digits);

    if (o->kind != POD_WORKLOAD_STATEFULSET) {
        put_suffix(&o->suffixes, ordinal, digits);
        return rx_hash_end(rx_hash_bytes(o->hash_state, digits, SUFFIX));
    }
    do {
        digits[--at] = (char)('0' + ordinal % 10);
        ordinal /= 10;
    } while (ordinal > 0);
    return rx_hash_end(rx_hash_bytes(o->hash_state, digits + at, sizeof(digits) - (size_t)at));
}

uint64_t pod_hash(const struct pod *p)
{
    if (p->owner == NULL)
        return pod_hash_name(pod_spec_of(p)->ns, pod_spec_of(p)->name);
    return pod_owner_hash(p->owner, p->ordinal);
}

void pod_uid(const struct pod *p, char buffer[POD_UID_MAX])
{
    pod_uid_of(pod_world_of(p), p->serial, buffer);
}

void pod_uid_of(const struct pod_world *w, uint64_t serial, char buffer[POD_UID_MAX])
{
    put_uid(w->seed, serial, buffer);
}

/* Numbers of pods begin at the other end. */
void pod_owner_uid(const struct pod_owner *o, uint64_t seed, char buffer[POD_UID_MAX])
{
    put_uid(seed, UINT64_MAX - o->name_id, buffer);
}

static void put_uid(uint64_t seed, uint64_t number, char buffer[POD_UID_MAX])
{
    uint64_t a = rx_prng_at(seed, POD_STREAM_UID, number, 0);
    uint64_t b = rx_prng_at(seed, POD_STREAM_UID, number, 1);

    snprintf(buffer, POD_UID_MAX, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
             (unsigned)(0x8000 | (b >> 48 & 0x3fff)), (unsigned long long)(b & 0xffffffffffffULL));
}

uint64_t pod_uid_key(const struct pod *p)
{
    uint64_t a = rx_prng_at(pod_world_of(p)->seed, POD_STREAM_UID, p->serial, 0);

    return (a & ~UINT64_C(0xffff)) | (a & 0xfff) << 4;
}

void pod_ip_text(uint32_t ip, char buffer[POD_IP_MAX])
{
    snprintf(buffer, POD_IP_MAX, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

size_t pod_duration_text(rx_ms ms, char *out, size_t room)
{
    rx_ms h = ms / 3600000, m = ms / 60000 % 60;
    int n;

    if (ms == 0)
        n = snprintf(out, room, "0s");
    else if (ms < 1000)
        n = snprintf(out, room, "%dms", (int)ms);
    else if (h > 0)
        n = snprintf(out, room, "%lldh%lldm%llds", (long long)h, (long long)m,
                     (long long)(ms / 1000 % 60));
    else if (m > 0)
        n = snprintf(out, room, "%lldm%llds", (long long)m, (long long)(ms / 1000 % 60));
    else
        n = snprintf(out, room, "%llds", (long long)(ms / 1000));
    if (ms >= 1000 && ms % 1000 != 0) {
        char fraction[8];
        int digits = snprintf(fraction, sizeof(fraction), "%03d", (int)(ms % 1000));

        while (digits > 1 && fraction[digits - 1] == '0')
            fraction[--digits] = '\0';
        n += snprintf(out + n - 1, room - (size_t)n + 1, ".%ss", fraction) - 1;
    }
    return (size_t)n;
}

size_t pod_word_text(const struct pod_world *world, struct pod_word w, char *out, size_t room)
{
    switch (w.kind) {
    case POD_WORD_PHASE:
        return (size_t)snprintf(out, room, "%s", pod_phase_name((enum pod_phase)w.arg));
    case POD_WORD_REASON:
        return (size_t)snprintf(out, room, "%s", st_reason_text(&world->reasons, (uint8_t)w.arg));
    case POD_WORD_EXIT_CODE:
        return (size_t)snprintf(out, room, "ExitCode:%u", w.arg);
    case POD_WORD_NOT_READY:
        return (size_t)snprintf(out, room, "NotReady");
    case POD_WORD_TERMINATING:
        return (size_t)snprintf(out, room, "Terminating");
    case POD_WORD_INIT_COUNT:
        return (size_t)snprintf(out, room, "Init:%u/%u", w.arg >> 8, w.arg & 255);
    case POD_WORD_INIT_REASON:
        return (size_t)snprintf(out, room, "Init:%s",
                                st_reason_text(&world->reasons, (uint8_t)w.arg));
    case POD_WORD_INIT_EXIT_CODE:
        return (size_t)snprintf(out, room, "Init:ExitCode:%u", w.arg);
    case POD_WORD_SCHEDULING_GATED:
        return (size_t)snprintf(out, room, "SchedulingGated");
    default:
        return (size_t)snprintf(out, room, "%s",
                                pod_status_reason_name((enum pod_status_reason)w.arg));
    }
}
