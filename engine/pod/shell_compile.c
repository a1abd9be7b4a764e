/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_compile.c - what is this command line? And, if it is a shell's: its program.
 */
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

enum { UNKNOWN_WORDS_MAX = 64 };

struct sh_unknown_word {
    const char *word;
    uint32_t pos;
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

int shell_compile(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                  struct shell_program **out, struct shell_diag *diag)
{
    struct shell_program *p;
    uint32_t skip;
    int error = 0;

    RX_API_CHECK(argc > 0, -RX_EINVALID);
    p = rx_arena_alloc(arena, sizeof(*p));
    if (p == NULL)
        return -RX_ENOMEM;
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
    }
    if (is_shell(p->argv[0])) {
        error = compile_shell(arena, argc, p->argv, p);
        if (p->class_ == SHELL_SCRIPT)
            p->text += skip;
    } else {
        const struct sh_command *c = sh_command_find(p->argv[0]);

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
    } names[] = {{"errexit", 'e'},
                 {"nounset", 'u'},
                 {"xtrace", 'x'},
                 {"noglob", 'f'},
                 {"pipefail", SH_OPTION_PIPEFAIL}};

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
            else if (letter != '\0' && strchr("euxfP", letter) != NULL &&
                     (letter != SH_OPTION_PIPEFAIL || *s == 'o') && used < sizeof(o->options) - 1)
                o->options[used++] = letter;
            else if (letter == '\0' || strchr("lisabhmnvE", letter) == NULL) {
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
    for (; options != NULL && *options != '\0'; options++) {
        t->opt_e |= *options == 'e';
        t->opt_u |= *options == 'u';
        t->opt_x |= *options == 'x';
        t->opt_f |= *options == 'f';
        t->opt_pipefail |= *options == SH_OPTION_PIPEFAIL;
    }
}

/* ---- words nobody knows ---------------------------------------------------------------------- */

struct survey {
    struct rx_arena *arena;
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
    return shell_command_known(name);
}

/* The command word, behind `exec` and the like. Noted in the order of the text. */
static void survey_command(struct survey *s, const struct sh_word *w)
{
    uint32_t at = s->count;

    while (w != NULL && w->next != NULL && w->literal != NULL && w->next->literal != NULL &&
           w->next->literal[0] != '-' &&
           (strcmp(w->literal, "exec") == 0 || strcmp(w->literal, "command") == 0 ||
            strcmp(w->literal, "nohup") == 0))
        w = w->next;
    if (s->defining || w == NULL || w->literal == NULL || survey_knows(s, w->literal) ||
        s->count == UNKNOWN_WORDS_MAX)
        return;
    for (; at > 0 && s->word[at - 1].pos > w->pos; at--)
        s->word[at] = s->word[at - 1];
    s->word[at] = (struct sh_unknown_word){w->literal, w->pos};
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
            survey_command(s, n->word);
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
        if (kept[i].word == NULL)
            return -RX_ENOMEM;
    }
    p->unknown = kept;
    p->unknown_count = s->count;
    return 0;
}

bool shell_program_unknown(const struct shell_program *p, uint32_t nth, struct shell_diag *out)
{
    if (nth >= p->unknown_count)
        return false;
    sh_diag_set(out, SHELL_DIAG_NOT_FOUND, "sh", p->unknown[nth].pos, p->unknown[nth].word,
                "unknown command");
    return true;
}

const struct shell_diag *shell_program_broken(const struct shell_program *p)
{
    return p->broken ? &p->diag : NULL;
}

uint32_t shell_program_text(const struct shell_program *p)
{
    return p->text - 1;
}

/* ---- scripts --------------------------------------------------------------------------------- */

static int compile_script(struct rx_arena *arena, const char *text, struct shell_program *p)
{
    struct rx_arena scratch;
    struct sh_node *list;
    bool no_memory = false;
    int error = 0;

    rx_arena_init(&scratch, arena->mem);
    list = sh_parse(&scratch, "sh", text, strlen(text), &p->diag, &no_memory);
    if (list != NULL) {
        const struct sh_node *only = list->a;

        p->single = only != NULL && only->next == NULL && only->kind == SH_NODE_SIMPLE &&
                    only->word != NULL;
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
        p->argv = argv + first;
        p->argc = argc - first;
        return 0;
    }
    p->class_ = SHELL_SCRIPT;
    p->text = first + 1;
    p->bash = strcmp(base_name(argv[0]), "bash") == 0;
    p->argv = first + 1 < argc ? argv + first + 1 : argv;
    p->argc = first + 1 < argc ? argc - first - 1 : 1;
    return compile_script(arena, argv[first], p);
}
