/* SPDX-License-Identifier: Apache-2.0 */
/* Registries on the command line: options, credentials, and opening. */
#ifndef CLI_REMOTE_H
#define CLI_REMOTE_H

#include <getopt.h>

#include "cli.h"

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
	bool verbose;
	struct oci_strings mount_from;
	struct oci_strings token_hosts;
	struct oci_strings files;	/* config files, in order */
	struct oci_strings certs;	/* folders with certificates */
	char *mount_candidates;		/* file of oci_registry_options */
	bool dry_run;
	struct plan plan;
};

/* Adds the platforms of P[,P]: an exit status, or -1. */
int platforms_take(struct oci_platform **items, size_t *count,
		   const char *command, const char *text);

/* The options that every command with registries has. Values from 512. */
#define REMOTE_OPTIONS \
	{ "authfile", required_argument, NULL, 512 }, \
	{ "username", required_argument, NULL, 513 }, \
	{ "password-stdin", no_argument, NULL, 514 }, \
	{ "plain-http", no_argument, NULL, 515 }, \
	{ "insecure", no_argument, NULL, 516 }, \
	{ "ca-file", required_argument, NULL, 517 }, \
	{ "retries", required_argument, NULL, 518 }, \
	{ "chunk-size", required_argument, NULL, 519 }, \
	{ "mount-from", required_argument, NULL, 520 }, \
	{ "first-byte-timeout", required_argument, NULL, 521 }, \
	{ "speed-limit", required_argument, NULL, 522 }, \
	{ "token-host", required_argument, NULL, 523 }, \
	{ "max-inflated", required_argument, NULL, 540 }

/* Those of copy, for each side. Values from SIDE_FIRST to SIDE_LAST. */
#define SIDE_FIRST 530
#define SIDE_LAST 537
#define SIDE_OPTIONS \
	{ "src-authfile", required_argument, NULL, 530 }, \
	{ "src-ca-file", required_argument, NULL, 531 }, \
	{ "src-plain-http", no_argument, NULL, 532 }, \
	{ "src-insecure", no_argument, NULL, 533 }, \
	{ "dest-authfile", required_argument, NULL, 534 }, \
	{ "dest-ca-file", required_argument, NULL, 535 }, \
	{ "dest-plain-http", no_argument, NULL, 536 }, \
	{ "dest-insecure", no_argument, NULL, 537 }

#define SIDE_HELP \
	"      --src-authfile FILE, --src-ca-file FILE,\n" \
	"      --src-plain-http,\n" \
	"      --src-insecure      for the registry that is read\n" \
	"      --dest-authfile FILE, --dest-ca-file FILE,\n" \
	"      --dest-plain-http,\n" \
	"      --dest-insecure     for the one that is written to; with two\n" \
	"                          registries, --plain-http and --insecure\n" \
	"                          need a side\n"

#define REMOTE_HELP \
	"\n" \
	"Registries:\n" \
	"      --authfile FILE     credentials, before docker login's\n" \
	"      --username NAME     with --password-stdin\n" \
	"      --password-stdin    the password is on standard input\n" \
	"      --plain-http        http, for one registry; loopback\n" \
	"                          addresses use it anyway, unless\n" \
	"                          --ca-file or --insecure is given\n" \
	"      --insecure          certificates of one registry are not\n" \
	"                          checked\n" \
	"      --ca-file FILE      certificates beside the system's\n" \
	"      --token-host REGISTRY=HOST\n" \
	"                          a token server of another name,\n" \
	"                          which may have the credentials of\n" \
	"                          REGISTRY; may be repeated\n" \
	"      --retries N         of each request; the usual is 5\n" \
	"      --first-byte-timeout SECONDS\n" \
	"                          until an answer begins; the usual is\n" \
	"                          600, after an upload 300\n" \
	"      --speed-limit SIZE  fewer bytes a second, over a minute,\n" \
	"                          end a transfer; the usual is 1K, 0: none\n"

/* What goes behind it, for commands that upload. */
#define UPLOAD_HELP \
	"      --chunk-size SIZE   upload in pieces, such as 4MiB\n" \
	"      --mount-from REPO   a repository of the same registry that\n" \
	"                          may have the blobs; may be repeated\n"

/* For commands that read archives or layers. */
#define INFLATE_HELP \
	"\n" \
	"Archives and layers:\n" \
	"      --max-inflated SIZE what they may inflate to, such as 40GiB;\n" \
	"                          the usual is 8GiB, or 200 times their\n" \
	"                          size\n"

/* -1 where the option was one of these and is fine; an exit status where it
 * is wrong; -2 where it is none of these. */
int remote_option(struct remote_options *out, const char *command, int option);
/* The same for commands that have no others to ask: an option that is none of
 * these is said so, by the word it was given as. */
int remote_option_last(struct remote_options *out, const char *command,
		       int option, const char *word);
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
