/* SPDX-License-Identifier: Apache-2.0 */
/* How long operations report progress. */
#ifndef OCI_PROGRESS_H
#define OCI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_progress {
	const char *what;	/* such as "layer debian"; borrowed */
	uint64_t done;		/* bytes so far */
	uint64_t total;		/* bytes in all, 0 where unknown */
	bool known;		/* nothing had to be done: the result is in the
				 * cache, or there already */
};

/* Called about once per MiB and at the end of an operation, on the thread that
 * called the operation. To end the operation, set its `cancelled`. */
typedef void oci_progress_fn(void *data, const struct oci_progress *progress);

#ifdef __cplusplus
}
#endif

#endif
