/* SPDX-License-Identifier: Apache-2.0 */
/* picture.c - which pictures there are, and what does not go with them. */
#include "api/cli/picture/picture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many changes behind the newest one an arrow of a trace can still come from. */
enum { HISTORY = 65536 };

static const struct picture_kind *kind_of(enum cli_format f)
{
    return f == CLI_TRACE ? &picture_trace : f == CLI_HTML ? &picture_page : NULL;
}

bool picture_is_asked_for(const struct cli_options *o)
{
    return kind_of(o->format) != NULL;
}

struct picture *picture_open(struct out *out, const struct cli_options *o)
{
    const struct picture_kind *kind = kind_of(o->format);
    struct picture *p = calloc(1, kind->size);

    if (p == NULL) {
        cli_say("out of memory");
        return NULL;
    }
    *p = (struct picture){.kind = kind, .out = out, .options = o};
    return p;
}

void picture_close(struct picture *p)
{
    if (p == NULL)
        return;
    p->kind->close(p);
    free(p);
}

int picture_check(const struct cli_options *o)
{
    const char *word = cli_format_word(o);

    if (!picture_is_asked_for(o))
        return CLI_OK;
    if (o->engine.shard_count > 0)
        return cli_refuse(o->verb, "-o %s: one engine has to hear of all pods: it does not go with "
                          "--workers and --shard", word);
    if (o->metrics_path != NULL && strcmp(o->metrics_path, "-") == 0)
        return cli_refuse(o->verb, "--metrics - and -o %s would both write to standard output",
                          word);
    if (isatty(STDOUT_FILENO))
        return cli_refuse(o->verb, "-o %s is for a file, and standard output is a terminal: add "
                          "> run.%s", word, o->format == CLI_HTML ? "html" : "json");
    return CLI_OK;
}

void picture_history(struct podring_options *engine, const struct cli_options *o)
{
    if (o->format == CLI_TRACE)
        engine->history = HISTORY;
}
