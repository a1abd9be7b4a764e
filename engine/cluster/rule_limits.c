/* SPDX-License-Identifier: Apache-2.0 */
/* rule_limits.c - see rule_limits.h. */
#include "engine/cluster/rule_limits.h"

#include <string.h>

#include "engine/store/rule_request.h"

enum { TEXT_MAX = 384, REASONS_MAX = 32 };

/* ---- what is missing ------------------------------------------------------------------------- */

static bool is_in(const struct rx_pair *list, uint32_t count, const char *key)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(list[i].key, key) == 0)
            return true;
    return false;
}

uint32_t cluster_limits_missing(const struct st_limit_range_spec *r, bool requests,
                                const struct pod_labels *has, struct rx_pair *out, uint32_t room)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < r->count; i++) {
        const struct pod_labels *given = requests ? &r->limit[i].requests : &r->limit[i].limits;

        for (uint32_t k = 0; r->limit[i].type == ST_LIMIT_CONTAINER && k < given->count; k++)
            if (!is_in(has->pair, has->count, given->pair[k].key) &&
                !is_in(out, RX_MIN(n, room), given->pair[k].key) && n < room)
                out[n++] = given->pair[k];
    }
    return n;
}

/* ---- reasons --------------------------------------------------------------------------------- */

/* Sentences of which each is said once. */
struct reasons {
    struct rx_fit *out;
    uint32_t begin, at[REASONS_MAX], length[REASONS_MAX], count;
};

static void add_reason(struct reasons *s, const struct rx_fit *text)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->length[i] == text->len && memcmp(s->out->at + s->at[i], text->at, text->len) == 0)
            return;
    if (s->count == REASONS_MAX)
        return;
    rx_fit_str(s->out, s->count > 0 ? ", " : "");
    s->at[s->count] = s->out->len;
    rx_fit_add(s->out, text->at, text->len);
    s->length[s->count] = s->out->len - s->at[s->count];
    s->count++;
}

/* Several stand in brackets. */
static bool end_reasons(struct reasons *s)
{
    struct rx_fit *t = s->out;

    if (s->count > 1 && t->len + 2 <= t->room) {
        memmove(t->at + s->begin + 1, t->at + s->begin, t->len - s->begin);
        t->at[s->begin] = '[';
        t->len++;
        rx_fit_str(t, "]");
    }
    return s->count > 0;
}

/* ---- constraints ----------------------------------------------------------------------------- */

/* An amount that may not be there. */
struct amount {
    bool there;
    struct st_quantity q;
};

static struct amount named(const struct pod_labels *list, const char *name)
{
    struct amount a = {0};

    a.there = st_amount_text(list, name, &a.q);
    return a;
}

/* Of a container, or (NULL) of the pod. */
static struct amount amount_of(const struct pod_spec *pod, const struct pod_container_spec *c,
                               bool requests, const char *name)
{
    struct amount a = {0};

    if (c != NULL)
        return named(requests ? &c->requests : &c->limits, name);
    a.there = st_request_sum(pod, requests, name, &a.q);
    return a;
}

/* One of them, and what it is held against. */
struct held {
    const char *name; /* of the resource */
    const char *type; /* "Container" */
    const char *enforced;
    struct st_quantity bound;
    struct amount request, limit;
};

static void begin(struct rx_fit *t, const struct held *h, const char *before, const char *between)
{
    rx_fit_str(t, before);
    rx_fit_str(t, h->name);
    rx_fit_str(t, between);
    rx_fit_str(t, h->type);
    rx_fit_str(t, " is ");
    rx_fit_str(t, h->enforced);
}

static void put_amount(struct rx_fit *t, const char *before, const struct amount *a)
{
    char text[ST_QUANTITY_TEXT];

    st_quantity_text(&a->q, text);
    rx_fit_str(t, before);
    rx_fit_str(t, text);
}

static bool check_min(const struct held *h, struct rx_fit *t)
{
    bool request = h->request.there && h->request.q.nano < h->bound.nano,
         limit = h->limit.there && h->limit.q.nano < h->bound.nano;

    if (h->request.there && !request && !limit)
        return true;
    begin(t, h, "minimum ", " usage per ");
    if (!h->request.there)
        rx_fit_str(t, ".  No request is specified");
    else
        put_amount(t, request ? ", but request is " : ", but limit is ",
                   request ? &h->request : &h->limit);
    return false;
}

static bool check_max(const struct held *h, struct rx_fit *t)
{
    bool request = h->request.there && h->request.q.nano > h->bound.nano,
         limit = h->limit.there && h->limit.q.nano > h->bound.nano;

    if (h->limit.there && !request && !limit)
        return true;
    begin(t, h, "maximum ", " usage per ");
    if (!h->limit.there)
        rx_fit_str(t, ".  No limit is specified");
    else
        put_amount(t, limit ? ", but limit is " : ", but request is ",
                   limit ? &h->limit : &h->request);
    return false;
}

/* As %f has it. */
static void put_ratio(struct rx_fit *t, __int128 limit, __int128 request)
{
    const __int128 millionths = (limit * 1000000 * 2 + request) / (2 * request);
    uint64_t whole = (uint64_t)(millionths / 1000000), rest = (uint64_t)(millionths % 1000000);

    rx_fit_uint(t, whole);
    rx_fit_str(t, ".");
    for (uint64_t least = 100000; least > 1 && rest < least; least /= 10)
        rx_fit_str(t, "0");
    rx_fit_uint(t, rest);
}

static bool check_ratio(const struct held *h, struct rx_fit *t)
{
    const __int128 step = 1000000, limit = h->limit.q.nano / step,
                   request = h->request.q.nano / step, bound = h->bound.nano / step;
    bool no_request = !h->request.there || request == 0, no_limit = !h->limit.there || limit == 0;

    if (!no_request && !no_limit && limit * 1000 <= bound * request)
        return true;
    begin(t, h, "", " max limit to request ratio per ");
    if (no_request)
        rx_fit_str(t, ", but no request is specified or request is 0");
    else if (no_limit)
        rx_fit_str(t, ", but no limit is specified or limit is 0");
    else {
        rx_fit_str(t, ", but provided ratio is ");
        put_ratio(t, limit, request);
    }
    return false;
}

/* A claim has a request only, and its largest is held against that. */
static bool check_max_request(const struct held *h, struct rx_fit *t)
{
    if (h->request.there && h->request.q.nano <= h->bound.nano)
        return true;
    begin(t, h, "maximum ", " usage per ");
    if (!h->request.there)
        rx_fit_str(t, ".  No request is specified");
    else
        put_amount(t, ", but request is ", &h->request);
    return false;
}

typedef bool check_fn(const struct held *h, struct rx_fit *t);

/* A container, or (NULL) the pod. */
static void check_all(struct reasons *s, const struct st_limit *l, const struct pod_spec *pod,
                      const struct pod_container_spec *c)
{
    const struct {
        const struct pod_labels *bounds;
        check_fn *check;
    } row[] = {{&l->min, check_min}, {&l->max, check_max}, {&l->ratio, check_ratio}};

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        for (uint32_t k = 0; k < row[i].bounds->count; k++) {
            const struct rx_pair *b = &row[i].bounds->pair[k];
            struct held h = {.name = b->key, .type = c != NULL ? "Container" : "Pod",
                             .enforced = b->value,
                             .bound = named(row[i].bounds, b->key).q,
                             .request = amount_of(pod, c, true, b->key),
                             .limit = amount_of(pod, c, false, b->key)};
            char text[TEXT_MAX];
            struct rx_fit t = {.at = text, .room = TEXT_MAX};

            if (!row[i].check(&h, &t))
                add_reason(s, &t);
        }
    }
}

bool cluster_limits_refuse(const struct st_limit_range_spec *r, const struct pod_spec *pod,
                           struct rx_fit *why)
{
    struct reasons s = {.out = why, .begin = why->len};

    for (uint32_t i = 0; i < r->count; i++) {
        const struct st_limit *l = &r->limit[i];

        if (l->type == ST_LIMIT_POD)
            check_all(&s, l, pod, NULL);
        /* Main containers first. */
        for (uint32_t k = pod->init_count; l->type == ST_LIMIT_CONTAINER &&
                                           k < pod->container_count; k++)
            check_all(&s, l, pod, &pod->container[k]);
        for (uint32_t k = 0; l->type == ST_LIMIT_CONTAINER && k < pod->init_count; k++)
            check_all(&s, l, pod, &pod->container[k]);
    }
    return end_reasons(&s);
}

bool cluster_limits_refuse_claim(const struct st_limit_range_spec *r, const char *storage,
                                 struct rx_fit *why)
{
    struct reasons s = {.out = why, .begin = why->len};
    struct rx_pair pair = {"storage", storage};
    struct pod_labels has = {storage != NULL, &pair};

    for (uint32_t i = 0; i < r->count; i++) {
        const struct st_limit *l = &r->limit[i];

        for (int k = 0; l->type == ST_LIMIT_CLAIM && k < 2; k++) {
            const struct pod_labels *bounds = k == 0 ? &l->min : &l->max;
            struct amount bound = named(bounds, "storage");
            struct held h = {.name = "storage", .type = "PersistentVolumeClaim",
                             .bound = bound.q, .request = named(&has, "storage")};
            char text[TEXT_MAX], enforced[ST_QUANTITY_TEXT];
            struct rx_fit t = {.at = text, .room = TEXT_MAX};

            st_quantity_text(&bound.q, enforced);
            h.enforced = enforced;
            if (bound.there && !(k == 0 ? check_min(&h, &t) : check_max_request(&h, &t)))
                add_reason(&s, &t);
        }
    }
    return end_reasons(&s);
}
