/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The broker of credentials: a process of its own, which starts before the
 * command enters a sandbox, stays outside of it, and ends with the command. It
 * reads the config files and starts helpers, for the repositories that were
 * named before it started and for no others.
 */
#ifndef CLI_BROKER_H
#define CLI_BROKER_H

#include <oci/oci.h>

struct remote_side;
struct broker;

/* Names a repository before the start. Makes *broker if it is NULL. side is
 * borrowed. */
int broker_add(struct broker **broker, const struct remote_side *side,
	       const struct oci_reference *name, struct oci_error *err);
/* Starts the process. No other thread may run yet. */
int broker_start(struct broker *broker, struct oci_error *err);
/* Whether it was started; broker may be NULL. */
bool broker_started(const struct broker *broker);
/* The same as credentials_read, by the process. Any thread may call it. */
int broker_find(struct oci_credential *out, struct broker *broker,
		const struct remote_side *side, const char *host,
		const char *repository, struct oci_error *err);
/* Ends the process. NULL-safe. */
void broker_free(struct broker *broker);

#endif
