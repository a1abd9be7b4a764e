/* SPDX-License-Identifier: Apache-2.0 */
/* facts_text.c - what a reader of facts puts its answer together with. */
#include "api/facts.h"

#include <stdarg.h>
#include <stdio.h>

const char *api_fact_text(struct fact *f, const char *format, ...)
{
    struct api_strings *s = &f->ring->strings;
    va_list args;

    va_start(args, format);
    vsnprintf(s->message, sizeof(s->message), format, args);
    va_end(args);
    return s->message;
}

bool api_fact_pair(struct fact *f, const struct pod_labels *l)
{
    if (f->index >= l->count)
        return false;
    f->key = l->pair[f->index].key;
    f->value = l->pair[f->index].value;
    return true;
}
