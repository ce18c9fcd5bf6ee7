/* SPDX-License-Identifier: Apache-2.0 */
/* Hints for wrong names of images: what was probably meant. */
#include "remote.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 4096 };

static bool starts(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

static bool ends(const char *text, const char *tail)
{
	size_t size = strlen(text), n = strlen(tail);

	return size > n && strcmp(text + size - n, tail) == 0;
}

/* Transports of skopeo and podman, and what to write here instead. */
static const struct {
	const char *name;
	const char *out; /* of what is written */
	const char *in;	 /* of what is read */
	bool file;	 /* the rest is a name that will do */
} transports[] = {
	{ "docker://", "--push, push and copy write to a registry", NULL,
	  false },
	{ "oci-archive:", "FILE.tar alone is an archive", NULL, true },
	{ "docker-archive:", "FILE.tar alone is an archive", NULL, true },
	{ "docker-daemon:",
	  "build has --load for it, and copy takes it as a destination",
	  "'docker save -o FILE.tar NAME' writes a file that can be read",
	  false },
	{ "containers-storage:",
	  "build has --load=podman for it, and copy the destination "
	  "podman:NAME",
	  "'podman save -o FILE.tar NAME' writes a file that can be read",
	  false },
	{ "https://",
	  "a name in a registry has no scheme, and --push, push "
	  "and copy write to a registry",
	  NULL, true },
	{ "http://",
	  "a name in a registry has no scheme: --plain-http is for "
	  "http, and --push, push and copy write to a registry",
	  NULL, true },
};

enum { TRANSPORTS = sizeof(transports) / sizeof(transports[0]) };

static int refuse(struct oci_error *err, const char *text, const char *why)
{
	return oci_error_set(err, OCI_E_INVALID, "'%.1000s': %s", text, why);
}

/* HOST:PORT without a path, which could also be read as IMAGE:TAG. */
static bool is_host(const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;

	return !strchr(text, '/') && digits > 1 && !colon[1 + digits] &&
	       (strncmp(text, "localhost:", 10) == 0 || strchr(text, '.'));
}

int refuse_name(const char *text, struct oci_error *err)
{
	const char *scheme = strstr(text, "://");
	struct oci_reference name;
	int rc;

	if (scheme && !starts(text, "docker://"))
		return oci_error_set(
			err, OCI_E_INVALID,
			"'%.300s' is no name in a registry: a name has no "
			"scheme, write '%.300s'",
			text, scheme + 3);
	if (starts(text, "docker://"))
		text += 9;
	rc = oci_reference_parse(&name, text, err);
	if (rc)
		return rc;
	if (access(text, F_OK) == 0)
		return oci_error_set(
			err, OCI_E_INVALID,
			"'%.300s' is a file, no name in a registry such as "
			"ghcr.io/owner/image:tag",
			text);
	if (is_host(text))
		return oci_error_set(err, OCI_E_INVALID,
				     "'%.300s' is a registry, expected a name "
				     "in it, such as %.300s/app",
				     text, text);
	return oci_error_set(
		err, OCI_E_INVALID,
		"'%.300s' is no name in a registry: it lacks the host, "
		"such as docker.io/%.300s or ghcr.io/owner/image:tag",
		text, text);
}

/* Whether text names an image in a registry, and no folder is called like the
 * host. */
static bool names_remote(const char *text)
{
	char host[OCI_REFERENCE_NAME];
	struct oci_reference name;
	size_t size = strcspn(text, "/");

	if (size >= sizeof(host) || !remote_name(&name, text))
		return false;
	memcpy(host, text, size);
	host[size] = '\0';
	return access(host, F_OK) != 0;
}

int check_output_name(const char *text, struct oci_error *err)
{
	static const char *const packed[] = { ".tar.gz", ".tgz",     ".tar.zst",
					      ".tar.xz", ".tar.bz2", ".zip" };

	for (size_t i = 0; i < TRANSPORTS; i++)
		if (starts(text, transports[i].name))
			return refuse(err, text, transports[i].out);
	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (ends(text, packed[i]))
			return refuse(err, text,
				      "an archive is written as "
				      "FILE.tar: its layers are compressed, "
				      "see --compression");
	if (names_remote(text))
		return refuse(err, text,
			      "it is a name in a registry, and no "
			      "such folder is here: --push, push and copy "
			      "write to a registry");
	return 0;
}

/* Puts a hint behind the message; fmt has one %s. */
static void add_hint(struct oci_error *err, const char *fmt, const char *name)
{
	char hint[1024];

	snprintf(hint, sizeof(hint), fmt, name);
	oci_error_advise(err, err->status, hint);
}

static size_t read_head(char out[HEAD], const char *path)
{
	struct stat st;
	ssize_t got = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		got = read(fd, out, HEAD - 1);
	close(fd);
	out[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

static void say_kind(struct oci_error *err, const char *path, const char *kind,
		     const char *remedy)
{
	oci_error_set(err, err->status, "'%.1000s' is %s, no image: %s", path,
		      kind, remedy);
}

/* Whether a line of the text begins with start. */
static bool has_line(const char *text, const char *start)
{
	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (starts(text, start))
			return true;
	}
	return false;
}

static bool is_spec(const char *text)
{
	return has_line(text, "version:") || has_line(text, "layers:") ||
	       (*text == '{' && strstr(text, "\"version\""));
}

/* Replaces the message by one that says what the file is, if it is known. */
static void say_file(const char *path, struct oci_error *err)
{
	char head[HEAD];
	size_t size = read_head(head, path);
	bool text = size && strlen(head) == size;

	if (size > 4 && memcmp(head,
			       "\x7f"
			       "ELF",
			       4) == 0)
		say_kind(err, path, "a program",
			 "a spec puts it into an image "
			 "with 'from'");
	else if (starts(head, "!<arch>"))
		say_kind(err, path, "a package",
			 "a spec unpacks it with "
			 "'debs'");
	else if (text && is_spec(head))
		say_kind(err, path, "a spec",
			 "'oci-pack SPEC' with -o or "
			 "--push packs the image first");
	else if (text && has_line(head, "FROM "))
		say_kind(err, path, "a Dockerfile", "docker build takes it");
}

/* Adds what may have been meant by a name that does not exist. */
static void add_name_hint(const char *text, struct oci_error *err)
{
	struct oci_reference name;
	struct oci_error why;
	char *near;

	for (size_t i = 0; i < TRANSPORTS; i++)
		if (starts(text, transports[i].name) &&
		    (transports[i].in || transports[i].file)) {
			add_hint(err,
				 transports[i].file ? "write '%.300s'"
						    : "%.300s",
				 transports[i].file
					 ? text + strlen(transports[i].name)
					 : transports[i].in);
			return;
		}
	near = oci_text_nearest_file(text);
	if (near)
		add_hint(err, "did you mean '%.300s'?", near);
	else if (oci_reference_parse(&name, text, &why))
		add_hint(err, "%.500s", why.message);
	else if (is_host(text))
		add_hint(err, "a repository has a path, such as %.300s/app",
			 text);
	else if (!ends(text, ".tar"))
		add_hint(err,
			 "an image in a registry has the host in its name, "
			 "such as docker.io/%.300s",
			 text);
	free(near);
}

static bool has_layout(const char *folder)
{
	char path[HEAD];
	int n = snprintf(path, sizeof(path), "%s/oci-layout", folder);

	return n < 0 || n >= HEAD || access(path, F_OK) == 0;
}

void add_image_hint(const char *text, struct oci_error *err)
{
	struct stat st;

	if (err->status == OCI_E_NOMEM || strcmp(text, "-") == 0)
		return;
	if (stat(text, &st) != 0)
		add_name_hint(text, err);
	else if (S_ISREG(st.st_mode))
		say_file(text, err);
	else if (S_ISDIR(st.st_mode) && !has_layout(text))
		add_hint(err,
			 "a spec packs a folder of files with 'from: %.300s'",
			 text);
}
