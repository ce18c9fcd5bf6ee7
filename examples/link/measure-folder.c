/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures what a folder takes as a layer, for some compressions, without
 * keeping the layer: the bytes go to a sink of this program, which counts them,
 * and fails when they are too many.
 *
 *   cc measure-folder.c $(pkg-config --cflags --libs liboci) -o measure-folder
 *   ./measure-folder FOLDER
 */
#include <stdio.h>

#include <oci/oci.h>

/* The most bytes of a layer that ghcr.io takes: 10 GB. */
#ifndef LIMIT
#define LIMIT 10000000000ull
#endif

/* A sink starts with a struct oci_sink. */
struct counter {
	struct oci_sink base;
	unsigned long long bytes;
};

static int count(struct oci_sink *sink, const void *data, size_t size,
		 struct oci_error *err)
{
	struct counter *counter = (struct counter *)sink;

	(void)data;
	counter->bytes += size;
	if (counter->bytes <= LIMIT)
		return 0;
	return oci_error_set(err, OCI_E_LIMIT, "it has more than %llu bytes",
			     LIMIT);
}

/* Only `write` is needed: this sink is never freed by oci_sink_free. */
static const struct oci_sink_ops ops = { .write = count };

static int measure(const struct oci_tree *tree, const char *compression,
		   struct oci_error *err)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct counter counter = { { &ops }, 0 };
	struct oci_layer layer;
	int rc = oci_compression_parse(&options.compression, &options.level,
				       compression, err);

	if (!rc)
		rc = oci_layer_write(&layer, tree, &counter.base, &options,
				     err);
	if (rc)
		return oci_error_wrap(err, rc, "%s", compression);
	printf("%-7s %12llu bytes %s\n", compression, counter.bytes,
	       layer.digest.text);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "gzip:1", "gzip", "zstd", "none" };
	struct oci_tree *tree = NULL;
	struct oci_error err;
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	rc = oci_tree_new(&tree, NULL, &err);
	if (!rc)
		rc = oci_tree_add_folder(tree, "/", argv[1], NULL, NULL, &err);
	if (!rc)
		rc = oci_tree_settle(tree, NULL, &err);
	for (int i = 0; !rc && i < 4; i++)
		rc = measure(tree, names[i], &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	oci_tree_free(tree);
	return rc ? 1 : 0;
}
