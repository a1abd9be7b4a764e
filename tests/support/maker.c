/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/maker.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static void add(struct maker *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct maker *m, const char *format, ...)
{
    va_list args;
    size_t n;

    va_start(args, format);
    n = (size_t)vsnprintf(m->text + m->used, m->room - m->used, format, args);
    va_end(args);
    if (m->used + n >= m->room) {
        m->room = 2 * (m->room + n);
        m->text = realloc(m->text, m->room);
        if (m->text == NULL)
            abort();
        va_start(args, format);
        n = (size_t)vsnprintf(m->text + m->used, m->room - m->used, format, args);
        va_end(args);
    }
    m->used += n;
}

static unsigned below(struct maker *m, unsigned n)
{
    return (unsigned)rx_prng_below(&m->r, n);
}

static const char *pick(struct maker *m, const char *const *list, unsigned n)
{
    return list[below(m, n)];
}

/* One draw a call: the order in which C evaluates arguments is the compiler's. */
static void add_probe(struct maker *m, const char *kind, bool counts_success)
{
    add(m, "    %s:\n      %s\n", kind,
        below(m, 4) == 0 ? "tcpSocket: {port: 8080}" : "httpGet: {path: /h, port: 8080}");
    add(m, "      periodSeconds: %u\n", 1 + below(m, 7));
    add(m, "      timeoutSeconds: %u\n", 1 + below(m, 4));
    add(m, "      failureThreshold: %u\n", 1 + below(m, 3));
    if (below(m, 3) == 0)
        add(m, "      initialDelaySeconds: %u\n", below(m, 9));
    if (counts_success && below(m, 3) == 0)
        add(m, "      successThreshold: %u\n", 1 + below(m, 3));
}

static void add_serve(struct maker *m, unsigned span)
{
    /* Hanging is left to HTTP: a TCP handshake is completed by a kernel, not by a program. */
    static const char *const how[] = {
        "status: 500",
        "status: 204",
        "status: 302",
        "do: refuse",
        "do: reset",
        "do: garbage",
        "path: /h, status: 503",
        "status: 200, latency: 300ms",
        "path: /h, do: hang",
        "path: /h, do: headersOnly",
        "status: 418",
        "redirect: /other",
    };
    unsigned rules = below(m, 4);

    if (rules == 0)
        return;
    add(m, "    serve:\n");
    for (unsigned i = 0; i < rules; i++) {
        unsigned from = below(m, span);

        add(m, "    - {from: %us, to: %us, ", from, from + 1 + below(m, span / 2));
        add(m, "%s", below(m, 2) == 0 ? "clock: instance, " : "");
        add(m, "%s}\n", pick(m, how, sizeof(how) / sizeof(*how)));
    }
}

static void add_behavior(struct maker *m, const char *pod, const char *container, unsigned span)
{
    unsigned instances = 1 + below(m, 3);

    add(m, "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: %s-%s}\nspec:\n", pod,
        container);
    add(m, "  selector: {matchLabels: {pod: %s}}\n  container: %s\n  instances:\n", pod, container);
    for (unsigned i = 0; i < instances; i++) {
        add(m, "  - start: {takes: %ums}\n", below(m, 3) == 0 ? below(m, 4000) : 0);
        if (below(m, 2) == 0) {
            add(m, "    exit: {after: %ums, ", below(m, 40000));
            add(m, "code: %u}\n", below(m, 3));
        }
        if (below(m, 3) == 0) {
            add(m, "    onStop: ignore\n");
        } else if (below(m, 2) == 0) {
            add(m, "    onStop: {after: %ums, ", below(m, 6000));
            add(m, "code: %u}\n", below(m, 2) * 143);
        }
        add_serve(m, span);
    }
}

static void add_pod(struct maker *m, unsigned number, unsigned span)
{
    static const char *const policy[] = {"Always", "Always", "OnFailure", "Never"};
    static const char *const names[] = {"b", "a", "c"};
    unsigned containers = 1 + below(m, 2);
    char pod[16];

    snprintf(pod, sizeof(pod), "p%u", number);
    add(m, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {pod: %s}}\nspec:\n", pod,
        pod);
    add(m, "  restartPolicy: %s\n", pick(m, policy, 4));
    add(m, "  terminationGracePeriodSeconds: %u\n  containers:\n", below(m, 12));
    for (unsigned i = 0; i < containers; i++) {
        add(m, "  - name: %s\n    image: i:1\n", names[i]);
        if (i > 0)
            continue; /* one port a pod: the second container has no probes */
        add(m, "    ports: [{containerPort: 8080}]\n");
        if (below(m, 2) == 0)
            add_probe(m, "livenessProbe", false);
        if (below(m, 2) == 0)
            add_probe(m, "readinessProbe", true);
        if (below(m, 3) == 0)
            add_probe(m, "startupProbe", false);
    }
    for (unsigned i = 0; i < containers; i++)
        add_behavior(m, pod, names[i], span);
}

void maker_make(struct maker *m, uint64_t seed, const struct maker_shape *shape)
{
    unsigned span = shape != NULL && shape->span_s > 0 ? shape->span_s : 60;
    unsigned pods = shape != NULL && shape->pods_max > 0 ? shape->pods_max : 3;

    m->used = 0;
    m->r = rx_prng_stream(seed, 1000, 0);
    pods = 1 + below(m, pods);
    for (unsigned i = 0; i < pods; i++)
        add_pod(m, i, span);
    add(m,
        "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n");
    add(m, "  - {at: %us, kill: pod/p0, signal: SIGKILL}\n", 5 + below(m, span));
    add(m, "  - {at: %us, ", span / 2 + below(m, span));
    add(m, "delete: pod/p%u", below(m, pods));
    add(m, "%s}\n", below(m, 3) == 0 ? ", force: true" : "");
    if (below(m, 4) == 0)
        add(m, "  - {at: %us, reboot: node}\n", 10 + below(m, span + span / 3));
}

void maker_free(struct maker *m)
{
    free(m->text);
    m->text = NULL;
    m->room = m->used = 0;
}
