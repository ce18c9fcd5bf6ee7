/* SPDX-License-Identifier: Apache-2.0 */
/* Opens registries and images with the options of the command line. */
#ifndef CLI_REMOTE_H
#define CLI_REMOTE_H

#include "cli.h"
#include "command.h"
#include "progress.h"
#include "sandbox.h"

/* Counts of a dry run. */
struct dry_run {
	bool quiet;
	char name[OCI_REFERENCE_TEXT]; /* repository printed last */
	unsigned long blobs, mounts, manifests, tags, there;
	uint64_t bytes; /* of blobs that would be sent */
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
	char host[OCI_REFERENCE_NAME];	/* the only host that user, plain_http
					 * and insecure are for; "": not known
					 * yet */
	char *password;			/* from stdin */
	bool password_stdin;
	bool plain_http;
	bool insecure;
	const char *ca_file;
	struct remote_side both;      /* no --src or --dest options */
	struct remote_side src, dest; /* of copy */
	bool has_retries;
	unsigned retries;
	size_t chunk_size;
	unsigned first_byte_seconds;
	bool has_lowest_rate;
	int64_t lowest_rate;
	bool quiet;
	bool verbose;
	enum progress_mode progress;
	enum sandbox_mode sandbox;
	struct broker *broker; /* finds credentials if it is not NULL */
	struct oci_strings mount_from;
	struct oci_strings token_hosts;
	struct oci_strings files;	/* config files, in order */
	struct oci_strings certs;	/* folders with certificates */
	char *mount_candidates;		/* file of oci_registry_options */
	bool dry_run;
	struct dry_run totals;
};

/* Groups of options; the target of each is a struct remote_options. */
extern const struct option_group
	registry_options, /* for all commands that use registries */
	upload_options, side_options, inflate_options, sandbox_option,
	dry_run_option, quiet_option, verbose_option, progress_option;

/* Refuses --plain-http and --insecure if a copy has several registries, because
 * they need a side then. Returns -1 to go on, or an exit status. */
int remote_check_sides(const struct remote_options *options, char **names,
		       int count);
/* Called after parsing: reads the password, and finds config files. Returns -1
 * to go on, or an exit status. */
int remote_ready(struct remote_options *options, const char *command);
void remote_release(struct remote_options *options);
/* remote_files.c: fills files, certs and mount_candidates. False without
 * memory. */
bool remote_find_files(struct remote_options *options);
/* remote_files.c: reads the proxies from the environment, by Go's rules. */
void remote_find_proxies(struct oci_registry_options *out);

/* Starts the display of progress, unless the command is quiet; hidden as for
 * progress_begin. */
void remote_begin_progress(const struct remote_options *options,
			   unsigned hidden);

/* Opens registries. --username, --plain-http and --insecure are for the claimed
 * host only. */
int remote_open(struct oci_registry **out, struct remote_options *options,
		struct oci_error *err);
/* Opens the registry of one side of a copy. */
int remote_open_side(struct oci_registry **out, struct remote_options *options,
		     const struct remote_side *side, const char *host,
		     struct oci_error *err);
/* Claims --username, --plain-http and --insecure for host. Fails if they were
 * claimed for another host. */
int remote_claim(struct remote_options *options, const char *host,
		 struct oci_error *err);
/* Calls remote_claim for each name that is in a registry. Commands call this
 * before they open the first registry, which could otherwise get a password
 * that is meant for the second. */
int remote_claim_names(struct remote_options *options, char *const *names,
		       size_t count, struct oci_error *err);
/* Calls remote_claim for host and opens its registry. */
int remote_open_for(struct oci_registry **out, struct remote_options *options,
		    const char *host, struct oci_error *err);
/* The config file that login writes. The caller frees it. */
char *remote_config_path(const struct remote_options *options);

/* Whether text names an image in a registry: docker://REF, or REF with a host
 * if no file has that name. Fills *out if so. */
bool remote_name(struct oci_reference *out, const char *text);
/* The same for a destination, which may be REPO@: *by_digest is true then, and
 * *out has neither tag nor digest. */
bool remote_destination(struct oci_reference *out, bool *by_digest,
			const char *text);

/* Fails with the reason if text looks like the name of an image in a registry,
 * but is malformed. Returns 0 for valid and for other names. */
int remote_check_name(const char *text, struct oci_error *err);

/* dry_run.c: prints a step, an oci_push_fn whose data is a struct dry_run; and
 * prints the counts. */
void dry_run_step(void *data, const struct oci_push_step *step);
void dry_run_print(const struct dry_run *totals);

/* Prints the counts of a push on stderr. */
void say_pushed(const struct oci_repository *repository);

/* An image on the command line, opened for reading. */
struct opened {
	const char *text;		/* borrowed */
	struct oci_registry *registry;	/* NULL for local ones */
	struct oci_reference name;	/* of an image in a registry */
	struct oci_store *store;
	struct oci_descriptor image;
	bool named;	/* the command line has a name of the image, which is
			 * in image.annotations */
	bool by_digest; /* the name has a digest: FILE.tar:DIGEST */
};

int opened_init(struct opened *out, const char *text,
		struct remote_options *options, struct oci_error *err);
/* The same for the source of a copy. */
int opened_init_side(struct opened *out, const char *text,
		     struct remote_options *options,
		     const struct remote_side *side, struct oci_error *err);
void opened_release(struct opened *opened);

#endif
