/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net.h - what commands that use the network share: a URL, a question to the host, its answer.
 *
 * A command asks (sh_ask), returns SH_BLOCKED, and when it is called again has the answer: at the
 * time at which the reply, or the headers of an HTTP response, are there. For a body it waits once
 * more (sh_await_body).
 */
#ifndef BOX_NET_H
#define BOX_NET_H

#include "engine/box/run/cmd.h"

enum { SH_URL_MAX = 512, SH_HEAD_MAX = SH_URL_MAX + 64, SH_REDIRECTS_MAX = 5 };

struct sh_url {
    char host[256], path[SH_URL_MAX];
    uint16_t port;
    bool tls;
};

bool sh_url_parse(const char *s, struct sh_url *u);
/* False: not a URL of http or https. */

const char *sh_url_file(const char *path);
/* Its last component, which ends the text; NULL: it has none. */

bool sh_url_follow(const char *location, struct sh_url *u);
/* A Location, seen from u, which it becomes. False: it leads nowhere. */

int sh_ask(struct sh_task *t, enum shell_ask what, const struct sh_url *u, const char *method,
           rx_ms timeout);
/* Asks, and lets the task wait at most so long: SH_BLOCKED. */

struct shell_result sh_answer(const struct sh_task *t);
/* What has come; SHELL_REPLY_TIMEOUT if nothing has in time, or after the headers no body. */

int sh_await_body(struct sh_task *t, rx_ms timeout);
/* 0: the body is there already. Else SH_BLOCKED, and sh_answer then tells. */

enum sh_reached { SH_REACHED, SH_NOT_REACHED, SH_NOT_OURS };

enum sh_reached sh_reached(const struct shell_result *r, const char *host);
/* NOT_OURS: nothing is known of the host (a name outside the cluster), or of the port. Then whoever
 * asks is a program that nobody knows: sh_call_unknown. */

void sh_put_body(struct sh_task *t, const struct shell_result *r);
int sh_save_body(struct sh_task *t, const char *path, const char *head,
                 const struct shell_result *r, bool append);
/* Behind the text `head`. 0 or a negative errno. */

size_t sh_response_head(char *out, size_t room, const struct shell_result *r);
/* Status line and headers, with the empty line behind them. */

void sh_dotted(char out[16], uint32_t address);
const char *sh_status_text(unsigned status);

#endif
