/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of manifests that are fine: defaults, and every part in its struct. The files are in
 * tests/golden/manifests; paths are relative to the root of the tree, where `make test` runs.
 */
#include "engine/store/job_spec.h"
#include "tests/unit/test_manifest_kit.h"

#define FOLDER "tests/golden/manifests/"
#define POD    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"

static void load_saying(struct kit *k, const char *file, const char *said)
{
    int error;

    kit_open(k);
    error = manifest_load_file(&k->set, file);
    cr_assert_eq(error, 0, "%s: %d\n%s", file, error, kit_said(k));
    cr_expect_str_eq(kit_said(k), said, "%s: %s", file, kit_said(k));
}

static void load(struct kit *k, const char *file)
{
    load_saying(k, file, "");
}

static const struct pod_workload_spec *workload(struct kit *k, uint32_t i)
{
    cr_assert_lt(i, k->set.workloads.count);
    return &k->set.workloads.item[i];
}

static const char *label(const struct pod_labels *labels, const char *key)
{
    for (uint32_t i = 0; i < labels->count; i++)
        if (strcmp(labels->pair[i].key, key) == 0)
            return labels->pair[i].value;
    return "(none)";
}

Test(manifest_accept, defaults_of_a_pod)
{
    struct kit k;
    const struct pod_spec *pod;
    const struct pod_container_spec *c;

    kit_open(&k);
    pod = kit_pod(&k, POD "  containers: [{name: c, image: nginx}]\n");
    c = &pod->container[0];
    cr_expect_eq(workload(&k, 0)->kind, POD_WORKLOAD_POD);
    cr_expect_eq(workload(&k, 0)->replicas, 1);
    cr_expect_not(workload(&k, 0)->selector.present);
    cr_expect_str_eq(pod->ns, "default");
    cr_expect_str_eq(pod->name, "p");
    cr_expect_eq(pod->restart_policy, POD_RESTART_ALWAYS);
    cr_expect_eq(pod->grace_s, 30);
    cr_expect_eq(pod->active_deadline_s, -1);
    cr_expect_null(pod->hostname);
    cr_expect_eq(pod->gate_count, 0);
    cr_expect_not(pod->scheduling_gated);
    cr_expect_eq(pod->init_count, 0);
    cr_expect_eq(pod->container_count, 1);
    cr_expect_neq(pod->hash, 0);
    cr_expect_eq(c->kind, POD_MAIN);
    cr_expect_eq(c->pull_policy, POD_PULL_ALWAYS);
    cr_expect_eq(c->restart_policy, POD_RESTART_UNSET);
    cr_expect_eq(c->argc + c->command_argc + c->env_count + c->port_count + c->mount_count, 0);
    cr_expect_null(c->probe[POD_LIVENESS]);
    cr_expect_null(c->pre_stop);
    cr_expect_str_eq(c->message_path, "/dev/termination-log");
    cr_expect_eq(c->message_policy, POD_MESSAGE_FILE);
    cr_expect_eq(c->hash, manifest_container_hash(c));
    kit_close(&k);
}

/* B-16 and B-23. */
static const struct {
    const char *image;
    enum pod_pull_policy policy;
} images[] = {
    {"nginx", POD_PULL_ALWAYS},
    {"nginx:latest", POD_PULL_ALWAYS},
    {"nginx:1.25", POD_PULL_IF_NOT_PRESENT},
    {"reg:5000/app", POD_PULL_ALWAYS},
    {"app@sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b",
     POD_PULL_IF_NOT_PRESENT},
    {"app:latest@sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b",
     POD_PULL_ALWAYS},
    {"img:Latest", POD_PULL_IF_NOT_PRESENT},
    {"h.io:5000/a/b:v2", POD_PULL_IF_NOT_PRESENT},
    {"a@sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b",
     POD_PULL_IF_NOT_PRESENT},
    {"h.io:5000/a", POD_PULL_ALWAYS},
    {"a:latest2", POD_PULL_IF_NOT_PRESENT},
};

Test(manifest_accept, pull_policy_by_tag)
{
    for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
        char text[512];
        struct kit k;
        const struct pod_spec *pod;

        snprintf(text, sizeof(text), POD "  containers: [{name: c, image: '%s'}]\n",
                 images[i].image);
        kit_open(&k);
        pod = kit_pod(&k, text);
        cr_expect_eq(pod->container[0].pull_policy, images[i].policy, "%s", images[i].image);
        snprintf(text, sizeof(text), "%s",
                 "---\napiVersion: v1\nkind: Pod\nmetadata: {name: q}\n"
                 "spec: {containers: [{name: c, image: x, imagePullPolicy: Never}]}\n");
        cr_expect_eq(kit_pod(&k, text)->container[0].pull_policy, POD_PULL_NEVER);
        kit_close(&k);
    }
}

Test(manifest_accept, image_numbers_are_dense_and_shared)
{
    struct kit k;
    const struct pod_spec *pod;
    uint16_t id = 99;

    kit_open(&k);
    pod = kit_pod(
        &k, POD "  containers: [{name: a, image: x}, {name: b, image: z}, {name: c, image: x}]\n");
    cr_expect_eq(pod->container[0].image_id, 0);
    cr_expect_eq(pod->container[1].image_id, 1);
    cr_expect_eq(pod->container[2].image_id, 0);
    cr_expect_eq(manifest_image(&k.set, "z", &id), 0);
    cr_expect_eq(id, 1);
    cr_expect_eq(manifest_image(&k.set, "new", &id), 0);
    cr_expect_eq(id, 2);
    cr_expect_str_eq(k.set.images.item[2], "new");
    kit_close(&k);
}

Test(manifest_accept, container_hash_is_of_name_image_and_resources)
{
    static const char *const pods[] = {
        "[{name: c, image: x, resources: {limits: {cpu: 1, memory: 1Gi}}}]",
        "[{image: x, name: c, resources: {limits: {memory: 1Gi, cpu: 1}}, command: [a]}]", /* the
                                                                                              same
                                                                                            */
        "[{name: c, image: x, resources: {limits: {cpu: 2, memory: 1Gi}}}]",
        "[{name: c, image: z, resources: {limits: {cpu: 1, memory: 1Gi}}}]",
        "[{name: d, image: x, resources: {limits: {cpu: 1, memory: 1Gi}}}]",
        "[{name: c, image: x}]",
    };
    uint64_t hash[sizeof(pods) / sizeof(pods[0])];

    for (size_t i = 0; i < sizeof(pods) / sizeof(pods[0]); i++) {
        char text[512];
        struct kit k;

        snprintf(text, sizeof(text), POD "  containers: %s\n", pods[i]);
        kit_open(&k);
        hash[i] = kit_pod(&k, text)->container[0].hash;
        kit_close(&k);
    }
    cr_expect_eq(hash[0], hash[1]);
    for (size_t i = 2; i < sizeof(pods) / sizeof(pods[0]); i++)
        for (size_t j = 1; j < i; j++)
            cr_expect_neq(hash[i], hash[j], "%s\n%s", pods[i], pods[j]);
}

Test(manifest_accept, template_hash_is_of_the_meaning)
{
    static const char *const specs[] = {
        "{containers: [{name: c, image: x}], hostNetwork: true}",
        "{hostNetwork: yes, dnsPolicy: null,\n   containers: [{\"image\": 'x', name: c}]} # the "
        "same",
        "{containers: [{name: c, image: x}], hostNetwork: false}",
        "{containers: [{name: c, image: x}]}",
    };
    uint64_t hash[sizeof(specs) / sizeof(specs[0])];

    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        char text[512];
        struct kit k;

        snprintf(text, sizeof(text),
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: p%zu}\nspec: %s\n", i, specs[i]);
        kit_open(&k);
        hash[i] = kit_pod(&k, text)->hash;
        kit_close(&k);
    }
    cr_expect_eq(hash[0], hash[1]);
    cr_expect_neq(hash[0], hash[2]);
    cr_expect_neq(hash[2], hash[3]);
}

static void check_nginx_container(const struct pod_container_spec *c)
{
    const struct pod_probe_spec *p = c->probe[POD_LIVENESS];

    cr_expect_eq(c->pull_policy, POD_PULL_IF_NOT_PRESENT);
    cr_expect_eq(c->port_count, 3);
    cr_expect_str_eq(c->port[0].name, "http");
    cr_expect_eq(c->port[1].number, 9113);
    cr_expect(c->port[1].tcp);
    cr_expect_not(c->port[2].tcp);
    cr_expect_eq(c->env_count, 6);
    cr_expect_str_eq(c->env[0].from_kind, "configMapRef");
    cr_expect_str_eq(c->env[0].from_name, "shop-common");
    cr_expect_str_eq(c->env[1].name, "DB_");
    cr_expect(c->env[1].optional);
    cr_expect_str_eq(c->env[2].name, "NGINX_WORKERS");
    cr_expect_str_eq(c->env[2].value, "4");
    cr_expect_null(c->env[3].value);
    cr_expect_str_eq(c->env[3].from_kind, "fieldRef");
    cr_expect_str_eq(c->env[3].from_key, "status.podIP");
    cr_expect_str_eq(c->env[4].from_key, "limits.memory");
    cr_expect_str_eq(c->env[5].from_kind, "secretKeyRef");
    cr_expect_str_eq(c->env[5].from_name, "shop-front");
    cr_expect_str_eq(c->env[5].from_key, "token");
    cr_expect(c->env[5].optional);

    cr_expect_eq(p->handler.kind, POD_HANDLER_HTTP);
    cr_expect_eq(p->handler.port, 8080, "a name of this container");
    cr_expect_str_eq(p->handler.port_text, "http");
    cr_expect_str_eq(p->handler.path, "/healthz");
    cr_expect_null(p->handler.host);
    cr_expect_not(p->handler.https);
    cr_expect_eq(p->handler.header_count, 2);
    cr_expect_str_eq(p->handler.header[1].key, "Host");
    cr_expect_str_eq(p->handler.header[1].value, "shop.example.com");
    cr_expect_eq(p->initial_delay_s, 0);
    cr_expect_eq(p->period_s, 10);
    cr_expect_eq(p->timeout_s, 2);
    cr_expect_eq(p->success_threshold, 1);
    cr_expect_eq(p->failure_threshold, 3);
    cr_expect_eq(p->grace_s, 10);
    p = c->probe[POD_READINESS];
    cr_expect_eq(p->handler.kind, POD_HANDLER_TCP);
    cr_expect_eq(p->handler.port, 8080);
    cr_expect_eq(p->initial_delay_s, 3);
    cr_expect_eq(p->success_threshold, 2);
    cr_expect_eq(p->grace_s, -1);
    cr_expect_eq(c->probe[POD_STARTUP]->failure_threshold, 30);
    cr_expect_eq(c->probe[POD_STARTUP]->period_s, 2);
    cr_expect_null(c->post_start);
    cr_expect_eq(c->pre_stop->kind, POD_HANDLER_EXEC);
    cr_expect_eq(c->pre_stop->argc, 3);
    cr_expect_str_eq(c->pre_stop->argv[2], "nginx -s quit; sleep 10");
    cr_expect_eq(c->mount_count, 3);
    cr_expect_str_eq(c->mount[0].volume, "config");
    cr_expect(c->mount[0].read_only);
    cr_expect_null(c->mount[0].sub_path);
    cr_expect_str_eq(c->mount[2].sub_path, "nginx");
}

Test(manifest_accept, a_deployment_with_everything)
{
    struct kit k;
    const struct pod_workload_spec *w;
    const struct pod_spec *pod;

    load(&k, FOLDER "nginx-deployment.yaml");
    w = workload(&k, 0);
    pod = w->template_;
    cr_expect_eq(k.set.workloads.count, 1);
    cr_expect_eq(k.set.configs.count, 1);
    cr_expect_str_eq(k.set.configs.item[0]->name, "shop-front-nginx");
    cr_expect_eq(k.set.diagnostics.count, 0);
    cr_assert_eq(k.set.services.count, 1);
    cr_expect_str_eq(k.set.services.item[0].ns, "shop");
    cr_expect(k.set.services.item[0].has_selector);
    cr_assert_eq(k.set.services.item[0].port_count, 1);
    cr_expect_eq(w->kind, POD_WORKLOAD_DEPLOYMENT);
    cr_expect_str_eq(w->ns, "shop");
    cr_expect_eq(w->replicas, 3);
    cr_expect(pod_selector_matches(&w->selector, &pod->labels));
    cr_expect_eq(w->selector.count, 2);
    cr_expect_eq(w->selector.requirement[1].op, POD_SELECT_IN);
    cr_expect_eq(pod->labels.count, 4, "three by merge key, one of its own");
    cr_expect_str_eq(label(&pod->labels, "app.kubernetes.io/part-of"), "shop");
    cr_expect_str_eq(label(&pod->labels, "version"), "1.27");
    cr_expect_eq(pod->grace_s, 45);
    cr_expect_eq(pod->volume_count, 3);
    cr_expect_eq(pod->volume[0].kind, POD_VOLUME_CONFIG_MAP);
    cr_expect_str_eq(pod->volume[0].source, "shop-front-nginx");
    cr_expect_eq(pod->volume[1].kind, POD_VOLUME_EMPTY_DIR);
    cr_expect_eq(pod->volume[2].kind, POD_VOLUME_EMPTY_DIR_MEMORY);
    check_nginx_container(&pod->container[0]);
    kit_close(&k);
}

Test(manifest_accept, a_statefulset_with_claims_and_a_sidecar)
{
    struct kit k;
    const struct pod_workload_spec *w;
    const struct pod_spec *pod;
    const struct pod_container_spec *main;

    load(&k, FOLDER "postgres-statefulset.yaml");
    w = workload(&k, 0);
    pod = w->template_;
    main = &pod->container[2];
    cr_expect_eq(w->kind, POD_WORKLOAD_STATEFULSET);
    cr_expect_eq(w->replicas, 2);
    cr_expect_eq(pod->init_count, 2);
    cr_expect_eq(pod->container_count, 3);
    cr_expect_eq(pod->container[0].kind, POD_INIT);
    cr_expect_eq(pod->container[0].argc, 3);
    cr_expect_eq(pod->container[0].command_argc, 2);
    cr_expect_str_eq(pod->container[0].argv[2], "chown -R 999:999 /var/lib/postgresql/data\n"
                                                "chmod 700 /var/lib/postgresql/data\n");
    cr_expect_eq(pod->container[1].kind, POD_SIDECAR);
    cr_expect_eq(pod->container[1].restart_policy, POD_RESTART_ALWAYS);
    cr_expect_not_null(pod->container[1].probe[POD_STARTUP]);
    cr_expect_eq(main->kind, POD_MAIN);
    cr_expect_eq(main->argc, 2);
    cr_expect_eq(main->command_argc, 0);
    cr_expect_eq(main->probe[POD_LIVENESS]->period_s, 10);
    cr_expect_eq(main->probe[POD_LIVENESS]->handler.port, 5432);
    cr_expect_eq(main->message_policy, POD_MESSAGE_FALLBACK_TO_LOGS);
    cr_expect_eq(pod->volume_count, 2);
    cr_expect_eq(pod->volume[1].kind, POD_VOLUME_CLAIM);
    cr_expect_str_eq(pod->volume[1].name, "data");
    kit_close(&k);
}

Test(manifest_accept, a_daemonset)
{
    struct kit k;
    const struct pod_workload_spec *w;
    const struct pod_handler_spec *h;

    load(&k, FOLDER "agent-daemonset.yaml");
    w = workload(&k, 0);
    h = &w->template_->container[0].probe[POD_LIVENESS]->handler;
    cr_expect_eq(w->kind, POD_WORKLOAD_DAEMONSET);
    cr_expect_eq(w->replicas, 1);
    cr_expect_str_eq(h->host, "127.0.0.1");
    cr_expect_str_eq(h->path, "/api/v1/health?verbose=1");
    cr_expect_eq(h->port, 2020);
    cr_expect_eq(w->template_->volume[0].kind, POD_VOLUME_HOST_PATH);
    cr_expect_str_eq(w->template_->volume[0].source, "/var/log");
    cr_expect_eq(w->template_->volume[2].kind, POD_VOLUME_PROJECTED);
    cr_expect_eq(w->template_->volume[2].projection_count, 1);
    cr_expect_eq(w->template_->volume[2].projection[0].kind, POD_PROJECT_TOKEN);
    kit_close(&k);
}

Test(manifest_accept, a_job_with_restart_rules)
{
    struct kit k;
    const struct pod_workload_spec *w;
    const struct pod_container_spec *c;

    load(&k, FOLDER "migrate-job.yaml");
    w = workload(&k, 0);
    c = &w->template_->container[0];
    cr_expect_eq(w->kind, POD_WORKLOAD_JOB);
    cr_expect_eq(strncmp(w->name, "migrate-", 8), 0);
    cr_expect_eq(strlen(w->name), strlen("migrate-") + 5);
    cr_expect_eq(w->job->parallelism, 4);
    cr_expect_eq(w->job->completions, 3);
    cr_expect_eq(w->replicas, 3);
    cr_expect_eq(w->job->backoff_limit, 2);
    cr_expect_eq(w->job->deadline_s, 3600);
    cr_expect_eq(w->job->ttl_s, 100);
    cr_expect(w->job->indexed);
    cr_expect(w->job->replace_failed);
    cr_expect_not(w->job->suspended);
    cr_expect_not(w->selector.present);
    cr_expect_eq(w->template_->restart_policy, POD_RESTART_NEVER);
    cr_expect_eq(c->restart_policy, POD_RESTART_NEVER);
    cr_expect_eq(c->pull_policy, POD_PULL_IF_NOT_PRESENT);
    cr_expect_eq(c->rule_count, 2);
    cr_expect_eq(c->rule[0].action, POD_RULE_RESTART);
    cr_expect_not(c->rule[0].not_in);
    cr_expect_eq(c->rule[0].count, 2);
    cr_expect_eq(c->rule[0].exit_code[1], 111);
    cr_expect_eq(c->rule[1].action, POD_RULE_RESTART_ALL);
    cr_expect(c->rule[1].not_in);
    kit_close(&k);
}

static const struct {
    const char *spec;
    int32_t completions, parallelism, replicas;
} jobs[] = {
    {"", 1, 1, 1},
    {"parallelism: 3, ", -1, 3, 3},
    {"completions: 5, ", 5, 1, 1},
    {"completions: 2, parallelism: 9, ", 2, 9, 2},
    {"completions: null, parallelism: ~, ", 1, 1, 1},
    {"parallelism: 0, ", -1, 0, 0},
};

Test(manifest_accept, how_many_pods_a_job_wants)
{
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        char text[512];
        struct kit k;
        const struct pod_workload_spec *w;

        snprintf(text, sizeof(text),
                 "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {%s template: {spec: "
                 "{restartPolicy: OnFailure, containers: [{name: c, image: x}]}}}\n",
                 jobs[i].spec);
        kit_open(&k);
        cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
        w = workload(&k, 0);
        cr_expect_eq(w->job->completions, jobs[i].completions, "%s", jobs[i].spec);
        cr_expect_eq(w->job->parallelism, jobs[i].parallelism, "%s", jobs[i].spec);
        cr_expect_eq(w->replicas, jobs[i].replicas, "%s", jobs[i].spec);
        cr_expect_eq(w->job->backoff_limit, 6);
        kit_close(&k);
    }
}

Test(manifest_accept, lists_in_lists_as_json)
{
    struct kit k;

    load(&k, FOLDER "list.json");
    cr_expect_eq(k.set.workloads.count, 2);
    cr_expect_str_eq(workload(&k, 0)->ns, "team-x");
    cr_expect_str_eq(workload(&k, 0)->template_->container[0].argv[1], "10");
    cr_expect_str_eq(workload(&k, 0)->template_->container[0].argv[2], "\xf0\x9f\x98\x80/");
    cr_expect_str_eq(workload(&k, 1)->name, "b");
    cr_expect_eq(workload(&k, 1)->template_->restart_policy, POD_RESTART_ON_FAILURE);
    cr_expect_eq(k.set.diagnostics.count, 1, "the Role");
    kit_close(&k);
}

Test(manifest_accept, a_typed_list_says_the_kind_once)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: p}\n"
                              "  spec: {containers: [{name: c, image: x}]}\n"),
                 0, "%s", kit_said(&k));
    cr_expect_eq(k.set.workloads.count, 1);
    kit_close(&k);
}

Test(manifest_accept, what_a_chart_renders)
{
    struct kit k;

    load(&k, FOLDER "helm-release.yaml");
    cr_expect_eq(k.set.workloads.count, 2);
    cr_expect_eq(workload(&k, 0)->template_->container[0].probe[POD_LIVENESS]->handler.port, 80);
    cr_expect_eq(workload(&k, 1)->template_->restart_policy, POD_RESTART_NEVER);
    kit_close(&k);
}

Test(manifest_accept, a_cronjob)
{
    struct kit k;
    const struct pod_workload_spec *w;

    load(&k, FOLDER "nightly-cronjob.yaml");
    w = workload(&k, 0);
    cr_expect_eq(w->kind, POD_WORKLOAD_CRONJOB);
    cr_expect_eq(w->replicas, 0);
    cr_expect_str_eq(w->cron->text, "0 3 * * *");
    cr_expect_null(w->cron->zone);
    cr_expect_eq(w->cron->deadline_s, -1);
    cr_expect_eq(w->cron->successful_kept, 3);
    cr_expect_eq(w->cron->failed_kept, 1);
    cr_expect_eq(w->job->completions, 1);
    cr_expect(w->job->on_failure);
    kit_close(&k);
}

Test(manifest_accept, a_pod_with_grpc_hooks_and_gates)
{
    struct kit k;
    const struct pod_spec *pod;
    const struct pod_container_spec *c;

    load_saying(&k, FOLDER "sidecar-pod.yaml",
                "23:34 preStop sleeps 20s of terminationGracePeriodSeconds 20: nothing is left for "
                "the program, which has 2s for its end\n");
    pod = workload(&k, 0)->template_;
    c = pod->container;
    cr_expect_str_eq(pod->hostname, "echo-0");
    cr_expect_str_eq(pod->subdomain, "echo");
    cr_expect_eq(pod->restart_policy, POD_RESTART_ON_FAILURE);
    cr_expect_eq(pod->active_deadline_s, 900);
    cr_expect_eq(pod->gate_count, 1);
    cr_expect_str_eq(pod->gate[0], "example.com/load-balancer");
    cr_expect(pod->scheduling_gated);
    cr_expect_str_eq(label(&pod->labels, "canary"), "");
    cr_expect_eq(pod->init_count, 2);
    cr_expect_eq(c[1].pre_stop->kind, POD_HANDLER_SLEEP);
    cr_expect_eq(c[1].pre_stop->seconds, 20, "as long as the grace period is allowed");
    cr_expect(c[1].probe[POD_READINESS]->handler.https);
    cr_expect_eq(c[2].probe[POD_LIVENESS]->handler.kind, POD_HANDLER_GRPC);
    cr_expect_eq(c[2].probe[POD_LIVENESS]->handler.port, 9000);
    cr_expect_str_eq(c[2].probe[POD_LIVENESS]->handler.service, "");
    cr_expect_str_eq(c[2].probe[POD_READINESS]->handler.service, "echo.v1.Echo");
    cr_expect_eq(c[2].post_start->kind, POD_HANDLER_HTTP);
    cr_expect_eq(c[2].pre_stop->kind, POD_HANDLER_TCP);
    cr_expect_str_eq(c[2].message_path, "/tmp/last-words");
    kit_close(&k);
}

Test(manifest_accept, a_port_name_of_another_container_is_no_port)
{
    struct kit k;
    const struct pod_spec *pod;

    kit_open(&k);
    pod = kit_pod(
        &k,
        POD "  containers:\n  - name: a\n    image: x\n    livenessProbe: {httpGet: {port: web}}\n"
            "  - {name: b, image: x, ports: [{name: web, containerPort: 80}]}\n");
    cr_expect_eq(pod->container[0].probe[POD_LIVENESS]->handler.port, 0);
    cr_expect_str_eq(pod->container[0].probe[POD_LIVENESS]->handler.port_text, "web");
    cr_expect_str_eq(pod->container[0].probe[POD_LIVENESS]->handler.path, "/");
    kit_close(&k);
}

Test(manifest_accept, generated_names_differ_and_repeat)
{
    static const char text[] = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n"
                               "spec: {containers: [{name: c, image: x}]}\n";
    char all[sizeof(text) * 8] = "", first[16];
    struct kit k;

    for (int i = 0; i < 6; i++)
        strcat(strcat(all, text), "---\n");
    kit_open(&k);
    cr_assert_eq(kit_load(&k, all), 0, "%s", kit_said(&k));
    cr_expect_eq(k.set.workloads.count, 6);
    snprintf(first, sizeof(first), "%s", workload(&k, 0)->name);
    kit_close(&k);
    kit_open(&k);
    cr_assert_eq(kit_load(&k, text), 0);
    cr_expect_str_eq(workload(&k, 0)->name, first);
    kit_close(&k);
}

Test(manifest_accept, unknown_fields_are_named_and_nothing_else)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, "apiVersion: v1\nkind: Pod\nmetadata: {name: p, nmae: q}\nextra: 1\n"
                              "spec:\n  containers:\n  - name: c\n    image: x\n    liveness: {}\n"
                              "    livenessProbe: {httpGet: {port: 1, pth: /}, grace: 1}\n"
                              "    securityContext: {seccompProfile: {any: goes}, fsGroup: 5}\n"),
                 0);
    cr_expect_str_eq(kit_said(&k),
                     "?3:21 unknown field \"metadata.nmae\"\n"
                     "?4:1 unknown field \"extra\"\n"
                     "?9:5 unknown field \"spec.containers[0].liveness\"\n"
                     "?10:40 unknown field \"spec.containers[0].livenessProbe.httpGet.pth\"\n"
                     "?10:49 unknown field \"spec.containers[0].livenessProbe.grace\"\n"
                     "?11:52 unknown field \"spec.containers[0].securityContext.fsGroup\"\n");
    kit_close(&k);
}

/* Limits are quantities; -1: none, or beyond all counting; -2: refused. */
Test(manifest_accept, limits)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } rows[] = {
        {"1", 1},       {"1Ki", 1024},  {"1.5Gi", 1610612736}, {"\".5\"", 1},
            {"128974848000m", 128974848},
        {"1e3", 1000},  {"\"1E3\"", 1000}, {"\"12e-1\"", 2},     {"\"+1\"", 1},
        {"100M", 100000000},
        {"1u", 1},      {"1E", -1},     {"8Ei", -1},
        {"100000000000000000000", -1}, {"null", -1},
        {"abc", -2},    {"\"\"", -2},     {"\"-1\"", -2},          {"\"1.2.3\"", -2},  {"e3", -2},
        {"{a: 1}", -2}, {"1Kb", -2},    {"true", -2},
    };
    char text[256];
    struct kit k;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int rc;

        snprintf(text, sizeof(text),
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
                 "  - {name: c, image: x, resources: {limits: {memory: %s}}}\n",
                 rows[i].text);
        kit_open(&k);
        rc = kit_load(&k, text);
        cr_expect_eq(rc != 0, rows[i].bytes == -2, "%s: %s", rows[i].text, kit_said(&k));
        if (rc == 0)
            cr_expect_eq(workload(&k, 0)->template_->container[0].memory_bytes, rows[i].bytes,
                         "%s is %lld", rows[i].text,
                         (long long)workload(&k, 0)->template_->container[0].memory_bytes);
        kit_close(&k);
    }
}

Test(manifest_accept, ten_thousand_pods_in_one_go, .timeout = 30)
{
    enum { PODS = 10000 };
    static char text[PODS * 128] = "---\n";
    size_t used = strlen(text);
    struct kit k;

    for (int i = 0; i < PODS; i++)
        used += (size_t)snprintf(
            text + used, sizeof(text) - used,
            "{apiVersion: v1, kind: Pod, metadata: {name: p%d}, spec: {containers: "
            "[{name: c, image: x}]}}\n---\n",
            i);
    cr_assert_lt(used, sizeof(text));
    kit_open(&k);
    cr_expect_eq(kit_load(&k, text), 0);
    cr_expect_eq(k.set.workloads.count, PODS);
    cr_expect_str_eq(workload(&k, PODS - 1)->name, "p9999");
    kit_close(&k);
}
