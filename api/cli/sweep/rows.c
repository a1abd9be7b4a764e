/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - one row a combination: its values, and of each result the median and the spread. */
#include "api/cli/sweep/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "api/face/columns.h"
#include "api/manifest/document.h"

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

void sweep_middle_of(const struct sweep *s, uint32_t combination, uint32_t measure,
                     struct sweep_middle *out)
{
    uint64_t *all = s->sorted;
    uint32_t count = 0;

    *out = (struct sweep_middle){METRIC_NONE, METRIC_NONE, METRIC_NONE};
    for (uint32_t i = 0; i < s->seeds; i++) {
        size_t run = (size_t)combination * s->seeds + i;

        if (s->done[run])
            all[count++] = s->value[run * s->measures + measure];
    }
    if (count > 0) {
        qsort(all, count, sizeof(*all), by_value);
        *out = (struct sweep_middle){all[(count - 1) / 2], all[0], all[count - 1]};
    }
}

static uint32_t runs_of(const struct sweep *s, uint32_t combination)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < s->seeds; i++)
        count += s->done[(size_t)combination * s->seeds + i];
    return count;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void put_middle(struct rx_text *t, const struct metric *m, const struct sweep_middle *v)
{
    metric_put(t, m, v->median);
    if (v->least == v->most)
        return;
    rx_text_puts(t, " (");
    metric_put(t, m, v->least);
    rx_text_puts(t, "..");
    metric_put(t, m, v->most);
    rx_text_putc(t, ')');
}

static void put_rows(struct rx_text *t, const struct sweep *s)
{
    for (uint32_t i = 0; i < s->axes; i++) {
        rx_text_puts(t, s->axis[i].name);
        rx_text_putc(t, '\t');
    }
    for (uint32_t i = 0; i < s->measures; i++) {
        rx_text_puts(t, s->measure[i]->name);
        rx_text_putc(t, i + 1 < s->measures ? '\t' : '\n');
    }
    for (uint32_t c = 0; c < s->combinations; c++) {
        for (uint32_t i = 0; i < s->axes; i++) {
            const char *value = s->axis[i].value[sweep_at(s, c, i)];

            face_plain(t, value, strlen(value));
            rx_text_putc(t, '\t');
        }
        for (uint32_t i = 0; i < s->measures; i++) {
            struct sweep_middle v;

            sweep_middle_of(s, c, i, &v);
            put_middle(t, s->measure[i], &v);
            rx_text_putc(t, i + 1 < s->measures ? '\t' : '\n');
        }
    }
}

static void put_columns(struct rx_text *t, const void *cells)
{
    const struct rx_text *c = cells;

    face_columns(t, c->out, c->length);
}

int sweep_table(struct out *out, const struct sweep *s)
{
    struct rx_text cells = rx_text_in(NULL, 0);

    put_rows(&cells, s);
    cells = rx_text_in(malloc(cells.length + 1), cells.length + 1);
    if (cells.out == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    put_rows(&cells, s);
    rx_text_end(&cells);
    out_render(out, put_columns, &cells);
    free(cells.out);
    return CLI_OK;
}

/* ---- for programs ---------------------------------------------------------------------------- */

/* RFC 4180 */
static void put_cell(struct rx_text *t, const char *text)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;

    rx_text_puts(t, quoted ? "\"" : "");
    for (; *text != '\0'; text++) {
        rx_text_putc(t, *text);
        rx_text_puts(t, *text == '"' ? "\"" : "");
    }
    rx_text_puts(t, quoted ? "\"" : "");
}

static void put_number(struct rx_text *t, uint64_t n, const char *none)
{
    if (n == METRIC_NONE)
        rx_text_puts(t, none);
    else
        rx_text_u64(t, n);
}

void sweep_csv(struct rx_text *t, const void *sweep)
{
    static const char *const end[] = {"_median", "_min", "_max"};
    const struct sweep *s = sweep;

    for (uint32_t i = 0; i < s->axes; i++) {
        put_cell(t, s->axis[i].name);
        rx_text_putc(t, ',');
    }
    rx_text_puts(t, "runs");
    for (uint32_t i = 0; i < 3 * s->measures; i++) {
        rx_text_putc(t, ',');
        metric_put_key(t, s->measure[i / 3]);
        rx_text_puts(t, end[i % 3]);
    }
    rx_text_putc(t, '\n');
    for (uint32_t c = 0; c < s->combinations; c++) {
        for (uint32_t i = 0; i < s->axes; i++) {
            put_cell(t, s->axis[i].value[sweep_at(s, c, i)]);
            rx_text_putc(t, ',');
        }
        rx_text_u64(t, runs_of(s, c));
        for (uint32_t i = 0; i < s->measures; i++) {
            struct sweep_middle v;

            sweep_middle_of(s, c, i, &v);
            rx_text_putc(t, ',');
            put_number(t, v.median, "");
            rx_text_putc(t, ',');
            put_number(t, v.least, "");
            rx_text_putc(t, ',');
            put_number(t, v.most, "");
        }
        rx_text_putc(t, '\n');
    }
}

static void put_row(struct rx_text *t, const struct sweep *s, uint32_t c)
{
    rx_text_puts(t, "{\"values\":{");
    for (uint32_t i = 0; i < s->axes; i++) {
        const char *value = s->axis[i].value[sweep_at(s, c, i)];

        rx_text_puts(t, i > 0 ? "," : "");
        mf_write_string(t, s->axis[i].name, strlen(s->axis[i].name));
        rx_text_putc(t, ':');
        mf_write_string(t, value, strlen(value));
    }
    rx_text_puts(t, "},\"runs\":");
    rx_text_u64(t, runs_of(s, c));
    for (uint32_t i = 0; i < s->measures; i++) {
        struct sweep_middle v;

        sweep_middle_of(s, c, i, &v);
        rx_text_puts(t, ",\"");
        metric_put_key(t, s->measure[i]);
        rx_text_puts(t, "\":{\"median\":");
        put_number(t, v.median, "null");
        rx_text_puts(t, ",\"min\":");
        put_number(t, v.least, "null");
        rx_text_puts(t, ",\"max\":");
        put_number(t, v.most, "null");
        rx_text_putc(t, '}');
    }
    rx_text_putc(t, '}');
}

void sweep_json(struct rx_text *t, const void *sweep)
{
    const struct sweep *s = sweep;

    rx_text_say(t, "{\"for_ms\":%lld,\"first_seed\":%llu,\"seeds\":%u,\"rows\":[\n",
                (long long)s->for_ms, (unsigned long long)s->first_seed, s->seeds);
    for (uint32_t c = 0; c < s->combinations; c++) {
        put_row(t, s, c);
        rx_text_puts(t, c + 1 < s->combinations ? ",\n" : "\n");
    }
    rx_text_puts(t, "]}\n");
}
