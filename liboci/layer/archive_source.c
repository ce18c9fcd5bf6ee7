/* SPDX-License-Identifier: Apache-2.0 */
/* An archive on disk as the source of a tree's entries. */
#include "base/error.h"
#include "layer/filter.h"
#include "layer/node.h"
#include "layer/reader.h"
#include "layer/unpack.h"

int oci_tree_add_archive(struct oci_tree *tree, const char *path,
			 const char *from, const struct oci_filter *filter,
			 const struct oci_attributes *attrs,
			 struct oci_error *err)
{
	char clean[OCI_PATH_MAX];
	struct oci_attributes own;
	struct oci_filter own_filter;
	struct oci_reader *reader = NULL;
	const char *source;
	int rc = oci_path_clean(clean, path, err);

	attrs = oci_attributes_read(&own, attrs);
	filter = oci_filter_read(&own_filter, filter);
	if (!rc)
		rc = oci_node_text(&source, tree, from, err);
	if (rc)
		return rc;
	rc = oci_reader_open(&reader, from, OCI_READER_ARCHIVE, err);
	if (!rc)
		rc = oci_unpack(tree, reader, clean, source, filter, attrs,
				err);
	oci_reader_free(reader);
	if (rc == OCI_E_CORRUPT)
		oci_advise(err, rc, "fetch it or pack it again");
	return rc ? oci_wrap(err, rc, "archive '%s'", from) : 0;
}
