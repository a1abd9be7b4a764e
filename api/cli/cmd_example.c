/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_example.c - podring example: a manifest to begin with, out of docs/examples. */
#include <string.h>

#include "api/cli/example.h"
#include "api/cli/io/out.h"
#include "api/cli/options.h"
#include "api/manifest/near.h"

/* What somebody asks for, and where it is shown best. */
static const struct {
    const char *word, *name;
} other[] = {{"probes", "slow-start"}, {"behavior", "flapping"},  {"scenario", "graceful-delete"},
             {"client", "traffic"},    {"deployment", "rollout"}, {"job", "batch"}};

/* prestop is pre-stop. */
static bool same(const char *name, const char *text)
{
    for (;; name++, text++) {
        name += *name == '-';
        text += *text == '-';
        if (*name != *text)
            return false;
        if (*name == '\0')
            return true;
    }
}

static const struct cli_example *find(const char *name)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(other); i++)
        if (strcmp(other[i].word, name) == 0)
            name = other[i].name;
    for (const struct cli_example *e = cli_examples; e->name != NULL; e++)
        if (same(e->name, name))
            return e;
    return NULL;
}

static void render_list(struct rx_text *t, const void *what)
{
    (void)what;
    for (const struct cli_example *e = cli_examples; e->name != NULL; e++) {
        size_t from = t->length;

        rx_text_puts(t, e->name);
        rx_text_pad(t, from, 24);
        rx_text_puts(t, e->about);
        rx_text_putc(t, '\n');
    }
    rx_text_puts(t, "\nTry: podring example slow-start >slow.yaml; podring simulate slow.yaml\n");
}

static int refuse(const struct cli_verb *verb, const char *name)
{
    struct manifest_near near = {0};

    for (const struct cli_example *e = cli_examples; e->name != NULL; e++)
        manifest_near(&near, e->name, strlen(e->name), name, strlen(name));
    if (near.word == NULL)
        return cli_refuse(verb, "no example '%s': 'podring example' lists them", name);
    return cli_refuse(verb, "no example '%s'; did you mean %s?", name, near.word);
}

int cmd_example(const struct cli_verb *verb, int argc, char **argv)
{
    const struct cli_example *e = NULL;
    struct cli_options o;
    struct out out;
    int code = cli_options_parse(&o, verb, argc, argv), closed;

    out_standard(&out);
    if (code == CLI_OK && o.help)
        code = cli_help(verb);
    else if (code == CLI_OK && o.file_count > 1)
        code = cli_refuse(verb, "takes one name, but got '%s' too", o.files[1]);
    else if (code == CLI_OK && o.file_count == 0)
        out_render(&out, render_list, NULL);
    else if (code == CLI_OK && (e = find(o.files[0])) == NULL)
        code = refuse(verb, o.files[0]);
    else if (code == CLI_OK)
        out_puts(&out, e->text);
    closed = out_close(&out);
    cli_options_free(&o);
    return code != CLI_OK ? code : closed;
}
