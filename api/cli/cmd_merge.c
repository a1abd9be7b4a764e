/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_merge.c - podring merge: results of shares, put together. */
#include <stdlib.h>

#include "api/cli/io/out.h"
#include "api/cli/io/outputs.h"
#include "api/cli/io/result.h"
#include "api/cli/crew/tally.h"

static int add(struct tally *sum, const char *path, const struct json *j)
{
    struct tally *t = tally_new();
    char why[TALLY_FACT_ROOM * 3];
    const char *wrong;

    if (t == NULL) {
        cli_say("%s", json_no_memory);
        return CLI_SYSTEM;
    }
    wrong = tally_read(t, j);
    if (wrong == NULL)
        wrong = tally_add(sum, t, why);
    if (wrong != NULL)
        cli_say("%s: %s", path, wrong);
    free(t);
    return wrong == NULL ? CLI_OK : CLI_BAD_INPUT;
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

static int merge_tallies(const struct cli_options *o, const struct json *first)
{
    struct tally *sum = tally_new();
    int code;

    if (sum == NULL) {
        cli_say("%s", json_no_memory);
        return CLI_SYSTEM;
    }
    code = add(sum, o->files[0], first);
    for (int i = 1; i < o->file_count && code == CLI_OK; i++) {
        struct json j;

        code = json_load(&j, o->files[i]);
        if (code == CLI_OK)
            code = add(sum, o->files[i], &j);
        json_close(&j);
    }
    if (code == CLI_OK && (o->rows == CLI_ROWS_CSV || o->rows == CLI_ROWS_PAGE))
        code = cli_refuse(o->verb, "-o: this result is a table or json; only sweeps are more");
    if (code == CLI_OK)
        code = check_whole(o, sum);
    if (code == CLI_OK)
        code = print(o, sum);
    free(sum);
    return code;
}

/* The first file says of what they all are. It is read once: it may be a pipe. */
static int merge(const struct cli_options *o)
{
    struct json first;
    int code;

    if (o->file_count == 0)
        return cli_refuse(o->verb, "no result given");
    code = json_load(&first, o->files[0]);
    if (code == CLI_OK)
        code = json_member(&first, json_root(&first), "sweep") != NULL ? cmd_sweep_merge(o, &first)
                                                                       : merge_tallies(o, &first);
    json_close(&first);
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
