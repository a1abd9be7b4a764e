/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - how a verb is used, on standard output. */
#include "api/cli/options.h"
#include "api/cli/io/out.h"

static void render_verb_help(struct rx_text *t, const void *what)
{
    const struct cli_verb *v = what;

    rx_text_puts(t, "Usage: podring ");
    rx_text_puts(t, v->name);
    rx_text_puts(t, " [OPTION]...");
    if (v->operands != NULL) {
        rx_text_putc(t, ' ');
        rx_text_puts(t, v->operands);
    }
    rx_text_puts(t, "\n\n");
    rx_text_puts(t, v->help);
    rx_text_puts(t, "\n\n");
    cli_options_help(t, v);
    if (v->more_help != NULL)
        v->more_help(t);
}

int cli_help(const struct cli_verb *verb)
{
    struct out out;

    out_standard(&out);
    out_render(&out, render_verb_help, verb);
    return out_close(&out);
}
