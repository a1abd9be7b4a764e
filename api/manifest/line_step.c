/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line_step.c - "AT VERB [TARGET] [FIELD=VALUE...]" as the step of a Scenario. Verbs are those of
 * kubectl and of Scenarios; what follows them is looked at by the reader of Scenarios.
 */
#include "api/manifest/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/manifest/near.h"
#include "api/manifest/parts.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

/* What a verb acts on, and what may stand behind "=" there. */
enum target { ON_ANY, ON_POD, ON_WORKLOAD, ON_NODE, ON_ALL, ON_FILE };

static const struct verb {
    const char *verb, *field; /* as it is typed, and as a Scenario has it */
    enum target target;
    const char *value; /* TARGET=VALUE is this field; NULL: there is none */
} verbs[] = {
    {"delete", "delete", ON_ANY, NULL},
    {"kill", "kill", ON_POD, NULL},
    {"evict", "evict", ON_POD, NULL},
    {"fail", "fail", ON_POD, NULL},
    {"reboot", "reboot", ON_ALL, NULL},
    {"scale", "scale", ON_WORKLOAD, "replicas"},
    {"image", "setImage", ON_WORKLOAD, "image"},
    {"setImage", "setImage", ON_WORKLOAD, "image"},
    {"restart", "restartRollout", ON_WORKLOAD, NULL},
    {"restartRollout", "restartRollout", ON_WORKLOAD, NULL},
    {"pauseRollout", "pauseRollout", ON_WORKLOAD, NULL},
    {"resumeRollout", "resumeRollout", ON_WORKLOAD, NULL},
    {"undo", "undo", ON_WORKLOAD, NULL},
    {"suspend", "suspend", ON_WORKLOAD, NULL},
    {"resume", "resume", ON_WORKLOAD, NULL},
    {"drain", "drain", ON_NODE, NULL},
    {"cordon", "cordon", ON_NODE, NULL},
    {"uncordon", "uncordon", ON_NODE, NULL},
    {"recover", "recover", ON_NODE, NULL},
    {"taint", "taint", ON_NODE, NULL},
    {"untaint", "untaint", ON_NODE, NULL},
    {"apply", "apply", ON_FILE, NULL},
    {"pause", "pause", ON_FILE, NULL}, /* "controllers" */
    {"condition", "condition", ON_POD, NULL},
};

#define KNOWN                                                                                      \
    "delete kill evict fail reboot scale image restart undo pauseRollout resumeRollout suspend "   \
    "resume drain cordon uncordon taint untaint recover apply pause condition"

struct word {
    const char *text;
    size_t length;
};

enum { WORDS_MAX = 24 };

struct step {
    const struct manifest_set *set;
    struct manifest_slip *slip;
    const struct verb *verb;
    struct word word[WORDS_MAX];
    uint32_t words;
    struct word target, value;
    const char *ns;
    char object[600]; /* KIND/NAME */
    const char *container;
};

static int step_read(struct step *s, const char *line);
static void step_write(struct rx_text *t, const struct step *s);

int manifest_step_text(const struct manifest_set *set, const char *const *line, size_t count,
                       struct rx_text *out, struct manifest_slip *slip)
{
    *slip = (struct manifest_slip){0};
    rx_text_puts(out, "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: line}\n"
                      "spec:\n  steps:\n");
    for (size_t i = 0; i < count; i++) {
        struct step s = {.set = set, .slip = slip};
        int rc;

        slip->line = i;
        rc = step_read(&s, line[i]);
        if (rc != 0)
            return rc;
        step_write(out, &s);
    }
    return 0;
}

static int refuse(struct step *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int refuse(struct step *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(s->slip->why, sizeof(s->slip->why), format, args);
    va_end(args);
    return -RX_EINVALID;
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool is(const struct word *w, const char *text)
{
    return strlen(text) == w->length && memcmp(w->text, text, w->length) == 0;
}

static int split(struct step *s, const char *line)
{
    rx_ns ns;

    for (const char *at = line + strspn(line, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");

        if (s->words == WORDS_MAX)
            return refuse(s, "too many words");
        s->word[s->words++] = (struct word){at, n};
        at += n;
    }
    if (s->words < 2)
        return refuse(s, "must be AT VERB [TARGET] [FIELD=VALUE...], such as '1m delete web'");
    if (manifest_duration(s->word[0].text, s->word[0].length, &ns) != 0)
        return refuse(s, "'%.*s' is not a time such as 1m: a step is AT VERB [TARGET]...",
                      (int)s->word[0].length, s->word[0].text);
    return 0;
}

static int verb_find(struct step *s)
{
    const struct word *w = &s->word[1];
    struct manifest_near near = {0};

    for (size_t i = 0; i < RX_ARRAY_LEN(verbs); i++) {
        if (is(w, verbs[i].verb)) {
            s->verb = &verbs[i];
            return 0;
        }
        manifest_near(&near, verbs[i].verb, strlen(verbs[i].verb), w->text, w->length);
    }
    if (near.word != NULL)
        return refuse(s, "unknown verb \"%.*s\" (known: " KNOWN "; did you mean %s?)",
                      (int)w->length, w->text, near.word);
    return refuse(s, "unknown verb \"%.*s\" (known: " KNOWN ")", (int)w->length, w->text);
}

/* ---- on whom --------------------------------------------------------------------------------- */

static void object_put(struct step *s, const char *kind, const char *name, int64_t number)
{
    struct rx_text t = rx_text_in(s->object, sizeof(s->object));

    rx_text_puts(&t, kind);
    rx_text_putc(&t, '/');
    rx_text_puts(&t, name);
    if (number >= 0)
        rx_text_say(&t, "#%lld", (long long)number);
    rx_text_end(&t);
}

/* A name that nobody in the files has may be a pod's that a controller will make. */
static bool may_be_pod(struct step *s, const struct word *w)
{
    for (uint32_t i = 0; i < s->set->workloads.count; i++) {
        const struct pod_workload_spec *workload = &s->set->workloads.item[i];
        size_t n = strlen(workload->name);
        char name[256];

        if (w->length <= n || memcmp(w->text, workload->name, n) != 0 || w->text[n] != '-')
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)w->length, w->text);
        object_put(s, "pod", name, -1);
        s->ns = workload->ns;
        return true;
    }
    return false;
}

/* KIND/NAME of what is no workload, and node/NAME: as it is. */
static bool is_plain(struct step *s, const struct word *w)
{
    const char *slash = memchr(w->text, '/', w->length), *kind;
    char name[256];

    if (slash == NULL)
        return false;
    kind = mf_kind_name(w->text, (size_t)(slash - w->text));
    if (kind == NULL)
        return false;
    for (int k = 0; k < POD_WORKLOAD_KINDS; k++)
        if (k != POD_WORKLOAD_POD && strcmp(st_kind_word(ST_WORKLOAD, (uint8_t)k), kind) == 0)
            return false;
    slash++;
    snprintf(name, sizeof(name), "%.*s", (int)(w->text + w->length - slash), slash);
    object_put(s, kind, name, -1);
    return true;
}

static int who_find(struct step *s, const struct word *w)
{
    struct manifest_who who;
    const char *kind;
    int rc = manifest_who(s->set, w->text, w->length, &who, s->slip);

    if (rc != 0)
        return may_be_pod(s, w) ? 0 : rc;
    kind = st_kind_word(ST_WORKLOAD, (uint8_t)who.workload->kind);
    s->ns = who.workload->ns;
    if (who.container != NULL)
        s->container = who.container->name;
    if (who.pod >= 0 || s->verb->target == ON_POD)
        object_put(s, "pod", who.workload->name, who.pod);
    else
        object_put(s, kind, who.workload->name, -1);
    return 0;
}

static int target_find(struct step *s)
{
    const struct verb *v = s->verb;
    struct word w = s->target;

    switch (v->target) {
    case ON_ALL:
        if (w.length > 0 && !is(&w, "node"))
            return refuse(s, "%s takes no target: it is the node", v->verb);
        snprintf(s->object, sizeof(s->object), "node");
        return 0;
    case ON_FILE:
        if (w.length == 0)
            return refuse(s, "%s needs a target", v->verb);
        snprintf(s->object, sizeof(s->object), "%.*s", (int)w.length, w.text);
        return 0;
    case ON_NODE:
        if (w.length == 0)
            return refuse(s, "%s needs a node", v->verb);
        if (!is_plain(s, &w))
            snprintf(s->object, sizeof(s->object), "node/%.*s", (int)w.length, w.text);
        return 0;
    default:
        if (w.length == 0)
            return refuse(s, "%s needs a target: a workload, WORKLOAD#N or KIND/NAME", v->verb);
        return is_plain(s, &w) ? 0 : who_find(s, &w);
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The first word that is no field is the target. TARGET=VALUE belongs to some verbs. */
static int target_cut(struct step *s)
{
    const struct word *w = s->words > 2 ? &s->word[2] : NULL;
    const char *equals = w != NULL ? memchr(w->text, '=', w->length) : NULL;

    if (w == NULL || w->text[0] == '-' || (equals != NULL && s->verb->value == NULL))
        return 0;
    s->target = *w;
    if (s->verb->value != NULL) {
        if (equals == NULL || equals == w->text + w->length - 1)
            return refuse(s, "%s is said as TARGET=%s", s->verb->verb,
                          strcmp(s->verb->value, "image") == 0 ? "IMAGE" : "REPLICAS");
        s->target.length = (size_t)(equals - w->text);
        s->value = (struct word){equals + 1, w->length - s->target.length - 1};
    }
    memmove(&s->word[2], &s->word[3], (s->words - 3) * sizeof(*w));
    s->words--;
    return 0;
}

/* KEY[=VALUE]:EFFECT, as kubectl taint has it. */
static bool is_taint(const struct step *s, const struct word *w)
{
    return strstr(s->verb->field, "taint") != NULL && memchr(w->text, ':', w->length) != NULL;
}

static int step_read(struct step *s, const char *line)
{
    int rc = split(s, line);

    if (rc == 0)
        rc = verb_find(s);
    if (rc == 0)
        rc = target_cut(s);
    if (rc == 0 && s->verb->value != NULL && s->value.length == 0)
        rc = refuse(s, "%s is said as TARGET=%s", s->verb->verb,
                    strcmp(s->verb->value, "image") == 0 ? "IMAGE" : "REPLICAS");
    if (rc == 0)
        rc = target_find(s);
    for (uint32_t i = 2; rc == 0 && i < s->words; i++) {
        const struct word *w = &s->word[i];
        const char *equals = memchr(w->text, '=', w->length);

        if (w->text[0] != '-' && !is_taint(s, w) && (equals == NULL || equals == w->text))
            rc = refuse(s, "'%.*s': behind the target stand fields of a step, as FIELD=VALUE",
                        (int)w->length, w->text);
    }
    return rc;
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_simple(const struct word *w)
{
    if (w->length == 0)
        return false;
    for (size_t i = 0; i < w->length; i++) {
        char c = w->text[i], low = (char)(c | 0x20);

        if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
            (i == 0 || strchr("._/-", c) == NULL))
            return false;
    }
    return true;
}

static void put_value(struct rx_text *t, const struct word *w)
{
    if (is_simple(w)) {
        rx_text_put(t, w->text, w->length);
        return;
    }
    rx_text_putc(t, '"');
    for (size_t i = 0; i < w->length; i++) {
        unsigned char c = (unsigned char)w->text[i];

        if (c < ' ' || c == 0x7f)
            rx_text_say(t, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            rx_text_say(t, "\\%c", c);
        else
            rx_text_putc(t, (char)c);
    }
    rx_text_putc(t, '"');
}

/* Options of kubectl, by the fields that they are here. */
static const char *option_field(const struct word *w, size_t length)
{
    static const struct {
        const char *option, *field;
    } known[] = {
        {"--grace-period", "gracePeriodSeconds"},   {"--force", "force"},
        {"--cascade", "cascade"},                   {"--ignore-daemonsets", "ignoreDaemonSets"},
        {"--delete-emptydir-data", "deleteEmptyDir"}, {"--timeout", "timeout"},
        {"--to-revision", "toRevision"},            {"--replicas", "replicas"},
        {"-c", "container"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        if (strlen(known[i].option) == length && memcmp(known[i].option, w->text, length) == 0)
            return known[i].field;
    return NULL;
}

static void put_field(struct rx_text *t, const struct word *w)
{
    const char *equals = memchr(w->text, '=', w->length);
    size_t n = equals != NULL ? (size_t)(equals - w->text) : w->length;
    const char *field = option_field(w, n);
    struct word value = {"true", 4};

    rx_text_puts(t, ", ");
    if (field != NULL)
        rx_text_puts(t, field);
    else
        put_value(t, &(struct word){w->text, n});
    if (equals != NULL)
        value = (struct word){equals + 1, w->length - n - 1};
    rx_text_puts(t, ": ");
    put_value(t, &value);
}

static void put_part(struct rx_text *t, const char *field, const char *from, const char *to)
{
    rx_text_puts(t, field);
    put_value(t, &(struct word){from, (size_t)(to - from)});
}

static void put_taint(struct rx_text *t, const struct word *w)
{
    const char *equals = memchr(w->text, '=', w->length), *end = w->text + w->length;
    const char *colon = memchr(w->text, ':', w->length);

    equals = equals != NULL && equals < colon ? equals : NULL;
    put_part(t, ", key: ", w->text, equals != NULL ? equals : colon);
    if (equals != NULL)
        put_part(t, ", value: ", equals + 1, colon);
    if (colon + 1 < end)
        put_part(t, ", effect: ", colon + 1, end);
}

static void step_write(struct rx_text *t, const struct step *s)
{
    rx_text_puts(t, "  - {at: ");
    rx_text_put(t, s->word[0].text, s->word[0].length);
    if (s->ns != NULL && strcmp(s->ns, "default") != 0) {
        rx_text_puts(t, ", namespace: ");
        manifest_put_name(t, s->ns);
    }
    rx_text_say(t, ", %s: ", s->verb->field);
    put_value(t, &(struct word){s->object, strlen(s->object)});
    if (s->verb->value != NULL) {
        rx_text_say(t, ", %s: ", s->verb->value);
        put_value(t, &s->value);
    }
    if (s->container != NULL) {
        rx_text_puts(t, ", container: ");
        manifest_put_name(t, s->container);
    }
    for (uint32_t i = 2; i < s->words; i++) {
        if (is_taint(s, &s->word[i]))
            put_taint(t, &s->word[i]);
        else
            put_field(t, &s->word[i]);
    }
    rx_text_puts(t, "}\n");
}
