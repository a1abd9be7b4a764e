/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON out of snapshots. Keys always come in the same order. podring_event_json, which is
 * public, is implemented here too.
 */
#ifndef FACE_JSON_H
#define FACE_JSON_H

#include "api/face/report.h"

void face_json_string(struct rx_text *t, const char *s);
/* Quoted and escaped. What is not UTF-8 becomes U+FFFD, one for each maximal broken piece. NULL is
 * null. */

void face_json_pod(struct rx_text *t, const struct podring_pod_info *p);
void face_json_container(struct rx_text *t, const struct podring_container_info *c);
/* Objects on one line. The pod's is left open after its last own member, so that its containers can
 * follow: the caller appends `,"containers":[...]}`. */

void face_json_report(struct rx_text *t, const struct face_report *r);
/* The members "run", "summary", "counters" and (if known) "cost", without braces around them. */

#endif
