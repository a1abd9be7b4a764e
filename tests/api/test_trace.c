/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The static trace points: that this binary has those of trace.h, with as many arguments, and that
 * the scripts in perf/ ask for no others. What is read is the ELF notes, as bpftrace and perf do.
 */
#include "engine/reactor/trace.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/reactor/base.h"

enum { NOTE_STAPSDT = 3, DESC_ADDRESSES = 24, SCRIPTS_MIN = 4 };

static const struct point {
    const char *name;
    unsigned args;
} points[] = {
    {"turn_begin", 1},  {"turn_end", 3},   {"timer_fire", 3},  {"sq_full", 1},
    {"probe_start", 2}, {"probe_done", 4}, {"backoff_arm", 3}, {"restart", 3},
};

enum { POINTS = RX_ARRAY_LEN(points) };

/* Index in points[], -1 if it is none. */
static int point_find(const char *name, size_t length)
{
    for (int i = 0; i < POINTS; i++)
        if (strlen(points[i].name) == length && memcmp(points[i].name, name, length) == 0)
            return i;
    return -1;
}

/* ---- the notes --------------------------------------------------------------------------------
 */

struct image {
    const char *bytes;
    size_t size;
};

static struct image image_open(void)
{
    struct stat st;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    void *bytes;

    cr_assert_geq(fd, 0);
    cr_assert_eq(fstat(fd, &st), 0);
    bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    cr_assert_neq(bytes, MAP_FAILED);
    return (struct image){bytes, (size_t)st.st_size};
}

static const Elf64_Shdr *section_find(const struct image *m, const char *name)
{
    const Elf64_Ehdr *head = (const void *)m->bytes;
    const Elf64_Shdr *section = (const void *)(m->bytes + head->e_shoff);
    const char *names = m->bytes + section[head->e_shstrndx].sh_offset;

    for (unsigned i = 0; i < head->e_shnum; i++)
        if (strcmp(names + section[i].sh_name, name) == 0)
            return &section[i];
    return NULL;
}

static unsigned count_words(const char *text)
{
    unsigned count = 0;

    for (; *text != '\0'; text += strcspn(text, " ")) {
        text += strspn(text, " ");
        count += *text != '\0';
    }
    return count;
}

/* provider NUL name NUL arguments NUL */
static void take_note(const char *text, unsigned seen[POINTS])
{
    const char *name = text + strlen(text) + 1, *args = name + strlen(name) + 1;
    int which;

    if (strcmp(text, "podring") != 0)
        return;
    which = point_find(name, strlen(name));
    cr_assert_geq(which, 0, "trace point %s is new: tell it here and in trace.h", name);
    cr_expect_eq(count_words(args), points[which].args, "%s has the arguments %s", name, args);
    seen[which]++;
}

Test(trace, binary_has_every_point)
{
    struct image m = image_open();
    const Elf64_Shdr *notes = section_find(&m, ".note.stapsdt");
    unsigned seen[POINTS] = {0};

    if (!RX_HAVE_TRACE) {
        cr_expect_null(notes);
        cr_skip_test("built without sys/sdt.h (systemtap-sdt-dev)");
    }
    cr_assert_not_null(notes);
    for (size_t at = 0; at + sizeof(Elf64_Nhdr) < notes->sh_size;) {
        const Elf64_Nhdr *n = (const void *)(m.bytes + notes->sh_offset + at);
        const char *owner = (const char *)(n + 1);

        if (n->n_type == NOTE_STAPSDT)
            take_note(owner + (n->n_namesz + 3u) / 4 * 4 + DESC_ADDRESSES, seen);
        at += sizeof(*n) + (n->n_namesz + 3u) / 4 * 4 + (n->n_descsz + 3u) / 4 * 4;
    }
    for (unsigned i = 0; i < POINTS; i++)
        cr_expect_gt(seen[i], 0u, "%s is nowhere", points[i].name);
    munmap((void *)m.bytes, m.size);
}

/* ---- the scripts ------------------------------------------------------------------------------
 */

static char *read_all(const char *path)
{
    char *text;
    size_t size = 0;
    FILE *in = fopen(path, "r"), *out = open_memstream(&text, &size);
    char piece[4096];
    size_t n;

    cr_assert(in != NULL && out != NULL, "%s", path);
    while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
        fwrite(piece, 1, n, out);
    fclose(in);
    fclose(out);
    return text;
}

/* Every "usdt:$1:podring:NAME" up to the next line that starts with a brace must be content with
 * the arguments of its point. */
static unsigned check_script(const char *path)
{
    static const char head[] = "usdt:$1:podring:";
    char *text = read_all(path);
    unsigned probes = 0;

    for (const char *at = text; (at = strstr(at, head)) != NULL; probes++) {
        size_t length = strcspn(at += sizeof(head) - 1, " \n");
        const char *end = strstr(at, "\n}");
        int which = point_find(at, length);

        cr_assert_geq(which, 0, "%s: no trace point %.*s", path, (int)length, at);
        for (const char *arg = at; (arg = strstr(arg, "arg")) != NULL && arg < end; arg += 3)
            if (arg[3] >= '0' && arg[3] <= '9')
                cr_expect_lt((unsigned)(arg[3] - '0'), points[which].args, "%s: %s has no arg%c",
                             path, points[which].name, arg[3]);
    }
    free(text);
    return probes;
}

Test(trace, scripts_ask_for_what_is_there)
{
    glob_t found;

    if (access("perf", R_OK) != 0)
        cr_skip_test("perf is not here: run from the root of the source tree");
    cr_assert_eq(glob("perf/*.bt", 0, NULL, &found), 0);
    cr_assert_geq(found.gl_pathc, (size_t)SCRIPTS_MIN);
    for (size_t i = 0; i < found.gl_pathc; i++)
        cr_expect_gt(check_script(found.gl_pathv[i]), 0u, "%s", found.gl_pathv[i]);
    globfree(&found);
}
