/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust in the cache. Only this user may write to its folders, and each record
 * carries an HMAC (RFC 2104) that is made with the secret DIR/key. A record
 * that was damaged, changed or moved is not used.
 */
#define _DEFAULT_SOURCE /* getrandom */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/digest.h"
#include "io/file.h"
#include "store/cache.h"

static int check_folder(const char *path, struct oci_error *err)
{
	static const char *const advice = "choose another with --cache-dir, or "
					  "--no-cache";
	struct stat st;
	int rc;

	if (stat(path, &st) != 0)
		return 0; /* it is created when it is needed */
	if (st.st_uid != geteuid())
		rc = oci_fail(err, OCI_E_INVALID, "cache '%s' belongs to "
			      "another user (%lu)", path,
			      (unsigned long)st.st_uid);
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		rc = oci_fail(err, OCI_E_INVALID, "other users may write to "
			      "cache '%s' (mode %04o)", path,
			      (unsigned)st.st_mode & 07777);
	else
		return 0;
	return oci_advise(err, rc, advice);
}

int oci_cache_check_folders(const struct oci_cache *cache,
			    struct oci_error *err)
{
	char path[OCI_CACHE_PATH];
	int rc = 0;

	for (size_t i = 0; !rc && oci_cache_folders[i]; i++)
		if (snprintf(path, sizeof(path), "%s%s", cache->path,
			     oci_cache_folders[i]) < OCI_CACHE_PATH)
			rc = check_folder(path, err);
	return rc;
}

/* A key that other users may read or write is not used. */
static bool read_key(struct oci_cache *cache, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	size_t got = 0;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && !(st.st_mode & 077) &&
	    st.st_size == sizeof(cache->key))
		oci_file_read(&got, fd, cache->key, sizeof(cache->key), NULL);
	close(fd);
	return got == sizeof(cache->key);
}

/* Creates the key, or replaces one that cannot be used. If several processes
 * create it, the first one's is used, so that the records of all are valid. */
static void make_key(struct oci_cache *cache, const char *path)
{
	unsigned char key[OCI_MAC_KEY];
	struct oci_temp temp = OCI_TEMP_INIT;

	if (getrandom(key, sizeof(key), 0) != sizeof(key) ||
	    oci_file_make_folders(path, 0700, NULL) ||
	    oci_temp_open(&temp, cache->path, "key", 0600, NULL))
		return;
	if (!oci_file_write(temp.fd, key, sizeof(key), NULL) &&
	    !oci_temp_link(&temp, path) && !read_key(cache, path))
		oci_temp_place(&temp, path, NULL);
	oci_temp_release(&temp);
}

bool oci_cache_has_key(struct oci_cache *cache, bool make)
{
	char path[OCI_CACHE_PATH];
	int n = snprintf(path, sizeof(path), "%s/key", cache->path);

	if (n < 0 || n >= OCI_CACHE_PATH)
		return false;
	if (!cache->has_key)
		cache->has_key = read_key(cache, path);
	if (!cache->has_key && make) {
		make_key(cache, path);
		cache->has_key = read_key(cache, path);
	}
	return cache->has_key;
}

void oci_cache_forget_key(struct oci_cache *cache)
{
	char path[OCI_CACHE_PATH];

	if (snprintf(path, sizeof(path), "%s/key", cache->path) <
	    OCI_CACHE_PATH)
		unlink(path);
	cache->has_key = false;
}
