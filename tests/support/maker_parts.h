/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker_parts.h - what the files of the world generator share. Not for tests.
 *
 * One draw a statement: the order in which C evaluates arguments is the compiler's. Of every choice
 * the first is the simplest, so that shrinking ends there.
 */
#ifndef MAKER_PARTS_H
#define MAKER_PARTS_H

#include "engine/reactor/base.h"
#include "tests/support/maker.h"

enum { MAKER_TEXT = 256 };

void mk_put(struct maker *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
void mk_line(struct maker *m, unsigned level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A line of the document, indented by `level` steps below where the pod spec stands. */

unsigned mk_below(struct maker *m, unsigned n);
unsigned mk_from(struct maker *m, unsigned low, unsigned high); /* both included; low is simplest */
bool mk_chance(struct maker *m, unsigned percent);

bool mk_more(struct maker *m, unsigned percent);
bool mk_next(struct maker *m, bool first, unsigned percent); /* the first is always there */
void mk_end(struct maker *m);
/* if (mk_more(m, 30)) { ...; mk_end(m); } - or while: what is drawn between may vanish as one. */

#define mk_pick(m, list) ((list)[mk_below(m, RX_ARRAY_LEN(list))])

const char *mk_time(struct maker *m, unsigned max_s, char out[MAKER_TEXT]);
/* A duration, mostly whole seconds: things that fall together are the interesting ones. */

const char *mk_delay(struct maker *m, unsigned max_s, char out[MAKER_TEXT]);
/* The same where a distribution may stand. */

const char *mk_pod_of(struct maker *m, unsigned of, char out[MAKER_TEXT]);
/* The name of a pod of which something is known: a bare one, or one of a StatefulSet. */

const char *mk_name_of(const struct maker *m, unsigned of, char out[MAKER_TEXT]);
/* Of the object itself; also the value of its label. */

static inline const char *mk_space(bool other)
{
    return other ? ", namespace: other" : "";
}

unsigned mk_when_s(struct maker *m); /* an instant of the span */
void mk_window(struct maker *m, bool with_clock);
/* "from: .., to: .., " inside braces */

static inline char mk_letter(unsigned container)
{
    return "bacdefgh"[container % 8];
}
/* Names of containers are out of order on purpose: status lists are sorted. */

/* maker_pod.c */
void mk_pod_spec(struct maker *m, const char *kind);
unsigned mk_port(unsigned container);

/* maker_shell.c */
void mk_shell_main(struct maker *m, unsigned level);
void mk_shell_command(struct maker *m, char out[MAKER_TEXT]);
/* One line for probes and hooks, without double quotes. */

/* maker_behave.c */
void mk_behaviors(struct maker *m, const char *owner, unsigned containers);

/* maker_cluster.c */
void mk_cluster(struct maker *m);

const char *mk_kind(const char *lower); /* "deployment" as "Deployment" */

/* maker_around.c */
void mk_share(struct maker *m, const char *field, unsigned most); /* a number, or a percentage */
void mk_budgets(struct maker *m);
void mk_services(struct maker *m);
void mk_scaler(struct maker *m);

/* maker_events.c */
void mk_cluster_events(struct maker *m);

/* maker_calls.c */
void mk_calls(struct maker *m);

#endif
