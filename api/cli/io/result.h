/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - what a run prints at its end. */
#ifndef CLI_RESULT_H
#define CLI_RESULT_H

#include "api/cli/options.h"
#include "api/cli/io/out.h"
#include "api/face/report.h"

void result_table(struct out *out, podring *ring, const struct face_report *r,
                  const struct cli_options *o);
/* The pods, or with many of them an overview, and the summary. */

void result_json(struct out *out, podring *ring, const struct face_report *r);
/* One document. */

/* The pods of one of several engines, as far as they are listed. */
struct result_row {
    uint64_t number;             /* order of creation */
    struct podring_pod_info pod; /* strings are in `text` */
    char *text;                  /* or all of it as JSON */
};

struct result_share {
    struct result_row *row;
    size_t count, room;
    uint64_t pods; /* that could be listed */
    char first[256]; /* the namespace of the first one */
    bool namespaces; /* there are others */
    bool failed; /* no memory */
};

void result_collect(struct result_share *s, podring *ring, const struct cli_options *o,
                    uint64_t pods);
/* In the engine's thread, at the end of a run that has so many pods in all. */

void result_share_free(struct result_share *s);

int result_of_shares(struct out *out, struct result_share *const *shares, uint32_t count,
                     const struct face_report *r, const struct cli_options *o);
/* The table or the document of -o json, as of one engine. An exit code. */

void result_aside(const struct face_report *r);
/* The summary on standard error, for whoever watches while the data goes elsewhere. */

void result_warn(const struct face_report *r);
/* Says on standard error what makes the numbers of shares other than those of one engine. */

bool result_is_output(const struct cli_options *o);
/* Does the file of --result take the place of what would be printed? */

int result_write(const char *path, uint32_t share, out_render_fn *fn, const void *what);
/* Writes a file; {shard} in its name is the number of the share. NULL: none was asked for. An exit
 * code. */

void result_metrics(struct rx_text *t, const void *report);
/* An out_render_fn: Prometheus' text. */

#endif
