/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifacts: a manifest whose layers are unchanged files with names. OCI Image
 * Specification, manifest.md, "Guidelines for Artifact Usage".
 */
#include "spec/artifact.h"

#include <string.h>

#include "base/path.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
enum { NAME_MOST = 255 };	/* Linux' NAME_MAX */

#define FIELD(name) offsetof(struct oci_plan_file, name)

/* RFC 6838, section 4.2: a restricted name. */
static size_t name_size(const char *text)
{
	static const char first[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789";
	static const char rest[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789!#$&-^_.+";
	size_t size = *text && strchr(first, *text) ? strspn(text, rest) : 0;

	return size <= 127 ? size : 0;
}

bool oci_decode_media_type(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out)
{
	const char *text;
	size_t type;

	if (!oci_decode_word(d, node, &text))
		return false;
	type = name_size(text);
	if (!type || text[type] != '/' || !name_size(text + type + 1) ||
	    text[type + 1 + name_size(text + type + 1)])
		return oci_diagnose(d->report, node, "'%s' is '%s', expected a "
				    "media type such as "
				    "application/vnd.example.app", d->key,
				    text);
	*(const char **)out = text;
	return true;
}

/* A name becomes the name of a file when the artifact is unpacked. */
static bool decode_name(struct oci_decoder *d, const struct oci_yaml *node,
			void *out)
{
	const char *text;

	if (!oci_decode_word(d, node, &text))
		return false;
	if (strchr(text, '/') || strcmp(text, ".") == 0 ||
	    strcmp(text, "..") == 0)
		return oci_diagnose(d->report, node, "'%s' is '%s', expected "
				    "the name of a file, without folders",
				    d->key, text);
	*(const char **)out = text;
	return true;
}

static const struct oci_field file_fields[] = {
	{ "name", decode_name, FIELD(name), false },
	{ "from", oci_decode_word, FIELD(from), false },
	{ "content", oci_decode_bytes, FIELD(content), false },
	{ "type", oci_decode_media_type, FIELD(type), false },
};

static bool decode_file(struct oci_decoder *d, const struct oci_yaml *node,
			struct oci_plan_file *file)
{
	const struct oci_yaml *content;

	file->node = node;
	file->type = "application/octet-stream";
	file->position = oci_decode_origin(d, node);
	if (!oci_decode_mapping(d, node, "a file", file_fields,
				COUNT(file_fields), file) ||
	    !file->position)
		return false;
	content = oci_yaml_get(node, "content");
	if ((file->from == NULL) == (content == NULL))
		return oci_diagnose(d->report, node, "the file has %s, "
				    "expected one of 'from' and 'content'",
				    content ? "two sources" : "no source");
	if (content && !file->name)
		return oci_diagnose(d->report, node, "'content' has no "
				    "'name', expected one");
	return true;
}

bool oci_decode_files(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	struct oci_plan_files files = {0};
	bool good = true;

	if (node->type != OCI_YAML_SEQUENCE || node->count == 0)
		return oci_diagnose(d->report, node, "'%s' is %s, expected a "
				    "list of at least one file", d->key,
				    node->type == OCI_YAML_SEQUENCE ?
					    "empty" : oci_yaml_kind(node));
	files.items = oci_arena_alloc(d->arena,
				      node->count * sizeof(*files.items));
	if (!files.items)
		return oci_diagnose_nomem(d->report);
	for (size_t i = 0; i < node->count; i++) {
		struct oci_plan_file file = {0};

		if (decode_file(d, node->items[i], &file))
			files.items[files.count++] = file;
		else
			good = false;
	}
	*(struct oci_plan_files *)out = files;
	return good;
}

bool oci_artifact_check(struct oci_decoder *d, const struct oci_yaml *root)
{
	static const char *const of_images[] = {
		"base", "layers", "config", "lint",
	};
	bool artifact = oci_yaml_get(root, "artifact") != NULL, good = true;

	if (artifact != (oci_yaml_get(root, "files") != NULL))
		return oci_diagnose(d->report, root, "the spec has '%s' "
				    "without '%s', expected both",
				    artifact ? "artifact" : "files",
				    artifact ? "files" : "artifact");
	for (size_t i = 0; artifact && i < COUNT(of_images); i++) {
		const struct oci_yaml *node = oci_yaml_get(root, of_images[i]);

		if (node)
			good = oci_diagnose(d->report, node, "'%s' is for "
					    "images, expected none with "
					    "'artifact'", of_images[i]);
	}
	return good;
}

const char *oci_artifact_name(const struct oci_plan_file *file, size_t input)
{
	return file->name ? file->name :
			    oci_path_name(file->inputs.items[input].path);
}

static size_t blobs_of(const struct oci_plan_file *file)
{
	return file->from ? file->inputs.count : 1;
}

/* Returns whether any file system and terminal can handle the name. */
static bool is_plain(const char *name)
{
	size_t size = 0;

	for (; name[size]; size++)
		if ((unsigned char)name[size] < ' ' || name[size] == 0x7f)
			return false;
	return size <= NAME_MOST;
}

bool oci_artifact_check_names(struct oci_diagnostics *report,
			      const struct oci_plan_files *files)
{
	struct oci_table seen = {0};
	bool good = true;

	for (size_t i = 0; i < files->count; i++) {
		struct oci_plan_file *file = &files->items[i];

		for (size_t j = 0; good && j < blobs_of(file); j++) {
			const char *name = oci_artifact_name(file, j);

			if (!is_plain(name))
				good = oci_diagnose(report, file->node, "a "
						    "file's name has control "
						    "characters, or more than "
						    "%d bytes, expected a "
						    "'name'", NAME_MOST);
			else if (oci_table_get(&seen, name, strlen(name)))
				good = oci_diagnose(report, file->node, "two "
						    "files are called '%.200s'"
						    ", expected a 'name' for "
						    "one of them", name);
			else if (oci_table_set(&seen, name, strlen(name),
					       file, NULL))
				good = oci_diagnose_nomem(report);
		}
	}
	oci_table_release(&seen);
	return good;
}
