/* SPDX-License-Identifier: Apache-2.0 */
/* line_who.c - whom a line of the command line speaks of. */
#include "api/manifest/line.h"

#include <stdio.h>
#include <string.h>

#include "api/manifest/doc.h"
#include "api/manifest/near.h"
#include "api/manifest/parts.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

/* ---- words ----------------------------------------------------------------------------------- */

void manifest_put_name(struct rx_text *t, const char *name)
{
    static const char *const other[] = {"true", "false", "yes", "no", "on", "off", "null", "y",
                                        "n",    "~"};
    bool quoted = !((name[0] | 0x20) >= 'a' && (name[0] | 0x20) <= 'z');

    for (size_t i = 0; i < RX_ARRAY_LEN(other); i++)
        quoted |= strcmp(name, other[i]) == 0;
    rx_text_puts(t, quoted ? "\"" : "");
    rx_text_puts(t, name);
    rx_text_puts(t, quoted ? "\"" : "");
}

void manifest_put_ms(struct rx_text *t, rx_ms ms)
{
    static const struct {
        rx_ms ms;
        const char *unit;
    } part[] = {{3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};

    if (ms == 0)
        rx_text_puts(t, "0s");
    for (size_t i = 0; i < RX_ARRAY_LEN(part); ms %= part[i++].ms) {
        if (ms < part[i].ms)
            continue;
        rx_text_i64(t, ms / part[i].ms);
        rx_text_puts(t, part[i].unit);
    }
}

static bool same(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

/* ---- the pieces of a name -------------------------------------------------------------------- */

struct piece {
    const char *text;
    size_t length;
};

enum { PIECES_MAX = 4 };

/* One way to read the pieces; ns, kind and container NULL: none is given. */
struct reading {
    const struct piece *ns, *workload, *container;
    const char *kind;
};

static bool workload_fits(const struct pod_workload_spec *w, const struct reading *r)
{
    return same(w->name, r->workload->text, r->workload->length) &&
           (r->ns == NULL || same(w->ns, r->ns->text, r->ns->length)) &&
           (r->kind == NULL || strcmp(st_kind_word(ST_WORKLOAD, (uint8_t)w->kind), r->kind) == 0);
}

static const struct pod_container_spec *container_of(const struct pod_workload_spec *w,
                                                     const struct piece *name)
{
    const struct pod_spec *spec = w->template_;

    for (uint32_t i = 0; i < spec->container_count; i++)
        if (same(spec->container[i].name, name->text, name->length))
            return &spec->container[i];
    return NULL;
}

/* "web-2" of the StatefulSet web: its pods are created in that order. */
static int64_t ordinal_of(const struct pod_workload_spec *w, const struct piece *p)
{
    size_t n = strlen(w->name);
    int64_t ordinal = 0;

    if (w->statefulset == NULL || p->length < n + 2 || p->length > n + 7 ||
        memcmp(p->text, w->name, n) != 0 || p->text[n] != '-')
        return -1;
    for (size_t i = n + 1; i < p->length; i++) {
        if (p->text[i] < '0' || p->text[i] > '9')
            return -1;
        ordinal = 10 * ordinal + (p->text[i] - '0');
    }
    ordinal -= w->statefulset->start;
    return ordinal >= 0 && ordinal < w->replicas ? ordinal : -1;
}

/* ---- all that could be meant ----------------------------------------------------------------- */

struct search {
    const struct manifest_set *set;
    struct manifest_who *out;
    struct rx_text all; /* "web, api/java" */
    uint32_t count;
};

static void put_who(struct rx_text *t, const struct manifest_who *who, bool with_kind)
{
    const struct pod_workload_spec *w = who->workload;

    if (strcmp(w->ns, "default") != 0 && !with_kind) {
        rx_text_puts(t, w->ns);
        rx_text_putc(t, '/');
    }
    if (with_kind) {
        rx_text_puts(t, st_kind_word(ST_WORKLOAD, (uint8_t)w->kind));
        rx_text_putc(t, '/');
    }
    rx_text_puts(t, w->name);
    if (who->container != NULL) {
        rx_text_putc(t, '/');
        rx_text_puts(t, who->container->name);
    }
}

static void found(struct search *s, struct manifest_who who)
{
    bool twice = false;

    for (uint32_t i = 0; i < s->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &s->set->workloads.item[i];

        twice |= w != who.workload && strcmp(w->ns, who.workload->ns) == 0 &&
                 strcmp(w->name, who.workload->name) == 0;
    }
    rx_text_puts(&s->all, s->count > 0 ? ", " : "");
    put_who(&s->all, &who, twice);
    if (s->count++ == 0)
        *s->out = who;
}

static void search_by(struct search *s, const struct reading *r)
{
    for (uint32_t i = 0; i < s->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &s->set->workloads.item[i];
        struct manifest_who who = {.workload = w, .pod = -1};

        if (!workload_fits(w, r))
            continue;
        if (r->container != NULL && (who.container = container_of(w, r->container)) == NULL)
            continue;
        found(s, who);
    }
}

/* KIND/WORKLOAD, WORKLOAD/CONTAINER and NAMESPACE/WORKLOAD all have one slash: what there is. */
static void search_pieces(struct search *s, const struct piece *p, uint32_t count)
{
    const char *kind = count > 1 ? mf_kind_name(p[0].text, p[0].length) : NULL;

    if (count == 1)
        search_by(s, &(struct reading){.workload = p});
    if (count == 2 && kind != NULL)
        search_by(s, &(struct reading){.workload = p + 1, .kind = kind});
    if (count == 2 && s->count == 0)
        search_by(s, &(struct reading){.workload = p, .container = p + 1});
    if (count == 2 && s->count == 0)
        search_by(s, &(struct reading){.ns = p, .workload = p + 1});
    if (count == 3 && kind != NULL)
        search_by(s, &(struct reading){.workload = p + 1, .kind = kind, .container = p + 2});
    if (count == 3 && s->count == 0)
        search_by(s, &(struct reading){.ns = p, .workload = p + 1, .container = p + 2});
    if (count == 3 && s->count == 0 && (kind = mf_kind_name(p[1].text, p[1].length)) != NULL)
        search_by(s, &(struct reading){.ns = p, .workload = p + 2, .kind = kind});
}

/* A single word that is no workload: a container, or a pod of a StatefulSet. */
static void search_word(struct search *s, const struct piece *p)
{
    for (uint32_t i = 0; i < s->set->workloads.count; i++) {
        const struct pod_workload_spec *w = &s->set->workloads.item[i];
        const struct pod_container_spec *c = container_of(w, p);
        int64_t ordinal = ordinal_of(w, p);

        if (c != NULL)
            found(s, (struct manifest_who){.workload = w, .container = c, .pod = -1});
        else if (ordinal >= 0)
            found(s, (struct manifest_who){.workload = w, .pod = ordinal});
    }
}

static void search_all(struct search *s)
{
    for (uint32_t i = 0; i < s->set->workloads.count; i++)
        found(s, (struct manifest_who){.workload = &s->set->workloads.item[i], .pod = -1});
}

/* ---- the sentences --------------------------------------------------------------------------- */

static int none_of(const struct manifest_set *set, const char *text, size_t length,
                   struct manifest_slip *slip)
{
    struct rx_text t = rx_text_in(slip->why, sizeof(slip->why));
    struct manifest_near near = {0};
    struct manifest_who ignored;
    char names[512];
    struct search s = {.set = set, .out = &ignored, .all = rx_text_in(names, sizeof(names))};

    search_all(&s);
    rx_text_end(&s.all);
    if (s.count == 0) {
        rx_text_puts(&t, "there is no workload that it could speak of");
    } else {
        for (uint32_t i = 0; i < set->workloads.count; i++) {
            const char *name = set->workloads.item[i].name;

            manifest_near(&near, name, strlen(name), text, length);
        }
        rx_text_say(&t, "no workload, pod or container is called '%.*s'; there %s %s", (int)length,
                    text, s.count == 1 ? "is" : "are", names);
        if (near.word != NULL)
            rx_text_say(&t, "; did you mean %.*s?", (int)near.length, near.word);
    }
    rx_text_end(&t);
    return -RX_EINVALID;
}

static int many_of(const char *text, size_t length, const struct search *s,
                   struct manifest_slip *slip, const char *names)
{
    struct rx_text t = rx_text_in(slip->why, sizeof(slip->why));

    if (length == 0)
        rx_text_say(&t, "of whom? There are %u workloads: %s (WHO:FACT)", s->count, names);
    else
        rx_text_say(&t, "'%.*s' could be any of %s", (int)length, text, names);
    rx_text_end(&t);
    return -RX_EINVALID;
}

/* Cuts #N off the piece that has it. */
static bool number_cut(struct piece *p, uint32_t count, int64_t *pod)
{
    *pod = -1;
    for (uint32_t i = 0; i < count; i++) {
        const char *mark = memchr(p[i].text, '#', p[i].length);
        const char *end = p[i].text + p[i].length;

        if (mark == NULL)
            continue;
        p[i].length = (size_t)(mark - p[i].text);
        if (*pod >= 0 || mark + 1 == end || end - mark > 8)
            return false;
        *pod = 0;
        for (const char *d = mark + 1; d < end; d++) {
            if (*d < '0' || *d > '9')
                return false;
            *pod = 10 * *pod + (*d - '0');
        }
    }
    return true;
}

int manifest_who(const struct manifest_set *set, const char *text, size_t length,
                 struct manifest_who *out, struct manifest_slip *slip)
{
    struct piece piece[PIECES_MAX] = {{text, 0}};
    char names[512];
    struct search s = {.set = set, .out = out, .all = rx_text_in(names, sizeof(names))};
    uint32_t count = 1;
    int64_t pod;

    for (size_t i = 0; i < length && count < PIECES_MAX; i++) {
        if (text[i] == '/')
            piece[count++].text = text + i + 1;
        else
            piece[count - 1].length++;
    }
    if (!number_cut(piece, count, &pod) || count == PIECES_MAX) {
        snprintf(slip->why, sizeof(slip->why),
                 "'%.*s' is not a workload, pod or container: [KIND/]NAME[#N][/CONTAINER]",
                 (int)length, text);
        return -RX_EINVALID;
    }
    if (length == 0)
        search_all(&s);
    else
        search_pieces(&s, piece, count);
    if (s.count == 0 && count == 1 && pod < 0)
        search_word(&s, piece);
    rx_text_end(&s.all);
    if (s.count == 0)
        return none_of(set, text, length, slip);
    if (s.count > 1)
        return many_of(text, length, &s, slip, names);
    if (pod >= 0)
        out->pod = pod;
    return 0;
}

/* As kubectl chooses it (container.c of the command line says why). */
const struct pod_container_spec *manifest_who_container(const struct manifest_who *who,
                                                        struct manifest_slip *slip)
{
    static const char key[] = "kubectl.kubernetes.io/default-container";
    const struct pod_spec *spec = who->workload->template_;
    const struct pod_container_spec *c = who->container, *chosen = NULL;
    struct rx_text t = rx_text_in(slip->note, sizeof(slip->note));
    uint32_t mains = 0;

    if (c != NULL)
        return c;
    for (uint32_t i = spec->init_count; i < spec->container_count; i++, mains++) {
        c = &spec->container[i];
        for (uint32_t k = 0; k < spec->annotations.count; k++)
            if (strcmp(spec->annotations.pair[k].key, key) == 0 &&
                strcmp(spec->annotations.pair[k].value, c->name) == 0)
                chosen = c;
    }
    if (chosen == NULL)
        chosen = &spec->container[spec->init_count];
    if (mains < 2)
        return chosen;
    rx_text_say(&t, "%s %s has %u containers: container %s is meant (%s/%s says so)",
                st_kind_word(ST_WORKLOAD, (uint8_t)who->workload->kind), who->workload->name,
                mains, chosen->name, who->workload->name, chosen->name);
    rx_text_end(&t);
    return chosen;
}
