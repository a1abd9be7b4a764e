/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rank.h - which share of a run this process has: as the command line says, or as whoever has
 * started it along with others tells in the environment.
 */
#ifndef CLI_RANK_H
#define CLI_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const char *rank_read(const char *text, uint32_t *index, uint32_t *count);
/* "I/N", I from 0 on; "auto" and "auto/N": I, and N unless it is given, are those of the launcher.
 * NULL, or what is wrong with it; "" if it has not that form. */

const char *rank_workers_read(const char *text, uint32_t *workers);
/* A number, or "auto" and 0: as many as this process has processors. */

bool rank_path(const char *pattern, uint32_t index, char *out, size_t room);
/* The name of a file with {shard} replaced by the index. False: too long. */

#endif
