/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - reading manifests and saying what is wrong with them. */
#include "api/cli/io/input.h"

#include "api/cli/io/lines.h"
#include "api/cli/io/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A manifest larger than this is a mistake, such as on the other end of a pipe. */
enum { INPUT_MAX = 256 << 20 };

/* All of it, also of a pipe, which does not say how long it is. An errno; *text is to be freed
 * either way. */
static int read_all(int fd, char **text, size_t *length)
{
    size_t room = 0;

    *text = NULL;
    *length = 0;
    for (;;) {
        ssize_t n;

        if (*length == room) {
            bool large = room >= INPUT_MAX;
            char *larger = !large ? realloc(*text, room = 2 * room + 65536) : NULL;

            if (larger == NULL)
                return large ? EFBIG : ENOMEM;
            *text = larger;
        }
        n = read(fd, *text + *length, room - *length);
        if (n == 0)
            return 0;
        if (n > 0)
            *length += (size_t)n;
        else if (errno != EINTR)
            return errno;
    }
}

static int complain_of(const char *what, int error)
{
    if (error == ENOMEM) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    cli_say("%s: %s", what, strerror(error));
    return CLI_NO_INPUT;
}

static int read_file(const char *path, struct input_file *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), error;
    char *text = NULL;

    out->name = path;
    error = fd < 0 ? errno : read_all(fd, &text, &out->length);
    if (fd >= 0)
        close(fd);
    out->text = text;
    return error == 0 ? CLI_OK : complain_of(path, error);
}

int input_read(struct input *in)
{
    int code = CLI_OK;

    in->file = calloc(in->files.count + 1, sizeof(*in->file));
    if (in->file == NULL)
        return complain_of("", ENOMEM);
    for (size_t i = 0; i < in->files.count && code == CLI_OK; i++) {
        if (strcmp(in->files.path[i], "-") == 0)
            in->file[i] = (struct input_file){"<stdin>", in->text, in->length};
        else
            code = read_file(in->files.path[i], &in->file[i]);
    }
    return code;
}

const struct input_file *input_file_named(const struct input_file *file, size_t count,
                                          const char *name)
{
    for (size_t i = 0; i < count && name != NULL; i++)
        if (strcmp(file[i].name, name) == 0)
            return &file[i];
    return NULL;
}

static int print_lines(const struct input *in);

int input_open(struct input *in, const struct cli_options *o)
{
    int dashes = 0, error, code;

    *in = (struct input){.options = o};
    code = files_find(&in->files, o);
    if (code != CLI_OK)
        return code;
    for (size_t i = 0; i < in->files.count; i++)
        dashes += strcmp(in->files.path[i], "-") == 0;
    if (dashes > 1)
        return cli_refuse(o->verb, "standard input can be read only once");
    error = dashes == 0 ? 0 : read_all(STDIN_FILENO, &in->text, &in->length);
    if (error != 0)
        return complain_of("standard input", error);
    return o->print_behavior ? print_lines(in) : CLI_OK;
}

void input_close(struct input *in)
{
    for (size_t i = 0; in->file != NULL && i < in->files.count; i++)
        if (in->file[i].text != in->text)
            free((void *)(uintptr_t)in->file[i].text);
    free(in->file);
    files_free(&in->files);
    free(in->text);
    in->file = NULL;
    in->text = NULL;
}

/* All files: 0 or a negative PODRING_E*. Prints nothing. */
static int read_files(const struct input *in, podring *ring)
{
    for (size_t i = 0; i < in->files.count; i++) {
        const char *path = in->files.path[i];
        int error = strcmp(path, "-") == 0
                        ? podring_load_text(ring, "<stdin>", in->text, in->length)
                        : podring_load_file(ring, path);
        if (error != 0)
            return error;
    }
    return 0;
}

int input_load(const struct input *in, podring *ring)
{
    int rc = read_files(in, ring);

    if (rc == 0)
        rc = lines_load(in->options, ring);
    return rc == 0 ? podring_apply(ring) : rc;
}

int input_set(const struct cli_options *o, podring *ring)
{
    for (int i = 0; i < o->set_count; i++) {
        const char *equals = strchr(o->set[i], '=');
        char name[64];
        int error;

        if ((size_t)(equals - o->set[i]) >= sizeof(name))
            return cli_refuse(o->verb, "--set: no knob is called '%s'", o->set[i]);
        memcpy(name, o->set[i], (size_t)(equals - o->set[i]));
        name[equals - o->set[i]] = '\0';
        error = podring_set(ring, name, equals + 1);
        if (error == -PODRING_ENOTFOUND)
            return cli_refuse(o->verb,
                              "--set: no knob is called '%s'; 'podring states --knobs' "
                              "lists them",
                              name);
        if (error != 0)
            return cli_refuse(o->verb, "--set %s: '%s' is not a value of it", name, equals + 1);
    }
    return CLI_OK;
}

/* ---- diagnostics ---------------------------------------------------------------------------- */

/* A warning, or an error under --strict. */
static bool is_strict(uint32_t severity)
{
    return severity == PODRING_UNKNOWN_FIELD || severity == PODRING_DUPLICATE_KEY ||
           severity == PODRING_UNSUPPORTED;
}

static void print_diagnostic(const struct cli_options *o, const struct podring_diagnostic *d)
{
    static const char *const color[] = {"\033[36m", "\033[33m", "\033[31m"};
    static const char *const name[] = {"note", "warning", "error"};
    bool colored = cli_color_on(o, STDERR_FILENO);
    uint32_t s = is_strict(d->severity)           ? o->strict ? PODRING_ERROR : PODRING_WARNING
                 : d->severity == PODRING_MISFIT ? PODRING_NOTE
                                                  : d->severity;

    cli_plain(d->file != NULL ? d->file : "<unknown>");
    fputc(':', stderr);
    if (d->line > 0)
        fprintf(stderr, "%u:", d->line);
    if (d->line > 0 && d->column > 0)
        fprintf(stderr, "%u:", d->column);
    fprintf(stderr, " %s%s:%s ", colored ? color[s] : "", name[s], colored ? "\033[0m" : "");
    cli_plain(d->text);
    fputc('\n', stderr);
}

/* Of manifests check says more than others; what was made of the command line they all say. */
static bool is_of_line(const char *file)
{
    bool is = false;

    for (enum cli_line i = 0; i < CLI_LINES && file != NULL; i++)
        is |= strcmp(file, cli_line_word(i)) == 0;
    return is;
}

static bool is_too_much(const struct cli_options *o, uint32_t severity)
{
    return severity == PODRING_NOTE ? o->check_on > 1
                                    : o->check_on > 0 && severity != PODRING_ERROR;
}

bool input_fails(const struct cli_options *o, podring *ring)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;

    for (uint32_t i = 0; podring_diagnostic_at(ring, i, &d) == 0; i++)
        if (is_too_much(o, d.severity))
            return true;
    return false;
}

static bool is_wanted(const struct cli_options *o, const struct podring_diagnostic *d)
{
    if (is_too_much(o, d->severity))
        return true;
    switch (d->severity) {
    case PODRING_ERROR:
    case PODRING_UNSUPPORTED: /* what comes out is not what a cluster would do */
        return true;
    case PODRING_UNKNOWN_FIELD:
    case PODRING_DUPLICATE_KEY:
        return o->strict || !o->quiet;
    case PODRING_MISFIT:
    case PODRING_WARNING:
        return !o->quiet;
    default:
        return (o->verb->bit == CLI_CHECK || is_of_line(d->file)) && !o->quiet;
    }
}

void input_print(const struct cli_options *o, const struct podring_diagnostic *d)
{
    if (is_wanted(o, d))
        print_diagnostic(o, d);
}

/* What is coupled stays in one share, and how much that is nobody can guess. */
void input_warn_of_shares(const struct cli_options *o, podring *ring)
{
    struct podring_object_info i = PODRING_OBJECT_INFO_INIT;
    uint64_t cursor = 0, object;
    uint32_t all = 0, used = 0, most = 0;
    uint32_t *in;

    if (o->engine.shard_count < 2 || o->quiet)
        return;
    in = calloc(o->engine.shard_count, sizeof(*in));
    if (in == NULL)
        return; /* it is only a note */
    while ((object = podring_next_object(ring, &cursor)) != 0) {
        if (podring_object_info(ring, object, &i) != 0 || i.share < 0 || i.replicas < 0)
            continue;
        all++;
        used += in[i.share]++ == 0;
        most = in[i.share] > most ? in[i.share] : most;
    }
    free(in);
    if (all > 0)
        cli_say("note: what is coupled stays in one share: the workloads are in %u of %u, at most "
                "%u of %u in one", used, o->engine.shard_count, most, all);
}

int input_complain(const struct cli_options *o, podring *ring, int error, uint32_t *seen)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    uint32_t strict = 0, errors = 0;
    const char *why = podring_why(ring), *advice;

    if (error != 0 && error != -PODRING_EMANIFEST)
        cli_say("%s", why[0] != '\0' ? why : podring_strerror(error));
    for (; podring_diagnostic_at(ring, *seen, &d) == 0; ++*seen) {
        strict += is_strict(d.severity);
        errors += d.severity == PODRING_ERROR;
        if (is_wanted(o, &d))
            print_diagnostic(o, &d);
        if (d.severity == PODRING_ERROR && errors == 1 && d.file != NULL &&
            (advice = files_advice(d.file)) != NULL)
            cli_say("%s: %s", d.file, advice);
    }
    if (error == -PODRING_EMANIFEST && errors == 0)
        cli_say("the manifests were refused%s%s", why[0] != '\0' ? ": " : "", why);
    if (error == -PODRING_EIO)
        return CLI_NO_INPUT;
    if (error == -PODRING_ELIMIT)
        return CLI_BAD_INPUT;
    if (error != 0)
        return cli_exit_code(error);
    return o->strict && strict > 0 ? CLI_BAD_INPUT : CLI_OK;
}

/* ---- what the command line stands for -------------------------------------------------------- */

struct page {
    const char *text;
    size_t length;
};

static void render(struct rx_text *t, const void *what)
{
    const struct page *p = what;

    rx_text_put(t, p->text, p->length);
}

static int print_made(const struct cli_options *o, podring *ring)
{
    struct out out;
    int rc = 0, code = CLI_DONE, closed;
    uint32_t seen = 0;

    out_standard(&out);
    for (enum cli_line i = 0; i < CLI_LINES && rc == 0; i++) {
        struct page p = {0};
        char *text = NULL;

        if (o->line_count[i] == 0)
            continue;
        rc = lines_make(o, ring, i, &text, &p.length);
        p.text = text;
        if (rc == 0)
            out_render(&out, render, &p);
        free(text);
    }
    if (rc != 0)
        code = input_complain(o, ring, rc, &seen);
    closed = out_close(&out);
    return code == CLI_DONE && closed != CLI_OK ? closed : code;
}

/* Instead of all else. */
static int print_lines(const struct input *in)
{
    const struct cli_options *o = in->options;
    struct podring_options engine = o->engine;
    uint32_t seen = 0;
    podring *ring;
    int error, code;

    engine.clock = PODRING_VIRTUAL;
    engine.net = PODRING_NET_SCRIPT;
    engine.flags = PODRING_NO_EVENTS;
    error = podring_open(&engine, &ring);
    if (error != 0) {
        cli_say("%s", podring_strerror(error));
        return cli_exit_code(error);
    }
    code = input_complain(o, ring, read_files(in, ring), &seen);
    if (code == CLI_OK)
        code = print_made(o, ring);
    podring_close(ring);
    return code;
}
