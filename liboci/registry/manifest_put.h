/* SPDX-License-Identifier: Apache-2.0 */
/* Putting one manifest. OCI Distribution Specification, "Pushing Manifests". */
#ifndef REGISTRY_MANIFEST_PUT_H
#define REGISTRY_MANIFEST_PUT_H

#include <oci/descriptor.h>

#include "registry/client.h"

/* The parts of the answer beside its status. */
struct oci_put_answer {
	bool blobs_missing; /* it was refused because it names these */
	bool knows_subject; /* OCI-Subject: the registry lists referrers
			     * itself */
};

/* Puts the manifest or index of the descriptor, with its media type, under a
 * tag or digest. Fills *answer, also after a failure. OCI_E_CORRUPT: the
 * registry says that it has another digest. */
int oci_manifest_put(struct oci_put_answer *answer,
		     const struct oci_descriptor *descriptor, const char *text,
		     const char *name, struct oci_client *client,
		     struct oci_error *err);

#endif
