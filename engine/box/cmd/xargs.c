/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xargs.c - xargs, and what find shares with it: running a command for what was found.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

enum { COMMAND_BYTES = 32768, PARALLEL_MAX = SHELL_TASKS_MAX / 2 };

struct xargs {
    struct sh_opts o;
    struct sh_input in;
    const char *data; /* of the input, not yet looked at */
    uint32_t left;
    struct sh_buf words; /* each with its NUL */
    uint32_t count, lines, per_run, lines_per_run, bytes_max;
    int separator; /* a byte, or -1: blanks, with quotes */
    const char *mark;
    uint32_t group, running, parallel;
    char quote;
    bool escaped, in_word, in_line, at_end, input_ended, ran, failed;
    int status;
};

/* ---- words ----------------------------------------------------------------------------------- */

static bool word_end(struct sh_task *t, struct xargs *x)
{
    const char *eof = sh_opt(&x->o, 'E') ? x->o.arg[sh_opt_bit('E')] : NULL;
    const char *word = x->words.text;

    x->in_word = false;
    if (!sh_buf_add(t, &x->words, "", 1))
        return false;
    x->count++;
    if (eof == NULL || x->separator >= 0)
        return true;
    for (uint32_t i = 1; i < x->count; i++)
        word += strlen(word) + 1;
    if (strcmp(word, eof) == 0) {
        x->words.length -= (uint32_t)strlen(eof) + 1;
        x->count--;
        x->input_ended = true;
    }
    return true;
}

static bool word_byte(struct sh_task *t, struct xargs *x, char c)
{
    x->in_word = x->in_line = true;
    return sh_buf_add(t, &x->words, &c, 1);
}

/* One byte of the input. */
static bool take_byte(struct sh_task *t, struct xargs *x, char c)
{
    bool lines = x->mark != NULL, blank = c == ' ' || c == '\t' || c == '\n';

    if (x->separator >= 0)
        return c == (char)x->separator ? (x->in_line = false, x->lines++, word_end(t, x))
                                       : word_byte(t, x, c);
    if (x->escaped || x->quote != '\0') {
        if (x->quote != '\0' && c == x->quote) {
            x->quote = '\0';
            return true;
        }
        x->escaped = false;
        return word_byte(t, x, c);
    }
    if (c == '\\' || c == '\'' || c == '"') {
        x->escaped = c == '\\';
        x->quote = c == '\\' ? '\0' : c;
        x->in_word = x->in_line = true; /* even if nothing is between the quotes */
        return true;
    }
    if (c == '\n' && x->in_line) {
        x->lines++;
        x->in_line = false;
    }
    if (!blank || (lines && x->in_word && c != '\n'))
        return word_byte(t, x, c);
    return !x->in_word || word_end(t, x);
}

static bool enough(const struct xargs *x)
{
    return x->count >= x->per_run || x->lines >= x->lines_per_run || x->words.length > x->bytes_max;
}

/* Words from the input, up to one run's worth. */
static int collect(struct sh_task *t, struct xargs *x)
{
    while (!enough(x) && !x->input_ended) {
        int r = 1;

        if (x->left == 0)
            r = sh_input_chunk(t, &x->in, &x->data, &x->left);
        if (r == SH_BLOCKED)
            return r;
        if (r == 0) {
            x->input_ended = true;
            if (x->quote != '\0') {
                sh_complain(t, "xargs: unmatched %s quote", x->quote == '"' ? "double" : "single");
                x->failed = true;
                x->count = 0;
                return 1;
            }
            if ((x->in_word || (x->separator >= 0 && x->in_line)) && !word_end(t, x))
                return SH_BLOCKED;
            break;
        }
        while (x->left > 0 && !enough(x) && !x->input_ended) {
            x->left--;
            if (!take_byte(t, x, *x->data++))
                return SH_BLOCKED;
        }
        if (!sh_charge(t, 1))
            return SH_BLOCKED;
    }
    return 1;
}

char *sh_words_replace(struct sh_task *t, const char *word, const char *mark, const char *with)
{
    struct sh_buf b = {0};

    while (*word != '\0') {
        const char *found = *mark != '\0' ? strstr(word, mark) : NULL;
        size_t n = found != NULL ? (size_t)(found - word) : strlen(word);

        if (!sh_buf_add(t, &b, word, n) ||
            (found != NULL && !sh_buf_add(t, &b, with, strlen(with))))
            return NULL;
        word += n + (found != NULL ? strlen(mark) : 0);
    }
    return sh_buf_add(t, &b, "", 0) ? b.text : NULL;
}

/* ---- running --------------------------------------------------------------------------------- */

int sh_spawn_beside(struct sh_task *t, struct sh_call *c, uint32_t argc, char *const *argv)
{
    bool exec = sh_call_frame(t)->exec;
    int r;

    sh_call_frame(t)->exec = false;
    r = sh_spawn_argv(t, c, argc, argv);
    if (!t->proc->over)
        sh_call_frame(t)->exec = exec;
    return r;
}

static void trace(struct sh_task *t, char *const *argv, uint32_t argc)
{
    for (uint32_t i = 0; i < argc; i++) {
        sh_write_file(t, t->fd[2], i > 0 ? " " : "", i > 0);
        sh_write_file(t, t->fd[2], argv[i], strlen(argv[i]));
    }
    sh_write_file(t, t->fd[2], "\n", 1);
}

/* The command line of the next run. */
static char **command_of(struct sh_task *t, struct sh_call *c, struct xargs *x, uint32_t *argc)
{
    uint32_t take = RX_MIN(x->count, x->per_run), fixed = c->argc - x->o.first, n = 0, used = 0;
    char **argv = sh_call_alloc(t, (fixed + take + 2) * sizeof(*argv));
    char *words = argv != NULL ? sh_call_alloc(t, x->words.length + 1) : NULL;

    if (words == NULL)
        return NULL;
    if (x->words.length > 0)
        memcpy(words, x->words.text, x->words.length);
    for (uint32_t i = x->o.first; i < c->argc; i++) {
        argv[n] = x->mark != NULL ? sh_words_replace(t, c->argv[i], x->mark, words) : c->argv[i];
        if (argv[n++] == NULL)
            return NULL;
    }
    if (n == 0)
        argv[n++] = (char *)(uintptr_t) "echo";
    for (uint32_t i = 0; i < take; i++, used += (uint32_t)strlen(words + used) + 1)
        if (x->mark == NULL || fixed == 0)
            argv[n++] = words + used;
    if (used > 0)
        memmove(x->words.text, x->words.text + used, x->words.length - used);
    x->words.length -= used;
    x->count -= take;
    x->lines = 0;
    *argc = n;
    return argv;
}

/* The child reads nothing: the input is xargs' own. */
static bool start(struct sh_task *t, struct sh_call *c, struct xargs *x)
{
    struct sh_task *child;
    uint32_t argc;
    char **argv = command_of(t, c, x, &argc);

    if (argv == NULL)
        return false;
    if (sh_opt(&x->o, 't'))
        trace(t, argv, argc);
    sh_spawn_beside(t, c, argc, argv);
    if (t->proc->over)
        return false;
    child = sh_task_find(t->proc, t->child);
    if (child == NULL)
        return false;
    child->group = x->group;
    sh_set_fd(child, 0, sh_file_ref(&t->proc->null));
    x->ran = true;
    x->running++;
    return true;
}

/* Takes note of the children that have ended. */
static void reap(struct sh_task *t, struct xargs *x)
{
    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next) {
        if (k->parent != t->pid || k->group != x->group || k->wait != SH_ENDED || k->orphan)
            continue;
        if (k->status == 255) {
            sh_complain(t, "xargs: exited with status 255; aborting");
            x->status = 124;
            x->failed = true;
        } else if (k->status == 126 || k->status == 127) {
            x->status = k->status;
            x->failed = true;
        } else if (k->status != 0 && x->status == 0) {
            x->status = k->doomed != 0 ? 125 : 123;
        }
        x->running--;
        sh_task_reap(k);
    }
}

static bool count_option(const struct sh_opts *o, char letter, uint32_t *out)
{
    int64_t n;

    if (!sh_opt(o, letter))
        return true;
    if (o->arg[sh_opt_bit(letter)] == NULL || !sh_number(o->arg[sh_opt_bit(letter)], &n) || n < 0 ||
        (n == 0 && letter != 'P'))
        return false;
    *out = (uint32_t)RX_MIN(n, (int64_t)INT32_MAX);
    return true;
}

static int xargs_init(struct sh_task *t, struct sh_call *c, struct xargs *x)
{
    static const char spec[] =
        "^0n:rI:i::tL:l::P:s:d:E:e::a:x null=0 max-args=n no-run-if-empty=r replace=I verbose=t "
        "max-lines=L max-procs=P max-chars=s delimiter=d arg-file=a exit=x";
    struct sh_opts *o = &x->o;
    char *const *files = NULL;

    if (!sh_options(t, c, spec, o))
        return 1;
    x->per_run = x->lines_per_run = INT32_MAX;
    x->parallel = 1;
    x->bytes_max = COMMAND_BYTES;
    x->separator = sh_opt(o, '0') ? 0 : -1;
    if (sh_opt(o, 'd')) {
        const char *d = o->arg[sh_opt_bit('d')];
        char out[4];

        x->separator = *d == '\\' && sh_echo_escape(&d, out, true) == 1 ? (unsigned char)out[0]
                                                                        : (unsigned char)*d;
    }
    if (sh_opt(o, 'i'))
        x->mark = o->arg[sh_opt_bit('i')] != NULL ? o->arg[sh_opt_bit('i')] : "{}";
    if (sh_opt(o, 'I'))
        x->mark = o->arg[sh_opt_bit('I')];
    if (sh_opt(o, 'l'))
        x->lines_per_run = 1;
    if (!count_option(o, 'n', &x->per_run) || !count_option(o, 'L', &x->lines_per_run) ||
        !count_option(o, 'P', &x->parallel) || !count_option(o, 's', &x->bytes_max)) {
        sh_complain(t, "xargs: invalid number");
        return 1;
    }
    x->per_run = x->mark != NULL ? 1 : x->per_run;
    if (x->parallel == 0 || x->parallel > PARALLEL_MAX)
        x->parallel = PARALLEL_MAX;
    if (sh_opt(o, 'a'))
        files = (char *const *)(uintptr_t)&o->arg[sh_opt_bit('a')];
    sh_input_init(&x->in, files, files != NULL ? 1 : 0);
    x->group = ++t->proc->next_group;
    return 0;
}

int sh_cmd_xargs(struct sh_task *t, struct sh_call *c)
{
    struct xargs *x = c->state;
    bool more;
    int r;

    if (x == NULL) {
        x = c->state = sh_call_alloc(t, sizeof(*x));
        if (x == NULL)
            return SH_BLOCKED;
        r = xargs_init(t, c, x);
        if (r != 0)
            return r;
    }
    for (;;) {
        reap(t, x);
        if (x->running == 0 || (x->running < x->parallel && !x->failed)) {
            r = x->failed ? 1 : collect(t, x);
            if (r == SH_BLOCKED)
                return r;
        }
        more = !x->failed && (x->count > 0 || !(x->ran || sh_opt(&x->o, 'r') || x->mark != NULL));
        if (!more && x->running == 0)
            return x->failed && x->status == 0 ? 1 : x->status;
        if (more && x->running < x->parallel) {
            if (!start(t, c, x))
                return SH_BLOCKED;
            continue;
        }
        t->child = x->group;
        t->wait = SH_WAITS_ANY;
        return SH_BLOCKED;
    }
}
