/* SPDX-License-Identifier: Apache-2.0 */
/* All of liboci. */
#ifndef OCI_OCI_H
#define OCI_OCI_H

#include <oci/archive.h>
#include <oci/cache.h>
#include <oci/config.h>
#include <oci/copy.h>
#include <oci/descriptor.h>
#include <oci/diff.h>
#include <oci/digest.h>
#include <oci/dir.h>
#include <oci/engine.h>
#include <oci/error.h>
#include <oci/image.h>
#include <oci/join.h>
#include <oci/layer.h>
#include <oci/layout.h>
#include <oci/lint.h>
#include <oci/lock.h>
#include <oci/manifest.h>
#include <oci/platform.h>
#include <oci/progress.h>
#include <oci/read.h>
#include <oci/reference.h>
#include <oci/registry.h>
#include <oci/repository.h>
#include <oci/rootfs.h>
#include <oci/spec.h>
#include <oci/store.h>
#include <oci/stream.h>
#include <oci/text.h>
#include <oci/tree.h>
#include <oci/version.h>

#endif
