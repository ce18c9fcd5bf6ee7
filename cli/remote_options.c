/* SPDX-License-Identifier: Apache-2.0 */
/* The options of commands that use registries. */
#include <stddef.h>
#include <string.h>

#include "remote.h"
#include "values.h"

static int take_retries(void *target, const struct parse *parse,
			const char *value)
{
	struct remote_options *out = target;
	uint64_t number;

	if (!parse_number(&number, value, 100))
		return say_usage(parse->command,
				 "--retries '%s' is not 0 to 100", value);
	out->retries = (unsigned)number;
	out->has_retries = true;
	return -1;
}

static int take_first_byte(void *target, const struct parse *parse,
			   const char *value)
{
	struct remote_options *out = target;
	uint64_t number;

	if (!parse_number(&number, value, 86400) || !number)
		return say_usage(parse->command,
				 "--first-byte-timeout '%s' is not 1 to 86400 "
				 "seconds",
				 value);
	out->first_byte_seconds = (unsigned)number;
	return -1;
}

static int take_speed_limit(void *target, const struct parse *parse,
			    const char *value)
{
	struct remote_options *out = target;
	uint64_t number;

	if (!parse_size(&number, value) || number > INT32_MAX)
		return say_usage(parse->command,
				 "--speed-limit '%s' is not a size such as 1K",
				 value);
	out->lowest_rate = (int64_t)number;
	out->has_lowest_rate = true;
	return -1;
}

static int take_token_host(void *target, const struct parse *parse,
			   const char *value)
{
	struct remote_options *out = target;
	const char *equals = strchr(value, '=');
	struct oci_error err;

	if (!equals || equals == value || !equals[1] || strpbrk(value, "/ "))
		return say_usage(parse->command,
				 "--token-host '%s' is not REGISTRY=HOST, such "
				 "as registry.example=tokens.example.net",
				 value);
	return oci_strings_add(&out->token_hosts, value, &err) ? say_error(&err)
							       : -1;
}

static int take_chunk_size(void *target, const struct parse *parse,
			   const char *value)
{
	struct remote_options *out = target;
	uint64_t number;

	if (!parse_size(&number, value) || !number || number > UINT32_MAX)
		return say_usage(parse->command,
				 "--chunk-size '%s' is not a size such as 4MiB",
				 value);
	out->chunk_size = (size_t)number;
	return -1;
}

static int take_max_inflated(void *target, const struct parse *parse,
			     const char *value)
{
	uint64_t number;

	(void)target;
	if (!parse_size(&number, value) || !number)
		return say_usage(parse->command,
				 "--max-inflated '%s' is not a size such as "
				 "40GiB",
				 value);
	set_max_inflated(number);
	return -1;
}

static int take_progress(void *target, const struct parse *parse,
			 const char *value)
{
	static const char *const names[] = {
		[PROGRESS_AUTO] = "auto",   [PROGRESS_BAR] = "bar",
		[PROGRESS_PLAIN] = "plain", [PROGRESS_JSON] = "json",
		[PROGRESS_NONE] = "none",
	};
	struct remote_options *out = target;

	for (int i = 0; i <= PROGRESS_NONE; i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		out->progress = (enum progress_mode)i;
		return -1;
	}
	return say_usage(parse->command,
			 "--progress '%s' is not auto, bar, plain, json or "
			 "none",
			 value);
}

#define AT(member) offsetof(struct remote_options, member)

static const struct cli_option registries[] = {
	{ "authfile", 0, "FILE",
	  "read credentials from FILE before the files of docker login",
	  AT(authfile), NULL },
	{ "username", 'u', "NAME", "user name; needs --password-stdin",
	  AT(user), NULL },
	{ "password-stdin", 0, NULL, "read the password from standard input",
	  AT(password_stdin), NULL },
	{ "plain-http", 0, NULL,
	  "use http, for one registry. Loopback addresses use http anyway, "
	  "unless --ca-file or --insecure is given",
	  AT(plain_http), NULL },
	{ "insecure", 0, NULL, "do not check the certificates of one registry",
	  AT(insecure), NULL },
	{ "ca-file", 0, "FILE",
	  "trust the certificates in FILE beside the system's", AT(ca_file),
	  NULL },
	{ "token-host", 0, "REGISTRY=HOST",
	  "let the token server HOST, which has another name than REGISTRY, "
	  "get the credentials of REGISTRY; may be repeated",
	  0, take_token_host },
	{ "retries", 0, "N", "retries of each request; default 5", 0,
	  take_retries },
	{ "first-byte-timeout", 0, "SECONDS",
	  "how long an answer may take to begin; default 600, after an upload "
	  "300",
	  0, take_first_byte },
	{ "speed-limit", 0, "SIZE",
	  "end a transfer that has fewer bytes a second over a minute; default "
	  "1K, 0 for no limit",
	  0, take_speed_limit },
	{ 0 },
};

static const struct cli_option uploads[] = {
	{ "chunk-size", 0, "SIZE", "upload in pieces, such as 4MiB", 0,
	  take_chunk_size },
	{ "mount-from", 0, "REPO",
	  "a repository of the same registry that may have the blobs; may be "
	  "repeated",
	  AT(mount_from), take_string },
	{ 0 },
};

static const struct cli_option sides[] = {
	{ "src-authfile", 0, "FILE", "--authfile for the source",
	  AT(src.authfile), NULL },
	{ "src-ca-file", 0, "FILE", "--ca-file for the source", AT(src.ca_file),
	  NULL },
	{ "src-plain-http", 0, NULL, "--plain-http for the source",
	  AT(src.plain_http), NULL },
	{ "src-insecure", 0, NULL, "--insecure for the source",
	  AT(src.insecure), NULL },
	{ "dest-authfile", 0, "FILE", "--authfile for the destination",
	  AT(dest.authfile), NULL },
	{ "dest-ca-file", 0, "FILE", "--ca-file for the destination",
	  AT(dest.ca_file), NULL },
	{ "dest-plain-http", 0, NULL, "--plain-http for the destination",
	  AT(dest.plain_http), NULL },
	{ "dest-insecure", 0, NULL, "--insecure for the destination",
	  AT(dest.insecure), NULL },
	{ 0 },
};

static int take_sandbox(void *target, const struct parse *parse,
			const char *value)
{
	struct remote_options *out = target;

	return sandbox_take(&out->sandbox, parse->command, value);
}

static const struct cli_option inflating[] = {
	{ "max-inflated", 0, "SIZE",
	  "limit of what archives and layers inflate to, such as 40GiB; "
	  "default 8GiB or 200 times their size, whichever is more",
	  0, take_max_inflated },
	{ 0 },
};

static const struct cli_option sandboxes[] = {
	{ "sandbox", 0, "auto|off|require",
	  "restrict what the process may do while it reads images; auto, the "
	  "default: by Landlock and seccomp, if the system has them; require: "
	  "fail without them",
	  0, take_sandbox },
	{ 0 },
};

static const struct cli_option dry_run[] = {
	{ "dry-run", 0, NULL,
	  "print what would be uploaded, mounted and tagged, and change "
	  "nothing",
	  AT(dry_run), NULL },
	{ 0 },
};

static const struct cli_option quiet[] = {
	{ "quiet", 'q', NULL, "print the digest and nothing else", AT(quiet),
	  NULL },
	{ 0 },
};

static const struct cli_option verbose[] = {
	{ "verbose", 'v', NULL, "print each step and request on stderr",
	  AT(verbose), NULL },
	{ 0 },
};

static const struct cli_option progress[] = {
	{ "progress", 0, "auto|bar|plain|json|none",
	  "how to show on stderr what is going on; default auto: bars on a "
	  "terminal, otherwise lines about what takes longer than ten seconds",
	  0, take_progress },
	{ 0 },
};

const struct option_group
	registry_options = { "Registries", "commands that use registries",
			     registries },
	upload_options = { "Uploads", "commands that upload", uploads },
	side_options = { "Copies between two registries", NULL, sides },
	inflate_options = { "Archives and layers",
			    "commands that read archives or layers",
			    inflating },
	sandbox_option = { NULL, "commands that read images", sandboxes },
	dry_run_option = { NULL, "commands that upload", dry_run },
	quiet_option = { NULL, NULL, quiet },
	verbose_option = { NULL, NULL, verbose },
	progress_option = { NULL, NULL, progress };
