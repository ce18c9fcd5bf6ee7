/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a Dockerfile: the last one, and those that it starts from. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert.h"

enum { STAGES_MAX = 100 };

/* A stage: FROM, and the lines up to the next one. */
struct stage {
	size_t from, end; /* indexes of lines */
	char *name;	  /* AS NAME; or NULL */
	char *image;	  /* a text of a spec */
};

struct stages {
	struct stage items[STAGES_MAX];
	size_t count;
};

static int set_text(char **out, const char *text, struct oci_error *err)
{
	char *copy = strdup(text);

	if (!copy)
		return fail_nomem(err);
	free(*out);
	*out = copy;
	return 0;
}

/* ARG NAME[=VALUE]...; without a value the variable has to be set. */
static int take_arg(struct conversion *c, const struct dockerfile_line *line,
		    struct oci_error *err)
{
	struct oci_strings words;
	int rc = dockerwords_split(&words, &c->words, line->rest, err);

	for (size_t i = 0; !rc && i < words.count; i++) {
		char *equals = strchr(words.items[i], '=');

		if (equals)
			*equals = '\0';
		/* A later ARG without a value keeps the first one's. */
		if (!equals && oci_pairs_get(&c->words.args, words.items[i]))
			continue;
		rc = oci_pairs_set(&c->words.args, words.items[i],
				   equals ? equals + 1 : "\1", err);
	}
	oci_strings_release(&words);
	return rc;
}

/* FROM [--platform=P] IMAGE [AS NAME] */
static int read_from(struct stage *out, struct conversion *c,
		     const struct dockerfile_line *line, struct oci_error *err)
{
	struct oci_strings words;
	size_t i = 0;
	int rc = dockerwords_split(&words, &c->words, line->rest, err);

	while (!rc && i < words.count && strncmp(words.items[i], "--", 2) == 0)
		i++;
	if (!rc && i == words.count)
		rc = oci_error_set(err, OCI_E_INVALID,
				   "line %u: FROM names no image",
				   line->number);
	if (!rc)
		rc = set_text(&out->image, words.items[i], err);
	if (!rc && i + 2 < words.count)
		rc = set_text(&out->name, words.items[i + 2], err);
	oci_strings_release(&words);
	return rc;
}

static int find_stages(struct stages *out, struct conversion *c,
		       const struct dockerfile *file, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < file->count; i++) {
		const struct dockerfile_line *line = &file->lines[i];

		if (strcmp(line->name, "ARG") == 0 && !out->count) {
			rc = take_arg(c, line, err);
		} else if (strcmp(line->name, "FROM") == 0) {
			struct stage *stage = &out->items[out->count];

			if (out->count == STAGES_MAX)
				return oci_error_set(err, OCI_E_LIMIT,
						     "it has more than %d "
						     "stages",
						     STAGES_MAX);
			if (out->count)
				stage[-1].end = i;
			out->count++;
			stage->from = i;
			stage->end = file->count;
			c->words.unknown[0] = '\0';
			rc = read_from(stage, c, line, err);
			if (!rc && c->words.unknown[0])
				conversion_leave_out(c, line,
						     "its image depends on a "
						     "variable");
		} else if (!out->count) {
			rc = oci_error_set(err, OCI_E_INVALID,
					   "line %u: %s comes before FROM",
					   line->number, line->name);
		}
	}
	if (!rc && !out->count)
		rc = oci_error_set(err, OCI_E_INVALID, "it has no FROM");
	return rc;
}

/* Whether the words of an instruction have a variable whose value is only known
 * in the base, or nowhere. Commands are for a shell, which has it; ENV and
 * LABEL look for themselves. */
static int has_unknown(bool *out, struct conversion *c,
		       const struct dockerfile_line *line,
		       struct oci_error *err)
{
	static const char *const names[] = {
		"COPY",	   "ADD",    "USER",   "ARG",
		"WORKDIR", "EXPOSE", "VOLUME", "STOPSIGNAL",
	};
	struct oci_strings words = { 0 };
	int rc = 0;

	c->words.unknown[0] = '\0';
	for (size_t i = 0; !rc && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], line->name) == 0)
			rc = dockerwords_split(&words, &c->words, line->rest,
					       err);
	oci_strings_release(&words);
	*out = c->words.unknown[0];
	return rc;
}

static int take_line(struct conversion *c, const struct dockerfile_line *line,
		     struct oci_error *err)
{
	char why[128];
	bool known;
	int rc = has_unknown(&known, c, line, err);

	if (rc)
		return rc;
	if (known) {
		snprintf(why, sizeof(why), "the value of %s is not known here",
			 c->words.unknown);
		conversion_leave_out(c, line, why);
		return 0;
	}
	if (strcmp(line->name, "ARG") == 0)
		return take_arg(c, line, err);
	if (strcmp(line->name, "COPY") == 0 || strcmp(line->name, "ADD") == 0)
		return conversion_copy(c, line, err);
	rc = conversion_configure(&known, c, line, err);
	if (!rc && !known)
		conversion_leave_out(c, line,
				     strcmp(line->name, "RUN") == 0
					     ? "nothing is run when packing; "
					       "debs takes Debian packages"
					     : "it has no counterpart");
	return rc;
}

/* The stage that another one starts from, or NULL. */
static const struct stage *parent_of(const struct stages *stages,
				     const struct stage *stage)
{
	for (const struct stage *s = stage; s-- > stages->items;)
		if (s->name && strcasecmp(s->name, stage->image) == 0)
			return s;
	return NULL;
}

static int take_stage(struct conversion *c, const struct stages *stages,
		      const struct stage *stage, const struct dockerfile *file,
		      struct oci_error *err)
{
	const struct stage *parent = parent_of(stages, stage);
	int rc = 0;

	if (parent)
		rc = take_stage(c, stages, parent, file, err);
	else if (strcmp(stage->image, "scratch") != 0)
		rc = set_text(&c->base, stage->image, err);
	c->cmd_here = false;
	for (size_t i = stage->from + 1; !rc && i < stage->end; i++)
		rc = take_line(c, &file->lines[i], err);
	return rc;
}

int conversion_run(struct conversion *c, const struct dockerfile *file,
		   struct oci_error *err)
{
	struct stages stages = { 0 };
	int rc = find_stages(&stages, c, file, err);

	if (!rc)
		rc = take_stage(c, &stages, &stages.items[stages.count - 1],
				file, err);
	for (size_t i = 0; i < stages.count; i++) {
		free(stages.items[i].name);
		free(stages.items[i].image);
	}
	return rc;
}
