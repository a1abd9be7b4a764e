/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_book.c - docs/examples.md and docs/chapter17.md are true: every command in them prints what
 * stands below it.
 *
 * In a block marked `console`, a line that begins with "$ " is run, and the lines up to the next
 * one are what it must write to standard output. A line "..." stands for any number of lines. Run
 * with PODRING_GOLDEN=1 (make golden), blocks that differ are replaced by what is printed now.
 *
 * A block marked `race` is drawn from the requests that have failed in the last command before it.
 *
 * In docs/chapter17.md a block marked `yaml` is a file, which its first line names as a comment.
 *
 * The pages are found from the root of the tree, where `make test` runs.
 */
#include <dirent.h>

#include "tests/api/test_cli_kit.h"

#define PAGE   "docs/examples.md"
#define BOOK   "docs/chapter17.md"
#define FOLDER "docs/examples"

struct text {
    char *at;
    size_t length, room;
};

static void put(struct text *t, const char *s, size_t n)
{
    if (t->length + n + 1 > t->room) {
        t->room = 2 * (t->length + n + 1);
        t->at = realloc(t->at, t->room);
        cr_assert_not_null(t->at);
    }
    memcpy(t->at + t->length, s, n);
    t->length += n;
    t->at[t->length] = '\0';
}

static char *read_page(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    cr_assert_geq(fd, 0, "%s: not found; tests run from the root of the tree", path);
    return kit_contents(fd);
}

static size_t line_length(const char *at)
{
    const char *newline = strchr(at, '\n');

    return newline != NULL ? (size_t)(newline - at) + 1 : strlen(at);
}

static int is_line(const char *at, const char *text)
{
    size_t n = strlen(text);

    return strncmp(at, text, n) == 0 && (at[n] == '\n' || at[n] == '\0');
}

/* Compares line by line up to the end of both. After "...", the next wanted line is looked for. */
static int fits(const char *want, const char *want_end, const char *is)
{
    while (want < want_end) {
        size_t n = line_length(want);

        if (!is_line(want, "...")) {
            if (strncmp(want, is, n) != 0)
                return 0;
            want += n;
            is += n;
            continue;
        }
        want += n;
        if (want == want_end)
            return 1;
        for (n = line_length(want); *is != '\0' && strncmp(want, is, n) != 0;)
            is += line_length(is);
    }
    return *is == '\0';
}

/* Words, as a shell makes them of blanks and single quotes. */
static struct kit_ran spawn_words(char *command)
{
    char line[1024];
    size_t n = 0;
    int quoted = 0;

    for (const char *at = command; *at != '\0'; at++) {
        quoted ^= *at == '\'';
        if (*at != '\'')
            line[n++] = *at == ' ' && !quoted ? '\t' : *at;
    }
    line[n] = '\0';
    return kit_spawn_split(NULL, line, "\t");
}

/* Runs the command at `at`, compares, and copies either what stood there or what it printed. */
static const char *check_command(const char *at, struct text *out, int *differ)
{
    const char *want = at + line_length(at), *end = want;
    char command[1024];
    struct kit_ran r;
    int n = (int)line_length(at) - 3; /* without "$ " and the newline */

    while (*end != '\0' && strncmp(end, "$ ", 2) != 0 && strncmp(end, "```", 3) != 0)
        end += line_length(end);
    snprintf(command, sizeof(command), "%.*s", n, at + 2);
    cr_assert_eq(strncmp(command, "podring ", 8), 0, "only podring is run: %s", command);
    r = spawn_words(command + 8);
    put(out, at, (size_t)(want - at));
    if (fits(want, end, r.out)) {
        put(out, want, (size_t)(end - want));
    } else {
        ++*differ;
        put(out, r.out, strlen(r.out));
        if (getenv("PODRING_GOLDEN") == NULL)
            cr_expect(0, "%s prints:\n%s%sbut the page says:\n%.*s", command, r.out, r.err,
                      (int)(end - want), want);
    }
    kit_release(&r);
    return end;
}

/* ---- the race between a deletion and its news ------------------------------------------------ */

enum { SLEEPS = 4, NODES = 3, PER_MARK = 10 };

static const int sleeps[SLEEPS] = {0, 2, 5, 10};

/* What was announced last as failed by the client of that sleep and node. */
static long long failed_of(const char *events, int sleep, int node)
{
    char client[64];
    long long failed = 0;

    snprintf(client, sizeof(client), "\"client/sleep-%d-n%d\",\"field\":\"failed\"", sleep,
             node + 1);
    for (const char *at = events; (at = strstr(at, client)) != NULL; at++) {
        const char *to = strstr(at, "\"to\":");

        failed = to != NULL ? strtoll(to + 5, NULL, 10) : -1;
    }
    return failed;
}

static void draw_race(const char *events, struct text *out)
{
    char line[256];

    for (int i = 0; i < SLEEPS; i++)
        for (int k = 0; k < NODES; k++) {
            long long failed = failed_of(events, sleeps[i], k);
            int n = snprintf(line, sizeof(line), "%s%3d%s n%d %4lld", k == 0 ? "sleep" : "     ",
                             sleeps[i], k == 0 ? "s" : " ", k + 1, failed);

            if (k > 0)
                memset(line + 5, ' ', 4);
            for (long long mark = 0; mark < failed; mark += PER_MARK)
                n += snprintf(line + n, sizeof(line) - (size_t)n, "%s#", mark == 0 ? " " : "");
            line[n++] = '\n';
            put(out, line, (size_t)n);
        }
}

/* command: the last one of the page, which has told it as a timeline. */
static const char *check_race(const char *at, const char *command, struct text *out, int *differ)
{
    const char *end = strstr(at, "```");
    struct text drawn = {0};
    char again[1024];
    const char *form = strstr(command, "-o timeline");
    struct kit_ran r;

    cr_assert(end != NULL && form != NULL, "a race without a command, or without an end");
    snprintf(again, sizeof(again), "%.*s-o ndjson", (int)(form - command), command);
    r = kit_spawn(NULL, again + 8);
    draw_race(r.out, &drawn);
    if (drawn.length != (size_t)(end - at) || memcmp(drawn.at, at, drawn.length) != 0) {
        ++*differ;
        if (getenv("PODRING_GOLDEN") == NULL)
            cr_expect(0, "the race is\n%sbut %s says\n%.*s", drawn.at, PAGE, (int)(end - at), at);
    }
    put(out, drawn.at, drawn.length);
    free(drawn.at);
    kit_release(&r);
    return end;
}

struct found {
    int commands, differ, races;
};

static struct found check_page(const char *page, struct text *out)
{
    struct found f = {0};
    char command[1024] = "";
    int inside = 0;

    for (const char *at = page; *at != '\0';) {
        size_t n = line_length(at);

        if (inside && strncmp(at, "$ ", 2) == 0) {
            snprintf(command, sizeof(command), "%.*s", (int)n - 3, at + 2);
            at = check_command(at, out, &f.differ);
            f.commands++;
            continue;
        }
        if (strncmp(at, "```", 3) == 0)
            inside = is_line(at, "```console");
        put(out, at, n);
        if (is_line(at, "```race")) {
            at = check_race(at + n, command, out, &f.differ);
            n = line_length(at); /* the end of the block */
            put(out, at, n);
            f.races++;
        }
        at += n;
    }
    return f;
}

static void write_file(const char *path, const char *text, size_t length)
{
    FILE *f = fopen(path, "w");

    cr_assert_not_null(f, "%s", path);
    cr_assert_eq(fwrite(text, 1, length, f), length);
    cr_assert_eq(fclose(f), 0);
}

Test(book, every_command_prints_what_the_page_says, .timeout = 60)
{
    struct text out = {0};
    char *page = read_page(PAGE);
    struct found f = check_page(page, &out);

    cr_expect_gt(f.commands, 10, "only %d commands found", f.commands);
    cr_expect_eq(f.races, 1);
    if (f.differ > 0 && getenv("PODRING_GOLDEN") != NULL)
        write_file(PAGE, out.at, out.length);
    free(out.at);
    free(page);
}

/* Writes the files of the page, or removes them, where we are. */
static int each_file(const char *page, int keep)
{
    static const char mark[] = "```yaml\n# ";
    int files = 0;

    for (const char *at = page; (at = strstr(at, mark)) != NULL; files++) {
        const char *name = at + sizeof(mark) - 1, *end = strstr(name, "\n```");
        char path[64];

        snprintf(path, sizeof(path), "%.*s", (int)line_length(name) - 1, name);
        cr_assert_not_null(end, "%s has no end", path);
        cr_assert_not_null(strstr(path, ".yaml"), "'%s' is no name of a file", path);
        if (keep)
            write_file(path, name + strlen(path) + 1, (size_t)(end - name) - strlen(path));
        else
            unlink(path);
        at = end;
    }
    return files;
}

Test(book, chapter_17_is_true, .timeout = 60)
{
    char folder[] = "/tmp/podring-book-XXXXXX", path[4096];
    struct text out = {0};
    char *page = read_page(BOOK);
    struct found f;

    cr_assert_not_null(realpath(BOOK, path));
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    cr_expect_gt(each_file(page, 1), 5);
    f = check_page(page, &out);
    cr_expect_gt(f.commands, 10, "only %d commands found", f.commands);
    if (f.differ > 0 && getenv("PODRING_GOLDEN") != NULL)
        write_file(path, out.at, out.length);
    each_file(page, 0);
    rmdir(folder);
    free(out.at);
    free(page);
}

Test(book, the_page_has_every_example)
{
    char *page = read_page(PAGE);
    DIR *d = opendir(FOLDER);
    int examples = 0;

    cr_assert_not_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[512];
        struct kit_ran r;

        if (strstr(e->d_name, ".yaml") == NULL)
            continue;
        examples++;
        snprintf(path, sizeof(path), "%s/%s", FOLDER, e->d_name);
        cr_expect_not_null(strstr(page, path), "%s is not on %s", path, PAGE);
        snprintf(path, sizeof(path), "check --strict %s/%s", FOLDER, e->d_name);
        r = kit_spawn(NULL, path);
        cr_expect_eq(r.code, 0, "%s: %s%s", path, r.out, r.err);
        kit_release(&r);
    }
    closedir(d);
    cr_expect_geq(examples, 15);
    free(page);
}
