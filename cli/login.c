/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack login: keeps credentials the way docker login does. */
#include "remote.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"Usage: oci-pack login --username NAME --password-stdin HOST\n"
	"\n"
	"Checks NAME and the password that standard input has with the\n"
	"registry HOST, and writes them where docker login does:\n"
	"$DOCKER_CONFIG/config.json or ~/.docker/config.json, or --authfile.\n"
	"A credential helper that the file names gets them instead.\n"
	"\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n"
	REMOTE_HELP;

/* HOST, https://HOST/, and the hosts of Docker Hub, which are one registry. */
static int find_host(char out[OCI_REFERENCE_NAME], const char *text,
		     struct oci_error *err)
{
	const char *scheme = strstr(text, "://");
	const char *host = scheme ? scheme + 3 : text;
	size_t size = strcspn(host, "/");
	struct oci_reference reference;
	char name[OCI_REFERENCE_NAME];

	if (!size || size + 3 > sizeof(name) ||
	    (!scheme && host[size] && host[size + 1])) {
		err->status = OCI_E_INVALID;
		snprintf(err->message, sizeof(err->message),
			 "'%.200s' is not HOST[:PORT], such as ghcr.io", text);
		return OCI_E_INVALID;
	}
	snprintf(out, OCI_REFERENCE_NAME, "%.*s", (int)size, host);
	snprintf(name, sizeof(name), "%.*s/x", (int)size, host);
	if (oci_reference_parse(&reference, name, NULL) == 0 &&
	    strcmp(reference.path, "library/x") == 0)
		snprintf(out, OCI_REFERENCE_NAME, "%s", reference.host);
	return 0;
}

static int run(const char *text, struct remote_options *options)
{
	struct oci_registry *registry = NULL;
	struct oci_credential credential = {0};
	struct oci_error err = {0};
	char *path = remote_config_path(options);
	char host[OCI_REFERENCE_NAME];
	int rc = OCI_E_INVALID;

	if (!path) {
		snprintf(err.message, sizeof(err.message),
			 "HOME is not set: name the file with --authfile");
		return say_error(&err);
	}
	credential.user = strdup(options->user);
	credential.password = strdup(options->password);
	if (!credential.user || !credential.password)
		snprintf(err.message, sizeof(err.message), "out of memory");
	else
		rc = find_host(host, text, &err);
	if (!rc)
		rc = remote_open_for(&registry, options, host, &err);
	if (!rc)
		rc = oci_registry_check(registry, host, &err);
	if (!rc)
		rc = oci_credential_store(path, host, &credential,
					  interrupted_flag(), &err);
	if (!rc)
		say(stdout, "logged in to %s\n", host);
	oci_registry_free(registry);
	oci_credential_release(&credential);
	free(path);
	return rc ? say_error(&err) : EXIT_DONE;
}

int command_login(int argc, char **argv)
{
	static const struct option options[] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		REMOTE_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	struct remote_options remote = {0};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "vh", options,
						   NULL)) != -1) {
		if (option == 'h')
			status = say_help(stdout, help);
		else if (option == 'v')
			remote.verbose = true;
		else
			status = remote_option(&remote, "login", option);
		if (status == -2)
			status = say_usage("login", "unknown option '%s'",
					   argv[optind - 1]);
	}
	if (status < 0 && (optind + 1 != argc || !remote.user))
		status = say_usage("login", "--username NAME, "
				   "--password-stdin and one HOST are to be "
				   "given");
	if (status < 0)
		status = remote_ready(&remote, "login");
	catch_signals();
	if (status < 0)
		status = run(argv[optind], &remote);
	remote_release(&remote);
	return status;
}
