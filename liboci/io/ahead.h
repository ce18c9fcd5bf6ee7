/* SPDX-License-Identifier: Apache-2.0 */
/* A source that a thread reads ahead. The thread starts at the first read. */
#ifndef IO_AHEAD_H
#define IO_AHEAD_H

#include <oci/stream.h>

/*
 * Makes a source that reads `from` ahead, by 1 MiB at most. from is borrowed;
 * nothing else may use it until *out has returned its end or an error, or is
 * freed. Freeing waits for a read in progress. *out can be rewound if from can.
 * If the thread cannot be started, *out reads from directly.
 */
int oci_ahead_open(struct oci_source **out, struct oci_source *from,
		   struct oci_error *err);

#endif
