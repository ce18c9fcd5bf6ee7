/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox: before the command reads archives, ELF files and images, which
 * others made, the process gives up what it does not need. Landlock leaves it
 * the files that it reads and the folders that it writes to; a filter of system
 * calls (seccomp) leaves it no other program, and no network unless the command
 * uses a registry. Linux only; there is no sandbox if an engine is used.
 */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/oci.h>

enum sandbox_mode {
	SANDBOX_AUTO, /* where the system has it */
	SANDBOX_OFF,
	SANDBOX_REQUIRE /* or the command fails */
};

struct remote_options;
struct remote_side;

/* The files and folders that the process may still use. A path need not exist.
 * Paths are copied. */
struct sandbox {
	struct remote_options *remote; /* with the mode; set by the caller */
	struct oci_strings reads;      /* files and folders */
	struct oci_strings writes;     /* folders, to read and write */
	struct oci_strings listed;     /* folders whose names are read */
	bool network;		       /* a registry is used */
	bool local_sockets; /* a name may need mDNS, whose service has one */
	bool attributes;    /* modes, owners and times of files are set */
	/* The command uses an engine, a path of a descriptor, or verify
	 * --rebuild, for which there is no sandbox. */
	bool outside;
};

/* Sets the mode from its name. Returns -1 to go on; otherwise prints a message
 * and returns EXIT_USAGE. */
int sandbox_take(enum sandbox_mode *out, const char *command,
		 const char *value);

/* The functions that add return 0 or OCI_E_NOMEM. */

/* Adds an image, which is read from a file, a layout or a registry. side is
 * that of the registry; NULL: the command has no sides. */
int sandbox_add_image(struct sandbox *sandbox, const struct remote_side *side,
		      const char *name, struct oci_error *err);
/* Adds the folder of an output; NULL and "-" are none. */
int sandbox_add_output(struct sandbox *sandbox, const char *output,
		       struct oci_error *err);
/* Adds an output that may also be a registry or an engine. */
int sandbox_add_destination(struct sandbox *sandbox,
			    const struct remote_side *side, const char *text,
			    struct oci_error *err);
/* Adds a repository. side is borrowed until the command ends. */
int sandbox_add_repository(struct sandbox *sandbox,
			   const struct remote_side *side,
			   const struct oci_reference *name,
			   struct oci_error *err);
/* Adds a folder to write to. Makes it and its parents if they do not exist,
 * with mode 0700; ignores errors of mkdir(2). */
int sandbox_add_folder(struct sandbox *sandbox, const char *path,
		       struct oci_error *err);
/*
 * Restricts the process for the rest of its life. No other thread may run yet.
 * Does nothing if the mode is SANDBOX_OFF. SANDBOX_AUTO: uses what the system
 * has of Landlock and seccomp, and does nothing if `outside` is set or if the
 * build has sanitizers. SANDBOX_REQUIRE: OCI_E_UNSUPPORTED if `outside` is set
 * or if one of the two is missing. If a registry is used, starts the credential
 * broker (broker.h) before. Other errors: OCI_E_NOMEM; OCI_E_SYSTEM.
 */
int sandbox_enter(struct sandbox *sandbox, struct oci_error *err);
void sandbox_release(struct sandbox *sandbox);
/* Returns advice to append to the message of an error that the sandbox may have
 * caused; otherwise "". */
const char *sandbox_advice(const struct oci_error *err);

/* Makes and enters the sandbox of a command that reads the images `names` and
 * writes output, which may be NULL. */
int sandbox_images(struct remote_options *remote, char *const *names,
		   size_t count, const char *output, struct oci_error *err);

/* sandbox_network.c: adds the files that connections to a registry need, and to
 * any. */
int sandbox_add_host(struct sandbox *sandbox, const char *host,
		     struct oci_error *err);
int sandbox_add_network(struct sandbox *sandbox, struct oci_error *err);
/* sandbox_files.c: returns whether Landlock is in effect. It is not if it is
 * missing or older than version 2 (Linux 5.19), or if memory runs out. */
bool sandbox_restrict_files(const struct sandbox *sandbox);
/* sandbox_rights.c: drops capabilities that the command does not need, if the
 * process has any. Ignores errors. */
void sandbox_drop_rights(const struct sandbox *sandbox);
/* sandbox_calls.c: returns whether the filter is in effect. */
bool sandbox_restrict_calls(const struct sandbox *sandbox);

#endif
