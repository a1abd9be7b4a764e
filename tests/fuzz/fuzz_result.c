/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_result.c - result files as `podring merge` reads them: one, or two up to a NUL between them.
 *
 * What is accepted is written again, read again and then written to the same bytes; and it does not
 * matter which of two is added to which.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "api/cli/crew/tally.h"
#include "tests/fuzz/kit.h"

static struct tally *read_text(const void *text, size_t length)
{
    int fd = memfd_create("result", MFD_CLOEXEC);
    const char *why = NULL;
    struct tally *t = tally_new();
    char path[64];
    struct json j;
    bool ok;

    CHECK(t != NULL && fd >= 0 && write(fd, text, length) == (ssize_t)length);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    ok = json_open(&j, path, &why);
    if (ok)
        why = tally_read(t, &j);
    CHECK(ok || why != NULL);
    json_close(&j);
    close(fd);
    if (ok && why == NULL)
        return t;
    free(t);
    return NULL;
}

static char *write_text(const struct tally *t, size_t *length)
{
    struct rx_text out = rx_text_in(NULL, 0);
    char *text;

    tally_write(&out, t);
    *length = out.length;
    text = malloc(*length + 1);
    out = rx_text_in(text, *length + 1);
    tally_write(&out, t);
    CHECK(rx_text_end(&out) == *length);
    return text;
}

static void report(const struct tally *t)
{
    struct rx_text out = rx_text_in(NULL, 0);
    struct face_report r = {0};
    char missing[256];

    tally_report(t, &r);
    face_summary(&out, &r);
    out = rx_text_in(missing, sizeof(missing));
    tally_missing(&out, t, true);
    CHECK(tally_is_whole(t) == (out.length == 0));
}

static void same(const struct tally *a, const struct tally *b)
{
    size_t x, y;
    char *one = write_text(a, &x), *two = write_text(b, &y);

    CHECK(x == y && memcmp(one, two, x) == 0);
    free(one);
    free(two);
}

static void again(const struct tally *t, bool was_json)
{
    size_t length;
    char *text = write_text(t, &length);
    struct tally *twice = read_text(text, length);

    CHECK(!was_json || fuzz_json(text, length));
    CHECK(twice != NULL);
    same(t, twice);
    report(twice);
    free(twice);
    free(text);
}

static void add(const struct tally *a, const struct tally *b)
{
    struct tally *ab = malloc(sizeof(*ab)), *ba = malloc(sizeof(*ba));
    char why[TALLY_FACT_ROOM * 3];
    bool refused;

    *ab = *a;
    *ba = *b;
    refused = tally_add(ab, b, why) != NULL;
    CHECK(refused == (tally_add(ba, a, why) != NULL));
    same(refused ? a : ba, ab);
    if (!refused)
        report(ab);
    free(ab);
    free(ba);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    struct tally *t[2] = {NULL, NULL};

    for (int i = 0; i < 2 && at < end; i++) {
        size_t length;
        const uint8_t *from = fuzz_until(&at, end, '\0', &length);

        t[i] = read_text(from, length);
        if (t[i] != NULL)
            again(t[i], fuzz_json((const char *)from, length));
    }
    if (t[0] != NULL && t[1] != NULL)
        add(t[0], t[1]);
    free(t[0]);
    free(t[1]);
    return 0;
}
