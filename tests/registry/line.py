# SPDX-License-Identifier: Apache-2.0
"""A line to a server: TCP on loopback, with the faults of networks.

Bytes are passed on as they are, after a latency, at a bandwidth, until a cut
or a stall. "Up" is from the client, "down" is to it. An exchange begins with
a byte up on a connection that is quiet, and is over with the first one down.
"""
import asyncio
import contextlib
import socket
import threading

BLOCK = 16384


class Line:
    def __init__(self, target, latency=0.0, bandwidth=None, stall_each=None):
        self.target = target.replace("localhost", "127.0.0.1").split(":")
        self.latency = latency          # seconds, each way
        self.bandwidth = bandwidth      # bytes a second, of a connection
        self.stall_each = stall_each or {}  # direction: bytes, after which
                                        # a connection passes nothing on
        self.stalls = 0
        self.bytes = {"up": 0, "down": 0}
        self.limits = {}                # direction: (bytes, what happens)
        self.back_after = 0             # seconds that a cut lasts
        self.cuts = 0
        self.stalled = False            # nothing passes, nothing closes
        self.busy = self.most_busy = self.exchanges = 0
        self.connections = self.refused = 0
        self.port = None
        self.loop = asyncio.new_event_loop()
        self.tasks = set()
        self.writers = set()
        ready = threading.Event()
        threading.Thread(target=self.run, args=(ready,), daemon=True).start()
        ready.wait(10)
        self.host = f"127.0.0.1:{self.port}"

    # --- for tests ---------------------------------------------------------

    def cut_after(self, direction, count, back_after):
        """Resets every connection after count bytes, and refuses others
        for back_after seconds."""
        self.back_after = back_after
        self.limits[direction] = (self.bytes[direction] + count, "cut")

    def stall_after(self, direction, count):
        """Passes nothing on after count bytes, for good."""
        self.limits[direction] = (self.bytes[direction] + count, "stall")

    def close(self):
        def end():
            for task in list(self.tasks):
                task.cancel()
            self.loop.call_later(0.05, self.loop.stop)
        self.loop.call_soon_threadsafe(end)
        self.thread_ended.wait(5)

    # --- the line itself ---------------------------------------------------

    def run(self, ready):
        self.thread_ended = threading.Event()
        asyncio.set_event_loop(self.loop)
        self.loop.set_exception_handler(lambda loop, context: None)
        self.loop.run_until_complete(self.listen(0))
        ready.set()
        self.loop.run_forever()
        with contextlib.suppress(Exception):
            self.server.close()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.thread_ended.set()

    async def listen(self, port):
        # Little of what does not pass is to be on its way.
        end = socket.socket()
        end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        end.bind(("127.0.0.1", port))
        self.server = await asyncio.start_server(self.serve, sock=end)
        self.port = end.getsockname()[1]

    async def serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        self.connections += 1
        try:
            there, back = await asyncio.open_connection(*self.target)
        except OSError:
            self.refused += 1
            return writer.transport.abort()
        state = {"busy": False}
        self.writers |= {writer, back}
        ways = [asyncio.ensure_future(self.way(*way, state)) for way in
                (("up", reader, back), ("down", there, writer))]
        self.tasks.update(ways)
        await asyncio.gather(*ways, return_exceptions=True)
        self.note(state, False)
        for end in (writer, back):
            self.writers.discard(end)
            end.close()

    async def way(self, direction, reader, writer, state):
        """One direction: what comes in, and when it is to go out."""
        queue = asyncio.Queue()
        sender = asyncio.ensure_future(self.send(direction, queue, writer,
                                                 state))
        self.tasks.add(sender)
        try:
            while data := await reader.read(BLOCK):
                if direction == "up":
                    self.note(state, True)
                queue.put_nowait((self.loop.time() + self.latency, data))
                while queue.qsize() > 16:
                    await asyncio.sleep(0.005)
        except OSError:
            writer.transport.abort()
        queue.put_nowait((self.loop.time() + self.latency, b""))
        await sender

    async def send(self, direction, queue, writer, state):
        left = self.stall_each.get(direction, float("inf"))
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - self.loop.time()))
            while self.stalled:
                await asyncio.sleep(3600)
            left -= len(data)
            if left < 0:
                self.stalls += 1
                await asyncio.sleep(3600)
            if not data:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            if not await self.is_open(direction, data, writer):
                return
            if direction == "down":
                self.note(state, False)
            self.bytes[direction] += len(data)
            writer.write(data)
            await writer.drain()
            if self.bandwidth:
                await asyncio.sleep(len(data) / self.bandwidth)

    async def is_open(self, direction, data, writer):
        limit, fate = self.limits.get(direction, (None, None))
        if limit is None or self.bytes[direction] + len(data) <= limit:
            return True
        left = data[:max(0, limit - self.bytes[direction])]
        self.bytes[direction] += len(left)
        writer.write(left)
        del self.limits[direction]
        if fate == "stall":
            self.stalled = True
            await asyncio.sleep(3600)
        with contextlib.suppress(OSError):
            await writer.drain()
        await self.cut()
        return False

    async def cut(self):
        self.cuts += 1
        self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()
        task = asyncio.ensure_future(self.come_back())
        self.tasks.add(task)

    async def come_back(self):
        await asyncio.sleep(self.back_after)
        await self.listen(self.port)

    def note(self, state, busy):
        """An exchange begins, or is over."""
        if state["busy"] == busy:
            return
        state["busy"] = busy
        self.busy += 1 if busy else -1
        self.exchanges += busy
        self.most_busy = max(self.most_busy, self.busy)
