/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/transfer.h"

enum { REPORT_EVERY = 64 * 1024 };

static void report(struct oci_transfer *t, uint64_t done, bool known,
		   bool ended)
{
	const struct oci_registry_options *options = &t->registry->options;
	const struct oci_progress progress = {
		.what = t->digest->text,
		.done = done,
		.total = t->size,
		.known = known,
		.activity = t->activity,
		.ended = ended,
	};

	t->told = done;
	if (!options->progress || options->dry_run)
		return;
	pthread_mutex_lock(&t->registry->lock);
	options->progress(options->progress_data, &progress);
	pthread_mutex_unlock(&t->registry->lock);
}

void oci_transfer_begin(struct oci_transfer *t)
{
	report(t, t->start, false, false);
}

void oci_transfer_move(struct oci_transfer *t, uint64_t done)
{
	/* The size of a registry's answer is not known to be right. */
	if (done > t->size)
		done = t->size;
	if (done < t->told || done - t->told >= REPORT_EVERY)
		report(t, done, false, false);
}

void oci_transfer_end(struct oci_transfer *t, bool known)
{
	report(t, t->size, known, true);
}

void oci_transfer_sent(void *data, uint64_t sent, uint64_t received)
{
	struct oci_transfer *t = data;

	(void)received;
	if (t->spool && !oci_spool_is_complete(t->spool, &t->size))
		return;
	if (sent)
		oci_transfer_move(t, t->start + sent);
}
