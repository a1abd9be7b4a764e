/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines.c - see lines.h. The texts are made anew for each engine: whom they speak of is what that
 * engine has read.
 */
#include "api/cli/io/lines.h"

#include <stdlib.h>
#include <string.h>

#include "api/engine.h"
#include "api/manifest/line.h"

typedef int line_text_fn(const struct manifest_set *s, const char *const *line, size_t count,
                         struct rx_text *out, struct manifest_slip *slip);

static line_text_fn *const text_of[CLI_LINES] = {[CLI_LINE_APP] = manifest_app_text,
                                                [CLI_LINE_STEP] = manifest_step_text,
                                                [CLI_LINE_CLIENT] = manifest_client_text};

int lines_make(const struct cli_options *o, podring *ring, enum cli_line which, char **text,
               size_t *length)
{
    const char *const *line = o->line[which];
    size_t count = (size_t)o->line_count[which];
    struct rx_text t = rx_text_in(NULL, 0);
    struct manifest_slip slip;
    int rc = text_of[which](&ring->set, line, count, &t, &slip);

    if (rc == -PODRING_EINVALID)
        return api_fail(ring, rc, "%s '%s': %s", cli_line_word(which), line[slip.line], slip.why);
    *length = t.length;
    *text = rc == 0 ? malloc(t.length + 1) : NULL;
    if (*text == NULL)
        return api_fail(ring, -PODRING_ENOMEM, "out of memory");
    t = rx_text_in(*text, t.length + 1);
    rc = text_of[which](&ring->set, line, count, &t, &slip);
    rx_text_end(&t);
    if (rc == 0 && slip.note[0] != '\0') {
        size_t n = strlen(slip.note) + 1;
        char *note = rx_arena_alloc(&ring->set.arena, n);

        rc = note == NULL ? -PODRING_ENOMEM : 0;
        if (note != NULL)
            rc = manifest_diagnose(
                &ring->set, &(struct manifest_diagnostic){.severity = MANIFEST_NOTE,
                                                          .file = cli_line_word(which),
                                                          .text = memcpy(note, slip.note, n)});
    }
    return rc == 0 ? 0 : api_fail(ring, -PODRING_ENOMEM, "out of memory");
}

int lines_load(const struct cli_options *o, podring *ring)
{
    int rc = 0;

    for (enum cli_line i = 0; i < CLI_LINES && rc == 0; i++) {
        char *text = NULL;
        size_t length = 0;

        if (o->line_count[i] == 0)
            continue;
        rc = lines_make(o, ring, i, &text, &length);
        if (rc == 0)
            rc = podring_load_text(ring, cli_line_word(i), text, length);
        free(text);
    }
    return rc;
}
