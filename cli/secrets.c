/* SPDX-License-Identifier: Apache-2.0 */
#include "secrets.h"

#include <sys/resource.h>

void guard_secrets(void)
{
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_CORE, &limit);
	limit.rlim_cur = 0;
	setrlimit(RLIMIT_CORE, &limit);
}
