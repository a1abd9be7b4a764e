/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally.h - what a run adds up to, or a share of it, so that shares can be added up themselves.
 *
 * Adding is associative and commutative: what comes out, and how it is written, does not depend on
 * the order in which shares are put together. In virtual time the whole is what one engine would
 * have tallied, but for the counters about engines themselves (report.h: ENGINE, PEAK, MOST).
 *
 * A tally is one JSON document. Everything about engines and this machine stands on its last lines:
 * {"result":1,
 *  "run":{...},                       what was run: shares of another run are refused
 *  "shares":{"of":4,"here":"0,2-3"},  absent when all are here
 *  "end_ms":60000,"digest":"...","statuses":{...},
 *  "counters":{...},
 *  "lateness_ns":{...},"latency_ns":{...},   "buckets": [smallest value, how many], ...
 *  "engines":{...},
 *  "cost":{...}}                      real time only
 */
#ifndef CLI_TALLY_H
#define CLI_TALLY_H

#include "api/cli/io/json_read.h"
#include "api/cli/options.h"
#include "api/face/report.h"
#include "engine/reactor/hist.h"

enum { TALLY_SHARES_MAX = 65536, TALLY_STATUSES_MAX = 1024, TALLY_FACT_ROOM = 4096 };

/* What has to be the same in all shares of a run: name, whether it is a string. */
#define TALLY_FACT_MAP(X)                                                                          \
    X(version, true)                                                                               \
    X(command, true)                                                                               \
    X(clock, true)                                                                                 \
    X(net, true)                                                                                   \
    X(timing, true)                                                                                \
    X(seed, false)                                                                                 \
    X(epoch, true)                                                                                 \
    X(for_ms, false)                                                                               \
    X(options, true)                                                                               \
    X(manifests, true)

enum tally_fact {
#define X(name, string) TALLY_##name,
    TALLY_FACT_MAP(X)
#undef X
        TALLY_FACTS
};

struct tally {
    char fact[TALLY_FACTS][TALLY_FACT_ROOM]; /* as in JSON, without quotes */
    uint32_t shares;                         /* of the run */
    uint64_t here[TALLY_SHARES_MAX / 64];    /* bit per share */
    int64_t end_ms;
    uint64_t digest, engines;
    struct podring_stats stats;
    struct rx_hist lateness, latency;
    uint32_t statuses;
    struct {
        char name[FACE_STATUS_ROOM]; /* as in JSON */
        uint64_t pods;
    } status[TALLY_STATUSES_MAX]; /* most pods first, then by name */
    bool cost_known;
    uint64_t elapsed_ns, cpu_user_ns, cpu_system_ns, rss_bytes;
};

struct tally *tally_new(void); /* empty; NULL: no memory. free() it. */

bool tally_take(struct tally *t, const struct cli_options *o, podring *ring);
/* Fills an empty tally with what the engine has done, as that share of the run that the options
 * say. False: out of memory. */

void tally_options(struct rx_text *t, const struct podring_options *e, podring *ring);
/* What of the options changes what happens, and is not at its default; the fact "options". */

const char *tally_add(struct tally *t, const struct tally *from, char why[TALLY_FACT_ROOM * 3]);
/* Adds another share. NULL, or why they do not belong together (in `why`); t is then unchanged. */

void tally_become(struct tally *t, uint32_t share, uint32_t shares);
/* What has been added up is that share of the run: its parts are nobody's business. */

bool tally_is_whole(const struct tally *t);

void tally_report(const struct tally *t, struct face_report *r);
/* The same for people and for Prometheus; its words belong to the tally. */

void tally_write(struct rx_text *out, const void *tally);
/* An out_render_fn: the document. */

const char *tally_read(struct tally *t, const struct json *j);
/* Fills an empty tally from a document. NULL, or what is wrong with it (static). */

void tally_missing(struct rx_text *out, const struct tally *t, bool missing);
/* The numbers of the shares that are missing, or that are here: "0,2-3". */

#endif
