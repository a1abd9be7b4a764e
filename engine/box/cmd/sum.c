/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sum.c - base64, md5sum, sha1sum, sha256sum, sha512sum.
 */
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/box/cmd/digest.h"
#include "engine/reactor/base.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- base64 ---------------------------------------------------------------------------------- */

struct base64_state {
    struct sh_input in;
    struct sh_opts o;
    int64_t wrap; /* characters in a line; 0 = one line */
    uint32_t bits, held,
        column; /* held: bytes that wait for a group of three, or characters for four */
    bool ended; /* decoding: padding has been seen */
};

static void put_encoded(struct sh_task *t, struct base64_state *s, const char *text,
                        uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (s->wrap > 0 && s->column == s->wrap) {
            sh_put(t, "\n", 1);
            s->column = 0;
        }
        sh_put(t, text + i, 1);
        s->column++;
    }
}

static void encode_group(struct sh_task *t, struct base64_state *s)
{
    uint32_t bits = s->bits << 8 * (3 - s->held);
    char text[4];

    for (uint32_t i = 0; i < 4; i++)
        text[i] = i <= s->held ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
    put_encoded(t, s, text, 4);
    s->bits = s->held = 0;
}

static void encode(struct sh_task *t, struct base64_state *s, const char *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        s->bits = s->bits << 8 | (unsigned char)data[i];
        if (++s->held == 3)
            encode_group(t, s);
    }
}

static void decode_group(struct sh_task *t, struct base64_state *s)
{
    char bytes[3];
    uint32_t bits = s->bits << 6 * (4 - s->held);

    for (uint32_t i = 0; i < 3; i++)
        bytes[i] = (char)(bits >> (16 - 8 * i));
    sh_put(t, bytes, s->held > 0 ? s->held - 1 : 0);
    s->bits = s->held = 0;
}

/* False: something that does not belong there. */
static bool decode(struct sh_task *t, struct base64_state *s, const char *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        const char *known = data[i] != '\0' ? strchr(alphabet, data[i]) : NULL;

        if (data[i] == '\n' || data[i] == '\r' || data[i] == ' ' || data[i] == '\t')
            continue;
        if (data[i] == '=' && s->held > 1) {
            decode_group(t, s);
            s->ended = true;
            continue;
        }
        if (data[i] == '=' && s->ended)
            continue;
        if (known == NULL)
            return false;
        s->ended = false;
        s->bits = s->bits << 6 | (uint32_t)(known - alphabet);
        if (++s->held == 4)
            decode_group(t, s);
    }
    return true;
}

static int base64_end(struct sh_task *t, struct base64_state *s)
{
    if (sh_opt(&s->o, 'd')) {
        if (s->held == 0)
            return s->in.status;
        sh_complain(t, "base64: truncated input");
        return 1;
    }
    if (s->held > 0)
        encode_group(t, s);
    if (s->column > 0 && s->wrap > 0)
        sh_put(t, "\n", 1);
    return s->in.status;
}

int sh_cmd_base64(struct sh_task *t, struct sh_call *c)
{
    struct base64_state *s = c->state;
    const char *data;
    uint32_t length;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "diw: decode=d ignore-garbage=i wrap=w", &s->o))
            return 1;
        s->wrap = 76;
        if (sh_opt(&s->o, 'w') &&
            (!sh_number(s->o.arg[sh_opt_bit('w')], &s->wrap) || s->wrap < 0)) {
            sh_complain(t, "base64: invalid number '%s'", s->o.arg[sh_opt_bit('w')]);
            return 1;
        }
        sh_input_init(&s->in, c->argv + s->o.first, RX_MIN(c->argc - s->o.first, 1u));
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1) {
        sh_charge(t, 1 + length / 16);
        if (!sh_opt(&s->o, 'd')) {
            encode(t, s, data, length);
        } else if (!decode(t, s, data, length)) {
            sh_complain(t, "base64: invalid input");
            return 1;
        }
        if (t->doomed != 0 || t->proc->over || sh_full(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : base64_end(t, s);
}

/* ---- sums ------------------------------------------------------------------------------------ */

struct sum_state {
    struct sh_input in;
    struct sh_opts o;
    struct sh_digest digest;
    enum sh_digest_kind kind;
    uint32_t operand;
    bool started, checking;
    /* -c: what the list says */
    struct sh_buf list;
    uint32_t at;
    char *wanted, *name;
    uint32_t failed, lines;
    int status;
};

static void put_hex(const uint8_t *bytes, size_t n, char *out)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit[bytes[i] >> 4];
        out[2 * i + 1] = digit[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

/* One file: 0 and its sum, 1 if it cannot be read, or SH_BLOCKED. name NULL: standard input. */
static int sum_file(struct sh_task *t, struct sum_state *s, char *const *name,
                    char sum[2 * SH_DIGEST_MAX + 1])
{
    uint8_t bytes[SH_DIGEST_MAX];
    const char *data;
    uint32_t length;
    int r;

    if (!s->started) {
        sh_digest_begin(&s->digest, s->kind);
        sh_input_init(&s->in, name, name != NULL ? 1 : 0);
        s->started = true;
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1) {
        sh_digest_add(&s->digest, data, length);
        if (!sh_charge(t, 1 + length / 8))
            return SH_BLOCKED;
    }
    if (r == SH_BLOCKED)
        return r;
    s->started = false;
    put_hex(bytes, sh_digest_end(&s->digest, bytes), sum);
    return s->in.status;
}

static int sum_all(struct sh_task *t, struct sh_call *c, struct sum_state *s)
{
    char sum[2 * SH_DIGEST_MAX + 1];
    uint32_t operands = c->argc - s->o.first;

    do {
        char *const *name = operands > 0 ? c->argv + s->o.first + s->operand : NULL;
        int r = sum_file(t, s, name, sum);

        if (r == SH_BLOCKED)
            return r;
        if (r == 0)
            sh_printf(t, "%s  %s\n", sum, name != NULL ? *name : "-");
        s->status |= r;
    } while (++s->operand < operands);
    return s->status;
}

/* The next line of the list: a sum, two characters, a name. */
static bool next_line(struct sum_state *s)
{
    while (s->at < s->list.length) {
        char *line = s->list.text + s->at, *end = strchr(line, '\n'), *blank;

        s->at += (uint32_t)(end != NULL ? end - line + 1 : (ptrdiff_t)strlen(line));
        if (end != NULL)
            *end = '\0';
        blank = strchr(line, ' ');
        if (blank == NULL || blank[1] == '\0' || blank[2] == '\0')
            continue;
        *blank = '\0';
        s->wanted = line;
        s->name = blank + 2;
        s->lines++;
        return true;
    }
    return false;
}

static int read_list(struct sh_task *t, struct sh_call *c, struct sum_state *s)
{
    const char *data;
    uint32_t length;
    int r;

    if (!s->started)
        sh_input_init(&s->in, c->argv + s->o.first, c->argc - s->o.first);
    s->started = true;
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1)
        if (!sh_buf_add(t, &s->list, data, length))
            return SH_BLOCKED;
    s->started = false;
    s->status = s->in.status;
    return r;
}

static int check_all(struct sh_task *t, struct sh_call *c, struct sum_state *s)
{
    char sum[2 * SH_DIGEST_MAX + 1];

    if (!s->checking) {
        if (read_list(t, c, s) == SH_BLOCKED)
            return SH_BLOCKED;
        s->checking = true;
    }
    while (s->name != NULL || next_line(s)) {
        int r = sum_file(t, s, &s->name, sum);

        if (r == SH_BLOCKED)
            return r;
        if (r != 0 || strcmp(sum, s->wanted) != 0)
            s->failed++;
        if (!sh_opt(&s->o, 's'))
            sh_printf(t, "%s: %s\n", s->name,
                      r == 0 && strcmp(sum, s->wanted) == 0 ? "OK" : "FAILED");
        s->name = NULL;
    }
    if (s->failed > 0 && !sh_opt(&s->o, 's'))
        sh_complain(t, "%s: WARNING: %u of %u computed checksums did NOT match", c->argv[0],
                    s->failed, s->lines);
    if (s->lines == 0 && s->status == 0)
        sh_complain(t, "%s: no checksum lines found", c->argv[0]);
    return s->failed > 0 || s->lines == 0 || s->status != 0;
}

int sh_cmd_sum(struct sh_task *t, struct sh_call *c)
{
    static const char *const name[] = {"md5sum", "sha1sum", "sha256sum", "sha512sum"};
    struct sum_state *s = c->state;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "bctsw check=c status=s binary=b text=t", &s->o))
            return 1;
        for (size_t i = 0; i < RX_ARRAY_LEN(name); i++)
            if (strcmp(c->argv[0], name[i]) == 0)
                s->kind = (enum sh_digest_kind)i;
    }
    return sh_opt(&s->o, 'c') ? check_all(t, c, s) : sum_all(t, c, s);
}
