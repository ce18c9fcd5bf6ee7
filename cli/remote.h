/* SPDX-License-Identifier: Apache-2.0 */
/* Registries on the command line: options, credentials, and opening. */
#ifndef CLI_REMOTE_H
#define CLI_REMOTE_H

#include "cli.h"
#include "command.h"

/* What a push that is only planned would come to. */
struct plan {
	bool quiet;
	char name[OCI_REFERENCE_TEXT];	/* of the repository told last */
	unsigned long blobs, mounts, manifests, tags, there;
	uint64_t bytes;			/* of the blobs to be sent */
};

struct remote_options;

/* Options of one side of a copy. */
struct remote_side {
	const struct remote_options *all;
	const char *authfile;
	const char *ca_file;
	bool plain_http;
	bool insecure;
};

struct remote_options {
	const char *authfile;
	const char *user;
	char host[OCI_REFERENCE_NAME];	/* that user, plain_http and insecure
					 * are for; "": none yet */
	char *password;			/* from stdin */
	bool password_stdin;
	bool plain_http;
	bool insecure;
	const char *ca_file;
	struct remote_side both;      /* says nothing of its own */
	struct remote_side src, dest; /* of copy */
	bool has_retries;
	unsigned retries;
	size_t chunk_size;
	unsigned first_byte_seconds;
	bool has_lowest_rate;
	int64_t lowest_rate;
	bool quiet;
	bool verbose;
	struct oci_strings mount_from;
	struct oci_strings token_hosts;
	struct oci_strings files;	/* config files, in order */
	struct oci_strings certs;	/* folders with certificates */
	char *mount_candidates;		/* file of oci_registry_options */
	bool dry_run;
	struct plan plan;
};

/* Groups of options; the target of each is a struct remote_options. */
extern const struct option_group
	registry_options, /* of every command with registries */
	upload_options, side_options, inflate_options, dry_run_option,
	quiet_option, verbose_option;

/* Refuses --plain-http and --insecure without a side where the names of a copy
 * have several registries: an exit status, or -1. */
int remote_check_sides(const struct remote_options *options, char **names,
		       int count);
/* After the options: reads the password, and finds config files. */
int remote_ready(struct remote_options *options, const char *command);
void remote_release(struct remote_options *options);
/* remote_files.c: fills files, certs and mount_candidates. False: no memory. */
bool remote_find_files(struct remote_options *options);
/* The same file: the proxies that the environment names, by Go's rules. */
void remote_find_proxies(struct oci_registry_options *out);

/* Opens registries; --plain-http and --insecure are for the host that was
 * claimed. */
int remote_open(struct oci_registry **out, struct remote_options *options,
		struct oci_error *err);
/* Opens the registry host, of one side of a copy. */
int remote_open_side(struct oci_registry **out, struct remote_options *options,
		     const struct remote_side *side, const char *host,
		     struct oci_error *err);
/* Says that --username, --plain-http and --insecure are for host; fails where
 * they are for another one already. */
int remote_claim(struct remote_options *options, const char *host,
		 struct oci_error *err);
/* Calls remote_claim for each of names that is in a registry. Commands call
 * this before they open the first registry: it would get a password, or plain
 * http, that may be meant for the second. */
int remote_claim_names(struct remote_options *options, char *const *names,
		       size_t count, struct oci_error *err);
/* Calls remote_claim for host and opens its registry. */
int remote_open_for(struct oci_registry **out, struct remote_options *options,
		    const char *host, struct oci_error *err);
/* The config file that login writes. The caller frees it. */
char *remote_config_path(const struct remote_options *options);

/* Whether a name on the command line is a registry's: docker://REF, or REF
 * with a host where there is no such file. Fills *out then. */
bool remote_name(struct oci_reference *out, const char *text);
/* The same for what is pushed to, which may be REPO@: *by_digest is true then,
 * and out has neither tag nor digest. */
bool remote_destination(struct oci_reference *out, bool *by_digest,
			const char *text);

/* Why text, which starts like a registry's name and is no file, is none: an
 * error, or 0 if it is one, or is to be something else. */
int remote_check_name(const char *text, struct oci_error *err);

/* dry_run.c: prints a step, data being a struct plan; and the sums. */
int plan_step(void *data, const struct oci_push_step *step);
void plan_say(const struct plan *plan);

/* What a push came to, on stderr. */
void say_pushed(const struct oci_repository *repository);

/* Any image on the command line, opened to read. */
struct opened {
	const char *text;		/* borrowed */
	struct oci_registry *registry;	/* NULL for local ones */
	struct oci_reference name;	/* of a registry's */
	struct oci_store *store;
	struct oci_descriptor image;
	bool named;	/* by the name that image has, one of its names */
	bool by_digest; /* of FILE.tar:DIGEST and the like */
};

int opened_init(struct opened *out, const char *text,
		struct remote_options *options, struct oci_error *err);
/* The same for what a copy reads. */
int opened_init_side(struct opened *out, const char *text,
		     struct remote_options *options,
		     const struct remote_side *side, struct oci_error *err);
void opened_release(struct opened *opened);

#endif
