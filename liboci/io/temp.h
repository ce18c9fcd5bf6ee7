/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary files. A file of a local file system has no name while it is
 * written (O_TMPFILE), so nothing is left of a process that is killed. On other
 * file systems it is DIR/.NAME.PID-N.tmp from the start. Its process holds
 * flock(2) on a file or folder with such a name; litter.h removes those that no
 * process holds. A struct is used by one thread at a time.
 */
#ifndef IO_TEMP_H
#define IO_TEMP_H

#include <stdbool.h>

#include <oci/error.h>

struct oci_temp {
	int fd;	    /* readable and writable; -1: not open */
	char *stem; /* "DIR/.NAME" */
	char *path; /* the temporary name; NULL: the file has no name */
};

#define OCI_TEMP_INIT                                                          \
	{                                                                      \
		-1, NULL, NULL                                                 \
	}

/* Opens a new file in dir, with the permissions of mode less the umask. */
int oci_temp_open(struct oci_temp *temp, const char *dir, const char *name,
		  unsigned mode, struct oci_error *err);
/* Gives the file a temporary name if it has no name. */
int oci_temp_name(struct oci_temp *temp, struct oci_error *err);
/* Gives the file the name path, and returns whether it did: false if the name
 * exists, or if the file system has no hard links. The temporary name stays. */
bool oci_temp_link(struct oci_temp *temp, const char *path);
/* Gives the file the name path, which may exist, instead of its temporary one.
 * fd stays open. */
int oci_temp_place(struct oci_temp *temp, const char *path,
		   struct oci_error *err);
/* Closes the file, and removes its temporary name. May be called in any
 * state. */
void oci_temp_release(struct oci_temp *temp);

/* A folder for temporary files that are closed before they get their names, or
 * one that gets a name itself. */
struct oci_temp_folder {
	int fd;	    /* readable; -1: not open */
	char *path; /* "DIR/.NAME.PID-N.tmp"; NULL: it has another name */
};

#define OCI_TEMP_FOLDER_INIT                                                   \
	{                                                                      \
		-1, NULL                                                       \
	}

/* Makes a folder in dir, with the permissions of mode less the umask. */
int oci_temp_folder_open(struct oci_temp_folder *folder, const char *dir,
			 const char *name, unsigned mode,
			 struct oci_error *err);
/* Gives the folder the name path, which may be an empty folder. fd stays
 * open. */
int oci_temp_folder_place(struct oci_temp_folder *folder, const char *path,
			  struct oci_error *err);
/* Removes the folder if it has a temporary name; the caller has emptied it. May
 * be called in any state. */
void oci_temp_folder_release(struct oci_temp_folder *folder);

/* Opens an unlinked file in dir, readable and writable, close on exec. */
int oci_file_temporary(int *fd, const char *dir, struct oci_error *err);
/* If fd is an unlinked file, puts the name of its folder, whose file system may
 * be full, before the message. Otherwise leaves the error as it is. Returns
 * rc. */
int oci_temp_wrap(struct oci_error *err, int rc, int fd);

#endif
