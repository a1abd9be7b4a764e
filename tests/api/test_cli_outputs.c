/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_outputs.c - an output never destroys an input or another output, and what is not whole
 * does not take the place of what was.
 */
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/api/test_cli_kit.h"

static const char web[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
                          "spec: {containers: [{name: c, image: nginx}]}\n";

/* A folder of its own, in which x.yaml is a manifest. */
struct room {
    char path[64];
};

static void put(const struct room *r, const char *name, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", r->path, name);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static char *get(const struct room *r, const char *name)
{
    char path[256];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", r->path, name);
    fd = open(path, O_RDONLY);
    return fd >= 0 ? kit_contents(fd) : NULL;
}

static struct room make_room(void)
{
    struct room r = {"/tmp/podring-outputs-XXXXXX"};

    cr_assert_not_null(mkdtemp(r.path));
    put(&r, "x.yaml", web);
    return r;
}

static int count_files(const struct room *r)
{
    DIR *d = opendir(r->path);
    int n = 0;

    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void remove_room(const struct room *r)
{
    char line[128];

    snprintf(line, sizeof(line), "rm -rf %s", r->path);
    cr_assert_eq(system(line), 0);
}

/* Runs a line in which @ stands for the folder. */
static struct kit_ran run_in(const struct room *r, const char *line)
{
    char full[1024];
    size_t n = 0;

    for (const char *at = line; *at != '\0'; at++)
        n += *at == '@' ? (size_t)snprintf(full + n, sizeof(full) - n, "%s", r->path)
                        : (size_t)snprintf(full + n, sizeof(full) - n, "%c", *at);
    return kit_spawn(web, full);
}

Test(cli_outputs, an_output_onto_an_input_or_another_output_is_refused)
{
    static const struct {
        const char *line, *said;
    } rows[] = {
        {"simulate @/x.yaml --for 1s --events @/x.yaml", "--events"},
        {"simulate @/x.yaml --for 1s --metrics @/./x.yaml", "--metrics"},
        {"simulate @/x.yaml --for 1s --result @/link", "--result"},
        {"simulate @/x.yaml --for 1s --workers 2 --events @/x.yaml", "--events"},
        {"run @/x.yaml --for 1s --net memory --metrics @/x.yaml", "--metrics"},
        {"simulate @/x.yaml --for 1s --events @/f --result @/f", "--events and --result"},
        {"simulate @/x.yaml --for 1s --metrics @/f --result @//f", "--metrics and --result"},
        {"simulate @/x.yaml --for 1s --metrics - --result -", "--metrics and --result"},
        {"merge @/x.yaml --metrics @/x.yaml", "--metrics"},
    };
    struct room r = make_room();
    char link_path[128], target[128];

    snprintf(link_path, sizeof(link_path), "%s/link", r.path);
    snprintf(target, sizeof(target), "%s/x.yaml", r.path);
    cr_assert_eq(symlink(target, link_path), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_ran ran;
        char *after;

        ran = run_in(&r, rows[i].line);
        cr_expect_eq(ran.code, 64, "%s: %d, %s", rows[i].line, ran.code, ran.err);
        cr_expect_not_null(strstr(ran.err, rows[i].said), "%s: %s", rows[i].line, ran.err);
        after = get(&r, "x.yaml");
        cr_assert_not_null(after);
        cr_expect_str_eq(after, web, "%s", rows[i].line);
        free(after);
        kit_release(&ran);
    }
    cr_expect_eq(count_files(&r), 2);
    remove_room(&r);
}

/* What a step of a Scenario applies is read long after the outputs were made. */
Test(cli_outputs, an_output_onto_what_a_step_applies_is_refused)
{
    static const char *const lines[] = {
        "simulate @/scene.yaml --for 1s --events @/x.yaml",
        "simulate @/scene.yaml --for 1s --events @/e --result @/./x.yaml",
        "simulate @/scene.yaml --for 1s --workers 2 --events @/x.yaml",
        "simulate @/scene.yaml --for 1s --workers 2 --metrics @/x.yaml --events @/e",
        "run @/scene.yaml --for 1s --net memory --metrics @/x.yaml",
    };
    struct room r = make_room();

    put(&r, "scene.yaml", "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
                          "spec: {steps: [{at: 500ms, apply: x.yaml}]}\n");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct kit_ran ran = run_in(&r, lines[i]);
        char *after = get(&r, "x.yaml");

        cr_expect_eq(ran.code, 64, "%s: %d, %s", lines[i], ran.code, ran.err);
        cr_expect_not_null(strstr(ran.err, "this is the input"), "%s: %s", lines[i], ran.err);
        cr_assert_not_null(after);
        cr_expect_str_eq(after, web, "%s", lines[i]);
        free(after);
        kit_release(&ran);
    }
    cr_expect_eq(count_files(&r), 2);
    remove_room(&r);
}

Test(cli_outputs, devices_can_be_named_twice)
{
    struct kit_ran ran =
        kit_spawn(web, "simulate - --for 1s --events /dev/null --metrics /dev/null");

    cr_expect_eq(ran.code, 0, "%s", ran.err);
    kit_release(&ran);
}

Test(cli_outputs, a_manifest_that_is_refused_leaves_older_outputs)
{
    static const char *const lines[] = {
        "simulate @/bad.yaml --events @/e --metrics @/m --result @/r",
        "simulate @/bad.yaml --workers 2 --events @/e --metrics @/m --result @/r",
    };
    struct room r = make_room();

    put(&r, "bad.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: UPPER}\n");
    for (size_t i = 0; i < 2; i++) {
        static const char *const names[] = {"e", "m", "r"};
        struct kit_ran ran;

        for (size_t j = 0; j < 3; j++)
            put(&r, names[j], "older\n");
        ran = run_in(&r, lines[i]);
        cr_expect_eq(ran.code, 65, "%s", ran.err);
        for (size_t j = 0; j < 3; j++) {
            char *text = get(&r, names[j]);

            cr_assert_not_null(text);
            cr_expect_str_eq(text, "older\n", "%s: %s", lines[i], names[j]);
            free(text);
        }
        kit_release(&ran);
    }
    cr_expect_eq(count_files(&r), 5);
    remove_room(&r);
}

/* A limit on the size of files is a full disk as far as writing goes. */
Test(cli_outputs, a_full_disk_leaves_the_older_result)
{
    struct rlimit none = {300, 300}, was;
    struct room r = make_room();
    struct kit_ran ran;
    char *text;

    put(&r, "r", "older\n");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    none.rlim_max = was.rlim_max;
    setrlimit(RLIMIT_FSIZE, &none);
    ran = run_in(&r, "simulate @/x.yaml --for 1s --result @/r -q --color never --events /dev/null");
    setrlimit(RLIMIT_FSIZE, &was);
    cr_expect_eq(ran.code, 74, "%d: %s", ran.code, ran.err);
    text = get(&r, "r");
    cr_assert_not_null(text);
    cr_expect_str_eq(text, "older\n");
    cr_expect_eq(count_files(&r), 2);
    free(text);
    kit_release(&ran);
    remove_room(&r);
}

Test(cli_outputs, a_result_replaces_what_a_link_leads_to)
{
    struct room r = make_room();
    char link_path[128];
    struct kit_ran ran;
    struct stat st;
    char *text;

    put(&r, "r", "older\n");
    snprintf(link_path, sizeof(link_path), "%s/link", r.path);
    cr_assert_eq(symlink("r", link_path), 0);
    ran = run_in(&r, "simulate @/x.yaml --for 1s --result @/link");
    cr_expect_eq(ran.code, 0, "%s", ran.err);
    cr_assert_eq(lstat(link_path, &st), 0);
    cr_expect(S_ISLNK(st.st_mode));
    text = get(&r, "r");
    cr_assert_not_null(text);
    cr_expect_eq(text[0], '{');
    free(text);
    kit_release(&ran);
    remove_room(&r);
}
