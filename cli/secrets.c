/* SPDX-License-Identifier: Apache-2.0 */
#include "secrets.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void guard_secrets(void)
{
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_CORE, &limit);
	limit.rlim_cur = 0;
	setrlimit(RLIMIT_CORE, &limit);
	/* The limit does not count if a program takes the cores. The leak
	 * checker of the sanitizers has to trace the process. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void wipe_password(char *password)
{
	for (volatile char *p = password; p && *p; p++)
		*p = '\0';
}
