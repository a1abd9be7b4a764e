/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wc.c - wc. How wide its columns are is another matter for busybox (9, unless one number of one
 * file is asked for) than for GNU (as wide as the sizes of the files ask for).
 */
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

enum { LINES, WORDS, CHARACTERS, BYTES, LONGEST, COUNTS };

static const char letters[] = "lwmcL";

struct wc {
    struct sh_input in;
    struct sh_opts o;
    uint64_t now[COUNTS], total[COUNTS], column; /* column: of the line that is read */
    uint32_t operand;
    bool in_word, started;
    int status, width;
};

static bool shown(const struct wc *s, int i)
{
    if (s->o.given == 0)
        return i == LINES || i == WORDS || i == BYTES;
    return sh_opt(&s->o, letters[i]);
}

static void put(struct sh_task *t, const struct wc *s, const uint64_t count[COUNTS],
                const char *name)
{
    bool first = true;

    for (int i = 0; i < COUNTS; i++) {
        if (!shown(s, i))
            continue;
        sh_printf(t, first ? "%*llu" : " %*llu", s->width, (unsigned long long)count[i]);
        first = false;
    }
    if (name != NULL) {
        sh_puts(t, " ");
        sh_puts(t, name);
    }
    sh_puts(t, "\n");
}

static int digits_of(uint64_t n)
{
    int digits = 1;

    for (; n >= 10; n /= 10)
        digits++;
    return digits;
}

/* Bytes of the file that standard input is, and one more; 0: it is none. */
static uint64_t input_size(const struct sh_task *t)
{
    const struct sh_file *f = t->fd[0];

    return f != NULL && f->kind == SH_FILE_FS && f->fs.kind == FS_FILE
               ? (uint64_t)fs_size(&f->fs) + 1
               : 0;
}

static int width_of(struct sh_task *t, const struct sh_call *c, const struct wc *s)
{
    enum { BUSYBOX = 9, UNSIZED = 7 };
    uint32_t count = c->argc - s->o.first;
    uint64_t bytes = 0, input = input_size(t);
    int columns = 0, least = 1;

    for (int i = 0; i < COUNTS; i++)
        columns += shown(s, i);
    if (columns == 1 && count <= 1)
        return 1;
    if (sh_has_busybox(t))
        return BUSYBOX;
    if (count == 0 && input == 0)
        return UNSIZED;
    if (count == 0)
        return digits_of(input - 1);
    for (uint32_t i = s->o.first; i < c->argc; i++) {
        struct fs_stat st;

        if (strcmp(c->argv[i], "-") == 0) {
            least = input == 0 ? UNSIZED : least;
            bytes += input != 0 ? input - 1 : 0;
        } else if (sh_stat(t, c->argv[i], &st) == 0) {
            bytes += st.kind == FS_FILE ? st.size : 0;
            least = st.kind == FS_FILE ? least : UNSIZED;
        }
    }
    return RX_MAX(least, digits_of(bytes));
}

static void take(struct wc *s, const char *data, uint32_t length)
{
    s->now[BYTES] += length;
    s->now[CHARACTERS] += length;
    for (uint32_t i = 0; i < length; i++) {
        bool blank = data[i] == ' ' || (data[i] >= '\t' && data[i] <= '\r');
        bool ends = data[i] == '\n' || data[i] == '\r' || data[i] == '\f';

        s->now[LINES] += data[i] == '\n';
        s->now[WORDS] += !blank && !s->in_word;
        s->in_word = !blank;
        if (data[i] == '\t')
            s->column += 8 - s->column % 8;
        else if (!ends)
            s->column += (unsigned char)data[i] >= ' ' && (unsigned char)data[i] < 127;
        s->now[LONGEST] = RX_MAX(s->now[LONGEST], s->column);
        s->column = ends ? 0 : s->column;
    }
}

/* 0, or SH_BLOCKED. */
static int one_file(struct sh_task *t, struct sh_call *c, struct wc *s, uint32_t operands)
{
    const char *data;
    uint32_t length;
    int r;

    if (!s->started) {
        sh_input_init(&s->in, c->argv + s->o.first + s->operand, RX_MIN(operands, 1u));
        s->in.errors = SH_INPUT_PLAIN;
        memset(s->now, 0, sizeof(s->now));
        s->in_word = false;
        s->column = 0;
        s->started = true;
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1)
        take(s, data, length);
    if (r == SH_BLOCKED)
        return r;
    s->started = false;
    s->status |= s->in.status;
    if (s->in.status == 0)
        put(t, s, s->now, operands > 0 ? c->argv[s->o.first + s->operand] : NULL);
    for (int i = 0; i < COUNTS; i++)
        s->total[i] = i == LONGEST ? RX_MAX(s->total[i], s->now[i]) : s->total[i] + s->now[i];
    return 0;
}

int sh_cmd_wc(struct sh_task *t, struct sh_call *c)
{
    struct wc *s = c->state;
    uint32_t operands;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "lwcmL lines=l words=w bytes=c chars=m max-line-length=L", &s->o))
            return 1;
        s->width = width_of(t, c, s);
    }
    operands = c->argc - s->o.first;
    do {
        if (one_file(t, c, s, operands) != 0)
            return SH_BLOCKED;
    } while (++s->operand < operands);
    if (operands > 1)
        put(t, s, s->total, "total");
    return s->status;
}
