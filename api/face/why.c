/* SPDX-License-Identifier: Apache-2.0 */
/* why.c - the lines of podring why. */
#include "api/face/why.h"

#include <string.h>

#include "api/face/timeline.h"

void face_why_line(struct rx_text *t, const struct podring_event *e)
{
    face_when_who(t, e);
    rx_text_puts(t, "  ");
    face_fact(t, e);
}

enum face_why_end face_why_end(const struct podring_event *e)
{
    if (e->kind == PODRING_EVENT)
        return strcmp(e->reason, "Unhealthy") == 0          ? FACE_WHY_ANSWER
               : strcmp(e->reason, "DeadlineExceeded") == 0 ? FACE_WHY_LIMIT
               : strcmp(e->reason, "Evicted") == 0          ? FACE_WHY_LIMIT
               : strcmp(e->reason, "FailedPostStartHook") == 0 ? FACE_WHY_PROGRAM
                                                               : FACE_WHY_NOTHING;
    if (e->kind == PODRING_TRANSITION && strcmp(e->field, "state") == 0 &&
        strcmp(e->to, "Terminated") == 0)
        return FACE_WHY_PROGRAM;
    if (e->kind == PODRING_TRANSITION && strcmp(e->field, "object") == 0 &&
        strcmp(e->to, "Created") == 0)
        return FACE_WHY_MANIFEST;
    return FACE_WHY_NOTHING;
}

void face_why_rest(struct rx_text *t, enum face_why_end end)
{
    static const char *const text[] = {
        [FACE_WHY_PROGRAM] = "which the program did by itself",
        [FACE_WHY_ANSWER] = "which is how the program answered, or did not answer, its probe",
        [FACE_WHY_MANIFEST] = "which a manifest asked for",
        [FACE_WHY_LIMIT] = "which is a limit that its spec sets",
        [FACE_WHY_FORGOTTEN] = "and what led to that is not known any more",
    };

    if (text[end] == NULL)
        return;
    rx_text_puts(t, text[end]);
    rx_text_putc(t, '\n');
}
