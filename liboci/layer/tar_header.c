/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the headers of a layer's tar: POSIX.1-2008, pax, "ustar Interchange
 * Format" and "pax Extended Header". They have the bytes that libarchive 3.6.2
 * wrote into layers before, with its choices where the standard leaves them
 * open: which values get a record, the order of records, the names in headers
 * that are too short for them, and numbers of more digits than ustar allows.
 */
#include "layer/tar_header.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "io/ustar.h"
#include "layer/xattr.h"

/* Larger values need a record. */
#define ID_MAX INT64_C(0777777)
#define TIME_MAX INT64_C(0x7ffffffe)
#define SIZE_MAX_USTAR UINT64_C(077777777777)

/* The header of the records has no later time. */
#define EXTENDED_TIME_MAX INT64_C(0x7fffffff)

#define XATTR_KEY "SCHILY.xattr."
#define EXTENDED_FOLDER "PaxHeader/"

enum {
	SHORT_ROOM = 300, /* a name that shorten() made */
	SHORT_NAME = 98,  /* what it leaves after the prefix */
	SHORT_PREFIX = 154,
	/* When the layer is read again, pax.c adds a record: has room for it.
	 */
	RECORDS_MAX = OCI_USTAR_RECORDS_MAX - 64,
	NAME_ROOM = OCI_PATH_MAX + sizeof(OCI_WHITEOUT_PREFIX) + sizeof("/"),
};

struct header {
	const char *name;
	const char *link; /* or NULL */
	uint64_t size;
	int64_t mtime;
	uint32_t mode, uid, gid;
	uint32_t major, minor;
	char type;
};

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/* Finds the slash at which ustar splits a name. Returns false if the header has
 * no room for the name; *prefix is 0 if the name needs no split. */
static bool split(size_t *prefix, const char *name)
{
	size_t size = strlen(name);
	const char *slash;

	*prefix = 0;
	if (size <= OCI_USTAR_NAME)
		return true;
	slash = strchr(name + size - OCI_USTAR_NAME - 1, '/');
	if (!slash || !slash[1] || slash - name > OCI_USTAR_PREFIX)
		return false;
	*prefix = (size_t)(slash - name);
	return true;
}

/* Returns the end, after its slash, of the last folder in name[from] to
 * name[at]; `from` if there is none. The last part of the name starts at
 * `file`. */
static size_t end_of_folders(const char *name, size_t from, size_t at,
			     size_t file)
{
	if (at > file)
		at = file;
	while (at > from && name[at] != '/')
		at--;
	return at < file && name[at] == '/' ? at + 1 : at;
}

/* Makes a name that ustar has room for: as many folders as fit, `insert`, and
 * the start of the name of the file or folder. */
static void shorten(char out[SHORT_ROOM], const char *name, size_t size,
		    const char *insert)
{
	bool slash = name[size - 1] == '/';
	size_t room = SHORT_NAME - slash, file, rest, folders;

	if (*insert)
		room -= strlen("/") + strlen(insert);
	size -= slash;
	for (file = size; file && name[file - 1] != '/'; file--)
		;
	rest = size - file < room ? size - file : room;
	folders = end_of_folders(name, 0, SHORT_PREFIX, file);
	folders = end_of_folders(name, folders, folders + room - rest, file);
	snprintf(out, SHORT_ROOM, "%.*s%s%.*s%s", (int)folders, name, insert,
		 (int)rest, name + file, slash ? "/" : "");
}

/* Makes the name of the extended header of a member with this name. */
static void name_extended(char out[SHORT_ROOM], const char *name)
{
	size_t size = strlen(name);

	if (strcmp(name, "./") == 0)
		snprintf(out, SHORT_ROOM, EXTENDED_FOLDER "currentdir");
	else
		shorten(out, name, size - (name[size - 1] == '/'),
			EXTENDED_FOLDER);
}

/* Numbers of 6 digits end with a blank and a NUL; numbers of 7 or 8 digits, and
 * base 256, overwrite these. */
static void put_id(unsigned char *field, uint32_t value)
{
	memcpy(field + 6, " ", 2);
	oci_ustar_number(field, 6, 8, 8, value);
}

static void put_header(unsigned char out[OCI_USTAR_BLOCK],
		       const struct header *h)
{
	size_t prefix;
	const char *name = h->name;

	memset(out, 0, OCI_USTAR_BLOCK);
	split(&prefix, name);
	if (prefix) {
		memcpy(out + OCI_USTAR_AT_PREFIX, name, prefix);
		name += prefix + 1;
	}
	memcpy(out, name, strnlen(name, OCI_USTAR_NAME));
	put_id(out + OCI_USTAR_AT_MODE, h->mode);
	put_id(out + OCI_USTAR_AT_UID, h->uid);
	put_id(out + OCI_USTAR_AT_GID, h->gid);
	out[OCI_USTAR_AT_SIZE + 11] = ' ';
	oci_ustar_number(out + OCI_USTAR_AT_SIZE, 11, 12, 12, (int64_t)h->size);
	oci_ustar_number(out + OCI_USTAR_AT_MTIME, 11, 11, 11, h->mtime);
	out[OCI_USTAR_AT_MTIME + 11] = ' ';
	out[OCI_USTAR_AT_TYPE] = (unsigned char)h->type;
	if (h->link)
		memcpy(out + OCI_USTAR_AT_LINK, h->link,
		       strnlen(h->link, OCI_USTAR_LINK));
	put_id(out + OCI_USTAR_AT_MAJOR, h->major);
	put_id(out + OCI_USTAR_AT_MINOR, h->minor);
	oci_ustar_finish(out);
}

static int add_text(struct oci_buf *out, const char *key, const char *value,
		    struct oci_error *err)
{
	size_t size = strlen(value);
	size_t all = oci_ustar_record_size(key, "", size);
	int rc = oci_buf_reserve(out, all, err);

	if (rc)
		return rc;
	oci_ustar_record(out->data + out->len, key, "", value, size);
	out->len += all;
	return 0;
}

static int add_number(struct oci_buf *out, const char *key, int64_t value,
		      struct oci_error *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	return add_text(out, key, text, err);
}

/* Adds the attributes, the last one first. */
static int add_xattrs(struct oci_buf *out, const struct oci_node *node,
		      struct oci_error *err)
{
	const struct oci_xattr *x;
	size_t all = 0;
	char *at;
	int rc;

	for (x = node->xattrs; x; x = x->next)
		all += oci_ustar_record_size(XATTR_KEY, x->name, x->size);
	rc = oci_buf_reserve(out, all, err);
	if (rc)
		return rc;
	out->len += all;
	at = out->data + out->len;
	for (x = node->xattrs; x; x = x->next) {
		at -= oci_ustar_record_size(XATTR_KEY, x->name, x->size);
		oci_ustar_record(at, XATTR_KEY, x->name, x->value, x->size);
	}
	return 0;
}

/* Adds the numbers for which ustar has too few digits. A device
 * number above INT32_MAX gets no record: the header has it in base 256. */
static int add_numbers(struct oci_buf *out, const struct header *h,
		       struct oci_error *err)
{
	const struct {
		const char *key;
		uint64_t value, ustar_max, max;
	} items[] = {
		{ "size", h->size, SIZE_MAX_USTAR, INT64_MAX },
		{ "gid", h->gid, ID_MAX, UINT32_MAX },
		{ "uid", h->uid, ID_MAX, UINT32_MAX },
		{ "SCHILY.devmajor", h->major, ID_MAX, INT32_MAX },
		{ "SCHILY.devminor", h->minor, ID_MAX, INT32_MAX },
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(items) / sizeof(items[0]); i++)
		if (items[i].value > items[i].ustar_max &&
		    items[i].value <= items[i].max)
			rc = add_number(out, items[i].key,
					(int64_t)items[i].value, err);
	if (!rc && (h->mtime < 0 || h->mtime > TIME_MAX))
		rc = add_number(out, "mtime", h->mtime, err);
	return rc;
}

/* Adds the records of a node, and shortens the texts of its header. */
static int add_records(struct oci_buf *out, struct header *h,
		       char name[SHORT_ROOM], const struct oci_node *node,
		       struct oci_error *err)
{
	bool is_long = h->link && strlen(h->link) > OCI_USTAR_LINK;
	size_t prefix, size;
	int rc = 0;

	if (!is_ascii(h->name) || !split(&prefix, h->name)) {
		rc = add_text(out, "path", h->name, err);
		size = strlen(h->name);
		if (size >= OCI_USTAR_NAME) {
			shorten(name, h->name, size, "");
			h->name = name;
		}
	}
	if (!rc && h->link && (is_long || !is_ascii(h->link)))
		rc = add_text(out, "linkpath", h->link, err);
	if (is_long)
		h->link = h->type == '1' ? "././@LongHardLink"
					 : "././@LongSymLink";
	if (!rc)
		rc = add_numbers(out, h, err);
	return rc ? rc : add_xattrs(out, node, err);
}

/* Fills the block before the records, and pads the last of them. */
static int end_extended(struct oci_buf *out, const struct header *h,
			struct oci_error *err)
{
	static const char zeros[OCI_USTAR_BLOCK];
	uint64_t size = out->len - OCI_USTAR_BLOCK;
	char name[SHORT_ROOM];
	const struct header extended = {
		.name = name,
		.type = 'x',
		.size = size,
		.mode = h->mode & 0777,
		.uid = h->uid > ID_MAX ? ID_MAX : h->uid,
		.gid = h->gid > ID_MAX ? ID_MAX : h->gid,
		.mtime = h->mtime < 0			? 0
			 : h->mtime > EXTENDED_TIME_MAX ? EXTENDED_TIME_MAX
							: h->mtime,
	};

	if (size > RECORDS_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"its extended attributes and names have more "
				"than %d bytes, and engines read no more: "
				"remove some attributes",
				RECORDS_MAX);
	name_extended(name, h->name);
	put_header((unsigned char *)out->data, &extended);
	return oci_buf_add(out, zeros, (size_t)(oci_ustar_padded(size) - size),
			   err);
}

static void set_header(struct header *h, char name[NAME_ROOM],
		       const struct oci_node *node)
{
	static const char types[] = {
		[OCI_ENTRY_FILE] = '0',
		[OCI_ENTRY_DIRECTORY] = '5',
		[OCI_ENTRY_SYMLINK] = '2',
		[OCI_ENTRY_HARDLINK] = '1',
		[OCI_ENTRY_CHARACTER_DEVICE] = '3',
		[OCI_ENTRY_BLOCK_DEVICE] = '4',
		[OCI_ENTRY_FIFO] = '6',
		[OCI_ENTRY_WHITEOUT] = '0',
	};
	bool device = node->type == OCI_ENTRY_CHARACTER_DEVICE ||
		      node->type == OCI_ENTRY_BLOCK_DEVICE;
	bool link = node->type == OCI_ENTRY_SYMLINK ||
		    node->type == OCI_ENTRY_HARDLINK;

	snprintf(name, NAME_ROOM, "%s%s", node->path[0] ? node->path : ".",
		 node->type == OCI_ENTRY_DIRECTORY ? "/" : "");
	*h = (struct header){
		.name = name,
		.link = link ? node->target : NULL,
		.size = node->type == OCI_ENTRY_FILE ? node->size : 0,
		.mtime = node->mtime,
		.mode = node->mode,
		.uid = node->uid,
		.gid = node->gid,
		.major = device ? node->major : 0,
		.minor = device ? node->minor : 0,
		.type = types[node->type],
	};
}

int oci_tar_header(struct oci_buf *out, const struct oci_node *node,
		   struct oci_error *err)
{
	static const unsigned char zeros[OCI_USTAR_BLOCK];
	unsigned char block[OCI_USTAR_BLOCK];
	char name[NAME_ROOM], shortened[SHORT_ROOM];
	struct header header;
	int rc;

	set_header(&header, name, node);
	out->len = 0;
	rc = oci_buf_add(out, zeros, sizeof(zeros), err);
	if (!rc)
		rc = add_records(out, &header, shortened, node, err);
	if (!rc && out->len > OCI_USTAR_BLOCK)
		rc = end_extended(out, &header, err);
	else
		out->len = 0;
	if (rc)
		return rc;
	put_header(block, &header);
	return oci_buf_add(out, block, sizeof(block), err);
}
