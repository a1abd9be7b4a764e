/* SPDX-License-Identifier: Apache-2.0 */
/*
 * od.c - od: bytes as numbers and characters.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static const char options[] = "A:j:N:t:vw::abcdfhilosxS: address-radix=A skip-bytes=j read-bytes=N "
                              "format=t output-duplicates=v "
                              "width=w strings=S";

enum { FORMATS_MAX = 8, WIDTH_MAX = 1024, WIDTH = 16, WIDE = 32 };

struct format {
    char type; /* a, c, d, o, u, x */
    bool text; /* z: the characters at the end of the line */
    uint8_t size;
    int width; /* characters of one field */
    int pad;   /* in a line, besides: all formats are as wide as the widest */
};

struct od {
    struct sh_task *t;
    struct sh_opts o;
    struct sh_input in;
    struct format format[FORMATS_MAX];
    uint32_t formats, width, unit; /* unit: bytes that all formats divide */
    char radix;
    bool busybox, any, starred, all; /* any: a line was printed; all: -v */
    uint64_t skip, left, address;
    uint32_t held;
    unsigned char block[WIDTH_MAX], last[WIDTH_MAX];
};

/* ---- one line ---------------------------------------------------------------------------------
 */

static int field_width(char type, unsigned size)
{
    static const int octal[] = {0, 3, 6, 0, 11, 0, 0, 0, 22},
                     sign[] = {0, 4, 6, 0, 11, 0, 0, 0, 20},
                     plain[] = {0, 3, 5, 0, 10, 0, 0, 0, 20};

    return type == 'o'   ? octal[size]
           : type == 'd' ? sign[size]
           : type == 'u' ? plain[size]
           : type == 'x' ? 2 * (int)size
                         : 3;
}

static void name_byte(char type, unsigned char b, char text[24])
{
    static const char *const names[] = {
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs",  "ht",  "nl",
        "vt",  "ff",  "cr",  "so",  "si",  "dle", "dc1", "dc2", "dc3", "dc4", "nak",
        "syn", "etb", "can", "em",  "sub", "esc", "fs",  "gs",  "rs",  "us",  "sp"};
    static const char escaped[] = "\a\b\f\n\r\t\v", letter[] = "abfnrtv";
    const char *e = b != '\0' ? strchr(escaped, b) : NULL;

    if (type == 'a') {
        b &= 127;
        snprintf(text, 24, "%s", b == 127 ? "del" : b <= ' ' ? names[b] : "");
        if (b > ' ' && b < 127)
            snprintf(text, 24, "%c", b);
        return;
    }
    if (b == '\0')
        snprintf(text, 24, "\\0");
    else if (e != NULL)
        snprintf(text, 24, "\\%c", letter[e - escaped]);
    else
        snprintf(text, 24, b >= ' ' && b < 127 ? "%c" : "%03o", b);
}

static void name_number(const struct format *f, const unsigned char *from, char text[24])
{
    uint64_t n = 0;

    for (unsigned i = f->size; i > 0; i--) /* as a little-endian machine has it */
        n = n << 8 | from[i - 1];
    if (f->type == 'd') {
        unsigned shift = 64 - 8u * f->size;

        snprintf(text, 24, "%lld", (long long)((int64_t)(n << shift) >> shift));
    } else if (f->type == 'u') {
        snprintf(text, 24, "%llu", (unsigned long long)n);
    } else {
        snprintf(text, 24, f->type == 'x' ? "%0*llx" : "%0*llo", f->width, (unsigned long long)n);
    }
}

static int address_width(const struct od *d)
{
    return d->radix == 'n' ? 0 : d->radix == 'x' ? 6 : 7;
}

static void put_address(struct od *d)
{
    if (d->radix != 'n')
        sh_printf(d->t,
                  d->radix == 'd'   ? "%07llu"
                  : d->radix == 'x' ? "%06llx"
                                    : "%07llo",
                  (unsigned long long)d->address);
}

static void put_text(struct od *d, const struct format *f, uint32_t count)
{
    uint32_t missing = d->width / f->size - (count + f->size - 1) / f->size;
    int whole = f->pad * (int)missing / (int)(d->width / f->size);

    sh_printf(d->t, "%*s  >", (f->width + 1) * (int)missing + whole, "");
    for (uint32_t i = 0; i < count; i++) {
        char b = (char)d->block[i];

        sh_put(d->t, b >= ' ' && b < 127 ? &b : ".", 1);
    }
    sh_puts(d->t, "<");
}

static void put_line(struct od *d, uint32_t count)
{
    char text[24];

    memset(d->block + count, 0, d->width - count);
    for (uint32_t k = 0; k < d->formats; k++) {
        const struct format *f = &d->format[k];
        uint32_t shown = d->busybox ? (count + d->unit - 1) / d->unit * d->unit : count;
        int fields = (int)(d->width / f->size), left = fields, pad = f->pad;

        if (k == 0)
            put_address(d);
        else
            sh_printf(d->t, "%*s", address_width(d), "");
        for (uint32_t at = 0; at < shown; at += f->size) {
            int rest = f->pad * --left / fields;

            if (f->type == 'a' || f->type == 'c')
                name_byte(f->type, d->block[at], text);
            else
                name_number(f, d->block + at, text);
            sh_printf(d->t, " %*s", f->width + pad - rest, text);
            pad = rest;
        }
        if (f->text)
            put_text(d, f, count);
        sh_puts(d->t, "\n");
    }
}

static void block_done(struct od *d)
{
    bool again =
        d->any && !d->all && d->held == d->width && memcmp(d->block, d->last, d->width) == 0;

    if (again && !d->starred)
        sh_puts(d->t, "*\n");
    if (!again)
        put_line(d, d->held);
    d->starred = again;
    d->any = true;
    memcpy(d->last, d->block, d->width);
    d->address += d->held;
    d->held = 0;
}

/* ---- the command line -------------------------------------------------------------------------
 */

static bool bad(struct od *d, const char *gnu, const char *busybox, const char *word)
{
    sh_complain(d->t, d->busybox ? busybox : gnu, word);
    return false;
}

static bool bad_size(struct od *d, const char *type, long long size)
{
    if (d->busybox)
        sh_complain(d->t, "od: invalid type string '%s'; %lld-byte integral type is not supported",
                    type, size);
    else
        sh_complain(
            d->t,
            "od: invalid type string '%s';\nthis system doesn't provide a %lld-byte integral type",
            type, size);
    return false;
}

/* A type string: one or more of a letter with a size and perhaps a z. */
static bool add_types(struct od *d, const char *types)
{
    for (const char *s = types; *s != '\0';) {
        struct format f = {.type = *s++, .size = 4};
        static const char letters[] = "CSIL", sizes[] = {1, 2, 4, 8};
        long long size = 0;

        if (f.type == 'f')
            return sh_refuse(d->t, "-t f") == 0;
        if (strchr("acdoux", f.type) == NULL) {
            sh_complain(d->t, "od: invalid character '%c' in type string '%s'", f.type, types);
            return false;
        }
        if (f.type == 'a' || f.type == 'c') {
            f.size = 1;
        } else if (*s != '\0' && strchr(letters, *s) != NULL) {
            f.size = (uint8_t)sizes[strchr(letters, *s++) - letters];
        } else if (*s >= '0' && *s <= '9') {
            for (; *s >= '0' && *s <= '9' && size < 1000; s++)
                size = size * 10 + (*s - '0');
            if (size != 1 && size != 2 && size != 4 && size != 8)
                return bad_size(d, types, size);
            f.size = (uint8_t)size;
        }
        f.text = *s == 'z';
        if (f.text && d->busybox) /* it says so, and stumbles */
            return bad_size(d, types, 4294967295);
        s += f.text;
        f.width = field_width(f.type, f.size);
        if (d->formats == FORMATS_MAX)
            return sh_refuse(d->t, "more than 8 formats") == 0;
        d->format[d->formats++] = f;
        d->unit = RX_MAX(d->unit, f.size);
    }
    return true;
}

static bool read_types(struct od *d, struct sh_call *c)
{
    static const struct {
        char letter;
        const char *types;
    } old[] = {{'a', "a"},  {'b', "o1"}, {'c', "c"},  {'d', "u2"}, {'h', "x2"},
               {'i', "d4"}, {'o', "o2"}, {'s', "d2"}, {'x', "x2"}};
    struct sh_opt_at at = {0};

    d->unit = 1;
    while (sh_opt_next(c, options, &d->o, &at)) {
        const char *types = at.letter == 't'   ? at.arg
                            : at.letter == 'l' ? (d->busybox ? "d4" : "d8")
                                               : NULL;

        for (size_t i = 0; i < RX_ARRAY_LEN(old) && types == NULL; i++)
            types = old[i].letter == at.letter ? old[i].types : NULL;
        if (at.letter == 'f' || at.letter == 'S')
            return sh_refuse(d->t, at.letter == 'f' ? "-f" : "-S") == 0;
        if (types != NULL && !add_types(d, types))
            return false;
    }
    return d->formats > 0 || add_types(d, "o2");
}

/* How wide a line is, and how much each format is to be padded. */
static bool read_width(struct od *d)
{
    const char *word = sh_opt(&d->o, 'w') ? d->o.arg[sh_opt_bit('w')] : NULL;
    int64_t width = sh_opt(&d->o, 'w') ? WIDE : WIDTH;
    int widest = 0;

    if (word != NULL && (!sh_number(word, &width) || width < 1 || width > WIDTH_MAX))
        return bad(d, "od: invalid -w argument '%s'", "od: invalid number '%s'", word);
    if (width % d->unit != 0) {
        sh_complain(d->t, "od: warning: invalid width %lld; using %u instead", (long long)width,
                    d->unit);
        width = d->unit;
    }
    d->width = (uint32_t)width;
    for (uint32_t i = 0; i < d->formats; i++)
        widest = RX_MAX(widest, (d->format[i].width + 1) * (int)(d->width / d->format[i].size));
    for (uint32_t i = 0; i < d->formats && !d->busybox; i++)
        d->format[i].pad = widest - (d->format[i].width + 1) * (int)(d->width / d->format[i].size);
    return true;
}

static bool read_count(struct od *d, char letter, const char *gnu, uint64_t *out)
{
    const char *word = d->o.arg[sh_opt_bit(letter)];
    char *end;

    if (!sh_opt(&d->o, letter))
        return true;
    if (sh_size_read(word, out) && word[0] != '0')
        return true;
    if (word[0] == '0' && (word[1] == '\0' || word[1] == 'x')) { /* hexadecimal */
        *out = 0;
        for (end = (char *)(uintptr_t)word + (word[1] == 'x' ? 2 : 1); *end != '\0'; end++) {
            const char *digit = strchr("0123456789abcdef", *end | 32);

            if (digit == NULL)
                break;
            *out = *out * 16 + (uint64_t)(digit - "0123456789abcdef");
        }
        if (*end == '\0')
            return true;
    }
    return bad(d, gnu, "od: invalid number '%s'", word);
}

static bool od_init(struct od *d, struct sh_call *c)
{
    const char *radix;

    d->left = UINT64_MAX;
    d->radix = 'o';
    if (!sh_options(d->t, c, options, &d->o))
        return false;
    d->all = sh_opt(&d->o, 'v');
    if (sh_opt(&d->o, 'A')) {
        radix = d->o.arg[sh_opt_bit('A')];
        if (radix[0] == '\0' || strchr("doxn", radix[0]) == NULL || radix[1] != '\0')
            return bad(
                d, "od: invalid output address radix '%s'; it must be one character from [doxn]",
                "od: bad output address radix '%s' (must be [doxn])", radix);
        d->radix = radix[0];
    }
    if (!read_count(d, 'j', "od: invalid -j argument '%s'", &d->skip) ||
        !read_count(d, 'N', "od: invalid -N argument '%s'", &d->left) || !read_types(d, c) ||
        !read_width(d))
        return false;
    sh_input_init(&d->in, c->argv + d->o.first, c->argc - d->o.first);
    d->in.errors = SH_INPUT_PLAIN;
    d->address = d->skip;
    return true;
}

static void take(struct od *d, const char *data, uint32_t length)
{
    uint32_t skipped = (uint32_t)RX_MIN((uint64_t)length, d->skip);

    d->skip -= skipped;
    for (uint32_t i = skipped; i < length && d->left > 0; i++) {
        d->block[d->held++] = (unsigned char)data[i];
        d->left--;
        if (d->held == d->width)
            block_done(d);
    }
}

int sh_cmd_od(struct sh_task *t, struct sh_call *c)
{
    struct od *d = c->state;
    const char *data;
    struct fs_stat st;
    uint32_t length;
    int r = 1;

    if (d == NULL) {
        d = c->state = sh_call_alloc(t, sizeof(*d));
        if (d == NULL)
            return SH_BLOCKED;
        d->t = t;
        d->busybox = sh_has_busybox(t);
        if (!od_init(d, c))
            return 1;
    }
    while (d->left > 0 && (r = sh_input_chunk(t, &d->in, &data, &length)) == 1) {
        take(d, data, length);
        if (!sh_charge(t, 1 + length / 8) || t->doomed != 0 || sh_full(t))
            return SH_BLOCKED;
    }
    if (r == SH_BLOCKED)
        return r;
    if (d->skip > 0) {
        sh_complain(t, d->busybox ? "od: can't skip past end of combined input"
                                  : "od: cannot skip past end of combined input");
        return 1;
    }
    if (d->in.status != 0 && c->argc - d->o.first == 1 && sh_stat(t, c->argv[d->o.first], &st) != 0)
        return 1;
    if (d->held > 0)
        block_done(d);
    put_address(d);
    if (d->radix != 'n')
        sh_puts(t, "\n");
    return d->in.status;
}
