/* SPDX-License-Identifier: Apache-2.0 */
/* Trees: creation, single entries, and access to the entries. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "io/file.h"
#include "io/temp.h"
#include "layer/node.h"
#include "layer/xattr.h"

int oci_tree_new(struct oci_tree **out, const struct oci_tree_options *options,
		 struct oci_error *err)
{
	static const struct oci_tree_options usual = OCI_TREE_OPTIONS_INIT;
	struct oci_tree_options o;
	struct oci_tree *tree;
	int rc;

	*out = NULL;
	oci_options_read(&o, sizeof(o), &usual, options);
	if (o.epoch < OCI_DEFAULT || o.epoch > OCI_TIME_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"the epoch is not between 1970 and 9999");
	tree = calloc(1, sizeof(*tree));
	if (!tree)
		return oci_fail_nomem(err);
	tree->spool = -1;
	tree->epoch = o.epoch;
	tree->watch.max_inflated = o.max_inflated;
	tree->watch.cancelled = o.cancelled;
	rc = oci_text_copy(&tree->temp_dir,
			   o.temp_dir ? o.temp_dir : "/var/tmp", err);
	if (rc)
		oci_tree_free(tree);
	else
		*out = tree;
	return rc;
}

void oci_tree_free(struct oci_tree *tree)
{
	if (!tree)
		return;
	if (tree->spool >= 0)
		close(tree->spool);
	oci_arena_release(&tree->arena);
	free(tree->nodes);
	free(tree->temp_dir);
	free(tree);
}

int oci_tree_spool(int *fd, struct oci_tree *tree, struct oci_error *err)
{
	int rc = 0;

	if (tree->spool < 0)
		rc = oci_file_temporary(&tree->spool, tree->temp_dir, err);
	*fd = tree->spool;
	return rc;
}

int oci_node_text(const char **out, struct oci_tree *tree, const char *text,
		  struct oci_error *err)
{
	*out = oci_arena_text(&tree->arena, text);
	return *out ? 0 : oci_fail_nomem(err);
}

int oci_tree_spend(struct oci_tree *tree, size_t size, bool implied,
		   struct oci_error *err)
{
	tree->text += size + 1;
	tree->implied += implied ? size + 1 : 0;
	if (tree->text > OCI_NAMES_MAX || tree->count >= OCI_ENTRIES_MAX)
		return oci_fail(err, OCI_E_LIMIT, "a layer has more than %d "
				"entries, or their names more than %d MiB",
				OCI_ENTRIES_MAX, OCI_NAMES_MAX >> 20);
	if (tree->implied > OCI_IMPLIED_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"folders of a layer that no "
				"entry names have names of more than %d MiB: "
				"exclude such deep folders",
				OCI_IMPLIED_MAX >> 20);
	return oci_watch_check(&tree->watch, err);
}

int oci_node_check_name(const char *path, struct oci_error *err)
{
	size_t size = strlen(OCI_WHITEOUT_PREFIX);

	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, OCI_WHITEOUT_PREFIX, size) == 0)
			return oci_fail(err, OCI_E_INVALID,
					"path '%s': names that start with "
					"'.wh.' mean removal in a layer; "
					"exclude it, or use remove", path);
	}
	return 0;
}

int oci_node_add(struct oci_node **out, struct oci_tree *tree,
		 const char *path, enum oci_entry_type type,
		 const struct oci_attributes *attrs, struct oci_error *err)
{
	char clean[OCI_PATH_MAX];
	struct oci_node **nodes;
	struct oci_node *node;
	int rc;

	*out = NULL;
	if (tree->settled)
		return oci_fail(err, OCI_E_INVALID, "the tree is settled");
	rc = oci_path_clean(clean, path, err);
	if (!rc)
		rc = oci_node_check_name(clean, err);
	if (!rc)
		rc = oci_attributes_check(attrs, err);
	if (!rc && !clean[0] && type != OCI_ENTRY_DIRECTORY)
		rc = oci_fail(err, OCI_E_INVALID,
			      "path '%s' is the root, which is a directory",
			      path);
	if (!rc)
		rc = oci_tree_spend(tree, strlen(clean), false, err);
	if (rc)
		return rc;
	nodes = oci_array_grow(tree->nodes, &tree->capacity, tree->count + 1,
			       sizeof(*nodes));
	if (!nodes)
		return oci_fail_nomem(err);
	tree->nodes = nodes;
	node = oci_arena_alloc(&tree->arena, sizeof(*node));
	if (!node)
		return oci_fail_nomem(err);
	rc = oci_node_text(&node->wanted, tree, clean, err);
	if (rc)
		return rc;
	node->path = node->wanted;
	node->type = (unsigned char)type;
	node->rank = OCI_RANK_EXPLICIT;
	node->replace = attrs && attrs->replace;
	node->position = attrs ? attrs->position : NULL;
	nodes[tree->count++] = node;
	*out = node;
	return 0;
}

/* Adds an entry without a source, for which OCI_KEEP is an error. */
static int add_plain(struct oci_node **out, struct oci_tree *tree,
		     const char *path, enum oci_entry_type type,
		     const struct oci_attributes *attrs, struct oci_error *err)
{
	static const struct oci_source_attributes nothing = {0};
	struct oci_attributes own;
	int rc;

	attrs = oci_attributes_read(&own, attrs);
	if (attrs && (attrs->mode == OCI_KEEP || attrs->uid == OCI_KEEP ||
		      attrs->gid == OCI_KEEP || attrs->mtime == OCI_KEEP))
		return oci_fail(err, OCI_E_INVALID,
				"path '%s': there is no source whose "
				"attributes could be kept", path);
	rc = oci_node_add(out, tree, path, type, attrs, err);
	if (rc)
		return rc;
	oci_node_attributes(*out, tree, attrs, &nothing);
	return oci_xattr_set(*out, tree, attrs, err);
}

int oci_tree_add_content(struct oci_tree *tree, const char *path,
			 const void *data, size_t size,
			 const struct oci_attributes *attrs,
			 struct oci_error *err)
{
	struct oci_node *node;
	int rc = add_plain(&node, tree, path, OCI_ENTRY_FILE, attrs, err);

	if (rc)
		return rc;
	node->at.data = oci_arena_copy(&tree->arena, data, size);
	if (!node->at.data)
		return oci_fail_nomem(err);
	node->content = OCI_CONTENT_MEMORY;
	node->size = size;
	return 0;
}

int oci_tree_add_directory(struct oci_tree *tree, const char *path,
			   const struct oci_attributes *attrs,
			   struct oci_error *err)
{
	struct oci_node *node;

	return add_plain(&node, tree, path, OCI_ENTRY_DIRECTORY, attrs, err);
}

int oci_node_symlink(struct oci_node *node, struct oci_tree *tree,
		     const char *target, struct oci_error *err)
{
	size_t size = strlen(target);

	if (size == 0 || size >= OCI_PATH_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"path '%s': a symlink's target has 1 to %d "
				"bytes", node->wanted, OCI_PATH_MAX - 1);
	if (!oci_utf8_valid(target, size))
		return oci_fail(err, OCI_E_INVALID,
				"path '%s': the target of this symlink is not "
				"UTF-8: exclude it", node->wanted);
	return oci_node_text(&node->target, tree, target, err);
}

static int add_link(struct oci_tree *tree, const char *path,
		    enum oci_entry_type type, const char *target,
		    const struct oci_attributes *attrs, struct oci_error *err)
{
	struct oci_node *node;
	int rc = add_plain(&node, tree, path, type, attrs, err);

	if (!rc && type == OCI_ENTRY_SYMLINK)
		rc = oci_node_symlink(node, tree, target, err);
	else if (!rc)
		rc = oci_node_text(&node->target, tree, target, err);
	return rc;
}

int oci_tree_add_symlink(struct oci_tree *tree, const char *path,
			 const char *target,
			 const struct oci_attributes *attrs,
			 struct oci_error *err)
{
	return add_link(tree, path, OCI_ENTRY_SYMLINK, target, attrs, err);
}

int oci_tree_add_hardlink(struct oci_tree *tree, const char *path,
			  const char *target,
			  const struct oci_attributes *attrs,
			  struct oci_error *err)
{
	char clean[OCI_PATH_MAX];
	int rc = oci_path_clean(clean, target, err);

	if (rc)
		return rc;
	return add_link(tree, path, OCI_ENTRY_HARDLINK, clean, attrs, err);
}

int oci_tree_add_device(struct oci_tree *tree, const char *path,
			enum oci_entry_type type, uint32_t major,
			uint32_t minor, const struct oci_attributes *attrs,
			struct oci_error *err)
{
	struct oci_node *node;
	int rc;

	if (type != OCI_ENTRY_CHARACTER_DEVICE &&
	    type != OCI_ENTRY_BLOCK_DEVICE && type != OCI_ENTRY_FIFO)
		return oci_fail(err, OCI_E_INVALID, "path '%s': not a device",
				path);
	rc = add_plain(&node, tree, path, type, attrs, err);
	if (rc)
		return rc;
	node->major = major;
	node->minor = minor;
	return 0;
}

int oci_tree_add_whiteout(struct oci_tree *tree, const char *path,
			  const struct oci_attributes *attrs,
			  struct oci_error *err)
{
	struct oci_node *node;

	return add_plain(&node, tree, path, OCI_ENTRY_WHITEOUT, attrs, err);
}

size_t oci_tree_count(const struct oci_tree *tree)
{
	return tree->count;
}

void oci_tree_get(struct oci_entry *out, const struct oci_tree *tree,
		  size_t index)
{
	const struct oci_node *node = tree->nodes[index];
	bool whiteout = node->type == OCI_ENTRY_WHITEOUT && tree->settled;

	*out = (struct oci_entry){
		.path = whiteout ? node->target : node->path,
		.type = (enum oci_entry_type)node->type,
		.mode = node->mode,
		.uid = node->uid,
		.gid = node->gid,
		.mtime = node->mtime,
		.size = node->size,
		.target = whiteout ? NULL : node->target,
		.major = node->major,
		.minor = node->minor,
	};
}

uint64_t oci_tree_size(const struct oci_tree *tree)
{
	uint64_t size = 0;

	for (size_t i = 0; i < tree->count; i++)
		size += tree->nodes[i]->size;
	return size;
}
