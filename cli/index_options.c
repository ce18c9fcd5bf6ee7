/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations of oci-pack index, in the syntax of docker buildx:
 * [TYPE[[PLATFORM]][,...]:]KEY=VALUE.
 */
#include "index.h"

#include <stdlib.h>
#include <string.h>

/* Reads TYPE or TYPE[PLATFORM], of size bytes. */
static int read_type(struct index_note *note, const struct index_command *c,
		     const char *text, size_t size)
{
	static const char descriptor[] = "manifest-descriptor";
	size_t word = strcspn(text, "[,:");
	char platform[OCI_PLATFORM_TEXT];
	struct oci_error err;

	if (word == 5 && size == word && strncmp(text, "index", 5) == 0)
		return -1;
	if (word == 8 && strncmp(text, "manifest", word) == 0)
		return say_usage(c->name, "'%.*s' annotates manifests, which "
				 "are passed on as they are: use "
				 "manifest-descriptor", (int)size, text);
	if (word != strlen(descriptor) ||
	    strncmp(text, descriptor, word) != 0)
		return say_usage(c->name, "annotation '%.*s:' is neither of "
				 "index nor of manifest-descriptor",
				 (int)size, text);
	note->descriptor = true;
	if (size == word)
		return -1;
	if (text[size - 1] != ']' || size - word - 2 >= sizeof(platform))
		return say_usage(c->name, "'%.*s' is not "
				 "manifest-descriptor[PLATFORM]", (int)size,
				 text);
	snprintf(platform, sizeof(platform), "%.*s", (int)(size - word - 2),
		 text + word + 1);
	if (oci_platform_parse(&note->platform, platform, &err))
		return say_refused(c->name, "", &err);
	note->has_platform = true;
	return -1;
}

static int add_note(struct index_command *out, const struct index_note *note,
		    const char *key, size_t size)
{
	struct index_note *items = realloc(
		out->notes, (out->note_count + 1) * sizeof(*items));

	if (!items)
		return say_no_memory();
	out->notes = items;
	items[out->note_count] = *note;
	items[out->note_count].key = strndup(key, size);
	return items[out->note_count++].key ? -1 : say_no_memory();
}

int index_take_annotation(void *target, const struct parse *parse,
			  const char *text)
{
	struct index_command *out = target;
	size_t whole = strcspn(text, "="), types = 0;
	const char *colon = memchr(text, ':', whole);
	const char *key = colon ? colon + 1 : text;
	size_t size = whole - (size_t)(key - text);
	int status = -1;

	(void)parse;
	if (!text[whole] || !size)
		return say_usage(out->name, "annotation '%s' is not KEY=VALUE",
				 text);
	if (!colon)
		return add_note(out, &(struct index_note){
			.value = text + whole + 1,
		}, key, size);
	while (status < 0 && text + types <= colon) {
		struct index_note note = { .value = text + whole + 1 };
		size_t one = strcspn(text + types, ",:");

		status = read_type(&note, out, text + types, one);
		if (status < 0)
			status = add_note(out, &note, key, size);
		types += one + 1;
	}
	return status;
}

void index_release_options(struct index_command *c)
{
	for (size_t i = 0; i < c->note_count; i++)
		free(c->notes[i].key);
	free(c->notes);
	free(c->platforms.items);
	results_release(&c->results);
	remote_release(&c->remote);
}

int index_annotate(struct oci_join *join, const struct index_command *c,
		   struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->note_count; i++) {
		const struct index_note *note = &c->notes[i];

		if (note->descriptor)
			rc = oci_join_annotate(join, note->has_platform ?
					       &note->platform : NULL,
					       note->key, note->value, err);
		else
			rc = oci_pairs_set(oci_join_annotations(join),
					   note->key, note->value, err);
	}
	return rc;
}
