/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a source on a thread of its own, ahead of who takes its bytes. The
 * thread starts with the first read. */
#ifndef IO_AHEAD_H
#define IO_AHEAD_H

#include <oci/stream.h>

/*
 * from is borrowed; nobody else may touch it until it gave its end or its
 * error, or the new source is freed, which waits for a read that goes on.
 * It can start again where from can. Memory: 1 MiB. Where no thread can be
 * had, it reads as it is asked to.
 */
int oci_ahead_open(struct oci_source **out, struct oci_source *from,
		   struct oci_error *err);

#endif
