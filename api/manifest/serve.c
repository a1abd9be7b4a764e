/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve.c - the `serve` lists of a Behavior: what a port answers, and when.
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

/* A body is made up byte by byte for each answer; more than this is a typing error. */
enum { BODY_BYTES_MAX = 64 << 20 };

static void rule_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out);
static void act_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out);
static void status_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out);
static void body_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out);
static void target_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out);
static void refusal_check(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out);

const struct pod_serve_rule *mf_serve_read(struct mf_load *l, const struct mf_at *list,
                                           uint32_t *count)
{
    struct pod_serve_rule *r = mf_array(l, mf_count(l, list), sizeof(*r), count);

    for (uint32_t i = 0; i < *count; i++) {
        struct mf_at item = mf_item(list, i);

        rule_read(l, &item, &r[i]);
    }
    return r;
}

static void rule_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out)
{
    struct mf_at latency = mf_field(at, "latency"), headers = mf_field(at, "headersAfter");

    *out = (struct pod_serve_rule){
        .status = 200, .grpc = POD_GRPC_UNSET, .rate_ppm = 1000000, .line = at->node->line};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_SERVE);
    out->window = mf_window(l, at, true);
    target_read(l, at, out);
    act_read(l, at, out);
    status_read(l, at, out);
    body_read(l, at, out);
    /* Two words for one thing: the time until the first byte. */
    if (latency.node && headers.node)
        mf_forbidden(l, &headers, "may not be set together with `latency`");
    out->latency = mf_draw(l, at, headers.node ? "headersAfter" : "latency");
    out->body_after = mf_draw(l, at, "bodyAfter");
    out->rate_ppm = mf_rate(l, at);
    out->tls = mf_bool(l, at, "tls", false);
    refusal_check(l, at, out);
    pod_serve_rule_ready(out);
}

static void target_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out)
{
    struct mf_at path = mf_field(at, "path"), port = mf_field(at, "port");
    int64_t number = 0;

    out->path = mf_string_at(l, &path, NULL);
    if (path.node && path.node->type == MF_STRING && path.node->text[0] != '/')
        mf_invalid(l, &path, "must begin with '/'");
    if (mf_integer_at(l, &port, "int32", &number) &&
        mf_number_between(l, &port, number, 1, UINT16_MAX))
        out->port = (uint16_t)number;
}

/* `do` and `redirect` are two ways to say what happens instead of a plain answer. */
static void act_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out)
{
    static const enum pod_serve_act act[] = {POD_SERVE_HANG, POD_SERVE_REFUSE, POD_SERVE_RESET,
                                             POD_SERVE_HEADERS_ONLY, POD_SERVE_GARBAGE};
    static const char *const useless[] = {"status", "grpc", "body", "bodyBytes", "bodyAfter"};
    struct mf_at does = mf_field(at, "do"), redirect = mf_field(at, "redirect");
    const struct manifest_limits *limits = l->set->limits;
    int chosen = mf_choice(l, at, "do", "hang refuse reset headersOnly garbage", -1);

    if (chosen >= 0)
        out->act = act[chosen];
    if (does.node && redirect.node)
        mf_forbidden(l, &redirect, "may not be set together with `do`");
    if (redirect.node && !does.node) {
        out->act = POD_SERVE_REDIRECT;
        out->location = mf_needed(l, &redirect);
        if (limits != NULL && strlen(out->location) > limits->location_max)
            mf_invalid_text(l, &redirect, out->location,
                            "podring sends Locations of at most %d bytes",
                            (int)limits->location_max);
    }
    if (out->act == POD_SERVE_ANSWER || out->act == POD_SERVE_REDIRECT)
        return;
    for (size_t i = 0; i < RX_ARRAY_LEN(useless); i++) {
        struct mf_at field = mf_field(at, useless[i]);

        if (field.node && !(i == 0 && out->act == POD_SERVE_HEADERS_ONLY))
            mf_forbidden(l, &field,
                         mf_scratch(l, "may not be set together with `do: %s`", does.node->text));
    }
}

static void status_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out)
{
    static const uint8_t code[] = {POD_GRPC_SERVING, POD_GRPC_NOT_SERVING, POD_GRPC_SERVICE_UNKNOWN,
                                   POD_GRPC_UNKNOWN, POD_GRPC_UNIMPLEMENTED};
    struct mf_at status = mf_field(at, "status"), grpc = mf_field(at, "grpc");
    bool redirect = out->act == POD_SERVE_REDIRECT;
    int chosen =
        mf_choice(l, at, "grpc", "SERVING NOT_SERVING SERVICE_UNKNOWN UNKNOWN UNIMPLEMENTED", -1);
    int64_t number = redirect ? 302 : 200;

    if (mf_integer_at(l, &status, "int32", &number) &&
        !mf_number_between(l, &status, number, redirect ? 300 : 100, redirect ? 399 : 999))
        number = 200;
    out->status = (uint16_t)number;
    if (chosen >= 0)
        out->grpc = code[chosen];
    if (redirect && grpc.node)
        mf_forbidden(l, &grpc, "may not be set together with `redirect`");
}

/* A port is closed to all or to none: whoever has sent a path is connected by then, and so is
 * whoever is one of several. Of them a process can only let go. */
static void refusal_check(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out)
{
    static const struct {
        const char *field, *of;
    } part[] = {{"path", "a path"}, {"rate", "a share of the requests"}};

    for (size_t i = 0; i < RX_ARRAY_LEN(part) && out->act == POD_SERVE_REFUSE; i++) {
        struct mf_at field = mf_field(at, part[i].field);

        if (i == 0 ? out->path == NULL : out->rate_ppm == 1000000)
            continue;
        mf_say_at(l, MANIFEST_WARNING, field.node->line, field.node->column,
                  "%s alone cannot be refused, the connection is there by then: taken as "
                  "`do: reset`", part[i].of);
        out->act = POD_SERVE_RESET;
    }
}

static void body_read(struct mf_load *l, const struct mf_at *at, struct pod_serve_rule *out)
{
    struct mf_at body = mf_field(at, "body"), bytes = mf_field(at, "bodyBytes");
    int64_t number = 0;

    out->body = mf_string_at(l, &body, body.node ? "" : NULL);
    if (mf_integer_at(l, &bytes, "int32", &number) &&
        mf_number_between(l, &bytes, number, 1, BODY_BYTES_MAX))
        out->body_bytes = (uint32_t)number;
    if (body.node && bytes.node)
        mf_forbidden(l, &bytes, "may not be set together with `body`");
}
