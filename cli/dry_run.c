/* SPDX-License-Identifier: Apache-2.0 */
/* --dry-run: what a push would do, a line a step. */
#include "remote.h"

#include <string.h>

static void say_repository(struct plan *plan, const struct oci_push_step *s)
{
	char name[OCI_REFERENCE_TEXT];

	snprintf(name, sizeof(name), "%s/%s", s->host, s->repository);
	if (strcmp(name, plan->name) == 0)
		return;
	memcpy(plan->name, name, sizeof(name));
	say(stdout, "%s\n", name);
}

static void count(struct plan *plan, const struct oci_push_step *s)
{
	if (s->action == OCI_PUSH_KEEP)
		plan->there++;
	else if (s->kind == OCI_PUSH_MANIFEST)
		plan->manifests++;
	else if (s->kind == OCI_PUSH_TAG)
		plan->tags++;
	else if (s->action == OCI_PUSH_MOUNT)
		plan->mounts++;
	else
		plan->blobs++;
	if (s->action == OCI_PUSH_SEND && s->kind != OCI_PUSH_TAG)
		plan->bytes += s->size;
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

int plan_step(void *data, const struct oci_push_step *s)
{
	static const char *const actions[] = {
		[OCI_PUSH_KEEP] = "keep",
		[OCI_PUSH_MOUNT] = "mount",
		[OCI_PUSH_SEND] = "upload",
	};
	struct plan *plan = data;
	char size[SIZE_TEXT];

	count(plan, s);
	if (plan->quiet)
		return was_interrupted();
	say_repository(plan, s);
	if (s->kind == OCI_PUSH_TAG) {
		say_tag(s);
		return was_interrupted();
	}
	format_size(size, s->size);
	say(stdout, "  %-7s %s %s, %s", actions[s->action],
	    s->kind == OCI_PUSH_BLOB ? "blob" : "manifest", s->digest->text,
	    size);
	if (s->action == OCI_PUSH_MOUNT)
		say(stdout, ", from %s", s->from);
	say(stdout, "\n");
	return was_interrupted();
}

void plan_say(const struct plan *plan)
{
	char size[SIZE_TEXT];

	format_size(size, plan->bytes);
	say(stdout,
	    "to upload: %lu blob%s and %lu manifest%s, %s; to mount: "
	    "%lu; tags to set: %lu; there already: %lu\n",
	    plan->blobs, plural(plan->blobs), plan->manifests,
	    plural(plan->manifests), size, plan->mounts, plan->tags,
	    plan->there);
	say(stdout, "nothing was changed\n");
}
