/* SPDX-License-Identifier: Apache-2.0 */
/* A record is a value: what is told does not depend on when somebody listens. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"

enum { FOR_MS = 120000 };

/* Restarts while a pull is under way, reasons that change from one instance to the next, a pod that
 * goes. */
static const char manifest[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  replicas: 3\n"
    "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    "
    "spec:\n"
    "      initContainers:\n      - {name: i, image: init:1}\n"
    "      containers:\n      - {name: c, image: i, imagePullPolicy: Always}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
    "  selector: {matchLabels: {app: w}}\n  container: c\n  pull: [{takes: 3s}]\n"
    "  instances:\n  - exit: {after: 2s, code: 1, reason: Foo}\n"
    "  - exit: {after: 2s, code: 1, reason: Bar}\n"
    "  - exit: {after: 2s, code: 0, reason: Foo}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: i}\nspec:\n"
    "  selector: {matchLabels: {app: w}}\n  container: i\n"
    "  instances:\n  - exit: {after: 1s, code: 1, reason: Cold}\n  - exit: {after: 1s, code: 0}\n"
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
    "  - {at: 60s, scale: deployment/w, replicas: 1}\n";

static void take(podring *ring, FILE *f)
{
    struct podring_event e = PODRING_EVENT_INIT;
    char line[16384];

    while (podring_next_event(ring, &e) == 0) {
        podring_event_json(&e, line, sizeof(line));
        fprintf(f, "%s\n", line);
    }
}

static char *told(bool late)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    char *text = NULL;
    size_t length = 0;
    podring *ring;
    FILE *f = open_memstream(&text, &length);

    o.clock = PODRING_VIRTUAL;
    o.seed = 5;
    o.events_max = 1u << 20;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_load_text(ring, "test", manifest, strlen(manifest)), 0, "%s",
                 podring_why(ring));
    cr_assert_eq(podring_apply(ring), 0, "%s", podring_why(ring));
    while (podring_turn(ring, FOR_MS - podring_now(ring)) >= 0 && podring_now(ring) < FOR_MS) {
        if (!late)
            take(ring, f);
    }
    take(ring, f);
    podring_close(ring);
    fclose(f);
    return text;
}

Test(api_record, says_the_same_whenever_it_is_read)
{
    char *soon = told(false), *late = told(true);

    cr_expect_str_eq(late, soon);
    cr_expect_not_null(strstr(soon, "\"field\":\"status\",\"from\":\"Running\",\"to\":\"Foo\""),
                       "%s", soon);
    cr_expect_not_null(strstr(soon, "\"reason\":\"Bar\""));
    cr_expect_not_null(strstr(soon, "\"field\":\"status\",\"from\":\"Foo\",\"to\":\"Running\""));
    cr_expect_not_null(strstr(soon, "\"reason\":\"Cold\""));
    free(soon);
    free(late);
}

/* Reasons are numbered, and a number is a byte: the first that is too many is refused, and nothing
 * stays. */
Test(api_record, reasons_without_end)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    char *text = NULL;
    size_t length = 0;
    podring *ring;
    FILE *f = open_memstream(&text, &length);

    fprintf(f,
            "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n  "
            "instances:\n");
    for (int i = 0; i < 201; i++)
        fprintf(f, "  - exit: {after: 1s, code: 1, reason: R%d}\n", i);
    fclose(f);
    o.clock = PODRING_VIRTUAL;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_load_text(ring, "test", text, length), 0);
    cr_expect_eq(podring_apply(ring), -PODRING_ELIMIT);
    cr_expect_str_eq(podring_why(ring), "Behavior documents give more than 200 different reasons");
    cr_expect_eq(podring_apply(ring), 0);
    podring_close(ring);
    free(text);
}
