/* SPDX-License-Identifier: Apache-2.0 */
/* Dry runs: reports what a push would do with each manifest and tag. */
#include <string.h>

#include "base/error.h"
#include "registry/fetch.h"
#include "registry/manifests.h"

void oci_client_tell(const struct oci_client *client,
		     const struct oci_push_step *step)
{
	const struct oci_registry_options *o = &client->registry->options;

	o->dry_run(o->dry_run_data, step);
}

static struct oci_push_step step_of(const struct oci_client *client,
				    const struct oci_descriptor *d,
				    enum oci_push_kind kind)
{
	return (struct oci_push_step){
		.kind = kind,
		.action = OCI_PUSH_SEND,
		.host = client->host,
		.repository = client->repository,
		.digest = &d->digest,
		.size = d->size,
	};
}

static int tell_manifest(struct oci_client *client,
			 const struct oci_descriptor *d, struct oci_error *err)
{
	struct oci_push_step step = step_of(client, d, OCI_PUSH_MANIFEST);
	struct oci_digest found;
	int rc = oci_fetch_digest_surely(&found, client, "pull", d->digest.text,
					 err);

	if (rc)
		return rc;
	if (found.text[0])
		step.action = OCI_PUSH_KEEP;
	oci_client_tell(client, &step);
	return 0;
}

static int tell_tag(struct oci_client *client, const char *tag,
		    const struct oci_descriptor *d, struct oci_error *err)
{
	struct oci_push_step step = step_of(client, d, OCI_PUSH_TAG);
	struct oci_digest found;
	int rc = oci_tag_check(tag, err);

	if (!rc)
		rc = oci_fetch_digest_surely(&found, client, "pull", tag, err);
	if (rc)
		return rc;
	step.tag = tag;
	step.from = found.text[0] ? found.text : NULL;
	if (oci_digest_equal(&found, &d->digest))
		step.action = OCI_PUSH_KEEP;
	oci_client_tell(client, &step);
	return 0;
}

int oci_manifests_tell(const struct oci_manifests *manifests,
		       struct oci_client *client,
		       const struct oci_descriptors *names,
		       struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < manifests->list.count; i++)
		rc = tell_manifest(client, &manifests->list.items[i], err);
	for (size_t i = 0; !rc && i < names->count; i++) {
		const struct oci_descriptor *d = &names->items[i];
		const char *tag =
			oci_pairs_get(&d->annotations, OCI_ANNOTATION_REF_NAME);

		if (tag)
			rc = tell_tag(client, tag, d, err);
	}
	return rc;
}
