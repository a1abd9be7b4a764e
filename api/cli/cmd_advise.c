/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_advise.c - podring advise: which practices would make a difference here, tried out. */
#include <string.h>

#include "api/cli/advise/report.h"
#include "api/cli/io/out.h"

static void print(struct advise *a, struct out *out)
{
    switch (a->options->advice) {
    case CLI_ADVICE_JSON:
        advise_print_json(a, out);
        break;
    case CLI_ADVICE_SARIF:
        advise_print_sarif(a, out);
        break;
    case CLI_ADVICE_PATCH:
        advise_print_patch(a, out);
        break;
    case CLI_ADVICE_EXPERIMENT:
        advise_print_experiment(a, out);
        break;
    default:
        advise_print_lines(a, out);
    }
}

/* Is there advice of the level that must not be? */
static int verdict(const struct advise *a)
{
    for (uint32_t i = 0; i < a->count && a->options->fail_on > 0; i++)
        if ((uint32_t)a->advice[i].level + 1 >= a->options->fail_on) {
            cli_say("advise: %s at %s:%u", a->advice[i].practice->id, a->advice[i].file,
                    a->advice[i].line);
            return CLI_FAILED;
        }
    return CLI_OK;
}

static int whole(const struct cli_options *o, struct out *out)
{
    struct advise a = {0};
    struct input in = {0};
    int code = input_open(&in, o);

    if (code == CLI_OK)
        code = input_read(&in);
    if (code == CLI_OK)
        code = advise_open(&a, o, &in);
    if (code == CLI_OK)
        code = advise_look(&a);
    if (code == CLI_OK) {
        print(&a, out);
        code = a.failed ? CLI_SYSTEM : verdict(&a);
        if (a.failed)
            cli_say("out of memory");
    }
    advise_close(&a);
    input_close(&in);
    return code;
}

int cmd_advise_check(const struct cli_options *o)
{
    for (const char *list = o->only; list != NULL && *list != '\0';) {
        size_t n = strcspn(list, ",");

        if (advise_practice_named(list, n) == NULL)
            return cli_refuse(o->verb, "--only: no practice is called '%.*s' (--list has them)",
                              (int)n, list);
        list += n + (list[n] != '\0');
    }
    return CLI_OK;
}

int cmd_advise(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    struct out out;
    int code = cli_options_parse(&o, verb, argc, argv), closed;

    out_standard(&out);
    if (code == CLI_OK && o.help)
        code = cli_help(verb);
    else if (code == CLI_OK && o.list)
        advise_print_catalogue(&out);
    else if (code == CLI_OK)
        code = whole(&o, &out);
    closed = out_close(&out);
    cli_options_free(&o);
    return code != CLI_OK ? code : closed;
}
