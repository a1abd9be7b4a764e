/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_builtin.c - the commands that change the shell itself.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/reactor/base.h"

int sh_cmd_colon(struct sh_task *t, struct sh_call *c)
{
    (void)t;
    (void)c;
    return 0;
}

int sh_cmd_true(struct sh_task *t, struct sh_call *c)
{
    return sh_cmd_colon(t, c);
}

int sh_cmd_false(struct sh_task *t, struct sh_call *c)
{
    (void)t;
    (void)c;
    return 1;
}

/* ---- control --------------------------------------------------------------------------------- */

/* An error of a special builtin ends the shell. */
static int fatal(struct sh_task *t)
{
    sh_exit(t, SHELL_EXIT_SYNTAX);
    return SH_MOVED;
}

static int leave_loop(struct sh_task *t, struct sh_call *c, bool again)
{
    int64_t levels = 1;

    if (c->argc > 1 && (!sh_number(c->argv[1], &levels) || levels < 1)) {
        sh_warn(t, "%s: Illegal number: %s", c->argv[0], c->argv[1]);
        return fatal(t);
    }
    return sh_break(t, (uint32_t)RX_MIN(levels, (int64_t)SHELL_FRAMES_MAX), again);
}

int sh_cmd_break(struct sh_task *t, struct sh_call *c)
{
    return leave_loop(t, c, false);
}

int sh_cmd_continue(struct sh_task *t, struct sh_call *c)
{
    return leave_loop(t, c, true);
}

/* The status an exit or return was given, or the last one. */
static bool status_given(struct sh_task *t, struct sh_call *c, int32_t *status)
{
    int64_t n;

    *status = t->status;
    for (uint16_t i = t->frames; c->argc < 2 && i > 0; i--) {
        if (t->frame[i - 1].kind == SH_FRAME_TRAP) {
            *status = t->frame[i - 1].status; /* as it was before the trap */
            break;
        }
    }
    if (c->argc < 2)
        return true;
    if (!sh_number(c->argv[1], &n) || n < 0) {
        sh_warn(t, "%s: Illegal number: %s", c->argv[0], c->argv[1]);
        return false;
    }
    *status = (int32_t)(n & 255);
    return true;
}

int sh_cmd_exit(struct sh_task *t, struct sh_call *c)
{
    int32_t status;

    sh_exit(t, status_given(t, c, &status) ? status : SHELL_EXIT_SYNTAX);
    return SH_MOVED;
}

int sh_cmd_return(struct sh_task *t, struct sh_call *c)
{
    int32_t status;

    return status_given(t, c, &status) ? sh_return(t, status) : fatal(t);
}

int sh_cmd_eval(struct sh_task *t, struct sh_call *c)
{
    struct sh_buf text = {0};
    bool ok;

    for (uint32_t i = 1; i < c->argc; i++)
        if ((i > 1 && !sh_buf_add(t, &text, " ", 1)) ||
            !sh_buf_add(t, &text, c->argv[i], strlen(c->argv[i])))
            return SH_BLOCKED;
    if (text.length == 0)
        return 0;
    ok = sh_source(t, SH_FRAME_SOURCE, text.text, text.length);
    if (!ok)
        return t->proc->over ? SH_BLOCKED : fatal(t);
    sh_call_end(t);
    return SH_MOVED;
}

int sh_cmd_source(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    const char *text;
    uint32_t size;
    int error;

    if (c->argc < 2)
        return 2;
    if (sh_full_path(t, c->argv[1], full, &error) != NULL)
        error = fs_get(t->proc->setup.fs, full, &text, &size);
    if (error != 0) {
        sh_warn(t, ".: can't open '%s': %s", c->argv[1], fs_strerror(error));
        return fatal(t);
    }
    if (!sh_source(t, SH_FRAME_SOURCE, text, size))
        return t->proc->over ? SH_BLOCKED : fatal(t);
    t->frame[t->frames - 1].final = true; /* `return` ends it */
    sh_call_end(t);
    return SH_MOVED;
}

int sh_cmd_shift(struct sh_task *t, struct sh_call *c)
{
    int64_t n = 1;

    if (c->argc > 1 && (!sh_number(c->argv[1], &n) || n < 0)) {
        sh_warn(t, "shift: Illegal number: %s", c->argv[1]);
        return fatal(t);
    }
    if (n > sh_param_count(t)) {
        sh_warn(t, "shift: can't shift that many");
        return fatal(t);
    }
    t->shift += (uint32_t)n;
    return 0;
}

/* ---- variables ------------------------------------------------------------------------------- */

static void print_quoted(struct sh_task *t, const char *value)
{
    sh_puts(t, "'");
    for (; *value != '\0'; value++) {
        if (*value == '\'')
            sh_puts(t, "'\\''");
        else
            sh_put(t, value, 1);
    }
    sh_puts(t, "'");
}

static int list_vars(struct sh_task *t, const char *prefix, int flag)
{
    const char *name = "", *value;
    int flags;

    while ((name = sh_var_next(t, name, &value, &flags)) != NULL && !t->proc->over) {
        if ((flags & flag) != flag)
            continue;
        sh_puts(t, prefix);
        sh_puts(t, name);
        sh_puts(t, "=");
        print_quoted(t, value);
        sh_puts(t, "\n");
    }
    return 0;
}

/* NAME or NAME=value, each to be marked; with `local`, restored at the end of the function. */
static int declare(struct sh_task *t, struct sh_call *c, int flag, int local_depth)
{
    for (uint32_t i = 1; i < c->argc; i++) {
        char *word = c->argv[i], *equals = strchr(word, '=');
        bool ok;

        if (i == 1 && strcmp(word, "-p") == 0)
            return list_vars(t, flag == SH_VAR_EXPORT ? "export " : "readonly ", flag);
        if (equals != NULL)
            *equals = '\0';
        ok = sh_is_name(word, strlen(word));
        if (!ok)
            sh_warn(t, "%s: bad variable name", word);
        if (ok && local_depth > 0)
            ok = sh_save_var(t, word, (uint16_t)local_depth);
        if (ok && (equals != NULL || local_depth == 0))
            ok = sh_set_flags(t, word, equals != NULL ? equals + 1 : NULL, flag);
        if (!ok)
            return t->proc->over ? SH_BLOCKED : fatal(t);
    }
    return 0;
}

int sh_cmd_export(struct sh_task *t, struct sh_call *c)
{
    return c->argc > 1 ? declare(t, c, SH_VAR_EXPORT, 0) : list_vars(t, "export ", SH_VAR_EXPORT);
}

int sh_cmd_readonly(struct sh_task *t, struct sh_call *c)
{
    return c->argc > 1 ? declare(t, c, SH_VAR_READONLY, 0)
                       : list_vars(t, "readonly ", SH_VAR_READONLY);
}

int sh_cmd_local(struct sh_task *t, struct sh_call *c)
{
    int at = t->frames;

    while (at > 0 && t->frame[at - 1].kind != SH_FRAME_CALL)
        at--;
    if (at == 0) {
        sh_warn(t, "local: not in a function");
        return fatal(t);
    }
    return declare(t, c, 0, at);
}

int sh_cmd_unset(struct sh_task *t, struct sh_call *c)
{
    struct sh_opts o;

    if (!sh_options(t, c, "fv", &o))
        return 1;
    for (uint32_t i = o.first; i < c->argc; i++)
        if (!(sh_opt(&o, 'f') ? sh_func_unset(t, c->argv[i]) : sh_unset(t, c->argv[i])))
            return t->proc->over ? SH_BLOCKED : fatal(t);
    return 0;
}

/* ---- set ------------------------------------------------------------------------------------- */

static bool *option_of(struct sh_task *t, char letter)
{
    switch (letter) {
    case 'e':
        return &t->opt_e;
    case 'u':
        return &t->opt_u;
    case 'x':
        return &t->opt_x;
    case 'f':
        return &t->opt_f;
    default:
        return NULL;
    }
}

static bool set_named(struct sh_task *t, const char *name, bool on)
{
    static const struct {
        const char *name;
        char letter;
    } names[] = {{"errexit", 'e'}, {"nounset", 'u'}, {"xtrace", 'x'}, {"noglob", 'f'}};

    if (strcmp(name, "pipefail") == 0) {
        t->opt_pipefail = on;
        return true;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *option_of(t, names[i].letter) = on;
            return true;
        }
    }
    return false;
}

static int bad_set(struct sh_task *t, struct sh_call *c, const char *word)
{
    char text[96];

    snprintf(text, sizeof(text), "set: illegal option %.60s", word);
    sh_warn(t, "%s", text);
    sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, "set", text);
    return fatal(t);
}

static int set_params(struct sh_task *t, char *const *argv, uint32_t count)
{
    struct sh_params *s = sh_params_new(t->proc, argv, count);

    if (s == NULL)
        return SH_BLOCKED;
    sh_params_unref(t->proc, t->params);
    t->params = s;
    t->shift = 0;
    return 0;
}

int sh_cmd_set(struct sh_task *t, struct sh_call *c)
{
    uint32_t i = 1;

    if (c->argc == 1)
        return list_vars(t, "", 0);
    for (; i < c->argc; i++) {
        const char *s = c->argv[i];
        bool on = *s == '-';

        if ((*s != '-' && *s != '+') || s[1] == '\0')
            break;
        if (strcmp(s, "--") == 0)
            return set_params(t, c->argv + i + 1, c->argc - i - 1);
        for (s++; *s != '\0'; s++) {
            bool *option = option_of(t, *s);

            if (option != NULL) {
                *option = on;
            } else if (*s == 'o' && i + 1 < c->argc) {
                if (!set_named(t, c->argv[++i], on))
                    return bad_set(t, c, c->argv[i]);
            } else if (strchr("abhmnv", *s) == NULL) {
                return bad_set(t, c, c->argv[i]);
            }
        }
    }
    return i < c->argc ? set_params(t, c->argv + i, c->argc - i) : 0;
}

/* ---- directories ----------------------------------------------------------------------------- */

int sh_cmd_cd(struct sh_task *t, struct sh_call *c)
{
    const char *to = c->argc > 1 ? c->argv[1] : sh_get(t, "HOME");
    bool back = to != NULL && strcmp(to, "-") == 0;
    char full[FS_PATH_MAX];
    struct sh_str *cwd;
    struct fs_stat st;
    int error;

    if (back)
        to = sh_get(t, "OLDPWD");
    if (to == NULL)
        to = back ? t->cwd->text : "/root";
    error = fs_path(full, t->cwd->text, to); /* by its text: "cd .." leaves a link as it was entered */
    if (error == 0) {
        error = fs_stat(t->proc->setup.fs, full, &st);
        if (error == 0 && st.kind != FS_DIR)
            error = -ENOTDIR;
    }
    if (error != 0) {
        sh_warn(t, "cd: can't cd to %s: %s", to, fs_strerror(error));
        return 2;
    }
    if (!sh_set(t, "OLDPWD", t->cwd->text) ||
        (cwd = sh_str_new(t->proc, full, strlen(full))) == NULL)
        return t->proc->over ? SH_BLOCKED : 2;
    sh_str_unref(t->proc, t->cwd);
    t->cwd = cwd;
    if (back)
        sh_printf(t, "%s\n", full);
    return 0;
}

int sh_cmd_pwd(struct sh_task *t, struct sh_call *c)
{
    (void)c;
    sh_puts(t, t->cwd->text);
    sh_puts(t, "\n");
    return 0;
}

/* ---- read ------------------------------------------------------------------------------------ */

struct read_state {
    struct sh_buf line; /* backslashes that quote are marked with SH_ESC */
    struct sh_opts o;
    rx_ms until;
    bool escaped, at_end;
};

/* Cuts the next field off the text, as POSIX has it for `read`. The last name takes what is left.
 */
static void cut_field(char **text, char **field, const char *ifs, bool last)
{
    char *s = *text, *end, *next;

    while (*s != '\0' && strchr(ifs, *s) != NULL && strchr(" \t\n", *s) != NULL)
        s++;
    *field = s;
    if (last) {
        end = s + strlen(s);
        while (end > s && strchr(ifs, end[-1]) != NULL && strchr(" \t\n", end[-1]) != NULL &&
               (end - s < 2 || end[-2] != SH_ESC))
            end--;
        *end = '\0';
        *text = end;
        return;
    }
    for (end = s; *end != '\0' && strchr(ifs, *end) == NULL; end++)
        if (*end == SH_ESC && end[1] != '\0')
            end++;
    next = end;
    while (*next != '\0' && strchr(ifs, *next) != NULL && strchr(" \t\n", *next) != NULL)
        next++;
    if (*next != '\0' && strchr(ifs, *next) != NULL && strchr(" \t\n", *next) == NULL) {
        next++;
        while (*next != '\0' && strchr(ifs, *next) != NULL && strchr(" \t\n", *next) != NULL)
            next++;
    }
    *end = '\0';
    *text = next;
}

static int read_assign(struct sh_task *t, struct sh_call *c, struct read_state *r)
{
    const char *ifs = sh_get(t, "IFS");
    char copy[64], *text = r->line.text != NULL ? r->line.text : copy, *field;
    uint32_t i = r->o.first;

    copy[0] = '\0';
    snprintf(copy, sizeof(copy), "%s", ifs != NULL ? ifs : " \t\n");
    ifs = copy;
    if (text == copy)
        text = copy + strlen(copy);
    if (i == c->argc) {
        sh_unescape(text);
        return sh_set(t, "REPLY", text) ? r->at_end : 2;
    }
    for (; i < c->argc; i++) {
        if (!sh_is_name(c->argv[i], strlen(c->argv[i]))) {
            sh_warn(t, "read: '%s': bad variable name", c->argv[i]);
            return 2;
        }
        cut_field(&text, &field, ifs, i + 1 == c->argc);
        sh_unescape(field);
        if (!sh_set(t, c->argv[i], field))
            return t->proc->over ? SH_BLOCKED : 2;
    }
    return r->at_end;
}

int sh_cmd_read(struct sh_task *t, struct sh_call *c)
{
    static const char esc = SH_ESC;
    struct read_state *r = c->state;
    char b;
    int n;

    if (r == NULL) {
        r = c->state = sh_call_alloc(t, sizeof(*r));
        if (r == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "rp:t:s", &r->o))
            return 2;
        r->until = RX_MS_NEVER;
        if (sh_opt(&r->o, 't')) {
            rx_ms delay;

            if (!sh_duration(r->o.arg[sh_opt_bit('t')], &delay))
                return 2;
            r->until = sh_later(t->proc->now, delay);
        }
    }
    for (;;) {
        n = sh_read_file(t, t->fd[0], &b, 1);
        if (n == SH_BLOCKED) {
            if (t->proc->now >= r->until)
                return 1;
            t->until = r->until;
            return SH_BLOCKED;
        }
        if (n <= 0) {
            r->at_end = true;
            break;
        }
        if (r->escaped) {
            r->escaped = false;
            if (b != '\n' && (!sh_buf_add(t, &r->line, &esc, 1) || !sh_buf_add(t, &r->line, &b, 1)))
                return SH_BLOCKED;
            continue;
        }
        if (b == '\\' && !sh_opt(&r->o, 'r')) {
            r->escaped = true;
            continue;
        }
        if (b == '\n')
            break;
        if (b == '\0')
            continue;
        if ((b == SH_ESC && !sh_buf_add(t, &r->line, &esc, 1)) || !sh_buf_add(t, &r->line, &b, 1))
            return SH_BLOCKED;
    }
    return read_assign(t, c, r);
}

/* ---- getopts --------------------------------------------------------------------------------- */

int sh_cmd_getopts(struct sh_task *t, struct sh_call *c)
{
    const char *spec, *word, *known, *index = sh_get(t, "OPTIND");
    char letter[2] = "?", number[16];
    uint32_t count, given;
    bool silent;
    int64_t at;

    if (c->argc < 3)
        return 2;
    spec = c->argv[1];
    silent = *spec == ':';
    if (index == NULL || !sh_number(index, &at) || at < 1)
        at = 1;
    if (t->optind != (uint32_t)at)
        t->optchar = 1;
    given = c->argc > 3;
    count = given ? c->argc - 3 : sh_param_count(t);
    word = at > count ? NULL : given ? c->argv[2 + at] : sh_param(t, (uint32_t)at);
    if (word == NULL || word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0) {
        if (word != NULL && strcmp(word, "--") == 0)
            at++;
        snprintf(number, sizeof(number), "%lld", (long long)at);
        sh_set(t, "OPTIND", number);
        sh_set(t, c->argv[2], "?");
        return 1;
    }
    if (t->optchar == 0 || t->optchar >= strlen(word))
        t->optchar = 1;
    letter[0] = word[t->optchar];
    known = letter[0] != ':' ? strchr(spec, letter[0]) : NULL;
    t->optchar++;
    sh_unset(t, "OPTARG");
    if (known == NULL) {
        if (silent)
            sh_set(t, "OPTARG", letter);
        else
            sh_warn(t, "Illegal option -%s", letter);
        letter[0] = '?';
    } else if (known[1] == ':') {
        const char *arg = word[t->optchar] != '\0' ? word + t->optchar : NULL;

        if (arg == NULL) {
            at++;
            arg = at > count ? NULL : given ? c->argv[2 + at] : sh_param(t, (uint32_t)at);
        }
        if (arg != NULL) {
            sh_set(t, "OPTARG", arg);
        } else {
            if (silent)
                sh_set(t, "OPTARG", letter);
            else
                sh_warn(t, "No arg for -%s option", letter);
            letter[0] = silent ? ':' : '?';
        }
        t->optchar = UINT32_MAX;
    }
    if (t->optchar == UINT32_MAX || word[t->optchar] == '\0') {
        at++;
        t->optchar = 1;
    }
    snprintf(number, sizeof(number), "%lld", (long long)at);
    t->optind = (uint32_t)at;
    if (!sh_set(t, "OPTIND", number) || !sh_set(t, c->argv[2], letter))
        return t->proc->over ? SH_BLOCKED : 2;
    return 0;
}
