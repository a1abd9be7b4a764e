/* SPDX-License-Identifier: Apache-2.0 */
/* test_health.c - the class of each STATUS word. */
#include <criterion/criterion.h>

#include "api/cli/picture/health.h"

Test(health, every_word_has_a_class)
{
    static const struct {
        const char *word;
        enum health_class class;
    } rows[] = {
        {"Running", HEALTH_READY},
        {"NotReady", HEALTH_NOT_READY},
        {"Pending", HEALTH_STARTING},
        {"ContainerCreating", HEALTH_STARTING},
        {"PodInitializing", HEALTH_STARTING},
        {"SchedulingGated", HEALTH_STARTING},
        {"Init:0/2", HEALTH_STARTING},
        {"Init:12/20", HEALTH_STARTING},
        {"CrashLoopBackOff", HEALTH_BACK_OFF},
        {"Init:CrashLoopBackOff", HEALTH_BACK_OFF},
        {"ErrImagePull", HEALTH_CANNOT_START},
        {"Init:ImagePullBackOff", HEALTH_CANNOT_START},
        {"CreateContainerConfigError", HEALTH_CANNOT_START},
        {"RunContainerError", HEALTH_CANNOT_START},
        {"Error", HEALTH_FAILED},
        {"Init:Error", HEALTH_FAILED},
        {"OOMKilled", HEALTH_FAILED},
        {"Evicted", HEALTH_FAILED},
        {"ExitCode:3", HEALTH_FAILED},
        {"Init:Signal:9", HEALTH_FAILED},
        {"UnexpectedAdmissionError", HEALTH_FAILED},
        {"Completed", HEALTH_COMPLETED},
        {"Succeeded", HEALTH_COMPLETED},
        {"Terminating", HEALTH_TERMINATING},
        {"Unknown", HEALTH_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(health_of_word(rows[i].word), rows[i].class, "%s: %s", rows[i].word,
                     health_name(health_of_word(rows[i].word)));
}
