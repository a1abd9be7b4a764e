/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scripted story in four worlds: virtual and real time, scripted probes, in-memory sockets and
 * the kernel's. The order of all that happens must be the same everywhere.
 *
 * Pods come one after the other, so that their seconds do not fall together: what belongs to
 * different pods lies 100 ms apart or more, which leaves a busy machine room to be late. Within one
 * instant the order is that of cause and effect.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/story.h"

struct actor {
    const char *name, *probe, *instances;
    int at_ms;
};

static const struct actor cast[] = {
    /* Dies every 700 ms; waits 1 s before every restart but the first. */
    {"crash", "", "  - exit: {after: 700ms, code: 3}\n", 0},
    /* Not ready from 2.25 s to 3.25 s. */
    {"flap", "    readinessProbe: {httpGet: {port: PORT}, periodSeconds: 1, failureThreshold: 1}\n",
     "  - serve: [{from: 1500ms, to: 2750ms, status: 503}]\n", 250},
    /* Killed at 2.55 s, because nobody listens; the next instance is asked when somebody does
       again. */
    {"refuse",
     "    livenessProbe: {tcpSocket: {port: PORT}, periodSeconds: 1, failureThreshold: 1}\n",
     "  - serve: [{from: 2s, to: 2800ms, do: refuse}]\n", 550},
    /* Asked at 2.85 s, given up at 3.85 s. */
    {"hang",
     "    livenessProbe: {httpGet: {port: PORT}, periodSeconds: 2, timeoutSeconds: 1, "
     "failureThreshold: 1}\n",
     "  - serve: [{from: 2s, to: 3500ms, do: hang}]\n", 850},
    /* Deleted at 1.95 s, needs a second. */
    {"bye", "", "  - onStop: {after: 1s, code: 0}\n", 1100},
    /* Killed from outside at 3.55 s, back at once. */
    {"shot", "    readinessProbe: {tcpSocket: {port: PORT}, periodSeconds: 1}\n", "  - {}\n", 1250},
};

enum { ACTORS = sizeof(cast) / sizeof(*cast), END_MS = 4600 };

/* ---- the script -------------------------------------------------------------------------------
 */

static char dir[] = "/tmp/podring-story-XXXXXX";

/* Pods have the same addresses in every run: a port of its own keeps this one apart from others at
 * the same time. */
static void write_with_port(FILE *f, const char *text)
{
    const char *port;

    while ((port = strstr(text, "PORT")) != NULL) {
        fprintf(f, "%.*s%d", (int)(port - text), text, 20000 + (int)(getpid() % 10000));
        text = port + strlen("PORT");
    }
    fputs(text, f);
}

static void write_actor(FILE *f, const struct actor *a)
{
    fprintf(f,
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {app: %s}}\nspec:\n"
            "  containers:\n  - name: c\n    image: i:1\n",
            a->name, a->name);
    write_with_port(f, a->probe);
    fprintf(f,
            "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: %s}\nspec:\n"
            "  selector: {matchLabels: {app: %s}}\n  instances:\n%s",
            a->name, a->name, a->instances);
}

static char *script(void)
{
    char *text = NULL, path[128];
    size_t size = 0;
    FILE *all, *f;

    cr_assert_not_null(mkdtemp(dir));
    all = open_memstream(&text, &size);
    write_actor(all, &cast[0]);
    fputs("---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n",
          all);
    for (int i = 1; i < ACTORS; i++) {
        snprintf(path, sizeof(path), "%s/%s.yaml", dir, cast[i].name);
        f = fopen(path, "w");
        cr_assert_not_null(f);
        write_actor(f, &cast[i]);
        fclose(f);
        fprintf(all, "  - {at: %dms, apply: %s}\n", cast[i].at_ms, path);
    }
    fputs("  - {at: 1950ms, delete: pod/bye}\n  - {at: 3550ms, kill: pod/shot, signal: SIGKILL}\n",
          all);
    fclose(all);
    return text;
}

static void clean_up(char *text)
{
    char path[128];

    for (int i = 1; i < ACTORS; i++) {
        snprintf(path, sizeof(path), "%s/%s.yaml", dir, cast[i].name);
        unlink(path);
    }
    rmdir(dir);
    free(text);
}

/* ---- the worlds ---------------------------------------------------------------------------------
 */

static struct story *tell(const char *text, enum podring_net net, int real, uint32_t flags)
{
    struct story_options o = {.for_ms = END_MS,
                              .seed = 11,
                              .net = net,
                              .real = real,
                              .flags = flags,
                              .knob = "max_restart_period",
                              .knob_value = "1s"};

    return story_run(text, &o);
}

static void compare(struct story *as_scripted, struct story *other)
{
    const char *a = story_order(as_scripted), *b = story_order(other);
    size_t line = 0, i = 0;

    while (a[i] != '\0' && a[i] == b[i]) {
        if (a[i] == '\n')
            line = i + 1;
        i++;
    }
    cr_expect_eq(a[i], b[i], "from here on:\n%.400s\n--- instead of\n%.400s", b + line, a + line);
}

/* The story itself, by its dates: what the others are compared with is not just anything. */
Test(story_live, as_scripted)
{
    char *text = script();
    struct story *s = tell(text, PODRING_NET_SCRIPT, 0, 0);

    story_eq(story_events_of(s, "crash", "Started", NULL), "0 0.7 2.4 4.1");
    story_eq(story_events_of(s, "crash", "BackOff", NULL), "1.4 3.1");
    story_eq(story_field(s, "flap", NULL, "Ready"), "0.25:True 2.25:False 3.25:True");
    story_eq(story_events_of(s, "refuse", "Started", NULL), "0.55 2.55");
    story_eq(story_events_of(s, "hang", "Unhealthy", "deadline exceeded"), "3.85");
    story_eq(story_events_of(s, "hang", "Started", NULL), "0.85 3.85");
    story_eq(story_field(s, "bye", NULL, "object"), "1.1:Created 1.95:Terminating 2.95:Deleted");
    story_eq(story_field(s, "shot", "c", "ready"), "1.25:True 3.55:False 3.55:True");
    story_free(s);
    clean_up(text);
}

static void same_as_scripted(enum podring_net net, int real, uint32_t flags)
{
    char *text = script();
    struct story *a = tell(text, PODRING_NET_SCRIPT, 0, 0), *b = tell(text, net, real, flags);

    compare(a, b);
    story_free(a);
    story_free(b);
    clean_up(text);
}

Test(story_live, virtual_time_over_memory)
{
    same_as_scripted(PODRING_NET_MEMORY, 0, 0);
}

Test(story_live, real_time_with_scripts)
{
    same_as_scripted(PODRING_NET_SCRIPT, 1, 0);
}

Test(story_live, real_time_over_memory)
{
    same_as_scripted(PODRING_NET_MEMORY, 1, 0);
}

static void over_the_kernel(uint32_t flags)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;
    int rc;

    o.net = PODRING_NET_KERNEL;
    o.connections_max = 16;
    rc = podring_open(&o, &r);
    if (rc == -PODRING_ENORING)
        cr_skip_test("no io_uring: %s", podring_why(NULL));
    podring_close(r);
    same_as_scripted(PODRING_NET_KERNEL, 1, flags);
}

Test(story_live, real_time_over_the_kernel)
{
    over_the_kernel(0);
}

/* Every policy at once: they change what a probe costs, not what it says. */
Test(story_live, real_time_over_the_kernel_with_socket_policies)
{
    over_the_kernel(PODRING_KEEP_ALIVE | PODRING_RST_CLOSE | PODRING_FAST_OPEN);
}
