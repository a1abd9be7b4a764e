/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - operands that name objects, and the objects that they name. */
#include "api/cli/show/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/manifest/near.h"
#include "api/named.h"

/* ---- operands -------------------------------------------------------------------------------- */

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n > m && strcmp(s + n - m, end) == 0;
}

/* A folder is one only with a slash: it may well be called like what lies in it. */
static bool is_file(const char *s)
{
    struct stat st;

    return strcmp(s, "-") == 0 || strchr(s, '/') != NULL || ends_in(s, ".yaml") ||
           ends_in(s, ".yml") || ends_in(s, ".json") ||
           (stat(s, &st) == 0 && !S_ISDIR(st.st_mode));
}

static const struct show_kind *pair_kind(const char *s)
{
    const char *slash = strchr(s, '/');

    return slash != NULL && slash[1] != '\0' && strchr(slash + 1, '/') == NULL
               ? show_kind_named(s, (size_t)(slash - s))
               : NULL;
}

bool ask_is_kind(const char *operand)
{
    return pair_kind(operand) != NULL || show_kind_named(operand, strcspn(operand, ",")) != NULL ||
           strcmp(operand, "all") == 0;
}

static void add(struct show_ask *a, const struct show_kind *k, const char *name)
{
    a->several |= a->count > 0 && a->kind[a->count - 1] != k;
    a->kind[a->count] = k;
    a->name[a->count++] = name;
}

static int refuse_kind(const struct cli_options *o, const char *word, size_t length)
{
    struct manifest_near near = {0};
    const struct show_kind *k;

    for (size_t i = 0; (k = show_kind_at(i)) != NULL; i++) {
        manifest_near(&near, k->plural, strlen(k->plural), word, length);
        manifest_near(&near, k->word, strlen(k->word), word, length);
    }
    if (near.word == NULL)
        return cli_refuse(o->verb, "there is no resource type \"%.*s\"", (int)length, word);
    return cli_refuse(o->verb, "there is no resource type \"%.*s\"; did you mean %s?", (int)length,
                      word, near.word);
}

static int add_kinds(struct show_ask *a, const struct cli_options *o, const char *words)
{
    while (*words != '\0') {
        size_t n = strcspn(words, ",");
        const struct show_kind *k = show_kind_named(words, n);

        if (n == 3 && memcmp(words, "all", 3) == 0) {
            for (size_t i = 0; (k = show_kind_at(i)) != NULL; i++)
                if (k->all)
                    add(a, k, NULL);
        } else if (k != NULL) {
            add(a, k, NULL);
        } else {
            return refuse_kind(o, words, n);
        }
        words += n + (words[n] == ',');
    }
    return CLI_OK;
}

/* How many operands there are before the first file. */
static int names_before(char **files, int count)
{
    int n = 1;

    while (n < count && !is_file(files[n]))
        n++;
    return n;
}

static int take_names(struct show_ask *a, struct cli_options *o, int taken)
{
    const struct show_kind *k = a->kind[0];

    if (taken == 1)
        return CLI_OK;
    if (a->count > 1)
        return cli_refuse(o->verb, "you may only specify one kind with a name: %s", o->files[1]);
    a->count = 0;
    for (int i = 1; i < taken; i++)
        add(a, k, o->files[i]);
    return CLI_OK;
}

static int parse(struct show_ask *a, struct cli_options *o)
{
    int taken = 0, code = CLI_OK;

    if (o->file_count == 0)
        return cli_refuse(o->verb, "no kind given");
    for (; taken < o->file_count && pair_kind(o->files[taken]) != NULL &&
           access(o->files[taken], F_OK) != 0;
         taken++)
        add(a, pair_kind(o->files[taken]), strchr(o->files[taken], '/') + 1);
    if (taken == 0) {
        code = add_kinds(a, o, o->files[0]);
        taken = names_before(o->files, o->file_count);
        if (code == CLI_OK)
            code = take_names(a, o, taken);
    }
    o->files += taken;
    o->file_count -= taken;
    if (code == CLI_OK && o->file_count + o->filename_count == 0)
        return cli_refuse(o->verb, "no manifest given; - is standard input");
    return code;
}

void ask_to_front(struct cli_options *o)
{
    char *last = o->files[o->file_count - 1];

    if (pair_kind(last) == NULL || access(last, F_OK) == 0)
        return;
    for (int i = o->file_count - 1; i > 0; i--)
        o->files[i] = o->files[i - 1];
    o->files[0] = last;
}

int ask_parse(struct show_ask *a, struct cli_options *o)
{
    size_t room = 1, commas = 0;
    int code;

    *a = (struct show_ask){0};
    for (int i = 0; i < o->file_count; i++)
        room++;
    for (const char *s = o->file_count > 0 ? o->files[0] : ""; *s != '\0'; s++)
        commas += *s == ',';
    room += (commas + 1) * 32; /* `all` are a dozen */
    a->kind = calloc(room, sizeof(*a->kind));
    a->name = calloc(room, sizeof(*a->name));
    if (a->kind == NULL || a->name == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    code = parse(a, o);
    if (code != CLI_OK || o->selector == NULL)
        return code;
    if (mf_selector_parse(&a->selector, o->selector) != 0)
        return cli_refuse(o->verb, "--selector: %s", a->selector.why);
    a->selects = true;
    return CLI_OK;
}

void ask_free(struct show_ask *a)
{
    free(a->kind);
    free(a->name);
    *a = (struct show_ask){0};
}

/* ---- objects --------------------------------------------------------------------------------- */

/* Its labels, as pairs whose texts stand in the JSON: neither keys nor values of labels have
 * anything to escape. */
static bool has_labels(const struct show_world *w, const struct show_object *o,
                       const struct pod_selector *selector)
{
    const struct json_node *label[SHOW_MEMBERS_MAX];
    struct rx_pair pair[SHOW_MEMBERS_MAX];
    struct pod_labels labels = {.pair = pair};
    struct show_in in;
    struct json j;
    bool matches = false;

    if (show_open(w, o, &j, &in)) {
        labels.count = (uint32_t)show_sorted(&j, show_at(&in, "metadata.labels"), label);
        for (uint32_t i = 0; i < labels.count; i++) {
            pair[i].key = label[i]->key;
            pair[i].value = label[i]->text;
            j.text[label[i]->key + label[i]->key_length - j.text] = '\0';
            j.text[label[i]->text + label[i]->length - j.text] = '\0';
        }
        matches = pod_selector_matches(selector, &labels);
    }
    json_close(&j);
    return matches;
}

static void keep_selected(const struct show_ask *a, const struct show_world *w, size_t from,
                          struct show_list *list)
{
    size_t kept = from;

    for (size_t i = from; a->selects && i < list->count; i++)
        if (has_labels(w, &list->item[i], &a->selector.selector))
            list->item[kept++] = list->item[i];
    if (a->selects)
        list->count = kept;
}

/* WORKLOAD#N, and WORKLOAD for all of its pods. */
static bool keep_of_workload(const struct show_world *w, const char *name, size_t from,
                             struct show_list *list)
{
    const char *mark = strchr(name, '#');
    size_t kept = from;

    for (size_t i = from; i < list->count; i++) {
        const struct show_object *o = &list->item[i];
        const char *workload = o->pod != 0 ? api_pod_workload(w->ring, o->pod) : NULL;
        uint64_t pod = 0;

        if (mark != NULL && podring_find(w->ring, o->ns, name, &pod) != 0)
            continue;
        if (mark != NULL ? pod == o->pod : workload != NULL && strcmp(workload, name) == 0)
            list->item[kept++] = *o;
    }
    if (kept == from)
        return false;
    list->count = kept;
    return true;
}

static bool keep_named(const struct show_world *w, const char *name, size_t from,
                       struct show_list *list, bool begins)
{
    size_t kept = from, n = strlen(name);
    bool named = false;

    for (size_t i = from; i < list->count && !named; i++)
        named = strcmp(list->item[i].name, name) == 0;
    if (!named && keep_of_workload(w, name, from, list))
        return true;
    begins &= !named;
    for (size_t i = from; i < list->count; i++)
        if (begins ? strncmp(list->item[i].name, name, n) == 0
                   : strcmp(list->item[i].name, name) == 0)
            list->item[kept++] = list->item[i];
    list->count = kept;
    return kept > from;
}

static void say_missing(const struct show_kind *k, const char *name)
{
    char plural[128];
    struct rx_text t = rx_text_in(plural, sizeof(plural));

    show_full_plural(&t, k);
    rx_text_end(&t);
    fprintf(stderr, "Error (NotFound): %s \"", plural);
    cli_plain(name);
    fputs("\" not found\n", stderr);
}

int ask_find(const struct show_ask *a, const struct cli_options *o, struct show_world *w,
             struct show_list *out)
{
    const char *ns = o->all_namespaces ? "" : o->namespace_ != NULL ? o->namespace_ : "default";
    int code = CLI_OK;

    for (size_t i = 0; i < a->count; i++) {
        size_t from = out->count;
        int rc = show_collect(w, a->kind[i], ns, out);

        if (rc != 0) {
            cli_say("%s", rc == -PODRING_ENOMEM ? "out of memory" : podring_why(w->ring));
            return cli_exit_code(rc);
        }
        keep_selected(a, w, from, out);
        if (a->name[i] != NULL && !keep_named(w, a->name[i], from, out, a->begins)) {
            say_missing(a->kind[i], a->name[i]);
            code = CLI_FAILED;
        }
    }
    return code;
}

void ask_say_nothing(const struct show_ask *a, const struct cli_options *o)
{
    bool cluster = true;

    for (size_t i = 0; i < a->count; i++)
        cluster &= a->kind[i]->cluster;
    if (o->all_namespaces || cluster) {
        fputs("No resources found\n", stderr);
        return;
    }
    fputs("No resources found in ", stderr);
    cli_plain(o->namespace_ != NULL ? o->namespace_ : "default");
    fputs(" namespace.\n", stderr);
}
