/* SPDX-License-Identifier: Apache-2.0 */
/* rule_path.c - percent-decoding, dot segments and slashes, as the comparison needs them. */
#include "engine/store/rule_path.h"

#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte at s, decoded; *taken: how many bytes it is written in. */
static char byte_at(const char *s, uint32_t left, uint32_t *taken)
{
    *taken = 1;
    if (s[0] != '%' || left < 3 || hex_value(s[1]) < 0 || hex_value(s[2]) < 0)
        return s[0];
    *taken = 3;
    return (char)(hex_value(s[1]) << 4 | hex_value(s[2]));
}

/* The last component has been written, and a slash or the end follows: "." and ".." go. */
static uint32_t end_component(const char *out, uint32_t used)
{
    uint32_t from = used;

    while (out[from - 1] != '/')
        from--;
    if (used - from == 1 && out[from] == '.')
        return from;
    if (used - from != 2 || out[from] != '.' || out[from + 1] != '.')
        return used;
    for (from -= from > 1; from > 1 && out[from - 1] != '/'; from--) {
    }
    return from;
}

uint32_t pod_path_normal(const char *target, uint32_t length, char out[POD_PATH_MAX])
{
    uint32_t used = 0, taken;

    out[used++] = '/';
    for (uint32_t i = 0; i < length && used < POD_PATH_MAX; i += taken) {
        char c = byte_at(target + i, length - i, &taken);

        if (target[i] == '?' || target[i] == '#')
            break;
        if (c == '/')
            used = end_component(out, used);
        if (c != '/' || out[used - 1] != '/')
            out[used++] = c;
    }
    return end_component(out, used);
}

/* Bytes that may make a target say in other ways what its normal form says. */
static const bool is_odd[256] = {['%'] = true, ['?'] = true, ['#'] = true, ['/'] = true};

enum pod_path_form pod_path_form_of(const char *target, uint32_t length)
{
    if (length == 0 || target[0] != '/')
        return POD_PATH_ODD;
    for (uint32_t i = 0; i < length; i++) {
        if (!is_odd[(unsigned char)target[i]])
            continue;
        if (target[i] != '/' || (i + 1 < length && (target[i + 1] == '/' || target[i + 1] == '.')))
            return POD_PATH_ODD;
    }
    return POD_PATH_PLAIN;
}

static bool is_plain(struct pod_path *p)
{
    if (p->form == POD_PATH_UNKNOWN)
        p->form = pod_path_form_of(p->target, p->length);
    return p->form == POD_PATH_PLAIN;
}

/* Apart from the way that is usual, for the room that it takes. */
static __attribute__((noinline)) bool same_normal(const struct pod_path *path,
                                                  const struct pod_path *asked)
{
    char a[POD_PATH_MAX], b[POD_PATH_MAX];
    uint32_t n = pod_path_normal(path->target, path->length, a);

    return n == pod_path_normal(asked->target, asked->length, b) && memcmp(a, b, n) == 0;
}

bool pod_path_same(const struct pod_path *path, struct pod_path *asked)
{
    if (path->length == asked->length && memcmp(path->target, asked->target, path->length) == 0)
        return true;
    if (path->form == POD_PATH_PLAIN && is_plain(asked))
        return false;
    return same_normal(path, asked);
}
