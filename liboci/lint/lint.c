/* SPDX-License-Identifier: Apache-2.0 */
/* Lints an image: one root file system, or all images of a store. */
#include "lint/lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "image/rootfs.h"
#include "layer/rootfs.h"
#include "store/documents.h"
#include "store/images.h"
#include "store/walk.h"

static oci_lint_check_fn *const checks[] = {
	oci_lint_entrypoint,   oci_lint_buildkit, oci_lint_accounts,
	oci_lint_elf,	       oci_lint_paths,	  oci_lint_secrets,
	oci_lint_certificates, oci_lint_health,	  oci_lint_size,
	oci_lint_duplicates,
};

int oci_lint_check(struct oci_lint_result *result,
		   const struct oci_lint_subject *subject,
		   const struct oci_lint_options *options,
		   struct oci_error *err)
{
	static const struct oci_lint_options usual = OCI_LINT_OPTIONS_INIT;
	static const struct oci_lint_subject nothing = { 0 };
	struct oci_lint_options o;
	struct oci_lint_subject own;
	struct oci_lint lint = {
		.subject = &own,
		.options = &o,
		.result = result,
	};
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	oci_options_read(&own, sizeof(own), &nothing, subject);
	rc = oci_rootfs_sort(&lint.entries, &lint.count, own.rootfs, "",
			     true, err);
	lint.watch.cancelled = lint.options->cancelled;
	result->images++;
	oci_platform_format(lint.platform, &own.config->platform);
	for (size_t i = 0; !rc && i < sizeof(checks) / sizeof(checks[0]); i++) {
		rc = oci_watch_check(&lint.watch, err);
		if (!rc)
			rc = checks[i](&lint, err);
	}
	free(lint.entries);
	return rc;
}

/* An image of a store, while it is checked. */
struct reading {
	struct oci_store *store;
	const struct oci_lint_options *options;
	struct oci_lint_result *result;
	struct oci_walk walk;		/* of documents */
	struct oci_walk layers;
	struct oci_watch watch;
};

/* A layer is read again for each image that has it, but counts once against the
 * limit of inflated bytes. */
static int check_image_files(struct reading *r,
			     const struct oci_image_documents *image,
			     struct oci_error *err)
{
	struct oci_lint_subject subject = {
		.config = &image->config,
		.layers = &image->manifest.layers,
	};
	struct oci_rootfs *rootfs;
	int rc = oci_rootfs_new(&rootfs, err);

	if (!rc)
		rc = oci_rootfs_keep_lint_files(rootfs, r->options->temp_dir,
						err);
	if (!rc)
		rc = oci_rootfs_apply_layers(rootfs, r->store, subject.layers,
					     &r->watch, &r->layers, err);
	subject.rootfs = rootfs;
	if (!rc)
		rc = oci_lint_check(r->result, &subject, r->options, err);
	oci_rootfs_free(rootfs);
	return rc;
}

/* *absent: in, whether the manifest may be missing; out, whether it is. */
static int check_manifest(bool *absent, struct reading *r,
			  const struct oci_descriptor *d, struct oci_error *err)
{
	struct oci_image_documents image;
	struct oci_error why;
	bool is_image;
	int rc = oci_documents_read(&image, &is_image, r->store, d, &r->walk,
				    &why);

	*absent = *absent && rc == OCI_E_NOT_FOUND;
	if (rc && !*absent && err)
		*err = why;
	if (rc)
		return *absent ? 0 : rc;
	/* An artifact cannot run, so there is nothing to check. */
	if (is_image)
		rc = check_image_files(r, &image, err);
	oci_image_documents_release(&image);
	return rc;
}

static void report_absent(struct reading *r, const struct oci_descriptor *d)
{
	char platform[OCI_PLATFORM_TEXT];

	r->result->absent++;
	oci_platform_format(platform, &d->platform);
	if (r->options->absent)
		r->options->absent(r->options->data,
				   d->has_platform ? platform : NULL,
				   &d->digest);
}

/* Docker saves an index without the platforms that it does not have; the others
 * are checked. */
static int check_all(struct reading *r, const struct oci_descriptors *list,
		     struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];
		bool first, absent = list->count > 1;

		rc = oci_walk_first(&first, &r->walk, &d->digest, err);
		if (!rc && first)
			rc = check_manifest(&absent, r, d, err);
		if (!rc && first && absent)
			report_absent(r, d);
	}
	if (!rc && r->result->absent && !r->result->images)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "it has none of the images that its index names");
	return rc;
}

static int check_image(struct reading *r, const struct oci_descriptor *image,
		       struct oci_error *err)
{
	struct oci_descriptors list = { 0 };
	struct oci_descriptor chosen;
	bool absent = false;
	int rc;

	if (r->options->platform) {
		rc = oci_store_manifest(&chosen, r->store, image,
					r->options->platform, err);
		if (!rc)
			rc = check_manifest(&absent, r, &chosen, err);
		oci_descriptor_release(&chosen);
		return rc;
	}
	rc = oci_images_walk(&list, r->store, image, &r->walk, err);
	if (!rc)
		rc = check_all(r, &list, err);
	oci_descriptors_release(&list);
	return rc;
}

int oci_lint_image(struct oci_lint_result *result, struct oci_store *store,
		   const struct oci_descriptor *image,
		   const struct oci_lint_options *options,
		   struct oci_error *err)
{
	static const struct oci_lint_options usual = OCI_LINT_OPTIONS_INIT;
	struct oci_lint_options o;
	struct reading r = {
		.store = store,
		.options = &o,
		.result = result,
	};
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	r.watch.cancelled = r.options->cancelled;
	r.watch.max_inflated = r.options->max_inflated;
	r.walk.watch = &r.watch;
	rc = check_image(&r, image, err);
	oci_walk_release(&r.walk);
	oci_walk_release(&r.layers);
	return rc;
}
