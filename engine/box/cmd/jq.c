/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jq.c - jq as a command: options, inputs, output, exit codes. What jq itself is, is in
 * jq.h.
 *
 * All input is read before the first value is looked at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

enum { NOTHING_PUT = -1 };

struct jq_run {
    struct jq jq;
    struct sh_input in;
    struct sh_buf text;
    const char *at; /* in the text: the next value */
    const char *program;
    char **file;
    uint32_t files;
    struct jq_list positional;
    bool raw, joined, status, null, raw_input, slurp, rest_args, rest_json, from_file;
    bool ended, done; /* slurp: the one input has been taken; the program has run */
    const struct jq_node *tree;
    struct jq_style style;
    int last; /* of -e: 0 if the last output counts as true, else 1; NOTHING_PUT */
    int code; /* 2 when a file or value cannot be read, 4 when it is no JSON */
    bool bad; /* the program has failed with the last input */
    struct sh_buf out;
};

/* ---- options --------------------------------------------------------------------------------- */

static bool usage(struct jq_run *s, const char *what)
{
    sh_complain(s->jq.t, "jq: error: %.150s", what);
    sh_complain(s->jq.t, "Use jq --help for help with command-line options,");
    sh_complain(s->jq.t, "or see the jq manpage, or online docs  at https://stedolan.github.io/jq");
    s->code = 2;
    return false;
}

static bool json_word(struct jq_run *s, const char *text, const char *end, struct jq_val *v)
{
    const char *at = text;
    struct jq_val more;

    if (jq_read(&s->jq, &at, end, v) == 1 && jq_read(&s->jq, &at, end, &more) == 0)
        return true;
    s->jq.failed = false;
    return false;
}

static bool read_file(struct jq_run *s, const char *path, struct sh_buf *b)
{
    struct sh_file *file;
    char chunk[512];
    int n, error = sh_open(s->jq.t, path, FS_READ, &file);

    if (error != 0) {
        sh_complain(s->jq.t, "jq: error: Could not open file %.150s: %s", path, fs_strerror(error));
        s->code = 2;
        return false;
    }
    while ((n = sh_read_file(s->jq.t, file, chunk, sizeof(chunk))) > 0)
        if (!sh_buf_add(s->jq.t, b, chunk, (size_t)n))
            break;
    sh_file_unref(s->jq.t->proc, file);
    return sh_buf_add(s->jq.t, b, "", 0);
}

/* --slurpfile: all values of a file; --rawfile: its text. */
static bool file_value(struct jq_run *s, const char *path, bool raw, struct jq_val *v)
{
    struct sh_buf b = {0};
    struct jq_list l = {0};
    const char *at;
    int r = 0;

    if (!read_file(s, path, &b))
        return false;
    if (raw) {
        *v = jq_valid(&s->jq, b.text, b.length);
        return true;
    }
    at = b.text;
    while ((r = jq_read(&s->jq, &at, b.text + b.length, v)) == 1)
        jq_push(&s->jq, &l, *v);
    s->jq.failed = false;
    *v = jq_array(&s->jq, &l);
    return r == 0 || usage(s, "Bad JSON in --slurpfile");
}

static const struct named_option {
    const char *name;
    int words;
} named_options[] = {
    {"--arg", 2}, {"--argjson", 2}, {"--slurpfile", 2}, {"--rawfile", 2}, {"--indent", 1}};

/* An option with words of its own. 1; 0: it is none; -1: it fails. */
static int take_named(struct jq_run *s, struct sh_call *c, uint32_t *i)
{
    const char *option = c->argv[*i], *name, *value;
    struct jq_val v;
    size_t n = 0;

    while (n < RX_ARRAY_LEN(named_options) && strcmp(named_options[n].name, option) != 0)
        n++;
    if (n == RX_ARRAY_LEN(named_options))
        return 0;
    if (c->argc - *i <= (uint32_t)named_options[n].words)
        return usage(s, "an option lacks its parameters") ? 1 : -1;
    name = c->argv[*i + 1];
    value = c->argv[*i + (uint32_t)named_options[n].words];
    *i += (uint32_t)named_options[n].words;
    if (n == 4) {
        s->style.indent = (int)strtol(name, NULL, 10);
        s->style.tab = false;
        if (s->style.indent < 0 || s->style.indent > 7)
            return usage(s, "Cannot indent more than 7 characters") ? 1 : -1;
        return 1;
    }
    if (n == 0)
        v = jq_valid(&s->jq, value, strlen(value));
    else if (n == 1 && !json_word(s, value, value + strlen(value), &v))
        return usage(s, "Invalid JSON text passed to --argjson") ? 1 : -1;
    else if (n >= 2 && !file_value(s, value, n == 3, &v))
        return -1;
    return jq_put(&s->jq, &s->jq.named, jq_words(name), v) ? 1 : -1;
}

static bool take_letter(struct jq_run *s, char letter)
{
    switch (letter) {
    case 'r':
        s->raw = true;
        break;
    case 'j':
        s->raw = s->joined = true;
        break;
    case 'a':
        s->style.ascii = true;
        break;
    case 'c':
        s->style.indent = 0;
        s->style.tab = false;
        break;
    case 'S':
        s->style.sorted = true;
        break;
    case 'n':
        s->null = true;
        break;
    case 'R':
        s->raw_input = true;
        break;
    case 's':
        s->slurp = true;
        break;
    case 'e':
        s->status = true;
        break;
    case 'f':
        s->from_file = true;
        break;
    case 'M': /* no colours: there never are */
        break;
    case 't':
        s->style.tab = true;
        break;
    default:
        return false;
    }
    return true;
}

static const struct {
    const char *name;
    char letter;
} long_options[] = {
    {"raw-output", 'r'},  {"join-output", 'j'}, {"ascii-output", 'a'},      {"compact-output", 'c'},
    {"sort-keys", 'S'},   {"null-input", 'n'},  {"raw-input", 'R'},         {"slurp", 's'},
    {"exit-status", 'e'}, {"from-file", 'f'},   {"monochrome-output", 'M'}, {"tab", 't'}};

/* Of one word. False: refused, and said so. */
static bool take_option(struct jq_run *s, struct sh_call *c, const char *word)
{
    struct sh_opts o;
    bool ok = true;

    if (word[1] == '-') {
        size_t i = 0;

        while (i < RX_ARRAY_LEN(long_options) && strcmp(long_options[i].name, word + 2) != 0)
            i++;
        ok = i < RX_ARRAY_LEN(long_options) && take_letter(s, long_options[i].letter);
    } else {
        for (const char *at = word + 1; *at != '\0' && ok; at++)
            ok = *at != 't' && take_letter(s, *at);
    }
    if (ok)
        return true;
    c->argv[1] = (char *)word; /* whoever tells it finds it there */
    sh_options(s->jq.t, c, "^rjacSnRsefM", &o);
    s->code = 2;
    return false;
}

static bool take_operand(struct jq_run *s, const char *word)
{
    struct jq_val v;

    if (s->program == NULL) {
        s->program = word;
    } else if (s->rest_args) {
        jq_push(&s->jq, &s->positional, jq_valid(&s->jq, word, strlen(word)));
    } else if (s->rest_json) {
        if (!json_word(s, word, word + strlen(word), &v))
            return usage(s, "Invalid JSON text passed to --jsonargs");
        jq_push(&s->jq, &s->positional, v);
    } else {
        s->file[s->files++] = (char *)word;
    }
    return true;
}

static bool take_options(struct jq_run *s, struct sh_call *c)
{
    bool plain = false;

    s->style.indent = 2;
    s->file = sh_call_alloc(s->jq.t, c->argc * sizeof(*s->file));
    if (s->file == NULL)
        return false;
    for (uint32_t i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];
        int r;

        if (plain || word[0] != '-' || word[1] == '\0') {
            if (!take_operand(s, word))
                return false;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            plain = true;
            continue;
        }
        if (strcmp(word, "--args") == 0 || strcmp(word, "--jsonargs") == 0) {
            s->rest_args = word[2] == 'a';
            s->rest_json = !s->rest_args;
            continue;
        }
        r = take_named(s, c, &i);
        if (r < 0 || (r == 0 && !take_option(s, c, word)))
            return false;
    }
    return true;
}

/* $ENV and $ARGS, which every program can ask for. */
static void put_globals(struct jq_run *s)
{
    struct jq_map env = {0}, args = {0}, all;
    const char *name = "", *value;
    struct jq *k = &s->jq;
    int flags;

    jq_put(k, &args, jq_words("positional"), jq_array(k, &s->positional));
    jq_put(k, &args, jq_words("named"), jq_object(k, &k->named));
    while ((name = sh_var_next(k->t, name, &value, &flags)) != NULL && !k->t->proc->over)
        if (flags & SH_VAR_EXPORT)
            jq_put(k, &env, jq_text(k, name, strlen(name)), jq_valid(k, value, strlen(value)));
    if (!jq_map_of(k, &all, jq_object(k, &k->named)))
        return;
    jq_put(k, &all, jq_words("ENV"), jq_object(k, &env));
    jq_put(k, &all, jq_words("ARGS"), jq_object(k, &args));
    k->named = all;
}

/* ---- inputs ---------------------------------------------------------------------------------- */

/* 0, or SH_BLOCKED. */
static int collect(struct jq_run *s)
{
    const char *data;
    uint32_t length;
    int r;

    while ((r = sh_input_chunk(s->jq.t, &s->in, &data, &length)) == 1)
        if (!sh_buf_add(s->jq.t, &s->text, data, length))
            return SH_BLOCKED;
    if (r == SH_BLOCKED || !sh_buf_add(s->jq.t, &s->text, "", 0))
        return SH_BLOCKED;
    s->at = s->text.text;
    if (s->in.status != 0)
        s->code = 2;
    return 0;
}

static bool next_line(struct jq_run *s, struct jq_val *v)
{
    const char *end = s->text.text + s->text.length, *newline;

    if (s->at == end)
        return false;
    newline = memchr(s->at, '\n', (size_t)(end - s->at));
    *v = jq_valid(&s->jq, s->at, (size_t)((newline != NULL ? newline : end) - s->at));
    s->at = newline != NULL ? newline + 1 : end;
    return true;
}

static bool next_value(struct jq_run *s, struct jq_val *v)
{
    int r = jq_read(&s->jq, &s->at, s->text.text + s->text.length, v);

    if (r < 0 && !s->jq.t->proc->over) {
        sh_complain(s->jq.t, "parse error: %.*s", (int)s->jq.error.length, s->jq.error.text);
        s->jq.failed = false;
        s->at = s->text.text + s->text.length;
        s->code = 4;
    }
    return r == 1;
}

static bool next_input(struct jq *k, struct jq_val *v)
{
    struct jq_run *s = k->input;
    struct jq_list l = {0};

    if (s->at == NULL || s->ended || k->t->proc->over)
        return false;
    if (!s->slurp)
        return s->raw_input ? next_line(s, v) : next_value(s, v);
    s->ended = true;
    if (s->raw_input) {
        *v = jq_valid(k, s->text.text, s->text.length);
        return true;
    }
    while (next_value(s, v))
        jq_push(k, &l, *v);
    *v = jq_array(k, &l);
    return s->code != 4 && !k->t->proc->over;
}

/* ---- output ---------------------------------------------------------------------------------- */

static bool put_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    struct jq_run *s = k->input;

    (void)self;
    s->out.length = 0;
    if (s->raw && v.v.kind == JQ_STRING)
        sh_put(k->t, v.v.text, v.v.length);
    else
        jq_print(k, &s->out, v.v, &s->style);
    sh_put(k->t, s->out.text != NULL ? s->out.text : "", s->out.length);
    sh_put(k->t, "\n", s->joined ? 0 : 1);
    s->last = jq_true(v.v) ? 0 : 1;
    return !k->t->proc->over && k->t->doomed == 0;
}

static void tell_error(struct jq_run *s)
{
    struct jq *k = &s->jq;
    const char *where = s->null ? "<unknown>" : s->files > 0 ? s->file[0] : "<stdin>:1";
    struct jq_val text;

    k->failed = false;
    s->bad = true;
    if (k->error.kind == JQ_NULL) {
        s->bad = false; /* error(null) is nothing */
        return;
    }
    text = jq_as_text(k, k->error);
    if (k->error.kind == JQ_STRING)
        sh_complain(k->t, "jq: error (at %.60s): %.*s", where, (int)text.length, text.text);
    else
        sh_complain(k->t, "jq: error (at %.60s) (not a string): %.*s", where, (int)text.length,
                    text.text);
}

static void run_program(struct jq_run *s)
{
    struct jq_then out = {put_value};
    struct jq_mark mark = jq_mark(&s->jq);
    struct jq_val v = jq_null();

    while (!s->jq.t->proc->over && s->jq.t->doomed == 0 && (s->null || next_input(&s->jq, &v))) {
        s->jq.depth = 0;
        s->bad = false;
        if (!jq_eval(&s->jq, s->tree, NULL, (struct jq_item){v, NULL}, &out) && s->jq.failed)
            tell_error(s);
        jq_wind_back(&s->jq, mark);
        if (s->null || s->jq.leaving != NULL)
            break;
    }
}

static int result(const struct jq_run *s)
{
    if (s->jq.leaving == &s->jq)
        return s->jq.status;
    if (s->code != 0 || s->bad || !s->status)
        return s->code != 0 ? s->code : s->bad ? 5 : 0;
    return s->last == NOTHING_PUT ? 4 : s->last;
}

/* 0; else how it ends, or SH_BLOCKED. */
static int start(struct jq_run *s, struct sh_call *c)
{
    struct jq *k = &s->jq;
    struct sh_buf text = {0};

    k->input = s;
    k->next = next_input;
    s->last = NOTHING_PUT;
    if (!take_options(s, c))
        return k->t->proc->over ? SH_BLOCKED : s->code;
    put_globals(s);
    if (s->from_file && s->program != NULL) {
        if (!read_file(s, s->program, &text))
            return k->t->proc->over ? SH_BLOCKED : 2;
    } else if (!sh_buf_add(k->t, &text, s->program != NULL ? s->program : ".",
                           s->program != NULL ? strlen(s->program) : 1)) {
        return SH_BLOCKED;
    }
    s->tree = jq_parse(k, text.text, text.length);
    if (s->tree == NULL)
        return k->t->proc->over ? SH_BLOCKED : 3;
    sh_input_init(&s->in, s->file, s->files);
    s->in.errors = SH_INPUT_PLAIN;
    return 0;
}

int sh_cmd_jq(struct sh_task *t, struct sh_call *c)
{
    struct jq_run *s = c->state;

    if (s == NULL) {
        int r;

        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        s->jq.t = t;
        r = start(s, c);
        if (r != 0)
            return r;
    }
    if ((!s->null || s->jq.inputs) && !s->done && collect(s) != 0)
        return SH_BLOCKED;
    if (!s->done) {
        s->done = true;
        run_program(s);
    }
    return t->proc->over || t->doomed != 0 || sh_full(t) ? SH_BLOCKED : result(s);
}
