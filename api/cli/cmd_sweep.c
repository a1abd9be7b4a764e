/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_sweep.c - podring sweep: the same manifests with many values and seeds. */
#include "api/cli/io/result.h"
#include "api/cli/sweep/sweep.h"

static int print(const struct cli_options *o, const struct sweep *s)
{
    static out_render_fn *const render[] = {[CLI_ROWS_CSV] = sweep_csv,
                                            [CLI_ROWS_JSON] = sweep_json,
                                            [CLI_ROWS_PAGE] = sweep_page};
    struct out out;
    int code = CLI_OK, closed;

    out_standard(&out);
    if (o->rows == CLI_ROWS_TABLE)
        code = sweep_table(&out, s);
    else
        out_render(&out, render[o->rows], s);
    closed = out_close(&out);
    return code != CLI_OK ? code : closed;
}

static int whole(const struct cli_options *o)
{
    struct input in = {0};
    struct sweep s = {0};
    int code = input_open(&in, o);

    if (code == CLI_OK)
        code = input_read(&in);
    if (code == CLI_OK)
        code = sweep_open(&s, o, &in);
    if (code == CLI_OK)
        code = sweep_run(&s);
    if (code == CLI_OK)
        code = result_write(o->result_path, o->engine.shard_index, sweep_share, &s);
    if (code == CLI_OK && !result_is_output(o) && o->engine.shard_count < 2)
        code = print(o, &s);
    sweep_close(&s);
    input_close(&in);
    return code;
}

int cmd_sweep_merge(const struct cli_options *o, const struct json *first)
{
    struct sweep s;
    int code = sweep_read_all(&s, o->files, o->file_count, first, o->partial);

    if (code == CLI_OK)
        code = o->metrics_path == NULL
                   ? print(o, &s)
                   : cli_refuse(o->verb, "--metrics: a sweep has no counters of its own");
    sweep_close(&s);
    return code;
}

int cmd_sweep_check(const struct cli_options *o)
{
    if (o->seeds > 0 && cli_given(o, "seed"))
        return cli_refuse(o->verb, "--seeds and --seed do not go together");
    if (o->engine.shard_count > 1 && o->result_path == NULL)
        return cli_refuse(o->verb, "--shard needs --result FILE, for 'podring merge'");
    return CLI_OK;
}

void cmd_sweep_help(struct rx_text *t)
{
    rx_text_puts(t, "\nResults that --measure knows, beside those of 'podring simulate "
                    "--fail-if':\n");
    for (size_t i = 0; i < sweep_measure_list.count; i++) {
        size_t from = t->length;

        rx_text_puts(t, "  ");
        rx_text_puts(t, sweep_measure_list.item[i].name);
        rx_text_pad(t, from, 23);
        rx_text_puts(t, sweep_measure_list.item[i].help);
        rx_text_putc(t, '\n');
    }
}

int cmd_sweep(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    int code = cli_options_parse(&o, verb, argc, argv);

    if (code == CLI_OK)
        code = o.help ? cli_help(verb) : whole(&o);
    cli_options_free(&o);
    return code;
}
