/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aim.h - what --target names: one server, or every address of a range.
 */
#ifndef CLI_BENCH_AIM_H
#define CLI_BENCH_AIM_H

#include <stdbool.h>
#include <stdint.h>

struct bench_aim {
    bool tcp;
    uint32_t first, last; /* addresses, host byte order */
    uint16_t port;
    char path[1024]; /* the request target */
};

const char *bench_aim_read(const char *text, struct bench_aim *out);
/* http://HOSTS[:PORT][/PATH], tcp://HOSTS:PORT or HOSTS:PORT, where HOSTS is ADDRESS or FIRST-LAST.
 * NULL, or what is wrong with it. */

const char *bench_aim_check(const char *text, bool allow_remote);
/* The same, and whether it may be probed: a load test of a machine that has not agreed to it is an
 * attack, so only loopback is, unless --allow-remote was given. */

#endif
