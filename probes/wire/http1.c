/* SPDX-License-Identifier: Apache-2.0 */
/* http1.c - the parser: a state for each place between two bytes. */
#include "probes/wire/http1.h"

#include <string.h>

enum state {
    AT_START, /* the status or request line */
    AT_HEADER,
    AT_BODY,     /* `left` more bytes */
    AT_BODY_END, /* until end of stream */
    AT_CHUNK,    /* the line with its size */
    AT_CHUNK_DATA,
    AT_CHUNK_CR,
    AT_CHUNK_LF,
    AT_TRAILER,
};

/* A line without its end. What did not fit into the lent area is missing at its end: cut. */
struct line {
    const char *at;
    uint32_t len, whole; /* bytes at hand; bytes it had */
    bool cut;
    bool dirty; /* what was cut off had a control byte in it */
    bool crlf;
};

static uint32_t take_line(struct probe_http1 *m, const char *data, uint32_t n);
static uint32_t take_body(struct probe_http1 *m, const char *data, uint32_t n);
static void take_chunk_end(struct probe_http1 *m, char c);

void probe_http1_init(struct probe_http1 *m, enum probe_http1_kind kind, char *keep,
                      uint32_t keep_room)
{
    RX_ASSERT(keep_room >= PROBE_HTTP1_KEEP_MIN);
    memset(m, 0, sizeof(*m));
    m->kind = (uint8_t)kind;
    m->keep = keep;
    m->keep_room = keep_room;
    m->body_max = UINT64_MAX;
    m->head_max = kind == PROBE_HTTP1_RESPONSE ? (uint32_t)PROBE_HTTP1_RESPONSE_HEAD_MAX
                                               : (uint32_t)PROBE_HTTP1_REQUEST_HEAD_MAX;
}

void probe_http1_lend(struct probe_http1 *m, char *keep, uint32_t keep_room)
{
    RX_ASSERT(m->head_done && m->line_bytes == 0);
    RX_ASSERT(keep_room >= PROBE_HTTP1_KEEP_MIN);
    m->keep = keep;
    m->keep_room = keep_room;
    m->value_len = 0;
    m->has_value = false;
}

int32_t probe_http1_feed(struct probe_http1 *m, const char *data, uint32_t n)
{
    bool had_head = m->head_done;
    uint32_t at = 0;

    RX_ASSERT(!m->done && m->fault == PROBE_HTTP1_FAULT_NONE);
    while (at < n && !m->done && m->head_done == had_head) {
        switch ((enum state)m->state) {
        case AT_BODY:
        case AT_BODY_END:
        case AT_CHUNK_DATA:
            at += take_body(m, data + at, n - at);
            break;
        case AT_CHUNK_CR:
        case AT_CHUNK_LF:
            take_chunk_end(m, data[at++]);
            break;
        case AT_START:
        case AT_HEADER:
        case AT_CHUNK:
        case AT_TRAILER:
            at += take_line(m, data + at, n - at);
            break;
        }
        if (m->fault != PROBE_HTTP1_FAULT_NONE)
            return -1;
    }
    return (int32_t)at;
}

int32_t probe_http1_end(struct probe_http1 *m)
{
    if (m->done)
        return 0;
    if (m->state == AT_BODY_END) {
        m->done = true;
        return 0;
    }
    m->fault =
        m->head_bytes == 0 && !m->head_done ? PROBE_HTTP1_FAULT_NOTHING : PROBE_HTTP1_FAULT_EOF;
    m->line_len = 0;
    return -1;
}

/* ---- faults ---------------------------------------------------------------------------------- */

/* Remembers what was wrong, for fault_text; `detail` may lie in the lent area itself. */
static void refuse(struct probe_http1 *m, enum probe_http1_fault fault, const char *detail,
                   uint32_t n)
{
    uint32_t keep = RX_MIN(n, m->keep_room - m->value_len);

    m->fault = (uint8_t)fault;
    if (keep > 0)
        memmove(m->keep + m->value_len, detail, keep);
    m->line_len = keep;
}

static void refuse_line(struct probe_http1 *m, enum probe_http1_fault fault, const struct line *l)
{
    refuse(m, fault, l->at, l->len);
}

static const struct {
    uint8_t detail;
    uint16_t status;
    const char *text;
} faults[] = {
#define X(name, detail, text, status) {detail, status, text},
    PROBE_HTTP1_FAULT_MAP(X)
#undef X
};

void probe_http1_fault_text(const struct probe_http1 *m, struct rx_fit *t)
{
    const char *wrong = m->keep + m->value_len;

    rx_fit_str(t, faults[m->fault].text);
    switch (faults[m->fault].detail) {
    case 1:
        rx_fit_add(t, " ", 1);
        pod_text_quote(t, wrong, m->line_len);
        break;
    case 2:
        pod_text_escape(t, wrong, m->line_len);
        break;
    case 3:
        rx_fit_str(t, "[\"");
        rx_fit_uint(t, m->length);
        rx_fit_str(t, "\" ");
        pod_text_quote(t, wrong, m->line_len);
        rx_fit_str(t, "]");
        break;
    case 4:
        rx_fit_str(t, "[\"chunked\" ");
        pod_text_quote(t, wrong, m->line_len);
        rx_fit_str(t, "]");
        break;
    default:
        break;
    }
}

uint16_t probe_http1_fault_status(const struct probe_http1 *m)
{
    return faults[m->fault].status;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

enum { TOKEN = 1, CONTROL = 2 };

/* clang-format off */
static const uint8_t byte_class[256] = {
    [0 ... 8] = CONTROL,   [10 ... 31] = CONTROL, [127] = CONTROL,
    ['a' ... 'z'] = TOKEN, ['A' ... 'Z'] = TOKEN, ['0' ... '9'] = TOKEN,
    ['!'] = TOKEN, ['#'] = TOKEN, ['$'] = TOKEN, ['%'] = TOKEN, ['&'] = TOKEN,
    ['\''] = TOKEN, ['*'] = TOKEN, ['+'] = TOKEN, ['-'] = TOKEN, ['.'] = TOKEN,
    ['^'] = TOKEN, ['_'] = TOKEN, ['`'] = TOKEN, ['|'] = TOKEN, ['~'] = TOKEN,
};
/* clang-format on */

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

static inline uint64_t eight_bytes(const char *s)
{
    uint64_t x;

    memcpy(&x, s, 8);
    return x;
}

/* Any of eight bytes below 0x20, or DEL? Only then is it worth asking which. */
static inline bool may_have_control(const char *s)
{
    uint64_t x = eight_bytes(s), del = x ^ EACH_BYTE(0x7f);

    return ((((x - EACH_BYTE(0x20)) & ~x) | ((del - EACH_BYTE(1)) & ~del)) & EACH_BYTE(0x80)) != 0;
}

/* Are all eight bytes ASCII letters or dashes? Most names of headers are made of nothing else. */
static inline bool are_letters(const char *s)
{
    uint64_t x = eight_bytes(s), low = (x | EACH_BYTE(0x20)) & EACH_BYTE(0x7f),
        dash = x ^ EACH_BYTE('-');
    uint64_t letter = (low + EACH_BYTE(0x80 - 'a')) & ~(low + EACH_BYTE(0x80 - 'z' - 1));

    dash = ~((dash & EACH_BYTE(0x7f)) + EACH_BYTE(0x7f)) & ~dash;
    return ((letter & ~x) | dash | ~EACH_BYTE(0x80)) == UINT64_MAX;
}

static bool has_control(const char *s, uint32_t n)
{
    uint32_t i = 0;

    while (n - i >= 8 && !may_have_control(s + i))
        i += 8;
    /* The end of it, together with bytes that have been looked at. */
    if (n >= 8 && n - i < 8 && !may_have_control(s + n - 8))
        return false;
    for (; i < n; i++)
        if (byte_class[(unsigned char)s[i]] & CONTROL)
            return true;
    return false;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void on_line(struct probe_http1 *m, const struct line *l);

/* Part of a line that is not complete yet. */
static void line_append(struct probe_http1 *m, const char *data, uint32_t n)
{
    uint32_t room = m->keep_room - m->value_len, fits, rest;

    if (n == 0)
        return;
    /* A CR beyond the room was let pass in the hope that it ends the line. */
    if (m->line_cr && m->line_bytes > room)
        m->line_dirty = true;
    fits = RX_MIN(n, room - m->line_len);
    rest = n - fits;
    memcpy(m->keep + m->value_len + m->line_len, data, fits);
    m->line_len += fits;
    m->line_cr = data[n - 1] == '\r';
    if (rest > 0)
        m->line_dirty |= has_control(data + fits, rest - m->line_cr);
    m->line_bytes += n;
}

static void line_assembled(struct probe_http1 *m, struct line *l)
{
    l->at = m->keep + m->value_len;
    l->whole = m->line_bytes - m->line_cr;
    l->len = RX_MIN(l->whole, m->line_len);
    l->cut = l->whole > l->len;
    l->dirty = m->line_dirty;
    l->crlf = m->line_cr;
    m->line_len = 0;
    m->line_bytes = 0;
    m->line_cr = false;
    m->line_dirty = false;
}

/* The usual case: the line lies whole in what was fed. Same limits as for an assembled one. */
static void line_in_place(const struct probe_http1 *m, struct line *l, const char *data, uint32_t n)
{
    uint32_t room = m->keep_room - m->value_len;

    l->crlf = n > 0 && data[n - 1] == '\r';
    n -= l->crlf;
    l->at = data;
    l->whole = n;
    l->len = RX_MIN(n, room);
    l->cut = n > l->len;
    l->dirty = l->cut && has_control(data + l->len, n - l->len);
}

static uint32_t take_line(struct probe_http1 *m, const char *data, uint32_t n)
{
    const char *end = memchr(data, '\n', n);
    uint32_t took = end != NULL ? (uint32_t)(end - data) + 1 : n;
    struct line l;

    m->head_bytes += took;
    if (m->state == AT_CHUNK && m->line_bytes + took > PROBE_HTTP1_CHUNK_LINE_MAX) {
        refuse(m, PROBE_HTTP1_FAULT_CHUNK_LINE, NULL, 0);
        return took;
    }
    if (m->state != AT_CHUNK && m->head_bytes > m->head_max) {
        refuse(m, m->state == AT_TRAILER ? PROBE_HTTP1_FAULT_TRAILER : PROBE_HTTP1_FAULT_HEAD_SIZE,
               NULL, 0);
        return took;
    }
    if (end == NULL) {
        line_append(m, data, n);
        return n;
    }
    if (m->line_bytes == 0) {
        line_in_place(m, &l, data, took - 1);
    } else {
        line_append(m, data, took - 1);
        line_assembled(m, &l);
    }
    on_line(m, &l);
    return took;
}

static void on_status_line(struct probe_http1 *m, const struct line *l);
static void on_request_line(struct probe_http1 *m, const struct line *l);
static void on_header(struct probe_http1 *m, const struct line *l);
static void on_chunk_line(struct probe_http1 *m, const struct line *l);
static void on_head_end(struct probe_http1 *m);

static void on_line(struct probe_http1 *m, const struct line *l)
{
    switch ((enum state)m->state) {
    case AT_START:
        if (m->kind == PROBE_HTTP1_RESPONSE)
            on_status_line(m, l);
        else if (l->whole > 0) /* an empty line before a request is forgiven */
            on_request_line(m, l);
        break;
    case AT_CHUNK:
        on_chunk_line(m, l);
        break;
    case AT_TRAILER:
        if (l->whole == 0)
            m->done = true;
        else
            on_header(m, l);
        break;
    default:
        if (l->whole == 0)
            on_head_end(m);
        else
            on_header(m, l);
        break;
    }
}

/* ---- the first line -------------------------------------------------------------------------- */

static bool parse_version(struct probe_http1 *m, const char *s, uint32_t n)
{
    if (n != 8 || memcmp(s, "HTTP/", 5) != 0 || s[6] != '.' || !probe_is_digit(s[5]) ||
        !probe_is_digit(s[7]))
        return false;
    m->major = (uint8_t)(s[5] - '0');
    m->minor = (uint8_t)(s[7] - '0');
    return true;
}

static bool at_least_1_1(const struct probe_http1 *m)
{
    return m->major > 1 || (m->major == 1 && m->minor >= 1);
}

static void on_status_line(struct probe_http1 *m, const struct line *l)
{
    const char *space = memchr(l->at, ' ', l->len), *code;
    const char *end = l->at + l->len;
    uint32_t n = 0, sign;

    if (space == NULL || l->dirty || has_control(l->at, l->len)) {
        refuse_line(m, PROBE_HTTP1_FAULT_RESPONSE, l);
        return;
    }
    for (code = space; code < end && *code == ' ';)
        code++;
    while (code + n < end && code[n] != ' ')
        n++;
    /* Three characters that Go's Atoi accepts, which takes a plus sign. */
    sign = n > 0 && code[0] == '+';
    m->status = 0;
    for (uint32_t i = sign; i < n && n == 3 && probe_is_digit(code[i]); i++)
        m->status = (uint16_t)(m->status * 10 + (code[i] - '0'));
    if (n != 3 || !probe_is_digit(code[sign]) || !probe_is_digit(code[1]) ||
        !probe_is_digit(code[2]))
        refuse(m, PROBE_HTTP1_FAULT_STATUS, code, n);
    else if (!parse_version(m, l->at, (uint32_t)(space - l->at)))
        refuse(m, PROBE_HTTP1_FAULT_VERSION, l->at, (uint32_t)(space - l->at));
    else
        m->state = AT_HEADER;
}

static void on_request_line(struct probe_http1 *m, const struct line *l)
{
    const char *end = l->at + l->len, *space = memchr(l->at, ' ', l->len), *last, *target;
    uint32_t method = space != NULL ? (uint32_t)(space - l->at) : 0;

    for (uint32_t i = 0; i < method; i++)
        if (!(byte_class[(unsigned char)l->at[i]] & TOKEN))
            method = 0;
    if (method == 0 || has_control(l->at, l->len)) {
        refuse_line(m, PROBE_HTTP1_FAULT_REQUEST, l);
        return;
    }
    target = space + 1;
    last = memchr(target, ' ', (size_t)(end - target));
    /* Half of the lent area must remain for the lines that follow. */
    if (l->cut || (last != NULL && (uint32_t)(last - target) > m->keep_room / 2)) {
        refuse_line(m, PROBE_HTTP1_FAULT_TARGET, l);
        return;
    }
    if (last == NULL || last == target) {
        refuse_line(m, PROBE_HTTP1_FAULT_REQUEST, l);
        return;
    }
    if (!parse_version(m, last + 1, (uint32_t)(end - last) - 1) || m->major != 1) {
        refuse(m, PROBE_HTTP1_FAULT_VERSION, last + 1, (uint32_t)(end - last) - 1);
        return;
    }
    if (method == 3 && memcmp(l->at, "GET", 3) == 0)
        m->method = PROBE_HTTP1_GET;
    else if (method == 4 && memcmp(l->at, "HEAD", 4) == 0)
        m->method = PROBE_HTTP1_HEAD;
    m->value_len = (uint32_t)(last - target);
    memmove(m->keep, target, m->value_len);
    m->has_value = true;
    m->state = AT_HEADER;
}

/* ---- headers --------------------------------------------------------------------------------- */

static void on_content_length(struct probe_http1 *m, const char *v, uint32_t n)
{
    uint64_t length = 0;

    if (n == 0) {
        refuse(m, PROBE_HTTP1_FAULT_NO_LENGTH, v, n);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t digit = (uint64_t)(v[i] - '0');

        if (!probe_is_digit(v[i]) || length > ((uint64_t)INT64_MAX - digit) / 10) {
            refuse(m, PROBE_HTTP1_FAULT_LENGTH, v, n);
            return;
        }
        length = length * 10 + digit;
    }
    /* Repeated, it must be repeated to the letter: "5" and "05" differ. */
    if (m->has_length && (m->length != length || m->length_digits != (uint8_t)RX_MIN(n, 255))) {
        refuse(m, PROBE_HTTP1_FAULT_LENGTHS, v, n);
        return;
    }
    m->has_length = true;
    m->length = length;
    m->length_digits = (uint8_t)RX_MIN(n, 255);
}

static void on_transfer_encoding(struct probe_http1 *m, const char *v, uint32_t n)
{
    if (!at_least_1_1(m))
        return;
    if (m->codings++ > 0)
        refuse(m, PROBE_HTTP1_FAULT_CODINGS, v, n);
    else if (n != 7 || !probe_same_name(v, "chunked", 7))
        refuse(m, PROBE_HTTP1_FAULT_CODING, v, n);
    else
        m->chunked = true;
}

/* A list of words, of which two matter. */
static void on_connection(struct probe_http1 *m, const char *v, uint32_t n)
{
    for (uint32_t i = 0; i < n;) {
        const char *comma = memchr(v + i, ',', n - i);
        uint32_t end = comma != NULL ? (uint32_t)(comma - v) : n, from = i, to = end;

        while (from < to && probe_is_blank(v[from]))
            from++;
        while (to > from && probe_is_blank(v[to - 1]))
            to--;
        if (to - from == 5 && probe_same_name(v + from, "close", 5))
            m->close = true;
        else if (to - from == 10 && probe_same_name(v + from, "keep-alive", 10))
            m->keep_alive = true;
        i = end + 1;
    }
}

/* The first one counts. It moves to the front of the lent area and stays there; at least half of
 * the area remains for the lines that follow. */
static void on_location(struct probe_http1 *m, const char *v, uint32_t n, bool cut)
{
    if (m->has_value)
        return;
    m->has_value = true;
    m->value_len = RX_MIN(n, m->keep_room / 2);
    m->value_cut = cut || m->value_len < n;
    memmove(m->keep, v, m->value_len);
}

/* True if the header means something to us. */
static bool on_known_header(struct probe_http1 *m, const char *name, uint32_t name_len,
                            const char *v, uint32_t n, bool cut)
{
    switch (name_len) {
    case 8:
        if (m->kind != PROBE_HTTP1_RESPONSE || !probe_same_name(name, "location", 8))
            return false;
        on_location(m, v, n, cut);
        return true;
    case 10:
        if (!probe_same_name(name, "connection", 10))
            return false;
        on_connection(m, v, n);
        /* In a response it is only about what comes after: no reason to refuse one that is
         * folded. */
        return m->kind == PROBE_HTTP1_REQUEST;
    case 14:
        if (!probe_same_name(name, "content-length", 14))
            return false;
        if (cut)
            refuse(m, PROBE_HTTP1_FAULT_LENGTH, v, n);
        else
            on_content_length(m, v, n);
        return true;
    case 17:
        if (!probe_same_name(name, "transfer-encoding", 17))
            return false;
        on_transfer_encoding(m, v, n);
        return true;
    default:
        return false;
    }
}

static void on_folded(struct probe_http1 *m, const struct line *l)
{
    if (!m->any_header)
        refuse_line(m, PROBE_HTTP1_FAULT_FIRST_HEADER, l);
    else if (m->fold_matters || l->dirty || has_control(l->at, l->len))
        refuse_line(m, PROBE_HTTP1_FAULT_HEADER, l);
}

/* Names are tokens. Go lets a client see spaces in them (and then does not know the name); a server
 * must not, for a proxy in between may have thought otherwise. Returns the length of the name up to
 * its colon, 0 if it is none. */
static uint32_t name_length(const struct probe_http1 *m, const struct line *l, bool *known)
{
    uint32_t n = 0;

    *known = m->state == AT_HEADER;
    for (;; n++) {
        while (l->len - n >= 8 && are_letters(l->at + n))
            n += 8;
        while (n < l->len && byte_class[(unsigned char)l->at[n]] & TOKEN)
            n++;
        if (n == l->len || l->at[n] != ' ' || m->kind == PROBE_HTTP1_REQUEST)
            break;
        *known = false;
    }
    return n < l->len && l->at[n] == ':' ? n : 0;
}

static void on_header(struct probe_http1 *m, const struct line *l)
{
    uint32_t name_len, n;
    const char *v;
    bool known;

    if (probe_is_blank(l->at[0])) {
        on_folded(m, l);
        return;
    }
    m->any_header = true;
    name_len = name_length(m, l, &known);
    v = l->at + name_len + 1;
    n = l->len - name_len - 1;
    if (name_len == 0 || l->dirty || has_control(v, n)) {
        bool colon = memchr(l->at, ':', l->len) != NULL;

        refuse_line(m, colon ? PROBE_HTTP1_FAULT_HEADER : PROBE_HTTP1_FAULT_COLON, l);
        return;
    }
    while (n > 0 && probe_is_blank(*v)) {
        v++;
        n--;
    }
    while (n > 0 && !l->cut && probe_is_blank(v[n - 1]))
        n--;
    m->fold_matters = known && on_known_header(m, l->at, name_len, v, n, l->cut);
}

static void on_head_end(struct probe_http1 *m)
{
    m->any_header = false;
    m->fold_matters = false;
    if (m->kind == PROBE_HTTP1_RESPONSE && m->status / 100 == 1 && m->status != 101) {
        /* Informational: the real one follows. The bytes of all of them count together. */
        m->state = AT_START;
        m->has_value = m->value_cut = m->has_length = m->chunked = false;
        m->codings = 0;
        m->value_len = 0;
        return;
    }
    m->head_done = true;
    if (!at_least_1_1(m) && !m->keep_alive)
        m->close = true;
    if (m->kind == PROBE_HTTP1_RESPONSE && !probe_http1_status_has_body(m->status)) {
        m->done = true;
    } else if (m->chunked) {
        m->state = AT_CHUNK;
    } else if (m->has_length) {
        m->left = m->length;
        m->state = AT_BODY;
        m->done = m->left == 0;
    } else if (m->kind == PROBE_HTTP1_RESPONSE) {
        m->state = AT_BODY_END;
        m->left = UINT64_MAX;
    } else {
        m->done = true;
    }
}

/* ---- bodies ---------------------------------------------------------------------------------- */

bool probe_http1_status_has_body(uint16_t status)
{
    return status / 100 != 1 && status != 204 && status != 304;
}

static uint32_t take_body(struct probe_http1 *m, const char *data, uint32_t n)
{
    uint64_t most = RX_MIN(m->left, m->body_max - m->body_bytes);
    uint32_t take = most < n ? (uint32_t)most : n;

    if (m->body_len < m->body_room) {
        uint32_t copy = RX_MIN(take, m->body_room - m->body_len);

        memcpy(m->body + m->body_len, data, copy);
        m->body_len += copy;
    }
    m->body_bytes += take;
    if (m->state != AT_BODY_END)
        m->left -= take;
    if (m->left == 0) {
        if (m->state == AT_BODY)
            m->done = true;
        else
            m->state = AT_CHUNK_CR;
    }
    if (m->body_bytes >= m->body_max && !m->done) {
        m->done = true;
        m->body_cut = true;
    }
    return take;
}

static void take_chunk_end(struct probe_http1 *m, char c)
{
    if (c != (m->state == AT_CHUNK_CR ? '\r' : '\n'))
        refuse(m, PROBE_HTTP1_FAULT_CHUNK_END, NULL, 0);
    m->state = m->state == AT_CHUNK_CR ? AT_CHUNK_LF : AT_CHUNK;
}

static enum probe_http1_fault parse_chunk_size(const char *s, uint32_t n, uint64_t *size)
{
    const char *extension = memchr(s, ';', n);

    if (extension != NULL)
        n = (uint32_t)(extension - s);
    else
        while (n > 0 && probe_is_blank(s[n - 1]))
            n--;
    if (n == 0)
        return PROBE_HTTP1_FAULT_CHUNK_EMPTY;
    *size = 0;
    for (uint32_t i = 0; i < n; i++) {
        int digit = probe_hex_value(s[i]);

        if (digit < 0)
            return PROBE_HTTP1_FAULT_CHUNK_BYTE;
        if (i == 16)
            return PROBE_HTTP1_FAULT_CHUNK_HUGE;
        *size = *size << 4 | (uint64_t)digit;
    }
    return PROBE_HTTP1_FAULT_NONE;
}

/* Chunks may be small, down to a byte each, but not padded with extensions without end. */
static bool too_much_waste(struct probe_http1 *m, uint32_t line_len, uint64_t size)
{
    uint64_t allowance = 16 + 2 * RX_MIN(size, (uint64_t)PROBE_HTTP1_CHUNK_WASTE_MAX);
    uint64_t waste = (uint64_t)m->waste + line_len + 2;

    m->waste = waste > allowance ? (uint32_t)(waste - allowance) : 0;
    return m->waste > PROBE_HTTP1_CHUNK_WASTE_MAX;
}

static void on_chunk_line(struct probe_http1 *m, const struct line *l)
{
    enum probe_http1_fault fault;
    uint64_t size = 0;

    if (!l->crlf)
        fault = PROBE_HTTP1_FAULT_CHUNK_LF;
    else if (l->dirty || memchr(l->at, '\r', l->len) != NULL)
        fault = PROBE_HTTP1_FAULT_CHUNK_CR;
    else
        fault = parse_chunk_size(l->at, l->len, &size);
    if (fault == PROBE_HTTP1_FAULT_NONE && too_much_waste(m, l->whole, size))
        fault = PROBE_HTTP1_FAULT_CHUNK_WASTE;
    if (fault != PROBE_HTTP1_FAULT_NONE) {
        refuse(m, fault, NULL, 0);
        return;
    }
    if (size > 0) {
        m->left = size;
        m->state = AT_CHUNK_DATA;
    } else {
        m->state = AT_TRAILER;
        m->head_bytes = 0;
        m->head_max = PROBE_HTTP1_TRAILER_MAX;
    }
}
