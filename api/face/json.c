/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - strings, events, pods and reports as JSON. */
#include "api/face/json.h"

#include <string.h>

/* ---- strings -------------------------------------------------------------------------------- */

/* The length of the well-formed UTF-8 sequence at s, or minus the length of the broken piece: the
 * longest start of a sequence that could have been one, at least a byte. s[n] is readable up to and
 * including the NUL, which ends every broken piece. */
static int utf8_sequence(const unsigned char *s)
{
    unsigned char low = 0x80, high = 0xbf;
    int n;

    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        n = 2;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        n = 3;
        low = s[0] == 0xe0 ? 0xa0 : 0x80;  /* shorter forms exist */
        high = s[0] == 0xed ? 0x9f : 0xbf; /* surrogates */
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        n = 4;
        low = s[0] == 0xf0 ? 0x90 : 0x80;
        high = s[0] == 0xf4 ? 0x8f : 0xbf; /* past U+10FFFF */
    } else {
        return -1;
    }
    for (int i = 1; i < n; i++) {
        if (s[i] < low || s[i] > high)
            return -i;
        low = 0x80;
        high = 0xbf;
    }
    return n;
}

static void put_escape(struct rx_text *t, unsigned char c)
{
    static const char name[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the byte, its letter */

    rx_text_putc(t, '\\');
    for (size_t i = 0; i + 1 < sizeof(name); i += 2)
        if ((unsigned char)name[i] == c) {
            rx_text_putc(t, name[i + 1]);
            return;
        }
    rx_text_puts(t, "u00");
    rx_text_putc(t, "0123456789abcdef"[c >> 4]);
    rx_text_putc(t, "0123456789abcdef"[c & 15]);
}

void face_json_string(struct rx_text *t, const char *s)
{
    const unsigned char *at = (const unsigned char *)s, *plain = at;

    if (s == NULL) {
        rx_text_puts(t, "null");
        return;
    }
    rx_text_putc(t, '"');
    while (*at != '\0') {
        int n = utf8_sequence(at);
        bool escape = *at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f;

        if (n > 0 && !escape) {
            at += n;
            continue;
        }
        rx_text_put(t, (const char *)plain, (size_t)(at - plain));
        if (escape)
            put_escape(t, *at);
        else
            rx_text_puts(t, "\xef\xbf\xbd");
        at += n > 0 ? n : -n;
        plain = at;
    }
    rx_text_put(t, (const char *)plain, (size_t)(at - plain));
    rx_text_putc(t, '"');
}

/* ---- members -------------------------------------------------------------------------------- */

/* `"key":`, with a comma before it unless the object has just been opened. */
static void put_key(struct rx_text *t, const char *key, bool *first)
{
    rx_text_puts(t, *first ? "\"" : ",\"");
    rx_text_puts(t, key);
    rx_text_puts(t, "\":");
    *first = false;
}

static void put_string(struct rx_text *t, const char *key, const char *value, bool *first)
{
    if (value == NULL)
        return;
    put_key(t, key, first);
    face_json_string(t, value);
}

static void put_number(struct rx_text *t, const char *key, int64_t value, bool *first)
{
    put_key(t, key, first);
    rx_text_i64(t, value);
}

static void put_unsigned(struct rx_text *t, const char *key, uint64_t value, bool *first)
{
    put_key(t, key, first);
    rx_text_u64(t, value);
}

/* For fields where a negative number means that they do not apply. */
static void put_natural(struct rx_text *t, const char *key, int64_t value, bool *first)
{
    if (value >= 0)
        put_number(t, key, value, first);
}

static void put_truth(struct rx_text *t, const char *key, bool value, bool *first)
{
    put_key(t, key, first);
    rx_text_puts(t, value ? "true" : "false");
}

/* ---- events --------------------------------------------------------------------------------- */

static void put_value(struct rx_text *t, const char *key, const char *value, bool numeric,
                      bool *first)
{
    if (value == NULL || !numeric) {
        put_string(t, key, value, first);
        return;
    }
    put_key(t, key, first);
    rx_text_puts(t, value);
}

/* An event of a program that knows fewer fields than this library: those do not apply. */
static struct podring_event whole_event(const struct podring_event *e)
{
    struct podring_event whole = {.exit_code = -1};

    if (e != NULL)
        memcpy(&whole, e, e->size < sizeof(whole) ? e->size : sizeof(whole));
    return whole;
}

size_t podring_event_json(const struct podring_event *given, char *out, size_t room)
{
    struct podring_event whole = whole_event(given), *e = &whole;
    struct rx_text t = rx_text_in(out, room);
    bool first = true;

    if (given == NULL)
        return rx_text_end(&t);
    rx_text_putc(&t, '{');
    put_number(&t, "at_ms", e->at_ms, &first);
    put_unsigned(&t, "seq", e->seq, &first);
    put_string(&t, "kind", e->kind == PODRING_TRANSITION ? "Transition" : "Event", &first);
    put_string(&t, "type", e->type, &first);
    put_string(&t, "reason", e->reason, &first);
    put_string(&t, "namespace", e->namespace_, &first);
    put_string(&t, "object", e->object, &first);
    put_string(&t, "pod", e->pod_name, &first);
    put_string(&t, "uid", e->uid, &first);
    put_string(&t, "container", e->container, &first);
    put_string(&t, "field", e->field, &first);
    put_value(&t, "from", e->from, (e->numeric & 1) != 0, &first);
    put_value(&t, "to", e->to, (e->numeric & 2) != 0, &first);
    put_natural(&t, "exitCode", e->exit_code, &first);
    put_string(&t, "message", e->message, &first);
    rx_text_putc(&t, '}');
    return rx_text_end(&t);
}

/* ---- pods ----------------------------------------------------------------------------------- */

static void put_ip(struct rx_text *t, uint32_t ip, bool *first)
{
    if (ip == 0)
        return;
    put_key(t, "ip", first);
    rx_text_putc(t, '"');
    for (int shift = 24; shift >= 0; shift -= 8) {
        rx_text_u64(t, ip >> shift & 255);
        rx_text_puts(t, shift > 0 ? "." : "\"");
    }
}

void face_json_pod(struct rx_text *t, const struct podring_pod_info *p)
{
    bool first = true;

    rx_text_putc(t, '{');
    put_string(t, "namespace", p->namespace_, &first);
    put_string(t, "name", p->name, &first);
    put_string(t, "uid", p->uid, &first);
    put_string(t, "phase", p->phase, &first);
    put_string(t, "status", p->status, &first);
    put_string(t, "reason", p->reason, &first);
    put_string(t, "message", p->message, &first);
    put_number(t, "ready", p->ready, &first);
    put_number(t, "readyOf", p->ready_of, &first);
    put_unsigned(t, "restarts", p->restarts, &first);
    put_natural(t, "lastRestart_ms", p->last_restart_ms, &first);
    put_number(t, "created_ms", p->created_ms, &first);
    put_natural(t, "deleted_ms", p->deleted_ms, &first);
    put_ip(t, p->ip, &first);
    put_string(t, "node", p->node, &first);
}

static const char *kind_name(uint32_t kind)
{
    return kind == 0 ? "init" : kind == 1 ? "sidecar" : "main";
}

static void put_last_state(struct rx_text *t, const struct podring_container_info *c, bool *first)
{
    bool first_inside = true;

    if (c->last_exit_code < 0)
        return;
    put_key(t, "lastState", first);
    rx_text_putc(t, '{');
    put_number(t, "exitCode", c->last_exit_code, &first_inside);
    put_string(t, "reason", c->last_reason, &first_inside);
    put_string(t, "message", c->last_message, &first_inside);
    put_natural(t, "started_ms", c->last_started_ms, &first_inside);
    put_natural(t, "finished_ms", c->last_finished_ms, &first_inside);
    rx_text_putc(t, '}');
}

void face_json_container(struct rx_text *t, const struct podring_container_info *c)
{
    bool first = true;

    rx_text_putc(t, '{');
    put_string(t, "name", c->name, &first);
    put_string(t, "kind", kind_name(c->kind), &first);
    put_string(t, "image", c->image, &first);
    put_string(t, "state", c->state, &first);
    put_string(t, "reason", c->reason, &first);
    put_string(t, "message", c->message, &first);
    put_natural(t, "exitCode", c->exit_code, &first);
    put_truth(t, "ready", c->ready != 0, &first);
    put_truth(t, "started", c->started != 0, &first);
    put_unsigned(t, "restartCount", c->restart_count, &first);
    put_natural(t, "started_ms", c->started_ms, &first);
    put_natural(t, "finished_ms", c->finished_ms, &first);
    put_last_state(t, c, &first);
    rx_text_putc(t, '}');
}

/* ---- reports -------------------------------------------------------------------------------- */

static void put_quantiles(struct rx_text *t, const char *key, const struct face_quantiles *q,
                          bool *first)
{
    bool first_inside = true;

    put_key(t, key, first);
    rx_text_putc(t, '{');
    put_unsigned(t, "samples", q->samples, &first_inside);
    put_unsigned(t, "p50", q->p50, &first_inside);
    put_unsigned(t, "p90", q->p90, &first_inside);
    put_unsigned(t, "p99", q->p99, &first_inside);
    put_unsigned(t, "p99.9", q->p999, &first_inside);
    put_unsigned(t, "max", q->max, &first_inside);
    rx_text_putc(t, '}');
}

static void put_run(struct rx_text *t, const struct face_report *r)
{
    bool first = true;

    rx_text_puts(t, "\"run\":{");
    put_string(t, "version", podring_version(), &first);
    put_string(t, "command", r->command, &first);
    put_string(t, "clock", r->clock, &first);
    put_string(t, "net", r->net, &first);
    put_string(t, "timing", r->timing, &first);
    put_unsigned(t, "seed", r->seed, &first);
    put_key(t, "epoch", &first);
    rx_text_putc(t, '"');
    face_rfc3339(t, r->epoch_unix_ms);
    rx_text_putc(t, '"');
    put_number(t, "end_ms", r->end_ms, &first);
    rx_text_putc(t, '}');
}

static void put_summary(struct rx_text *t, const struct face_report *r)
{
    const struct podring_stats *s = &r->stats;
    bool first = true, first_status = true;

    rx_text_puts(t, "\"summary\":{");
    put_unsigned(t, "pods", s->pods, &first);
    put_key(t, "statuses", &first);
    rx_text_putc(t, '{');
    for (uint32_t i = 0; i < r->statuses; i++) {
        rx_text_puts(t, first_status ? "" : ",");
        face_json_string(t, r->status[i].name);
        rx_text_putc(t, ':');
        rx_text_u64(t, r->status[i].pods);
        first_status = false;
    }
    rx_text_putc(t, '}');
    put_unsigned(t, "probes", s->probes, &first);
    put_unsigned(t, "success", s->success, &first);
    put_unsigned(t, "warning", s->warning, &first);
    put_unsigned(t, "failure", s->failure, &first);
    put_unsigned(t, "error", s->error, &first);
    put_unsigned(t, "timeouts", s->timeouts, &first);
    put_unsigned(t, "missed", s->missed, &first);
    put_quantiles(t, "lateness_ns", &r->lateness, &first);
    put_quantiles(t, "latency_ns", &r->latency, &first);
    put_unsigned(t, "restarts", s->restarts, &first);
    put_unsigned(t, "backoffs", s->backoffs, &first);
    put_unsigned(t, "kills", s->kills, &first);
    put_unsigned(t, "events", s->events, &first);
    put_key(t, "digest", &first);
    rx_text_putc(t, '"');
    rx_text_hex64(t, r->digest);
    rx_text_puts(t, "\"}");
}

static void put_counters(struct rx_text *t, const struct face_report *r)
{
    bool first = true;

    rx_text_puts(t, "\"counters\":{");
#define X(field, kind, share, help) put_unsigned(t, #field, r->stats.field, &first);
    FACE_COUNTER_MAP(X)
#undef X
    rx_text_putc(t, '}');
}

void face_json_report(struct rx_text *t, const struct face_report *r)
{
    bool first = true;

    put_run(t, r);
    rx_text_puts(t, ",\n ");
    put_summary(t, r);
    rx_text_puts(t, ",\n ");
    put_counters(t, r);
    if (!r->cost.known)
        return;
    rx_text_puts(t, ",\n \"cost\":{");
    put_unsigned(t, "elapsed_ns", r->cost.elapsed_ns, &first);
    put_unsigned(t, "cpu_user_ns", r->cost.cpu_user_ns, &first);
    put_unsigned(t, "cpu_system_ns", r->cost.cpu_system_ns, &first);
    put_unsigned(t, "rss_bytes", r->cost.rss_bytes, &first);
    rx_text_putc(t, '}');
}
