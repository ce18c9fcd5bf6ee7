/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack ls: lists the files of an image. */
#include <string.h>
#include <time.h>

#include "files.h"

struct listing {
	bool json;
	size_t count;
};

static const char types[] = {
	[OCI_ENTRY_FILE] = '-',
	[OCI_ENTRY_DIRECTORY] = 'd',
	[OCI_ENTRY_SYMLINK] = 'l',
	[OCI_ENTRY_HARDLINK] = '-',
	[OCI_ENTRY_CHARACTER_DEVICE] = 'c',
	[OCI_ENTRY_BLOCK_DEVICE] = 'b',
	[OCI_ENTRY_FIFO] = 'p',
};

static bool is_device(const struct oci_entry *e)
{
	return e->type == OCI_ENTRY_CHARACTER_DEVICE ||
	       e->type == OCI_ENTRY_BLOCK_DEVICE;
}

/* "-rwsr-xr-x", as ls(1) writes it. */
static void format_mode(char out[11], const struct oci_entry *e)
{
	static const char letters[] = "rwxrwxrwx";
	static const struct {
		unsigned bit;
		int at;
		char with, without; /* the bit for execution */
	} special[] = { { 04000, 3, 's', 'S' },
			{ 02000, 6, 's', 'S' },
			{ 01000, 9, 't', 'T' } };

	out[0] = types[e->type];
	for (int i = 0; i < 9; i++)
		out[1 + i] = e->mode >> (8 - i) & 1 ? letters[i] : '-';
	for (int i = 0; i < 3; i++)
		if (e->mode & special[i].bit)
			out[special[i].at] = out[special[i].at] == 'x'
						     ? special[i].with
						     : special[i].without;
	out[10] = '\0';
}

static void format_time(char out[32], int64_t mtime)
{
	time_t seconds = (time_t)mtime;
	struct tm tm;

	if (seconds != mtime || !gmtime_r(&seconds, &tm) ||
	    !strftime(out, 32, "%Y-%m-%d %H:%M", &tm))
		snprintf(out, 32, "%lld", (long long)mtime);
}

static void print_text(const struct oci_entry *e)
{
	char mode[11], when[32], owner[24], size[24];

	format_mode(mode, e);
	format_time(when, e->mtime);
	snprintf(owner, sizeof(owner), "%u:%u", e->uid, e->gid);
	if (is_device(e))
		snprintf(size, sizeof(size), "%u,%u", e->major, e->minor);
	else
		snprintf(size, sizeof(size), "%llu",
			 (unsigned long long)e->size);
	say(stdout, "%s %-9s %11s %s %3u /%s", mode, owner, size, when,
	    e->layer, e->path);
	if (e->type == OCI_ENTRY_SYMLINK)
		say(stdout, " -> %s", e->target);
	say(stdout, "\n");
}

static void print_json(const struct oci_entry *e, bool first)
{
	say(stdout, "%s\n  {\"path\": ", first ? "[" : ",");
	say_json_path(stdout, e->path);
	say(stdout, ", ");
	say_json_entry(stdout, e);
	if (e->type == OCI_ENTRY_FILE)
		say(stdout, ", \"size\": %llu", (unsigned long long)e->size);
	if (is_device(e))
		say(stdout, ", \"major\": %u, \"minor\": %u", e->major,
		    e->minor);
	say(stdout, "}");
}

static int print(void *data, const struct oci_entry *entry,
		 struct oci_error *err)
{
	struct listing *listing = data;

	if (was_interrupted())
		return oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	if (listing->json)
		print_json(entry, !listing->count);
	else
		print_text(entry);
	listing->count++;
	return 0;
}

/* Like ls(1), follows a link at the end of path only if a slash is behind. */
static int list(struct files *files, const char *path,
		const struct files_options *options, struct oci_error *err)
{
	struct listing listing = { .json = options->json };
	size_t size = strlen(path);
	bool follow = size && path[size - 1] == '/';
	struct oci_entry entry;
	int rc = files_apply(files, path, err);

	if (!rc)
		rc = oci_rootfs_find(&entry, files->rootfs, path, follow, err);
	if (!rc && entry.type == OCI_ENTRY_DIRECTORY)
		rc = oci_rootfs_each(files->rootfs, path, options->recursive,
				     print, &listing, err);
	else if (!rc)
		rc = print(&listing, &entry, err);
	if (!rc && listing.json)
		say(stdout, listing.count ? "\n]\n" : "[]\n");
	return rc;
}

static int run_ls(int argc, char **argv)
{
	return files_run(&command_ls, 1, 2, list, argc, argv);
}

#define AT(member) offsetof(struct files_options, member)

static const struct cli_option own[] = {
	{ "recursive", 'R', NULL, "also list what is in the directories below",
	  AT(recursive), NULL },
	{ "json", 0, NULL,
	  "print a JSON array; docs/json.md describes its members", AT(json),
	  NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_ls = {
	.name = "ls",
	.summary = "list the files of an image",
	.usage = "ls [options] IMAGE [PATH]",
	.about = "Lists the files that a container of the image would see in "
		 "the directory PATH (default: /): mode, owner, bytes, time "
		 "(UTC), the number of the layer that the file comes from, "
		 "and path. If PATH is not a directory, only that file is "
		 "listed. IMAGE is FILE.tar[:NAME], -, DIR, oci:DIR[:TAG], "
		 "dir:DIR or docker://REF; a REF with a host needs no "
		 "docker://.",
	.groups = { { &own_options, 0 },
		    { &files_platform, 0 },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "a folder",
		  "oci-pack ls app.tar /etc" },
		{ "all files of an image in a registry",
		  "oci-pack ls -R docker://ghcr.io/owner/app:1" },
		{ "the largest file",
		  "oci-pack ls -R --json app.tar | jq 'max_by(.size)'" },
	},
	.run = run_ls,
};
