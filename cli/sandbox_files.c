/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock, by its system calls: libc has no functions, and the headers of the
 * build's kernel may be older than the kernel that it runs on. See
 * Documentation/userspace-api/landlock.rst of Linux.
 */
#define _GNU_SOURCE /* O_PATH */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The numbers are the same on all architectures. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

struct ruleset {
	uint64_t files;
	uint64_t network; /* version 4 */
	uint64_t scoped;  /* version 6 */
};

struct path_rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/* Rights: their bits are in the order of the kernel's list. */
enum {
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	FIRST_13 = (1 << 13) - 1,
	REFER = 1 << 13,
	TRUNCATE = 1 << 14 /* version 3 */
};

enum { BIND_TCP = 1, CONNECT_TCP = 2, SCOPED_ALL = 3 };

/* Files of the system, which libraries, libc and OpenSSL read. */
static const char *const system_paths[] = {
	"/usr",
	"/lib",
	"/lib32",
	"/lib64",
	"/nix/store",
	"/gnu/store",
	"/etc/ld.so.cache",
	"/etc/localtime",
	"/etc/ssl/certs",
	"/etc/ssl/cert.pem",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/openssl.cnf",
	"/etc/pki/ca-trust",
	"/etc/pki/tls/certs",
	"/etc/pki/tls/cert.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/tls/openssl.cnf",
	"/etc/pki/tls/openssl.d",
	"/etc/crypto-policies",
	"/proc/self",
	"/sys/devices/system/cpu",
	"/dev/urandom",
	"/dev/zero",
};

/* A path that nothing can open needs no rule. */
static bool is_useless(int number)
{
	return number == ENOENT || number == ENOTDIR || number == EACCES ||
	       number == ELOOP || number == ENAMETOOLONG;
}

/* A pipe needs no rule: it is open already (EBADFD). */
static bool allow(int ruleset, const char *path, uint64_t rights)
{
	struct path_rule rule = { .allowed = rights };
	struct stat st;
	bool good;

	rule.parent = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0)
		return is_useless(errno);
	if (fstat(rule.parent, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed &= READ_FILE | WRITE_FILE | TRUNCATE;
	good = syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ||
	       errno == EBADFD;
	close(rule.parent);
	return good;
}

/* The folders of LD_LIBRARY_PATH have libraries, too. */
static bool allow_libraries(int ruleset)
{
	const char *list = getenv("LD_LIBRARY_PATH");
	char path[4096];
	bool good = true;

	while (good && list && *list) {
		size_t size = strcspn(list, ":;");

		if (size && size < sizeof(path)) {
			memcpy(path, list, size);
			path[size] = '\0';
			good = allow(ruleset, path, READ_FILE | READ_DIR);
		}
		list += size + (list[size] != '\0');
	}
	return good;
}

static bool allow_all(int ruleset, const struct sandbox *sandbox,
		      uint64_t rights)
{
	const uint64_t read = READ_FILE | READ_DIR;
	const size_t count = sizeof(system_paths) / sizeof(system_paths[0]);
	bool good = allow(ruleset, "/dev/null",
			  rights & (READ_FILE | WRITE_FILE | TRUNCATE)) &&
		    allow_libraries(ruleset);

	for (size_t i = 0; good && i < count; i++)
		good = allow(ruleset, system_paths[i], read);
	for (size_t i = 0; good && i < sandbox->reads.count; i++)
		good = allow(ruleset, sandbox->reads.items[i], read);
	for (size_t i = 0; good && i < sandbox->listed.count; i++)
		good = allow(ruleset, sandbox->listed.items[i], READ_DIR);
	/* Not the right to execute, which is the first one. */
	for (size_t i = 0; good && i < sandbox->writes.count; i++)
		good = allow(ruleset, sandbox->writes.items[i], rights & ~1u);
	return good;
}

bool sandbox_restrict_files(const struct sandbox *sandbox)
{
	long version = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
	struct ruleset attributes = { .files = FIRST_13 | REFER };
	size_t size = sizeof(attributes.files);
	int ruleset;
	bool good;

	/* Version 1 allows no rename to another folder: layouts need it. */
	if (version < 2)
		return false;
	if (version >= 3)
		attributes.files |= TRUNCATE;
	if (version >= 4) {
		attributes.network =
			BIND_TCP | (sandbox->network ? 0 : CONNECT_TCP);
		size += sizeof(attributes.network);
	}
	if (version >= 6) {
		attributes.scoped = SCOPED_ALL;
		size += sizeof(attributes.scoped);
	}
	ruleset = (int)syscall(CREATE_RULESET, &attributes, size, 0);
	if (ruleset < 0)
		return false;
	good = allow_all(ruleset, sandbox, attributes.files) &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(RESTRICT_SELF, ruleset, 0) == 0;
	close(ruleset);
	return good;
}
