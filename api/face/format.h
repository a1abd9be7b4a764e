/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h - the few formats that the faces share: text of others, numbers, durations, dates. No
 * locale and no floating point: the same bytes on every machine.
 */
#ifndef FACE_FORMAT_H
#define FACE_FORMAT_H

#include "engine/reactor/text.h"

void face_plain(struct rx_text *t, const char *s, size_t n);
/* For text that somebody else has written and that may reach a terminal: control characters other
 * than newline and tab are shown instead of sent, ESC as ^[ and a carriage return as \\r, as
 * kubectl has it. */

void face_html(struct rx_text *t, const char *s);
/* With what stands for <, >, & and " in HTML. */

void face_grouped(struct rx_text *t, uint64_t n);
/* 1,234,567 */

void face_fixed(struct rx_text *t, uint64_t n, unsigned decimals);
/* n / 10^decimals, with exactly so many decimals. */

void face_age(struct rx_text *t, int64_t ms);
/* As kubectl prints ages: 5s, 2m30s, 12m, 5h4m, 3d2h, 1y20d. */

void face_span(struct rx_text *t, uint64_t ns);
/* A measured duration with three digits: 412ns, 3.04us, 41.2ms, 1.53s. Rounds to the nearest. */

void face_duration(struct rx_text *t, int64_t ms);
/* Exact, the way Go prints it: 0s, 250ms, 1.5s, 1m20s, 5m0s, 1h0m0s. */

void face_bytes(struct rx_text *t, uint64_t n);
/* 812 B, 12.3 KiB, 4.0 GiB. */

void face_rfc3339(struct rx_text *t, int64_t unix_ms);
/* 2026-01-01T00:00:00Z; with milliseconds only if there are any. Years 0 to 9999. */

#endif
