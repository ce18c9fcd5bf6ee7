/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian packages: an ar of debian-binary, control.tar.* and data.tar.*, in
 * this order; deb(5), format 2.0. The data goes into the root. The control
 * paragraph becomes /var/lib/dpkg/status.d/NAME, where scanners look for
 * packages of images without dpkg, and the digests of its files become
 * NAME.md5sums, as in distroless images. Maintainer scripts are not run.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "layer/node.h"
#include "layer/unpack.h"

enum { CONTROL_MAX = 1024 * 1024, SUMS_MAX = 16 * 1024 * 1024 };

struct deb {
	struct oci_tree *tree;
	struct oci_reader *outer;
	const char *architecture;
	const char *source;
	const struct oci_attributes *attrs;
	char name[128]; /* the package's name */
	bool version;
	bool control;
	bool data;
};

/* Copies the value of "Name: value" in the control paragraph. */
static bool find_field(char *out, size_t room, const char *text,
		       const char *name)
{
	size_t size = strlen(name);

	while (text && *text) {
		const char *end = text + strcspn(text, "\n");

		/* dpkg ignores the case of field names. */
		if (strncasecmp(text, name, size) == 0 && text[size] == ':') {
			text += size + 1;
			text += strspn(text, " \t");
			while (end > text && isspace((unsigned char)end[-1]))
				end--;
			if ((size_t)(end - text) >= room)
				return false;
			memcpy(out, text, (size_t)(end - text));
			out[end - text] = '\0';
			return true;
		}
		text = *end ? end + 1 : NULL;
	}
	return false;
}

/* The names that dpkg accepts (pkg_name_is_illegal). Debian policy, section
 * 5.6.1, is stricter. */
static bool name_valid(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789+-._";

	return name[0] && strchr(letters, name[0]) &&
	       !strchr("+-._", name[0]) && !name[strspn(name, letters)];
}

/* Adds a file of the control archive to status.d. */
static int add_status(struct deb *deb, const struct oci_buf *text,
		      const char *suffix, struct oci_error *err)
{
	struct oci_attributes attrs = OCI_ATTRIBUTES_INIT;
	char path[192];

	snprintf(path, sizeof(path), "/var/lib/dpkg/status.d/%s%s", deb->name,
		 suffix);
	if (deb->attrs)
		attrs.position = deb->attrs->position;
	return oci_tree_add_content(deb->tree, path, text->data, text->len,
				    &attrs, err);
}

static int use_control(struct deb *deb, struct oci_buf *text,
		       struct oci_error *err)
{
	char *name = deb->name, arch[64];

	if (!text->data || memchr(text->data, '\0', text->len) ||
	    !find_field(name, sizeof(deb->name), text->data, "Package") ||
	    !find_field(arch, sizeof(arch), text->data, "Architecture") ||
	    !name_valid(name))
		return oci_fail(err, OCI_E_CORRUPT,
				"its control file has no valid Package and "
				"Architecture");
	if (strcmp(arch, "all") != 0 && strcmp(arch, deb->architecture) != 0)
		return oci_fail(err, OCI_E_INVALID,
				"package %s is for %s, the platform's packages "
				"are for %s or all",
				name, arch, deb->architecture);
	deb->control = true;
	return add_status(deb, text, "", err);
}

static int load_member(struct oci_buf *out, struct oci_reader *reader,
		       struct oci_error *err)
{
	char data[4096];
	size_t got;
	int rc;

	do {
		rc = oci_reader_read(&got, reader, data, sizeof(data), err);
		if (!rc)
			rc = oci_buf_add(out, data, got, err);
	} while (!rc && got);
	return rc ? oci_wrap(err, rc, "control") : 0;
}

/* Loads the control file and the list of digests, in either order. */
static int load_control(bool *found, struct oci_buf *control,
			struct oci_buf *sums, struct oci_reader *reader,
			struct oci_error *err)
{
	struct archive_entry *entry;
	int rc;

	do {
		struct oci_buf *out = NULL;
		const char *name;

		rc = oci_reader_next(&entry, reader, err);
		if (rc || !entry)
			break;
		name = archive_entry_pathname(entry);
		name += name && strncmp(name, "./", 2) == 0 ? 2 : 0;
		if (name && strcmp(name, "control") == 0) {
			*found = true;
			out = control;
		}
		if (name && strcmp(name, "md5sums") == 0)
			out = sums;
		if (out && !out->len)
			rc = load_member(out, reader, err);
	} while (!rc);
	return rc;
}

static int read_control(struct deb *deb, struct oci_reader *reader,
			struct oci_error *err)
{
	struct oci_buf control, sums;
	bool found = false;
	int rc;

	oci_buf_init(&control, CONTROL_MAX);
	oci_buf_init(&sums, SUMS_MAX);
	rc = load_control(&found, &control, &sums, reader, err);
	if (!rc && !found)
		rc = oci_fail(err, OCI_E_CORRUPT, "it has no control file");
	if (!rc)
		rc = use_control(deb, &control, err);
	if (!rc && sums.len)
		rc = add_status(deb, &sums, ".md5sums", err);
	oci_buf_release(&control);
	oci_buf_release(&sums);
	return rc;
}

static int read_data(struct deb *deb, struct oci_reader *reader,
		     struct oci_error *err)
{
	deb->data = true;
	return oci_unpack(deb->tree, reader, "", deb->source, NULL, deb->attrs,
			  err);
}

/* Reads a tar that is a member of the package. */
static int read_tar(struct deb *deb, struct oci_error *err,
		    int (*read)(struct deb *, struct oci_reader *,
				struct oci_error *))
{
	struct oci_source *member = NULL;
	struct oci_reader *inner = NULL;
	int rc = oci_reader_member(&member, deb->outer, err);

	if (!rc)
		rc = oci_reader_open_source(&inner, member, OCI_READER_TAR,
					    err);
	if (!rc)
		oci_reader_watch(inner, &deb->tree->watch);
	if (!rc)
		rc = read(deb, inner, err);
	oci_reader_free(inner);
	oci_source_free(member);
	return rc;
}

static int read_version(struct deb *deb, struct oci_error *err)
{
	char text[8] = "";
	size_t got;
	int rc = oci_reader_read(&got, deb->outer, text, sizeof(text) - 1,
				 err);

	if (rc)
		return rc;
	if (strncmp(text, "2.", 2) != 0)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"not a Debian package of format 2.x");
	deb->version = true;
	return 0;
}

static bool starts_with(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

static int read_member(struct deb *deb, const char *name,
		       struct oci_error *err)
{
	int rc = 0;

	if (!deb->version && strcmp(name, "debian-binary") != 0)
		return oci_fail(err, OCI_E_CORRUPT, "not a Debian package");
	if (!deb->version)
		return read_version(deb, err);
	if (!deb->control && starts_with(name, "control.tar"))
		rc = read_tar(deb, err, read_control);
	else if (deb->control && !deb->data && starts_with(name, "data.tar"))
		rc = read_tar(deb, err, read_data);
	return rc ? oci_wrap(err, rc, "%s", name) : 0;
}

static int read_members(struct deb *deb, struct oci_error *err)
{
	struct archive_entry *entry;
	const char *name;
	int rc;

	do {
		rc = oci_reader_next(&entry, deb->outer, err);
		if (rc || !entry)
			break;
		name = archive_entry_pathname(entry);
		rc = read_member(deb, name ? name : "", err);
	} while (!rc);
	if (!rc && !deb->data)
		rc = oci_fail(err, OCI_E_CORRUPT,
			      "cut short, or not a Debian package: it has no "
			      "%s", deb->control ? "data.tar" : "control.tar");
	return rc;
}

int oci_tree_add_deb(struct oci_tree *tree, const char *from,
		     const char *architecture,
		     const struct oci_attributes *attrs, struct oci_error *err)
{
	struct oci_attributes own;
	struct deb deb = {
		.tree = tree,
		.architecture = architecture,
		.attrs = oci_attributes_read(&own, attrs),
	};
	int rc = oci_node_text(&deb.source, tree, from, err);

	if (rc)
		return rc;
	rc = oci_reader_open(&deb.outer, from, OCI_READER_AR, err);
	if (!rc)
		oci_reader_watch(deb.outer, &tree->watch);
	if (!rc)
		rc = read_members(&deb, err);
	oci_reader_free(deb.outer);
	if (rc == OCI_E_CORRUPT)
		oci_advise(err, rc, "fetch it again");
	return rc ? oci_wrap(err, rc, "package '%s'", from) : 0;
}
