/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts.h - several texts that are read side by side, line by line: for paste, join and comm. A
 * command has one file open at a time, so each is read whole before the first line of it is looked
 * at.
 */
#ifndef BOX_TEXTS_H
#define BOX_TEXTS_H

#include "engine/box/run/cmd.h"

struct sh_text {
    const char *path;
    struct sh_text *shares; /* "-" again: the same lines, as they come */
    struct sh_buf buf;
    uint32_t at;    /* where the next line begins */
    uint32_t lines; /* handed out so far */
    bool failed;
};

struct sh_texts {
    struct sh_text *text;
    uint32_t count, loaded;
    bool begun, patient; /* patient: one that cannot be read does not keep the others from it */
    struct sh_input in;
};

bool sh_texts_new(struct sh_task *t, struct sh_texts *all, char *const *path, uint32_t count);
/* count 0: standard input. Memory is the call's. False: the proc is over. */
int sh_texts_load(struct sh_task *t, struct sh_texts *all);
/* 0; 1 if some cannot be read, which is said (and they are empty); or SH_BLOCKED: call again. */
bool sh_text_line(struct sh_text *text, const char **line, uint32_t *length);
/* The next one, without its newline. False: there is none. */

#endif
