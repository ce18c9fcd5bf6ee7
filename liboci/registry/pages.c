/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/pages.h"

#include <stdlib.h>

#include <oci/descriptor.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/link.h"
#include "registry/url.h"

enum { PAGES_MAX = 100, BYTES_MAX = 16 * 1024 * 1024 };

struct reading {
	const struct oci_pages *pages;
	struct oci_client *client;
	struct oci_strings urls; /* of the pages; the next one is last */
	uint64_t bytes;		 /* of the pages so far */
};

/* Adds the URL of the next page, if there is one. */
static int add_next(struct reading *r, const struct oci_http_response *response,
		    struct oci_error *err)
{
	const char *page = r->urls.items[r->urls.count - 1];
	char *target, *next = NULL;
	int rc = oci_link_next(&target, response, err);

	if (!rc && target)
		rc = oci_url_resolve(&next, page, target, err);
	if (rc || !next)
		;
	else if (!oci_url_same_origin(next, r->client->base))
		rc = oci_fail(err, OCI_E_INVALID,
			      "the next page is of another host: refused");
	else if (oci_strings_has(&r->urls, next))
		rc = oci_fail(err, OCI_E_INVALID,
			      "its next page was read before");
	else if (r->urls.count == PAGES_MAX)
		rc = oci_fail(err, OCI_E_LIMIT,
			      "it has more than %d pages, "
			      "the most that are read",
			      PAGES_MAX);
	else
		rc = oci_strings_add(&r->urls, next, err);
	free(target);
	free(next);
	return rc;
}

static int read_page(struct reading *r,
		     const struct oci_http_response *response,
		     struct oci_error *err)
{
	int rc;

	if (response->text_cut)
		return oci_fail(err, OCI_E_LIMIT,
				"a page has more than %u bytes",
				OCI_DOCUMENT_MAX);
	r->bytes += response->text_size;
	if (r->bytes > BYTES_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"its pages have more than "
				"%d MiB, the most that are read",
				BYTES_MAX >> 20);
	rc = r->pages->read(r->pages->data, response->text, response->text_size,
			    err);
	return rc ? rc : add_next(r, response, err);
}

/* Requests the last of the URLs. */
static int request_page(bool *found, struct reading *r, struct oci_error *err)
{
	const struct oci_pages *pages = r->pages;
	struct oci_http_response response = { 0 };
	struct oci_call call = {
		.method = "GET",
		.actions = "pull",
		.url = r->urls.items[r->urls.count - 1],
		.text_max = OCI_DOCUMENT_MAX,
	};
	int rc = oci_client_call(&response, NULL, r->client, &call, err);

	*found = rc || response.status != 404 || r->urls.count > 1;
	if (!rc && *found && response.status != 200) {
		rc = oci_client_fail(r->client, pages->what, &response, err);
		if (pages->advice)
			rc = oci_advise(err, rc, pages->advice);
	} else {
		if (!rc && *found)
			rc = read_page(r, &response, err);
		if (rc)
			rc = oci_wrap(err, rc, "registry %s, repository %s: %s",
				      r->client->host, r->client->repository,
				      pages->what);
	}
	oci_http_response_release(&response);
	return rc;
}

int oci_pages_read(bool *found, struct oci_client *client,
		   const struct oci_pages *pages, struct oci_error *err)
{
	struct reading r = { .pages = pages, .client = client };
	char *url;
	int rc = oci_url_resolve(&url, client->base, pages->path, err);

	*found = false;
	if (!rc)
		rc = oci_strings_add(&r.urls, url, err);
	free(url);
	/* Each page that is read may add one more. */
	for (size_t i = 0; !rc && i < r.urls.count; i++)
		rc = request_page(found, &r, err);
	oci_strings_release(&r.urls);
	return rc;
}
