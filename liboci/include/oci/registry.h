/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client for registries, and the credentials for them. The client holds the
 * connections, tokens and limits of all repositories that are opened with it
 * (<oci/repository.h>). Different threads may use different repositories of one
 * client. OCI Distribution Specification 1.1.
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

/* Owns its texts. If all are NULL, the access is anonymous. */
struct oci_credential {
	char *user;
	char *password;
	char *identity_token;	/* instead of a password */
	char *registry_token;	/* a token for the registry itself; with it, no
				 * token server is asked */
};

/* Returns whether the credential is more than anonymous. */
OCI_API bool oci_credential_known(const struct oci_credential *credential);

OCI_API void oci_credential_release(struct oci_credential *credential);

/* Finds the credential for a repository of host; repository is "" for the host
 * in general. Leaves *out empty if there is no credential. The library releases
 * *out. Called on any thread, by one thread at a time. */
typedef int oci_credential_fn(void *data, struct oci_credential *out,
			      const char *host, const char *repository,
			      struct oci_error *err);

/*
 * Searches config files of Docker and Podman (config.json, auth.json) for the
 * credential of a repository. The first file that has one is used. In each
 * file, the order is: credHelpers of the host, auths of HOST/PATH with the
 * longest PATH that repository starts with (containers-auth.json(5)),
 * credsStore, auths of the host. Files that do not exist are skipped. A helper
 * is the program docker-credential-NAME on PATH, which reads the host from
 * standard input. A helper is ended after 30 seconds. Once *cancelled is not 0,
 * the helper is ended and the call returns OCI_E_CANCELLED; cancelled may be
 * NULL. The caller releases *out, which is empty if nothing was found.
 */
OCI_API int oci_credential_find(struct oci_credential *out,
				const struct oci_strings *files,
				const char *host, const char *repository,
				volatile const int *cancelled,
				struct oci_error *err);

/* Returns the value of an environment variable, borrowed, or NULL if it is not
 * set. A program can pass a function that calls getenv(3), or a function with
 * values of its own. */
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
/* An oci_credential_fn that calls oci_credential_find. Its data, `files`, is a
 * const struct oci_strings *. */
OCI_API int oci_credential_from_files(void *files, struct oci_credential *out,
				      const char *host, const char *repository,
				      struct oci_error *err);

/*
 * Stores the user and password for host in a config file, as docker login does:
 * with the helper that the file names, otherwise in the file itself. The file
 * is written under a temporary name with mode 0600 and renamed. Missing folders
 * of the path are created. While another call stores a credential in the same
 * folder, this call waits, for two minutes at most. Once *cancelled is not 0,
 * the wait ends with OCI_E_CANCELLED; cancelled may be NULL.
 */
OCI_API int oci_credential_store(const char *path, const char *host,
				 const struct oci_credential *credential,
				 volatile const int *cancelled,
				 struct oci_error *err);

/* A client. */
struct oci_registry;

/* The kinds of steps that a dry run reports. */
enum oci_push_kind {
	OCI_PUSH_BLOB,
	OCI_PUSH_MANIFEST,
	OCI_PUSH_TAG
};

enum oci_push_action {
	OCI_PUSH_KEEP,	/* nothing would be sent: the repository has the blob,
			 * manifest or tag already */
	OCI_PUSH_MOUNT, /* the registry would be asked to mount the blob
			 * from another repository */
	OCI_PUSH_SEND	/* the blob, manifest or tag would be sent */
};

/* One step of a dry run. All pointers are borrowed for the call. */
struct oci_push_step {
	enum oci_push_kind kind;
	enum oci_push_action action;
	const char *host;
	const char *repository;
	/* The digest of the blob or manifest. If kind is OCI_PUSH_TAG, the
	 * digest of the manifest that gets the tag. */
	const struct oci_digest *digest;
	uint64_t size;		/* of that blob or manifest; bytes */
	const char *tag;	/* if kind is OCI_PUSH_TAG */
	/* If action is OCI_PUSH_MOUNT, the repository to mount from. If kind is
	 * OCI_PUSH_TAG, the digest that the tag points to now, or NULL. */
	const char *from;
};

/* Called for each step of a dry run. */
typedef void oci_push_fn(void *data, const struct oci_push_step *step);

struct oci_registry_options {
	size_t size;		/* sizeof(struct oci_registry_options) */
	const char *ca_file;	/* certificates (PEM) to trust in addition to
				 * the system's; or NULL */
	bool insecure;		/* do not check the certificates of the
				 * registry's own host */
	bool plain_http;	/* use http. Loopback hosts default to http,
				 * unless ca_file or insecure is set, or certs
				 * has files for the host */
	int retries;		/* of each request; negative: 5 */
	unsigned jobs;		/* uploads at a time to each repository; 0: 8 */
	size_t chunk_size;	/* bytes of a PATCH; 0: each blob is sent as a
				 * whole, unless the registry refuses it */
	const char *temp_dir;	/* NULL: /var/tmp */
	oci_credential_fn *credential;	/* NULL: anonymous */
	void *credential_data;
	/* Called with a line about each request, without secrets; may be NULL.
	 * Called on any thread, by one thread at a time. */
	void (*log)(void *data, const char *line);
	void *log_data;
	/* Ends all calls with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
	/* A file in which the client keeps, from one run to the next, which
	 * repositories have which blobs, so that blobs can be mounted; NULL: no
	 * such file. Missing folders of the path are created. */
	const char *mount_candidates;
	/* Folders such as /etc/docker/certs.d that have HOST[:PORT]/ *.crt,
	 * *.cert and *.key; NULL: none. Copied. */
	const struct oci_strings *certs;
	/* If not NULL, each push is a dry run, which changes nothing.
	 * oci_store_commit then calls this function for each blob, manifest and
	 * tag of the push; step->action says what a push would do. */
	oci_push_fn *dry_run;
	void *dry_run_data;
	/* The only host, as in references, to which insecure and plain_http
	 * apply; NULL: all hosts. Copied. */
	const char *only_host;
	/* Proxies: http_proxy is for http URLs, https_proxy for https URLs.
	 * all_proxy is used if the one for the URL is NULL. no_proxy lists
	 * hosts that are reached directly. The formats are those of the
	 * variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, which the
	 * library itself does not read. As in Go, localhost and loopback
	 * addresses are never reached through a proxy. NULL: none. Copied. */
	const char *http_proxy;
	const char *https_proxy;
	const char *all_proxy;
	const char *no_proxy;
	/* The most seconds between the last byte of a request and the first
	 * byte of its answer; 0: 300 for requests with a body, 600 for others.
	 * A registry that first fetches an image from another registry may take
	 * minutes. */
	unsigned first_byte_seconds;
	/* The least speed, in bytes per second. With n transfers in flight,
	 * each needs 1/n of this speed. A transfer that is slower for a minute
	 * is ended and tried again. Negative: 1024; 0: no limit. */
	int64_t lowest_rate;
	/* Certificates to trust instead of the system's: a PEM file, and
	 * folders separated by colons (OpenSSL's CApath), as in the variables
	 * SSL_CERT_FILE and SSL_CERT_DIR. NULL: the system's. Copied. */
	const char *system_ca_file;
	const char *system_ca_folders;
	/* Token servers of other owners: "REGISTRY=HOST[:PORT]" allows the
	 * token server HOST to get the credentials of REGISTRY over https.
	 * NULL: none. Copied. */
	const struct oci_strings *token_hosts;
	/* Called once for each different warning of a registry (distribution
	 * spec, "Warnings"), on the same threads as log; may be NULL. */
	void (*warning)(void *data, const char *line);
	void *warning_data;
	/* Called when the upload or download of a blob begins, about once per
	 * 64 KiB of it, and at its end; once for a blob that the registry has
	 * already. Not called in a dry run. Called on the same threads as log;
	 * may be NULL. */
	oci_progress_fn *progress;
	void *progress_data;
};

#define OCI_REGISTRY_OPTIONS_INIT                                              \
	{                                                                      \
		sizeof(struct oci_registry_options), NULL, false, false, -1,   \
			0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,  \
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, -1, NULL, \
			NULL, NULL, NULL, NULL, NULL, NULL                     \
	}

/* options may be NULL. */
OCI_API int oci_registry_new(struct oci_registry **out,
			     const struct oci_registry_options *options,
			     struct oci_error *err);
/* NULL-safe. The caller has freed the repositories that use the client. */
OCI_API void oci_registry_free(struct oci_registry *registry);

/* Checks that host is a registry and accepts the credential that
 * options->credential finds. Errors: OCI_E_SYSTEM. */
OCI_API int oci_registry_check(struct oci_registry *registry,
			       const char *host, struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
