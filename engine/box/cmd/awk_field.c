/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awk_field.c - the record and its fields. A record is split when somebody first asks for a
 * field, and put together again when somebody asks for it after a field has changed.
 */
#include <string.h>

#include "engine/box/cmd/awk.h"
#include "engine/reactor/base.h"

int64_t awk_special_int(struct awk *k, enum awk_special v)
{
    return awk_whole(awk_num(k->var[v].cell.val));
}

void awk_special_set(struct awk *k, enum awk_special v, struct awk_val val)
{
    awk_set(k, &k->var[v].cell.val, val);
}

struct awk_str *awk_special_text(struct awk *k, enum awk_special v)
{
    struct awk_val val = k->var[v].cell.val;

    /* A number among the formats would ask for itself. */
    if (val.kind == AWK_NUM && (v == AWK_CONVFMT || v == AWK_OFMT))
        return awk_str_keep(k->empty);
    return awk_text(k, val, false);
}

/* ---- splitting ------------------------------------------------------------------------------- */

typedef void piece_fn(struct awk *k, void *ctx, uint32_t i, const char *at, size_t length);

static uint32_t split_blanks(struct awk *k, const struct awk_str *s, piece_fn *piece, void *ctx)
{
    uint32_t count = 0;
    uint32_t i = 0;

    for (;;) {
        uint32_t from;

        while (i < s->length && (s->text[i] == ' ' || s->text[i] == '\t' || s->text[i] == '\n'))
            i++;
        if (i >= s->length || count >= AWK_FIELDS_MAX)
            return count;
        from = i;
        while (i < s->length && s->text[i] != ' ' && s->text[i] != '\t' && s->text[i] != '\n')
            i++;
        piece(k, ctx, ++count, s->text + from, i - from);
    }
}

static uint32_t split_regex(struct awk *k, const struct awk_str *s, struct sh_regex *regex,
                            piece_fn *piece, void *ctx)
{
    int32_t group[2 * SH_REGEX_GROUPS];
    uint32_t count = 0, from = 0, look = 0;

    while (look <= s->length && count < AWK_FIELDS_MAX &&
           sh_regex_find(k->t, regex, s->text, s->length, look, group)) {
        if (group[1] == group[0]) { /* an empty match separates nothing */
            look = (uint32_t)group[1] + 1;
            continue;
        }
        piece(k, ctx, ++count, s->text + from, (uint32_t)group[0] - from);
        from = look = (uint32_t)group[1];
    }
    piece(k, ctx, ++count, s->text + from, s->length - from);
    return count;
}

static uint32_t split_char(struct awk *k, const struct awk_str *s, char c, bool newline,
                           piece_fn *piece, void *ctx)
{
    uint32_t count = 0, from = 0;

    for (uint32_t i = 0; i < s->length && count < AWK_FIELDS_MAX; i++) {
        if (s->text[i] != c && !(newline && s->text[i] == '\n'))
            continue;
        piece(k, ctx, ++count, s->text + from, i - from);
        from = i + 1;
    }
    piece(k, ctx, ++count, s->text + from, s->length - from);
    return count;
}

uint32_t awk_split(struct awk *k, struct awk_str *s, struct awk_str *separator,
                   struct sh_regex *regex, piece_fn *piece, void *ctx)
{
    struct awk_str *rs;
    bool paragraphs;

    sh_charge(k->t, 1 + s->length / 16);
    if (s->length == 0)
        return 0;
    if (regex != NULL)
        return split_regex(k, s, regex, piece, ctx);
    if (separator->length == 1 && separator->text[0] == ' ')
        return split_blanks(k, s, piece, ctx);
    if (separator->length == 0) {
        for (uint32_t i = 0; i < s->length; i++)
            piece(k, ctx, i + 1, s->text + i, 1);
        return s->length;
    }
    if (separator->length == 1 && separator->text[0] != '\\') {
        rs = awk_special_text(k, AWK_RS);
        paragraphs = rs->length == 0; /* then a newline separates fields, too */
        awk_str_drop(k, rs);
        return split_char(k, s, separator->text[0], paragraphs, piece, ctx);
    }
    regex = awk_regex_text(k, separator);
    return regex != NULL ? split_regex(k, s, regex, piece, ctx) : 0;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static bool room_for(struct awk *k, int64_t n)
{
    uint32_t room = k->fields_room;
    struct awk_field *field;

    if (n > AWK_FIELDS_MAX) {
        awk_fatal(k, "awk: too many fields");
        return false;
    }
    while (room <= n)
        room = room * 2 + 16;
    if (room == k->fields_room)
        return true;
    field = sh_call_grow(k->t, k->field, k->fields_room * sizeof(*field), room * sizeof(*field));
    if (field == NULL)
        return false;
    memset(field + k->fields_room, 0, (room - k->fields_room) * sizeof(*field));
    k->field = field;
    k->fields_room = room;
    return true;
}

static void add_field(struct awk *k, void *ctx, uint32_t i, const char *at, size_t length)
{
    (void)ctx;
    if (room_for(k, i))
        awk_set(k, &k->field[i].val, awk_outside(k, awk_str(k, at, length)));
}

static void split_record(struct awk *k)
{
    struct awk_str *fs;

    if (k->fields >= 0)
        return;
    if (!room_for(k, 0))
        return;
    fs = awk_special_text(k, AWK_FS);
    k->fields = 0;
    if (k->field[0].val.kind >= AWK_STR)
        k->fields = (int32_t)awk_split(k, k->field[0].val.str, fs, NULL, add_field, NULL);
    awk_str_drop(k, fs);
    awk_special_set(k, AWK_NF, awk_number(k->fields));
}

/* $0 from its fields, with OFS between. */
static void join_record(struct awk *k)
{
    struct awk_str *ofs = awk_special_text(k, AWK_OFS), *s;
    struct sh_buf b = {0};

    k->record_stale = false;
    for (int32_t i = 1; i <= k->fields; i++) {
        struct awk_str *piece = awk_text(k, k->field[i].val, false);

        if (i > 1)
            sh_buf_add(k->t, &b, ofs->text, ofs->length);
        sh_buf_add(k->t, &b, piece->text, piece->length);
        awk_str_drop(k, piece);
    }
    awk_str_drop(k, ofs);
    s = awk_str(k, b.text, b.length);
    awk_set(k, &k->field[0].val, awk_outside(k, s));
}

void awk_record_set(struct awk *k, struct awk_str *s)
{
    if (!room_for(k, 0))
        return;
    awk_set(k, &k->field[0].val, awk_outside(k, s));
    k->fields = -1;
    k->record_stale = false;
}

struct awk_val awk_field_get(struct awk *k, int64_t i)
{
    if (i < 0) {
        awk_fatal(k, "awk: cmd. line:1: Access to negative field");
        return (struct awk_val){0};
    }
    if (!room_for(k, 0))
        return (struct awk_val){0};
    if (i == 0) {
        if (k->record_stale)
            join_record(k);
        return awk_keep(k->field[0].val);
    }
    split_record(k);
    return i <= k->fields ? awk_keep(k->field[i].val) : (struct awk_val){0};
}

int64_t awk_fields_count(struct awk *k)
{
    split_record(k);
    return k->fields;
}

void awk_fields_count_set(struct awk *k, int64_t n)
{
    split_record(k);
    if (n < 0 || !room_for(k, n))
        return;
    for (int64_t i = k->fields + 1; i <= n; i++)
        awk_set(k, &k->field[i].val, (struct awk_val){0});
    k->fields = (int32_t)n;
    k->record_stale = true;
    awk_special_set(k, AWK_NF, awk_number((double)n));
}

void awk_field_set(struct awk *k, int64_t i, struct awk_val v)
{
    struct awk_str *s;

    if (i < 0)
        awk_fatal(k, "awk: cmd. line:1: Access to negative field");
    if (i < 0 || !room_for(k, i)) {
        awk_drop(k, v);
        return;
    }
    if (i == 0) {
        s = awk_text(k, v, false);
        awk_drop(k, v);
        awk_record_set(k, s);
        return;
    }
    split_record(k);
    if (i > k->fields)
        awk_fields_count_set(k, i);
    awk_set(k, &k->field[i].val, v);
    k->record_stale = true;
}
