/* SPDX-License-Identifier: Apache-2.0 */
/* The output of inspect. */
#include "inspect.h"

#include <string.h>

static const char *name_of(const struct oci_descriptor *d)
{
	const char *name = oci_pairs_get(&d->annotations,
					 OCI_ANNOTATION_IMAGE_NAME);

	return name ? name : oci_pairs_get(&d->annotations,
					   OCI_ANNOTATION_REF_NAME);
}

static void print_line(const char *title, const char *text)
{
	if (!text || !*text)
		return;
	printf("%-13s ", title);
	print_plain(stdout, text);
	putchar('\n');
}

static void print_list(const char *title, const struct oci_strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_line(i ? "" : title, list->items[i]);
}

static void print_argv(const char *title, const struct oci_strings *list)
{
	if (!list->count)
		return;
	printf("%-14s[", title);
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			fputs(", ", stdout);
		print_json_text(stdout, list->items[i]);
	}
	puts("]");
}

static void print_pairs(const char *title, const struct oci_pairs *map)
{
	for (size_t i = 0; i < map->count; i++) {
		printf("%-14s", i ? "" : title);
		print_plain(stdout, map->items[i].key);
		fputs(" = ", stdout);
		print_plain(stdout, map->items[i].value);
		putchar('\n');
	}
}

/* A file's name, in an artifact; else the history entry of the layer: that
 * of its number. */
static const char *layer_name(const struct inspect_image *image, size_t layer)
{
	static const char ours[] = "oci-pack layer";
	const struct oci_config *config = &image->config;
	const char *text = oci_pairs_get(
		&image->manifest.layers.items[layer].annotations,
		"org.opencontainers.image.title");

	if (text)
		return text;

	for (size_t i = 0; i < config->history_count; i++) {
		if (config->history[i].empty_layer || layer--)
			continue;
		text = config->history[i].created_by;
		if (text && strncmp(text, ours, sizeof(ours) - 1) == 0)
			text += sizeof(ours) - 1 + (text[sizeof(ours) - 1] ==
						    ' ');
		return text ? text : "";
	}
	return "";
}

static void print_layers(const struct inspect_image *image)
{
	const struct oci_descriptors *layers = &image->manifest.layers;
	char size[SIZE_TEXT];

	for (size_t i = 0; i < layers->count; i++) {
		format_size(size, layers->items[i].size);
		printf("%-14s%8s  %.19s  ", i ? "" : "Layers:", size,
		       layers->items[i].digest.text);
		print_plain(stdout, layer_name(image, i));
		putchar('\n');
	}
}

static uint64_t total_size(const struct inspect_image *image)
{
	uint64_t size = image->descriptor.size + image->manifest.config.size;

	for (size_t i = 0; i < image->manifest.layers.count; i++)
		size += image->manifest.layers.items[i].size;
	return size;
}

static void print_config(const struct oci_config *config)
{
	print_line("Created:", config->created);
	print_line("Author:", config->author);
	print_line("User:", config->user);
	print_argv("Entrypoint:", &config->entrypoint);
	print_argv("Cmd:", &config->cmd);
	print_line("Working dir:", config->working_dir);
	print_list("Env:", &config->env);
	print_list("Ports:", &config->exposed_ports);
	print_list("Volumes:", &config->volumes);
	print_line("Stop signal:", config->stop_signal);
	print_argv("Healthcheck:", &config->healthcheck.test);
	print_pairs("Labels:", &config->labels);
}

static void print_image(const struct inspect_image *image, bool nested)
{
	char platform[OCI_PLATFORM_TEXT], size[SIZE_TEXT];

	if (nested)
		putchar('\n');
	oci_platform_format(platform, &image->config.platform);
	if (image->config_json)
		print_line("Platform:", platform);
	if (nested)
		print_line("Digest:", image->descriptor.digest.text);
	format_size(size, total_size(image));
	print_line("Size:", size);
	print_line("Artifact type:", image->manifest.artifact_type);
	print_layers(image);
	print_config(&image->config);
	print_pairs("Annotations:", &image->manifest.annotations);
}

static void print_names(const struct inspect *in)
{
	const struct oci_descriptors *names = oci_store_names(in->from.store);
	bool first = true;

	for (size_t i = 0; i < names->count; i++) {
		const struct oci_descriptor *d = &names->items[i];

		if (!name_of(d) || !oci_digest_equal(&d->digest,
						     &in->from.image.digest))
			continue;
		print_line(first ? "Name:" : "", name_of(d));
		first = false;
	}
}

void inspect_print_text(const struct inspect *in)
{
	bool index = oci_media_is_index(in->from.image.media_type);

	print_names(in);
	print_line("Digest:", in->from.image.digest.text);
	print_line("Type:", in->from.image.media_type);
	if (index)
		print_pairs("Annotations:", &in->index.annotations);
	for (size_t i = 0; i < in->count; i++)
		print_image(&in->images[i], index);
}

static void print_member(const char *name, const char *text)
{
	printf("\"%s\":", name);
	print_json_text(stdout, text);
}

static void print_image_json(const struct inspect_image *image)
{
	char platform[OCI_PLATFORM_TEXT];

	putchar('{');
	print_member("digest", image->descriptor.digest.text);
	if (image->config_json) {
		oci_platform_format(platform, &image->config.platform);
		putchar(',');
		print_member("platform", platform);
	}
	printf(",\"size\":%llu,\"manifest\":%s,\"config\":%s}",
	       (unsigned long long)total_size(image), image->manifest_json,
	       image->config_json ? image->config_json : "null");
}

static void print_names_json(const struct inspect *in)
{
	const struct oci_descriptors *names = oci_store_names(in->from.store);
	bool first = true;

	fputs(",\"names\":[", stdout);
	for (size_t i = 0; i < names->count; i++) {
		const struct oci_descriptor *d = &names->items[i];

		if (!name_of(d) || !oci_digest_equal(&d->digest,
						     &in->from.image.digest))
			continue;
		if (!first)
			putchar(',');
		print_json_text(stdout, name_of(d));
		first = false;
	}
	putchar(']');
}

void inspect_print_json(const struct inspect *in)
{
	putchar('{');
	print_member("digest", in->from.image.digest.text);
	putchar(',');
	print_member("mediaType", in->from.image.media_type);
	print_names_json(in);
	printf(",\"document\":%s,\"images\":[", in->json);
	for (size_t i = 0; i < in->count; i++) {
		if (i)
			putchar(',');
		print_image_json(&in->images[i]);
	}
	puts("]}");
}
