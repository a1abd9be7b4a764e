/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_page.c - the page of -o html. What stands in it and what it draws is looked at by
 * tests/page, in node; skipped, with the reason, where there is none. The rest needs none.
 */
#include <sys/stat.h>

#include "tests/api/test_cli_kit.h"

static const char web[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
                          "spec: {containers: [{name: c, image: nginx}]}\n";

static void run_node(const char *script)
{
    char line[9000], said[8192] = "";
    FILE *f;
    size_t n;
    int status;

    if (system("node --version >/dev/null 2>&1") != 0)
        cr_skip_test("there is no node (Debian: nodejs)");
    if (access(script, R_OK) != 0)
        cr_skip_test("%s is not here: run from the root of the source tree", script);
    snprintf(line, sizeof(line), "node %s '%s' 2>&1", script, kit_binary());
    f = popen(line, "r");
    cr_assert_not_null(f);
    n = fread(said, 1, sizeof(said) - 1, f);
    said[n] = '\0';
    while (n > 0) /* to the end, so that node does not wait */
        n = fread(line, 1, sizeof(line), f);
    status = pclose(f);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %d\n%s", script, status,
              said);
    cr_assert_not_null(strstr(said, " checks, 0 failed"), "%s", said);
}

Test(cli_page, has_the_lines_of_the_stream_and_draws_them, .timeout = 300)
{
    run_node("tests/page/page.mjs");
}

Test(cli_page, has_colours_that_can_be_told_apart)
{
    run_node("tests/page/colors.mjs");
}

Test(cli_page, is_one_document_that_begins_and_ends)
{
    struct kit_ran a = kit_spawn(web, "simulate - --for 1m -q -o html"),
                   b = kit_spawn(web, "run - --for 50ms -q --net memory -o html");
    const struct kit_ran *each[] = {&a, &b};

    for (size_t i = 0; i < 2; i++) {
        const char *out = each[i]->out;

        cr_assert_eq(each[i]->code, 0, "%s", each[i]->err);
        cr_expect_eq(strncmp(out, "<!doctype html>\n", 16), 0);
        cr_expect_str_eq(out + strlen(out) - 9, "\n</html>\n");
        cr_expect_not_null(strstr(out, "id=\"podring-head\">{\"version\":1,"));
        cr_expect_not_null(strstr(out, "<script type=\"application/vnd.podring.log\">UFICA"));
        cr_expect_not_null(strstr(out, "id=\"podring-foot\">{\"end_ms\":"));
        cr_expect_not_null(strstr(out, "<tr><th scope=row>pods of their own<td>pod<td>default"
                                       "<td class=n>1<td class=n>1<td class=n>0<td class=n>0"
                                       "<td class=n>-<td class=n>0s\n"));
    }
    kit_release(&a);
    kit_release(&b);
}

/* Events go to --events as well, and are the same. */
Test(cli_page, does_not_keep_events_from_others)
{
    char path[] = "/tmp/podring-page-XXXXXX", line[128];
    struct kit_ran alone = kit_spawn(web, "simulate - --for 1m -q -o ndjson"), both;
    int fd = mkstemp(path);
    char *events;

    cr_assert_geq(fd, 0);
    snprintf(line, sizeof(line), "simulate - --for 1m -q -o html --events %s", path);
    both = kit_spawn(web, line);
    events = kit_contents(fd);
    cr_expect_eq(both.code, 0, "%s", both.err);
    cr_expect_str_eq(events, alone.out);
    unlink(path);
    free(events);
    kit_release(&alone);
    kit_release(&both);
}

Test(cli_page, says_what_it_does_not_go_with)
{
    static const struct {
        const char *line, *said;
    } rows[] = {
        {"simulate - --for 1s -o html --workers 2",
         "podring simulate: -o html: one engine has to hear of all pods: it does not go with "
         "--workers and --shard"},
        {"simulate - --for 1s -o html --shard 0/2", "--workers and --shard"},
        {"run - --for 1s -o html --metrics -",
         "--metrics - and -o html would both write to standard output"},
        {"simulate - --for 1s -o html --events -",
         "--events - and -o html would both write to standard output"},
        {"simulate - --for 1s -o html --result -",
         "--result - and -o html would both write to standard output"},
        {"simulate - --for 1s -o html --html-records 0",
         "--html-records: '0' is not a whole number from 1 on"},
        {"simulate - --for 1s -o html --html-records x", "--html-records: 'x' is not"},
        {"bench -o html", "html"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_ran r = kit_spawn(web, rows[i].line);

        cr_expect_eq(r.code, 64, "%s: %d", rows[i].line, r.code);
        cr_expect_not_null(strstr(r.err, rows[i].said), "%s: %s", rows[i].line, r.err);
        cr_expect_str_empty(r.out);
        kit_release(&r);
    }
}

/* Nobody reads a page on a terminal. */
Test(cli_page, is_not_for_a_terminal)
{
    static const char *const formats[] = {"html", "trace"};
    static const char *const names[] = {"run.html", "run.json"};
    int fd = posix_openpt(O_RDWR | O_NOCTTY);

    cr_assert_geq(fd, 0);
    cr_assert_eq(grantpt(fd) | unlockpt(fd), 0);
    for (int i = 0; i < 2; i++) {
        char line[9000], said[512] = "", wanted[128];
        FILE *f;
        size_t n;

        snprintf(line, sizeof(line), "'%s' simulate /dev/null --for 1s -o %s 2>&1 >%s",
                 kit_binary(), formats[i], ptsname(fd));
        snprintf(wanted, sizeof(wanted),
                 "-o %s is for a file, and standard output is a terminal: add > %s", formats[i],
                 names[i]);
        f = popen(line, "r");
        cr_assert_not_null(f);
        n = fread(said, 1, sizeof(said) - 1, f);
        said[n] = '\0';
        cr_expect_eq(WEXITSTATUS(pclose(f)), 64, "%s", said);
        cr_expect_not_null(strstr(said, wanted), "%s", said);
    }
    close(fd);
}
