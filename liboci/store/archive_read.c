/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads image archives: OCI layouts here, and Docker's own in archive_docker.c.
 * Blobs are read in place.
 */
#include <oci/archive.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "document/archive.h"
#include "io/file.h"
#include "store/archive_docker.h"
#include "store/docker.h"
#include "store/members.h"
#include "store/store.h"

enum { INDEX_MAX = 20 * 1024 * 1024 }; /* containerd's limit */

struct archive_store {
	struct oci_store base;
	struct oci_members *members;
};

static const struct oci_member *find_blob(const struct archive_store *self,
					  const struct oci_digest *digest)
{
	char name[OCI_BLOB_PATH];

	oci_blob_path(name, digest);
	return oci_members_get(self->members, name);
}

static int archive_has(bool *out, struct oci_store *store,
		       const struct oci_digest *digest, struct oci_error *err)
{
	(void)err;
	*out = find_blob((struct archive_store *)store, digest) != NULL;
	return 0;
}

static int archive_open_blob(struct oci_source **out, struct oci_store *store,
			     const struct oci_descriptor *descriptor,
			     struct oci_error *err)
{
	struct archive_store *self = (struct archive_store *)store;
	const struct oci_member *member = find_blob(self, &descriptor->digest);

	if (!member)
		return oci_fail(err, OCI_E_NOT_FOUND,
				"the archive has no blob %s",
				descriptor->digest.text);
	return oci_source_open_range(out, self->members->fd, member->offset,
				     member->size, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct oci_member *const *)a)->name,
		      (*(const struct oci_member *const *)b)->name);
}

static int visit_member(const struct oci_member *member, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	struct oci_digest digest;
	char text[OCI_DIGEST_TEXT + 8];
	size_t size = strlen(member->name);

	if (strncmp(member->name, "blobs/", 6) != 0 || size >= sizeof(text))
		return 0;
	memcpy(text, member->name + 6, size - 5);
	text[strcspn(text, "/")] = ':';
	if (oci_digest_parse(&digest, text, NULL))
		return 0;
	return visit(data, &digest, member->size, err);
}

static int archive_blobs(struct oci_store *store, oci_blob_fn *visit,
			 void *data, struct oci_error *err)
{
	struct archive_store *self = (struct archive_store *)store;
	const struct oci_member **sorted = calloc(self->members->count + 1,
					      sizeof(*sorted));
	size_t n = 0;
	int rc = 0;

	if (!sorted)
		return oci_fail_nomem(err);
	for (struct oci_member *m = self->members->first; m; m = m->next)
		if (!m->symlink && !m->hardlink)
			sorted[n++] = m;
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; !rc && i < n; i++)
		rc = visit_member(sorted[i], visit, data, err);
	free(sorted);
	return rc;
}

static void archive_store_free(struct oci_store *store)
{
	struct archive_store *self = (struct archive_store *)store;

	oci_members_free(self->members);
	free(self);
}

struct check {
	void (*report)(void *data, const char *finding);
	void *data;
};

static void finding(const struct check *check, const char *fmt,
		    const char *name)
{
	struct oci_error text;

	oci_fail(&text, OCI_E_CORRUPT, "manifest.json: %s '%s'", fmt, name);
	check->report(check->data, text.message);
}

static void check_image(const struct archive_store *self,
			const struct oci_docker_image *image,
			const struct check *check)
{
	if (!oci_members_get(self->members, image->config))
		finding(check, "the archive has no config", image->config);
	for (size_t i = 0; i < image->layers.count; i++)
		if (!oci_members_get(self->members,
				     image->layers.items[i]))
			finding(check, "the archive has no layer",
				image->layers.items[i]);
	for (size_t i = 0; i < image->tags.count; i++) {
		struct oci_reference r;

		if (oci_reference_parse(&r, image->tags.items[i], NULL) ||
		    !r.tag[0])
			finding(check, "not a name with a tag:",
				image->tags.items[i]);
	}
}

/* Checks that the members in manifest.json exist. */
static int archive_check(struct oci_store *store,
			 void (*report)(void *data, const char *finding),
			 void *data, struct oci_error *err)
{
	struct archive_store *self = (struct archive_store *)store;
	const struct check check = { report, data };
	struct oci_docker_images images;
	struct oci_error why;
	char *text;
	size_t size;
	int rc;

	if (!oci_members_get(self->members, "manifest.json"))
		return 0;
	rc = oci_members_load(&text, &size, self->members, "manifest.json",
			      INDEX_MAX, err);
	if (rc)
		return rc;
	rc = oci_docker_images_parse(&images, text, size, &why);
	if (rc && rc != OCI_E_NOMEM)
		finding(&check, "cannot be read:", why.message);
	for (size_t i = 0; i < images.count; i++)
		check_image(self, &images.items[i], &check);
	oci_docker_images_release(&images);
	free(text);
	return rc == OCI_E_NOMEM ? oci_fail_nomem(err) : 0;
}

static int read_documents(struct archive_store *self, struct oci_error *err)
{
	const struct oci_members *members = self->members;
	char *text = NULL;
	size_t size;
	int rc = oci_members_load(&text, &size, members, OCI_LAYOUT_FILE,
				  INDEX_MAX, err);

	if (!rc)
		rc = oci_layout_check(text, size, err);
	free(text);
	text = NULL;
	if (!rc)
		rc = oci_members_load(&text, &size, members, "index.json",
				      INDEX_MAX, err);
	if (!rc)
		rc = oci_index_parse(&self->base.index, text, size, NULL, err);
	free(text);
	return rc;
}

/* Takes ownership of members, even on failure. */
static int open_oci(struct oci_store **out, struct oci_members *members,
		    struct oci_error *err)
{
	static const struct oci_store_ops ops = {
		.has = archive_has,
		.open = archive_open_blob,
		.blobs = archive_blobs,
		.check = archive_check,
		.free = archive_store_free,
	};
	struct archive_store *self = calloc(1, sizeof(*self));
	int rc;

	if (!self) {
		oci_members_free(members);
		return oci_fail_nomem(err);
	}
	self->base.ops = &ops;
	self->members = members;
	rc = read_documents(self, err);
	if (rc)
		oci_store_free(&self->base);
	else
		*out = &self->base;
	return rc;
}

int oci_archive_open(struct oci_store **out, const char *path,
		     const struct oci_archive_options *options,
		     struct oci_error *err)
{
	static const struct oci_archive_options usual =
		OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_archive_options o;
	struct oci_watch watch = { 0 };
	struct oci_members *members;
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	watch.cancelled = o.cancelled;
	watch.max_inflated = o.max_inflated;
	rc = oci_members_open(&members, path, o.temp_dir, &watch, err);
	*out = NULL;
	if (rc)
		return oci_wrap(err, rc, "'%s'", path);
	if (oci_members_get(members, OCI_LAYOUT_FILE)) {
		rc = open_oci(out, members, err);
	} else if (oci_members_get(members, "manifest.json")) {
		rc = oci_docker_archive_open(out, members, err);
	} else {
		oci_members_free(members);
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "not an image archive: it "
			      "has no oci-layout and no manifest.json; "
			      "a spec packs a tar of files with 'archive: "
			      "FILE'");
	}
	return rc ? oci_wrap(err, rc, "'%s'", path) : 0;
}
