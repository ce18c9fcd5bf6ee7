/* SPDX-License-Identifier: Apache-2.0 */
/* Opens registries and images with the options of the command line. */
#include "remote.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker.h"
#include "credentials.h"
#include "secrets.h"

enum { PASSWORD_MAX = 64 * 1024 };

static int read_password(struct remote_options *o, const char *command)
{
	size_t n;

	guard_secrets();
	setvbuf(stdin, NULL, _IONBF, 0); /* no buffer keeps it */
	o->password = calloc(1, PASSWORD_MAX + 2);
	if (!o->password)
		return say_no_memory();
	n = fread(o->password, 1, PASSWORD_MAX + 1, stdin);
	if (n > PASSWORD_MAX)
		return say_usage(command,
				 "the password on standard input has "
				 "more than %d bytes",
				 PASSWORD_MAX);
	if (memchr(o->password, '\0', n))
		return say_usage(command,
				 "the password on standard input has a "
				 "NUL");
	/* Removes one line end, which echo writes. A key may have several
	 * lines. */
	n -= n && o->password[n - 1] == '\n';
	n -= n && o->password[n - 1] == '\r';
	o->password[n] = '\0';
	if (!n)
		return say_usage(command, "standard input has no password");
	return -1;
}

/* Prints an error and returns false if the file of an option cannot be read. */
static bool is_there(const char *option, const char *path)
{
	if (!path || access(path, R_OK) == 0)
		return true;
	say(stderr, "oci-pack: %s '%s': %s\n", option, path, strerror(errno));
	return false;
}

/* The value of a variable; NULL if it is empty. */
static const char *named_by(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

int remote_ready(struct remote_options *o, const char *command)
{
	if (o->password_stdin != (o->user && !o->password))
		return say_usage(command, "--username and --password-stdin go "
				 "together");
	/* login creates the file. */
	if (strcmp(command, "login") != 0 &&
	    (!is_there("--authfile", o->authfile) ||
	     !is_there("--src-authfile", o->src.authfile) ||
	     !is_there("--dest-authfile", o->dest.authfile)))
		return EXIT_FAILED;
	if (!is_there("SSL_CERT_FILE", named_by("SSL_CERT_FILE")))
		return EXIT_FAILED;
	o->both.all = o->src.all = o->dest.all = o;
	if (!remote_find_files(o))
		return say_no_memory();
	return o->password_stdin ? read_password(o, command) : -1;
}

void remote_release(struct remote_options *o)
{
	wipe_password(o->password);
	free(o->password);
	oci_strings_release(&o->mount_from);
	oci_strings_release(&o->token_hosts);
	oci_strings_release(&o->files);
	oci_strings_release(&o->certs);
	free(o->mount_candidates);
	broker_free(o->broker);
}

static void log_line(void *data, const char *line)
{
	(void)data;
	say(stderr, "%s\n", line);
}

void remote_begin_progress(const struct remote_options *o, unsigned hidden)
{
	progress_begin(o->quiet ? PROGRESS_NONE : o->progress, hidden);
}

int remote_open_for(struct oci_registry **out, struct remote_options *o,
		    const char *host, struct oci_error *err)
{
	int rc = remote_claim(o, host, err);

	return rc ? rc : remote_open(out, o, err);
}

int remote_open(struct oci_registry **out, struct remote_options *o,
		struct oci_error *err)
{
	return remote_open_side(out, o, &o->both, o->host, err);
}

int remote_open_side(struct oci_registry **out, struct remote_options *o,
		     const struct remote_side *side, const char *host,
		     struct oci_error *err)
{
	struct oci_registry_options options = OCI_REGISTRY_OPTIONS_INIT;

	guard_secrets();
	options.ca_file = side->ca_file ? side->ca_file : o->ca_file;
	options.insecure = side->insecure || o->insecure;
	options.plain_http = side->plain_http || o->plain_http;
	options.only_host = host;
	if (o->has_retries)
		options.retries = (int)o->retries;
	options.chunk_size = o->chunk_size;
	options.first_byte_seconds = o->first_byte_seconds;
	if (o->has_lowest_rate)
		options.lowest_rate = o->lowest_rate;
	options.temp_dir = temp_dir();
	options.credential = credentials_find;
	options.credential_data = (void *)side;
	options.log = o->verbose ? log_line : NULL;
	options.warning = log_line;
	options.progress = progress_record;
	options.cancelled = interrupted_flag();
	options.certs = &o->certs;
	options.token_hosts = &o->token_hosts;
	options.mount_candidates = o->mount_candidates;
	options.dry_run = o->dry_run ? dry_run_step : NULL;
	options.dry_run_data = &o->totals;
	options.system_ca_file = named_by("SSL_CERT_FILE");
	options.system_ca_folders = named_by("SSL_CERT_DIR");
	remote_find_proxies(&options);
	return oci_registry_new(out, &options, err);
}

/* Whether the part before the first slash is a host, by docker's rule. */
static bool has_host(const char *text)
{
	size_t size = strcspn(text, "/");

	if (!text[size])
		return false;
	return (size == 9 && strncmp(text, "localhost", size) == 0) ||
	       memchr(text, '.', size) || memchr(text, ':', size);
}

bool remote_name(struct oci_reference *out, const char *text)
{
	struct stat st;

	if (strncmp(text, "docker://", 9) == 0)
		return oci_reference_parse(out, text + 9, NULL) == 0;
	if (strncmp(text, "oci:", 4) == 0 ||
	    strncmp(text, "dir:", 4) == 0 || text[0] == '.' ||
	    text[0] == '/' || stat(text, &st) == 0 || !has_host(text))
		return false;
	return oci_reference_parse(out, text, NULL) == 0;
}

/* Whether text names something local: an existing folder, FILE.tar:NAME, or a
 * path that starts with "/" or ".". */
static bool is_path(const char *text)
{
	char first[OCI_REFERENCE_NAME];
	struct stat st;

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(text, "/:"), text);
	return text[0] == '.' || text[0] == '/' || stat(text, &st) == 0 ||
	       stat(first, &st) == 0;
}

/* Whether text starts with a scheme or a transport, such as "https:" or
 * "docker-daemon:". */
static bool has_scheme(const char *text)
{
	const char *colon = strpbrk(text, ":/");

	return colon && *colon == ':' && (colon[1] < '0' || colon[1] > '9');
}

int remote_check_name(const char *text, struct oci_error *err)
{
	bool docker = strncmp(text, "docker://", 9) == 0, bare;
	struct oci_reference reference;

	if (remote_destination(&reference, &bare, text) ||
	    strncmp(text, "oci:", 4) == 0 || strncmp(text, "dir:", 4) == 0 ||
	    (!docker &&
	     (has_scheme(text) || !has_host(text) || is_path(text))))
		return 0;
	return oci_reference_parse(&reference, text + (docker ? 9 : 0), err);
}

bool remote_destination(struct oci_reference *out, bool *by_digest,
			const char *text)
{
	char repository[OCI_REFERENCE_TEXT + sizeof("docker://")];
	size_t size = strlen(text);

	*by_digest = size > 1 && text[size - 1] == '@';
	if (!*by_digest)
		return remote_name(out, text);
	if (size > sizeof(repository))
		return false;
	memcpy(repository, text, size - 1);
	repository[size - 1] = '\0';
	return remote_name(out, repository) && !out->tag[0] &&
	       !out->digest.text[0];
}

void say_pushed(const struct oci_repository *repository)
{
	const struct oci_push_result pushed = oci_repository_result(repository);
	char size[SIZE_TEXT];

	if (progress_has_summary())
		return;
	format_size(size, pushed.uploaded_bytes);
	say(stderr,
	    "%llu blob%s uploaded (%s), %llu mounted, %llu there "
	    "already\n",
	    (unsigned long long)pushed.uploaded, plural(pushed.uploaded), size,
	    (unsigned long long)pushed.mounted,
	    (unsigned long long)pushed.present);
}

int opened_init_side(struct opened *out, const char *text,
		     struct remote_options *options,
		     const struct remote_side *side, struct oci_error *err)
{
	struct oci_repository *repository = NULL;
	struct oci_reference reference;
	struct image_name name;
	int rc = 0;

	*out = (struct opened){ .text = text };
	if (remote_name(&reference, text)) {
		out->name = reference;
		if (!options->host[0])
			rc = remote_claim(options, reference.host, err);
		if (!rc)
			rc = side ? remote_open_side(&out->registry, options,
						     side, reference.host, err)
				  : remote_open(&out->registry, options, err);
		if (!rc)
			rc = oci_repository_open(&repository, out->registry,
						 &reference, err);
		if (repository)
			out->store = oci_repository_store(repository);
		if (!rc)
			rc = oci_store_resolve(&out->image, out->store, NULL,
					       err);
		return rc;
	}
	rc = remote_check_name(text, err);
	if (rc)
		return rc;
	rc = image_name_parse(&name, text, err);
	if (rc)
		return rc;
	rc = image_open(&out->store, &out->image, &name, err);
	out->by_digest = !rc && name.tag &&
			 strcmp(name.tag, out->image.digest.text) == 0;
	out->named = name.tag && !out->by_digest;
	image_name_release(&name);
	return rc;
}

int opened_init(struct opened *out, const char *text,
		struct remote_options *options, struct oci_error *err)
{
	return opened_init_side(out, text, options, NULL, err);
}

void opened_release(struct opened *opened)
{
	oci_descriptor_release(&opened->image);
	oci_store_free(opened->store);
	oci_registry_free(opened->registry);
}
