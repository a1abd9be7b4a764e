/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_quote.h - text in double quotes as Go's %q writes it, pure: what a kubelet puts around the
 * output of a hook.
 */
#ifndef POD_RULE_QUOTE_H
#define POD_RULE_QUOTE_H

#include <stddef.h>

enum { POD_ESCAPE_MAX = 10 };

size_t pod_escape(const char *text, size_t length, char out[POD_ESCAPE_MAX], size_t *written);
/* One character: how many bytes of the text it takes (at least 1; length > 0), and what stands for
 * it. Printable characters stay, the others become escapes, a byte that is no UTF-8 becomes \x and
 * two digits. Which characters beyond Latin-1 are printable is known by ranges (controls,
 * separators, formats, private use and surrogates are not); what Unicode has not assigned yet
 * counts as printable here. */

size_t pod_plain(const char *text, size_t length);
/* How many bytes it begins with that are ASCII and stay as they are: nearly all of most texts, and
 * known without asking about each one. */

size_t pod_quote(const char *text, size_t length, char *out, size_t room);
/* The whole, in quotes. Writes at most room bytes with the terminator and returns the length of all
 * of it, as snprintf does. */

#endif
