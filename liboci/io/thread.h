/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IO_THREAD_H
#define IO_THREAD_H

#include <pthread.h>

#include <oci/error.h>

/* Starts a thread that runs function(data), and that gets no signals of the
 * process: those are for the program's own threads. Signals of its own faults,
 * such as SIGSEGV, still end the process in the usual way. */
int oci_thread_start(pthread_t *thread, void *(*function)(void *), void *data,
		     struct oci_error *err);

#endif
