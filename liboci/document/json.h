/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and writes typed JSON members. Readers treat an absent member as empty;
 * a member of another type is OCI_E_INVALID with its name. Writers leave empty
 * members out, so that documents stay compact.
 */
#ifndef DOCUMENT_JSON_H
#define DOCUMENT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <oci/error.h>
#include <oci/text.h>

/* Parses an object of size bytes; the caller owns *out. */
int oci_json_load(json_t **out, const char *json, size_t size,
		  struct oci_error *err);
/* The same, for an object or an array. */
int oci_json_load_any(json_t **out, const char *json, size_t size,
		      struct oci_error *err);
/* json_size.c: OCI_E_LIMIT if a text would need too much memory. */
int oci_json_check_size(const char *json, size_t size, struct oci_error *err);
/* Makes compact text, members in the order of setting; the caller frees it. */
int oci_json_dump(char **out, const json_t *json, struct oci_error *err);
/* The same with flags of json_dumps. Errors: OCI_E_NOMEM only. */
int oci_json_dump_as(char **out, const json_t *json, size_t flags,
		     struct oci_error *err);

/* Makes the text of a JSON array of strings; the caller frees it. */
int oci_json_list(char **out, const struct oci_strings *list,
		  struct oci_error *err);

int oci_json_text(char **out, const json_t *object, const char *name,
		  struct oci_error *err);
int oci_json_integer(int64_t *out, const json_t *object, const char *name,
		     struct oci_error *err);
int oci_json_flag(bool *out, const json_t *object, const char *name,
		  struct oci_error *err);
/* Reads an array of strings. */
int oci_json_strings(struct oci_strings *out, const json_t *object,
		     const char *name, struct oci_error *err);
/* Reads the names of an object's members, in their order. */
int oci_json_keys(struct oci_strings *out, const json_t *object,
		  const char *name, struct oci_error *err);
/* Reads an object of strings. */
int oci_json_pairs(struct oci_pairs *out, const json_t *object,
		   const char *name, struct oci_error *err);
/* Finds an object or array, borrowed; *out is NULL if absent or null. */
int oci_json_object(const json_t **out, const json_t *object, const char *name,
		    struct oci_error *err);
int oci_json_array(const json_t **out, const json_t *object, const char *name,
		   struct oci_error *err);

/* Makes a string for the member name; OCI_E_INVALID if text is not UTF-8. */
int oci_json_string(json_t **out, const char *name, const char *text,
		    struct oci_error *err);
/* These take ownership of value, also on failure. value NULL: OCI_E_NOMEM. */
int oci_json_set(json_t *object, const char *name, json_t *value,
		 struct oci_error *err);
int oci_json_append(json_t *array, json_t *value, struct oci_error *err);
int oci_json_set_text(json_t *object, const char *name, const char *text,
		      struct oci_error *err);
int oci_json_set_integer(json_t *object, const char *name, int64_t value,
			 struct oci_error *err);
int oci_json_set_strings(json_t *object, const char *name,
			 const struct oci_strings *list, struct oci_error *err);
int oci_json_set_keys(json_t *object, const char *name,
		      const struct oci_strings *list, struct oci_error *err);
int oci_json_set_pairs(json_t *object, const char *name,
		       const struct oci_pairs *map, struct oci_error *err);

#endif
