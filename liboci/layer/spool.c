/* SPDX-License-Identifier: Apache-2.0 */
/* Copies the bytes of an archive's files to the spool of a tree. */
#include "base/error.h"
#include "io/file.h"
#include "layer/content.h"
#include "layer/node.h"
#include "layer/reader.h"

/* Spools a piece of a file: bytes or a hole. */
static int spool_piece(struct oci_tree *tree, int fd, const char *data,
		       size_t size, uint64_t hole, struct oci_error *err)
{
	int rc = size ? oci_file_spool(fd, data, size, tree->spool_size, err) :
			oci_watch_count(&tree->watch, 0, hole, err);

	tree->spool_size += size;
	if (!rc && hole) {
		tree->spool_size += hole;
		rc = oci_file_extend(fd, tree->spool_size, err);
	}
	return rc;
}

int oci_content_spool(struct oci_node *node, struct oci_tree *tree,
		      struct oci_reader *reader, struct archive_entry *entry,
		      struct oci_error *err)
{
	char data[64 * 1024];
	uint64_t hole = 0;
	size_t got = 1;
	int fd, rc = oci_tree_spool(&fd, tree, err);

	node->content = OCI_CONTENT_SPOOL;
	node->at.offset = tree->spool_size;
	while (!rc && (got || hole)) {
		rc = oci_reader_piece(&got, &hole, reader, data,
				      sizeof(data), err);
		if (!rc)
			rc = spool_piece(tree, fd, data, got, hole, err);
		node->size += got + hole;
	}
	if (!rc && archive_entry_size_is_set(entry) &&
	    (uint64_t)archive_entry_size(entry) != node->size)
		rc = oci_fail(err, OCI_E_CORRUPT,
			      "member '%s' has %llu bytes, not as many as its "
			      "header says", node->wanted,
			      (unsigned long long)node->size);
	return rc;
}
