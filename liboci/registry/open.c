/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a repository, to push to it or to read from it. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/fetch.h"
#include "registry/repository.h"

int oci_registry_check(struct oci_registry *registry, const char *host,
		       struct oci_error *err)
{
	struct oci_call call = {
		.method = "GET", .url = "/v2/", .actions = "",
	};
	struct oci_http_response response = {0};
	struct oci_reference reference = {0};
	struct oci_repository *self;
	int rc;

	if (strlen(host) >= sizeof(reference.host))
		return oci_fail(err, OCI_E_INVALID, "host '%.80s...' is too "
				"long", host);
	memcpy(reference.host, host, strlen(host));
	rc = oci_repository_new(&self, registry, &reference, err);
	if (rc)
		return rc;
	rc = oci_client_call(&response, NULL, &self->client, &call, err);
	if (!rc && response.status != 200)
		rc = oci_client_fail(&self->client, "log in", &response, err);
	oci_http_response_release(&response);
	oci_store_free(&self->base);
	return rc ? oci_wrap(err, rc, "registry %s", host) : 0;
}

int oci_registry_create(struct oci_store **out, struct oci_registry *registry,
			const struct oci_reference *repository,
			const struct oci_strings *mount_from,
			struct oci_error *err)
{
	struct oci_repository *self;
	int rc = oci_repository_new(&self, registry, repository, err);

	*out = NULL;
	if (!rc) {
		self->takes = true;
		atomic_fetch_add(&registry->repositories, 1);
	}
	if (!rc && repository->tag[0])
		rc = oci_text_copy(&self->manifests.tag, repository->tag, err);
	for (size_t i = 0; !rc && mount_from && i < mount_from->count; i++)
		rc = oci_strings_add(&self->uploads.mount_from,
				     mount_from->items[i], err);
	if (!rc)
		*out = &self->base;
	else if (self)
		oci_store_free(&self->base);
	return rc;
}

int oci_registry_open(struct oci_store **out, struct oci_registry *registry,
		      const struct oci_reference *reference,
		      struct oci_error *err)
{
	const char *name = reference->digest.text[0] ?
			   reference->digest.text :
			   reference->tag[0] ? reference->tag : "latest";
	struct oci_reference named = *reference;
	struct oci_descriptor image = {0};
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
		*out = &self->base;
	else if (self)
		oci_store_free(&self->base);
	oci_descriptor_release(&image);
	free(text);
	return rc;
}

static int fail_kind(struct oci_error *err)
{
	return oci_fail(err, OCI_E_INVALID,
			"the store is no repository to push to");
}

int oci_registry_expect(struct oci_store *store,
			const struct oci_digest *digest, struct oci_error *err)
{
	struct oci_repository *self = oci_repository_of(store);

	if (!self || !self->takes)
		return fail_kind(err);
	self->expected = *digest;
	self->expects = true;
	return 0;
}

int oci_registry_pushed(struct oci_push_result *out,
			const struct oci_store *store, struct oci_error *err)
{
	const struct oci_repository *self =
		oci_repository_of((struct oci_store *)store);

	*out = (struct oci_push_result){ 0 };
	if (!self || !self->takes)
		return fail_kind(err);
	*out = self->uploads.result;
	return 0;
}
