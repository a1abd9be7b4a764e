/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_cp.c - podring cp: files of a container at an instant, out of it or into it. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/cli/container.h"
#include "api/face/timeline.h"

struct copy {
    struct moment *m;
    const char *container;
    char *inside;        /* PATH of POD:PATH */
    const char *outside; /* of this machine */
    bool into;
    bool tells; /* what follows is printed from now on */
};

static int parse(struct copy *c);
static int copy_out(struct copy *c, const char *from, const char *to);
static int copy_in(struct copy *c, const char *from, const char *to);
static int go_on(struct copy *c);

static void on_event(void *ctx, podring *ring, const struct podring_event *e);

int cmd_cp(const struct cli_verb *verb, int argc, char **argv)
{
    struct moment m;
    struct copy c = {.m = &m};
    int code = moment_options(&m, verb, argc, argv);

    if (code == CLI_OK && !m.options.help) {
        code = parse(&c);
        if (code == CLI_OK)
            code = moment_reach(&m, on_event, &c);
        if (code == CLI_OK)
            code = moment_find(&m);
        if (code == CLI_OK && m.pod == 0)
            code = moment_missing(&m);
        if (code == CLI_OK) {
            c.container = container_choose(&m);
            code = c.into ? copy_in(&c, c.outside, c.inside) : copy_out(&c, c.inside, c.outside);
        }
        if (code == CLI_OK && c.into)
            code = go_on(&c);
    }
    return moment_close(&m, code);
}

/* ---- operands -------------------------------------------------------------------------------- */

static char *colon_of(char *operand)
{
    char *colon = strchr(operand, ':');

    return colon != NULL && colon > operand && strchr("./", operand[0]) == NULL ? colon : NULL;
}

static int parse(struct copy *c)
{
    struct cli_options *o = &c->m->options;
    char *from, *to, *at;

    if (o->file_count < 3)
        return cli_refuse(o->verb, "needs a manifest, FROM and TO");
    to = o->files[--o->file_count];
    from = o->files[--o->file_count];
    c->into = colon_of(from) == NULL;
    at = c->into ? colon_of(to) : colon_of(from);
    if (at == NULL || (!c->into && colon_of(to) != NULL))
        return cli_refuse(o->verb, "one of FROM and TO must be POD:PATH");
    if (c->into && strcmp(from, "-") == 0)
        return cli_refuse(o->verb, "- is standard output: give a file to copy");
    if (!c->into && o->until_ms >= 0)
        return cli_refuse(o->verb, "--for is for copies into a container");
    if (o->until_ms >= 0 && o->has_for && o->until_ms < o->for_ms)
        return cli_refuse(o->verb, "--for is before --at");
    if (o->until_ms >= 0)
        o->engine.end_ms = o->until_ms;
    *at = '\0';
    c->inside = at + 1;
    c->outside = c->into ? from : to;
    if (c->inside[0] != '/')
        return cli_refuse(o->verb, "'%s' is not an absolute path", c->inside);
    return moment_operand(c->m, c->into ? to : from);
}

/* ---- paths ----------------------------------------------------------------------------------- */

static char *join(const char *folder, const char *name)
{
    size_t n = strlen(folder);
    char *path = malloc(n + strlen(name) + 2);

    while (n > 1 && folder[n - 1] == '/')
        n--;
    if (path != NULL)
        sprintf(path, "%.*s/%s", (int)(n == 1 && folder[0] == '/' ? 0 : n), folder, name);
    else
        cli_say("out of memory");
    return path;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static int refuse(struct copy *c, int rc)
{
    fprintf(stderr, "error: %s\n", podring_why(c->m->live.ring));
    return rc == -PODRING_ENOMEM ? CLI_SYSTEM : CLI_FAILED;
}

static bool is_folder_inside(struct copy *c, const char *path)
{
    char name[PODRING_FILE_NAME_MAX];
    int rc = podring_file_list(c->m->live.ring, c->m->pod, c->container, path, "", name);

    return rc == 0 || rc == -PODRING_EAGAIN;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- out of it ------------------------------------------------------------------------------- */

static int write_out(struct copy *c, const char *from, const char *to)
{
    const char *data;
    size_t length;
    FILE *f;
    int rc = podring_file_read(c->m->live.ring, c->m->pod, c->container, from, &data, &length);
    bool written;

    if (rc != 0)
        return refuse(c, rc);
    f = strcmp(to, "-") == 0 ? stdout : fopen(to, "w");
    if (f == NULL) {
        cli_say("%s: %s", to, strerror(errno));
        return CLI_OUTPUT;
    }
    written = fwrite(data, 1, length, f) == length;
    written = (f == stdout ? fflush(f) : fclose(f)) == 0 && written;
    if (!written)
        cli_say("%s: %s", to, strerror(errno));
    return written ? CLI_OK : CLI_OUTPUT;
}

static int folder_out(struct copy *c, const char *from, const char *to)
{
    char name[PODRING_FILE_NAME_MAX] = "";
    int code = CLI_OK;

    if (strcmp(to, "-") == 0)
        return cli_refuse(c->m->options.verb, "%s is a folder", from);
    if (mkdir(to, 0777) != 0 && errno != EEXIST) {
        cli_say("%s: %s", to, strerror(errno));
        return CLI_OUTPUT;
    }
    while (code == CLI_OK &&
           podring_file_list(c->m->live.ring, c->m->pod, c->container, from, name, name) == 0) {
        char *inner = join(from, name), *outer = join(to, name);

        if (inner == NULL || outer == NULL)
            code = CLI_SYSTEM;
        else if (is_folder_inside(c, inner))
            code = folder_out(c, inner, outer);
        else
            code = write_out(c, inner, outer);
        free(inner);
        free(outer);
    }
    return code;
}

static int copy_out(struct copy *c, const char *from, const char *to)
{
    char *within = is_folder(to) ? join(to, base_of(from)) : NULL;
    int code;

    if (within == NULL && is_folder(to))
        return CLI_SYSTEM;
    if (within != NULL)
        to = within;
    code = is_folder_inside(c, from) ? folder_out(c, from, to) : write_out(c, from, to);
    free(within);
    return code;
}

/* ---- into it --------------------------------------------------------------------------------- */

static int write_in(struct copy *c, const char *from, const char *to)
{
    FILE *f = fopen(from, "r");
    char *data = NULL;
    size_t used = 0, room = 0, n = 1;
    int rc = 0;

    while (f != NULL && n > 0) {
        char *larger = realloc(data, room = 2 * room + 4096);

        if (larger == NULL) {
            fclose(f);
            free(data);
            cli_say("out of memory");
            return CLI_SYSTEM;
        }
        data = larger;
        n = fread(data + used, 1, room - used, f);
        used += n;
    }
    if (f == NULL || ferror(f)) {
        cli_say("%s: %s", from, strerror(errno));
        rc = CLI_NO_INPUT;
    }
    if (f != NULL)
        fclose(f);
    if (rc == 0) {
        rc = podring_file_write(c->m->live.ring, c->m->pod, c->container, to, data, used);
        rc = rc != 0 ? refuse(c, rc) : CLI_OK;
    }
    free(data);
    return rc;
}

static int folder_in(struct copy *c, const char *from, const char *to)
{
    struct dirent **entry;
    int n = scandir(from, &entry, NULL, alphasort), code = CLI_OK;

    if (n < 0) {
        cli_say("%s: %s", from, strerror(errno));
        return CLI_NO_INPUT;
    }
    for (int i = 0; i < n; i++) {
        const char *name = entry[i]->d_name;
        char *outer = join(from, name), *inner = join(to, name);

        if (outer == NULL || inner == NULL)
            code = CLI_SYSTEM;
        else if (code == CLI_OK && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            code = is_folder(outer) ? folder_in(c, outer, inner) : write_in(c, outer, inner);
        free(outer);
        free(inner);
        free(entry[i]);
    }
    free(entry);
    return code;
}

static int copy_in(struct copy *c, const char *from, const char *to)
{
    size_t n = strlen(to);
    bool within = is_folder_inside(c, to) || to[n - 1] == '/';
    char *path = within ? join(to, base_of(from)) : NULL;
    int code;

    if (within && path == NULL)
        return CLI_SYSTEM;
    if (within)
        to = path;
    code = is_folder(from) ? folder_in(c, from, to) : write_in(c, from, to);
    free(path);
    return code;
}

/* ---- what follows ---------------------------------------------------------------------------- */

static void render(struct rx_text *t, const void *what)
{
    face_timeline(t, what);
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct copy *c = ctx;

    (void)ring;
    if (c->tells)
        out_render(&c->m->live.out, render, e);
}

static int go_on(struct copy *c)
{
    const struct cli_options *o = &c->m->options;
    int64_t end =
        o->until_ms >= 0 ? o->until_ms : podring_now(c->m->live.ring) + LIVE_VIRTUAL_MAX_MS;

    c->tells = true;
    return live_drive(&c->m->live, end, o->until_ms < 0);
}
