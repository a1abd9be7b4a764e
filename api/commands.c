/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - commands of a manifest that cannot be run as written, and what is assumed of
 * programs that nobody knows, named by their place: when they are loaded as far as that can be told
 * from the text, and when they are run.
 *
 * What a Behavior document speaks for is not our business, nor is what may come with a volume, nor
 * what is run on this machine instead (PODRING_EXEC_HOST).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/engine.h"
#include "engine/pod/program.h"

/* One command line. */
struct command {
    podring *ring;
    struct assumed *assumed;
    const struct pod_template *template_;
    uint32_t index; /* of its container */
    const struct pod_container_spec *container;
    struct pod_programs *programs;
    const struct pod_program *program;
    uint32_t argc;
    const char *const *argv, *const *written; /* expanded, and as the manifest has it */
    const struct pod_place *place;            /* of argv; NULL = not known */
    const char *what;                         /* "liveness probe of" */
    enum shell_program_role role;
    bool varies; /* no pod's first word need be the next one's */
};

struct assumption;

struct assumed {
    struct assumption *item;
    uint32_t count, room;
};

/* What is taken for granted of a program in one place. */
struct assumption {
    uint64_t hash; /* of word and fate */
    uint32_t order, more;
    enum shell_program_fate fate;
    struct pod_place at;
    const char *what, *container, *word;
};

static const struct pod_place *place_of(const struct command *c, uint32_t word)
{
    static const struct pod_place nowhere;

    return c->place != NULL && word < c->argc ? &c->place[word] : &nowhere;
}

static void say(podring *r, enum manifest_severity severity, const struct pod_place *place,
                const char *text)
{
    struct manifest_diagnostic d = {
        .severity = severity,
        .line = place->line,
        .column = place->column,
        .file = place->file,
        .text = text,
    };

    if (text != NULL)
        manifest_diagnose(&r->set, &d); /* without memory nothing is said, and the caller is told
                                         * (mem.h) */
}

/* Where a place of the script stands in the file, if the script is there line by line. */
static struct pod_place within(const struct pod_place *script, const struct shell_diag *d)
{
    struct pod_place at = *script;

    if (!at.exact || d->line == 0)
        return at;
    at.line += d->line - 1;
    at.column += d->column - 1;
    return at;
}

/* $$ and $(NAME) are replaced before a shell sees the text. */
static bool is_expanded(const struct pod_container_spec *s, const char *text)
{
    for (const char *at = strchr(text, '$'); at != NULL && at[1] != '\0';
         at = strchr(at + 1, '$')) {
        size_t length = at[1] == '(' ? strcspn(at + 2, ")") : 0;

        if (at[1] == '$')
            return true;
        for (uint32_t i = 0; length > 0 && i < s->env_count; i++)
            if (strncmp(s->env[i].name, at + 2, length) == 0 && s->env[i].name[length] == '\0')
                return true;
    }
    return false;
}

static struct pod_place script_place(const struct command *c)
{
    uint32_t word = shell_program_text(c->program->refused != NULL ? c->program->refused
                                                                   : c->program->shell);
    struct pod_place at = *place_of(c, word);

    at.exact = at.exact && !is_expanded(c->container, c->written[word]);
    return at;
}

/* ---- assumptions ----------------------------------------------------------------------------- */

static int by_program(const void *a, const void *b)
{
    const struct assumption *x = a, *y = b;
    int words;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    words = strcmp(x->word, y->word);
    if (words != 0)
        return words;
    if (x->fate != y->fate)
        return x->fate < y->fate ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
    const struct assumption *x = a, *y = b;

    return x->order < y->order ? -1 : x->order > y->order;
}

/* Without memory nothing is said, and whoever asked is told (mem.h). */
static void assume(const struct command *c, const struct pod_place *at, const char *word,
                   enum shell_program_fate fate)
{
    struct assumed *all = c->assumed;

    if (all->count == all->room) {
        uint32_t room = RX_MAX(2 * all->room, 64u);
        struct assumption *more =
            rx_mem_grow(&c->ring->mem, all->item, all->room * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return;
        all->item = more;
        all->room = room;
    }
    all->item[all->count] = (struct assumption){
        .hash = rx_hash_end(rx_hash_bytes(RX_HASH_START ^ (uint64_t)fate, word, strlen(word))),
        .order = all->count,
        .fate = fate,
        .at = *at,
        .what = c->what,
        .container = c->container->name,
        .word = word,
    };
    all->count++;
}

/* One of each program and what it is taken for, the first; `more` counts the others. */
static uint32_t fold(struct assumed *all)
{
    uint32_t kept = 0;

    if (all->count == 0)
        return 0;
    qsort(all->item, all->count, sizeof(*all->item), by_program);
    for (uint32_t i = 0; i < all->count; i++) {
        struct assumption *last = kept > 0 ? &all->item[kept - 1] : NULL;

        if (last != NULL && last->fate == all->item[i].fate &&
            strcmp(last->word, all->item[i].word) == 0)
            last->more++;
        else
            all->item[kept++] = all->item[i];
    }
    qsort(all->item, kept, sizeof(*all->item), by_order);
    return kept;
}

static const char *saying(podring *r, const struct assumption *a)
{
    struct rx_arena *arena = &r->set.arena;

    switch (a->fate) {
    case SHELL_PROGRAM_SERVES:
        return rx_arena_printf(arena, "%s container \"%s\": %s" SHELL_SAYS_SERVER, a->what,
                               a->container, a->word);
    case SHELL_PROGRAM_DONE:
        return rx_arena_printf(arena, "%s container \"%s\": %s" SHELL_SAYS_DONE, a->what,
                               a->container, a->word);
    case SHELL_PROGRAM_NOT_FOUND:
        return rx_arena_printf(arena, "%s container \"%s\": %s: not found", a->what, a->container,
                               a->word);
    default:
        return rx_arena_printf(arena,
                               "%s container \"%s\": exec: \"%s\": executable file not found in "
                               "$PATH", a->what, a->container, a->word);
    }
}

static void say_assumed(podring *r, struct assumed *all)
{
    uint32_t kept = fold(all);

    for (uint32_t i = 0; i < kept; i++) {
        const struct assumption *a = &all->item[i];
        const char *text = saying(r, a);

        if (text != NULL && a->more > 0)
            text = rx_arena_printf(&r->set.arena, "%s (and in %u more place%s)", text, a->more,
                                   a->more == 1 ? "" : "s");
        say(r, MANIFEST_WARNING, &a->at, text);
    }
    rx_mem_free(&r->mem, all->item, all->room * sizeof(*all->item));
}

/* ---- from the text --------------------------------------------------------------------------- */

static bool may_come_with_a_volume(const struct command *c)
{
    for (uint32_t i = 0; c->argc > 0 && i < c->container->mount_count; i++) {
        const char *path = c->container->mount[i].path;
        size_t length = strlen(path);

        if (strncmp(c->argv[0], path, length) == 0 &&
            (c->argv[0][length] == '/' || c->argv[0][length] == '\0'))
            return true;
    }
    return false;
}

static bool is_missing(const struct command *c, const char *word)
{
    return c->ring->world.knobs.unknown_missing || shell_program_is_no_name(word);
}

/* Whether the shell that starts a server stays process 1 decides who hears SIGTERM, and for a plain
 * sh only the image's name tells. Said once a container, where it matters. */
static void note_shell(const struct command *c)
{
    static const char *const taken[] = {
        [SHELL_SH] =
            "a shell that never becomes its last command, as dash: the image's name does not tell",
        [SHELL_DASH] = "dash, by the image's name: it never becomes its last command",
        [SHELL_ASH] = "busybox's ash, by the image's name: it may become its last command",
        [SHELL_BASH] = "bash, by the image's name: it may become its last command",
    };
    const char *slash = strrchr(c->argv[0], '/');

    if (strcmp(slash != NULL ? slash + 1 : c->argv[0], "sh") == 0)
        say(c->ring, MANIFEST_NOTE, place_of(c, 0),
            rx_arena_printf(&c->ring->set.arena, "%s container \"%s\": sh is taken for %s", c->what,
                            c->container->name, taken[shell_flavour_of(c->container->image)]));
}

static void check_words(const struct command *c)
{
    bool noted = false;

    struct pod_place script = script_place(c);
    enum shell_program_spot spot;
    struct shell_diag d;

    for (uint32_t i = 0; shell_program_unknown(c->program->shell, i, &d, &spot); i++) {
        struct pod_place at = within(&script, &d);
        const char *word = rx_arena_strdup(&c->ring->set.arena, d.word);

        if (word == NULL || pod_template_scripts_word(c->template_, c->index, word))
            continue;
        /* The same words will be met at run time, where they are a warning of their own. */
        pod_programs_say(c->programs, &d);
        assume(c, &at, word, shell_program_fate(c->role, spot, is_missing(c, word)));
        if (spot == SHELL_SPOT_LAST && !noted &&
            (c->role == SHELL_PROGRAM_MAIN || c->role == SHELL_PROGRAM_SIDECAR)) {
            note_shell(c);
            noted = true;
        }
    }
}

/* A command that is not the shell's. Where it may come with a volume only the run can tell. */
static void check_alone(const struct command *c, const char *word)
{
    struct shell_diag d = {.kind = SHELL_DIAG_DONE};

    if (may_come_with_a_volume(c) || c->varies)
        return;
    snprintf(d.word, sizeof(d.word), "%s", word);
    pod_programs_say(c->programs, &d);
    assume(c, place_of(c, 0), word,
           shell_program_fate(c->role, SHELL_SPOT_ALONE, is_missing(c, word)));
}

/* It does not parse: by its own fault, or because this shell cannot do what it says. */
static void check_broken(const struct command *c, const struct shell_program *program)
{
    const struct shell_diag *broken = shell_program_broken(program);
    struct pod_place at = script_place(c);
    bool ours = shell_program_refused(program);
    bool serves = shell_program_fate(c->role, SHELL_SPOT_ALONE, false) == SHELL_PROGRAM_SERVES;

    at = within(&at, broken);
    pod_programs_say(c->programs, broken);
    say(c->ring, ours ? MANIFEST_UNSUPPORTED : MANIFEST_WARNING, &at,
        rx_arena_printf(&c->ring->set.arena, "%s container \"%s\": %s%s", c->what,
                        c->container->name, broken->text,
                        !ours    ? ""
                        : serves ? "; taken for a server that runs until it is stopped"
                                 : "; taken to succeed at once"));
}

static void check(const struct command *c)
{
    if (c->program->refused != NULL)
        check_broken(c, c->program->refused);
    else if (c->program->shell == NULL || c->program->by_path)
        check_alone(c, c->argv[0]);
    else if (shell_program_broken(c->program->shell) != NULL)
        check_broken(c, c->program->shell);
    else
        check_words(c);
}

static struct command command_of(podring *r, const struct pod_template *t, uint32_t i,
                                 struct assumed *assumed)
{
    return (struct command){
        .ring = r,
        .assumed = assumed,
        .template_ = t,
        .index = i,
        .container = &t->spec->container[i],
        .programs = &t->programs[i],
    };
}

static void check_handler(struct command c, const struct pod_handler_spec *h,
                          const char *const *argv, const struct pod_program *program,
                          const char *what, enum shell_program_role role)
{
    c.argc = h->argc;
    c.argv = argv;
    c.written = h->argv;
    c.place = h->place;
    c.program = program;
    c.what = what;
    c.role = role;
    if (c.argc > 0)
        check(&c);
}

static void check_probes(podring *r, const struct pod_template *t, uint32_t i,
                         struct assumed *assumed)
{
    static const char *const what[POD_PROBE_KINDS] = {
        [POD_LIVENESS] = "liveness probe of",
        [POD_READINESS] = "readiness probe of",
        [POD_STARTUP] = "startup probe of",
    };

    for (int k = 0; k < POD_PROBE_KINDS; k++) {
        const struct pod_probe_spec *probe = t->spec->container[i].probe[k];

        if (probe == NULL || probe->handler.kind != POD_HANDLER_EXEC ||
            pod_template_scripts_exec(t, i, &probe->handler))
            continue;
        check_handler(command_of(r, t, i, assumed), &probe->handler,
                      t->programs[i].probe_argv[k], &t->programs[i].probe[k], what[k],
                      SHELL_PROGRAM_PROBE);
    }
}

static void check_hooks(podring *r, const struct pod_template *t, uint32_t i,
                        struct assumed *assumed)
{
    static const char *const what[2] = {"postStart hook of", "preStop hook of"};
    const struct pod_container_spec *s = &t->spec->container[i];
    const struct pod_handler_spec *h[2] = {s->post_start, s->pre_stop};

    for (int k = 0; k < 2; k++) {
        if (h[k] == NULL || h[k]->kind != POD_HANDLER_EXEC ||
            pod_template_scripts_hook(t, i, k == 1) ||
            pod_template_scripts_command(t, i, h[k]->argc, h[k]->argv))
            continue;
        check_handler(command_of(r, t, i, assumed), h[k], h[k]->argv,
                      &t->programs[i].hook[k], what[k], SHELL_PROGRAM_HOOK);
    }
}

static void check_main(podring *r, const struct pod_template *t, uint32_t i, bool job,
                       struct assumed *assumed)
{
    const struct pod_container_spec *s = &t->spec->container[i];
    struct command c = command_of(r, t, i, assumed);

    c.program = &t->programs[i].main;
    c.argc = s->argc;
    c.argv = t->programs[i].argv;
    c.written = s->argv;
    c.place = s->place;
    c.varies = s->argc > 0 && !t->programs[i].common && strchr(s->argv[0], '$') != NULL;
    c.what = s->kind == POD_INIT ? "init" : "command of";
    c.role = s->kind == POD_INIT      ? SHELL_PROGRAM_INIT
             : s->kind == POD_SIDECAR ? SHELL_PROGRAM_SIDECAR
             : job                    ? SHELL_PROGRAM_JOB
                                      : SHELL_PROGRAM_MAIN;
    if (t->programs[i].too_long || pod_template_scripts_main(t, i) ||
        (s->argc > 0 && pod_template_scripts_command(t, i, s->argc, c.argv)))
        return;
    if (s->command_argc > 0 || c.program->refused != NULL ||
        (c.program->shell != NULL && !c.program->by_path)) {
        check(&c);
        return;
    }
    /* Arguments that are no command are the image's own command's: nothing is known of that. That
     * it serves is what everybody expects of an image; that it is over at once is not. */
    if (shell_program_fate(c.role, SHELL_SPOT_ALONE, false) == SHELL_PROGRAM_DONE)
        assume(&c, s->argc > 0 ? place_of(&c, 0) : &s->at, "what its image runs",
               SHELL_PROGRAM_DONE);
}

static void check_template(podring *r, const struct pod_template *t, bool job,
                           struct assumed *assumed)
{
    for (uint32_t i = 0; i < t->spec->container_count; i++) {
        if (r->runtime == NULL)
            check_main(r, t, i, job, assumed);
        if (r->world.exec_host)
            continue;
        check_probes(r, t, i, assumed);
        check_hooks(r, t, i, assumed);
    }
}

void api_check_commands(podring *r, uint32_t from)
{
    uint32_t said = r->set.diagnostics.count;
    struct assumed assumed = {0};

    for (uint32_t i = from; i < r->set.workloads.count; i++) {
        const struct pod_workload_spec *w = &r->set.workloads.item[i];

        if (w->template_ == NULL)
            continue;
        check_template(r, pod_world_template(&r->world, w->template_), w->kind == POD_WORKLOAD_JOB,
                       &assumed);
    }
    say_assumed(r, &assumed);
    manifest_diagnostics_sort(&r->set, said);
}

/* ---- from a run ------------------------------------------------------------------------------ */

/* Said while the core memory is sealed: kept in the guest's until the loop opens it (mem.h), which
 * is before anybody can ask for diagnostics. */
struct api_complaint {
    struct api_complaint *next;
    struct pod_place at;
    enum manifest_severity severity;
    size_t size;
    char text[];
};

static void put_complaint(podring *r, enum manifest_severity severity, const struct pod_place *at,
                          const char *text)
{
    size_t size = sizeof(struct api_complaint) + strlen(text) + 1;
    struct api_complaint *c = rx_mem_alloc(&r->world.guest, size);

    if (c == NULL)
        return;
    *c = (struct api_complaint){.at = *at, .severity = severity, .size = size};
    memcpy(c->text, text, size - sizeof(*c));
    *r->complaints_end = c;
    r->complaints_end = &c->next;
    rx_mem_want(&r->mem);
}

static struct api_complaint *take_complaint(podring *r)
{
    struct api_complaint *c = r->complaints;

    if (c == NULL)
        return NULL;
    r->complaints = c->next;
    if (r->complaints == NULL)
        r->complaints_end = &r->complaints;
    return c;
}

static void say_complaints(struct rx_mem_pool *pool)
{
    podring *r = rx_container_of(pool, podring, complaints_pool);
    struct api_complaint *c;

    while ((c = take_complaint(r)) != NULL) {
        say(r, c->severity, &c->at, rx_arena_strdup(&r->set.arena, c->text));
        rx_mem_free(&r->world.guest, c, c->size);
    }
}

void api_complaints_open(podring *r)
{
    r->complaints_end = &r->complaints;
    rx_mem_pool_add(&r->mem, &r->complaints_pool, say_complaints);
}

void api_complaints_close(podring *r)
{
    struct api_complaint *c;

    rx_mem_pool_remove(&r->complaints_pool);
    while ((c = take_complaint(r)) != NULL)
        rx_mem_free(&r->world.guest, c, c->size);
}

/* The place of the command that complains: the main one's if `h` is NULL. */
static struct pod_place running_place(struct pod_container *c, const struct pod_handler_spec *h,
                                      const struct shell_program *program)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const struct pod_program p = {.shell = program};
    const struct command command = {
        .container = s,
        .program = &p,
        .argc = h != NULL ? h->argc : s->argc,
        .written = h != NULL ? h->argv : s->argv,
        .place = h != NULL ? h->place : s->place,
    };

    if (program != NULL && shell_program_text(program) < command.argc)
        return script_place(&command);
    return (struct pod_place){.file = place_of(&command, 0)->file,
                              .line = place_of(&command, 0)->line,
                              .column = place_of(&command, 0)->column};
}

void api_command_complains(void *ctx, struct pod_container *c, const struct pod_handler_spec *h,
                           const struct shell_program *program, const struct shell_diag *d)
{
    podring *r = ctx;
    struct pod *p = pod_of_container(c);
    struct pod_place script = running_place(c, h, program), at = within(&script, d);
    bool ours = d->kind == SHELL_DIAG_UNSUPPORTED || d->kind == SHELL_DIAG_LIMIT;
    char name[POD_NAME_MAX], text[1024];

    snprintf(text, sizeof(text), "at %lldms: pod/%s container \"%s\": %s",
             (long long)rx_loop_now(&r->loop), pod_name(p, name), pod_container_spec_of(c)->name,
             d->text);
    put_complaint(r, ours ? MANIFEST_UNSUPPORTED : MANIFEST_WARNING, &at, text);
    if (!rx_mem_sealed(&r->mem))
        say_complaints(&r->complaints_pool);
}
