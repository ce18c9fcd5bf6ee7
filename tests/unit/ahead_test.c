/* SPDX-License-Identifier: Apache-2.0 */
/* Reading ahead: the same bytes, the same end, the same error. */
#include "helpers.h"

#include "base/error.h"
#include "io/ahead.h"

/* Gives bytes that can be told by their place, in pieces of any size, and
 * fails where it is told to. */
struct counting {
	struct oci_source base;
	uint64_t size;
	uint64_t done;
	bool fails;		/* at its end */
};

static unsigned char byte_at(uint64_t place)
{
	return (unsigned char)(place * 31 + place / 251 + place / 65521);
}

static int counting_read(size_t *got, struct oci_source *source, void *data,
			 size_t size, struct oci_error *err)
{
	struct counting *self = (struct counting *)source;
	size_t n = 1 + (size_t)(self->done * 7919 % 100000);

	if (n > size)
		n = size;
	if (n > self->size - self->done)
		n = (size_t)(self->size - self->done);
	if (!n && self->fails)
		return oci_fail(err, OCI_E_CORRUPT, "broken at %llu",
				(unsigned long long)self->done);
	for (size_t i = 0; i < n; i++)
		((unsigned char *)data)[i] = byte_at(self->done + i);
	self->done += n;
	*got = n;
	return 0;
}

static const struct oci_source_ops counting_ops = { counting_read, NULL, NULL };

/* Reads with reads of step bytes until the end or an error. */
static int read_all(uint64_t *size, struct oci_source *source, size_t step,
		    struct oci_error *err)
{
	static unsigned char data[600000];
	size_t got = 1;
	int rc = 0;

	for (*size = 0; !rc && got; *size += rc ? 0 : got) {
		rc = oci_source_read(&got, source, data, step, err);
		for (size_t i = 0; !rc && i < got; i++)
			if (data[i] != byte_at(*size + i))
				fail_msg("byte %llu differs",
					 (unsigned long long)(*size + i));
	}
	return rc;
}

static void check_ahead(uint64_t size, bool fails, size_t step)
{
	struct counting from = { { &counting_ops }, size, 0, fails };
	struct oci_source *ahead;
	struct oci_error err = {0};
	uint64_t got;
	char text[40];
	int rc;

	check_done(oci_ahead_open(&ahead, &from.base, &err), &err, "ahead");
	rc = read_all(&got, ahead, step, &err);
	assert_int_equal(rc, fails ? OCI_E_CORRUPT : 0);
	assert_int_equal(got, size);
	/* It stays at its end, and with its error. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read_all(&got, ahead, step, &err), rc);
		assert_int_equal(got, 0);
	}
	snprintf(text, sizeof(text), "broken at %llu",
		 (unsigned long long)size);
	if (fails)
		assert_string_equal(err.message, text);
	oci_source_free(ahead);
}

static void test_same_bytes(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 262143, 262144, 262145, 1048576, 1048577, 3000000,
	};
	static const size_t steps[] = { 4097, 262144, 600000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			check_ahead(sizes[i], false, steps[j]);
			check_ahead(sizes[i], true, steps[j]);
		}
	check_ahead(300000, true, 1);
}

/* Whoever takes no more ends the thread, however far it is. */
static void test_given_up(void **state)
{
	(void)state;
	for (size_t taken = 0; taken < 3000000; taken += 299999) {
		struct counting from = { { &counting_ops }, UINT64_MAX, 0,
					 false };
		struct oci_source *ahead;
		struct oci_error err;
		unsigned char data[1000];
		size_t got;

		check_done(oci_ahead_open(&ahead, &from.base, &err), &err,
			   "ahead");
		for (size_t n = 0; n < taken; n += got)
			check_done(oci_source_read(&got, ahead, data,
						   sizeof(data), &err), &err,
				   "read");
		oci_source_free(ahead);
		assert_in_range(from.done, taken, taken + 5 * 262144 + 1000);
	}
}

static int counting_rewind(struct oci_source *source, struct oci_error *err)
{
	(void)err;
	((struct counting *)source)->done = 0;
	return 0;
}

/* Nothing is read before it is asked for, and all of it again after. */
static void test_again(void **state)
{
	static const struct oci_source_ops ops = {
		counting_read, counting_rewind, NULL,
	};
	static unsigned char data[700000];

	(void)state;
	for (size_t before = 0; before < 3; before++) {
		struct counting from = { { &ops }, 1500000, 0, false };
		struct oci_source *ahead;
		struct oci_error err;
		uint64_t size;
		size_t got;

		check_done(oci_ahead_open(&ahead, &from.base, &err), &err,
			   "ahead");
		assert_int_equal(from.done, 0);
		if (before)
			check_done(oci_source_read(&got, ahead, data,
						   before * 300000, &err),
				   &err, "read");
		for (int i = 0; i < 3; i++) {
			check_done(oci_source_rewind(ahead, &err), &err,
				   "rewind");
			assert_int_equal(from.done, 0);
			check_done(read_all(&size, ahead, 70001, &err), &err,
				   "again");
			assert_int_equal(size, 1500000);
		}
		oci_source_free(ahead);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
