/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack convert: turns a Dockerfile into a spec. */
#include "convert.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { FILE_MAX_SIZE = 1024 * 1024 };

struct convert_command {
	const char *image;
	const char *output;
};

void conversion_leave_out(struct conversion *c,
			  const struct dockerfile_line *line, const char *why)
{
	say(c->entries, "      # %s:%u is left out: %s\n      #   %s %s\n",
	    c->name, line->number, why, line->name, line->rest);
	c->left_out++;
}

static int read_ignore(struct conversion *c, struct oci_error *err)
{
	char path[4096], line[1024];
	FILE *file;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/.dockerignore", c->folder);
	file = fopen(path, "r");
	while (!rc && file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (*line && *line != '#')
			rc = oci_strings_add(&c->ignore, line, err);
	}
	if (file)
		fclose(file);
	return rc;
}

static int convert(struct conversion *c, char *text, struct oci_error *err)
{
	struct dockerfile file;
	int rc = dockerfile_parse(&file, text, err);

	c->words.escape = file.escape;
	c->entries = open_memstream(&c->entries_text, &c->entries_size);
	if (!rc && !c->entries)
		rc = fail_nomem(err);
	if (!rc)
		rc = read_ignore(c, err);
	if (!rc)
		rc = conversion_run(c, &file, err);
	if (c->entries)
		rc = say_end(c->entries, &c->entries_text, rc, err);
	dockerfile_release(&file);
	return rc;
}

static void release(struct conversion *c)
{
	struct oci_strings *lists[] = { &c->ignore,	&c->shell,
					&c->entrypoint, &c->cmd,
					&c->ports,	&c->volumes,
					&c->health_test };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		oci_strings_release(lists[i]);
	dockerwords_release(&c->words);
	oci_pairs_release(&c->labels);
	oci_pairs_release(&c->health);
	free(c->base);
	free(c->user);
	free(c->stop_signal);
	free(c->folder_inside);
	free(c->entries_text);
}

static int read_text(char **out, const char *path, struct oci_error *err)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *text = calloc(1, FILE_MAX_SIZE + 1);
	size_t size = 0;
	int rc = 0;

	if (!file)
		rc = oci_error_set(err, OCI_E_SYSTEM, "open '%.500s': %s", path,
				   strerror(errno));
	else if (!text)
		rc = fail_nomem(err);
	else
		size = fread(text, 1, FILE_MAX_SIZE, file);
	if (!rc && (ferror(file) || size == FILE_MAX_SIZE ||
		    strlen(text) != size))
		rc = oci_error_set(err, OCI_E_INVALID,
				   "'%.500s' cannot be read, has a NUL, or has "
				   "1 MiB or more",
				   path);
	if (file && file != stdin)
		fclose(file);
	if (rc)
		free(text);
	else
		*out = text;
	return rc;
}

static int write_spec(const struct conversion *c,
		      const struct convert_command *command,
		      struct oci_error *err)
{
	struct oci_sink *sink = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out;
	int rc;

	if (strcmp(command->output, "-") == 0) {
		conversion_write(stdout, c, command->image);
		return 0;
	}
	out = open_memstream(&text, &size);
	if (out)
		conversion_write(out, c, command->image);
	rc = say_end(out, &text, 0, err);
	if (!rc)
		rc = oci_sink_create_file(&sink, command->output, err);
	if (!rc)
		rc = oci_sink_write(sink, text, size, err);
	if (!rc)
		rc = oci_sink_finish(sink, err);
	oci_sink_free(sink);
	free(text);
	return rc;
}

static int run(const struct convert_command *command, const char *path)
{
	struct conversion c = { .name = path, .folder = "." };
	const char *slash = strrchr(path, '/');
	char *text = NULL, *folder = NULL;
	struct oci_error err;
	int rc = read_text(&text, path, &err);

	if (!rc && slash) {
		folder = strndup(path, (size_t)(slash - path));
		c.folder = folder ? folder : ".";
	}
	if (!rc)
		rc = convert(&c, text, &err);
	if (!rc)
		rc = write_spec(&c, command, &err);
	if (rc)
		oci_error_wrap(&err, rc, "'%.300s'", path);
	else if (c.left_out)
		say(stderr,
		    "%s: %zu instruction%s left out: the comments of the spec "
		    "tell which, and why\n",
		    path, c.left_out, c.left_out == 1 ? " was" : "s were");
	release(&c);
	free(folder);
	free(text);
	if (rc)
		return say_error(&err);
	return c.left_out ? EXIT_FINDINGS : EXIT_DONE;
}

static int run_convert(int argc, char **argv)
{
	struct convert_command command = { NULL, "-" };
	int status = options_parse(&command_convert, "convert", &command, argc,
				   argv);

	if (status < 0 && optind + 1 != argc)
		status = say_usage("convert", "one DOCKERFILE is needed");
	return status < 0 ? run(&command, argv[optind]) : status;
}

static const struct cli_option own[] = {
	{ "output", 'o', "FILE",
	  "write the spec to FILE; default standard output",
	  offsetof(struct convert_command, output), NULL },
	{ "image", 0, "NAME", "the name of the image in the spec",
	  offsetof(struct convert_command, image), NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_convert = {
	.name = "convert",
	.summary = "turn a Dockerfile into a spec",
	.usage = "convert [options] DOCKERFILE",
	.about = "Converts the last stage of DOCKERFILE, and the stages that "
		 "it starts from: FROM, ARG, COPY and ADD of local files, ENV, "
		 "LABEL, USER, WORKDIR, EXPOSE, VOLUME, ENTRYPOINT, CMD, "
		 "SHELL, HEALTHCHECK and STOPSIGNAL. What a spec cannot have, "
		 "such as RUN and COPY --from, becomes a comment with the "
		 "reason. TARGETARCH and the like become ${arch} and the like, "
		 "so that one spec packs all platforms. The spec belongs "
		 "beside DOCKERFILE.",
	.groups = { { &own_options, 0 } },
	.notes = "Exit status: 0 all of it was converted, 1 it could not be "
		 "read, 3 something was left out.",
	.examples = {
		{ "to look at", "oci-pack convert Dockerfile" },
		{ "a spec with the name of the image",
		  "oci-pack convert Dockerfile --image ghcr.io/owner/app -o "
		  "new.spec" },
		{ "from another folder",
		  "oci-pack convert sub/Dockerfile -o sub/app.spec" },
	},
	.run = run_convert,
};
