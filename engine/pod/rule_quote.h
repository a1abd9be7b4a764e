/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_quote.h - text in double quotes as Go's %q writes it, pure: what a kubelet puts around the output
 * of a hook.
 */
#ifndef POD_RULE_QUOTE_H
#define POD_RULE_QUOTE_H

#include <stddef.h>

size_t pod_quote(const char *text, size_t length, char *out, size_t room);
/* Writes at most room bytes with the terminator and returns the length of the whole, as snprintf does.
 * Printable characters stay, the others become escapes, bytes that are no UTF-8 become \x and two digits.
 * Which characters beyond Latin-1 are printable is known by ranges (controls, separators, formats, private
 * use and surrogates are not); what Unicode has not assigned yet counts as printable here. */

#endif
