/* SPDX-License-Identifier: Apache-2.0 */
/* certs.d, where it cannot be read. */
#include "helpers.h"

#include "registry/trust.h"

enum { NOBODY = 65534 };

static int load(struct oci_trust **out, struct oci_error *err)
{
	struct oci_strings folders = { 0 }, more = { 0 };
	int rc = oci_strings_add(&folders, folder, err);

	if (!rc)
		rc = oci_trust_load(out, &folders, "r.example", &more, err);
	oci_strings_release(&folders);
	return rc;
}

static void folders_of_others_are_passed_over(void **state)
{
	bool root = geteuid() == 0;
	struct oci_trust *trust = NULL;
	struct oci_error err;
	int rc;

	(void)state;
	assert_int_equal(chmod(folder, 0), 0);
	assert_int_equal(root ? seteuid(NOBODY) : 0, 0);
	rc = load(&trust, &err);
	assert_int_equal(root ? seteuid(0) : 0, 0);
	assert_int_equal(chmod(folder, 0700), 0);
	if (rc)
		fail_msg("%s", err.message);
	assert_null(trust->authorities);
	oci_trust_free(trust);
}

static void what_is_no_certificate_is_told(void **state)
{
	char path[128];
	struct oci_trust *trust = NULL;
	struct oci_error err;

	(void)state;
	snprintf(path, sizeof(path), "%sr.example", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%sr.example/a.crt", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_not_equal(load(&trust, &err), 0);
	assert_null(trust);
	assert_non_null(strstr(err.message, "a.crt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			folders_of_others_are_passed_over, make_folder,
			drop_folder),
		cmocka_unit_test_setup_teardown(
			what_is_no_certificate_is_told, make_folder,
			drop_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
