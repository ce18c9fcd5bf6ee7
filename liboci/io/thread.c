/* SPDX-License-Identifier: Apache-2.0 */
#include "io/thread.h"

#include <errno.h>
#include <signal.h>

#include "base/error.h"

int oci_thread_start(pthread_t *thread, void *(*function)(void *), void *data,
		     struct oci_error *err)
{
	static const int faults[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT,
	};
	sigset_t blocked, before;
	int failed;

	sigfillset(&blocked);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&blocked, faults[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	failed = pthread_create(thread, NULL, function, data);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = failed;
	return failed ? oci_fail_errno(err, "cannot start a thread") : 0;
}
