/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manifest_client.c - Client documents: every field in its struct, every default, and every
 * slip an error; and what Behaviors say of connections.
 */
#include "tests/unit/test_manifest_kit.h"

#define CLIENT                                                                                     \
    "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop, namespace: ns}\nspec:\n"
#define BEHAVIOR "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
#define URL "  url: http://web\n"
#define PLAIN URL "  rate: 1\n"
#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))
#define PPM 1000000ull

static const struct st_client_spec *load(struct kit *k, const char *text)
{
    kit_open(k);
    cr_assert_eq(kit_load(k, text), 0, "%s", kit_said(k));
    cr_assert_eq(k->set.clients.count, 1);
    return k->set.clients.item;
}

Test(manifest_client, defaults)
{
    struct kit k;
    const struct st_client_spec *c = load(&k, CLIENT PLAIN);

    cr_expect_str_eq(c->ns, "ns");
    cr_expect_str_eq(c->name, "shop");
    cr_expect_str_eq(c->url, "http://web");
    cr_expect_str_eq(c->host, "web");
    cr_expect_eq(c->port, 80);
    cr_expect_str_eq(c->path, "/");
    cr_expect_null(c->node);
    cr_expect_eq(c->count, 1);
    cr_expect_eq(c->from, 0);
    cr_expect_eq(c->to, RX_MS_NEVER);
    cr_assert_eq(c->rate_count, 1);
    cr_expect_eq(c->rate[0].from, 0);
    cr_expect_eq(c->rate[0].to, RX_MS_NEVER);
    cr_expect_eq(c->rate[0].per_s_ppm, PPM);
    cr_expect_not(c->poisson);
    cr_expect_eq(c->pick, ST_PICK_TURN);
    cr_expect_not(c->keep_alive);
    cr_expect_eq(c->pool, 1);
    cr_expect_eq(c->max_requests, 0);
    cr_expect_eq(c->idle, 90000);
    cr_expect_eq(c->connect, 1000);
    cr_expect_eq(c->request, 10000);
    cr_expect_eq(c->retries.attempts, 1);
    cr_expect_eq(c->retries.on, 1u << ST_OUTCOME_REFUSED | 1u << ST_OUTCOME_RESET |
                                    1u << ST_OUTCOME_CONNECT_TIMEOUT | 1u << ST_OUTCOME_HTTP_5XX);
    cr_expect_eq(c->retries.delay, 0);
    cr_expect_eq(c->retries.cap, 10000);
    cr_expect_eq(c->retries.factor_milli, 2000);
    cr_expect_not(c->retries.reused);
    cr_expect_eq(c->report, 0);
    cr_expect_not(c->by_pod);
    kit_close(&k);
}

Test(manifest_client, everything)
{
    struct kit k;
    const struct st_client_spec *c =
        load(&k, CLIENT "  url: http://web.shop.svc:8080/cart?x=1\n"
                        "  node: n1\n  count: 3\n  from: 1s\n  to: 10m\n"
                        "  rate: [{to: 1m, rate: 50}, {from: 30s, to: 2m, rate: 0.5},\n"
                        "    {from: 2m, to: 3m, rate: 0}, {from: 11m, rate: 7}]\n"
                        "  arrivals: poisson\n  pick: random\n"
                        "  connections: {keepAlive: true, pool: 4, idleTimeout: 5s, "
                        "maxRequests: 100}\n"
                        "  timeout: {connect: 250ms, request: 2s}\n"
                        "  retries: {attempts: 3, 'on': [dns, requestTimeout, http4xx], "
                        "delay: 100ms, factor: 1.5, cap: 1s, reused: true}\n"
                        "  report: 1s\n  byPod: true\n");

    cr_expect_str_eq(c->host, "web.shop.svc");
    cr_expect_eq(c->port, 8080);
    cr_expect_str_eq(c->path, "/cart?x=1");
    cr_expect_str_eq(c->node, "n1");
    cr_expect_eq(c->count, 3);
    cr_expect_eq(c->from, 1000);
    cr_expect_eq(c->to, 600000);
    cr_assert_eq(c->rate_count, 2, "neither a pause nor what is outside of the window");
    cr_expect_eq(c->rate[0].from, 1000, "cut");
    cr_expect_eq(c->rate[0].to, 60000);
    cr_expect_eq(c->rate[0].per_s_ppm, 50 * PPM);
    cr_expect_eq(c->rate[1].from, 30000);
    cr_expect_eq(c->rate[1].per_s_ppm, PPM / 2);
    cr_expect(c->poisson);
    cr_expect_eq(c->pick, ST_PICK_RANDOM);
    cr_expect(c->keep_alive);
    cr_expect_eq(c->pool, 4);
    cr_expect_eq(c->idle, 5000);
    cr_expect_eq(c->max_requests, 100);
    cr_expect_eq(c->connect, 250);
    cr_expect_eq(c->request, 2000);
    cr_expect_eq(c->retries.attempts, 3);
    cr_expect_eq(c->retries.on, 1u << ST_OUTCOME_DNS | 1u << ST_OUTCOME_REQUEST_TIMEOUT |
                                    1u << ST_OUTCOME_HTTP_4XX);
    cr_expect_eq(c->retries.delay, 100);
    cr_expect_eq(c->retries.factor_milli, 1500);
    cr_expect_eq(c->retries.cap, 1000);
    cr_expect(c->retries.reused);
    cr_expect_eq(c->report, 1000);
    cr_expect(c->by_pod);
    kit_close(&k);
}

static const struct {
    const char *url, *host, *path;
    uint16_t port;
} urls[] = {
    {"http://10.0.0.1:30080", "10.0.0.1", "/", 30080},
    {"http://web-0.web/", "web-0.web", "/", 80},
    {"http://web?x", "web", "/?x", 80},
    {"http://web:81?x", "web", "/?x", 81},
    {"http://A_b.c/d:e", "A_b.c", "/d:e", 80},
};

Test(manifest_client, urls)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(urls); i++) {
        const struct st_client_spec *c;
        char text[512];
        struct kit k;

        snprintf(text, sizeof(text), CLIENT "  url: '%s'\n  rate: 1\n", urls[i].url);
        c = load(&k, text);
        cr_expect_str_eq(c->host, urls[i].host);
        cr_expect_eq(c->port, urls[i].port, "%s", urls[i].url);
        cr_expect_str_eq(c->path, urls[i].path);
        kit_close(&k);
    }
}

static const struct refusal refused[] = {
    {"apiVersion: podring.dev/v1\nkind: Client\n",
     "1:1 metadata.name: Required value\n1:1 spec: Required value\n"},
    {CLIENT "  {}\n", "5:3 spec.url: Required value\n"
                      "5:3 spec.rate: Required value: requests per second, or a list of {from, "
                      "to, rate}\n"},
    {CLIENT PLAIN "---\n" CLIENT PLAIN,
     "10:18 metadata.name: Duplicate value: \"shop\"\n"},
    {CLIENT PLAIN "  method: GET\n  connections: {keepalive: true}\n  timeout: {read: 1s}\n"
                  "  retries: {retry: 1}\n",
     "7:3 unknown field \"spec.method\"\n"
     "8:17 unknown field \"spec.connections.keepalive\"\n"
     "9:13 unknown field \"spec.timeout.read\"\n"
     "10:13 unknown field \"spec.retries.retry\"\n"},
    {CLIENT "  url: https://web\n  rate: 1\n",
     "5:8 spec.url: Invalid value: \"https://web\": podring's clients speak no TLS: must begin "
     "with \"http://\"\n"},
    {CLIENT "  url: web\n  rate: 1\n",
     "5:8 spec.url: Invalid value: \"web\": must begin with \"http://\"\n"},
    {CLIENT "  url: http://\n  rate: 1\n",
     "5:8 spec.url: Invalid value: \"http://\": must have the name of a host or an IPv4 address "
     "after \"http://\"\n"},
    {CLIENT "  url: http://a@b\n  rate: 1\n",
     "5:8 spec.url: Invalid value: \"http://a@b\": must have the name of a host or an IPv4 "
     "address after \"http://\"\n"},
    {CLIENT "  url: 'http://web:'\n  rate: 1\n---\n" CLIENT "  url: http://web:65536\n  rate: 1\n"
     "---\n" CLIENT "  url: http://web:80x\n  rate: 1\n---\n" CLIENT "  url: http://web:0\n"
     "  rate: 1\n",
     "5:8 spec.url: Invalid value: \"http://web:\": must have a port between 1 and 65535 after the "
     "host\n"
     "10:18 metadata.name: Duplicate value: \"shop\"\n"
     "12:8 spec.url: Invalid value: \"http://web:65536\": must have a port between 1 and 65535 "
     "after the host\n"
     "17:18 metadata.name: Duplicate value: \"shop\"\n"
     "19:8 spec.url: Invalid value: \"http://web:80x\": must have a port between 1 and 65535 after "
     "the host\n"
     "24:18 metadata.name: Duplicate value: \"shop\"\n"
     "26:8 spec.url: Invalid value: \"http://web:0\": must have a port between 1 and 65535 after "
     "the host\n"},
    {CLIENT "  url: 'http://web/#top'\n  rate: 1\n",
     "5:8 spec.url: Invalid value: \"http://web/#top\": must not have a fragment: it is never "
     "sent\n"},
    {CLIENT URL "  rate: 0\n", "6:9 spec.rate: Invalid value: 0: must be greater than 0\n"},
    {CLIENT URL "  rate: -1\n",
     "6:9 spec.rate: Invalid value: -1: must be between 0 and 1000000000, inclusive\n"},
    {CLIENT URL "  rate: 0.0000001\n",
     "6:9 spec.rate: Invalid value: 0.0000001: must be a decimal number with at most 6 places\n"},
    {CLIENT URL "  rate: many\n",
     "6:9 spec.rate: Invalid value: \"many\": cannot unmarshal string into Go struct field of type "
     "number\n"},
    {CLIENT URL "  rate: []\n",
     "6:9 spec.rate: Required value: requests per second, or a list of {from, to, rate}\n"},
    {CLIENT URL "  rate: [{from: 2s, to: 1s, rate: 1}, {to: 1s}, 5, {rate: 1, per: s}]\n",
     "6:25 spec.rate[0].to: Invalid value: \"1s\": must be greater than `from`\n"
     "6:39 spec.rate[1].rate: Required value\n"
     "6:49 spec.rate[2]: Invalid value: 5: cannot unmarshal number into Go struct field of type "
     "object\n"
     "6:62 unknown field \"spec.rate[3].per\"\n"},
    {CLIENT PLAIN "  from: 5s\n  to: 5s\n  node: N1\n  count: 0\n  arrivals: odd\n  pick: best\n"
                  "  report: 0s\n  byPod: 1\n",
     "8:7 spec.to: Invalid value: \"5s\": must be greater than `from`\n"
     "9:9 spec.node: Invalid value: \"N1\": a lowercase RFC 1123 subdomain must consist of lower "
     "case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
     "character (e.g. 'example.com', regex used for validation is "
     "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n"
     "10:10 spec.count: Invalid value: 0: must be between 1 and 65536, inclusive\n"
     "11:13 spec.arrivals: Unsupported value: \"odd\": supported values: \"even\", \"poisson\"\n"
     "12:9 spec.pick: Unsupported value: \"best\": supported values: \"turn\", \"random\", "
     "\"share\"\n"
     "13:11 spec.report: Invalid value: \"0s\": must be greater than 0\n"
     "14:10 spec.byPod: Invalid value: 1: cannot unmarshal number into Go struct field of type "
     "bool\n"},
    {CLIENT PLAIN "  connections: {pool: 0, idleTimeout: 0s, maxRequests: -1}\n"
                  "  timeout: {connect: 0s, request: 5}\n",
     "7:23 spec.connections.pool: Invalid value: 0: must be between 1 and 65536, inclusive\n"
     "7:39 spec.connections.idleTimeout: Invalid value: \"0s\": must be greater than 0\n"
     "7:56 spec.connections.maxRequests: Invalid value: -1: must be between 0 and 1073741824, "
     "inclusive\n"
     "8:22 spec.timeout.connect: Invalid value: \"0s\": must be greater than 0\n"
     "8:35 spec.timeout.request: Invalid value: 5: missing unit: must be a duration such as 250ms "
     "or 1m20s\n"},
    {CLIENT PLAIN "  pick: share\n  connections: {keepAlive: true}\n",
     "7:9 spec.pick: Forbidden: a connection that is kept cannot be shared out: may not be `share` "
     "with `connections.keepAlive`\n"},
    {CLIENT PLAIN "  retries: {attempts: 0, on: [refused, ok, 5], factor: 0.5, cap: 0s}\n",
     "7:23 spec.retries.attempts: Invalid value: 0: must be between 1 and 1073741824, inclusive\n"
     "7:40 spec.retries.on[1]: Unsupported value: \"ok\": supported values: \"http4xx\", "
     "\"http5xx\", \"refused\", \"reset\", \"connectTimeout\", \"requestTimeout\", \"dns\"\n"
     "7:44 spec.retries.on[2]: Invalid value: 5: cannot unmarshal number into Go struct field of "
     "type string\n"
     "7:56 spec.retries.factor: Invalid value: 0.5: must be between 1 and 1000, inclusive\n"
     "7:66 spec.retries.cap: Invalid value: \"0s\": must be greater than 0\n"},
};

Test(manifest_client, what_is_refused)
{
    REFUSE(refused);
}

/* ---- Behaviors ------------------------------------------------------------------------------- */

Test(manifest_client, what_a_server_does_with_connections)
{
    const struct pod_behaviour *b;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, BEHAVIOR "  keepAlive: {idle: 5s}\n  instances:\n"
                              "  - onStop: {after: 9s, closes: 3s, drain: true}\n"
                              "  - {keepAlive: {maxRequests: 7}, onStop: {closes: 0s}}\n"
                              "  - {onStop: {after: 1s}}\n---\n"
                              BEHAVIOR "  keepAlive: {maxRequests: 2}\n---\n"
                              BEHAVIOR "  instances: [{}]\n"), 0, "%s", kit_said(&k));
    b = k.set.behaviours.item;
    cr_expect(b[0].instance[0].closes && b[0].instance[0].drains);
    cr_expect_eq(b[0].instance[0].closes_after.a, 3 * RX_NS_PER_S);
    cr_expect_eq(b[0].instance[0].keep_alive.idle, 5000);
    cr_expect_eq(b[0].instance[0].keep_alive.requests, 0);
    cr_expect(b[0].instance[1].closes && !b[0].instance[1].drains);
    cr_expect_eq(b[0].instance[1].closes_after.a, 0);
    cr_expect_eq(b[0].instance[1].keep_alive.idle, 60000, "its own list has no such limit");
    cr_expect_eq(b[0].instance[1].keep_alive.requests, 7);
    cr_expect_not(b[0].instance[2].closes || b[0].instance[2].drains);
    cr_assert_eq(b[1].instance_count, 1, "one instance that only keeps connections");
    cr_expect_eq(b[1].instance[0].keep_alive.requests, 2);
    cr_expect_eq(b[1].instance[0].stop_code, 143);
    cr_expect_eq(b[2].instance[0].keep_alive.idle, 60000);
    kit_close(&k);
}

static const struct refusal connections[] = {
    {BEHAVIOR "  keepAlive: {idle: 5, maxRequests: -1, max: 1}\n",
     "5:21 spec.keepAlive.idle: Invalid value: 5: missing unit: must be a duration such as 250ms "
     "or 1m20s\n"
     "5:37 spec.keepAlive.maxRequests: Invalid value: -1: must be between 0 and 1073741824, "
     "inclusive\n"
     "5:41 unknown field \"spec.keepAlive.max\"\n"},
    {BEHAVIOR "  instances: [{onStop: {closes: soon, drain: 1}}]\n",
     "5:33 spec.instances[0].onStop.closes: Invalid value: \"soon\": must be a duration such as "
     "250ms or 1m20s\n"
     "5:46 spec.instances[0].onStop.drain: Invalid value: 1: cannot unmarshal number into Go "
     "struct field of type bool\n"},
};

Test(manifest_client, what_servers_cannot_do)
{
    REFUSE(connections);
}
