/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/snapshot.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/time.h"

struct oci_filter oci_plan_entry_filter(const struct oci_plan_entry *entry)
{
	return (struct oci_filter){
		.include = &entry->include,
		.exclude = &entry->exclude,
		.strip = (unsigned)entry->strip,
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

static int take_inputs(struct oci_snapshot *snapshot,
		       const struct oci_plan_inputs *inputs,
		       const struct oci_filter *filter, unsigned char *seen,
		       struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < inputs->count; i++) {
		const struct oci_plan_input *input = &inputs->items[i];
		struct oci_snapshot_input *input_state =
			&snapshot->items[snapshot->count++];

		if (input->folder)
			rc = oci_listing_open(
				&input_state->listing, input->path, filter,
				seen, &snapshot->now, snapshot->watch, err);
		else if (stat(input->path, &input_state->st) != 0)
			rc = oci_fail_errno(err, "stat '%s'", input->path);
	}
	return rc;
}

static int take_layer(struct oci_snapshot *snapshot,
		      const struct oci_plan_layer *layer, struct oci_error *err)
{
	for (size_t i = 0; i < layer->deb_count; i++) {
		const struct oci_plan_deb *deb = &layer->debs[i];
		int rc = take_inputs(snapshot, &deb->inputs, NULL, NULL, err);

		if (rc)
			return oci_wrap(err, rc, "%s", deb->position);
	}
	for (size_t i = 0; i < layer->entry_count; i++) {
		const struct oci_plan_entry *e = &layer->entries[i];
		const struct oci_filter filter = oci_plan_entry_filter(e);
		int rc = take_inputs(snapshot, &e->inputs, &filter, e->seen,
				     err);

		if (rc)
			return oci_wrap(err, rc, "%s", e->position);
	}
	return 0;
}

int oci_snapshot_take(struct oci_snapshot *out,
		      const struct oci_plan_layer *layer,
		      const struct oci_watch *watch, struct oci_error *err)
{
	int rc;

	*out = (struct oci_snapshot){ .watch = watch };
	clock_gettime(CLOCK_REALTIME, &out->now);
	out->items = calloc(count_inputs(layer) + 1, sizeof(*out->items));
	if (!out->items)
		return oci_fail_nomem(err);
	rc = take_layer(out, layer, err);
	if (rc)
		oci_snapshot_release(out);
	return rc;
}

static int add_strings(struct oci_fingerprint *fingerprint,
		       const struct oci_strings *list, struct oci_error *err)
{
	int rc = oci_fingerprint_number(fingerprint, (int64_t)list->count, err);

	for (size_t i = 0; !rc && i < list->count; i++)
		rc = oci_fingerprint_text(fingerprint, list->items[i], err);
	return rc;
}

static int add_listing(struct oci_fingerprint *fingerprint,
		       const struct oci_listing *listing, struct oci_error *err)
{
	const struct oci_listing_folder *f = listing->folders;
	int rc = 0;

	for (; !rc && f; f = f->next) {
		rc = oci_fingerprint_text(fingerprint, f->below, err);
		if (!rc)
			rc = oci_fingerprint_text(fingerprint,
						  f->fingerprint.text, err);
		if (f->racy)
			oci_fingerprint_mark_racy(fingerprint);
	}
	/* NULL is not the path of any folder, so it marks the end of the
	 * list. */
	return rc ? rc : oci_fingerprint_text(fingerprint, NULL, err);
}

static int add_inputs(struct oci_fingerprint *fingerprint,
		      const struct oci_snapshot_input **next,
		      const struct oci_plan_inputs *inputs,
		      struct oci_error *err)
{
	int rc = oci_fingerprint_number(fingerprint, (int64_t)inputs->count,
					err);

	for (size_t i = 0; !rc && i < inputs->count; i++) {
		const struct oci_snapshot_input *input_state = (*next)++;

		rc = oci_fingerprint_text(fingerprint, inputs->items[i].path,
					  err);
		if (rc)
			return rc;
		rc = input_state->listing
			     ? add_listing(fingerprint, input_state->listing,
					   err)
			     : oci_fingerprint_stat(fingerprint,
						    &input_state->st, err);
	}
	return rc;
}

static int add_entry(struct oci_fingerprint *fingerprint,
		     const struct oci_snapshot_input **next,
		     const struct oci_plan_entry *e, struct oci_error *err)
{
	const int64_t numbers[] = {
		e->kind,	 e->into,	  e->device.type,
		e->device.major, e->device.minor, e->mode,
		e->owner.uid,	 e->owner.gid,	  e->mtime,
		e->replace,	 e->strip,	  (int64_t)e->extended.count,
	};
	int rc = oci_fingerprint_bytes(fingerprint, numbers, sizeof(numbers),
				       err);

	if (!rc)
		rc = oci_fingerprint_text(fingerprint, e->path, err);
	if (!rc)
		rc = oci_fingerprint_text(fingerprint, e->source, err);
	if (!rc)
		rc = oci_fingerprint_bytes(fingerprint, e->content.data,
					   e->content.size, err);
	for (size_t i = 0; !rc && i < e->extended.count; i++) {
		const struct oci_extended *x = &e->extended.items[i];

		rc = oci_fingerprint_text(fingerprint, x->name, err);
		if (!rc)
			rc = oci_fingerprint_bytes(fingerprint, x->value,
						   x->size, err);
	}
	if (!rc)
		rc = add_strings(fingerprint, &e->include, err);
	if (!rc)
		rc = add_strings(fingerprint, &e->exclude, err);
	return rc ? rc : add_inputs(fingerprint, next, &e->inputs, err);
}

int oci_snapshot_fingerprint(struct oci_fingerprint *fingerprint,
			     const struct oci_snapshot *snapshot,
			     const struct oci_plan_layer *layer,
			     struct oci_error *err)
{
	const struct oci_snapshot_input *next = snapshot->items;
	int rc = oci_fingerprint_number(fingerprint, (int64_t)layer->deb_count,
					err);

	for (size_t i = 0; !rc && i < layer->deb_count; i++)
		rc = add_inputs(fingerprint, &next, &layer->debs[i].inputs,
				err);
	for (size_t i = 0; !rc && i < layer->entry_count; i++)
		rc = add_entry(fingerprint, &next, &layer->entries[i], err);
	return rc;
}

static bool inputs_hold(const struct oci_snapshot_input **next,
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

bool oci_snapshot_holds(const struct oci_snapshot *snapshot,
			const struct oci_plan_layer *layer)
{
	const struct oci_snapshot_input *next = snapshot->items;
	bool out = true;

	for (size_t i = 0; out && i < layer->deb_count; i++)
		out = inputs_hold(&next, &layer->debs[i].inputs);
	for (size_t i = 0; out && i < layer->entry_count; i++)
		out = inputs_hold(&next, &layer->entries[i].inputs);
	return out;
}

void oci_snapshot_release(struct oci_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++)
		oci_listing_free(snapshot->items[i].listing);
	free(snapshot->items);
	*snapshot = (struct oci_snapshot){ 0 };
}
