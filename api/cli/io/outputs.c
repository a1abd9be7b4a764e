/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.c - see outputs.h. */
#include "api/cli/io/outputs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/cli/rank.h"

/* A file that is there has a device and a number; one that is to be made has a folder and a name.
 * Pipes, terminals and the like can be shared: they have no identity here. */
struct identity {
    bool known, made;
    dev_t device;
    ino_t number;
    char name[NAME_MAX + 1]; /* of a file that is not there yet; the number is that of its folder */
};

struct place {
    const char *option; /* NULL = standard output */
    const char *path;
    struct identity is;
};

enum { PLACES = 6 };

static void identify_new(struct identity *is, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    char folder[PATH_MAX];
    struct stat st;

    if (strlen(name) >= sizeof(is->name) || (size_t)(name - path) >= sizeof(folder))
        return;
    memcpy(folder, path, (size_t)(name - path));
    folder[name - path] = '\0';
    if (stat(folder[0] != '\0' ? folder : ".", &st) != 0)
        return;
    *is = (struct identity){.known = true, .made = true, .device = st.st_dev, .number = st.st_ino};
    strcpy(is->name, name);
}

static void identify_stat(struct identity *is, const struct stat *st)
{
    if (S_ISREG(st->st_mode))
        *is = (struct identity){.known = true, .device = st->st_dev, .number = st->st_ino};
}

static struct identity identify(const char *path)
{
    struct identity is = {0};
    struct stat st;

    if (strcmp(path, "-") == 0)
        return is;
    if (stat(path, &st) == 0)
        identify_stat(&is, &st);
    else
        identify_new(&is, path);
    return is;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
    return a->known && b->known && a->made == b->made && a->device == b->device &&
           a->number == b->number && strcmp(a->name, b->name) == 0;
}

static int check_input(const struct cli_options *o, const struct place place[PLACES],
                       const char *path)
{
    struct identity input = identify(path);

    for (int i = 0; i < PLACES; i++) {
        if (!is_same(&place[i].is, &input))
            continue;
        if (place[i].option == NULL)
            return cli_refuse(o->verb, "standard output is the input '%s'", path);
        return cli_refuse(o->verb, "%s %s: this is the input '%s'", place[i].option, place[i].path,
                          path);
    }
    return CLI_OK;
}

static int check_outputs(const struct cli_options *o, const struct place *a, const struct place *b)
{
    bool both = a->path != NULL && b->path != NULL && strcmp(a->path, "-") == 0 &&
                strcmp(b->path, "-") == 0;

    if (!both && !is_same(&a->is, &b->is))
        return CLI_OK;
    if (a->option == NULL)
        return cli_refuse(o->verb, "%s %s: standard output is written there, too", b->option,
                          b->path);
    return cli_refuse(o->verb, "%s and %s would both write to %s", a->option, b->option,
                      both ? "standard output" : b->path);
}

static void find_places(const struct cli_options *o, struct place place[PLACES])
{
    char name[PATH_MAX];
    struct stat st;

    place[0] = (struct place){.path = NULL};
    place[1] = (struct place){.option = "--events", .path = o->events_path};
    place[2] = (struct place){.option = "--metrics", .path = o->metrics_path};
    place[3] = (struct place){.option = "--result", .path = o->result_path};
    place[4] = (struct place){.option = "--series", .path = o->series_path};
    place[5] = (struct place){.option = "--hdr", .path = o->hdr_path};
    if (fstat(STDOUT_FILENO, &st) == 0)
        identify_stat(&place[0].is, &st);
    for (int i = 0; i < PLACES; i++)
        if (place[i].path != NULL &&
            rank_path(place[i].path, o->engine.shard_index, name, sizeof(name)))
            place[i].is = identify(name);
}

int outputs_check(const struct cli_options *o)
{
    struct place place[PLACES];
    int code = CLI_OK;

    if (o->result_path != NULL && strcmp(o->result_path, "-") == 0 && cli_is_stream(o->format))
        return cli_refuse(o->verb, "--result - and -o %s would both write to standard output",
                          cli_format_word(o));
    if (o->events_path != NULL && strcmp(o->events_path, "-") == 0 && cli_is_stream(o->format))
        return cli_refuse(o->verb, o->format > CLI_TIMELINE
                          ? "--events - and -o %s would both write to standard output"
                          : "--events - and -o %s would write the same stream twice",
                          cli_format_word(o));
    find_places(o, place);
    for (int i = 0; i < o->file_count && code == CLI_OK; i++)
        code = check_input(o, place, o->files[i]);
    for (int i = 0; i < PLACES; i++)
        for (int j = 0; j < i && code == CLI_OK; j++)
            code = check_outputs(o, &place[j], &place[i]);
    return code;
}

int outputs_check_steps(const struct cli_options *o, podring *ring)
{
    struct place place[PLACES];
    const char *path;
    int code = CLI_OK;

    find_places(o, place);
    for (uint32_t i = 0; code == CLI_OK && podring_input_at(ring, i, &path) == 0; i++)
        code = check_input(o, place, path);
    return code;
}
