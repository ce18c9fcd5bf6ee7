/* SPDX-License-Identifier: Apache-2.0 */
/* The output of inspect. */
#include "inspect.h"

#include <string.h>

static void print_line(FILE *out, const char *title, const char *text)
{
	if (text && *text)
		say(out, "%-13s %s\n", title, text);
}

static void print_list(FILE *out, const char *title,
		       const struct oci_strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_line(out, i ? "" : title, list->items[i]);
}

static void print_argv(FILE *out, const char *title,
		       const struct oci_strings *list)
{
	if (!list->count)
		return;
	say(out, "%-14s[", title);
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			say(out, ", ");
		say_json(out, list->items[i]);
	}
	say(out, "]\n");
}

static void print_pairs(FILE *out, const char *title,
			const struct oci_pairs *map)
{
	for (size_t i = 0; i < map->count; i++)
		say(out, "%-14s%s = %s\n", i ? "" : title, map->items[i].key,
		    map->items[i].value);
}

/* The name of an artifact's file, or the history entry of a layer, which is
 * found by the layer's number. */
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

static void print_layers(FILE *out, const struct inspect_image *image)
{
	const struct oci_descriptors *layers = &image->manifest.layers;
	char size[SIZE_TEXT];

	for (size_t i = 0; i < layers->count; i++) {
		format_size(size, layers->items[i].size);
		say(out, "%-14s%8s  %.19s  %s\n", i ? "" : "Layers:", size,
		    layers->items[i].digest.text, layer_name(image, i));
	}
}

static uint64_t total_size(const struct inspect_image *image)
{
	uint64_t size = image->descriptor.size + image->manifest.config.size;

	for (size_t i = 0; i < image->manifest.layers.count; i++)
		size += image->manifest.layers.items[i].size;
	return size;
}

static void print_config(FILE *out, const struct oci_config *config)
{
	print_line(out, "Created:", config->created);
	print_line(out, "Author:", config->author);
	print_line(out, "User:", config->user);
	print_argv(out, "Entrypoint:", &config->entrypoint);
	print_argv(out, "Cmd:", &config->cmd);
	print_line(out, "Working dir:", config->working_dir);
	print_list(out, "Env:", &config->env);
	print_list(out, "Ports:", &config->exposed_ports);
	print_list(out, "Volumes:", &config->volumes);
	print_line(out, "Stop signal:", config->stop_signal);
	print_argv(out, "Healthcheck:", &config->healthcheck.test);
	print_pairs(out, "Labels:", &config->labels);
}

/* The platform of an image: of its config, or of the index if the image is
 * absent. False if neither has one. */
static bool find_platform(char out[OCI_PLATFORM_TEXT],
			  const struct inspect_image *image)
{
	const struct oci_descriptor *d = &image->descriptor;

	oci_platform_format(out, image->manifest_json ? &image->config.platform
						      : &d->platform);
	return image->config_json || (!image->manifest_json && d->has_platform);
}

static void print_text(FILE *out, const struct inspect_image *image,
		       bool nested)
{
	char platform[OCI_PLATFORM_TEXT], size[SIZE_TEXT];

	if (nested)
		say(out, "\n");
	if (find_platform(platform, image))
		print_line(out, "Platform:", platform);
	if (nested)
		print_line(out, "Digest:", image->descriptor.digest.text);
	if (!image->manifest_json) {
		print_line(out, "Content:", "not here: the index names it");
		return;
	}
	if (image->listed > 1)
		say(out, "%-13s %zu times\n", "Listed:", image->listed);
	format_size(size, total_size(image));
	print_line(out, "Size:", size);
	print_line(out, "Artifact type:", image->manifest.artifact_type);
	print_layers(out, image);
	print_config(out, &image->config);
	print_pairs(out, "Annotations:", &image->manifest.annotations);
}

static void print_names(const struct inspect *in)
{
	const struct oci_descriptors *names = oci_store_names(in->from.store);
	bool first = true;

	for (size_t i = 0; i < names->count; i++) {
		const struct oci_descriptor *d = &names->items[i];

		if (!image_entry_name(d) ||
		    !oci_digest_equal(&d->digest, &in->from.image.digest))
			continue;
		print_line(in->out, first ? "Name:" : "", image_entry_name(d));
		first = false;
	}
}

static void print_member(FILE *out, const char *name, const char *text)
{
	say(out, "\"%s\":", name);
	say_json(out, text);
}

static void print_json(FILE *out, const struct inspect_image *image)
{
	char platform[OCI_PLATFORM_TEXT];

	say(out, "{");
	print_member(out, "digest", image->descriptor.digest.text);
	if (find_platform(platform, image)) {
		say(out, ",");
		print_member(out, "platform", platform);
	}
	if (!image->manifest_json) {
		say(out, ",\"absent\":true}");
		return;
	}
	say(out, ",\"size\":%llu,\"manifest\":",
	    (unsigned long long)total_size(image));
	say_json_document(out, image->manifest_json);
	say(out, ",\"config\":");
	say_json_document(out, image->config_json ? image->config_json :
						    "null");
	say(out, "}");
}

static void print_names_json(const struct inspect *in)
{
	const struct oci_descriptors *names = oci_store_names(in->from.store);
	bool first = true;

	say(in->out, ",\"names\":[");
	for (size_t i = 0; i < names->count; i++) {
		const struct oci_descriptor *d = &names->items[i];

		if (!image_entry_name(d) ||
		    !oci_digest_equal(&d->digest, &in->from.image.digest))
			continue;
		if (!first)
			say(in->out, ",");
		say_json(in->out, image_entry_name(d));
		first = false;
	}
	say(in->out, "]");
}

void inspect_print_head(const struct inspect *in)
{
	const struct oci_descriptor *d = &in->from.image;

	if (in->as_json) {
		say(in->out, "{");
		print_member(in->out, "digest", d->digest.text);
		say(in->out, ",");
		print_member(in->out, "mediaType", d->media_type);
		print_names_json(in);
		say(in->out, ",\"document\":");
		say_json_document(in->out, in->json);
		say(in->out, ",\"images\":[");
		return;
	}
	print_names(in);
	print_line(in->out, "Digest:", d->digest.text);
	print_line(in->out, "Type:", d->media_type);
	print_pairs(in->out, "Annotations:", &in->index.annotations);
}

void inspect_print_image(const struct inspect *in,
			 const struct inspect_image *image)
{
	if (!in->as_json) {
		print_text(in->out, image,
			   oci_media_is_index(in->from.image.media_type));
		return;
	}
	if (in->count)
		say(in->out, ",");
	print_json(in->out, image);
}

void inspect_print_tail(const struct inspect *in)
{
	if (in->as_json)
		say(in->out, "]}\n");
}
