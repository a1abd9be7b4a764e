/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open.c - open files: kept ones, devices, and those whose text is made when they are opened.
 */
#include "engine/box/fs_made.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/files/tree.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

static int keep_made(struct fs *f, const char *path, rx_ms now);

/* ---- open files ------------------------------------------------------------------------------ */

int fs_open(struct fs *f, const char *path, int flags, struct fs_open *out, rx_ms now)
{
    struct fs_spot s;
    const char *name;
    int how = flags & FS_EXCLUSIVE ? FS_SPOT_ENTRY : FS_SPOT_FOLLOW;
    int error = flags & FS_CREATE ? fs_spot_new(&s, f, path, how, now) : fs_spot(&s, f, path, how);

    *out = (struct fs_open){.kind = FS_FILE};
    if (error != 0)
        return error;
    if (s.device) {
        out->kind = s.kind;
        out->view = f;
        return 0;
    }
    if (fs_spot_there(&s) && (flags & FS_EXCLUSIVE))
        return -EEXIST;
    if (fs_spot_there(&s) && s.kind == FS_DIR)
        return -EISDIR;
    if (s.made && !(flags & FS_WRITE))
        return fs_made_open(f, s.path, now, out);
    if (s.made) {
        error = s.refusal != 0 ? s.refusal : keep_made(f, s.path, now);
        return error == 0 ? fs_open(f, path, flags, out, now) : error;
    }
    if (s.node == NULL) {
        if (!(flags & FS_CREATE))
            return -ENOENT;
        error = s.slash ? -EISDIR : fs_spot_make(f, &s, now);
        name = fs_spot_name(&s);
        if (error == 0)
            error = fs_node_make(f, s.volume, s.parent, FS_FILE, name, now, &s.node);
        if (error != 0)
            return error;
    }
    if (s.read_only && (flags & FS_WRITE))
        return -EROFS;
    if (flags & FS_TRUNCATE) {
        fs_node_drop_data(s.node);
        s.node->mtime = now;
    }
    s.node->refs++;
    out->node = s.node;
    return 0;
}

void fs_close(struct fs_open *o)
{
    fs_node_unref(o->node);
    o->node = NULL;
}

struct fs_open fs_temporary(const struct rx_mem *mem)
{
    return (struct fs_open){.kind = FS_FILE, .node = fs_node_new(mem, FS_FILE, "", 0, 0)};
}

uint32_t fs_read(const struct fs_open *o, uint64_t at, void *to, uint32_t room)
{
    uint32_t n;

    if (o->kind == FS_ZERO || o->kind == FS_FULL) {
        memset(to, 0, room);
        return room;
    }
    if (o->kind == FS_RANDOM) {
        for (uint32_t i = 0; i < room; i++, o->view->drawn++)
            ((uint8_t *)to)[i] = (uint8_t)(rx_prng_at(o->view->seed, 0, 0, o->view->drawn / 8) >>
                                           o->view->drawn % 8 * 8);
        return room;
    }
    if (o->node == NULL || at >= o->node->size)
        return 0;
    n = RX_MIN(room, o->node->size - (uint32_t)at);
    memcpy(to, o->node->data + at, n);
    return n;
}

int fs_write(struct fs_open *o, uint64_t at, const void *data, uint32_t size, rx_ms now)
{
    if (o->kind == FS_FULL && size > 0)
        return -ENOSPC;
    return o->node != NULL ? fs_node_write(o->node, at, data, size, now) : 0;
}

bool fs_is_simulators(const struct fs_open *o)
{
    const struct fs_volume *v = o->node != NULL ? o->node->volume : NULL;

    return v != NULL && v->bytes_max >= FS_VOLUME_BYTES_MAX;
}

int fs_resize(struct fs_open *o, uint32_t size, rx_ms now)
{
    struct fs_node *n = o->node;
    uint32_t old = n != NULL ? n->size : 0;
    int error;

    if (n == NULL || size == old)
        return 0;
    if (size > old) {
        return fs_node_write(n, size - 1, "", 1, now);
    }
    error = fs_node_write(n, 0, "", 0, now);
    if (n->volume != NULL)
        n->volume->bytes -= old - size;
    n->size = size;
    return error;
}

void fs_unlock(struct fs_open *o, enum fs_lock held)
{
    if (o->node != NULL && held == FS_LOCK_ALONE)
        o->node->locks = 0;
    else if (o->node != NULL && held == FS_LOCK_SHARED)
        o->node->locks--;
}

bool fs_lock(struct fs_open *o, enum fs_lock held, enum fs_lock wanted)
{
    struct fs_node *n = o->node;
    uint16_t others;

    if (n == NULL || held == FS_LOCK_ALONE)
        others = 0;
    else
        others = (uint16_t)(n->locks == UINT16_MAX ? UINT16_MAX : n->locks -
                            (held == FS_LOCK_SHARED));
    if (wanted == FS_LOCK_ALONE ? others > 0 : wanted == FS_LOCK_SHARED && others >= UINT16_MAX - 1)
        return false;
    fs_unlock(o, held);
    if (n != NULL && wanted == FS_LOCK_ALONE)
        n->locks = UINT16_MAX;
    else if (n != NULL && wanted == FS_LOCK_SHARED)
        n->locks++;
    return true;
}

uint32_t fs_size(const struct fs_open *o)
{
    return o->node != NULL ? o->node->size : 0;
}

/* ---- files that are made --------------------------------------------------------------------- */

void fs_text_bytes(struct fs_text *t, const char *bytes, size_t length)
{
    if (t->error == 0)
        t->error = fs_write(&t->file, t->used, bytes, (uint32_t)length, t->now);
    if (t->error == 0)
        t->used += (uint32_t)length;
}

void fs_text_say(struct fs_text *t, const char *format, ...)
{
    char line[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n > 0)
        fs_text_bytes(t, line, RX_MIN((size_t)n, sizeof(line) - 1));
}

int fs_made_open(const struct fs *f, const char *path, rx_ms now, struct fs_open *out)
{
    struct fs_text t = {.file = fs_temporary(f->mem), .now = now};

    if (t.file.node == NULL)
        return -ENOMEM;
    f->made->write(f->made_ctx, path, &t);
    *out = t.file;
    if (t.error != 0)
        fs_close(out);
    return t.error;
}

/* From now on it is a file like any other, in its place and with its text. */
static int keep_made(struct fs *f, const char *path, rx_ms now)
{
    struct fs_open from, to;
    int error = fs_made_open(f, path, now, &from);

    if (error != 0)
        return error;
    error = fs_mount_file(f, path);
    if (error == 0)
        error = fs_open(f, path, FS_WRITE, &to, now);
    if (error == 0) {
        error = fs_write(&to, 0, from.node->data, from.node->size, now);
        fs_close(&to);
    }
    fs_close(&from);
    return error;
}
