/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The topics of 'oci-pack help TOPIC', which concern several commands. They are
 * sections of oci-pack(1), too.
 */
#ifndef CLI_TOPICS_H
#define CLI_TOPICS_H

#include <stddef.h>

enum { TOPIC_ROWS_MAX = 16 };

struct topic {
	const char *name;	/* one word, as in 'oci-pack help NAME' */
	const char *summary;	/* its line of 'oci-pack --help' */
	const char *about;	/* paragraphs before the rows; "": none */
	struct {
		const char *term; /* NULL ends the rows */
		const char *what;
	} rows[TOPIC_ROWS_MAX];
};

/* All topics, in the order of --help. */
const struct topic *all_topics(size_t *count);
/* The topic of that name, or NULL. */
const struct topic *find_topic(const char *name);
/* The topic whose name is most like `name`, or NULL if none is. */
const struct topic *find_near_topic(const char *name);

#endif
