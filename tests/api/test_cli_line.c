/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_line.c - questions in a line: what they stand for, whom they speak of, and what is said
 * of those that ask nothing.
 */
#include "tests/api/test_cli_kit.h"

#define DEPLOYMENT(name, more)                                                                     \
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " name more "}\nspec:\n"         \
    "  replicas: 2\n  selector: {matchLabels: {app: " name "}}\n  template:\n"                     \
    "    metadata: {labels: {app: " name "}}\n    spec:\n      containers:\n"
#define WEB                                                                                        \
    DEPLOYMENT("web", "")                                                                          \
    "      - name: java\n        image: shop:1\n        ports: [{containerPort: 8080}]\n"          \
    "        readinessProbe: {httpGet: {path: /ready, port: 8080}}\n"                              \
    "        livenessProbe: {httpGet: {path: /, port: 8080}, initialDelaySeconds: 30,\n"           \
    "          periodSeconds: 5}\n"
#define STARTUP                                                                                    \
    "        startupProbe: {httpGet: {path: /, port: 8080}, failureThreshold: 10,\n"               \
    "          periodSeconds: 5}\n"
#define TWO                                                                                        \
    DEPLOYMENT("api", ", namespace: prod")                                                         \
    "      - {name: java, image: api:1}\n      - {name: proxy, image: proxy:1}\n"
#define BARE                                                                                       \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: solo}\nspec:\n  containers:\n"               \
    "  - name: solo\n    image: solo:1\n    ports: [{containerPort: 8080}]\n"                      \
    "    livenessProbe: {httpGet: {path: /, port: 8081}}\n"
#define SET                                                                                        \
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  replicas: 3\n"    \
    "  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n"                       \
    "    metadata: {labels: {app: db}}\n    spec:\n      containers: [{name: \"5\", image: db}]\n"
#define HEAD(workload)                                                                             \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: app-" workload "}\n"        \
    "spec:\n  workload: " workload "\n"
#define KNOWN "(known: start= latency= hang refuse reset 503 exit= oom exec= term= pull="

static char *line_of(struct kit_ran *r, const char *word)
{
    char *at = strstr(r->out, word);

    cr_assert_not_null(at, "no %s in: %s%s", word, r->out, r->err);
    *strchrnul(at, '\n') = '\0';
    return at;
}

/* ---- what it stands for ---------------------------------------------------------------------- */

static const struct {
    const char *files, *options, *yaml;
} forms[] = {
    {WEB, "--app web:start=45s,500@5m+20s",
     HEAD("web") "  container: java\n  instances:\n  - listensAfter: 45s\n    serve:\n"
     "    - {from: 5m, to: 5m20s, status: 500}\n"},
    {WEB, "--app latency=1.5s@2m+2m,hang@4m,503~10%/ready,reset~0.25@1s",
     NULL},
    {WEB, "--app latency=1.5s@2m+2m,hang@4m,503~10%/ready,reset@+1s+90s~0.25,refuse+1d",
     HEAD("web") "  container: java\n  instances:\n  - serve:\n"
     "    - {from: 2m, to: 4m, latency: 1s500ms}\n    - {from: 4m, do: hang}\n"
     "    - {path: \"/ready\", rate: 0.1, status: 503}\n"
     "    - {from: 1s, to: 1m31s, clock: instance, rate: 0.25, do: reset}\n"
     "    - {to: 24h, do: refuse}\n"},
    {WEB, "--app exit=1@30s", HEAD("web") "  container: java\n  instances:\n"
     "  - exit: {at: 30s, code: 1}\n"},
    {WEB, "--app exit=1@30s+1m", HEAD("web") "  container: java\n  instances:\n"
     "  - exit: {at: 30s, for: 1m, code: 1}\n"},
    {WEB, "--app exit=7@+30s", HEAD("web") "  container: java\n  instances:\n"
     "  - exit: {after: 30s, code: 7}\n"},
    {WEB, "--app oom", HEAD("web") "  container: java\n  instances:\n"
     "  - exit: {after: 0s, reason: OOMKilled}\n"},
    {WEB, "--app exec=1@3m+1m,exec=2~1%", HEAD("web") "  container: java\n  exec:\n"
     "  - {from: 3m, to: 4m, exitCode: 1}\n  - {rate: 0.01, exitCode: 2}\n"},
    {WEB, "--app term=ignore", HEAD("web") "  container: java\n  instances:\n"
     "  - onStop: ignore\n"},
    {WEB, "--app term=25s --app web:start=3s", HEAD("web") "  container: java\n  instances:\n"
     "  - listensAfter: 3s\n    onStop: {after: 25s}\n"},
    {WEB, "--app pull=fail@20s+80s,pull=30s", HEAD("web") "  pull:\n"
     "  - {from: 20s, to: 1m40s, fail: the registry does not answer}\n  - {takes: 30s}\n"},
    {WEB, "--app java:pull=30s", HEAD("web") "  container: java\n  pull:\n  - {takes: 30s}\n"},
    {WEB, "--app web#1:500", HEAD("web") "  container: java\n  pods: [1]\n  instances:\n"
     "  - serve:\n    - {status: 500}\n"},
    {WEB TWO, "--app deployment/web:term=1s --app prod/api/proxy:term=2s --app proxy:term=3s",
     NULL},
    {WEB TWO, "--app deploy/web:term=1s --app prod/api/proxy:term=2s",
     HEAD("web") "  container: java\n  instances:\n  - onStop: {after: 1s}\n"
     "---\napiVersion: podring.dev/v1\nkind: Behavior\n"
     "metadata: {name: app-api, namespace: prod}\nspec:\n  workload: api\n  container: proxy\n"
     "  instances:\n  - onStop: {after: 2s}\n"},
    {SET, "--app db-2:term=1s", HEAD("db") "  container: \"5\"\n  pods: [2]\n  instances:\n"
     "  - onStop: {after: 1s}\n"},
    {BARE, "--app term=1s", HEAD("solo") "  container: solo\n  instances:\n"
     "  - onStop: {after: 1s}\n    serve:\n"
     "    - {port: 8081, do: refuse} # the container does not declare it\n"},
    {"---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n"
     "  - name: x\n    image: x:1\n    livenessProbe: {exec: {command: [ask]}}\n",
     "--app start=45s", HEAD("x") "  container: x\n  instances:\n  - listensAfter: 45s\n"
     "  exec:\n  - {to: 45s, clock: instance, exitCode: 1}\n"},
};

Test(cli_line, facts_stand_for_a_document)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        char line[512];
        struct kit_ran r;

        snprintf(line, sizeof(line), "simulate - --print-behavior %s", forms[i].options);
        r = kit_spawn(forms[i].files, line);
        cr_expect_eq(r.code, forms[i].yaml != NULL ? 0 : 64, "%s: %d: %s", line, r.code, r.err);
        cr_expect_str_eq(r.out, forms[i].yaml != NULL ? forms[i].yaml : "", "%s: %s", line, r.out);
        kit_release(&r);
    }
}

Test(cli_line, the_document_gives_the_digest_of_the_line)
{
    static const char *const options[] = {"--net script", "--net memory", "--workers 2"};

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        for (size_t k = 0; k < sizeof(options) / sizeof(*options); k++) {
            char line[512], *both;
            struct kit_ran a, b, yaml;

            if (forms[i].yaml == NULL)
                continue;
            snprintf(line, sizeof(line), "simulate - --for 10m %s %s", options[k],
                     forms[i].options);
            a = kit_spawn(forms[i].files, line);
            snprintf(line, sizeof(line), "simulate - --print-behavior %s", forms[i].options);
            yaml = kit_spawn(forms[i].files, line);
            cr_assert_neq(asprintf(&both, "%s%s", forms[i].files, yaml.out), -1);
            snprintf(line, sizeof(line), "simulate - --for 10m %s", options[k]);
            b = kit_spawn(both, line);
            cr_expect_eq(a.code, 0, "%s", a.err);
            cr_expect_str_eq(line_of(&a, "digest"), line_of(&b, "digest"), "%s",
                             forms[i].options);
            kit_release(&a);
            kit_release(&b);
            kit_release(&yaml);
            free(both);
        }
}

/* ---- what comes of it ------------------------------------------------------------------------ */

static const struct {
    const char *files, *line, *out;
} answers[] = {
    {WEB, "simulate - --for 10m --app web:start=45s", "0/1     CrashLoopBackOff   7 ("},
    {WEB STARTUP, "simulate - --for 10m --app web:start=45s", "1/1     Running   0 "},
    {BARE, "simulate - --for 10m", "1/1     Running   0 "},
    {BARE, "simulate - --for 10m --app term=0s", "solo   0/1     CrashLoopBackOff"},
    {WEB, "get pods - --at 40s --no-headers --app exit=1@30s", "1/1   Running   1 (10s ago)   40s"},
    {WEB, "describe deploy - --at 40s --app pull=fail", "2 desired | 2 updated | 2 total | 0 avai"},
    {WEB, "check - --app pull=fail", "default behavior/app-web: ok"},
    {"---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n"
     "  schedule: '* * * * *'\n  jobTemplate:\n    spec:\n      backoffLimit: 0\n"
     "      template:\n        spec:\n          restartPolicy: Never\n"
     "          containers: [{name: c, image: i}]\n",
     "get pods - --at 90s --no-headers --app nightly:exit=3@+1s", "0/1   Error"},
};

Test(cli_line, what_comes_of_it)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        struct kit_ran r = kit_spawn(answers[i].files, answers[i].line);

        cr_expect_eq(r.code, 0, "%s: %s", answers[i].line, r.err);
        cr_expect_not_null(strstr(r.out, answers[i].out), "%s: %s", answers[i].line, r.out);
        kit_release(&r);
    }
}

/* ---- what is refused ------------------------------------------------------------------------- */

static const struct {
    const char *files, *line, *says;
} wrong[] = {
    {WEB, "web:strat=45s", "unknown fact \"strat\" " KNOWN "; did you mean start?)"},
    {WEB, "banana", "unknown fact \"banana\" " KNOWN ")"},
    {WEB, "99", "unknown fact \"99\" " KNOWN ")"},
    {WEB, "wbe:hang", "no workload, pod or container is called 'wbe'; there is web; did you mean "
                      "web?"},
    {WEB BARE, "hang", "of whom? There are 2 workloads: web, solo (WHO:FACT)"},
    {WEB TWO, "java:hang", "'java' could be any of web/java, prod/api/java"},
    {WEB, "web#x:hang", "'web#x' is not a workload, pod or container: [KIND/]NAME[#N][/CONTAINER]"},
    {WEB, "a/b/c/d:hang", "'a/b/c/d' is not a workload, pod or container: "
                          "[KIND/]NAME[#N][/CONTAINER]"},
    {WEB, "job/web:hang", "no workload, pod or container is called 'job/web'; there is web"},
    {"---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n",
     "hang", "there is no workload that it could speak of"},
    {WEB, "web:", "a fact is missing " KNOWN ")"},
    {WEB, "hang,,hang", "a fact is missing " KNOWN ")"},
    {WEB, "start", "start needs a value: a duration such as 45s"},
    {WEB, "start=45", "start: '45' is not a duration such as 45s"},
    {WEB, "start=45s@1m", "start cannot have a time: it goes for the whole run"},
    {WEB, "start=1s,start=2s",
     "start: a program does that once only, and it has been said already"},
    {WEB, "exit=1,oom", "oom: a program does that once only, and it has been said already"},
    {WEB, "exit=256", "exit: '256' is not an exit code from 0 to 255"},
    {WEB, "exit=1~10%", "exit cannot have a rate"},
    {WEB, "hang=1s", "hang takes no value"},
    {WEB, "term=later", "term: 'later' is not ignore or a duration such as 25s"},
    {WEB, "pull=no", "pull: 'no' is not fail or a duration such as 30s"},
    {WEB, "pull=fail@+1s", "pull cannot count from each start of the program"},
    {WEB, "pull=fail/x", "pull cannot have a path"},
    {WEB, "500@soon", "'@soon' is not a time such as @2m, or @+2m from each start"},
    {WEB, "500+0s", "'+0s' is not a duration such as +20s"},
    {WEB, "500~110%", "'~110%' is not a share such as 10% or 0.1"},
    {WEB, "500/ready@2m", "@FROM stands before the path: WHAT[@FROM][+FOR][~RATE][/PATH]"},
    {WEB, "500/ready~10%", "~RATE stands before the path: WHAT[@FROM][+FOR][~RATE][/PATH]"},
    {WEB, "500~10%+20s", "'~10%+20s' is not a share such as 10% or 0.1"},
    {WEB, "500/a\"b", "'/a\"b' is not a path"},
};

Test(cli_line, what_asks_nothing_is_refused_with_what_there_is)
{
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char line[512], says[1024];
        struct kit_ran r;

        snprintf(line, sizeof(line), "simulate - --app %s", wrong[i].line);
        snprintf(says, sizeof(says), "podring: --app '%s': %s\n", wrong[i].line, wrong[i].says);
        r = kit_spawn(wrong[i].files, line);
        cr_expect_eq(r.code, 64, "%s: %d", line, r.code);
        cr_expect_str_eq(r.err, says, "%s", r.err);
        cr_expect_str_eq(r.out, "");
        kit_release(&r);
    }
}

Test(cli_line, of_several_containers_it_says_which_one_is_meant)
{
    static const char note[] = "--app: note: deployment api has 2 containers: container java is "
                               "meant (api/java says so)\n";
    struct kit_ran r = kit_spawn(TWO, "simulate - --app hang --for 1s");

    cr_expect_not_null(strstr(r.err, note), "%s", r.err);
    kit_release(&r);
    r = kit_spawn(TWO, "simulate - --app api/proxy:hang --for 1s");
    cr_expect_null(strstr(r.err, "is meant"), "%s", r.err);
    kit_release(&r);
    r = kit_spawn(TWO, "simulate - --app hang --for 1s -q");
    cr_expect_str_eq(r.err, "", "%s", r.err);
    kit_release(&r);
}
