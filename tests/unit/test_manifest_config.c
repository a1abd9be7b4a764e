/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ConfigMaps, Secrets, and the volumes and variables that refer to them.
 */
#include "tests/unit/test_manifest_kit.h"
#include "engine/store/job_spec.h"
#include "engine/pod/config.h"

#include <stdlib.h>

#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))
#define MAP           "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n"
#define SECRET        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
#define POD           "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
#define ONE           POD "  containers:\n  - name: c\n    image: x:1\n"
#define KEY_WORDS                                                                                  \
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "           \
    "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "                    \
    "'[-._a-zA-Z0-9]+')"
#define HIDDEN "Invalid value: \"<secret contents redacted>\": "

static const struct st_config *config(const struct kit *k, uint32_t i)
{
    cr_assert_lt(i, k->set.configs.count);
    return k->set.configs.item[i];
}

static void expect_data(const struct st_config *c, const char *key, const char *bytes,
                        uint32_t length)
{
    const struct st_data *d = st_config_key(c, key);

    cr_assert_not_null(d, "%s", key);
    cr_expect_eq(d->length, length, "%s: %u", key, d->length);
    cr_expect_eq(memcmp(d->bytes, bytes, length + 1), 0, "%s: %s", key, d->bytes);
}

/* ---- what is read --------------------------------------------------------------------------- */

Test(manifest_config, a_configmap)
{
    struct kit k;
    const struct st_config *c;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, "apiVersion: v1\n"
                              "kind: ConfigMap\n"
                              "metadata: {name: m, namespace: shop}\n"
                              "immutable: true\n"
                              "data:\n"
                              "  z: last\n"
                              "  EMPTY: ''\n"
                              "  NIL: null\n"
                              "  app.conf: |\n"
                              "    a = 1\n"
                              "    b = 2\n"
                              "binaryData: {bin: AAEC/w==}\n"),
                 0, "%s", kit_said(&k));
    cr_expect_eq(k.set.diagnostics.count, 0);
    cr_expect_eq(k.set.workloads.count, 0);
    c = config(&k, 0);
    cr_expect_str_eq(c->ns, "shop");
    cr_expect_str_eq(c->name, "m");
    cr_expect(c->immutable && !c->secret);
    cr_expect_eq(c->count, 5);
    for (uint32_t i = 1; i < c->count; i++)
        cr_expect_lt(strcmp(c->item[i - 1].key, c->item[i].key), 0);
    expect_data(c, "z", "last", 4);
    expect_data(c, "EMPTY", "", 0);
    expect_data(c, "NIL", "", 0);
    expect_data(c, "app.conf", "a = 1\nb = 2\n", 12);
    expect_data(c, "bin", "\x00\x01\x02\xff", 4);
    cr_expect(st_config_key(c, "bin")->binary && !st_config_key(c, "z")->binary);
    kit_close(&k);
}

Test(manifest_config, a_secret)
{
    struct kit k;
    const struct st_config *c;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, SECRET "data:\n"
                                     "  user: c2hvcA==\n"
                                     "  folded: |\n"
                                     "    aHVu\n"
                                     "    dGVyMg==\n"
                                     "  nul: YQBi\n"
                                     "stringData: {user: admin, plain: text}\n"),
                 0, "%s", kit_said(&k));
    c = config(&k, 0);
    cr_expect_str_eq(c->ns, "default");
    cr_expect(c->secret && !c->immutable);
    cr_expect_eq(c->count, 4);
    expect_data(c, "user", "admin", 5); /* stringData wins */
    expect_data(c, "folded", "hunter2", 7);
    expect_data(c, "nul", "a\0b", 3);
    expect_data(c, "plain", "text", 4);
    cr_expect_not(st_config_key(c, "nul")->binary, "a Secret's data are variables, too");
    kit_close(&k);
}

/* Objects stay where they are; names are their own by kind and namespace. */
Test(manifest_config, many_of_them)
{
    enum { MANY = 3000 };
    char *text = malloc(MANY * 128), *end = text;
    const struct st_config *first;
    struct kit k;

    end += sprintf(end, "---\n");
    for (int i = 0; i < MANY; i++)
        end +=
            sprintf(end, "{apiVersion: v1, kind: %s, metadata: {name: n%d, namespace: %s}}\n---\n",
                    i & 1 ? "Secret" : "ConfigMap", i / 4, i & 2 ? "a" : "b");
    kit_open(&k);
    cr_assert_eq(kit_load(&k, MAP), 0);
    first = config(&k, 0);
    cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
    cr_expect_eq(k.set.configs.count, MANY + 1);
    cr_expect_eq(config(&k, 0), first);
    cr_expect_str_eq(config(&k, MANY)->name, "n749");
    kit_close(&k);
    free(text);
}

Test(manifest_config, names_are_new_until_somebody_has_applied_them)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, MAP "data: {a: one}\n"), 0);
    cr_expect_eq(kit_load(&k, MAP "data: {a: two}\n"), -RX_EMANIFEST);
    cr_expect_str_eq(kit_said(&k), "3:18 metadata.name: Duplicate value: \"m\"\n");
    cr_expect_eq(k.set.configs.count, 1);
    k.set.applied = k.set.objects.count;
    cr_expect_eq(kit_load(&k, MAP "data: {a: two}\n"), 0);
    expect_data(config(&k, 0), "a", "one", 3);
    expect_data(config(&k, 1), "a", "two", 3);
    cr_expect_eq(kit_load(&k, MAP "---\n" SECRET "---\n" MAP), -RX_EMANIFEST);
    cr_expect_eq(k.set.configs.count, 2, "all or nothing");
    cr_expect_eq(kit_load(&k, "apiVersion: v1\nkind: ConfigMap\n"
                              "metadata: {name: kube-root-ca.crt}\n"),
                 0, "one of its own in place of what each namespace has");
    kit_close(&k);
}

Test(manifest_config, lists_of_them)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, "apiVersion: v1\nkind: SecretList\nitems:\n"
                              "- metadata: {name: a}\n  stringData: {k: v}\n"
                              "- metadata: {name: b}\n"),
                 0, "%s", kit_said(&k));
    cr_expect_eq(k.set.configs.count, 2);
    cr_expect(config(&k, 1)->secret);
    kit_close(&k);
}

Test(manifest_config, a_made_up_name_is_of_no_use)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: run-}\n"),
                 0);
    cr_expect_eq(k.set.configs.count, 0);
    cr_assert_eq(k.set.diagnostics.count, 1);
    cr_expect_str_eq(k.set.diagnostics.item[0].text,
                     "v1/ConfigMap \"run-\": not simulated, skipped");
    kit_close(&k);
}

Test(manifest_config, other_kinds_are_named_and_skipped)
{
    static const char *const kinds[] = {"storage.k8s.io/v1/CSIDriver",
                                        "v1/ServiceAccount",
                                        "v1/Namespace",
                                        "networking.k8s.io/v1/NetworkPolicy",
                                        "rbac.authorization.k8s.io/v1/Role",
                                        "config.example.com/v1/ConfigMap",
                                        "bitnami.com/v1alpha1/Secret"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *slash = strrchr(kinds[i], '/');
        char text[256], note[256];
        struct kit k;

        snprintf(text, sizeof(text),
                 "apiVersion: %.*s\nkind: %s\nmetadata: {name: some}\nspec: {}\n",
                 (int)(slash - kinds[i]), kinds[i], slash + 1);
        snprintf(note, sizeof(note), "%s \"some\": not simulated, skipped", kinds[i]);
        kit_open(&k);
        cr_expect_eq(kit_load(&k, text), 0);
        cr_assert_eq(k.set.diagnostics.count, 1);
        cr_expect_eq(k.set.diagnostics.item[0].severity, MANIFEST_NOTE);
        cr_expect_str_eq(k.set.diagnostics.item[0].text, note);
        cr_expect_eq(k.set.configs.count, 0);
        kit_close(&k);
    }
}

/* ---- what is refused ------------------------------------------------------------------------ */

static const struct refusal objects[] = {
    {"apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n",
     "1:1 metadata.name: Required value: name or generateName is required\n"},
    {"apiVersion: apps/v1\nkind: Secret\nmetadata: {name: s}\n",
     "1:1 no matches for kind \"Secret\" in version \"apps/v1\": must be v1\n"},
    {MAP "data: {PORT: 8080, ALL: yes}\n",
     "4:14 data[PORT]: Invalid value: 8080: cannot unmarshal number into Go struct field of type "
     "string\n"
     "4:25 data[ALL]: Invalid value: true: cannot unmarshal bool into Go struct field of type "
     "string\n"},
    {MAP "data: [a]\n",
     "4:7 data: Invalid value: [\"a\"]: cannot unmarshal array into Go struct field of type "
     "object\n"},
    {MAP "immutable: 1\n",
     "4:12 immutable: Invalid value: 1: cannot unmarshal number into Go struct field of type "
     "bool\n"},
    {MAP "data: {'a b': x, .: x, ..: x, ..data: x, ...: x}\n",
     "4:15 data[a b]: Invalid value: \"a b\": " KEY_WORDS "\n"
     "4:21 data[.]: Invalid value: \".\": must not be '.'\n"
     "4:28 data[..]: Invalid value: \"..\": must not be '..'\n"
     "4:39 data[..data]: Invalid value: \"..data\": must not start with '..'\n"
     "4:47 data[...]: Invalid value: \"...\": must not start with '..'\n"},
    {MAP "binaryData: {'': AAAA}\n", "4:18 binaryData[]: Invalid value: \"\": " KEY_WORDS "\n"},
    {MAP "data: {a: b, c: d}\nbinaryData: {c: AAAA}\n",
     "5:17 binaryData[c]: Invalid value: \"c\": duplicate key in both data and binaryData\n"},
    {SECRET "data: {pin: 1234, key: [s3cret]}\nstringData: {all: true}\n",
     "4:13 data[pin]: " HIDDEN "cannot unmarshal number into Go struct field of type []uint8\n"
     "4:24 data[key]: " HIDDEN "cannot unmarshal array into Go struct field of type []uint8\n"
     "5:19 stringData[all]: " HIDDEN "cannot unmarshal bool into Go struct field of type string\n"},
    {SECRET "type: kubernetes.io/tls\ndata: {tls.crt: AAAA}\n",
     "1:1 data[tls.key]: Required value\n"},
    {SECRET "type: kubernetes.io/dockerconfigjson\n",
     "1:1 data[.dockerconfigjson]: Required value\n"},
    {SECRET "type: kubernetes.io/ssh-auth\ndata: {ssh-privatekey: ''}\n",
     "1:1 data[ssh-privatekey]: Required value\n"},
    {SECRET "type: kubernetes.io/basic-auth\nstringData: {user: x}\n",
     "1:1 data[username]: Required value\n1:1 data[password]: Required value\n"},
    {SECRET "type: kubernetes.io/service-account-token\n",
     "3:11 metadata.annotations[kubernetes.io/service-account.name]: Required value\n"},
};

Test(manifest_config, refused_objects)
{
    REFUSE(objects);
}

Test(manifest_config, unknown_fields_are_named)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, MAP "stringData: {a: b}\nspec: {}\n"), 0);
    cr_expect_str_eq(kit_said(&k),
                     "?4:1 unknown field \"stringData\"\n?5:1 unknown field \"spec\"\n");
    cr_expect_eq(config(&k, 0)->count, 0);
    kit_close(&k);
}

/* The bytes that Go's decoder names; -1: it takes the text. */
Test(manifest_config, base64_errors)
{
    static const struct {
        const char *text; /* as in double quotes */
        int bad;
    } table[] = {
        {"", -1},           {"AAAA", -1},       {"AAA=", -1}, {"AA==", -1},     {"AA\\n==", -1},
        {"AA=\\n=\\n", -1}, {"\\r\\nAAAA", -1}, {"AB==", -1}, {"+/+/", -1},     {"!!!!", 0},
        {"====", 0},        {"x===", 1},        {"=AAA", 0},  {"A=AA", 1},      {"AA=A", 2},
        {"AA==A", 4},       {"AAA=AAAA", 4},    {"AAAAA", 4}, {"AAAAAA", 4},    {"AAAAAAA", 4},
        {"A=", 1},          {"A==", 1},         {"AA=", 3},   {"AAAAAA=", 7},   {"YWJjZA=====", 8},
        {"A!\\n", 1},       {"A=\\n", 1},       {"AA-_", 2},  {"AAAA AAAA", 4}, {"AAAA\\u0001", 4},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char text[256], said[256];
        struct kit k;

        snprintf(text, sizeof(text), SECRET "data:\n  key: \"%s\"\n", table[i].text);
        snprintf(said, sizeof(said),
                 "5:8 data[key]: " HIDDEN "illegal base64 data at input byte %d\n", table[i].bad);
        kit_open(&k);
        cr_expect_eq(kit_load(&k, text), table[i].bad < 0 ? 0 : -RX_EMANIFEST, "%s", table[i].text);
        cr_expect_str_eq(kit_said(&k), table[i].bad < 0 ? "" : said, "%s: %s", table[i].text,
                         kit_said(&k));
        kit_close(&k);
    }
}

/* All encodings of all lengths up to 20, with a line break at each place. */
Test(manifest_config, base64_of_any_length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (uint32_t n = 0; n <= 20; n++) {
        unsigned char bytes[24] = {0};
        char code[64] = "", text[256];
        uint32_t used = 0;

        for (uint32_t i = 0; i < n; i++)
            bytes[i] = (unsigned char)(i * 89 + n);
        for (uint32_t i = 0; i < n; i += 3) {
            uint32_t v = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];

            for (uint32_t k = 0; k < 4; k++)
                code[used++] = i + k > n ? '=' : digits[v >> (18 - 6 * k) & 63];
        }
        for (uint32_t at = 0; at <= used; at++) {
            struct kit k;

            snprintf(text, sizeof(text), SECRET "data: {key: \"%.*s\\n%s\"}\n", (int)at, code,
                     code + at);
            kit_open(&k);
            cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
            cr_expect_eq(st_config_key(config(&k, 0), "key")->length, n);
            cr_expect_eq(memcmp(st_config_key(config(&k, 0), "key")->bytes, bytes, n), 0);
            kit_close(&k);
        }
    }
}

/* A mebibyte of content is the most; keys do not count. */
Test(manifest_config, how_much_is_too_much)
{
    static const struct {
        const char *head, *said;
        size_t length;
    } table[] = {
        {MAP "data: {a: b, key: ", "", (1 << 20) - 1},
        {MAP "data: {a: b, key: ", "1:1 []: Too long: may not be more than 1048576 bytes\n",
         1 << 20},
        {SECRET "stringData: {key: ", "", 1 << 20},
        {SECRET "data: {a: AA==, key: ", "4:7 data: Too long: may not be more than 1048576 bytes\n",
         (1 << 20) / 3 * 4 + 4},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        size_t head = strlen(table[i].head);
        char *text = malloc(head + table[i].length + 3);
        struct kit k;

        memcpy(text, table[i].head, head);
        memset(text + head, 'A', table[i].length);
        memcpy(text + head + table[i].length, "}\n", 3);
        kit_open(&k);
        cr_expect_eq(kit_load(&k, text), *table[i].said ? -RX_EMANIFEST : 0);
        cr_expect_str_eq(kit_said(&k), table[i].said);
        kit_close(&k);
        free(text);
    }
}

/* ---- references ----------------------------------------------------------------------------- */

#define VOLUME     ONE "  volumes:\n  - name: v\n    "
#define AT         "spec.volumes[0]."
#define MODE_WORDS "must be a number between 0 and 0777 (octal), both inclusive"

static const struct refusal references[] = {
    {VOLUME "configMap: {}\n", "10:16 " AT "configMap.name: Required value\n"},
    {VOLUME "secret: {name: s}\n", "10:13 " AT "secret.secretName: Required value\n"
                                   "?10:14 unknown field \"spec.volumes[0].secret.name\"\n"},
    {VOLUME "configMap: {name: m, defaultMode: 01000, items: [{key: a, path: b, mode: -1}]}\n",
     "10:39 " AT "configMap.defaultMode: Invalid value: 512: " MODE_WORDS "\n"
     "10:78 " AT "configMap.items[0].mode: Invalid value: -1: " MODE_WORDS "\n"},
    {VOLUME "configMap: {name: m, items: [{path: b}, {key: k}, x]}\n",
     "10:34 " AT "configMap.items[0].key: Required value\n"
     "10:45 " AT "configMap.items[1].path: Required value\n"
     "10:55 " AT "configMap.items[2]: Invalid value: \"x\": cannot unmarshal string into Go struct "
     "field of type object\n"},
    {VOLUME "configMap: {name: m, items: [{key: k, path: /a}, {key: k, path: a/../b},\n"
            "      {key: k, path: ..}, {key: k, path: ..a}, {key: k, path: a/..b}]}\n",
     "10:49 " AT "configMap.items[0].path: Invalid value: \"/a\": must be a relative path\n"
     "10:69 " AT "configMap.items[1].path: Invalid value: \"a/../b\": must not contain '..'\n"
     "11:22 " AT "configMap.items[2].path: Invalid value: \"..\": must not contain '..'\n"
     "11:42 " AT "configMap.items[3].path: Invalid value: \"..a\": must not start with '..'\n"},
    {VOLUME "projected: {sources: [{configMap: {}, secret: {name: s}}, {}]}\n",
     "10:27 " AT "projected.sources[0]: Forbidden: may not specify more than 1 volume type per "
     "source\n"
     "10:39 " AT "projected.sources[0].configMap.name: Required value\n"},
    {VOLUME "projected:\n        sources:\n"
            "        - configMap: {name: m, items: [{key: a, path: x}, {key: b, path: z}]}\n"
            "        - secret: {name: s, items: [{key: c, path: z}]}\n"
            "        - serviceAccountToken: {path: x, expirationSeconds: 599}\n",
     "11:9 " AT "projected: Invalid value: \"s\": conflicting duplicate paths\n"
     "11:9 " AT "projected: Invalid value: \"x\": conflicting duplicate paths\n"
     "14:61 " AT "projected.sources[2].serviceAccountToken.expirationSeconds: Invalid value: 599: "
     "may not specify a duration less than 10 minutes\n"},
    {VOLUME "projected: {sources: [{serviceAccountToken: {}}]}\n",
     "10:49 " AT "projected.sources[0].serviceAccountToken.path: Required value\n"},
    {VOLUME "downwardAPI: {items: [{path: a}, {fieldRef: {fieldPath: metadata.name}},\n"
            "      {path: b, fieldRef: {fieldPath: status.podIP}},\n"
            "      {path: c, resourceFieldRef: {}, fieldRef: {fieldPath: metadata.uid}}]}\n",
     "10:27 " AT "downwardAPI: Required value: one of fieldRef and resourceFieldRef is required\n"
     "10:38 " AT "downwardAPI.path: Required value\n"
     "11:39 " AT "downwardAPI.fieldRef.fieldPath: Unsupported value: \"status.podIP\": supported "
     "values: \"metadata.annotations\", \"metadata.labels\", \"metadata.name\", "
     "\"metadata.namespace\", \"metadata.uid\"\n"
     "12:7 " AT
     "downwardAPI: Invalid value: \"resource\": fieldRef and resourceFieldRef can not be "
     "specified simultaneously\n"},
    {ONE "    env: [{name: A, valueFrom: {configMapKeyRef: {name: m}}},\n"
         "      {name: B, valueFrom: {secretKeyRef: {name: m, key: a/b}}}]\n",
     "8:50 spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Required value\n"
     "9:58 spec.containers[0].env[1].valueFrom.secretKeyRef.key: Invalid value: \"a/b\": " KEY_WORDS
     "\n"},
    {ONE
     "    env:\n"
     "    - {name: A, valueFrom: {fieldRef: {fieldPath: metadata.whoops}}}\n"
     "    - {name: B, valueFrom: {fieldRef: {fieldPath: status.phase}}}\n"
     "    - {name: C, valueFrom: {fieldRef: {fieldPath: \"metadata.name['a']\"}}}\n"
     "    - {name: D, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['-']\"}}}\n"
     "    - {name: E, valueFrom: {fieldRef: {fieldPath: \"metadata.annotations['Ex.com/A']\"}}}\n"
     "    - {name: F, valueFrom: {fieldRef: {}}}\n",
     "9:51 spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "
     "\"metadata.whoops\": error converting fieldPath: field label not supported: "
     "metadata.whoops\n"
     "10:51 spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Unsupported value: "
     "\"status.phase\": supported values: \"metadata.name\", \"metadata.namespace\", "
     "\"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", "
     "\"status.hostIPs\", \"status.podIP\", \"status.podIPs\"\n"
     "11:51 spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Invalid value: "
     "\"metadata.name['a']\": error converting fieldPath: field label does not support subscript: "
     "metadata.name['a']\n"
     "12:39 spec.containers[0].env[3].valueFrom.fieldRef: Invalid value: \"-\": name part must "
     "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
     "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
     "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\n"
     "14:39 spec.containers[0].env[5].valueFrom.fieldRef.fieldPath: Required value\n"},
};

Test(manifest_config, refused_references)
{
    REFUSE(references);
}

static int count_file(void *ctx, const char *path, const char *bytes, uint32_t length,
                      bool executable)
{
    char *text = ctx;
    size_t used = strlen(text);

    (void)bytes;
    snprintf(text + used, 512 - used, "%s:%u%s ", path, length, executable ? "*" : "");
    return 0;
}

/* From the text of a manifest to what the process gets. */
Test(manifest_config, a_pod_that_is_configured)
{
    struct kit k;
    struct st_store all;
    const struct pod_spec *pod;
    const struct pod_container_spec *c;
    const struct pod_fields fields = {.name = "configured"};
    const char *const *argv;
    struct pod_env env;
    struct rx_arena arena;
    char text[512] = "";

    kit_open(&k);
    rx_arena_init(&arena, &k.mem);
    st_store_init(&all, &k.mem, NULL);
    cr_assert_eq(manifest_load_file(&k.set, "tests/golden/manifests/configured-pod.yaml"), 0, "%s",
                 kit_said(&k));
    cr_expect_eq(k.set.diagnostics.count, 0, "%s", kit_said(&k));
    pod = k.set.workloads.item[0].template_;
    c = &pod->container[0];
    cr_expect_str_eq(pod->service_account, "clerk");
    cr_expect(pod_config_volumes_missing(&all, pod, text, sizeof(text)));
    cr_expect_str_eq(text, "MountVolume.SetUp failed for volume \"app\" : configmap \"settings\" "
                           "not found");
    cr_expect(pod_config_missing(&all, pod, c, text, sizeof(text)));
    cr_expect_str_eq(text, "configmap \"settings\" not found");
    for (uint32_t i = 0; i < k.set.configs.count; i++)
        cr_assert_eq(st_config_put(&all, k.set.configs.item[i], NULL), 0);
    cr_expect_not(pod_config_volumes_missing(&all, pod, text, sizeof(text)));
    cr_expect_not(pod_config_missing(&all, pod, c, text, sizeof(text)));

    cr_assert_eq(pod_config_env(&all, pod, c, &fields, &arena, &env), 0);
    cr_assert_eq(env.count, 9);
    cr_expect_str_eq(pod_env_find(&env, "GREETING", 8), "shop-admin@configured is fast");
    cr_expect_str_eq(pod_env_find(&env, "PASSWORD", 8), "hunter2");
    cr_expect_str_eq(pod_env_find(&env, "CFG_LOG.level", 13), "debug");
    cr_assert_eq(pod_config_argv(&arena, &env, c->argc, c->argv, &argv), 0);
    cr_expect_str_eq(argv[2], "echo shop-admin@configured is fast $(GREETING) $(UNKNOWN); cat "
                              "/etc/app/app.conf");

    text[0] = '\0';
    cr_expect_eq(pod->volume[0].kind, POD_VOLUME_CONFIG_MAP);
    cr_expect_eq(pod->volume[1].kind, POD_VOLUME_PROJECTED);
    cr_expect_eq(pod_config_files(&all, pod, &pod->volume[0], &fields, &arena, count_file, text),
                 0);
    cr_expect_str_eq(text, "app.conf:25 img/logo.png:8 ");
    text[0] = '\0';
    cr_expect_eq(pod_config_files(&all, pod, &pod->volume[1], &fields, &arena, count_file, text),
                 0);
    cr_expect_str_eq(text, "LOG.level:5 MODE:4 app.conf:25 logo.png:8 secret/password:7 token:9 "
                           "labels:21 notes:20 cpu:1 ");
    st_configs_free(&all);
    st_store_fini(&all);
    rx_arena_fini(&arena);
    kit_close(&k);
}

Test(manifest_config, what_workloads_keep)
{
    struct kit k;
    const struct pod_workload_spec *w;

    kit_open(&k);
    cr_assert_eq(
        kit_load(&k, "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n"
                     "  {minReadySeconds: 7, podManagementPolicy: Parallel, serviceName: s,\n"
                     "  selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}},\n"
                     "    spec: {serviceAccount: old, containers: [{name: c, image: x}]}}}\n"
                     "---\n"
                     "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n"
                     "  {activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 0, template: {spec:\n"
                     "    {restartPolicy: Never, containers: [{name: c, image: x}]}}}\n"),
        0, "%s", kit_said(&k));
    w = k.set.workloads.item;
    cr_expect(w[0].parallel_pods && !w[1].parallel_pods);
    cr_expect_eq(w[0].min_ready_s, 7);
    cr_expect_null(w[0].job);
    cr_expect_str_eq(w[0].template_->service_account, "old");
    cr_expect_eq(w[1].job->deadline_s, 60);
    cr_expect_eq(w[1].job->ttl_s, 0);
    cr_expect_null(w[1].template_->service_account);
    kit_close(&k);
}
