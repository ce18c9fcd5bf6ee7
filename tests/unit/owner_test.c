/* SPDX-License-Identifier: Apache-2.0 */
/* Which token servers may have the credentials of a registry. */
#include "helpers.h"

#include "registry/owner.h"

static void test_owners(void **state)
{
	static const struct {
		const char *registry, *host;
		bool trusted;
	} cases[] = {
		{ "r.example.com", "r.example.com", true },
		{ "r.example.com", "AUTH.example.com:5001", true },
		{ "r.example.com", "example.com", true },
		{ "r.example.com", "example.com.evil.net", false },
		{ "r.example.com", "r.example.net", false },
		{ "r.example.com", "notexample.com", false },
		/* Under these names others may register theirs. */
		{ "a.co.uk", "b.co.uk", false },
		{ "1.dkr.ecr.eu.amazonaws.com", "2.ecr.amazonaws.com", false },
		{ "one.azurecr.io", "two.azurecr.io", false },
		{ "10.0.0.1:5000", "9.0.0.1:5000", false },
		{ "[fd00::1]", "[fd00::2]", false },
		/* Registries whose token server has another name. */
		{ "rg.fr-par.scw.cloud", "api.scaleway.com", true },
		{ "rg.fr-par.scw.cloud", "api.scaleway.com.evil.net", false },
		{ "scw.cloud.evil.net", "api.scaleway.com", false },
		{ ".scw.cloud", "api.scaleway.com", false },
		{ "d", "api.scaleway.com", false },
		/* What the options allow. */
		{ "r.other.net", "tokens.third.org", true },
		{ "r.other.net", "tokens.third.org:80", false },
		{ "x.other.net", "tokens.third.org", false },
	};
	char *allowed[] = { (char *)"r.other.net=tokens.third.org" };
	struct oci_registry registry = { .token_hosts = { allowed, 1, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct oci_client client = {
			.registry = &registry,
			.host = (char *)cases[i].registry,
		};

		if (oci_owner_trusts(&client, cases[i].host) !=
		    cases[i].trusted)
			fail_msg("%s and %s", cases[i].registry, cases[i].host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
