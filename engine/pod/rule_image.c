/* SPDX-License-Identifier: Apache-2.0 */
/* rule_image.c - pull policy, back-off of pulls, and the grammar of image names. */
#include "engine/pod/rule_image.h"

#include <string.h>

#include "engine/reactor/base.h"

enum {
    PULL_BASE_MS = 10000,
    PULL_CAP_MS = 300000,
    PULL_FORGET_MS = 600000,
};

/* ---- the step ------------------------------------------------------------------------------- */

#define _ (-1)
#define Y 1
#define N 0
#define A (1u << POD_PULL_ALWAYS)
#define I (1u << POD_PULL_IF_NOT_PRESENT)
#define V (1u << POD_PULL_NEVER)

/* clang-format off */
const struct pod_image_row pod_image_table[] = {
    /* name      named inspected present waits policies step                an image that
     * ... */
    { "no-name", N,    _,        _,      _,    A|I|V,   POD_IMAGE_NO_NAME,
     "has a name that cannot be parsed" },
    { "unseen",  Y,    N,        _,      _,    A|I|V,   POD_IMAGE_UNSEEN,
     "the runtime cannot look at" },
    { "there",   Y,    Y,        Y,      _,    I|V,     POD_IMAGE_THERE,
     "is on the node is used" },
    { "never",   Y,    Y,        N,      _,    V,       POD_IMAGE_NEVER,
     "may not be pulled is waited for" },
    { "held",    Y,    Y,        _,      Y,    A,       POD_IMAGE_BACKOFF,
     "has failed to come is given time" },
    { "held-i",  Y,    Y,        N,      Y,    I,       POD_IMAGE_BACKOFF,
     "has failed to come is given time" },
    { "always",  Y,    Y,        _,      N,    A,       POD_IMAGE_PULL,
     "is asked for every time" },
    { "absent",  Y,    Y,        N,      N,    I,       POD_IMAGE_PULL,    "is missing is pulled" },
};
/* clang-format on */
const uint32_t pod_image_rows = RX_ARRAY_LEN(pod_image_table);

static bool fits(int8_t cell, bool value)
{
    return cell == _ || cell == (value ? Y : N);
}

#undef _
#undef Y
#undef N
#undef A
#undef I
#undef V

bool pod_image_row_matches(const struct pod_image_row *row, struct pod_image_in in)
{
    return (row->policies >> in.policy & 1) && fits(row->named, in.named) &&
           fits(row->inspected, in.inspected) && fits(row->present, in.present) &&
           fits(row->waits, in.waits);
}

const struct pod_image_row *pod_image_decide(struct pod_image_in in)
{
    uint32_t i = 0;

    while (i < pod_image_rows && !pod_image_row_matches(&pod_image_table[i], in))
        i++;
    RX_ASSERT(i < pod_image_rows);
    return &pod_image_table[i];
}

const char *pod_image_step_name(enum pod_image_step s)
{
    static const char *const name[] = {"InvalidImageName",  "ImageInspectError",
                                       "ErrImageNeverPull", "use",
                                       "ImagePullBackOff",  "pull"};

    return name[s];
}

/* ---- back-off ------------------------------------------------------------------------------- */

struct pod_pull_backoff pod_pull_failed(struct pod_pull_backoff state, rx_ms now)
{
    if (state.delay_ms == 0 || now - state.failed > PULL_FORGET_MS)
        state.delay_ms = PULL_BASE_MS;
    else
        state.delay_ms = RX_MIN(2 * state.delay_ms, (int32_t)PULL_CAP_MS);
    state.failed = now;
    return state;
}

bool pod_pull_waits(struct pod_pull_backoff state, rx_ms now)
{
    return state.delay_ms > 0 && now - state.failed < state.delay_ms;
}

/* ---- names ---------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c);
}

static bool is_alnum(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

/* Between two runs of letters: one dot, one or two underscores, or dashes. 0: none of them. */
static size_t separator(const char *s)
{
    size_t dashes = strspn(s, "-");

    if (dashes > 0)
        return dashes;
    if (s[0] == '_')
        return s[1] == '_' ? 2 : 1;
    return s[0] == '.';
}

/* A piece of the path; 0: it is none. */
static size_t path_piece(const char *s)
{
    size_t n = 0, gap;

    for (;;) {
        if (!is_lower(s[n]))
            return 0;
        while (is_lower(s[n]))
            n++;
        gap = separator(s + n);
        if (gap == 0)
            return n;
        n += gap;
    }
}

/* host[:port], up to but without `end`. */
static bool host_valid(const char *s, const char *end)
{
    const char *at = s;

    if (*at == '[') {
        at += 1 + strspn(at + 1, "0123456789abcdefABCDEF:");
        if (*at++ != ']')
            return false;
    } else {
        for (;;) {
            if (!is_alnum(*at))
                return false;
            while (is_alnum(*at) || *at == '-')
                at++;
            if (at[-1] == '-')
                return false;
            if (*at != '.')
                break;
            at++;
        }
    }
    if (*at == ':') {
        at++;
        if (!is_digit(*at))
            return false;
        while (is_digit(*at))
            at++;
    }
    return at == end;
}

/* Is what stands before the first slash a host? Else it is a piece of the path. */
static bool is_host(const char *s, const char *slash)
{
    for (const char *at = s; at < slash; at++) {
        if (*at == '.' || *at == ':' || (*at >= 'A' && *at <= 'Z'))
            return true;
    }
    return slash - s == 9 && memcmp(s, "localhost", 9) == 0;
}

static size_t tag_length(const char *s)
{
    size_t n = 0;

    while (is_alnum(s[n]) || s[n] == '_' || (n > 0 && (s[n] == '.' || s[n] == '-')))
        n++;
    return n <= 128 ? n : 0;
}

/* algorithm[+more]:hex, at least 32 digits of it. */
static bool digest_valid(const char *s)
{
    size_t n;

    for (;; s++) {
        if (!is_alnum(*s) || is_digit(*s))
            return false;
        while (is_alnum(*s))
            s++;
        if (*s == '\0' || strchr("+.-_", *s) == NULL)
            break;
    }
    if (*s++ != ':')
        return false;
    n = strspn(s, "0123456789abcdefABCDEF");
    return n >= 32 && s[n] == '\0';
}

bool pod_image_name_valid(const char *name)
{
    const char *at = name, *slash = strchr(name, '/');
    size_t n;

    if (slash != NULL && is_host(name, slash)) {
        if (!host_valid(name, slash))
            return false;
        at = slash + 1;
    }
    for (;;) {
        n = path_piece(at);
        if (n == 0)
            return false;
        at += n;
        if (*at != '/')
            break;
        at++;
    }
    if (*at == ':') {
        n = tag_length(at + 1);
        if (n == 0)
            return false;
        at += 1 + n;
    }
    return *at == '\0' || (*at == '@' && digest_valid(at + 1));
}
