/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client for registries, and what to log in to them with. It holds the
 * connections, tokens and limits of all repositories that are opened with it
 * (<oci/repository.h>); these may be used by different threads.
 * OCI Distribution Specification 1.1.
 */
#ifndef OCI_REGISTRY_H
#define OCI_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>
#include <oci/progress.h>
#include <oci/reference.h>
#include <oci/store.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Owns its texts. All NULL: anonymous. */
struct oci_credential {
	char *user;
	char *password;
	char *identity_token;	/* instead of a password */
	char *registry_token;	/* the registry's own; no token server is asked
				 * for another one */
};

/* Whether there is anything to log in with. */
OCI_API bool oci_credential_known(const struct oci_credential *credential);

OCI_API void oci_credential_release(struct oci_credential *credential);

/* Finds what to log in to host with, to use repository there ("": none in
 * particular); leaves *out empty where there is nothing. Called on any
 * thread, one at a time. */
typedef int oci_credential_fn(void *data, struct oci_credential *out,
			      const char *host, const char *repository,
			      struct oci_error *err);

/*
 * Looks host and repository up in config files of Docker or containers
 * (docker config.json, auth.json), in order: credHelpers for the host, auths
 * for HOST/PATH with the longest PATH that repository starts with
 * (containers-auth.json(5)), credsStore, auths for the host. A file that is
 * not there is passed over. Helpers are programs docker-credential-NAME on
 * PATH; they get the host on standard input and 30 seconds, or until cancelled
 * (may be NULL) is set, which is OCI_E_CANCELLED.
 */
OCI_API int oci_credential_find(struct oci_credential *out,
				const struct oci_strings *files,
				const char *host, const char *repository,
				volatile const int *cancelled,
				struct oci_error *err);

/* Returns the value of a variable of the environment that the caller wants to
 * be used, borrowed, or NULL. A caller may pass a function over getenv(3). */
typedef const char *oci_variable_fn(void *data, const char *name);
/*
 * Adds the files in which Docker and Podman keep credentials to *out, in the
 * order in which they are searched: REGISTRY_AUTH_FILE, Docker's config.json
 * (DOCKER_CONFIG, HOME), Podman's auth.json (XDG_RUNTIME_DIR,
 * /run/containers/UID, XDG_CONFIG_HOME, HOME). The files need not exist. data
 * is for variable. The caller releases *out. Errors: OCI_E_NOMEM.
 */
OCI_API int oci_credential_files(struct oci_strings *out,
				 oci_variable_fn *variable, void *data,
				 struct oci_error *err);
/* An oci_credential_fn that searches files, a const struct oci_strings *, with
 * oci_credential_find. */
OCI_API int oci_credential_from_files(void *files, struct oci_credential *out,
				      const char *host, const char *repository,
				      struct oci_error *err);

/*
 * Keeps user and password of host in a config file as docker login does: with
 * the helper that the file names, else in the file, which is replaced whole
 * and readable by its owner alone. Folders of the path are made. While another
 * process logs in to the same file, it waits: two minutes at most, or until
 * *cancelled (may be NULL) is not 0, which is OCI_E_CANCELLED.
 */
OCI_API int oci_credential_store(const char *path, const char *host,
				 const struct oci_credential *credential,
				 volatile const int *cancelled,
				 struct oci_error *err);

struct oci_registry;

enum oci_push_kind {
	OCI_PUSH_BLOB,
	OCI_PUSH_MANIFEST,
	OCI_PUSH_TAG
};

enum oci_push_action {
	OCI_PUSH_KEEP,		/* it is there already */
	OCI_PUSH_MOUNT,		/* from another repository */
	OCI_PUSH_SEND
};

/* A step of a push that is only planned. What it points to is borrowed. */
struct oci_push_step {
	enum oci_push_kind kind;
	enum oci_push_action action;
	const char *host;
	const char *repository;
	const struct oci_digest *digest;
	uint64_t size;			/* bytes */
	const char *tag;		/* of OCI_PUSH_TAG */
	const char *from;		/* of OCI_PUSH_MOUNT: the repository;
					 * of a tag: the digest that it has
					 * now, or NULL */
};

/* A result other than 0 ends the push: OCI_E_CANCELLED. */
typedef int oci_push_fn(void *data, const struct oci_push_step *step);

struct oci_registry_options {
	size_t size;		/* sizeof(struct oci_registry_options) */
	const char *ca_file;	/* PEM, beside the system's; or NULL */
	bool insecure;		/* certificates of the registry's own host are
				 * not checked */
	bool plain_http;	/* http; loopback hosts use it anyway, unless
				 * ca_file, insecure or certs is set */
	int retries;		/* of each request; negative: 5 */
	unsigned jobs;		/* transfers at a time; 0: 8 */
	size_t chunk_size;	/* bytes of a PATCH; 0: whole blobs */
	const char *temp_dir;	/* NULL: /var/tmp */
	oci_credential_fn *credential;	/* NULL: anonymous */
	void *credential_data;
	/* A line of what is done, without secrets; may be NULL. Called on any
	 * thread, one at a time. */
	void (*log)(void *data, const char *line);
	void *log_data;
	volatile const int *cancelled;	/* set to end everything; or NULL */
	/* A file that remembers where blobs were seen, so that they can be
	 * mounted; NULL: none. Its folders are made. */
	const char *mount_candidates;
	/* Folders such as /etc/docker/certs.d that have HOST[:PORT]/ *.crt,
	 * *.cert and *.key; NULL: none. Copied. */
	const struct oci_strings *certs;
	/* Not NULL: pushes change nothing. oci_store_commit tells each step
	 * that they would take: blobs, manifests, tags. */
	oci_push_fn *plan;
	void *plan_data;
	/* The host, as references name it, that insecure and plain_http are
	 * for; NULL: all hosts. Copied. */
	const char *only_host;
	/* Proxies for http and https URLs, for those that have none, and the
	 * exceptions, as in the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY
	 * and NO_PROXY, which the library does not read; NULL: none. The rules
	 * are those of Go: localhost and loopback addresses never go through a
	 * proxy. Copied. */
	const char *http_proxy;
	const char *https_proxy;
	const char *all_proxy;
	const char *no_proxy;
	/* Seconds until the first byte of an answer; 0: 600, or 300 to a
	 * request with a body, from its last byte on. Registries that fetch an
	 * image from another one first may take minutes. */
	unsigned first_byte_seconds;
	/* Bytes a second that all transfers have to reach together over a
	 * minute, or those that are slow are ended and tried again; negative:
	 * 1024; 0: no limit. */
	int64_t lowest_rate;
	/* A PEM file, and folders with a colon between them (OpenSSL's CApath),
	 * instead of the system's authorities, as in the variables
	 * SSL_CERT_FILE and SSL_CERT_DIR; NULL: the system's. Copied. */
	const char *system_ca_file;
	const char *system_ca_folders;
	/* "REGISTRY=HOST[:PORT]" each: a token server of another owner that may
	 * have the credentials of the registry, over https; NULL: none. Copied.
	 */
	const struct oci_strings *token_hosts;
	/* What the registry warns of (distribution spec, "Warnings"), once
	 * each; may be NULL. Called as log is. */
	void (*warning)(void *data, const char *line);
	void *warning_data;
};

#define OCI_REGISTRY_OPTIONS_INIT                                              \
	{                                                                      \
		sizeof(struct oci_registry_options), NULL, false, false, -1,   \
			0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,  \
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, -1, NULL, \
			NULL, NULL, NULL, NULL                                 \
	}

/* options may be NULL. */
OCI_API int oci_registry_new(struct oci_registry **out,
			     const struct oci_registry_options *options,
			     struct oci_error *err);
/* After the stores that use it. NULL-safe. */
OCI_API void oci_registry_free(struct oci_registry *registry);

/* Asks host whether it is a registry that takes the credentials. */
OCI_API int oci_registry_check(struct oci_registry *registry,
			       const char *host, struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
