/* SPDX-License-Identifier: Apache-2.0 */
/* look_meta.c - what is told of a workload: labels, annotations, and its last words. */
#include <string.h>

#include "api/cli/advise/catalogue.h"
#include "api/cli/io/json_read.h"
#include "engine/reactor/base.h"

void look_labels(struct advise *a, const struct advise_subject *s)
{
    size_t spec = strlen(s->spec) - strlen("spec");
    struct advice v = {.level = ADVISE_CONVENTION, .changes = 1};

    if (s->pod->labels.count > 1)
        return;
    v.change[0] = (struct manifest_change){
        advise_say(a, "%.*smetadata.labels[\"app.kubernetes.io/name\"]", (int)spec, s->spec),
        s->w->name};
    v.text =
        advise_say(a, "its pods have %s: nobody can select them by tier, release or environment",
                   s->pod->labels.count == 0 ? "no label" : "one label only");
    advise_give(a, s, &v);
}

void look_annotations(struct advise *a, const struct advise_subject *s)
{
    const struct st_document *d = s->document->kept;
    struct advice v = {.level = ADVISE_CONVENTION, .no_patch = "whom to ask only you know"};
    const struct json_node *own;
    const char *why;
    struct json j;
    bool any = s->pod->annotations.count > 0;

    if (!json_parse(&j, d->text, d->length, &why))
        return;
    own = json_at(&j, json_root(&j), "metadata.annotations");
    any |= own != NULL && json_first(&j, own) != NULL;
    json_close(&j);
    if (any)
        return;
    v.text = "no annotation says what it is and whom to ask";
    advise_give(a, s, &v);
}

/* ---- last words ------------------------------------------------------------------------------ */

void look_last_words(struct advise *a, const struct advise_subject *s)
{
    struct lab_plan p = {.beside = lab_scenario(a, s, "", ""), .for_ms = 120000, .givens = 1};
    struct lab_result is, then;

    if (subject_is(s, POD_WORKLOAD_CRONJOB) || s->ready_ms < 0)
        return;
    for (uint32_t i = s->pod->init_count; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);
        struct manifest_change dies = {subject_container_path(a, s, i, "command"),
                                       "[sh, -c, \"echo no route to db; exit 3\"]"};
        struct advice v = {.level = ADVISE_NOTE, .container = c->name, .changes = 1};

        if (c->message_policy != POD_MESSAGE_FILE ||
            strcmp(c->message_path, "/dev/termination-log") != 0)
            continue;
        p.given = &dies;
        v.change[0] = (struct manifest_change){
            subject_container_path(a, s, i, "terminationMessagePolicy"), "FallbackToLogsOnError"};
        if (!lab_both(a, s, &p, &v, &is, &then) || is.exit_code != 3 || is.message[0] != '\0' ||
            then.message[0] == '\0')
            continue;
        v.assumes = "the program writes its reason to its log, and to no file";
        v.text =
            advise_say(a,
                       "a program that logs \"no route to db\" and exits with 3 leaves no message "
                       "in its status; with FallbackToLogsOnError: \"%.*s\"",
                       (int)strcspn(then.message, "\n"), then.message);
        advise_give(a, s, &v);
    }
}
