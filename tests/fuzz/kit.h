/* SPDX-License-Identifier: Apache-2.0 */
/* kit.h - what fuzz targets share. */
#ifndef FUZZ_KIT_H
#define FUZZ_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_check(bool ok, const char *file, int line, const char *what);
#define CHECK(x) fuzz_check((x), __FILE__, __LINE__, #x)

uint64_t fuzz_hash(uint64_t before, const void *data, size_t size);
/* FNV-1a; begin with FUZZ_HASH. */
#define FUZZ_HASH 0xcbf29ce484222325u

char *fuzz_text(const uint8_t *data, size_t size);
/* A copy that ends in a NUL, in memory of its own so that a sanitizer sees its end. free() it. */

const uint8_t *fuzz_until(const uint8_t **at, const uint8_t *end, uint8_t stop, size_t *length);
/* The bytes up to the next `stop` or the end; moves behind it. */

bool fuzz_json(const char *text, size_t length);
/* Is it one JSON value as RFC 8259 has it, in UTF-8, without control bytes? */

#endif
