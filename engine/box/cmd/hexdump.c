/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hexdump.c - hexdump and hd. Every option is a format of the kind that -e takes, so all of them
 * are printed by the same rules: a format is units, a unit is so many times so many bytes and a
 * text with conversions.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static const char options[] =
    "bcCde:n:os:vxf:F canonical=C one-byte-octal=b one-byte-char=c two-bytes-decimal=d "
    "two-bytes-octal=o "
    "two-bytes-hex=x format=e length=n skip=s no-squeezing=v format-file=f";

enum { BLOCK_MAX = 1024, SPEC_MAX = 32, ADDRESS = 'A', TEXT = '\0', REPEATS_MAX = 1024 };

struct piece { /* a text, and one conversion or none */
    struct piece *next;
    char *text;      /* before it */
    char conversion; /* TEXT, ADDRESS, one of printf's, or one of C, P, U for %_c, %_p, %_u */
    uint8_t bytes;
    char spec[SPEC_MAX], blank[SPEC_MAX]; /* for printf: of the value; of nothing, behind the end */
};

struct unit {
    struct unit *next;
    char *text;
    uint32_t repeat, bytes;
    bool repeat_given,
        at_end; /* at_end: it has an address that is printed once, behind everything */
    struct piece *pieces;
    bool trims; /* the blank that ends the last piece is left out the last time */
};

struct format {
    struct format *next;
    struct unit *units;
    uint32_t bytes;
};

struct hexdump {
    struct sh_task *t;
    struct sh_opts o;
    struct sh_input in;
    struct format *formats;
    struct unit *end; /* the last of those with an address for the end */
    uint32_t block, held;
    uint64_t skip, left, address, end_address;
    bool all, any, starred, busybox;
    unsigned char data[BLOCK_MAX + 8], last[BLOCK_MAX];
};

/* ---- formats ----------------------------------------------------------------------------------
 */

static bool bad(struct hexdump *h, const char *what, const char *word)
{
    sh_complain(h->t, what, word);
    return false;
}

/* "\n" and the like, in place. */
static void unescape(char *s)
{
    static const char letter[] = "abfnrtv", value[] = "\a\b\f\n\r\t\v";
    char *to = s;

    for (; *s != '\0'; s++) {
        const char *known = NULL;

        if (*s == '\\' && s[1] != '\0') {
            s++;
            if (*s == '0') {
                *to = '\0';
                return;
            }
            known = strchr(letter, *s);
        }
        *to++ = known != NULL ? value[known - letter] : *s;
    }
    *to = '\0';
}

static uint32_t number_of(const char **s)
{
    uint32_t n = 0;

    for (; **s >= '0' && **s <= '9'; ++*s)
        n = RX_MIN(n * 10 + (uint32_t)(**s - '0'), 100000u);
    return n;
}

/* The next unit of a format: [REPEAT][/BYTES] "TEXT". NULL: an error, said, or the proc is over. */
static struct unit *read_unit(struct hexdump *h, const char **at, const char *format)
{
    struct unit *u = sh_call_alloc(h->t, sizeof(*u));
    const char *s = *at, *end;

    if (u == NULL)
        return NULL;
    u->repeat = 1;
    if (isdigit((unsigned char)*s)) {
        u->repeat = number_of(&s);
        u->repeat_given = true;
        s += strspn(s, " \t\n");
    }
    if (*s == '/') {
        s++;
        s += strspn(s, " \t\n");
        u->bytes = number_of(&s);
        s += strspn(s, " \t\n");
    }
    end = *s == '"' ? strchr(s + 1, '"') : NULL;
    if (end == NULL || u->repeat > REPEATS_MAX || u->bytes > BLOCK_MAX) {
        bad(h, "hexdump: bad format {%s}", format);
        return NULL;
    }
    u->text = sh_call_alloc(h->t, (size_t)(end - s));
    if (u->text == NULL)
        return NULL;
    memcpy(u->text, s + 1, (size_t)(end - s - 1));
    unescape(u->text);
    *at = end + 1;
    return u;
}

/* Of a unit that says how many bytes. */
static bool size_fits(const struct hexdump *h, const struct unit *u, struct piece *p)
{
    bool number = strchr("diouxX", p->conversion) != NULL;

    if (u->bytes == 0 || p->conversion == 's')
        return true;
    p->bytes = (uint8_t)u->bytes;
    return u->bytes == 1 ||
           (number && (u->bytes == 2 || u->bytes == 4 || (u->bytes == 8 && !h->busybox)));
}

/* %_c, %_p, %_u, and the addresses. *type: behind the underscore, moved on to the last letter.
 * False: none of them. */
static bool read_own(struct hexdump *h, struct unit *u, struct piece *p, const char *front,
                     const char **type)
{
    char letter = **type;

    if (letter == 'c' || letter == 'p' || letter == 'u') {
        p->bytes = 1;
        p->conversion = letter == 'c' ? 'C' : letter == 'p' ? 'P' : 'U';
        snprintf(p->spec, sizeof(p->spec), "%s%c", front, letter == 'p' ? 'c' : 's');
        return true;
    }
    if ((letter != 'a' && letter != 'A') || (*type)[1] == '\0' || strchr("dox", (*type)[1]) == NULL)
        return false;
    if (letter == 'A')
        h->end = u;
    u->at_end |= letter == 'A';
    p->conversion = ADDRESS;
    snprintf(p->spec, sizeof(p->spec), "%sll%c", front, (*type)[1]);
    ++*type;
    return true;
}

/* What printf would print; front: the conversion without its letter. False: it has none of these
 * letters. */
static bool read_plain(const struct unit *u, struct piece *p, const char *front, int precision)
{
    if (p->conversion == 'c') {
        p->bytes = 1;
        snprintf(p->spec, sizeof(p->spec), "%sc", front);
    } else if (p->conversion == 's') {
        p->bytes = (uint8_t)RX_MIN(u->bytes != 0 ? u->bytes : (uint32_t)precision, 255u);
        snprintf(p->spec, sizeof(p->spec), "%ss", front);
    } else if (p->conversion != '\0' && strchr("diouxX", p->conversion) != NULL) {
        p->bytes = 4;
        snprintf(p->spec, sizeof(p->spec), "%sll%c", front, p->conversion);
    } else {
        return false;
    }
    return true;
}

/* The conversion at a '%': *at is moved behind it. False: an error, said. */
static bool read_conversion(struct hexdump *h, struct unit *u, struct piece *p, const char **at)
{
    const char *type = *at + 1;
    uint32_t width, precision = 0;
    char name[4] = "", front[16];
    bool dot, minus, known;

    type += strspn(type, "#-+ 0");
    minus = memchr(*at, '-', (size_t)(type - *at)) != NULL;
    width = number_of(&type);
    dot = *type == '.';
    if (dot) {
        type++;
        precision = number_of(&type);
    }
    if (type - *at >= (ptrdiff_t)sizeof(front) || width > 200 || precision > 200)
        return bad(h, "hexdump: bad format {%s}", u->text);
    snprintf(front, sizeof(front), "%.*s", (int)(type - *at), *at);
    if (width == 0)
        strcpy(p->blank, "%s");
    else
        snprintf(p->blank, sizeof(p->blank), "%%%s%us", minus ? "-" : "", width);
    name[0] = *type;
    name[1] = *type == '_' ? type[1] : '\0';
    p->conversion = *type;
    if (*type == 's' && u->bytes == 0 && !dot)
        return bad(h,
                   h->busybox ? "hexdump: %%%s needs precision or byte count"
                              : "hexdump: %%%s requires a precision or a byte count",
                   name);
    if (*type != '\0' && strchr("eEfgG", *type) != NULL)
        return sh_refuse(h->t, "-e with a floating point number") == 0;
    if (*type == '_') {
        type++;
        known = read_own(h, u, p, front, &type);
    } else {
        known = read_plain(u, p, front, (int)precision);
    }
    if (!known)
        return bad(h, "hexdump: bad conversion character %%%s", name);
    if (p->conversion != ADDRESS && !size_fits(h, u, p))
        return bad(h, "hexdump: bad byte count for conversion character %s", name);
    *at = type + 1;
    return true;
}

/* The text of a unit, as pieces. */
static bool read_pieces(struct hexdump *h, struct unit *u)
{
    struct piece **tail = &u->pieces;
    const char *s = u->text;
    bool counted = u->bytes != 0, any = false;
    uint32_t bytes = 0;

    while (*s != '\0') {
        const char *from = s;
        struct piece *p = sh_call_alloc(h->t, sizeof(*p));

        if (p == NULL)
            return false;
        s += strcspn(s, "%");
        p->text = sh_call_alloc(h->t, (size_t)(s - from) + 1);
        if (p->text == NULL)
            return false;
        memcpy(p->text, from, (size_t)(s - from));
        *tail = p;
        tail = &p->next;
        if (*s == '\0')
            break;
        if (!read_conversion(h, u, p, &s))
            return false;
        if (counted && any && p->bytes > 0)
            return bad(h, "hexdump: byte count with multiple conversion characters%s", "");
        any |= p->bytes > 0;
        bytes += p->bytes;
    }
    if (!counted)
        u->bytes = bytes;
    return true;
}

static bool add_format(struct hexdump *h, const char *text)
{
    struct format *f = sh_call_alloc(h->t, sizeof(*f)), **last = &h->formats;
    struct unit **tail;

    if (f == NULL)
        return false;
    while (*last != NULL)
        last = &(*last)->next;
    *last = f;
    tail = &f->units;
    for (const char *s = text + strspn(text, " \t\n"); *s != '\0'; s += strspn(s, " \t\n")) {
        struct unit *u = read_unit(h, &s, text);

        if (u == NULL || !read_pieces(h, u))
            return false;
        f->bytes += u->bytes * u->repeat;
        *tail = u;
        tail = &u->next;
    }
    return true;
}

/* How much a line takes: as much as the longest format. In the others the last unit is repeated. */
static bool lay_out(struct hexdump *h)
{
    for (struct format *f = h->formats; f != NULL; f = f->next)
        h->block = RX_MAX(h->block, f->bytes);
    if (h->block > BLOCK_MAX)
        return sh_refuse(h->t, "a line of more than 1024 bytes") == 0;
    for (struct format *f = h->formats; f != NULL; f = f->next) {
        for (struct unit *u = f->units; u != NULL; u = u->next) {
            struct piece *p = u->pieces;
            size_t length;

            if (u->next == NULL && f->bytes < h->block && !u->repeat_given && u->bytes > 0)
                u->repeat += (h->block - f->bytes) / u->bytes;
            while (p != NULL && p->next != NULL)
                p = p->next;
            length = p != NULL ? strlen(p->text) : 0;
            u->trims = u->repeat > 1 && p != NULL && p->conversion == TEXT && length > 0 &&
                       isspace((unsigned char)p->text[length - 1]);
        }
    }
    return true;
}

/* ---- printing ---------------------------------------------------------------------------------
 */

static const char *byte_name(const struct piece *p, unsigned char b, char room[8])
{
    static const char *const names[] = {"nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel",
                                        "bs",  "ht",  "lf",  "vt",  "ff",  "cr",  "so",  "si",
                                        "dle", "dcl", "dc2", "dc3", "dc4", "nak", "syn", "etb",
                                        "can", "em",  "sub", "esc", "fs",  "gs",  "rs",  "us"};
    static const char escaped[] = "\a\b\f\n\r\t\v", letter[] = "abfnrtv";
    const char *e = b != '\0' ? strchr(escaped, b) : NULL;

    if (p->conversion == 'U' && b < RX_ARRAY_LEN(names))
        return names[b];
    if (p->conversion == 'U' && b == 127)
        return "del";
    if (p->conversion == 'C' && b == '\0')
        return "\\0";
    if (p->conversion == 'C' && e != NULL)
        snprintf(room, 8, "\\%c", letter[e - escaped]);
    else if (b >= ' ' && b < 127)
        snprintf(room, 8, "%c", b);
    else
        snprintf(room, 8, p->conversion == 'C' ? "%03o" : "%02x", b);
    return room;
}

static void put_value(struct hexdump *h, const struct piece *p, const unsigned char *from)
{
    char out[512], room[8];
    uint64_t n = 0;
    unsigned shift = 64 - 8u * p->bytes;

    switch (p->conversion) {
    case 'c':
    case 'P':
        snprintf(out, sizeof(out), p->spec,
                 p->conversion == 'P' && (*from < ' ' || *from >= 127) ? '.' : *from);
        break;
    case 'C':
    case 'U':
        snprintf(out, sizeof(out), p->spec, byte_name(p, *from, room));
        break;
    case 's': {
        char text[256];

        memcpy(text, from, p->bytes);
        text[p->bytes] = '\0';
        snprintf(out, sizeof(out), p->spec, text);
        break;
    }
    default:
        for (unsigned i = p->bytes; i > 0; i--)
            n = n << 8 | from[i - 1];
        if (p->conversion == 'd' || p->conversion == 'i')
            n = (uint64_t)((int64_t)(n << shift) >> shift);
        snprintf(out, sizeof(out), p->spec, (long long)n);
    }
    sh_puts(h->t, out);
}

static void put_text(struct hexdump *h, const struct piece *p, bool trim)
{
    size_t length = strlen(p->text);

    sh_put(h->t, p->text, trim ? length - 1 : length);
}

/* `have` bytes of the block are there. */
static void put_unit(struct hexdump *h, const struct unit *u, uint32_t *at, uint32_t have)
{
    char out[256];

    for (uint32_t n = u->repeat; n > 0 && !h->t->proc->over; n--) {
        for (const struct piece *p = u->pieces; p != NULL; p = p->next) {
            put_text(h, p, u->trims && n == 1 && p->next == NULL);
            if (p->conversion == TEXT)
                continue;
            if (p->conversion == ADDRESS) {
                snprintf(out, sizeof(out), p->spec, (long long)(h->address + *at));
                sh_puts(h->t, out);
            } else if (*at >= have) {
                snprintf(out, sizeof(out), p->blank, "");
                sh_puts(h->t, out);
            } else {
                put_value(h, p, h->data + *at);
            }
            *at += p->bytes;
        }
    }
}

static void put_block(struct hexdump *h, uint32_t have)
{
    for (const struct format *f = h->formats; f != NULL; f = f->next) {
        uint32_t at = 0;

        for (const struct unit *u = f->units; u != NULL; u = u->next)
            if (!u->at_end)
                put_unit(h, u, &at, have);
    }
}

static void block_done(struct hexdump *h)
{
    bool again =
        h->any && !h->all && h->held == h->block && memcmp(h->data, h->last, h->block) == 0;

    if (again && !h->starred)
        sh_puts(h->t, "*\n");
    if (!again) {
        memset(h->data + h->held, 0, sizeof(h->data) - h->held);
        put_block(h, h->held);
    }
    h->starred = again;
    h->any = true;
    memcpy(h->last, h->data, h->block);
    h->address += h->held;
    h->held = 0;
}

static void put_end(struct hexdump *h)
{
    uint32_t at = 0;

    if (h->end == NULL || h->address == 0)
        return;
    h->end->repeat = 1;
    put_unit(h, h->end, &at, 0);
}

/* ---- the command line -------------------------------------------------------------------------
 */

static bool add_formats(struct hexdump *h, struct sh_call *c)
{
    static const char *const plain[][2] = {{"b", "\"%07.7_ax \" 16/1 \"%03o \" \"\\n\""},
                                           {"c", "\"%07.7_ax \" 16/1 \"%3_c \" \"\\n\""},
                                           {"d", "\"%07.7_ax \" 8/2 \"  %05u \" \"\\n\""},
                                           {"o", "\"%07.7_ax \" 8/2 \" %06o \" \"\\n\""},
                                           {"x", "\"%07.7_ax \" 8/2 \"   %04x \" \"\\n\""},
                                           {"", "\"%07.7_ax \" 8/2 \"%04x \" \"\\n\""}};
    bool canonical = strcmp(c->argv[0], "hd") == 0, any = false;
    struct sh_opt_at at = {0};

    while (canonical || sh_opt_next(c, options, &h->o, &at)) {
        if (canonical || at.letter == 'C') {
            if (!add_format(h, "\"%08.8_Ax\\n\"") ||
                !add_format(h, "\"%08.8_ax  \" 8/1 \"%02x \" \"  \" 8/1 \"%02x \" ") ||
                !add_format(h, "\"  |\" 16/1 \"%_p\" \"|\\n\""))
                return false;
            canonical = false;
            any = true;
        }
        if (at.letter == 'e' && !add_format(h, at.arg))
            return false;
        any |= at.letter == 'e';
        for (size_t i = 0; i < 5; i++) {
            if (plain[i][0][0] != at.letter)
                continue;
            if (!add_format(h, "\"%07.7_Ax\\n\"") || !add_format(h, plain[i][1]))
                return false;
            any = true;
        }
    }
    return any || (add_format(h, "\"%07.7_Ax\\n\"") && add_format(h, plain[5][1]));
}

static bool read_count(struct hexdump *h, char letter, uint64_t *out)
{
    const char *word = h->o.arg[sh_opt_bit(letter)];
    bool hex = word != NULL && word[0] == '0' && word[1] == 'x' && word[2] != '\0';

    if (!sh_opt(&h->o, letter))
        return true;
    for (const char *s = word + 2; hex && *s != '\0'; s++) {
        const char *digit = strchr("0123456789abcdef", *s | 32);

        hex = !h->busybox && digit != NULL;
        *out = (s == word + 2 ? 0 : *out * 16) +
               (digit != NULL ? (uint64_t)(digit - "0123456789abcdef") : 0);
    }
    if (hex || sh_size_read(word, out))
        return true;
    return bad(
        h, h->busybox ? "hexdump: invalid number '%s'" : "hexdump: failed to parse length: '%s'",
        word);
}

static bool hexdump_init(struct hexdump *h, struct sh_call *c)
{
    const struct sh_file *input = h->t->fd[0];

    h->left = UINT64_MAX;
    if (!sh_options(h->t, c, options, &h->o))
        return false;
    if (sh_opt(&h->o, 'f') || sh_opt(&h->o, 'F'))
        return sh_refuse(h->t, "-f") == 0;
    if (!read_count(h, 'n', &h->left) || !read_count(h, 's', &h->skip) || !add_formats(h, c) ||
        !lay_out(h))
        return false;
    h->all = sh_opt(&h->o, 'v');
    if (h->skip > 0 && h->o.first == c->argc && !h->busybox && input != NULL &&
        input->kind == SH_FILE_READER)
        return bad(h, "hexdump: stdin: Illegal seek%s", "");
    sh_input_init(&h->in, c->argv + h->o.first, c->argc - h->o.first);
    h->in.errors = SH_INPUT_PLAIN;
    return true;
}

static void take(struct hexdump *h, const char *data, uint32_t length)
{
    uint32_t skipped = (uint32_t)RX_MIN((uint64_t)length, h->skip);

    h->skip -= skipped;
    h->address += skipped;
    for (uint32_t i = skipped; i < length && h->left > 0 && h->block > 0; i++) {
        h->data[h->held++] = (unsigned char)data[i];
        h->left--;
        if (h->held == h->block)
            block_done(h);
    }
}

int sh_cmd_hexdump(struct sh_task *t, struct sh_call *c)
{
    struct hexdump *h = c->state;
    const char *data;
    uint32_t length;
    int r = 1;

    if (h == NULL) {
        h = c->state = sh_call_alloc(t, sizeof(*h));
        if (h == NULL)
            return SH_BLOCKED;
        h->t = t;
        h->busybox = sh_has_busybox(t);
        if (!hexdump_init(h, c))
            return 1;
    }
    while (h->left > 0 && (r = sh_input_chunk(t, &h->in, &data, &length)) == 1) {
        take(h, data, length);
        if (!sh_charge(t, 1 + length / 8) || t->doomed != 0 || sh_full(t))
            return SH_BLOCKED;
    }
    if (r == SH_BLOCKED)
        return r;
    if (h->held > 0)
        block_done(h);
    put_end(h);
    if (h->in.status != 0 && h->address == 0 && !h->busybox)
        sh_complain(t, "%s: all input file arguments failed", c->argv[0]);
    return h->in.status;
}
