# SPDX-License-Identifier: Apache-2.0
"""A scripted container engine: the answers that Docker 20.10 and 28.5 and
Podman 4.3 were seen to give, and wrong ones.

GET /version and GET /info are answered as the engine's kind does. A script
answers the load: a function of the request that gets the body by read() and
sends with send(), json() and chunk(). Each load is in engine.loads: path,
headers, the body so far, and whether its last chunk came.
"""
import json
import os
import socket
import socketserver
import threading

DOCKER = {"Version": "28.5.2", "ApiVersion": "1.51", "Os": "linux",
          "Arch": "amd64", "Components": [{"Name": "Engine"}]}
PODMAN = {"Version": "4.3.1", "ApiVersion": "1.41", "Os": "linux",
          "Arch": "amd64", "Components": [
              {"Name": "Podman Engine", "Details": {"APIVersion": "4.3.1"}}]}
CLASSIC = {"Driver": "overlay2",
           "DriverStatus": [["Backing Filesystem", "extfs"]]}
CONTAINERD = {"Driver": "overlayfs", "DriverStatus": [
    ["driver-type", "io.containerd.snapshotter.v1"]]}
LOADED = {"stream": "Loaded image: example.org/x/y:t\n"}


def docker_loads(r):
    """Progress, and the name: what docker load shows."""
    r.read()
    r.begin()
    r.line({"status": "Loading layer", "progressDetail": {"current": 1},
            "progress": "[>  ]", "id": "abc"})
    r.line(LOADED)
    r.end()


def podman_loads(r):
    r.read()
    r.json(200, {"Names": ["example.org/x/y:t", "example.org/x/y:u"]})


class Load(socketserver.StreamRequestHandler):
    """One connection, with as many requests as come."""
    timeout = 60

    def handle(self):
        try:
            while self.one():
                pass
        except (OSError, ValueError):
            pass

    def one(self):
        head = self.rfile.readline(65536).decode("latin-1")
        if not head.strip():
            return False
        if " HTTP/1." not in head:
            self.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        method, self.path, _ = head.split(" ", 2)
        self.headers = {}
        while True:
            line = self.rfile.readline(65536).decode().strip()
            if not line:
                break
            name, value = line.split(":", 1)
            self.headers[name.lower()] = value.strip()
        engine = self.server.engine
        engine.requests.append(f"{method} {self.path}")
        if method == "GET":
            return engine.tell(self)
        self.body = bytearray()
        self.whole = False
        engine.loads.append(self)
        engine.script(self)
        engine.done.set()
        return False

    # --- what scripts use ----------------------------------------------------

    def read(self, most=None):
        """Reads the body, in chunks: RFC 9112, 7.1."""
        while most is None or len(self.body) < most:
            size = int(self.rfile.readline(100).strip() or b"x", 16)
            data = self.rfile.read(size)
            if len(data) < size:
                raise ValueError("the body broke off")
            self.body += data
            self.rfile.readline(100)
            if not size:
                self.whole = True
                break

    def send(self, data):
        self.wfile.write(data)

    def json(self, status, document):
        text = json.dumps(document).encode()
        self.send(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
                  b"Content-Length: %d\r\n\r\n" % (status, len(text)) + text)
        return True

    def begin(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                  b"Transfer-Encoding: chunked\r\n\r\n")

    def chunk(self, data):
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def line(self, document):
        self.chunk(json.dumps(document).encode() + b"\r\n")

    def end(self):
        self.send(b"0\r\n\r\n")


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass


class UnixServer(Server):
    address_family = socket.AF_UNIX

    def get_request(self):
        request, _ = self.socket.accept()
        return request, ("local", 0)

    def server_bind(self):
        self.socket.bind(self.server_address)


class Engine:
    def __init__(self, path=None, script=docker_loads, version=None,
                 info=None, tls=None):
        self.script = script
        self.version = DOCKER if version is None else version
        self.info = CLASSIC if info is None else info
        self.requests = []
        self.loads = []
        self.done = threading.Event()
        self.path = path
        if path:
            self.server = UnixServer(str(path), Load)
            self.host = f"unix://{path}"
        else:
            self.server = Server(("127.0.0.1", 0), Load)
            self.host = "tcp://127.0.0.1:%d" % self.server.server_address[1]
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.server.engine = self
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def tell(self, r):
        answer = self.version if r.path == "/version" else self.info
        if r.path not in ("/version", "/info"):
            return r.json(404, {"message": "page not found"})
        if callable(answer):
            return answer(r)
        return r.json(200, answer)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        if self.path and os.path.exists(self.path):
            os.unlink(self.path)
