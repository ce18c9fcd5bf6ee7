/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses an entry's attributes from the requested ones and its source's. */
#include "base/error.h"
#include "base/options.h"
#include "base/time.h"
#include "layer/node.h"

#define OWNER_MAX INT64_C(0xfffffffe)

const struct oci_attributes *
oci_attributes_read(struct oci_attributes *out,
		    const struct oci_attributes *given)
{
	static const struct oci_attributes usual = OCI_ATTRIBUTES_INIT;

	oci_options_read(out, sizeof(*out), &usual, given);
	return out;
}

static bool in_range(int64_t value, int64_t max)
{
	return value == OCI_DEFAULT || value == OCI_KEEP ||
	       (value >= 0 && value <= max);
}

int oci_attributes_check(const struct oci_attributes *attrs,
			 struct oci_error *err)
{
	if (!attrs)
		return 0;
	if (!in_range(attrs->mode, 07777))
		return oci_fail(err, OCI_E_INVALID,
				"a mode is not 0 to 07777 (octal)");
	if (!in_range(attrs->uid, OWNER_MAX) ||
	    !in_range(attrs->gid, OWNER_MAX))
		return oci_fail(err, OCI_E_INVALID,
				"an owner or group is not 0 to 4294967294");
	if (!in_range(attrs->mtime, OCI_TIME_MAX))
		return oci_fail(err, OCI_E_INVALID,
				"an mtime is not between 1970 and 9999");
	return 0;
}

static uint32_t choose(int64_t wanted, uint32_t normal, uint32_t own, bool keep)
{
	if (wanted == OCI_KEEP || (wanted == OCI_DEFAULT && keep))
		return own;
	return wanted == OCI_DEFAULT ? normal : (uint32_t)wanted;
}

static uint32_t choose_mode(const struct oci_node *node, int64_t wanted,
			    const struct oci_source_attributes *source)
{
	bool directory = node->type == OCI_ENTRY_DIRECTORY;
	uint32_t normal = directory || source->mode & 0100 ? 0755 : 0644;
	uint32_t mode;

	if (node->type == OCI_ENTRY_SYMLINK)
		return 0777;
	mode = choose(wanted, normal, source->mode & 07777, source->keep);
	if (directory && wanted >= 0 && node->rank == OCI_RANK_BROUGHT)
		mode |= (mode & 0444) >> 2;
	return mode;
}

static int64_t choose_mtime(int64_t wanted, int64_t epoch,
			    const struct oci_source_attributes *source)
{
	int64_t own = source->mtime;

	if (wanted >= 0)
		return wanted;
	if (source->timeless || (wanted == OCI_DEFAULT && !source->keep))
		return epoch >= 0 ? epoch : 0;
	if (epoch >= 0 && own > epoch)
		own = epoch;
	if (own > OCI_TIME_MAX)
		own = OCI_TIME_MAX;
	return own < 0 ? 0 : own;
}

void oci_node_attributes(struct oci_node *node, const struct oci_tree *tree,
			 const struct oci_attributes *attrs,
			 const struct oci_source_attributes *source)
{
	static const struct oci_attributes none = OCI_ATTRIBUTES_INIT;

	if (!attrs)
		attrs = &none;
	node->mode = choose_mode(node, attrs->mode, source);
	node->uid = choose(attrs->uid, 0, source->uid, source->keep);
	node->gid = choose(attrs->gid, 0, source->gid, source->keep);
	node->mtime = choose_mtime(attrs->mtime, tree->epoch, source);
}
