/* SPDX-License-Identifier: Apache-2.0 */
/* rule_message.c - file, then log, each cut to its share. */
#include "engine/pod/rule_message.h"

#include <string.h>

enum { FILE_MAX = 4096, LOG_LINES = 80, LOG_MAX = 2048, POD_MAX = 12288 };

/* Where the last so many lines of the log begin; a last line without an end counts. */
static uint32_t last_lines(const char *log, uint32_t length)
{
    uint32_t at = length, lines = 0;

    if (at > 0 && log[at - 1] == '\n')
        at--;
    while (at > 0) {
        if (log[at - 1] == '\n' && ++lines == LOG_LINES)
            break;
        at--;
    }
    return at;
}

size_t pod_message_compose(const struct pod_message_in *in, char out[POD_MESSAGE_TEXT_MAX])
{
    size_t share = POD_MAX / (in->containers > 0 ? in->containers : 1), used = 0;
    const char *text = in->file;
    uint32_t length = in->file_length;

    if (length > FILE_MAX) {
        text += length - FILE_MAX;
        length = FILE_MAX;
    }
    /* What could not be run has no log of its own. */
    if (length == 0 && in->fallback && in->exit_code != 0 && in->runtime == NULL &&
        in->log_length > 0) {
        uint32_t from = last_lines(in->log, in->log_length);

        length = in->log_length - from;
        if (length > LOG_MAX) {
            from = in->log_length - LOG_MAX;
            length = LOG_MAX;
        }
        text = in->log + from;
    }
    if (share > FILE_MAX)
        share = FILE_MAX;
    if (in->runtime != NULL) {
        used = strlen(in->runtime);
        if (used > share)
            used = share;
        memcpy(out, in->runtime, used);
        if (length > 0 && used + 2 <= share) {
            memcpy(out + used, ": ", 2);
            used += 2;
        }
    }
    if (length > share - used)
        length = (uint32_t)(share - used);
    if (length > 0)
        memcpy(out + used, text, length);
    return used + length;
}
