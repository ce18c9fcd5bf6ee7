/* SPDX-License-Identifier: Apache-2.0 */
/* A list that a registry answers in pages. OCI Distribution Specification,
 * "Listing tags" and "Listing Referrers". */
#ifndef REGISTRY_PAGES_H
#define REGISTRY_PAGES_H

#include "registry/client.h"

/* Reads one page, which ends in a NUL. A result other than 0 stops. */
typedef int oci_page_fn(void *data, const char *text, size_t size,
			struct oci_error *err);

struct oci_pages {
	const char *path;   /* of the first page: "/v2/NAME/tags/list" */
	const char *what;   /* for messages: "list tags" */
	const char *advice; /* added to a refusal; or NULL */
	oci_page_fn *read;
	void *data; /* for read */
};

/*
 * Reads the first page and those that the Link headers of the answers lead to.
 * *found is false, and nothing was read, if the answer to the first request was
 * 404. Refuses a page of another host, a page that was read before, more than
 * 100 pages, and more than 16 MiB in all.
 */
int oci_pages_read(bool *found, struct oci_client *client,
		   const struct oci_pages *pages, struct oci_error *err);

#endif
