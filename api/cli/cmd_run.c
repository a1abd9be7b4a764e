/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_run.c - podring run: real time. */
#include <unistd.h>

#include "api/cli/crew/crew.h"
#include "api/cli/plan.h"

static int run(struct cli_options *o, struct input *in)
{
    bool kernel = o->engine.net == PODRING_NET_DEFAULT || o->engine.net == PODRING_NET_KERNEL;
    uint64_t descriptors = plan_raise_descriptors();
    int code = input_open(in, o);

    if ((o->engine.flags & PODRING_EXEC_HOST) != 0 && !o->quiet)
        cli_say("--exec host: commands of probes and hooks run on this machine, as user %u",
                (unsigned)geteuid());
    if (code == CLI_OK && kernel && (o->engine.flags & PODRING_WILDCARD) == 0)
        code = plan_fit(o, in, descriptors);
    if (code != CLI_OK)
        return code;
    return o->workers > 0 ? crew_whole(o, in) : live_whole(o, in, NULL);
}

int cmd_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    struct input in = {0};
    int code = cli_options_parse(&o, verb, argc, argv);

    if (code == CLI_OK)
        code = o.help ? cli_help(verb) : run(&o, &in);
    input_close(&in);
    cli_options_free(&o);
    return code;
}
