/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.c - `test` and `expr`: expressions made of words.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

enum { DEPTH_MAX = 64 };

/* ---- test ------------------------------------------------------------------------------------ */

struct test {
    struct sh_task *t;
    bool cond; /* [[ ]] of bash: numbers are expressions */
    char *const *argv;
    uint32_t left, depth;
    const char *name;
    bool failed;
};

static bool test_or(struct test *x);

static bool test_error(struct test *x, const char *word, const char *what)
{
    if (!x->failed)
        sh_warn(x->t, "%s: %s%s%s", x->name, word, word[0] != '\0' ? ": " : "", what);
    x->failed = true;
    return false;
}

static int64_t test_number(struct test *x, const char *s)
{
    int64_t n = 0;
    char copy[32];
    size_t length;

    if (x->cond) {
        if (!sh_arith(x->t, s, &n))
            x->failed = true;
        return n;
    }
    s += strspn(s, " \t\n");
    length = strcspn(s, " \t\n");
    if (length >= sizeof(copy) || s[length + strspn(s + length, " \t\n")] != '\0') {
        test_error(x, s, "Illegal number");
        return 0;
    }
    memcpy(copy, s, length);
    copy[length] = '\0';
    if (!sh_number(copy, &n))
        test_error(x, s, "Illegal number");
    return n;
}

static bool test_file(struct test *x, char op, const char *path)
{
    char full[FS_PATH_MAX];
    struct fs_stat st;
    int error;

    if (op == 't')
        return false; /* no terminal here */
    if (sh_full_path(x->t, path, full, &error) == NULL)
        return false;
    if (op == 'h' || op == 'L')
        return fs_lstat(x->t->proc->setup.fs, full, &st) == 0 && st.kind == FS_SYMLINK;
    if (fs_stat(x->t->proc->setup.fs, full, &st) != 0)
        return false;
    switch (op) {
    case 'f':
        return st.kind == FS_FILE;
    case 'd':
        return st.kind == FS_DIR;
    case 'c':
        return st.kind != FS_FILE && st.kind != FS_DIR;
    case 's':
        return st.kind == FS_DIR || st.size > 0;
    case 'x':
        return st.executable;
    case 'w':
        return !st.read_only;
    case 'e':
    case 'r':
    case 'O':
    case 'G':
        return true;
    case 'u':
        return st.mode & 04000;
    case 'g':
        return st.mode & 02000;
    case 'k':
        return st.mode & 01000;
    default: /* b, p, S: there are none of these */
        return false;
    }
}

static const char *const binary_ops[] = {"=",   "==",  "!=",  "-eq", "-ne", "-lt", "-le", "-gt",
                                         "-ge", "-nt", "-ot", "-ef", "<",   ">",   NULL};

static int binary_of(const char *word)
{
    for (int i = 0; binary_ops[i] != NULL; i++)
        if (strcmp(word, binary_ops[i]) == 0)
            return i;
    return -1;
}

static bool newer(struct test *x, const char *a, const char *b)
{
    char full[FS_PATH_MAX];
    struct fs_stat sa, sb;
    int error;

    if (sh_full_path(x->t, a, full, &error) == NULL ||
        fs_stat(x->t->proc->setup.fs, full, &sa) != 0)
        return false;
    if (sh_full_path(x->t, b, full, &error) == NULL ||
        fs_stat(x->t->proc->setup.fs, full, &sb) != 0)
        return true;
    return sa.mtime > sb.mtime;
}

static bool same_file(struct test *x, const char *a, const char *b)
{
    char full[FS_PATH_MAX];
    struct fs_stat sa, sb;
    int error;

    if (sh_full_path(x->t, a, full, &error) == NULL ||
        fs_stat(x->t->proc->setup.fs, full, &sa) != 0 ||
        sh_full_path(x->t, b, full, &error) == NULL ||
        fs_stat(x->t->proc->setup.fs, full, &sb) != 0)
        return false;
    return sa.ino == sb.ino && sa.device == sb.device;
}

static bool test_binary(struct test *x, int op, const char *a, const char *b)
{
    int64_t m, n;

    switch (op) {
    case 0:
    case 1:
        return strcmp(a, b) == 0;
    case 2:
        return strcmp(a, b) != 0;
    case 9:
        return newer(x, a, b);
    case 10:
        return newer(x, b, a);
    case 11:
        return same_file(x, a, b);
    case 12:
        return strcmp(a, b) < 0;
    case 13:
        return strcmp(a, b) > 0;
    default:
        break;
    }
    m = test_number(x, a);
    n = x->failed ? 0 : test_number(x, b);
    if (x->failed)
        return false;
    switch (op) {
    case 3:
        return m == n;
    case 4:
        return m != n;
    case 5:
        return m < n;
    case 6:
        return m <= n;
    case 7:
        return m > n;
    default:
        return m >= n;
    }
}

static const char *test_take(struct test *x)
{
    x->left--;
    return *x->argv++;
}

static bool unary_op(const struct sh_task *t, const char *s)
{
    return s[0] == '-' && s[1] != '\0' && s[2] == '\0' &&
           (strchr("voR", s[1]) == NULL || t->flavour == SHELL_BASH) &&
           strchr("bcdefghknoprstuvwxzLORSG", s[1]) != NULL;
}

static bool test_primary(struct test *x)
{
    const char *a, *b;
    int op;

    if (x->left == 0)
        return test_error(x, "", "argument expected");
    if (x->left >= 3 && (op = binary_of(x->argv[1])) >= 0) {
        a = test_take(x);
        test_take(x);
        b = test_take(x);
        return test_binary(x, op, a, b);
    }
    a = test_take(x);
    if (strcmp(a, "(") == 0 && x->left > 0) {
        bool r = test_or(x);

        if (x->left == 0 || strcmp(test_take(x), ")") != 0)
            return test_error(x, "", "closing paren expected");
        return r;
    }
    if (unary_op(x->t, a) && x->left > 0) {
        b = test_take(x);
        if (a[1] == 'z' || a[1] == 'n')
            return (*b == '\0') == (a[1] == 'z');
        if (a[1] == 'v')
            return sh_is_set(x->t, b);
        if (a[1] == 'R')
            return sh_var_itself(x->t, b) != NULL && (sh_var_itself(x->t, b)->flags & SH_VAR_REF);
        if (a[1] == 'o')
            return sh_option_on(x->t, b);
        return test_file(x, a[1], b);
    }
    return *a != '\0';
}

static bool test_not(struct test *x)
{
    bool r;

    if (++x->depth > DEPTH_MAX)
        return test_error(x, "", "too complex");
    if (x->left > 1 && strcmp(x->argv[0], "!") == 0 &&
        !(x->left >= 3 && binary_of(x->argv[1]) >= 0)) {
        test_take(x);
        r = !test_not(x);
    } else {
        r = test_primary(x);
    }
    x->depth--;
    return r;
}

static bool test_and(struct test *x)
{
    bool r = test_not(x);

    while (x->left > 0 && !x->failed && strcmp(x->argv[0], "-a") == 0) {
        test_take(x);
        r = test_not(x) && r;
    }
    return r;
}

static bool test_or(struct test *x)
{
    bool r;

    if (++x->depth > DEPTH_MAX)
        return test_error(x, "", "too complex");
    r = test_and(x);
    while (x->left > 0 && !x->failed && strcmp(x->argv[0], "-o") == 0) {
        test_take(x);
        r = test_and(x) || r;
    }
    x->depth--;
    return r;
}

static int test_eval(struct sh_task *t, char *const *argv, uint32_t argc, const char *name)
{
    struct test x = {.t = t, .argv = argv, .left = argc, .name = name};
    bool r;

    if (argc == 0)
        return 1;
    r = test_or(&x);
    if (x.left > 0)
        test_error(&x, x.argv[0], "unexpected operator");
    return x.failed ? 2 : !r;
}

/* What [[ ]] is but for == and =~. */
int sh_cmd_cond(struct sh_task *t, struct sh_call *c)
{
    struct test x = {.t = t, .argv = c->argv + 1, .left = c->argc - 1, .name = "[["};
    bool r;

    x.cond = t->flavour == SHELL_BASH;
    r = x.left > 0 && test_or(&x);
    if (x.left > 0)
        test_error(&x, x.argv[0], "unexpected operator");
    return t->proc->over ? SH_BLOCKED : x.failed ? (x.cond ? 1 : 2) : !r;
}

int sh_cmd_test(struct sh_task *t, struct sh_call *c)
{
    uint32_t argc = c->argc - 1;

    if (strcmp(c->argv[0], "[") == 0 || strstr(c->argv[0], "/[") != NULL) {
        if (argc == 0 || strcmp(c->argv[c->argc - 1], "]") != 0) {
            sh_warn(t, "[: missing ]");
            return 2;
        }
        argc--;
    }
    return test_eval(t, c->argv + 1, argc, c->argv[0]);
}

/* ---- expr ------------------------------------------------------------------------------------ */

/* A value is a text; numbers are texts that look like one. */
struct expr {
    struct sh_task *t;
    char *const *argv;
    uint32_t left, depth;
    bool failed;
};

static const char *expr_or(struct expr *x);

static const char *expr_error(struct expr *x, const char *what)
{
    if (!x->failed && !x->t->proc->over)
        sh_complain(x->t, "expr: %s", what);
    x->failed = true;
    return "";
}

static const char *expr_text(struct expr *x, const char *s, size_t n)
{
    char *copy = sh_call_alloc(x->t, n + 1);

    if (copy == NULL)
        return expr_error(x, "out of memory");
    memcpy(copy, s, n);
    return copy;
}

static const char *expr_number(struct expr *x, int64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)n);
    return expr_text(x, text, strlen(text));
}

static bool expr_null(const char *s)
{
    int64_t n;

    return *s == '\0' || (sh_number(s, &n) && n == 0);
}

static bool expr_take(struct expr *x, const char *word)
{
    if (x->left == 0 || x->failed || strcmp(x->argv[0], word) != 0)
        return false;
    x->argv++;
    x->left--;
    return true;
}

static const char *expr_match(struct expr *x, const char *text, const char *pattern)
{
    int32_t group[2 * SH_REGEX_GROUPS];
    const char *error = NULL;
    struct sh_regex *r;
    char *anchored = sh_call_alloc(x->t, strlen(pattern) + 2);

    if (anchored == NULL)
        return expr_error(x, "out of memory");
    anchored[0] = '^';
    strcpy(anchored + 1, pattern + (*pattern == '^'));
    r = sh_regex_new(x->t, anchored, 0, &error);
    if (r == NULL)
        return expr_error(x, error != NULL ? error : "bad regular expression");
    if (!sh_regex_find(x->t, r, text, strlen(text), 0, group))
        return sh_regex_groups(r) > 0 ? "" : "0";
    if (sh_regex_groups(r) > 0)
        return group[2] >= 0 ? expr_text(x, text + group[2], (size_t)(group[3] - group[2])) : "";
    return expr_number(x, group[1]);
}

static const char *expr_word(struct expr *x)
{
    if (x->left == 0)
        return expr_error(x, "syntax error");
    x->left--;
    return *x->argv++;
}

static const char *expr_primary(struct expr *x)
{
    const char *a, *b, *r;
    int64_t from, length;

    if (++x->depth > DEPTH_MAX)
        return expr_error(x, "too complex");
    if (expr_take(x, "(")) {
        r = expr_or(x);
        if (!expr_take(x, ")"))
            r = expr_error(x, "syntax error");
    } else if (x->left > 1 && expr_take(x, "length")) {
        r = expr_number(x, (int64_t)strlen(expr_primary(x)));
    } else if (x->left > 3 && expr_take(x, "substr")) {
        a = expr_primary(x);
        if (!sh_number(expr_primary(x), &from) || !sh_number(expr_primary(x), &length) ||
            from < 1 || length < 1 || from > (int64_t)strlen(a))
            r = "";
        else
            r = expr_text(x, a + from - 1, strnlen(a + from - 1, (size_t)length));
    } else if (x->left > 2 && expr_take(x, "match")) {
        a = expr_primary(x);
        b = expr_primary(x);
        r = expr_match(x, a, b);
    } else if (x->left > 2 && expr_take(x, "index")) {
        a = expr_primary(x);
        b = expr_primary(x);
        from = (int64_t)strcspn(a, b);
        r = expr_number(x, a[from] != '\0' ? from + 1 : 0);
    } else {
        r = expr_word(x);
    }
    x->depth--;
    return r;
}

static const char *expr_colon(struct expr *x)
{
    const char *a = expr_primary(x);

    while (expr_take(x, ":"))
        a = expr_match(x, a, expr_primary(x));
    return a;
}

static const char *expr_calculate(struct expr *x, const char *a, const char *b, char op)
{
    int64_t m, n;

    if (x->failed)
        return "";
    if (!sh_number(a, &m) || !sh_number(b, &n))
        return expr_error(x, "non-numeric argument");
    if ((op == '/' || op == '%') && n == 0)
        return expr_error(x, "division by zero");
    switch (op) {
    case '+':
        return expr_number(x, (int64_t)((uint64_t)m + (uint64_t)n));
    case '-':
        return expr_number(x, (int64_t)((uint64_t)m - (uint64_t)n));
    case '*':
        return expr_number(x, (int64_t)((uint64_t)m * (uint64_t)n));
    case '/':
        return expr_number(x, n == -1 ? -m : m / n);
    default:
        return expr_number(x, n == -1 ? 0 : m % n);
    }
}

static const char *expr_times(struct expr *x)
{
    const char *a = expr_colon(x);

    while (x->left > 0 && !x->failed) {
        if (expr_take(x, "*"))
            a = expr_calculate(x, a, expr_colon(x), '*');
        else if (expr_take(x, "/"))
            a = expr_calculate(x, a, expr_colon(x), '/');
        else if (expr_take(x, "%"))
            a = expr_calculate(x, a, expr_colon(x), '%');
        else
            break;
    }
    return a;
}

static const char *expr_plus(struct expr *x)
{
    const char *a = expr_times(x);

    while (x->left > 0 && !x->failed) {
        if (expr_take(x, "+"))
            a = expr_calculate(x, a, expr_times(x), '+');
        else if (expr_take(x, "-"))
            a = expr_calculate(x, a, expr_times(x), '-');
        else
            break;
    }
    return a;
}

static const char *expr_compare(struct expr *x)
{
    static const char *const ops[] = {"=", "==", "!=", "<=", ">=", "<", ">"};
    const char *a = expr_plus(x);

    for (size_t i = 0; i < RX_ARRAY_LEN(ops); i++) {
        const char *b;
        int64_t m, n;
        int order;
        bool r;

        if (!expr_take(x, ops[i]))
            continue;
        b = expr_plus(x);
        order = sh_number(a, &m) && sh_number(b, &n) ? (m > n) - (m < n) : strcmp(a, b);
        r = i <= 1   ? order == 0
            : i == 2 ? order != 0
            : i == 3 ? order <= 0
            : i == 4 ? order >= 0
            : i == 5 ? order < 0
                     : order > 0;
        a = r ? "1" : "0";
        i = (size_t)-1; /* from the start, for the next one */
    }
    return a;
}

static const char *expr_and(struct expr *x)
{
    const char *a = expr_compare(x);

    while (expr_take(x, "&")) {
        const char *b = expr_compare(x);

        if (expr_null(a) || expr_null(b))
            a = "0";
    }
    return a;
}

static const char *expr_or(struct expr *x)
{
    const char *a;

    if (++x->depth > DEPTH_MAX)
        return expr_error(x, "too complex");
    a = expr_and(x);
    while (expr_take(x, "|")) {
        const char *b = expr_and(x);

        a = !expr_null(a) ? a : !expr_null(b) ? b : "0";
    }
    x->depth--;
    return a;
}

int sh_cmd_expr(struct sh_task *t, struct sh_call *c)
{
    struct expr x = {.t = t, .argv = c->argv + 1, .left = c->argc - 1};
    const char *r = expr_or(&x);

    if (!x.failed && x.left > 0)
        expr_error(&x, "syntax error");
    if (t->proc->over)
        return SH_BLOCKED;
    if (x.failed)
        return 2;
    sh_puts(t, r);
    sh_puts(t, "\n");
    return expr_null(r);
}
