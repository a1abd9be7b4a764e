/* SPDX-License-Identifier: Apache-2.0 */
/* rule_index.c - ranges, found by halving; lists, read and written. */
#include "engine/store/rule_index.h"

#include <string.h>

#include "engine/reactor/base.h"

/* The first range that ends at the index or behind it. */
static uint32_t place_of(const struct st_indexes *s, uint32_t index)
{
    uint32_t low = 0, high = s->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (s->range[middle].last >= index)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool st_indexes_has(const struct st_indexes *s, uint32_t index)
{
    uint32_t i = place_of(s, index);

    return i < s->count && s->range[i].first <= index;
}

bool st_indexes_add(struct st_indexes *s, uint32_t index)
{
    uint32_t i = place_of(s, index);
    bool before = i > 0 && s->range[i - 1].last + 1 == index,
         after = i < s->count && s->range[i].first == index + 1;

    if (i < s->count && s->range[i].first <= index)
        return false;
    s->total++;
    if (before && after) {
        s->range[i - 1].last = s->range[i].last;
        memmove(&s->range[i], &s->range[i + 1], (s->count - i - 1) * sizeof(*s->range));
        s->count--;
    } else if (before) {
        s->range[i - 1].last = index;
    } else if (after) {
        s->range[i].first = index;
    } else {
        RX_ASSERT(s->count < s->room);
        memmove(&s->range[i + 1], &s->range[i], (s->count - i) * sizeof(*s->range));
        s->range[i] = (struct st_index_range){index, index};
        s->count++;
    }
    return true;
}

void st_indexes_cut(struct st_indexes *s, uint32_t from)
{
    while (s->count > 0 && s->range[s->count - 1].last >= from) {
        struct st_index_range *r = &s->range[s->count - 1];

        if (r->first < from) {
            s->total -= r->last - from + 1;
            r->last = from - 1;
            return;
        }
        s->total -= r->last - r->first + 1;
        s->count--;
    }
}

uint32_t st_indexes_below(const struct st_indexes *s, uint32_t limit)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->count && s->range[i].first < limit; i++)
        n += RX_MIN(s->range[i].last, limit - 1) - s->range[i].first + 1;
    return n;
}

void st_indexes_text(const struct st_indexes *s, struct rx_fit *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        struct st_index_range r = s->range[i];

        if (i > 0)
            rx_fit_add(out, ",", 1);
        rx_fit_uint(out, r.first);
        if (r.last == r.first)
            continue;
        rx_fit_add(out, r.last == r.first + 1 ? "," : "-", 1);
        rx_fit_uint(out, r.last);
    }
}

uint32_t st_index_free(const struct st_indexes *const *sets, uint32_t count, uint32_t from)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t at = place_of(sets[i], from);

            if (at < sets[i]->count && sets[i]->range[at].first <= from) {
                from = sets[i]->range[at].last + 1;
                moved = true;
            }
        }
    }
    return from;
}

/* ---- lists ----------------------------------------------------------------------------------- */

struct reader {
    uint32_t completions;
    int64_t last; /* read so far; -1: none */
    struct rx_fit why;
};

static bool refuse(struct reader *r, const char *what, const char *part, size_t length)
{
    rx_fit_str(&r->why, what);
    rx_fit_add(&r->why, "\"", 1);
    rx_fit_add(&r->why, part, length);
    rx_fit_add(&r->why, "\"", 1);
    return false;
}

static bool read_limit(struct reader *r, const char *part, size_t length, uint32_t *out)
{
    uint64_t value = 0;

    for (size_t i = 0; i < length || i == 0; i++) {
        if (length == 0 || part[i] < '0' || part[i] > '9')
            return refuse(r, "cannot convert string to integer for index: ", part, length);
        value = RX_MIN(value * 10 + (uint64_t)(part[i] - '0'), UINT32_MAX);
    }
    if (value >= r->completions)
        return refuse(r, "too large index: ", part, length);
    if (r->last >= (int64_t)value) {
        rx_fit_str(&r->why, "non-increasing order, previous: ");
        rx_fit_uint(&r->why, (uint64_t)r->last);
        rx_fit_str(&r->why, ", current: ");
        rx_fit_uint(&r->why, value);
        return false;
    }
    r->last = (int64_t)value;
    *out = (uint32_t)value;
    return true;
}

static bool read_range(struct reader *r, const char *part, size_t length,
                       struct st_index_range *out)
{
    const char *hyphen = memchr(part, '-', length);
    size_t first = hyphen != NULL ? (size_t)(hyphen - part) : length;

    if (hyphen != NULL && memchr(hyphen + 1, '-', length - first - 1) != NULL) {
        rx_fit_str(&r->why, "the fragment ");
        refuse(r, "", part, length);
        rx_fit_str(&r->why, " violates the requirement that an index interval can have at most two "
                            "parts separated by '-'");
        return false;
    }
    if (!read_limit(r, part, first, &out->first))
        return false;
    out->last = out->first;
    return hyphen == NULL || read_limit(r, hyphen + 1, length - first - 1, &out->last);
}

static void put_range(struct st_indexes *s, struct st_index_range r)
{
    s->total += r.last - r.first + 1;
    if (s->count > 0 && s->range[s->count - 1].last + 1 == r.first) {
        s->range[s->count - 1].last = r.last;
        return;
    }
    RX_ASSERT(s->count < s->room);
    s->range[s->count++] = r;
}

bool st_indexes_read(const char *text, uint32_t completions, struct st_indexes *out,
                     char why[ST_INDEXES_WHY_MAX])
{
    struct reader r = {.completions = completions,
                       .last = -1,
                       .why = {.at = why, .room = ST_INDEXES_WHY_MAX - 1}};
    bool ok = true;

    out->count = out->total = 0;
    while (ok && *text) {
        size_t length = strcspn(text, ",");
        struct st_index_range range;

        ok = read_range(&r, text, length, &range);
        if (ok)
            put_range(out, range);
        text += length;
        if (ok && *text == ',' && *++text == '\0') /* behind the last comma stands nothing */
            ok = read_range(&r, text, 0, &range);
    }
    why[r.why.len] = '\0';
    return ok;
}
