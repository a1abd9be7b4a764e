/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.c - Client documents (podring.dev/v1): load that is sent to Services, pods and nodes. As
 * with Behaviors, nothing is ignored, and what a client cannot do is refused by its name.
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

enum { MACHINES_MAX = 65536, POOL_MAX = 65536, COUNT_MAX = 1 << 30, PER_S_MAX = 1000000000 };

static void url_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out);
static void rates_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out);
static void connections_read(struct mf_load *l, const struct mf_at *spec,
                             struct st_client_spec *out);
static void timeouts_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out);
static void retries_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out);
static uint32_t count_read(struct mf_load *l, const struct mf_at *up, const char *field,
                           uint32_t fallback, uint32_t min, uint32_t max);
static rx_ms time_read(struct mf_load *l, const struct mf_at *up, const char *field,
                       rx_ms fallback);
static void keep(struct mf_load *l, const struct mf_at *root, const struct st_client_spec *c);

void mf_client_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 meta_at = mf_field(&root, "metadata"), name = mf_field(&meta_at, "name"), node;
    struct st_client_spec c = {.file = l->file, .line = doc->line};
    struct pod_window window;
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "");
    if (!spec.node)
        mf_required(l, &spec, "");
    if (!mf_is_object(l, &spec))
        return;
    mf_fields_check(l, &spec, MF_FIELDS_CLIENT);
    c.ns = meta.ns;
    c.name = meta.name;
    url_read(l, &spec, &c);
    node = mf_field(&spec, "node");
    c.node = mf_string_at(l, &node, NULL);
    if (c.node != NULL)
        mf_shape_check(l, &node, MF_DNS_SUBDOMAIN, c.node);
    c.count = count_read(l, &spec, "count", 1, 1, MACHINES_MAX);
    window = mf_window(l, &spec, false);
    c.from = window.from;
    c.to = window.to;
    rates_read(l, &spec, &c);
    c.poisson = mf_choice(l, &spec, "arrivals", "even poisson", 0) == 1;
    c.pick = (enum st_client_pick)mf_choice(l, &spec, "pick", "turn random share", 0);
    connections_read(l, &spec, &c);
    timeouts_read(l, &spec, &c);
    retries_read(l, &spec, &c);
    c.report = time_read(l, &spec, "report", 0);
    c.by_pod = mf_bool(l, &spec, "byPod", false);
    keep(l, &root, &c);
}

static void keep(struct mf_load *l, const struct mf_at *root, const struct st_client_spec *c)
{
    struct mf_at meta = mf_field(root, "metadata"), name = mf_field(&meta, "name");
    struct manifest_clients *all = &l->set->clients;

    if (!*c->name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_CLIENT, 0, c->ns, c->name)) {
        mf_duplicate(l, &name, c->name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = *c;
    mf_object_add(l, &(struct manifest_object){c->ns, c->name, all->count - 1, ST_CLIENT, 0});
}

/* ---- where to ---- */

static bool host_ok(const char *host, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = host[i], low = (char)(c | 0x20);

        if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.' &&
            c != '_')
            return false;
    }
    return length > 0;
}

/* http://host[:port][/path[?query]] */
static void url_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out)
{
    static const char scheme[] = "http://";
    struct mf_at at = mf_field(spec, "url");
    const char *url = mf_needed(l, &at), *host, *end;
    size_t length;
    int64_t port = 80;

    out->url = url;
    out->host = "";
    out->path = "/";
    if (!*url)
        return;
    if (strncmp(url, "https://", 8) == 0) {
        mf_invalid(l, &at, "podring's clients speak no TLS: must begin with \"http://\"");
        return;
    }
    if (strncmp(url, scheme, sizeof(scheme) - 1) != 0) {
        mf_invalid(l, &at, "must begin with \"http://\"");
        return;
    }
    host = url + sizeof(scheme) - 1;
    length = strcspn(host, ":/?#");
    end = host + length;
    out->host = mf_keep(l, host, length);
    if (!host_ok(host, length)) {
        mf_invalid(l, &at, "must have the name of a host or an IPv4 address after \"http://\"");
        return;
    }
    if (*end == ':') {
        size_t digits = strspn(end + 1, "0123456789");

        port = 0;
        for (size_t i = 1; i <= digits && port <= UINT16_MAX; i++)
            port = 10 * port + (end[i] - '0');
        end += 1 + digits;
        if (digits == 0 || port < 1 || port > UINT16_MAX || strchr("/?", *end) == NULL) {
            mf_invalid(l, &at, "must have a port between 1 and 65535 after the host");
            return;
        }
    }
    out->port = (uint16_t)port;
    if (strchr(end, '#') != NULL)
        mf_invalid(l, &at, "must not have a fragment: it is never sent");
    else if (*end == '/')
        out->path = mf_keep(l, end, strlen(end));
    else if (*end == '?')
        out->path = mf_keep(l, mf_scratch(l, "/%s", end), strlen(end) + 1);
}

/* ---- when ---- */

/* A number, not below zero, in millionths. */
static bool per_s_read(struct mf_load *l, const struct mf_at *at, uint64_t *ppm)
{
    int64_t value;

    if (at->node->type != MF_INT && at->node->type != MF_FLOAT) {
        mf_wrong_type(l, at, "number");
        return false;
    }
    if (!mf_decimal_parse(at->node->text, at->node->length, 6, &value)) {
        mf_invalid(l, at, "must be a decimal number with at most 6 places");
        return false;
    }
    if (value < 0 || value > (int64_t)PER_S_MAX * 1000000) {
        mf_invalid(l, at, "must be between 0 and %d, inclusive", PER_S_MAX);
        return false;
    }
    *ppm = (uint64_t)value;
    return true;
}

/* Nothing is kept of a window in which nothing is sent. */
static void rate_put(struct st_client_spec *out, struct st_client_rate *list,
                     struct st_client_rate r)
{
    r.from = RX_MAX(r.from, out->from);
    r.to = RX_MIN(r.to, out->to);
    if (r.from < r.to && r.per_s_ppm > 0)
        list[out->rate_count++] = r;
}

static void rates_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out)
{
    struct mf_at at = mf_field(spec, "rate");
    struct st_client_rate *list, r = {.from = 0, .to = RX_MS_NEVER};
    bool many = at.node && at.node->type == MF_SEQUENCE;
    uint32_t room;

    if (!at.node || (many && at.node->count == 0)) {
        mf_required(l, &at, "requests per second, or a list of {from, to, rate}");
        return;
    }
    list = mf_array(l, many ? at.node->count : 1, sizeof(*list), &room);
    out->rate = list;
    if (!many) {
        if (per_s_read(l, &at, &r.per_s_ppm) && r.per_s_ppm == 0)
            mf_invalid(l, &at, "must be greater than 0");
        else if (room > 0)
            rate_put(out, list, r);
        return;
    }
    for (uint32_t i = 0; i < room; i++) {
        struct mf_at item = mf_item(&at, i), rate = mf_field(&item, "rate");
        struct pod_window w;

        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_CLIENT_RATE);
        w = mf_window(l, &item, false);
        r = (struct st_client_rate){.from = w.from, .to = w.to};
        if (!rate.node)
            mf_required(l, &rate, "");
        else if (per_s_read(l, &rate, &r.per_s_ppm))
            rate_put(out, list, r);
    }
}

/* A duration that has to be one. */
static rx_ms time_read(struct mf_load *l, const struct mf_at *up, const char *field,
                       rx_ms fallback)
{
    struct mf_at at = mf_field(up, field);
    uint32_t errors = l->errors;
    rx_ms ms = mf_ms(l, up, field, fallback);

    if (at.node && ms == 0 && l->errors == errors)
        mf_invalid(l, &at, "must be greater than 0");
    return ms;
}

/* ---- how ---- */

static uint32_t count_read(struct mf_load *l, const struct mf_at *up, const char *field,
                           uint32_t fallback, uint32_t min, uint32_t max)
{
    struct mf_at at = mf_field(up, field);
    int64_t number;

    if (mf_integer_at(l, &at, "int32", &number) && mf_number_between(l, &at, number, min, max))
        return (uint32_t)number;
    return fallback;
}

static void connections_read(struct mf_load *l, const struct mf_at *spec,
                             struct st_client_spec *out)
{
    struct mf_at at = mf_field(spec, "connections"), pick = mf_field(spec, "pick");

    out->pool = 1;
    out->idle = 90 * RX_MS_PER_S;
    if (!mf_is_object(l, &at))
        return;
    mf_fields_check(l, &at, MF_FIELDS_CLIENT_CONNECTIONS);
    out->keep_alive = mf_bool(l, &at, "keepAlive", false);
    out->pool = count_read(l, &at, "pool", 1, 1, POOL_MAX);
    out->idle = time_read(l, &at, "idleTimeout", out->idle);
    out->max_requests = count_read(l, &at, "maxRequests", 0, 0, COUNT_MAX);
    if (out->keep_alive && out->pick == ST_PICK_SHARE)
        mf_forbidden(l, &pick, "a connection that is kept cannot be shared out: may not be "
                               "`share` with `connections.keepAlive`");
}

static void timeouts_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out)
{
    struct mf_at at = mf_field(spec, "timeout");

    out->connect = RX_MS_PER_S;
    out->request = 10 * RX_MS_PER_S;
    if (!mf_is_object(l, &at))
        return;
    mf_fields_check(l, &at, MF_FIELDS_CLIENT_TIMEOUT);
    out->connect = time_read(l, &at, "connect", out->connect);
    out->request = time_read(l, &at, "request", out->request);
}

static uint32_t causes_read(struct mf_load *l, const struct mf_at *at)
{
    static const struct {
        const char *word;
        enum st_outcome outcome;
    } cause[] = {
        {"http4xx", ST_OUTCOME_HTTP_4XX},
        {"http5xx", ST_OUTCOME_HTTP_5XX},
        {"refused", ST_OUTCOME_REFUSED},
        {"reset", ST_OUTCOME_RESET},
        {"connectTimeout", ST_OUTCOME_CONNECT_TIMEOUT},
        {"requestTimeout", ST_OUTCOME_REQUEST_TIMEOUT},
        {"dns", ST_OUTCOME_DNS},
    };
    uint32_t on = 0;

    for (uint32_t i = 0, count = mf_count(l, at); i < count; i++) {
        struct mf_at item = mf_item(at, i);
        const char *word = mf_string_at(l, &item, "");
        size_t k = 0;

        while (k < RX_ARRAY_LEN(cause) && strcmp(cause[k].word, word) != 0)
            k++;
        if (k < RX_ARRAY_LEN(cause))
            on |= 1u << cause[k].outcome;
        else if (item.node && item.node->type == MF_STRING)
            mf_unsupported(l, &item, word,
                           "http4xx http5xx refused reset connectTimeout requestTimeout dns");
    }
    return on;
}

static void retries_read(struct mf_load *l, const struct mf_at *spec, struct st_client_spec *out)
{
    struct mf_at at = mf_field(spec, "retries"), on = mf_field(&at, "on"),
                 read = mf_field(&at, "true"), factor = mf_field(&at, "factor");
    struct st_client_retries *r = &out->retries;
    int64_t milli = 2000;

    *r = (struct st_client_retries){
        .attempts = 1,
        .on = 1u << ST_OUTCOME_REFUSED | 1u << ST_OUTCOME_RESET |
              1u << ST_OUTCOME_CONNECT_TIMEOUT | 1u << ST_OUTCOME_HTTP_5XX,
        .cap = 10 * RX_MS_PER_S,
        .factor_milli = 2000,
    };
    if (!mf_is_object(l, &at))
        return;
    mf_fields_check(l, &at, MF_FIELDS_CLIENT_RETRIES);
    r->attempts = count_read(l, &at, "attempts", 1, 1, COUNT_MAX);
    if (on.node == NULL) /* without quotes, YAML 1.1 reads the word `on` as a truth */
        on.node = read.node;
    if (on.node)
        r->on = causes_read(l, &on);
    r->delay = mf_ms(l, &at, "delay", 0);
    r->cap = time_read(l, &at, "cap", r->cap);
    r->reused = mf_bool(l, &at, "reused", false);
    if (!factor.node)
        return;
    if (factor.node->type != MF_INT && factor.node->type != MF_FLOAT)
        mf_wrong_type(l, &factor, "number");
    else if (!mf_decimal_parse(factor.node->text, factor.node->length, 3, &milli))
        mf_invalid(l, &factor, "must be a decimal number with at most 3 places");
    else if (milli < 1000 || milli > 1000000)
        mf_invalid(l, &factor, "must be between 1 and 1000, inclusive");
    r->factor_milli = (uint32_t)milli;
}
