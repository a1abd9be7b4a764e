/* SPDX-License-Identifier: Apache-2.0 */
/* result.c - tables and documents from the pods of an engine. */
#include "api/cli/result.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/cli/rank.h"
#include "api/face/json.h"
#include "api/face/table.h"

enum {
    ROWS_ALL = 40, /* up to so many pods are all listed */
    ROWS_SOME = 10 /* beyond: so many of those that need a look */
};

struct rows {
    podring *ring;
    uint64_t cursor;
    bool unsettled_only;
    struct podring_pod_info pod;
};

static bool next_row(struct rows *r)
{
    uint64_t id;

    while ((id = podring_next_pod(r->ring, &r->cursor)) != 0) {
        r->pod = (struct podring_pod_info)PODRING_POD_INFO_INIT;
        if (podring_pod_info(r->ring, id, &r->pod) == 0 &&
            (!r->unsettled_only || !face_pod_settled(&r->pod)))
            return true;
    }
    return false;
}

/* What has to be known before the first row can be printed. */
static void survey(struct face_table *t, struct rows rows, uint64_t rows_max, uint64_t *count)
{
    char first[256] = "";

    for (*count = 0; next_row(&rows); ++*count) {
        const char *ns = rows.pod.namespace_ != NULL ? rows.pod.namespace_ : "";

        if (*count == 0)
            snprintf(first, sizeof(first), "%s", ns);
        t->namespaces |= strcmp(first, ns) != 0;
    }
    rows.cursor = 0;
    for (uint64_t i = 0; i < rows_max && next_row(&rows); i++)
        face_table_fit(t, &rows.pod);
}

struct row {
    const struct face_table *table;
    const struct podring_pod_info *pod;
};

static void render_head(struct face_text *t, const void *what)
{
    face_table_head(t, what);
}

static void render_row(struct face_text *t, const void *what)
{
    const struct row *row = what;

    face_table_row(t, row->table, row->pod);
}

static void render_statuses(struct face_text *t, const void *what)
{
    const struct face_report *r = what;

    face_puts(t, "PODS        STATUS\n");
    for (uint32_t i = 0; i < r->statuses; i++) {
        size_t from = t->length;

        face_grouped(t, r->status[i].pods);
        face_pad(t, from, 12);
        face_puts(t, r->status[i].name);
        face_putc(t, '\n');
    }
    face_putc(t, '\n');
}

static void render_rest(struct face_text *t, const void *what)
{
    face_puts(t, "... and ");
    face_grouped(t, *(const uint64_t *)what);
    face_puts(t, " more that are not running and ready (-o wide lists all pods)\n");
}

static void render_summary(struct face_text *t, const void *what)
{
    const struct face_report *r = what;

    face_putc(t, '\n');
    face_summary(t, r);
    if (r->cost.known)
        face_cost(t, r);
}

void result_table(struct out *out, podring *ring, const struct face_report *r,
                  const struct cli_options *o)
{
    bool wide = o->format == CLI_WIDE, overview = !wide && r->stats.pods > ROWS_ALL;
    struct rows rows = {.ring = ring, .unsettled_only = overview};
    uint64_t count, limit = overview ? ROWS_SOME : UINT64_MAX, shown = 0;
    struct face_table table;
    struct row row = {.table = &table, .pod = &rows.pod};

    face_table_init(&table, false, wide, cli_color_on(o, STDOUT_FILENO), r->end_ms);
    survey(&table, rows, limit, &count);
    if (overview)
        out_render(out, render_statuses, r);
    if (count > 0)
        out_render(out, render_head, &table);
    for (; shown < limit && next_row(&rows); shown++)
        out_render(out, render_row, &row);
    if (count > shown) {
        count -= shown;
        out_render(out, render_rest, &count);
    }
    out_render(out, render_summary, r);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void render_report(struct face_text *t, const void *what)
{
    face_puts(t, "{");
    face_json_report(t, what);
    face_puts(t, ",\n \"pods\":[");
}

static void render_pod(struct face_text *t, const void *what)
{
    face_json_pod(t, what);
}

static void render_container(struct face_text *t, const void *what)
{
    face_json_container(t, what);
}

static void put_containers(struct out *out, podring *ring, uint64_t id, uint32_t count)
{
    struct podring_container_info c;
    bool first = true;

    out_puts(out, ",\"containers\":[");
    for (uint32_t i = 0; i < count; i++) {
        c = (struct podring_container_info)PODRING_CONTAINER_INFO_INIT;
        if (podring_container_info(ring, id, i, &c) != 0)
            continue;
        out_puts(out, first ? "" : ",");
        out_render(out, render_container, &c);
        first = false;
    }
    out_puts(out, "]}");
}

void result_json(struct out *out, podring *ring, const struct face_report *r)
{
    uint64_t cursor = 0, id;
    const char *before = "\n  ";

    out_render(out, render_report, r);
    while ((id = podring_next_pod(ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        if (podring_pod_info(ring, id, &pod) != 0)
            continue;
        out_puts(out, before);
        out_render(out, render_pod, &pod);
        put_containers(out, ring, id, pod.containers);
        before = ",\n  ";
    }
    out_puts(out, "\n]}\n");
}

void result_aside(const struct face_report *r)
{
    char text[4096];
    struct face_text t = face_text_in(text, sizeof(text));

    face_summary(&t, r);
    face_cost(&t, r);
    face_end(&t);
    fputs(text, stderr);
}

void result_warn(const struct face_report *r)
{
    if (r->stats.foreign_lookups > 0)
        cli_say("pods have asked %" PRIu64 " times for services or addresses of pods that are in other "
                "shares, where they find nobody: one engine would have done otherwise",
                r->stats.foreign_lookups);
}

int result_write(const char *path, uint32_t share, out_render_fn *fn, const void *what)
{
    char name[4096];
    struct out out;
    int code;

    if (path == NULL)
        return CLI_OK;
    if (!rank_path(path, share, name, sizeof(name))) {
        cli_say("%s: the name is too long", path);
        return CLI_OUTPUT;
    }
    code = out_create(&out, name);
    if (code == CLI_OK)
        out_render(&out, fn, what);
    return code == CLI_OK ? out_close(&out) : code;
}

void result_metrics(struct face_text *t, const void *report)
{
    face_prometheus(t, report);
}
