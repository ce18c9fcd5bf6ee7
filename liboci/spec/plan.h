/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spec for one platform: every value typed and expanded, every input found.
 * Everything is in the spec's arena, including the items of lists and maps, and
 * is released with it.
 */
#ifndef SPEC_PLAN_H
#define SPEC_PLAN_H

#include <oci/config.h>
#include <oci/platform.h>
#include <oci/spec.h>
#include <oci/text.h>
#include <oci/tree.h>

#include "spec/node.h"

enum oci_plan_kind {
	OCI_PLAN_NONE,
	OCI_PLAN_FROM,
	OCI_PLAN_ARCHIVE,
	OCI_PLAN_CONTENT,
	OCI_PLAN_DIRECTORY,
	OCI_PLAN_SYMLINK,
	OCI_PLAN_HARDLINK,
	OCI_PLAN_DEVICE,
	OCI_PLAN_REMOVE
};

/* A string that may contain NULs. */
struct oci_plan_bytes {
	const char *data;
	size_t size;
};

/* A file or folder on disk. */
struct oci_plan_input {
	const char *path;
	bool folder;
};

struct oci_plan_inputs {
	struct oci_plan_input *items;
	size_t count;
};

struct oci_plan_device {
	enum oci_entry_type type;
	uint32_t major;
	uint32_t minor;
};

struct oci_plan_owner {
	int64_t uid;
	int64_t gid;
};

struct oci_plan_extended {
	struct oci_extended *items;
	size_t count;
};

struct oci_plan_entry {
	const struct oci_yaml *node;
	enum oci_plan_kind kind;
	const char *path;	/* "/usr/bin": clean, absolute */
	bool into;		/* the path ends in '/' */
	const char *source;	/* a pattern, or the target of a link */
	const struct oci_yaml *source_node;
	struct oci_plan_bytes content;
	struct oci_plan_device device;
	int64_t mode;		/* as in struct oci_attributes */
	struct oci_plan_owner owner;
	int64_t mtime;
	struct oci_plan_extended extended;
	bool replace;
	int64_t strip;
	struct oci_strings include;
	struct oci_strings exclude;
	unsigned char *seen;	/* for oci_filter_mark; or NULL */
	const char *position;	/* "FILE:LINE:COL" */
	struct oci_plan_inputs inputs; /* of kinds from and archive */
};

struct oci_plan_deb {
	const struct oci_yaml *node;
	const char *pattern;
	const char *position;
	struct oci_plan_inputs inputs;
};

struct oci_plan_layer {
	const char *name;	/* or NULL */
	const char *position;
	struct oci_plan_deb *debs;
	size_t deb_count;
	struct oci_plan_entry *entries;
	size_t entry_count;
};

/* One or several files of an artifact. */
struct oci_plan_file {
	const struct oci_yaml *node;
	const char *name; /* or NULL: the names of the inputs */
	const char *from; /* a pattern; or NULL: use content */
	struct oci_plan_bytes content;
	const char *type; /* media type */
	const char *position;
	struct oci_plan_inputs inputs;	/* of from */
};

struct oci_plan_files {
	struct oci_plan_file *items;
	size_t count;
};

enum oci_plan_base_kind {
	OCI_PLAN_SCRATCH,
	OCI_PLAN_BASE_IMAGE,
	OCI_PLAN_BASE_SPEC
};

/* The base of an image. */
struct oci_plan_base {
	enum oci_plan_base_kind kind;
	const struct oci_yaml *node;
	const char *position;
	const char *text;	/* docker://REF, oci:DIR[:TAG], or a path */
};

struct oci_plan_settings {
	const char *user;
	const char *working_dir;
	const char *stop_signal;
	struct oci_strings env;		/* "NAME=VALUE" */
	struct oci_strings entrypoint;
	struct oci_strings cmd;
	bool has_entrypoint; /* also if it is empty */
	bool has_cmd;
	struct oci_strings exposed_ports;
	struct oci_strings volumes;
	struct oci_pairs labels;
	struct oci_healthcheck healthcheck;
};

struct oci_plan {
	struct oci_platform platform;
	const char *image;		/* or NULL */
	struct oci_strings tags;
	const char *artifact;		/* its type; or NULL: an image */
	struct oci_plan_files files;	/* of an artifact */
	struct oci_plan_base base;
	struct oci_plan_layer *layers;
	size_t layer_count;
	struct oci_plan_settings config;
	struct oci_pairs annotations;
	struct oci_spec_checks checks;
};

#endif
