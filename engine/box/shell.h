/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell.h - what people write in `command:`, run as written, in virtual time.
 *
 * A small, strict POSIX shell with the usual small commands built in. It owns no clock, no files
 * and no processes: time comes with each call, files live in fs.h, the network is asked through the
 * host. What it cannot run is named with its place (line:column and word), never passed over
 * silently.
 *
 *   shell_program   one command line, classified and compiled once; immutable, shared by replicas
 *   shell_proc      one run of it: a container's main process, an exec probe, a hook
 *
 *  1. shell_compile, once per template. SHELL_UNKNOWN: not ours (nginx, java); the caller decides,
 *     by rule_program.h, as the shell does of such words in its scripts.
 *  2. shell_open, then shell_run at once. It runs until all its tasks wait, and says until when.
 *  3. shell_run again when `until` has come, and after shell_answer and shell_signal. An early call
 *     is harmless.
 *  4. shell_close at any time: that is SIGKILL. Requests still open must then not be answered.
 *
 * A running script is a set of tasks (the script itself, its `&` jobs, subshells, pipeline stages
 * and command substitutions), scheduled round robin in order of their birth: no addresses, no
 * chance. Stages of a pipeline run side by side over bounded pipes, so a stage may sleep or never
 * end. When the script ends, its other tasks end with it, as a container's do.
 *
 * All memory is counted against SHELL_MEMORY_MAX of the proc and comes from the given rx_mem, also
 * while the engine turns: a guest account (mem.h).
 *
 * Its language is that of the shell it is called by (enum shell_flavour): dash, busybox's ash or
 * bash; what of bash is missing is refused by name: coproc, the trap DEBUG, some of shopt. Its
 * messages and `echo` are busybox's (backslashes only with -e) unless it is bash. Missing without a
 * trace in the language: the command history, job control (fg, bg, set -m), standard input (it is
 * empty). Time passes only in sleep, timeouts and what the network takes; every other command takes
 * none.
 */
#ifndef BOX_SHELL_H
#define BOX_SHELL_H

#include "engine/box/fs.h"
#include "engine/box/rule_program.h"
#include "engine/reactor/mem.h"
#include "engine/reactor/time.h"

/* Limits. Reaching one ends the script with SHELL_EXIT_LIMIT and a line on its standard error that
 * names the limit; it never stalls the engine. Limits of files are in fs.h. */
enum shell_limit {
    /* Operations in one instant. A loop that counts to ten thousand takes about 250,000. A loop
     * that never sleeps would hold the whole engine: it ends here, after some tens of milliseconds.
     */
    SHELL_STEPS_MAX = 1000000,

    /* Bytes written to standard output and error in one instant: `yes`, or a printing loop. */
    SHELL_OUTPUT_MAX = 1 << 20,

    /* Memory of one running script, its variables, pipes and captured output. Far beyond honest
     * use; 100,000 scripts use some 2 KiB each. */
    SHELL_MEMORY_MAX = 2 << 20,

    /* Bytes of one word or of one command substitution. */
    SHELL_WORD_MAX = 256 << 10,

    /* Bytes of one script, as for a ConfigMap's whole content (1 MiB) but with room to spare for
     * the compiled form, which is some ten times as large. */
    SHELL_SCRIPT_MAX = 128 << 10,

    /* Nesting of commands and substitutions in a script: the parser recurses, on the C stack. */
    SHELL_NESTING_MAX = 64,

    /* Nesting of calls, loops and conditions at run time: endless recursion of functions. */
    SHELL_FRAMES_MAX = 1024,

    /* Tasks alive in one script: `while true; do sleep 9 & done`. */
    SHELL_TASKS_MAX = 64,

    /* Ended jobs that are remembered for `wait PID`. */
    SHELL_JOBS_KEPT = 16,

    /* Variables, functions. */
    SHELL_NAMES_MAX = 1024,

    /* What a pipe holds before its writer waits, as small as POSIX allows twice over. */
    SHELL_PIPE_BYTES = 4096,

    /* Open files of one task: descriptors 0..9, and so many of any higher numbers, <(...) among
     * them. */
    SHELL_FDS_LOW = 10,
    SHELL_FDS_HIGH = 4,
    SHELL_FDS = SHELL_FDS_LOW + SHELL_FDS_HIGH,
    SHELL_FD_MAX = 65536, /* their numbers are below */

    /* How often `tail -f` looks at its file, in milliseconds (as busybox). */
    SHELL_FOLLOW_MS = 1000,
};

enum {
    SHELL_EXIT_SYNTAX = 2,
    SHELL_EXIT_LIMIT = 125,
    SHELL_EXIT_CANNOT = 126, /* found, but not something this shell can run */
    SHELL_EXIT_NOT_FOUND = 127,
};

/* ---- programs -------------------------------------------------------------------------------- */

enum shell_class {
    SHELL_UNKNOWN, /* not a shell and not a known command */
    SHELL_COMMAND, /* a known command, run without a shell: it is PID 1 itself */
    SHELL_SCRIPT,  /* sh -c TEXT (sh, bash, ash, dash; also behind busybox, env, exec, tini, ...) */
    SHELL_FILE,    /* sh PATH: the text is read from the file system when it starts */
};

/* Which shell a script is written for: what it understands and what it does at its end differ. */
enum shell_flavour {
    SHELL_SH, /* `sh` of an image whose name does not tell: understands what busybox's ash does, and
               * never becomes its last command, as dash. What only bash has is refused by name. */
    SHELL_DASH, /* `sh` of Debian and Ubuntu */
    SHELL_ASH,  /* `sh` of busybox and Alpine */
    SHELL_BASH,
};

enum shell_flavour shell_flavour_of(const char *image);
/* What `sh` is in an image, by its name and tag: "busybox:1.36", "nginx:1.27-alpine", "debian:12",
 * "registry.access.redhat.com/ubi9" (there sh is bash). NULL: SHELL_SH. */

enum fs_image shell_image_of(const char *image);
/* What may be in it besides what every image has: nothing in "busybox", little in what is a
 * distribution and no more ("debian:12", "alpine"), anything in others. NULL: anything. */

enum shell_diag_kind {
    SHELL_DIAG_SYNTAX,      /* the script cannot be parsed; it ends with 2 */
    SHELL_DIAG_UNSUPPORTED, /* valid elsewhere, not here: a text is taken for a program nobody
                             * knows, a command that is asked for it to have succeeded */
    SHELL_DIAG_NOT_FOUND,   /* a program that is missing was run: 127 */
    SHELL_DIAG_SERVER,      /* one that nobody knows is taken for a server that runs until
                             * stopped */
    SHELL_DIAG_DONE,        /* ... was done at once, with 0 */
    SHELL_DIAG_ASSUMED,     /* a directory that is missing was taken to be in the image */
    SHELL_DIAG_OPTION,      /* a known command was given an option that it has not */
    SHELL_DIAG_LIMIT,       /* a limit ended the script; of the parser: as UNSUPPORTED */
};

/* What is said of programs that nobody knows, behind their names. */
#define SHELL_SAYS_SERVER                                                                          \
    " is not known: taken for a server that runs until it is stopped; a Behavior says otherwise"
#define SHELL_SAYS_DONE                                                                            \
    " is not known: taken to succeed at once; a Behavior `exec` rule says otherwise"

struct shell_diag {
    enum shell_diag_kind kind;
    uint32_t line, column; /* within the script, from 1; 0: the command line itself */
    char word[64];         /* what it is about, cut */
    char text[192];        /* the whole message: "sh: 3:7: frobnicate: not found" */
};

struct shell_program; /* opaque */

int shell_compile(struct rx_arena *arena, enum shell_flavour sh, uint32_t argc,
                  const char *const *argv, struct shell_program **out, struct shell_diag *diag);
/* `sh`: what a plain `sh` is where this runs. Classifies and parses the command line (after $(VAR)
 * expansion). 0 and a program that lives in the arena; argv is copied. A script with a syntax error
 * compiles, too: run, it prints the error and ends with 2; `diag` (may be NULL) then says what is
 * wrong, and has text "" otherwise. -RX_ENOMEM, -RX_EINVALID (argc 0). */

enum shell_class shell_program_class(const struct shell_program *p);

bool shell_program_unknown(const struct shell_program *p, uint32_t nth, struct shell_diag *out,
                           enum shell_program_spot *spot);
/* The nth (from 0) command word of the script that is literally neither known here nor a function
 * of the script, and where it stands: for `check`, before anything runs. False when there are no
 * more. It may still never be reached, or be there as a file. */

const struct shell_diag *shell_program_broken(const struct shell_program *p);
/* Why it will end with 2 before it does anything; NULL: it parses. */

bool shell_program_refused(const struct shell_program *p);
/* It does not parse for a limit of this shell, not for a fault of its own: to be run as a program
 * that nobody knows. */

uint32_t shell_program_text(const struct shell_program *p);
/* Which word of the command line is the script; UINT32_MAX: none is. */

bool shell_command_known(const char *name);
/* Is this word (or its base name under /bin and the like) a shell or a command simulated here? */

/* ---- the host -------------------------------------------------------------------------------- */

struct shell_proc;

enum shell_ask { SHELL_ASK_HTTP, SHELL_ASK_CONNECT, SHELL_ASK_RESOLVE };

struct shell_request { /* pointers live until the request function returns */
    uint32_t id;       /* for shell_answer; never 0 */
    enum shell_ask ask;
    const char *host;
    uint16_t port;
    bool tls;
    const char *method, *path; /* HTTP */
    rx_ms timeout_ms;          /* after which the command gives up by itself; RX_MS_NEVER = none */
};

enum shell_reply {
    SHELL_REPLY_OK, /* connected; HTTP: status and body; RESOLVE: address */
    SHELL_REPLY_REFUSED,
    SHELL_REPLY_RESET, /* connected, then closed without an answer */
    SHELL_REPLY_GARBAGE, /* an answer that is not HTTP */
    SHELL_REPLY_CUT,     /* HTTP: the headers came, and in the middle of the body the end */
    SHELL_REPLY_TIMEOUT,
    SHELL_REPLY_NO_NAME,
    SHELL_REPLY_NO_ROUTE,
};

struct shell_result {
    enum shell_reply reply;
    uint16_t status;      /* HTTP */
    const char *body;     /* HTTP; copied. NULL: body_length bytes of no meaning */
    uint32_t body_length;
    uint32_t address;     /* IPv4, host byte order; 0 = not known */
    uint32_t others, other[7]; /* more addresses of the name */
    const char *location; /* HTTP 3xx; may be NULL; copied */
    bool undeclared;      /* REFUSED: in the asker's own pod, of which no port like that is known */
    rx_ms after;          /* the reply, or the headers, come so much later than the request */
    rx_ms body_after;     /* and the body so much later than they; RX_MS_NEVER: never */
};

/* What a program does that a rule answers for. */
struct shell_scripted {
    rx_ms takes; /* RX_MS_NEVER: it runs until it is killed */
    int32_t code;
    const char *output; /* written when it ends; outlives the proc */
    const char *error;  /* why it cannot be executed; NULL: it can */
};

/* One table for all; `ctx` is the proc's own (shell_setup). None of these may call shell_run or
 * shell_close of the same proc. */
struct shell_host {
    void (*output)(void *ctx, int fd, const char *data, uint32_t length);
    /* Bytes of its standard output (fd 1) or error (2), the container's log if it is the main
     * process; 3: of another process than the main one, for that log all the same. NULL:
     * discarded. */

    void (*request)(void *ctx, struct shell_proc *p, const struct shell_request *r);
    /* Answer with shell_answer, at once from here or later. NULL: every name is unknown. */

    bool (*kill)(void *ctx, uint32_t pid, int signo);
    /* A script sends a signal (0: asks only) to a process that is not its own; true if there is
     * one. A signal to the caller's own container must be delivered after the current shell_run.
     * NULL: there is none. */

    void (*server)(void *ctx, const char *name, bool up, bool took_over);
    /* A server runs from now on (up) or is gone. took_over: by `exec`. */

    void (*diagnose)(void *ctx, const struct shell_diag *d);
    /* Something could not be run as written, or something was assumed. NULL: ignored. */

    bool (*missing)(void *ctx, const char *path);
    /* Is it known that there is no such program, neither among the files nor in the image? The path
     * is absolute. NULL: of none. */

    bool (*scripted)(void *ctx, uint32_t argc, const char *const *argv, struct shell_scripted *out);
    /* Does a rule answer for this command, known or not? NULL: none does. */
};

/* ---- processes ------------------------------------------------------------------------------- */

/* Who a process is. All zero: root. */
struct shell_user {
    uint32_t uid, gid;
    uint32_t group_count;  /* all of them, gid included; sorted */
    const uint32_t *group; /* outlives the proc */
};

struct shell_setup {
    const struct shell_program *program; /* not SHELL_UNKNOWN; outlives the proc */
    const struct shell_host *host;       /* outlives the proc */
    void *ctx;
    struct fs *fs; /* the container's view; outlives the proc, which is told (fs_told) while it
                    * runs */
    uint32_t env_count;
    const struct rx_pair *env; /* not copied: outlives the proc */
    const char *hostname;       /* outlives the proc */
    const char *fqdn;           /* likewise; NULL, "": it has none */
    uint32_t address;           /* its own; IPv4, host byte order */
    const struct shell_user *user; /* outlives the proc; NULL: root */
    const char *cwd;            /* copied; NULL = "/" */
    int64_t epoch_ms;           /* wall time at rx_ms 0, since 1970 */
    uint64_t seed, id;          /* for $RANDOM: prng stream (seed, id) */
    uint32_t pid;               /* of the first task; its children count on from next_pid */
    uint32_t *next_pid;         /* the container's counter, outlives the proc; NULL: own, pid + 1 */
    bool pid1;                  /* the kernel keeps signals without a handler away from it */
    bool unknown_missing;       /* the images have no program that nobody knows */
    enum shell_program_role role; /* else it decides what they are (rule_program.h) */
};

enum shell_phase {
    SHELL_ENDED,    /* code */
    SHELL_SLEEPING, /* nothing to do before `until` */
    SHELL_WAITING,  /* for an answer or a signal only (sleep infinity, a server) */
    SHELL_SERVER,   /* `exec SERVER`: the unknown command is the process now and handles its signals
                     * by itself; the caller applies its own rules. Final, like SHELL_ENDED. Only
                     * for a host with `server`. */
};

struct shell_state {
    enum shell_phase phase;
    int32_t code;  /* ENDED: 0..255 */
    rx_ms until;   /* SLEEPING; WAITING with a deadline for its request is SLEEPING, too */
    int32_t signo; /* ENDED: the signal that killed it, else 0; the code is then 128 + signo */
};

int shell_open(struct shell_proc **out, const struct rx_mem *mem, const struct shell_setup *setup,
               rx_ms now);
/* -RX_ENOMEM; -RX_EINVALID for an unknown program. Nothing runs yet; setup is copied. */

void shell_close(struct shell_proc *p);
/* Frees all. If a server of it was up, it is reported as gone. NULL is allowed. */

struct shell_state shell_run(struct shell_proc *p, rx_ms now);
/* now never goes back. After SHELL_ENDED or SHELL_SERVER it returns the same again. */

void shell_answer(struct shell_proc *p, uint32_t id, const struct shell_result *result);
/* An answer to a request whose asker is gone is dropped. What comes later (result->after) may be
 * given at once: shell_run returns when it is due. */

bool shell_answer_lost(struct shell_proc *p, uint32_t id, rx_ms now);
/* Who was to answer is gone: what has not come yet will not come any more. True: the asker waits
 * for it, and shell_run should be called in this instant. */

bool shell_signal(struct shell_proc *p, int signo);
/* To the first task: POSIX and the rule for PID 1. Without a trap it is ignored there (pid1) or
 * ends the proc with 128 + signo; with one, the trap runs when the command in the foreground has
 * ended, or at once in the builtin `wait`. Returns whether it has any effect. Takes effect in the
 * next shell_run. SIGKILL always ends it. */

bool shell_owns_pid(const struct shell_proc *p, uint32_t pid);
/* Is this one of its tasks? Then shell_signal_pid reaches it, from another proc's `kill`. */
bool shell_signal_pid(struct shell_proc *p, uint32_t pid, int signo);

/* A process, for /proc. */
struct shell_task_view {
    uint32_t pid, parent; /* parent 0: it is the script itself */
    uint32_t argc;        /* of the program that runs in it; 0: the shell that the proc began as */
    char *const *argv;
};

bool shell_task_view(const struct shell_proc *p, uint32_t nth, struct shell_task_view *out);
/* The nth of its tasks that run, from 0; false: there are no more. A shell sees to its ended
 * children soon, so those are not seen. */

size_t shell_bytes(const struct shell_proc *p);
/* Memory it holds now, asked-for bytes. */

#endif
