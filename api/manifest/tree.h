/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - building the trees of doc.h: what reads YAML (yaml.c) and what reads JSON (json.c) say
 * here what they have met, and need not know the rules for keys, anchors and limits.
 */
#ifndef MF_TREE_H
#define MF_TREE_H

#include "api/manifest/load.h"

struct mf_anchor {
    struct mf_anchor *next;
    const char *name;
    struct mf_node *node;
    bool complete; /* an alias inside its own anchor would be a cycle */
};

struct mf_frame {
    struct mf_node *node;
    struct mf_node *key; /* of a mapping: read, and waiting for its value */
    struct mf_anchor *anchor;
    uint32_t room;
};

/* A fault that is not said yet. */
struct mf_fault {
    uint32_t line, column;
    const char *text; /* NULL: there is none */
};

struct mf_tree {
    struct mf_load *load;
    struct mf_docs *out;
    const char *door; /* how its faults begin: "yaml" or "json", as with kubectl */
    struct mf_anchor *anchors; /* of this document; the latest of a name counts */
    struct mf_node *root;
    uint32_t aliased;
    uint32_t depth;
    bool broken; /* said; no use reading on */
    bool held;   /* the next fault is kept here instead of being said */
    struct mf_fault fault; /* kept: it is said in place of the next one */
    struct mf_frame stack[MF_DEPTH_MAX];
};

void mf_tree_begin(struct mf_tree *t);
void mf_tree_end(struct mf_tree *t); /* the document goes out, unless it is null or empty */

struct mf_node *mf_tree_node(struct mf_tree *t, enum mf_type type, uint32_t line, uint32_t column);
/* NULL: no memory (noted in the load). */

bool mf_tree_text(struct mf_tree *t, struct mf_node *n, const char *text, size_t length);
/* Copies the text of a scalar. False: no memory, or it has a NUL in it (said). */

struct mf_anchor *mf_tree_anchor(struct mf_tree *t, const char *name, struct mf_node *n);
/* Names a node. For a scalar the caller sets complete. NULL: no memory. */

void mf_tree_open(struct mf_tree *t, struct mf_node *n, struct mf_anchor *anchor);
void mf_tree_close(struct mf_tree *t);
void mf_tree_put(struct mf_tree *t, struct mf_node *n); /* a scalar that is complete */
void mf_tree_alias(struct mf_tree *t, const char *name, uint32_t line, uint32_t column);

void mf_tree_fail(struct mf_tree *t, uint32_t line, uint32_t column, const char *text);
/* Breaks the tree. */

void mf_tree_tell(struct mf_tree *t); /* says the fault that has been kept */

#endif
