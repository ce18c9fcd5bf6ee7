/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON object of one image in a report. */
#include "report.h"

#include <stdlib.h>

void report_image_release(struct report_image *image)
{
	for (size_t i = 0; i < image->count; i++)
		free(image->items[i].path);
	free(image->items);
	free(image->manifest);
	free(image->config);
	packages_release(&image->packages);
	findings_release(&image->findings);
	files_release(&image->files);
	*image = (struct report_image){ 0 };
}

static void say_member(FILE *out, const char *name, const char *text)
{
	say(out, ",\"%s\":", name);
	say_json(out, text ? text : "");
}

/* Sums over the files of a layer; layer 0: of all. */
struct sums {
	uint64_t bytes, hidden;
	size_t count, visible;
};

static struct sums sum_up(const struct report_image *image, unsigned layer)
{
	struct sums sums = { 0 };

	for (size_t i = 0; i < image->count; i++) {
		const struct report_file *file = &image->items[i];

		if (layer && file->layer != layer)
			continue;
		sums.count++;
		sums.bytes += file->size;
		sums.visible += !file->by;
		sums.hidden += file->by ? file->size : 0;
	}
	return sums;
}

static void say_layers(FILE *out, const struct report_image *image, bool whole)
{
	const struct oci_image_documents *docs = &image->files.image;
	const struct oci_descriptors *layers = &docs->manifest.layers;

	say(out, ",\"layers\":[");
	for (size_t i = 0; i < layers->count; i++) {
		const struct oci_descriptor *d = &layers->items[i];

		say(out, "%s{\"size\":%llu", i ? "," : "",
		    (unsigned long long)d->size);
		say_member(out, "digest", d->digest.text);
		say_member(out, "mediaType", d->media_type);
		if (i < docs->config.diff_id_count)
			say_member(out, "diffId",
				   docs->config.diff_ids[i].text);
		if (whole) {
			struct sums sums = sum_up(image, (unsigned)i + 1);

			say(out,
			    ",\"bytes\":%llu,\"files\":%zu,\"hidden\":%llu",
			    (unsigned long long)sums.bytes, sums.count,
			    (unsigned long long)sums.hidden);
		}
		say(out, "}");
	}
	say(out, "]");
}

static int say_trees(FILE *out, const struct report_image *image,
		     struct oci_error *err)
{
	size_t layers = image->files.image.manifest.layers.count;
	bool ok;
	uint64_t least = report_least_size(image, &ok);

	if (!ok)
		return fail_nomem(err);
	say(out, ",\n\"trees\":[");
	for (size_t i = 0; i < layers; i++) {
		say(out, "%s\n", i ? "," : "");
		report_say_tree(out, image, (unsigned)i + 1, least);
	}
	say(out, "]");
	return 0;
}

static void say_packages(FILE *out, const struct packages *list)
{
	say(out, ",\n\"packages\":[");
	for (size_t i = 0; i < list->count; i++) {
		const struct package *package = &list->items[i];

		say(out, "%s[", i ? "," : "");
		say_json(out, package->name);
		say(out, ",");
		say_json(out, package->version);
		say(out, ",");
		say_json(out, package->architecture);
		say(out, ",%llu,\"%s\"]", (unsigned long long)package->bytes,
		    package->database);
	}
	say(out, "]");
}

static void say_findings(FILE *out, const struct findings *all)
{
	static const char *const levels[] = { "off", "note", "warning",
					      "error" };

	say(out, ",\n\"findings\":[");
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->items[i];

		say(out, "%s{\"level\":\"%s\",\"layer\":%u", i ? "," : "",
		    levels[f->level], f->layer);
		say_member(out, "rule", f->rule->name);
		say_member(out, "path", f->path);
		say_member(out, "message", f->message);
		say_member(out, "why", f->rule->why);
		say_member(out, "remedy", f->remedy);
		say(out, "}");
	}
	say(out, "]");
}

static uint64_t total_size(const struct oci_image_documents *docs)
{
	uint64_t size = docs->descriptor.size + docs->manifest.config.size;

	for (size_t i = 0; i < docs->manifest.layers.count; i++)
		size += docs->manifest.layers.items[i].size;
	return size;
}

static int say_contents(FILE *out, const struct report_image *image,
			struct oci_error *err)
{
	struct sums all = sum_up(image, 0);
	int rc;

	say(out, ",\"bytes\":%llu,\"files\":%zu",
	    (unsigned long long)(all.bytes - all.hidden), all.visible);
	say_packages(out, &image->packages);
	say_findings(out, &image->findings);
	say(out, ",\n");
	rc = report_say_waste(out, image, err);
	return rc ? rc : say_trees(out, image, err);
}

int report_say_image(FILE *out, const struct report_image *image, bool whole,
		     struct oci_error *err)
{
	const struct oci_image_documents *docs = &image->files.image;
	char platform[OCI_PLATFORM_TEXT];
	int rc = 0;

	oci_platform_format(platform, &docs->config.platform);
	say(out, "{\"name\":");
	say_json(out, image->name);
	say_member(out, "digest", docs->descriptor.digest.text);
	say_member(out, "mediaType", docs->descriptor.media_type);
	say_member(out, "platform", platform);
	say_member(out, "configDigest", docs->manifest.config.digest.text);
	say(out, ",\"size\":%llu", (unsigned long long)total_size(docs));
	say_layers(out, image, whole);
	if (whole)
		rc = say_contents(out, image, err);
	say(out, ",\n\"manifest\":");
	say_json(out, image->manifest);
	say(out, ",\n\"config\":");
	say_json(out, image->config);
	say(out, "}");
	return rc;
}
