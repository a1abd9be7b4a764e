/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api_patch.c - what strategic merge patches and JSON patches make of documents, as the API
 * server does it, and what of them is refused; and updates of what is no workload.
 */
#include "tests/api/test_api_kit.h"

#define POD(containers)                                                                            \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {a: b}}\nspec: {containers: ["         \
    containers "]}\n"
#define DEPLOYMENT(spec)                                                                           \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  replicas: 2\n"           \
    "  selector: {matchLabels: {app: d}}\n  template:\n    metadata: {labels: {app: d}}\n"         \
    "    spec: " spec "\n"
#define TWO "{containers: [{name: a, image: i}, {name: b, image: j}]}"

#define ROLLING                                                                                    \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  strategy: {type: "       \
    "RollingUpdate, rollingUpdate: {maxSurge: 3}}\n  selector: {matchLabels: {app: d}}\n"          \
    "  template: {metadata: {labels: {app: d}}, spec: {containers: [{name: a, image: i}]}}\n"

struct row {
    const char *id, *object, *document, *patch;
    const char *part; /* of the document as it is then; or what podring_why says of it */
    int code;
};

static const char *document_of(podring *r, const char *object)
{
    static char text[4096];
    size_t length;

    cr_assert_eq(podring_document(r, NULL, object, text, sizeof(text), &length), 0, "%s",
                 podring_why(r));
    cr_assert_lt(length, sizeof(text));
    return text;
}

static void check(const struct row *rows, size_t count, int type)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *t = &rows[i];
        podring *r = kit_ring(t->document);
        int rc = podring_patch_text(r, NULL, t->object, type, "patch", t->patch, strlen(t->patch));
        const char *is = rc == 0 ? document_of(r, t->object) : podring_why(r);

        cr_expect_eq(rc, -t->code, "%s: %d %s", t->id, rc, is);
        cr_expect_not_null(strstr(is, t->part), "%s: %s", t->id, is);
        podring_close(r);
    }
}

Test(api_patch, strategic)
{
    static const struct row rows[] = {
        {"a list is merged by its key", "deployment/d", DEPLOYMENT(TWO),
         "spec: {template: {spec: {containers: [{name: b, image: k}]}}}",
         "\"containers\":[{\"name\":\"a\",\"image\":\"i\"},{\"name\":\"b\",\"image\":\"k\"}]", 0},
        {"what is new comes first", "deployment/d", DEPLOYMENT(TWO),
         "spec: {template: {spec: {containers: [{name: c, image: k}]}}}",
         "\"containers\":[{\"name\":\"c\",\"image\":\"k\"},{\"name\":\"a\"", 0},
        {"one is deleted", "deployment/d", DEPLOYMENT(TWO),
         "spec: {template: {spec: {containers: [{name: a, $patch: delete}]}}}",
         "\"containers\":[{\"name\":\"b\",\"image\":\"j\"}]", 0},
        {"the list is replaced", "deployment/d", DEPLOYMENT(TWO),
         "spec: {template: {spec: {containers: [{name: z, image: k}, {$patch: replace}]}}}",
         "\"containers\":[{\"name\":\"z\",\"image\":\"k\"}]", 0},
        {"put into another order", "deployment/d", DEPLOYMENT(TWO),
         "spec: {template: {spec: {$setElementOrder/containers: [{name: b}, {name: a}]}}}",
         "\"containers\":[{\"name\":\"b\",\"image\":\"j\"},{\"name\":\"a\",\"image\":\"i\"}]", 0},
        {"merged and put into order", "deployment/d", DEPLOYMENT(TWO),
         "spec: {template: {spec: {$setElementOrder/containers: [{name: a}, {name: b}, {name: c}], "
         "containers: [{name: c, image: k}]}}}",
         "\"name\":\"b\",\"image\":\"j\"},{\"name\":\"c\",\"image\":\"k\"}]", 0},
        {"lists in the entries of lists", "deployment/d",
         DEPLOYMENT("{containers: [{name: a, image: i, env: [{name: X, value: '1'}, {name: Z, "
                    "value: '2'}], args: [u, v]}]}"),
         "spec: {template: {spec: {containers: [{name: a, env: [{name: Z, value: '3'}], args: "
         "[w]}]}}}",
         "\"env\":[{\"name\":\"X\",\"value\":\"1\"},{\"name\":\"Z\",\"value\":\"3\"}],\"args\":"
         "[\"w\"]", 0},
        {"null takes away", "pod/p", POD("{name: c, image: i}"), "metadata: {labels: {a: null}}",
         "\"labels\":{}", 0},
        {"only what is retained stays", "deployment/d",
         ROLLING,
         "spec: {strategy: {$retainKeys: [type], type: Recreate}}",
         "\"strategy\":{\"type\":\"Recreate\"}", 0},
        {"numbers and texts in a list", "configmap/c",
         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, finalizers: [x/a, x/b]}\n",
         "metadata: {finalizers: [x/c], $deleteFromPrimitiveList/finalizers: [x/a]}",
         "\"finalizers\":[\"x/c\",\"x/b\"]", 0},
        {"a selector of a budget is replaced", "poddisruptionbudget/b",
         "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: "
         "{minAvailable: 1, selector: {matchLabels: {a: b, c: d}}}\n",
         "spec: {selector: {matchLabels: {e: f}}}", "\"matchLabels\":{\"e\":\"f\"}", 0},
        {"the key of an entry is missing", "deployment/d", DEPLOYMENT(TWO),
         "spec: {template: {spec: {containers: [{image: k}]}}}",
         "patch:1:39: map: {\"image\":\"k\"} does not contain declared merge key: name",
         PODRING_EMANIFEST},
        {"an unknown directive", "pod/p", POD("{name: c, image: i}"),
         "metadata: {$patch: twist}", "patch:1:20: unknown patch type found: \"twist\"",
         PODRING_EMANIFEST},
        {"brought, but not retained", "deployment/d", ROLLING,
         "spec: {strategy: {$retainKeys: [type], rollingUpdate: {maxSurge: 1}}}",
         "invalid patch format of retainKeys list", PODRING_EMANIFEST},
        {"what it makes is checked", "deployment/d", DEPLOYMENT(TWO), "spec: {replicas: -1}",
         "patch:1:18: spec.replicas: Invalid value: -1", PODRING_EMANIFEST},
        {"no type of Kubernetes", "behavior/b",
         "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
         "spec: {selector: {matchLabels: {a: b}}}\n", "spec: {}",
         "the body of the request was in an unknown format - accepted media types include: "
         "application/json-patch+json, application/merge-patch+json", PODRING_EUNSUPPORTED},
    };

    check(rows, sizeof(rows) / sizeof(*rows), PODRING_PATCH_STRATEGIC);
}

#define OP(op, path, rest) "[{\"op\": \"" op "\", \"path\": \"" path "\"" rest "}]"

Test(api_patch, json)
{
    static const struct row rows[] = {
        {"replace", "deployment/d", DEPLOYMENT(TWO),
         OP("replace", "/spec/template/spec/containers/1/image", ", \"value\": \"k\""),
         "{\"name\":\"b\",\"image\":\"k\"}", 0},
        {"add to the end of a list", "deployment/d", DEPLOYMENT(TWO),
         OP("add", "/spec/template/spec/containers/-", ", \"value\": {name: c, image: k}"),
         "\"j\"},{\"name\":\"c\",\"image\":\"k\"}]", 0},
        {"add into a list", "deployment/d", DEPLOYMENT(TWO),
         OP("add", "/spec/template/spec/containers/0", ", \"value\": {name: c, image: k}"),
         "[{\"name\":\"c\",\"image\":\"k\"},{\"name\":\"a\"", 0},
        {"remove from a list", "deployment/d", DEPLOYMENT(TWO),
         OP("remove", "/spec/template/spec/containers/0", ""),
         "\"containers\":[{\"name\":\"b\",\"image\":\"j\"}]", 0},
        {"a name with a slash", "configmap/c",
         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {x/y: w}}\n",
         OP("replace", "/metadata/annotations/x~1y", ", \"value\": v"), "{\"x/y\":\"v\"}", 0},
        {"a name with a tilde", "pod/p", POD("{name: c, image: i}"),
         OP("remove", "/metadata/labels/a~0b", ""),
         "unable to remove nonexistent key: a~b: missing value", PODRING_EMANIFEST},
        {"move, copy, test", "configmap/c",
         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: u, b: v}\n",
         "[{op: test, path: /data/a, value: u}, {op: move, from: /data/a, path: /data/c}, "
         "{op: copy, from: /data/b, path: /data/d}, {op: remove, path: /data/b}]",
         "\"data\":{\"c\":\"u\",\"d\":\"v\"}", 0},
        {"a test that fails", "deployment/d", DEPLOYMENT(TWO),
         OP("test", "/spec/replicas", ", \"value\": 3"),
         "patch:1:2: testing value /spec/replicas failed: test failed", PODRING_EMANIFEST},
        {"nothing to replace", "pod/p", POD("{name: c, image: i}"),
         OP("replace", "/spec/nodeName", ", \"value\": n"),
         "patch:1:2: replace operation does not apply: doc is missing key: /spec/nodeName: missing "
         "value", PODRING_EMANIFEST},
        {"nothing to remove", "pod/p", POD("{name: c, image: i}"), OP("remove", "/spec/nodeName",
                                                                    ""),
         "error in remove for path: '/spec/nodeName': unable to remove nonexistent key: nodeName: "
         "missing value", PODRING_EMANIFEST},
        {"nothing on the way", "pod/p", POD("{name: c, image: i}"),
         OP("add", "/spec/affinity/podAffinity", ", \"value\": {}"),
         "add operation does not apply: doc is missing path: \"/spec/affinity/podAffinity\": "
         "missing value", PODRING_EMANIFEST},
        {"beyond a list", "pod/p", POD("{name: c, image: i}"),
         OP("add", "/spec/containers/2", ", \"value\": {}"),
         "error in add for path: '/spec/containers/2': Unable to access invalid index: 2: invalid "
         "index referenced", PODRING_EMANIFEST},
        {"no index", "pod/p", POD("{name: c, image: i}"), OP("remove", "/spec/containers/01", ""),
         "value was not a proper array index: '01'", PODRING_EMANIFEST},
        {"no operation", "pod/p", POD("{name: c, image: i}"), OP("twist", "/spec", ""),
         "patch:1:2: Unexpected kind: twist", PODRING_EMANIFEST},
        {"no path", "pod/p", POD("{name: c, image: i}"), "[{op: remove}]",
         "remove operation failed to decode path: missing value", PODRING_EMANIFEST},
        {"no list", "pod/p", POD("{name: c, image: i}"), "{op: remove}",
         "patch:1:1: a JSON patch is a list of operations", PODRING_EMANIFEST},
        {"its name", "pod/p", POD("{name: c, image: i}"),
         OP("replace", "/metadata/name", ", \"value\": q"),
         "metadata.name: Invalid value: \"q\": field is immutable", PODRING_EMANIFEST},
    };

    check(rows, sizeof(rows) / sizeof(*rows), PODRING_PATCH_JSON);
}

/* Each copy doubles what there is: whoever reads the result would never come to an end. */
Test(api_patch, copies_of_copies_are_counted)
{
    podring *r = kit_ring("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {a: "
                          "b}}\n");
    char text[4096] = "[", *at = text + 1;
    int rc;

    for (int i = 0; i < 40; i++)
        at += sprintf(at, "%s{op: copy, from: /metadata, path: /metadata/annotations/a%d}",
                      i > 0 ? ", " : "", i);
    strcpy(at, "]");
    rc = podring_patch_text(r, NULL, "configmap/c", PODRING_PATCH_JSON, "patch", text,
                            strlen(text));
    cr_expect_eq(rc, -PODRING_EMANIFEST);
    cr_expect_not_null(strstr(podring_why(r), "Unable to complete the copy"), "%s",
                       podring_why(r));
    podring_close(r);
}

/* ---- updates --------------------------------------------------------------------------------- */

#define SLICE(family, addresses)                                                                   \
    "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s, labels: "      \
    "{kubernetes.io/service-name: x}}\naddressType: " family "\nendpoints: [" addresses "]\n"      \
    "ports: [{port: 80}]\n"
#define AT(ip) "{addresses: [" ip "]}"

static int again(podring *r, const char *text)
{
    return podring_replace_text(r, "again", text, strlen(text));
}

/* What the log says of endpoints since. */
static uint32_t changes(podring *r, uint64_t *version)
{
    struct podring_event e = PODRING_EVENT_INIT;
    uint32_t n = 0;

    while (podring_change(r, version, &e) == 0)
        n += e.field != NULL && strcmp(e.field, "endpoint") == 0;
    return n;
}

Test(api_patch, a_slice_lists_others)
{
    podring *r = kit_ring("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: "
                          "[{port: 80}]}\n" SLICE("IPv4", AT("192.0.2.1") "," AT("192.0.2.2")));
    uint64_t version = podring_newest_version(r);

    cr_expect_eq(again(r, SLICE("IPv4", AT("192.0.2.2") "," AT("192.0.2.3"))), 0, "%s",
                 podring_why(r));
    cr_expect_eq(changes(r, &version), 2, "one comes, one goes, and one stays");
    kit_run(r, 1000);
    cr_expect_eq(again(r, SLICE("IPv6", "")), -PODRING_ESTATE);
    cr_expect_str_eq(podring_why(r), "endpointslice default/s: addressType: Invalid value: "
                                     "\"IPv6\": field is immutable");
    cr_expect_eq(again(r, SLICE("IPv4", "")), 0, "%s", podring_why(r));
    cr_expect_eq(changes(r, &version), 2, "and the others go");
    podring_close(r);
}

#define CLIENT(url, rate)                                                                          \
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: u}\nspec: {url: \"" url       \
    "\", rate: " rate ", to: 20s}\n"

Test(api_patch, a_client_sends_more)
{
    podring *r = kit_ring(KIT_POD("p") CLIENT("http://10.0.0.1/", "1"));
    uint64_t before;

    kit_run(r, 10000);
    before = kit_stats(r).client_requests;
    cr_expect_geq(before, 9);
    cr_expect_eq(again(r, CLIENT("http://10.0.0.1/", "100")), 0, "%s", podring_why(r));
    kit_run(r, 40000);
    cr_expect_geq(kit_stats(r).client_requests, before + 990);
    cr_expect_leq(kit_stats(r).client_requests, before + 1010);
    cr_expect_eq(again(r, CLIENT("http://10.0.0.2/", "100")), -PODRING_ESTATE);
    cr_expect_str_eq(podring_why(r),
                     "client default/u (again:2): spec.url: field is immutable");
    podring_close(r);
}
