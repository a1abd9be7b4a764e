/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - the parts of the page that do not change: made by embed.pl of page.html, page.css and
 * the scripts when podring is built.
 */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

extern const char page_before[]; /* up to where the data stands */
extern const char page_after[];  /* from there on */

#endif
