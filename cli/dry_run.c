/* SPDX-License-Identifier: Apache-2.0 */
/* --dry-run: prints one line for each step of a push. */
#include "remote.h"

#include <string.h>

static void say_repository(struct dry_run *totals,
			   const struct oci_push_step *s)
{
	char name[OCI_REFERENCE_TEXT];

	snprintf(name, sizeof(name), "%s/%s", s->host, s->repository);
	if (strcmp(name, totals->name) == 0)
		return;
	memcpy(totals->name, name, sizeof(name));
	say(stdout, "%s\n", name);
}

static void count(struct dry_run *totals, const struct oci_push_step *s)
{
	if (s->action == OCI_PUSH_KEEP)
		totals->there++;
	else if (s->kind == OCI_PUSH_MANIFEST)
		totals->manifests++;
	else if (s->kind == OCI_PUSH_TAG)
		totals->tags++;
	else if (s->action == OCI_PUSH_MOUNT)
		totals->mounts++;
	else
		totals->blobs++;
	if (s->action == OCI_PUSH_SEND && s->kind != OCI_PUSH_TAG)
		totals->bytes += s->size;
}

static void say_tag(const struct oci_push_step *s)
{
	say(stdout, "  %-7s tag %s",
	    s->action == OCI_PUSH_KEEP ? "keep" : "set", s->tag);
	if (s->action == OCI_PUSH_KEEP)
		say(stdout, "\n");
	else if (s->from)
		say(stdout, ", now %s\n", s->from);
	else
		say(stdout, ", new\n");
}

void dry_run_step(void *data, const struct oci_push_step *s)
{
	static const char *const actions[] = {
		[OCI_PUSH_KEEP] = "keep",
		[OCI_PUSH_MOUNT] = "mount",
		[OCI_PUSH_SEND] = "upload",
	};
	struct dry_run *totals = data;
	char size[SIZE_TEXT];

	count(totals, s);
	if (totals->quiet)
		return;
	say_repository(totals, s);
	if (s->kind == OCI_PUSH_TAG) {
		say_tag(s);
		return;
	}
	format_size(size, s->size);
	say(stdout, "  %-7s %s %s, %s", actions[s->action],
	    s->kind == OCI_PUSH_BLOB ? "blob" : "manifest", s->digest->text,
	    size);
	if (s->action == OCI_PUSH_MOUNT)
		say(stdout, ", from %s", s->from);
	say(stdout, "\n");
}

void dry_run_print(const struct dry_run *totals)
{
	char size[SIZE_TEXT];

	format_size(size, totals->bytes);
	say(stdout,
	    "to upload: %lu blob%s and %lu manifest%s, %s; to mount: "
	    "%lu; tags to set: %lu; there already: %lu\n",
	    totals->blobs, plural(totals->blobs), totals->manifests,
	    plural(totals->manifests), size, totals->mounts, totals->tags,
	    totals->there);
	say(stdout, "nothing was changed\n");
}
