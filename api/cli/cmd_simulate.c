/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_simulate.c - podring simulate: virtual time. */
#include "api/cli/crew/crew.h"
#include "api/cli/look.h"
#include "api/cli/signals.h"

int cmd_simulate(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    struct input in = {0};
    bool wrong = false;
    int code = cli_options_parse(&o, verb, argc, argv), again = CLI_OK;

    if (code == CLI_OK && o.help) {
        code = cli_help(verb);
    } else if (code == CLI_OK) {
        code = input_open(&in, &o);
        if (code == CLI_OK)
            code = o.workers > 0 ? crew_whole(&o, &in) : live_whole(&o, &in, &wrong);
    }
    if (wrong && !signals_seen())
        again = look_again(&o, &in);
    input_close(&in);
    cli_options_free(&o);
    return code != CLI_OK ? code : again;
}
