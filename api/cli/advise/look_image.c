/* SPDX-License-Identifier: Apache-2.0 */
/* look_image.c - where a program comes from: tags, when images are pulled, and from whom. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

/* Does a name say which version it means? */
static bool is_pinned(const char *image)
{
    const char *name = strrchr(image, '/'), *tag;

    if (strchr(image, '@') != NULL)
        return true;
    tag = strchr(name != NULL ? name : image, ':');
    return tag != NULL && strcmp(tag, ":latest") != 0;
}

void look_pull_always(struct advise *a, const struct advise_subject *s)
{
    int64_t at = lab_when(s);
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (at + 900) * 1000};
    struct lab_result is, then;

    if (!subject_scales(s) || s->ready_ms < 0)
        return;
    for (uint32_t i = 0; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);
        struct advice v = {.level = ADVISE_NOTE, .container = c->name, .changes = 1};

        if (c->pull_policy != POD_PULL_ALWAYS)
            continue;
        p.beside = advise_say(
            a, "%s%s",
            lab_scenario(a, s, "",
                         advise_say(a, "  - {at: %llds, scale: %s, namespace: %s, replicas: %u}\n",
                                    (long long)at, s->object, s->w->ns, s->replicas + 1)),
            lab_behaviour(a, s, i,
                          advise_say(a, "  pull:\n  - {from: %llds, to: %llds, fail: no answer}\n",
                                     (long long)at - 5, (long long)at + 295)));
        v.change[0] = (struct manifest_change){subject_container_path(a, s, i, "imagePullPolicy"),
                                               "IfNotPresent"};
        if (!lab_run(a, s, &p, NULL, &is) || !lab_run(a, s, &p, &v, &then) || is.slowest_ms < 0 ||
            then.slowest_ms < 0 || is.slowest_ms < then.slowest_ms + 60000)
            continue;
        lab_keep(a, s, &p, &v);
        v.assumes = "nodes have the image already";
        v.text = advise_say(a,
                            "with the registry away for 5 min a pod that is added waits %lld s: "
                            "imagePullPolicy Always%s; with IfNotPresent: %lld s",
                            (long long)is.slowest_ms / 1000,
                            is_pinned(c->image) ? "" : " of a tag that moves",
                            (long long)then.slowest_ms / 1000);
        if (!is_pinned(c->image)) {
            v.changes = 0;
            v.no_patch = "which version is meant only you know";
        }
        advise_give(a, s, &v);
    }
}

void look_image_latest(struct advise *a, const struct advise_subject *s)
{
    for (uint32_t i = 0; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);
        struct advice v = {.level = ADVISE_CONVENTION,
                           .container = c->name,
                           .no_patch = "which version is meant only you know"};

        if (is_pinned(c->image))
            continue;
        v.text =
            advise_say(a,
                       "image %s names no version: pods that come later may run another one, and "
                       "an undo has nothing to go back to",
                       c->image);
        advise_give(a, s, &v);
    }
}

/* Registries that anybody may pull from. */
static bool is_public(const char *image)
{
    static const char *const hosts[] = {"docker.io/",
                                        "index.docker.io/",
                                        "gcr.io/",
                                        "ghcr.io/",
                                        "quay.io/",
                                        "registry.k8s.io/",
                                        "k8s.gcr.io/",
                                        "mcr.microsoft.com/",
                                        "public.ecr.aws/",
                                        "registry.access.redhat.com/",
                                        "docker.elastic.co/",
                                        "registry.gitlab.com/",
                                        "registry.istio.io/",
                                        "registry.fedoraproject.org/",
                                        "registry.opensuse.org/",
                                        "docker.redpanda.com/",
                                        "reg.kyverno.io/",
                                        "mirror.gcr.io/",
                                        "us.gcr.io/",
                                        "eu.gcr.io/",
                                        "asia.gcr.io/",
                                        "lscr.io/",
                                        "us-docker.pkg.dev/",
                                        "us-central1-docker.pkg.dev/",
                                        "cgr.dev/",
                                        "nvcr.io/"};
    size_t host = strcspn(image, "/");

    if (image[host] == '\0' ||
        (memchr(image, '.', host) == NULL && memchr(image, ':', host) == NULL))
        return true;
    for (size_t i = 0; i < RX_ARRAY_LEN(hosts); i++)
        if (strncmp(image, hosts[i], strlen(hosts[i])) == 0)
            return true;
    return memmem(image, host, "docker.pkg.dev", 14) != NULL;
}

static bool has_secret(const struct advise *a)
{
    for (uint32_t i = 0; i < a->files; i++)
        if (memmem(a->file[i].text, a->file[i].length, "imagePullSecrets", 16) != NULL)
            return true;
    return false;
}

void look_private_registry(struct advise *a, const struct advise_subject *s)
{
    for (uint32_t i = 0; !has_secret(a) && i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);
        struct advice v = {.level = ADVISE_CONVENTION,
                           .container = c->name,
                           .no_patch = "the name of its Secret only you know"};

        if (is_public(c->image) || c->pull_policy == POD_PULL_NEVER)
            continue;
        v.text = advise_say(a,
                            "image %s is of a registry that is not known to be public, and "
                            "neither the pod nor a ServiceAccount here has imagePullSecrets",
                            c->image);
        advise_give(a, s, &v);
        return;
    }
}
