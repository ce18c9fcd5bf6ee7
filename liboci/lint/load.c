/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load-*: predicts the names under which programs load an archive. moby
 * image/tarexport/load.go; containerd archive/importer.go; containers' libimage
 * load.go and its docker-archive and oci-archive transports.
 */
#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "lint/load.h"

/* The inspection of one archive. */
struct inspection {
	struct oci_lint lint;
	oci_load_fn *tell;
	void *tell_data;
	struct oci_load_archive archive;
};

static void say(struct inspection *l, const char *program, const char *fmt, ...)
	OCI_PRINTF(3, 4);

static void say(struct inspection *l, const char *program, const char *fmt, ...)
{
	struct oci_error text;
	va_list args;

	va_start(args, fmt);
	oci_vfail(&text, OCI_OK, fmt, args);
	va_end(args);
	if (l->tell)
		l->tell(l->tell_data, program, text.message);
}

static void warn(struct inspection *l, const char *rule, const char *program,
		 const char *fmt, ...) OCI_PRINTF(4, 5);

static void warn(struct inspection *l, const char *rule, const char *program,
		 const char *fmt, ...)
{
	struct oci_error text;
	va_list args;

	va_start(args, fmt);
	oci_vfail(&text, OCI_OK, fmt, args);
	va_end(args);
	say(l, program, "%s", text.message);
	oci_lint_report(&l->lint, rule, NULL, "%s: %s", program,
			text.message);
}

static const char classic[] = "docker load, classic store";
static const char with_containerd[] = "docker load, containerd store";
static const char podman[] = "podman load";
static const char skopeo[] = "skopeo";
static const char ctr[] = "ctr image import";

/* Lists the names of each image of manifest.json. */
static void list_docker_names(struct inspection *l, const char *program)
{
	const struct oci_docker_images *images = &l->archive.docker;

	for (size_t i = 0; i < images->count; i++) {
		const struct oci_docker_image *image = &images->items[i];

		for (size_t j = 0; j < image->tags.count; j++)
			say(l, program, "%s", image->tags.items[j]);
		if (!image->tags.count)
			say(l, program, "an image without a name (config "
			     "%s)", image->config);
	}
}

/* moby's archive.DecompressStream reads zstd since version 23.0. */
static void warn_zstd(struct inspection *l)
{
	const struct oci_docker_images *images = &l->archive.docker;

	for (size_t i = 0; i < images->count; i++)
		for (size_t j = 0; j < images->items[i].layers.count; j++) {
			const char *name = images->items[i].layers.items[j];

			if (!oci_load_is_zstd(&l->archive, name))
				continue;
			warn(l, "load-docker", classic,
			     "an error, on engines "
			     "before 23.0: the layer '%s' is compressed with "
			     "zstd",
			     name);
			return; /* one finding is enough */
		}
}

static void inspect_classic(struct inspection *l)
{
	const struct oci_docker_images *images = &l->archive.docker;

	if (!l->archive.has_docker) {
		warn(l, "load-docker", classic, "nothing: it has no "
		     "manifest.json, and ends with \"no such file\"");
		return;
	}
	for (size_t i = 0; i < images->count; i++) {
		const struct oci_docker_image *image = &images->items[i];
		size_t diff_ids;

		if (oci_load_diff_ids(&diff_ids, &l->archive, image->config))
			warn(l, "load-docker", classic,
			     "an error: the config "
			     "'%s' is missing or cannot be read",
			     image->config);
		else if (diff_ids != image->layers.count)
			warn(l, "load-docker", classic, "an error: %zu layers, "
			     "and a config with %zu diff_ids",
			     image->layers.count, diff_ids);
		for (size_t j = 0; j < image->layers.count; j++)
			if (!oci_load_has(&l->archive,
					  image->layers.items[j]))
				warn(l, "load-docker", classic,
				     "an error: the "
				     "layer '%s' is missing",
				     image->layers.items[j]);
		for (size_t j = 0; j < image->tags.count; j++)
			if (strchr(image->tags.items[j], '@'))
				warn(l, "load-docker", classic, "an error: the "
				     "name '%s' has a digest, not a tag",
				     image->tags.items[j]);
	}
	list_docker_names(l, classic);
	if (!images->count)
		say(l, classic, "nothing: manifest.json names no image");
	warn_zstd(l);
}

static const char *annotation(const struct oci_descriptor *d, const char *key)
{
	return oci_pairs_get(&d->annotations, key);
}

/* Reports an artifact, which cannot run. */
static bool is_artifact(struct inspection *l, const char *program,
			const struct oci_descriptor *d)
{
	const char *name = annotation(d, OCI_ANNOTATION_IMAGE_NAME);

	if (!oci_load_is_artifact(&l->archive, d))
		return false;
	name = name ? name : annotation(d, OCI_ANNOTATION_REF_NAME);
	say(l, program, "nothing of %s: it is an artifact, not an image",
	    name ? name : d->digest.text);
	return true;
}

/* containerd's name is the full name, or else the annotation of the tag. */
static void list_containerd_names(struct inspection *l, const char *program)
{
	const struct oci_descriptors *list = &l->archive.index.manifests;

	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];
		const char *name = annotation(d, OCI_ANNOTATION_IMAGE_NAME);
		const char *tag = annotation(d, OCI_ANNOTATION_REF_NAME);

		if (is_artifact(l, program, d))
			continue;
		if (name)
			say(l, program, "%s", name);
		else if (tag && strpbrk(tag, "/:"))
			say(l, program, "%s", tag);
		else
			warn(l, "load-containerd", program, "an image without "
			     "a name (%s%s%.19s): no io.containerd.image.name",
			     tag ? tag : "", tag ? ", " : "", d->digest.text);
	}
}

static void inspect_containerd(struct inspection *l, const char *program)
{
	if (!l->archive.has_layout) {
		if (l->archive.has_docker)
			list_docker_names(l, program);
		else
			warn(l, "load-containerd", program, "nothing: it has "
			     "neither oci-layout nor manifest.json");
		return;
	}
	if (!l->archive.layout_fits)
		warn(l, "load-containerd", program, "an error: oci-layout is "
		     "not of version 1.0.0");
	else if (!l->archive.has_index)
		warn(l, "load-containerd", program, "an error: it has no "
		     "index.json that can be read");
	else
		list_containerd_names(l, program);
}

static void inspect_ctr(struct inspection *l)
{
	const struct oci_descriptors *list = &l->archive.index.manifests;

	inspect_containerd(l, ctr);
	for (size_t i = 0; l->archive.has_index && i < list->count; i++) {
		char platform[OCI_PLATFORM_TEXT];

		if (!list->items[i].has_platform)
			continue;
		oci_platform_format(platform, &list->items[i].platform);
		warn(l, "load-ctr", ctr, "nothing, on another machine than "
		     "%s: a descriptor in index.json names its platform",
		     platform);
	}
}

static void inspect_podman(struct inspection *l)
{
	size_t count = l->archive.index.manifests.count;

	if (l->archive.has_index && count == 1) {
		const struct oci_descriptor *d =
			&l->archive.index.manifests.items[0];
		const char *name = annotation(d, OCI_ANNOTATION_IMAGE_NAME);

		name = name ? name : annotation(d, OCI_ANNOTATION_REF_NAME);
		if (!is_artifact(l, podman, d))
			say(l, podman, "%s",
			    name ? name : "an image without a name");
	} else if (l->archive.has_docker) {
		list_docker_names(l, podman);
	} else {
		warn(l, "load-podman", podman,
		     "nothing: index.json has %zu "
		     "descriptors, but Podman reads exactly one, and there is "
		     "no manifest.json",
		     count);
	}
}

static void inspect_skopeo(struct inspection *l)
{
	const struct oci_descriptors *list = &l->archive.index.manifests;
	size_t nameless = 0;

	for (size_t i = 0; l->archive.has_index && i < list->count; i++) {
		const char *tag =
			annotation(&list->items[i], OCI_ANNOTATION_REF_NAME);

		if (tag)
			say(l, skopeo, "oci-archive:FILE:%s", tag);
		else
			nameless++;
	}
	if (nameless == 1 && list->count == 1)
		say(l, skopeo, "oci-archive:FILE");
	else if (nameless)
		warn(l, "load-skopeo", skopeo, "%zu images of oci-archive:FILE "
		     "cannot be named: they have no "
		     "org.opencontainers.image.ref.name", nameless);
	if (!l->archive.has_docker)
		return;
	for (size_t i = 0; i < l->archive.docker.count; i++) {
		const struct oci_docker_image *image =
			&l->archive.docker.items[i];

		for (size_t j = 0; j < image->tags.count; j++)
			say(l, skopeo, "docker-archive:FILE:%s",
			     image->tags.items[j]);
	}
}

int oci_lint_archive(struct oci_lint_result *result, const char *path,
		     const struct oci_lint_options *options,
		     oci_load_fn *tell, void *data, struct oci_error *err)
{
	static const struct oci_lint_options usual = OCI_LINT_OPTIONS_INIT;
	static const struct oci_descriptors none;
	static const struct oci_lint_subject subject = { .layers = &none };
	struct oci_lint_options o;
	struct inspection l = {
		.lint = {
			.subject = &subject,
			.options = &o,
			.result = result,
			.platform = "any platform",
		},
		.tell = tell,
		.tell_data = data,
	};
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	rc = oci_load_open(&l.archive, path, l.lint.options, err);
	if (!rc) {
		inspect_classic(&l);
		inspect_containerd(&l, with_containerd);
		inspect_podman(&l);
		inspect_skopeo(&l);
		inspect_ctr(&l);
	}
	oci_load_release(&l.archive);
	return rc ? oci_wrap(err, rc, "'%s'", path) : 0;
}
