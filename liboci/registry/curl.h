/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded at the first request to a registry: it needs some forty
 * libraries, and loading them takes longer than a run in which every layer is a
 * cache hit. After oci_curl_load, its functions are called by their own names.
 */
#ifndef REGISTRY_CURL_H
#define REGISTRY_CURL_H

/* curl's type-checking macros need functions, not function pointers. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_getinfo
#undef curl_easy_setopt

#include <oci/error.h>

#define OCI_CURL_FUNCTIONS(X)                                                  \
	X(curl_easy_cleanup)                                                   \
	X(curl_easy_escape)                                                    \
	X(curl_easy_getinfo)                                                   \
	X(curl_easy_init)                                                      \
	X(curl_easy_pause)                                                     \
	X(curl_easy_setopt)                                                    \
	X(curl_easy_strerror)                                                  \
	X(curl_free)                                                           \
	X(curl_getdate)                                                        \
	X(curl_global_init_mem)                                                \
	X(curl_multi_add_handle)                                               \
	X(curl_multi_cleanup)                                                  \
	X(curl_multi_info_read)                                                \
	X(curl_multi_init)                                                     \
	X(curl_multi_perform)                                                  \
	X(curl_multi_poll)                                                     \
	X(curl_multi_remove_handle)                                            \
	X(curl_multi_wakeup)                                                   \
	X(curl_slist_append)                                                   \
	X(curl_slist_free_all)                                                 \
	X(curl_url)                                                            \
	X(curl_url_cleanup)                                                    \
	X(curl_url_get)                                                        \
	X(curl_url_set)

struct oci_curl {
#define OCI_CURL_MEMBER(name) __typeof__(name) *name;
	OCI_CURL_FUNCTIONS(OCI_CURL_MEMBER)
#undef OCI_CURL_MEMBER
};

extern struct oci_curl oci_curl;

/* Loads libcurl at the first call; later calls return the same status and
 * error. Any thread. */
int oci_curl_load(struct oci_error *err);

#ifndef REGISTRY_CURL_LOADS
#define curl_easy_cleanup oci_curl.curl_easy_cleanup
#define curl_easy_escape oci_curl.curl_easy_escape
#define curl_easy_getinfo oci_curl.curl_easy_getinfo
#define curl_easy_init oci_curl.curl_easy_init
#define curl_easy_pause oci_curl.curl_easy_pause
#define curl_easy_setopt oci_curl.curl_easy_setopt
#define curl_easy_strerror oci_curl.curl_easy_strerror
#define curl_free oci_curl.curl_free
#define curl_getdate oci_curl.curl_getdate
#define curl_global_init_mem oci_curl.curl_global_init_mem
#define curl_multi_add_handle oci_curl.curl_multi_add_handle
#define curl_multi_cleanup oci_curl.curl_multi_cleanup
#define curl_multi_info_read oci_curl.curl_multi_info_read
#define curl_multi_init oci_curl.curl_multi_init
#define curl_multi_perform oci_curl.curl_multi_perform
#define curl_multi_poll oci_curl.curl_multi_poll
#define curl_multi_remove_handle oci_curl.curl_multi_remove_handle
#define curl_multi_wakeup oci_curl.curl_multi_wakeup
#define curl_slist_append oci_curl.curl_slist_append
#define curl_slist_free_all oci_curl.curl_slist_free_all
#define curl_url oci_curl.curl_url
#define curl_url_cleanup oci_curl.curl_url_cleanup
#define curl_url_get oci_curl.curl_url_get
#define curl_url_set oci_curl.curl_url_set
#endif

#endif
