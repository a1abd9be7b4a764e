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
    const struct rx_mem *mem = &pod_node_of(pod_of_container(c))->guest;
    struct pod_extra *e = text != NULL ? pod_extra_of(c) : c->extra;
    size_t size;

    if (e == NULL)
        return;
    if (text == NULL) {
        e->trouble = NULL;
        return;
    }
    size = RX_MIN(strlen(text), (size_t)POD_TROUBLE_MAX - 1) + 1;
    if (e->trouble_room < size) {
        rx_mem_free(mem, e->trouble_kept, e->trouble_room);
        e->trouble_kept = rx_mem_alloc(mem, size); /* once: the next one finds the room */
        e->trouble_room = e->trouble_kept != NULL ? (uint32_t)size : 0;
    }
    e->trouble = e->trouble_kept;
    if (e->trouble == NULL)
        return;
    memcpy(e->trouble, text, size - 1);
    e->trouble[size - 1] = '\0';
}
