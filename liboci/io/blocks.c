/* SPDX-License-Identifier: Apache-2.0 */
#include "io/blocks.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "io/file.h"
#include "io/pool.h"

int oci_blocks_add(struct oci_blocks *blocks, const struct oci_block *block,
		   struct oci_error *err)
{
	struct oci_block *items = oci_array_grow(blocks->items,
						 &blocks->capacity,
						 blocks->count + 1,
						 sizeof(*items));

	if (!items)
		return oci_fail_nomem(err);
	blocks->items = items;
	items[blocks->count++] = *block;
	return 0;
}

void oci_blocks_release(struct oci_blocks *blocks)
{
	free(blocks->items);
	*blocks = (struct oci_blocks){0};
}

/* Adds the last bytes before the block `place`. The saved state of sha256 lacks
 * them, because it has only multiples of OCI_DIGEST_BLOCK bytes. */
static int add_rest(struct oci_digester *digester, int fd,
		    const struct oci_old_block *place, struct oci_error *err)
{
	uint64_t from = place->block->out.size;
	char rest[OCI_DIGEST_BLOCK];
	size_t got, size;
	int rc;

	if (from > place->offset || place->offset - from >= sizeof(rest))
		return OCI_E_CORRUPT;
	size = (size_t)(place->offset - from);
	rc = oci_file_read_at(&got, fd, rest, size, from, err);
	if (rc || got != size)
		return OCI_E_CORRUPT;
	return oci_digester_add(digester, rest, size, err);
}

static bool is_right(const void *data, size_t size, int fd,
		     const struct oci_old_block *place)
{
	struct oci_digester *digester;
	struct oci_digest end;
	int rc = oci_digester_new(&digester, NULL, NULL);

	if (rc)
		return false;
	oci_digester_restore(digester, &place->block->out);
	rc = add_rest(digester, fd, place, NULL);
	if (!rc)
		rc = oci_digester_add(digester, data, size, NULL);
	if (!rc)
		rc = oci_digester_end(&end, digester, NULL);
	oci_digester_free(digester);
	return !rc && oci_digest_equal(&end, &place->block->end);
}

bool oci_block_fetch(void *out, size_t room, int fd,
		     const struct oci_old_block *place)
{
	size_t got, size;

	if (!place->block->out_size || place->block->out_size > room)
		return false;
	size = (size_t)place->block->out_size;
	if (oci_file_read_at(&got, fd, out, size, place->offset, NULL) ||
	    got != size || !is_right(out, size, fd, place))
		return false;
	/* The output fills the page cache too: drop the input just copied. */
	posix_fadvise(fd, (off_t)place->offset, (off_t)size,
		      POSIX_FADV_DONTNEED);
	return true;
}

struct copying {
	struct oci_task task; /* the first member, for a cast */
	const struct oci_old_block *place;
	char *data;
	size_t room;
	int fd;
	bool good;
};

static void run_copying(struct oci_task *task, unsigned worker)
{
	struct copying *self = (struct copying *)task;

	(void)worker;
	self->good =
		oci_block_fetch(self->data, self->room, self->fd, self->place);
}

static int copy_on(size_t *copied, struct oci_sink *sink, struct oci_pool *pool,
		   struct copying *ring, size_t ring_size,
		   const struct oci_old_block *places, size_t count,
		   struct oci_error *err)
{
	size_t given = 0, n = 0;
	int rc = 0;

	for (; n < count; n++) {
		struct copying *next = &ring[n % ring_size];

		for (; given < count && given < n + ring_size; given++) {
			ring[given % ring_size].place = &places[given];
			oci_pool_give(pool, &ring[given % ring_size].task);
		}
		oci_pool_wait(pool, &next->task);
		if (!next->good)
			break;
		rc = oci_sink_write(sink, next->data,
				    (size_t)next->place->block->out_size, err);
		if (rc)
			break;
	}
	*copied = n;
	return rc;
}

int oci_blocks_copy(size_t *copied, struct oci_sink *sink, int fd,
		    const struct oci_old_block *places, size_t count,
		    size_t room, unsigned jobs, struct oci_error *err)
{
	size_t threads = jobs ? jobs : oci_pool_cores();
	size_t ring_size = (threads < count ? threads : count) + 1;
	struct copying *ring = calloc(ring_size, sizeof(*ring));
	struct oci_pool *pool = NULL;
	int rc = ring ? oci_pool_new(&pool, (unsigned)ring_size - 1, err)
		      : oci_fail_nomem(err);

	*copied = 0;
	for (size_t i = 0; !rc && i < ring_size; i++) {
		ring[i] = (struct copying){ .task.run = run_copying,
					    .data = malloc(room),
					    .room = room,
					    .fd = fd };
		if (!ring[i].data)
			rc = oci_fail_nomem(err);
	}
	if (!rc)
		rc = copy_on(copied, sink, pool, ring, ring_size, places, count,
			     err);
	oci_pool_free(pool);
	for (size_t i = 0; ring && i < ring_size; i++)
		free(ring[i].data);
	free(ring);
	return rc;
}
