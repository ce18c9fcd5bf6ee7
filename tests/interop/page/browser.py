# SPDX-License-Identifier: Apache-2.0
"""Drives Chromium through the pipe of its DevTools protocol: no port, and
nothing but the standard library."""

import base64
import fcntl
import json
import os
import select
import signal
import tempfile
import time

LIMIT = 30  # seconds for one answer

FLAGS = ["--headless=new", "--remote-debugging-pipe", "--no-sandbox",
         "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-extensions",
         "--disable-sync", "--disable-component-update", "--hide-scrollbars",
         "--force-color-profile=srgb", "--font-render-hinting=none"]


class Failed(Exception):
    pass


def high(fd):
    """The same file with a number above those that the child gets."""
    copy = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return copy


class Browser:
    """A browser with one page. All events are kept in self.events."""

    def __init__(self, program="chromium"):
        self.events = []
        self.buffer = b""
        self.number = 0
        self.session = None
        self.folder = tempfile.TemporaryDirectory()
        child_in, self.out = map(high, os.pipe())
        self.into, child_out = map(high, os.pipe())
        null = os.open(os.devnull, os.O_RDWR)
        self.pid = os.posix_spawnp(
            program, [program, *FLAGS,
                      "--user-data-dir=" + self.folder.name, "about:blank"],
            dict(os.environ, HOME=self.folder.name),
            file_actions=[(os.POSIX_SPAWN_DUP2, null, 1),
                          (os.POSIX_SPAWN_DUP2, null, 2),
                          (os.POSIX_SPAWN_DUP2, child_in, 3),
                          (os.POSIX_SPAWN_DUP2, child_out, 4)],
            setpgroup=0)
        for fd in (null, child_in, child_out):
            os.close(fd)
        self._attach()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.out)
        os.close(self.into)
        for _ in range(50):  # its helpers still write for a moment
            try:
                self.folder.cleanup()
                return
            except OSError:
                time.sleep(0.05)

    def _attach(self):
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(domain + ".enable")

    def _read(self, seconds):
        """One message, or None if none comes in time."""
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                return None
            data = os.read(self.into, 1 << 20)
            if not data:
                raise Failed("the browser has ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            answer = self._read(end - time.monotonic())
            if answer is None:
                break
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Failed(f"{method}: {answer['error']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)
        raise Failed(f"{method}: no answer in {LIMIT} seconds")

    def wait_for(self, method):
        """The first event of that name; it may have come already."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            for event in self.events:
                if event["method"] == method:
                    return event
            answer = self._read(end - time.monotonic())
            if answer and "method" in answer:
                self.events.append(answer)
        raise Failed(f"{method} did not come in {LIMIT} seconds")

    def show(self, width, height=900, scheme="light", motion="no-preference"):
        """The size of the window, and what the user prefers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media="", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion}])

    def open(self, path):
        """Opens a file; forgets the events of what was open before."""
        self.events = []
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait_for("Page.loadEventFired")
        self.settle()

    def settle(self):
        """Lets the page lay itself out."""
        self.run("new Promise((done) => requestAnimationFrame(() =>"
                 " requestAnimationFrame(() => setTimeout(done, 30))))")

    def run(self, expression):
        """The value of a JavaScript expression; promises are awaited. The
        protocol runs it, so that the page's policy does not count."""
        result = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise Failed(f"{expression[:60]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def press(self, key, code=None, number=0, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key,
                      code=code or key, windowsVirtualKeyCode=number,
                      **({"text": text} if text and kind == "keyDown" else {}))
        self.settle()

    def click(self, selector):
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center', behavior: 'instant'});"
            " const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y,
                      button="left", clickCount=1)
        self.settle()

    def screenshot(self, path, whole=True, height=None):
        clip = {}
        if whole:
            box = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"clip": {"x": 0, "y": 0, "width": box["width"],
                             "height": height or box["height"], "scale": 1}}
        data = self.call("Page.captureScreenshot", format="png",
                         captureBeyondViewport=whole, **clip)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
