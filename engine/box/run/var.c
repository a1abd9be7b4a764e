/* SPDX-License-Identifier: Apache-2.0 */
/*
 * var.c - variables, functions, positional parameters. Tables are shared between tasks until
 * one of them writes; the container's environment is only looked at, never copied.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

enum { VARS_ROOM = 4, RANDOM_STREAM = 0x7368, REFERENCES_MAX = 8 };

/* ---- variables ------------------------------------------------------------------------------- */

static const char *value_of(const struct sh_var *v)
{
    if (v->flags & SH_VAR_UNSET)
        return NULL;
    return sh_is_array(v) ? sh_array_get(v, "0") : v->text + v->name_length + 1;
}

static size_t var_size(const struct sh_var *v)
{
    return sizeof(*v) + v->name_length + v->length + 2;
}

void sh_var_unref(struct shell_proc *p, struct sh_var *v)
{
    if (v != NULL && --v->refs == 0)
        sh_free(p, v, var_size(v));
}

struct sh_var *sh_var_block(struct shell_proc *p, const char *name, size_t length, int flags)
{
    size_t n = strlen(name);
    struct sh_var *v = n < 1024 ? sh_alloc(p, sizeof(*v) + n + length + 2) : NULL;

    if (v == NULL)
        return NULL;
    v->refs = 1;
    v->length = (uint32_t)length;
    v->name_length = (uint16_t)n;
    v->flags = (uint16_t)flags;
    memcpy(v->text, name, n + 1);
    v->text[n + 1] = '\0';
    return v;
}

static struct sh_var *var_new(struct shell_proc *p, const char *name, const char *value, int flags)
{
    size_t length = strlen(value);
    struct sh_var *v = sh_var_block(p, name, length, flags);

    if (v != NULL)
        memcpy(v->text + v->name_length + 1, value, length + 1);
    return v;
}

static size_t vars_size(uint16_t room)
{
    return sizeof(struct sh_vars) + room * sizeof(struct sh_var *);
}

void sh_vars_unref(struct shell_proc *p, struct sh_vars *v)
{
    if (v == NULL || --v->refs > 0)
        return;
    for (uint16_t i = 0; i < v->count; i++)
        sh_var_unref(p, v->v[i]);
    sh_free(p, v, vars_size(v->room));
}

/* The task's own table, with room for one more. */
static struct sh_vars *vars_own(struct sh_task *t)
{
    struct sh_vars *old = t->vars, *v;
    uint16_t count = old != NULL ? old->count : 0, room = old != NULL ? old->room : 0;

    if (old != NULL && old->refs == 1 && count < room)
        return old;
    if (count >= SHELL_NAMES_MAX) {
        sh_limit(t, "too many variables");
        return NULL;
    }
    if (count == room)
        room = (uint16_t)(room > 0 ? room * 2 : VARS_ROOM);
    v = sh_alloc(t->proc, vars_size(room));
    if (v == NULL)
        return NULL;
    v->refs = 1;
    v->count = count;
    v->room = room;
    for (uint16_t i = 0; i < count; i++) {
        v->v[i] = old->v[i];
        v->v[i]->refs++;
    }
    sh_vars_unref(t->proc, old);
    t->vars = v;
    return v;
}

/* Where the name is in the table, or belongs. */
static uint16_t vars_place(const struct sh_vars *v, const char *name, bool *found)
{
    uint16_t low = 0, high = v != NULL ? v->count : 0;

    *found = false;
    while (low < high) {
        uint16_t mid = (uint16_t)((low + high) / 2);
        int order = strcmp(v->v[mid]->text, name);

        if (order == 0) {
            *found = true;
            return mid;
        }
        if (order < 0)
            low = (uint16_t)(mid + 1);
        else
            high = mid;
    }
    return low;
}

const struct sh_var *sh_var_itself(const struct sh_task *t, const char *name)
{
    bool found;
    uint16_t at = vars_place(t->vars, name, &found);

    return found ? t->vars->v[at] : NULL;
}

const char *sh_var_name(const struct sh_task *t, const char *name)
{
    const struct sh_var *v;

    for (int n = 0; n < REFERENCES_MAX; n++) {
        v = sh_var_itself(t, name);
        if (v == NULL || (v->flags & (SH_VAR_REF | SH_VAR_UNSET)) != SH_VAR_REF)
            break;
        name = v->text + v->name_length + 1;
    }
    return name;
}

const struct sh_var *sh_var_find(const struct sh_task *t, const char *name)
{
    const struct sh_var *v = sh_var_itself(t, name);

    return v != NULL && (v->flags & SH_VAR_REF) ? sh_var_itself(t, sh_var_name(t, name)) : v;
}

static const char *env_find(const struct sh_task *t, const char *name)
{
    const struct shell_setup *s = &t->proc->setup;

    for (uint32_t i = s->env_count; i > 0; i--) /* of equals the last one counts */
        if (strcmp(s->env[i - 1].key, name) == 0)
            return s->env[i - 1].value;
    return NULL;
}

/* What every container has, unless it says otherwise. */
static const char *given(const struct sh_task *t, const char *name)
{
    if (strcmp(name, "PWD") == 0)
        return t->cwd->text;
    if (strcmp(name, "HOSTNAME") == 0)
        return t->proc->setup.hostname;
    if (strcmp(name, "HOME") == 0)
        return t->proc->setup.user == NULL || t->proc->setup.user->uid == 0 ? "/root" : "/";
    if (strcmp(name, "PATH") == 0)
        return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    if (strcmp(name, "PS4") == 0)
        return "+ ";
    if (strcmp(name, "OPTIND") == 0)
        return "1";
    if (strcmp(name, "IFS") == 0)
        return " \t\n";
    return NULL;
}

/* What a shell makes up when it is asked. */
static bool made_up(struct sh_task *t, const char *name, int64_t *n)
{
    struct shell_proc *p = t->proc;
    bool bash = t->flavour == SHELL_BASH;

    if (strcmp(name, "PPID") == 0)
        *n = t->parent;
    else if (strcmp(name, "LINENO") == 0)
        *n = sh_line(t);
    else if (t->flavour == SHELL_DASH)
        return false;
    else if (strcmp(name, "RANDOM") == 0)
        *n = (int64_t)(rx_prng_at(p->setup.seed, RANDOM_STREAM, p->setup.id, p->draws++) >> 49);
    else if (strcmp(name, "EPOCHSECONDS") == 0)
        *n = (p->setup.epoch_ms + p->now) / 1000;
    else if (!bash)
        return false;
    else if (strcmp(name, "SECONDS") == 0)
        *n = (p->now - p->seconds_from) / 1000;
    else if (strcmp(name, "BASHPID") == 0)
        *n = t->pid;
    else if (strcmp(name, "SRANDOM") == 0)
        *n = (int64_t)(rx_prng_at(p->setup.seed, RANDOM_STREAM, p->setup.id, p->draws++) >> 32);
    else if (strcmp(name, "UID") == 0 || strcmp(name, "EUID") == 0)
        *n = p->setup.user != NULL ? p->setup.user->uid : 0;
    else if (strcmp(name, "SHLVL") == 0)
        *n = 1;
    else
        return false;
    return true;
}

/* How many forks lie between the shell that the script began in and this task. */
static unsigned subshells(const struct sh_task *t)
{
    unsigned n = 0;

    for (; t != NULL && t->pid != t->shell_pid; t = sh_task_find(t->proc, t->parent))
        n++;
    return n;
}

/* What bash knows of itself and this shell does not. Said, and empty, as where there is nothing to
 * tell. */
static bool is_beyond(struct sh_task *t, const char *name)
{
    static const char *const names[] = {"BASH_COMMAND", "BASH_EXECUTION_STRING", "DIRSTACK",
                                        "GROUPS"};
    char text[96];

    for (size_t i = 0; i < RX_ARRAY_LEN(names); i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        snprintf(text, sizeof(text), "the variable %s is not simulated: it is empty", name);
        sh_diagnose(t, SHELL_DIAG_OPTION, t->call.pos, name, text);
        return true;
    }
    return false;
}

/* What bash says about itself and its machine. */
static const char *about_bash(struct sh_task *t, const char *name)
{
    static const char *const known[][2] = {
        {"BASH", "/bin/bash"},   {"BASH_VERSION", "5.2.15(1)-release"},
        {"OSTYPE", "linux-gnu"}, {"MACHTYPE", "x86_64-pc-linux-gnu"},
        {"HOSTTYPE", "x86_64"},
    };

    for (size_t i = 0; t->flavour == SHELL_BASH && i < RX_ARRAY_LEN(known); i++)
        if (strcmp(known[i][0], name) == 0)
            return known[i][1];
    if (t->flavour == SHELL_BASH && strcmp(name, "BASH_SUBSHELL") == 0) {
        snprintf(t->proc->number, sizeof(t->proc->number), "%u", subshells(t));
        return t->proc->number;
    }
    if (t->flavour == SHELL_BASH && strcmp(name, "EPOCHREALTIME") == 0) {
        int64_t now = t->proc->setup.epoch_ms + t->proc->now;

        snprintf(t->proc->number, sizeof(t->proc->number), "%u.%03u000", (uint32_t)(now / 1000),
                 (uint32_t)(now % 1000));
        return t->proc->number;
    }
    return t->flavour == SHELL_BASH && is_beyond(t, name) ? "" : NULL;
}

/* Of a reference to an element of an array, name[subscript]. */
static const char *element(struct sh_task *t, const char *text)
{
    char name[SH_KEY_MAX], key[SH_KEY_MAX], *open;
    const struct sh_var *v;

    if (strlen(text) >= sizeof(name))
        return NULL;
    strcpy(name, text);
    open = strchr(name, '[');
    name[strlen(name) - 1] = '\0';
    *open = '\0';
    v = sh_var_find(t, name);
    if (v == NULL || !sh_array_key(t, v, open + 1, key))
        return NULL;
    if (sh_is_array(v))
        return sh_array_look(t, v, key);
    return strcmp(key, "0") == 0 ? value_of(v) : NULL;
}

const char *sh_get(struct sh_task *t, const char *name)
{
    const struct sh_var *v;
    const char *value;
    int64_t n;

    name = sh_var_name(t, name);
    v = sh_var_itself(t, name);
    if (v != NULL)
        return value_of(v);
    if (strchr(name, '[') != NULL)
        return element(t, name);
    value = env_find(t, name);
    if (value == NULL)
        value = given(t, name);
    if (value == NULL && strcmp(name, "_") == 0 && t->last_arg != NULL)
        value = t->last_arg->text;
    if (value == NULL && name[0] <= 'Z' && made_up(t, name, &n)) {
        snprintf(t->proc->number, sizeof(t->proc->number), "%lld", (long long)n);
        return t->proc->number;
    }
    return value != NULL ? value : about_bash(t, name);
}

/* Puts the block (its reference is taken; NULL: nothing) into the place of the name. */
bool sh_vars_put(struct sh_task *t, const char *name, struct sh_var *new_)
{
    struct sh_vars *v = vars_own(t);
    bool found;
    uint16_t at;

    if (v == NULL) {
        sh_var_unref(t->proc, new_);
        return false;
    }
    at = vars_place(v, name, &found);
    if (found) {
        struct sh_var *old = v->v[at];

        v->v[at] = new_;
        if (new_ == NULL) {
            v->count--;
            memmove(v->v + at, v->v + at + 1, (size_t)(v->count - at) * sizeof(*v->v));
        }
        sh_var_unref(t->proc, old); /* last: name may point into it */
        return true;
    }
    if (new_ == NULL)
        return true;
    memmove(v->v + at + 1, v->v + at, (size_t)(v->count - at) * sizeof(*v->v));
    v->v[at] = new_;
    v->count++;
    return true;
}

/* The same array with more flags. */
static bool array_flags(struct sh_task *t, const char *name, const struct sh_var *old, int flags)
{
    struct sh_var *v = sh_var_block(t->proc, name, old->length, old->flags | flags);

    if (v == NULL)
        return false;
    memcpy(v->text + v->name_length + 1, old->text + old->name_length + 1, old->length);
    return sh_vars_put(t, name, v);
}

bool sh_set_flags(struct sh_task *t, const char *name, const char *value, int flags)
{
    const struct sh_var *old;
    const char *there;
    struct sh_var *v;
    int64_t number;

    name = sh_var_name(t, name);
    if (strchr(name, '[') != NULL)
        return value == NULL || sh_assign(t, name, NULL, value, 0);
    old = sh_var_itself(t, name);
    there = old != NULL ? value_of(old) : env_find(t, name);
    if (old != NULL && (old->flags & SH_VAR_READONLY) && value != NULL) {
        sh_warn(t, t->flavour == SHELL_BASH ? "%s: readonly variable" : "%s: is read only", name);
        return false;
    }
    if (value != NULL && t->flavour == SHELL_BASH && strcmp(name, "SECONDS") == 0 &&
        sh_number(value, &number)) {
        t->proc->seconds_from = t->proc->now - number * 1000;
        return true;
    }
    if (sh_is_array(old))
        return value != NULL ? sh_array_set(t, name, "0", value) : array_flags(t, name, old, flags);
    if (value != NULL && t->opt_a)
        flags |= SH_VAR_EXPORT;
    if (old != NULL)
        flags |= old->flags & ~SH_VAR_UNSET;
    else if (there != NULL)
        flags |= SH_VAR_EXPORT; /* it came from the environment */
    if (t->proc->over)
        return false;
    if (value == NULL && there == NULL)
        flags |= SH_VAR_UNSET; /* export X, before it has a value */
    v = var_new(t->proc, name, value != NULL ? value : there != NULL ? there : "", flags);
    if (v == NULL) {
        sh_limit(t, "a variable is too long");
        return false;
    }
    return sh_vars_put(t, name, v);
}

bool sh_set(struct sh_task *t, const char *name, const char *value)
{
    return sh_set_flags(t, name, value, 0);
}

bool sh_refer(struct sh_task *t, const char *name, const char *to)
{
    const char *open = to != NULL ? strchr(to, '[') : NULL;
    size_t length = open != NULL ? (size_t)(open - to) : to != NULL ? strlen(to) : 0;
    struct sh_var *v;

    if (to != NULL && (!sh_is_name(to, length) || (open != NULL && to[strlen(to) - 1] != ']'))) {
        sh_warn(t, "%s: `%s': invalid variable name for name reference", t->call.argv[0], to);
        return false;
    }
    if (to != NULL && strcmp(sh_var_name(t, to), name) == 0) {
        sh_warn(t, "%s: %s: nameref variable self references not allowed", t->call.argv[0], name);
        return false;
    }
    v = var_new(t->proc, name, to != NULL ? to : "", SH_VAR_REF | (to == NULL ? SH_VAR_UNSET : 0));
    return v != NULL && sh_vars_put(t, name, v);
}

bool sh_unset(struct sh_task *t, const char *name)
{
    const struct sh_var *old;
    struct sh_var *v = NULL;

    name = sh_var_name(t, name);
    old = sh_var_itself(t, name);
    if (old != NULL && (old->flags & SH_VAR_READONLY)) {
        sh_warn(t,
                t->flavour == SHELL_BASH ? "unset: %s: cannot unset: readonly variable"
                                         : "unset: %s: is read only",
                name);
        return false;
    }
    if (env_find(t, name) != NULL || given(t, name) != NULL) {
        v = var_new(t->proc, name, "", SH_VAR_UNSET);
        if (v == NULL)
            return false;
    } else if (old == NULL) {
        return true;
    }
    return sh_vars_put(t, name, v);
}

bool sh_save_var(struct sh_task *t, const char *name, uint16_t depth)
{
    const struct sh_var *old = sh_var_itself(t, name);
    struct sh_saved *s;

    for (s = t->saved; s != NULL && s->depth >= depth; s = s->next)
        if (s->is_var && s->depth == depth && strcmp(s->name, name) == 0)
            return true; /* the first value is the one to restore */
    s = sh_alloc(t->proc, sizeof(*s) + strlen(name) + 1);
    if (s == NULL)
        return false;
    *s = (struct sh_saved){.depth = depth, .is_var = true, .var = (struct sh_var *)(uintptr_t)old};
    strcpy(s->name, name);
    if (old != NULL)
        s->var->refs++;
    /* Kept sorted by depth, deepest first: `local` saves for a frame below the one on top. */
    struct sh_saved **at = &t->saved;
    while (*at != NULL && (*at)->depth > depth)
        at = &(*at)->next;
    s->next = *at;
    *at = s;
    return true;
}

void sh_vars_restore(struct sh_task *t, struct sh_saved *s)
{
    sh_vars_put(t, s->name, s->var);
}

const char *sh_var_next(struct sh_task *t, const char *after, const char **value, int *flags)
{
    const struct shell_setup *s = &t->proc->setup;
    const char *best = NULL;
    bool found;
    uint16_t at = vars_place(t->vars, after, &found);

    sh_charge(t, 1 + s->env_count / 8);
    for (at = (uint16_t)(at + found); t->vars != NULL && at < t->vars->count; at++) {
        const struct sh_var *v = t->vars->v[at];

        if (value_of(v) != NULL && v->text[0] != SH_HIDDEN) {
            best = v->text;
            *value = value_of(v);
            *flags = v->flags;
            break;
        }
    }
    for (uint32_t i = 0; i < s->env_count; i++) {
        const char *key = s->env[i].key;

        if (strcmp(key, after) > 0 && (best == NULL || strcmp(key, best) < 0) &&
            sh_var_find(t, key) == NULL) {
            best = key;
            *value = env_find(t, key);
            *flags = SH_VAR_EXPORT;
        }
    }
    return best;
}

bool sh_vars_keep_exported(struct sh_task *t)
{
    struct sh_vars *v;
    uint16_t kept = 0;

    if (t->vars == NULL)
        return true;
    v = vars_own(t);
    if (v == NULL)
        return false;
    for (uint16_t i = 0; i < v->count; i++) {
        struct sh_var *var = v->v[i];

        if ((var->flags & SH_VAR_EXPORT) || ((var->flags & SH_VAR_UNSET) && env_find(t, var->text)))
            v->v[kept++] = var;
        else
            sh_var_unref(t->proc, var);
    }
    v->count = kept;
    return true;
}

/* ---- functions ------------------------------------------------------------------------------- */

static size_t funcs_size(uint16_t room)
{
    return sizeof(struct sh_funcs) + room * sizeof(struct sh_func);
}

static void unit_ref(struct sh_unit *u)
{
    u->refs += u->refs > 0;
}

void sh_funcs_unref(struct shell_proc *p, struct sh_funcs *f)
{
    if (f == NULL || --f->refs > 0)
        return;
    for (uint16_t i = 0; i < f->count; i++)
        sh_unit_unref(f->f[i].unit);
    sh_free(p, f, funcs_size(f->room));
}

const struct sh_func *sh_func_find(const struct sh_task *t, const char *name)
{
    for (uint16_t i = 0; t->funcs != NULL && i < t->funcs->count; i++)
        if (strcmp(t->funcs->f[i].name, name) == 0)
            return &t->funcs->f[i];
    return NULL;
}

static struct sh_funcs *funcs_own(struct sh_task *t)
{
    struct sh_funcs *old = t->funcs, *f;
    uint16_t count = old != NULL ? old->count : 0, room = old != NULL ? old->room : 0;

    if (old != NULL && old->refs == 1 && count < room)
        return old;
    if (count >= SHELL_NAMES_MAX) {
        sh_limit(t, "too many functions");
        return NULL;
    }
    if (count == room)
        room = (uint16_t)(room > 0 ? room * 2 : 2);
    f = sh_alloc(t->proc, funcs_size(room));
    if (f == NULL)
        return NULL;
    f->refs = 1;
    f->count = count;
    f->room = room;
    for (uint16_t i = 0; i < count; i++) {
        f->f[i] = old->f[i];
        unit_ref(f->f[i].unit);
    }
    sh_funcs_unref(t->proc, old);
    t->funcs = f;
    return f;
}

bool sh_func_unset(struct sh_task *t, const char *name)
{
    struct sh_funcs *f;

    if (sh_func_find(t, name) == NULL)
        return true;
    f = funcs_own(t);
    for (uint16_t i = 0; f != NULL && i < f->count; i++) {
        if (strcmp(f->f[i].name, name) == 0) {
            sh_unit_unref(f->f[i].unit);
            f->f[i] = f->f[--f->count];
            return true;
        }
    }
    return false;
}

bool sh_func_define(struct sh_task *t, const char *name, struct sh_unit *unit, uint32_t pc)
{
    struct sh_funcs *f;

    unit_ref(unit); /* before its predecessor goes: it may define itself anew */
    if (!sh_func_unset(t, name) || (f = funcs_own(t)) == NULL) {
        sh_unit_unref(unit);
        return false;
    }
    f->f[f->count++] = (struct sh_func){name, unit, pc};
    return true;
}

/* ---- positional parameters ------------------------------------------------------------------- */

struct sh_params *sh_params_new(struct shell_proc *p, char *const *argv, uint32_t count)
{
    struct sh_params *s;
    size_t size = 0;

    for (uint32_t i = 0; i < count; i++)
        size += strlen(argv[i]) + 1;
    s = sh_alloc(p, sizeof(*s) + size);
    if (s == NULL)
        return NULL;
    s->refs = 1;
    s->count = count;
    s->size = (uint32_t)size;
    size = 0;
    for (uint32_t i = 0; i < count; i++) {
        strcpy(s->text + size, argv[i]);
        size += strlen(argv[i]) + 1;
    }
    return s;
}

void sh_params_unref(struct shell_proc *p, struct sh_params *s)
{
    if (s != NULL && --s->refs == 0)
        sh_free(p, s, sizeof(*s) + s->size);
}

uint32_t sh_param_count(const struct sh_task *t)
{
    return t->params != NULL ? t->params->count - t->shift : 0;
}

const char *sh_param(const struct sh_task *t, uint32_t n)
{
    const char *s;

    if (n == 0 || n > sh_param_count(t))
        return NULL;
    s = t->params->text;
    for (uint32_t i = t->shift + n; i > 1; i--)
        s += strlen(s) + 1;
    return s;
}
