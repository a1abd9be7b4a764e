/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - what the commands about files share: paths, modes, owners, whole trees.
 */
#ifndef BOX_FILES_H
#define BOX_FILES_H

#include "engine/box/run/cmd.h"

static inline struct fs *sh_fs(const struct sh_task *t)
{
    return t->proc->setup.fs;
}

/* ---- paths ----------------------------------------------------------------------------------- */

bool sh_path_add(char path[FS_PATH_MAX], const char *name);
/* path + "/" + name, in place. False: too long. */
const char *sh_path_last(const char *path, char name[FS_NAME_MAX + 1]);
/* The last component, without the slashes behind it; "/" for the root. Cut if it is too long. */
int sh_lstat(struct sh_task *t, const char *path, struct fs_stat *st);
int sh_stat(struct sh_task *t, const char *path, struct fs_stat *st);
/* Of a path as it was given to the command; 0 or a negative errno. */
bool sh_is_dir(struct sh_task *t, const char *path);

int sh_perror(struct sh_task *t, const char *what, const char *path, int error);
/* "cp: can't stat 'x': No such file ..." for what = "can't stat"; "cp: x: No ..." for NULL. 1. */

int sh_refuse(struct sh_task *t, const char *what);
/* "find: -regextype is not simulated" for what = "-regextype": said, and diagnosed. 1. */

/* ---- modes and owners ------------------------------------------------------------------------ */

bool sh_mode_read(const char *text, uint16_t old, bool directory, uint16_t *mode);
/* Octal, or u+x,go-w, as chmod has it. */
void sh_mode_text(const struct fs_stat *st, char text[11]); /* "drwxr-xr-x" */
unsigned sh_mode_type(enum fs_kind kind);                   /* S_IFMT's part of a mode */

void sh_owner_id(struct sh_task *t, const char *name, bool group, uint32_t *id);
/* UINT32_MAX, and said so: only the image knows it. */
bool sh_owner_read(struct sh_task *t, const char *text, uint32_t *uid, uint32_t *gid);
/* USER, USER:GROUP, :GROUP or USER:, by number or name; UINT32_MAX for what is not said, and for a
 * name that only the image could know, which is diagnosed. False: not that. */
const char *sh_user_name(struct sh_task *t, uint32_t id, bool group, char room[32]);

void sh_size_text(uint64_t bytes, char text[24]); /* "1.5K", "12" */
bool sh_size_read(const char *text, uint64_t *bytes);
/* Digits and a suffix: c, w, b, k, K, M, G, kB, MB, GB, KiB, MiB, GiB. */
uint32_t sh_blocks(const struct fs_stat *st); /* of 512 bytes, as du counts them */

/* ---- trees ----------------------------------------------------------------------------------- */

enum {
    SH_COPY_RECURSIVE = 1,
    SH_COPY_FOLLOW = 2,     /* links on the command line: -H, and -L */
    SH_COPY_FOLLOW_ALL = 4, /* -L */
    SH_COPY_PRESERVE = 8,   /* mode, owner, time: -p */
    SH_COPY_FORCE = 16,
    SH_COPY_KEEP = 32,   /* -n: what is there stays */
    SH_COPY_UPDATE = 64, /* -u: what is there and not older stays */
    SH_COPY_VERBOSE = 128,
    SH_COPY_HARD = 256, /* -l: links instead of copies */
    SH_COPY_SOFT = 512, /* -s */
};

struct sh_copy {
    struct sh_task *t;
    int flags;
    char from[FS_PATH_MAX], to[FS_PATH_MAX]; /* as shown in messages */
    struct sh_twin *twins;                   /* files with several names that were copied already */
    uint32_t from_device, from_ino; /* the directory made first: it is not copied into itself */
};

int sh_copy_tree(struct sh_copy *c);
/* c->from to c->to exactly; each failure is told. 0 or 1. */

int sh_remove_tree(struct sh_task *t, char path[FS_PATH_MAX], bool recursive, bool verbose);
/* 0 or the first error; the path is the same again afterwards. */

struct sh_names { /* of a directory, in the command's memory */
    char **name;
    uint32_t count, room;
};
int sh_names_read(struct sh_task *t, const char *path, struct sh_names *names);
/* All names but "." and "..", sorted. 0, a negative errno, or SH_BLOCKED: the proc is over. */
bool sh_names_add(struct sh_task *t, struct sh_names *names, const char *name);

/* ---- children: xargs.c ------------------------------------------------------------- */

int sh_spawn_beside(struct sh_task *t, struct sh_call *c, uint32_t argc, char *const *argv);
/* As sh_spawn_argv, but the command always goes on afterwards, even behind `exec`. */
char *sh_words_replace(struct sh_task *t, const char *word, const char *mark, const char *with);
/* Every mark in the word; NULL: the proc is over. */

#endif
