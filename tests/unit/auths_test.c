/* SPDX-License-Identifier: Apache-2.0 */
/* Which entry of a config file is a repository's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "document/auths.h"

static const char config[] =
	"{\"credHelpers\":{\"h.example\":\"own\"},\"auths\":{"
	"\"r.example\":{\"auth\":\"host\"},"
	"\"r.example/team\":{\"auth\":\"team\"},"
	"\"r.example/team/app\":{\"auth\":\"app\"},"
	"\"R.example/upper\":{\"auth\":\"upper\"},"
	"\"h.example/a\":{\"auth\":\"never\"},"
	"\"p.example/part\":{\"auth\":\"part\"},"
	"\"z.example/team/app\":{\"auth\":\"long\"},"
	"\"z.example/team\":{\"auth\":\"short\"},"
	"\"docker.io/mine\":{\"auth\":\"mine\"},"
	"\"https://index.docker.io/v1/\":{\"auth\":\"hub\"},"
	"\"https://old.example/v1/\":{\"auth\":\"old\"}}}";

static void longest_path_wins(void **state)
{
	static const struct {
		const char *host, *repository, *auth;
	} cases[] = {
		{ "r.example", "", "host" },
		{ "r.example", "other", "host" },
		{ "r.example", "team", "team" },
		{ "r.example", "teams", "host" },
		{ "r.example", "team/x", "team" },
		{ "r.example", "team/app", "app" },
		{ "r.example", "team/app/deep", "app" },
		{ "r.example", "team/application", "team" },
		{ "r.example", "upper/x", "upper" },
		{ "docker.io", "library/x", "hub" },
		{ "docker.io", "mine/x", "mine" },
		{ "old.example", "x", "old" },
		{ "r.example.net", "team", NULL },
		{ "r", "example/team", NULL },
		{ "p.example", "", NULL },
		{ "p.example", "other", NULL },
		{ "z.example", "team/app", "long" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_auth_entry entry;

		assert_int_equal(oci_auths_find(&entry, config,
						sizeof(config) - 1,
						cases[i].host,
						cases[i].repository, NULL), 0);
		if (cases[i].auth)
			assert_string_equal(entry.auth, cases[i].auth);
		else
			assert_null(entry.auth);
		oci_auth_entry_release(&entry);
	}
}

static void helpers_of_hosts_come_first(void **state)
{
	struct oci_auth_entry entry;

	(void)state;
	assert_int_equal(oci_auths_find(&entry, config, sizeof(config) - 1,
					"h.example", "a", NULL), 0);
	assert_string_equal(entry.helper, "own");
	assert_null(entry.auth);
	oci_auth_entry_release(&entry);
}

static void paths_come_before_the_common_helper(void **state)
{
	static const char text[] = "{\"credsStore\":\"all\",\"auths\":{"
		"\"r.example\":{\"auth\":\"host\"},"
		"\"r.example/team\":{\"auth\":\"team\"}}}";
	struct oci_auth_entry entry;

	(void)state;
	assert_int_equal(oci_auths_find(&entry, text, sizeof(text) - 1,
					"r.example", "team/x", NULL), 0);
	assert_string_equal(entry.auth, "team");
	oci_auth_entry_release(&entry);
	assert_int_equal(oci_auths_find(&entry, text, sizeof(text) - 1,
					"r.example", "other", NULL), 0);
	assert_string_equal(entry.helper, "all");
	oci_auth_entry_release(&entry);
}

/* Docker Hub by its hosts, and by what programs write for them. */
static void hub_has_many_names(void **state)
{
	static const char *const keys[] = {
		"https://index.docker.io/v1/",
		"https://index.docker.io/v1",
		"https://index.docker.io/v2/",
		"index.docker.io",
		"index.docker.io/v1/",
		"docker.io",
		"https://docker.io",
		"http://docker.io/",
		"docker.io/",
		"registry-1.docker.io",
		"https://registry-1.docker.io/v2/",
		"Docker.IO",
		"registry.hub.docker.com",
	};
	static const char *const hosts[] = {
		"docker.io",
		"index.docker.io",
		"registry-1.docker.io",
		"registry.hub.docker.com",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		for (size_t j = 0; j < sizeof(hosts) / sizeof(hosts[0]); j++) {
			struct oci_auth_entry entry;
			char text[200];
			int n = snprintf(text, sizeof(text),
					 "{\"auths\":{\"%s\":"
					 "{\"auth\":\"a\"}}}",
					 keys[i]);

			assert_int_equal(oci_auths_find(&entry, text, (size_t)n,
							hosts[j], "library/x",
							NULL),
					 0);
			if (!entry.auth)
				fail_msg("%s: not for %s", keys[i], hosts[j]);
			oci_auth_entry_release(&entry);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longest_path_wins),
		cmocka_unit_test(hub_has_many_names),
		cmocka_unit_test(helpers_of_hosts_come_first),
		cmocka_unit_test(paths_come_before_the_common_helper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
