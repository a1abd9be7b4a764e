/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_read.h - reads JSON back: results of earlier runs, objects. Values are slices of the text,
 * numbers as they are written; nothing is converted and strings keep their escapes, which is all
 * that comparing needs.
 */
#ifndef CLI_JSON_READ_H
#define CLI_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind {
    JSON_NULL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_node {
    enum json_kind kind;
    const char *text; /* a scalar, strings without their quotes */
    size_t length;
    const char *key; /* inside an object, without quotes */
    size_t key_length;
    uint32_t first, next; /* child, sibling; 0 = none */
};

struct json {
    char *text;
    struct json_node *node; /* node[1] is the root */
    uint32_t count, room;
};

enum { JSON_DEPTH_MAX = 128, JSON_BYTES_MAX = 64 << 20 };

bool json_open(struct json *j, const char *path, const char **why);
/* Reads a whole file. False: *why says what is wrong, static text; json_no_memory if it is not the
 * file's fault. Close it either way. */

bool json_parse(struct json *j, const char *text, size_t length, const char **why);
/* The same of a text, which is copied. */

int json_load(struct json *j, const char *path);
/* json_open for a command: an exit code, after a message. json_load.c */

extern const char json_no_memory[]; /* "out of memory" */

void json_close(struct json *j);

const struct json_node *json_root(const struct json *j);
const struct json_node *json_first(const struct json *j, const struct json_node *n);
const struct json_node *json_next(const struct json *j, const struct json_node *n);
const struct json_node *json_member(const struct json *j, const struct json_node *n,
                                    const char *key);
/* NULL where there is none, also of NULL. */

const struct json_node *json_at(const struct json *j, const struct json_node *n, const char *path);
/* "spec.template.spec": NULL where something on the way is not there. */

bool json_u64(const struct json_node *n, uint64_t max, uint64_t *out);
/* False: it is no whole number up to max; also of NULL. json_load.c */

size_t json_unescape(const char *text, size_t length, char *out, size_t room);
/* What a string says: its length, as much of it as there is room for, and a NUL. */

#endif
