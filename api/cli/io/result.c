/* SPDX-License-Identifier: Apache-2.0 */
/* result.c - tables and documents from the pods of an engine. */
#include "api/cli/io/result.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/cli/rank.h"
#include "api/face/json.h"
#include "api/face/table.h"
#include "engine/reactor/base.h"

enum {
    ROWS_ALL = 40, /* up to so many pods are all listed */
    ROWS_SOME = 10 /* beyond: so many of those that need a look */
};

struct rows {
    podring *ring;
    uint64_t cursor, id; /* id: of the row */
    bool unsettled_only;
    struct podring_pod_info pod;
    const struct result_row *list; /* instead of a ring: collected before */
    size_t listed;
};

static bool next_row(struct rows *r)
{
    if (r->ring == NULL) {
        if (r->cursor == r->listed)
            return false;
        r->pod = r->list[r->cursor++].pod;
        return true;
    }
    while ((r->id = podring_next_pod(r->ring, &r->cursor)) != 0) {
        r->pod = (struct podring_pod_info)PODRING_POD_INFO_INIT;
        if (podring_pod_info(r->ring, r->id, &r->pod) == 0 &&
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

static void render_head(struct rx_text *t, const void *what)
{
    face_table_head(t, what);
}

static void render_row(struct rx_text *t, const void *what)
{
    const struct row *row = what;

    face_table_row(t, row->table, row->pod);
}

static void render_statuses(struct rx_text *t, const void *what)
{
    const struct face_report *r = what;

    rx_text_puts(t, "PODS        STATUS\n");
    for (uint32_t i = 0; i < r->statuses; i++) {
        size_t from = t->length;

        face_grouped(t, r->status[i].pods);
        rx_text_pad(t, from, 12);
        rx_text_puts(t, r->status[i].name);
        rx_text_putc(t, '\n');
    }
    rx_text_putc(t, '\n');
}

static void render_rest(struct rx_text *t, const void *what)
{
    rx_text_puts(t, "... and ");
    face_grouped(t, *(const uint64_t *)what);
    rx_text_puts(t, " more that are not running and ready (-o wide lists all pods)\n");
}

static void render_summary(struct rx_text *t, const void *what)
{
    const struct face_report *r = what;

    rx_text_putc(t, '\n');
    face_summary(t, r);
    if (r->cost.known)
        face_cost(t, r);
}

static bool is_overview(uint64_t pods, const struct cli_options *o)
{
    return o->format != CLI_WIDE && pods > ROWS_ALL;
}

/* With so many pods that could be listed, of which `rows` gives at least as many as are. */
static void put_table(struct out *out, struct face_table *table, struct rows rows, uint64_t count,
                      const struct face_report *r, const struct cli_options *o)
{
    bool overview = is_overview(r->stats.pods, o);
    uint64_t limit = overview ? ROWS_SOME : UINT64_MAX, shown = 0;
    struct row row = {.table = table, .pod = &rows.pod};

    if (overview)
        out_render(out, render_statuses, r);
    if (count > 0)
        out_render(out, render_head, table);
    for (; shown < limit && next_row(&rows); shown++)
        out_render(out, render_row, &row);
    if (count > shown) {
        count -= shown;
        out_render(out, render_rest, &count);
    }
    out_render(out, render_summary, r);
}

void result_table(struct out *out, podring *ring, const struct face_report *r,
                  const struct cli_options *o)
{
    bool overview = is_overview(r->stats.pods, o);
    struct rows rows = {.ring = ring, .unsettled_only = overview};
    struct face_table table;
    uint64_t count;

    face_table_init(&table, false, o->format == CLI_WIDE, cli_color_on(o, STDOUT_FILENO),
                    r->end_ms);
    survey(&table, rows, overview ? ROWS_SOME : UINT64_MAX, &count);
    put_table(out, &table, rows, count, r, o);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void render_report(struct rx_text *t, const void *what)
{
    rx_text_puts(t, "{");
    face_json_report(t, what);
    rx_text_puts(t, ",\n \"pods\":[");
}

struct whole_pod {
    podring *ring;
    uint64_t id;
};

/* A pod and its containers. */
static void render_whole_pod(struct rx_text *t, const void *what)
{
    const struct whole_pod *w = what;
    struct podring_pod_info pod = PODRING_POD_INFO_INIT;
    bool first = true;

    podring_pod_info(w->ring, w->id, &pod);
    face_json_pod(t, &pod);
    rx_text_puts(t, ",\"containers\":[");
    for (uint32_t i = 0; i < pod.containers; i++) {
        struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;

        if (podring_container_info(w->ring, w->id, i, &c) != 0)
            continue;
        rx_text_puts(t, first ? "" : ",");
        face_json_container(t, &c);
        first = false;
    }
    rx_text_puts(t, "]}");
}

void result_json(struct out *out, podring *ring, const struct face_report *r)
{
    uint64_t cursor = 0, id;
    const char *before = "\n  ";

    out_render(out, render_report, r);
    while ((id = podring_next_pod(ring, &cursor)) != 0) {
        struct whole_pod pod = {ring, id};

        out_puts(out, before);
        out_render(out, render_whole_pod, &pod);
        before = ",\n  ";
    }
    out_puts(out, "\n]}\n");
}

/* ---- of several engines --------------------------------------------------------------------- */

/* A copy of what the engine lends: all strings in one block. */
static bool keep_pod(struct result_row *row, const struct podring_pod_info *pod)
{
    const char *from[] = {pod->namespace_, pod->name, pod->uid, pod->phase,
                          pod->status,     pod->node, pod->reason, pod->message};
    const char **to[] = {&row->pod.namespace_, &row->pod.name, &row->pod.uid, &row->pod.phase,
                         &row->pod.status,     &row->pod.node, &row->pod.reason, &row->pod.message};
    size_t need = 1, at = 0;

    for (size_t i = 0; i < RX_ARRAY_LEN(from); i++)
        need += from[i] != NULL ? strlen(from[i]) + 1 : 0;
    row->text = malloc(need);
    if (row->text == NULL)
        return false;
    row->pod = *pod;
    for (size_t i = 0; i < RX_ARRAY_LEN(from); i++) {
        if (from[i] == NULL)
            continue;
        strcpy(row->text + at, from[i]);
        *to[i] = row->text + at;
        at += strlen(from[i]) + 1;
    }
    return true;
}

static bool keep_json(struct result_row *row, podring *ring, uint64_t id)
{
    struct whole_pod pod = {ring, id};
    struct rx_text t = rx_text_in(NULL, 0);

    render_whole_pod(&t, &pod);
    row->text = malloc(t.length + 1);
    if (row->text == NULL)
        return false;
    t = rx_text_in(row->text, t.length + 1);
    render_whole_pod(&t, &pod);
    rx_text_end(&t);
    return true;
}

static bool keep_row(struct result_share *s, podring *ring, const struct podring_pod_info *pod,
                     uint64_t id, const struct cli_options *o)
{
    if (s->count == s->room) {
        size_t room = s->room * 2 + 64;
        struct result_row *larger = realloc(s->row, room * sizeof(*larger));

        if (larger == NULL)
            return false;
        s->row = larger;
        s->room = room;
    }
    s->row[s->count] = (struct result_row){.number = pod->number};
    s->count++;
    return o->format == CLI_JSON ? keep_json(&s->row[s->count - 1], ring, id)
                                 : keep_pod(&s->row[s->count - 1], pod);
}

void result_collect(struct result_share *s, podring *ring, const struct cli_options *o,
                    uint64_t pods)
{
    bool json = o->format == CLI_JSON;
    struct rows rows = {.ring = ring, .unsettled_only = !json && is_overview(pods, o)};

    while (!s->failed && next_row(&rows)) {
        const char *ns = rows.pod.namespace_ != NULL ? rows.pod.namespace_ : "";

        if (s->pods++ == 0)
            snprintf(s->first, sizeof(s->first), "%s", ns);
        s->namespaces |= strcmp(s->first, ns) != 0;
        if (!rows.unsettled_only || s->count < ROWS_SOME)
            s->failed = !keep_row(s, ring, &rows.pod, rows.id, o);
    }
}

void result_share_free(struct result_share *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->row[i].text);
    free(s->row);
    *s = (struct result_share){0};
}

static int by_number(const void *a, const void *b)
{
    const struct result_row *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

/* All rows in one list; their texts stay with the shares. */
static bool join(struct result_share *all, struct result_share *const *shares, uint32_t count)
{
    *all = (struct result_share){0};
    for (uint32_t i = 0; i < count; i++) {
        const struct result_share *s = shares[i];

        if (s->failed)
            return false;
        if (s->pods > 0 && all->pods == 0)
            memcpy(all->first, s->first, sizeof(all->first));
        all->namespaces |= s->namespaces || (s->pods > 0 && strcmp(all->first, s->first) != 0);
        all->pods += s->pods;
        all->room += s->count;
    }
    all->row = malloc((all->room + 1) * sizeof(*all->row));
    if (all->row == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (shares[i]->count > 0)
            memcpy(all->row + all->count, shares[i]->row, shares[i]->count * sizeof(*all->row));
        all->count += shares[i]->count;
    }
    qsort(all->row, all->count, sizeof(*all->row), by_number);
    return true;
}

static void put_joined(struct out *out, const struct result_share *all, const struct face_report *r,
                       const struct cli_options *o)
{
    struct rows rows = {.list = all->row, .listed = all->count};
    struct face_table table;

    if (o->format == CLI_JSON) {
        out_render(out, render_report, r);
        for (size_t i = 0; i < all->count; i++) {
            out_puts(out, i > 0 ? ",\n  " : "\n  ");
            out_puts(out, all->row[i].text);
        }
        out_puts(out, "\n]}\n");
        return;
    }
    if (is_overview(r->stats.pods, o))
        rows.listed = RX_MIN(all->count, (size_t)ROWS_SOME);
    face_table_init(&table, all->namespaces, o->format == CLI_WIDE, cli_color_on(o, STDOUT_FILENO),
                    r->end_ms);
    for (size_t i = 0; i < rows.listed; i++)
        face_table_fit(&table, &all->row[i].pod);
    put_table(out, &table, rows, all->pods, r, o);
}

int result_of_shares(struct out *out, struct result_share *const *shares, uint32_t count,
                     const struct face_report *r, const struct cli_options *o)
{
    struct result_share all;
    bool joined = join(&all, shares, count);

    if (joined)
        put_joined(out, &all, r, o);
    else
        cli_say("out of memory");
    free(all.row);
    return joined ? CLI_OK : CLI_SYSTEM;
}

void result_aside(const struct face_report *r)
{
    char text[4096];
    struct rx_text t = rx_text_in(text, sizeof(text));

    face_summary(&t, r);
    face_cost(&t, r);
    rx_text_end(&t);
    fputs(text, stderr);
}

void result_warn(const struct face_report *r)
{
    if (r->stats.foreign_lookups > 0)
        cli_say("%" PRIu64
                " times pods have asked for services, addresses or images that may be in other "
                "shares, "
                "or have left a workload that is divided, where nobody replaces them: one engine "
                "would have "
                "done otherwise",
                r->stats.foreign_lookups);
}

bool result_is_output(const struct cli_options *o)
{
    return o->result_path != NULL && strcmp(o->result_path, "-") == 0;
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
    code = out_replace(&out, name);
    if (code == CLI_OK)
        out_render(&out, fn, what);
    return code == CLI_OK ? out_close(&out) : code;
}

void result_metrics(struct rx_text *t, const void *report)
{
    face_prometheus(t, report);
}
