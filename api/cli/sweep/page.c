/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.c - the rows as a page for browsers: no script, nothing fetched. In each column of a result
 * a bar shows the median, and a thin line the spread, against the largest value of the column.
 */
#include "api/cli/sweep/sweep.h"

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<title>podring sweep</title>\n<style>\n"
    ":root { --ground: #ffffff; --text: #1a1d23; --dim: #59606b; --panel: #f5f6f8; "
    "--line: #d9dde3; --bar: #98c5e5; --spread: #0b57d0; }\n"
    "@media screen and (prefers-color-scheme: dark) { :root { --ground: #14171c; --text: #e8eaee; "
    "--dim: #9aa3b0; --panel: #1c2027; --line: #343a45; --bar: #346582; --spread: #8ab4f8; } }\n"
    "body { margin: 16px; background: var(--ground); color: var(--text); "
    "font: 13px/1.4 system-ui, sans-serif; }\n"
    "h1 { font-size: 16px; margin: 0; } p { color: var(--dim); margin: 4px 0 12px; }\n"
    "table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
    "th { position: sticky; top: 0; background: var(--panel); text-align: left; }\n"
    "th, td { padding: 3px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }\n"
    "td.v { font-family: ui-monospace, monospace; } td.n { min-width: 130px; }\n"
    "td.n small { color: var(--dim); }\n"
    "svg { display: block; width: 120px; height: 6px; } .b { fill: var(--bar); } "
    ".s { fill: var(--spread); }\n"
    "@media print { body { margin: 0; } th { position: static; } }\n"
    "</style>\n<h1>podring sweep</h1>\n";

/* In thousandths of the largest value; what was not measured fills the cell. */
static uint32_t share(uint64_t value, uint64_t largest)
{
    if (value == METRIC_NONE)
        return 1000;
    return largest == 0 ? 0 : (uint32_t)((unsigned __int128)value * 1000 / largest);
}

static uint64_t largest_of(const struct sweep *s, uint32_t measure)
{
    uint64_t largest = 0;

    for (size_t run = 0; run < s->runs; run++) {
        uint64_t v = s->value[run * s->measures + measure];

        if (s->done[run] && v != METRIC_NONE)
            largest = RX_MAX(largest, v);
    }
    return largest;
}

static void put_result(struct rx_text *t, const struct metric *m, const struct sweep_middle *v,
                       uint64_t largest)
{
    uint32_t least = share(v->least, largest), most = share(v->most, largest);

    rx_text_puts(t, "<td class=\"n\">");
    metric_put(t, m, v->median);
    if (v->least != v->most) {
        rx_text_puts(t, " <small>");
        metric_put(t, m, v->least);
        rx_text_puts(t, "..");
        metric_put(t, m, v->most);
        rx_text_puts(t, "</small>");
    }
    rx_text_say(t,
                "<svg viewBox=\"0 0 1000 6\" preserveAspectRatio=\"none\">"
                "<rect class=\"b\" width=\"%u\" height=\"6\"/>"
                "<rect class=\"s\" x=\"%u\" y=\"2\" width=\"%u\" height=\"2\"/></svg></td>",
                v->median == METRIC_NONE ? 0 : share(v->median, largest), least, most - least);
}

static void put_head(struct rx_text *t, const struct sweep *s)
{
    rx_text_puts(t, head);
    rx_text_puts(t, "<p>");
    rx_text_say(t, "%u runs of ", s->runs);
    face_duration(t, s->for_ms);
    rx_text_say(t, ", seeds %llu..%llu: median, and least..most. - : it did not come to pass.</p>\n"
                   "<table>\n<tr>", (unsigned long long)s->first_seed,
                (unsigned long long)(s->first_seed + s->seeds - 1));
    for (uint32_t i = 0; i < s->axes; i++) {
        rx_text_puts(t, "<th>");
        face_html(t, s->axis[i].name);
        rx_text_puts(t, "</th>");
    }
    for (uint32_t i = 0; i < s->measures; i++) {
        rx_text_puts(t, "<th title=\"");
        face_html(t, s->measure[i]->help);
        rx_text_puts(t, "\">");
        face_html(t, s->measure[i]->name);
        rx_text_puts(t, "</th>");
    }
    rx_text_puts(t, "</tr>\n");
}

void sweep_page(struct rx_text *t, const void *sweep)
{
    const struct sweep *s = sweep;
    uint64_t largest[SWEEP_MEASURES_MAX];

    for (uint32_t i = 0; i < s->measures; i++)
        largest[i] = largest_of(s, i);
    put_head(t, s);
    for (uint32_t c = 0; c < s->combinations; c++) {
        rx_text_puts(t, "<tr>");
        for (uint32_t i = 0; i < s->axes; i++) {
            rx_text_puts(t, "<td class=\"v\">");
            face_html(t, s->axis[i].value[sweep_at(s, c, i)]);
            rx_text_puts(t, "</td>");
        }
        for (uint32_t i = 0; i < s->measures; i++) {
            struct sweep_middle v;

            sweep_middle_of(s, c, i, &v);
            put_result(t, s->measure[i], &v, largest[i]);
        }
        rx_text_puts(t, "</tr>\n");
    }
    rx_text_puts(t, "</table>\n</html>\n");
}
