/* SPDX-License-Identifier: Apache-2.0 */
/* What an image says of its platform: in its config, whatever others say. */
#include <oci/image.h>

#include <stdlib.h>

#include "base/error.h"

static int read_config(struct oci_config *out, struct oci_store *store,
		       const struct oci_descriptor *manifest,
		       struct oci_error *err)
{
	struct oci_manifest m;
	char *text;
	int rc = oci_store_read(&text, store, manifest, err);

	if (rc)
		return rc;
	rc = oci_manifest_parse(&m, text, (size_t)manifest->size,
				manifest->media_type, err);
	free(text);
	if (rc)
		return rc;
	if (!oci_media_is_config(m.config.media_type))
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "%s is no image, its config is '%.100s'",
			      manifest->digest.text, m.config.media_type);
	else
		rc = oci_store_read(&text, store, &m.config, err);
	if (!rc) {
		rc = oci_config_parse(out, text, (size_t)m.config.size, err);
		free(text);
	}
	oci_manifest_release(&m);
	return rc;
}

int oci_image_platform(struct oci_platform *out, struct oci_store *store,
		       const struct oci_descriptor *manifest,
		       struct oci_error *err)
{
	struct oci_config config;
	int rc = read_config(&config, store, manifest, err);

	if (rc)
		return rc;
	*out = config.platform;
	oci_config_release(&config);
	return 0;
}
