/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip.c - see zip.h. The only file that includes zlib.h.
 */
#include "engine/box/cmd/zip.h"

#include <string.h>
#include <zlib.h>

#include "engine/reactor/base.h"

enum {
    GZIP_WINDOW = MAX_WBITS + 16, /* 16: with gzip's header and sum */
    GZIP_MEMORY = 8,
    GZIP_UNIX = 3, /* the system that it comes from */
    GZIP_HEAD = 10,
    GZIP_TAIL = 8,
    NAME_ROOM = 256,
    PIECE = 1024
};

static const char magic[] = "\037\213";

struct sh_zip {
    z_stream z;
    gz_header header; /* what it says, or is to say */
    unsigned char name[NAME_ROOM];
    bool packs;
    uint32_t seen; /* unpacking: bytes of the magic number of this member */
    uint32_t members;
    enum sh_zip_state state;
};

bool sh_zip_has_magic(const char *data, uint32_t length)
{
    return length >= 2 && memcmp(data, magic, 2) == 0;
}

enum sh_zip_state sh_zip_state(const struct sh_zip *z)
{
    return z->state;
}

static voidpf get(voidpf task, uInt count, uInt size)
{
    return sh_call_alloc(task, (size_t)count * size);
}

/* The call gives all of it back. */
static void put_back(voidpf task, voidpf mem)
{
    (void)task;
    (void)mem;
}

static struct sh_zip *begin(struct sh_task *t, bool packs)
{
    struct sh_zip *z = sh_call_alloc(t, sizeof(*z));

    if (z == NULL)
        return NULL;
    z->packs = packs;
    z->z = (z_stream){.zalloc = get, .zfree = put_back, .opaque = t};
    return z;
}

static void set_header(struct sh_zip *z, const char *name, int64_t mtime)
{
    z->header = (gz_header){
        .time = mtime > 0 ? (uLong)mtime : 0, .os = GZIP_UNIX, .name = (Bytef *)(uintptr_t)name};
    deflateSetHeader(&z->z, &z->header);
}

struct sh_zip *sh_zip_pack(struct sh_task *t, int level, const char *name, int64_t mtime)
{
    struct sh_zip *z = begin(t, true);

    if (z == NULL || deflateInit2(&z->z, level, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                                  Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    set_header(z, name, mtime);
    return z;
}

struct sh_zip *sh_zip_unpack(struct sh_task *t)
{
    struct sh_zip *z = begin(t, false);

    if (z == NULL || inflateInit2(&z->z, GZIP_WINDOW) != Z_OK)
        return NULL;
    sh_zip_again(z, NULL, 0);
    return z;
}

uint32_t sh_zip_overhead(const struct sh_zip *z)
{
    size_t name = z->header.name != NULL ? strnlen((const char *)z->header.name, NAME_ROOM) : 0;

    return (uint32_t)(GZIP_HEAD + (name > 0 ? name + 1 : 0) + GZIP_TAIL);
}

void sh_zip_again(struct sh_zip *z, const char *name, int64_t mtime)
{
    z->state = SH_ZIP_NOTHING;
    z->seen = z->members = 0;
    if (z->packs) {
        deflateReset(&z->z);
        set_header(z, name, mtime);
    } else {
        inflateReset(&z->z);
        z->header = (gz_header){.name = z->name, .name_max = NAME_ROOM};
        z->name[0] = '\0';
        inflateGetHeader(&z->z, &z->header);
    }
}

/* Runs zlib over what is at hand, with as many pieces as that takes. */
static bool pump(struct sh_task *t, struct sh_zip *z, int flush, struct sh_buf *out, int *result)
{
    unsigned char piece[PIECE];

    do {
        z->z.next_out = piece;
        z->z.avail_out = sizeof(piece);
        *result = z->packs ? deflate(&z->z, flush) : inflate(&z->z, flush);
        if (t->proc->over || !sh_charge(t, 1 + (PIECE - z->z.avail_out) / 16) ||
            !sh_buf_add(t, out, (char *)piece, PIECE - z->z.avail_out))
            return false;
    } while (*result == Z_OK && z->z.avail_out == 0);
    return true;
}

/* The bytes with which a member begins: true as long as they are the right ones. Zeroes behind the
 * last one only fill up its block. */
static bool member_begins(struct sh_zip *z, const char *data, uint32_t length)
{
    for (uint32_t i = 0; i < length && z->seen < 2; i++) {
        if (data[i] == '\0' && z->members > 0 && z->seen == 0)
            continue;
        if (data[i] != magic[z->seen]) {
            z->state = z->members > 0 ? SH_ZIP_GARBAGE : SH_ZIP_NO_MAGIC;
            return false;
        }
        z->seen++;
    }
    return true;
}

static bool unpack(struct sh_task *t, struct sh_zip *z, const char *data, uint32_t length,
                   struct sh_buf *out)
{
    int r;

    while (length > 0 && z->state <= SH_ZIP_WHOLE) {
        if (!member_begins(z, data, length))
            return true;
        while (z->members > 0 && z->state == SH_ZIP_WHOLE && length > 0 && *data == '\0') {
            data++;
            length--;
        }
        if (length == 0)
            return true;
        z->state = SH_ZIP_WITHIN;
        z->z.next_in = (Bytef *)(uintptr_t)data;
        z->z.avail_in = length;
        if (!pump(t, z, Z_NO_FLUSH, out, &r))
            return false;
        data += length - z->z.avail_in;
        length = z->z.avail_in;
        if (r == Z_STREAM_END) {
            z->state = SH_ZIP_WHOLE;
            z->members++;
            z->seen = 0;
            inflateReset(&z->z);
        } else if (r != Z_OK && r != Z_BUF_ERROR) {
            z->state = z->z.msg != NULL && strstr(z->z.msg, "check") != NULL ? SH_ZIP_BAD_SUM
                                                                             : SH_ZIP_CORRUPT;
        }
    }
    return true;
}

bool sh_zip_add(struct sh_task *t, struct sh_zip *z, const char *data, uint32_t length, bool last,
                struct sh_buf *out)
{
    int r;

    if (!z->packs)
        return unpack(t, z, data, length, out);
    z->z.next_in = (Bytef *)(uintptr_t)data;
    z->z.avail_in = length;
    z->state = last ? SH_ZIP_WHOLE : SH_ZIP_WITHIN;
    return sh_charge(t, 1 + length / 4) && pump(t, z, last ? Z_FINISH : Z_NO_FLUSH, out, &r);
}
