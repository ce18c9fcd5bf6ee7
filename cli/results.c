/* SPDX-License-Identifier: Apache-2.0 */
#include "results.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

bool results_wanted(const struct results *results)
{
	return results->json || results->metadata_path || results->iid_path;
}

/* Whether two paths are one name of one file. Devices may have several
 * writers. */
static bool is_same(const char *a, const char *b)
{
	const char *name_a = strrchr(a, '/'), *name_b = strrchr(b, '/');
	struct stat st;
	char *in_a, *in_b;
	bool same;

	if (strcmp(name_a ? name_a + 1 : a, name_b ? name_b + 1 : b) != 0 ||
	    (stat(a, &st) == 0 && !S_ISREG(st.st_mode)))
		return false;
	in_a = real_folder(a);
	in_b = real_folder(b);
	same = in_a && in_b && strcmp(in_a, in_b) == 0;
	free(in_a);
	free(in_b);
	return same;
}

static int refuse_same(const char *command, const char *option,
		       const char *path, const char *other)
{
	if (!path || !other || !is_same(path, other))
		return -1;
	return say_usage(command,
			 "%s names a file that another option writes: "
			 "'%s'",
			 option, path);
}

int results_check(const struct results *results, const char *command,
		  const char *output)
{
	const char *metadata = results->metadata_path;
	const char *id = results->iid_path;
	int status;

	if ((metadata && !*metadata) || (id && !*id))
		return say_usage(command, "%s needs the name of a file",
				 metadata && !*metadata ? "--metadata-file"
							: "--iidfile");
	status = refuse_same(command, "--metadata-file", metadata, output);
	if (status < 0)
		status = refuse_same(command, "--iidfile", id, output);
	return status < 0 ? refuse_same(command, "--iidfile", id, metadata)
			  : status;
}

/* The digest of the config, which Docker shows as the image's ID. */
static int find_config(struct result *result, struct oci_store *store,
		       struct oci_error *err)
{
	struct oci_manifest manifest;
	char *text;
	int rc;

	if (oci_media_is_index(result->image.media_type))
		return 0;
	rc = oci_store_read(&text, store, &result->image, err);
	if (rc)
		return rc;
	rc = oci_manifest_parse(&manifest, text, (size_t)result->image.size,
				result->image.media_type, err);
	free(text);
	if (rc)
		return rc;
	result->config = manifest.config.digest;
	oci_manifest_release(&manifest);
	return 0;
}

/* The name without a tag. */
static int add_repository(struct result *result, struct oci_reference name,
			  struct oci_error *err)
{
	char text[OCI_REFERENCE_TEXT];

	name.tag[0] = '\0';
	oci_reference_canonical(text, &name);
	return oci_strings_add(&result->names, text, err);
}

static int find_names(struct result *result, const struct oci_store *store,
		      const struct oci_reference *name, struct oci_error *err)
{
	const struct oci_descriptors *list = oci_store_names(store);
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		const struct oci_descriptor *entry = &list->items[i];
		const char *text = image_entry_name(entry);

		if (!text ||
		    !oci_digest_equal(&entry->digest, &result->image.digest))
			continue;
		rc = oci_strings_add(&result->names, text, err);
	}
	/* Pushed by its digest. */
	if (!rc && result->repository && !result->names.count)
		rc = add_repository(result, *name, err);
	return rc;
}

int results_add_to_sandbox(const struct results *results,
			   struct sandbox *sandbox, struct oci_error *err)
{
	int rc = sandbox_add_output(sandbox, results->metadata_path, err);

	return rc ? rc : sandbox_add_output(sandbox, results->iid_path, err);
}

int results_add(struct results *results, const char *destination,
		struct oci_store *store, struct oci_repository *repository,
		const struct oci_reference *name,
		const struct oci_descriptor *image, struct oci_error *err)
{
	struct result *result;
	int rc;

	if (!results_wanted(results))
		return 0;
	result = realloc(results->items,
			 (results->count + 1) * sizeof(*result));
	if (!result)
		return fail_nomem(err);
	results->items = result;
	result += results->count++;
	*result = (struct result){ .destination = destination,
				   .repository = repository };
	rc = oci_descriptor_copy(&result->image, image, err);
	if (!rc)
		rc = find_config(result, store, err);
	return rc ? rc : find_names(result, store, name, err);
}

static void say_descriptor(FILE *out, const struct oci_descriptor *image)
{
	say(out, "\"mediaType\": ");
	say_json(out, image->media_type);
	say(out, ", \"digest\": \"%s\", \"size\": %llu", image->digest.text,
	    (unsigned long long)image->size);
}

/* Whether no earlier destination has the name. */
static bool is_new(const struct results *results, size_t before,
		   const char *name)
{
	for (size_t i = 0; i < before; i++)
		for (size_t j = 0; j < results->items[i].names.count; j++)
			if (strcmp(results->items[i].names.items[j], name) == 0)
				return false;
	return true;
}

/* The names at all destinations, each once, separated by commas. */
static int say_all_names(FILE *out, const struct results *results,
			 struct oci_error *err)
{
	const char *comma = "";
	char *text = NULL;
	size_t size;
	FILE *list = open_memstream(&text, &size);
	int rc;

	for (size_t i = 0; list && i < results->count; i++) {
		const struct oci_strings *names = &results->items[i].names;

		for (size_t j = 0; j < names->count; j++) {
			if (!is_new(results, i, names->items[j]))
				continue;
			say(list, "%s%s", comma, names->items[j]);
			comma = ",";
		}
	}
	rc = say_end(list, &text, 0, err);
	if (!rc)
		say_json(out, text);
	free(text);
	return rc;
}

/* docker buildx, docs/reference/buildx_build.md, "--metadata-file". */
static int say_metadata(FILE *out, const struct results *results,
			struct oci_error *err)
{
	const struct result *first = &results->items[0];
	int rc;

	say(out, "{\n");
	if (first->config.text[0])
		say(out, "  \"containerimage.config.digest\": \"%s\",\n",
		    first->config.text);
	say(out, "  \"containerimage.descriptor\": {");
	say_descriptor(out, &first->image);
	say(out, "},\n  \"containerimage.digest\": \"%s\",\n"
		 "  \"image.name\": ",
	    first->image.digest.text);
	rc = say_all_names(out, results, err);
	say(out, "\n}\n");
	return rc;
}

static int say_id(FILE *out, const struct results *results,
		  struct oci_error *err)
{
	const struct result *first = &results->items[0];

	(void)err;
	say(out, "%s",
	    first->config.text[0] ? first->config.text
				  : first->image.digest.text);
	return 0;
}

/* Writes a file under its temporary name. */
static int prepare(struct oci_sink **file, const char *path,
		   int (*print)(FILE *out, const struct results *results,
				struct oci_error *err),
		   const struct results *results, struct oci_error *err)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int rc = out ? print(out, results, err) : fail_nomem(err);

	rc = say_end(out, &text, rc, err);
	if (!rc)
		rc = oci_sink_create_file(file, path, err);
	if (!rc)
		rc = oci_sink_write(*file, text, size, err);
	free(text);
	return rc;
}

int results_prepare(struct results *results, struct oci_error *err)
{
	int rc = 0;

	if (!results->count)
		return 0;
	if (results->metadata_path)
		rc = prepare(&results->metadata, results->metadata_path,
			     say_metadata, results, err);
	if (!rc && results->iid_path)
		rc = prepare(&results->iid, results->iid_path, say_id, results,
			     err);
	return rc;
}

int results_publish(struct results *results, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].repository)
			results->items[i].pushed = oci_repository_result(
				results->items[i].repository);
	if (results->metadata)
		rc = oci_sink_finish(results->metadata, err);
	if (!rc && results->iid)
		rc = oci_sink_finish(results->iid, err);
	return rc;
}

static void say_destination(FILE *out, const struct result *result)
{
	say(out, "    {\"destination\": ");
	say_json(out, result->destination);
	say(out, ", \"names\": [");
	for (size_t i = 0; i < result->names.count; i++) {
		say(out, "%s", i ? ", " : "");
		say_json(out, result->names.items[i]);
	}
	say(out, "]");
	if (result->repository) {
		const struct oci_push_result pushed = result->pushed;

		say(out,
		    ", \"uploaded\": %llu, \"uploadedBytes\": %llu, "
		    "\"mounted\": %llu, \"present\": %llu",
		    (unsigned long long)pushed.uploaded,
		    (unsigned long long)pushed.uploaded_bytes,
		    (unsigned long long)pushed.mounted,
		    (unsigned long long)pushed.present);
	}
	say(out, "}");
}

void results_print(const struct results *results, FILE *out)
{
	const struct result *first = &results->items[0];

	say(out, "{\n  ");
	say_descriptor(out, &first->image);
	if (first->config.text[0])
		say(out, ",\n  \"config\": \"%s\"", first->config.text);
	say(out, ",\n  \"destinations\": [");
	for (size_t i = 0; i < results->count; i++) {
		say(out, i ? ",\n" : "\n");
		say_destination(out, &results->items[i]);
	}
	say(out, "\n  ]\n}\n");
}

void results_release(struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		oci_strings_release(&results->items[i].names);
		oci_descriptor_release(&results->items[i].image);
	}
	free(results->items);
	results->items = NULL;
	results->count = 0;
	oci_sink_free(results->metadata);
	oci_sink_free(results->iid);
	results->metadata = results->iid = NULL;
}

static const struct cli_option options[] = {
	{ "json", 0, NULL, "print the result as JSON; docs/json.md",
	  offsetof(struct results, json), NULL },
	{ "metadata-file", 0, "FILE",
	  "write digests and names to FILE as JSON, as docker buildx does",
	  offsetof(struct results, metadata_path), NULL },
	{ "iidfile", 0, "FILE",
	  "write the image's ID, which is the digest of its config, to FILE; "
	  "of an index its digest",
	  offsetof(struct results, iid_path), NULL },
	{ 0 },
};

const struct option_group results_options = { "Results for programs",
					      "commands that write images",
					      options };
