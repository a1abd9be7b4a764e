/* SPDX-License-Identifier: Apache-2.0 */
/* own.c - the table of the fields of our own documents, a list for each object in them. */
#include "api/manifest/own.h"

#include <stddef.h>

#include "engine/reactor/base.h"

#define NONE (-1)

static const struct manifest_own_field behavior[] = {
    {"selector", "object", NONE, "every pod of the namespace", "{matchLabels: {app: web}}",
     "speaks for pods with such labels: matchLabels and matchExpressions, as a Deployment's"},
    {"workload", "string", NONE, "any", "web",
     "speaks for the pods of that workload: a Deployment, a StatefulSet, a Pod of its own, ..."},
    {"container", "string", NONE, "every container", "nginx", "speaks for that container only"},
    {"pods", "integers", NONE, "all", "[0, 2]",
     "speaks for those pods only: numbers by order of creation, from 0, among those that fit"},
    {"pull", "objects", MF_FIELDS_PULL, "images are there at once", "[{to: 80s, fail: not found}]",
     "what becomes of pulling images, and when; the first entry that fits counts"},
    {"instances", "objects", MF_FIELDS_INSTANCE, "it runs until it is stopped",
     "[{exit: {after: 5s, code: 1}}, {}]",
     "what the program does in its first run, its second, ...; the last entry repeats"},
    {"serve", "objects", MF_FIELDS_SERVE, "200 to everything",
     "[{from: 60s, to: 80s, status: 503}]",
     "what its ports answer in instances that do not say so themselves; the first entry that fits"},
    {"keepAlive", "object", MF_FIELDS_KEEP_ALIVE, "connections are kept for 60s", "{idle: 5s}",
     "what it does with connections that are kept, likewise"},
    {"listensAfter", "duration", NONE, "0s", "45s",
     "so long after each of its starts it refuses all connections, likewise"},
    {"exec", "objects", MF_FIELDS_EXEC_RULE, "commands are run", "[{to: 30s, exitCode: 1}]",
     "what commands in the container come to; where nothing fits, the command is run"},
    {"hooks", "object", MF_FIELDS_HOOKS, "hooks are run", "{preStop: {takes: 5s}}",
     "what its hooks come to, instead of being run"},
};

static const struct manifest_own_field pull[] = {
    {"from", "duration", NONE, "0s", "20s", "counts from then on: time of the run"},
    {"to", "duration", NONE, "for ever", "100s", "... up to then"},
    {"fail", "string", NONE, "it succeeds", "not found", "the pull fails, and says this"},
    {"reason",
     "ErrImagePull|RegistryUnavailable|SignatureValidationFailed|ImageInspectError|"
     "InvalidImageName", NONE, "ErrImagePull", "RegistryUnavailable",
     "what the failure is called; only with fail"},
    {"takes", "draw", NONE, "0s", "30s", "how long the pull takes"},
    {"image", "string", NONE, "any", "\"web:2\"", "only pulls of that image"},
};

static const struct manifest_own_field instance[] = {
    {"start", "object", MF_FIELDS_START, "at once", "{takes: 2s}",
     "how its container comes up: no program runs until then, and no probe. For a program that is "
     "slow to listen, say listensAfter"},
    {"exit", "object", MF_FIELDS_EXIT, "it does not end by itself", "{after: 5s, code: 1}",
     "how it ends by itself"},
    {"onStop", "ignore or object", MF_FIELDS_ON_STOP, "it ends at once, with 143", "{after: 2s}",
     "what it does when it is told to stop; ignore: it goes on until it is killed"},
    {"serve", "objects", MF_FIELDS_SERVE, "the list beside the instances", "[{status: 500}]",
     "what its ports answer; the first entry that fits"},
    {"keepAlive", "object", MF_FIELDS_KEEP_ALIVE, "the one beside the instances", "{idle: 5s}",
     "what it does with connections that are kept"},
    {"listensAfter", "duration", NONE, "the one beside the instances", "45s",
     "so long after its start it refuses all connections"},
};

static const struct manifest_own_field start[] = {
    {"takes", "draw", NONE, "0s", "2s",
     "from the decision to start it to the running process: the container is being created"},
    {"fail", "string", NONE, "it starts", "exec format error", "it does not start, and says this"},
    {"reason",
     "RunContainerError|CreateContainerError|CreateContainerConfigError|PreCreateHookError|"
     "PreStartHookError", NONE, "RunContainerError", "CreateContainerError",
     "what the failure is called; only with fail"},
};

static const struct manifest_own_field exits[] = {
    {"after", "draw", NONE, "0s", "5s", "so long after its start"},
    {"at", "duration", NONE, "after its start", "30s",
     "when the run is so old: once, by the instance that runs then"},
    {"for", "duration", NONE, "0s", "1m",
     "... and whatever is started within that time from there ends at once; only with at"},
    {"code", "integer", NONE, "0", "1", "its exit code"},
    {"reason", "string", NONE, "Completed or Error, by the code", "OOMKilled",
     "what its end is called; OOMKilled implies code 137"},
    {"signal", "any", NONE, "none", "SIGSEGV", "a signal ends it: its name or number"},
    {"message", "string", NONE, "nothing", "\"disk full\"",
     "what it leaves in its termination message file"},
};

static const struct manifest_own_field on_stop[] = {
    {"after", "draw", NONE, "0s", "2s", "how long it takes to end"},
    {"code", "integer", NONE, "143", "0", "its exit code then"},
    {"closes", "draw", NONE, "it listens to its end", "1s",
     "so long after the signal it ceases to listen, and goes on"},
    {"drain", "boolean", NONE, "false", "true",
     "from the signal on it closes connections once they lie idle"},
};

static const struct manifest_own_field serve[] = {
    {"from", "duration", NONE, "0s", "60s", "counts from then on"},
    {"to", "duration", NONE, "for ever", "80s", "... up to then"},
    {"clock", "run|instance", NONE, "run", "instance",
     "what from and to count from: the start of the run, or each start of the program"},
    {"path", "string", NONE, "any", "/ready", "only requests for that path"},
    {"port", "integer", NONE, "any", "8080", "only on that port"},
    {"do", "hang|refuse|reset|headersOnly|garbage", NONE, "it answers", "hang",
     "instead of an answer. refuse without path, port and rate goes before all other entries"},
    {"redirect", "string", NONE, "none", "/login", "a redirect to there"},
    {"status", "integer", NONE, "200, of a redirect 302", "503", "the status of the answer"},
    {"headersAfter", "draw", NONE, "0s", "2s", "another word for latency"},
    {"latency", "draw", NONE, "0s", "{uniform: [1ms, 20ms]}", "time until the first byte"},
    {"bodyAfter", "draw", NONE, "0s", "3s", "time between the headers and the body"},
    {"body", "string", NONE, "ok", "\"out of order\"", "the body of the answer"},
    {"bodyBytes", "integer", NONE, "by body", "20000", "a body of so many bytes instead"},
    {"rate", "number", NONE, "1", "0.1",
     "the share of requests it answers, drawn by the seed; the rest is for those behind it"},
    {"grpc", "SERVING|NOT_SERVING|SERVICE_UNKNOWN|UNKNOWN|UNIMPLEMENTED", NONE,
     "SERVING where the status is 200", "NOT_SERVING", "what it says to gRPC probes"},
    {"tls", "boolean", NONE, "false", "true", "it speaks TLS, and nothing to who does not"},
};

static const struct manifest_own_field exec_rule[] = {
    {"command", "strings", NONE, "all that probes run", "[cat, /tmp/healthy]",
     "only this command"},
    {"from", "duration", NONE, "0s", "3m", "counts from then on"},
    {"to", "duration", NONE, "for ever", "4m", "... up to then"},
    {"clock", "run|instance", NONE, "run", "instance",
     "what from and to count from: the start of the run, or each start of the program"},
    {"exitCode", "integer", NONE, "0", "1", "how it ends"},
    {"output", "string", NONE, "none", "\"no such file\"", "what it writes"},
    {"takes", "draw", NONE, "0s", "2s", "how long it runs"},
    {"hang", "boolean", NONE, "false", "true", "it never ends, but by a timeout"},
    {"startError", "string", NONE, "it starts", "\"no such file or directory\"",
     "it cannot be executed at all"},
    {"rate", "number", NONE, "1", "0.1", "the share of runs it speaks for, drawn by the seed"},
};

static const struct manifest_own_field hooks[] = {
    {"postStart", "object", MF_FIELDS_HOOK, "it is run", "{exitCode: 15}", "its postStart hook"},
    {"preStop", "object", MF_FIELDS_HOOK, "it is run", "{takes: 5s}", "its preStop hook"},
};

static const struct manifest_own_field hook[] = {
    {"takes", "draw", NONE, "0s", "5s", "how long it runs"},
    {"exitCode", "integer", NONE, "0", "1", "how it ends"},
    {"output", "string", NONE, "none", "bye", "what it writes"},
    {"startError", "string", NONE, "it starts", "\"no such file or directory\"",
     "it cannot be executed at all"},
};

static const struct manifest_own_field draw[] = {
    {"uniform", "strings", NONE, "none", "[1ms, 20ms]",
     "drawn between these two, each as likely, by the seed"},
    {"exp", "duration", NONE, "none", "3m", "drawn from an exponential distribution of that mean"},
};

static const struct manifest_own_field keep_alive[] = {
    {"idle", "duration", NONE, "60s", "5s", "a connection that lies idle so long is closed"},
    {"maxRequests", "integer", NONE, "0, no limit", "100", "requests that a connection carries"},
};

static const struct manifest_own_field scenario[] = {
    {"set", "object", NONE, "none", "{unknown_programs: fail}",
     "knobs, as --set has them ('podring states --knobs')"},
    {"steps", "objects", MF_FIELDS_STEP, "none", "[{at: 1m, delete: deployment/web}]",
     "what happens, and when; each has one action"},
};

static const struct manifest_own_field step[] = {
    {"at", "duration", NONE, "must be given", "1m", "when: time of the run"},
    {"namespace", "string", NONE, "the document's", "prod", "where its object is"},
    {"delete", "string", NONE, "none", "pod/web#0",
     "deletes KIND/NAME; a pod may be WORKLOAD#N, and KIND/ may be left out for it"},
    {"kill", "string", NONE, "none", "pod/web#0", "a signal for the process of a container"},
    {"reboot", "node", NONE, "none", "node", "the node reboots"},
    {"scale", "string", NONE, "none", "deployment/web", "another number of replicas"},
    {"setImage", "string", NONE, "none", "deployment/web", "another image of a container"},
    {"apply", "string", NONE, "none", "web-v2.yaml",
     "applies a file, whose name counts from the folder of this one"},
    {"condition", "string", NONE, "none", "pod/web#0", "sets the condition of a readiness gate"},
    {"evict", "string", NONE, "none", "pod/web#0",
     "an eviction by the kubelet; with api: true by the API, which asks budgets"},
    {"drain", "string", NONE, "none", "node/n-1", "cordons a node and evicts its pods"},
    {"fail", "string", NONE, "none", "node/n-1", "a node fails; or a pod does"},
    {"recover", "string", NONE, "none", "node/n-1", "a node that has failed is back"},
    {"suspend", "string", NONE, "none", "job/batch", "suspends a Job or CronJob"},
    {"resume", "string", NONE, "none", "job/batch", "resumes it"},
    {"pause", "controllers", NONE, "none", "controllers", "no controller works for a time"},
    {"cordon", "string", NONE, "none", "node/n-1", "nothing is scheduled there any more"},
    {"uncordon", "string", NONE, "none", "node/n-1", "... again"},
    {"taint", "string", NONE, "none", "node/n-1", "adds a taint"},
    {"untaint", "string", NONE, "none", "node/n-1", "takes one away"},
    {"setLabel", "string", NONE, "none", "pod/web#0", "changes labels of a pod or node"},
    {"pressure", "string", NONE, "none", "node/n-1", "a node runs short of something"},
    {"undo", "string", NONE, "none", "deployment/web", "back to an older revision"},
    {"pauseRollout", "string", NONE, "none", "deployment/web", "as kubectl rollout pause"},
    {"resumeRollout", "string", NONE, "none", "deployment/web", "as kubectl rollout resume"},
    {"restartRollout", "string", NONE, "none", "deployment/web", "as kubectl rollout restart"},
    {"patch", "string", NONE, "none", "deployment/web",
     "a merge patch: metadata, spec or data of this step"},
    {"gracePeriodSeconds", "integer", NONE, "the pod's", "5", "of delete, evict, drain"},
    {"force", "boolean", NONE, "false", "true", "of delete, drain: as kubectl has it"},
    {"cascade", "background|foreground|orphan", NONE, "background", "orphan", "of delete"},
    {"container", "string", NONE, "the first", "nginx", "of kill, setImage"},
    {"signal", "any", NONE, "SIGKILL", "SIGTERM", "of kill: its name or number"},
    {"replicas", "integer", NONE, "must be given", "5", "of scale"},
    {"image", "string", NONE, "must be given", "\"web:2\"", "of setImage"},
    {"type", "string", NONE, "must be given, of patch merge", "example.com/ready",
     "of condition: the gate; of patch: merge"},
    {"status", "True|False|Unknown", NONE, "must be given", "\"True\"", "of condition"},
    {"for", "duration", NONE, "must be given", "30s", "of pause"},
    {"key", "string", NONE, "must be given", "dedicated", "of taint, untaint"},
    {"value", "string", NONE, "none", "db", "of taint"},
    {"effect", "string", NONE, "must be given, of untaint any", "NoExecute", "of taint, untaint"},
    {"lose", "power|network", NONE, "power", "network", "of fail: what a node loses"},
    {"labels", "object", NONE, "must be given", "{app: web, old: null}",
     "of setLabel; null takes one away"},
    {"toRevision", "integer", NONE, "0, the one before", "3", "of undo"},
    {"metadata", "object", NONE, "none", "{labels: {a: b}}", "of patch"},
    {"spec", "object", NONE, "none", "{replicas: 3}", "of patch"},
    {"data", "object", NONE, "none", "{mode: slow}", "of patch"},
    {"api", "boolean", NONE, "false", "true", "of evict"},
    {"ignoreDaemonSets", "boolean", NONE, "false", "true", "of drain"},
    {"deleteEmptyDir", "boolean", NONE, "false", "true", "of drain"},
    {"timeout", "duration", NONE, "none", "60s", "of drain"},
    {"resource", "memory|disk|pid", NONE, "memory", "disk", "of pressure: of what"},
    {"usage", "object", NONE, "none", "{web-0: 900Mi}", "of pressure: what pods use"},
    {"available", "any", NONE, "0", "50Mi", "of pressure: how much is left"},
};

static const struct manifest_own_field client[] = {
    {"url", "string", NONE, "must be given", "\"http://web:8080/search?q=a\"",
     "http://HOST[:PORT][/PATH]: the name of a Service, of a pod, or an address"},
    {"node", "string", NONE, "outside of all nodes", "n-1", "the node it runs on"},
    {"count", "integer", NONE, "1", "4", "machines, each with an address and connections"},
    {"rate", "rate", MF_FIELDS_CLIENT_RATE, "must be given", "50",
     "requests a second, of all machines together; or a list of them with their times"},
    {"from", "duration", NONE, "0s", "1m", "it sends from then on"},
    {"to", "duration", NONE, "for ever", "6m", "... up to then"},
    {"arrivals", "even|poisson", NONE, "even", "poisson", "how requests follow each other"},
    {"pick", "turn|random|share", NONE, "turn", "random",
     "how a proxy picks an endpoint for each connection"},
    {"connections", "object", MF_FIELDS_CLIENT_CONNECTIONS, "a new one each", "{keepAlive: true}",
     "how it uses connections"},
    {"timeout", "object", MF_FIELDS_CLIENT_TIMEOUT, "1s and 10s", "{request: 2s}",
     "how long it waits"},
    {"retries", "object", MF_FIELDS_CLIENT_RETRIES, "none", "{attempts: 3}",
     "what it tries again"},
    {"report", "duration", NONE, "at the end only", "10s", "how often its counters are told"},
    {"byPod", "boolean", NONE, "false", "true", "counts by pod, too"},
};

static const struct manifest_own_field client_rate[] = {
    {"from", "duration", NONE, "0s", "1m", "from then on"},
    {"to", "duration", NONE, "for ever", "2m", "... up to then"},
    {"rate", "number", NONE, "must be given", "200", "requests a second"},
};

static const struct manifest_own_field client_connections[] = {
    {"keepAlive", "boolean", NONE, "false", "true", "connections are used again"},
    {"pool", "integer", NONE, "1", "8", "connections of a machine"},
    {"idleTimeout", "duration", NONE, "90s", "30s", "one that lies idle so long is closed"},
    {"maxRequests", "integer", NONE, "0, no limit", "100", "requests that one carries"},
};

static const struct manifest_own_field client_timeout[] = {
    {"connect", "duration", NONE, "1s", "500ms", "for a connection"},
    {"request", "duration", NONE, "10s", "2s", "for an answer, the connection included"},
};

static const struct manifest_own_field client_retries[] = {
    {"attempts", "integer", NONE, "1", "3", "how often it is tried in all"},
    {"on", "strings", NONE, "[refused, reset, connectTimeout, http5xx]", "[refused, http5xx]",
     "what is tried again: http4xx http5xx refused reset connectTimeout requestTimeout dns"},
    {"true", "strings", NONE, "none", "[refused]",
     "what YAML 1.1 makes of on without quotes: the same"},
    {"delay", "duration", NONE, "0s", "100ms", "before the first retry"},
    {"factor", "number", NONE, "2", "1.5", "of the delay, from one retry to the next"},
    {"cap", "duration", NONE, "10s", "5s", "the longest delay"},
    {"reused", "boolean", NONE, "false", "true",
     "a reset on a connection that was used before is tried once more, for nothing"},
};

static const struct manifest_own_field metrics[] = {
    {"selector", "object", NONE, "every pod of the namespace", "{matchLabels: {app: web}}",
     "of which pods; only for kind pods"},
    {"pods", "integers", NONE, "all", "[0, 2]", "of those pods only, by order of creation"},
    {"metric", "string", NONE, "must be given", "cpu",
     "what it is called: cpu, memory, or a metric of an autoscaler's"},
    {"kind", "pods|object|external", NONE, "pods", "external", "whose it is"},
    {"values", "objects", MF_FIELDS_METRICS_VALUE, "must be given", "[{from: 1m, value: 250m}]",
     "what it is, and when"},
    {"window", "duration", NONE, "0s", "30s", "the time it is an average over"},
};

static const struct manifest_own_field metrics_value[] = {
    {"from", "duration", NONE, "0s", "1m", "from then on"},
    {"to", "duration", NONE, "for ever", "2m", "... up to then"},
    {"value", "any", NONE, "none", "250m", "a quantity, of each pod"},
    {"total", "any", NONE, "none", "2", "a quantity that the pods share"},
    {"client", "string", NONE, "none", "load", "by the requests of that Client"},
    {"perRequest", "any", NONE, "none", "10m", "what each request a second costs; with client"},
    {"idle", "any", NONE, "0", "20m", "what a pod without requests uses; with client"},
};

static const struct {
    int fields;
    const struct manifest_own_field *field;
    uint32_t count;
} lists[] = {
#define LIST(fields, table) {fields, table, RX_ARRAY_LEN(table)}
    LIST(MF_FIELDS_BEHAVIOR, behavior),
    LIST(MF_FIELDS_PULL, pull),
    LIST(MF_FIELDS_INSTANCE, instance),
    LIST(MF_FIELDS_START, start),
    LIST(MF_FIELDS_EXIT, exits),
    LIST(MF_FIELDS_ON_STOP, on_stop),
    LIST(MF_FIELDS_SERVE, serve),
    LIST(MF_FIELDS_EXEC_RULE, exec_rule),
    LIST(MF_FIELDS_HOOKS, hooks),
    LIST(MF_FIELDS_HOOK, hook),
    LIST(MF_FIELDS_DRAW, draw),
    LIST(MF_FIELDS_KEEP_ALIVE, keep_alive),
    LIST(MF_FIELDS_SCENARIO, scenario),
    LIST(MF_FIELDS_STEP, step),
    LIST(MF_FIELDS_CLIENT, client),
    LIST(MF_FIELDS_CLIENT_RATE, client_rate),
    LIST(MF_FIELDS_CLIENT_CONNECTIONS, client_connections),
    LIST(MF_FIELDS_CLIENT_TIMEOUT, client_timeout),
    LIST(MF_FIELDS_CLIENT_RETRIES, client_retries),
    LIST(MF_FIELDS_METRICS, metrics),
    LIST(MF_FIELDS_METRICS_VALUE, metrics_value),
};

const struct manifest_own_field *manifest_own_fields(int fields, uint32_t *count)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(lists); i++)
        if (lists[i].fields == fields) {
            *count = lists[i].count;
            return lists[i].field;
        }
    *count = 0;
    return NULL;
}

const struct manifest_own_kind *manifest_own_kind(uint32_t index)
{
    static const struct manifest_own_kind kinds[] = {
        {"Behavior", "what the program in a container does", MF_FIELDS_BEHAVIOR},
        {"Scenario", "what happens to objects, and when", MF_FIELDS_SCENARIO},
        {"Client", "load on Services, pods and nodes", MF_FIELDS_CLIENT},
        {"Metrics", "what autoscalers are told", MF_FIELDS_METRICS},
    };

    return index < RX_ARRAY_LEN(kinds) ? &kinds[index] : NULL;
}
