/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - which objects somebody asks for: KIND [NAME...], KIND,KIND or KIND/NAME, then files. */
#ifndef SHOW_ASK_H
#define SHOW_ASK_H

#include "api/cli/options.h"
#include "api/cli/show/object.h"
#include "api/manifest/selector.h"

struct show_ask {
    const struct show_kind **kind; /* in their order; without names all of them are meant */
    const char **name;             /* of the kind at the same place; NULL: all of it */
    size_t count;
    bool several; /* kinds */
    bool begins;  /* a name that nothing has means those that begin with it */
    struct mf_selector selector;
    bool selects;
};

int ask_parse(struct show_ask *a, struct cli_options *o);
/* Takes them away from the operands, of which files are left. An exit code, after a message. Free
 * it either way. */

void ask_free(struct show_ask *a);

bool ask_is_kind(const char *operand);
/* Could it be the first one of these? */

void ask_to_front(struct cli_options *o);
/* KIND/NAME may be the last operand, behind the files. */

int ask_find(const struct show_ask *a, const struct cli_options *o, struct show_world *w,
             struct show_list *out);
/* All that is asked for and there; of what is not, a sentence of kubectl's on standard error. An
 * exit code: CLI_FAILED if something is missing. */

void ask_say_nothing(const struct show_ask *a, const struct cli_options *o);
/* That there are none, as kubectl says it, on standard error. */

#endif
