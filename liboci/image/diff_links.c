/* SPDX-License-Identifier: Apache-2.0 */
/* Finds hard links: files whose bytes are one member of a layer's tar. */
#include <stdlib.h>

#include "base/error.h"
#include "image/diff.h"

struct place {
	unsigned layer;
	unsigned member;
	size_t index; /* of the entry */
};

static int by_place(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->layer != right->layer)
		return left->layer < right->layer ? -1 : 1;
	if (left->member != right->member)
		return left->member < right->member ? -1 : 1;
	return left->index < right->index ? -1 : 1;
}

static size_t add_places(struct place *out, const struct oci_diff_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct oci_rootfs_entry *e = list->entries[i];

		if (e->type == OCI_ENTRY_FILE && e->at.content.member)
			out[count++] = (struct place){
				e->at.content.layer, e->at.content.member, i };
	}
	return count;
}

int oci_diff_find_links(struct oci_diff_list *list, struct oci_error *err)
{
	struct place *places = malloc((list->count + 1) * sizeof(*places));
	size_t count, first = 0;

	list->links = calloc(list->count + 1, sizeof(*list->links));
	if (!places || !list->links) {
		free(places);
		return oci_fail_nomem(err);
	}
	count = add_places(places, list);
	if (count)
		qsort(places, count, sizeof(*places), by_place);
	for (size_t i = 1; i < count; i++) {
		if (places[i].layer != places[first].layer ||
		    places[i].member != places[first].member)
			first = i;
		else
			list->links[places[i].index] =
				list->entries[places[first].index]->path;
	}
	free(places);
	return 0;
}
