/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch_json.c - a JSON patch (RFC 6902): operations on a tree, one after another, each at a JSON
 * pointer (RFC 6901). What does not apply is said in the words of the library that the API server
 * has (github.com/evanphx/json-patch), at the place of the operation.
 */
#include "api/manifest/document.h"
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <stdlib.h>
#include <string.h>

enum op { OP_ADD, OP_REMOVE, OP_REPLACE, OP_MOVE, OP_COPY, OP_TEST, OPS };
static const char *const op_name[OPS] = {"add", "remove", "replace", "move", "copy", "test"};

enum { OPERATIONS_MAX = 10000 }; /* as the API server has it */

/* An operation at work. */
struct edit {
    struct mf_load *load;
    const struct mf_node *at; /* the operation, for what there is to say */
    const char *name;         /* of it */
    const char *pointer;
    struct mf_node *value;
    uint32_t *copied; /* nodes, by all operations so far */
};

static struct mf_node *refuse(const struct edit *e, const char *text)
{
    mf_say_at(e->load, MANIFEST_ERROR, e->at->line, e->at->column, "%s", text);
    return NULL;
}

static struct mf_node *missing(const struct edit *e)
{
    return refuse(e, mf_scratch(e->load, "%s operation does not apply: doc is missing path: "
                                "\"%s\": missing value", e->name, e->pointer));
}

/* The first token of a pointer that begins with a slash; *rest is what follows it. */
static const char *token_of(struct mf_load *l, const char *pointer, const char **rest)
{
    size_t length = strcspn(pointer + 1, "/"), n = 0;
    char *token = rx_arena_strndup(&l->scratch, pointer + 1, length);

    *rest = pointer + 1 + length;
    if (token == NULL) {
        l->no_memory = true;
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        bool escaped = token[i] == '~' && (token[i + 1] == '0' || token[i + 1] == '1');

        token[n++] = !escaped ? token[i] : token[i + 1] == '0' ? '~' : '/';
        i += escaped;
    }
    token[n] = '\0';
    return token;
}

/* Of a list; `end`: how many may be counted. False: said. */
static bool index_of(const struct edit *e, const char *token, uint32_t end, uint32_t *out)
{
    size_t digits = strspn(token, "0123456789");

    if (digits == 0 || token[digits] != '\0' || digits > 9 || (digits > 1 && token[0] == '0')) {
        refuse(e, mf_scratch(e->load, "error in %s for path: '%s': value was not a proper array "
                             "index: '%s'", e->name, e->pointer, token));
        return false;
    }
    *out = (uint32_t)strtoul(token, NULL, 10);
    if (*out < end)
        return true;
    refuse(e, mf_scratch(e->load, "error in %s for path: '%s': Unable to access invalid index: "
                         "%u: invalid index referenced", e->name, e->pointer, *out));
    return false;
}

static bool is_container(const struct mf_node *n)
{
    return n->type == MF_MAPPING || n->type == MF_SEQUENCE;
}

/* NULL: it is not there (said), or no memory. */
static struct mf_node *look(const struct edit *e, struct mf_node *root)
{
    const char *rest = e->pointer;
    struct mf_node *n = root;

    if (*rest != '\0' && *rest != '/')
        return missing(e);
    while (*rest == '/') {
        const char *token = token_of(e->load, rest, &rest);
        uint32_t at = 0;

        if (token == NULL)
            return NULL;
        if (!is_container(n))
            return missing(e);
        if (n->type == MF_MAPPING) {
            at = mf_node_index(n, token, strlen(token));
            if (at == n->count && *rest == '/')
                return missing(e);
            if (at == n->count)
                return refuse(e, mf_scratch(e->load, "error in %s for path: '%s': unable to get "
                                            "nonexistent key: %s: missing value", e->name,
                                            e->pointer, token));
        } else if (!index_of(e, token, n->count, &at)) {
            return NULL;
        }
        n = n->item[at].value;
    }
    return n;
}

static struct mf_node *change_list(const struct edit *e, enum op op, struct mf_node *n,
                                   const char *token)
{
    struct mf_node *c = mf_node_copy(e->load, n);
    uint32_t at = n->count;

    if (c == NULL)
        return NULL;
    if ((op != OP_ADD || strcmp(token, "-") != 0) &&
        !index_of(e, token, n->count + (op == OP_ADD), &at))
        return NULL;
    if (op == OP_ADD)
        memmove(&c->item[at + 1], &c->item[at], (c->count++ - at) * sizeof(*c->item));
    if (op == OP_REMOVE)
        memmove(&c->item[at], &c->item[at + 1], (--c->count - at) * sizeof(*c->item));
    else
        c->item[at] = (struct mf_pair){.value = e->value};
    return c;
}

static struct mf_node *change_mapping(const struct edit *e, enum op op, struct mf_node *n,
                                      const char *token)
{
    uint32_t at = mf_node_index(n, token, strlen(token));
    struct mf_node *c;

    if (at == n->count && op == OP_REPLACE)
        return refuse(e, mf_scratch(e->load, "replace operation does not apply: doc is missing "
                                    "key: %s: missing value", e->pointer));
    if (at == n->count && op == OP_REMOVE)
        return refuse(e, mf_scratch(e->load, "error in %s for path: '%s': unable to remove "
                                    "nonexistent key: %s: missing value", e->name, e->pointer,
                                    token));
    c = mf_node_copy(e->load, n);
    if (c == NULL)
        return NULL;
    if (op != OP_REMOVE)
        return mf_node_put(e->load, c, token, strlen(token), e->value) ? c : NULL;
    memmove(&c->item[at], &c->item[at + 1], (--c->count - at) * sizeof(*c->item));
    return c;
}

/* The tree with what stands at the pointer added, replaced or gone. `at`: what of it is left. */
static struct mf_node *change(const struct edit *e, enum op op, struct mf_node *n, const char *at)
{
    struct mf_node *c, *child;
    const char *token, *rest;
    uint32_t i;

    if (*at != '/' || !is_container(n))
        return missing(e);
    token = token_of(e->load, at, &rest);
    if (token == NULL)
        return NULL;
    if (*rest == '\0')
        return n->type == MF_MAPPING ? change_mapping(e, op, n, token)
                                     : change_list(e, op, n, token);
    i = n->type == MF_MAPPING ? mf_node_index(n, token, strlen(token)) : n->count;
    if (n->type == MF_SEQUENCE && !index_of(e, token, n->count, &i))
        return NULL;
    if (i == n->count)
        return missing(e);
    child = change(e, op, n->item[i].value, rest);
    c = child != NULL ? mf_node_copy(e->load, n) : NULL;
    if (c != NULL)
        c->item[i].value = child;
    return c;
}

/* ---- operations ------------------------------------------------------------------------------ */

/* A member of an operation that is text. NULL: there is none (said). */
static const char *text_of(const struct edit *e, const char *member)
{
    const struct mf_node *n = mf_node_find(e->at, member);

    if (n != NULL && n->type == MF_STRING)
        return n->text;
    refuse(e, mf_scratch(e->load, "%s operation failed to decode %s: missing value", e->name,
                         member));
    return NULL;
}

/* What is copied shares its nodes, but whoever reads the result meets each of them again. False:
 * there would be too many, or they stand too deep. */
static bool counts(const struct mf_node *n, unsigned depth, uint32_t *nodes)
{
    if (depth > MF_DEPTH_MAX || ++*nodes > MF_ALIASED_MAX)
        return false;
    for (uint32_t i = 0; is_container(n) && i < n->count; i++) {
        if (!counts(n->item[i].value, depth + 1, nodes))
            return false;
    }
    return true;
}

static struct mf_node *run(struct edit *e, enum op op, struct mf_node *root)
{
    const char *path = text_of(e, "path"),
               *from = op == OP_MOVE || op == OP_COPY ? text_of(e, "from") : "";
    struct mf_node *is;

    if (path == NULL || from == NULL)
        return NULL;
    if (op == OP_ADD || op == OP_REPLACE || op == OP_TEST) {
        e->value = mf_node_find(e->at, "value");
        if (e->value == NULL)
            return refuse(e, mf_scratch(e->load, "%s operation has no value", e->name));
    }
    e->pointer = op == OP_MOVE || op == OP_COPY ? from : path;
    if (op == OP_TEST) {
        is = look(e, root);
        if (is != NULL && mf_hash_node(is) != mf_hash_node(e->value))
            return refuse(e, mf_scratch(e->load, "testing value %s failed: test failed", path));
        return is != NULL ? root : NULL;
    }
    if (op == OP_MOVE || op == OP_COPY) {
        e->value = look(e, root);
        if (e->value == NULL)
            return NULL;
        if (op == OP_COPY && !counts(e->value, 0, e->copied))
            return refuse(e, "Unable to complete the copy, the accumulated size increase of copy "
                          "is exceeding the limit");
        if (op == OP_MOVE)
            root = change(e, OP_REMOVE, root, from);
        e->pointer = path;
        op = OP_ADD;
    }
    return root != NULL ? change(e, op, root, path) : NULL;
}

struct mf_node *mf_patch_json(struct mf_load *l, struct mf_node *into, const struct mf_node *patch)
{
    struct edit all = {.load = l, .at = patch};
    uint32_t copied = 0, nodes = 0;

    if (patch->count > OPERATIONS_MAX)
        return refuse(&all, mf_scratch(l, "The allowed maximum operations in a JSON patch is %d, "
                                       "got %u", OPERATIONS_MAX, patch->count));
    for (uint32_t i = 0; into != NULL && i < patch->count; i++) {
        struct edit e = {
            .load = l, .at = patch->item[i].value, .name = "patch", .copied = &copied};
        const struct mf_node *name = NULL;
        int op = 0;

        if (e.at->type != MF_MAPPING)
            return refuse(&e, "an operation of a JSON patch is a mapping");
        name = mf_node_find(e.at, "op");
        if (name == NULL || name->type != MF_STRING)
            return refuse(&e, "Unexpected kind: unknown");
        while (op < OPS && strcmp(op_name[op], name->text) != 0)
            op++;
        if (op == OPS)
            return refuse(&e, mf_scratch(l, "Unexpected kind: %s", name->text));
        e.name = op_name[op];
        into = run(&e, (enum op)op, into);
    }
    if (into != NULL && !counts(into, 0, &nodes))
        return refuse(&all, "what the patch makes is too large, or nested too deeply");
    return into;
}
