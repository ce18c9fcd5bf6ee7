/* SPDX-License-Identifier: Apache-2.0 */
/* What most of the unit tests need: folders, files, and asking for errors. */
#ifndef TESTS_HELPERS_H
#define TESTS_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <oci/oci.h>

#include "base/buf.h"

#define UNUSED __attribute__((unused))

/* A folder of the test's own, with a '/' at its end. */
static char folder[64];

UNUSED static void remove_all(const char *path)
{
	char below[2048];
	const struct dirent *entry;
	DIR *dir = opendir(path);

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (unlink(below) != 0)
			remove_all(below);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

UNUSED static int make_folder(void **state)
{
	size_t size;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/liboci-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	size = strlen(folder);
	folder[size] = '/';
	folder[size + 1] = '\0';
	return 0;
}

UNUSED static int drop_folder(void **state)
{
	(void)state;
	remove_all(folder);
	return 0;
}

/* The path of name in the folder; one of four buffers in turn. */
UNUSED static const char *in_folder(const char *name)
{
	static char paths[4][2048];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s%s", folder, name);
	return path;
}

UNUSED static const char *write_bytes(const char *name, const void *data,
				      size_t size)
{
	const char *path = in_folder(name);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	return path;
}

UNUSED static const char *write_text(const char *name, const char *text)
{
	return write_bytes(name, text, strlen(text));
}

/* The bytes of a file; the caller frees them. */
UNUSED static unsigned char *read_bytes(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *data;
	long end;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	end = ftell(file);
	rewind(file);
	data = malloc((size_t)end + 1);
	assert_non_null(data);
	assert_int_equal(fread(data, 1, (size_t)end, file), end);
	fclose(file);
	*size = (size_t)end;
	return data;
}

/* How many names there are in a folder; 0 where it is not there. */
UNUSED static int count_names(const char *path)
{
	const struct dirent *entry;
	DIR *dir = opendir(path);
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 &&
			 strcmp(entry->d_name, "..") != 0;
	if (dir)
		closedir(dir);
	return count;
}


UNUSED static void check_done(int rc, const struct oci_error *err,
			      const char *what)
{
	if (rc)
		fail_msg("%s: %s: %s", what, oci_status_name(rc),
			 err->message);
}

/* rc is that status, and the message has part in it. */
UNUSED static void check_failed(int rc, const struct oci_error *err,
				int status, const char *part, const char *what)
{
	if (rc != status)
		fail_msg("%s: %s ('%s'), expected %s", what,
			 oci_status_name(rc), rc ? err->message : "",
			 oci_status_name(status));
	if (part && !strstr(err->message, part))
		fail_msg("%s: '%s' has no '%s'", what, err->message, part);
	assert_int_equal(err->status, status);
}

/* Bytes that do not compress away, the same in every run. */
UNUSED static void fill_noise(unsigned char *data, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525u + 1013904223u;
		data[i] = (unsigned char)(seed >> 24 & (i & 64 ? 0xff : 0x0f));
	}
}

/* A sink into memory, which can be told to fail. */
struct memory_sink {
	struct oci_sink base;
	unsigned char *data;
	size_t size;
	size_t room;
	size_t fail_at;		/* bytes after which it fails */
	int calls_after;	/* calls after it failed */
	bool failed;
};

UNUSED static int memory_sink_write(struct oci_sink *sink, const void *data,
				    size_t size, struct oci_error *err)
{
	struct memory_sink *self = (struct memory_sink *)sink;

	self->calls_after += self->failed;
	if (self->fail_at && self->size + size > self->fail_at) {
		self->failed = true;
		if (err) {
			err->status = OCI_E_SYSTEM;
			snprintf(err->message, sizeof(err->message),
				 "no room in the test's sink");
		}
		return OCI_E_SYSTEM;
	}
	if (self->size + size > self->room) {
		self->room = (self->size + size) * 2;
		self->data = realloc(self->data, self->room);
		assert_non_null(self->data);
	}
	memcpy(self->data + self->size, data, size);
	self->size += size;
	return 0;
}

UNUSED static void memory_sink_free(struct oci_sink *sink)
{
	(void)sink;
}

UNUSED static const struct oci_sink_ops memory_sink_ops = {
	.write = memory_sink_write, .free = memory_sink_free,
};

#define MEMORY_SINK { .base = { &memory_sink_ops } }

#endif
