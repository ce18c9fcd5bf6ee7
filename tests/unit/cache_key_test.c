/* SPDX-License-Identifier: Apache-2.0 */
/* The key that signs the records of a cache. */
#include "helpers.h"

#include <pthread.h>

#include "store/cache.h"

enum { WRITERS = 8, ROUNDS = 30 };

static pthread_barrier_t barrier;
static char cache_path[sizeof(folder) + 16];

static void name_record(struct oci_digest *out, int writer)
{
	char text[80];
	struct oci_error err;

	snprintf(text, sizeof(text), "sha256:%064d", writer);
	check_done(oci_digest_parse(out, text, &err), &err, text);
}

/* One of many handles that find no key. Returns NULL, or data if it fails,
 * because cmocka's checks work in the first thread alone. */
static void *write_one(void *data)
{
	const struct oci_digest *name = data;
	struct oci_cache *cache;
	struct oci_error err;
	int rc = oci_cache_open(&cache, cache_path, 1 << 20, &err);

	pthread_barrier_wait(&barrier);
	if (!rc)
		rc = oci_cache_record_write(cache, OCI_CACHE_CLEAN, name, "x",
					    1, &err);
	oci_cache_free(cache);
	return rc ? data : NULL;
}

static bool has_record(struct oci_cache *cache, const struct oci_digest *name)
{
	char *text;
	size_t size;
	bool found = !oci_cache_record_read(&text, &size, cache,
					    OCI_CACHE_CLEAN, name, NULL);

	free(text);
	return found;
}

static void many_writers_share_the_first_key(void **state)
{
	struct oci_digest names[WRITERS];
	pthread_t threads[WRITERS];
	struct oci_cache *cache;
	struct oci_error err;
	void *failure;

	(void)state;
	pthread_barrier_init(&barrier, NULL, WRITERS);
	for (int round = 0; round < ROUNDS; round++) {
		snprintf(cache_path, sizeof(cache_path), "%s%d", folder, round);
		for (int i = 0; i < WRITERS; i++) {
			name_record(&names[i], i);
			assert_int_equal(pthread_create(&threads[i], NULL,
							write_one, &names[i]),
					 0);
		}
		for (int i = 0; i < WRITERS; i++) {
			pthread_join(threads[i], &failure);
			assert_null(failure);
		}
		check_done(oci_cache_open(&cache, cache_path, 1 << 20, &err),
			   &err, cache_path);
		for (int i = 0; i < WRITERS; i++)
			assert_true(has_record(cache, &names[i]));
		oci_cache_free(cache);
	}
	pthread_barrier_destroy(&barrier);
}

/* A key that is no key is replaced, and the records after it are valid. */
static void a_key_that_cannot_be_used_is_replaced(void **state)
{
	struct oci_digest name;
	struct oci_cache *cache;
	struct oci_error err;

	(void)state;
	snprintf(cache_path, sizeof(cache_path), "%sodd", folder);
	assert_int_equal(mkdir(cache_path, 0700), 0);
	write_text("odd/key", "short");
	name_record(&name, 0);
	check_done(oci_cache_open(&cache, cache_path, 1 << 20, &err), &err,
		   cache_path);
	check_done(oci_cache_record_write(cache, OCI_CACHE_CLEAN, &name, "x", 1,
					  &err),
		   &err, "record");
	oci_cache_free(cache);
	check_done(oci_cache_open(&cache, cache_path, 1 << 20, &err), &err,
		   cache_path);
	assert_true(has_record(cache, &name));
	oci_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			many_writers_share_the_first_key, make_folder,
			drop_folder),
		cmocka_unit_test_setup_teardown(
			a_key_that_cannot_be_used_is_replaced, make_folder,
			drop_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
