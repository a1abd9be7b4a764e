/* SPDX-License-Identifier: Apache-2.0 */
/* cells_work.c - the columns of pods and workloads (pkg/printers/internalversion/printers.go). */
#include <string.h>

#include "api/cli/show/cells.h"
#include "api/face/table.h"

/* ---- what many have -------------------------------------------------------------------------- */

void show_cell_name(struct rx_text *t, const struct show_in *in)
{
    show_text_at(t, in, "metadata.name");
}

void show_cell_age(struct rx_text *t, const struct show_in *in)
{
    show_since(t, in, "metadata.creationTimestamp", "<unknown>");
}

static void put_of_containers(struct rx_text *t, const struct show_in *in, const char *field)
{
    const struct json_node *n =
        json_first(in->j, json_member(in->j, show_pod_spec(in), "containers"));

    for (const char *between = ""; n != NULL; n = json_next(in->j, n), between = ",") {
        rx_text_puts(t, between);
        show_text(t, json_member(in->j, n, field));
    }
}

static void containers(struct rx_text *t, const struct show_in *in)
{
    put_of_containers(t, in, "name");
}

static void images(struct rx_text *t, const struct show_in *in)
{
    put_of_containers(t, in, "image");
}

static void selector(struct rx_text *t, const struct show_in *in)
{
    show_selector(t, in->j, show_at(in, "spec.selector"));
}

static void put_number(struct rx_text *t, const struct show_in *in, const char *path)
{
    rx_text_i64(t, show_number_at(in, path, 0));
}

#define NUMBER(name, path)                                                                         \
    static void name(struct rx_text *t, const struct show_in *in)                                  \
    {                                                                                              \
        put_number(t, in, path);                                                                   \
    }

NUMBER(current, "status.replicas")
NUMBER(ready, "status.readyReplicas")
NUMBER(updated, "status.updatedReplicas")
NUMBER(available, "status.availableReplicas")
NUMBER(scheduled_desired, "status.desiredNumberScheduled")
NUMBER(scheduled_current, "status.currentNumberScheduled")
NUMBER(scheduled_ready, "status.numberReady")
NUMBER(scheduled_updated, "status.updatedNumberScheduled")
NUMBER(scheduled_available, "status.numberAvailable")

static void desired(struct rx_text *t, const struct show_in *in)
{
    rx_text_i64(t, show_number_at(in, "spec.replicas", 1));
}

static void ready_of(struct rx_text *t, const struct show_in *in)
{
    ready(t, in);
    rx_text_putc(t, '/');
    desired(t, in);
}

#define TEMPLATE                                                                                   \
    {"CONTAINERS", true, containers},                                                              \
    {                                                                                              \
        "IMAGES", true, images                                                                     \
    }

const struct show_column show_columns_deployment[] = {
    {"NAME", false, show_cell_name}, {"READY", false, ready_of},
    {"UP-TO-DATE", false, updated},  {"AVAILABLE", false, available},
    {"AGE", false, show_cell_age},   TEMPLATE,
    {"SELECTOR", true, selector},    {NULL, false, NULL}};

const struct show_column show_columns_replicaset[] = {
    {"NAME", false, show_cell_name}, {"DESIRED", false, desired},
    {"CURRENT", false, current},     {"READY", false, ready},
    {"AGE", false, show_cell_age},   TEMPLATE,
    {"SELECTOR", true, selector},    {NULL, false, NULL}};

const struct show_column show_columns_statefulset[] = {{"NAME", false, show_cell_name},
                                                       {"READY", false, ready_of},
                                                       {"AGE", false, show_cell_age},
                                                       TEMPLATE,
                                                       {NULL, false, NULL}};

static void node_selector(struct rx_text *t, const struct show_in *in)
{
    show_labels(t, in->j, show_at(in, "spec.template.spec.nodeSelector"));
}

const struct show_column show_columns_daemonset[] = {{"NAME", false, show_cell_name},
                                                     {"DESIRED", false, scheduled_desired},
                                                     {"CURRENT", false, scheduled_current},
                                                     {"READY", false, scheduled_ready},
                                                     {"UP-TO-DATE", false, scheduled_updated},
                                                     {"AVAILABLE", false, scheduled_available},
                                                     {"NODE SELECTOR", false, node_selector},
                                                     {"AGE", false, show_cell_age},
                                                     TEMPLATE,
                                                     {"SELECTOR", true, selector},
                                                     {NULL, false, NULL}};

/* ---- Jobs and CronJobs ----------------------------------------------------------------------- */

static bool holds(const struct show_in *in, const char *type)
{
    const struct json_node *c = show_condition(in, type);

    return c != NULL && show_is(json_member(in->j, c, "status"), "True");
}

static void job_status(struct rx_text *t, const struct show_in *in)
{
    static const char *const order[] = {"Complete",  "Failed",        "",
                                        "Suspended", "FailureTarget", "SuccessCriteriaMet"};

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (order[i][0] == '\0' ? show_at(in, "metadata.deletionTimestamp") != NULL
                                : holds(in, order[i])) {
            rx_text_puts(t, order[i][0] == '\0' ? "Terminating" : order[i]);
            return;
        }
    }
    rx_text_puts(t, "Running");
}

static void completions(struct rx_text *t, const struct show_in *in)
{
    int64_t of = show_number_at(in, "spec.completions", -1),
            parallel = show_number_at(in, "spec.parallelism", 0);

    put_number(t, in, "status.succeeded");
    rx_text_putc(t, '/');
    rx_text_i64(t, of >= 0 ? of : 1);
    if (of < 0 && parallel > 1) {
        rx_text_puts(t, " of ");
        rx_text_i64(t, parallel);
    }
}

static void duration(struct rx_text *t, const struct show_in *in)
{
    int64_t start, end = in->now_unix_ms;

    if (!show_time_at(in, "status.startTime", &start))
        return;
    show_time_at(in, "status.completionTime", &end);
    face_age(t, end - start);
}

const struct show_column show_columns_job[] = {
    {"NAME", false, show_cell_name},     {"STATUS", false, job_status},
    {"COMPLETIONS", false, completions}, {"DURATION", false, duration},
    {"AGE", false, show_cell_age},       TEMPLATE,
    {"SELECTOR", true, selector},        {NULL, false, NULL}};

static void schedule(struct rx_text *t, const struct show_in *in)
{
    show_text_at(t, in, "spec.schedule");
}

static void time_zone(struct rx_text *t, const struct show_in *in)
{
    if (!show_text_at(t, in, "spec.timeZone"))
        rx_text_puts(t, "<none>");
}

static void suspend(struct rx_text *t, const struct show_in *in)
{
    const struct json_node *n = show_at(in, "spec.suspend");

    rx_text_puts(t, n != NULL && n->kind == JSON_TRUE ? "True" : "False");
}

/* The API has a list of them; what is told is their number. */
static void active(struct rx_text *t, const struct show_in *in)
{
    const struct told_field *f = told_field(in->told, "active");

    rx_text_puts(t, f != NULL ? f->to : "0");
}

static void last_schedule(struct rx_text *t, const struct show_in *in)
{
    show_since(t, in, "status.lastScheduleTime", "<none>");
}

static void job_selector(struct rx_text *t, const struct show_in *in)
{
    show_selector(t, in->j, show_at(in, "spec.jobTemplate.spec.selector"));
}

const struct show_column show_columns_cronjob[] = {
    {"NAME", false, show_cell_name},  {"SCHEDULE", false, schedule},
    {"TIMEZONE", false, time_zone},   {"SUSPEND", false, suspend},
    {"ACTIVE", false, active},        {"LAST SCHEDULE", false, last_schedule},
    {"AGE", false, show_cell_age},    TEMPLATE,
    {"SELECTOR", true, job_selector}, {NULL, false, NULL}};

/* ---- pods: what has been told of them, as the pod table has it --------------------------------
 */

static void pod_cell(struct rx_text *t, const struct show_in *in, enum face_column column)
{
    struct podring_pod_info pod = PODRING_POD_INFO_INIT;

    if (podring_pod_info(in->ring, in->pod, &pod) == 0)
        face_table_cell(t, column, &pod, podring_now(in->ring));
}

#define POD(name, column)                                                                          \
    static void name(struct rx_text *t, const struct show_in *in)                                  \
    {                                                                                              \
        pod_cell(t, in, column);                                                                   \
    }

POD(pod_name, FACE_NAME)
POD(pod_ready, FACE_READY)
POD(pod_status, FACE_STATUS)
POD(pod_restarts, FACE_RESTARTS)
POD(pod_ip, FACE_IP)
POD(pod_node, FACE_NODE)

/* The API's times are whole seconds. */
static void pod_age(struct rx_text *t, const struct show_in *in)
{
    struct podring_pod_info pod = PODRING_POD_INFO_INIT;
    int64_t created;

    if (podring_pod_info(in->ring, in->pod, &pod) != 0)
        return;
    created = in->now_unix_ms - podring_now(in->ring) + pod.created_ms;
    face_age(t, in->now_unix_ms - (created - ((created % 1000) + 1000) % 1000));
}

static void nominated(struct rx_text *t, const struct show_in *in)
{
    (void)in;
    rx_text_puts(t, "<none>");
}

static void gates(struct rx_text *t, const struct show_in *in)
{
    const char *key, *value;
    uint32_t count = 0, true_ = 0;

    for (; podring_fact_at(in->ring, in->pod, 0, PODRING_GATE, count, &key, &value) == 0; count++)
        true_ += strcmp(value, "True") == 0;
    if (count == 0) {
        rx_text_puts(t, "<none>");
        return;
    }
    rx_text_u64(t, true_);
    rx_text_putc(t, '/');
    rx_text_u64(t, count);
}

const struct show_column show_columns_pod[] = {
    {"NAME", false, pod_name},        {"READY", false, pod_ready},
    {"STATUS", false, pod_status},    {"RESTARTS", false, pod_restarts},
    {"AGE", false, pod_age},          {"IP", true, pod_ip},
    {"NODE", true, pod_node},         {"NOMINATED NODE", true, nominated},
    {"READINESS GATES", true, gates}, {NULL, false, NULL}};
