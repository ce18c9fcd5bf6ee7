/* SPDX-License-Identifier: Apache-2.0 */
/* Bases that are images. The caller's open_base opens each of them once. */
#include "spec/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "layer/libarchive.h"

#define BASE_NAME "org.opencontainers.image.base.name"
#define BASE_DIGEST "org.opencontainers.image.base.digest"

void oci_pack_bases_release(struct oci_pack_base *open)
{
	while (open) {
		struct oci_pack_base *next = open->next;

		oci_descriptor_release(&open->image);
		oci_store_free(open->store);
		free(open);
		open = next;
	}
}

static int find(struct oci_pack_base **out, struct oci_pack_base **open,
		const char *text, const struct oci_pack_options *options,
		struct oci_error *err)
{
	struct oci_pack_base *base = *open;
	int rc;

	while (base && strcmp(base->text, text) != 0)
		base = base->next;
	*out = base;
	if (base)
		return 0;
	if (!options->open_base)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"this program cannot open base images");
	base = calloc(1, sizeof(*base));
	if (!base)
		return oci_fail_nomem(err);
	base->text = text;
	rc = options->open_base(options->base_data, &base->store, &base->image,
				text, err);
	if (rc) {
		free(base);
		return rc;
	}
	base->next = *open;
	*open = *out = base;
	return 0;
}

/* Adds the annotations of the base that the image specification defines, unless
 * the spec has them. The digest is that of the name, which is an index if the
 * base has several platforms, so that one can tell whether the name has moved.
 * annotations.md, "Pre-Defined Annotation Keys". */
static int annotate(struct oci_image *image, const char *text,
		    const struct oci_digest *digest, struct oci_error *err)
{
	struct oci_pairs *annotations = oci_image_annotations(image);
	struct oci_reference name;
	char full[OCI_REFERENCE_TEXT];
	int rc = oci_pairs_set(annotations, BASE_DIGEST, digest->text, err);

	if (rc || strncmp(text, "docker://", 9) != 0 ||
	    oci_reference_parse(&name, text + 9, NULL))
		return rc;
	name.digest.text[0] = '\0';
	oci_reference_canonical(full, &name);
	return oci_pairs_set(annotations, BASE_NAME, full, err);
}

/* The root file system below the layers depends on the library that read it. */
static int identify(struct oci_digest *out, const struct oci_digest *manifest,
		    struct oci_error *err)
{
	char text[OCI_DIGEST_TEXT + 128];
	const char *library;
	int rc = oci_libarchive_identify(&library, err);

	if (rc)
		return rc;
	snprintf(text, sizeof(text), "%s %s", manifest->text, library);
	return oci_digest_data(out, text, strlen(text), err);
}

int oci_pack_add_base(struct oci_digest *fingerprint, struct oci_packing *p,
		      struct oci_error *err)
{
	const struct oci_plan *plan = p->plan;
	struct oci_descriptor manifest = {0};
	struct oci_pack_base *base;
	int rc = find(&base, p->open, plan->base.text, p->options, err);

	if (!rc)
		rc = oci_store_manifest(&manifest, base->store, &base->image,
					&plan->platform, err);
	if (!rc)
		rc = oci_image_add_base(p->image, p->rootfs, p->store,
					base->store, &manifest, err);
	if (!rc)
		rc = annotate(p->image, plan->base.text, &base->image.digest,
			      err);
	if (!rc)
		rc = identify(fingerprint, &manifest.digest, err);
	oci_descriptor_release(&manifest);
	return rc ? oci_wrap(err, rc, "base '%s'", plan->base.text) : 0;
}

int oci_pack_base_common(struct oci_packing *p, struct oci_error *err)
{
	static const char *const keys[] = { BASE_NAME, BASE_DIGEST };
	const struct oci_pairs *image = oci_image_annotations(p->image);
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = oci_pairs_get(image, keys[i]);
		const char *before = oci_pairs_get(&p->base, keys[i]);

		if (!p->begun && value)
			rc = oci_pairs_set(&p->base, keys[i], value, err);
		else if (before && (!value || strcmp(before, value) != 0))
			oci_pairs_remove(&p->base, keys[i]);
	}
	p->begun = true;
	return rc;
}
