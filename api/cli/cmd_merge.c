/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_merge.c - podring merge: results of shares, put together. */
#include <stdlib.h>

#include "api/cli/io/out.h"
#include "api/cli/io/outputs.h"
#include "api/cli/io/result.h"
#include "api/cli/crew/tally.h"

static int add_file(struct tally *sum, const char *path)
{
    struct tally *t = tally_new();
    char why[TALLY_FACT_ROOM * 3];
    const char *wrong = NULL;
    int code = CLI_OK;
    struct json j;

    if (t == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    if (!json_open(&j, path, &wrong))
        code = wrong == json_no_memory ? CLI_SYSTEM
               : j.text == NULL        ? CLI_NO_INPUT
                                       : CLI_BAD_INPUT;
    else if ((wrong = tally_read(t, &j)) != NULL || (wrong = tally_add(sum, t, why)) != NULL)
        code = CLI_BAD_INPUT;
    if (code != CLI_OK)
        cli_say("%s: %s", path, wrong);
    json_close(&j);
    free(t);
    return code;
}

static int check_whole(const struct cli_options *o, const struct tally *sum)
{
    char list[256];
    struct rx_text t = rx_text_in(list, sizeof(list));

    if (tally_is_whole(sum))
        return CLI_OK;
    tally_missing(&t, sum, true);
    rx_text_end(&t);
    if (!o->partial) {
        cli_say("shares %s of %u are missing (--partial does without)", list, sum->shares);
        return CLI_BAD_INPUT;
    }
    if (!o->quiet)
        cli_say("shares %s of %u are missing", list, sum->shares);
    return CLI_OK;
}

static void render_table(struct rx_text *t, const void *what)
{
    const struct face_report *r = what;

    face_summary(t, r);
    if (r->cost.known)
        face_cost(t, r);
}

static int print(const struct cli_options *o, const struct tally *sum)
{
    struct face_report report = {0};
    struct out out;
    int code;

    tally_report(sum, &report);
    if (!o->quiet)
        result_warn(&report);
    out_standard(&out);
    if (o->format == CLI_JSON)
        out_render(&out, tally_write, sum);
    else
        out_render(&out, render_table, &report);
    code = result_write(o->metrics_path, 0, result_metrics, &report);
    return code == CLI_OK ? out_close(&out) : (out_close(&out), code);
}

static int merge(const struct cli_options *o)
{
    struct tally *sum;
    bool is_sweep = false;
    int code;

    if (o->file_count == 0)
        return cli_refuse(o->verb, "no result given");
    code = cmd_sweep_merge(o, &is_sweep);
    if (is_sweep)
        return code;
    sum = tally_new();
    if (sum == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    for (int i = 0; i < o->file_count && code == CLI_OK; i++)
        code = add_file(sum, o->files[i]);
    if (code == CLI_OK && (o->rows == CLI_ROWS_CSV || o->rows == CLI_ROWS_PAGE))
        code = cli_refuse(o->verb, "-o: this result is a table or json; only sweeps are more");
    if (code == CLI_OK)
        code = check_whole(o, sum);
    if (code == CLI_OK)
        code = print(o, sum);
    free(sum);
    return code;
}

int cmd_merge_check(const struct cli_options *o)
{
    return outputs_check(o);
}

int cmd_merge(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    int code = cli_options_parse(&o, verb, argc, argv);

    if (code == CLI_OK)
        code = o.help ? cli_help(verb) : merge(&o);
    cli_options_free(&o);
    return code;
}
