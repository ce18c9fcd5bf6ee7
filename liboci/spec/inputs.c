/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds inputs before anything is packed, so that missing ones are reported
 * together with all other errors.
 *
 * A relative input has no ".." and must not leave the spec's folder through a
 * symlink either: a downloaded folder with a link to private keys must not put
 * them into an image. Absolute paths are not restricted.
 */
#define _XOPEN_SOURCE 700 /* realpath is in POSIX's XSI part */

#include "spec/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "base/utf8.h"
#include "spec/entry.h"
#include "spec/pattern.h"
#include "spec/suggestion.h"

enum { MEANT_MAX = 1024 };

/* The inputs of one key of the spec. */
struct request {
	const struct oci_yaml *node;
	const char *key;
	const char *pattern;
	bool folders;		/* may be a folder */
	bool remote;		/* may be a mistaken name of an image in a
				 * registry */
};

void oci_inputs_init(struct oci_inputs *inputs, struct oci_arena *arena,
		     struct oci_diagnostics *report, const char *folder)
{
	*inputs = (struct oci_inputs){
		.arena = arena, .report = report, .folder = folder,
	};
	inputs->real_folder = realpath(folder, NULL);
}

void oci_inputs_release(struct oci_inputs *inputs)
{
	free(inputs->real_folder);
	oci_strings_release(&inputs->found);
	oci_table_release(&inputs->seen);
}

bool oci_inputs_add(struct oci_inputs *inputs, const char *path)
{
	const char *copy;

	if (oci_table_get(&inputs->seen, path, strlen(path)))
		return true;
	if (oci_strings_add(&inputs->found, path, NULL))
		return oci_diagnose_nomem(inputs->report);
	copy = inputs->found.items[inputs->found.count - 1];
	if (oci_table_set(&inputs->seen, copy, strlen(copy),
			  inputs->found.items[inputs->found.count - 1], NULL))
		return oci_diagnose_nomem(inputs->report);
	return true;
}

/* Returns whether path stays below the folder after following symlinks. */
static bool check_inside(struct oci_inputs *inputs, const struct request *r,
			 const char *path)
{
	char *real;
	bool inside;

	if (r->pattern[0] == '/' || !inputs->real_folder)
		return true;
	real = realpath(path, NULL);
	if (!real)
		return errno == ENOMEM ? oci_diagnose_nomem(inputs->report)
				       : true; /* reported when it is opened */
	inside = strcmp(inputs->real_folder, "/") == 0 ||
		 oci_path_within(real, inputs->real_folder);
	if (!inside)
		oci_diagnose(inputs->report, r->node, "'%s' finds '%.300s', a "
			     "link that leaves the folder '%.300s', expected "
			     "the absolute path '%.300s'", r->key, path,
			     inputs->folder, real);
	free(real);
	return inside;
}

static bool fail_absent(struct oci_inputs *inputs, const struct request *r,
			const char *path)
{
	bool absolute = r->pattern[0] == '/';
	struct oci_buf meant;

	oci_buf_init(&meant, MEANT_MAX);
	if (oci_buf_text(&meant, "", NULL) ||
	    (oci_diagnostics_hint(inputs->report) &&
	     oci_suggest_input(&meant, r->remote ? NULL : r->key, r->pattern,
			       path, NULL)))
		oci_diagnose_nomem(inputs->report);
	else
		oci_diagnose(inputs->report, r->node,
			     "'%s' names '%.300s', "
			     "which does not exist, expected %s%s%.300s%s%s",
			     r->key, path,
			     r->folders ? "a file or folder" : "a file",
			     absolute ? "" : " below '",
			     absolute ? "" : inputs->folder,
			     absolute ? "" : "', or an absolute path",
			     meant.data);
	oci_buf_release(&meant);
	return false;
}

static bool fail_open(struct oci_inputs *inputs, const struct request *r,
		      const char *path)
{
	struct oci_error err;

	if (errno == ENOENT || errno == ENOTDIR)
		return fail_absent(inputs, r, path);
	oci_fail_errno(&err, "'%s' cannot read '%.300s'", r->key, path);
	return oci_diagnose(inputs->report, r->node, "%s, expected a readable "
			    "%s", err.message,
			    r->folders ? "file or folder" : "file");
}

static bool check_type(struct oci_inputs *inputs, const struct request *r,
		       const char *path, mode_t mode, bool *folder)
{
	*folder = S_ISDIR(mode);
	if (S_ISREG(mode) || (*folder && r->folders))
		return true;
	if (*folder)
		return oci_diagnose(inputs->report, r->node, "'%s' names the "
				    "folder '%.300s', expected a file", r->key,
				    path);
	return oci_diagnose(inputs->report, r->node, "'%s' names '%.300s', "
			    "which is neither a file nor a folder, expected "
			    "one of them", r->key, path);
}

/* Opens one input to learn its type and whether it can be read. */
static bool check_input(struct oci_inputs *inputs, const struct request *r,
			const char *path, bool *folder)
{
	struct stat st;
	bool good;
	int fd;

	if (!oci_utf8_valid(path, strlen(path)))
		return oci_diagnose(inputs->report, r->node, "'%s' finds "
				    "'%.300s', a name that is not UTF-8, "
				    "expected it renamed", r->key, path);
	if (!check_inside(inputs, r, path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail_open(inputs, r, path);
	if (fstat(fd, &st) != 0)
		good = fail_open(inputs, r, path);
	else
		good = check_type(inputs, r, path, st.st_mode, folder);
	close(fd);
	return good && oci_inputs_add(inputs, path);
}

static bool add_matches(struct oci_inputs *inputs, const struct request *r,
			const struct oci_strings *matches,
			struct oci_plan_inputs *out)
{
	bool good = true;

	out->items = oci_arena_alloc(inputs->arena,
				     matches->count * sizeof(*out->items));
	if (!out->items)
		return oci_diagnose_nomem(inputs->report);
	for (size_t i = 0; i < matches->count; i++) {
		struct oci_plan_input *input = &out->items[out->count];

		if (!check_input(inputs, r, matches->items[i],
				 &input->folder)) {
			good = false;
			continue;
		}
		input->path = oci_arena_text(inputs->arena, matches->items[i]);
		if (!input->path)
			return oci_diagnose_nomem(inputs->report);
		out->count++;
	}
	return good;
}

static bool fail_parent(struct oci_inputs *inputs, const struct request *r)
{
	return oci_diagnose(inputs->report, r->node, "'%s' is '%s', but '..' "
			    "would leave the spec's folder, expected a path "
			    "below it or an absolute one", r->key, r->pattern);
}

static bool find(struct oci_inputs *inputs, const struct request *r,
		 struct oci_plan_inputs *out)
{
	struct oci_strings matches = {0};
	struct oci_error err;
	bool good;
	int rc;

	if (r->pattern[0] != '/' && oci_path_has_parent(r->pattern))
		return fail_parent(inputs, r);
	rc = oci_pattern_find(&matches, inputs->folder, r->pattern, &err);
	if (rc == OCI_E_NOMEM)
		good = oci_diagnose_nomem(inputs->report);
	else if (rc)
		good = oci_diagnose(inputs->report, r->node, "%s, expected "
				    "folders that can be read", err.message);
	else if (matches.count == 0)
		good = oci_diagnose(inputs->report, r->node, "'%s' pattern "
				    "'%s' matches nothing below '%s', expected "
				    "at least one file", r->key, r->pattern,
				    r->pattern[0] == '/' ? "/" :
				    inputs->folder);
	else
		good = add_matches(inputs, r, &matches, out);
	oci_strings_release(&matches);
	return good;
}

static void resolve_entry(struct oci_inputs *inputs,
			  struct oci_plan_entry *entry)
{
	struct request r = {
		entry->source_node,
		oci_entry_word(entry->kind),
		entry->source,
		entry->kind == OCI_PLAN_FROM,
		false,
	};
	size_t folders = 0;

	if (entry->kind != OCI_PLAN_FROM && entry->kind != OCI_PLAN_ARCHIVE)
		return;
	if (!find(inputs, &r, &entry->inputs) || entry->kind != OCI_PLAN_FROM)
		return;
	for (size_t i = 0; i < entry->inputs.count; i++)
		folders += entry->inputs.items[i].folder;
	if (entry->inputs.count > 1 && !entry->into)
		oci_diagnose(inputs->report, oci_yaml_get(entry->node, "path"),
			     "path '%.200s' gets %zu inputs from '%.200s', "
			     "expected a path that ends in '/'", entry->path,
			     entry->inputs.count, entry->source);
	if (!folders && (entry->include.count || entry->exclude.count))
		oci_diagnose(inputs->report, entry->source_node, "'include' "
			     "and 'exclude' choose from a folder, but 'from' "
			     "is a file, expected a folder");
}

/* Finds a path without wildcards. */
static bool resolve_path(struct oci_inputs *inputs, const struct request *r,
			 char out[OCI_PATH_MAX])
{
	const char *pattern = r->pattern, *from = inputs->folder;
	struct oci_error err;
	bool folder;

	if (pattern[0] != '/' && oci_path_has_parent(pattern))
		return fail_parent(inputs, r);
	while (strncmp(pattern, "./", 2) == 0)
		pattern += 2;
	if (pattern[0] == '/' || strcmp(from, ".") == 0)
		from = "";
	if (oci_path_join(out, from, pattern, &err))
		return oci_diagnose(inputs->report, r->node, "%s, expected a "
				    "shorter one", err.message);
	return check_input(inputs, r, out, &folder);
}

/* Finds the colon before the tag of oci:DIR:TAG or the name of FILE.tar:NAME;
 * returns "" if there is none. */
static const char *find_tag(const char *text, bool layout)
{
	const char *tag = layout ? strrchr(text, ':') : strstr(text, ".tar:");

	if (!tag)
		return "";
	if (!layout)
		return tag + strlen(".tar");
	return strchr(tag, '/') ? "" : tag;
}

/* Makes the path in oci:DIR[:TAG], dir:DIR and FILE.tar[:NAME] relative to the
 * spec's folder; docker:// has no path. */
static void resolve_base(struct oci_inputs *inputs, struct oci_plan_base *base)
{
	const char *kind = "", *text = base->text, *tag;
	char path[OCI_PATH_MAX], whole[3 * OCI_PATH_MAX];
	struct request r = {
		base->node, "base", NULL, base->kind == OCI_PLAN_BASE_IMAGE,
		true,
	};

	if (base->kind == OCI_PLAN_SCRATCH ||
	    strncmp(text, "docker://", 9) == 0)
		return;
	if (strncmp(text, "oci:", 4) == 0 || strncmp(text, "dir:", 4) == 0) {
		kind = text[0] == 'o' ? "oci:" : "dir:";
		text += 4;
		r.remote = false;
	}
	tag = kind[0] == 'd' ? "" : find_tag(text, kind[0] == 'o');
	r.pattern = *tag ? oci_arena_copy(inputs->arena, text,
					  (size_t)(tag - text)) : text;
	if (!r.pattern) {
		oci_diagnose_nomem(inputs->report);
		return;
	}
	if (!resolve_path(inputs, &r, path))
		return;
	snprintf(whole, sizeof(whole), "%s%s%s", kind, path, tag);
	base->text = oci_arena_text(inputs->arena, whole);
	if (!base->text)
		oci_diagnose_nomem(inputs->report);
}

static void resolve_files(struct oci_inputs *inputs,
			  struct oci_plan_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		struct oci_plan_file *file = &files->items[i];
		const struct oci_yaml *node = oci_yaml_get(file->node, "from");
		struct request r = { node, "from", file->from, false, false };

		if (!file->from || !find(inputs, &r, &file->inputs))
			continue;
		if (file->name && file->inputs.count > 1)
			oci_diagnose(inputs->report, node, "'from' finds %zu "
				     "files, but 'name' is for one, expected "
				     "no 'name'", file->inputs.count);
	}
}

void oci_inputs_resolve(struct oci_inputs *inputs, struct oci_plan *plan)
{
	resolve_base(inputs, &plan->base);
	resolve_files(inputs, &plan->files);
	for (size_t i = 0; i < plan->layer_count; i++) {
		struct oci_plan_layer *layer = &plan->layers[i];

		for (size_t j = 0; j < layer->deb_count; j++) {
			struct oci_plan_deb *deb = &layer->debs[j];
			struct request r = {
				deb->node, "debs", deb->pattern, false, false,
			};

			find(inputs, &r, &deb->inputs);
		}
		for (size_t j = 0; j < layer->entry_count; j++)
			resolve_entry(inputs, &layer->entries[j]);
	}
}
