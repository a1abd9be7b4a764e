/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_json.c - the JSON of an event whose every string is hostile.
 *
 *   bytes 0-15  its numbers
 *   the rest    its strings, up to a NUL each; 0x01 alone: absent
 *
 * Whatever they are, the line is JSON, has no control byte in it, is as long as it says, and is cut
 * where there is no room without another byte being touched.
 */
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"
#include "tests/fuzz/kit.h"

enum { STRINGS = 11 };

static void write_it(const struct podring_event *e)
{
    size_t length = podring_event_json(e, NULL, 0);
    char *whole = malloc(length + 1), *cut = malloc(length / 2 + 1);

    CHECK(podring_event_json(e, whole, length + 1) == length);
    CHECK(whole[length] == '\0' && strlen(whole) == length);
    CHECK(fuzz_json(whole, length));
    CHECK(podring_event_json(e, cut, length / 2 + 1) == length);
    CHECK(memcmp(whole, cut, length / 2) == 0 && cut[length / 2] == '\0');
    free(whole);
    free(cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct podring_event e = PODRING_EVENT_INIT;
    const char **field[STRINGS] = {&e.type,     &e.reason, &e.namespace_, &e.object,
                                   &e.pod_name, &e.uid,    &e.container,  &e.field,
                                   &e.from,     &e.to,     &e.message};
    const uint8_t *at = data + 16, *end = data + size;
    char *text[STRINGS] = {NULL};

    if (size < 16)
        return 0;
    e.kind = data[0] & 1;
    memcpy(&e.exit_code, data, 4);
    memcpy(&e.at_ms, data + 4, 8);
    memcpy(&e.seq, data + 8, 8);
    e.pod = data[3];
    e.number = data[3] & 2 ? e.seq : 0;
    for (int i = 0; i < STRINGS && at < end; i++) {
        size_t length;
        const uint8_t *from = fuzz_until(&at, end, '\0', &length);

        if (length == 1 && *from == 1)
            continue;
        text[i] = fuzz_text(from, length);
        *field[i] = text[i];
    }
    write_it(&e);
    for (int i = 0; i < STRINGS; i++)
        free(text[i]);
    return 0;
}
