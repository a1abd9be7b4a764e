/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object.h - vectors about objects that are no pods: what the event stream tells of them.
 */
#ifndef TEST_OBJECT_H
#define TEST_OBJECT_H

#include "tests/support/vector.h"

/* What to look at, beside that of vector.h; KIND/NAME is an object such as job/j.
 *
 *   KIND/NAME FIELD        transitions of a field: "0:3 4:0"
 *   KIND/NAME how FIELD    ... of a condition, with reasons: "5:True/JobSuspended"
 *   KIND/NAME event R      when such Events were told
 *   KIND/NAME says R       their messages, or those of the transitions of that field, joined by |
 *   pods                   of all pods: when they were created, and when they were gone
 *   asked                  of all pods: when their deletion was asked for
 *   lives [T]              of all pods from T on: "0+web-0 9-web-0 12.web-0", created, its deletion
 *                          asked for, gone
 *   placed                 of all pods: to which node they went: "0:n1 0:n2"
 */
const char *object_look(struct story *s, const char *what);

void object_check(const struct vector *v);

#define OBJECT_EACH(table)                                                                         \
    do {                                                                                           \
        for (unsigned object_i = 0; object_i < sizeof(table) / sizeof(*(table)); object_i++)       \
            object_check(&(table)[object_i]);                                                      \
    } while (0)

#endif
