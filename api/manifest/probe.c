/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c - handlers, probes and lifecycle hooks: defaults of pkg/apis/core/v1/defaults.go,
 * refusals of pkg/apis/core/validation (validateProbe, validateHandler, validateLifecycle).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

struct handler_in {
    const struct pod_container_spec *container; /* port names are looked up here and nowhere else */
    int32_t pod_grace_s;
    bool hook; /* a lifecycle handler: sleep instead of grpc */
};

static const struct pod_probe_spec *probe_read(struct mf_load *l, const struct mf_at *at,
                                               const struct handler_in *in,
                                               enum pod_probe_kind kind);
static const struct pod_handler_spec *hook_read(struct mf_load *l, const struct mf_at *at,
                                                const struct handler_in *in);
static void handler_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                         struct pod_handler_spec *out);
static void exec_read(struct mf_load *l, const struct mf_at *at, struct pod_handler_spec *out);
static void http_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                      struct pod_handler_spec *out);
static void headers_read(struct mf_load *l, const struct mf_at *at, struct pod_handler_spec *out);
static void size_check(struct mf_load *l, const struct mf_at *at, const struct pod_handler_spec *h);
static void tcp_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                     struct pod_handler_spec *out);
static void grpc_read(struct mf_load *l, const struct mf_at *at, struct pod_handler_spec *out);
static void sleep_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                       struct pod_handler_spec *out);
static void port_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                      struct pod_handler_spec *out);

void mf_probes_read(struct mf_load *l, const struct mf_at *container, int32_t pod_grace_s,
                    struct pod_container_spec *out)
{
    static const char *const field[POD_PROBE_KINDS] = {[POD_STARTUP] = "startupProbe",
                                                       [POD_READINESS] = "readinessProbe",
                                                       [POD_LIVENESS] = "livenessProbe"};
    static const char init_only[] =
        "may not be set for init containers without restartPolicy=Always";
    const struct handler_in probe = {.container = out, .pod_grace_s = pod_grace_s};
    const struct handler_in hook = {.container = out, .pod_grace_s = pod_grace_s, .hook = true};
    struct mf_at lifecycle = mf_field(container, "lifecycle");

    for (int kind = 0; kind < POD_PROBE_KINDS; kind++) {
        struct mf_at at = mf_field(container, field[kind]);

        if (!mf_is_object(l, &at))
            continue;
        if (out->kind == POD_INIT)
            mf_forbidden(l, &at, init_only);
        else
            out->probe[kind] = probe_read(l, &at, &probe, (enum pod_probe_kind)kind);
    }
    if (!mf_is_object(l, &lifecycle))
        return;
    mf_fields_check(l, &lifecycle, MF_FIELDS_LIFECYCLE);
    if (out->kind == POD_INIT) {
        mf_forbidden(l, &lifecycle, init_only);
    } else {
        struct mf_at start = mf_field(&lifecycle, "postStart"),
                     stop = mf_field(&lifecycle, "preStop");

        out->stop_signal = mf_signal(l, &lifecycle, "stopSignal", 0);
        out->post_start = hook_read(l, &start, &hook);
        out->pre_stop = hook_read(l, &stop, &hook);
    }
}

static const struct pod_probe_spec *probe_read(struct mf_load *l, const struct mf_at *at,
                                               const struct handler_in *in,
                                               enum pod_probe_kind kind)
{
    uint32_t one;
    struct pod_probe_spec *p = mf_array(l, 1, sizeof(*p), &one);
    struct mf_at grace = mf_field(at, "terminationGracePeriodSeconds"),
                 success = mf_field(at, "successThreshold");
    int64_t seconds = 0;

    if (p == NULL)
        return NULL;
    mf_fields_check(l, at, MF_FIELDS_PROBE);
    handler_read(l, at, in, &p->handler);
    p->initial_delay_s = mf_natural(l, at, "initialDelaySeconds", 0);
    p->timeout_s = mf_natural(l, at, "timeoutSeconds", 1);
    p->period_s = mf_natural(l, at, "periodSeconds", 10);
    p->success_threshold = mf_natural(l, at, "successThreshold", 1);
    p->failure_threshold = mf_natural(l, at, "failureThreshold", 3);
    /* Zero is "not given" to the API server. */
    p->timeout_s = p->timeout_s ? p->timeout_s : 1;
    p->period_s = p->period_s ? p->period_s : 10;
    p->success_threshold = p->success_threshold ? p->success_threshold : 1;
    p->failure_threshold = p->failure_threshold ? p->failure_threshold : 3;
    if (kind != POD_READINESS && p->success_threshold != 1)
        mf_invalid(l, &success, "must be 1");
    p->grace_s = -1;
    if (mf_integer_at(l, &grace, "int64", &seconds)) {
        if (seconds <= 0)
            mf_invalid(l, &grace, "must be greater than 0");
        if (kind == POD_READINESS)
            mf_invalid(l, &grace, "must not be set for readinessProbes");
        p->grace_s = (int32_t)RX_MIN(seconds, INT32_MAX);
    }
    return p;
}

static const struct pod_handler_spec *hook_read(struct mf_load *l, const struct mf_at *at,
                                                const struct handler_in *in)
{
    uint32_t one;
    struct pod_handler_spec *h;

    if (!mf_is_object(l, at))
        return NULL;
    h = mf_array(l, 1, sizeof(*h), &one);
    if (h == NULL)
        return NULL;
    mf_fields_check(l, at, MF_FIELDS_LIFECYCLE_HANDLER);
    handler_read(l, at, in, h);
    return h;
}

/* The first handler in Kubernetes' own order counts; each further one is an error of its own. */
static void handler_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                         struct pod_handler_spec *out)
{
    static const struct {
        const char *field;
        enum pod_handler_kind kind;
        bool probe, hook;
    } handlers[] = {
        {"exec", POD_HANDLER_EXEC, true, true},     {"httpGet", POD_HANDLER_HTTP, true, true},
        {"tcpSocket", POD_HANDLER_TCP, true, true}, {"grpc", POD_HANDLER_GRPC, true, false},
        {"sleep", POD_HANDLER_SLEEP, false, true},
    };

    *out = (struct pod_handler_spec){.port_text = "", .path = "/", .service = ""};
    for (size_t i = 0; i < RX_ARRAY_LEN(handlers); i++) {
        struct mf_at field = mf_field(at, handlers[i].field);

        if (!(in->hook ? handlers[i].hook : handlers[i].probe) || !mf_is_object(l, &field))
            continue;
        if (out->kind != POD_HANDLER_NONE) {
            mf_forbidden(l, &field, "may not specify more than 1 handler type");
            continue;
        }
        out->kind = handlers[i].kind;
        switch (out->kind) {
        case POD_HANDLER_EXEC:
            exec_read(l, &field, out);
            break;
        case POD_HANDLER_HTTP:
            http_read(l, &field, in, out);
            break;
        case POD_HANDLER_TCP:
            tcp_read(l, &field, in, out);
            break;
        case POD_HANDLER_GRPC:
            grpc_read(l, &field, out);
            break;
        default:
            sleep_read(l, &field, in, out);
        }
    }
    if (out->kind == POD_HANDLER_NONE)
        mf_required(l, at, "must specify a handler type");
}

static void exec_read(struct mf_load *l, const struct mf_at *at, struct pod_handler_spec *out)
{
    struct mf_at command = mf_field(at, "command");

    mf_fields_check(l, at, MF_FIELDS_EXEC);
    out->argv = mf_strings(l, at, "command", &out->argc);
    out->place = mf_places(l, at, "command");
    if (!command.node || (command.node->type == MF_SEQUENCE && command.node->count == 0))
        mf_required(l, &command, "");
}

static void http_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                      struct pod_handler_spec *out)
{
    struct mf_at headers = mf_field(at, "httpHeaders");

    mf_fields_check(l, at, MF_FIELDS_HTTP_GET);
    out->path = mf_string(l, at, "path", "/");
    out->host = mf_string(l, at, "host", NULL);
    out->https = mf_choice(l, at, "scheme", "HTTP HTTPS", 0) == 1;
    port_read(l, at, in, out);
    headers_read(l, &headers, out);
    size_check(l, at, out);
}

/* A cluster has no such limits; what cannot be asked for is said before it looks like a failure. */
static void size_check(struct mf_load *l, const struct mf_at *at, const struct pod_handler_spec *h)
{
    struct mf_at path = mf_field(at, "path"), headers = mf_field(at, "httpHeaders");
    const struct manifest_limits *limits = l->set->limits;
    bool url_fits;

    if (limits == NULL || limits->http_fits(h, &url_fits))
        return;
    if (!url_fits)
        mf_invalid_text(l, path.node ? &path : at, h->path,
                        "podring asks for URLs of at most %d bytes", (int)limits->url_max);
    else
        mf_invalid_text(l, headers.node ? &headers : at, "...",
                        "podring sends requests of at most %d bytes, their URL included",
                        (int)limits->request_max);
}

static void headers_read(struct mf_load *l, const struct mf_at *at, struct pod_handler_spec *out)
{
    struct rx_pair *h = mf_array(l, mf_count(l, at), sizeof(*h), &out->header_count);

    for (uint32_t i = 0; i < out->header_count; i++) {
        struct mf_at item = mf_item(at, i), where = *at;

        h[i] = (struct rx_pair){"", ""};
        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_HTTP_HEADER);
        h[i].key = mf_string(l, &item, "name", "");
        h[i].value = mf_string(l, &item, "value", "");
        where.node = item.node;
        mf_shape_check(l, &where, MF_HEADER_NAME, h[i].key);
    }
    out->header = h;
}

static void tcp_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                     struct pod_handler_spec *out)
{
    mf_fields_check(l, at, MF_FIELDS_TCP_SOCKET);
    out->host = mf_string(l, at, "host", NULL);
    port_read(l, at, in, out);
}

/* gRPC knows no port names. */
static void grpc_read(struct mf_load *l, const struct mf_at *at, struct pod_handler_spec *out)
{
    struct mf_at port = mf_field(at, "port");
    int64_t number = 0;

    mf_fields_check(l, at, MF_FIELDS_GRPC);
    out->service = mf_string(l, at, "service", "");
    if (!port.node)
        mf_say(l, &port, "Invalid value: 0: must be between 1 and 65535, inclusive");
    else if (mf_integer_at(l, &port, "int32", &number) &&
             mf_number_between(l, &port, number, 1, UINT16_MAX))
        out->port = (uint16_t)number;
    out->port_text = mf_scratch(l, "%u", out->port);
    out->port_text = mf_keep(l, out->port_text, strlen(out->port_text));
}

/* Up to the grace period, which is allowed, whatever the sentence says (validateSleepAction). */
static void sleep_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                       struct pod_handler_spec *out)
{
    struct mf_at seconds = mf_field(at, "seconds");
    int64_t s = mf_int(l, at, "seconds", 0);

    mf_fields_check(l, at, MF_FIELDS_SLEEP);
    if (s < 0 || s > in->pod_grace_s) {
        struct mf_at where = *at;

        where.node = seconds.node;
        mf_say(l, &where,
               "Invalid value: %lld: must be non-negative and less than "
               "terminationGracePeriodSeconds (%d)",
               (long long)s, in->pod_grace_s);
        return;
    }
    out->seconds = (int32_t)s;
}

/*
 * A number, or a name that is looked up among the ports of this container. A name that nobody has
 * is no error for the API server: it leaves port 0 behind, and each run of the probe is an error.
 * (The kubelet would then try the name as a number, but a name without a letter does not come
 * through validation.)
 */
static void port_read(struct mf_load *l, const struct mf_at *at, const struct handler_in *in,
                      struct pod_handler_spec *out)
{
    struct mf_at port = mf_field(at, "port");
    int64_t number = 0;

    if (port.node && port.node->type == MF_STRING) {
        out->port_text = mf_keep(l, port.node->text, port.node->length);
        if (!mf_shape_check(l, &port, MF_PORT_NAME, out->port_text))
            return;
        for (uint32_t i = 0; i < in->container->port_count && out->port == 0; i++) {
            const struct pod_port_spec *p = &in->container->port[i];

            if (p->name && strcmp(p->name, out->port_text) == 0)
                out->port = p->number;
        }
        return;
    }
    if (!port.node)
        mf_say(l, &port, "Invalid value: 0: must be between 1 and 65535, inclusive");
    else if (mf_integer_at(l, &port, "IntOrString", &number) &&
             mf_number_between(l, &port, number, 1, UINT16_MAX))
        out->port = (uint16_t)number;
    out->port_text = mf_scratch(l, "%lld", (long long)number);
    out->port_text = mf_keep(l, out->port_text, strlen(out->port_text));
}
