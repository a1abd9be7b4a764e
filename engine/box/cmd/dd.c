/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dd.c - dd: blocks from one file to another.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

enum { BLOCK_MAX = 1 << 20 };

struct dd {
    const char *from, *to; /* NULL: standard input, standard output */
    uint64_t block, count, skip, seek;
    bool keep, pad, quiet, limited; /* conv=notrunc, conv=sync, status=none, count= */
    bool skip_bytes, seek_bytes, count_bytes;
    char *buffer;
    uint64_t at; /* where the next block goes: a command owns no descriptor but its input */
    uint64_t read_whole, read_part, wrote_whole, wrote_part, bytes;
};

/* ---- operands -------------------------------------------------------------------------------- */

/* A number, or several with "x" between them. */
static bool read_size(const char *text, uint64_t *n)
{
    char part[32];
    uint64_t factor;

    for (*n = 1;; text++) {
        size_t length = strcspn(text, "x");

        if (length >= sizeof(part))
            return false;
        memcpy(part, text, length);
        part[length] = '\0';
        if (!sh_size_read(part, &factor) || (factor > 0 && *n > UINT32_MAX / factor))
            return false;
        *n *= factor;
        text += length;
        if (*text == '\0')
            return true;
    }
}

/* A list of words, each of which means something here, or nothing that can be seen. */
static bool read_words(struct sh_task *t, struct dd *d, const char *name, const char *list)
{
    static const char *const without_effect[] = {"fsync",   "fdatasync", "noerror",
                                                 "direct",  "dsync",     "nonblock",
                                                 "noatime", "nocache",   "fullblock"};
    char what[64];

    while (*list != '\0') {
        size_t n = strcspn(list, ",");
        bool known = true;

        if (strncmp(list, "notrunc", n) == 0 && n == 7) {
            d->keep = true;
        } else if (strncmp(list, "sync", n) == 0 && n == 4) {
            d->pad |= strcmp(name, "conv") == 0;
        } else if (strncmp(list, "skip_bytes", n) == 0 && n == 10) {
            d->skip_bytes = true;
        } else if (strncmp(list, "seek_bytes", n) == 0 && n == 10) {
            d->seek_bytes = true;
        } else if (strncmp(list, "count_bytes", n) == 0 && n == 11) {
            d->count_bytes = true;
        } else {
            known = false;
            for (size_t i = 0; i < RX_ARRAY_LEN(without_effect); i++)
                known |= strncmp(list, without_effect[i], n) == 0 && without_effect[i][n] == '\0';
        }
        if (!known) {
            snprintf(what, sizeof(what), "%s=%.*s", name, (int)RX_MIN(n, 40u), list);
            return sh_refuse(t, what) == 0;
        }
        list += n + (list[n] == ',');
    }
    return true;
}

static bool read_operand(struct sh_task *t, struct dd *d, const char *text)
{
    const char *value = strchr(text, '=');
    size_t n = value != NULL ? (size_t)(value - text) : 0;
    struct {
        const char *name;
        uint64_t *to;
    } numbers[] = {{"bs", &d->block},
                   {"ibs", &d->block},
                   {"count", &d->count},
                   {"skip", &d->skip},
                   {"seek", &d->seek}};

    if (value++ != NULL) {
        for (size_t i = 0; i < RX_ARRAY_LEN(numbers); i++) {
            if (strncmp(numbers[i].name, text, n) != 0 || numbers[i].name[n] != '\0')
                continue;
            d->limited |= numbers[i].to == &d->count;
            if (read_size(value, numbers[i].to))
                return true;
            sh_complain(t, "dd: invalid number '%s'", value);
            return false;
        }
        if (strncmp(text, "if=", 3) == 0 || strncmp(text, "of=", 3) == 0) {
            *(text[0] == 'i' ? &d->from : &d->to) = value;
            return true;
        }
        if (strncmp(text, "conv=", 5) == 0)
            return read_words(t, d, "conv", value);
        if (strncmp(text, "iflag=", 6) == 0 || strncmp(text, "oflag=", 6) == 0)
            return read_words(t, d, text[0] == 'i' ? "iflag" : "oflag", value);
        if (strncmp(text, "status=", 7) == 0) {
            d->quiet = strcmp(value, "none") == 0;
            return true;
        }
        if (strncmp(text, "obs=", 4) == 0)
            return sh_refuse(t, "obs=") == 0;
    }
    sh_complain(t, "dd: invalid argument '%s'", text);
    return false;
}

/* ---- copying --------------------------------------------------------------------------------- */

static int open_in(struct sh_task *t, struct sh_call *c, struct dd *d)
{
    int error = 0;

    if (d->from == NULL)
        c->in = sh_file_ref(t->fd[0] != NULL ? t->fd[0] : &t->proc->null);
    else
        error = sh_open(t, d->from, FS_READ, &c->in);
    if (error != 0)
        return sh_perror(t, "can't open", d->from, error);
    if (c->in->kind == SH_FILE_FS && c->in->fs.kind == FS_FILE) {
        c->in->at += d->skip_bytes ? d->skip : d->skip * d->block;
        d->skip = 0;
    } else if (d->skip_bytes && d->skip > 0) {
        return sh_refuse(t, "iflag=skip_bytes of a pipe");
    }
    return 0;
}

static int open_out(struct sh_task *t, struct dd *d)
{
    struct sh_file *f;
    int error;

    d->at = d->seek_bytes ? d->seek : d->seek * d->block;
    if (d->to == NULL)
        return 0;
    error = sh_open(t, d->to, FS_WRITE | FS_CREATE | (d->keep || d->at > 0 ? 0 : FS_TRUNCATE), &f);
    if (error != 0)
        return sh_perror(t, "can't open", d->to, error);
    if (f->kind == SH_FILE_FS && f->fs.kind == FS_FILE && !d->keep && d->at > 0)
        error =
            d->at > FS_FILE_BYTES_MAX ? -EFBIG : fs_resize(&f->fs, (uint32_t)d->at, t->proc->now);
    sh_file_unref(t->proc, f);
    return error != 0 ? sh_perror(t, "can't open", d->to, error) : 0;
}

static int write_block(struct sh_task *t, struct dd *d, uint32_t n)
{
    struct sh_file *f;
    int error = 0;

    if (d->to == NULL) {
        sh_put(t, d->buffer, n);
    } else if ((error = sh_open(t, d->to, FS_WRITE | FS_CREATE, &f)) == 0) {
        if (f->kind == SH_FILE_FS)
            f->at = d->at;
        error = sh_write_file(t, f, d->buffer, n);
        sh_file_unref(t->proc, f);
    }
    if (error != 0)
        return error;
    d->at += n;
    d->bytes += n;
    d->wrote_whole += n == d->block;
    d->wrote_part += n != d->block;
    return 0;
}

static bool enough(const struct dd *d)
{
    return d->limited && (d->count_bytes ? d->bytes : d->read_whole + d->read_part) >= d->count;
}

static int report(struct sh_task *t, const struct dd *d, int status)
{
    if (d->quiet || t->proc->over)
        return status;
    sh_complain(t, "%llu+%llu records in", (unsigned long long)d->read_whole,
                (unsigned long long)d->read_part);
    sh_complain(t, "%llu+%llu records out", (unsigned long long)d->wrote_whole,
                (unsigned long long)d->wrote_part);
    return status;
}

/* One block after the other. SH_BLOCKED, or the status. */
static int run(struct sh_task *t, struct sh_call *c, struct dd *d)
{
    while (!enough(d)) {
        uint64_t left = d->limited && d->count_bytes ? d->count - d->bytes : d->block;
        int error, n = sh_read_file(t, c->in, d->buffer, (size_t)RX_MIN(d->block, left));

        if (n == SH_BLOCKED || !sh_charge(t, 1 + (uint32_t)(d->block / 512)))
            return SH_BLOCKED;
        if (n == 0)
            break;
        if (d->skip > 0) {
            d->skip--;
            continue;
        }
        d->read_whole += (uint64_t)n == d->block;
        d->read_part += (uint64_t)n != d->block;
        if (d->pad && (uint64_t)n < d->block) {
            memset(d->buffer + n, 0, d->block - (uint64_t)n);
            n = (int)d->block;
        }
        error = write_block(t, d, (uint32_t)n);
        if (error != 0) {
            sh_complain(t, "dd: error writing '%s': %s", d->to, fs_strerror(error));
            return report(t, d, 1);
        }
        if (t->doomed != 0 || t->proc->over || sh_full(t))
            return SH_BLOCKED;
    }
    return report(t, d, 0);
}

int sh_cmd_dd(struct sh_task *t, struct sh_call *c)
{
    struct dd *d = c->state;

    if (d == NULL) {
        d = c->state = sh_call_alloc(t, sizeof(*d));
        if (d == NULL)
            return SH_BLOCKED;
        d->block = 512;
        for (uint32_t i = 1; i < c->argc; i++)
            if (!read_operand(t, d, c->argv[i]))
                return 1;
        if (d->block == 0 || d->block > BLOCK_MAX)
            return d->block == 0 ? (sh_complain(t, "dd: invalid number '0'"), 1)
                                 : sh_refuse(t, "a block of more than 1 MiB");
        if (d->skip > UINT32_MAX || d->seek > UINT32_MAX)
            return sh_refuse(t, "a place behind 4 GiB");
        d->buffer = sh_call_alloc(t, d->block);
        if (d->buffer == NULL)
            return SH_BLOCKED;
        if (open_in(t, c, d) != 0 || open_out(t, d) != 0)
            return t->proc->over ? SH_BLOCKED : 1;
    }
    return run(t, c, d);
}
