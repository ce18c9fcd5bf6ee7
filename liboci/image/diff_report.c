/* SPDX-License-Identifier: Apache-2.0 */
/* Reports the files that differ, with their extended attributes and with the
 * bytes that were kept. */
#include <stdlib.h>

#include "base/error.h"
#include "image/diff.h"
#include "layer/node.h"
#include "layer/rootfs.h"

/* What is made of one file of an image for the functions of the caller. */
struct told {
	struct oci_entry entry;
	struct oci_extended *extended;
	char *data;
	struct oci_file_bytes bytes;
};

static int add_extended(struct told *out, const struct oci_xattr *list,
			struct oci_error *err)
{
	size_t count = 0;

	for (const struct oci_xattr *x = list; x; x = x->next)
		count++;
	if (!count)
		return 0;
	out->extended = malloc(count * sizeof(*out->extended));
	if (!out->extended)
		return oci_fail_nomem(err);
	for (size_t i = 0; i < count; i++, list = list->next)
		out->extended[i] =
			(struct oci_extended){ list->name, list->value,
					       list->size };
	out->entry.extended = out->extended;
	out->entry.extended_count = count;
	return 0;
}

static int add_bytes(struct told *out, const struct oci_rootfs_entry *e,
		     struct oci_error *err)
{
	size_t size = (size_t)e->kept->size, got = 1;
	int rc = 0;

	out->data = malloc(size + 1);
	if (!out->data)
		return oci_fail_nomem(err);
	while (!rc && got) {
		rc = oci_rootfs_read(&got, out->data + out->bytes.size,
				     size - out->bytes.size, out->bytes.size, e,
				     err);
		out->bytes.size += rc ? 0 : got;
	}
	out->bytes.data = out->data;
	return rc;
}

static int describe(struct told *out, const struct oci_diff_file *file,
		    bool content, struct oci_error *err)
{
	const struct oci_rootfs_entry *e = file->entry;
	int rc;

	*out = (struct told){ 0 };
	if (!e)
		return 0;
	oci_rootfs_describe(&out->entry, e);
	if (file->link)
		out->entry.target = file->link;
	rc = add_extended(out, e->xattrs, err);
	if (!rc && content && e->type == OCI_ENTRY_FILE && e->kept)
		rc = add_bytes(out, e, err);
	return rc;
}

static void release(struct told *told)
{
	free(told->extended);
	free(told->data);
}

static int tell(const struct oci_diff_file *a, const struct oci_diff_file *b,
		unsigned aspects, const struct oci_diff_options *options,
		struct oci_error *err)
{
	bool content = !a->entry || !b->entry ||
		       aspects & (OCI_ASPECT_CONTENT | OCI_ASPECT_TYPE);
	struct told left, right = { 0 };
	const struct oci_entry *first = a->entry ? &left.entry : NULL;
	const struct oci_entry *second = b->entry ? &right.entry : NULL;
	int rc = describe(&left, a, content, err);

	if (!rc)
		rc = describe(&right, b, content, err);
	if (!rc && (left.data || right.data))
		rc = options->content(options->data, first, &left.bytes, second,
				      &right.bytes, err);
	if (!rc && options->file)
		rc = options->file(options->data, first, second, aspects, err);
	release(&right);
	release(&left);
	return rc;
}

int oci_diff_report_file(struct oci_diff *out, const struct oci_diff_file *a,
			 const struct oci_diff_file *b, unsigned aspects,
			 const struct oci_diff_options *options,
			 struct oci_error *err)
{
	if (!a->entry)
		out->added++;
	else if (!b->entry)
		out->removed++;
	else if (aspects == OCI_ASPECT_TIME)
		out->times++;
	else
		out->changed++;
	return options->file || options->content
		       ? tell(a, b, aspects, options, err)
		       : 0;
}
