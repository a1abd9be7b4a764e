/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option.c - builtins that change how the shell works: set and shopt.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

enum acts {
    ACTS,   /* it does what it says */
    IDLE,   /* it is taken, and cannot be seen in a script without a terminal */
    LACKING /* it would be seen, and is not simulated: refused by name */
};

/* ---- set ------------------------------------------------------------------------------------- */

struct option {
    char letter; /* 0: it has a name only */
    const char *name;
    enum acts acts;
    bool dash, ash; /* who else has it than bash */
};

static const struct option options[] = {
    {'a', "allexport", ACTS, true, true},
    {'B', "braceexpand", IDLE, false, false},
    {0, "emacs", IDLE, true, true},
    {'e', "errexit", ACTS, true, true},
    {'E', "errtrace", ACTS, false, true},
    {'T', "functrace", ACTS, false, false},
    {'h', "hashall", IDLE, false, false},
    {'H', "histexpand", IDLE, false, false},
    {0, "history", IDLE, false, false},
    {'I', "ignoreeof", IDLE, true, true},
    {0, "interactive-comments", IDLE, false, false},
    {'k', "keyword", LACKING, false, false},
    {'m', "monitor", IDLE, true, true},
    {'C', "noclobber", ACTS, true, true},
    {'n', "noexec", ACTS, true, true},
    {'f', "noglob", ACTS, true, true},
    {0, "nolog", IDLE, true, false},
    {'b', "notify", IDLE, true, true},
    {'u', "nounset", ACTS, true, true},
    {'t', "onecmd", LACKING, false, false},
    {'P', "physical", IDLE, false, false},
    {0, "pipefail", ACTS, false, true},
    {0, "posix", IDLE, false, false},
    {'p', "privileged", IDLE, true, false},
    {'v', "verbose", ACTS, true, true},
    {'V', "vi", IDLE, true, true},
    {'x', "xtrace", ACTS, true, true},
};

enum { ACTING = 11 };

struct acting {
    const char *name;
    bool *on;
};

static void list_acting(struct sh_task *t, struct acting list[ACTING])
{
    const struct acting known[ACTING] = {
        {"allexport", &t->opt_a}, {"errexit", &t->opt_e},          {"errtrace", &t->opt_errtrace},
        {"noclobber", &t->opt_C}, {"noexec", &t->opt_n},           {"noglob", &t->opt_f},
        {"nounset", &t->opt_u},   {"verbose", &t->opt_v},          {"pipefail", &t->opt_pipefail},
        {"xtrace", &t->opt_x},    {"functrace", &t->opt_functrace}};

    memcpy(list, known, sizeof(known));
}

static bool *option_of(struct sh_task *t, const char *name)
{
    struct acting known[ACTING];

    list_acting(t, known);
    for (size_t i = 0; i < ACTING; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].on;
    return NULL;
}

/* Those of set, by bit. */
static uint16_t options_now(struct sh_task *t)
{
    struct acting known[ACTING];
    uint16_t on = 0;

    list_acting(t, known);
    for (unsigned i = 0; i < ACTING; i++)
        on |= (uint16_t)(*known[i].on << i);
    return on;
}

void sh_options_put(struct sh_task *t, uint16_t on)
{
    struct acting known[ACTING];

    list_acting(t, known);
    for (unsigned i = 0; i < ACTING; i++)
        *known[i].on = on >> i & 1;
}

bool sh_save_options(struct sh_task *t, uint16_t depth)
{
    struct sh_saved *s, **at = &t->saved;

    for (s = t->saved; s != NULL && s->depth >= depth; s = s->next)
        if (s->is_options && s->depth == depth)
            return true; /* the first time counts */
    s = sh_alloc(t->proc, sizeof(*s));
    if (s == NULL)
        return false;
    while (*at != NULL && (*at)->depth > depth)
        at = &(*at)->next;
    *s = (struct sh_saved){
        .next = *at, .depth = depth, .is_options = true, .options = options_now(t)};
    *at = s;
    return true;
}

static bool has(const struct sh_task *t, const struct option *o)
{
    return t->flavour == SHELL_BASH || (t->flavour == SHELL_DASH ? o->dash : o->ash);
}

static const struct option *find(const struct sh_task *t, char letter, const char *name)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(options); i++)
        if ((name != NULL ? strcmp(options[i].name, name) == 0 : options[i].letter == letter) &&
            has(t, &options[i]))
            return &options[i];
    return NULL;
}

/* False: there is no such option, or none that does here what it says. */
static bool turn(struct sh_task *t, const struct option *o, bool on)
{
    bool *option = o != NULL ? option_of(t, o->name) : NULL;

    if (o == NULL || o->acts == LACKING)
        return false;
    if (option != NULL)
        *option = on;
    return true;
}

static int bad_set(struct sh_task *t, struct sh_call *c, const char *word)
{
    char text[96];

    if (t->flavour == SHELL_BASH)
        snprintf(text, sizeof(text), "set: %.60s: invalid option", word);
    else
        snprintf(text, sizeof(text), "set: illegal option %.60s", word);
    sh_warn(t, "%s", text);
    sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, "set", text);
    if (t->flavour == SHELL_BASH)
        return 2;
    if (t->flavour == SHELL_ASH && word[0] != '-' && word[0] != '+') /* a name */
        return 1;
    sh_exit(t, SHELL_EXIT_SYNTAX);
    return SH_MOVED;
}

static int list_options(struct sh_task *t, bool as_commands)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(options); i++) {
        const struct option *o = &options[i];
        const bool *on = option_of(t, o->name);
        bool set = on != NULL ? *on
                              : t->flavour == SHELL_BASH && strchr("Bh", o->letter) != NULL &&
                                    o->letter != 0;

        if (!has(t, o))
            continue;
        if (as_commands)
            sh_printf(t, "set %co %s\n", set ? '-' : '+', o->name);
        else if (t->flavour == SHELL_BASH)
            sh_printf(t, "%-15s\t%s\n", o->name, set ? "on" : "off");
        else
            sh_printf(t, "%-15s %s\n", o->name, set ? "on" : "off");
    }
    return 0;
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

/* The letters of one word; *i is moved on to the name of -o. -1: go on; else the status. */
static int set_letters(struct sh_task *t, struct sh_call *c, uint32_t *i)
{
    const char *s = c->argv[*i];
    bool on = *s == '-';

    for (s++; *s != '\0'; s++) {
        if (*s != 'o') {
            if (!turn(t, find(t, *s, NULL), on))
                return bad_set(t, c, c->argv[*i]);
            continue;
        }
        if (*i + 1 >= c->argc)
            return list_options(t, !on);
        ++*i;
        if (!turn(t, find(t, 0, c->argv[*i]), on))
            return bad_set(t, c, c->argv[*i]);
    }
    return -1;
}

int sh_cmd_set(struct sh_task *t, struct sh_call *c)
{
    uint32_t i = 1;

    if (c->argc == 1)
        return sh_list_vars(t);
    for (; i < c->argc; i++) {
        const char *s = c->argv[i];
        int status;

        if (strcmp(s, "-") == 0) { /* as old as it is */
            t->opt_x = t->opt_v = false;
            return i + 1 < c->argc ? set_params(t, c->argv + i + 1, c->argc - i - 1) : 0;
        }
        if ((*s != '-' && *s != '+') || s[1] == '\0')
            break;
        if (strcmp(s, "--") == 0)
            return set_params(t, c->argv + i + 1, c->argc - i - 1);
        status = set_letters(t, c, &i);
        if (status != -1)
            return status;
    }
    return i < c->argc ? set_params(t, c->argv + i, c->argc - i) : 0;
}

bool sh_option_on(struct sh_task *t, const char *name)
{
    const bool *on = option_of(t, name);

    return on != NULL && *on;
}

/* ---- shopt ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum acts acts;
    bool on; /* of what does not act: as bash has it in a script */
} shopts[] = {
    {"checkhash", IDLE, false},
    {"checkwinsize", IDLE, true},
    {"cmdhist", IDLE, true},
    {"complete_fullquote", IDLE, true},
    {"dotglob", ACTS, false},
    {"expand_aliases", ACTS, false},
    {"extglob", ACTS, false},
    {"extquote", IDLE, true},
    {"failglob", ACTS, false},
    {"force_fignore", IDLE, true},
    {"globasciiranges", IDLE, true},
    {"globskipdots", IDLE, true},
    {"histappend", IDLE, false},
    {"hostcomplete", IDLE, true},
    {"huponexit", IDLE, false},
    {"inherit_errexit", ACTS, false},
    {"interactive_comments", IDLE, true},
    {"lastpipe", LACKING, false},
    {"nocaseglob", ACTS, false},
    {"nocasematch", ACTS, false},
    {"nullglob", ACTS, false},
    {"patsub_replacement", IDLE, true},
    {"progcomp", IDLE, true},
    {"promptvars", IDLE, true},
    {"sourcepath", IDLE, true},
    {"globstar", ACTS, false},
    {"shift_verbose", IDLE, false},
    {"xpg_echo", ACTS, false},
};

static bool *shopt_of(struct sh_task *t, const char *name)
{
    const struct {
        const char *name;
        bool *on;
    } known[] = {{"dotglob", &t->dotglob},         {"expand_aliases", &t->expand_aliases},
                 {"extglob", &t->extglob},         {"failglob", &t->failglob},
                 {"nocasematch", &t->nocasematch}, {"nullglob", &t->nullglob},
                 {"globstar", &t->globstar},       {"nocaseglob", &t->nocaseglob},
                 {"xpg_echo", &t->xpg_echo},       {"inherit_errexit", &t->inherit_errexit}};

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].on;
    return NULL;
}

static int lacking(struct sh_task *t, struct sh_call *c, const char *name, bool known)
{
    char text[96];

    snprintf(text, sizeof(text),
             known ? "shopt: %.40s: not simulated" : "shopt: %.40s: invalid shell option name",
             name);
    if (!known)
        sh_warn(t, "%s", text);
    sh_diagnose(t, known ? SHELL_DIAG_UNSUPPORTED : SHELL_DIAG_OPTION, c->pos, name, text);
    return 1;
}

/* One name: turned on or off, or looked at. */
static int shopt_one(struct sh_task *t, struct sh_call *c, const char *name,
                     const struct sh_opts *o)
{
    bool *on = shopt_of(t, name);
    size_t i = 0;
    bool is;

    while (i < RX_ARRAY_LEN(shopts) && strcmp(shopts[i].name, name) != 0)
        i++;
    if (i == RX_ARRAY_LEN(shopts))
        return lacking(t, c, name, false);
    is = on != NULL ? *on : shopts[i].on;
    if (sh_opt(o, 's') || sh_opt(o, 'u')) {
        bool want = sh_opt(o, 's');

        if (shopts[i].acts == LACKING && want != is)
            return lacking(t, c, name, true);
        if (on != NULL)
            *on = want;
        return 0;
    }
    if (sh_opt(o, 'p'))
        sh_printf(t, "shopt -%c %s\n", is ? 's' : 'u', name);
    else if (!sh_opt(o, 'q'))
        sh_printf(t, "%-15s\t%s\n", name, is ? "on" : "off");
    return !is;
}

int sh_cmd_shopt(struct sh_task *t, struct sh_call *c)
{
    struct sh_opts o;
    int status = 0;

    if (!sh_options(t, c, "suqpo", &o))
        return 2;
    for (uint32_t i = o.first; i < c->argc; i++) {
        const char *name = c->argv[i];

        if (!sh_opt(&o, 'o')) {
            status |= shopt_one(t, c, name, &o);
        } else if (sh_opt(&o, 's') || sh_opt(&o, 'u')) {
            if (!turn(t, find(t, 0, name), sh_opt(&o, 's')))
                return bad_set(t, c, name);
        } else {
            if (!sh_opt(&o, 'q'))
                sh_printf(t, "%-15s\t%s\n", name, sh_option_on(t, name) ? "on" : "off");
            status |= !sh_option_on(t, name);
        }
    }
    for (size_t i = 0; o.first >= c->argc && i < RX_ARRAY_LEN(shopts); i++) {
        const bool *on = shopt_of(t, shopts[i].name);

        sh_printf(t, "%-20s\t%s\n", shopts[i].name,
                  (on != NULL ? *on : shopts[i].on) ? "on" : "off");
    }
    return status;
}
