/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack login: keeps credentials the way docker login does. */
#include "ask.h"
#include "remote.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"Usage: oci-pack login [options] HOST\n"
	"\n"
	"Checks a name and its password with the registry HOST, and writes\n"
	"them where docker login does: $DOCKER_CONFIG/config.json or\n"
	"~/.docker/config.json, or --authfile. A credential helper that the\n"
	"file names gets them instead. On a terminal, login asks for a name\n"
	"and a password that the options do not give.\n"
	"\n"
	"  -u, --username NAME\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n" REMOTE_HELP;

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
	    (!scheme && host[size] && host[size + 1]))
		return oci_error_set(
			err, OCI_E_INVALID,
			"'%.200s' is not HOST[:PORT], such as ghcr.io", text);
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
	struct oci_error err;
	char *path = remote_config_path(options);
	char host[OCI_REFERENCE_NAME];
	int rc;

	if (!path) {
		say(stderr, "oci-pack: HOME is not set: name the file with "
			    "--authfile\n");
		return EXIT_FAILED;
	}
	credential.user = strdup(options->user);
	credential.password = strdup(options->password);
	if (!credential.user || !credential.password)
		rc = fail_nomem(&err);
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

static int check_host(char **words, int count)
{
	const char *host = count ? words[0] : "", *slash;

	if (count > 1)
		return say_usage("login",
				 "one HOST is to be given, '%s' is one "
				 "too many",
				 words[1]);
	if (!*host)
		return say_usage("login",
				 "the HOST of a registry is to be "
				 "given, such as ghcr.io or docker.io");
	slash = strchr(host, '/');
	if (slash && slash[1] && !strstr(host, "://"))
		return say_usage("login",
				 "'%s' is a repository, credentials "
				 "are kept for its host: '%.*s'",
				 host, (int)strcspn(host, "/"), host);
	return -1;
}

/* Asks for what the options do not give. The name that was typed is the
 * caller's to free. */
static int complete(struct remote_options *remote, char **name)
{
	if (remote->password_stdin && remote->user)
		return -1;
	if (remote->password_stdin)
		return say_usage("login", "--password-stdin needs --username "
					  "NAME");
	if (!can_ask())
		return say_usage("login", "standard input is no terminal to "
					  "ask on: give --username NAME and "
					  "--password-stdin");
	if (!remote->user)
		remote->user = *name = ask("Username: ", true);
	if (remote->user)
		remote->password = ask("Password: ", false);
	return remote->password ? -1 : EXIT_FAILED;
}

static int read_options(struct remote_options *remote, int argc, char **argv)
{
	static const struct option options[] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		/* Otherwise short for --password-stdin. */
		{ "password", required_argument, NULL, 256 },
		REMOTE_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "u:vh", options,
						   NULL)) != -1) {
		if (option == 'h')
			status = say_help(stdout, help);
		else if (option == 256)
			status = say_usage("login",
					   "other users see the "
					   "command line: --password-stdin "
					   "reads the password");
		else if (option == 'u')
			remote->user = optarg;
		else if (option == 'v')
			remote->verbose = true;
		else
			status = remote_option(remote, "login", option);
		if (status == -2)
			status = say_unknown_option("login", options, argv);
	}
	return status;
}

int command_login(int argc, char **argv)
{
	struct remote_options remote = { 0 };
	char *name = NULL;
	int status = read_options(&remote, argc, argv);

	if (status < 0)
		status = check_host(argv + optind, argc - optind);
	catch_signals();
	if (status < 0)
		status = complete(&remote, &name);
	if (status < 0)
		status = remote_ready(&remote, "login");
	if (status < 0)
		status = run(argv[optind], &remote);
	remote_release(&remote);
	free(name);
	return status;
}
