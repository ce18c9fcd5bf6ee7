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
	bool pushes;			/* was opened for pushing */
	struct oci_digest expected;	/* of the image's tag before the push;
					 * empty: no such tag */
	bool expects;			/* `expected` is set */
	bool prepared; /* everything except the tags is in the registry */
};

/* Freed by oci_store_free. */
int oci_repository_new(struct oci_repository **out,
		       struct oci_registry *registry,
		       const struct oci_reference *reference,
		       struct oci_error *err);

#endif
