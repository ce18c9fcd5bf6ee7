/* SPDX-License-Identifier: Apache-2.0 */
#include "rebuild.h"

#include <stdlib.h>

#include "diff.h"

struct rebuild {
	struct rebuild_options *options;
	struct oci_spec *spec;
	struct oci_registry *registry; /* of bases */
	struct oci_store *store;
	struct oci_descriptor image;
	int64_t epoch;
};

static int open_spec(struct rebuild *r, struct oci_error *err)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;

	options.folder = r->options->folder;
	options.vars = &r->options->vars;
	options.platforms = r->options->platforms.items;
	options.platform_count = r->options->platforms.count;
	return oci_spec_open(&r->spec, r->options->spec, &options, err);
}

/* Layers of the cache are not used: they would prove nothing. */
static int pack(struct rebuild *r, struct oci_error *err)
{
	struct oci_pack_options options = OCI_PACK_OPTIONS_INIT;
	int rc = image_open_scratch(&r->store, err);

	if (rc)
		return rc;
	options.epoch = r->epoch;
	options.open_base = bases_open_image;
	options.base_data = &r->options->bases;
	options.temp_dir = temp_dir();
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	options.compression = r->options->compression.kind;
	options.level = r->options->compression.level;
	options.progress = progress_record;
	return oci_spec_pack(&r->image, r->spec, r->store, &options, err);
}

static void say_sides(const struct rebuild *r,
		      const struct oci_platform *platform)
{
	char text[OCI_PLATFORM_TEXT];
	size_t count;

	oci_spec_platforms(r->spec, &count);
	say(stdout, "A is what %s gives", r->options->spec);
	if (count > 1) {
		oci_platform_format(text, platform);
		say(stdout, " for %s", text);
	}
	say(stdout, ", B is the image: ");
}

/* Prints what differs between two images of a platform; NULL: of any. Sets
 * *told if something does. */
static int explain_one(bool *told, const struct rebuild *r,
		       const struct opened *image,
		       const struct oci_platform *platform,
		       struct oci_error *err)
{
	struct oci_image_documents a, b;
	struct diff_report diff = { 0 };
	int rc = oci_image_open(&a, r->store, &r->image, platform, err);

	if (rc)
		return rc;
	rc = oci_image_open(&b, image->store, &image->image, platform, err);
	if (rc) {
		oci_image_documents_release(&a);
		return rc;
	}
	rc = diff_read(&diff, &(struct diff_side){ r->store, &a },
		       &(struct diff_side){ image->store, &b }, err);
	if (!rc && !diff.result.manifest) {
		*told = true;
		say_sides(r, platform);
		rc = diff_print(stdout, &diff, &a, &b, err);
	}
	diff_close(&diff);
	oci_image_documents_release(&a);
	oci_image_documents_release(&b);
	return rc;
}

/* A platform that the image does not have is told by its error. */
static int explain_all(const struct rebuild *r, const struct opened *image,
		       struct oci_error *err)
{
	const struct oci_platform *platforms;
	size_t count;
	bool told = false;
	int rc = 0;

	platforms = oci_spec_platforms(r->spec, &count);
	if (!count)
		return explain_one(&told, r, image, NULL, err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = explain_one(&told, r, image, &platforms[i], err);
	if (!rc && !told)
		say(stdout, "the manifests are the same: only the index "
			    "around them differs\n");
	return rc;
}

static int pack_spec(struct rebuild *r, struct oci_error *err)
{
	int rc;

	if (!read_epoch(&r->epoch))
		return oci_error_set(err, OCI_E_INVALID,
				     "the date of the image is not known");
	rc = open_spec(r, err);
	if (!rc)
		rc = bases_open(&r->options->bases, r->options->spec, err);
	return rc ? rc : pack(r, err);
}

static void say_digests(const struct rebuild *r, const struct opened *image,
			oci_finding_fn *tell, void *data)
{
	char text[2 * OCI_DIGEST_TEXT + 300];

	snprintf(text, sizeof(text), "%.200s gives %s, the image is %s",
		 r->options->spec, r->image.digest.text,
		 image->image.digest.text);
	tell(data, text);
}

int rebuild(bool *differs, struct rebuild_options *options,
	    struct remote_options *remote, const struct opened *image,
	    oci_finding_fn *tell, void *data, bool explain,
	    struct oci_error *err)
{
	struct rebuild r = { .options = options };
	struct oci_error why;
	int rc;

	options->bases.remote = remote;
	options->bases.registry = &r.registry;
	rc = pack_spec(&r, err);
	progress_end(!rc);
	*differs = !rc &&
		   !oci_digest_equal(&r.image.digest, &image->image.digest);
	if (*differs)
		say_digests(&r, image, tell, data);
	if (*differs && explain && explain_all(&r, image, &why))
		say(stderr, "%s\n", why.message);
	oci_descriptor_release(&r.image);
	oci_store_free(r.store);
	oci_registry_free(r.registry);
	oci_spec_free(r.spec);
	return rc;
}

void rebuild_release(struct rebuild_options *options)
{
	bases_release(&options->bases);
	oci_pairs_release(&options->vars);
	free(options->platforms.items);
}

#define AT(member) offsetof(struct rebuild_options, member)

static const struct cli_option options[] = {
	{ "rebuild", 0, "SPEC",
	  "pack SPEC, without the layers of the cache, and compare the digest "
	  "of the image with the result",
	  AT(spec), NULL },
	{ "set", 0, "NAME=VALUE", "set a variable of the spec", AT(vars),
	  take_variable },
	{ "platform", 0, "P[,P]", "pack these platforms instead of the spec's",
	  AT(platforms), take_platforms },
	{ "compression", 0, "KIND", "as for build", AT(compression),
	  take_compression },
	{ "directory", 'C', "DIR",
	  "look for inputs in DIR instead of the folder of the spec",
	  AT(folder), NULL },
	{ 0 },
};

const struct option_group rebuild_options = { "Rebuilding", NULL, options };
