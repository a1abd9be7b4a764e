/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the generator of random worlds draws must come to something: a row names what a manifest
 * says and what some world then tells of it, in its events, the logs of its containers or the
 * warnings about its manifest. A draw that no world shows any effect of tests nothing.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"
#include "tests/support/maker.h"

enum { WORLDS = 3000, FOR_MS = 120000 };

/* Both in one world; NULL: whatever it says. */
static const struct {
    const char *says, *tells;
} rows[] = {
    {"sizeLimit: 2k", "Usage of EmptyDir volume"},
    {"medium: Memory, sizeLimit", "No space left on device"},
    {"ephemeral-storage: 2k", "ephemeral local storage usage"},
    {"runAsNonRoot: true, runAsUser: 0", "breaks non-root policy"},
    {"readOnlyRootFilesystem: true", "Read-only file system"},
    {"runAsUser: 1000", "\n1000\n"},
    {"hostAliases", "wget: can't connect to remote host (127.0.0.1)"},
    {"[\"sleep 9\"]", "exec: \\\"sleep 9\\\": executable file not found"},
    {"migrate", "migrate is not known"},
    {"pg_isready", "pg_isready is not known"},
    {"/opt/app/run", "/opt/app/run is not known"},
    {"- {command: [migrate]", "ruled"},
    {"exec: {command: [sleep,", "\"exitCode\":137"},
    {"namespace: other", "\"namespace\":\"other\",\"pod\":\"p0\""},
    {"namespace: other", "\"namespace\":\"other\",\"pod\":\"w0-0\""},
    {"p12, labels", "\"pod\":\"p12\""},
    {"terminationGracePeriodSeconds: 6", "\"at_ms\":60000"},
    {"redirect: /other, status: 30", "Get \\\"/other\\\""},
    {"httpHeaders: [{name: Content-Length", "Unhealthy"},
    {"status: 999", "statuscode: 999"},
    {"path: /h, do: headersOnly, status: 500", "while reading body"},
    {"status: 503, bodyBytes: ", "statuscode: 503"},
    {"/dev/termination-log", "\"message\":\"yyyyyyyyyy"},
    {"{name: more, containerPort: 80", "connection refused"},
    {"protocol: UDP", "connection refused"},
};

static void gather(FILE *f, podring *r)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t cursor = 0, pod;
    char line[16384];

    for (uint32_t i = 0; podring_diagnostic_at(r, i, &d) == 0; i++)
        fprintf(f, "%s\n", d.text);
    while ((pod = podring_next_pod(r, &cursor)) != 0) {
        for (char name[2] = "a"; name[0] <= 'h'; name[0]++) {
            const char *text;
            size_t length;

            if (podring_logs(r, pod, name, 0, &text, &length) == 0)
                fprintf(f, "%.*s\n", (int)length, text);
        }
    }
    while (podring_next_event(r, &e) == 0) {
        podring_event_json(&e, line, sizeof(line));
        fprintf(f, "%s\n", line);
    }
}

static char *told(const struct maker *m, uint64_t seed, enum podring_net net)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    podring *r = NULL;

    o.clock = PODRING_VIRTUAL;
    o.net = net;
    o.timing = m->timing;
    o.seed = seed;
    cr_assert_eq(podring_open(&o, &r), 0);
    for (unsigned i = 0; i < m->settings; i++)
        podring_set(r, m->setting[i].knob, m->setting[i].value);
    cr_assert_eq(podring_load_text(r, "world", m->text, m->manifest), 0, "%s", podring_why(r));
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    podring_run_until(r, FOR_MS);
    gather(f, r);
    podring_close(r);
    fclose(f);
    return text;
}

Test(drawn, whatever_is_drawn_shows, .timeout = 120)
{
    unsigned seen[sizeof(rows) / sizeof(*rows)] = {0};
    struct maker m = {0};

    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        bool wire = seed % 2 == 1;
        struct maker_shape shape = {.timings = !wire, .wire = wire};
        char *text;

        maker_make(&m, seed, &shape);
        text = told(&m, seed, wire ? PODRING_NET_MEMORY : PODRING_NET_SCRIPT);
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
            seen[i] += strstr(m.text, rows[i].says) != NULL && strstr(text, rows[i].tells) != NULL;
        free(text);
    }
    maker_free(&m);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_gt(seen[i], 0, "%s: no world tells %s", rows[i].says, rows[i].tells);
}
