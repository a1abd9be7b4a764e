/* SPDX-License-Identifier: Apache-2.0 */
/* job_tell.c - what a Job tells the event stream: its counters, its lists, its conditions. */
#include <string.h>

#include "engine/cluster/job.h"
#include "engine/reactor/civil.h"

enum { LIST_MAX = 2000 };

static const struct {
    enum st_field field;
    size_t offset;
} numbers[] = {
    {ST_FIELD_OF_ACTIVE, offsetof(struct cluster_job_counts, active)},
    {ST_FIELD_OF_JOB_READY, offsetof(struct cluster_job_counts, ready)},
    {ST_FIELD_OF_JOB_TERMINATING, offsetof(struct cluster_job_counts, terminating)},
    {ST_FIELD_OF_SUCCEEDED, offsetof(struct cluster_job_counts, succeeded)},
    {ST_FIELD_OF_FAILED, offsetof(struct cluster_job_counts, failed)},
};

static void tell_time(struct cluster *c, struct cluster_job *j, enum st_field f, int64_t from,
                      int64_t to)
{
    char text[2][RX_RFC3339_MAX] = {"", ""};

    if (from == to)
        return;
    if (from >= 0)
        rx_rfc3339(from, 0, text[0]);
    if (to >= 0)
        rx_rfc3339(to, 0, text[1]);
    st_tell_text(c->store, &j->w.object, f, text[0], text[1], NULL);
}

/* Without memory the list stays as it was told; the engine knows by then. */
static void tell_list(struct cluster *c, struct cluster_job *j, enum st_field f, char **told,
                      const struct st_indexes *s)
{
    const char *was = *told != NULL ? *told : "";
    char text[LIST_MAX + 1];
    struct rx_fit fit = {.at = text, .room = LIST_MAX};
    char *copy;

    st_indexes_text(s, &fit);
    text[fit.len] = '\0';
    if (strcmp(was, text) == 0)
        return;
    copy = rx_mem_alloc(c->world->mem, fit.len + 1);
    if (copy == NULL)
        return;
    memcpy(copy, text, fit.len + 1);
    st_tell_text(c->store, &j->w.object, f, was, text, NULL);
    if (*told != NULL)
        rx_mem_free(c->world->mem, *told, strlen(*told) + 1);
    *told = copy;
}

void cluster_job_announce(struct cluster *c, struct cluster_work *work)
{
    struct cluster_job *j = cluster_job_of_work(work);

    for (size_t i = 0; i < RX_ARRAY_LEN(numbers); i++) {
        uint32_t from, to;

        memcpy(&from, (char *)&j->told + numbers[i].offset, sizeof(from));
        memcpy(&to, (char *)&j->now + numbers[i].offset, sizeof(to));
        if (from != to)
            st_tell_number(c->store, &j->w.object, numbers[i].field, from, to);
    }
    tell_list(c, j, ST_FIELD_OF_COMPLETED_INDEXES, &j->told_completed, &j->completed);
    tell_list(c, j, ST_FIELD_OF_FAILED_INDEXES, &j->told_failed, &j->failed_indexes);
    tell_time(c, j, ST_FIELD_OF_START_TIME, j->told.started, j->now.started);
    tell_time(c, j, ST_FIELD_OF_COMPLETION_TIME, j->told.completed, j->now.completed);
    j->told = j->now;
}

bool cluster_job_tell(struct cluster *c, struct cluster_job *j, enum cluster_job_condition which,
                      bool status, const char *reason, const char *message)
{
    static const enum st_field field[] = {
        [CLUSTER_JOB_SUSPENDED] = ST_FIELD_OF_SUSPENDED,
        [CLUSTER_JOB_FAILURE_TARGET] = ST_FIELD_OF_FAILURE_TARGET,
        [CLUSTER_JOB_CRITERIA_MET] = ST_FIELD_OF_SUCCESS_CRITERIA,
        [CLUSTER_JOB_FAILED] = ST_FIELD_OF_JOB_FAILED,
        [CLUSTER_JOB_COMPLETE] = ST_FIELD_OF_JOB_COMPLETE,
    };

    return st_condition_set(c->store, &j->w.object, field[which], &j->condition[which],
                            status ? ST_STATUS_TRUE : ST_STATUS_FALSE, reason, message);
}
