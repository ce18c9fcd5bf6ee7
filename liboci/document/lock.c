/* SPDX-License-Identifier: Apache-2.0 */
/* SPEC.lock: {"version": 1, "bases": {"docker://debian:trixie": {...}}}. */
#include <oci/lock.h>

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "document/descriptor.h"
#include "document/json.h"
#include "io/atomic.h"
#include "io/file.h"

enum { VERSION = 1 };

static void release_item(struct oci_locked *item)
{
	free(item->base);
	oci_descriptor_release(&item->image);
}

void oci_lock_release(struct oci_lock *lock)
{
	for (size_t i = 0; i < lock->count; i++)
		release_item(&lock->items[i]);
	free(lock->items);
	*lock = (struct oci_lock){0};
}

/* Returns the index of base, or of the place where it would be inserted. */
static size_t find(const struct oci_lock *lock, const char *base)
{
	size_t i = 0;

	while (i < lock->count && strcmp(lock->items[i].base, base) < 0)
		i++;
	return i;
}

const struct oci_descriptor *oci_lock_get(const struct oci_lock *lock,
					  const char *base)
{
	size_t i = find(lock, base);

	return i < lock->count && strcmp(lock->items[i].base, base) == 0 ?
		       &lock->items[i].image : NULL;
}

static int copy_item(struct oci_locked *out, const char *base,
		     const struct oci_descriptor *image, struct oci_error *err)
{
	int rc;

	*out = (struct oci_locked){0};
	out->image.digest = image->digest;
	out->image.size = image->size;
	rc = oci_text_copy(&out->base, base, err);
	if (!rc)
		rc = oci_text_copy(&out->image.media_type, image->media_type,
				   err);
	if (rc)
		release_item(out);
	return rc;
}

int oci_lock_set(struct oci_lock *lock, const char *base,
		 const struct oci_descriptor *image, struct oci_error *err)
{
	size_t i = find(lock, base);
	struct oci_locked item, *items;
	int rc = copy_item(&item, base, image, err);

	if (rc)
		return rc;
	if (oci_lock_get(lock, base)) {
		release_item(&lock->items[i]);
		lock->items[i] = item;
		return 0;
	}
	items = oci_array_grow(lock->items, &lock->capacity, lock->count + 1,
			       sizeof(*items));
	if (!items) {
		release_item(&item);
		return oci_fail_nomem(err);
	}
	lock->items = items;
	memmove(items + i + 1, items + i,
		(lock->count - i) * sizeof(*items));
	items[i] = item;
	lock->count++;
	return 0;
}

static int read_base(struct oci_lock *out, const char *base,
		     const json_t *json, struct oci_error *err)
{
	struct oci_descriptor image = {0};
	int rc = oci_descriptor_read(&image, json, err);

	if (!rc && !oci_media_is_index(image.media_type) &&
	    !oci_media_is_manifest(image.media_type))
		rc = oci_fail(err, OCI_E_INVALID,
			      "mediaType '%.100s' is not "
			      "that of an image",
			      image.media_type);
	if (!rc)
		rc = oci_lock_set(out, base, &image, err);
	oci_descriptor_release(&image);
	return rc ? oci_wrap(err, rc, "'%.200s'", base) : 0;
}

static int read_lock(struct oci_lock *out, const json_t *root,
		     struct oci_error *err)
{
	const json_t *bases;
	const char *base;
	json_t *image;
	int64_t version = 0; /* default if absent */
	int rc = oci_json_integer(&version, root, "version", err);

	if (!rc && version != VERSION)
		rc = oci_fail(err, OCI_E_UNSUPPORTED, "its version is %lld, "
			      "expected %d", (long long)version, VERSION);
	if (!rc)
		rc = oci_json_object(&bases, root, "bases", err);
	if (rc)
		return rc;
	json_object_foreach((json_t *)bases, base, image)
		if (!rc)
			rc = read_base(out, base, image, err);
	return rc;
}

int oci_lock_load(struct oci_lock *out, const char *path,
		  struct oci_error *err)
{
	json_t *root = NULL;
	char *text;
	size_t size;
	int rc = oci_file_load(&text, &size, path, OCI_LOCK_MAX, err);

	*out = (struct oci_lock){0};
	if (rc)
		return rc;
	rc = oci_json_load(&root, text, size, err);
	if (!rc)
		rc = read_lock(out, root, err);
	json_decref(root);
	free(text);
	if (rc)
		oci_lock_release(out);
	return rc ? oci_wrap(err, rc, "lock '%s'", path) : 0;
}

static int write_bases(json_t *bases, const struct oci_lock *lock,
		       struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < lock->count; i++) {
		json_t *image;

		rc = oci_descriptor_write(&image, &lock->items[i].image, err);
		if (!rc)
			rc = oci_json_set(bases, lock->items[i].base, image,
					  err);
	}
	return rc;
}

static int format(char **out, const struct oci_lock *lock,
		  struct oci_error *err)
{
	json_t *root = json_object(), *bases = json_object();
	int rc = root ? 0 : oci_fail_nomem(err);

	*out = NULL;
	if (!rc)
		rc = oci_json_set_integer(root, "version", VERSION, err);
	if (!rc)
		rc = write_bases(bases, lock, err);
	if (!rc)
		rc = oci_json_set(root, "bases", json_incref(bases), err);
	if (!rc)
		rc = oci_json_dump_as(out, root, JSON_INDENT(2), err);
	json_decref(bases);
	json_decref(root);
	return rc;
}

int oci_lock_save(const struct oci_lock *lock, const char *path,
		  struct oci_error *err)
{
	struct oci_buf text;
	char *json;
	int rc = format(&json, lock, err);

	if (rc)
		return rc;
	oci_buf_init(&text, OCI_LOCK_MAX);
	rc = oci_buf_format(&text, err, "%s\n", json);
	if (!rc)
		rc = oci_atomic_write(path, text.data, text.len, err);
	oci_buf_release(&text);
	free(json);
	return rc ? oci_wrap(err, rc, "lock '%s'", path) : 0;
}
