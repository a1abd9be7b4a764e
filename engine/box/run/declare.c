/* SPDX-License-Identifier: Apache-2.0 */
/*
 * declare.c - builtins that say what variables are: export, readonly, local, declare, unset.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* An error of a special builtin ends the shell; not in bash. */
static int fatal(struct sh_task *t)
{
    if (t->flavour == SHELL_BASH)
        return t->proc->over ? SH_BLOCKED : 1;
    sh_exit(t, SHELL_EXIT_SYNTAX);
    return SH_MOVED;
}

/* ---- printing -------------------------------------------------------------------------------- */

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

/* In double quotes, as bash's declare -p has it; or $'...' if there is something unprintable. */
static bool print_double(struct sh_task *t, const char *value)
{
    for (const char *s = value; *s != '\0'; s++) {
        if ((unsigned char)*s < 32 || *s == 127) {
            char *quoted = sh_quote(t, value);

            if (quoted == NULL)
                return false;
            sh_puts(t, quoted);
            return true;
        }
    }
    sh_puts(t, "\"");
    for (; *value != '\0'; value++) {
        if (strchr("\"\\$`", *value) != NULL)
            sh_puts(t, "\\");
        sh_put(t, value, 1);
    }
    sh_puts(t, "\"");
    return true;
}

static void print_attributes(struct sh_task *t, int flags)
{
    static const struct {
        int flag;
        char letter;
    } letters[] = {{SH_VAR_ARRAY, 'a'}, {SH_VAR_ASSOC, 'A'},    {SH_VAR_INTEGER, 'i'},
                   {SH_VAR_REF, 'n'},   {SH_VAR_READONLY, 'r'}, {SH_VAR_EXPORT, 'x'},
                   {SH_VAR_LOWER, 'l'}, {SH_VAR_UPPER, 'u'}};
    char text[12] = "-";
    size_t n = 1;

    for (size_t i = 0; i < RX_ARRAY_LEN(letters); i++)
        if (flags & letters[i].flag)
            text[n++] = letters[i].letter;
    if (n == 1)
        text[n++] = '-';
    text[n] = '\0';
    sh_printf(t, "declare %s ", text);
}

static bool print_elements(struct sh_task *t, const struct sh_var *v)
{
    bool assoc = v->flags & SH_VAR_ASSOC, first = true, plain;
    const char *key, *value;
    uint32_t at = 0;

    sh_puts(t, "(");
    for (; sh_array_next(v, &at, &key, &value) && !t->proc->over; first = false) {
        plain =
            *key != '\0' && key[strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_-./@:,+%")] == '\0';
        sh_puts(t, first || assoc ? "[" : " [");
        if (plain)
            sh_puts(t, key);
        else if (!print_double(t, key))
            return false;
        sh_puts(t, "]=");
        if (!print_double(t, value))
            return false;
        if (assoc)
            sh_puts(t, " ");
    }
    sh_puts(t, ")");
    return true;
}

/* declare -p NAME. */
static int print_declaration(struct sh_task *t, const char *name)
{
    const struct sh_var *v = sh_var_itself(t, name);
    const char *value = sh_get(t, name);
    bool ok = true;

    if (v != NULL && v->flags & SH_VAR_REF)
        value = v->flags & SH_VAR_UNSET ? NULL : v->text + v->name_length + 1;

    if (v == NULL && value == NULL) {
        sh_warn(t, "%s: %s: not found", t->call.argv[0], name);
        return 1;
    }
    print_attributes(t, v != NULL ? v->flags : SH_VAR_EXPORT);
    sh_puts(t, name);
    if (v != NULL && sh_is_array(v)) {
        sh_puts(t, "=");
        ok = print_elements(t, v);
    } else if (value != NULL) {
        sh_puts(t, "=");
        ok = print_double(t, value);
    }
    sh_puts(t, "\n");
    return ok ? 0 : SH_BLOCKED;
}

/* All that have the flags, as `export -p` and `set` print them. */
static int list_vars(struct sh_task *t, const char *prefix, int flag)
{
    const char *name = "", *value;
    bool bash = t->flavour == SHELL_BASH && *prefix != '\0';
    int flags;

    while ((name = sh_var_next(t, name, &value, &flags)) != NULL && !t->proc->over) {
        if ((flags & flag) != flag)
            continue;
        if (bash) {
            if (print_declaration(t, name) == SH_BLOCKED)
                return SH_BLOCKED;
            continue;
        }
        sh_puts(t, prefix);
        sh_puts(t, name);
        sh_puts(t, "=");
        print_quoted(t, value);
        sh_puts(t, "\n");
    }
    return 0;
}

int sh_list_vars(struct sh_task *t)
{
    return list_vars(t, "", 0);
}

/* ---- functions ------------------------------------------------------------------------------- */

static int list_functions(struct sh_task *t, struct sh_call *c, uint32_t first, bool bodies)
{
    bool text = false;
    int status = 0;

    for (uint32_t i = first; i < c->argc; i++) {
        if (sh_func_find(t, c->argv[i]) != NULL && bodies)
            text = true;
        else if (sh_func_find(t, c->argv[i]) != NULL)
            sh_printf(t, "%s\n", c->argv[i]);
        else
            status = 1;
    }
    for (uint16_t i = 0; first >= c->argc && t->funcs != NULL && i < t->funcs->count; i++) {
        text |= bodies;
        if (!bodies)
            sh_printf(t, "declare -f %s\n", t->funcs->f[i].name);
    }
    if (text)
        sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, c->pos, c->argv[0],
                    "the text of functions is not kept");
    return status;
}

/* ---- declarations ---------------------------------------------------------------------------- */

struct declaration {
    int set, clear; /* flags */
    int local;      /* the depth at which it is undone; 0: it is not local */
    bool print, functions, bodies, array, assoc;
    uint32_t first;
};

static int flag_of(char letter)
{
    switch (letter) {
    case 'i':
        return SH_VAR_INTEGER;
    case 'n':
        return SH_VAR_REF;
    case 'r':
        return SH_VAR_READONLY;
    case 'x':
        return SH_VAR_EXPORT;
    case 'l':
        return SH_VAR_LOWER;
    case 'u':
        return SH_VAR_UPPER;
    default:
        return 0;
    }
}

/* The frame of the function it is in; 0: in none. */
static int function_depth(const struct sh_task *t)
{
    int at = t->frames;

    while (at > 0 && t->frame[at - 1].kind != SH_FRAME_CALL)
        at--;
    return at;
}

static int bad_option(struct sh_task *t, struct sh_call *c, char letter)
{
    char text[64];

    snprintf(text, sizeof(text), "%.30s: -%c: invalid option", c->argv[0], letter);
    sh_warn(t, "%s", text);
    sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, c->argv[0], text);
    return 2;
}

/* 0, or the status with which the command ends. */
static int options(struct sh_task *t, struct sh_call *c, struct declaration *d, const char *known)
{
    for (d->first = 1; d->first < c->argc; d->first++) {
        const char *s = c->argv[d->first];
        bool on = *s == '-';

        if ((*s != '-' && *s != '+') || s[1] == '\0')
            return 0;
        if (strcmp(s, "--") == 0) {
            d->first++;
            return 0;
        }
        for (s++; *s != '\0'; s++) {
            if (strchr(known, *s) == NULL)
                return bad_option(t, c, *s);
            if (on)
                d->set |= flag_of(*s);
            else
                d->clear |= flag_of(*s);
            d->array |= *s == 'a';
            d->assoc |= *s == 'A';
            d->print |= *s == 'p';
            d->functions |= *s == 'f' || *s == 'F';
            d->bodies |= *s == 'f';
            if (*s == 'g')
                d->local = 0;
        }
    }
    return 0;
}

static bool set_flags(struct sh_task *t, const char *name, int set, int clear)
{
    const struct sh_var *v = clear & SH_VAR_REF ? sh_var_itself(t, name) : sh_var_find(t, name);
    size_t size;
    struct sh_var *copy;

    name = v != NULL ? v->text : name;
    if (v == NULL || clear == 0)
        return (set == 0 && clear == 0) || sh_set_flags(t, name, NULL, set);
    if ((v->flags & SH_VAR_READONLY) && (clear & SH_VAR_READONLY)) {
        sh_warn(t, "declare: %s: readonly variable", name);
        return false;
    }
    size = v->length + 1;
    copy = sh_var_block(t->proc, name, v->length, (v->flags | set) & ~clear);
    if (copy == NULL)
        return false;
    memcpy(copy->text + copy->name_length + 1, v->text + v->name_length + 1, size);
    return sh_vars_put(t, name, copy);
}

/* A local variable begins without a value; in dash with the one that it hides. */
static bool make_local(struct sh_task *t, const char *name, const struct declaration *d,
                       bool valued)
{
    const struct sh_var *v = sh_var_itself(t, name);
    struct sh_var *blank;

    if (v != NULL && (v->flags & SH_VAR_READONLY)) {
        sh_warn(t, t->flavour == SHELL_BASH ? "local: %s: readonly variable" : "%s: is read only",
                name);
        return false;
    }
    for (const struct sh_saved *s = t->saved; s != NULL && s->depth >= d->local; s = s->next)
        if (s->is_var && s->depth == d->local && strcmp(s->name, name) == 0)
            return true; /* it is local already */
    if (!sh_save_var(t, name, (uint16_t)d->local))
        return false;
    if ((t->flavour == SHELL_DASH && !valued) || (valued && t->flavour != SHELL_BASH))
        return true;
    blank = sh_var_block(t->proc, name, 0, SH_VAR_UNSET);
    return blank != NULL && sh_vars_put(t, name, blank);
}

static bool declare_one(struct sh_task *t, char *word, const struct declaration *d)
{
    char *equals = strchr(word, '='), *open = strchr(word, '['), *subscript = NULL;
    bool append = equals != NULL && equals > word && equals[-1] == '+' && t->flavour == SHELL_BASH;
    const struct sh_var *v;

    if (equals != NULL)
        *equals = '\0';
    if (append)
        equals[-1] = '\0';
    if (open != NULL && t->flavour == SHELL_BASH && strlen(word) > 1 &&
        word[strlen(word) - 1] == ']') {
        word[strlen(word) - 1] = '\0';
        *open = '\0';
        subscript = open + 1;
    }
    if (!sh_is_name(word, strlen(word))) {
        sh_warn(t,
                t->flavour == SHELL_BASH ? "%s: `%s': not a valid identifier"
                                         : "%s: %s: bad variable name",
                t->call.argv[0], word);
        return false;
    }
    if (d->local > 0 && !make_local(t, word, d, equals != NULL))
        return false;
    if (d->set & SH_VAR_REF) {
        v = sh_var_itself(t, word);
        return sh_refer(t, word,
                        equals != NULL                            ? equals + 1
                        : v != NULL && !(v->flags & SH_VAR_UNSET) ? v->text + v->name_length + 1
                                                                  : NULL);
    }
    if ((d->array || d->assoc) && !sh_array_declare(t, word, d->assoc))
        return false;
    v = sh_var_find(t, word);
    if (equals == NULL) {
        if (d->set == 0 && d->clear == 0 && (d->local > 0 || v != NULL || sh_get(t, word) != NULL))
            return true;
        return set_flags(t, word, d->set, d->clear);
    }
    if ((d->set & ~SH_VAR_READONLY) != 0 || d->clear != 0) /* they say how to assign */
        if (!set_flags(t, word, d->set & ~SH_VAR_READONLY, d->clear))
            return false;
    return sh_assign(t, word, subscript, equals + 1, append ? SH_APPEND : 0) &&
           ((d->set & SH_VAR_READONLY) == 0 || set_flags(t, word, SH_VAR_READONLY, 0));
}

static int declare_all(struct sh_task *t, struct sh_call *c, const struct declaration *d)
{
    int status = 0;

    for (uint32_t i = d->first; i < c->argc; i++) {
        if (d->local > 0 && strcmp(c->argv[i], "-") == 0 && strcmp(c->argv[0], "local") == 0
                ? sh_save_options(t, (uint16_t)d->local)
                : declare_one(t, c->argv[i], d))
            continue;
        if (t->proc->over || t->flavour != SHELL_BASH)
            return t->proc->over ? SH_BLOCKED : fatal(t);
        status = 1;
    }
    return status;
}

static int print_all(struct sh_task *t, struct sh_call *c, const struct declaration *d)
{
    int status = 0;

    if (d->first >= c->argc)
        return list_vars(t, "declare ", d->set);
    for (uint32_t i = d->first; i < c->argc && status != SH_BLOCKED; i++) {
        int r = print_declaration(t, c->argv[i]);

        status = r != 0 ? r : status;
    }
    return status;
}

int sh_cmd_export(struct sh_task *t, struct sh_call *c)
{
    struct declaration d = {.set = SH_VAR_EXPORT};
    int status = options(t, c, &d, t->flavour == SHELL_DASH ? "p" : "pnf");
    bool remove = false;

    if (status != 0)
        return t->flavour == SHELL_BASH ? status : fatal(t);
    if (d.first >= c->argc)
        return list_vars(t, "export ", SH_VAR_EXPORT);
    for (uint32_t i = 1; i < d.first; i++)
        remove |= strchr(c->argv[i], 'n') != NULL;
    if (d.functions) {
        sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, c->pos, c->argv[0],
                    "functions are not handed on to other shells");
        return 0;
    }
    if (remove)
        d.set = 0, d.clear = SH_VAR_EXPORT;
    return declare_all(t, c, &d);
}

int sh_cmd_readonly(struct sh_task *t, struct sh_call *c)
{
    struct declaration d = {.set = SH_VAR_READONLY};
    int status = options(t, c, &d, t->flavour == SHELL_BASH ? "paAf" : "p");

    if (status != 0)
        return t->flavour == SHELL_BASH ? status : fatal(t);
    if (d.functions)
        return 0;
    return d.first < c->argc ? declare_all(t, c, &d) : list_vars(t, "readonly ", SH_VAR_READONLY);
}

int sh_cmd_local(struct sh_task *t, struct sh_call *c)
{
    struct declaration d = {.local = function_depth(t), .first = 1};
    int status = 0;

    if (d.local == 0) {
        sh_warn(t, t->flavour == SHELL_BASH ? "local: can only be used in a function"
                                            : "local: not in a function");
        return fatal(t);
    }
    if (t->flavour == SHELL_BASH)
        status = options(t, c, &d, "aAinrxlup");
    return status != 0 ? status : declare_all(t, c, &d);
}

int sh_cmd_declare(struct sh_task *t, struct sh_call *c)
{
    struct declaration d = {.local = function_depth(t)};
    int status = options(t, c, &d, "aAinrxlupgfF");

    if (status != 0)
        return status;
    if (d.functions)
        return list_functions(t, c, d.first, d.bodies);
    if (d.print || d.first >= c->argc)
        return print_all(t, c, &d);
    return declare_all(t, c, &d);
}

/* unset NAME, NAME[KEY]. */
static bool unset_one(struct sh_task *t, char *word, bool *array)
{
    char *open = strchr(word, '['), key[SH_KEY_MAX];
    size_t length = strlen(word);

    *array = t->flavour == SHELL_BASH && open != NULL && open > word && word[length - 1] == ']';
    if (!*array)
        return sh_unset(t, word);
    word[length - 1] = '\0';
    *open = '\0';
    if (strcmp(open + 1, "@") == 0 || strcmp(open + 1, "*") == 0)
        return sh_unset(t, word);
    return sh_array_key(t, sh_var_find(t, word), open + 1, key) && sh_array_unset(t, word, key);
}

int sh_cmd_unset(struct sh_task *t, struct sh_call *c)
{
    struct sh_opts o;
    int status = 0;

    if (!sh_options(t, c, t->flavour == SHELL_BASH ? "fvn" : "fv", &o))
        return t->flavour == SHELL_BASH ? 1 : 2;
    for (uint32_t i = o.first; i < c->argc; i++) {
        char *word = c->argv[i];
        bool array = false, ok;

        if (sh_opt(&o, 'n')) {
            ok = sh_var_itself(t, word) == NULL || sh_vars_put(t, word, NULL);
        } else if (sh_opt(&o, 'f') ||
                   (t->flavour == SHELL_BASH && !sh_opt(&o, 'v') && sh_get(t, word) == NULL &&
                    sh_var_find(t, word) == NULL && sh_func_find(t, word) != NULL)) {
            ok = sh_func_unset(t, word);
        } else {
            ok = unset_one(t, word, &array);
        }
        if (!ok && (t->proc->over || t->flavour != SHELL_BASH))
            return t->proc->over ? SH_BLOCKED : fatal(t);
        status |= !ok;
    }
    return status;
}
