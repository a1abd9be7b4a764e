/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task.h - the running state of a script, shared by the files that make up the
 * interpreter.
 *
 * A proc is a list of tasks. What a fork copies is shared until someone writes: tables of variables
 * and functions, positional parameters and strings carry a reference count. A task that waits says
 * for what (enum sh_wait); the scheduler in proc.c only looks whether that has come.
 *
 * Failure: an allocation that fails, or a limit that is reached, ends the proc at once (p->over).
 * Functions that can hit that return false, NULL or SH_BLOCKED; their callers unwind, and the
 * scheduler sees p->over.
 */
#ifndef BOX_TASK_H
#define BOX_TASK_H

#include "engine/box/lang/code.h"

/* Marks the next byte of a field or pattern as quoted. */
#define SH_ESC '\001'

/* Numbers of signals: Linux, everywhere. */
enum {
    SH_SIG_HUP = 1,
    SH_SIG_INT = 2,
    SH_SIG_QUIT = 3,
    SH_SIG_KILL = 9,
    SH_SIG_PIPE = 13,
    SH_SIG_ALRM = 14,
    SH_SIG_TERM = 15,
    SH_SIG_CHLD = 17,
    SH_SIG_MAX = 32,
    SH_SIG_ERR = 32, /* for trap only: a command that fails */
    SH_SIG_RETURN,   /* for trap only: the end of a function, or of a file that is read */
    SH_TRAPS
};

/* ---- what tasks share ------------------------------------------------------------------------ */

struct sh_str {
    uint32_t refs, length;
    char text[];
};

enum {
    SH_VAR_EXPORT = 1,
    SH_VAR_READONLY = 2,
    SH_VAR_UNSET = 4, /* hides one of the environment */
    SH_VAR_ARRAY = 8, /* its block holds pairs: array.c */
    SH_VAR_ASSOC = 16,
    SH_VAR_INTEGER = 32, /* what is assigned is an expression */
    SH_VAR_LOWER = 64,
    SH_VAR_UPPER = 128,
    SH_VAR_REF = 256 /* declare -n: its value names another */
};

/* Begins the name of a variable that is the shell's own: no list shows it. */
#define SH_HIDDEN '\002'

enum { SH_KEY_MAX = 512 }; /* bytes of an array's key, with its end */

struct sh_var { /* immutable; a new value is a new block */
    uint32_t refs, length;
    uint16_t name_length, flags;
    char text[]; /* name NUL value NUL */
};

struct sh_vars {
    uint32_t refs;
    uint16_t count, room;
    struct sh_var *v[]; /* sorted by name */
};

struct sh_func {
    const char *name; /* in the unit */
    struct sh_unit *unit;
    uint32_t pc;
};

struct sh_funcs {
    uint32_t refs;
    uint16_t count, room;
    struct sh_func f[];
};

struct sh_params { /* $1, $2, ... */
    uint32_t refs, count, size;
    char text[]; /* each with its NUL */
};

struct sh_pipe {
    uint32_t readers, writers;
    uint32_t start, length, room; /* content: buffer[start .. start + length) */
    char *buffer;
    bool unknown; /* what a program has written that nobody knows */
};

enum sh_file_kind {
    SH_FILE_NULL,
    SH_FILE_OUT,
    SH_FILE_ERR,
    SH_FILE_LOG, /* the main process's output, seen from another one */
    SH_FILE_FS,
    SH_FILE_SOCKET, /* of /dev/tcp: tcp.c */
    SH_FILE_READER,
    SH_FILE_WRITER
};

struct sh_file { /* an open file description */
    uint32_t refs;
    uint8_t kind;
    bool append, writes;
    uint8_t lock; /* enum fs_lock */
    struct fs_open fs;
    uint64_t at;
    union {
        struct sh_pipe *pipe; /* READER, WRITER */
        struct sh_socket *socket;
    };
};

/* ---- tasks ----------------------------------------------------------------------------------- */

enum sh_acc_kind { SH_ACC_ARGS, SH_ACC_STR, SH_ACC_PAT, SH_ACC_REGEX };

struct sh_acc {
    uint32_t base, field; /* offsets in the byte stack: of all, of the field being built */
    uint32_t count;       /* fields finished */
    uint8_t kind;
    bool active;      /* the field exists, even if empty */
    bool after_blank; /* white space has ended a field: a separator that follows belongs to it */
};

enum sh_frame_kind {
    SH_FRAME_SIMPLE,
    SH_FRAME_GROUP,
    SH_FRAME_TESTED,
    SH_FRAME_LOOP,
    SH_FRAME_CASE,
    SH_FRAME_CALL,
    SH_FRAME_SOURCE,
    SH_FRAME_TRAP,
    SH_FRAME_PIPE,
    SH_FRAME_TIME
};

struct sh_frame {
    uint8_t kind;
    bool exec;      /* SIMPLE: the task ends with this command */
    bool err;       /* TRAP: of ERR */
    bool last;      /* SIMPLE: the same, if it turns out to be a program */
    bool final;     /* TRAP: of EXIT; the task ends with it. SOURCE: a file, return ends it */
    uint8_t accs;   /* to restore */
    int32_t status; /* LOOP: of the last round; TRAP: before it */
    uint32_t bytes; /* of the byte stack, to restore */
    uint32_t top;   /* LOOP, CASE: the byte stack with the list or subject */
    uint32_t pc;    /* SIMPLE, GROUP, LOOP: behind; CALL, SOURCE, TRAP: return */
    uint32_t again; /* LOOP: where to continue; PIPE: number of its group; CALL, TRAP: the line */
    uint32_t left, cursor;    /* CALL: cursor is where the function begins; LOOP of for: words to
                               * come, and where; PIPE: stages, started; TIME: when it began,
                               * high and low */
    uint32_t shift;           /* CALL: the caller's */
    struct sh_unit *unit;     /* CALL, SOURCE, TRAP: the caller's */
    struct sh_params *params; /* CALL: the caller's */
    bool own_params;          /* the same for SOURCE */
    struct sh_file *file;     /* PIPE: the read end for the next stage */
    const char *name;         /* CALL: the function's, in its unit */
};

/* What leaving a frame puts back. */
struct sh_saved {
    struct sh_saved *next;
    uint16_t depth; /* number of frames when it was saved */
    bool is_var;
    bool is_options; /* of set, for `local -` */
    uint8_t fd;
    uint16_t options;
    struct sh_file *file; /* NULL: was closed */
    struct sh_var *var;   /* NULL: was not set */
    char name[];
};

struct sh_alias { /* name NUL value NUL */
    struct sh_alias *next;
    uint32_t size;
    char name[];
};

struct sh_trap {
    struct sh_trap *next;
    uint8_t signo;  /* 0: EXIT; SH_SIG_ERR, SH_SIG_RETURN */
    uint16_t depth; /* RETURN: in how many functions it was set */
    uint32_t length;
    char action[]; /* "": ignore */
};

enum sh_wait {
    SH_RUNS,
    SH_WAITS_TIME,    /* only for `until` */
    SH_WAITS_READ,    /* for data in `file` */
    SH_WAITS_WRITE,   /* for room in `file` */
    SH_WAITS_CHILD,   /* for the end of the child `child` */
    SH_WAITS_GROUP,   /* for the end of all children of the group `child` */
    SH_WAITS_ANY,     /* for the end of some child of the group `child` */
    SH_WAITS_JOBS,    /* the builtin wait, for any of its jobs */
    SH_WAITS_ANY_JOB, /* for the first of them that ends */
    SH_WAITS_ANSWER,
    SH_WAITS_FOREVER, /* for a signal */
    SH_ENDED,         /* its parent has not asked yet */
};

/* Memory that goes when the command ends. */
struct sh_block {
    struct sh_block *next;
    size_t size;
};

struct sh_task;
struct sh_call;

enum {
    SH_BLOCKED = -1, /* task->wait says for what; call again */
    SH_AGAIN = -2,   /* argv was changed: look the command up again */
    SH_MOVED = -3
}; /* control has gone elsewhere: the frame of this command is dealt with */

enum {
    SH_SPECIAL = 1,  /* errors are fatal, assignments before it stay */
    SH_INTERNAL = 2, /* part of the shell, not a program: no SHELL_COMMAND */
    SH_PREFIX = 4,   /* runs another command */
    SH_BASH = 8,     /* of bash only */
    SH_ASH = 16,     /* not in dash */
    SH_OPENS = 32    /* waits for one child, and ends with it */
};

struct sh_command {
    const char *name;
    int (*run)(struct sh_task *t, struct sh_call *c); /* 0..255, or one of the above */
    int flags;
};

struct sh_commands { /* sorted by name, as strcmp does */
    const struct sh_command *at;
    size_t count;
};

struct sh_call {                      /* the command a task is in */
    const struct sh_command *command; /* NULL: in none */
    char **argv;
    uint32_t argc, argv_size, skipped; /* argv was moved on by this many */
    uint32_t phase;
    uint32_t pos;
    bool plain;        /* functions do not count: `command x` */
    bool replaces;     /* stands behind `exec` */
    bool beyond;       /* what it was asked for is not simulated: it is taken to have succeeded */
    bool write_failed; /* told already; the status cannot be 0 */
    void *state;
    struct sh_block *blocks;
    struct sh_file *in;
};

enum { SH_PIPE_STATUS_MAX = 8 }; /* more stages than that are not remembered */

struct sh_task {
    struct sh_task *next;
    struct shell_proc *proc;
    struct sh_unit *unit;
    uint32_t pc;
    int32_t status, captured;                 /* $?; status of the last command substitution */
    int32_t before_return;                    /* $? before `return`, and one; 0: it was not
                                               * called */
    uint32_t pid, parent, group, shell_pid;   /* shell_pid: $$ */
    uint8_t wait;                             /* enum sh_wait */
    bool background, orphan, in_wait, tested; /* tested: forked where failure is tested */
    uint8_t doomed; /* a signal that ends it, as soon as its command lets go */
    bool is_set;    /* what IS_SET found */
    bool refused;   /* what was compiled last is beyond this shell */
    bool server;    /* a server runs in it */
    bool is_program; /* and nothing of the shell is left: the kernel's rule for PID 1 is not its
                      * own */
    bool opt_e, opt_u, opt_x, opt_f, opt_pipefail;
    bool opt_a, opt_C, opt_n, opt_v, opt_errtrace, opt_functrace;
    bool expand_aliases, in_alias; /* in_alias: its own text begins, with its own name */
    bool nullglob, failglob, dotglob, extglob, globstar, nocaseglob, nocasematch; /* of shopt */
    bool inherit_errexit, xpg_echo;
    bool connecting;             /* a redirection waits for its connection */
    bool err_told;               /* the ERR trap has run for the failure that is being looked at */
    bool return_told;            /* the RETURN trap has run for what ends now */
    uint8_t flavour, pipe_count; /* enum shell_flavour; stages of the last pipeline, 0: a command */
    uint8_t pipe_status[SH_PIPE_STATUS_MAX];
    uint16_t umask;
    uint32_t line;    /* of the command that ran last */
    bool ignores_int; /* as background jobs do */
    bool captured_by; /* inside a command substitution */
    bool answered;
    uint8_t accs, acc_room;
    uint16_t frames, frame_room;
    uint32_t shift, last_job, child, capture_from;
    rx_ms until;          /* with any wait; RX_MS_NEVER */
    struct sh_file *file;    /* what READ and WRITE wait for; borrowed */
    struct sh_file *capture; /* the read end of a command substitution */
    struct sh_vars *vars;
    struct sh_funcs *funcs;
    struct sh_params *params;
    struct sh_str *cwd, *name, *last_arg; /* name: $0; last_arg: $_ */
    struct sh_alias *aliases;
    struct sh_trap *traps;
    uint32_t pending; /* signals with a trap, by bit */
    struct sh_saved *saved;
    struct sh_acc *acc;
    struct sh_frame *frame;
    char *bytes;
    uint32_t length, room;    /* of bytes */
    uint32_t optind, optchar; /* getopts */
    struct sh_call call;
    uint32_t request;
    struct sh_reply *reply; /* to its request */
    /* A descriptor from 10 on lies in a slot behind the low ones; `number` says which it is. A slot
     * keeps its number when its file is closed. */
    struct sh_file *fd[SHELL_FDS];
    uint16_t number[SHELL_FDS_HIGH];
};

struct sh_reply {
    struct shell_result result; /* body and location point behind this struct */
    size_t size;
    rx_ms due; /* of what the task waits for: the headers, then the body */
    bool has_headers;
    char text[];
};

enum { SH_TURN_BYTES = 2048 };

struct sh_turn { /* lives while shell_run does: joins small writes to the log */
    int fd;
    uint32_t used;
    char out[SH_TURN_BYTES];
};

struct shell_proc {
    const struct rx_mem *mem;
    struct shell_setup setup;
    struct sh_task *tasks; /* by birth; the first is the script itself, until it has ended */
    struct sh_turn *turn;
    rx_ms now;
    uint32_t steps, output, task_count, next_group, next_request, own_next_pid;
    size_t bytes;
    uint64_t draws;
    rx_ms seconds_from;      /* of $SECONDS */
    char number[24];         /* a value that is made when it is asked for */
    bool over, stale;        /* stale: there are ended tasks to sweep */
    bool no_space_told;
    bool blank;              /* $(...) was empty for a program that nobody knows */
    uint16_t unknown_runs;   /* of programs that nobody knows, in this instant */
    struct sh_task *current; /* the one being run */
    struct shell_state state;
    struct sh_file out, err, log, null;
};

/* ---- proc.c ---------------------------------------------------------------------------- */

void *sh_alloc(struct shell_proc *p, size_t size); /* NULL: the proc is over */
void sh_free(struct shell_proc *p, void *mem, size_t size);
void *sh_regrow(struct shell_proc *p, void *mem, size_t used, size_t old_size, size_t new_size);

bool sh_charge(struct sh_task *t,
               uint32_t steps); /* work done; false: too much, the proc is over */
void sh_limit(struct sh_task *t, const char *what); /* ends the proc; t may be NULL */
void sh_proc_end(struct shell_proc *p, enum shell_phase phase, int32_t code, int32_t signo);

struct sh_task *
sh_fork(struct sh_task *parent); /* not yet scheduled to do anything new; NULL: over */
void sh_task_end(struct sh_task *t, int32_t status);
void sh_task_reap(struct sh_task *t); /* its parent knows now */
struct sh_task *sh_task_find(struct shell_proc *p, uint32_t pid);
bool sh_signal(struct sh_task *t, int signo);
bool sh_signal_pid(struct sh_task *from, uint32_t pid, int signo); /* false: no such process */

struct sh_str *sh_str_new(struct shell_proc *p, const char *s, size_t length);
void sh_str_unref(struct shell_proc *p, struct sh_str *s);

void sh_diagnose(struct sh_task *t, enum shell_diag_kind kind, uint32_t pos, const char *word,
                 const char *what);
rx_ms sh_later(rx_ms now, rx_ms delay); /* saturates */

/* ---- exec.c ---------------------------------------------------------------------------- */

void sh_assumed(void *task, const char *dir);
/* Says that a directory is taken to be in the image (struct fs_told). */
void sh_step(struct sh_task *t); /* runs a slice */
bool sh_frame_push(struct sh_task *t, enum sh_frame_kind kind);
void sh_frame_pop(struct sh_task *t);
void sh_exit(struct sh_task *t, int32_t status); /* with its EXIT trap */
struct sh_unit *sh_compile(struct sh_task *t, enum shell_flavour flavour, const char *text,
                           size_t length);
/* NULL: a syntax error, reported; or beyond this shell (t->refused); or the proc is over. */
bool sh_call_function(struct sh_task *t, const struct sh_func *f, char *const *argv, uint32_t argc);
bool sh_source(struct sh_task *t, enum sh_frame_kind kind, const char *source, const char *text,
               size_t length);
/* Goes on in this text (eval, trap, a file). False: a syntax error, reported. */
uint32_t sh_line(const struct sh_task *t); /* $LINENO */
void sh_task_reset(struct sh_task *t); /* nothing is left of stacks, call and redirections */
void sh_simple_end(struct sh_task *t, int32_t status); /* the frame on top is that of a command */
int sh_fatal_status(const struct sh_task *t);
bool sh_tested(const struct sh_task *t);               /* does set -e not count here? */
int sh_break(struct sh_task *t, uint32_t levels, bool again);
int sh_return(struct sh_task *t, int32_t status);

struct sh_frame *sh_top(struct sh_task *t);
bool sh_enter_unit(struct sh_task *t, enum sh_frame_kind kind, struct sh_unit *unit, uint32_t pc);
/* A frame after which another unit runs; takes over the reference to it. */

bool sh_assign(struct sh_task *t, const char *name, const char *subscript, const char *value,
               int how);
/* name=value, name[subscript]+=value and so on; how: SH_APPEND, SH_TEMPORARY. False: reported. */

/* ---- flow.c: operations of their own --------------------------------------------------- */

void sh_run_traps(struct sh_task *t); /* between two commands: one that is pending */
void sh_op_end(struct sh_task *t);
void sh_op_capture(struct sh_task *t, const struct sh_ins *i);
void sh_op_subshell(struct sh_task *t, const struct sh_ins *i);
void sh_op_background(struct sh_task *t, const struct sh_ins *i);
void sh_op_pipe(struct sh_task *t, const struct sh_ins *i);
void sh_op_stage(struct sh_task *t, const struct sh_ins *i);
void sh_op_pipe_end(struct sh_task *t);
bool sh_run_err_trap(struct sh_task *t); /* true: it runs now */
bool sh_run_return_trap(struct sh_task *t);
/* Before the frame on top is left: true: it runs now, and then the operation again. */
void sh_op_proc(struct sh_task *t, const struct sh_ins *i);
void sh_op_time(struct sh_task *t);
void sh_op_select(struct sh_task *t, const struct sh_ins *i); /* select.c */
void sh_op_time_end(struct sh_task *t, const struct sh_ins *i);

/* ---- expand.c -------------------------------------------------------------------------- */

bool sh_acc_push(struct sh_task *t, enum sh_acc_kind kind);
void sh_acc_pop(struct sh_task *t);
bool sh_add(struct sh_task *t, const char *s, size_t length, bool quoted, bool split);
bool sh_field(struct sh_task *t);
const char *sh_acc_text(struct sh_task *t);
/* Ends the string on top with a NUL; valid until the next push. */
bool sh_bytes(struct sh_task *t, const char *s, size_t length); /* onto the byte stack, raw */
bool sh_expand_var(struct sh_task *t, const char *name, bool quoted);
bool sh_expand_list(struct sh_task *t, const char *s, uint32_t count, bool star, bool quoted);
/* As $@ or $* are: `count` strings, each with its NUL. */
bool sh_expand_tilde(struct sh_task *t);
const char *sh_param_value(struct sh_task *t, const char *name);
/* One value, also of $1 and $?. NULL: not set. Valid until the next call. Not for @ and *. */
bool sh_unbound(struct sh_task *t, const char *name); /* set -u: reports and ends; false */

/* ---- param.c --------------------------------------------------------------------------- */

bool sh_expand_param(struct sh_task *t, const struct sh_ins *i);
/* Operands and subscript are on top, in accumulators that this pops. */
bool sh_op_is_set(struct sh_task *t, const struct sh_ins *i);
bool sh_is_set(struct sh_task *t, const char *name); /* name or name[subscript], for test -v */
char *sh_quote(struct sh_task *t, const char *s);
/* As ${x@Q} has it; memory is the call's or, outside of one, NULL. */

/* ---- array.c --------------------------------------------------------------------------- */

bool sh_is_array(const struct sh_var *v); /* NULL: no */
bool sh_array_next(const struct sh_var *v, uint32_t *cursor, const char **key, const char **value);
const char *sh_array_get(const struct sh_var *v, const char *key); /* NULL: there is none */
const char *sh_array_look(struct sh_task *t, const struct sh_var *v, const char *key);
/* The same, and charged: it is a walk. */
int64_t sh_array_end(const struct sh_var *v); /* the number behind the last; v may be NULL */
bool sh_array_key(struct sh_task *t, const struct sh_var *v, const char *subscript,
                  char room[SH_KEY_MAX]);
/* What the subscript comes to. False: reported. */
bool sh_array_set(struct sh_task *t, const char *name, const char *key, const char *value);
bool sh_array_unset(struct sh_task *t, const char *name, const char *key);
bool sh_array_assign(struct sh_task *t, const char *name, char *const *field, uint32_t count,
                     bool append, bool keyed);
bool sh_array_declare(struct sh_task *t, const char *name, bool associative);
char **sh_argv(struct sh_task *t, const struct sh_acc *a, uint32_t *size);
/* The fields of an accumulator in one block, NULL at the end. */

/* ---- glob.c ---------------------------------------------------------------------------- */

bool sh_match(struct sh_task *t, const char *pattern, const char *text, size_t length,
              bool nocase);
/* A shell pattern, with SH_ESC or backslash before what is literal, against all of the text.
 * nocase: letters match in either case. */
bool sh_match_extended(struct sh_task *t, const char *pattern, const char *text, size_t length,
                       bool nocase);
/* The same, where +(...) and the like mean something: extglob.c. */
bool sh_glob_needed(const char *field);
bool sh_glob(struct sh_task *t, struct sh_acc *a);
/* The field on top of the byte stack is replaced by the names that it matches, if any. */
size_t sh_unescape(char *s); /* in place; the new length */

/* ---- var.c ----------------------------------------------------------------------------- */

const char *sh_get(struct sh_task *t, const char *name); /* NULL: not set */
bool sh_set(struct sh_task *t, const char *name, const char *value);
bool sh_set_flags(struct sh_task *t, const char *name, const char *value, int flags);
/* value NULL: as it is. False: read-only (reported), or the proc is over. */
bool sh_unset(struct sh_task *t, const char *name);
bool sh_save_var(struct sh_task *t, const char *name, uint16_t depth);
void sh_vars_restore(struct sh_task *t, struct sh_saved *s);
struct sh_var *sh_var_block(struct shell_proc *p, const char *name, size_t length, int flags);
/* With room for that many bytes behind the name; one reference. NULL: too long, or over. */
void sh_var_unref(struct shell_proc *p, struct sh_var *v);
bool sh_vars_put(struct sh_task *t, const char *name, struct sh_var *v);
/* Takes the reference; NULL: removes it. */
const struct sh_var *sh_var_find(const struct sh_task *t, const char *name);
/* NULL: the shell has none of that name, though the environment may. Of a reference what it
 * names. */
const struct sh_var *sh_var_itself(const struct sh_task *t, const char *name); /* the reference */
const char *sh_var_name(const struct sh_task *t, const char *name);
/* What the name stands for: itself; or, of a reference, what that names, also
 * `array[subscript]`. */
bool sh_refer(struct sh_task *t, const char *name, const char *to);
/* Makes it a reference, to nothing yet if `to` is NULL. False: reported. */
const char *sh_var_next(struct sh_task *t, const char *after, const char **value, int *flags);
/* The next name in order, own or of the environment; NULL at the end. Pass "" to begin. */
void sh_vars_unref(struct shell_proc *p, struct sh_vars *v);
bool sh_vars_keep_exported(struct sh_task *t); /* for a program that is started */

const struct sh_func *sh_func_find(const struct sh_task *t, const char *name);
bool sh_func_define(struct sh_task *t, const char *name, struct sh_unit *unit, uint32_t pc);
bool sh_func_unset(struct sh_task *t, const char *name);
void sh_funcs_unref(struct shell_proc *p, struct sh_funcs *f);

struct sh_params *sh_params_new(struct shell_proc *p, char *const *argv, uint32_t count);
void sh_params_unref(struct shell_proc *p, struct sh_params *s);
const char *sh_param(const struct sh_task *t, uint32_t n); /* $n, n > 0; NULL: not set */
uint32_t sh_param_count(const struct sh_task *t);

/* ---- io.c ------------------------------------------------------------------------------ */

struct sh_file *sh_file_ref(struct sh_file *f);
struct sh_file *sh_file_new(struct shell_proc *p, enum sh_file_kind kind); /* NULL: over */
void sh_file_unref(struct shell_proc *p, struct sh_file *f); /* NULL is allowed */
bool sh_pipe_new(struct shell_proc *p, struct sh_file **reader, struct sh_file **writer);
int sh_fd_number(const char *digits, size_t length); /* SHELL_FD_MAX: it is none */
int sh_fd_slot(const struct sh_task *t, int number); /* where in t->fd it is open; -1: it is not */
int sh_fd_claim(struct sh_task *t, int number);      /* where to open it; -1: there are too many */
void sh_set_fd(struct sh_task *t, int fd, struct sh_file *f); /* takes the reference */
bool sh_keep_fd(struct sh_task *t, int fd, struct sh_file *f);
/* The same, until the frame on top is left: then what was there comes back. */
bool sh_redirect(struct sh_task *t, enum sh_redir_op op, int fd, const char *target, uint32_t pos);
/* False: reported. Saves what was there for the frame on top. */
bool sh_redirect_number(struct sh_task *t, enum sh_redir_op op, int number, const char *target,
                        uint32_t pos);
/* The same for any number. */
bool sh_redirect_named(struct sh_task *t, enum sh_redir_op op, const char *name, const char *target,
                       uint32_t pos);
/* {name}>: for a number that is chosen here, and told in the variable. It stays open. */
void sh_restore(struct sh_task *t, uint16_t depth); /* what frames from this depth on have saved */

int sh_write_file(struct sh_task *t, struct sh_file *f, const char *s, size_t length);
/* 0 or a negative errno. Pipes take it all; the writer then waits (sh_full). */
bool sh_full(struct sh_task *t);
/* Some pipe it writes to is full: the task now waits for room. Checked after each operation. */
int sh_read_file(struct sh_task *t, struct sh_file *f, char *to, size_t room);
/* Bytes, 0 at the end, or SH_BLOCKED: the task waits. */
bool sh_reads_unknown(const struct sh_task *t);
/* Has a program that nobody knows written to its standard input? Then the end of it says
 * nothing. */
int sh_open(struct sh_task *t, const char *path, int flags, struct sh_file **out);
/* Relative to the task's directory. 0 or a negative errno. */
bool sh_is_descriptor(struct sh_task *t, const char *path); /* /dev/fd/N of an open one */
void sh_flush(struct shell_proc *p);
void sh_puts(struct sh_task *t, const char *s); /* to its standard output */
void sh_put(struct sh_task *t, const char *s, size_t length);
void sh_printf(struct sh_task *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sh_complain(struct sh_task *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line on its standard error. */
void sh_warn(struct sh_task *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same, "sh: ..." */

/* ---- alias.c --------------------------------------------------------------------------- */

bool sh_alias_copy(struct sh_task *to, const struct sh_task *from);
void sh_alias_drop(struct sh_task *t, const char *name); /* NULL: all */
const struct sh_alias *sh_alias_find(const struct sh_task *t, const char *name);

/* ---- tcp.c ----------------------------------------------------------------------------- */

bool sh_redirect_tcp(struct sh_task *t, int fd, const char *target);
/* As sh_redirect; or the task waits now for the network, and the same call must come again. */
int sh_socket_write(struct sh_task *t, struct sh_socket *s, const char *data, size_t length);
int sh_socket_read(struct sh_task *t, struct sh_socket *s, char *to, size_t room);
/* as sh_read_file */
void sh_socket_free(struct shell_proc *p, struct sh_socket *s);

/* ---- arith.c --------------------------------------------------------------------------- */

bool sh_arith(struct sh_task *t, const char *s, int64_t *out);
/* False: reported. */

void sh_apply_options(struct sh_task *t, const char *options); /* of a new shell; compile.c */
enum shell_flavour sh_flavour_named(const struct shell_proc *p, const char *name);
/* What a shell of this name is here: "bash", "/bin/sh". */
enum shell_flavour sh_flavour_of_text(const struct shell_proc *p, enum shell_flavour otherwise,
                                      const char *text, size_t length);
/* What the #! line says. */
int sh_program_make(const struct sh_commands *all, struct rx_arena *arena, enum shell_flavour sh,
                    uint32_t argc, const char *const *argv, struct shell_program **out,
                    struct shell_diag *diag);
/* shell_compile, where there are these commands. */

/* ---- caller.c -------------------------------------------------------------------------- */

struct sh_caller { /* a function that runs, a file that is read; last the script */
    const char *name, *source;
    uint32_t line; /* where it was called */
};
bool sh_caller(const struct sh_task *t, uint32_t n, struct sh_caller *out);
/* The nth of them from the innermost, as FUNCNAME, BASH_SOURCE and BASH_LINENO have it. */
uint32_t sh_functions(const struct sh_task *t); /* how many run, each in the one before */

/* ---- option.c -------------------------------------------------------------------------- */

void sh_options_put(struct sh_task *t, uint16_t on); /* those of set, by bit */
bool sh_save_options(struct sh_task *t, uint16_t depth); /* until that frame is left */

/* ---- spot.c ---------------------------------------------------------------------------- */

enum shell_program_spot sh_spot(const struct sh_task *t);
/* Where the command stands that the task is in, with all that has called it. */
enum shell_program_spot sh_spot_in_text(const struct sh_unit *u, uint32_t pos);
/* Of the command at that place; a function counts as where it is called first. */

/* ---- call.c ---------------------------------------------------------------------------- */

int sh_call_begin(struct sh_task *t, uint32_t pos);
int sh_call_resume(struct sh_task *t);
void sh_call_end(struct sh_task *t);
const struct sh_command *sh_command_find(const struct sh_commands *all, const char *name);
const struct sh_command *sh_command_of(const struct sh_task *t, const char *name);
/* among its program's */
bool sh_command_here(const struct sh_task *t, const struct sh_command *c);
/* Does the shell that runs have it? NULL: no. */
void *sh_call_alloc(struct sh_task *t, size_t size); /* zeroed; until the command ends */
void *sh_call_grow(struct sh_task *t, void *mem, size_t used, size_t size);
struct sh_script {
    const char *name, *text; /* $0, and what to run */
    size_t length;
    char *const *params;
    uint32_t count;
    const char *options; /* of set: "ex"; or NULL */
    const char *source;  /* the file; or NULL */
    enum shell_flavour flavour;
};
int sh_spawn_script(struct sh_task *t, struct sh_call *c, const struct sh_script *s);
/* A new shell in a child, for which the command waits by sh_spawn_wait; or, after `exec`, in the
 * task itself. Returns like a command. */
int sh_spawn_argv(struct sh_task *t, struct sh_call *c, uint32_t argc, char *const *argv);
/* The same for a command line. */
int sh_spawn_wait(struct sh_task *t);
/* The status of the child, or SH_BLOCKED. */
struct sh_frame *sh_call_frame(struct sh_task *t); /* of the command it is in */

#endif
