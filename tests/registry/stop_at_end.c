/* SPDX-License-Identifier: Apache-2.0 */
/* For LD_PRELOAD: oci-pack stops when it has done its work and before it ends,
 * so that a test can read its memory, and says whether it can dump core.
 * Programs that it starts do not. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

__attribute__((destructor)) static void stop(void)
{
	if (strcmp(program_invocation_short_name, "oci-pack") != 0)
		return;
	dprintf(STDERR_FILENO, "dumpable: %d\n", prctl(PR_GET_DUMPABLE));
	raise(SIGSTOP);
}
