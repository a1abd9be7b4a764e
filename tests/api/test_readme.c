/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_readme.c - the commands of README.md run as they stand there, one after the other in
 * an empty folder: what they need is made by those before them. What takes real time is only looked
 * at.
 */
#include "tests/api/test_cli_kit.h"

enum { REAL_TIME = -2 };

/* What they may end with; diff says by 1 that there are differences. */
static int code_of(const char *command)
{
    return strncmp(command, "podring run ", 12) == 0 || strncmp(command, "podring bench ", 14) == 0
               ? REAL_TIME
               : strncmp(command, "podring diff ", 13) == 0;
}

/* The words of --help, which know all options. */
static void parse_only(const char *command)
{
    char line[512];
    struct kit_ran r;
    char *comment;

    snprintf(line, sizeof(line), "%s", command + strlen("podring "));
    comment = strstr(line, "  #");
    cr_assert_not_null(comment, "%s", line);
    strcpy(comment, " --help");
    r = kit_spawn(NULL, line);
    cr_expect_eq(r.code, 0, "%s: %s", line, r.err);
    kit_release(&r);
}

static void run_line(const char *path, const char *command)
{
    char line[8192];
    int code = code_of(command), status;

    if (code == REAL_TIME) {
        parse_only(command);
        return;
    }
    snprintf(line, sizeof(line), "PATH='%s:/usr/bin:/bin'; exec >out 2>err; %s", path, command);
    status = system(line);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == code, "%s: %d\n%s", command,
              WEXITSTATUS(status), kit_contents(open("err", O_RDONLY)));
}

static const char *folder_of_binary(void)
{
    static char path[4096];

    cr_assert_not_null(realpath(kit_binary(), path));
    *strrchr(path, '/') = '\0';
    return path;
}

Test(readme, commands_run_as_they_stand, .timeout = 60)
{
    char folder[] = "/tmp/podring-readme-XXXXXX";
    char *page = kit_contents(open("README.md", O_RDONLY)), *state = NULL;
    char *block = strstr(page, "## Use\n\n```sh\n"), *end;
    const char *path = folder_of_binary();
    int lines = 0;

    cr_assert_not_null(block);
    block += strlen("## Use\n\n```sh\n");
    end = strstr(block, "```");
    cr_assert_not_null(end);
    *end = '\0';
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    for (char *line = strtok_r(block, "\n", &state); line != NULL;
         line = strtok_r(NULL, "\n", &state)) {
        run_line(path, line);
        lines++;
    }
    cr_expect_gt(lines, 20, "only %d commands", lines);
    cr_expect_eq(unlink("web.yaml") + unlink("new.yaml") + unlink("out") + unlink("err"), 0,
                 "README makes web.yaml and new.yaml");
    rmdir(folder);
    free(page);
}
