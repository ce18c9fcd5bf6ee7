/* SPDX-License-Identifier: Apache-2.0 */
/* A source that is read ahead on a thread of its own, which starts at the first
 * read. */
#ifndef IO_AHEAD_H
#define IO_AHEAD_H

#include <oci/stream.h>

/*
 * Makes a source that reads `from` ahead, by 1 MiB at most. from is borrowed,
 * and used by the new source alone until *out has returned its end or an error,
 * or is freed; freeing waits for a read in progress. *out can be rewound if
 * from can. If the thread cannot be started, *out reads from directly.
 */
int oci_ahead_open(struct oci_source **out, struct oci_source *from,
		   struct oci_error *err);

#endif
