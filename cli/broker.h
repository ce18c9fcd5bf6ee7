/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The credential broker: a process of its own, which starts before the command
 * enters a sandbox, is not restricted, and ends with the command. It reads the
 * config files and starts credential helpers, for the repositories that were
 * added before it started and for no others.
 */
#ifndef CLI_BROKER_H
#define CLI_BROKER_H

#include <oci/oci.h>

struct remote_options;
struct remote_side;
struct broker;

/* Adds a repository before the start; it may be added twice. Makes *broker if
 * it is NULL. side is borrowed until broker_free, name is copied. Errors:
 * OCI_E_NOMEM. */
int broker_add(struct broker **broker, const struct remote_side *side,
	       const struct oci_reference *name, struct oci_error *err);
/* Starts the process. No other thread may run yet. The process wipes its copy
 * of the password in remote. Errors: OCI_E_NOMEM; OCI_E_SYSTEM. */
int broker_start(struct broker *broker, struct remote_options *remote,
		 struct oci_error *err);
/* Returns whether it was started; broker may be NULL. */
bool broker_started(const struct broker *broker);
/*
 * Asks the process for the credential of a repository, as credentials_read
 * finds it. The caller releases *out, also after an error. Any thread may call
 * it; calls wait for each other. Errors: OCI_E_UNSUPPORTED if the repository
 * was not added; OCI_E_CANCELLED; OCI_E_SYSTEM if the process has ended;
 * OCI_E_NOMEM; those of credentials_read.
 */
int broker_find(struct oci_credential *out, struct broker *broker,
		const struct remote_side *side, const char *host,
		const char *repository, struct oci_error *err);
/* Ends the process, and waits for its end for two seconds at most. NULL-safe.
 */
void broker_free(struct broker *broker);

#endif
