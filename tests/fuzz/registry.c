/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A registry on a loopback address that plays answers from a script: each part
 * of the input that is no blob is the answer to one request, headers and body.
 * "$P" in an answer is the registry's port. The first byte chooses between
 * pull, push, tags and login. No request is sent twice, for that takes time.
 * The registry is also the proxy, so that no other host is reached.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "parts.h"
#include "sink.h"

enum { REFUSED_MAX = 6, REQUEST_MAX = 1 << 20 };

static struct {
	pthread_mutex_t lock;
	int fd;
	unsigned port;
	const struct parts *script; /* NULL: no run */
	size_t next;		    /* the part that is the next answer */
	int refused;		    /* requests after the last answer */
	volatile int cancelled;	    /* ends a run of too many requests */
} server = { .lock = PTHREAD_MUTEX_INITIALIZER };

static size_t length_of(const char *digits)
{
	size_t n = 0;

	while (*digits >= '0' && *digits <= '9' && n < REQUEST_MAX)
		n = n * 10 + (size_t)(*digits++ - '0');
	return n;
}

/* Returns whether a request is complete: its headers, and a body of the size
 * that they say or in chunks. */
static int is_whole(const char *request, size_t size)
{
	const char *body = strstr(request, "\r\n\r\n"), *header;

	if (!body)
		return 0;
	header = strstr(request, "Content-Length: ");
	if (header && header < body)
		return size >=
		       (size_t)(body + 4 - request) + length_of(header + 16);
	header = strstr(request, "Transfer-Encoding: chunked");
	return !header || header > body ||
	       (size >= 5 && !memcmp(request + size - 5, "0\r\n\r\n", 5));
}

static void read_request(int fd)
{
	static char request[REQUEST_MAX];
	size_t size = 0;
	ssize_t got;

	do {
		got = recv(fd, request + size, sizeof(request) - 1 - size, 0);
		size += got > 0 ? (size_t)got : 0;
		request[size] = '\0';
	} while (got > 0 && size < sizeof(request) - 1 &&
		 !is_whole(request, size));
}

static void send_all(int fd, const char *data, size_t size)
{
	ssize_t sent = 0;

	for (; size && sent >= 0; data += sent, size -= (size_t)sent) {
		sent = send(fd, data, size, MSG_NOSIGNAL);
		if (sent < 0)
			return;
	}
}

/* Sends a part with its "$P" replaced. */
static void send_part(int fd, const struct oci_buf *part)
{
	struct oci_buf out;

	oci_buf_init(&out, 2 * PART_ROOM);
	for (size_t i = 0; i < part->len; i++) {
		if (strncmp(part->data + i, "$P", 2) == 0)
			oci_buf_format(&out, NULL, "%u", server.port);
		else
			oci_buf_add(&out, part->data + i, 1, NULL);
		i += strncmp(part->data + i, "$P", 2) == 0;
	}
	if (out.len)
		send_all(fd, out.data, out.len);
	oci_buf_release(&out);
}

static void answer(int fd)
{
	static const char refusal[] = "HTTP/1.1 404 Not Found\r\n"
				      "Content-Length: 0\r\n\r\n";
	const struct parts *script = server.script;

	while (script && server.next < script->count &&
	       script->items[server.next].kind < INDEX)
		server.next++;
	if (script && server.next < script->count) {
		send_part(fd, &script->items[server.next++].bytes);
		return;
	}
	send_all(fd, refusal, sizeof(refusal) - 1);
	server.cancelled = ++server.refused > REFUSED_MAX;
}

static void *serve(void *unused)
{
	const struct timeval most = { .tv_usec = 300000 };

	(void)unused;
	for (;;) {
		int fd = accept(server.fd, NULL, NULL);

		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
		read_request(fd);
		pthread_mutex_lock(&server.lock);
		answer(fd);
		pthread_mutex_unlock(&server.lock);
		close(fd);
	}
	return NULL;
}

static void start_server(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	pthread_t thread;

	server.fd = socket(AF_INET, SOCK_STREAM, 0);
	target_check(
		server.fd >= 0 &&
		!bind(server.fd, (struct sockaddr *)&address, size) &&
		!listen(server.fd, 64) &&
		!getsockname(server.fd, (struct sockaddr *)&address, &size));
	server.port = ntohs(address.sin_port);
	target_check(!pthread_create(&thread, NULL, serve, NULL));
	pthread_detach(thread);
}

static void set_script(const struct parts *script)
{
	pthread_mutex_lock(&server.lock);
	server.script = script;
	server.next = 0;
	server.refused = 0;
	server.cancelled = 0;
	pthread_mutex_unlock(&server.lock);
}

static int credential(void *data, struct oci_credential *out, const char *host,
		      const char *repository, struct oci_error *err)
{
	(void)data;
	(void)host;
	(void)repository;
	(void)err;
	out->user = strdup("user");
	out->password = strdup("password");
	target_check(out->user && out->password);
	return 0;
}

/* Copies the image with its referrers, which the registry lists. */
static void copy(struct oci_store *from)
{
	struct oci_archive_options archive = OCI_ARCHIVE_OPTIONS_INIT;
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	struct oci_descriptor image, copied;
	struct oci_store *to;

	options.referrers = true;
	options.cancelled = &server.cancelled;
	archive.temp_dir = "/tmp";
	if (oci_store_resolve(&image, from, NULL, NULL))
		return;
	target_check(!oci_archive_stream(&to, sink_drop(), &archive, NULL));
	if (!oci_store_copy(&copied, to, from, &image, &options, NULL))
		oci_descriptor_release(&copied);
	oci_store_free(to);
	oci_descriptor_release(&image);
}

static void pull(struct oci_registry *registry,
		 const struct oci_reference *name, int referrers)
{
	struct oci_verify_options options = OCI_VERIFY_OPTIONS_INIT;
	struct oci_repository *repository;
	struct oci_store *store;
	size_t findings;

	options.max_inflated = INFLATED_MAX;
	options.cancelled = &server.cancelled;
	if (oci_repository_open(&repository, registry, name, NULL))
		return;
	store = oci_repository_store(repository);
	if (referrers)
		copy(store);
	else
		oci_image_verify(&findings, store, &options, NULL);
	oci_store_free(store);
}

/* Pushes what the blobs of the script are, as layers of an artifact. */
static void push(struct oci_registry *registry,
		 const struct oci_reference *name, const struct parts *script)
{
	static const char manifest[] =
		"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\","
		"\"digest\":\"sha256:%s\",\"size\":%zu},\"layers\":[]}";
	struct oci_descriptor image = { 0 }, blob = { 0 };
	struct oci_repository *repository;
	const struct part *part = &script->items[0];
	struct oci_store *store;
	char *text;

	if (!part->bytes.len ||
	    oci_repository_create(&repository, registry, name, NULL, NULL))
		return;
	store = oci_repository_store(repository);
	target_check(!oci_format(&text, PART_ROOM, NULL, manifest, part->hex,
				 part->bytes.len));
	image.media_type = strdup(OCI_MEDIA_MANIFEST);
	if (!oci_store_put(&blob, store, part->bytes.data, part->bytes.len,
			   NULL) &&
	    !oci_store_put(&image, store, text, strlen(text), NULL) &&
	    !oci_store_tag(store, name, &image, NULL))
		oci_store_commit(store, NULL);
	oci_descriptor_release(&image);
	oci_descriptor_release(&blob);
	oci_store_free(store);
	free(text);
}

static void talk(struct oci_registry *registry, int what,
		 const struct parts *script)
{
	struct oci_strings tags = { 0 };
	struct oci_reference name;
	char text[64];

	snprintf(text, sizeof(text), "127.0.0.1:%u/a/b:1", server.port);
	target_check(!oci_reference_parse(&name, text, NULL));
	switch (what % 4) {
	case 0:
		pull(registry, &name, what & 16);
		break;
	case 1:
		push(registry, &name, script);
		break;
	case 2:
		oci_repository_tags(&tags, registry, &name, NULL);
		oci_strings_release(&tags);
		break;
	case 3:
		oci_registry_check(registry, name.host, NULL);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_registry_options options = OCI_REGISTRY_OPTIONS_INIT;
	struct oci_registry *registry;
	static struct parts script;
	char proxy[64];

	if (!size)
		return 0;
	if (!server.port)
		start_server();
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", server.port);
	options.retries = 0;
	options.jobs = 1;
	options.chunk_size = data[0] & 4 ? 100 : 0;
	options.temp_dir = "/tmp";
	options.credential = data[0] & 8 ? credential : NULL;
	options.all_proxy = proxy;
	options.cancelled = &server.cancelled;
	options.first_byte_seconds = 2;
	parts_read(&script, data + 1, size - 1);
	set_script(&script);
	target_check(!oci_registry_new(&registry, &options, NULL));
	talk(registry, data[0], &script);
	oci_registry_free(registry);
	set_script(NULL);
	parts_release(&script);
	return 0;
}
