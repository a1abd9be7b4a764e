/* SPDX-License-Identifier: Apache-2.0 */
/* frame.c - columns that fill up, and the frame that they make. */
#include "api/cli/picture/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/grow.h"
#include "engine/reactor/base.h"

enum {
    RECORDS_MAX = 65536,      /* of a frame */
    NAMES_MAX = 64 << 10,     /* bytes of strings, objects, pods and shapes of a frame */
    STRINGS_MAX = 65535,      /* of all frames: then messages are left out */
    STRING_BYTES_MAX = 4 << 20,
    SHAPES_MAX = 65535
};

static void put_bytes(struct frames *f, struct frame_bytes *b, const void *bytes, size_t n)
{
    if (b->used + n > b->room) {
        size_t room = RX_MAX(2 * b->room, b->used + n + 4096);
        unsigned char *larger = realloc(b->at, room);

        if (larger == NULL) {
            f->failed = true;
            return;
        }
        b->at = larger;
        b->room = room;
    }
    if (n > 0)
        memcpy(b->at + b->used, bytes, n);
    b->used += n;
}

static size_t varint(unsigned char *out, uint64_t n)
{
    size_t i = 0;

    for (; n >= 0x80; n >>= 7)
        out[i++] = (unsigned char)(n | 0x80);
    out[i++] = (unsigned char)n;
    return i;
}

static void put(struct frames *f, struct frame_bytes *b, uint64_t n)
{
    unsigned char out[10];

    put_bytes(f, b, out, varint(out, n));
}

static uint64_t zigzag(int64_t n)
{
    return (uint64_t)n << 1 ^ (uint64_t)(n >> 63);
}

static void put_text(struct frames *f, struct frame_bytes *b, const char *s, size_t n)
{
    put(f, b, n);
    put_bytes(f, b, s, n);
}

/* The number of a text, and whether it has to be written. */
static uint32_t number_of(struct frames *f, struct texts *t, const void *bytes, size_t n,
                          bool *is_new)
{
    uint32_t number = texts_number(t, bytes, n, is_new);

    f->failed |= number == TEXTS_NONE;
    return number != TEXTS_NONE ? number : 0;
}

static uint32_t string_of(struct frames *f, const char *s, size_t n)
{
    bool is_new;
    uint32_t number;

    if (n == 0)
        return 0;
    number = number_of(f, &f->strings, s, n, &is_new);
    if (is_new) {
        put_text(f, &f->column[FRAME_STRINGS], s, n);
        f->count[0]++;
    }
    return number + 1;
}

uint32_t frame_string(struct frames *f, const char *s)
{
    return s != NULL ? string_of(f, s, strlen(s)) : 0;
}

uint32_t frame_message(struct frames *f, const char *s, size_t n)
{
    bool full = f->strings.count >= STRINGS_MAX || f->strings.used >= STRING_BYTES_MAX;

    if (n == 0 || !full || texts_find(&f->strings, s, n) != TEXTS_NONE)
        return string_of(f, s, n);
    f->messages_left_out++;
    return 0;
}

static size_t object_key(char *out, size_t room, const char *kind, const char *ns, const char *name)
{
    return (size_t)snprintf(out, room, "%s%c%s%c%s", kind, '\0', ns, '\0', name);
}

uint32_t frame_find_object(const struct frames *f, const char *kind, const char *ns,
                           const char *name)
{
    char key[1024];

    return texts_find(&f->objects, key, object_key(key, sizeof(key), kind, ns, name));
}

uint32_t frame_object(struct frames *f, const char *kind, const char *ns, const char *name,
                      uint32_t owner)
{
    char key[1024];
    size_t n = object_key(key, sizeof(key), kind, ns, name);
    bool is_new;
    uint32_t number = number_of(f, &f->objects, key, n, &is_new);
    struct frame_bytes *b = &f->column[FRAME_OBJECTS];

    if (!is_new)
        return number;
    f->count[1]++;
    put(f, b, frame_string(f, kind));
    put(f, b, frame_string(f, ns));
    put(f, b, frame_string(f, name));
    put(f, b, 0);
    put(f, b, owner);
    return number;
}

void frame_pod(struct frames *f, uint64_t number, const char *name, const char *ns,
               const char *labels, const char *node, uint32_t owner, const char *owner_name)
{
    struct frame_bytes *b = &f->column[FRAME_PODS];
    size_t common = 0;

    while (owner_name[common] != '\0' && owner_name[common] == name[common])
        common++;
    put(f, b, zigzag((int64_t)number - f->number));
    put(f, b, owner);
    put(f, b, frame_string(f, ns));
    put(f, b, frame_string(f, labels));
    put(f, b, frame_string(f, node));
    put(f, b, common);
    put_text(f, b, name + common, strlen(name + common));
    f->number = (int64_t)number;
    f->count[2]++;
    f->pods++;
}

uint32_t frame_shape(struct frames *f, const struct frame_shape *s)
{
    struct frame_shape shape = *s;
    unsigned char key[12 * 10];
    bool is_new, full = f->shapes.count >= SHAPES_MAX;
    uint32_t number;
    size_t n = 0;

    for (int pass = 0; pass < 2; pass++) {
        const uint64_t part[] = {shape.kind,   shape.subject,   shape.argument, shape.probe,
                                 shape.cause,  shape.container, shape.reason,   shape.field,
                                 shape.to,     shape.message,   shape.exit_code, shape.about};

        n = 0;
        for (size_t i = 0; i < RX_ARRAY_LEN(part); i++)
            n += varint(key + n, part[i]);
        if (!full || shape.message == 0 || texts_find(&f->shapes, key, n) != TEXTS_NONE)
            break;
        shape.message = 0;
        f->messages_left_out++;
    }
    number = number_of(f, &f->shapes, key, n, &is_new);
    if (is_new) {
        put_bytes(f, &f->column[FRAME_SHAPES], key, n);
        f->count[3]++;
    }
    return number;
}

/* ---- records -------------------------------------------------------------------------------- */

enum { SAYS_TIME = 1, SAYS_WHO = 2, SAYS_SHAPE = 4 };

/* Room for what follows that shape. False: no memory. */
static bool grow_next(struct frames *f, uint32_t shape)
{
    size_t room = f->next_room;

    while (room <= shape)
        room = RX_MAX(2 * room, 256u);
    for (int i = 0; i < 2 && room > f->next_room; i++) {
        uint32_t *more = realloc(f->next[i], room * sizeof(*more));

        if (more == NULL)
            return false;
        memset(more + f->next_room, 0, (room - f->next_room) * sizeof(*more));
        f->next[i] = more;
    }
    f->next_room = room;
    return true;
}

/* Is it the shape that came after the one before the last time? It is, the next time. */
static bool is_expected(struct frames *f, bool other, uint32_t shape)
{
    uint32_t before = f->shape_before, *next;

    f->shape_before = shape + 1;
    if (!grow_next(f, shape)) {
        f->failed = true;
        return false;
    }
    if (before == 0)
        return false;
    next = &f->next[other][before - 1];
    if (*next == shape + 1)
        return true;
    *next = shape + 1;
    return false;
}

static void put_step(struct frames *f)
{
    if (f->stepped)
        put(f, &f->column[FRAME_STEPS], (uint64_t)f->steps << 3 | f->step);
    f->stepped = false;
}

void frame_record(struct frames *f, int64_t at_ms, uint32_t who, uint32_t shape)
{
    uint32_t says = 0;

    says |= at_ms != f->at_ms ? SAYS_TIME : 0;
    says |= (int64_t)who != f->who ? SAYS_WHO : 0;
    says |= is_expected(f, (says & SAYS_WHO) != 0, shape) ? 0 : SAYS_SHAPE;
    if (says & SAYS_TIME)
        put(f, &f->column[FRAME_TIMES], zigzag(at_ms - f->at_ms));
    if (says & SAYS_WHO)
        put(f, &f->column[FRAME_WHO], zigzag((int64_t)who - f->who));
    if (says & SAYS_SHAPE)
        put(f, &f->column[FRAME_SHAPE], shape);
    if (says != 0 || !f->stepped) {
        put_step(f);
        f->step = says;
        f->steps = 0;
        f->stepped = true;
    } else {
        f->steps++;
    }
    f->at_ms = at_ms;
    f->who = who;
    f->count[4]++;
    f->records++;
}

void frame_record_number(struct frames *f, int64_t at_ms, uint32_t who, uint32_t shape, int64_t to)
{
    uint64_t key = (uint64_t)who << 32 | shape;
    bool is_new;
    uint32_t n = number_of(f, &f->lasts, &key, sizeof(key), &is_new);

    if (!cli_grow((void **)&f->last, n, &f->last_room, sizeof(*f->last))) {
        f->failed = true;
        return;
    }
    if (is_new)
        f->last[n] = 0;
    frame_record(f, at_ms, who, shape);
    put(f, &f->column[FRAME_ARGUMENTS], zigzag(to - f->last[n]));
    f->last[n] = to;
}

void frame_record_again(struct frames *f, int64_t at_ms, uint32_t who, uint32_t shape, uint64_t n,
                        int64_t period_ms)
{
    frame_record(f, at_ms, who, shape);
    put(f, &f->column[FRAME_ARGUMENTS], n);
    put(f, &f->column[FRAME_ARGUMENTS], (uint64_t)period_ms);
}

/* ---- frames --------------------------------------------------------------------------------- */

bool frame_is_full(const struct frames *f)
{
    return f->count[4] >= RECORDS_MAX ||
           f->column[FRAME_STRINGS].used + f->column[FRAME_OBJECTS].used +
                   f->column[FRAME_PODS].used + f->column[FRAME_SHAPES].used >= NAMES_MAX;
}

const struct frame_bytes *frame_close(struct frames *f)
{
    static const unsigned char head[] = {'P', 'R', 2, 0};
    uint32_t any = 0;

    for (size_t i = 0; i < RX_ARRAY_LEN(f->count); i++)
        any |= f->count[i];
    if (any == 0)
        return NULL;
    put_step(f);
    f->whole.used = 0;
    put_bytes(f, &f->whole, head, sizeof(head));
    for (size_t i = 0; i < RX_ARRAY_LEN(f->count); i++)
        put(f, &f->whole, f->count[i]);
    for (size_t i = 0; i < FRAME_COLUMNS; i++)
        put(f, &f->whole, f->column[i].used);
    for (size_t i = 0; i < FRAME_COLUMNS; i++) {
        put_bytes(f, &f->whole, f->column[i].at, f->column[i].used);
        f->column[i].used = 0;
    }
    memset(f->count, 0, sizeof(f->count));
    f->at_ms = f->who = 0;
    f->shape_before = 0;
    return &f->whole;
}

void frame_free(struct frames *f)
{
    for (size_t i = 0; i < FRAME_COLUMNS; i++)
        free(f->column[i].at);
    free(f->whole.at);
    free(f->last);
    free(f->next[0]);
    free(f->next[1]);
    texts_free(&f->strings);
    texts_free(&f->objects);
    texts_free(&f->shapes);
    texts_free(&f->lasts);
    *f = (struct frames){0};
}
