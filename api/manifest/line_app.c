/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line_app.c - facts about programs, as Behavior documents. The facts about one container make one
 * document, in the order in which they were said; what is said of pulls speaks for all containers
 * unless one was named.
 */
#include "api/manifest/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/manifest/doc.h"
#include "api/manifest/near.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

enum part { PART_PULL, PART_START, PART_SERVE, PART_EXIT, PART_TERM, PART_EXEC };
enum value { VALUE_NONE, VALUE_TIME, VALUE_CODE, VALUE_IGNORE, VALUE_FAIL }; /* the last two or a
                                                                              * time */
enum { MAY_WINDOW = 1, MAY_START = 2, MAY_RATE = 4, MAY_PATH = 8 };

/* What there is to say. MAY_START: its time may count from each start of the program. */
static const struct word {
    const char *word;
    enum part part;
    enum value value;
    unsigned may;
    const char *form; /* of its value, for a refusal */
} words[] = {
    {"start", PART_START, VALUE_TIME, 0, "a duration such as 45s"},
    {"latency", PART_SERVE, VALUE_TIME, MAY_WINDOW | MAY_START | MAY_RATE | MAY_PATH,
     "a duration such as 1500ms"},
    {"hang", PART_SERVE, VALUE_NONE, MAY_WINDOW | MAY_START | MAY_RATE | MAY_PATH, ""},
    {"refuse", PART_SERVE, VALUE_NONE, MAY_WINDOW | MAY_START | MAY_RATE | MAY_PATH, ""},
    {"reset", PART_SERVE, VALUE_NONE, MAY_WINDOW | MAY_START | MAY_RATE | MAY_PATH, ""},
    {"exit", PART_EXIT, VALUE_CODE, MAY_WINDOW | MAY_START, "an exit code from 0 to 255"},
    {"oom", PART_EXIT, VALUE_NONE, MAY_WINDOW | MAY_START, ""},
    {"exec", PART_EXEC, VALUE_CODE, MAY_WINDOW | MAY_START | MAY_RATE,
     "an exit code from 0 to 255"},
    {"term", PART_TERM, VALUE_IGNORE, 0, "ignore or a duration such as 25s"},
    {"pull", PART_PULL, VALUE_FAIL, MAY_WINDOW, "fail or a duration such as 30s"},
};

#define KNOWN "start= latency= hang refuse reset 503 exit= oom exec= term= pull="

struct fact {
    const struct word *word; /* NULL: a status, in number */
    uint32_t target;
    uint32_t number; /* of VALUE_CODE, or the status */
    bool timed;      /* the value is a time, */
    rx_ms time;      /* namely this */
    bool has_from, of_start, has_for;
    rx_ms from, span;
    uint32_t rate_ppm; /* 1000000 unless given */
    const char *path;  /* NULL = any */
    size_t path_length;
};

struct target {
    struct manifest_who who; /* with its container */
    bool named;              /* the container was, and not chosen */
};

struct app {
    const struct manifest_set *set;
    struct rx_arena arena;
    struct target *target;
    struct fact *fact;
    uint32_t targets, facts;
    struct manifest_slip *slip;
};

static int line_read(struct app *a, const char *line);
static int fact_read(struct app *a, uint32_t target, const char *text, size_t length);
static void target_write(struct rx_text *t, const struct app *a, uint32_t target);

int manifest_app_text(const struct manifest_set *s, const char *const *line, size_t count,
                      struct rx_text *out, struct manifest_slip *slip)
{
    struct app a = {.set = s, .slip = slip};
    size_t facts = count;
    int rc = 0;

    *slip = (struct manifest_slip){0};
    for (size_t i = 0; i < count; i++)
        for (const char *p = line[i]; *p != '\0'; p++)
            facts += *p == ',';
    rx_arena_init(&a.arena, s->arena.mem);
    a.target = rx_arena_alloc(&a.arena, (count + 1) * sizeof(*a.target));
    a.fact = rx_arena_alloc(&a.arena, (facts + 1) * sizeof(*a.fact));
    if (a.target == NULL || a.fact == NULL)
        rc = -RX_ENOMEM;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        slip->line = i;
        rc = line_read(&a, line[i]);
    }
    for (uint32_t i = 0; rc == 0 && i < a.targets; i++)
        target_write(out, &a, i);
    rx_arena_fini(&a.arena);
    return rc;
}

static int refuse(struct app *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int refuse(struct app *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(a->slip->why, sizeof(a->slip->why), format, args);
    va_end(args);
    return -RX_EINVALID;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* WHO ends at the first colon, unless a fact has begun before it. */
static size_t who_of(const char *line)
{
    size_t n = strcspn(line, ":=,@~+");

    if (line[n] != ':' || (strspn(line, "0123456789") == 3 && line[3] == '/'))
        return 0;
    return n;
}

static int target_of(struct app *a, const char *line, size_t length, uint32_t *out)
{
    struct manifest_who who;
    struct target *t;
    int rc = manifest_who(a->set, line, length, &who, a->slip);
    bool named = rc == 0 && who.container != NULL;

    if (rc != 0)
        return rc;
    if (who.workload->template_->container_count == 0)
        return refuse(a, "'%.*s' has no containers", (int)length, line);
    who.container = manifest_who_container(&who, a->slip);
    for (*out = 0; *out < a->targets; ++*out) {
        t = &a->target[*out];
        if (t->who.workload == who.workload && t->who.container == who.container &&
            t->who.pod == who.pod && t->named == named)
            return 0;
    }
    a->target[a->targets++] = (struct target){.who = who, .named = named};
    return 0;
}

static int line_read(struct app *a, const char *line)
{
    size_t n = who_of(line);
    const char *at = line[n] == ':' ? line + n + 1 : line;
    uint32_t target = 0;
    int rc = target_of(a, line, n, &target);

    while (rc == 0) {
        size_t length = strcspn(at, ",");

        rc = fact_read(a, target, at, length);
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    return rc;
}

static int unknown(struct app *a, const char *text, size_t length)
{
    struct manifest_near near = {0};

    for (size_t i = 0; i < RX_ARRAY_LEN(words); i++)
        manifest_near(&near, words[i].word, strlen(words[i].word), text, length);
    if (near.word == NULL)
        return refuse(a, "unknown fact \"%.*s\" (known: " KNOWN ")", (int)length, text);
    return refuse(a, "unknown fact \"%.*s\" (known: " KNOWN "; did you mean %s?)", (int)length,
                  text, near.word);
}

static bool number_read(const char *text, size_t length, uint32_t max, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || i > 5)
            return false;
        *out = 10 * *out + (uint32_t)(text[i] - '0');
    }
    return length > 0 && *out <= max;
}

static bool time_read(const char *text, size_t length, rx_ms *out)
{
    rx_ns ns;

    if (manifest_duration(text, length, &ns) != 0 || (length > 0 && text[0] == '+'))
        return false;
    *out = rx_ms_ceil(ns);
    return true;
}

/* What stands before the first modifier: a word with its value, or a status. */
static int what_read(struct app *a, struct fact *f, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    size_t n = equals != NULL ? (size_t)(equals - text) : length, value = length - n;
    const struct word *w = words;

    if (number_read(text, length, 999, &f->number) && length == 3 && f->number >= 100)
        return 0;
    while (w < words + RX_ARRAY_LEN(words) && (strlen(w->word) != n || memcmp(w->word, text, n)))
        w++;
    if (w == words + RX_ARRAY_LEN(words))
        return unknown(a, text, n);
    f->word = w;
    if (w->value == VALUE_NONE)
        return equals == NULL ? 0 : refuse(a, "%s takes no value", w->word);
    if (equals == NULL)
        return refuse(a, "%s needs a value: %s", w->word, w->form);
    equals++;
    value--;
    f->timed = w->value != VALUE_CODE && time_read(equals, value, &f->time);
    if (f->timed || (w->value == VALUE_CODE && number_read(equals, value, 255, &f->number)) ||
        (w->value == VALUE_IGNORE && value == 6 && memcmp(equals, "ignore", 6) == 0) ||
        (w->value == VALUE_FAIL && value == 4 && memcmp(equals, "fail", 4) == 0))
        return 0;
    return refuse(a, "%s: '%.*s' is not %s", w->word, (int)value, equals, w->form);
}

/* 10% or 0.1 */
static bool rate_read(const char *text, size_t length, uint32_t *ppm)
{
    bool percent = length > 0 && text[length - 1] == '%';
    int64_t n;

    if (!mf_decimal_parse(text, length - percent, percent ? 4 : 6, &n) || n < 0 || n > 1000000)
        return false;
    *ppm = (uint32_t)n;
    return true;
}

static const char *word_of(const struct fact *f)
{
    return f->word != NULL ? f->word->word : "a status";
}

/* [@FROM][+FOR][~RATE][/PATH], in this order. */
static int how_read(struct app *a, struct fact *f, const char *at, size_t length)
{
    const char *end = at + length;
    unsigned may = f->word != NULL ? f->word->may : ~0u;
    size_t n;

    f->rate_ppm = 1000000;
    if (at < end && *at == '@') {
        f->has_from = true;
        f->of_start = at + 1 < end && at[1] == '+';
        at += 1 + f->of_start;
        n = strcspn(at, "+~/,");
        if (!time_read(at, n, &f->from))
            return refuse(a, "'@%.*s' is not a time such as @2m, or @+2m from each start",
                          (int)n, at);
        at += n;
    }
    if (at < end && *at == '+') {
        f->has_for = true;
        n = strcspn(++at, "+~/,");
        if (!time_read(at, n, &f->span) || f->span == 0)
            return refuse(a, "'+%.*s' is not a duration such as +20s", (int)n, at);
        at += n;
    }
    if ((f->has_from || f->has_for) && !(may & MAY_WINDOW))
        return refuse(a, "%s cannot have a time: it goes for the whole run", word_of(f));
    if (f->of_start && !(may & MAY_START))
        return refuse(a, "%s cannot count from each start of the program", word_of(f));
    if (f->from > RX_MS_NEVER - 1 - f->span)
        return refuse(a, "the end of its time is out of range");
    if (at < end && *at == '~') {
        n = strcspn(++at, "~/,");
        if (!(may & MAY_RATE))
            return refuse(a, "%s cannot have a rate", word_of(f));
        if (!rate_read(at, n, &f->rate_ppm))
            return refuse(a, "'~%.*s' is not a share such as 10%% or 0.1", (int)n, at);
        at += n;
    }
    if (at < end && *at == '/') {
        if (!(may & MAY_PATH))
            return refuse(a, "%s cannot have a path", word_of(f));
        f->path = at;
        f->path_length = (size_t)(end - at);
        if ((n = strcspn(at, "@~")) < f->path_length)
            return refuse(a, "%s stands before the path: WHAT[@FROM][+FOR][~RATE][/PATH]",
                          at[n] == '@' ? "@FROM" : "~RATE");
        for (; at < end; at++)
            if (*at <= ' ' || *at == '"' || *at == '\\' || *at == 0x7f)
                return refuse(a, "'%.*s' is not a path", (int)f->path_length, f->path);
    }
    if (at == end)
        return 0;
    return refuse(a, "'%.*s': after WHAT come @FROM, +FOR, ~RATE and /PATH, in this order",
                  (int)(end - at), at);
}

/* Only one of these can hold of a program. */
static bool said_already(const struct app *a, const struct fact *f)
{
    if (f->word == NULL ||
        (f->word->part != PART_START && f->word->part != PART_EXIT && f->word->part != PART_TERM))
        return false;
    for (uint32_t i = 0; i < a->facts; i++)
        if (a->fact[i].target == f->target && a->fact[i].word != NULL &&
            a->fact[i].word->part == f->word->part)
            return true;
    return false;
}

static int fact_read(struct app *a, uint32_t target, const char *text, size_t length)
{
    struct fact f = {.target = target};
    size_t n = 0;
    int rc;

    while (n < length && memchr("@+~/", text[n], 4) == NULL)
        n++;
    if (n == 0)
        return refuse(a, "a fact is missing (known: " KNOWN ")");
    rc = what_read(a, &f, text, n);
    if (rc == 0)
        rc = how_read(a, &f, text + n, length - n);
    if (rc == 0 && said_already(a, &f))
        return refuse(a, "%s: a program does that once only, and it has been said already",
                      f.word->word);
    if (rc == 0)
        a->fact[a->facts++] = f;
    return rc;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum part part_of(const struct fact *f)
{
    return f->word != NULL ? f->word->part : PART_SERVE;
}

/* The i-th fact of that part about a target, from a place in the list on; NULL: no more. */
static const struct fact *next_of(const struct app *a, uint32_t target, enum part part, uint32_t *i)
{
    while (*i < a->facts) {
        const struct fact *f = &a->fact[(*i)++];

        if (f->target == target && part_of(f) == part)
            return f;
    }
    return NULL;
}

static const struct fact *one_of(const struct app *a, uint32_t target, enum part part)
{
    uint32_t i = 0;

    return next_of(a, target, part, &i);
}

static void put_pair(struct rx_text *t, const char *key, rx_ms ms)
{
    rx_text_puts(t, key);
    manifest_put_ms(t, ms);
    rx_text_puts(t, ", ");
}

static void put_window(struct rx_text *t, const struct fact *f)
{
    if (f->from > 0)
        put_pair(t, "from: ", f->from);
    if (f->has_for)
        put_pair(t, "to: ", f->from + f->span);
    if (f->of_start)
        rx_text_puts(t, "clock: instance, ");
}

static void put_rate(struct rx_text *t, uint32_t ppm)
{
    unsigned digits = 6;

    if (ppm == 1000000)
        return;
    while (digits > 1 && ppm % 10 == 0) {
        ppm /= 10;
        digits--;
    }
    rx_text_puts(t, "rate: 0.");
    rx_text_padded(t, ppm, digits);
    rx_text_puts(t, ", ");
}

static void put_serve(struct rx_text *t, const struct fact *f)
{
    put_window(t, f);
    if (f->path != NULL)
        rx_text_say(t, "path: \"%.*s\", ", (int)f->path_length, f->path);
    put_rate(t, f->rate_ppm);
    if (f->word == NULL)
        rx_text_say(t, "status: %u", f->number);
    else if (f->timed)
        rx_text_puts(t, "latency: ");
    else
        rx_text_say(t, "do: %s", f->word->word);
    if (f->timed)
        manifest_put_ms(t, f->time);
}

/* Probes may ask on ports that are not declared. A program of which all is said listens on its own
 * only. */
static bool declares(const struct pod_container_spec *c, uint16_t port)
{
    for (uint32_t i = 0; i < c->port_count; i++)
        if (c->port[i].number == port)
            return true;
    return c->port_count == 0 || port == 0;
}

static void put_foreign(struct rx_text *t, const struct pod_container_spec *c)
{
    const struct pod_handler_spec *handler[POD_PROBE_KINDS + 2] = {c->post_start, c->pre_stop};

    for (int i = 0; i < POD_PROBE_KINDS; i++)
        handler[2 + i] = c->probe[i] != NULL ? &c->probe[i]->handler : NULL;
    for (size_t i = 0; i < RX_ARRAY_LEN(handler); i++) {
        const struct pod_handler_spec *h = handler[i];
        bool twice = false;

        if (h == NULL || declares(c, h->port))
            continue;
        for (size_t k = 0; k < i; k++)
            twice |= handler[k] != NULL && handler[k]->port == h->port;
        if (!twice)
            rx_text_say(t, "    - {port: %u, do: refuse} # the container does not declare it\n",
                        h->port);
    }
}

static bool asks_by_exec(const struct pod_container_spec *c)
{
    for (int i = 0; i < POD_PROBE_KINDS; i++)
        if (c->probe[i] != NULL && c->probe[i]->handler.kind == POD_HANDLER_EXEC)
            return true;
    return false;
}

static void put_exit(struct rx_text *t, const struct fact *f)
{
    bool oom = f->word->value == VALUE_NONE;

    rx_text_putc(t, '{');
    if (f->of_start || (!f->has_from && !f->has_for)) {
        put_pair(t, "after: ", f->from);
    } else {
        put_pair(t, "at: ", f->from);
        if (f->has_for)
            put_pair(t, "for: ", f->span);
    }
    if (oom)
        rx_text_puts(t, "reason: OOMKilled}\n");
    else
        rx_text_say(t, "code: %u}\n", f->number);
}

static void put_key(struct rx_text *t, const char **lead, const char *key)
{
    rx_text_puts(t, *lead);
    rx_text_puts(t, key);
    *lead = "    ";
}

static void put_instance(struct rx_text *t, const struct app *a, uint32_t target)
{
    const struct fact *start = one_of(a, target, PART_START), *f;
    const struct fact *ends = one_of(a, target, PART_EXIT), *term = one_of(a, target, PART_TERM);
    const char *lead = "  - ";
    size_t line, rules;
    uint32_t i = 0;

    rx_text_puts(t, "  instances:\n");
    if (start != NULL) {
        put_key(t, &lead, "listensAfter: ");
        manifest_put_ms(t, start->time);
        rx_text_putc(t, '\n');
    }
    if (ends != NULL) {
        put_key(t, &lead, "exit: ");
        put_exit(t, ends);
    }
    if (term != NULL && term->timed) {
        put_key(t, &lead, "onStop: {after: ");
        manifest_put_ms(t, term->time);
        rx_text_puts(t, "}\n");
    } else if (term != NULL) {
        put_key(t, &lead, "onStop: ignore\n");
    }
    line = t->length;
    put_key(t, &lead, "serve:\n");
    rules = t->length;
    put_foreign(t, a->target[target].who.container);
    while ((f = next_of(a, target, PART_SERVE, &i)) != NULL) {
        rx_text_puts(t, "    - {");
        put_serve(t, f);
        rx_text_puts(t, "}\n");
    }
    if (t->length == rules)
        t->length = line;
}

/* Before it has started, what its probes run fails, too. */
static void put_execs(struct rx_text *t, const struct app *a, uint32_t target)
{
    const struct fact *start = one_of(a, target, PART_START), *f;
    uint32_t i = 0;

    if (start != NULL &&
        (start->time == 0 || !asks_by_exec(a->target[target].who.container)))
        start = NULL;
    if (start == NULL && one_of(a, target, PART_EXEC) == NULL)
        return;
    rx_text_puts(t, "  exec:\n");
    if (start != NULL) {
        rx_text_puts(t, "  - {");
        put_pair(t, "to: ", start->time);
        rx_text_puts(t, "clock: instance, exitCode: 1}\n");
    }
    while ((f = next_of(a, target, PART_EXEC, &i)) != NULL) {
        rx_text_puts(t, "  - {");
        put_window(t, f);
        put_rate(t, f->rate_ppm);
        rx_text_say(t, "exitCode: %u}\n", f->number);
    }
    /* Whoever says when it fails says that it does not at other times: what it asks may be nowhere
     * in the files. */
    if (one_of(a, target, PART_EXEC) != NULL)
        rx_text_puts(t, "  - {exitCode: 0}\n");
}

static void put_pulls(struct rx_text *t, const struct app *a, uint32_t target)
{
    const struct fact *f;
    uint32_t i = 0;

    rx_text_puts(t, "  pull:\n");
    while ((f = next_of(a, target, PART_PULL, &i)) != NULL) {
        rx_text_puts(t, "  - {");
        put_window(t, f);
        if (f->timed) {
            rx_text_puts(t, "takes: ");
            manifest_put_ms(t, f->time);
        } else {
            rx_text_puts(t, "fail: the registry does not answer");
        }
        rx_text_puts(t, "}\n");
    }
}

static void put_head(struct rx_text *t, const struct target *target, bool all)
{
    const struct pod_workload_spec *w = target->who.workload;

    rx_text_puts(t, "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: ");
    rx_text_say(t, "app-%.200s", w->name);
    if (strcmp(w->ns, "default") != 0) {
        rx_text_puts(t, ", namespace: ");
        manifest_put_name(t, w->ns);
    }
    rx_text_puts(t, "}\nspec:\n  workload: ");
    manifest_put_name(t, w->name);
    rx_text_putc(t, '\n');
    if (!all) {
        rx_text_puts(t, "  container: ");
        manifest_put_name(t, target->who.container->name);
        rx_text_putc(t, '\n');
    }
    if (target->who.pod >= 0)
        rx_text_say(t, "  pods: [%lld]\n", (long long)target->who.pod);
}

static void target_write(struct rx_text *t, const struct app *a, uint32_t target)
{
    const struct target *who = &a->target[target];
    bool pulls = one_of(a, target, PART_PULL) != NULL, instance = false, execs;

    for (enum part p = PART_START; p < PART_EXEC; p++)
        instance |= one_of(a, target, p) != NULL;
    execs = one_of(a, target, PART_EXEC) != NULL;
    if (pulls && !who->named) {
        put_head(t, who, true);
        put_pulls(t, a, target);
        pulls = false;
    }
    if (!pulls && !instance && !execs)
        return;
    put_head(t, who, false);
    if (pulls)
        put_pulls(t, a, target);
    if (instance)
        put_instance(t, a, target);
    put_execs(t, a, target);
}
