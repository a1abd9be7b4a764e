/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update.c - what must not change of an object that is there, in Kubernetes' words. Most is
 * compared as hashes of the documents (api/manifest/fixed.c); here is what needs the objects.
 */
#include <stdio.h>
#include <string.h>

#include "api/apply.h"
#include "engine/reactor/err.h"

/* "web.yaml:3:1: deployment default/web"; without numbers where the place is not known. */
static void name_it(podring *r, uint32_t number, uint32_t line, uint32_t column, char *out,
                    size_t room)
{
    const struct manifest_object *o = &r->set.objects.item[number];
    const struct manifest_document *d = &r->set.documents.item[number];
    const char *name = o->name != NULL ? o->name
        : o->kind == ST_BEHAVIOUR ? r->set.behaviours.item[o->index].name : "";
    char place[48] = "";

    if (line > 0)
        snprintf(place, sizeof(place), "%u:%u:", line, column);
    snprintf(out, room, "%s:%s %s %s/%s", d->file != NULL ? d->file : "", place,
             st_kind_word((enum st_kind)o->kind, o->sub), o->ns, name);
}

static int refuse(podring *r, int error, uint32_t number, const char *text)
{
    const struct manifest_document *d = &r->set.documents.item[number];
    char what[640];

    name_it(r, number, d->line, d->column, what, sizeof(what));
    return api_fail(r, error, "%s%s", what, text);
}

int api_missing(podring *r, uint32_t number)
{
    return refuse(r, -PODRING_ENOTFOUND, number, " is not there");
}

int api_may_update(podring *r, enum api_write how, uint32_t number, const struct st_object *o)
{
    const struct manifest_object *object = &r->set.objects.item[number];
    const struct manifest_document *d = &r->set.documents.item[number];
    const char *field, *says;
    char what[640];

    if (how == API_CREATE)
        return refuse(r, -PODRING_EEXISTS, number, " exists already");
    if (o->document == NULL || d->kept == NULL)
        return 0;
    for (uint32_t i = 0;
         (says = manifest_fixed_says(object->kind, object->sub, i, &field)) != NULL; i++) {
        if (o->document->fixed[i] == d->kept->fixed[i])
            continue;
        name_it(r, number, d->fixed[i].line, d->fixed[i].column, what, sizeof(what));
        return api_fail(r, -PODRING_ESTATE, "%s: spec%s%s: %s%s%s%s", what,
                        field != NULL ? "." : "", field != NULL ? field : "",
                        d->fixed[i].value[0] != '\0' ? "Invalid value: " : "", d->fixed[i].value,
                        d->fixed[i].value[0] != '\0' ? ": " : "", says);
    }
    return 0;
}

static bool same_toleration(const struct pod_toleration_spec *a,
                            const struct pod_toleration_spec *b)
{
    return strcmp(a->key, b->key) == 0 && strcmp(a->value, b->value) == 0 &&
           strcmp(a->effect, b->effect) == 0 && a->exists == b->exists;
}

static bool keeps_tolerations(const struct pod_spec *old, const struct pod_spec *new)
{
    for (uint32_t i = 0; i < old->toleration_count; i++) {
        uint32_t k = 0;

        while (k < new->toleration_count &&
               !same_toleration(&old->toleration[i], &new->toleration[k]))
            k++;
        if (k == new->toleration_count)
            return false;
    }
    return true;
}

/* What neither hash tells: a pod may tolerate more, and end sooner. */
int api_may_update_pod(podring *r, const struct pod_workload_spec *spec, const struct pod *p)
{
    const struct pod_spec *old = pod_spec_of(p), *new = spec->template_;
    const char *text = NULL;
    int rc = -PODRING_ESTATE;

    if (!keeps_tolerations(old, new))
        text = "spec.tolerations: Forbidden: existing toleration can not be modified except its "
               "tolerationSeconds";
    else if (old->active_deadline_s >= 0 && new->active_deadline_s < 0)
        text = "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive "
               "integer to nil value";
    else if (old->active_deadline_s >= 0 && new->active_deadline_s > old->active_deadline_s)
        text = "spec.activeDeadlineSeconds: Invalid value: must be less than or equal to previous "
               "value";
    if (text == NULL)
        rc = -PODRING_EUNSUPPORTED;
    if (text == NULL && old->active_deadline_s < 0 && new->active_deadline_s >= 0)
        text = "spec.activeDeadlineSeconds: a pod that is there cannot be given one yet";
    return text != NULL ? api_fail(r, rc, "pod %s/%s: %s", spec->ns, spec->name, text) : 0;
}

int api_may_update_service(podring *r, uint32_t number, const struct cluster_service *s)
{
    const struct pod_service_spec *old = &s->spec,
        *new = &r->set.services.item[r->set.objects.item[number].index];
    char text[128], ip[16];

    if (old->external || new->external)
        return 0;
    if (old->headless == new->headless && (new->ip == 0 || new->ip == s->ip))
        return 0;
    snprintf(ip, sizeof(ip), "%u.%u.%u.%u", new->ip >> 24, new->ip >> 16 & 255, new->ip >> 8 & 255,
             new->ip & 255);
    if (old->headless && new->ip == 0)
        return 0; /* it keeps what it has: None */
    snprintf(text, sizeof(text), ": spec.clusterIPs[0]: Invalid value: [\"%s\"]: may not change "
             "once set", new->headless ? "None" : ip);
    return refuse(r, -PODRING_ESTATE, number, text);
}

/* ---- may it come? ---------------------------------------------------------------------------- */

/* What is to be put is there (o), or not (NULL): may it be put? */
int api_may_put(podring *r, const struct undo *u, struct change *c, struct st_object *o)
{
    c->there = o != NULL;
    c->object = o;
    if (o == NULL)
        return u->how == API_REPLACE ? api_missing(r, c->number) : 0;
    return api_may_update(r, u->how, c->number, o);
}

/* It means what it has meant. */
bool api_is_same(podring *r, const struct change *c)
{
    const struct st_document *now = r->set.documents.item[c->number].kept;

    return now != NULL && c->object->document != NULL && c->object->document->hash == now->hash;
}

int api_may_put_once(podring *r, const struct undo *u, struct change *c)
{
    const struct manifest_object *what = c->what;
    struct st_object *o = st_find(&r->world.store, (enum st_kind)what->kind, what->sub, what->ns,
                                  what->name);
    int rc = api_may_put(r, u, c, o);

    c->unchanged = rc == 0 && o != NULL && api_is_same(r, c);
    return rc;
}
