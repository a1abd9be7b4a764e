/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type.c - what a word is: type, command -v, which.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

enum kind { NOTHING, ALIAS, KEYWORD, FUNCTION, BUILTIN, PROGRAM };

struct found {
    enum kind kind;
    char path[FS_PATH_MAX]; /* PROGRAM */
};

static bool is_keyword(const struct sh_task *t, const char *name)
{
    static const char *const posix[] = {"!",    "{",    "}",     "case", "do",  "done",
                                        "elif", "else", "esac",  "fi",   "for", "if",
                                        "in",   "then", "until", "while"};
    static const char *const bash[] = {"[[", "]]", "function", "select", "time", "coproc"};

    for (size_t i = 0; i < RX_ARRAY_LEN(posix); i++)
        if (strcmp(posix[i], name) == 0)
            return true;
    for (size_t i = 0; t->flavour == SHELL_BASH && i < RX_ARRAY_LEN(bash); i++)
        if (strcmp(bash[i], name) == 0)
            return true;
    return false;
}

/* Programs that the shells have built in as well. */
static bool is_built_in(const struct sh_command *c)
{
    static const char *const names[] = {"[",      "echo", "false", "kill",
                                        "printf", "pwd",  "test",  "true"};

    for (size_t i = 0; i < RX_ARRAY_LEN(names); i++)
        if (strcmp(names[i], c->name) == 0)
            return true;
    return c->flags & SH_INTERNAL;
}

static void look_up(struct sh_task *t, const char *name, bool programs_only, struct found *f)
{
    const struct sh_command *c = sh_command_of(t, name);
    struct fs_stat st;
    int error;

    *f = (struct found){0};
    if (!sh_command_here(t, c))
        c = NULL;
    if (!programs_only) {
        f->kind = sh_alias_find(t, name) != NULL                             ? ALIAS
                  : is_keyword(t, name)                                      ? KEYWORD
                  : sh_func_find(t, name) != NULL                            ? FUNCTION
                  : c != NULL && is_built_in(c) && strchr(name, '/') == NULL ? BUILTIN
                                                                             : NOTHING;
        if (f->kind != NOTHING)
            return;
    }
    if (c != NULL && !(c->flags & SH_INTERNAL)) {
        f->kind = PROGRAM;
        snprintf(f->path, sizeof(f->path), "%s%.255s", strchr(name, '/') != NULL ? "" : "/bin/",
                 name);
        return;
    }
    if (strchr(name, '/') != NULL && sh_full_path(t, name, f->path, &error) != NULL &&
        fs_stat(t->proc->setup.fs, f->path, &st) == 0) {
        f->kind = st.kind == FS_FILE && st.executable ? PROGRAM : NOTHING;
        snprintf(f->path, sizeof(f->path), "%s", name);
        return;
    }
    if (sh_program_missing(t, name))
        return;
    sh_call_taken(t, name);
    f->kind = PROGRAM;
    snprintf(f->path, sizeof(f->path), "%s%.255s", strchr(name, '/') != NULL ? "" : "/usr/bin/",
             name);
}

/* command -v */
static bool print_short(struct sh_task *t, const char *name, const struct found *f)
{
    if (f->kind == ALIAS) {
        const struct sh_alias *a = sh_alias_find(t, name);
        const char *quoted = sh_quote(t, a->name + strlen(a->name) + 1);

        if (quoted != NULL)
            sh_printf(t, "alias %s=%s\n", name, quoted);
    } else if (f->kind != NOTHING) {
        sh_printf(t, "%s\n", f->kind == PROGRAM ? f->path : name);
    }
    return f->kind != NOTHING;
}

/* type, command -V */
static bool print_long(struct sh_task *t, const char *name, const struct found *f)
{
    bool bash = t->flavour == SHELL_BASH;

    switch (f->kind) {
    case ALIAS:
        sh_printf(t, bash ? "%s is aliased to `%s'\n" : "%s is an alias for %s\n", name,
                  sh_alias_find(t, name)->name + strlen(name) + 1);
        return true;
    case KEYWORD:
        sh_printf(t, "%s is a shell keyword\n", name);
        return true;
    case FUNCTION:
        sh_printf(t, t->flavour == SHELL_DASH ? "%s is a shell function\n" : "%s is a function\n",
                  name);
        if (bash)
            sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, t->call.pos, t->call.argv[0],
                        "the text of functions is not kept");
        return true;
    case BUILTIN:
        sh_printf(t,
                  strchr(".:", name[0]) != NULL && !bash ? "%s is a special shell builtin\n"
                                                         : "%s is a shell builtin\n",
                  name);
        return true;
    case PROGRAM:
        sh_printf(t, "%s is %s\n", name, f->path);
        return true;
    default:
        if (bash)
            sh_warn(t, "%s: %s: not found", t->call.argv[0], name);
        else
            sh_printf(t, "%s: not found\n", name);
        return false;
    }
}

/* type -t. Everything that busybox has is an applet to it, and told by its name. */
static bool print_kind(struct sh_task *t, const char *name, const struct found *f)
{
    static const char *const words[] = {"", "alias", "keyword", "function", "builtin", "file"};

    if (f->kind != NOTHING)
        sh_printf(t, "%s\n", t->flavour == SHELL_BASH ? words[f->kind] : name);
    return f->kind != NOTHING;
}

int sh_cmd_type(struct sh_task *t, struct sh_call *c)
{
    bool (*print)(struct sh_task *, const char *, const struct found *) = print_long;
    bool programs = false, ok = true;
    struct found f;
    uint32_t i = 1;

    for (; t->flavour != SHELL_DASH && i < c->argc && c->argv[i][0] == '-'; i++) {
        programs |= strpbrk(c->argv[i], "pP") != NULL;
        if (strchr(c->argv[i], 't') != NULL)
            print = print_kind;
        else if (programs)
            print = print_short;
    }
    for (; i < c->argc && !t->proc->over; i++) {
        look_up(t, c->argv[i], programs, &f);
        ok &= print(t, c->argv[i], &f);
    }
    return ok ? 0 : t->flavour == SHELL_BASH ? 1 : SHELL_EXIT_NOT_FOUND;
}

int sh_cmd_command(struct sh_task *t, struct sh_call *c)
{
    uint32_t i = 1;
    char how = '\0';
    struct found f;
    bool ok = true;

    for (; i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0'; i++) {
        const char *s = c->argv[i] + 1;

        if (strcmp(s, "-") == 0) {
            i++;
            break;
        }
        for (; *s != '\0'; s++) {
            if (strchr("pvV", *s) == NULL) {
                sh_warn(t, "command: illegal option -%c", *s);
                return 2;
            }
            how = *s != 'p' ? *s : how;
        }
    }
    if (how == '\0') {
        c->plain = true;
        return i < c->argc ? sh_shift_argv(c, i) : 0;
    }
    for (; i < c->argc && !t->proc->over; i++) {
        look_up(t, c->argv[i], false, &f);
        ok &= (how == 'v' ? print_short : print_long)(t, c->argv[i], &f);
    }
    return ok ? 0 : t->flavour == SHELL_BASH ? 1 : SHELL_EXIT_NOT_FOUND;
}

int sh_cmd_which(struct sh_task *t, struct sh_call *c)
{
    struct found f;
    int status = 0;

    for (uint32_t i = 1; i < c->argc; i++) {
        look_up(t, c->argv[i], true, &f);
        if (!print_short(t, c->argv[i], &f))
            status = 1;
    }
    return status;
}
