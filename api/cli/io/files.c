/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - see files.h. */
#include "api/cli/io/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/cli/io/grow.h"

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n > m && strcmp(s + n - m, end) == 0;
}

static bool is_manifest(const char *name)
{
    return name[0] != '.' &&
           (ends_in(name, ".yaml") || ends_in(name, ".yml") || ends_in(name, ".json"));
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool is_kustomization(const char *name)
{
    return strcmp(name, "kustomization.yaml") == 0 || strcmp(name, "kustomization.yml") == 0 ||
           strcmp(name, "Kustomization") == 0;
}

static int no_memory(void)
{
    cli_say("out of memory");
    return CLI_SYSTEM;
}

static int add(struct files *f, const char *folder, const char *name)
{
    size_t n = folder != NULL ? strlen(folder) : 0, size = n + strlen(name) + 2;
    void *list = f->path;
    char *path;

    if (!cli_grow(&list, f->count, &f->room, sizeof(*f->path)))
        return no_memory();
    f->path = list;
    path = malloc(size);
    if (path == NULL)
        return no_memory();
    snprintf(path, size, "%s%s%s", n > 0 ? folder : "", n > 0 && folder[n - 1] != '/' ? "/" : "",
             name);
    f->path[f->count++] = path;
    return CLI_OK;
}

/* ---- folders --------------------------------------------------------------------------------- */

static int refuse_kustomization(const struct cli_options *o, const char *folder)
{
    cli_say("%s: a kustomization: say 'kubectl kustomize %s | podring %s -'", folder, folder,
            o->verb->name);
    return CLI_NO_INPUT;
}

static int refuse_chart(const struct cli_options *o, const char *folder)
{
    cli_say("%s: a Helm chart: say 'helm template %s | podring %s -'", folder, folder,
            o->verb->name);
    return CLI_NO_INPUT;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What lies deeper is left alone, as kubectl does without -R. */
static int add_folder(struct files *f, const struct cli_options *o, const char *folder)
{
    size_t from = f->count;
    bool chart = false, kustomized = false;
    struct dirent *e;
    DIR *d = opendir(folder);
    int code = CLI_OK;

    if (d == NULL) {
        cli_say("%s: %s", folder, strerror(errno));
        return CLI_NO_INPUT;
    }
    while (code == CLI_OK && (e = readdir(d)) != NULL) {
        chart |= strcmp(e->d_name, "Chart.yaml") == 0;
        kustomized |= is_kustomization(e->d_name);
        if (is_manifest(e->d_name))
            code = add(f, folder, e->d_name);
    }
    closedir(d);
    if (code != CLI_OK)
        return code;
    if (kustomized)
        return refuse_kustomization(o, folder);
    if (chart)
        return refuse_chart(o, folder);
    if (f->count == from) {
        cli_say("%s: a folder with no file that ends in .yaml, .yml or .json", folder);
        return CLI_NO_INPUT;
    }
    qsort(f->path + from, f->count - from, sizeof(*f->path), compare);
    return CLI_OK;
}

/* ---- operands -------------------------------------------------------------------------------- */

/* The folder of a file, for a sentence. */
static const char *folder_of(const char *path, char *room, size_t size)
{
    size_t n = (size_t)(base_of(path) - path);

    snprintf(room, size, "%.*s", n > 1 ? (int)n - 1 : (int)n, path);
    return room[0] != '\0' ? room : ".";
}

static int add_operand(struct files *f, const struct cli_options *o, const char *path)
{
    char folder[4096];
    struct stat st;

    if (strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0) {
        cli_say("%s: podring opens no URLs: say 'curl -sSL %s | podring %s -'", path, path,
                o->verb->name);
        return CLI_NO_INPUT;
    }
    if (is_kustomization(base_of(path)))
        return refuse_kustomization(o, folder_of(path, folder, sizeof(folder)));
    if (strcmp(base_of(path), "Chart.yaml") == 0)
        return refuse_chart(o, folder_of(path, folder, sizeof(folder)));
    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return add(f, NULL, path);
    return add_folder(f, o, path);
}

int files_find(struct files *f, const struct cli_options *o)
{
    int code = CLI_OK;

    *f = (struct files){0};
    for (int i = 0; i < o->filename_count && code == CLI_OK; i++)
        code = add_operand(f, o, o->filename[i]);
    for (int i = 0; i < o->file_count && code == CLI_OK; i++)
        code = add_operand(f, o, o->files[i]);
    if (code == CLI_OK && f->count == 0)
        return cli_refuse(o->verb, "no manifest given; - is standard input");
    return code;
}

void files_free(struct files *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->path[i]);
    free(f->path);
    *f = (struct files){0};
}

/* ---- what is no manifest --------------------------------------------------------------------- */

const char *files_advice(const char *path)
{
    char text[65536];
    const char *open;
    struct stat st;
    size_t length;
    FILE *f;

    if (strcmp(base_of(path), "values.yaml") == 0)
        return "it looks like the values of a Helm chart: say 'helm template CHART | podring ... "
               "-'";
    /* What a pipe has said it does not say again. */
    f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "r") : NULL;
    if (f == NULL)
        return NULL;
    length = fread(text, 1, sizeof(text), f);
    fclose(f);
    open = memmem(text, length, "{{", 2);
    if (open == NULL || memmem(open, length - (size_t)(open - text), "}}", 2) == NULL)
        return NULL;
    return "it looks like a template of a Helm chart: say 'helm template CHART | podring ... -'";
}
