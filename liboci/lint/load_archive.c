/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the small documents of an archive, if they exist. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/file.h"
#include "lint/load.h"
#include "store/docker.h"
#include "store/members.h"

enum { INDEX_MAX = 20 * 1024 * 1024 }; /* containerd's limit */

/* Returns NULL if a member is missing or too large. */
static char *load(size_t *size, const struct oci_load_archive *archive,
		  const char *name, size_t max)
{
	char *text = NULL;

	*size = 0;
	if (!oci_members_get(archive->members, name) ||
	    oci_members_load(&text, size, archive->members, name, max, NULL))
		return NULL;
	return text;
}

static void read_documents(struct oci_load_archive *out)
{
	size_t size;
	char *text = load(&size, out, OCI_LAYOUT_FILE, OCI_DOCUMENT_MAX);

	out->has_layout = text != NULL;
	out->layout_fits = text && !oci_layout_check(text, size, NULL);
	free(text);
	text = load(&size, out, "index.json", INDEX_MAX);
	out->has_index = text && !oci_index_parse(&out->index, text, size,
						  NULL, NULL);
	free(text);
	text = load(&size, out, "manifest.json", INDEX_MAX);
	out->has_docker = text && !oci_docker_images_parse(&out->docker, text,
							   size, NULL);
	free(text);
}

int oci_load_open(struct oci_load_archive *out, const char *path,
		  const struct oci_lint_options *options, struct oci_error *err)
{
	const struct oci_watch watch = {
		.cancelled = options->cancelled,
		.max_inflated = options->max_inflated,
	};
	int rc;

	*out = (struct oci_load_archive){0};
	rc = oci_members_open(&out->members, path, options->temp_dir, &watch,
			      err);
	if (!rc)
		read_documents(out);
	return rc;
}

void oci_load_release(struct oci_load_archive *archive)
{
	oci_index_release(&archive->index);
	oci_docker_images_release(&archive->docker);
	oci_members_free(archive->members);
}

bool oci_load_has(const struct oci_load_archive *archive, const char *name)
{
	const struct oci_member *member;

	return oci_members_find(&member, archive->members, name, NULL) == 0;
}

int oci_load_diff_ids(size_t *out, const struct oci_load_archive *archive,
		      const char *name)
{
	struct oci_config config;
	size_t size;
	char *text;
	int rc = oci_members_load(&text, &size, archive->members, name,
				  OCI_DOCUMENT_MAX, NULL);

	*out = 0;
	if (rc)
		return rc;
	rc = oci_config_parse(&config, text, size, NULL);
	free(text);
	if (rc)
		return rc;
	*out = config.diff_id_count;
	oci_config_release(&config);
	return 0;
}

bool oci_load_is_artifact(const struct oci_load_archive *archive,
			  const struct oci_descriptor *entry)
{
	struct oci_manifest manifest;
	char name[OCI_BLOB_PATH], *text;
	size_t size;
	bool artifact;

	if (!oci_media_is_manifest(entry->media_type))
		return false;
	oci_blob_path(name, &entry->digest);
	if (oci_members_load(&text, &size, archive->members, name,
			     OCI_DOCUMENT_MAX, NULL))
		return false;
	artifact = !oci_manifest_parse(&manifest, text, size, NULL, NULL) &&
		   !oci_media_is_config(manifest.config.media_type);
	free(text);
	oci_manifest_release(&manifest);
	return artifact;
}

bool oci_load_is_zstd(const struct oci_load_archive *archive, const char *name)
{
	static const unsigned char zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
	const struct oci_member *member;
	unsigned char magic[sizeof(zstd)];
	size_t got;

	return !oci_members_find(&member, archive->members, name, NULL) &&
	       member->size > sizeof(magic) &&
	       !oci_file_read_at(&got, archive->members->fd, magic,
				 sizeof(magic), member->offset, NULL) &&
	       got == sizeof(magic) && !memcmp(magic, zstd, sizeof(zstd));
}
