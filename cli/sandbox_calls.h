/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls that a sandbox refuses whatever their arguments are. */
#ifndef CLI_SANDBOX_CALLS_H
#define CLI_SANDBOX_CALLS_H

#include <stddef.h>
#include <stdint.h>

struct sandbox_call_list {
	const uint32_t *calls; /* their numbers */
	size_t count;
};

extern const struct sandbox_call_list sandbox_forbidden_calls,
	sandbox_attribute_calls, /* of files */
	sandbox_client_calls;	 /* of programs that use a network */

#endif
