/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uniq.c - uniq, the filter that looks at lines beside each other.
 */
#include <string.h>
#include <strings.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static bool go_on(struct sh_task *t)
{
    return t->doomed == 0 && !t->proc->over && !sh_full(t);
}

struct uniq_state {
    struct sh_input in;
    struct sh_opts o;
    struct sh_buf last;
    int64_t count, fields, characters, width; /* left out of what is compared; compared */
};

static bool uniq_number(struct sh_task *t, const struct uniq_state *s, char letter, int64_t *out)
{
    const char *word = s->o.arg[sh_opt_bit(letter)];

    if (!sh_opt(&s->o, letter) || (sh_number(word, out) && *out >= 0))
        return true;
    sh_complain(t, "uniq: invalid number '%s'", word);
    return false;
}

static bool uniq_begin(struct sh_task *t, struct sh_call *c, struct uniq_state *s)
{
    s->width = INT64_MAX;
    if (!sh_options(t, c,
                    "cduizf:s:w: count=c repeated=d unique=u ignore-case=i zero-terminated=z "
                    "skip-fields=f skip-chars=s check-chars=w",
                    &s->o) ||
        !uniq_number(t, s, 'f', &s->fields) || !uniq_number(t, s, 's', &s->characters) ||
        !uniq_number(t, s, 'w', &s->width))
        return false;
    if (sh_opt(&s->o, 'z'))
        return sh_refuse(t, "-z") == 0;
    if (c->argc > s->o.first + 1)
        return sh_refuse(t, "a file for the output") == 0;
    sh_input_init(&s->in, c->argv + s->o.first, c->argc - s->o.first);
    return true;
}

static bool is_blank(char b)
{
    return b == ' ' || b == '\t';
}

/* What of a line is compared: from there, *length bytes. */
static const char *uniq_key(const struct uniq_state *s, const char *line, uint32_t *length)
{
    uint32_t at = 0, end = *length;

    for (int64_t i = 0; i < s->fields && at < end; i++) {
        while (at < end && is_blank(line[at]))
            at++;
        while (at < end && !is_blank(line[at]))
            at++;
    }
    at += (uint32_t)RX_MIN(s->characters, (int64_t)(end - at));
    *length = (uint32_t)RX_MIN(s->width, (int64_t)(end - at));
    return line + at;
}

static bool uniq_same(const struct uniq_state *s, const char *line, uint32_t length)
{
    uint32_t before = s->last.length;
    const char *a = uniq_key(s, s->last.text, &before), *b = uniq_key(s, line, &length);

    if (before != length)
        return false;
    return (sh_opt(&s->o, 'i') ? strncasecmp(a, b, length) : memcmp(a, b, length)) == 0;
}

static void uniq_print(struct sh_task *t, const struct uniq_state *s)
{
    if (s->count == 0 || (sh_opt(&s->o, 'd') && s->count < 2) ||
        (sh_opt(&s->o, 'u') && s->count > 1))
        return;
    if (sh_opt(&s->o, 'c'))
        sh_printf(t, "%7lld ", (long long)s->count);
    sh_put(t, s->last.text, s->last.length);
    sh_put(t, "\n", 1);
}

int sh_cmd_uniq(struct sh_task *t, struct sh_call *c)
{
    struct uniq_state *s = c->state;
    uint32_t length;
    char *line;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!uniq_begin(t, c, s))
            return 1;
    }
    while ((r = sh_input_line(t, &s->in, &line, &length)) == 1) {
        if (s->count > 0 && uniq_same(s, line, length)) {
            s->count++;
            continue;
        }
        uniq_print(t, s);
        s->last.length = 0;
        s->count = 1;
        if (!sh_buf_add(t, &s->last, line, length) || !go_on(t))
            return SH_BLOCKED;
    }
    if (r == SH_BLOCKED)
        return r;
    uniq_print(t, s);
    return s->in.status;
}
