/* SPDX-License-Identifier: Apache-2.0 */
/* Layers written down as tables. Comes after helpers.h. */
#ifndef TESTS_EXAMPLES_H
#define TESTS_EXAMPLES_H

#include "helpers.h"

/*
 * What a layer is asked for, one letter an entry:
 *   d PATH | f PATH [CONTENT] | l PATH TARGET | h PATH TARGET | - PATH
 * with 'r' before it for replace. The first layers are below the last one.
 */
struct step {
	const char *what, *path, *target;
};

enum { STEPS = 8, LAYERS = 4 };

struct example {
	const char *name;
	struct step layers[LAYERS][STEPS];
	/* The last layer: "path type[target]" with spaces, or with status set
	 * a part of the message. */
	const char *expected;
	int status;
};

UNUSED static int add(struct oci_tree *tree, const struct step *s,
	       struct oci_error *err)
{
	struct oci_attributes attrs = OCI_ATTRIBUTES_INIT;
	const char *what = s->what;
	const char *content = s->target ? s->target : "";

	attrs.replace = *what == 'r';
	what += attrs.replace;
	switch (*what) {
	case 'd':
		attrs.mode = s->target ? 0700 : OCI_DEFAULT;
		return oci_tree_add_directory(tree, s->path, &attrs, err);
	case 'f':
		return oci_tree_add_content(tree, s->path, content,
					    strlen(content), &attrs, err);
	case 'l':
		return oci_tree_add_symlink(tree, s->path, s->target, &attrs,
					    err);
	case 'h':
		return oci_tree_add_hardlink(tree, s->path, s->target, &attrs,
					     err);
	default:
		return oci_tree_add_whiteout(tree, s->path, &attrs, err);
	}
}

UNUSED static void describe(struct oci_buf *out, const struct oci_tree *tree)
{
	static const char letters[] = "?fdlhcbp-";
	struct oci_entry e;

	for (size_t i = 0; i < oci_tree_count(tree); i++) {
		oci_tree_get(&e, tree, i);
		oci_buf_format(out, NULL, "%s%s %c", i ? " " : "",
			       e.path[0] ? e.path : "/", letters[e.type]);
		if (e.target)
			oci_buf_format(out, NULL, ">%s", e.target);
		if (e.type == OCI_ENTRY_DIRECTORY && e.mode != 0755)
			oci_buf_format(out, NULL, ":%o", e.mode);
		if (e.type == OCI_ENTRY_FILE && e.size)
			oci_buf_format(out, NULL, "=%d", (int)e.size);
	}
}

/* Adds, settles, and lays over the rootfs. order turns the steps around. */
UNUSED static int pack(struct oci_buf *out, struct oci_rootfs *rootfs,
		const struct step *steps, int order, struct oci_error *err)
{
	struct oci_tree *tree;
	int count = 0, rc = 0;

	check_done(oci_tree_new(&tree, NULL, err), err, "new");
	while (count < STEPS && steps[count].what)
		count++;
	for (int i = 0; !rc && i < count; i++)
		rc = add(tree, &steps[order ? count - 1 - i : i], err);
	if (!rc)
		rc = oci_tree_settle(tree, rootfs, err);
	if (!rc)
		rc = oci_rootfs_apply(rootfs, tree, err);
	if (!rc && out)
		describe(out, tree);
	oci_tree_free(tree);
	return rc;
}

UNUSED static void check(const struct example *e, int order)
{
	struct oci_rootfs *rootfs;
	struct oci_error err;
	struct oci_buf text;
	int last = LAYERS, rc;

	while (!e->layers[last - 1][0].what)
		last--;
	oci_buf_init(&text, 65536);
	check_done(oci_rootfs_new(&rootfs, &err), &err, "rootfs");
	for (int i = 0; i < last - 1; i++)
		check_done(pack(NULL, rootfs, e->layers[i], order, &err), &err,
			   e->name);
	rc = pack(&text, rootfs, e->layers[last - 1], order, &err);
	if (e->status)
		check_failed(rc, &err, e->status, e->expected, e->name);
	else
		check_done(rc, &err, e->name);
	if (!rc && strcmp(text.data ? text.data : "", e->expected) != 0)
		fail_msg("%s (%s): '%s', expected '%s'", e->name,
			 order ? "turned around" : "in order", text.data,
			 e->expected);
	oci_rootfs_free(rootfs);
	oci_buf_release(&text);
}

#define CHECK_BOTH(examples) \
	for (size_t i = 0; i < sizeof(examples) / sizeof(*(examples)); i++) \
		for (int order = 0; order < 2; order++) \
			check(&(examples)[i], order)
#define CHECK_IN_ORDER(examples) \
	for (size_t i = 0; i < sizeof(examples) / sizeof(*(examples)); i++) \
		check(&(examples)[i], 0)

#endif
