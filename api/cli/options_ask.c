/* SPDX-License-Identifier: Apache-2.0 */
/* options_ask.c - options that ask a question of the manifests. What they say is looked at once the
 * manifests have been read. */
#include "api/cli/options_int.h"

const char *cli_line_word(enum cli_line line)
{
    static const char *const word[CLI_LINES] = {[CLI_LINE_APP] = "--app",
                                               [CLI_LINE_STEP] = "--step",
                                               [CLI_LINE_CLIENT] = "--client"};

    return word[line];
}

static const char *keep(struct cli_options *o, enum cli_line line, const char *value)
{
    o->line[line][o->line_count[line]++] = value;
    return value[0] == '\0' ? "says nothing" : NULL;
}

const char *option_read_app(struct cli_options *o, const char *value)
{
    return keep(o, CLI_LINE_APP, value);
}

const char *option_read_step(struct cli_options *o, const char *value)
{
    return keep(o, CLI_LINE_STEP, value);
}

const char *option_read_client(struct cli_options *o, const char *value)
{
    return keep(o, CLI_LINE_CLIENT, value);
}

const char *option_read_print_behavior(struct cli_options *o, const char *value)
{
    (void)value;
    o->print_behavior = true;
    return NULL;
}

const char *option_read_check_on(struct cli_options *o, const char *value)
{
    static const char *const word[] = {"error", "warning", "note"};

    return option_word(value, word, RX_ARRAY_LEN(word), &o->check_on);
}

const char *option_read_filename(struct cli_options *o, const char *value)
{
    o->filename[o->filename_count++] = value;
    return value[0] == '\0' ? "is no file name" : NULL;
}

const char *option_read_follow(struct cli_options *o, const char *value)
{
    (void)o;
    (void)value;
    return "there is nothing to follow: the log is that of one instant, which --at says";
}

const char *option_read_kustomize(struct cli_options *o, const char *value)
{
    (void)o;
    (void)value;
    return "podring builds no kustomizations: say 'kubectl kustomize FOLDER | podring ... -'";
}
