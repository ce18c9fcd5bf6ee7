/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/look.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/time.h"

struct oci_filter oci_look_filter(const struct oci_plan_entry *entry)
{
	return (struct oci_filter){
		&entry->include, &entry->exclude, (unsigned)entry->strip,
	};
}

static size_t count_inputs(const struct oci_plan_layer *layer)
{
	size_t count = 0;

	for (size_t i = 0; i < layer->deb_count; i++)
		count += layer->debs[i].inputs.count;
	for (size_t i = 0; i < layer->entry_count; i++)
		count += layer->entries[i].inputs.count;
	return count;
}

static int look_at(struct oci_look *look, const struct oci_plan_inputs *inputs,
		   const struct oci_filter *filter, unsigned char *seen,
		   struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < inputs->count; i++) {
		const struct oci_plan_input *input = &inputs->items[i];
		struct oci_looked *looked = &look->items[look->count++];

		if (input->folder)
			rc = oci_listing_open(&looked->listing, input->path,
					      filter, seen, &look->now,
					      look->watch, err);
		else if (stat(input->path, &looked->st) != 0)
			rc = oci_fail_errno(err, "stat '%s'", input->path);
	}
	return rc;
}

static int look_at_layer(struct oci_look *look,
			 const struct oci_plan_layer *layer,
			 struct oci_error *err)
{
	for (size_t i = 0; i < layer->deb_count; i++) {
		const struct oci_plan_deb *deb = &layer->debs[i];
		int rc = look_at(look, &deb->inputs, NULL, NULL, err);

		if (rc)
			return oci_wrap(err, rc, "%s", deb->origin);
	}
	for (size_t i = 0; i < layer->entry_count; i++) {
		const struct oci_plan_entry *e = &layer->entries[i];
		const struct oci_filter filter = oci_look_filter(e);
		int rc = look_at(look, &e->inputs, &filter, e->seen, err);

		if (rc)
			return oci_wrap(err, rc, "%s", e->origin);
	}
	return 0;
}

int oci_look_open(struct oci_look *out, const struct oci_plan_layer *layer,
		  const struct oci_watch *watch, struct oci_error *err)
{
	int rc;

	*out = (struct oci_look){ .watch = watch };
	clock_gettime(CLOCK_REALTIME, &out->now);
	out->items = calloc(count_inputs(layer) + 1, sizeof(*out->items));
	if (!out->items)
		return oci_fail_nomem(err);
	rc = look_at_layer(out, layer, err);
	if (rc)
		oci_look_release(out);
	return rc;
}

static int stamp_strings(struct oci_stamp *stamp,
			 const struct oci_strings *list, struct oci_error *err)
{
	int rc = oci_stamp_number(stamp, (int64_t)list->count, err);

	for (size_t i = 0; !rc && i < list->count; i++)
		rc = oci_stamp_text(stamp, list->items[i], err);
	return rc;
}

static int stamp_listing(struct oci_stamp *stamp,
			 const struct oci_listing *listing,
			 struct oci_error *err)
{
	const struct oci_listed_folder *f = listing->folders;
	int rc = 0;

	for (; !rc && f; f = f->next) {
		rc = oci_stamp_text(stamp, f->below, err);
		if (!rc)
			rc = oci_stamp_text(stamp, f->stamp.text, err);
		if (!f->settled)
			oci_stamp_unsettle(stamp);
	}
	/* Nothing has this path: it ends the folder. */
	return rc ? rc : oci_stamp_text(stamp, NULL, err);
}

static int stamp_inputs(struct oci_stamp *stamp,
			const struct oci_looked **next,
			const struct oci_plan_inputs *inputs,
			struct oci_error *err)
{
	int rc = oci_stamp_number(stamp, (int64_t)inputs->count, err);

	for (size_t i = 0; !rc && i < inputs->count; i++) {
		const struct oci_looked *looked = (*next)++;

		rc = oci_stamp_text(stamp, inputs->items[i].path, err);
		if (rc)
			return rc;
		rc = looked->listing ?
			     stamp_listing(stamp, looked->listing, err) :
			     oci_stamp_stat(stamp, &looked->st, err);
	}
	return rc;
}

static int stamp_entry(struct oci_stamp *stamp, const struct oci_looked **next,
		       const struct oci_plan_entry *e, struct oci_error *err)
{
	const int64_t numbers[] = {
		e->kind,	 e->into,	  e->device.type,
		e->device.major, e->device.minor, e->mode,
		e->owner.uid,	 e->owner.gid,	  e->mtime,
		e->replace,	 e->strip,	  (int64_t)e->extended.count,
	};
	int rc = oci_stamp_bytes(stamp, numbers, sizeof(numbers), err);

	if (!rc)
		rc = oci_stamp_text(stamp, e->path, err);
	if (!rc)
		rc = oci_stamp_text(stamp, e->source, err);
	if (!rc)
		rc = oci_stamp_bytes(stamp, e->content.data, e->content.size,
				     err);
	for (size_t i = 0; !rc && i < e->extended.count; i++) {
		const struct oci_extended *x = &e->extended.items[i];

		rc = oci_stamp_text(stamp, x->name, err);
		if (!rc)
			rc = oci_stamp_bytes(stamp, x->value, x->size, err);
	}
	if (!rc)
		rc = stamp_strings(stamp, &e->include, err);
	if (!rc)
		rc = stamp_strings(stamp, &e->exclude, err);
	return rc ? rc : stamp_inputs(stamp, next, &e->inputs, err);
}

int oci_look_stamp(struct oci_stamp *stamp, const struct oci_look *look,
		   const struct oci_plan_layer *layer, struct oci_error *err)
{
	const struct oci_looked *next = look->items;
	int rc = oci_stamp_number(stamp, (int64_t)layer->deb_count, err);

	for (size_t i = 0; !rc && i < layer->deb_count; i++)
		rc = stamp_inputs(stamp, &next, &layer->debs[i].inputs, err);
	for (size_t i = 0; !rc && i < layer->entry_count; i++)
		rc = stamp_entry(stamp, &next, &layer->entries[i], err);
	return rc;
}

static bool inputs_hold(const struct oci_looked **next,
			const struct oci_plan_inputs *inputs)
{
	struct stat st;

	for (size_t i = 0; i < inputs->count; i++) {
		const struct stat *before = &(*next)++->st;

		if (inputs->items[i].folder)
			continue;
		if (stat(inputs->items[i].path, &st) != 0 ||
		    st.st_dev != before->st_dev ||
		    st.st_ino != before->st_ino ||
		    st.st_size != before->st_size ||
		    !oci_time_same(st.st_mtim, before->st_mtim) ||
		    !oci_time_same(st.st_ctim, before->st_ctim))
			return false;
	}
	return true;
}

bool oci_look_holds(const struct oci_look *look,
		    const struct oci_plan_layer *layer)
{
	const struct oci_looked *next = look->items;
	bool out = true;

	for (size_t i = 0; out && i < layer->deb_count; i++)
		out = inputs_hold(&next, &layer->debs[i].inputs);
	for (size_t i = 0; out && i < layer->entry_count; i++)
		out = inputs_hold(&next, &layer->entries[i].inputs);
	return out;
}

void oci_look_release(struct oci_look *look)
{
	for (size_t i = 0; i < look->count; i++)
		oci_listing_free(look->items[i].listing);
	free(look->items);
	*look = (struct oci_look){0};
}
