/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find_parse.c - reading find's expression.
 */
#include "engine/box/cmd/find.h"

#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/reactor/base.h"

enum { CODE_MAX = 512, NESTING_MAX = 64 };

struct parser {
    struct sh_task *t;
    struct find_program *p;
    char **argv;
    uint32_t left, nesting;
    bool extended; /* -regextype */
};

enum argument { NONE, TEXT, NUMBER, AGE, SIZE, PERM, OWNER, FILE_ARG, TYPE, PATTERN };

/* Words with what they take and become. unit: of AGE in ms; of CONST its value. */
static const struct {
    const char *word;
    enum argument argument;
    enum find_op op;
    int64_t unit;
} words[] = {
    {"-name", TEXT, FIND_NAME, 0},        {"-iname", TEXT, FIND_INAME, 0},
    {"-path", TEXT, FIND_PATH, 0},        {"-wholename", TEXT, FIND_PATH, 0},
    {"-ipath", TEXT, FIND_IPATH, 0},      {"-iwholename", TEXT, FIND_IPATH, 0},
    {"-lname", TEXT, FIND_LNAME, 0},      {"-regex", PATTERN, FIND_REGEX, 0},
    {"-iregex", PATTERN, FIND_REGEX, 1},  {"-type", TYPE, FIND_TYPE, 0},
    {"-mtime", AGE, FIND_AGE, 86400000},  {"-atime", AGE, FIND_AGE, 86400000},
    {"-ctime", AGE, FIND_AGE, 86400000},  {"-mmin", AGE, FIND_AGE, 60000},
    {"-amin", AGE, FIND_AGE, 60000},      {"-cmin", AGE, FIND_AGE, 60000},
    {"-newer", FILE_ARG, FIND_NEWER, 0},  {"-anewer", FILE_ARG, FIND_NEWER, 0},
    {"-cnewer", FILE_ARG, FIND_NEWER, 0}, {"-samefile", FILE_ARG, FIND_SAME, 0},
    {"-size", SIZE, FIND_SIZE, 0},        {"-perm", PERM, FIND_PERM, 0},
    {"-user", OWNER, FIND_UID, 0},        {"-uid", OWNER, FIND_UID, 0},
    {"-group", OWNER, FIND_GID, 0},       {"-gid", OWNER, FIND_GID, 0},
    {"-links", NUMBER, FIND_LINKS, 0},    {"-inum", NUMBER, FIND_INODE, 0},
    {"-empty", NONE, FIND_EMPTY, 0},      {"-executable", NONE, FIND_EXECUTABLE, 0},
    {"-readable", NONE, FIND_CONST, 1},   {"-writable", NONE, FIND_CONST, 1},
    {"-true", NONE, FIND_CONST, 1},       {"-false", NONE, FIND_CONST, 0},
    {"-prune", NONE, FIND_PRUNE, 0},      {"-quit", NONE, FIND_QUIT, 0},
    {"-print", NONE, FIND_PRINT, 0},      {"-print0", NONE, FIND_PRINT0, 0},
    {"-printf", TEXT, FIND_PRINTF, 0},    {"-ls", NONE, FIND_LS, 0},
    {"-delete", NONE, FIND_DELETE, 0},
};

static bool parse_or(struct parser *k);

static struct find_code *emit(struct parser *k, enum find_op op)
{
    struct find_program *p = k->p;

    if (p->count == p->room) {
        uint32_t room = p->room > 0 ? p->room * 2 : 8;
        struct find_code *code =
            room > CODE_MAX
                ? NULL
                : sh_call_grow(k->t, p->code, p->count * sizeof(*code), room * sizeof(*code));

        if (code == NULL) {
            if (room > CODE_MAX)
                sh_refuse(k->t, "so long an expression");
            return NULL;
        }
        p->code = code;
        p->room = room;
    }
    p->code[p->count] = (struct find_code){.op = (uint8_t)op};
    return &p->code[p->count++];
}

static bool at_word(const struct parser *k, const char *word)
{
    return k->left > 0 && strcmp(k->argv[0], word) == 0;
}

static bool take(struct parser *k, const char *word)
{
    if (!at_word(k, word))
        return false;
    k->argv++;
    k->left--;
    return true;
}

static bool bad(struct parser *k, const char *what, const char *word)
{
    if (!k->t->proc->over)
        sh_complain(k->t, "find: %s%s%s%s", what, *word != '\0' ? " '" : "", word,
                    *word != '\0' ? "'" : "");
    return false;
}

/* ---- arguments ------------------------------------------------------------------------------- */

static bool read_number(struct find_code *c, const char *text)
{
    c->sign = *text == '+' || *text == '-' ? *text++ : '\0';
    return sh_number(text, &c->number) && *text != '-' && *text != '+';
}

static bool read_size(struct find_code *c, const char *text)
{
    static const char suffix[] = "cwbkMG";
    static const int64_t unit[] = {1, 2, 512, 1024, 1048576, 1073741824};
    size_t digits;
    int64_t n = 0, by = 512;
    const char *found;

    c->sign = *text == '+' || *text == '-' ? *text++ : '\0';
    digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits && i < 9; i++)
        n = n * 10 + (text[i] - '0');
    if (digits == 0 || digits > 9)
        return false;
    if (text[digits] != '\0') {
        found = strchr(suffix, text[digits]);
        if (found == NULL || text[digits + 1] != '\0')
            return false;
        by = unit[found - suffix];
    }
    c->number = n * by;
    return true;
}

static bool read_perm(struct find_code *c, const char *text)
{
    uint16_t mode;

    c->sign = *text == '/' || *text == '-' || *text == '+' ? *text++ : '\0';
    if (c->sign == '+')
        c->sign = '/';
    if (!sh_mode_read(text, 0, true, &mode))
        return false;
    c->number = mode;
    return true;
}

static bool read_argument(struct parser *k, size_t w, struct find_code *c)
{
    const char *text = k->argv[0], *error = NULL;
    uint32_t id;

    switch (words[w].argument) {
    case NUMBER:
    case AGE:
        return read_number(c, text);
    case SIZE:
        return read_size(c, text);
    case PERM:
        return read_perm(c, text);
    case TYPE:
        return *text != '\0' && text[strspn(text, "fdlbcps,")] == '\0';
    case OWNER:
        sh_owner_id(k->t, text, words[w].op == FIND_GID, &id);
        c->number = id; /* one that only the image knows owns no file here */
        return true;
    case FILE_ARG:
        return sh_stat(k->t, text, &c->of) == 0;
    case PATTERN:
        c->regex = sh_regex_new(k->t, text,
                                SH_REGEX_LINE | (words[w].unit ? SH_REGEX_ICASE : 0) |
                                    (k->extended ? SH_REGEX_EXTENDED : 0),
                                &error);
        return c->regex != NULL;
    default:
        return true;
    }
}

/* -exec COMMAND ; or -exec COMMAND {} + */
static bool parse_exec(struct parser *k)
{
    struct find_code *c = emit(k, FIND_EXEC);

    if (c == NULL)
        return false;
    c->argv = k->argv;
    for (; k->left > 0; k->argv++, k->left--) {
        if (strcmp(k->argv[0], ";") == 0)
            break;
        if (strcmp(k->argv[0], "+") == 0 && c->argc > 0 && strcmp(k->argv[-1], "{}") == 0) {
            c->op = FIND_EXEC_ALL;
            c->argc--;
            break;
        }
        c->argc++;
    }
    if (k->left == 0 || c->argc == 0)
        return bad(k, "-exec requires an argument, and ';' or '{} +' behind it", "");
    k->argv++;
    k->left--;
    k->p->acts = true;
    return true;
}

/* ---- options, which are true wherever they stand --------------------------------------------- */

/* 1: it was one, 0: it was none, -1: reported. */
static int parse_option(struct parser *k)
{
    struct find_program *p = k->p;
    int64_t *depth = at_word(k, "-maxdepth") ? &p->max_depth : &p->min_depth;

    if (take(k, "-maxdepth") || take(k, "-mindepth")) {
        if (k->left == 0 || !sh_number(k->argv[0], depth) || *depth < 0)
            return bad(k, "invalid depth", k->left > 0 ? k->argv[0] : "") - 1;
        k->argv++;
        k->left--;
    } else if (take(k, "-regextype")) {
        const char *type = k->left > 0 ? k->argv[0] : "";

        if (strcmp(type, "posix-extended") != 0 && strcmp(type, "egrep") != 0 &&
            strcmp(type, "posix-egrep") != 0 && strcmp(type, "posix-basic") != 0)
            return sh_refuse(k->t, "this -regextype") - 2;
        k->extended = strcmp(type, "posix-basic") != 0;
        k->argv++;
        k->left--;
    } else if (take(k, "-depth") || take(k, "-d")) {
        p->depth_first = true;
    } else if (take(k, "-follow")) {
        p->follow = true;
    } else if (take(k, "-xdev") || take(k, "-mount")) {
        p->one_device = true;
    } else if (!take(k, "-noleaf")) {
        return 0;
    }
    return emit(k, FIND_CONST) != NULL ? (p->code[p->count - 1].number = 1, 1) : -1;
}

/* -newermt DATE */
static bool parse_newermt(struct parser *k)
{
    int64_t epoch = k->t->proc->setup.epoch_ms, seconds;
    struct find_code *c;

    if (k->left == 0 || !sh_date_read(k->argv[0], (epoch + k->t->proc->now) / 1000, &seconds))
        return bad(k, "invalid date", k->left > 0 ? k->argv[0] : "");
    c = emit(k, FIND_NEWER);
    if (c == NULL)
        return false;
    c->of.mtime = seconds * 1000 - epoch;
    k->argv++;
    k->left--;
    return true;
}

static bool parse_primary(struct parser *k)
{
    struct find_code *c;
    int option;

    if (k->left == 0)
        return bad(k, "an expression is missing", "");
    if (take(k, "(")) {
        if (++k->nesting > NESTING_MAX)
            return sh_refuse(k->t, "so deep an expression") == 0;
        if (!parse_or(k))
            return false;
        k->nesting--;
        return take(k, ")") || bad(k, "unmatched '('", "");
    }
    if (take(k, "-exec"))
        return parse_exec(k);
    if (take(k, "-newermt"))
        return parse_newermt(k);
    option = parse_option(k);
    if (option != 0)
        return option > 0;
    for (size_t w = 0; w < RX_ARRAY_LEN(words); w++) {
        if (!take(k, words[w].word))
            continue;
        if (words[w].argument != NONE && k->left == 0)
            return bad(k, "an argument is missing for", words[w].word);
        c = emit(k, words[w].op);
        if (c == NULL)
            return false;
        c->unit = words[w].unit;
        c->number = words[w].unit;
        if (words[w].argument != NONE) {
            c->text = k->argv[0];
            if (!read_argument(k, w, c))
                return bad(k, "bad argument", k->argv[0]);
            k->argv++;
            k->left--;
        }
        k->p->acts |= words[w].op >= FIND_PRINT;
        k->p->depth_first |= words[w].op == FIND_DELETE;
        return true;
    }
    return sh_refuse(k->t, k->argv[0]) == 0;
}

static bool parse_not(struct parser *k)
{
    bool negate = false;

    while (take(k, "!") || take(k, "-not"))
        negate = !negate;
    return parse_primary(k) && (!negate || emit(k, FIND_NOT) != NULL);
}

/* Left side, a jump over the right one, the right one. */
static bool parse_chain(struct parser *k, enum find_op jump, bool (*side)(struct parser *k))
{
    uint32_t at = k->p->count;

    if (emit(k, jump) == NULL || !side(k))
        return false;
    k->p->code[at].jump = (uint16_t)k->p->count;
    return true;
}

static bool parse_and(struct parser *k)
{
    if (!parse_not(k))
        return false;
    while (k->left > 0 && !at_word(k, ")") && !at_word(k, "-o") && !at_word(k, "-or")) {
        if (!take(k, "-a"))
            take(k, "-and");
        if (!parse_chain(k, FIND_IF_FALSE, parse_not))
            return false;
    }
    return true;
}

static bool parse_or(struct parser *k)
{
    if (!parse_and(k))
        return false;
    while (take(k, "-o") || take(k, "-or"))
        if (!parse_chain(k, FIND_IF_TRUE, parse_and))
            return false;
    return true;
}

bool find_compile(struct sh_task *t, char **argv, uint32_t argc, struct find_program *p)
{
    struct parser k = {.t = t, .p = p, .argv = argv, .left = argc};
    uint32_t at;

    p->max_depth = FS_DEPTH_MAX;
    if (argc > 0 && !parse_or(&k))
        return false;
    if (k.left > 0)
        return bad(&k, "unexpected word", k.argv[0]);
    if (p->acts)
        return true;
    at = p->count;
    if ((argc > 0 && emit(&k, FIND_IF_FALSE) == NULL) || emit(&k, FIND_PRINT) == NULL)
        return false;
    if (argc > 0)
        p->code[at].jump = (uint16_t)p->count;
    return true;
}
