/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.h - the checksums of md5sum, sha1sum, sha256sum and sha512sum, for the simulated commands
 * only: nothing is secured by them here.
 */
#ifndef BOX_DIGEST_H
#define BOX_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum sh_digest_kind { SH_MD5, SH_SHA1, SH_SHA256, SH_SHA512 };

enum { SH_DIGEST_MAX = 64 }; /* bytes */

struct sh_digest {
    enum sh_digest_kind kind;
    uint64_t state[8];
    uint64_t length; /* so far */
    uint8_t block[128];
};

void sh_digest_begin(struct sh_digest *d, enum sh_digest_kind kind);
void sh_digest_add(struct sh_digest *d, const void *data, size_t length);
size_t sh_digest_end(struct sh_digest *d, uint8_t out[SH_DIGEST_MAX]); /* bytes in out */

#endif
