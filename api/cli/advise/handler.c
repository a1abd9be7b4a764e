/* SPDX-License-Identifier: Apache-2.0 */
/* handler.c - what probes ask, as text of a manifest. */
#include <string.h>

#include "api/cli/advise/advise.h"

const char *subject_handler(struct advise *a, const struct pod_handler_spec *h)
{
    char *argv = advise_say(a, "[");

    switch (h->kind) {
    case POD_HANDLER_HTTP:
        if (h->header_count > 0 || h->host != NULL)
            return NULL;
        return advise_say(a, "httpGet: {path: \"%s\", port: %s%s}", h->path, h->port_text,
                          h->https ? ", scheme: HTTPS" : "");
    case POD_HANDLER_TCP:
        return h->host != NULL ? NULL : advise_say(a, "tcpSocket: {port: %s}", h->port_text);
    case POD_HANDLER_GRPC:
        return h->service != NULL && h->service[0] != '\0'
                   ? advise_say(a, "grpc: {port: %u, service: %s}", h->port, h->service)
                   : advise_say(a, "grpc: {port: %u}", h->port);
    case POD_HANDLER_EXEC:
        for (uint32_t i = 0; i < h->argc; i++) {
            if (strpbrk(h->argv[i], "\"\\\n") != NULL)
                return NULL;
            argv = advise_say(a, "%s%s\"%s\"", argv, i > 0 ? ", " : "", h->argv[i]);
        }
        return advise_say(a, "exec: {command: %s]}", argv);
    default:
        return NULL;
    }
}

const char *subject_asks(struct advise *a, const struct advise_subject *s, uint32_t container)
{
    const struct pod_container_spec *c = subject_container(s, container);
    uint16_t port = subject_port(s);

    for (int k = 0; k < POD_PROBE_KINDS; k++) {
        const char *text = c->probe[k] != NULL ? subject_handler(a, &c->probe[k]->handler) : NULL;

        if (text != NULL)
            return text;
    }
    return port != 0 ? advise_say(a, "tcpSocket: {port: %u}", port) : NULL;
}
