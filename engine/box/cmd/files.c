/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - paths put together, modes read, trees walked without recursion. */
#include "engine/box/cmd/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"

/* ---- paths ----------------------------------------------------------------------------------- */

bool sh_path_add(char path[FS_PATH_MAX], const char *name)
{
    size_t used = strlen(path), length = strlen(name);

    if (used + length + 2 > FS_PATH_MAX)
        return false;
    if (used > 0 && path[used - 1] != '/')
        path[used++] = '/';
    memcpy(path + used, name, length + 1);
    return true;
}

const char *sh_path_last(const char *path, char name[FS_NAME_MAX + 1])
{
    size_t end = strlen(path), from;

    while (end > 1 && path[end - 1] == '/')
        end--;
    from = end;
    while (from > 0 && path[from - 1] != '/')
        from--;
    if (from == end && end > 0)
        from--; /* the root */
    end = RX_MIN(end - from, (size_t)FS_NAME_MAX);
    memcpy(name, path + from, end);
    name[end] = '\0';
    return name;
}

int sh_stat(struct sh_task *t, const char *path, struct fs_stat *st)
{
    char full[FS_PATH_MAX];
    int error;

    return sh_full_path(t, path, full, &error) != NULL ? fs_stat(sh_fs(t), full, st) : error;
}

int sh_lstat(struct sh_task *t, const char *path, struct fs_stat *st)
{
    char full[FS_PATH_MAX];
    int error;

    return sh_full_path(t, path, full, &error) != NULL ? fs_lstat(sh_fs(t), full, st) : error;
}

bool sh_is_dir(struct sh_task *t, const char *path)
{
    struct fs_stat st;

    return sh_stat(t, path, &st) == 0 && st.kind == FS_DIR;
}

int sh_perror(struct sh_task *t, const char *what, const char *path, int error)
{
    if (what == NULL)
        return sh_fail(t, path, error);
    if (sh_of_image(t, path, error))
        return 1;
    sh_complain(t, "%s: %s '%s': %s", t->call.argv[0], what, path, fs_strerror(error));
    sh_not_known(t, path, error);
    return 1;
}

int sh_refuse(struct sh_task *t, const char *what)
{
    char text[128];

    snprintf(text, sizeof(text), "%.40s: %.50s is not simulated", t->call.argv[0], what);
    sh_complain(t, "%s", text);
    sh_diagnose(t, SHELL_DIAG_OPTION, t->call.pos, t->call.argv[0], text);
    return 1;
}

/* ---- modes ----------------------------------------------------------------------------------- */

enum { UMASK = 022 };

/* [ugoa]*, as a mask of the bits they speak for; 0: nobody is named. */
static unsigned who(const char **s)
{
    unsigned mask = 0;

    for (;; (*s)++) {
        if (**s == 'u')
            mask |= 04700;
        else if (**s == 'g')
            mask |= 02070;
        else if (**s == 'o')
            mask |= 01007;
        else if (**s == 'a')
            mask |= 07777;
        else
            return mask;
    }
}

/* rwxXst or one of u, g, o behind an operator: bits for everybody. */
static unsigned permissions(const char **s, unsigned old, bool directory)
{
    static const struct {
        char letter;
        unsigned bits;
    } known[] = {{'r', 0444}, {'w', 0222}, {'x', 0111}, {'s', 06000}, {'t', 01000}};
    unsigned bits = 0;

    if (**s == 'u' || **s == 'g' || **s == 'o') {
        bits = old >> (**s == 'u' ? 6 : **s == 'g' ? 3 : 0) & 7;
        (*s)++;
        return bits | bits << 3 | bits << 6;
    }
    for (;; (*s)++) {
        bool found = false;

        for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
            if (**s == known[i].letter) {
                bits |= known[i].bits;
                found = true;
            }
        }
        if (**s == 'X') {
            bits |= directory || (old & 0111) ? 0111 : 0;
            found = true;
        }
        if (!found)
            return bits;
    }
}

static bool symbolic_mode(const char *s, unsigned old, bool directory, uint16_t *out)
{
    unsigned mode = old;

    for (;; s++) {
        unsigned named = who(&s), mask = named != 0 ? named : 07777u & ~(unsigned)UMASK;

        if (*s != '+' && *s != '-' && *s != '=')
            return false;
        while (*s == '+' || *s == '-' || *s == '=') {
            char op = *s++;
            unsigned bits = permissions(&s, mode, directory) & mask;

            if (op == '-')
                mode &= ~bits;
            else if (op == '+')
                mode |= bits;
            else
                mode =
                    (mode & ~(named != 0 ? named : 07777u)) | bits | (directory ? mode & 06000 : 0);
        }
        if (*s != ',')
            break;
    }
    *out = (uint16_t)mode;
    return *s == '\0';
}

bool sh_mode_read(const char *text, uint16_t old, bool directory, uint16_t *mode)
{
    size_t digits = strspn(text, "01234567");
    unsigned value = 0;

    if (digits == 0)
        return symbolic_mode(text, old, directory, mode);
    if (text[digits] != '\0' || digits > 8)
        return false;
    for (const char *s = text; *s != '\0'; s++)
        value = value * 8 + (unsigned)(*s - '0');
    *mode = (uint16_t)value;
    return value <= 07777;
}

void sh_mode_text(const struct fs_stat *st, char text[11])
{
    static const char letters[] = "rwxrwxrwx";

    text[0] = st->kind == FS_DIR       ? 'd'
              : st->kind == FS_SYMLINK ? 'l'
              : st->kind == FS_FILE    ? '-'
                                       : 'c';
    for (int i = 0; i < 9; i++)
        text[1 + i] = st->mode >> (8 - i) & 1 ? letters[i] : '-';
    if (st->mode & 04000)
        text[3] = text[3] == 'x' ? 's' : 'S';
    if (st->mode & 02000)
        text[6] = text[6] == 'x' ? 's' : 'S';
    if (st->mode & 01000)
        text[9] = text[9] == 'x' ? 't' : 'T';
    text[10] = '\0';
}

unsigned sh_mode_type(enum fs_kind kind)
{
    return kind == FS_DIR       ? 0040000
           : kind == FS_SYMLINK ? 0120000
           : kind == FS_FILE    ? 0100000
                                : 0020000;
}

/* ---- owners ---------------------------------------------------------------------------------- */

/* The line of /etc/passwd or /etc/group that has this name or (name NULL) this number. */
static bool user_line(struct sh_task *t, bool group, const char *name, uint32_t *id, char room[32])
{
    const char *text, *end;
    uint32_t size;

    if (fs_get(sh_fs(t), group ? "/etc/group" : "/etc/passwd", &text, &size) != 0)
        return false;
    for (end = text + size; text < end;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text)), *p, *number;
        uint32_t n = 0;

        stop = stop != NULL ? stop : end;
        p = memchr(text, ':', (size_t)(stop - text));
        number = p != NULL ? memchr(p + 1, ':', (size_t)(stop - p - 1)) : NULL;
        if (number != NULL) {
            size_t length = (size_t)(p - text);

            for (number++; number < stop && *number >= '0' && *number <= '9'; number++)
                n = n * 10 + (uint32_t)(*number - '0');
            if (name != NULL ? strlen(name) == length && memcmp(name, text, length) == 0
                             : n == *id) {
                *id = n;
                snprintf(room, 32, "%.*s", (int)RX_MIN(length, (size_t)31), text);
                return true;
            }
        }
        text = stop + 1;
    }
    return false;
}

/* By number, or by the container's /etc/passwd or /etc/group. */
static bool id_of_name(struct sh_task *t, const char *name, bool group, uint32_t *id)
{
    char room[32];
    int64_t n;

    if (sh_number(name, &n) && n >= 0 && n < UINT32_MAX) {
        *id = (uint32_t)n;
        return true;
    }
    if (user_line(t, group, name, id, room))
        return true;
    *id = 0;
    return strcmp(name, "root") == 0;
}

const char *sh_user_name(struct sh_task *t, uint32_t id, bool group, char room[32])
{
    uint32_t wanted = id;

    if (user_line(t, group, NULL, &wanted, room))
        return room;
    if (id == 0)
        return "root";
    snprintf(room, 32, "%u", id);
    return room;
}

void sh_owner_id(struct sh_task *t, const char *name, bool group, uint32_t *id)
{
    char text[96];

    if (id_of_name(t, name, group, id))
        return;
    *id = UINT32_MAX;
    snprintf(text, sizeof(text), "only the image knows the number of %s %.40s",
             group ? "group" : "user", name);
    sh_diagnose(t, SHELL_DIAG_OPTION, t->call.pos, t->call.argv[0], text);
}

bool sh_owner_read(struct sh_task *t, const char *text, uint32_t *uid, uint32_t *gid)
{
    size_t length = strcspn(text, ":.");
    char user[64];

    *uid = *gid = UINT32_MAX;
    if (length >= sizeof(user) || strlen(text) >= sizeof(user))
        return false;
    if (length > 0) {
        snprintf(user, sizeof(user), "%.*s", (int)length, text);
        sh_owner_id(t, user, false, uid);
    }
    if (text[length] != '\0' && text[length + 1] != '\0')
        sh_owner_id(t, text + length + 1, true, gid);
    else if (text[length] != '\0' && length > 0)
        *gid = *uid; /* "USER:": the user's own group */
    return text[0] != '\0';
}

/* ---- sizes ----------------------------------------------------------------------------------- */

void sh_size_text(uint64_t bytes, char text[24])
{
    static const char units[] = "\0KMGT";
    uint64_t tenths = 0;
    int unit = 0;

    for (; bytes >= 1024 && unit < 4; unit++) {
        tenths = ((bytes % 1024) * 10 + 512) / 1024;
        bytes /= 1024;
    }
    if (tenths >= 10) {
        bytes++;
        tenths = 0;
    }
    if (unit == 0)
        snprintf(text, 24, "%llu", (unsigned long long)bytes);
    else
        snprintf(text, 24, "%llu.%llu%c", (unsigned long long)bytes, (unsigned long long)tenths,
                 units[unit]);
}

bool sh_size_read(const char *text, uint64_t *bytes)
{
    static const struct {
        const char *suffix;
        uint64_t unit;
    } units[] = {{"", 1},        {"c", 1},          {"w", 2},
                 {"b", 512},     {"k", 1024},       {"K", 1024},
                 {"M", 1048576}, {"G", 1073741824}, {"kB", 1000},
                 {"KB", 1000},   {"MB", 1000000},   {"GB", 1000000000},
                 {"KiB", 1024},  {"MiB", 1048576},  {"GiB", 1073741824},
                 {"m", 1048576}, {"g", 1073741824}};
    size_t digits = strspn(text, "0123456789");
    uint64_t n = 0;

    if (digits == 0 || digits > 12)
        return false;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (uint64_t)(text[i] - '0');
    for (size_t i = 0; i < RX_ARRAY_LEN(units); i++) {
        if (strcmp(text + digits, units[i].suffix) == 0) {
            *bytes = n * units[i].unit;
            return n < UINT64_MAX / units[i].unit;
        }
    }
    return false;
}

uint32_t sh_blocks(const struct fs_stat *st)
{
    return st->kind == FS_DIR ? 8 : st->kind == FS_FILE ? (st->size + 4095) / 4096 * 8 : 0;
}

/* ---- removing -------------------------------------------------------------------------------- */

/* Recursion is as deep as trees can be: FS_DEPTH_MAX. */
int sh_remove_tree(struct sh_task *t, char path[FS_PATH_MAX], bool recursive, bool verbose)
{
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t length = strlen(path);
    struct fs_stat st;
    int error = sh_lstat(t, path, &st), first = 0;

    if (error != 0 || !sh_charge(t, 1))
        return error;
    if (sh_full_path(t, path, full, &error) == NULL)
        return error;
    if (st.kind != FS_DIR) {
        error = fs_unlink(sh_fs(t), full, t->proc->now);
        if (error == 0 && verbose)
            sh_printf(t, "removed '%s'\n", path);
        return error;
    }
    if (!recursive)
        return -EISDIR;
    while (fs_list(sh_fs(t), full, after, name) == 1 && !t->proc->over) {
        strcpy(after, name);
        error = sh_path_add(path, name) ? sh_remove_tree(t, path, true, verbose) : -ENAMETOOLONG;
        path[length] = '\0';
        if (error != 0 && first == 0)
            first = error;
    }
    if (first != 0)
        return first;
    error = fs_rmdir(sh_fs(t), full, t->proc->now);
    if (error == 0 && verbose)
        sh_printf(t, "removed directory '%s'\n", path);
    return error;
}

/* ---- names of a directory -------------------------------------------------------------------- */

bool sh_names_add(struct sh_task *t, struct sh_names *names, const char *name)
{
    size_t length = strlen(name) + 1;
    char *copy = sh_call_alloc(t, length);

    if (copy == NULL)
        return false;
    memcpy(copy, name, length);
    if (names->count == names->room) {
        uint32_t room = names->room > 0 ? names->room * 2 : 16;
        char **more =
            sh_call_grow(t, names->name, names->count * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return false;
        names->name = more;
        names->room = room;
    }
    names->name[names->count++] = copy;
    return true;
}

int sh_names_read(struct sh_task *t, const char *path, struct sh_names *names)
{
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    int error;

    if (sh_full_path(t, path, full, &error) == NULL)
        return error;
    while ((error = fs_list(sh_fs(t), full, after, name)) == 1) {
        strcpy(after, name);
        if (!sh_charge(t, 1) || !sh_names_add(t, names, name))
            return SH_BLOCKED;
    }
    return error;
}
