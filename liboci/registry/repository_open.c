/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a repository, for pushing or for reading. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "document/token.h"
#include "registry/fetch.h"
#include "registry/pages.h"
#include "registry/repository.h"

int oci_registry_check(struct oci_registry *registry, const char *host,
		       struct oci_error *err)
{
	struct oci_call call = {
		.method = "GET",
		.url = "/v2/",
		.actions = "",
	};
	struct oci_http_response response = { 0 };
	struct oci_reference reference = { 0 };
	struct oci_repository *self;
	int rc;

	if (strlen(host) >= sizeof(reference.host))
		return oci_fail(err, OCI_E_INVALID,
				"host '%.80s...' is too "
				"long",
				host);
	memcpy(reference.host, host, strlen(host));
	rc = oci_repository_new(&self, registry, &reference, err);
	if (rc)
		return rc;
	rc = oci_client_call(&response, NULL, &self->client, &call, err);
	if (rc)
		rc = oci_wrap(err, rc, "registry %s", host);
	else if (response.status != 200)
		rc = oci_client_fail(&self->client, "log in", &response, err);
	oci_http_response_release(&response);
	oci_store_free(&self->base);
	return rc;
}

int oci_repository_create(struct oci_repository **out,
			  struct oci_registry *registry,
			  const struct oci_reference *reference,
			  const struct oci_strings *mount_from,
			  struct oci_error *err)
{
	struct oci_repository *self;
	int rc = oci_repository_new(&self, registry, reference, err);

	*out = NULL;
	if (!rc) {
		self->pushes = true;
		atomic_fetch_add(&registry->repositories, 1);
	}
	if (!rc && reference->tag[0])
		rc = oci_text_copy(&self->manifests.tag, reference->tag, err);
	for (size_t i = 0; !rc && mount_from && i < mount_from->count; i++)
		rc = oci_strings_add(&self->uploads.mount_from,
				     mount_from->items[i], err);
	if (!rc)
		*out = self;
	else if (self)
		oci_store_free(&self->base);
	return rc;
}

int oci_repository_open(struct oci_repository **out,
			struct oci_registry *registry,
			const struct oci_reference *reference,
			struct oci_error *err)
{
	const char *name = reference->digest.text[0] ? reference->digest.text
			   : reference->tag[0]	     ? reference->tag
						     : "latest";
	struct oci_reference named = *reference;
	struct oci_descriptor image = { 0 };
	struct oci_repository *self;
	char *text = NULL;
	int rc = oci_repository_new(&self, registry, reference, err);

	*out = NULL;
	if (!rc)
		rc = oci_fetch_manifest(&image, &text, &self->client, name,
					err);
	if (!rc)
		rc = oci_manifests_add(&self->manifests, &image, text, err);
	if (!rc && !named.tag[0] && !named.digest.text[0])
		memcpy(named.tag, "latest", 7);
	named.digest.text[0] = '\0';
	if (!rc)
		rc = oci_store_tag(&self->base, &named, &image, err);
	if (!rc)
		*out = self;
	else if (self)
		oci_store_free(&self->base);
	oci_descriptor_release(&image);
	free(text);
	return rc;
}

struct oci_store *oci_repository_store(struct oci_repository *repository)
{
	return &repository->base;
}

void oci_repository_expect(struct oci_repository *repository,
			   const struct oci_digest *digest)
{
	repository->expected = *digest;
	repository->expects = true;
}

struct oci_push_result
oci_repository_result(const struct oci_repository *repository)
{
	return repository->uploads.result;
}

static int read_tags(void *data, const char *text, size_t size,
		     struct oci_error *err)
{
	return oci_tags_parse(data, text, size, err);
}

int oci_repository_tags(struct oci_strings *out, struct oci_registry *registry,
			const struct oci_reference *name, struct oci_error *err)
{
	char path[OCI_REFERENCE_TEXT];
	const struct oci_pages pages = {
		.path = path,
		.what = "list tags",
		.read = read_tags,
		.data = out,
	};
	struct oci_repository *self;
	bool found;
	int rc = oci_repository_new(&self, registry, name, err);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/v2/%s/tags/list", name->path);
	rc = oci_pages_read(&found, &self->client, &pages, err);
	if (!rc && !found)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "registry %s has no repository %s: check the "
			      "name; private ones look like this without "
			      "logging in",
			      name->host, name->path);
	oci_store_free(&self->base);
	return rc;
}
