/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_states.c - podring states: the decision tables and the knobs, as the engine has them. */
#include <string.h>

#include "api/cli/options.h"
#include "api/cli/io/out.h"

struct table {
    const char *name, *text;
    bool titled;
};

static void render_table(struct rx_text *t, const void *what)
{
    const struct table *table = what;
    size_t n = strlen(table->text);

    if (table->titled) {
        rx_text_puts(t, "## ");
        rx_text_puts(t, table->name);
        rx_text_puts(t, "\n\n");
    }
    rx_text_puts(t, table->text);
    rx_text_puts(t, n > 0 && table->text[n - 1] == '\n' ? "" : "\n");
    rx_text_puts(t, table->titled ? "\n" : "");
}

static int print_tables(struct out *out)
{
    struct table table = {.titled = true};

    for (uint32_t i = 0; podring_states(i, &table.name, &table.text) == 0; i++)
        out_render(out, render_table, &table);
    return CLI_OK;
}

static int print_table(const struct cli_verb *verb, struct out *out, const char *name)
{
    struct table table = {0};
    char known[256];
    struct rx_text t = rx_text_in(known, sizeof(known));

    for (uint32_t i = 0; podring_states(i, &table.name, &table.text) == 0; i++) {
        if (strcmp(name, table.name) == 0) {
            out_render(out, render_table, &table);
            return CLI_OK;
        }
        rx_text_puts(&t, i > 0 ? ", " : "");
        rx_text_puts(&t, table.name);
    }
    rx_text_end(&t);
    return cli_refuse(verb, "no table '%s'; there are %s", name, known);
}

static void render_knob(struct rx_text *t, const void *what)
{
    const struct podring_knob *k = what;
    size_t from = t->length;

    rx_text_puts(t, k->name);
    rx_text_pad(t, from, 24);
    rx_text_putc(t, ' ');
    rx_text_puts(t, k->default_value);
    rx_text_pad(t, from, 34);
    rx_text_putc(t, ' ');
    rx_text_puts(t, k->help);
    rx_text_putc(t, '\n');
}

/* Knobs belong to an engine; one in virtual time needs nothing of the machine. */
static int print_knobs(struct out *out)
{
    struct podring_options options = PODRING_OPTIONS_INIT;
    struct podring_knob knob = PODRING_KNOB_INIT;
    podring *ring;
    int error;

    options.clock = PODRING_VIRTUAL;
    error = podring_open(&options, &ring);
    if (error != 0) {
        cli_say("%s", podring_strerror(error));
        return cli_exit_code(error);
    }
    out_puts(out, "NAME                     DEFAULT   WHAT IT DOES\n");
    for (uint32_t i = 0; podring_knob_at(ring, i, &knob) == 0; i++)
        out_render(out, render_knob, &knob);
    podring_close(ring);
    return CLI_OK;
}

static int print(const struct cli_options *o, struct out *out)
{
    if (o->file_count > 1)
        return cli_refuse(o->verb, "takes one name, but got '%s' too", o->files[1]);
    if (o->knobs)
        return o->file_count > 0 ? cli_refuse(o->verb, "--knobs takes no name") : print_knobs(out);
    return o->file_count > 0 ? print_table(o->verb, out, o->files[0]) : print_tables(out);
}

int cmd_states(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    struct out out;
    int code = cli_options_parse(&o, verb, argc, argv), closed;

    out_standard(&out);
    if (code == CLI_OK)
        code = o.help ? cli_help(verb) : print(&o, &out);
    closed = out_close(&out);
    cli_options_free(&o);
    return code != CLI_OK ? code : closed;
}
