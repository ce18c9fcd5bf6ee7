/* SPDX-License-Identifier: Apache-2.0 */
#include "image/diff.h"

#include "base/options.h"

static bool same_layers(const struct oci_descriptors *a,
			const struct oci_descriptors *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!oci_digest_equal(&a->items[i].digest, &b->items[i].digest))
			return false;
	return true;
}

static bool same_tars(const struct oci_config *a, const struct oci_config *b)
{
	if (a->diff_id_count != b->diff_id_count)
		return false;
	for (size_t i = 0; i < a->diff_id_count; i++)
		if (!oci_digest_equal(&a->diff_ids[i], &b->diff_ids[i]))
			return false;
	return true;
}

int oci_image_diff(struct oci_diff *out, struct oci_store *store_a,
		   const struct oci_image_documents *a,
		   struct oci_store *store_b,
		   const struct oci_image_documents *b,
		   const struct oci_diff_options *options,
		   struct oci_error *err)
{
	static const struct oci_diff_options usual = OCI_DIFF_OPTIONS_INIT;
	const struct oci_diff_side left = { store_a, a };
	const struct oci_diff_side right = { store_b, b };
	struct oci_diff_options o;
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	*out = (struct oci_diff){
		.manifest = oci_digest_equal(&a->descriptor.digest,
					     &b->descriptor.digest),
		.layers = same_layers(&a->manifest.layers, &b->manifest.layers),
		.tars = same_tars(&a->config, &b->config),
	};
	rc = oci_diff_fields(out, a, b, &o, err);
	if (rc || out->layers)
		return rc;
	return oci_diff_files(out, &left, &right, &o, err);
}
