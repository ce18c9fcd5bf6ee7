# SPDX-License-Identifier: Apache-2.0
"""A registry whose answers a test can script.

It keeps to the OCI distribution specification until a test says otherwise
with on(). Everything that comes over the wire is in log. What a test scripted
and nobody asked for fails the test (see unused()).
"""
import hashlib
import json
import re
import socket
import struct
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Request:
    """One request, and the ways to answer it."""

    def __init__(self, handler, registry):
        self.handler = handler
        self.registry = registry
        self.method = handler.command
        self.target = handler.path
        self.path, _, self.query = handler.path.partition("?")
        self.args = urllib.parse.parse_qs(self.query)
        self.headers = handler.headers
        self.chunked = handler.headers.get("Transfer-Encoding") == "chunked"
        self.length = int(handler.headers.get("Content-Length") or 0)
        self.got = None
        self.answered = False

    def body(self, limit=None):
        """The body, or its first bytes."""
        if self.got is None and self.chunked:
            self.got = b"".join(self.chunks(limit))
        elif self.got is None:
            size = self.length if limit is None else min(limit, self.length)
            self.got = self.handler.rfile.read(size)
            if len(self.got) < size:
                raise ConnectionError("a body that is cut short")
        return self.got

    def chunks(self, limit):
        """Those of a body without a length (RFC 9112, 7.1)."""
        rfile, total = self.handler.rfile, 0
        while limit is None or total < limit:
            size = int(rfile.readline().split(b";")[0] or b"0", 16)
            chunk = rfile.read(size)
            total += len(chunk)
            yield chunk
            if rfile.readline() != b"\r\n" or not size:
                break

    def reply(self, status, headers=(), body=b"", length=None):
        if isinstance(body, str):
            body = body.encode()
        self.answered = True
        handler = self.handler
        handler.send_response_only(status)
        for name, value in dict(headers).items():
            for one in value if isinstance(value, list) else [value]:
                handler.send_header(name, one)
        if status not in (204, 304):
            size = len(body) if length is None else length
            handler.send_header("Content-Length", str(size))
        handler.end_headers()
        if self.method != "HEAD":
            handler.wfile.write(body)
            handler.wfile.flush()
        if self.got is None and (self.length or self.chunked):
            self.linger()

    def linger(self):
        """Ends a line on which a body is still coming, as servers do it: a
        close with bytes unread would be a reset, and undo the answer."""
        line = self.handler.connection
        self.handler.close_connection = True
        try:
            line.shutdown(socket.SHUT_WR)
            line.settimeout(2)
            while line.recv(65536):
                pass
        except OSError:
            pass

    def error(self, status, code, message, headers=()):
        self.reply(status, {"Content-Type": "application/json",
                            **dict(headers)},
                   json.dumps({"errors": [{"code": code,
                                           "message": message}]}))

    def drop(self):
        """Resets the connection."""
        self.answered = True
        self.handler.close_connection = True
        line = self.handler.connection
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
        line.close()


class Registry:
    def __init__(self, host="127.0.0.1", tls=None, port=0):
        self.blobs = {}
        self.manifests = {}
        self.places = {}        # of what was put: its repositories; what a
                                # test laid there is in all of them
        self.uploads = {}
        self.log = []
        self.scripts = []
        self.lock = threading.RLock()
        self.token = None       # a Token: everything needs one
        self.takes_passwords = False
        self.signs = False      # signed addresses lead here
        self.min_chunk = None
        self.subject = True     # answers with OCI-Subject
        self.count = 0
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                registry.serve(Request(self, registry))

            do_GET = do_HEAD = do_PUT = do_POST = handle_any
            do_PATCH = do_DELETE = handle_any

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass            # broken lines are what is tested

        self.server = Server((host, port), Handler)
        self.host = f"{host}:{self.server.server_address[1]}"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.url = ("https://" if tls else "http://") + self.host
        threading.Thread(target=self.server.serve_forever,
                         kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # --- scripts -----------------------------------------------------------

    def on(self, method, pattern, answer, times=1, optional=False):
        """answer(request) for the next `times` requests that match."""
        self.scripts.append({"method": method, "pattern": re.compile(pattern),
                             "answer": answer, "left": times,
                             "used": 0, "optional": optional})

    def unused(self):
        return [f"{s['method']} {s['pattern'].pattern}" for s in self.scripts
                if not s["used"] and not s["optional"]]

    def requests(self, method, pattern=""):
        return [r for r in self.log
                if r["method"] == method and re.search(pattern, r["target"])]

    def script_for(self, request):
        with self.lock:
            for s in self.scripts:
                if (s["left"] and s["method"] == request.method and
                        s["pattern"].search(request.target)):
                    s["left"] -= 1
                    s["used"] += 1
                    return s["answer"]
        return None

    # --- the registry itself -----------------------------------------------

    def serve(self, request):
        entry = {"method": request.method, "target": request.target,
                 "headers": {k.lower(): v for k, v in
                             request.headers.items()}}
        with self.lock:
            self.log.append(entry)
        answer = self.script_for(request)
        if answer:
            answer(request)
            if request.answered:
                return
        self.answer(request)

    def answer(self, request):
        if request.path == "/token" and self.token:
            return self.token.answer(request)
        if self.token and not self.token.valid(request):
            request.body()
            return request.error(401, "UNAUTHORIZED", "authentication required",
                                 {"WWW-Authenticate": self.token.challenge()})
        if request.path == "/v2/":
            return request.reply(200)
        m = re.match(r"/v2/(.+)/blobs/uploads/$", request.path)
        if m and request.method == "POST":
            return self.start(request, m[1])
        m = re.match(r"/v2/(.+)/blobs/uploads/([^/]+)$", request.path)
        if m:
            return self.upload(request, m[1], m[2])
        m = re.match(r"/v2/(.+)/blobs/([^/]+)$", request.path)
        if m and request.method in ("GET", "HEAD"):
            return self.get(request, self.blobs.get(m[2]), "BLOB_UNKNOWN")
        m = re.match(r"/v2/(.+)/tags/list$", request.path)
        if m and request.method == "GET":
            return self.list_tags(request, m[1])
        m = re.match(r"/v2/(.+)/manifests/([^/]+)$", request.path)
        if m and request.method == "PUT":
            return self.put(request, m[1], m[2])
        if m:
            return self.get_manifest(request, m[1], m[2])
        return request.error(404, "NOT_FOUND", "no such page")

    def clear(self):
        """Nothing was ever pushed."""
        with self.lock:
            self.blobs.clear()
            self.manifests.clear()
            self.places.clear()

    def start(self, request, name):
        request.body()
        mount = request.args.get("mount")
        if mount and mount[0] in self.blobs and "from" in request.args:
            return request.reply(201, {"Location": f"/v2/{name}/blobs/"
                                                   f"{mount[0]}"})
        with self.lock:
            self.count += 1
            session = f"session-{self.count}"
            self.uploads[session] = bytearray()
        headers = {"Location": f"/v2/{name}/blobs/uploads/{session}"}
        if self.min_chunk:
            headers["OCI-Chunk-Min-Length"] = str(self.min_chunk)
        return request.reply(202, headers)

    def range_of(self, session):
        return f"0-{max(len(self.uploads[session]) - 1, 0)}"

    def upload(self, request, name, session):
        if session not in self.uploads:
            request.body()
            return request.error(404, "BLOB_UPLOAD_UNKNOWN", "no session")
        here = {"Location": request.path}
        data = self.uploads[session]
        if request.method == "GET":
            return request.reply(204, {**here,
                                       "Range": self.range_of(session)})
        if request.method == "DELETE":
            del self.uploads[session]
            return request.reply(204)
        body = request.body()
        if request.method == "PATCH":
            start = request.headers.get("Content-Range", f"{len(data)}-")
            if int(start.split("-")[0]) != len(data):
                return request.reply(416, {**here,
                                           "Range": self.range_of(session)})
            data += body
            return request.reply(202, {**here,
                                       "Range": self.range_of(session)})
        data += body
        return self.commit(request, session, bytes(data))

    def commit(self, request, session, data):
        wanted = request.args.get("digest", [""])[0]
        del self.uploads[session]
        if digest_of(data) != wanted:
            return request.error(400, "DIGEST_INVALID",
                                 "provided digest did not match")
        self.blobs[wanted] = data
        return request.reply(201, {"Docker-Content-Digest": wanted})

    def get(self, request, data, code):
        if data is None:
            return request.error(404, code, "not here")
        if "Range" in request.headers and request.method == "GET":
            start = int(re.match(r"bytes=(\d+)-",
                                 request.headers["Range"])[1])
            return request.reply(206, {"Content-Range": f"bytes {start}-"
                                       f"{len(data) - 1}/{len(data)}"},
                                 data[start:])
        return request.reply(200, body=data)

    def put(self, request, name, reference):
        body = request.body()
        digest = digest_of(body)
        with self.lock:
            self.manifests[reference] = self.manifests[digest] = (
                request.headers["Content-Type"], body)
            for key in (reference, digest):
                self.places.setdefault(key, set()).add(name)
        headers = {"Docker-Content-Digest": digest}
        subject = json.loads(body).get("subject")
        if subject and self.subject:
            headers["OCI-Subject"] = subject["digest"]
        return request.reply(201, headers)

    def list_tags(self, request, name):
        tags = sorted(k for k, names in self.places.items()
                      if name in names and ":" not in k)
        if not tags:
            return request.error(404, "NAME_UNKNOWN", "no such repository")
        return request.reply(200, body=json.dumps({"name": name,
                                                   "tags": tags}))

    def get_manifest(self, request, name, reference):
        if (reference not in self.manifests or
                name not in self.places.get(reference, {name})):
            return request.error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        kind, body = self.manifests[reference]
        return request.reply(200, {"Content-Type": kind,
                                   "Docker-Content-Digest":
                                   digest_of(body)}, body)


class Token:
    """A token server beside a registry; secrets are easy to find."""

    def __init__(self, registry, user="user", password="s3cret-password"):
        self.registry = registry
        self.user, self.password = user, password
        self.issued = {}        # that are valid
        self.given = []         # all of them
        self.scopes_seen = []
        self.realm = registry.url + "/token"
        self.reply_with = None
        self.deny_push = False

    def challenge(self):
        return (f'Bearer realm="{self.realm}",service="fake",'
                f'scope="repository:placeholder/image:pull"')

    def valid(self, request):
        given = request.headers.get("Authorization", "")
        scopes = self.issued.get(given.removeprefix("Bearer "))
        if scopes is None:
            return False
        writes = request.method in ("PUT", "POST", "PATCH", "DELETE")
        return not writes or any(s.endswith("push") for s in scopes)

    def answer(self, request):
        scopes = request.args.get("scope", [])
        self.scopes_seen.append(scopes)
        if self.reply_with:
            return self.reply_with(request, scopes)
        return self.grant(request, scopes)

    def grant(self, request, scopes, **answer):
        if self.deny_push:
            scopes = [s.replace("pull,push", "pull") for s in scopes]
        place = self.registry.host.replace(".", "-").replace(":", "-")
        name = f"s3cret-token-{place}-{len(self.given) + 1}"
        self.given.append(name)
        self.issued[name] = scopes
        return request.reply(200, body=json.dumps(
            answer and {k: v.replace("TOKEN", name)
                        if isinstance(v, str) else v
                        for k, v in answer.items()} or
            {"token": name, "expires_in": 300}))
