/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c - a few lines that are drawn over and over. */
#include "api/cli/io/progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "api/cli/signals.h"

enum {
    FRAME_NS = 200000000,
    BAR_WIDTH = 24,
    TEXT_ROOM = 32 << 10,
    STATUSES_SHOWN = 4,
    PODS_AT_ONCE = 256,
    OWN_LINES = 7 /* and the one of the cursor */
};

static void write_text(const struct rx_text *t)
{
    size_t done = 0, all = t->length < t->room ? t->length : t->room;

    while (done < all) {
        ssize_t n = write(STDERR_FILENO, t->out + done, all - done);
        if (n <= 0)
            return; /* a lost frame; the next one comes soon */
        done += (size_t)n;
    }
}

uint64_t progress_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void progress_begin(struct progress *p, const struct cli_options *o, int64_t end_ms)
{
    *p = (struct progress){.on = !o->quiet && cli_is_terminal(STDERR_FILENO),
                           .real = o->engine.clock == PODRING_REAL,
                           .end_ms = end_ms};
    if (!p->on)
        return;
    p->begin_ns = p->last_ns = progress_clock_ns();
    p->next_ns = p->begin_ns + FRAME_NS / 2;
    screen_begin(&p->screen, screen_colors_here(cli_color_on(o, STDERR_FILENO),
                                                o->color == CLI_COLOR_LIGHT));
    signals_restore_terminal(true);
    keys_begin(&p->keys, o);
}

static void put_bar(struct rx_text *t, int64_t now_ms, int64_t end_ms)
{
    int64_t filled = end_ms > 0 ? now_ms * BAR_WIDTH / end_ms : BAR_WIDTH;

    rx_text_puts(t, "  [");
    rx_text_fill(t, '=', (size_t)filled);
    rx_text_fill(t, ' ', (size_t)(BAR_WIDTH - filled));
    rx_text_putc(t, ']');
}

static void put_time(struct rx_text *t, const struct progress *p, uint64_t wall_ns)
{
    int64_t now_ms = p->report.end_ms, tenth = now_ms / 100 * 100;

    rx_text_puts(t, p->real ? "running    " : "simulating ");
    face_duration(t, tenth);
    if (p->end_ms != INT64_MAX) {
        rx_text_puts(t, " of ");
        face_duration(t, p->end_ms);
        put_bar(t, now_ms < p->end_ms ? now_ms : p->end_ms, p->end_ms);
    }
    if (!p->real && wall_ns > 0) {
        rx_text_puts(t, "  ");
        face_grouped(t, (uint64_t)now_ms * 1000000 / wall_ns);
        rx_text_puts(t, " times real time");
    }
    rx_text_putc(t, '\n');
}

static void put_count(struct rx_text *t, uint64_t n, const char *what)
{
    face_grouped(t, n);
    rx_text_puts(t, what);
}

static void put_lines(struct rx_text *t, const struct progress *p, uint64_t wall_ns)
{
    const struct podring_stats *s = &p->report.stats;

    put_time(t, p, wall_ns);
    rx_text_puts(t, "pods       ");
    put_count(t, s->pods, ": ");
    face_statuses(t, &p->report, STATUSES_SHOWN);
    rx_text_puts(t, "\nprobes     ");
    put_count(t, p->per_second, "/s now, ");
    put_count(t, wall_ns > 0 ? s->probes * 1000 / (wall_ns / 1000000 + 1) : 0, "/s on average; ");
    put_count(t, s->probes, " sent, ");
    put_count(t, s->in_flight, " in flight\nverdicts   ");
    put_count(t, s->success, " success, ");
    put_count(t, s->warning, " warning, ");
    put_count(t, s->failure, " failure, ");
    put_count(t, s->error, " error; ");
    put_count(t, s->missed, " missed\n");
    if (p->real) {
        rx_text_puts(t, "lateness   p50 ");
        face_span(t, p->report.lateness.p50);
        rx_text_puts(t, ", p99 ");
        face_span(t, p->report.lateness.p99);
        rx_text_puts(t, "; latency p50 ");
        face_span(t, p->report.latency.p50);
        rx_text_puts(t, ", p99 ");
        face_span(t, p->report.latency.p99);
        rx_text_putc(t, '\n');
    }
    rx_text_puts(t, "containers ");
    put_count(t, s->containers_running, " running, ");
    put_count(t, s->restarts, " restarts, ");
    put_count(t, s->backoffs, " back-offs, ");
    put_count(t, s->kills, " kills\n");
}

static struct winsize terminal_size(void)
{
    struct winsize w;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_col <= 1)
        w = (struct winsize){.ws_col = 80, .ws_row = 24};
    return w;
}

/* To the first of the lines drawn before, some of which may have been wrapped since. */
static void put_home(struct rx_text *t, const struct progress *p)
{
    unsigned columns = terminal_size().ws_col, rows = 0;

    rx_text_putc(t, '\r');
    for (int i = 0; i < p->lines; i++)
        rows += p->width[i] > columns ? (p->width[i] + columns - 1u) / columns : 1u;
    if (rows > 0) {
        rx_text_puts(t, "\033[");
        rx_text_u64(t, rows);
        rx_text_putc(t, 'A');
    }
}

/* How many bytes of a line fill so many columns, and in *width how many they do fill: colours take
 * none, nor do the further bytes of a character. */
static size_t bytes_of(const char *line, size_t n, size_t columns, uint16_t *width)
{
    size_t i = 0;

    *width = 0;
    while (i < n) {
        if (line[i] == '\033') {
            i += strcspn(line + i, "m") + 1;
            continue;
        }
        if (*width == columns)
            break;
        for (i++; i < n && ((unsigned char)line[i] & 0xc0) == 0x80; i++)
            continue;
        ++*width;
    }
    return i < n ? i : n;
}

/* Lines are cut at the edge: one that wraps would make the next frame start on the wrong row. */
static void draw(struct progress *p, const char *lines)
{
    char frame[TEXT_ROOM + 1024];
    struct rx_text t = rx_text_in(frame, sizeof(frame));
    size_t columns = terminal_size().ws_col - 1u;

    rx_text_puts(&t, "\033[?25l");
    put_home(&t, p);
    for (p->lines = 0; *lines != '\0' && p->lines < PROGRESS_LINES; p->lines++) {
        size_t n = strcspn(lines, "\n");

        rx_text_put(&t, lines, bytes_of(lines, n, columns, &p->width[p->lines]));
        rx_text_puts(&t, "\033[K\n");
        lines += n + 1;
    }
    rx_text_puts(&t, "\033[J");
    write_text(&t);
}

bool progress_due(const struct progress *p)
{
    return p->on && progress_clock_ns() >= p->next_ns;
}

/* Some pods at a time, and no more than a hundredth of the time. */
static void look(struct progress *p, podring *ring, uint64_t now_ns)
{
    bool all = screen_look(&p->screen, ring, podring_now(ring), PODS_AT_ONCE);
    uint64_t spent_ns = progress_clock_ns() - now_ns;

    p->look_next_ns = now_ns + 100 * spent_ns;
    if (all && p->look_next_ns < now_ns + FRAME_NS)
        p->look_next_ns = now_ns + FRAME_NS;
}

void progress_draw(struct progress *p, podring *ring)
{
    uint64_t now_ns;

    if (!p->on)
        return;
    now_ns = progress_clock_ns();
    if (now_ns >= p->look_next_ns)
        look(p, ring, now_ns);
    if (now_ns < p->next_ns)
        return;
    face_report_measure(&p->report, ring);
    if (now_ns >= p->count_next_ns) {
        /* Counting looks at every pod: with many, more rarely, to stay below a hundredth. */
        face_report_count(&p->report, ring);
        p->count_next_ns = now_ns + 100 * (progress_clock_ns() - now_ns);
    }
    progress_show(p);
}

void progress_show(struct progress *p)
{
    char text[TEXT_ROOM];
    struct rx_text t = rx_text_in(text, sizeof(text));
    uint64_t now_ns = progress_clock_ns();
    struct winsize size = terminal_size();

    for (char key = keys_next(&p->keys); key != '\0'; key = keys_next(&p->keys))
        if (key == 'q')
            signals_stop();
    p->per_second =
        (p->report.stats.probes - p->last_probes) * 1000000 / ((now_ns - p->last_ns) / 1000 + 1);
    p->last_probes = p->report.stats.probes;
    p->last_ns = now_ns;
    put_lines(&t, p, now_ns - p->begin_ns);
    if (size.ws_row > OWN_LINES)
        screen_put(&t, &p->screen, size.ws_col - 1u, size.ws_row - OWN_LINES);
    rx_text_end(&t);
    draw(p, text);
    p->next_ns = now_ns + FRAME_NS;
}

void progress_clear(struct progress *p)
{
    char frame[64];
    struct rx_text t = rx_text_in(frame, sizeof(frame));

    if (!p->on)
        return;
    put_home(&t, p);
    rx_text_puts(&t, "\033[J\033[?25h");
    write_text(&t);
    p->lines = 0;
}

void progress_end(struct progress *p)
{
    progress_clear(p);
    if (p->on)
        signals_restore_terminal(false);
    p->on = false;
    screen_end(&p->screen);
    keys_end(&p->keys);
}
