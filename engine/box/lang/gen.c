/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gen.c - code from a parsed script: one pass over the tree, jumps patched when their goal is
 * known.
 */
#include <string.h>

#include "engine/box/lang/code.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

struct gen {
    struct rx_arena *arena, *scratch;
    struct sh_ins *ins;
    const char **str;
    uint32_t count, room, str_count, str_room;
    bool whole; /* words of `export` and the like: values are not split */
    bool no_memory, too_long;
};

/* Texts are 16-bit numbers in the code. */
enum { STRINGS_MAX = 65535, STRINGS_LOOK_BACK = 24 };

static void gen_list(struct gen *g, const struct sh_node *list);
static void gen_node(struct gen *g, const struct sh_node *n);

/* ---- units ----------------------------------------------------------------------------------- */

static int finish(struct gen *g, struct sh_unit *out)
{
    struct sh_ins *ins;
    const char **str;

    if (g->no_memory)
        return -RX_ENOMEM;
    if (g->too_long)
        return -RX_ELIMIT;
    ins = rx_arena_alloc(g->arena, g->count * sizeof(*ins));
    str = rx_arena_alloc(g->arena, (g->str_count + 1) * sizeof(*str));
    if (ins == NULL || str == NULL)
        return -RX_ENOMEM;
    memcpy(ins, g->ins, g->count * sizeof(*ins));
    if (g->str_count > 0)
        memcpy(str, g->str, g->str_count * sizeof(*str));
    out->ins = ins;
    out->str = str;
    out->count = g->count;
    out->str_count = g->str_count;
    return 0;
}

static uint32_t emit(struct gen *g, enum sh_op op, unsigned a, uint32_t b, uint32_t c)
{
    if (g->count == g->room) {
        uint32_t room = g->room > 0 ? g->room * 2 : 64;
        struct sh_ins *ins = rx_arena_alloc(g->scratch, room * sizeof(*ins));

        if (ins == NULL) {
            g->no_memory = true;
            g->count = 0; /* go on, over what there is: the result is thrown away */
            if (g->room == 0)
                return 0;
        } else {
            if (g->count > 0)
                memcpy(ins, g->ins, g->count * sizeof(*ins));
            g->ins = ins;
            g->room = room;
        }
    }
    g->ins[g->count] = (struct sh_ins){(uint8_t)op, (uint8_t)a, (uint16_t)b, c};
    return g->count++;
}

static void patch(struct gen *g, uint32_t at)
{
    if (!g->no_memory)
        g->ins[at].c = g->count;
}

static uint32_t text(struct gen *g, const char *s)
{
    uint32_t back = RX_MIN(g->str_count, (uint32_t)STRINGS_LOOK_BACK);

    for (uint32_t i = g->str_count - back; i < g->str_count; i++)
        if (strcmp(g->str[i], s) == 0)
            return i;
    if (g->str_count == STRINGS_MAX) {
        g->too_long = true;
        return 0;
    }
    if (g->str_count == g->str_room) {
        uint32_t room = g->str_room > 0 ? g->str_room * 2 : 32;
        const char **str = rx_arena_alloc(g->scratch, room * sizeof(*str));

        if (str == NULL) {
            g->no_memory = true;
            return 0;
        }
        if (g->str_count > 0)
            memcpy(str, g->str, g->str_count * sizeof(*str));
        g->str = str;
        g->str_room = room;
    }
    g->str[g->str_count] = rx_arena_strdup(g->arena, s);
    if (g->str[g->str_count] == NULL) {
        g->no_memory = true;
        return 0;
    }
    return g->str_count++;
}

int sh_generate(struct rx_arena *arena, struct rx_arena *scratch, const struct sh_node *list,
                struct sh_unit *out, struct shell_diag *diag)
{
    struct gen g = {.arena = arena, .scratch = scratch};
    int error;

    gen_list(&g, list);
    emit(&g, SH_OP_END, 0, 0, 0);
    error = finish(&g, out);
    if (error == -RX_ELIMIT)
        sh_diag_set(diag, SHELL_DIAG_LIMIT, "sh", 0, "", "limit: the script has too many words");
    return error;
}

int sh_generate_command(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                        struct sh_unit *out)
{
    struct rx_arena scratch;
    struct gen g = {.arena = arena, .scratch = &scratch};
    uint32_t simple;
    int error;

    rx_arena_init(&scratch, arena->mem);
    simple = emit(&g, SH_OP_SIMPLE, SH_ENDS, 0, 0);
    emit(&g, SH_OP_ARGS, 0, 0, 0);
    for (uint32_t i = 0; i < argc; i++) {
        emit(&g, SH_OP_TEXT, SH_QUOTED, text(&g, argv[i]), 0);
        emit(&g, SH_OP_FIELD, 0, 0, 0);
    }
    emit(&g, SH_OP_EXEC, 0, 0, 0);
    patch(&g, simple);
    emit(&g, SH_OP_END, 0, 0, 0);
    error = finish(&g, out);
    rx_arena_fini(&scratch);
    return error;
}

int sh_unit_compile(const struct rx_mem *mem, enum shell_flavour flavour, bool extglob,
                    const char *source, size_t length, struct sh_unit **out,
                    struct shell_diag *diag)
{
    struct rx_arena scratch;
    struct sh_unit *u = rx_mem_zalloc(mem, sizeof(*u));
    struct sh_node *list;
    bool no_memory = false;
    int error = -RX_ENOMEM;

    if (u == NULL)
        return error;
    rx_arena_init(&u->arena, mem);
    rx_arena_init(&scratch, mem);
    u->refs = 1;
    list = sh_parse(&scratch, flavour, extglob, source, length, diag, &no_memory);
    if (list != NULL)
        error = sh_generate(&u->arena, &scratch, list, u, diag);
    else if (!no_memory)
        error = -RX_EINVALID;
    rx_arena_fini(&scratch);
    if (error != 0) {
        sh_unit_unref(u);
        return error == -RX_ELIMIT ? -RX_EINVALID : error;
    }
    *out = u;
    return 0;
}

void sh_unit_unref(struct sh_unit *u)
{
    const struct rx_mem *mem;

    if (u == NULL || u->refs == 0 || --u->refs > 0)
        return;
    mem = u->arena.mem;
    rx_arena_fini(&u->arena);
    rx_mem_free(mem, u, sizeof(*u));
}

/* ---- words ----------------------------------------------------------------------------------- */

static void gen_parts(struct gen *g, const struct sh_word *w);

static void gen_string(struct gen *g, enum sh_op kind, const struct sh_word *w)
{
    bool whole = g->whole;

    g->whole = false;
    emit(g, kind, 0, 0, 0);
    gen_parts(g, w);
    g->whole = whole;
}

/* A string below others on the stack. */
static void gen_below(struct gen *g, enum sh_op kind, const struct sh_word *w)
{
    gen_string(g, kind, w);
    emit(g, SH_OP_CLOSE, 0, 0, 0);
}

static unsigned gen_subscript(struct gen *g, const struct sh_part *part)
{
    if (part->sub != NULL)
        gen_below(g, SH_OP_STR, part->sub);
    return (part->sub != NULL ? SH_SUB : 0) | (part->indirect ? SH_INDIRECT : 0);
}

/* The value as it is. */
static void gen_value(struct gen *g, const struct sh_part *part, unsigned quoted)
{
    unsigned flags = gen_subscript(g, part);
    bool array = strcmp(part->text, "FUNCNAME") == 0 || strncmp(part->text, "BASH_", 5) == 0 ||
                 strcmp(part->text, "PIPESTATUS") == 0;

    emit(g, flags != 0 || array ? SH_OP_PARAM : SH_OP_VAR, quoted | flags, text(g, part->text),
         part->pos);
}

/* The operators whose words are plain strings or patterns. */
static void gen_operator(struct gen *g, const struct sh_part *part, unsigned quoted)
{
    bool slice = part->op == SH_PARAM_SLICE || part->op == SH_PARAM_SLICE_UP_TO;
    unsigned flags = gen_subscript(g, part);

    if (part->word != NULL)
        gen_below(g, slice ? SH_OP_STR : SH_OP_PAT, part->word);
    else if (part->op >= SH_PARAM_UPPER && part->op <= SH_PARAM_LOWER_ALL) {
        emit(g, SH_OP_PAT, 0, 0, 0); /* of ${x@U} */
        emit(g, SH_OP_CLOSE, 0, 0, 0);
    }
    if (part->word2 != NULL)
        gen_below(g, SH_OP_STR, part->word2);
    /* Names are one word in quotes, or many: what has no subscript says so in this place. */
    if (part->op == SH_PARAM_NAMES && part->colon)
        flags |= SH_INDIRECT;
    emit(g, SH_OP_PARAM, (unsigned)part->op | quoted | flags, text(g, part->text), part->pos);
}

static uint32_t gen_is_set(struct gen *g, const struct sh_part *part, enum sh_op jump)
{
    unsigned flags = gen_subscript(g, part);

    emit(g, SH_OP_IS_SET, part->colon | flags, text(g, part->text), 0);
    return emit(g, jump, 0, 0, 0);
}

static void gen_param(struct gen *g, const struct sh_part *part, unsigned quoted)
{
    uint32_t jump, over;

    /* In quotes the result is a word even if it is empty; one of the two ways adds nothing. */
    if (quoted != 0 && (part->op == SH_PARAM_ALTERNATIVE || part->op == SH_PARAM_DEFAULT))
        emit(g, SH_OP_TEXT, quoted, text(g, ""), 0);
    switch (part->op) {
    case SH_PARAM_PLAIN:
        gen_value(g, part, quoted);
        return;
    case SH_PARAM_ALTERNATIVE:
        jump = gen_is_set(g, part, SH_OP_JUMP_UNSET);
        gen_parts(g, part->word);
        patch(g, jump);
        return;
    case SH_PARAM_DEFAULT:
        jump = gen_is_set(g, part, SH_OP_JUMP_SET);
        gen_parts(g, part->word);
        over = emit(g, SH_OP_JUMP, 0, 0, 0);
        patch(g, jump);
        gen_value(g, part, quoted);
        patch(g, over);
        return;
    case SH_PARAM_ASSIGN:
    case SH_PARAM_ERROR:
        jump = gen_is_set(g, part, SH_OP_JUMP_SET);
        gen_string(g, SH_OP_STR, part->word);
        if (part->op == SH_PARAM_ASSIGN && (part->sub != NULL || part->indirect))
            emit(g, SH_OP_PARAM, SH_PARAM_BAD, text(g, part->text), part->pos);
        else
            emit(g, part->op == SH_PARAM_ASSIGN ? SH_OP_DEFAULT : SH_OP_COMPLAIN, part->colon,
                 text(g, part->text), part->pos);
        patch(g, jump);
        gen_value(g, part, quoted);
        return;
    default:
        gen_operator(g, part, quoted);
        return;
    }
}

static void gen_parts(struct gen *g, const struct sh_word *w)
{
    for (const struct sh_part *part = w->part; part != NULL; part = part->next) {
        unsigned quoted = part->quoted || g->whole ? SH_QUOTED : 0;
        uint32_t at;

        switch (part->kind) {
        case SH_PART_TEXT:
            emit(g, SH_OP_TEXT, quoted | (part->split && quoted == 0 ? SH_SPLIT : 0),
                 text(g, part->text), 0);
            break;
        case SH_PART_VAR:
            gen_param(g, part, quoted);
            break;
        case SH_PART_TILDE:
            emit(g, SH_OP_TILDE, 0, 0, 0);
            break;
        case SH_PART_ARITH:
            gen_string(g, SH_OP_STR, part->word);
            emit(g, SH_OP_ARITH, quoted, 0, part->pos);
            break;
        case SH_PART_PROC:
        case SH_PART_CMD:
            at = part->kind == SH_PART_CMD ? emit(g, SH_OP_CAPTURE, quoted, 0, 0)
                                           : emit(g, SH_OP_PROC, part->out, 0, 0);
            gen_list(g, part->list);
            emit(g, SH_OP_EXIT, 0, 0, 0);
            patch(g, at);
            break;
        }
    }
}

static void gen_fields(struct gen *g, const struct sh_word *w)
{
    emit(g, SH_OP_ARGS, 0, 0, 0);
    for (; w != NULL; w = w->next) {
        gen_parts(g, w);
        emit(g, SH_OP_FIELD, 0, 0, 0);
    }
}

/* ---- commands -------------------------------------------------------------------------------- */

static void gen_redirs(struct gen *g, const struct sh_redir *r)
{
    for (; r != NULL; r = r->next) {
        gen_string(g, SH_OP_STR, r->word);
        if (r->name != NULL)
            emit(g, SH_OP_REDIR, r->op | SH_REDIR_NAMED, text(g, r->name), r->pos);
        else
            emit(g, SH_OP_REDIR, r->op, (uint32_t)r->fd, r->pos);
    }
}

static bool declares(const struct sh_word *w)
{
    static const char *const names[] = {"export", "readonly", "local", "declare", "typeset"};

    for (size_t i = 0; w != NULL && w->literal != NULL && i < RX_ARRAY_LEN(names); i++)
        if (strcmp(w->literal, names[i]) == 0)
            return true;
    return false;
}

static bool looks_assigned(const struct sh_word *w)
{
    const char *s = w->part != NULL && w->part->kind == SH_PART_TEXT ? w->part->text : "";
    const char *equals = strchr(s, '=');

    return equals != NULL && sh_is_name(s, (size_t)(equals - s));
}

/* name=(...). In a list with keys each key is a field of its own, before its value. */
static void gen_list_assign(struct gen *g, const struct sh_assign *a)
{
    static const char mark[] = {SH_KEY, '\0'};

    emit(g, SH_OP_ARGS, 0, 0, 0);
    for (const struct sh_word *w = a->list; w != NULL; w = w->next) {
        g->whole = w->key != NULL;
        if (w->key != NULL) {
            emit(g, SH_OP_TEXT, SH_QUOTED, text(g, mark), 0);
            gen_parts(g, w->key);
            emit(g, SH_OP_FIELD, 0, 0, 0);
            emit(g, SH_OP_TEXT, SH_QUOTED, text(g, ""), 0);
        }
        gen_parts(g, w);
        emit(g, SH_OP_FIELD, 0, 0, 0);
        g->whole = false;
    }
    emit(g, SH_OP_LIST, (a->append ? SH_APPEND : 0) | (a->keyed ? SH_KEYED : 0), text(g, a->name),
         0);
}

static void gen_assign(struct gen *g, const struct sh_assign *a, bool temporary, uint32_t pos)
{
    if (a->word == NULL) {
        gen_list_assign(g, a);
        return;
    }
    if (a->sub != NULL)
        gen_below(g, SH_OP_STR, a->sub);
    gen_string(g, SH_OP_STR, a->word);
    emit(g, SH_OP_ASSIGN,
         (temporary ? SH_TEMPORARY : 0) | (a->append ? SH_APPEND : 0) |
             (a->sub != NULL ? SH_SUBSCRIPT : 0),
         text(g, a->name), pos);
}

static void gen_simple(struct gen *g, const struct sh_node *n)
{
    uint32_t start =
        emit(g, SH_OP_SIMPLE, n->last ? SH_LAST : 0, RX_MIN(SH_POS_LINE(n->pos), 65535u), 0);
    bool declare = declares(n->word);

    if (n->word != NULL) {
        emit(g, SH_OP_ARGS, 0, 0, 0);
        for (const struct sh_word *w = n->word; w != NULL; w = w->next) {
            g->whole = declare && looks_assigned(w);
            gen_parts(g, w);
            emit(g, SH_OP_FIELD, 0, 0, 0);
        }
        g->whole = false;
    }
    gen_redirs(g, n->redir);
    for (const struct sh_assign *a = n->assign; a != NULL; a = a->next)
        gen_assign(g, a, n->word != NULL, n->pos);
    emit(g, n->word != NULL ? SH_OP_EXEC : SH_OP_NOTHING, 0, 0, n->pos);
    patch(g, start);
    emit(g, SH_OP_CHECK, 0, 0, 0);
}

static void gen_tested(struct gen *g, const struct sh_node *n)
{
    emit(g, SH_OP_TESTED, 0, 0, 0);
    gen_node(g, n);
    emit(g, SH_OP_TESTED_END, 0, 0, 0);
}

static void gen_if(struct gen *g, const struct sh_node *n)
{
    uint32_t jump, over;

    gen_tested(g, n->a);
    jump = emit(g, SH_OP_JUMP_FAIL, 0, 0, 0);
    gen_node(g, n->b);
    over = emit(g, SH_OP_JUMP, 0, 0, 0);
    patch(g, jump);
    if (n->c != NULL)
        gen_node(g, n->c);
    else
        emit(g, SH_OP_STATUS, 0, 0, 0);
    patch(g, over);
}

static void gen_while(struct gen *g, const struct sh_node *n)
{
    uint32_t loop = emit(g, SH_OP_LOOP, 0, 0, 0), out;

    gen_tested(g, n->a);
    out = emit(g, n->kind == SH_NODE_WHILE ? SH_OP_JUMP_FAIL : SH_OP_JUMP_OK, 0, 0, 0);
    gen_node(g, n->b);
    emit(g, SH_OP_LOOP_SAVE, 0, 0, 0);
    emit(g, SH_OP_JUMP, 0, 0, loop + 1);
    patch(g, out);
    emit(g, SH_OP_LOOP_END, 0, 0, 0);
    patch(g, loop);
}

static void gen_for(struct gen *g, const struct sh_node *n)
{
    uint32_t loop, next;

    if (n->has_words) {
        gen_fields(g, n->word);
    } else {
        emit(g, SH_OP_ARGS, 0, 0, 0);
        emit(g, SH_OP_VAR, SH_QUOTED, text(g, "@"), n->pos);
        emit(g, SH_OP_FIELD, 0, 0, 0);
    }
    loop = emit(g, SH_OP_FOR, n->selects, 0, 0);
    next = emit(g, n->selects ? SH_OP_SELECT : SH_OP_FOR_NEXT, 0, text(g, n->name), 0);
    gen_node(g, n->a);
    emit(g, SH_OP_LOOP_SAVE, 0, 0, 0);
    emit(g, SH_OP_JUMP, 0, 0, loop + 1);
    patch(g, next);
    emit(g, SH_OP_LOOP_END, 0, 0, 0);
    patch(g, loop);
}

static void gen_test(struct gen *g, const struct sh_word *w, uint32_t pos)
{
    gen_string(g, SH_OP_STR, w);
    emit(g, SH_OP_TEST, 0, 0, pos);
}

static bool is_blank(const struct sh_word *w)
{
    const struct sh_part *part = w->part;

    return part == NULL || (part->next == NULL && part->kind == SH_PART_TEXT &&
                            part->text[strspn(part->text, " \t\n")] == '\0');
}

/* for ((start; condition; step)): `continue` goes to the step. */
static void gen_arith_for(struct gen *g, const struct sh_node *n)
{
    const struct sh_word *start = n->word, *condition = start->next, *step = condition->next;
    uint32_t loop, first, out = 0;

    if (!is_blank(start))
        gen_test(g, start, n->pos);
    loop = emit(g, SH_OP_LOOP, 0, 0, 0);
    first = emit(g, SH_OP_STEP, 0, 0, 0);
    if (!is_blank(step))
        gen_test(g, step, n->pos);
    patch(g, first);
    if (!is_blank(condition)) {
        gen_test(g, condition, n->pos);
        out = emit(g, SH_OP_JUMP_FAIL, 0, 0, 0);
    }
    gen_node(g, n->a);
    emit(g, SH_OP_LOOP_SAVE, 0, 0, 0);
    emit(g, SH_OP_JUMP, 0, 0, loop + 1);
    if (!is_blank(condition))
        patch(g, out);
    emit(g, SH_OP_LOOP_END, 0, 0, 0);
    patch(g, loop);
}

static void gen_case(struct gen *g, const struct sh_node *n)
{
    uint32_t over = 0, ends = 0; /* jumps to the end, chained through their goals */
    uint32_t fall = 0;           /* from the body before into the next one */
    bool any = false, falls = false;

    gen_string(g, SH_OP_STR, n->word);
    emit(g, SH_OP_CASE, 0, 0, 0);
    for (const struct sh_item *item = n->item; item != NULL; item = item->next) {
        uint32_t hit = 0, miss;
        bool first = true;

        for (const struct sh_word *w = item->pattern; w != NULL; w = w->next) {
            uint32_t at;

            gen_string(g, SH_OP_PAT, w);
            at = emit(g, SH_OP_MATCH, n->extended, 0, first ? 0 : hit);
            first = false;
            hit = at;
        }
        miss = emit(g, SH_OP_JUMP, 0, 0, 0);
        while (!g->no_memory) { /* every pattern of this item leads here */
            uint32_t before = g->ins[hit].c;

            patch(g, hit);
            if (before == 0)
                break;
            hit = before;
        }
        if (falls)
            patch(g, fall);
        if (item->body->a == NULL)
            emit(g, SH_OP_STATUS, 0, 0, 0);
        gen_list(g, item->body);
        falls = item->falls && item->next != NULL;
        if (falls) {
            fall = emit(g, SH_OP_JUMP, 0, 0, 0);
        } else if (!item->retries) {
            over = emit(g, SH_OP_JUMP, 0, 0, any ? ends : 0);
            any = true;
            ends = over;
        }
        patch(g, miss);
    }
    emit(g, SH_OP_STATUS, 0, 0, 0);
    while (any && !g->no_memory) {
        uint32_t before = g->ins[ends].c;

        patch(g, ends);
        if (before == 0)
            break;
        ends = before;
    }
    emit(g, SH_OP_CASE_END, 0, 0, 0);
}

/* A task of its own. `( ... ) &` and stages in parentheses are one, not two. */
static void gen_child(struct gen *g, enum sh_op op, const struct sh_node *body)
{
    uint32_t at = emit(g, op, 0, 0, 0);

    if (body->kind == SH_NODE_SUBSHELL && body->redir == NULL)
        body = body->a;
    gen_node(g, body);
    emit(g, SH_OP_EXIT, 0, 0, 0);
    patch(g, at);
}

static void gen_pipe(struct gen *g, const struct sh_node *n)
{
    uint32_t at = emit(g, SH_OP_PIPE, 0, 0, 0), stages = 0;

    for (const struct sh_node *s = n->a; s != NULL; s = s->next, stages++)
        gen_child(g, SH_OP_STAGE, s);
    if (!g->no_memory)
        g->ins[at].b = (uint16_t)RX_MIN(stages, 65535u);
    emit(g, SH_OP_PIPE_END, 0, 0, 0);
    emit(g, SH_OP_CHECK, 0, 0, 0);
}

static void gen_function(struct gen *g, const struct sh_node *n)
{
    uint32_t at = emit(g, SH_OP_FUNCTION, 0, text(g, n->name), 0);

    gen_node(g, n->a);
    emit(g, SH_OP_RETURN, 0, 0, 0);
    patch(g, at);
}

/* a && b || c, which nests to the left without limit, is a run of commands that are skipped or not.
 */
static void gen_and_or(struct gen *g, const struct sh_node *n)
{
    const struct sh_node *left = n, **spine;
    uint32_t length = 0;

    for (; left->kind == SH_NODE_AND || left->kind == SH_NODE_OR; left = left->a)
        length++;
    spine = rx_arena_alloc(g->scratch, length * sizeof(*spine));
    if (spine == NULL) {
        g->no_memory = true;
        return;
    }
    for (uint32_t i = length; i > 0; i--, n = n->a)
        spine[i - 1] = n;
    gen_tested(g, left);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t at =
            emit(g, spine[i]->kind == SH_NODE_AND ? SH_OP_JUMP_FAIL : SH_OP_JUMP_OK, 0, 0, 0);

        if (i + 1 < length)
            gen_tested(g, spine[i]->b);
        else
            gen_node(g, spine[i]->b);
        patch(g, at);
    }
}

static void gen_regex(struct gen *g, const struct sh_node *n)
{
    gen_below(g, SH_OP_STR, n->word);
    gen_string(g, SH_OP_REGEX_STR, n->word->next);
    emit(g, SH_OP_REGEX, 0, 0, n->pos);
    emit(g, SH_OP_CHECK, 0, 0, 0);
}

static void gen_time(struct gen *g, const struct sh_node *n)
{
    emit(g, SH_OP_TIME, 0, 0, 0);
    if (n->a != NULL)
        gen_node(g, n->a);
    emit(g, SH_OP_TIME_END, n->posix, 0, 0);
}

static void gen_plain(struct gen *g, const struct sh_node *n)
{
    switch (n->kind) {
    case SH_NODE_SIMPLE:
        gen_simple(g, n);
        break;
    case SH_NODE_PIPE:
        gen_pipe(g, n);
        break;
    case SH_NODE_NOT:
        gen_tested(g, n->a);
        emit(g, SH_OP_NOT, 0, 0, 0);
        break;
    case SH_NODE_AND:
    case SH_NODE_OR:
        gen_and_or(g, n);
        break;
    case SH_NODE_SEQ:
        gen_list(g, n);
        break;
    case SH_NODE_BACKGROUND:
        gen_child(g, SH_OP_BACKGROUND, n->a);
        break;
    case SH_NODE_SUBSHELL:
        gen_child(g, SH_OP_SUBSHELL, n->a);
        emit(g, SH_OP_CHECK, 0, 0, 0);
        break;
    case SH_NODE_IF:
        gen_if(g, n);
        break;
    case SH_NODE_WHILE:
    case SH_NODE_UNTIL:
        gen_while(g, n);
        break;
    case SH_NODE_FOR:
        gen_for(g, n);
        break;
    case SH_NODE_CASE:
        gen_case(g, n);
        break;
    case SH_NODE_FUNC:
        gen_function(g, n);
        break;
    case SH_NODE_ARITH:
        gen_test(g, n->word, n->pos);
        emit(g, SH_OP_CHECK, 0, 0, 0);
        break;
    case SH_NODE_ARITH_FOR:
        gen_arith_for(g, n);
        break;
    case SH_NODE_REGEX:
        gen_regex(g, n);
        break;
    case SH_NODE_TIME:
        gen_time(g, n);
        break;
    }
}

static void gen_node(struct gen *g, const struct sh_node *n)
{
    uint32_t group;

    if (n->redir == NULL || n->kind == SH_NODE_SIMPLE) {
        gen_plain(g, n);
        return;
    }
    group = emit(g, SH_OP_GROUP, 0, 0, 0);
    gen_redirs(g, n->redir);
    gen_plain(g, n);
    emit(g, SH_OP_GROUP_END, 0, 0, 0);
    patch(g, group);
}

static void gen_list(struct gen *g, const struct sh_node *list)
{
    if (list->kind != SH_NODE_SEQ) {
        gen_node(g, list);
        return;
    }
    for (const struct sh_node *n = list->a; n != NULL; n = n->next)
        gen_node(g, n);
}
