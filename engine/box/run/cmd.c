/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd.c - what the commands share: options, numbers, input, collected text.
 */
#include "engine/box/run/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"

/* ---- options --------------------------------------------------------------------------------- */

unsigned sh_opt_bit(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        return (unsigned)(letter - 'a');
    if (letter >= 'A' && letter <= 'Z')
        return (unsigned)(letter - 'A') + 26;
    if (letter >= '0' && letter <= '9')
        return (unsigned)(letter - '0') + 52;
    return 62;
}

bool sh_opt(const struct sh_opts *o, char letter)
{
    return o->given >> sh_opt_bit(letter) & 1;
}

bool sh_option_bad(struct sh_task *t, struct sh_call *c, const char *option)
{
    const struct shell_setup *s = &t->proc->setup;
    char text[128];

    /* All that busybox takes is known here; other images have larger tools. */
    if (s->program->sh != SHELL_ASH && !s->unknown_missing) {
        snprintf(text, sizeof(text),
                 "%.30s: option %.30s is not simulated: taken to succeed at once", c->argv[0],
                 option);
        sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, c->pos, c->argv[0], text);
        return false;
    }
    snprintf(text, sizeof(text), "%.40s: unrecognized option: %.40s", c->argv[0], option);
    sh_complain(t, "%s", text);
    sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, c->argv[0], text);
    return false;
}

/* What the specification says of a letter: where it stands; NULL: nothing. */
static const char *option_letter(const char *spec, char letter)
{
    for (; *spec != '\0' && *spec != ' '; spec++)
        if (*spec == letter && letter != ':' && letter != '^')
            return spec;
    return NULL;
}

/* The letter for a long option, the first `length` bytes of the name; 0: there is none. */
static char long_option(const char *spec, const char *name, size_t length)
{
    while ((spec = strchr(spec, ' ')) != NULL) {
        spec++;
        if (strncmp(spec, name, length) == 0 && spec[length] == '=')
            return spec[length + 1];
    }
    return '\0';
}

/* The next option of a word, or the word that it has as an argument. */
enum { OPTION, OPTION_END, OPTION_BAD, OPTION_BARE };

static int option_step(const struct sh_call *c, const char *spec, struct sh_opt_at *at)
{
    const char *word = c->argv[at->word], *known, *value = NULL;

    if (at->s == NULL && word[0] == '-' && word[1] == '-' && word[2] != '\0') {
        size_t length = strcspn(word + 2, "=");

        at->letter = long_option(spec, word + 2, length);
        at->s = "";
        value = word[2 + length] == '=' ? word + 3 + length : NULL;
    } else {
        at->s = at->s == NULL ? word + 1 : at->s;
        if (*at->s == '\0')
            return OPTION_END;
        at->letter = *at->s++;
    }
    at->arg = NULL;
    known = option_letter(spec, at->letter);
    if (known == NULL || (value != NULL && known[1] != ':'))
        return OPTION_BAD;
    if (known[1] != ':')
        return OPTION;
    if (value == NULL && *at->s != '\0')
        value = at->s;
    if (value == NULL && known[2] != ':') {
        if (at->word + 1 >= c->argc)
            return OPTION_BARE;
        value = c->argv[++at->word];
    }
    at->arg = value;
    at->s = "";
    return OPTION;
}

bool sh_opt_next(const struct sh_call *c, const char *spec, const struct sh_opts *o,
                 struct sh_opt_at *at)
{
    if (at->word == 0)
        at->word = 1;
    while (at->word < o->first) {
        if (option_step(c, spec, at) == OPTION)
            return true;
        at->word++;
        at->s = NULL;
    }
    return false;
}

/* The options of one word; *i is moved on to an argument that is a word of its own. */
static bool take_options(struct sh_task *t, struct sh_call *c, const char *spec, struct sh_opts *o,
                         uint32_t *i)
{
    struct sh_opt_at at = {.word = *i};
    char letter[2] = "";
    int step;

    while ((step = option_step(c, spec, &at)) == OPTION) {
        o->given |= 1ull << sh_opt_bit(at.letter);
        o->arg[sh_opt_bit(at.letter)] = at.arg;
    }
    letter[0] = at.letter;
    if (step == OPTION_BARE)
        sh_complain(t, "%s: option requires an argument -- %s", c->argv[0], letter);
    if (step == OPTION_BAD)
        sh_option_bad(t, c, c->argv[*i][1] == '-' ? c->argv[*i] : letter);
    *i = at.word;
    return step == OPTION_END;
}

/* Moves argv[from..to) before the operands, which begin at `at`. */
static void move_up(struct sh_call *c, uint32_t at, uint32_t from, uint32_t to)
{
    for (; from < to; from++, at++) {
        char *word = c->argv[from];

        memmove(c->argv + at + 1, c->argv + at, (from - at) * sizeof(*c->argv));
        c->argv[at] = word;
    }
}

bool sh_options(struct sh_task *t, struct sh_call *c, const char *spec, struct sh_opts *o)
{
    uint32_t i = 1;

    *o = (struct sh_opts){.first = 1};
    while (i < c->argc) {
        uint32_t from = i;
        bool last = strcmp(c->argv[i], "--") == 0;

        if (c->argv[i][0] != '-' || c->argv[i][1] == '\0') {
            if (*spec == '^')
                return true;
            i++;
            continue;
        }
        if (!last && !take_options(t, c, spec, o, &i))
            return false;
        i++;
        move_up(c, o->first, from, i);
        o->first += i - from;
        if (last)
            return true;
    }
    return true;
}

bool sh_has_busybox(const struct sh_task *t)
{
    return t->flavour == SHELL_ASH || t->proc->setup.program->sh == SHELL_ASH;
}

/* ---- numbers --------------------------------------------------------------------------------- */

bool sh_number(const char *s, int64_t *out)
{
    bool negative = *s == '-';
    uint64_t n = 0;

    s += *s == '-' || *s == '+';
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9' || n > (uint64_t)INT64_MAX / 10 - 1)
            return false;
        n = n * 10 + (uint64_t)(*s - '0');
    }
    *out = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

bool sh_duration(const char *s, rx_ms *out)
{
    int64_t whole = 0, fraction = 0, scale = 1000000, unit = RX_MS_PER_S;
    bool any = false;

    if (strcmp(s, "infinity") == 0 || strcmp(s, "inf") == 0) {
        *out = RX_MS_NEVER;
        return true;
    }
    for (; *s >= '0' && *s <= '9' && whole < 100000000000; s++, any = true)
        whole = whole * 10 + (*s - '0');
    if (*s == '.') {
        for (s++; *s >= '0' && *s <= '9'; s++, any = true) {
            scale /= 10;
            fraction += (*s - '0') * scale;
        }
    }
    if (*s == 'm')
        unit *= 60;
    else if (*s == 'h')
        unit *= 3600;
    else if (*s == 'd')
        unit *= 86400;
    s += *s != '\0' && strchr("smhd", *s) != NULL;
    *out = whole * unit + (fraction * unit + 999999) / 1000000;
    return any && *s == '\0';
}

static bool is_maybe_there(struct sh_task *t, const char *path)
{
    char full[FS_PATH_MAX];
    int error;

    return sh_full_path(t, path, full, &error) != NULL &&
           fs_may_be_of_image(t->proc->setup.fs, full);
}

/* Commands that succeed on what the image may have. */
static bool may_be_of_image(struct sh_task *t, const char *path)
{
    static const struct {
        const char *name;
        bool reads; /* what it is asked for there, a read-only root allows */
    } own[] = {{"chgrp", false}, {"chmod", false}, {"chown", false}, {"cp", true},
               {"find", true},   {"install", true}, {"mv", false},   {"touch", false}};
    bool known = false;

    for (size_t i = 0; i < RX_ARRAY_LEN(own); i++)
        known |= strcmp(t->call.argv[0], own[i].name) == 0 &&
                 (own[i].reads || !t->proc->setup.fs->read_only);
    return known && is_maybe_there(t, path);
}

bool sh_of_image(struct sh_task *t, const char *path, int error)
{
    char text[160];

    if (error != -ENOENT || t->proc->setup.unknown_missing)
        return false;
    if (*path == '\0' ? !t->proc->blank : !may_be_of_image(t, path))
        return false;
    snprintf(text, sizeof(text),
             "%.16s: '%.64s' is not here, but may be in the image: taken to succeed",
             t->call.argv[0], path);
    sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, t->call.pos, t->call.argv[0], text);
    return true;
}

void sh_not_known(struct sh_task *t, const char *path, int error)
{
    char text[160];

    if (error != -ENOENT || t->proc->setup.unknown_missing || !is_maybe_there(t, path))
        return;
    snprintf(text, sizeof(text),
             "'%.64s' may be in the image, and what is in it is not known: taken to be missing",
             path);
    sh_diagnose(t, SHELL_DIAG_ASSUMED, t->call.pos, path, text);
}

void sh_assumed(void *task, const char *dir)
{
    struct sh_task *t = task;
    char text[160];

    snprintf(text, sizeof(text), "directory '%.64s' is not here: taken to be in the image", dir);
    sh_diagnose(t, SHELL_DIAG_ASSUMED, t->call.pos, dir, text);
}

int sh_image_dir(struct sh_task *t, const char *path)
{
    char full[FS_PATH_MAX];
    int error;

    return sh_full_path(t, path, full, &error) != NULL
               ? fs_image_dir(t->proc->setup.fs, full, t->proc->now)
               : error;
}

int sh_fail(struct sh_task *t, const char *path, int error)
{
    if (sh_of_image(t, path, error))
        return 1;
    sh_complain(t, "%s: %s: %s", t->call.argv[0], path, fs_strerror(error));
    sh_not_known(t, path, error);
    return 1;
}

int sh_sleep_until(struct sh_task *t, rx_ms until)
{
    t->wait = until >= RX_MS_NEVER ? SH_WAITS_FOREVER : SH_WAITS_TIME;
    t->until = until;
    return SH_BLOCKED;
}

char *sh_full_path(struct sh_task *t, const char *path, char full[FS_PATH_MAX], int *error)
{
    *error = fs_join(full, t->cwd->text, path);
    return *error == 0 ? full : NULL;
}

/* ---- collected text -------------------------------------------------------------------------- */

bool sh_buf_add(struct sh_task *t, struct sh_buf *b, const char *s, size_t length)
{
    size_t need = b->length + length + 1;

    if (need > b->room) {
        uint32_t room = RX_MAX((uint32_t)need, b->room > 0 ? b->room * 2 : 64);
        char *text = sh_call_grow(t, b->text, b->length, room);

        if (text == NULL)
            return false;
        b->text = text;
        b->room = room;
    }
    if (length > 0)
        memcpy(b->text + b->length, s, length);
    b->length += (uint32_t)length;
    b->text[b->length] = '\0';
    return true;
}

/* ---- input ----------------------------------------------------------------------------------- */

enum { INPUT_ROOM = 512 };

void sh_input_init(struct sh_input *in, char *const *path, uint32_t count)
{
    *in = (struct sh_input){.path = path, .count = count};
}

/* Opens the next operand: false when there is none left. */
static bool next_operand(struct sh_task *t, struct sh_input *in)
{
    while (t->call.in == NULL) {
        const char *path;
        int error;

        if (in->next > 0 && in->next >= in->count)
            return false;
        path = in->count > 0 ? in->path[in->next] : "-";
        in->next++;
        in->name = path;
        if (strcmp(path, "-") == 0) {
            t->call.in = sh_file_ref(t->fd[0] != NULL ? t->fd[0] : &t->proc->null);
            break;
        }
        char full[FS_PATH_MAX];
        struct fs_stat st;

        if (sh_full_path(t, path, full, &error) != NULL && !sh_is_descriptor(t, full))
            error = fs_stat(t->proc->setup.fs, full, &st);
        else
            st.kind = FS_FILE;
        if (error == 0 && st.kind == FS_DIR) {
            if (in->errors == SH_INPUT_PLAIN)
                sh_fail(t, path, -EISDIR);
            else if (in->errors != SH_INPUT_SILENT)
                sh_complain(t, "%s: read error: Is a directory", t->call.argv[0]);
            in->status = 1;
            continue;
        }
        if (error == 0)
            error = sh_open(t, path, FS_READ, &t->call.in);
        if (error == 0)
            break;
        if (t->proc->over)
            return false;
        if (in->errors == SH_INPUT_PLAIN)
            sh_fail(t, path, error);
        if (in->errors == SH_INPUT_CANNOT_OPEN) {
            sh_complain(t, "%s: can't open '%s': %s", t->call.argv[0], path, fs_strerror(error));
            sh_not_known(t, path, error);
        }
        in->status = 1;
    }
    return true;
}

/* Reads more behind what is in the buffer: 1, 0 at the end of everything, SH_BLOCKED. */
static int fill(struct sh_task *t, struct sh_input *in)
{
    int n;

    if (in->start > 0) {
        memmove(in->buffer, in->buffer + in->start, in->length);
        in->start = 0;
    }
    if (in->room - in->length < INPUT_ROOM / 2 || in->buffer == NULL) {
        uint32_t room = in->room > 0 ? in->room * 2 : INPUT_ROOM;
        char *bigger =
            room > SHELL_WORD_MAX ? NULL : sh_call_grow(t, in->buffer, in->length, room + 1);

        if (bigger == NULL) {
            sh_limit(t, "a line is too long");
            return SH_BLOCKED;
        }
        in->buffer = bigger;
        in->room = room;
    }
    for (;;) {
        if (!next_operand(t, in))
            return t->proc->over ? SH_BLOCKED : 0;
        n = sh_read_file(t, t->call.in, in->buffer + in->length, in->room - in->length);
        if (n == SH_BLOCKED || t->proc->over)
            return SH_BLOCKED;
        if (n > 0) {
            in->length += (uint32_t)n;
            return 1;
        }
        sh_file_unref(t->proc, t->call.in);
        t->call.in = NULL;
        if (in->count == 0) {
            in->count = 1; /* standard input has been read */
            in->next = 1;
        }
        if (in->length > 0)
            return 1; /* the end of one file ends its last line */
    }
}

int sh_input_chunk(struct sh_task *t, struct sh_input *in, const char **data, uint32_t *length)
{
    int r;

    in->length = in->start = 0;
    r = fill(t, in);
    if (r != 1)
        return r;
    *data = in->buffer;
    *length = in->length;
    return 1;
}

int sh_input_line(struct sh_task *t, struct sh_input *in, char **line, uint32_t *length)
{
    uint32_t looked = 0;

    for (;;) {
        char *text = in->buffer != NULL ? in->buffer + in->start : NULL;
        char end = in->nul ? '\0' : '\n';
        char *newline =
            in->length > looked ? memchr(text + looked, end, in->length - looked) : NULL;
        bool ended = in->buffer != NULL && t->call.in == NULL && in->length > 0;
        int r;

        if (newline != NULL || ended) {
            in->partial = newline == NULL;
            *length = newline != NULL ? (uint32_t)(newline - text) : in->length;
            *line = text;
            text[*length] = '\0'; /* the buffer has a byte to spare */
            in->start += *length + !in->partial;
            in->length -= *length + !in->partial;
            return sh_charge(t, 1 + *length / 64) ? 1 : SH_BLOCKED;
        }
        looked = in->length;
        r = fill(t, in);
        if (r == SH_BLOCKED)
            return r;
        if (r == 0 && in->length == 0)
            return 0;
    }
}

int sh_shift_argv(struct sh_call *c, uint32_t n)
{
    c->argv += n;
    c->argc -= n;
    c->skipped += n;
    return SH_AGAIN;
}

int sh_echo_escape(const char **s, char out[4], bool octal_zero)
{
    static const char letters[] = "abefnrtv\\", values[] = "\a\b\033\f\n\r\t\v\\";
    const char *p = *s + 1, *found = *p != '\0' ? strchr(letters, *p) : NULL;
    int n = 0, digits = 0;

    if (found != NULL) {
        out[0] = values[found - letters];
        *s = p + 1;
        return 1;
    }
    if (*p == 'c')
        return -1;
    if (*p == 'x') {
        const char *h = p + 1;

        for (; digits < 2 && strchr("0123456789abcdefABCDEF", *h) != NULL && *h != '\0';
             h++, digits++)
            n = n * 16 + (*h <= '9' ? *h - '0' : (*h | 32) - 'a' + 10);
        if (digits > 0) {
            out[0] = (char)n;
            *s = h;
            return 1;
        }
    }
    if (*p >= '0' && *p <= '7' && (!octal_zero || *p == '0')) {
        p += octal_zero;
        for (; digits < 3 && *p >= '0' && *p <= '7'; p++, digits++)
            n = n * 8 + (*p - '0');
        out[0] = (char)n;
        *s = p;
        return 1;
    }
    out[0] = '\\';
    (*s)++;
    return 1;
}
