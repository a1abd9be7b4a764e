/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile.c - what is this command line? And, if it is a shell's: its program.
 */
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

enum { UNKNOWN_WORDS_MAX = 64 };

struct sh_unknown_word {
    const char *word;
    uint32_t pos; /* of the command */
    enum shell_program_spot spot;
};

static int compile_shell(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                         struct shell_program *p);

/* ---- classification -------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool is_shell(const char *name)
{
    static const char *const shells[] = {"sh", "bash", "ash", "dash"};

    for (size_t i = 0; i < RX_ARRAY_LEN(shells); i++)
        if (strcmp(base_name(name), shells[i]) == 0)
            return true;
    return false;
}

static enum shell_flavour flavour_named(const char *name, enum shell_flavour sh)
{
    name = base_name(name);
    if (strcmp(name, "sh") == 0)
        return sh;
    return strcmp(name, "bash") == 0  ? SHELL_BASH
           : strcmp(name, "ash") == 0 ? SHELL_ASH
                                      : SHELL_DASH;
}

enum shell_flavour sh_flavour_named(const struct shell_proc *p, const char *name)
{
    return flavour_named(name, p->setup.program->sh);
}

/* "#!/bin/bash", "#! /usr/bin/env bash", "#!/bin/busybox sh": its last word that names a shell. */
enum shell_flavour sh_flavour_of_text(const struct shell_proc *p, enum shell_flavour otherwise,
                                      const char *text, size_t length)
{
    const char *end = length > 2 ? memchr(text, '\n', length) : NULL;
    size_t at = 2;

    if (length < 3 || text[0] != '#' || text[1] != '!')
        return otherwise;
    length = end != NULL ? (size_t)(end - text) : length;
    while (at < length) {
        char word[64];
        size_t n = 0;

        while (at + n < length && strchr(" \t\r", text[at + n]) == NULL)
            n++;
        if (n > 0 && n < sizeof(word)) {
            memcpy(word, text + at, n);
            word[n] = '\0';
            if (is_shell(word))
                return sh_flavour_named(p, word);
        }
        at += n + 1;
    }
    return otherwise;
}

/* Does the word stand in the text, not in the middle of a longer one? */
static bool names(const char *text, size_t length, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= length; i++)
        if (strncmp(text + i, word, n) == 0 && (i == 0 || text[i - 1] < 'a' || text[i - 1] > 'z'))
            return true;
    return false;
}

enum shell_flavour shell_flavour_of(const char *image)
{
    static const struct {
        const char *word;
        enum shell_flavour sh;
        bool anywhere; /* also in the tag; else it begins the last part of the name */
    } known[] = {
        {"alpine", SHELL_ASH, true},        {"busybox", SHELL_ASH, false},
        {"debian", SHELL_DASH, true},       {"ubuntu", SHELL_DASH, true},
        {"bookworm", SHELL_DASH, true},     {"bullseye", SHELL_DASH, true},
        {"buster", SHELL_DASH, true},       {"trixie", SHELL_DASH, true},
        {"jammy", SHELL_DASH, true},        {"focal", SHELL_DASH, true},
        {"noble", SHELL_DASH, true},        {"centos", SHELL_BASH, false},
        {"fedora", SHELL_BASH, false},      {"rockylinux", SHELL_BASH, false},
        {"almalinux", SHELL_BASH, false},   {"oraclelinux", SHELL_BASH, false},
        {"amazonlinux", SHELL_BASH, false}, {"ubi8", SHELL_BASH, false},
        {"ubi9", SHELL_BASH, false},        {"ubi-minimal", SHELL_BASH, false},
        {"bash", SHELL_ASH, false}, /* the official one is an Alpine */
    };
    const char *name, *slash;
    size_t length;

    if (image == NULL)
        return SHELL_SH;
    slash = strrchr(image, '/');
    name = slash != NULL ? slash + 1 : image;
    length = strcspn(name, "@");
    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
        const char *word = known[i].word;

        if (known[i].anywhere ? names(name, length, word) : strncmp(name, word, strlen(word)) == 0)
            return known[i].sh;
    }
    return SHELL_SH;
}

enum fs_image shell_image_of(const char *image)
{
    static const char *const distributions[] = {
        "alpine", "debian",     "ubuntu",    "bash",        "centos", "fedora",
        "rockylinux", "almalinux", "oraclelinux", "amazonlinux", "ubi", "ubi-minimal", "ubi8",
        "ubi9",
    };
    const char *slash = image != NULL ? strrchr(image, '/') : NULL,
               *name = slash != NULL ? slash + 1 : image;
    size_t length = name != NULL ? strcspn(name, ":@") : 0;

    if (length == 7 && strncmp(name, "busybox", length) == 0)
        return FS_IMAGE_BARE;
    for (size_t i = 0; i < RX_ARRAY_LEN(distributions); i++)
        if (strlen(distributions[i]) == length && strncmp(name, distributions[i], length) == 0)
            return FS_IMAGE_DISTRIBUTION;
    return FS_IMAGE_ANY;
}

/* How many words in front belong to a small init, which runs the rest and passes signals on. */
static uint32_t init_words(uint32_t argc, const char *const *argv)
{
    const char *name = base_name(argv[0]);
    uint32_t n = 1;

    if (strcmp(name, "tini") != 0 && strcmp(name, "tini-static") != 0 &&
        strcmp(name, "dumb-init") != 0 && strcmp(name, "docker-init") != 0 &&
        strcmp(name, "catatonit") != 0)
        return 0;
    while (n < argc && argv[n][0] == '-') {
        if (strcmp(argv[n++], "--") == 0)
            break;
    }
    return n < argc ? n : 0;
}

static const char *const *copy_argv(struct rx_arena *arena, uint32_t argc, const char *const *argv)
{
    const char **copy = rx_arena_alloc(arena, (argc + 1) * sizeof(*copy));

    for (uint32_t i = 0; copy != NULL && i < argc; i++) {
        copy[i] = rx_arena_strdup(arena, argv[i]);
        if (copy[i] == NULL)
            return NULL;
    }
    return copy;
}

int sh_program_make(const struct sh_commands *all, struct rx_arena *arena, enum shell_flavour sh,
                    uint32_t argc, const char *const *argv, struct shell_program **out,
                    struct shell_diag *diag)
{
    struct shell_program *p;
    uint32_t skip;
    int error = 0;

    RX_API_CHECK(argc > 0, -RX_EINVALID);
    p = rx_arena_alloc(arena, sizeof(*p));
    if (p == NULL)
        return -RX_ENOMEM;
    p->commands = all;
    p->sh = p->flavour = sh;
    skip = init_words(argc, argv);
    p->under_init = skip > 0;
    p->argc = argc -= skip;
    p->argv = copy_argv(arena, argc, argv + skip);
    if (p->argv == NULL)
        return -RX_ENOMEM;
    if (argc > 1 && strcmp(base_name(p->argv[0]), "busybox") == 0) {
        p->argv++;
        p->argc = --argc;
        skip++;
        p->flavour = SHELL_ASH;
    } else if (is_shell(p->argv[0])) {
        p->flavour = flavour_named(p->argv[0], sh);
    }
    if (is_shell(p->argv[0])) {
        error = compile_shell(arena, argc, p->argv, p);
        if (p->class_ == SHELL_SCRIPT)
            p->text += skip;
    } else {
        const struct sh_command *c = sh_command_find(all, p->argv[0]);

        p->class_ = c != NULL && !(c->flags & SH_INTERNAL) ? SHELL_COMMAND : SHELL_UNKNOWN;
    }
    if (error == 0 && p->class_ == SHELL_COMMAND)
        error = sh_generate_command(arena, argc, p->argv, &p->unit);
    if (error != 0)
        return error;
    if (diag != NULL)
        *diag = p->diag;
    *out = p;
    return 0;
}

enum shell_class shell_program_class(const struct shell_program *p)
{
    return p->class_;
}

/* ---- options of a shell ---------------------------------------------------------------------- */

static char named_option(const char *name)
{
    static const struct {
        const char *name;
        char letter;
    } names[] = {{"errexit", 'e'},   {"nounset", 'u'},
                 {"xtrace", 'x'},    {"noglob", 'f'},
                 {"allexport", 'a'}, {"noclobber", 'C'},
                 {"noexec", 'n'},    {"verbose", 'v'},
                 {"errtrace", 'E'},  {"pipefail", SH_OPTION_PIPEFAIL}};

    for (size_t i = 0; i < RX_ARRAY_LEN(names); i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].letter;
    return '\0';
}

bool sh_shell_options(uint32_t argc, const char *const *argv, struct sh_shell_options *o)
{
    size_t used = 0;
    uint32_t i = 1;

    *o = (struct sh_shell_options){0};
    for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1] != '\0'; i++) {
        const char *word = argv[i];

        if (strcmp(word, "--") == 0) {
            i++;
            break;
        }
        if (strcmp(word, "--login") == 0 || strcmp(word, "--norc") == 0 ||
            strcmp(word, "--noprofile") == 0)
            continue;
        for (const char *s = word + 1; *s != '\0'; s++) {
            char letter = *s;

            if (letter == 'o' && i + 1 < argc)
                letter = named_option(argv[++i]);
            if (letter == 'c')
                o->text = true;
            else if (letter != '\0' && strchr("euxfaCnvEP", letter) != NULL &&
                     (letter != SH_OPTION_PIPEFAIL || *s == 'o') && used < sizeof(o->options) - 1)
                o->options[used++] = letter;
            else if (letter == '\0' || strchr("lisbhmBT", letter) == NULL) {
                o->bad = argv[i];
                return false;
            }
        }
    }
    o->first = i;
    return true;
}

void sh_apply_options(struct sh_task *t, const char *options)
{
    t->opt_e = t->opt_u = t->opt_x = t->opt_f = t->opt_pipefail = false;
    t->opt_a = t->opt_C = t->opt_n = t->opt_v = t->opt_errtrace = t->opt_functrace = false;
    t->nullglob = t->failglob = t->dotglob = t->extglob = t->globstar = false;
    t->nocaseglob = t->nocasematch = false;
    t->inherit_errexit = t->xpg_echo = false;
    for (; options != NULL && *options != '\0'; options++) {
        t->opt_e |= *options == 'e';
        t->opt_u |= *options == 'u';
        t->opt_x |= *options == 'x';
        t->opt_f |= *options == 'f';
        t->opt_a |= *options == 'a';
        t->opt_C |= *options == 'C';
        t->opt_n |= *options == 'n';
        t->opt_v |= *options == 'v';
        t->opt_errtrace |= *options == 'E';
        t->opt_functrace |= *options == 'T';
        t->opt_pipefail |= *options == SH_OPTION_PIPEFAIL;
    }
}

/* ---- words nobody knows ---------------------------------------------------------------------- */

struct survey {
    struct rx_arena *arena;
    const struct sh_commands *commands;
    struct sh_unknown_word word[UNKNOWN_WORDS_MAX];
    uint32_t count;
    const char *function[UNKNOWN_WORDS_MAX];
    uint32_t functions;
    bool defining; /* the first walk: which functions are there? */
};

static void survey_node(struct survey *s, const struct sh_node *n);

static void survey_word(struct survey *s, const struct sh_word *w)
{
    for (; w != NULL; w = w->next) {
        for (const struct sh_part *part = w->part; part != NULL; part = part->next) {
            if (part->list != NULL)
                survey_node(s, part->list);
            if (part->word != NULL)
                survey_word(s, part->word);
        }
    }
}

static bool survey_knows(const struct survey *s, const char *name)
{
    for (uint32_t i = 0; i < s->functions; i++)
        if (strcmp(s->function[i], name) == 0)
            return true;
    return sh_command_find(s->commands, name) != NULL;
}

/* The command word, behind `exec` and the like. Noted in the order of the text. */
static void survey_command(struct survey *s, const struct sh_word *w, uint32_t pos)
{
    uint32_t at = s->count;
    bool replaces = false;

    while (w != NULL && w->next != NULL && w->literal != NULL && w->next->literal != NULL &&
           w->next->literal[0] != '-' &&
           (strcmp(w->literal, "exec") == 0 || strcmp(w->literal, "command") == 0 ||
            strcmp(w->literal, "nohup") == 0)) {
        replaces |= strcmp(w->literal, "exec") == 0;
        w = w->next;
    }
    if (s->defining || w == NULL || w->literal == NULL || survey_knows(s, w->literal) ||
        s->count == UNKNOWN_WORDS_MAX)
        return;
    for (; at > 0 && s->word[at - 1].pos > pos; at--)
        s->word[at] = s->word[at - 1];
    s->word[at] = (struct sh_unknown_word){w->literal, pos, replaces ? SHELL_SPOT_EXEC
                                           : SHELL_SPOT_MIDDLE};
    s->count++;
}

static void survey_one(struct survey *s, const struct sh_node *n)
{
    for (;;) {
        survey_word(s, n->word);
        for (const struct sh_assign *a = n->assign; a != NULL; a = a->next)
            survey_word(s, a->word);
        for (const struct sh_redir *r = n->redir; r != NULL; r = r->next)
            survey_word(s, r->word);
        for (const struct sh_item *item = n->item; item != NULL; item = item->next) {
            survey_word(s, item->pattern);
            survey_node(s, item->body);
        }
        if (n->kind == SH_NODE_SIMPLE)
            survey_command(s, n->word, n->pos);
        if (n->kind == SH_NODE_FUNC && s->defining && s->functions < UNKNOWN_WORDS_MAX)
            s->function[s->functions++] = n->name;
        if (n->kind == SH_NODE_AND || n->kind == SH_NODE_OR) { /* these nest without limit */
            survey_node(s, n->b);
            n = n->a;
            continue;
        }
        if (n->a != NULL)
            survey_node(s, n->a);
        if (n->b != NULL)
            survey_node(s, n->b);
        if (n->c != NULL)
            survey_node(s, n->c);
        return;
    }
}

static void survey_node(struct survey *s, const struct sh_node *n)
{
    for (; n != NULL; n = n->next)
        survey_one(s, n);
}

static int keep_unknown(struct rx_arena *arena, struct shell_program *p, const struct sh_node *list,
                        struct rx_arena *scratch)
{
    struct survey *s = rx_arena_alloc(scratch, sizeof(*s));
    struct sh_unknown_word *kept;

    if (s == NULL)
        return -RX_ENOMEM;
    s->commands = p->commands;
    s->defining = true;
    survey_node(s, list);
    s->defining = false;
    survey_node(s, list);
    kept = rx_arena_alloc(arena, (s->count + 1) * sizeof(*kept));
    if (kept == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < s->count; i++) {
        kept[i] = s->word[i];
        kept[i].word = rx_arena_strdup(arena, s->word[i].word);
        if (kept[i].spot != SHELL_SPOT_EXEC)
            kept[i].spot = sh_spot_in_text(&p->unit, kept[i].pos);
        if (kept[i].word == NULL)
            return -RX_ENOMEM;
    }
    p->unknown = kept;
    p->unknown_count = s->count;
    return 0;
}

bool shell_program_unknown(const struct shell_program *p, uint32_t nth, struct shell_diag *out,
                           enum shell_program_spot *spot)
{
    if (nth >= p->unknown_count)
        return false;
    *spot = p->unknown[nth].spot;
    sh_diag_set(out, SHELL_DIAG_NOT_FOUND, "sh", p->unknown[nth].pos, p->unknown[nth].word,
                "unknown command");
    return true;
}

const struct shell_diag *shell_program_broken(const struct shell_program *p)
{
    return p->broken ? &p->diag : NULL;
}

bool shell_program_refused(const struct shell_program *p)
{
    return p->broken && p->diag.kind != SHELL_DIAG_SYNTAX;
}

uint32_t shell_program_text(const struct shell_program *p)
{
    return p->text - 1;
}

/* ---- scripts --------------------------------------------------------------------------------- */

/* The command that the shell becomes, if it is a program: what stands at the very end. bash looks
 * behind
 * `&&` and `;` for it, busybox's also into braces and `if`, but only where no newline follows. */
static void mark_last(struct sh_node *n, enum shell_flavour flavour, bool top)
{
    bool ash = flavour == SHELL_ASH;

    for (;; top = false) {
        if (n == NULL)
            return;
        switch (n->kind) {
        case SH_NODE_SEQ:
            if (n->redir != NULL || (!top && !ash))
                return;
            for (n = n->a; n != NULL && n->next != NULL; n = n->next)
                ;
            continue;
        case SH_NODE_AND:
            n = n->b;
            continue;
        case SH_NODE_IF:
            if (!ash || n->redir != NULL)
                return;
            mark_last(n->b, flavour, false);
            n = n->c;
            continue;
        case SH_NODE_SIMPLE:
            n->last = n->word != NULL && (ash || n->redir == NULL);
            return;
        default:
            return;
        }
    }
}

static bool becomes_last(const struct shell_program *p, const char *text)
{
    size_t length = strlen(text);

    return p->flavour == SHELL_BASH ||
           (p->flavour == SHELL_ASH && length > 0 && text[length - 1] != '\n');
}

static int compile_script(struct rx_arena *arena, const char *text, struct shell_program *p)
{
    struct rx_arena scratch;
    struct sh_node *list;
    bool no_memory = false;
    int error = 0;

    rx_arena_init(&scratch, arena->mem);
    list = sh_parse(&scratch, p->flavour, false, text, strlen(text), &p->diag, &no_memory);
    if (list != NULL) {
        if (becomes_last(p, text))
            mark_last(list, p->flavour, true);
        error = sh_generate(arena, &scratch, list, &p->unit, &p->diag);
        if (error == 0)
            error = keep_unknown(arena, p, list, &scratch);
    }
    p->broken = (list == NULL && !no_memory) || error == -RX_ELIMIT;
    rx_arena_fini(&scratch);
    return no_memory ? -RX_ENOMEM : p->broken ? 0 : error;
}

static int compile_shell(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                         struct shell_program *p)
{
    struct sh_shell_options o;
    uint32_t first;

    if (!sh_shell_options(argc, argv, &o) || (o.first == argc)) {
        p->class_ = SHELL_COMMAND; /* says what is wrong; or reads its empty standard input */
        return 0;
    }
    first = o.first;
    p->options = rx_arena_strdup(arena, o.options);
    if (p->options == NULL)
        return -RX_ENOMEM;
    if (!o.text) {
        p->class_ = SHELL_FILE;
        p->by_path = argc > 1 && strcmp(argv[1], "--") == 0; /* as program.c writes it */
        p->argv = argv + first;
        p->argc = argc - first;
        return 0;
    }
    p->class_ = SHELL_SCRIPT;
    p->text = first + 1;
    p->argv = first + 1 < argc ? argv + first + 1 : argv;
    p->argc = first + 1 < argc ? argc - first - 1 : 1;
    return compile_script(arena, argv[first], p);
}
