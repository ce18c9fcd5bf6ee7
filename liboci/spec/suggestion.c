/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suggestions for keys of Dockerfiles, Compose files, apko and melange, and for
 * keys of the spec in the wrong mapping.
 */
#include "spec/suggestion.h"

#include <stdlib.h>
#include <string.h>

#include <oci/reference.h>
#include <oci/text.h>

#define IN_CONFIG "expected it under 'config'"
#define IN_ENTRY "expected it in an entry: entries: [{path: /TARGET, ...}]"
#define IN_LAYER "expected it in a layer: layers: [{...}]"
#define FILES "expected an entry of a layer: {path: /TARGET, from: FILE}"
#define NOT_RUN "expected 'entries' and 'debs' in a layer: nothing is run"

static const struct meant {
	const char *noun; /* NULL: any */
	const char *key;
	const char *text;
} meanings[] = {
	{ "the spec", "from",
	  "expected 'base', such as "
	  "base: docker://debian:trixie-slim" },
	{ "the spec", "name", "expected 'image'" },
	{ "the spec", "tag", "expected 'tags', a list" },
	{ "the spec", "args", "expected 'vars'" },
	{ "the spec", "variables", "expected 'vars'" },
	{ "the spec", "arch", "expected 'platforms', such as [linux/riscv64]" },
	{ "the spec", "services",
	  "expected a spec of one image: this is a "
	  "Compose file" },
	{ "the spec", "user", IN_CONFIG },
	{ "the spec", "env", IN_CONFIG },
	{ "the spec", "entrypoint", IN_CONFIG },
	{ "the spec", "cmd", IN_CONFIG },
	{ "the spec", "working-dir", IN_CONFIG },
	{ "the spec", "exposed-ports", IN_CONFIG },
	{ "the spec", "volumes", IN_CONFIG },
	{ "the spec", "stop-signal", IN_CONFIG },
	{ "the spec", "labels", IN_CONFIG },
	{ "the spec", "label", "expected 'labels' under 'config'" },
	{ "the spec", "healthcheck", IN_CONFIG },
	{ "the spec", "debs", IN_LAYER },
	{ "the spec", "entries", IN_LAYER },

	{ "a layer", "path", IN_ENTRY },
	{ "a layer", "from", IN_ENTRY },
	{ "a layer", "archive", IN_ENTRY },
	{ "a layer", "content", IN_ENTRY },
	{ "a layer", "symlink", IN_ENTRY },
	{ "a layer", "files", "expected 'entries'" },

	{ "an entry", "src", "expected 'from'" },
	{ "an entry", "source", "expected 'from'" },
	{ "an entry", "file", "expected 'from'" },
	{ "an entry", "dest", "expected 'path'" },
	{ "an entry", "dst", "expected 'path'" },
	{ "an entry", "destination", "expected 'path'" },
	{ "an entry", "target", "expected 'path'" },
	{ "an entry", "to", "expected 'path'" },
	{ "an entry", "link", "expected 'symlink' or 'hardlink'" },
	{ "an entry", "text", "expected 'content'" },
	{ "an entry", "user", "expected 'owner', such as \"1000:1000\"" },
	{ "an entry", "uid", "expected 'owner', such as \"1000:1000\"" },
	{ "an entry", "gid", "expected 'owner', such as \"1000:1000\"" },
	{ "an entry", "chown", "expected 'owner', such as \"1000:1000\"" },
	{ "an entry", "chmod", "expected 'mode', such as 0755" },
	{ "an entry", "permissions", "expected 'mode', such as 0755" },

	{ "'config'", "workdir", "expected 'working-dir'" },
	{ "'config'", "ports", "expected 'exposed-ports'" },
	{ "'config'", "expose", "expected 'exposed-ports'" },
	{ "'config'", "environment", "expected 'env'" },
	{ "'config'", "command", "expected 'cmd'" },

	{ NULL, "run", NOT_RUN },
	{ NULL, "script", NOT_RUN },
	{ NULL, "copy", FILES },
	{ NULL, "add", FILES },
	{ NULL, "packages", "expected 'debs' in a layer: files, not names" },
	{ NULL, "apt", "expected 'debs' in a layer: files, not names" },
	{ NULL, "workdir", "expected 'working-dir' under 'config'" },
	{ NULL, "ports", "expected 'exposed-ports' under 'config'" },
	{ NULL, "expose", "expected 'exposed-ports' under 'config'" },
	{ NULL, "environment", "expected 'env' under 'config'" },
	{ NULL, "command", "expected 'cmd' under 'config'" },
	{ NULL, "onbuild", "expected no such key: nothing is run" },
	{ NULL, "maintainer", "expected 'annotations' or 'labels'" },
};

static char folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '_' ? '-' : c;
}

static bool is_same(const char *key, const char *text)
{
	while (*key && *key == folded(*text)) {
		key++;
		text++;
	}
	return !*key && !*text;
}

const char *oci_suggest_key(const char *noun, const char *key)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const struct meant *m = &meanings[i];

		if ((!m->noun || strcmp(m->noun, noun) == 0) &&
		    is_same(m->key, key))
			return m->text;
	}
	return NULL;
}

static bool is_package_name(const char *text)
{
	return !strpbrk(text, "/*?[") && !strstr(text, ".deb");
}

int oci_suggest_input(struct oci_buf *out, const char *key, const char *pattern,
		      const char *path, struct oci_error *err)
{
	struct oci_reference name;
	char *near;
	int rc = 0;

	if (pattern[0] == '~')
		return oci_buf_text(out, ": '~' is not expanded here", err);
	if (key && strcmp(key, "debs") == 0 && is_package_name(pattern))
		return oci_buf_text(out,
				    ": packages are fetched first, as "
				    "examples/fetch-debs does",
				    err);
	if (!key && !strstr(pattern, ".tar") &&
	    oci_reference_parse(&name, pattern, NULL) == 0)
		return oci_buf_format(out, err,
				      ": an image in a registry is "
				      "'docker://%.300s'",
				      pattern);
	near = oci_text_nearest_file(path);
	if (near)
		rc = oci_buf_format(out, err, ": did you mean '%.300s'?", near);
	free(near);
	return rc;
}
