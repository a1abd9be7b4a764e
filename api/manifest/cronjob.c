/* SPDX-License-Identifier: Apache-2.0 */
/* cronjob.c - CronJob documents: a schedule, its zone, and the Job that it makes. */
#include "api/manifest/parts.h"

#include "engine/reactor/err.h"
#include "engine/store/job_spec.h"
#include "engine/store/zone.h"

#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 52 };

static void schedule_read(struct mf_load *l, const struct mf_at *spec, struct st_cron_spec *out);
static void zone_read(struct mf_load *l, const struct mf_at *spec, struct st_cron_spec *out);
static void template_read(struct mf_load *l, const struct mf_at *spec, const struct mf_meta *meta,
                          struct st_cron_spec *cron, struct pod_workload_spec *out);

void mf_cronjob_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 metadata = mf_field(&root, "metadata"), name = mf_field(&metadata, "name"),
                 deadline = mf_field(&spec, "startingDeadlineSeconds");
    uint32_t count;
    struct st_cron_spec *cron = mf_array(l, 1, sizeof(*cron), &count);
    struct pod_workload_spec w;
    struct mf_meta meta;

    if (cron == NULL)
        return;
    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, POD_WORKLOAD_CRONJOB, &meta);
    w = (struct pod_workload_spec){
        .kind = POD_WORKLOAD_CRONJOB, .ns = meta.ns, .name = meta.name, .cron = cron};
    if (mf_is_object(l, &spec))
        mf_fields_check(l, &spec, MF_FIELDS_CRONJOB);
    if (strlen(meta.name) > NAME_MAX_BYTES)
        mf_invalid_text(l, &name, meta.name, "must be no more than 52 characters");
    schedule_read(l, &spec, cron);
    zone_read(l, &spec, cron);
    cron->deadline_s = -1;
    if (mf_integer_at(l, &deadline, "int64", &cron->deadline_s) && cron->deadline_s < 0)
        mf_invalid(l, &deadline, "must be greater than or equal to 0");
    cron->concurrency =
        (enum st_concurrency)mf_choice(l, &spec, "concurrencyPolicy", "Allow Forbid Replace", 0);
    cron->suspended = mf_bool(l, &spec, "suspend", false);
    cron->successful_kept = mf_natural(l, &spec, "successfulJobsHistoryLimit", 3);
    cron->failed_kept = mf_natural(l, &spec, "failedJobsHistoryLimit", 1);
    template_read(l, &spec, &meta, cron, &w);
    w.kind = POD_WORKLOAD_CRONJOB;
    w.replicas = 0;
    mf_workload_add(l, &root, &meta, &w);
}

static void schedule_read(struct mf_load *l, const struct mf_at *spec, struct st_cron_spec *out)
{
    struct mf_at at = mf_field(spec, "schedule");
    char why[ST_CRON_WHY_MAX];
    const char *text;

    out->text = text = mf_needed(l, &at);
    if (!*text)
        return;
    /* The library would take a zone there; Kubernetes does not. */
    if (strncmp(text, "TZ=", 3) == 0 || strncmp(text, "CRON_TZ=", 8) == 0)
        text += strcspn(text, " ");
    if (!st_cron_read(text, &out->schedule, why))
        mf_invalid(l, &at, "%s", why);
    if (strstr(out->text, "TZ") != NULL)
        mf_invalid(l, &at,
                   "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
}

static void zone_read(struct mf_load *l, const struct mf_at *spec, struct st_cron_spec *out)
{
    struct mf_at at = mf_field(spec, "timeZone");
    const char *name = mf_string_at(l, &at, "");

    if (!at.node || at.node->type != MF_STRING)
        return;
    out->zone_name = name;
    if (!*name) {
        mf_invalid(l, &at, "timeZone must be nil or non-empty string");
        return;
    }
    if (strcasecmp(name, "Local") == 0) {
        mf_invalid(l, &at,
                   "timeZone must be an explicit time zone as defined in "
                   "https://www.iana.org/time-zones");
        return;
    }
    switch (st_zone_load(ST_ZONE_FOLDER, name, &l->set->arena, &out->zone)) {
    case 0:
        return;
    case -RX_ENOMEM:
        l->no_memory = true;
        return;
    case -RX_EUNSUPPORTED: /* ours, not the manifest's */
        mf_invalid(l, &at, "this machine has no time zones: there is no " ST_ZONE_FOLDER
                           " (package tzdata)");
        return;
    default:
        mf_invalid(l, &at, "unknown time zone %s", name);
    }
}

static void template_read(struct mf_load *l, const struct mf_at *spec, const struct mf_meta *meta,
                          struct st_cron_spec *cron, struct pod_workload_spec *out)
{
    struct mf_at template = mf_field(spec, "jobTemplate"),
                 job_meta = mf_field(&template, "metadata"), job = mf_field(&template, "spec"),
                 labels = mf_field(&job_meta, "labels"),
                 annotations = mf_field(&job_meta, "annotations"),
                 selector = mf_field(&job, "selector"), manual = mf_field(&job, "manualSelector");

    if (mf_is_object(l, &template))
        mf_fields_check(l, &template, MF_FIELDS_JOB_TEMPLATE);
    if (mf_is_object(l, &job_meta))
        mf_fields_check(l, &job_meta, MF_FIELDS_META);
    cron->labels = mf_labels_read(l, &labels);
    cron->annotations = mf_annotations_read(l, &annotations);
    mf_controller_read(l, &job, POD_WORKLOAD_JOB, meta, out);
    if (selector.node)
        mf_invalid(l, &selector, "`selector` will be auto-generated");
    if (mf_bool(l, &job, "manualSelector", false))
        mf_say(l, &manual, "Unsupported value: true: supported values: \"nil\", \"false\"");
}
