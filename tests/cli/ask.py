#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oci-pack login on a terminal: it asks for what the options do not give, the
terminal shows no password, and is as it was afterwards, also after a signal.
The argument is the command."""

import base64
import http.server
import json
import os
import pty
import select
import sys
import tempfile
import termios
import threading

COMMAND = sys.argv[1]
PAIR = base64.b64encode(b"me:secret").decode()


class Registry(http.server.BaseHTTPRequestHandler):
    """Takes one name and its password."""

    def do_GET(self):  # pylint: disable=invalid-name
        good = self.headers.get("Authorization") == "Basic " + PAIR
        self.send_response(200 if good else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="test"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def ask(arguments, answers):
    """Gives each answer to its prompt; (status, what the terminal shows, the
    echo at each prompt, the echo at the end)."""
    master, slave = pty.openpty()
    child = os.fork()
    if child == 0:
        os.login_tty(slave)
        os.execv(COMMAND, [COMMAND, "login", *arguments])
    shown, echo, waiting = b"", [], list(answers)
    status = None
    while status is None or select.select([master], [], [], 0)[0]:
        if select.select([master], [], [], 0.05)[0]:
            shown += os.read(master, 4096)
            if waiting and shown.endswith(waiting[0][0]):
                echo.append(echoes(slave))
                os.write(master, waiting.pop(0)[1])
        if status is None:
            pid, code = os.waitpid(child, os.WNOHANG)
            if pid:
                status = os.waitstatus_to_exitcode(code)
    result = status, shown.decode(), echo, echoes(slave)
    os.close(master)
    os.close(slave)
    return result


def check(what, wanted, got):
    if wanted != got:
        sys.exit(f"{what}: wanted {wanted!r}, got {got!r}")


def main():
    server = http.server.HTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    name, password = b"Username: ", b"Password: "
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DOCKER_CONFIG"] = folder
        file = os.path.join(folder, "config.json")
        status, shown, echo, after = ask(
            [host], [(name, b"me\n"), (password, b"secret\n")])
        check(shown, (0, [True, False], True), (status, echo, after))
        check("the password is shown", False, "secret" in shown)
        with open(file, encoding="utf-8") as config:
            auths = json.load(config)["auths"]
        check("kept", PAIR, auths[host]["auth"])
        os.unlink(file)

        status, shown, echo, after = ask(
            ["-u", "me", host], [(password, b"secret\n")])
        check(shown, (0, [False], True), (status, echo, after))
        os.unlink(file)

        status, shown, echo, after = ask(
            ["-u", "me", host], [(password, b"other\n")])
        check(shown, (1, [False], True), (status, echo, after))

        # Ctrl-C ends it by SIGINT; an empty line and Ctrl-D end it, too.
        for key, wanted in ((b"\x03", -2), (b"\n", 1), (b"\x04", 1)):
            status, shown, echo, after = ask(
                ["-u", "me", host], [(password, key)])
            check(shown, (wanted, [False], True), (status, echo, after))
        check("kept", False, os.path.exists(file))
    server.shutdown()


main()
