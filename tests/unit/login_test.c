/* SPDX-License-Identifier: Apache-2.0 */
/* Config files that several processes log in with at the same time. */
#include "helpers.h"

#include <sys/wait.h>

#include "io/file_lock.h"

enum { PROCESSES = 12 };

static void log_in(const char *path, int number)
{
	char host[] = "a.example";
	struct oci_credential credential = {
		.user = (char *)"user", .password = (char *)"secret",
	};

	host[0] = (char)('a' + number);
	_exit(oci_credential_store(path, host, &credential, NULL, NULL) != 0);
}

static void test_at_once(void **state)
{
	char path[] = "/tmp/liboci-login-XXXXXX", file[64];
	struct oci_strings files = {0};
	struct oci_error err;
	pid_t pids[PROCESSES];

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/config.json", path);
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			log_in(file, i);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	check_done(oci_strings_add(&files, file, &err), &err, "add");
	for (int i = 0; i < PROCESSES; i++) {
		struct oci_credential found = {0};
		char host[] = "a.example";

		host[0] = (char)('a' + i);
		check_done(oci_credential_find(&found, &files, host, "", NULL,
					       &err), &err, host);
		assert_string_equal(found.user, "user");
		oci_credential_release(&found);
	}
	oci_strings_release(&files);
	unlink(file);
	assert_int_equal(rmdir(path), 0);
}

static void test_cancelled(void **state)
{
	char path[] = "/tmp/liboci-login-XXXXXX", file[64];
	const struct oci_credential credential = {
		.user = (char *)"user",
		.password = (char *)"secret",
	};
	const int cancelled = 1;
	struct oci_error err;
	int lock;

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/config.json", path);
	check_done(oci_folder_lock(&lock, file, NULL, &err), &err, "lock");
	check_failed(oci_credential_store(file, "a.example", &credential,
					  &cancelled, &err),
		     &err, OCI_E_CANCELLED, "cancelled", "held");
	assert_int_equal(close(lock), 0);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "faults C: logins at once, each one is kept", test_at_once,
		  NULL, NULL, NULL },
		{ "faults 9: a login that waits for another one ends",
		  test_cancelled, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
