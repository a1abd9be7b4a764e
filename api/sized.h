/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sized.h - handing a struct to a caller who may have been compiled against an older or a newer
 * podring.h.
 *
 * Every struct of podring.h that the library fills starts with `size`, which the caller's
 * initialiser has set to what the caller knows. The library fills a struct of its own and gives as
 * many bytes of it as both sides know. What only the caller knows keeps what the initialiser gave
 * it. Not API.
 */
#ifndef API_SIZED_H
#define API_SIZED_H

#include <stdint.h>
#include <string.h>

#include "api/engine.h"

/* `size` and the field behind it. Whatever is smaller has no initialiser behind it. */
enum { API_SIZE_LEAST = 8 };

#define API_SIZED(ring, out)                                                                       \
    do {                                                                                           \
        API_CHECK(ring, (out) != NULL, #out " is NULL");                                           \
        API_CHECK(ring, (out)->size >= API_SIZE_LEAST, \
                  #out "->size: use the struct's initialiser"); \
    } while (0)
/* Returns -EINVALID from the calling function if the caller's struct is none. */

#define API_GIVE(out, full) api_give(out, full, sizeof(*(full)))

static inline void api_give(void *out, const void *full, uint32_t full_size)
{
    uint32_t size;

    memcpy(&size, out, sizeof(size));
    size = size < full_size ? size : full_size;
    memcpy((char *)out + sizeof(size), (const char *)full + sizeof(size), size - sizeof(size));
}

#endif
