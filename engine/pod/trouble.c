/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trouble.c - why a container could not be started: told, and kept for its waiting message.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/pod_int.h"

void pod_start_failed(struct pod_container *c, enum pod_reason reason, const char *event,
                      const char *format, ...)
{
    char text[POD_TROUBLE_MAX];
    va_list args;

    c->wait_reason = (uint8_t)reason;
    c->stage = POD_STAGE_IDLE;
    c->retry = true;
    pod_tell(pod_of_container(c), c->index, POD_EVENT_FAILED, "Error: %s", event);
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    pod_trouble_note(c, text);
}

void pod_trouble_note(struct pod_container *c, const char *text)
{
    const struct rx_mem *mem = &pod_world_of(pod_of_container(c))->guest;
    size_t size = RX_MIN(strlen(text), (size_t)POD_TROUBLE_MAX - 1) + 1;
    struct pod_extra *e = pod_extra_of(c);

    if (e == NULL)
        return;
    if (e->trouble.room < size) {
        rx_mem_free(mem, e->trouble.text, e->trouble.room);
        e->trouble.text = rx_mem_alloc(mem, size); /* once: the next one finds the room */
        e->trouble.room = e->trouble.text != NULL ? (uint32_t)size : 0;
    }
    if (e->trouble.text == NULL)
        return;
    memcpy(e->trouble.text, text, size - 1);
    e->trouble.text[size - 1] = '\0';
}
