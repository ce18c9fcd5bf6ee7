/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files: a lock that is read is saved, and read again with the same
 * bases. */
#include "target.h"

static void check_same(const struct oci_lock *a, const struct oci_lock *b)
{
	target_check(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct oci_descriptor *image =
			oci_lock_get(b, a->items[i].base);

		target_check(image && image->size == a->items[i].image.size &&
			     oci_digest_equal(&image->digest,
					      &a->items[i].image.digest));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = target_file(data, size);
	struct oci_lock first, second;

	if (oci_lock_load(&first, path, NULL))
		return 0;
	target_check(!oci_lock_save(&first, path, NULL));
	target_check(!oci_lock_load(&second, path, NULL));
	check_same(&first, &second);
	oci_lock_release(&first);
	oci_lock_release(&second);
	return 0;
}
