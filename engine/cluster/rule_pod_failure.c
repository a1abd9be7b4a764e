/* SPDX-License-Identifier: Apache-2.0 */
/* rule_pod_failure.c - the first rule that matches, and its sentence. */
#include "engine/cluster/rule_pod_failure.h"

#include <string.h>

static bool code_matches(const struct st_failure_rule *r, int32_t code)
{
    bool listed = false;

    for (uint32_t i = 0; i < r->code_count; i++)
        listed = listed || r->code[i] == code;
    return listed != r->not_in;
}

static bool codes_match(const struct st_failure_rule *r, const struct cluster_failed_pod *pod,
                        uint32_t *which)
{
    for (uint32_t i = 0; i < pod->containers; i++) {
        const struct cluster_ended_container *c = &pod->container[i];

        if (!c->terminated || c->exit_code == 0)
            continue;
        if (r->container != NULL && strcmp(r->container, c->name) != 0)
            continue;
        *which = i;
        if (code_matches(r, c->exit_code))
            return true;
    }
    return false;
}

static bool conditions_match(const struct st_failure_rule *r, const struct cluster_failed_pod *pod,
                             uint32_t *which)
{
    for (uint32_t i = 0; i < pod->conditions; i++) {
        for (uint32_t k = 0; k < r->condition_count; k++) {
            *which = i;
            if (strcmp(pod->condition[i].type, r->condition[k].type) == 0 &&
                strcmp(pod->condition[i].status, r->condition[k].status) == 0)
                return true;
        }
    }
    return false;
}

struct cluster_failure_match cluster_failure_match(const struct st_job_spec *job,
                                                   const struct cluster_failed_pod *pod)
{
    struct cluster_failure_match m = {.rule = -1, .action = ST_FAILURE_COUNT};

    for (uint32_t i = 0; i < job->failure_count; i++) {
        const struct st_failure_rule *r = &job->failure[i];

        if (r->code_count > 0 ? codes_match(r, pod, &m.which)
                              : conditions_match(r, pod, &m.which)) {
            m.rule = (int32_t)i;
            m.action = r->action;
            return m;
        }
    }
    return m;
}

static void put_number(struct rx_fit *out, int64_t v)
{
    if (v < 0)
        rx_fit_add(out, "-", 1);
    rx_fit_uint(out, (uint64_t)(v < 0 ? -v : v));
}

void cluster_failure_text(const struct cluster_failure_match *m, const struct st_job_spec *job,
                          const struct cluster_failed_pod *pod, struct rx_fit *out)
{
    bool codes = job->failure[m->rule].code_count > 0;

    if (codes) {
        rx_fit_str(out, "Container ");
        rx_fit_str(out, pod->container[m->which].name);
        rx_fit_str(out, " for pod ");
    } else {
        rx_fit_str(out, "Pod ");
    }
    rx_fit_str(out, pod->ns);
    rx_fit_str(out, "/");
    rx_fit_str(out, pod->name);
    if (codes) {
        rx_fit_str(out, " failed with exit code ");
        put_number(out, pod->container[m->which].exit_code);
    } else {
        rx_fit_str(out, " has condition ");
        rx_fit_str(out, pod->condition[m->which].type);
    }
    rx_fit_str(out, " matching FailJob rule at index ");
    put_number(out, m->rule);
}
