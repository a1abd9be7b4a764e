/* SPDX-License-Identifier: Apache-2.0 */
/* cause.c - see cause.h. There are few causes in a run, so that a short list is searched. */
#include "api/cli/bench/cause.h"

#include <ctype.h>
#include <string.h>

#include "probes/wire/http1.h"

void bench_cause_add(struct bench_causes *all, struct bench_cause what, struct rx_addr at)
{
    for (uint32_t i = 0; i < all->count; i++) {
        struct bench_cause *c = &all->row[i];

        if (c->kind == what.kind && c->stage == what.stage && c->detail == what.detail) {
            c->count++;
            return;
        }
    }
    if (all->count == BENCH_CAUSES) {
        all->others++;
        return;
    }
    what.count = 1;
    what.first = at;
    all->row[all->count++] = what;
}

static const char *const stage_word[] = {
    [RX_STAGE_SOCKET] = "socket",
    [RX_STAGE_CONNECT] = "connect",
    [RX_STAGE_SEND] = "send",
    [RX_STAGE_RECV] = "receive",
};

const char *bench_cause_stage(const struct bench_cause *c)
{
    return c->kind == BENCH_TIMED_OUT || c->kind == BENCH_ERRNO ? stage_word[c->stage] : "answer";
}

static void put_timeout(struct rx_text *t, unsigned stage)
{
    static const char *const doing[] = {
        [RX_STAGE_SOCKET] = "before it was sent",
        [RX_STAGE_CONNECT] = "connecting",
        [RX_STAGE_SEND] = "sending",
        [RX_STAGE_RECV] = "waiting for the answer",
    };

    rx_text_puts(t, "timed out ");
    rx_text_puts(t, doing[stage]);
}

static void put_errno(struct rx_text *t, const struct bench_cause *c)
{
    const char *text = strerrordesc_np(c->detail);

    rx_text_puts(t, stage_word[c->stage]);
    rx_text_puts(t, ": ");
    if (text == NULL) {
        rx_text_puts(t, "errno ");
        rx_text_i64(t, c->detail);
        return;
    }
    rx_text_putc(t, (char)tolower((unsigned char)text[0]));
    rx_text_puts(t, text + 1);
}

void bench_cause_text(struct rx_text *t, const struct bench_cause *c)
{
    static const char *const fault[] = {
#define X(name, detail, text, status) [PROBE_HTTP1_FAULT_##name] = text,
        PROBE_HTTP1_FAULT_MAP(X)
#undef X
    };

    switch ((enum bench_cause_kind)c->kind) {
    case BENCH_TIMED_OUT:
        put_timeout(t, c->stage);
        break;
    case BENCH_ERRNO:
        put_errno(t, c);
        break;
    case BENCH_STATUS:
        rx_text_puts(t, "status ");
        rx_text_i64(t, c->detail);
        break;
    case BENCH_GARBLED:
        rx_text_puts(t, fault[c->detail]);
        break;
    case BENCH_NO_ANSWER:
        rx_text_puts(t, "closed without an answer");
        break;
    case BENCH_NOT_FOLLOWED:
        rx_text_puts(t, "redirected to where no probe can follow");
        break;
    case BENCH_LOOP:
        rx_text_puts(t, "redirected ten times");
        break;
    }
}
