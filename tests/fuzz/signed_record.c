/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cache records with a valid signature: a spec is packed with a record that is
 * forged and signed with the cache's key. A word "=" of the input stands for
 * the same word of the genuine record. Without blocks, the packed layer has its
 * digest, whatever the record says; with another fingerprint, also the right
 * bytes.
 */
#include <dirent.h>
#include <time.h>

#include "base/buf.h"
#include "sink.h"
#include "spec/cache_record.h"
#include "store/cache.h"
#include "target.h"

enum { FILE_SIZE = 1200000 };

static struct oci_spec *spec;
static struct oci_cache *cache;
static struct oci_digest record_key;
static struct oci_cache_record genuine;
static char *genuine_text;

/* Visits the files of a folder: removes them, except keep (NULL: none is
 * removed). Returns the name of the last one. */
static const char *visit(const char *folder, const char *keep)
{
	static char name[256];
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	char path[1024];

	target_check(dir != NULL);
	while ((entry = readdir(dir))) {
		if (strlen(entry->d_name) < 3)
			continue;
		snprintf(name, sizeof(name), "%s", entry->d_name);
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (keep && strcmp(keep, name) != 0)
			unlink(path);
	}
	closedir(dir);
	return name;
}

/* Reads the only layer; returns the status of its bytes. */
static int read_layer(struct oci_store *store,
		      const struct oci_descriptor *from,
		      struct oci_digest *diff_id)
{
	struct oci_image_documents image;
	static char bytes[65536];
	struct oci_source *blob;
	size_t got = 1;
	int rc;

	target_check(!oci_image_open(&image, store, from, NULL, NULL));
	target_check(image.manifest.layers.count == 1);
	*diff_id = image.config.diff_ids[0];
	rc = oci_store_open(&blob, store, &image.manifest.layers.items[0],
			    NULL);
	while (!rc && got)
		rc = oci_source_read(&got, blob, bytes, sizeof(bytes), NULL);
	oci_source_free(blob);
	oci_image_documents_release(&image);
	return rc;
}

/* Packs; *read is the status of reading the layer's bytes. */
static int pack(int *read, struct oci_digest *diff_id)
{
	struct oci_pack_options options = OCI_PACK_OPTIONS_INIT;
	struct oci_archive_options archive = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_descriptor image;
	struct oci_store *store;
	int rc;

	options.temp_dir = archive.temp_dir = "/tmp";
	options.epoch = 0;
	options.level = 1;
	options.jobs = 1;
	options.cache = cache;
	target_check(!oci_archive_stream(&store, sink_drop(), &archive, NULL));
	rc = oci_spec_pack(&image, spec, store, &options, NULL);
	if (!rc) {
		*read = read_layer(store, &image, diff_id);
		oci_descriptor_release(&image);
	}
	oci_store_free(store);
	return rc;
}

/* Ends what the process has on disk and in memory. */
static void clean_up(void)
{
	oci_cache_free(cache);
	oci_spec_free(spec);
	oci_cache_record_release(&genuine);
	free(genuine_text);
	visit(target_in_folder("cache/blobs/sha256"), "");
	visit(target_in_folder("cache/layers"), "");
	rmdir(target_in_folder("cache/blobs/sha256"));
	rmdir(target_in_folder("cache/blobs"));
	rmdir(target_in_folder("cache/layers"));
	visit(target_in_folder("cache"), "");
	rmdir(target_in_folder("cache"));
	visit(target_folder(), "");
	rmdir(target_folder());
}

/* Packs once, after the time in which a changed file counts as racy. */
static void prepare(void)
{
	static const char text[] = "version: 1\nplatforms: [linux/amd64]\n"
				   "layers:\n  - entries:\n"
				   "      - {path: /a, from: a}\n";
	const struct timespec pause = { 2, 200000000 };
	static char data[FILE_SIZE];
	char name[OCI_DIGEST_TEXT + 256], *copy;
	struct oci_digest diff_id;
	size_t size;
	int read;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i % 251 * (i >> 12));
	target_write(target_in_folder("a"), data, sizeof(data));
	target_write(target_in_folder("spec"), text, sizeof(text) - 1);
	nanosleep(&pause, NULL);
	target_check(
		!oci_spec_open(&spec, target_in_folder("spec"), NULL, NULL));
	target_check(!oci_cache_open(&cache, target_in_folder("cache"),
				     UINT64_MAX, NULL));
	target_check(!pack(&read, &diff_id) && !read);
	snprintf(name, sizeof(name), "sha256:%s",
		 visit(target_in_folder("cache/layers"), NULL));
	target_check(!oci_digest_parse(&record_key, name, NULL));
	target_check(!oci_cache_record_read(&genuine_text, &size, cache,
					    OCI_CACHE_LAYERS, &record_key,
					    NULL));
	copy = target_text((uint8_t *)genuine_text, size);
	target_check(oci_cache_record_parse(&genuine, copy));
	target_check(genuine.fingerprint.text[0] && genuine.blocks.count > 1);
	free(copy);
	atexit(clean_up);
}

/* Returns word n of line m of the genuine record, of *size bytes. */
static const char *word_of(size_t *size, size_t line, size_t word)
{
	const char *text = genuine_text;

	for (; line && *text; line--)
		text += strcspn(text, "\n") + 1;
	for (; word && *text && *text != '\n'; word--) {
		text += strcspn(text, " \n");
		text += *text == ' ';
	}
	*size = strcspn(text, " \n");
	return text;
}

static void forge(struct oci_buf *out, const char *text)
{
	size_t line = 0, word = 0, size;

	for (; *text; text++) {
		if (*text == '=') {
			const char *right = word_of(&size, line, word);

			oci_buf_add(out, right, size, NULL);
			continue;
		}
		oci_buf_add(out, text, 1, NULL);
		word = *text == '\n' ? 0 : word + (*text == ' ');
		line += *text == '\n';
	}
}

static void check_packed(struct oci_cache_record *record, int read,
			 const struct oci_digest *diff_id)
{
	if (record->blocks.count)
		return;
	target_check(!read);
	if (!oci_digest_equal(&record->fingerprint, &genuine.fingerprint))
		target_check(oci_digest_equal(diff_id, &genuine.layer.diff_id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_cache_record record;
	struct oci_digest diff_id;
	struct oci_buf forged;
	char *text;
	int read;

	if (!spec)
		prepare();
	text = target_text(data, size);
	oci_buf_init(&forged, 1 << 20);
	forge(&forged, text);
	free(text);
	target_check(!oci_cache_record_write(cache, OCI_CACHE_LAYERS,
					     &record_key, forged.data,
					     forged.len, NULL));
	text = target_text((uint8_t *)forged.data, forged.len);
	if (!oci_cache_record_parse(&record, text)) {
		oci_cache_record_release(&record);
		record = (struct oci_cache_record){ 0 };
	}
	if (!pack(&read, &diff_id))
		check_packed(&record, read, &diff_id);
	oci_cache_record_release(&record);
	visit(target_in_folder("cache/blobs/sha256"),
	      oci_digest_hex(&genuine.layer.digest));
	oci_buf_release(&forged);
	free(text);
	return 0;
}
