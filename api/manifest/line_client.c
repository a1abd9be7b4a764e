/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line_client.c - "WHO[:PORT][/PATH]=RATE/s[@FROM][+FOR][,FIELD=VALUE...]" as a Client. WHO is a
 * Service, or a workload that one leads to.
 */
#include "api/manifest/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/manifest/doc.h"
#include "api/manifest/near.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

/* Words behind the rate, and where a Client has them. */
static const struct word {
    const char *word;
    const char *field;  /* up to its value */
    const char *behind;
    const char *form;   /* of its value, for a refusal; NULL: it takes none */
    bool time;          /* else a whole number, or a word */
} words[] = {
    {"timeout", "timeout: {request: ", "}", "a duration such as 2s", true},
    {"attempts", "retries: {attempts: ", "}", "a whole number from 1 on", false},
    {"keepAlive", "connections: {keepAlive: true", "}", NULL, false},
    {"poisson", "arrivals: poisson", "", NULL, false},
    {"count", "count: ", "", "a whole number from 1 on", false},
    {"node", "node: ", "", "the name of a node", false},
    {"pick", "pick: ", "", "turn, random or share", false},
};

#define KNOWN "timeout= attempts= keepAlive poisson count= node= pick="

struct load {
    const struct manifest_set *set;
    struct manifest_slip *slip;
    const struct pod_service_spec *service;
    uint32_t port;
    const char *path, *rate, *more; /* more: ",FIELD=VALUE..." */
    size_t path_length, rate_length;
    rx_ms from, span;
    bool has_for;
};

static int load_read(struct load *c, const char *line);
static int more_check(struct load *c);
static void load_write(struct rx_text *t, const struct load *c, size_t number);

int manifest_client_text(const struct manifest_set *set, const char *const *line, size_t count,
                         struct rx_text *out, struct manifest_slip *slip)
{
    *slip = (struct manifest_slip){0};
    for (size_t i = 0; i < count; i++) {
        struct load c = {.set = set, .slip = slip};
        int rc;

        slip->line = i;
        rc = load_read(&c, line[i]);
        if (rc == 0)
            rc = more_check(&c);
        if (rc != 0)
            return rc;
        load_write(out, &c, i);
    }
    return 0;
}

static int refuse(struct load *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int refuse(struct load *c, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(c->slip->why, sizeof(c->slip->why), format, args);
    va_end(args);
    return -RX_EINVALID;
}

/* ---- to whom --------------------------------------------------------------------------------- */

static bool leads_to(const struct pod_service_spec *s, const struct pod_workload_spec *w)
{
    const struct pod_labels *labels = &w->template_->labels;

    if (s->selector.count == 0 || strcmp(s->ns, w->ns) != 0)
        return false;
    for (uint32_t i = 0; i < s->selector.count; i++) {
        bool has = false;

        for (uint32_t k = 0; k < labels->count; k++)
            has |= strcmp(labels->pair[k].key, s->selector.pair[i].key) == 0 &&
                   strcmp(labels->pair[k].value, s->selector.pair[i].value) == 0;
        if (!has)
            return false;
    }
    return true;
}

/* [NAMESPACE/]SERVICE */
static uint32_t services_called(struct load *c, const char *text, size_t length)
{
    const char *slash = memchr(text, '/', length);
    uint32_t count = 0;

    for (uint32_t i = 0; i < c->set->services.count; i++) {
        const struct pod_service_spec *s = &c->set->services.item[i];
        size_t n = slash != NULL ? (size_t)(slash - text) : 0, rest = n + (slash != NULL);

        if ((n > 0 && (strlen(s->ns) != n || memcmp(s->ns, text, n) != 0)) ||
            strlen(s->name) != length - rest || memcmp(s->name, text + rest, length - rest) != 0)
            continue;
        c->service = s;
        count++;
    }
    return count;
}

static int service_find(struct load *c, const char *text, size_t length)
{
    struct manifest_who who;
    uint32_t count = services_called(c, text, length);
    int rc;

    if (count == 1)
        return 0;
    if (count > 1)
        return refuse(c, "%u Services are called '%.*s': say NAMESPACE/NAME", count, (int)length,
                      text);
    rc = manifest_who(c->set, text, length, &who, c->slip);
    if (rc != 0)
        return rc;
    for (uint32_t i = 0; i < c->set->services.count; i++) {
        if (!leads_to(&c->set->services.item[i], who.workload))
            continue;
        c->service = &c->set->services.item[i];
        count++;
    }
    if (count == 0)
        return refuse(c, "no Service leads to %s %s", st_kind_word(ST_WORKLOAD,
                      (uint8_t)who.workload->kind), who.workload->name);
    if (count > 1)
        return refuse(c, "%u Services lead to %s %s: say which one", count,
                      st_kind_word(ST_WORKLOAD, (uint8_t)who.workload->kind), who.workload->name);
    return 0;
}

/* The only port, or the one called http, or 80. */
static int port_choose(struct load *c)
{
    const struct pod_service_spec *s = c->service;

    if (s->port_count == 0)
        return refuse(c, "service %s has no port: say WHO:PORT", s->name);
    c->port = s->port[0].port;
    for (uint32_t i = 0; s->port_count > 1 && i < s->port_count; i++)
        if (s->port[i].port == 80 ||
            (s->port[i].name != NULL && strcmp(s->port[i].name, "http") == 0)) {
            c->port = s->port[i].port;
            return 0;
        }
    if (s->port_count > 1)
        return refuse(c, "service %s has %u ports: say WHO:PORT", s->name, s->port_count);
    return 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int window_read(struct load *c, const char *at)
{
    rx_ns ns;
    size_t n;

    if (*at == '@') {
        n = strcspn(++at, "+,");
        if (manifest_duration(at, n, &ns) != 0)
            return refuse(c, "'@%.*s' is not a time such as @2m", (int)n, at);
        c->from = rx_ms_ceil(ns);
        at += n;
    }
    if (*at == '+') {
        n = strcspn(++at, ",");
        if (manifest_duration(at, n, &ns) != 0 || ns == 0)
            return refuse(c, "'+%.*s' is not a duration such as +20s", (int)n, at);
        c->span = rx_ms_ceil(ns);
        c->has_for = true;
        at += n;
    }
    if (c->from > RX_MS_NEVER - 1 - c->span)
        return refuse(c, "the end of its time is out of range");
    c->more = at;
    if (*at == '\0' || *at == ',')
        return 0;
    return refuse(c, "'%s': after RATE/s come @FROM, +FOR and fields, in this order", at);
}

/* WHO[:PORT][/PATH]. Without a port a slash belongs to NAMESPACE/NAME if there is such a
 * Service. */
static int target_read(struct load *c, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length), *path;
    size_t n = colon != NULL ? (size_t)(colon - text) : length;

    if (colon == NULL && (path = memchr(text, '/', length)) != NULL &&
        services_called(c, text, length) == 0)
        n = (size_t)(path - text);
    if (n == 0)
        return refuse(c, "must be WHO[:PORT][/PATH]=RATE/s, such as web=50/s");
    path = text + n;
    if (colon != NULL) {
        for (path = colon + 1; *path >= '0' && *path <= '9' && c->port < 100000; path++)
            c->port = 10 * c->port + (uint32_t)(*path - '0');
        if (path == colon + 1 || c->port < 1 || c->port > UINT16_MAX)
            return refuse(c, "'%.*s' is not a port", (int)(text + length - colon - 1), colon + 1);
    }
    c->path = path;
    c->path_length = (size_t)(text + length - path);
    for (size_t i = 0; i < c->path_length; i++)
        if (c->path[0] != '/' || c->path[i] <= ' ' || c->path[i] == '"' || c->path[i] == '\\' ||
            c->path[i] == 0x7f)
            return refuse(c, "'%.*s' is not a path", (int)c->path_length, c->path);
    return service_find(c, text, n);
}

static int load_read(struct load *c, const char *line)
{
    const char *equals = strchr(line, '='), *at;
    int64_t ppm;
    int rc;

    /* The query of a path may have one. */
    while (equals != NULL && strchr(equals + 1, '=') != NULL &&
           memchr(equals, ',', (size_t)(strchr(equals + 1, '=') - equals)) == NULL)
        equals = strchr(equals + 1, '=');
    if (equals == NULL)
        return refuse(c, "must be WHO[:PORT][/PATH]=RATE/s, such as web=50/s");
    c->rate = equals + 1;
    c->rate_length = strspn(c->rate, "0123456789.");
    at = c->rate + c->rate_length;
    if (!mf_decimal_parse(c->rate, c->rate_length, 6, &ppm) || ppm == 0 ||
        strncmp(at, "/s", 2) != 0)
        return refuse(c, "'%s' does not begin with a rate such as 50/s", c->rate);
    rc = window_read(c, at + 2);
    if (rc == 0)
        rc = target_read(c, line, (size_t)(equals - line));
    return rc != 0 || c->port > 0 ? rc : port_choose(c);
}

static const struct word *word_at(const char *text, size_t length, const char **value)
{
    const char *equals = memchr(text, '=', length);
    size_t n = equals != NULL ? (size_t)(equals - text) : length;

    *value = equals != NULL ? equals + 1 : NULL;
    for (size_t i = 0; i < RX_ARRAY_LEN(words); i++)
        if (strlen(words[i].word) == n && memcmp(words[i].word, text, n) == 0)
            return &words[i];
    return NULL;
}

static bool value_fits(const struct word *w, const char *value, size_t length)
{
    rx_ns ns;

    if (w->time)
        return manifest_duration(value, length, &ns) == 0 && ns > 0;
    for (size_t i = 0; i < length; i++)
        if (!((value[i] | 0x20) >= 'a' && (value[i] | 0x20) <= 'z') &&
            !(value[i] >= '0' && value[i] <= '9') && strchr(".-", value[i]) == NULL)
            return false;
    return length > 0;
}

static int more_check(struct load *c)
{
    uint32_t said = 0;

    for (const char *at = c->more; *at != '\0';) {
        size_t n = strcspn(++at, ",");
        struct manifest_near near = {0};
        const char *value;
        const struct word *w = word_at(at, n, &value);

        if (w == NULL) {
            for (size_t i = 0; i < RX_ARRAY_LEN(words); i++)
                manifest_near(&near, words[i].word, strlen(words[i].word), at, strcspn(at, ",="));
            return refuse(c, "unknown word \"%.*s\" (known: " KNOWN "%s%s%s)", (int)n, at,
                          near.word != NULL ? "; did you mean " : "",
                          near.word != NULL ? near.word : "", near.word != NULL ? "?" : "");
        }
        if (w->form == NULL && value != NULL)
            return refuse(c, "%s takes no value", w->word);
        if (w->form != NULL && value == NULL)
            return refuse(c, "%s needs a value: %s", w->word, w->form);
        if (w->form != NULL && !value_fits(w, value, (size_t)(at + n - value)))
            return refuse(c, "%s: '%.*s' is not %s", w->word, (int)(at + n - value), value,
                          w->form);
        if (said >> (w - words) & 1)
            return refuse(c, "%s is said twice", w->word);
        said |= 1u << (w - words);
        at += n;
    }
    return 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void load_write(struct rx_text *t, const struct load *c, size_t number)
{
    const struct pod_service_spec *s = c->service;

    rx_text_say(t, "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: line-%zu",
                number + 1);
    if (strcmp(s->ns, "default") != 0) {
        rx_text_puts(t, ", namespace: ");
        manifest_put_name(t, s->ns);
    }
    rx_text_say(t, "}\nspec:\n  url: \"http://%s", s->name);
    if (c->port != 80)
        rx_text_say(t, ":%u", c->port);
    rx_text_say(t, "%.*s\"\n", (int)c->path_length, c->path);
    rx_text_say(t, "  rate: %.*s\n", (int)c->rate_length, c->rate);
    if (c->from > 0) {
        rx_text_puts(t, "  from: ");
        manifest_put_ms(t, c->from);
        rx_text_putc(t, '\n');
    }
    if (c->has_for) {
        rx_text_puts(t, "  to: ");
        manifest_put_ms(t, c->from + c->span);
        rx_text_putc(t, '\n');
    }
    for (const char *at = c->more; *at != '\0';) {
        size_t n = strcspn(++at, ",");
        const char *value;
        const struct word *w = word_at(at, n, &value);

        rx_text_puts(t, "  ");
        rx_text_puts(t, w->field);
        if (value != NULL)
            rx_text_put(t, value, (size_t)(at + n - value));
        rx_text_puts(t, w->behind);
        rx_text_putc(t, '\n');
        at += n;
    }
}
