/* SPDX-License-Identifier: Apache-2.0 */
/* Copies some platforms of an index as a new index. */
#include <stdlib.h>
#include <string.h>

#include "copy.h"

/* Fails if the source lacks one of the platforms. */
static int check_platforms(const struct opened *from,
			   const struct copy_command *c, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->platforms.count; i++) {
		struct oci_descriptor found;

		rc = oci_store_manifest(&found, from->store, &from->image,
					&c->platforms.items[i], err);
		if (!rc)
			oci_descriptor_release(&found);
	}
	return rc;
}

static int keep_annotations(struct oci_join *join, const struct opened *from,
			    struct oci_error *err)
{
	const struct oci_descriptor *image = &from->image;
	struct oci_index index;
	char *text;
	int rc;

	if (!oci_media_is_index(image->media_type))
		return 0;
	rc = oci_store_read(&text, from->store, image, err);
	if (rc)
		return rc;
	rc = oci_index_parse(&index, text, (size_t)image->size,
			     image->media_type, err);
	free(text);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < index.annotations.count; i++)
		rc = oci_pairs_set(oci_join_annotations(join),
				   index.annotations.items[i].key,
				   index.annotations.items[i].value, err);
	oci_index_release(&index);
	return rc;
}

int copy_platforms(struct oci_descriptor *out, struct oci_store *to,
		   const struct opened *from, const struct copy_command *c,
		   const struct oci_copy_options *options,
		   struct oci_error *err)
{
	struct oci_join_options join_options = OCI_JOIN_OPTIONS_INIT;
	struct oci_join *join = NULL;
	int rc = check_platforms(from, c, err);

	join_options.platforms = c->platforms.items;
	join_options.platform_count = c->platforms.count;
	join_options.cancelled = options->cancelled;
	if (!rc)
		rc = oci_join_new(&join, &join_options, err);
	if (!rc)
		rc = keep_annotations(join, from, err);
	if (!rc)
		rc = oci_join_add(join, from->store, &from->image, from->text,
				  err);
	if (!rc)
		rc = oci_join_write(out, join, to, options, err);
	oci_join_free(join);
	return rc;
}
