/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker_behave.c - random Behavior documents: how images come, how processes start, end and react,
 * and what ports and commands answer.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/maker_parts.h"

static void add_behavior(struct maker *m, const char *owner, const char *container,
                         unsigned number);

void mk_behaviors(struct maker *m, const char *owner, unsigned containers)
{
    char name[2] = "";

    for (unsigned i = 0; i < containers; i++) {
        if (mk_more(m, 55)) {
            name[0] = mk_letter(i);
            add_behavior(m, owner, name, i);
            mk_end(m);
        }
    }
    if (mk_more(m, 10)) { /* for all its containers */
        add_behavior(m, owner, NULL, 9);
        mk_end(m);
    }
}

/* ---- images -------------------------------------------------------------------------------------
 */

static void add_pulls(struct maker *m)
{
    char time[MAKER_TEXT];
    bool any = false;

    while (mk_more(m, 20)) {
        if (!any)
            mk_put(m, "  pull:\n");
        any = true;
        mk_put(m, "  - {");
        mk_window(m, false);
        if (mk_chance(m, 20))
            mk_put(m, "image: \"i:2\", ");
        if (mk_chance(m, 50))
            mk_put(m, "fail: not found, ");
        mk_put(m, "takes: %s}\n", mk_delay(m, 8, time));
        mk_end(m);
    }
}

/* ---- what ports answer
 * --------------------------------------------------------------------------- */

/* Hanging is left to paths: a TCP handshake is completed by a kernel, not by a program. */
static const char *const acts[] = {
    "status: 500",
    "do: refuse",
    "port: 8081, do: refuse",
    "path: /h, status: 503",
    "path: /h, do: hang",
    "status: 204",
    "status: 302",
    "do: reset",
    "do: garbage",
    "path: /h, do: headersOnly",
    "redirect: /other",
    "path: /h, redirect: /h",
    "redirect: \"http://example.com/\"",
    "path: /other, redirect: \"http://localhost:8081/h\"",
    "status: 418, body: teapot",
    "status: 200, bodyBytes: 12000",
    "grpc: NOT_SERVING",
    "grpc: UNIMPLEMENTED",
    "tls: true",
    "port: 8081, status: 500",
    "path: /h, do: refuse",
    /* What a client may do with an answer is not always to be seen in its status. */
    "path: /h, redirect: /other, status: 307",
    "path: /h, redirect: /other, status: 308",
    "path: /other, redirect: \"?again=1\", status: 303",
    "path: /h, redirect: \"//localhost:8081/h\"",
    "path: /h, redirect: \"https://localhost:8080/h\"",
    "path: /h, redirect: \"../a b\", status: 399",
    "status: 308",
    "status: 100",
    "status: 101",
    "status: 205, body: gone",
    "status: 304, bodyBytes: 5000",
    "status: 399, body: odd",
    "status: 999, body: odd",
    "status: 500, bodyBytes: 30000",
    "status: 500, body: \"two\\nlines\\tand \\u00e9\\u0007\"",
    "path: /h, do: headersOnly, status: 500",
};

/* Below and above what a client reads of one, and what a pipe takes at once. */
static unsigned slow_body(struct maker *m)
{
    static const unsigned bytes[] = {1, 4096, 10240, 10241, 65536, 200000};

    return mk_pick(m, bytes);
}

static void add_serve_rule(struct maker *m)
{
    char time[MAKER_TEXT];

    mk_put(m, "    - {");
    mk_window(m, true);
    if (mk_more(m, 85)) {
        mk_put(m, "%s", mk_pick(m, acts));
        mk_end(m);
    } else {
        mk_put(m, "path: /h, headersAfter: %s, ", mk_delay(m, 5, time));
        mk_put(m, "bodyAfter: %s", mk_delay(m, 3, time));
        if (mk_more(m, 25)) {
            mk_put(m, ", status: %u, bodyBytes: %u", mk_chance(m, 30) ? 503 : 200, slow_body(m));
            mk_end(m);
        }
    }
    if (mk_more(m, 15)) {
        unsigned tenths = mk_from(m, 1, 9);

        mk_put(m, ", rate: 0.%u", tenths);
        mk_end(m);
    }
    mk_put(m, "}\n");
}

static void add_serve(struct maker *m)
{
    bool any = false;

    while (mk_more(m, 55)) {
        if (!any)
            mk_put(m, "    serve:\n");
        any = true;
        add_serve_rule(m);
        mk_end(m);
    }
}

/* ---- lives
 * ----------------------------------------------------------------------------------------- */

static void add_exit(struct maker *m)
{
    static const char *const signal[] = {"SIGSEGV", "SIGKILL", "SIGTERM"};
    char time[MAKER_TEXT];

    mk_put(m, "    exit: {after: %s", mk_delay(m, 40, time));
    switch (mk_below(m, 6)) {
    case 0:
        break;
    case 1:
        mk_put(m, ", reason: OOMKilled");
        break;
    case 2:
        mk_put(m, ", signal: %s", mk_pick(m, signal));
        break;
    case 3:
        mk_put(m, ", code: 3, message: sorry");
        break;
    default:
        mk_put(m, ", code: %u", mk_from(m, 1, 3));
        break;
    }
    mk_put(m, "}\n");
}

static void add_instance(struct maker *m)
{
    char time[MAKER_TEXT];

    mk_put(m, "  - start: {takes: ");
    if (mk_more(m, 25)) {
        mk_put(m, "%s", mk_delay(m, 4, time));
        mk_end(m);
    } else {
        mk_put(m, "0s");
    }
    mk_put(m, "%s}\n", mk_chance(m, 7) ? ", fail: no exec" : "");
    if (mk_more(m, 45)) {
        add_exit(m);
        mk_end(m);
    }
    if (mk_more(m, 60)) {
        if (mk_chance(m, 40))
            mk_put(m, "    onStop: ignore\n");
        else {
            mk_put(m, "    onStop: {after: %s", mk_delay(m, 6, time));
            mk_put(m, ", code: %u}\n", mk_chance(m, 50) ? 143 : mk_below(m, 3));
        }
        mk_end(m);
    }
    add_serve(m);
}

static void add_instances(struct maker *m)
{
    mk_put(m, "  instances:\n");
    add_instance(m);
    while (mk_more(m, 40)) {
        add_instance(m);
        mk_end(m);
    }
}

/* ---- commands and hooks
 * ------------------------------------------------------------------------------ */

/* beside: a command is there, whose programs they answer for. */
static void add_execs(struct maker *m, bool beside)
{
    static const char *const command[] = {"[check]", "[cat, /tmp/a]", "[test, -e, /data/b]"};
    static const char *const unknown[] = {"[migrate]", "[pg_isready, -q]", "[/opt/app/run]",
                                          "[pg_isready]"};
    char time[MAKER_TEXT];

    for (unsigned i = 0; mk_next(m, beside && i == 0, 25); i++) {
        if (i == 0)
            mk_put(m, "  exec:\n");
        if (mk_chance(m, beside ? 75 : 25))
            mk_put(m, "  - {command: %s, ", mk_pick(m, unknown));
        else
            mk_put(m, "  - {command: %s, ", mk_pick(m, command));
        if (!beside || mk_chance(m, 40))
            mk_window(m, true);
        switch (mk_below(m, 5)) {
        case 0:
            mk_put(m, "exitCode: 1");
            break;
        case 1:
            mk_put(m, "hang: true");
            break;
        case 2:
            mk_put(m, "startError: no such file");
            break;
        default:
            mk_put(m, "exitCode: %u, output: ruled, ", mk_below(m, 3));
            mk_put(m, "takes: %s", mk_delay(m, 4, time));
            break;
        }
        if (mk_chance(m, 15))
            mk_put(m, ", rate: 0.%u", mk_from(m, 1, 9));
        mk_put(m, "}\n");
        mk_end(m);
    }
}

static void add_hook(struct maker *m, const char *name)
{
    char time[MAKER_TEXT];

    unsigned most = mk_chance(m, 10) ? 60 : 14;

    mk_put(m, "    %s: {takes: %s", name, mk_delay(m, most, time));
    if (mk_more(m, 30)) {
        mk_put(m, ", exitCode: %u, output: out", mk_from(m, 1, 20));
        mk_end(m);
    } else if (mk_chance(m, 10)) {
        mk_put(m, ", startError: no such file");
    }
    mk_put(m, "}\n");
}

static void add_hooks(struct maker *m)
{
    bool start = mk_chance(m, 15), stop = mk_chance(m, 20);

    if (!start && !stop)
        return;
    mk_put(m, "  hooks:\n");
    if (start)
        add_hook(m, "postStart");
    if (stop)
        add_hook(m, "preStop");
}

static void add_behavior(struct maker *m, const char *owner, const char *container, unsigned number)
{
    bool beside;

    mk_put(m, "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: %s-%u%s}\nspec:\n",
           owner, number, mk_space(m->now.other));
    mk_put(m, "  selector: {matchLabels: {app: %s}}\n", owner);
    if (container != NULL)
        mk_put(m, "  container: %s\n", container);
    if (mk_chance(m, 5))
        mk_put(m, "  pods: [0, 2]\n");
    add_pulls(m);
    beside = mk_chance(m, m->now.unknown >> number & 1 ? 80 : 30);
    if (!beside)
        add_instances(m);
    add_execs(m, beside);
    add_hooks(m);
}
