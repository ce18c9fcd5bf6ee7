/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry has a path, exactly one key for its kind, and options, each of which
 * is valid with some kinds only.
 */
#include "spec/entry.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "spec/extended.h"
#include "spec/scalar.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FIELD(member) offsetof(struct oci_plan_entry, member)
#define BIT(kind) (1u << (kind))

enum {
	TARGET_MAX = 4095,
	SOURCES = BIT(OCI_PLAN_FROM) | BIT(OCI_PLAN_ARCHIVE),
	OWNED = SOURCES | BIT(OCI_PLAN_CONTENT) | BIT(OCI_PLAN_DIRECTORY) |
		BIT(OCI_PLAN_DEVICE),
	LINKS = BIT(OCI_PLAN_SYMLINK) | BIT(OCI_PLAN_HARDLINK)
};

/* In the order of enum oci_plan_kind. */
static const char *const kinds[] = {
	"from", "archive", "content", "dir", "symlink", "hardlink", "device",
	"remove",
};

/* The kinds that an option is for, and the offset of a value for 'keep'. */
static const struct {
	const char *key;
	unsigned kinds;
	const char *goes_with;
	size_t number; /* offset of an int64_t that may be OCI_KEEP; or
			* 0 */
} options[] = {
	{ "mode", OWNED, "from, archive, content, dir and device",
	  FIELD(mode) },
	{ "owner", OWNED | BIT(OCI_PLAN_SYMLINK),
	  "all kinds except hardlink and remove", FIELD(owner.uid) },
	{ "mtime", OWNED | BIT(OCI_PLAN_SYMLINK),
	  "all kinds except hardlink and remove", FIELD(mtime) },
	{ "capabilities", SOURCES | BIT(OCI_PLAN_CONTENT),
	  "from, archive and content", 0 },
	{ "xattrs", SOURCES | BIT(OCI_PLAN_CONTENT) | BIT(OCI_PLAN_DIRECTORY),
	  "from, archive, content and dir", 0 },
	{ "strip", BIT(OCI_PLAN_ARCHIVE), "archive", 0 },
	{ "include", SOURCES, "from and archive", 0 },
	{ "exclude", SOURCES, "from and archive", 0 },
	{ "replace", OWNED | LINKS, "all kinds except remove", 0 },
};

const char *oci_entry_word(enum oci_plan_kind kind)
{
	return kind == OCI_PLAN_NONE ? "nothing" : kinds[kind - 1];
}

/* Decodes a path inside the image, and cleans it. */
static bool read_path(struct oci_decoder *d, const struct oci_yaml *node,
		      const char **out, bool *into)
{
	char clean[OCI_PATH_MAX + 1] = "/";
	struct oci_error err;
	const char *text;

	if (!oci_decode_word(d, node, &text))
		return false;
	if (text[0] != '/')
		return oci_diagnose(d->report, node, "'%s' is '%.200s', "
				    "expected an absolute path inside the "
				    "image such as /usr/bin/app", d->key, text);
	if (oci_path_clean(clean + 1, text, &err))
		return oci_diagnose(d->report, node, "%.500s, expected a path "
				    "inside the image", err.message);
	*into = text[strlen(text) - 1] == '/';
	*out = oci_arena_text(d->arena, clean);
	return *out || oci_diagnose_nomem(d->report);
}

static bool check_whiteout(struct oci_decoder *d, const struct oci_yaml *node,
			   const char *path)
{
	if (!strstr(path, "/.wh."))
		return true;
	return oci_diagnose(d->report, node, "'%s' is '%.200s', but names with "
			    "'.wh.' in front mean a removal, expected 'remove: "
			    "true'", d->key, path);
}

static bool decode_path(struct oci_decoder *d, const struct oci_yaml *node,
			void *out)
{
	struct oci_plan_entry *entry = out;

	return read_path(d, node, &entry->path, &entry->into) &&
	       check_whiteout(d, node, entry->path);
}

static bool decode_source(struct oci_decoder *d, const struct oci_yaml *node,
			  void *out)
{
	struct oci_plan_entry *entry = out;

	entry->source_node = node;
	return oci_decode_word(d, node, &entry->source);
}

static bool decode_symlink(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out)
{
	struct oci_plan_entry *entry = out;

	if (!decode_source(d, node, out))
		return false;
	if (strlen(entry->source) <= TARGET_MAX)
		return true;
	return oci_diagnose(d->report, node, "'%s' has %zu bytes, expected at "
			    "most %d", d->key, strlen(entry->source),
			    TARGET_MAX);
}

static bool decode_hardlink(struct oci_decoder *d, const struct oci_yaml *node,
			    void *out)
{
	struct oci_plan_entry *entry = out;
	bool into;

	if (!read_path(d, node, &entry->source, &into))
		return false;
	if (!into)
		return true;
	return oci_diagnose(d->report, node, "'%s' is '%.200s/', expected the "
			    "path of a file", d->key, entry->source);
}

static bool decode_remove(struct oci_decoder *d, const struct oci_yaml *node,
			  void *out)
{
	bool remove = true;

	(void)out;
	if (!oci_decode_flag(d, node, &remove))
		return false;
	if (remove)
		return true;
	return oci_diagnose(d->report, node, "'remove' is false, expected true "
			    "or no such entry");
}

static bool check_pattern(struct oci_decoder *d, const struct oci_yaml *node,
			  const char *text)
{
	if (text[0] == '!')
		return oci_diagnose(d->report, node,
				    "'%s' has '%s', but a "
				    "pattern is not negated, expected "
				    "'include' with '%s', or '\\%s' for a "
				    "name that starts so",
				    d->key, text, text + 1, text);
	if (oci_path_has_parent(text))
		return oci_diagnose(d->report, node,
				    "'%s' has '%s', expected "
				    "a pattern without '..'",
				    d->key, text);
	if (text[0] && text[0] != '/' && strcmp(text, ".") != 0 &&
	    strcmp(text, "./") != 0)
		return true;
	return oci_diagnose(d->report, node, "'%s' has '%s', expected a "
			    "pattern below the folder such as **/*.o", d->key,
			    text);
}

/* Drops "." and empty parts, which no matched path has. */
static void clean_pattern(char *pattern)
{
	char *to = pattern;

	for (const char *from = pattern; *from;) {
		size_t size = strcspn(from, "/");
		bool empty = size == 0 || (size == 1 && *from == '.');

		if (!empty && to != pattern)
			*to++ = '/';
		memmove(to, from, empty ? 0 : size);
		to += empty ? 0 : size;
		from += size + (from[size] == '/');
	}
	*to = '\0';
}

static bool decode_patterns(struct oci_decoder *d, const struct oci_yaml *node,
			    void *out)
{
	struct oci_strings *list = out;

	if (!oci_decode_list(d, node, check_pattern, out))
		return false;
	for (size_t i = 0; i < list->count; i++)
		clean_pattern(list->items[i]);
	return true;
}

static bool decode_exclude(struct oci_decoder *d, const struct oci_yaml *node,
			   void *out)
{
	struct oci_plan_entry *entry = out;
	size_t size;

	if (!decode_patterns(d, node, &entry->exclude))
		return false;
	size = entry->exclude.count + 1;
	entry->seen = oci_arena_alloc(d->arena, size);
	if (!entry->seen)
		return oci_diagnose_nomem(d->report);
	memset(entry->seen, 0, size);
	return true;
}

static const struct oci_field fields[] = {
	{ "path", decode_path, 0, true },
	{ "from", decode_source, 0, false },
	{ "archive", decode_source, 0, false },
	{ "content", oci_decode_bytes, FIELD(content), false },
	{ "dir", oci_decode_empty, 0, false },
	{ "symlink", decode_symlink, 0, false },
	{ "hardlink", decode_hardlink, 0, false },
	{ "device", oci_decode_device, FIELD(device), false },
	{ "remove", decode_remove, 0, false },
	{ "mode", oci_decode_mode, FIELD(mode), false },
	{ "owner", oci_decode_owner, FIELD(owner), false },
	{ "mtime", oci_decode_mtime, FIELD(mtime), false },
	{ "capabilities", oci_decode_capabilities, FIELD(extended), false },
	{ "xattrs", oci_decode_xattrs, FIELD(extended), false },
	{ "strip", oci_decode_count, FIELD(strip), false },
	{ "include", decode_patterns, FIELD(include), false },
	{ "exclude", decode_exclude, 0, false },
	{ "replace", oci_decode_flag, FIELD(replace), false },
};

/* Returns whether an unknown key was reported, perhaps a misspelled kind. */
static bool has_unknown_key(const struct oci_yaml *node)
{
	size_t known = 0;

	for (size_t i = 0; i < COUNT(fields); i++)
		known += oci_yaml_key(node, fields[i].key) != NULL;
	return known < node->count / 2;
}

/* Finds the kind, exactly one. */
static bool read_kind(struct oci_decoder *d, const struct oci_yaml *node,
		      enum oci_plan_kind *out)
{
	enum oci_plan_kind kind = OCI_PLAN_NONE;
	bool good = true;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct oci_yaml *key = oci_yaml_key(node, kinds[i]);

		if (key && kind)
			good = oci_diagnose(d->report, key, "the entry has "
					    "'%s' and '%s', expected one of "
					    "them", oci_entry_word(kind),
					    kinds[i]);
		else if (key)
			kind = (enum oci_plan_kind)(i + 1);
	}
	if (!kind && has_unknown_key(node))
		return false;
	if (!kind)
		return oci_diagnose(d->report, node,
				    "the entry does not say "
				    "what is at its path, expected one of "
				    "from, archive, content, dir, symlink, "
				    "hardlink, device, remove");
	*out = kind;
	return good;
}

static bool keeps(const struct oci_plan_entry *entry, size_t number)
{
	return number &&
	       *(const int64_t *)((const char *)entry + number) == OCI_KEEP;
}

static bool check_options(struct oci_decoder *d, const struct oci_yaml *node,
			  const struct oci_plan_entry *entry)
{
	enum oci_plan_kind kind = entry->kind;
	bool good = true;

	for (size_t i = 0; i < COUNT(options); i++) {
		const char *name = options[i].key;
		const struct oci_yaml *key = oci_yaml_key(node, name);

		if (!key)
			continue;
		if (!(options[i].kinds & BIT(kind)))
			good = oci_diagnose(d->report, key,
					    "'%s' is used with "
					    "'%s', but is valid only with %s",
					    name, oci_entry_word(kind),
					    options[i].goes_with);
		else if (keeps(entry, options[i].number) &&
			 !(SOURCES & BIT(kind)))
			good = oci_diagnose(d->report, key, "'%s: keep' takes "
					    "what the source has, but '%s' has "
					    "no source, expected a value",
					    name, oci_entry_word(kind));
	}
	return good;
}

/* Reports the root, or a path that ends in '/', if the kind forbids it. */
static bool check_end(struct oci_decoder *d, const struct oci_yaml *node,
		      const struct oci_plan_entry *entry)
{
	const struct oci_yaml *path = oci_yaml_get(node, "path");

	if (!entry->path || !entry->into || entry->kind == OCI_PLAN_DIRECTORY ||
	    (SOURCES & BIT(entry->kind)))
		return true;
	if (!entry->path[1])
		return oci_diagnose(
			d->report, path,
			"path '/' is the image's "
			"root, but '%s' is not a folder, expected a "
			"path below it",
			oci_entry_word(entry->kind));
	return oci_diagnose(d->report, path,
			    "path '%.200s/' ends in '/', but "
			    "'%s' is not a folder, expected the path "
			    "without the '/'",
			    entry->path, oci_entry_word(entry->kind));
}

bool oci_decode_entry(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	struct oci_plan_entry *entry = out;
	bool good;

	entry->node = node;
	entry->mode = OCI_DEFAULT;
	entry->mtime = OCI_DEFAULT;
	entry->owner = (struct oci_plan_owner){OCI_DEFAULT, OCI_DEFAULT};
	good = oci_decode_mapping(d, node, "an entry", fields, COUNT(fields),
				  entry);
	if (node->type != OCI_YAML_MAPPING || !read_kind(d, node, &entry->kind))
		return false;
	good &= check_options(d, node, entry);
	good &= check_end(d, node, entry);
	entry->position = oci_decode_origin(d, node);
	return good && entry->position;
}
