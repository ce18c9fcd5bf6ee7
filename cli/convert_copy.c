/* SPDX-License-Identifier: Apache-2.0 */
/* COPY and ADD: entries of a spec. Dockerfile reference, "COPY", "ADD". */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "convert.h"

/* One COPY or ADD. */
struct copy {
	struct conversion *c;
	const struct dockerfile_line *line;
	bool add;		/* ADD: archives are unpacked */
	char owner[64];		/* "UID:GID", or empty */
	const char *mode;	/* or NULL */
	struct oci_strings excludes;
	char *path;		/* in the image */
	bool several;		/* sources */
};

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* --chown of numbers; a lone number is user and group. */
static bool take_owner(struct copy *copy, const char *value)
{
	const char *colon = strchr(value, ':');
	char user[24];

	snprintf(user, sizeof(user), "%.*s",
		 (int)(colon ? colon - value : (long)strlen(value)), value);
	if (!is_number(user) || (colon && !is_number(colon + 1)))
		return false;
	snprintf(copy->owner, sizeof(copy->owner), "%s:%.20s", user,
		 colon ? colon + 1 : user);
	return true;
}

/* Returns why the instruction cannot be converted with this option, or NULL. */
static const char *take_option(struct copy *copy, const char *word)
{
	const char *value = strchr(word, '=');

	value = value ? value + 1 : "";
	if (strncmp(word, "--from=", 7) == 0)
		return "files of another stage or image are not at hand: build "
		       "them first, and add an entry with from";
	if (strncmp(word, "--chown=", 8) == 0)
		return take_owner(copy, value)
			       ? NULL
			       : "the owner is no number, and names are only "
				 "known in the image";
	if (strncmp(word, "--chmod=", 8) == 0) {
		copy->mode = value;
		return is_number(value) ? NULL : "the mode is no octal number";
	}
	if (strncmp(word, "--exclude=", 10) == 0)
		return oci_strings_add(&copy->excludes, value, NULL)
			       ? "there is too little memory"
			       : NULL;
	if (strncmp(word, "--link", 6) == 0)
		return NULL;
	return "this option has no counterpart";
}

static bool is_remote(const char *source)
{
	return strncmp(source, "http://", 7) == 0 ||
	       strncmp(source, "https://", 8) == 0 ||
	       strncmp(source, "git@", 4) == 0 ||
	       strncmp(source, "git://", 6) == 0;
}

static bool is_archive(const char *source)
{
	static const char *const ends[] = { ".tar",	".tar.gz", ".tgz",
					    ".tar.bz2", ".tar.xz", ".tar.zst" };
	size_t size = strlen(source);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (size > n && strcmp(source + size - n, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Sources are relative to the context, with or without a slash in front. */
static const char *inside(const char *source)
{
	while (*source == '/' || (source[0] == '.' && source[1] == '/'))
		source++;
	return *source && strcmp(source, ".") != 0 ? source : "./";
}

static bool is_folder(const struct copy *copy, const char *source)
{
	char path[4096];
	struct stat st;

	if (source[strlen(source) - 1] == '/')
		return true;
	snprintf(path, sizeof(path), "%s/%s", copy->c->folder, source);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Ends an entry with what the options say. */
static void end_entry(const struct copy *copy, bool folder, bool context)
{
	FILE *out = copy->c->entries;
	const struct oci_strings *ignore = &copy->c->ignore;
	const char *comma = "";

	if (copy->mode)
		say(out, ", mode: \"%s\"", copy->mode);
	if (copy->owner[0])
		say(out, ", owner: \"%s\"", copy->owner);
	if (folder && (copy->excludes.count || (context && ignore->count))) {
		say(out, ", exclude: [");
		for (size_t i = 0; i < copy->excludes.count; i++) {
			say(out, "%s", comma);
			say_json(out, copy->excludes.items[i]);
			comma = ", ";
		}
		for (size_t i = 0; context && i < ignore->count; i++) {
			if (ignore->items[i][0] == '!')
				continue;
			say(out, "%s", comma);
			say_json(out, inside(ignore->items[i]));
			comma = ", ";
		}
		say(out, "]");
	}
	say(out, "}\n");
	copy->c->entry_count++;
}

static void begin_entry(const struct copy *copy, const char *slash)
{
	say(copy->c->entries, "      - {path: ");
	if (*slash) {
		char path[4096];

		snprintf(path, sizeof(path), "%s%s", copy->path, slash);
		say_json(copy->c->entries, path);
	} else {
		say_json(copy->c->entries, copy->path);
	}
}

static void add_source(const struct copy *copy, const char *source)
{
	FILE *out = copy->c->entries;
	size_t size = strlen(copy->path);
	bool slash = size && copy->path[size - 1] == '/';
	bool folder;

	if (copy->add && is_remote(source)) {
		conversion_leave_out(copy->c, copy->line,
				     "packing fetches nothing: fetch the file, "
				     "and name it");
		return;
	}
	source = inside(source);
	folder = is_folder(copy, source);
	if (copy->add && is_archive(source)) {
		begin_entry(copy, slash ? "" : "/");
		say(out, ", archive: ");
		say_json(out, source);
		end_entry(copy, false, false);
		return;
	}
	begin_entry(copy, !slash && (folder || copy->several ||
				     strpbrk(source, "*?["))
				  ? "/"
				  : "");
	say(out, ", from: ");
	if (folder && source[strlen(source) - 1] != '/') {
		char path[4096];

		snprintf(path, sizeof(path), "%s/", source);
		say_json(out, path);
	} else {
		say_json(out, source);
	}
	end_entry(copy, folder, strcmp(source, "./") == 0);
}

/* COPY <<EOF PATH: the text is the file. */
static int add_heredoc(const struct copy *copy, size_t i, struct oci_error *err)
{
	const struct dockerfile_line *line = copy->line;
	char *text;
	int rc = line->quoted[i]
			 ? dockerwords_literal(&text, line->heredocs[i], err)
			 : dockerwords_text(&text, &copy->c->words,
					    line->heredocs[i], err);

	if (rc)
		return rc;
	begin_entry(copy, "");
	say(copy->c->entries, ", content: ");
	say_json(copy->c->entries, text);
	end_entry(copy, false, false);
	free(text);
	return 0;
}

static int add_sources(struct copy *copy, const struct oci_strings *words,
		       size_t first, struct oci_error *err)
{
	size_t heredoc = 0;
	int rc = conversion_path(&copy->path, copy->c,
				 words->items[words->count - 1], err);

	copy->several = words->count - first > 2;
	for (size_t i = first; !rc && i + 1 < words->count; i++) {
		if (strncmp(words->items[i], "<<", 2) == 0 &&
		    heredoc < copy->line->heredoc_count)
			rc = add_heredoc(copy, heredoc++, err);
		else
			add_source(copy, words->items[i]);
	}
	free(copy->path);
	return rc;
}

/* The words of the exec form, or those of a line. */
static int read_words(struct oci_strings *out, const struct copy *copy,
		      struct oci_error *err)
{
	const char *rest = copy->line->rest;
	bool is_json;
	int rc = dockerwords_json(out, &is_json, rest, err);

	return rc || is_json ? rc
			     : dockerwords_split(out, &copy->c->words, rest,
						 err);
}

int conversion_copy(struct conversion *c, const struct dockerfile_line *line,
		    struct oci_error *err)
{
	struct copy copy = { .c = c, .line = line,
			     .add = strcmp(line->name, "ADD") == 0 };
	struct oci_strings words;
	const char *why = NULL;
	size_t first = 0;
	int rc = read_words(&words, &copy, err);

	while (!rc && !why && first < words.count &&
	       strncmp(words.items[first], "--", 2) == 0)
		why = take_option(&copy, words.items[first++]);
	if (!rc && !why && words.count - first < 2)
		why = "it names no source and destination";
	if (why)
		conversion_leave_out(c, line, why);
	else if (!rc)
		rc = add_sources(&copy, &words, first, err);
	oci_strings_release(&copy.excludes);
	oci_strings_release(&words);
	return rc;
}
