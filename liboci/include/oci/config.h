/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image configuration: platform, how a container starts, the layers'
 * diff_ids and their history. OCI Image Specification, config.md; Healthcheck
 * is Docker's extension (Docker Image Specification 1.2).
 */
#ifndef OCI_CONFIG_H
#define OCI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/digest.h>
#include <oci/error.h>
#include <oci/platform.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_history {
	char *created;		/* RFC 3339, or NULL */
	char *created_by;
	char *author;
	char *comment;
	bool empty_layer;
};

struct oci_healthcheck {
	struct oci_strings test;	/* empty: no healthcheck */
	/* Nanoseconds; 0: the engine's default. */
	int64_t interval;
	int64_t timeout;
	int64_t start_period;
	int64_t start_interval;
	int64_t retries; /* 0: the engine's default */
};

/* Owns its strings and lists. An all-zero struct is an empty config. */
struct oci_config {
	struct oci_platform platform;
	char *created;			/* RFC 3339, or NULL */
	char *author;
	char *user;
	char *working_dir;
	char *stop_signal;
	struct oci_strings env;		/* "NAME=VALUE" */
	struct oci_strings entrypoint;
	struct oci_strings cmd;
	struct oci_strings exposed_ports;	/* "1234/tcp" */
	struct oci_strings volumes;
	struct oci_pairs labels;
	struct oci_healthcheck healthcheck;
	/* Docker's extensions, inherited from a base image. */
	struct oci_strings on_build;	/* instructions for builds that start
					 * FROM the image */
	struct oci_strings shell;	/* the shell of RUN in a Dockerfile */
	int64_t stop_timeout;		/* seconds; 0: the engine's default */
	struct oci_digest *diff_ids;	/* of the uncompressed layers, lowest
					 * first */
	size_t diff_id_count;
	size_t diff_id_capacity;
	struct oci_history *history;
	size_t history_count;
	size_t history_capacity;
};

/*
 * Reads a config from size bytes of JSON. Unknown members are ignored. The
 * caller releases *out after success. Errors: OCI_E_INVALID; the message names
 * the member that has a wrong type.
 */
OCI_API int oci_config_parse(struct oci_config *out, const char *json,
			     size_t size, struct oci_error *err);
/* Writes JSON without blanks, with the members in a fixed order. The caller
 * frees *out. */
OCI_API int oci_config_format(char **out, const struct oci_config *config,
			      struct oci_error *err);
/* Appends the diff_id of the next layer. */
OCI_API int oci_config_add_diff_id(struct oci_config *config,
				   const struct oci_digest *diff_id,
				   struct oci_error *err);
/* Appends a copy of *entry. */
OCI_API int oci_config_add_history(struct oci_config *config,
				   const struct oci_history *entry,
				   struct oci_error *err);
OCI_API void oci_config_release(struct oci_config *config);

#ifdef __cplusplus
}
#endif

#endif
