/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin.c - the commands that change the shell itself.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
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

/* An error of a special builtin ends the shell; not in bash. */
static int fatal(struct sh_task *t)
{
    if (t->flavour == SHELL_BASH)
        return t->proc->over ? SH_BLOCKED : 1;
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
    ok = sh_source(t, SH_FRAME_SOURCE, NULL, text.text, text.length);
    if (!ok && !t->proc->over && t->refused)
        return sh_call_obscure(t, c);
    if (!ok && t->flavour == SHELL_BASH)
        return t->proc->over ? SH_BLOCKED : SHELL_EXIT_SYNTAX;
    if (!ok)
        return t->proc->over ? SH_BLOCKED : fatal(t);
    sh_call_end(t);
    return SH_MOVED;
}

int sh_cmd_source(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    struct sh_params *params = NULL;
    const char *text;
    uint32_t size;
    int error;

    if (c->argc < 2)
        return 2;
    if (sh_full_path(t, c->argv[1], full, &error) != NULL)
        error = fs_get(t->proc->setup.fs, full, &text, &size);
    if (error != 0 && !sh_program_missing(t, c->argv[1]))
        return sh_call_of_image(t, c, c->argv[1]);
    if (error != 0) {
        if (t->flavour == SHELL_BASH)
            sh_warn(t, "%s: %s", c->argv[1], fs_strerror(error));
        else
            sh_warn(t, ".: can't open '%s': %s", c->argv[1], fs_strerror(error));
        return fatal(t);
    }
    if (c->argc > 2 && t->flavour != SHELL_DASH) { /* it has parameters of its own */
        params = sh_params_new(t->proc, c->argv + 2, c->argc - 2);
        if (params == NULL)
            return SH_BLOCKED;
    }
    if (!sh_source(t, SH_FRAME_SOURCE, c->argv[1], text, size)) {
        sh_params_unref(t->proc, params);
        if (!t->proc->over && t->refused)
            return sh_call_obscure(t, c);
        return t->proc->over ? SH_BLOCKED : fatal(t);
    }
    t->frame[t->frames - 1].final = true; /* `return` ends it */
    if (params != NULL) {
        t->frame[t->frames - 1].params = t->params;
        t->frame[t->frames - 1].shift = t->shift;
        t->frame[t->frames - 1].own_params = true;
        t->params = params;
        t->shift = 0;
    }
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
        if (t->flavour != SHELL_DASH)
            return 1;
        sh_warn(t, "shift: can't shift that many");
        return fatal(t);
    }
    t->shift += (uint32_t)n;
    return 0;
}

/* ---- directories ----------------------------------------------------------------------------- */

/* -L or -P of cd and pwd: the last one counts. False: another option, reported. */
static bool physical(struct sh_task *t, struct sh_call *c, uint32_t *first, bool *yes)
{
    *yes = false;
    for (*first = 1; *first < c->argc && c->argv[*first][0] == '-'; ++*first) {
        const char *s = c->argv[*first] + 1;

        if (*s == '\0') /* "-" */
            return true;
        if (strcmp(s, "-") == 0) {
            ++*first;
            return true;
        }
        if (s[strspn(s, "LP")] != '\0') {
            sh_warn(t, "%s: illegal option %s", c->argv[0], c->argv[*first]);
            return false;
        }
        *yes = s[strlen(s) - 1] == 'P';
    }
    return true;
}

int sh_cmd_cd(struct sh_task *t, struct sh_call *c)
{
    uint32_t first;
    bool real, known = physical(t, c, &first, &real);
    const char *to = first < c->argc ? c->argv[first] : sh_get(t, "HOME");
    bool back = to != NULL && strcmp(to, "-") == 0;
    char full[FS_PATH_MAX] = "", path[FS_PATH_MAX];
    struct sh_str *cwd;
    int error;

    if (!known)
        return 2;
    if (back)
        to = sh_get(t, "OLDPWD");
    if (to == NULL)
        to = back ? t->cwd->text : "/root";
    /* By its text: "cd .." leaves a link as it was entered. */
    error = real ? fs_join(path, t->cwd->text, to) : fs_path(full, t->cwd->text, to);
    if (error == 0 && real)
        error = fs_real(t->proc->setup.fs, path, FS_REAL_MISSING, full);
    if (error == 0 || (error == -ENOENT && full[0] != '\0'))
        error = fs_image_dir(t->proc->setup.fs, full, t->proc->now);
    if (error != 0) {
        if (t->flavour == SHELL_BASH)
            sh_warn(t, "cd: %s: %s", to, fs_strerror(error));
        else
            sh_warn(t, "cd: can't cd to %s: %s", to, fs_strerror(error));
        return t->flavour == SHELL_BASH ? 1 : 2;
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
    char full[FS_PATH_MAX];
    uint32_t first;
    bool real;

    if (!physical(t, c, &first, &real))
        return 2;
    if (!real || fs_real(t->proc->setup.fs, t->cwd->text, 0, full) != 0)
        strcpy(full, t->cwd->text);
    sh_puts(t, full);
    sh_puts(t, "\n");
    return 0;
}

/* pushd, popd, dirs: the directories behind the current one are elements of DIRSTACK, the newest
 * first. */
static int change_dir(struct sh_task *t, const char *to)
{
    char full[FS_PATH_MAX];
    struct sh_str *cwd;
    int error = fs_path(full, t->cwd->text, to);

    if (error == 0)
        error = fs_image_dir(t->proc->setup.fs, full, t->proc->now);
    if (error != 0) {
        sh_warn(t, "%s: %s: %s", t->call.argv[0], to, fs_strerror(error));
        return 1;
    }
    cwd = sh_str_new(t->proc, full, strlen(full));
    if (cwd == NULL)
        return SH_BLOCKED;
    sh_str_unref(t->proc, t->cwd);
    t->cwd = cwd;
    return 0;
}

static int print_stack(struct sh_task *t)
{
    const struct sh_var *v = sh_var_find(t, "DIRSTACK");
    const char *key, *value;
    uint32_t at = 0;

    sh_puts(t, t->cwd->text);
    while (v != NULL && sh_array_next(v, &at, &key, &value))
        sh_printf(t, " %s", value);
    sh_puts(t, "\n");
    return 0;
}

int sh_cmd_dirs(struct sh_task *t, struct sh_call *c)
{
    (void)c;
    return print_stack(t);
}

int sh_cmd_pushd(struct sh_task *t, struct sh_call *c)
{
    const struct sh_var *v = sh_var_find(t, "DIRSTACK");
    const char *key, *value;
    char *field[SHELL_NAMES_MAX];
    uint32_t count = 1, at = 0;
    int status;

    if (c->argc != 2 || c->argv[1][0] == '+' || c->argv[1][0] == '-') {
        sh_warn(t, "pushd: only a directory is simulated");
        sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, "pushd", "pushd: only a directory is simulated");
        return 1;
    }
    field[0] = sh_call_alloc(t, strlen(t->cwd->text) + 1);
    if (field[0] == NULL)
        return SH_BLOCKED;
    strcpy(field[0], t->cwd->text);
    while (v != NULL && count < SHELL_NAMES_MAX && sh_array_next(v, &at, &key, &value))
        field[count++] = (char *)(uintptr_t)value;
    status = change_dir(t, c->argv[1]);
    if (status != 0)
        return status;
    if (!sh_array_assign(t, "DIRSTACK", field, count, false, false))
        return t->proc->over ? SH_BLOCKED : 1;
    return print_stack(t);
}

int sh_cmd_popd(struct sh_task *t, struct sh_call *c)
{
    const struct sh_var *v = sh_var_find(t, "DIRSTACK");
    const char *key, *value;
    char *field[SHELL_NAMES_MAX];
    uint32_t count = 0, at = 0;
    int status;

    (void)c;
    while (v != NULL && count < SHELL_NAMES_MAX && sh_array_next(v, &at, &key, &value))
        field[count++] = (char *)(uintptr_t)value;
    if (count == 0) {
        sh_warn(t, "popd: directory stack empty");
        return 1;
    }
    status = change_dir(t, field[0]);
    if (status != 0)
        return status;
    if (!sh_array_assign(t, "DIRSTACK", field + 1, count - 1, false, false))
        return t->proc->over ? SH_BLOCKED : 1;
    return print_stack(t);
}

/* ---- small ones ------------------------------------------------------------------------------ */

int sh_cmd_let(struct sh_task *t, struct sh_call *c)
{
    int64_t n = 0;

    if (c->argc < 2) {
        sh_warn(t, "let: expression expected");
        return 1;
    }
    for (uint32_t i = 1; i < c->argc; i++)
        if (!sh_arith(t, c->argv[i], &n))
            return t->proc->over ? SH_BLOCKED : 1;
    return n == 0;
}

int sh_cmd_umask(struct sh_task *t, struct sh_call *c)
{
    const char *s = c->argc > 1 ? c->argv[1] : "";
    unsigned mask = 0;

    if (c->argc == 1) {
        sh_printf(t, "%04o\n", t->umask);
        return 0;
    }
    if (strcmp(s, "-S") == 0) {
        static const char *const bits[] = {"", "x", "w", "wx", "r", "rx", "rw", "rwx"};
        unsigned m = ~(unsigned)t->umask;

        sh_printf(t, "u=%s,g=%s,o=%s\n", bits[m >> 6 & 7], bits[m >> 3 & 7], bits[m & 7]);
        return 0;
    }
    for (; *s >= '0' && *s <= '7' && mask < 512; s++)
        mask = mask * 8 + (unsigned)(*s - '0');
    if (*s != '\0' || mask > 0777) {
        sh_warn(t, "umask: Illegal mode: %s", c->argv[1]);
        if (c->argv[1][0] > '9')
            sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, "umask", "umask: only numbers are simulated");
        return t->flavour == SHELL_BASH ? 1 : 2;
    }
    t->umask = t->proc->setup.fs->umask = (uint16_t)mask;
    return 0;
}

/* Limits are told as containers have them or as they were set, and have no effect. They are kept as
 * variables whose names no script can write. */
int sh_cmd_ulimit(struct sh_task *t, struct sh_call *c)
{
    static const struct {
        char letter;
        const char *value;
    } limits[] = {{'c', "unlimited"}, {'d', "unlimited"}, {'e', "0"},         {'f', "unlimited"},
                  {'i', "unlimited"}, {'l', "unlimited"}, {'m', "unlimited"}, {'n', "1048576"},
                  {'p', "unlimited"}, {'q', "819200"},    {'r', "0"},         {'s', "8192"},
                  {'t', "unlimited"}, {'u', "unlimited"}, {'v', "unlimited"}, {'x', "unlimited"}};
    char which = 'f', name[3] = {SH_HIDDEN, 'f', '\0'};
    int64_t n;

    for (uint32_t i = 1; i < c->argc; i++) {
        const char *s = c->argv[i];

        if (s[0] != '-' || s[1] == '\0') {
            if (strcmp(s, "hard") == 0 || strcmp(s, "soft") == 0)
                return 0;
            if (strcmp(s, "unlimited") == 0 || (sh_number(s, &n) && n >= 0)) {
                name[1] = which;
                return sh_set(t, name, s) ? 0 : SH_BLOCKED;
            }
            sh_warn(t, "ulimit: bad number: %s", s);
            return t->flavour == SHELL_BASH ? 1 : 2;
        }
        for (s++; *s != '\0'; s++) {
            bool known = strchr("HSa", *s) != NULL;

            for (size_t k = 0; k < RX_ARRAY_LEN(limits); k++)
                known |= limits[k].letter == *s;
            if (!known) {
                sh_warn(t, "ulimit: illegal option -%c", *s);
                return 2;
            }
            which = strchr("HS", *s) != NULL ? which : *s;
        }
    }
    for (size_t k = 0; k < RX_ARRAY_LEN(limits); k++) {
        const char *value;

        name[1] = limits[k].letter;
        value = sh_get(t, name);
        value = value != NULL ? value : limits[k].value;
        if (which == 'a')
            sh_printf(t, "-%c %s\n", limits[k].letter, value);
        else if (limits[k].letter == which)
            sh_printf(t, "%s\n", value);
    }
    return 0;
}

/* Nothing is remembered of where programs are; whether one is there can be asked. */
int sh_cmd_hash(struct sh_task *t, struct sh_call *c)
{
    int status = 0;

    if (c->argc == 1 && t->flavour == SHELL_BASH)
        sh_puts(t, "hash: hash table empty\n");
    for (uint32_t i = 1; i < c->argc; i++) {
        const char *name = c->argv[i];

        if (name[0] == '-')
            continue;
        if (sh_func_find(t, name) == NULL && !sh_command_here(t, sh_command_of(t, name))) {
            sh_warn(t, "hash: %s: not found", name);
            status = 1;
        }
    }
    return status;
}

int sh_cmd_times(struct sh_task *t, struct sh_call *c)
{
    (void)c;
    sh_puts(t, t->flavour == SHELL_BASH ? "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n"
                                        : "0m0.000000s 0m0.000000s\n0m0.000000s 0m0.000000s\n");
    return 0;
}

int sh_cmd_fg(struct sh_task *t, struct sh_call *c)
{
    bool bash = t->flavour == SHELL_BASH;

    sh_warn(t, bash ? "%s: no job control" : "%s: No current job", c->argv[0]);
    return bash ? 1 : 2;
}

int sh_cmd_builtin(struct sh_task *t, struct sh_call *c)
{
    const struct sh_command *command = c->argc > 1 ? sh_command_of(t, c->argv[1]) : NULL;

    if (c->argc == 1)
        return 0;
    if (command == NULL) {
        sh_warn(t, "builtin: %s: not a shell builtin", c->argv[1]);
        return 1;
    }
    c->plain = true;
    c->argv++;
    c->argc--;
    c->skipped++;
    return SH_AGAIN;
}

/* time, as a program: of busybox. bash has it in its language. */
int sh_cmd_time(struct sh_task *t, struct sh_call *c)
{
    rx_ms *begun = c->state;
    bool posix = c->argc > 1 && strcmp(c->argv[1], "-p") == 0;
    uint32_t first = posix ? 2 : 1;
    long long took;
    int status;

    if (begun == NULL) {
        if (first >= c->argc)
            return 1;
        begun = c->state = sh_call_alloc(t, sizeof(*begun));
        if (begun == NULL)
            return SH_BLOCKED;
        *begun = t->proc->now;
        return sh_spawn_argv(t, c, c->argc - first, c->argv + first);
    }
    status = sh_spawn_wait(t);
    if (status == SH_BLOCKED)
        return status;
    took = t->proc->now - *begun;
    if (posix)
        sh_complain(t, "real %lld.%02lld\nuser 0.00\nsys 0.00", took / 1000, took % 1000 / 10);
    else
        sh_complain(t, "real\t%lldm %lld.%02llds\nuser\t0m 0.00s\nsys\t0m 0.00s", took / 60000,
                    took % 60000 / 1000, took % 1000 / 10);
    return status;
}
