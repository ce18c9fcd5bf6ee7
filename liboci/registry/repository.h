/* SPDX-License-Identifier: Apache-2.0 */
/* A repository of a registry, which is a store. */
#ifndef REGISTRY_REPOSITORY_H
#define REGISTRY_REPOSITORY_H

#include <oci/repository.h>

#include "registry/client.h"
#include "registry/manifests.h"
#include "registry/uploads.h"
#include "store/store.h"

struct oci_repository {
	struct oci_store base;
	struct oci_client client;
	struct oci_uploads uploads;
	struct oci_manifests manifests;	/* in the order of their adding */
	bool takes;			/* was opened to push to */
	struct oci_digest expected;	/* that tags lead to; empty: nothing */
	bool expects;
	bool prepared; /* all but the tags is there */
};

/* Freed by oci_store_free. */
int oci_repository_new(struct oci_repository **out,
		       struct oci_registry *registry,
		       const struct oci_reference *reference,
		       struct oci_error *err);

#endif
