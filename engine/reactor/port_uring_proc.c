/* SPDX-License-Identifier: Apache-2.0 */
/* port_uring_proc.c - a process as a flight: started, read from, killed, reaped. */
#include "engine/reactor/port_uring_proc.h"

#include <errno.h>
#include <unistd.h>

#include "engine/reactor/err.h"
#include "engine/reactor/port_uring_flow.h"
#include "engine/reactor/port_uring_sys.h"

enum {
    ENTRIES = 4,
    WASTE_ROOM = 65536, /* a pipe holds as much */
    TRIES_MAX = 50,     /* with the pause of port_uring.c 200 ms */
    STARTS_MAX = 4,     /* in one wait */
    BURY_NS = RX_NS_PER_S,
};

static bool begin(struct rx_uring *u, struct rx_op *op);
static bool hold(struct rx_uring *u, int error);
static void arm(struct rx_uring *u, struct rx_uflight *f);
static void take_output(struct rx_uproc *p, struct rx_spawn *s, int stream, int32_t res);
static void take_end(struct rx_uproc *p);
static int finish(struct rx_uring *u, struct rx_uflight *f, struct rx_ready *ready);
static void put_back(struct rx_uprocs *all, struct rx_uproc *p);

static struct rx_uproc *proc_of(struct rx_uring *u, const struct rx_uflight *f)
{
    return &u->procs.all[f->sock];
}

static uint8_t bit_of(unsigned code)
{
    return (uint8_t)(1U << (code - RX_AT_PROC_RUNS));
}

static bool has(const struct rx_uproc *p, unsigned code)
{
    return (p->entries & bit_of(code)) != 0;
}

/* ---- open and close -------------------------------------------------------------------------- */

int rx_uprocs_open(struct rx_uprocs *all, const struct rx_mem *mem, uint32_t count)
{
    *all = (struct rx_uprocs){.count = count, .free = RX_UNONE};
    rx_uqueue_init(&all->waiting);
    if (count == 0)
        return 0;
    all->all = rx_mem_alloc(mem, count * sizeof(*all->all));
    all->waste = rx_mem_alloc(mem, WASTE_ROOM);
    return all->all != NULL && all->waste != NULL ? 0 : -RX_ENOMEM;
}

void rx_uprocs_close(struct rx_uprocs *all, const struct rx_mem *mem, bool ours)
{
    rx_ns limit = rx_sys_monotonic_ns() + BURY_NS;

    for (uint32_t i = 0; ours && i < all->fresh; i++)
        if (all->all[i].used && !all->all[i].ended)
            rx_sys_kill_group(&all->all[i].child);
    for (uint32_t i = 0; i < all->fresh; i++) {
        struct rx_uproc *p = &all->all[i];

        if (ours && p->used && !p->ended)
            rx_sys_bury(&p->child, RX_MAX(limit - rx_sys_monotonic_ns(), (rx_ns)0));
        if (p->used)
            put_back(all, p);
    }
    rx_mem_free(mem, all->all, all->count * sizeof(*all->all));
    rx_mem_free(mem, all->waste, WASTE_ROOM);
    *all = (struct rx_uprocs){0};
}

static struct rx_uproc *take_one(struct rx_uprocs *all)
{
    uint32_t index = all->free;

    if (index != RX_UNONE)
        all->free = all->all[index].next;
    else if (all->fresh < all->count)
        index = all->fresh++;
    else
        return NULL;
    all->used++;
    all->all[index] = (struct rx_uproc){.used = true, .child = {.pidfd = -1, .stream = {-1, -1}}};
    return &all->all[index];
}

/* With all of its descriptors. */
static void put_back(struct rx_uprocs *all, struct rx_uproc *p)
{
    for (int i = 0; i < 2; i++)
        if (p->child.stream[i] >= 0)
            close(p->child.stream[i]);
    if (p->child.pidfd >= 0)
        close(p->child.pidfd);
    p->used = false;
    p->next = all->free;
    all->free = (uint32_t)(p - all->all);
    all->used--;
}

/* ---- starting -------------------------------------------------------------------------------- */

void rx_uproc_start(struct rx_uring *u, struct rx_op *op)
{
    op->spawn->out_len = op->spawn->err_len = 0;
    if (u->procs.count == 0) {
        rx_uflow_end(u, op, -EOPNOTSUPP);
        return;
    }
    op->port_gen = 1; /* counted as waiting once it has */
    rx_uflow_enqueue(u, &u->procs.waiting, op);
}

void rx_uproc_pump(struct rx_uring *u)
{
    struct rx_op *op;

    /* The wait does not sleep over those that are left then: a start completes at once. */
    for (int i = 0; i < STARTS_MAX; i++) {
        op = rx_uqueue_pop(&u->procs.waiting);
        if (op == NULL)
            return;
        if (!begin(u, op)) {
            rx_uqueue_unpop(&u->procs.waiting, op);
            return;
        }
    }
}

bool rx_uproc_ready(const struct rx_uprocs *all)
{
    return all->waiting.head != NULL && !all->held && all->used < all->count;
}

/* False, and nothing done, if it has to wait. */
static bool begin(struct rx_uring *u, struct rx_op *op)
{
    struct rx_uflight *f;
    struct rx_uproc *p;
    int rc;

    if (u->procs.held || u->table.flights_used == u->table.flights || !rx_usq_room(u, ENTRIES))
        return false;
    p = take_one(&u->procs);
    if (p == NULL)
        return false;
    rc = rx_sys_spawn(op->spawn, &p->child);
    if (rc != 0) {
        put_back(&u->procs, p);
        if (hold(u, rc))
            return false;
    }
    u->procs.tries = 0;
    u->stats.waited += u->now > op->started;
    rx_uflow_leave_queue(u, op);
    if (rc != 0) {
        u->stats.procs_failed++;
        rx_uflow_end(u, op, rc);
        return true;
    }
    u->stats.procs++;
    u->procs.peak = RX_MAX(u->procs.peak, u->procs.used);
    f = rx_utable_flight_take(&u->table, op);
    f->sock = (uint32_t)(p - u->procs.all);
    op->state = RX_OP_ACTIVE;
    rx_usq_nop(u, f, RX_AT_PROC_RUNS);
    p->entries = bit_of(RX_AT_PROC_RUNS);
    arm(u, f);
    return true;
}

/* True: not the command's fault, and not for ever. */
static bool hold(struct rx_uring *u, int error)
{
    if (error != -EAGAIN && error != -ENOMEM && error != -EMFILE && error != -ENFILE)
        return false;
    if (u->procs.used == 0 && ++u->procs.tries > TRIES_MAX)
        return false;
    u->stats.procs_retry++;
    u->procs.held = u->want_pause = true;
    return true;
}

/* ---- while it runs --------------------------------------------------------------------------- */

bool rx_uproc_go_on(struct rx_uring *u, struct rx_uflight *f)
{
    struct rx_uproc *p = proc_of(u, f);

    if (!rx_usq_room(u, ENTRIES))
        return false;
    if (!p->ended) {
        arm(u, f);
        return true;
    }
    /* Somebody may hold a pipe for ever. A READ that this misses is about to complete anyway. */
    for (unsigned code = RX_AT_PROC_OUT; code <= RX_AT_PROC_ERR; code++)
        if (has(p, code))
            rx_usq_cancel(u, f, code);
    return true;
}

static void arm_read(struct rx_uring *u, struct rx_uflight *f, unsigned code, char *to,
                     uint32_t used)
{
    struct rx_uproc *p = proc_of(u, f);
    int fd = p->child.stream[code - RX_AT_PROC_OUT];
    uint32_t left = f->op->spawn->room - used;

    if (fd < 0 || has(p, code))
        return;
    if (left > 0)
        rx_usq_read(u, f, code, fd, to + used, left);
    else
        rx_usq_read(u, f, code, fd, u->procs.waste, WASTE_ROOM);
    p->entries |= bit_of(code);
}

static void arm(struct rx_uring *u, struct rx_uflight *f)
{
    struct rx_spawn *s = f->op->spawn;
    struct rx_uproc *p = proc_of(u, f);

    arm_read(u, f, RX_AT_PROC_OUT, s->out, s->out_len);
    arm_read(u, f, RX_AT_PROC_ERR, s->err, s->err_len);
    if (!has(p, RX_AT_PROC_ENDS))
        rx_usq_poll(u, f, RX_AT_PROC_ENDS, p->child.pidfd);
    p->entries |= bit_of(RX_AT_PROC_ENDS);
}

int rx_uproc_take(struct rx_uring *u, struct rx_uflight *f, unsigned code, int32_t res,
                  struct rx_ready *ready)
{
    struct rx_uproc *p = proc_of(u, f);

    if (code == RX_AT_CANCEL)
        return 0;
    p->entries &= (uint8_t)~bit_of(code);
    if (code == RX_AT_PROC_OUT || code == RX_AT_PROC_ERR)
        take_output(p, f->op->spawn, (int)(code - RX_AT_PROC_OUT), res);
    if (code == RX_AT_PROC_ENDS)
        take_end(p);
    if (p->ended && p->entries == 0)
        return finish(u, f, ready);
    if (code != RX_AT_PROC_RUNS) {
        rx_uflow_later(u, f);
        return 0;
    }
    *ready = (struct rx_ready){.op = f->op, .res = p->child.pid, .sock = RX_SOCK_NONE};
    return 1;
}

static void take_output(struct rx_uproc *p, struct rx_spawn *s, int stream, int32_t res)
{
    uint32_t *used = stream == 0 ? &s->out_len : &s->err_len;

    if (res > 0 && *used < s->room) {
        *used += (uint32_t)res;
    } else if (res <= 0 && res != -ECANCELED && res != -EINTR && res != -EAGAIN) {
        close(p->child.stream[stream]);
        p->child.stream[stream] = -1;
    }
}

static void take_end(struct rx_uproc *p)
{
    int rc = rx_sys_reap(&p->child, &p->code);

    if (rc < 0)
        p->code = rc;
    p->ended = rc != 0;
}

/* ---- ending ---------------------------------------------------------------------------------- */

void rx_uproc_cancel(struct rx_uring *u, struct rx_uflight *f)
{
    struct rx_uproc *p = proc_of(u, f);

    if (p->ended)
        return;
    f->cancelled = true;
    u->stats.procs_killed++;
    rx_sys_kill_group(&p->child);
}

static int finish(struct rx_uring *u, struct rx_uflight *f, struct rx_ready *ready)
{
    struct rx_uproc *p = proc_of(u, f);
    struct rx_spawn *s = f->op->spawn;

    if (p->child.stream[0] >= 0)
        s->out_len +=
            rx_sys_read_rest(p->child.stream[0], s->out + s->out_len, s->room - s->out_len);
    if (p->child.stream[1] >= 0)
        s->err_len +=
            rx_sys_read_rest(p->child.stream[1], s->err + s->err_len, s->room - s->err_len);
    *ready = (struct rx_ready){.op = f->op,
                               .res = f->cancelled ? -ECANCELED : p->code,
                               .final = true,
                               .sock = RX_SOCK_NONE};
    put_back(&u->procs, p);
    u->procs.held = false;
    rx_utable_flight_give(&u->table, f);
    return 1;
}
