/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - what a run prints at its end. */
#ifndef CLI_RESULT_H
#define CLI_RESULT_H

#include "api/cli/options.h"
#include "api/cli/out.h"
#include "api/face/report.h"

void result_table(struct out *out, podring *ring, const struct face_report *r,
                  const struct cli_options *o);
/* The pods, or with many of them an overview, and the summary. */

void result_json(struct out *out, podring *ring, const struct face_report *r);
/* One document. */

void result_aside(const struct face_report *r);
/* The summary on standard error, for whoever watches while the data goes elsewhere. */

void result_warn(const struct face_report *r);
/* Says on standard error what makes the numbers of shares other than those of one engine. */

int result_write(const char *path, uint32_t share, out_render_fn *fn, const void *what);
/* Writes a file; {shard} in its name is the number of the share. NULL: none was asked for. An exit code. */

void result_metrics(struct face_text *t, const void *report);
/* An out_render_fn: Prometheus' text. */

#endif
