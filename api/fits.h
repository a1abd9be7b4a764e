/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fits.h - do the documents that have been loaded fit each other? Who is selected by whom, and what
 * is named and is in none of them.
 */
#ifndef API_FITS_H
#define API_FITS_H

#include "api/engine.h"

void api_check_fits(podring *ring);
/* Says of all that is being applied what fits nothing, at its place. */

#endif
