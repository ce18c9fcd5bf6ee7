/* SPDX-License-Identifier: Apache-2.0 */
/* An archive's output: a file, or an unlinked file for a stream. */
#include "store/output.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <oci/stream.h>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "io/temp.h"

/* Standard output and devices get a copy of an unlinked file. */
static bool is_stream(const char *path)
{
	return strcmp(path, "-") == 0 || oci_file_is_stream(path);
}

static int open_file(struct oci_output *out, const char *temp_dir,
		     struct oci_error *err)
{
	struct stat st;
	int rc;

	if (out->sink || is_stream(out->path)) {
		rc = oci_file_temporary(&out->spool,
					temp_dir ? temp_dir : "/var/tmp", err);
		out->fd = out->spool;
		return rc;
	}
	if (stat(out->path, &st) == 0 && S_ISDIR(st.st_mode))
		return oci_fail(err, OCI_E_CONFLICT, "'%s' is a folder",
				out->path);
	rc = oci_atomic_open(&out->file, out->path, err);
	out->fd = out->file.temp.fd;
	return rc;
}

int oci_output_open(struct oci_output *out, const char *path,
		    const char *temp_dir, struct oci_error *err)
{
	int rc = oci_text_copy(&out->path, path, err);

	if (!rc)
		rc = open_file(out, temp_dir, err);
	if (rc)
		oci_output_release(out);
	return rc;
}

int oci_output_pass(struct oci_output *out, uint64_t end, struct oci_error *err)
{
	struct oci_source *source = NULL;
	int rc;

	if (!out->sink)
		return 0;
	rc = oci_source_open_range(&source, out->fd, out->passed,
				   end - out->passed, err);
	if (!rc)
		rc = oci_source_copy(NULL, source, out->sink, err);
	oci_source_free(source);
	out->passed = end;
	return rc;
}

static int copy_out(const struct oci_output *out, int fd,
		    struct oci_error *err)
{
	struct oci_source *source = NULL;
	struct oci_sink *sink = NULL;
	int rc = oci_source_open_range(&source, out->fd, 0, UINT64_MAX, err);

	if (!rc)
		rc = oci_sink_open_fd(&sink, fd, err);
	if (!rc)
		rc = oci_source_copy(NULL, source, sink, err);
	oci_sink_free(sink);
	oci_source_free(source);
	if (!rc)
		return 0;
	return strcmp(out->path, "-") == 0
		       ? oci_wrap(err, rc, "standard output")
		       : oci_wrap(err, rc, "'%s'", out->path);
}

int oci_output_publish(struct oci_output *out, struct oci_error *err)
{
	int rc;

	if (!out->sink)
		return out->spool < 0 ? oci_atomic_commit(&out->file, err) : 0;
	rc = oci_output_pass(out, UINT64_MAX, err);
	return rc ? rc : oci_sink_finish(out->sink, err);
}

int oci_output_prepare(struct oci_output *out, struct oci_error *err)
{
	int fd, rc;

	if (out->sink)
		return 0;
	if (out->spool < 0)
		return oci_atomic_finish(&out->file, err);
	if (strcmp(out->path, "-") == 0)
		return copy_out(out, STDOUT_FILENO, err);
	rc = oci_file_open_stream(&fd, out->path, err);
	if (rc)
		return rc;
	rc = copy_out(out, fd, err);
	if (close(fd) != 0 && !rc)
		rc = oci_fail_errno(err, "close '%s'", out->path);
	return rc;
}

void oci_output_release(struct oci_output *out)
{
	oci_sink_free(out->sink);
	if (out->spool >= 0)
		close(out->spool);
	oci_atomic_release(&out->file);
	free(out->path);
	*out = (struct oci_output)OCI_OUTPUT_INIT;
}
