/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - the termination message of an instance that has ended. */
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/rule_message.h"

void pod_message_take(struct pod_container *c, const char *runtime)
{
    struct pod *p = pod_of_container(c);
    const struct rx_mem *mem = &pod_world_of(p)->guest;
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const struct pod_instance_script *script = pod_instance_of(c, c->restarts);
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    struct pod_message_in in = {
        .runtime = runtime,
        .exit_code = c->cur.exit_code,
        .fallback = s->message_policy == POD_MESSAGE_FALLBACK_TO_LOGS,
        .containers = pod_spec_of(p)->container_count,
    };
    char text[POD_MESSAGE_TEXT_MAX];
    const char *data = NULL;
    uint32_t size = 0;
    size_t length;

    /* The file is there from the start, if only for probes to look at: what is scripted comes
     * first. */
    if (script != NULL && script->exit_message != NULL && c->exit_by == POD_EXIT_ITSELF) {
        in.file = script->exit_message;
        in.file_length = (uint32_t)strlen(script->exit_message);
    } else if (pod_is_outside(c) && pod_outside_text(c) != NULL) {
        in.file = pod_outside_text(c);
        in.file_length = (uint32_t)strlen(in.file);
    } else if (m != NULL && fs_get(&m->fs, s->message_path, &data, &size) == 0) {
        in.file = data;
        in.file_length = size;
    }
    if (m != NULL) {
        in.log = m->log.at;
        in.log_length = m->log.used;
    }
    length = pod_message_compose(&in, text);
    if (length == 0 && (c->extra == NULL || (c->extra->message == NULL &&
                                             c->extra->message_before == NULL)))
        return;
    if (pod_extra_of(c) != NULL) {
        char *copy = length > 0 ? rx_mem_alloc(mem, length + 1) : NULL;

        if (copy != NULL) {
            memcpy(copy, text, length);
            copy[length] = '\0';
        }
        rx_mem_free(mem, c->extra->message_before,
                    c->extra->message_before != NULL ? strlen(c->extra->message_before) + 1 : 0);
        c->extra->message_before = c->extra->message;
        c->extra->message = copy;
    }
}
