/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images whose mutated bytes have the right digests: verify, rootfs, diff, lint
 * and copy read them. The first byte chooses between an archive and a layout.
 */
#include "parts.h"
#include "sink.h"

static void check_finding(void *data, const struct oci_lint_finding *finding)
{
	(void)data;
	target_check(finding->message[0] && finding->rule);
}

/* A file stays below the folder that it is extracted to. */
static int check_file(void *data, const struct oci_entry *entry,
		      struct oci_source *content, struct oci_error *err)
{
	const char *part = entry->path, *end;
	char bytes[4096];
	size_t got = 1;
	int rc = 0;

	(void)data;
	for (; part; part = end ? end + 1 : NULL) {
		end = strchr(part, '/');
		target_check(*part && *part != '/' &&
			     strncmp(part, "./", 2) != 0 &&
			     strncmp(part, "../", 3) != 0 &&
			     strcmp(part, ".") != 0 && strcmp(part, "..") != 0);
	}
	while (content && got && !rc)
		rc = oci_source_read(&got, content, bytes, sizeof(bytes), err);
	return rc;
}

static void try_files(struct oci_store *store,
		      const struct oci_image_documents *image)
{
	struct oci_rootfs_options options = OCI_ROOTFS_OPTIONS_INIT;
	struct oci_rootfs *rootfs;
	struct oci_source *file;

	options.max_inflated = INFLATED_MAX;
	if (oci_image_rootfs(&rootfs, store, image, &options, NULL))
		return;
	oci_rootfs_extract(rootfs, "/", check_file, NULL, NULL);
	oci_rootfs_write_tar(rootfs, "/", sink_drop(), NULL);
	if (!oci_rootfs_open_file(&file, rootfs, "/etc/passwd", NULL)) {
		char bytes[64];
		size_t got;

		oci_source_read(&got, file, bytes, sizeof(bytes), NULL);
		oci_source_free(file);
	}
	oci_rootfs_free(rootfs);
	options.path = "/etc/passwd";
	if (!oci_image_rootfs(&rootfs, store, image, &options, NULL))
		oci_rootfs_free(rootfs);
}

static void try_copy(struct oci_store *store, const struct oci_descriptor *from)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_descriptor copied;
	struct oci_store *to;

	options.temp_dir = "/tmp";
	if (oci_archive_stream(&to, sink_drop(), &options, NULL))
		return;
	if (!oci_store_copy(&copied, to, store, from, NULL, NULL)) {
		oci_store_commit(to, NULL);
		oci_descriptor_release(&copied);
	}
	oci_store_free(to);
}

static void try_diff(struct oci_store *store, const struct oci_descriptor *a,
		     const struct oci_descriptor *b)
{
	struct oci_diff_options options = OCI_DIFF_OPTIONS_INIT;
	struct oci_image_documents first, second;
	struct oci_diff diff;

	options.max_inflated = INFLATED_MAX;
	options.temp_dir = "/tmp";
	if (oci_image_open(&first, store, a, NULL, NULL))
		return;
	if (!oci_image_open(&second, store, b, NULL, NULL)) {
		oci_image_diff(&diff, store, &first, store, &second, &options,
			       NULL);
		oci_image_documents_release(&second);
	}
	try_files(store, &first);
	oci_image_documents_release(&first);
}

static void try_store(struct oci_store *store)
{
	struct oci_verify_options verify = OCI_VERIFY_OPTIONS_INIT;
	struct oci_lint_options lint = OCI_LINT_OPTIONS_INIT;
	const struct oci_descriptors *names = oci_store_names(store);
	size_t findings;

	verify.max_inflated = lint.max_inflated = INFLATED_MAX;
	lint.temp_dir = "/tmp";
	lint.report = check_finding;
	oci_image_verify(&findings, store, &verify, NULL);
	for (size_t i = 0; i < names->count && i < 2; i++) {
		struct oci_lint_result result = { 0 };
		const struct oci_descriptor *image = &names->items[i];

		oci_lint_image(&result, store, image, &lint, NULL);
		try_diff(store, image, &names->items[names->count - 1]);
		try_copy(store, image);
	}
}

static void try_archive(const struct parts *parts)
{
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;
	struct oci_lint_result result = { 0 };
	struct oci_store *store;
	const char *path;

	if (!open_archive(&store, &path, parts)) {
		try_store(store);
		oci_store_free(store);
	}
	options.temp_dir = "/tmp";
	options.report = check_finding;
	options.max_inflated = INFLATED_MAX;
	oci_lint_archive(&result, path, &options, NULL, NULL, NULL);
}

static void try_layout(const struct parts *parts)
{
	struct oci_store *store;

	if (!open_layout(&store, parts)) {
		try_store(store);
		oci_store_free(store);
	}
	remove_layout(parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parts parts;

	if (!size)
		return 0;
	parts_read(&parts, data + 1, size - 1);
	if (data[0] % 2)
		try_layout(&parts);
	else
		try_archive(&parts);
	parts_release(&parts);
	return 0;
}
