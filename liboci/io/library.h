/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads shared libraries when they are needed. With OCI_STATIC_LIBRARIES, a
 * macro of the build, they are linked instead: a program without a loader has
 * no dlopen(3).
 */
#ifndef IO_LIBRARY_H
#define IO_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>

/* A function of a library, and the place of the pointer to it. */
struct oci_library_function {
	const char *name;
	size_t offset;		/* in a struct of pointers to functions */
	void (*linked)(void);	/* NULL: loaded by its name */
};

#ifdef OCI_STATIC_LIBRARIES
#define OCI_LIBRARY_LINKED(name) ((void (*)(void))(name))
#else
#define OCI_LIBRARY_LINKED(name) NULL
#endif

/* The member of a table for the function name and a struct whose members have
 * the names of the functions. */
#define OCI_LIBRARY_FUNCTION(type, name)                                       \
	{                                                                      \
#name, offsetof(type, name), OCI_LIBRARY_LINKED(name)          \
	}

/*
 * Fills the struct at out. what, such as "registries need libcurl", precedes
 * the reason in the error. install is the advice if there is no such library,
 * or if it lacks a function: OCI_E_UNSUPPORTED. OCI_E_SYSTEM: the library is
 * there, but a limit of the process keeps it from being loaded.
 */
int oci_library_load(void *out, const char *name,
		     const struct oci_library_function *functions, size_t count,
		     const char *what, const char *install,
		     struct oci_error *err);

/*
 * Adds an ELF note that names a library which is loaded with dlopen(3), for
 * tools that find the dependencies of packages. UAPI Group, "ELF dlopen
 * Metadata". json is a string literal, a list of objects.
 */
#ifdef OCI_STATIC_LIBRARIES
#define OCI_LIBRARY_NOTE(json) _Static_assert(sizeof(json) > 1, "no note")
#else
#define OCI_LIBRARY_NOTE(json)                                                 \
	__attribute__((used, section(".note.dlopen"), aligned(4)))             \
	static const struct {                                                  \
		uint32_t name_size, size, type;                                \
		char name[4];                                                  \
		_Alignas(4) char text[sizeof(json)];                           \
	} library_note = { 4, sizeof(json), 0x407c0c0a, "FDO", json }
#endif

#endif
