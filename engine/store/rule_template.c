/* SPDX-License-Identifier: Apache-2.0 */
/* rule_template.c - marks of images, which are exclusive-ored into a template's hash. */
#include "engine/store/rule_template.h"

#include <string.h>

#include "engine/reactor/hash.h"

uint64_t st_image_mark(uint32_t container, const char *image)
{
    uint64_t h = rx_hash_bytes(RX_HASH_START, &container, sizeof(container));

    return rx_hash_end(rx_hash_bytes(h, image, strlen(image)));
}
