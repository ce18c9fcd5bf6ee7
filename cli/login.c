/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack login: stores credentials where docker login does. */
#include "ask.h"
#include "remote.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Reads HOST or https://HOST/. All hosts of Docker Hub become one name. */
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
	char *path;
	char host[OCI_REFERENCE_NAME];
	int rc;

	errno = 0;
	path = remote_config_path(options);
	if (!path && errno == ENOMEM)
		return say_no_memory();
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
				 "one HOST is needed, '%s' is one too many",
				 words[1]);
	if (!*host)
		return say_usage("login",
				 "the HOST of a registry is needed, such as "
				 "ghcr.io or docker.io");
	slash = strchr(host, '/');
	if (slash && slash[1] && !strstr(host, "://"))
		return say_usage("login",
				 "'%s' is a repository; credentials are stored "
				 "for its host: '%.*s'",
				 host, (int)strcspn(host, "/"), host);
	return -1;
}

/* Asks for the name and the password if the options do not give them. The
 * caller frees *name. */
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

static int run_login(int argc, char **argv)
{
	struct remote_options remote = { 0 };
	char *name = NULL;
	int status =
		options_parse(&command_login, "login", &remote, argc, argv);

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

static int refuse_password(void *target, const struct parse *parse,
			   const char *value)
{
	(void)target, (void)value;
	return say_usage(parse->command,
			 "other users see the command line: --password-stdin "
			 "reads the password");
}

static const struct cli_option own[] = {
	/* Otherwise getopt_long would take it for --password-stdin. */
	{ "password", 0, "PASSWORD", NULL, 0, refuse_password },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_login = {
	.name = "login",
	.summary = "store the credentials for a registry",
	.usage = "login [options] HOST",
	.about = "Checks a name and its password with the registry HOST, and "
		 "writes them where docker login does: to "
		 "$DOCKER_CONFIG/config.json or ~/.docker/config.json, or to "
		 "the file that --authfile names. If that file names a "
		 "credential helper for HOST, the helper gets them instead. On "
		 "a terminal, login asks for the name and the password if the "
		 "options do not give them.",
	.groups = { { &own_options, 0 },
		    { &verbose_option, 0 },
		    { &registry_options, 0 } },
	.examples = {
		{ "with a token in a file",
		  "oci-pack login ghcr.io -u owner --password-stdin <token" },
	},
	.run = run_login,
};
