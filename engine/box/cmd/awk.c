/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awk.c - awk as a command: options, records, rules. What awk itself is, is in
 * awk.h.
 *
 * Records are read line by line, so that awk in a pipe says something about a line as soon as it is
 * there. Only a program with a plain getline gets its whole input first: it could ask for the next
 * record in the middle of an expression, where nobody can wait.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/awk.h"
#include "engine/reactor/base.h"

enum phase { BEGINS, COLLECTS, READS, ENDS };

struct awk_input {
    struct awk awk;
    struct sh_input in;
    enum phase phase;
    uint32_t operand;    /* of argv: the next file or assignment */
    bool any_file, open; /* a file was named; one is being read */
    struct sh_buf text;  /* read and not handed out, for records that are no lines */
    bool file_ends;      /* and there is no more of this file */
    struct sh_buf ahead; /* with getline: lines, each with its newline */
    uint32_t ahead_at;
};

/* ---- options --------------------------------------------------------------------------------- */

static const char *const special[AWK_SPECIALS] = {
    "NF",      "NR",   "FNR",      "FS",     "OFS",     "RS",      "ORS",  "SUBSEP",
    "CONVFMT", "OFMT", "FILENAME", "RSTART", "RLENGTH", "ENVIRON", "ARGC", "ARGV"};

/* name=value, with awk's escapes in the value. */
static bool take_assignment(struct awk *k, const char *word)
{
    const char *equals = strchr(word, '=');
    struct awk_str *raw, *value;
    uint32_t v;

    if (equals == NULL || !sh_is_name(word, (size_t)(equals - word)))
        return false;
    raw = awk_str(k, equals + 1, strlen(equals + 1));
    value = awk_unescape(k, raw);
    awk_str_drop(k, raw);
    v = awk_var_number(k, word, (size_t)(equals - word));
    if (v == AWK_NF)
        awk_fields_count_set(k, awk_whole(awk_num(awk_outside(k, value))));
    else
        awk_set(k, &k->var[v].cell.val, awk_outside(k, value));
    return true;
}

static void put_element(struct awk *k, enum awk_special array, const char *key, const char *value)
{
    struct awk_str *name = awk_str(k, key, strlen(key));
    struct awk_array *a = k->var[array].cell.array;
    struct awk_val *v = a != NULL ? awk_array_at(k, a, name, true) : NULL;

    if (v != NULL)
        awk_set(k, v, awk_outside(k, awk_str(k, value, strlen(value))));
    awk_str_drop(k, name);
}

static void set_text(struct awk *k, enum awk_special v, const char *text)
{
    awk_special_set(k, v, awk_string(awk_str(k, text, strlen(text))));
}

static bool prepare(struct awk *k)
{
    const char *name = "", *value;
    int flags;

    k->empty = sh_call_alloc(k->t, sizeof(*k->empty) + 1);
    if (k->empty == NULL)
        return false;
    k->empty->refs = 1;
    for (size_t i = 0; i < AWK_SPECIALS; i++)
        awk_var_number(k, special[i], strlen(special[i]));
    if (k->t->proc->over)
        return false;
    set_text(k, AWK_FS, " ");
    set_text(k, AWK_OFS, " ");
    set_text(k, AWK_RS, "\n");
    set_text(k, AWK_ORS, "\n");
    set_text(k, AWK_SUBSEP, "\034");
    set_text(k, AWK_CONVFMT, "%.6g");
    set_text(k, AWK_OFMT, "%.6g");
    for (int i = AWK_NF; i <= AWK_FNR; i++)
        awk_special_set(k, (enum awk_special)i, awk_number(0));
    k->var[AWK_ENVIRON].cell.array = awk_array_new(k);
    k->var[AWK_ARGV].cell.array = awk_array_new(k);
    while ((name = sh_var_next(k->t, name, &value, &flags)) != NULL && !k->t->proc->over)
        if (flags & SH_VAR_EXPORT)
            put_element(k, AWK_ENVIRON, name, value);
    return !k->t->proc->over;
}

/* The programs of all -f, a newline between. */
static bool read_program(struct awk *k, const char *path, struct sh_buf *b)
{
    struct sh_file *file;
    char chunk[512];
    int n, error;

    error = sh_open(k->t, path, FS_READ, &file);
    if (error != 0) {
        awk_fatal(k, "awk: can't open '%.150s': %s", path, fs_strerror(error));
        return false;
    }
    while ((n = sh_read_file(k->t, file, chunk, sizeof(chunk))) > 0)
        if (!sh_buf_add(k->t, b, chunk, (size_t)n))
            break;
    sh_file_unref(k->t->proc, file);
    return sh_buf_add(k->t, b, "\n", 1);
}

/* Field separator of -F: t is a tab, as ever. */
static void take_separator(struct awk *k, const char *text)
{
    struct awk_str *raw = awk_str(k, text, strlen(text));

    awk_special_set(
        k, AWK_FS, awk_string(strcmp(text, "t") == 0 ? awk_str(k, "\t", 1) : awk_unescape(k, raw)));
    awk_str_drop(k, raw);
}

/* Options may come several times, each with its argument, so they are not collected first. False:
 * over. */
static bool take_options(struct awk *k, struct awk_input *s, struct sh_buf *program)
{
    struct sh_call *c = k->c;
    uint32_t i = 1;

    for (; i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0'; i++) {
        char letter = c->argv[i][1];
        const char *value = c->argv[i] + 2;

        if (strcmp(c->argv[i], "--") == 0) {
            i++;
            break;
        }
        if (strchr("Fvfe", letter) == NULL) {
            struct sh_opts o;

            sh_options(k->t, c, "^F:v:f:e:", &o); /* says which */
            return false;
        }
        if (*value == '\0')
            value = ++i < c->argc ? c->argv[i] : NULL;
        if (value == NULL) {
            awk_fatal(k, "awk: option requires an argument -- %c", letter);
            return false;
        }
        if (letter == 'F')
            take_separator(k, value);
        else if (letter == 'e')
            sh_buf_add(k->t, program, value, strlen(value));
        else if (letter == 'f' && !read_program(k, value, program))
            return false;
        else if (letter == 'v' && !take_assignment(k, value))
            awk_fatal(k, "awk: bad -v '%.100s'", value);
        if (letter == 'e')
            sh_buf_add(k->t, program, "\n", 1);
    }
    s->operand = i;
    return !k->failed;
}

static int start(struct awk_input *s)
{
    struct awk *k = &s->awk;
    struct sh_call *c = k->c;
    struct sh_buf program = {0};
    char number[16];

    if (!prepare(k))
        return SH_BLOCKED;
    if (!take_options(k, s, &program))
        return k->t->proc->over ? SH_BLOCKED : 1;
    if (program.text == NULL) {
        if (s->operand == c->argc) {
            sh_complain(k->t, "awk: no program");
            return 1;
        }
        if (!sh_buf_add(k->t, &program, c->argv[s->operand], strlen(c->argv[s->operand])))
            return SH_BLOCKED;
        s->operand++;
    }
    put_element(k, AWK_ARGV, "0", "awk");
    for (uint32_t i = s->operand; i < c->argc; i++) {
        snprintf(number, sizeof(number), "%u", i - s->operand + 1);
        put_element(k, AWK_ARGV, number, c->argv[i]);
    }
    awk_special_set(k, AWK_ARGC, awk_number(c->argc - s->operand + 1));
    if (!awk_parse(k, program.text, program.length))
        return k->t->proc->over ? SH_BLOCKED : 1;
    return 0;
}

/* ---- records --------------------------------------------------------------------------------- */

/* The next file to read: 1; 0: there is none. Assignments among the operands take effect on the
 * way. */
static int next_file(struct awk_input *s)
{
    struct sh_call *c = s->awk.c;

    while (s->operand < c->argc) {
        char *const *word = &c->argv[s->operand++];

        if ((*word)[0] == '\0' || take_assignment(&s->awk, *word))
            continue;
        s->any_file = true;
        sh_input_init(&s->in, word, 1);
        set_text(&s->awk, AWK_FILENAME, *word);
        awk_special_set(&s->awk, AWK_FNR, awk_number(0));
        return 1;
    }
    if (s->any_file)
        return 0;
    s->any_file = true;
    sh_input_init(&s->in, NULL, 0);
    return 1;
}

/* A line, with its newline if it has one, behind s->text. 1, 0 at the end of this file, SH_BLOCKED.
 */
static int more_text(struct awk_input *s)
{
    uint32_t length;
    char *line;
    int r = sh_input_line(s->awk.t, &s->in, &line, &length);

    if (r != 1)
        return r;
    if (!sh_buf_add(s->awk.t, &s->text, line, length) ||
        (!s->in.partial && !sh_buf_add(s->awk.t, &s->text, "\n", 1)))
        return SH_BLOCKED;
    return 1;
}

/* Where the first record of the text ends and the next one begins. */
static bool find_record(struct awk_input *s, struct awk_str *rs, uint32_t *end, uint32_t *next)
{
    int32_t group[2 * SH_REGEX_GROUPS];
    struct sh_regex *regex;
    char *at;

    if (rs->length == 1) {
        at = s->text.length > 0 ? memchr(s->text.text, rs->text[0], s->text.length) : NULL;
        *end = at != NULL ? (uint32_t)(at - s->text.text) : 0;
        *next = *end + 1;
        return at != NULL;
    }
    regex = rs->length == 0 ? NULL : awk_regex_text(&s->awk, rs);
    if (rs->length == 0) { /* paragraphs: blank lines separate */
        at = s->text.length > 1 ? memmem(s->text.text, s->text.length, "\n\n", 2) : NULL;
        if (at == NULL)
            return false;
        *end = *next = (uint32_t)(at - s->text.text);
        while (*next < s->text.length && s->text.text[*next] == '\n')
            ++*next;
        return *next < s->text.length || s->file_ends; /* more blank lines may come */
    }
    /* An expression could match more when more text is there, so it must not touch the end. */
    if (regex == NULL || s->text.length == 0 ||
        !sh_regex_find(s->awk.t, regex, s->text.text, s->text.length, 0, group) ||
        group[1] == group[0] || ((uint32_t)group[1] == s->text.length && !s->file_ends))
        return false;
    *end = (uint32_t)group[0];
    *next = (uint32_t)group[1];
    return true;
}

static struct awk_str *cut_record(struct awk_input *s, uint32_t end, uint32_t next)
{
    struct awk_str *record = awk_str(&s->awk, s->text.text, end);

    memmove(s->text.text, s->text.text + next, s->text.length - next);
    s->text.length -= next;
    return record;
}

/* 1, 0 at the end of this file, SH_BLOCKED. */
static int other_record(struct awk_input *s, struct awk_str *rs, struct awk_str **record)
{
    uint32_t end, next;
    int r;

    for (;;) {
        if (rs->length == 0) { /* blank lines before a paragraph are nothing */
            uint32_t blank = 0;

            while (blank < s->text.length && s->text.text[blank] == '\n')
                blank++;
            if (blank > 0)
                awk_str_drop(&s->awk, cut_record(s, 0, blank));
        }
        if (find_record(s, rs, &end, &next)) {
            *record = cut_record(s, end, next);
            return 1;
        }
        if (awk_stops(&s->awk))
            return SH_BLOCKED;
        if (s->file_ends)
            break;
        r = more_text(s);
        if (r == SH_BLOCKED)
            return r;
        s->file_ends = r == 0;
    }
    if (s->text.length == 0)
        return 0;
    /* The last one needs no separator; a final newline belongs to the file. */
    end = s->text.length -
          (s->text.text[s->text.length - 1] == '\n' && (rs->length != 1 || s->text.length > 1));
    *record = cut_record(s, end, s->text.length);
    return (*record)->length > 0 || rs->length == 1 ? 1 : 0;
}

static int line_record(struct awk_input *s, struct awk_str **record)
{
    uint32_t length;
    char *line;
    int r = sh_input_line(s->awk.t, &s->in, &line, &length);

    if (r == 1)
        *record = awk_str(&s->awk, line, length);
    return r;
}

/* The next record of all files: 1, 0, SH_BLOCKED. */
static int read_record(struct awk_input *s, struct awk_str **record)
{
    for (;;) {
        struct awk_str *rs;
        int r;

        if (!s->open && next_file(s) == 0)
            return 0;
        s->open = true;
        rs = awk_special_text(&s->awk, AWK_RS);
        r = rs->length == 1 && rs->text[0] == '\n' && s->text.length == 0
                ? line_record(s, record)
                : other_record(s, rs, record);
        awk_str_drop(&s->awk, rs);
        if (r == SH_BLOCKED || r == 1)
            return r;
        if (s->in.status != 0)
            s->awk.status = 1;
        s->open = s->file_ends = false;
    }
}

/* For getline, which must not wait: from what was collected. 1 or 0. */
static int collected_record(struct awk *k, struct awk_str **record)
{
    struct awk_input *s = k->input;
    char *newline;
    uint32_t length;

    if (s->ahead_at >= s->ahead.length)
        return 0;
    newline = memchr(s->ahead.text + s->ahead_at, '\n', s->ahead.length - s->ahead_at);
    length = newline != NULL ? (uint32_t)(newline - s->ahead.text) - s->ahead_at
                             : s->ahead.length - s->ahead_at;
    *record = awk_str(k, s->ahead.text + s->ahead_at, length);
    s->ahead_at += length + 1;
    return 1;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static bool selects(struct awk *k, struct awk_rule *r)
{
    struct awk_val v;
    bool is;

    if (r->when == AWK_ALWAYS)
        return true;
    if (r->when == AWK_RANGE && r->inside) {
        v = awk_eval(k, r->to);
        r->inside = !awk_true(v);
        awk_drop(k, v);
        return true;
    }
    v = awk_eval(k, r->from);
    is = awk_true(v);
    awk_drop(k, v);
    if (is && r->when == AWK_RANGE) {
        v = awk_eval(k, r->to);
        r->inside = !awk_true(v);
        awk_drop(k, v);
    }
    return is;
}

static void run_rules(struct awk *k, enum awk_when first)
{
    static const struct awk_node print_all = {.op = AWK_OP_PRINT};

    for (struct awk_rule *r = k->program.rules; r != NULL && !awk_stops(k); r = r->next) {
        bool main_ = r->when != AWK_BEGIN && r->when != AWK_END;

        if (first == AWK_ALWAYS ? !main_ : r->when != first)
            continue;
        if (main_ && !selects(k, r))
            continue;
        awk_exec(k, r->body != NULL ? r->body : &print_all);
        if (k->flow != AWK_GOES_ON)
            return;
    }
}

static void use_record(struct awk_input *s, struct awk_str *record)
{
    struct awk *k = &s->awk;

    awk_special_set(k, AWK_NR, awk_number((double)awk_special_int(k, AWK_NR) + 1));
    awk_special_set(k, AWK_FNR, awk_number((double)awk_special_int(k, AWK_FNR) + 1));
    awk_record_set(k, record);
    run_rules(k, AWK_ALWAYS);
    if (k->flow == AWK_NEXTFILES) {
        s->open = s->file_ends = false;
        s->text.length = 0;
        sh_file_unref(k->t->proc, k->c->in);
        k->c->in = NULL;
    }
    if (k->flow == AWK_NEXTS || k->flow == AWK_NEXTFILES)
        k->flow = AWK_GOES_ON;
}

/* Everything there is, before the first rule. 0, or SH_BLOCKED. */
static int collect(struct awk_input *s)
{
    struct awk_str *record;
    int r;

    while ((r = read_record(s, &record)) == 1) {
        bool kept = sh_buf_add(s->awk.t, &s->ahead, record->text, record->length) &&
                    sh_buf_add(s->awk.t, &s->ahead, "\n", 1);

        awk_str_drop(&s->awk, record);
        if (!kept)
            return SH_BLOCKED;
    }
    return r;
}

static int read_all(struct awk_input *s)
{
    struct awk *k = &s->awk;
    struct awk_str *record;
    int r = 1;

    while (k->flow == AWK_GOES_ON && !awk_stops(k)) {
        r = k->program.getlines ? collected_record(k, &record) : read_record(s, &record);
        if (r != 1)
            break;
        use_record(s, record);
        if (sh_full(k->t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED || k->t->proc->over || k->t->doomed != 0 ? SH_BLOCKED : 0;
}

/* exit in BEGIN or a rule still runs END; exit in END ends. */
static int finish(struct awk_input *s)
{
    struct awk *k = &s->awk;

    if (!k->failed) {
        k->flow = AWK_GOES_ON;
        run_rules(k, AWK_END);
    }
    return k->t->proc->over || k->t->doomed != 0 ? SH_BLOCKED : k->status;
}

int sh_cmd_awk(struct sh_task *t, struct sh_call *c)
{
    struct awk_input *s = c->state;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        s->awk.t = t;
        s->awk.c = c;
        s->awk.input = s;
        s->awk.next_record = collected_record;
        s->awk.fields = 0;
        r = start(s);
        if (r != 0)
            return r;
        s->phase = s->awk.program.getlines ? COLLECTS : BEGINS;
    }
    if (s->phase == COLLECTS) {
        if (collect(s) != 0)
            return SH_BLOCKED;
        awk_special_set(&s->awk, AWK_FNR, awk_number(0));
        s->phase = BEGINS;
    }
    if (s->phase == BEGINS) {
        run_rules(&s->awk, AWK_BEGIN);
        s->phase = READS;
        if (sh_full(t))
            return SH_BLOCKED;
    }
    if (s->phase == READS) {
        if (s->awk.program.reads && read_all(s) != 0)
            return SH_BLOCKED;
        s->phase = ENDS;
    }
    return finish(s);
}
