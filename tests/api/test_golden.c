/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/golden: manifests and, beside each, the events they lead to. The first line of a manifest
 * says how it is run: `# simulate --for 60s --seed 1`. `make golden` writes the events anew; its
 * diff is then what a change of behaviour looks like.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_MAX_ = 16384 };

static const char *binary(void)
{
    static char path[4096];
    const char *given = getenv("PODRING_BIN");
    ssize_t n;

    if (given != NULL)
        return given;
    n = readlink("/proc/self/exe", path, sizeof(path) - 16);
    cr_assert_gt(n, 0);
    path[n] = '\0';
    strcpy(strrchr(path, '/'), "/podring");
    return path;
}

static void read_flags(const char *manifest, char *out, size_t room)
{
    static const char mark[] = "# simulate ";
    char line[512] = "";
    FILE *f = fopen(manifest, "r");

    cr_assert_not_null(f, "%s", manifest);
    cr_assert_not_null(fgets(line, sizeof(line), f));
    fclose(f);
    cr_assert_eq(strncmp(line, mark, strlen(mark)), 0, "%s: the first line must be \"%s...\"",
                 manifest, mark);
    line[strcspn(line, "\n")] = '\0';
    cr_assert_eq(strspn(line + strlen(mark), "abcdefghijklmnopqrstuvwxyz0123456789-_= "),
                 strlen(line) - strlen(mark), "%s: %s", manifest, line);
    snprintf(out, room, "%s", line + strlen(mark));
}

static void check(const char *manifest)
{
    char flags[512], command[9000], golden[4096], is[LINE_MAX_], should[LINE_MAX_];
    unsigned line = 0;
    FILE *out, *expected;
    int status;

    read_flags(manifest, flags, sizeof(flags));
    snprintf(golden, sizeof(golden), "%.*s.ndjson", (int)(strlen(manifest) - strlen(".yaml")),
             manifest);
    expected = fopen(golden, "r");
    cr_assert_not_null(expected, "%s is missing: make golden", golden);
    snprintf(command, sizeof(command), "'%s' simulate %s -q -o ndjson '%s'", binary(), flags,
             manifest);
    out = popen(command, "r");
    cr_assert_not_null(out);
    for (;;) {
        char *a = fgets(is, sizeof(is), out), *b = fgets(should, sizeof(should), expected);

        line++;
        if (a == NULL && b == NULL)
            break;
        cr_assert(a != NULL && b != NULL && strcmp(is, should) == 0,
                  "%s:%u: if this is meant, make golden\n  is     %s  should %s", golden, line,
                  a != NULL ? is : "the end\n", b != NULL ? should : "the end\n");
    }
    cr_assert_gt(line, 20, "%s: hardly anything happens", manifest);
    status = pclose(out);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %d", command, status);
    fclose(expected);
}

Test(golden, events_are_as_written_down)
{
    glob_t found;

    if (access("tests/golden", R_OK) != 0)
        cr_skip_test("tests/golden is not here: run from the root of the source tree");
    cr_assert_eq(glob("tests/golden/*.yaml", 0, NULL, &found), 0);
    cr_assert_geq(found.gl_pathc, 6);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check(found.gl_pathv[i]);
    globfree(&found);
}
