/* SPDX-License-Identifier: Apache-2.0 */
/* layer-count, size-budget, duplicate-bytes: the cost of shipping an image. */
#include "lint/lint.h"

enum { LAYERS_MAX = 127, HIDDEN_LEAST = 1024 * 1024 };

int oci_lint_size(struct oci_lint *lint, struct oci_error *err)
{
	const struct oci_descriptors *layers = lint->subject->layers;
	const struct oci_table *table = &lint->subject->rootfs->table;
	uint64_t size = 0, hidden = 0, budget = lint->options->size_budget;

	(void)err;
	for (size_t i = 0; i < layers->count; i++)
		size += layers->items[i].size;
	for (size_t i = 0; i < table->capacity; i++) {
		const struct oci_rootfs_entry *e = table->slots[i].value;

		hidden += e ? e->hidden : 0;
	}
	if (layers->count > LAYERS_MAX)
		oci_lint_report(lint, "layer-count", NULL,
				"it has %zu layers, more than %d",
				layers->count, LAYERS_MAX);
	if (budget && size > budget)
		oci_lint_report(lint, "size-budget", NULL,
				"its layers have %llu bytes, %llu more than "
				"its budget", (unsigned long long)size,
				(unsigned long long)(size - budget));
	if (hidden >= HIDDEN_LEAST)
		oci_lint_report(lint, "duplicate-bytes", NULL,
				"%llu bytes of lower layers are replaced or "
				"removed by higher ones",
				(unsigned long long)hidden);
	return 0;
}
