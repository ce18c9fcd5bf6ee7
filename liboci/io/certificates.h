/* SPDX-License-Identifier: Apache-2.0 */
/* Where systems keep the certificates that their programs trust. */
#ifndef IO_CERTIFICATES_H
#define IO_CERTIFICATES_H

/* Absolute paths of PEM files with all certificates, ended by NULL: those of
 * Debian and Alpine, Fedora, openSUSE, and others (Go's crypto/x509,
 * root_linux.go). The first is the default of Debian's libcurl. */
extern const char *const oci_certificate_files[];

/*
 * Returns the first of these files that this process can read, or NULL if that
 * is the default of Debian's libcurl, or if there is none. libcurl finds its
 * own default by itself; a statically linked one runs on systems that have
 * another. Any thread.
 */
const char *oci_certificate_file(void);

#endif
