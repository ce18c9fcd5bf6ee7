# SPDX-License-Identifier: Apache-2.0
"""A proxy: CONNECT to names that a test leads to servers of its own.

Names and ports are as the client says them, so that a server on loopback can
be any host of the world. A name that no test leads anywhere is refused.
"""
import base64
import re
import socket
import struct
import threading


def reset(line):
    """Ends a connection with a reset."""
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
    except OSError:
        pass
    line.close()


class Proxy:
    """routes: {"HOST:PORT": "127.0.0.1:PORT"}."""

    def __init__(self, host="127.0.0.3", user=None):
        self.routes = {}
        self.user = user        # NAME:PASSWORD, or everyone may
        self.log = []
        self.answers = []       # what the next CONNECTs get: bytes, or None
                                # for a reset
        self.token = None
        self.signs = False
        self.takes_passwords = user is not None
        self.socket = socket.create_server((host, 0), backlog=64)
        self.host = f"{host}:{self.socket.getsockname()[1]}"
        self.url = "http://" + self.host
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def unused(self):
        return [repr(a) for a in self.answers]

    def targets(self):
        return [entry["target"] for entry in self.log]

    def accept(self):
        while True:
            try:
                line = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(line,),
                             daemon=True).start()

    def read_head(self, line):
        head = b""
        while b"\r\n\r\n" not in head:
            data = line.recv(1)
            if not data:
                return None
            head += data
        lines = head.decode("latin-1").split("\r\n")
        method, target = lines[0].split(" ")[:2]
        headers = dict(re.match(r"([^:]+): *(.*)", one).groups()
                       for one in lines[1:] if one)
        entry = {"method": method, "target": target,
                 "headers": {k.lower(): v for k, v in headers.items()}}
        self.log.append(entry)
        return entry

    def verdict(self, entry):
        """The refusal of a request; b"" where there is none."""
        if self.answers:
            return self.answers.pop(0)
        pair = base64.b64encode((self.user or "").encode()).decode()
        if self.user and (entry["headers"].get("proxy-authorization") !=
                          "Basic " + pair):
            return (b"HTTP/1.1 407 Who are you?\r\nProxy-Authenticate: Basic "
                    b"realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n")
        if entry["method"] != "CONNECT" or entry["target"] not in self.routes:
            return (b"HTTP/1.1 502 No such host\r\nContent-Length: 0\r\n"
                    b"\r\n")
        return b""

    def serve(self, line):
        try:
            entry = self.read_head(line)
            refused = self.verdict(entry) if entry else b""
            if not entry or refused is None:
                return reset(line)
            if refused:
                line.sendall(refused)
                return line.close()
            host, port = self.routes[entry["target"]].split(":")
            other = socket.create_connection((host, int(port)))
            line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=self.pump, args=(other, line),
                             daemon=True).start()
            self.pump(line, other)
        except OSError:
            line.close()

    def pump(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
