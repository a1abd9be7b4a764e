/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_program.h - what becomes of a program that nobody here knows, pure.
 *
 * The image of a container is not looked into. It is taken to be whole and healthy, as an httpGet
 * probe takes it, so a program that is neither simulated nor scripted is there and does its work.
 *
 *  1. As what a main container or a sidecar is for - its command, the last command of its script,
 *     behind `exec`, in the background of it - it is a server that runs until it is stopped.
 *  2. Everywhere else it is a step: done at once, exit code 0, no output. Programs of probes,
 *     hooks, init containers and Jobs are steps wherever they stand: such programs are there to
 *     end.
 *  3. The program is missing if that can be known: its name is none (shell_program_is_no_name), it
 *     is a path below a volume that holds no such file, or the knob unknown_programs says so of
 *     all. What is missing is 127 inside a script, and cannot be started where it is a command of
 *     its own.
 *
 *                 alone   last     exec     background   condition   pipe   captured   middle
 *  main, sidecar  server  server   server   server       done        done   done       done
 *  init, job      done    done     done     done         done        done   done       done
 *  probe, hook    done    done     done     done         done        done   done       done
 *  missing        no start 127     127      127          127         127    127        127
 */
#ifndef BOX_RULE_PROGRAM_H
#define BOX_RULE_PROGRAM_H

#include <stdbool.h>

/* Whose command it is. */
enum shell_program_role {
    SHELL_PROGRAM_MAIN,    /* of a main container */
    SHELL_PROGRAM_SIDECAR, /* of an init container with restartPolicy Always */
    SHELL_PROGRAM_INIT,
    SHELL_PROGRAM_JOB, /* of a main container of a Job's pod */
    SHELL_PROGRAM_PROBE,
    SHELL_PROGRAM_HOOK,
    SHELL_PROGRAM_ROLES,
};

/* Where in the command it stands. */
enum shell_program_spot {
    SHELL_SPOT_ALONE,      /* it is the command, without a shell */
    SHELL_SPOT_LAST,       /* the last command of the script; each member of a pipeline that is
                            * that */
    SHELL_SPOT_EXEC,       /* behind `exec` */
    SHELL_SPOT_BACKGROUND, /* behind it stands `&` */
    SHELL_SPOT_CONDITION,  /* its status is asked for: if, while, !, left of && and || */
    SHELL_SPOT_PIPE,       /* a member of another pipeline */
    SHELL_SPOT_CAPTURED,   /* its output is asked for: $(...) */
    SHELL_SPOT_MIDDLE,     /* more commands follow; a loop's body and a trap's action are this,
                            * too */
    SHELL_PROGRAM_SPOTS,
};

enum shell_program_fate {
    SHELL_PROGRAM_SERVES,
    SHELL_PROGRAM_DONE,
    SHELL_PROGRAM_NOT_FOUND,   /* 127 */
    SHELL_PROGRAM_NOT_STARTED, /* a container: StartError; a probe: an error; a hook: fails */
};

enum shell_program_fate shell_program_fate(enum shell_program_role role,
                                           enum shell_program_spot spot,
                                       bool missing);

bool shell_program_is_no_name(const char *word);
/* Is this word a whole command line ("sleep 3600"), an unexpanded $(NAME) or empty? Nobody's image
 * has a program of such a name. */

#endif
