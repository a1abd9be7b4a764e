/* SPDX-License-Identifier: Apache-2.0 */
/* screen.c - counts of each look become cells, and cells become lines. */
#include "api/cli/picture/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/grow.h"
#include "api/face/format.h"
#include "engine/reactor/base.h"

enum { STEP_MS = 1000, NAME_COLUMNS = 20, COUNT_COLUMNS = 8, WORDS_COLUMNS = 34 };

/* From what is calm to what is worst: the colour of a cell is that of the last one that it has. */
static const uint8_t by_severity[HEALTH_CLASSES] = {
    HEALTH_READY,     HEALTH_COMPLETED, HEALTH_STARTING,     HEALTH_TERMINATING,
    HEALTH_NOT_READY, HEALTH_STOPPING,  HEALTH_CANNOT_START, HEALTH_BACK_OFF,
    HEALTH_FAILED,    HEALTH_UNKNOWN,
};

void screen_begin(struct screen *s, struct screen_colors colors)
{
    *s = (struct screen){.colors = colors, .step_ms = STEP_MS, .seen_ms = -1};
}

void screen_end(struct screen *s)
{
    health_free(&s->health);
    free(s->line);
    free(s->was);
    *s = (struct screen){.off = true};
}

static bool has(const char *variable, const char *word)
{
    const char *value = getenv(variable);

    return value != NULL && strstr(value, word) != NULL;
}

static const char *locale_name(void)
{
    static const char *const variable[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < RX_ARRAY_LEN(variable); i++) {
        const char *value = getenv(variable[i]);

        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

struct screen_colors screen_colors_here(bool on, bool light)
{
    const char *locale = locale_name();

    return (struct screen_colors){
        .on = on,
        .light = light,
        .many = has("TERM", "256color") || getenv("COLORTERM") != NULL,
        .unicode = strstr(locale, "UTF-8") != NULL || strstr(locale, "utf8") != NULL,
    };
}

/* ---- looking -------------------------------------------------------------------------------- */

static bool room_for(struct screen *s)
{
    while (s->lines < s->health.names.count) {
        if (!cli_grow((void **)&s->line, s->lines, &s->lines_room, sizeof(*s->line)))
            return false;
        s->line[s->lines++] = (struct screen_line){.first_ms = -1};
    }
    while (s->was_count < s->health.numbers.count) {
        if (!cli_grow((void **)&s->was, s->was_count, &s->was_room, sizeof(*s->was)))
            return false;
        s->was[s->was_count++] = 0;
    }
    return true;
}

static void say_lately(struct screen *s, const char *name, const char *status, int64_t now_ms,
                       bool good)
{
    struct rx_text t = rx_text_in(s->lately[0], SCREEN_SAID);

    memmove(s->lately[1], s->lately[0], (SCREEN_LATELY - 1) * SCREEN_SAID);
    face_duration(&t, now_ms / 100 * 100);
    rx_text_puts(&t, "  ");
    rx_text_puts(&t, name);
    rx_text_puts(&t, "  ");
    rx_text_puts(&t, good ? "is ready again" : status);
    rx_text_end(&t);
}

static void see(struct screen *s, podring *ring, uint64_t id, int64_t now_ms)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    const struct health_pod *p;
    struct screen_line *line;
    size_t place;

    if (podring_pod_info(ring, id, &info) != 0)
        return;
    p = health_see(&s->health, ring, id, &info, now_ms);
    if (p == NULL || !room_for(s)) {
        s->off = true;
        return;
    }
    place = (size_t)(p - s->health.pod);
    line = &s->line[p->workload];
    line->next.of[p->class]++;
    line->next.pods++;
    line->next.restarts += info.restarts;
    line->next.trouble |= health_is_trouble(p);
    if (health_is_trouble(p) && line->first_ms < 0)
        line->first_ms = now_ms;
    if (s->was[place] != 0 && s->was[place] != p->class + 1 &&
        (health_is_trouble(p) || (p->class == HEALTH_READY && p->been_ready)))
        say_lately(s, info.name, p->class == HEALTH_NOT_READY ? "is not ready" : info.status,
                   now_ms, p->class == HEALTH_READY);
    s->was[place] = (uint8_t)(p->class + 1);
}

/* Two cells become one: what was worst stays to be seen. */
static void halve(struct screen *s)
{
    for (size_t i = 0; i < s->lines; i++) {
        struct screen_cell *cell = s->line[i].cell;

        for (size_t j = 0; j < SCREEN_CELLS / 2; j++) {
            struct screen_cell a = cell[2 * j], b = cell[2 * j + 1];
            size_t worse = 0;

            for (size_t k = 0; k < HEALTH_CLASSES; k++)
                if (by_severity[k] == a.worst || by_severity[k] == b.worst)
                    worse = k;
            cell[j].worst = by_severity[worse];
            cell[j].height = a.height == 0 || b.height == 0 ? RX_MAX(a.height, b.height)
                                                            : RX_MIN(a.height, b.height);
        }
        memset(cell + SCREEN_CELLS / 2, 0, SCREEN_CELLS / 2 * sizeof(*cell));
    }
    s->step_ms *= 2;
}

static struct screen_cell cell_of(const struct screen_count *n)
{
    struct screen_cell cell = {0};

    if (n->pods == 0)
        return cell;
    cell.height = (uint8_t)(1 + (uint64_t)n->of[HEALTH_READY] * 7 / n->pods);
    for (size_t k = 0; k < HEALTH_CLASSES; k++)
        if (n->of[by_severity[k]] > 0)
            cell.worst = by_severity[k];
    return cell;
}

static void end_round(struct screen *s, int64_t now_ms)
{
    size_t from, to;

    while (now_ms / s->step_ms >= SCREEN_CELLS)
        halve(s);
    from = s->seen_ms < 0 ? 0 : (size_t)(s->seen_ms / s->step_ms) + 1;
    to = (size_t)(now_ms / s->step_ms);
    for (size_t i = 0; i < s->lines; i++) {
        s->line[i].now = s->line[i].next;
        s->line[i].next = (struct screen_count){0};
        /* What nobody has looked at was as it is now. */
        for (size_t j = RX_MIN(from, to); j <= to; j++)
            s->line[i].cell[j] = cell_of(&s->line[i].now);
    }
    s->seen_ms = now_ms;
    s->cursor = 0;
}

bool screen_look(struct screen *s, podring *ring, int64_t now_ms, uint32_t most)
{
    uint64_t id = 1;

    while (most-- > 0 && !s->off && (id = podring_next_pod(ring, &s->cursor)) != 0)
        see(s, ring, id, now_ms);
    if (s->off || id != 0)
        return s->off;
    end_round(s, now_ms);
    return true;
}

/* ---- drawing -------------------------------------------------------------------------------- */

static void put_color(struct rx_text *t, const struct screen *s, uint8_t class)
{
    static const uint8_t many[HEALTH_CLASSES][2] = {/* on light, on dark */
        [HEALTH_READY] = {65, 72},         [HEALTH_NOT_READY] = {172, 221},
        [HEALTH_STARTING] = {68, 39},      [HEALTH_STOPPING] = {94, 137},
        [HEALTH_BACK_OFF] = {160, 202},    [HEALTH_CANNOT_START] = {91, 135},
        [HEALTH_FAILED] = {52, 217},       [HEALTH_COMPLETED] = {248, 242},
        [HEALTH_TERMINATING] = {60, 247},
    };
    static const char *const few[HEALTH_CLASSES] = {
        [HEALTH_READY] = "32",      [HEALTH_NOT_READY] = "33",    [HEALTH_STARTING] = "34",
        [HEALTH_STOPPING] = "33",   [HEALTH_BACK_OFF] = "91",     [HEALTH_CANNOT_START] = "35",
        [HEALTH_FAILED] = "31;7",   [HEALTH_COMPLETED] = "2",     [HEALTH_TERMINATING] = "36",
        [HEALTH_UNKNOWN] = "7",
    };

    if (!s->colors.on)
        return;
    rx_text_puts(t, "\033[0");
    if (s->colors.many && class != HEALTH_UNKNOWN) {
        rx_text_puts(t, ";38;5;");
        rx_text_u64(t, many[class][s->colors.light ? 0 : 1]);
    } else {
        rx_text_putc(t, ';');
        rx_text_puts(t, few[class]);
    }
    rx_text_putc(t, 'm');
}

static void put_plain(struct rx_text *t, const struct screen *s)
{
    if (s->colors.on)
        rx_text_puts(t, "\033[0m");
}

static void put_cells(struct rx_text *t, const struct screen *s, const struct screen_cell *cell,
                      size_t columns)
{
    static const char *const block[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t seen = s->seen_ms < 0 ? 0 : (size_t)(s->seen_ms / s->step_ms) + 1;
    size_t first = seen > columns ? seen - columns : 0;
    int color = -1;

    for (size_t i = first; i < first + columns; i++) {
        uint8_t height = i < seen ? cell[i].height : 0;

        if (height > 0 && cell[i].worst != color)
            put_color(t, s, cell[i].worst);
        color = height > 0 ? cell[i].worst : color;
        if (height > 0 && !s->colors.unicode)
            rx_text_putc(t, (char)('0' + height));
        else
            rx_text_puts(t, block[height]);
    }
    if (color >= 0)
        put_plain(t, s);
}

/* Cut to the columns, or filled up to them. Names are ASCII. */
static void put_name(struct rx_text *t, const char *name, size_t columns)
{
    size_t n = strlen(name), from = t->length;

    rx_text_put(t, name, RX_MIN(n, columns - 1));
    rx_text_pad(t, from, columns);
}

static size_t count_columns(uint64_t n)
{
    char text[32];
    struct rx_text t = rx_text_in(text, sizeof(text));

    face_grouped(&t, n);
    return t.length;
}

static void put_right(struct rx_text *t, uint64_t n, size_t columns)
{
    size_t width = count_columns(n);

    rx_text_fill(t, ' ', width < columns ? columns - width : 0);
    face_grouped(t, n);
}

/* "57 ready  3 not ready", worst last, as many as fit. */
static void put_words(struct rx_text *t, const struct screen *s, const struct screen_count *line,
                      size_t columns)
{
    for (size_t k = 0; k < HEALTH_CLASSES; k++) {
        uint8_t class = by_severity[k];
        size_t width = 3 + count_columns(line->of[class]) + strlen(health_name(class));

        if (line->of[class] == 0 || width > columns)
            continue;
        rx_text_puts(t, "  ");
        put_color(t, s, class);
        face_grouped(t, line->of[class]);
        rx_text_putc(t, ' ');
        rx_text_puts(t, health_name(class));
        put_plain(t, s);
        columns -= width;
    }
    if (line->restarts > 0 && columns >= 12 + count_columns(line->restarts)) {
        rx_text_puts(t, "  ");
        face_grouped(t, line->restarts);
        rx_text_puts(t, line->restarts == 1 ? " restart" : " restarts");
    }
}

static void put_line(struct rx_text *t, const struct screen *s, const char *name,
                     const struct screen_line *line, size_t columns)
{
    size_t left = columns - NAME_COLUMNS - COUNT_COLUMNS - 2;
    size_t cells = left > 2 * WORDS_COLUMNS ? RX_MIN((size_t)SCREEN_CELLS, left - WORDS_COLUMNS)
                                            : left / 2;

    put_name(t, name, NAME_COLUMNS);
    put_right(t, line->now.pods, COUNT_COLUMNS);
    rx_text_puts(t, "  ");
    put_cells(t, s, line->cell, cells);
    put_words(t, s, &line->now, left - cells);
    rx_text_putc(t, '\n');
}

/* Which line comes next: those in trouble now, then those that have been, by when. */
static bool comes_before(const struct screen_line *a, const struct screen_line *b)
{
    if (a->now.trouble != b->now.trouble)
        return a->now.trouble;
    if (a->first_ms < 0 || b->first_ms < 0)
        return a->first_ms >= 0 && b->first_ms < 0;
    return a->first_ms < b->first_ms;
}

/* The lines to be drawn: all of them if there is room, else those that have been in trouble. */
static size_t choose(const struct screen *s, uint32_t *list, size_t room, size_t *all)
{
    size_t n = 0;

    *all = 0;
    for (uint32_t i = 0; i < s->lines; i++) {
        size_t at;

        if (s->line[i].first_ms < 0 && s->lines > room)
            continue;
        ++*all;
        for (at = n; at > 0 && comes_before(&s->line[i], &s->line[list[at - 1]]); at--)
            if (at < room)
                list[at] = list[at - 1];
        if (at < room)
            list[at] = i;
        n = RX_MIN(n + 1, room);
    }
    return n;
}

static void put_quiet(struct rx_text *t, const struct screen *s, size_t columns)
{
    struct screen_line sum = {.first_ms = -1};
    char name[32];
    uint32_t n = 0;

    for (size_t i = 0; i < s->lines; i++) {
        const struct screen_line *line = &s->line[i];

        if (line->first_ms >= 0)
            continue;
        n++;
        sum.now.pods += line->now.pods;
        sum.now.restarts += line->now.restarts;
        for (size_t k = 0; k < HEALTH_CLASSES; k++)
            sum.now.of[k] += line->now.of[k];
        for (size_t j = 0; j < SCREEN_CELLS; j++) {
            struct screen_cell *cell = &sum.cell[j];

            if (line->cell[j].height > 0 &&
                (cell->height == 0 || line->cell[j].height < cell->height))
                *cell = line->cell[j];
        }
    }
    snprintf(name, sizeof(name), "%u quiet workload%s", n, n == 1 ? "" : "s");
    if (n > 0)
        put_line(t, s, name, &sum, columns);
}

void screen_put(struct rx_text *t, const struct screen *s, size_t columns, size_t rows)
{
    uint32_t list[SCREEN_LINES];
    size_t all, n, left;

    if (s->off || rows < 3 || columns < NAME_COLUMNS + COUNT_COLUMNS + 12 || s->lines == 0)
        return;
    rows -= 2; /* for the quiet ones, and for those that are left */
    n = choose(s, list, RX_MIN(rows, (size_t)SCREEN_LINES), &all);
    for (size_t i = 0; i < n; i++) {
        const char *ns, *kind, *name;

        health_workload_name(&s->health, list[i], &ns, &kind, &name);
        put_line(t, s, name[0] != '\0' ? name : "pods of their own", &s->line[list[i]], columns);
    }
    if (all > n) {
        rx_text_puts(t, "and ");
        face_grouped(t, all - n);
        rx_text_puts(t, " more\n");
    }
    if (all < s->lines)
        put_quiet(t, s, columns);
    left = rows - n;
    for (size_t i = 0; i < SCREEN_LATELY && i < left && s->lately[i][0] != '\0'; i++) {
        rx_text_put(t, s->lately[i], RX_MIN(strlen(s->lately[i]), columns));
        rx_text_putc(t, '\n');
    }
}
