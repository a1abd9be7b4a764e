/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - commands of a manifest that cannot be run as written, named by their place: when they
 * are loaded as far as that can be told from the text, and when they are run.
 *
 * What a Behavior document speaks for is not our business, nor is what may come with a volume, nor
 * what is run on this machine instead (PODRING_EXEC_HOST).
 */
#include <string.h>

#include "api/engine.h"
#include "engine/pod/program.h"

/* One command line. */
struct command {
    podring *ring;
    const struct pod_container_spec *container;
    struct pod_programs *programs;
    const struct pod_program *program;
    uint32_t argc;
    const char *const *argv;
    const struct pod_place *place; /* of argv; NULL = not known */
    const char *what;              /* "liveness probe" */
    const char *otherwise;         /* what becomes of it */
    enum manifest_severity severity;
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
        manifest_diagnose(&r->set, &d); /* without memory nothing is said */
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
    for (const char *at = strchr(text, '$'); at != NULL && at[1] != '\0'; at = strchr(at + 1, '$')) {
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
    uint32_t word = shell_program_text(c->program->shell);
    struct pod_place at = *place_of(c, word);

    at.exact = at.exact && !is_expanded(c->container, c->argv[word]);
    return at;
}

/* ---- from the text --------------------------------------------------------------------------- */

static bool may_come_with_a_volume(const struct command *c)
{
    for (uint32_t i = 0; c->argc > 0 && i < c->container->mount_count; i++) {
        const char *path = c->container->mount[i].path;
        size_t length = strlen(path);

        if (strncmp(c->argv[0], path, length) == 0 && c->argv[0][length] == '/')
            return true;
    }
    return false;
}

static void check_words(const struct command *c)
{
    struct pod_place script = script_place(c);
    struct shell_diag d;

    for (uint32_t i = 0; shell_program_unknown(c->program->shell, i, &d); i++) {
        struct pod_place at = within(&script, &d);

        /* The same words will be met at run time, where they are a warning of their own. */
        if (c->severity == MANIFEST_WARNING)
            pod_programs_say(c->programs, &d);
        say(c->ring, c->severity, &at,
            rx_arena_printf(&c->ring->set.arena, "%s of container \"%s\": %s: not a command that is simulated",
                            c->what, c->container->name, d.word));
    }
}

static void check(const struct command *c)
{
    const struct shell_diag *broken;
    struct pod_place at;

    if (c->argc == 0)
        return;
    if (c->program->shell == NULL || c->program->by_path) {
        if (!may_come_with_a_volume(c) && strchr(c->argv[0], '$') == NULL)
            say(c->ring, c->severity, place_of(c, 0),
                rx_arena_printf(&c->ring->set.arena, "%s of container \"%s\": %s: %s", c->what,
                                c->container->name, c->argv[0], c->otherwise));
        return;
    }
    broken = shell_program_broken(c->program->shell);
    if (broken == NULL) {
        check_words(c);
        return;
    }
    at = script_place(c);
    at = within(&at, broken);
    pod_programs_say(c->programs, broken);
    say(c->ring, MANIFEST_WARNING, &at,
        rx_arena_printf(&c->ring->set.arena, "%s of container \"%s\": %s", c->what, c->container->name,
                        broken->text));
}

static struct command handler_command(podring *r, const struct pod_template *t, uint32_t container,
                                      const struct pod_handler_spec *h)
{
    return (struct command){
        .ring = r,
        .container = &t->spec->container[container],
        .programs = &t->programs[container],
        .argc = h->argc,
        .argv = h->argv,
        .place = h->place,
        .severity = MANIFEST_WARNING,
    };
}

static void check_probes(podring *r, const struct pod_template *t, uint32_t i)
{
    static const char *const what[POD_PROBE_KINDS] = {
        [POD_LIVENESS] = "liveness probe",
        [POD_READINESS] = "readiness probe",
        [POD_STARTUP] = "startup probe",
    };

    for (int k = 0; k < POD_PROBE_KINDS; k++) {
        const struct pod_probe_spec *probe = t->spec->container[i].probe[k];
        struct command c;

        if (probe == NULL || probe->handler.kind != POD_HANDLER_EXEC ||
            pod_template_scripts_exec(t, i, &probe->handler))
            continue;
        c = handler_command(r, t, i, &probe->handler);
        c.program = &t->programs[i].probe[k];
        c.what = what[k];
        c.otherwise = "not a command that is simulated: each run is an error, which does not count";
        check(&c);
    }
}

static void check_hooks(podring *r, const struct pod_template *t, uint32_t i)
{
    static const char *const what[2] = {"postStart hook", "preStop hook"};
    const struct pod_container_spec *s = &t->spec->container[i];
    const struct pod_handler_spec *h[2] = {s->post_start, s->pre_stop};

    for (int k = 0; k < 2; k++) {
        struct command c;

        if (h[k] == NULL || h[k]->kind != POD_HANDLER_EXEC || pod_template_scripts_hook(t, i, k == 1))
            continue;
        c = handler_command(r, t, i, h[k]);
        c.program = &t->programs[i].hook[k];
        c.what = what[k];
        c.otherwise = "not a command that is simulated: the hook fails";
        check(&c);
    }
}

static void check_main(podring *r, const struct pod_template *t, uint32_t i)
{
    const struct pod_container_spec *s = &t->spec->container[i];
    struct command c = {
        .ring = r,
        .container = s,
        .programs = &t->programs[i],
        .program = &t->programs[i].main,
        .argc = s->argc,
        .argv = s->argv,
        .place = s->place,
        .severity = MANIFEST_NOTE,
        .what = "command",
        .otherwise = "taken for a server that runs until it is stopped",
    };

    if (s->kind == POD_INIT && !pod_template_scripts_main(t, i) && !may_come_with_a_volume(&c) &&
        (c.program->shell == NULL || c.program->by_path)) {
        say(r, MANIFEST_WARNING, c.argc > 0 ? place_of(&c, 0) : &s->at,
            rx_arena_printf(&r->set.arena,
                            "init container \"%s\": what it runs is not simulated, and taken for a server: "
                            "its pod waits for ever, unless a Behavior says when it exits",
                            s->name));
        return;
    }
    /* Arguments that are no command are the image's own command's: nothing is known of that. */
    if (s->command_argc == 0 && (c.program->shell == NULL || c.program->by_path))
        return;
    if (!pod_template_scripts_main(t, i) && !t->programs[i].too_long)
        check(&c);
}

void api_check_commands(podring *r, const struct pod_template *t)
{
    for (uint32_t i = 0; i < t->spec->container_count; i++) {
        check_main(r, t, i);
        if (r->node.exec_host)
            continue;
        check_probes(r, t, i);
        check_hooks(r, t, i);
    }
}

/* ---- from a run ------------------------------------------------------------------------------ */

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
        .argv = h != NULL ? h->argv : s->argv,
        .place = h != NULL ? h->place : s->place,
    };

    if (shell_program_text(program) < command.argc)
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
    char name[POD_NAME_MAX];

    say(r, d->kind == SHELL_DIAG_SERVER ? MANIFEST_NOTE : MANIFEST_WARNING, &at,
        rx_arena_printf(&r->set.arena, "at %lldms: pod/%s container \"%s\": %s",
                        (long long)rx_loop_now(&r->loop), pod_name(p, name),
                        pod_container_spec_of(c)->name, d->text));
}
