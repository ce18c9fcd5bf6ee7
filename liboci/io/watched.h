/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that passes bytes on, and fails once a watch is cancelled. */
#ifndef IO_WATCHED_H
#define IO_WATCHED_H

#include <oci/stream.h>

#include "base/watch.h"

/* next and watch are borrowed. Bytes are passed on immediately. */
int oci_watched_open(struct oci_sink **out, struct oci_sink *next,
		     const struct oci_watch *watch, struct oci_error *err);

#endif
