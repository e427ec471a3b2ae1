"""One call as an ASGI application sees it: its scope, and what it awaits to receive and to send."""
import asyncio

from .answer import head, status
from .fault import BadAnswer
from .frames import END, HEAD, SMALL, STREAM, chunk, frame
from .reply import PATIENCE, Stream, finish, without_body
from .request import decode, line, pairs

HIGH = 1 << 18                   # bytes of a body that are held before the connection is left to wait


class Intake:
    """A request body that arrives on a side connection; `call.body` is what has come and wasn't received yet."""

    def __init__(self, conn, call):
        self.conn = conn
        self.call = call
        self.ended = False
        self.waiter = None

    def arrived(self, ended):
        self.ended = ended
        conn = self.conn
        if ended:
            from .conn import RUN
            conn.become(RUN)
        elif len(self.call.body) > HIGH:
            conn.paused = True
            conn.watch()
        if self.waiter is not None and (self.call.body or ended):
            self.waiter()

    def take(self):
        data = bytes(self.call.body)
        self.call.body.clear()
        if self.conn.paused:
            self.conn.paused = False
            self.conn.watch()
        return data


class AsyncStream(Stream):
    """An answer on the lane whose connection is awaited, not waited for."""

    def __init__(self, exchange):
        self.ready = exchange.crew.loop.create_future()
        Stream.__init__(self, exchange.crew.board, exchange.call, None)

    def late(self):
        return self.conn             # on one loop nothing can be half done

    def open(self):
        if not self.ready.done():
            self.ready.set_result(None)


class Exchange:
    def __init__(self, crew, call):
        self.crew = crew
        self.call = call
        self.task = None
        self.received = False        # the request's last message is with the application
        self.waiters = set()         # an application may receive and send at the same time
        self.status = None
        self.head = b""
        self.bodiless = call.head.startswith(b"HEAD ")
        self.conn = call.conn        # where chunks are written
        call.told = self.wake
        if call.input is not None:
            call.input.waiter = self.wake

    def scope(self):
        call = self.call
        method, target, path, query = line(call.head)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs(call.head)]
        secure = (b"x-forwarded-proto", b"https") in headers
        return {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": method,
            "scheme": "https" if secure else "http", "path": decode(path), "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"), "root_path": "", "headers": headers,
            "client": None, "server": ("localhost", 443 if secure else 80), "state": self.crew.lifespan.state.copy(),
        }

    def wake(self):
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self):
        waiter = self.crew.loop.create_future()
        self.waiters.add(waiter)
        try:
            await waiter
        finally:
            self.waiters.discard(waiter)

    async def receive(self):
        call, intake = self.call, self.call.input
        while not call.cancelled and not call.ended:
            if not self.received:
                if intake is None:
                    self.received = True
                    return {"type": "http.request", "body": call.body, "more_body": False}
                if call.body or intake.ended:
                    data = intake.take()
                    self.received = intake.ended
                    return {"type": "http.request", "body": data, "more_body": not intake.ended}
            await self.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        call = self.call
        if call.cancelled:
            raise OSError("the caller has gone")
        kind = message["type"]
        if kind == "http.response.start":
            if self.status is not None:
                raise BadAnswer("the application began its answer twice")
            lines = head(message.get("headers", ()), b"", True)
            self.status, self.head = status(message["status"]), lines
        elif kind == "http.response.body":
            if call.ended and self.bodiless:
                return
            if self.status is None or call.ended:
                raise BadAnswer("the application sent a body before http.response.start, or after its end")
            await self.body(message.get("body", b""), message.get("more_body", False))
        else:
            raise BadAnswer("the application sent %s, which is not known here" % kind)

    async def body(self, data, more):
        call = self.call
        if not call.begun and (not more or self.bodiless):
            answer = (0, self.status, self.head, data if type(data) is bytes else bytes(data))
            if self.bodiless:        # of a stream's length only its beginning is known
                answer = without_body(answer) if not more else answer[:3] + (b"",)
            self.crew.answer(call, answer)
            call.ended = True
            self.wake()
            return
        if not call.begun:
            await self.begin()
        if not more:
            await self.write((chunk(data) if data else b"") + END)
            call.ended = True
            finish(self.crew.board, call, self.conn)
            self.wake()
        elif data:
            await self.write(chunk(data))

    async def begin(self):
        """The head of an answer whose body streams; on the lane, until the connection for the chunks has come."""
        call, conn = self.call, self.call.conn
        if conn.aside:
            call.begun = True
            await self.write(frame(HEAD, call.id, STREAM, self.status, 0, self.head))
            return
        stream = call.stream = AsyncStream(self)
        call.begun = True
        conn.out.append(frame(HEAD, call.id, 0, self.status, stream.number, self.head))
        conn.flush()
        try:
            await asyncio.wait_for(stream.ready, PATIENCE)
        except asyncio.TimeoutError:
            self.crew.board.streams.pop(stream.number, None)
            raise OSError("the caller has gone") from None
        if stream.conn is None:
            raise OSError("the caller has gone")
        self.conn = stream.conn

    async def write(self, data):
        """Returns when the connection has taken all of it."""
        written = False

        def done():
            nonlocal written
            written = True
            self.wake()

        self.conn.send(data, done)
        while not written:
            if self.call.cancelled:
                raise OSError("the caller has gone")
            await self.wait()

    async def complete(self):
        """The application has returned."""

    def close(self):
        self.call.told = None
        if self.call.input is not None:
            self.call.input.waiter = None
