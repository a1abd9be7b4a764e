/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.c - sentences on standard error. What they quote was written by others, in manifests and file
 * names, and must not command the terminal.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/cli.h"

void cli_plain(const char *s)
{
    size_t left = strlen(s);

    while (left > 0) {
        char text[1024];
        struct rx_text t = rx_text_in(text, sizeof(text));
        size_t n = left < sizeof(text) / 2 ? left : sizeof(text) / 2;

        n -= n < left &&
             (unsigned char)s[n - 1] == 0xc2; /* not in the middle of a control character */
        face_plain(&t, s, n);
        fwrite(text, 1, t.length, stderr);
        s += n;
        left -= n;
    }
}

static void put(const char *format, va_list args)
{
    char *text;

    if (vasprintf(&text, format, args) < 0) {
        fputs("out of memory", stderr);
        return;
    }
    cli_plain(text);
    free(text);
}

void cli_say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("podring: ", stderr);
    put(format, args);
    fputc('\n', stderr);
    va_end(args);
}

int cli_refuse(const struct cli_verb *verb, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "podring%s%s: ", verb != NULL ? " " : "", verb != NULL ? verb->name : "");
    put(format, args);
    fprintf(stderr, " (see 'podring%s%s --help')\n", verb != NULL ? " " : "",
            verb != NULL ? verb->name : "");
    va_end(args);
    return CLI_USAGE;
}

int cli_exit_code(int error)
{
    switch (error) {
    case -PODRING_EMANIFEST:
    case -PODRING_EEXISTS:
        return CLI_BAD_INPUT;
    case -PODRING_ENOTFOUND:
        return CLI_NO_INPUT;
    case -PODRING_ENORING:
    case -PODRING_EUNSUPPORTED:
        return CLI_UNAVAILABLE;
    case -PODRING_EINVALID:
        return CLI_USAGE;
    case -PODRING_ESTATE:
    case -PODRING_ETHREAD:
        return CLI_BUG; /* calls that the command line must not make */
    default:
        return CLI_SYSTEM;
    }
}
