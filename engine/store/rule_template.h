/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_template.h - what tells templates of pods apart.
 *
 * The hash of a template is that of all it says but its images, and a mark of each image, which can
 * be taken out and put in. So a template whose image has changed has one hash, whether a document
 * says so or a call has done it.
 */
#ifndef ST_RULE_TEMPLATE_H
#define ST_RULE_TEMPLATE_H

#include <stdint.h>

uint64_t st_image_mark(uint32_t container, const char *image);
/* Of the container with that index: those that initialise come first. */

#endif
