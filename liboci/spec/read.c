/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a spec: at most OCI_SPEC_MAX bytes of UTF-8. libyaml also accepts
 * UTF-16, but then the positions in messages would be wrong.
 */
#include "spec/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/utf8.h"

enum { CHUNK = 64 * 1024 };

static int read_all(struct oci_buf *out, int fd, const char *path,
		    struct oci_error *err)
{
	for (;;) {
		size_t room = out->max - out->len;
		ssize_t got;
		int rc;

		if (!room)
			return 0;
		rc = oci_buf_reserve(out, room < CHUNK ? room : CHUNK, err);
		if (rc)
			return rc;
		got = read(fd, out->data + out->len,
			   room < CHUNK ? room : CHUNK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EISDIR)
			return oci_fail(err, OCI_E_SYSTEM,
					"'%s' is a directory, "
					"expected the file of a spec",
					path);
		if (got < 0)
			return oci_fail_errno(err, "read spec '%s'", path);
		if (got == 0)
			return oci_buf_add(out, "", 0, err);
		out->len += (size_t)got;
	}
}

/* Returns the length of the character at p; 0 if it is not UTF-8. */
static size_t character_size(const char *p, size_t left)
{
	for (size_t n = 1; n <= 4 && n <= left; n++)
		if (oci_utf8_valid(p, n))
			return n;
	return 0;
}

void oci_spec_position(unsigned *line, unsigned *column, const char *data,
		       size_t offset)
{
	*line = 1;
	*column = 1;
	for (size_t i = 0; i < offset; i++) {
		if (data[i] == '\n') {
			++*line;
			*column = 1;
		} else if (((unsigned char)data[i] & 0xc0) != 0x80) {
			++*column;
		}
	}
}

static bool check_text(const struct oci_buf *buf,
		       struct oci_diagnostics *report)
{
	unsigned line, column;
	size_t at = 0, size;

	if (oci_utf8_valid(buf->data, buf->len))
		return true;
	while ((size = character_size(buf->data + at, buf->len - at)) > 0)
		at += size;
	oci_spec_position(&line, &column, buf->data, at);
	return oci_diagnose_at(report, line, column,
			       "byte 0x%02x is not UTF-8, expected a text file "
			       "in UTF-8", (unsigned char)buf->data[at]);
}

static void drop_mark(struct oci_buf *buf)
{
	if (buf->len < 3 || memcmp(buf->data, "\xef\xbb\xbf", 3) != 0)
		return;
	buf->len -= 3;
	memmove(buf->data, buf->data + 3, buf->len + 1);
}

/* Suggests a similar name if the file does not exist. */
static int fail_open(const char *path, struct oci_error *err)
{
	bool absent = errno == ENOENT;
	int rc = oci_fail_errno(err, "open spec '%s'", path);
	char *near = absent ? oci_text_nearest_file(path) : NULL;

	if (near)
		oci_fail(err, (enum oci_status)rc,
			 "open spec '%s': there is no "
			 "such file, did you mean '%s'?",
			 path, near);
	free(near);
	return rc;
}

/* Recognizes other files by their first bytes; NULL: may be a spec. */
static const char *name_kind(const struct oci_buf *buf)
{
	static const struct {
		size_t offset;
		const char *bytes;
		const char *kind;
	} kinds[] = {
		{ 257, "ustar", "an archive" },
		{ 0, "\x1f\x8b", "a compressed archive" },
		{ 0, "\x28\xb5\x2f\xfd", "a compressed archive" },
		{ 0,
		  "\x7f"
		  "ELF",
		  "a program" },
		{ 0, "!<arch>", "a package" },
		{ 0, "PK\x03\x04", "an archive" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t size = strlen(kinds[i].bytes);

		if (buf->len >= kinds[i].offset + size &&
		    memcmp(buf->data + kinds[i].offset, kinds[i].bytes, size) ==
			    0)
			return kinds[i].kind;
	}
	return NULL;
}

/* Returns whether the first instruction after comments is FROM or ARG. */
static bool is_dockerfile(const struct oci_buf *buf)
{
	const char *p = buf->data, *end = p + buf->len;

	while (p < end) {
		const char *line = memchr(p, '\n', (size_t)(end - p));

		if (*p != '#' && *p != '\n' && *p != '\r')
			break;
		p = line ? line + 1 : end;
	}
	return end - p > 5 && (strncasecmp(p, "FROM ", 5) == 0 ||
			       (strncmp(p, "ARG ", 4) == 0));
}

static bool check_kind(const struct oci_buf *buf,
		       struct oci_diagnostics *report)
{
	const char *kind = name_kind(buf);

	if (kind)
		return oci_diagnose_at(report, 1, 1,
				       "the file is %s, expected "
				       "a spec, a text in UTF-8",
				       kind);
	if (is_dockerfile(buf))
		return oci_diagnose_at(report, 1, 1,
				       "the file is a Dockerfile, "
				       "expected a spec such as the one in "
				       "examples/tini: nothing is run, "
				       "files and packages become layers");
	return true;
}

int oci_spec_read(struct oci_buf *out, const char *path,
		  struct oci_diagnostics *report, struct oci_error *err)
{
	int fd, rc;

	if (strcmp(path, "-") == 0)
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	else
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_open(path, err);
	oci_buf_init(out, (size_t)OCI_SPEC_MAX + 1);
	rc = read_all(out, fd, path, err);
	close(fd);
	if (rc)
		return rc;
	if (out->len > OCI_SPEC_MAX) {
		oci_diagnose_at(report, 1, 1,
				"the spec has more than %u bytes, expected "
				"large content in separate files, named with "
				"'from'",
				OCI_SPEC_MAX);
		return 0;
	}
	if (check_kind(out, report) && check_text(out, report))
		drop_mark(out);
	return 0;
}
