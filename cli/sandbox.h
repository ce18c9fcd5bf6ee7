/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox: before the command reads archives, ELF files and images, which
 * others made, the process gives up what it does not need. Landlock leaves it
 * the files that it reads and the folders that it writes to; a filter of system
 * calls (seccomp) leaves it no other program, and no network unless the command
 * uses a registry. Linux only; there is no sandbox where engines are used.
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

/* The files and folders that the process may still use. A path need not
 * exist. */
struct sandbox {
	struct remote_options *remote; /* with the mode; set by the caller */
	struct oci_strings reads;  /* files and folders */
	struct oci_strings writes; /* folders, to read and write */
	bool network;		   /* a registry is used */
	bool outside; /* it needs an engine, or a file that has no path */
};

/* Sets the mode from its name. Returns -1 to go on, or an exit status. */
int sandbox_take(enum sandbox_mode *out, const char *command,
		 const char *value);
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
/* Adds a repository. */
int sandbox_add_repository(struct sandbox *sandbox,
			   const struct remote_side *side,
			   const struct oci_reference *name,
			   struct oci_error *err);
/* Adds a folder to write to, and makes it and its parent if they are not
 * there. */
int sandbox_add_folder(struct sandbox *sandbox, const char *path,
		       struct oci_error *err);
/* Enters the sandbox, which nothing leaves. No other thread may run yet. Does
 * nothing if the mode is SANDBOX_OFF, or if it is SANDBOX_AUTO and the system
 * lacks what is needed. Starts the broker of credentials (broker.h) if a
 * registry is used. */
int sandbox_enter(struct sandbox *sandbox, struct oci_error *err);
void sandbox_release(struct sandbox *sandbox);
/* Whether the process is inside: a file may be missing for that reason. */
bool sandbox_entered(void);

/* All of it, for a command that reads images and writes output, which may be
 * NULL. */
int sandbox_images(struct remote_options *remote, char *const *names,
		   size_t count, const char *output, struct oci_error *err);

/* sandbox_network.c: adds the files that connections to a registry need, and to
 * any. */
int sandbox_add_host(struct sandbox *sandbox, const char *host,
		     struct oci_error *err);
int sandbox_add_network(struct sandbox *sandbox, struct oci_error *err);
/* sandbox_files.c: false, with errno set, if Landlock is not there. */
bool sandbox_restrict_files(const struct sandbox *sandbox);
/* sandbox_calls.c: the same for seccomp. */
bool sandbox_restrict_calls(bool network);

#endif
