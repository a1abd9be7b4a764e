/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_names.c - which pod is meant by what somebody types, and which files by a folder.
 */
#include <sys/stat.h>

#include "tests/api/test_cli_kit.h"

#define WORKLOAD(name, replicas, says)                                                             \
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " name ", namespace: prod}\n"    \
    "spec:\n  replicas: " replicas "\n  selector: {matchLabels: {app: " name "}}\n  template:\n"   \
    "    metadata: {labels: {app: " name "}}\n    spec:\n      containers:\n"                      \
    "      - {name: c, image: b, command: [sh, -c, \"" says "; sleep 1000\"]}\n"
#define FILES WORKLOAD("api", "3", "hostname") WORKLOAD("api-admin", "1", "echo admin")

static const struct {
    const char *line;
    int code;
    const char *out, *err; /* how each begins; NULL: never mind */
} looks[] = {
    {"logs - api#0", 0, "api-6ddcf5c449-94tzk\n", ""},
    {"logs - api#1", 0, "api-6ddcf5c449-x7qnx\n", ""},
    {"logs - prod/api#2", 0, "api-6ddcf5c449-w7245\n", ""},
    {"logs - api#2 -n prod", 0, "api-6ddcf5c449-w7245\n", ""},
    {"logs api#1 -f -", 0, "api-6ddcf5c449-x7qnx\n", ""},
    {"logs - deployment/api", 0, "api-6ddcf5c449-94tzk\n",
     "Found 3 pods, using pod/api-6ddcf5c449-94tzk\n"},
    {"logs - deploy/api -q", 0, "api-6ddcf5c449-94tzk\n", ""},
    {"logs - deploy/api#1", 0, "api-6ddcf5c449-x7qnx\n", ""},
    {"logs - api-admin", 0, "admin\n", ""},
    {"logs - pod/api-adm", 0, "admin\n", ""},
    {"logs - api", 1, "", "podring logs: 'api' could be any of 3 pods: prod/api-"},
    {"logs - api#3", 1, "", "Error (NotFound): pods \"api#3\" not found\n"},
    {"logs - api#0 -n default", 1, "", "Error (NotFound): pods \"api#0\" not found\n"},
    {"logs - deploy/nobody", 1, "", "Error (NotFound): deployments.apps \"nobody\" not found\n"},
    {"logs - api#x", 64, "", "podring logs: 'api#x' is not [KIND/]NAME or NAMESPACE/NAME"},
    {"logs - --follow api#0", 64, "", "podring logs: --follow: there is nothing to follow"},
    {"describe - pod/api#1 -n prod", 0, "Name:             api-6ddcf5c449-x7qnx\n", ""},
    {"describe - api#1", 0, "Name:             api-6ddcf5c449-x7qnx\n", ""},
    {"describe - deployment/api -n prod", 0, "Name:                   api\n", ""},
    {"describe deployment api -n prod -f -", 0, "Name:                   api\n", ""},
    {"describe - pod/slowish", 1, "", "Error (NotFound): pods \"slowish\" not found\n"},
    {"get pod/api#1 - -n prod --no-headers -o name", 0, "pod/api-6ddcf5c449-x7qnx\n", ""},
    {"get pod api -n prod -o name -f -", 0,
     "pod/api-6ddcf5c449-94tzk\npod/api-6ddcf5c449-w7245\npod/api-6ddcf5c449-x7qnx\n", ""},
    {"get podz -", 64, "", "podring get: there is no resource type \"podz\"; did you mean pods?"},
    {"why - api#1", 0, NULL, ""},
    {"why - api#1/c", 0, NULL, ""},
    {"why - pod/api-admin/c", 0, NULL, ""},
    {"exec - api#2 -- hostname", 0, "api-6ddcf5c449-w7245\n", ""},
    {"exec - deploy/api-admin -n prod -- echo x", 0, "x\n", ""},
    {"cp - api#0:/etc/hostname -", 0, "api-6ddcf5c449-94tzk\n", ""},
    {"check - -k .", 64, "", "podring check: --kustomize: '.': podring builds no kustomizations: "
                             "say 'kubectl kustomize FOLDER | podring ... -'"},
    {"check https://x.example/a.yaml", 66, "",
     "podring: https://x.example/a.yaml: podring opens no URLs: say 'curl -sSL "
     "https://x.example/a.yaml | podring check -'\n"},
    {"check", 64, "", "podring check: no manifest given; - is standard input (see"},
};

static bool begins(const char *text, const char *with)
{
    return with == NULL || (with[0] == '\0' ? text[0] == '\0'
                                            : strncmp(text, with, strlen(with)) == 0);
}

Test(cli_names, who_is_meant)
{
    for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
        struct kit_ran r = kit_spawn(FILES, looks[i].line);

        cr_expect_eq(r.code, looks[i].code, "%s: %d, %s", looks[i].line, r.code, r.err);
        cr_expect(begins(r.out, looks[i].out), "%s: %s", looks[i].line, r.out);
        cr_expect(begins(r.err, looks[i].err), "%s: %s", looks[i].line, r.err);
        cr_expect_null(strstr(r.err, "from server"), "%s", r.err);
        kit_release(&r);
    }
}

/* ---- folders --------------------------------------------------------------------------------- */

static char folder[] = "/tmp/podring-folder-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static struct kit_ran check(const char *what)
{
    char line[512];

    snprintf(line, sizeof(line), "check %s%s", folder, what);
    return kit_spawn(NULL, line);
}

#define POD(name)                                                                                  \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name "}\nspec:\n"                               \
    "  containers: [{name: c, image: i}]\n"

Test(cli_names, a_folder_means_its_manifests)
{
    char line[512], says[1024];
    struct kit_ran r;

    cr_assert_not_null(mkdtemp(folder));
    r = check("");
    snprintf(says, sizeof(says), "podring: %s: a folder with no file that ends in .yaml, .yml or "
             ".json\n", folder);
    cr_expect_eq(r.code, 66);
    cr_expect_str_eq(r.err, says);
    kit_release(&r);

    put("b.yaml", POD("b"));
    put("a.yml", POD("a"));
    put("c.json", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"j\"},"
                  "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
    put("notes.txt", "no manifest");
    put(".hidden.yaml", "no manifest");
    r = check("/");
    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_str_eq(r.out, "default pod/a: ok, 1 container, 0 probes\n"
                            "default pod/b: ok, 1 container, 0 probes\n"
                            "default pod/j: ok, 1 container, 0 probes\n");
    kit_release(&r);
    snprintf(line, sizeof(line), "advise %s -f %s/b.yaml", folder, folder);
    r = kit_spawn(NULL, line);
    cr_expect_not_null(strstr(r.err, "Duplicate value: \"b\""), "all are read: %s", r.err);
    kit_release(&r);
    snprintf(line, sizeof(line), "simulate %s --events %s/b.yaml --for 1s", folder, folder);
    r = kit_spawn(NULL, line);
    cr_expect_eq(r.code, 64, "an output onto an input: %s", r.err);
    kit_release(&r);

    put("t.yaml", "name: {{ .Values.name }}\n");
    r = check("/t.yaml");
    cr_expect_eq(r.code, 65);
    cr_expect_not_null(strstr(r.err, "it looks like a template of a Helm chart: say 'helm "
                                     "template CHART | podring ... -'"), "%s", r.err);
    kit_release(&r);
    put("Chart.yaml", "name: c\n");
    r = check("");
    snprintf(says, sizeof(says), "podring: %s: a Helm chart: say 'helm template %s | podring check "
             "-'\n", folder, folder);
    cr_expect_eq(r.code, 66);
    cr_expect_str_eq(r.err, says);
    kit_release(&r);
    put("kustomization.yaml", "resources: [a.yml]\n");
    snprintf(says, sizeof(says), "podring: %s: a kustomization: say 'kubectl kustomize %s | "
             "podring check -'\n", folder, folder);
    for (int i = 0; i < 2; i++) {
        r = check(i == 0 ? "" : "/kustomization.yaml");
        cr_expect_eq(r.code, 66);
        cr_expect_str_eq(r.err, says);
        kit_release(&r);
    }
    snprintf(line, sizeof(line), "rm -r %s", folder);
    cr_expect_eq(system(line), 0);
}
