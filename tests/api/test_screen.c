/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_screen.c - the lines of workloads on a terminal: drawn from an engine in virtual time, and
 * by podring itself on a pseudo-terminal.
 */
#include <sys/ioctl.h>
#include <termios.h>

#include "api/cli/picture/screen.h"
#include "tests/api/test_cli_kit.h"

#define DEPLOYMENT(name, replicas)                                                                 \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " name "}\nspec:\n"                   \
    "  replicas: " #replicas "\n  selector: {matchLabels: {app: " name "}}\n"                      \
    "  template:\n    metadata: {labels: {app: " name "}}\n"                                       \
    "    spec: {containers: [{name: c, image: nginx}]}\n---\n"

static const char two[] = DEPLOYMENT("web", 4) DEPLOYMENT("bad", 2)
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: dies}\n"
    "spec: {selector: {matchLabels: {app: bad}}, instances: [{exit: {after: 2s, code: 1}}]}\n";

static podring *open_with(const char *manifest)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    o.flags = PODRING_NO_EVENTS;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_load_text(ring, "m", manifest, strlen(manifest)), 0, "%s",
                 podring_why(ring));
    cr_assert_eq(podring_apply(ring), 0, "%s", podring_why(ring));
    return ring;
}

static const char *drawn(const struct screen *s, size_t columns, size_t rows)
{
    static char text[16384];
    struct rx_text t = rx_text_in(text, sizeof(text));

    screen_put(&t, s, columns, rows);
    cr_assert_lt(rx_text_end(&t), sizeof(text));
    return text;
}

static void look_each_second(struct screen *s, podring *ring, int from, int to)
{
    for (int i = from; i <= to; i++) {
        podring_run_until(ring, i * 1000);
        cr_assert(screen_look(s, ring, i * 1000, UINT32_MAX));
    }
}

/* Of two lines the one in trouble is first: ready, restarted at 2 s, down from 4 s on, up at 14 s
 * and down again at 16 s. */
Test(screen, has_a_line_for_each_workload_and_a_cell_for_each_second)
{
    podring *ring = open_with(two);
    struct screen s;

    screen_begin(&s, (struct screen_colors){.unicode = true});
    look_each_second(&s, ring, 0, 16);
    cr_expect_str_eq(drawn(&s, 100, 20),
                     "bad                        2  "
                     "████▁▁▁▁▁▁▁▁▁▁██▁                     2 back-off  4 restarts\n"
                     "web                        4  "
                     "█████████████████                     4 ready\n"
                     "16s  bad-dfffcc47c-wn9pp  CrashLoopBackOff\n"
                     "16s  bad-dfffcc47c-2d8q5  CrashLoopBackOff\n"
                     "14s  bad-dfffcc47c-wn9pp  is ready again\n",
                     "%s", drawn(&s, 100, 20));
    screen_end(&s);
    podring_close(ring);
}

/* What does not fit is one line, and no line is longer than the terminal is wide. */
Test(screen, folds_what_is_quiet_and_fits)
{
    podring *ring = open_with(two);
    struct screen s;

    screen_begin(&s, (struct screen_colors){.on = true, .many = true});
    look_each_second(&s, ring, 0, 16);
    for (size_t columns = 10; columns < 200; columns++) {
        for (const char *line = drawn(&s, columns, 3); *line != '\0';) {
            size_t n = strcspn(line, "\n"), width = 0;

            for (size_t i = 0; i < n; i++) {
                if (line[i] == '\033')
                    i += strcspn(line + i, "m");
                else
                    width++;
            }
            cr_expect_leq(width, columns, "%zu columns: %.*s", columns, (int)n, line);
            line += n + 1;
        }
    }
    cr_expect_not_null(strstr(drawn(&s, 100, 3), "bad "), "%s", drawn(&s, 100, 3));
    cr_expect_not_null(strstr(drawn(&s, 100, 3), "1 quiet workload "), "%s", drawn(&s, 100, 3));
    cr_expect_not_null(strstr(drawn(&s, 100, 3), "\033[0;38;5;202m2 back-off\033[0m"));
    cr_expect_str_empty(drawn(&s, 100, 2));
    cr_expect_str_empty(drawn(&s, 30, 20));
    screen_end(&s);
    podring_close(ring);
}

/* When all cells are full, two become one, and what was bad stays to be seen. */
Test(screen, keeps_the_whole_run_on_its_lines)
{
    podring *ring = open_with(two);
    struct screen s;

    screen_begin(&s, (struct screen_colors){0});
    look_each_second(&s, ring, 0, 100);
    cr_expect_eq(s.step_ms, 4000);
    cr_expect_eq(s.seen_ms, 100000);
    for (size_t i = 0; i < SCREEN_CELLS; i++) {
        cr_expect_eq(s.line[0].cell[i].height, i <= 25 ? 8 : 0, "cell %zu", i);
        cr_expect_eq(s.line[1].cell[i].worst == HEALTH_BACK_OFF, i >= 1 && i <= 25, "cell %zu", i);
    }
    screen_end(&s);
    podring_close(ring);
}

/* A round takes as many looks as it takes; what is shown until then is the round before. */
Test(screen, looks_at_some_pods_at_a_time)
{
    podring *ring = open_with(two);
    struct screen s;

    screen_begin(&s, (struct screen_colors){0});
    podring_run_until(ring, 1000);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++) {
            cr_expect_not(screen_look(&s, ring, 1000, 2), "round %d, look %d", round, i);
            cr_expect_eq(s.line[0].now.pods, round > 0 ? 4 : 0);
        }
        cr_expect(screen_look(&s, ring, 1000, 2));
        cr_expect_eq(s.line[0].now.pods, 4);
        cr_expect_eq(s.line[1].now.pods, 2);
    }
    screen_end(&s);
    podring_close(ring);
}

/* Pods that are gone do not count, and pods of none are no line's business. */
Test(screen, counts_who_is_there)
{
    podring *ring = open_with(two);
    struct screen s;

    screen_begin(&s, (struct screen_colors){0});
    look_each_second(&s, ring, 0, 1);
    cr_expect_eq(s.line[0].now.pods, 4);
    cr_assert_eq(podring_scale(ring, NULL, "deployment/web", 1), 0);
    look_each_second(&s, ring, 2, 60);
    cr_expect_eq(s.line[0].now.pods, 1);
    cr_expect_eq(s.line[0].now.of[HEALTH_READY], 1);
    cr_expect_lt(s.line[0].first_ms, 0, "a deletion is no trouble");
    screen_end(&s);
    podring_close(ring);
}

/* ---- on a terminal -------------------------------------------------------------------------- */

struct terminal {
    int master, slave;
    pid_t pid;
    char said[1 << 20];
    size_t length;
};

static void start_on_terminal(struct terminal *t, char *const *argv)
{
    struct winsize size = {.ws_row = 30, .ws_col = 100};

    t->master = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert_geq(t->master, 0);
    cr_assert_eq(grantpt(t->master) | unlockpt(t->master), 0);
    t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
    cr_assert_geq(t->slave, 0);
    ioctl(t->slave, TIOCSWINSZ, &size);
    t->pid = fork();
    cr_assert_geq(t->pid, 0);
    if (t->pid == 0) {
        setsid();
        ioctl(t->slave, TIOCSCTTY, 0);
        for (int fd = 0; fd < 3; fd++)
            dup2(t->slave, fd);
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        unsetenv("NO_COLOR");
        execv(kit_binary(), argv);
        _exit(127);
    }
}

/* Reads until the text has been said; false: the end came first. */
static bool wait_for(struct terminal *t, const char *text)
{
    while (strstr(t->said, text) == NULL) {
        ssize_t n = read(t->master, t->said + t->length, sizeof(t->said) - 1 - t->length);

        if (n <= 0)
            return false;
        t->length += (size_t)n;
        t->said[t->length] = '\0';
    }
    return true;
}

Test(screen, q_ends_a_run_as_a_signal_does_and_the_terminal_is_as_it_was, .timeout = 120)
{
    char *const argv[] = {"podring", "run",    "docs/examples/crashloop.yaml", "--net", "script",
                          "--for",   "86400s", NULL};
    static struct terminal t;
    struct termios before, after;
    int status;

    if (access(argv[2], R_OK) != 0)
        cr_skip_test("%s is not here: run from the root of the source tree", argv[2]);
    start_on_terminal(&t, argv);
    cr_assert_eq(tcgetattr(t.slave, &before), 0);
    cr_assert(wait_for(&t, "pods of their own"), "%s", t.said);
    cr_assert(wait_for(&t, "\033[0;38;5;72m2 ready\033[0m"), "%s", t.said);
    cr_expect_eq(write(t.master, "xq", 2), 2);
    cr_assert(wait_for(&t, "digest"), "%s", t.said);
    cr_assert_eq(waitpid(t.pid, &status, 0), t.pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d", status);
    cr_assert_eq(tcgetattr(t.slave, &after), 0);
    cr_expect_eq(after.c_lflag, before.c_lflag | ICANON | ECHO);
    close(t.slave);
    close(t.master);
}
