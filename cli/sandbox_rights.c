/* SPDX-License-Identifier: Apache-2.0 */
/* Root's rights (capabilities(7)), of which a sandbox keeps those for files. */
#define _GNU_SOURCE /* syscall */
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

void sandbox_drop_rights(const struct sandbox *sandbox)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct now[2] = { 0 };
	/* Also the use of blocks and of space that are kept for root. */
	unsigned kept = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH |
			1u << CAP_FOWNER | 1u << CAP_SYS_RESOURCE;

	if (sandbox->attributes)
		kept |= 1u << CAP_CHOWN | 1u << CAP_FSETID | 1u << CAP_MKNOD;
	if (syscall(SYS_capget, &header, now) != 0)
		return;
	now[0].effective &= kept;
	now[0].permitted &= kept;
	now[1] = (struct __user_cap_data_struct){ 0 };
	now[0].inheritable = 0;
	syscall(SYS_capset, &header, now);
}
