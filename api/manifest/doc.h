/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.h - manifest text as trees of nodes, each of which knows where it stands in the text.
 *
 * Private to api/manifest; everything private there is called mf_. Of the parser (yaml.c) only the
 * events are used: the trees are our own, because every refusal must name a line and a column, and
 * because the rules for duplicate keys, aliases, merge keys and plain scalars have to be those of
 * kubectl (sigs.k8s.io/yaml, a YAML 1.1 reader).
 *
 * An alias is the very node it names, so a tree may be a graph; it never has a cycle. Depth and the
 * number of nodes reached through aliases are bounded, so walking a tree is safe by recursion.
 */
#ifndef MF_DOC_H
#define MF_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mf_type { MF_NULL, MF_BOOL, MF_INT, MF_FLOAT, MF_STRING, MF_SEQUENCE, MF_MAPPING };

struct mf_pair {
    struct mf_node *key; /* a string; NULL in a sequence */
    struct mf_node *value;
};

struct mf_node {
    enum mf_type type;
    bool truth;            /* MF_BOOL */
    bool merge;            /* an unquoted <<: as a key it merges */
    uint8_t depth;         /* of the tree below */
    uint32_t line, column; /* 1-based */
    uint32_t inside;       /* scalars: the column in which the lines of the text begin, if each is a
                            * line of the file as it is (nothing folded, nothing escaped); else 0 */
    uint32_t weight;  /* nodes of the tree below, what stands behind an alias counted each time */
    int64_t number;   /* MF_INT */
    const char *text; /* scalars: as written, without quotes; NUL-terminated */
    size_t length;
    uint32_t count; /* entries of a sequence or mapping, in the order of the text */
    struct mf_pair *item;
};

enum {
    /* Kubernetes objects are less than 20 deep. */
    MF_DEPTH_MAX = 100,
    /* Nodes of one document that are there through aliases only, each alias spelled out: far above
     * any honest manifest, far below what an alias bomb needs to hurt. */
    MF_ALIASED_MAX = 100000,
};

struct mf_load;

struct mf_docs {
    struct mf_node **root; /* the roots of all documents that could be read; never NULL inside */
    uint32_t count, room;
};

void mf_docs_read(struct mf_load *l, const char *text, size_t length, struct mf_docs *out);
/* Reads every document of the text. What cannot be read becomes a diagnostic of the load, and the
 * documents before it are still handed out, so that their own errors can be told as well. */

struct mf_node *mf_node_find(const struct mf_node *mapping, const char *key);
/* The value of a key; NULL if there is none. A null value is returned as the node it is. */

/* ---- plain scalars (scalar.c) --------------------------------------------------------------- */

void mf_scalar_resolve(struct mf_node *n);
/* Gives an unquoted scalar the type that YAML 1.1 as read by kubectl sees in its text. */

bool mf_decimal_parse(const char *text, size_t length, int scale, int64_t *out);
/* A decimal number times 10^scale; false if it is none, is not whole after scaling, or is too
 * large. */

bool mf_word_in(const char *list, const char *word, size_t length);
/* Whether a list of words, one space between them, has this one. */

const char *mf_type_name(const struct mf_node *n);
/* As Go's JSON decoder calls it: "string", "number", "bool", "array", "object", "null". */

#endif
