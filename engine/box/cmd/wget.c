/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wget.c - wget: for each URL a request, later the headers, then the body. Where the
 * image is known to have GNU's, exit codes and what becomes of a file that is there already are
 * GNU's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

enum { WGET_TIMEOUT_MS = 900000, GNU_TRIES = 20, GNU_WAIT_MAX = 10, TRIES_MAX = 1000 };

struct fetch {
    struct sh_opts o;
    struct sh_url url;
    const char *method;
    uint32_t nth, redirects, tries, tried; /* nth: operand that is being fetched */
    rx_ms timeout;
    int64_t wait_max;
    int worst;    /* exit code of the URLs so far */
    bool resting; /* between two tries */
    bool in_body;
    bool saved; /* -O has been written to */
};

static const char options[] =
    "qcSO:T:t:H:kZD:F:M:B:U:n:vY:P:w:RC:E:I:J:4GL:N quiet=q spider=Z timeout=T tries=t "
    "output-document=O header=H "
    "no-check-certificate=k server-response=S post-data=D post-file=F method=M body-data=B "
    "user-agent=U "
    "no-verbose=v verbose=v waitretry=w retry-connrefused=R connect-timeout=C read-timeout=E "
    "dns-timeout=C "
    "continue=c directory-prefix=P user=I password=J http-user=I http-password=J inet4-only=4 "
    "show-progress=G progress=L no-clobber=N";

static bool is_gnu(const struct sh_task *t)
{
    uint8_t sh = (uint8_t)t->proc->setup.program->sh;

    return sh == SHELL_DASH || sh == SHELL_BASH;
}

/* ---- results --------------------------------------------------------------------------------- */

static int failed(struct sh_task *t, const struct fetch *f, const struct shell_result *r)
{
    char address[16];

    sh_dotted(address, r->address);
    switch (r->reply) {
    case SHELL_REPLY_NO_NAME:
        sh_complain(t, "wget: bad address '%s'", f->url.host);
        break;
    case SHELL_REPLY_REFUSED:
    case SHELL_REPLY_NO_ROUTE:
        sh_complain(t, "wget: can't connect to remote host%s%s%s: %s", r->address != 0 ? " (" : "",
                    r->address != 0 ? address : "", r->address != 0 ? ")" : "",
                    r->reply == SHELL_REPLY_REFUSED ? "Connection refused" : "No route to host");
        break;
    case SHELL_REPLY_RESET:
        sh_complain(t, "wget: error getting response: Connection reset by peer");
        break;
    case SHELL_REPLY_GARBAGE: /* it waits for a status line until the connection is closed */
        sh_complain(t, "wget: error getting response");
        break;
    case SHELL_REPLY_CUT:
        sh_complain(t, "wget: connection closed prematurely");
        break;
    default:
        sh_complain(t, "wget: download timed out");
        break;
    }
    return is_gnu(t) ? 4 : 1;
}

/* Where a body goes to that has no -O: as busybox, which writes over nothing, or GNU, which finds
 * another name. */
static int free_name(struct sh_task *t, const struct fetch *f, char path[FS_PATH_MAX])
{
    const char *file = sh_url_file(f->url.path),
               *dir = sh_opt(&f->o, 'P') ? f->o.arg[sh_opt_bit('P')] : NULL;
    char full[FS_PATH_MAX], name[FS_PATH_MAX];
    struct fs_stat st;

    snprintf(name, sizeof(name), "%s%s%s", dir != NULL ? dir : "", dir != NULL ? "/" : "",
             file != NULL ? file : "index.html");
    snprintf(path, FS_PATH_MAX, "%s", name);
    if (dir != NULL && is_gnu(t) && fs_join(full, t->cwd->text, dir) == 0)
        fs_mkdir(t->proc->setup.fs, full, true, t->proc->now);
    for (uint32_t n = 1;
         fs_join(full, t->cwd->text, path) == 0 && fs_stat(t->proc->setup.fs, full, &st) == 0;
         n++) {
        if (sh_opt(&f->o, 'c'))
            return 0;
        if (!is_gnu(t) || n == TRIES_MAX)
            return -EEXIST;
        snprintf(path, FS_PATH_MAX, "%.*s.%u", FS_PATH_MAX - 12, name, n);
    }
    return 0;
}

static int save(struct sh_task *t, struct fetch *f, const struct shell_result *r)
{
    const char *path = sh_opt(&f->o, 'O') ? f->o.arg[sh_opt_bit('O')] : NULL;
    char name[FS_PATH_MAX];
    int error = 0;

    if (path != NULL && strcmp(path, "-") == 0) {
        sh_put_body(t, r);
        return 0;
    }
    if (path == NULL) {
        error = free_name(t, f, name);
        path = name;
    }
    if (error == 0)
        error = sh_save_body(t, path, "", r, f->saved);
    if (error != 0) {
        sh_complain(t, "wget: can't open '%s': %s", path, fs_strerror(error));
        return is_gnu(t) ? 3 : 1;
    }
    f->saved = sh_opt(&f->o, 'O'); /* what several URLs bring stands behind one another */
    if (!sh_opt(&f->o, 'q'))
        sh_complain(t, "'%s' saved", path);
    return 0;
}

/* The headers are there: what they say, or SH_BLOCKED until the body has come. */
static int headers(struct sh_task *t, struct fetch *f, const struct shell_result *r)
{
    if (sh_opt(&f->o, 'S'))
        sh_complain(t, "  HTTP/1.1 %u %s", r->status, sh_status_text(r->status));
    if (r->status >= 300 && r->status < 400 && sh_url_follow(r->location, &f->url)) {
        if (f->redirects++ < SH_REDIRECTS_MAX)
            return sh_ask(t, SHELL_ASK_HTTP, &f->url, f->method, f->timeout);
        sh_complain(t, "wget: too many redirections");
        return is_gnu(t) ? 8 : 1;
    }
    if (r->status < 200 || r->status > 299) {
        sh_complain(t, "wget: server returned error: HTTP/1.1 %u %s", r->status,
                    sh_status_text(r->status));
        return is_gnu(t) ? 8 : 1;
    }
    if (sh_opt(&f->o, 'Z')) /* --spider: only looks */
        return 0;
    f->in_body = true;
    return sh_await_body(t, f->timeout) == SH_BLOCKED ? SH_BLOCKED : save(t, f, r);
}

/* ---- one URL after the other ------------------------------------------------------------------
 */

static int try(struct sh_task *t, struct fetch *f)
{
    f->resting = f->in_body = false;
    return sh_ask(t, SHELL_ASK_HTTP, &f->url, f->method, f->timeout);
}

static bool has_file(struct sh_task *t, const struct fetch *f)
{
    const char *file = sh_url_file(f->url.path);
    char full[FS_PATH_MAX];
    struct fs_stat st;

    return fs_join(full, t->cwd->text, file != NULL ? file : "index.html") == 0 &&
           fs_stat(t->proc->setup.fs, full, &st) == 0;
}

/* Whether a URL has begun; if not, *code is its exit code. */
static bool begin(struct sh_task *t, struct sh_call *c, struct fetch *f, int *code)
{
    if (!sh_url_parse(c->argv[f->nth], &f->url)) {
        sh_complain(t, "wget: not an http or ftp url: %s", c->argv[f->nth]);
        *code = 1;
        return false;
    }
    if (sh_opt(&f->o, 'N') && !sh_opt(&f->o, 'O') && has_file(t, f)) {
        *code = 0;
        return false;
    }
    if (!sh_opt(&f->o, 'q'))
        sh_complain(t, "Connecting to %s:%u", f->url.host, f->url.port);
    f->tried = f->redirects = 0;
    *code = try(t, f);
    return true;
}

/* busybox ends with the first URL that fails; GNU goes on, and ends with the lowest of the codes.
 */
static int settle(struct sh_task *t, struct sh_call *c, struct fetch *f, int code)
{
    for (;;) {
        if (code != 0 && (f->worst == 0 || code < f->worst))
            f->worst = code;
        if (++f->nth >= c->argc || (f->worst != 0 && !is_gnu(t)))
            return f->worst;
        if (begin(t, c, f, &code))
            return code;
    }
}

/* The words behind GNU's -n: nv and nc. */
static bool take_brief(struct sh_task *t, struct sh_call *c, struct fetch *f)
{
    struct sh_opt_at at = {0};
    char text[32];

    while (sh_opt_next(c, options, &f->o, &at)) {
        if (at.letter != 'n' || strcmp(at.arg, "v") == 0)
            continue;
        if (strcmp(at.arg, "c") != 0) {
            snprintf(text, sizeof(text), "n%.20s", at.arg);
            return sh_option_bad(t, c, text);
        }
        f->o.given |= 1ull << sh_opt_bit('N');
    }
    return true;
}

static int init(struct sh_task *t, struct sh_call *c, struct fetch *f)
{
    const struct sh_opts *o = &f->o;
    int64_t tries;

    if (!sh_options(t, c, options, &f->o) || !take_brief(t, c, f))
        return 1;
    if (o->first == c->argc) {
        sh_complain(t, "wget: missing URL");
        return 1;
    }
    f->timeout = WGET_TIMEOUT_MS;
    if ((sh_opt(o, 'E') && !sh_duration(o->arg[sh_opt_bit('E')], &f->timeout)) ||
        (sh_opt(o, 'T') && !sh_duration(o->arg[sh_opt_bit('T')], &f->timeout))) {
        sh_complain(t, "wget: invalid number '%s'", o->arg[sh_opt_bit(sh_opt(o, 'T') ? 'T' : 'E')]);
        return 1;
    }
    /* busybox tries once whatever -t says; GNU wget does not retry what was refused unless it is
     * told to. A timeout is tried again. */
    tries = sh_opt(o, 'R') ? GNU_TRIES : 1;
    if (sh_opt(o, 't') && !sh_number(o->arg[sh_opt_bit('t')], &tries))
        tries = 0; /* inf */
    f->tries = tries < 1 ? UINT32_MAX : (uint32_t)RX_MIN(tries, (int64_t)TRIES_MAX);
    f->wait_max = GNU_WAIT_MAX;
    if (sh_opt(o, 'w') && !sh_number(o->arg[sh_opt_bit('w')], &f->wait_max))
        return 1;
    f->method = sh_opt(o, 'M')                     ? o->arg[sh_opt_bit('M')]
                : sh_opt(o, 'D') || sh_opt(o, 'F') ? "POST"
                : sh_opt(o, 'Z')                   ? "HEAD"
                                                   : "GET";
    f->nth = o->first;
    return 0;
}

/* What was refused is tried again after 1 s, 2 s and so on, at most wait_max. */
static int rest(struct sh_task *t, struct fetch *f)
{
    f->resting = true;
    return sh_sleep_until(
        t, sh_later(t->proc->now, RX_MIN((int64_t)f->tried, f->wait_max) * RX_MS_PER_S));
}

int sh_cmd_wget(struct sh_task *t, struct sh_call *c)
{
    struct fetch *f = c->state;
    struct shell_result r;
    int code;

    if (f == NULL) {
        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        code = init(t, c, f);
        if (code != 0)
            return code;
        return begin(t, c, f, &code) ? code : settle(t, c, f, code);
    }
    if (f->resting)
        return try(t, f);
    r = sh_answer(t);
    if (r.reply == SHELL_REPLY_TIMEOUT && ++f->tried < f->tries)
        return try(t, f);
    if (r.reply == SHELL_REPLY_REFUSED && sh_opt(&f->o, 'R') && ++f->tried < f->tries)
        return rest(t, f);
    if (r.reply != SHELL_REPLY_OK)
        code = failed(t, f, &r);
    else
        code = f->in_body ? save(t, f, &r) : headers(t, f, &r);
    return code == SH_BLOCKED ? code : settle(t, c, f, code);
}
