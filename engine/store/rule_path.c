/* SPDX-License-Identifier: Apache-2.0 */
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

/* Does it say with other bytes than the normal form's what it means? */
static bool is_odd(const char *target, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (target[i] == '%' || target[i] == '?' || target[i] == '#')
            return true;
        if (target[i] == '/' && i + 1 < length && (target[i + 1] == '/' || target[i + 1] == '.'))
            return true;
    }
    return length == 0 || target[0] != '/';
}

bool pod_path_is(const char *path, const char *target, uint32_t length)
{
    uint32_t n = (uint32_t)strlen(path);
    char a[POD_PATH_MAX], b[POD_PATH_MAX];

    if (n == length && memcmp(path, target, n) == 0)
        return true;
    if (!is_odd(path, n) && !is_odd(target, length))
        return false;
    n = pod_path_normal(path, n, a);
    return n == pod_path_normal(target, length, b) && memcmp(a, b, n) == 0;
}
