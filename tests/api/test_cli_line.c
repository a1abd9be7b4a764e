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
     "  - {from: 3m, to: 4m, exitCode: 1}\n  - {rate: 0.01, exitCode: 2}\n  - {exitCode: 0}\n"},
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
    {WEB, "check - --app pull=fail", "default behavior/app-web: fits 2 pods (deployment/web)"},
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
        cr_expect_eq(strncmp(r.err, says, strlen(says)), 0, "%s", r.err); /* then notes of files */
        cr_expect_str_eq(r.out, "");
        kit_release(&r);
    }
}

/* ---- steps and load -------------------------------------------------------------------------- */

#define FRONT                                                                                      \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec:\n"                         \
    "  selector: {app: web}\n  ports: [{port: 8000, targetPort: 8080}]\n"
#define STEPS                                                                                      \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: line}\nspec:\n  steps:\n"
#define CLIENT(more)                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: line-1}\nspec:\n"             \
    "  url: \"http://front:8000" more

static const struct {
    const char *option, *line, *says; /* all of it */
} others[] = {
    {"--step", "1m delete web", STEPS "  - {at: 1m, delete: deployment/web}\n"},
    {"--step", "1m delete web#0 --grace-period=5",
     STEPS "  - {at: 1m, delete: \"pod/web#0\", gracePeriodSeconds: 5}\n"},
    {"--step", "1m delete web-abc-de --force",
     STEPS "  - {at: 1m, delete: pod/web-abc-de, force: true}\n"},
    {"--step", "1m delete svc/front", STEPS "  - {at: 1m, delete: service/front}\n"},
    {"--step", "1m image web=shop:2.4",
     STEPS "  - {at: 1m, setImage: deployment/web, image: \"shop:2.4\"}\n"},
    {"--step", "1m image web/java=shop:2.4",
     STEPS "  - {at: 1m, setImage: deployment/web, image: \"shop:2.4\", container: java}\n"},
    {"--step", "1m scale web=5", STEPS "  - {at: 1m, scale: deployment/web, replicas: 5}\n"},
    {"--step", "1m kill web#1 signal=TERM",
     STEPS "  - {at: 1m, kill: \"pod/web#1\", signal: TERM}\n"},
    {"--step", "1m reboot", STEPS "  - {at: 1m, reboot: node}\n"},
    {"--step", "1m restart web", STEPS "  - {at: 1m, restartRollout: deployment/web}\n"},
    {"--step", "1m taint n-1 a=b:NoExecute",
     STEPS "  - {at: 1m, taint: node/n-1, key: a, value: b, effect: NoExecute}\n"},
    {"--step", "1m untaint n-1 a:NoExecute",
     STEPS "  - {at: 1m, untaint: node/n-1, key: a, effect: NoExecute}\n"},
    {"--step", "1m drain no/n-1 --ignore-daemonsets --timeout=20s",
     STEPS "  - {at: 1m, drain: node/n-1, ignoreDaemonSets: true, timeout: 20s}\n"},
    {"--step", "1m apply next.yaml", STEPS "  - {at: 1m, apply: next.yaml}\n"},
    {"--step", "1m", "podring: --step '1m': must be AT VERB [TARGET] [FIELD=VALUE...], such as '1m "
                     "delete web'\n"},
    {"--step", "soon delete web", "podring: --step 'soon delete web': 'soon' is not a time such as "
                                  "1m: a step is AT VERB [TARGET]...\n"},
    {"--step", "1m delte web",
     "podring: --step '1m delte web': unknown verb \"delte\" (known: delete kill evict fail reboot "
     "scale image restart undo pauseRollout resumeRollout suspend resume drain cordon uncordon "
     "taint untaint recover apply pause condition; did you mean delete?)\n"},
    {"--step", "1m delete", "podring: --step '1m delete': delete needs a target: a workload, "
                            "WORKLOAD#N or KIND/NAME\n"},
    {"--step", "1m delete nobody", "podring: --step '1m delete nobody': no workload, pod or "
                                   "container is called 'nobody'; there is web\n"},
    {"--step", "1m image web", "podring: --step '1m image web': image is said as TARGET=IMAGE\n"},
    {"--step", "1m reboot web", "podring: --step '1m reboot web': reboot takes no target: it is "
                                "the node\n"},
    {"--step", "1m delete web now", "podring: --step '1m delete web now': 'now': behind the target "
                                    "stand fields of a step, as FIELD=VALUE\n"},
    {"--client", "web=50/s", CLIENT("\"\n  rate: 50\n")},
    {"--client", "front:8000/a?b=c=1.5/s@1m+5m,timeout=2s,attempts=3,keepAlive,poisson",
     CLIENT("/a?b=c\"\n  rate: 1.5\n  from: 1m\n  to: 6m\n  timeout: {request: 2s}\n"
            "  retries: {attempts: 3}\n  connections: {keepAlive: true}\n  arrivals: poisson\n")},
    {"--client", "web", "podring: --client 'web': must be WHO[:PORT][/PATH]=RATE/s, such as "
                        "web=50/s\n"},
    {"--client", "web=50", "podring: --client 'web=50': '50' does not begin with a rate such as "
                           "50/s\n"},
    {"--client", "web=5/s,timout=1s",
     "podring: --client 'web=5/s,timout=1s': unknown word \"timout=1s\" (known: timeout= attempts= "
     "keepAlive poisson count= node= pick=; did you mean timeout?)\n"},
    {"--client", "web:0=5/s", "podring: --client 'web:0=5/s': '0' is not a port\n"},
    {"--client", "who=5/s", "podring: --client 'who=5/s': no workload, pod or container is called "
                            "'who'; there is web\n"},
};

Test(cli_line, steps_and_load_stand_for_documents)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        bool refused = strncmp(others[i].says, "podring:", 8) == 0;
        char line[512];
        struct kit_ran r;

        snprintf(line, sizeof(line), "simulate|-|--print-behavior|%s|%s", others[i].option,
                 others[i].line);
        r = kit_spawn_split(WEB FRONT, line, "|");
        cr_expect_eq(r.code, refused ? 64 : 0, "%s: %d", others[i].line, r.code);
        cr_expect_str_eq(refused ? r.err : r.out, others[i].says, "%s%s", r.out, r.err);
        cr_expect_str_eq(refused ? r.out : r.err, "", "%s%s", r.out, r.err);
        kit_release(&r);
    }
}

Test(cli_line, all_three_give_the_digest_of_their_documents)
{
    static const char options[] = "--app|web:500@1m+20s|--step|2m kill web#1|--step|3m delete "
                                  "web#0|--client|web=5/s@1m+1m";
    struct kit_ran a, b, yaml;
    char line[512], *both;

    snprintf(line, sizeof(line), "simulate|-|--for|5m|%s", options);
    a = kit_spawn_split(WEB FRONT, line, "|");
    cr_expect_str_eq(a.err, strstr(a.err, "podring: simulated"), "%s", a.err);
    snprintf(line, sizeof(line), "simulate|-|--print-behavior|%s", options);
    yaml = kit_spawn_split(WEB FRONT, line, "|");
    cr_assert_neq(asprintf(&both, "%s%s", WEB FRONT, yaml.out), -1);
    b = kit_spawn(both, "simulate - --for 5m");
    cr_expect_not_null(strstr(a.out, "300 requests"), "%s", a.out);
    cr_expect_str_eq(line_of(&a, "digest"), line_of(&b, "digest"));
    kit_release(&a);
    kit_release(&b);
    kit_release(&yaml);
    free(both);
}

/* ---- pods by their workloads ----------------------------------------------------------------- */

#define STEP(text) "  - {" text "}\n"

/* Is there a line of the stream with all of these? */
static bool has_line(const char *out, const char *a, const char *b, const char *c)
{
    for (const char *at = out, *end; *at != '\0'; at = *end != '\0' ? end + 1 : end) {
        char line[1024];

        end = strchrnul(at, '\n');
        snprintf(line, sizeof(line), "%.*s", (int)(end - at), at);
        if (strstr(line, a) != NULL && strstr(line, b) != NULL && strstr(line, c) != NULL)
            return true;
    }
    return false;
}

Test(cli_line, a_step_names_a_pod_by_its_workload)
{
    static const char *const happened[][3] = {
        {"\"at_ms\":60000,", "-x7qnx\"", "\"exitCode\":137"},
        {"\"at_ms\":120000,", "-94tzk\"", "Stopping container"},
        {"\"at_ms\":180000,", "\"to\":\"refused\"",
         "\\\"web\\\" has 2 pods: say web#0, ... or their"},
        {"\"at_ms\":240000,", "\"pod\":\"solo\"", "\"exitCode\":137"},
        {"\"at_ms\":300000,", "\"to\":\"refused\"", "pods \\\"web#7\\\" not found"},
        {"\"at_ms\":360000,", "\"pod\":\"db-0\"", "Stopping container"},
        {"\"at_ms\":420000,", "\"pod\":\"db-0\"", "\"exitCode\":137"},
        {"\"at_ms\":480000,", "\"pod\":\"db-2\"", "\"exitCode\":137"},
    };
    struct kit_ran r = kit_spawn(WEB STEPS STEP("at: 9m, kill: pod/web#1x"), "check -");

    cr_expect_eq(r.code, 65, "%s", r.err);
    cr_expect_not_null(strstr(r.err, "spec.steps[0].kill: Invalid value: \"web#1x\": a lowercase "
                                     "RFC 1123 subdomain"), "%s", r.err);
    kit_release(&r);
    r = kit_spawn(WEB SET BARE STEPS STEP("at: 1m, kill: pod/web#1")
                  STEP("at: 2m, delete: pod/web#0") STEP("at: 3m, kill: web")
                  STEP("at: 4m, kill: solo") STEP("at: 5m, delete: pod/web#7")
                  STEP("at: 6m, delete: pod/db#0") STEP("at: 7m, kill: pod/db#0")
                  STEP("at: 8m, kill: pod/db#2"), "simulate - --for 10m -o ndjson");
    for (size_t i = 0; i < sizeof(happened) / sizeof(*happened); i++)
        cr_expect(has_line(r.out, happened[i][0], happened[i][1], happened[i][2]), "%s: %s",
                  happened[i][0], r.out);
    kit_release(&r);
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
