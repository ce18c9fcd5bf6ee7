/* SPDX-License-Identifier: Apache-2.0 */
#include "base/watch.h"

#include <stddef.h>

#include "base/error.h"

int oci_watch_check(const struct oci_watch *watch, struct oci_error *err)
{
	if (!watch || !watch->cancelled ||
	    !__atomic_load_n(watch->cancelled, __ATOMIC_RELAXED))
		return 0;
	return oci_fail(err, OCI_E_CANCELLED, "cancelled");
}

static bool is_too_much(const struct oci_watch *w)
{
	if (w->max_inflated)
		return w->to > w->max_inflated;
	return w->to > OCI_INFLATED_LEAST &&
	       w->to / OCI_INFLATED_TIMES > w->from;
}

int oci_watch_count(struct oci_watch *watch, uint64_t from, uint64_t to,
		    struct oci_error *err)
{
	static const char advice[] = "if it is trusted, raise the limit with "
				     "--max-inflated (max_inflated)";
	int rc;

	if (!watch->again)
		watch->from += from;
	watch->to = to > UINT64_MAX - watch->to ? UINT64_MAX : watch->to + to;
	if (!is_too_much(watch))
		return oci_watch_check(watch, err);
	if (watch->max_inflated)
		rc = oci_fail(err, OCI_E_LIMIT,
			      "inflates to more than the "
			      "limit of %llu bytes",
			      (unsigned long long)watch->max_inflated);
	else
		rc = oci_fail(err, OCI_E_LIMIT,
			      "inflates to more than %d GiB "
			      "and %d times its size",
			      (int)(OCI_INFLATED_LEAST >> 30),
			      OCI_INFLATED_TIMES);
	return oci_advise(err, rc, advice);
}
