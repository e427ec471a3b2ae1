"""A WebSocket as an ASGI application sees it: it connects, messages come and go, it disconnects."""
from collections import deque

from .answer import head
from .asgi_exchange import Exchange
from .fault import BadAnswer
from .frames import END, chunk
from .reply import finish
from .websocket import BINARY, CLOSE, PING, PONG, TEXT, Broken, Reader, accept_key, close_frame, frame

LEFT = 1005                          # no code was said
LOST = 1006                          # no close frame came


def wanted(head):
    """Whether a call is one; the gateway lets no other protocol through."""
    return b"\nupgrade:websocket" in head.lower().replace(b": ", b":")


class Conversation(Exchange):
    def __init__(self, crew, call):
        Exchange.__init__(self, crew, call)
        self.told = False            # the application knows that somebody is there
        self.accepted = False
        self.reader = Reader()
        self.inbox = deque()
        self.code = None             # with which the other side left

    def scope(self):
        scope = Exchange.scope(self)
        del scope["method"]
        asked = [value for name, value in scope["headers"] if name == b"sec-websocket-protocol"]
        protocols = [one.strip() for value in asked for one in value.decode("latin-1").split(",")]
        scheme = "wss" if scope["scheme"] == "https" else "ws"
        scope.update(type="websocket", scheme=scheme, subprotocols=[one for one in protocols if one])
        return scope

    async def receive(self):
        if not self.told:
            self.told = True
            return {"type": "websocket.connect"}
        while not self.inbox:
            if self.code is not None or self.call.cancelled or self.call.ended:
                return {"type": "websocket.disconnect", "code": LOST if self.code is None else self.code}
            intake = self.call.input
            if intake is not None and self.call.body:
                await self.understand(intake.take())
            elif intake is None or intake.ended:
                self.code = LOST
            else:
                await self.wait()
        return self.inbox.popleft()

    async def understand(self, data):
        try:
            for kind, payload in self.reader.feed(data):
                if kind == TEXT:
                    self.inbox.append({"type": "websocket.receive", "text": payload})
                elif kind == BINARY:
                    self.inbox.append({"type": "websocket.receive", "bytes": payload})
                elif kind == PING:
                    await self.write(chunk(frame(PONG, payload)))
                elif kind == CLOSE:
                    self.code = int.from_bytes(payload[:2], "big") if len(payload) > 1 else LEFT
                    await self.leave(frame(CLOSE, payload[:2]))
                    return
        except Broken as problem:
            self.code = LOST
            await self.leave(close_frame(problem.code))

    async def send(self, message):
        kind = message["type"]
        if self.call.cancelled or self.call.ended:
            raise OSError("the caller has gone")
        if kind == "websocket.accept":
            if self.accepted:
                raise BadAnswer("the application accepted a WebSocket twice")
            await self.accept(message)
        elif kind == "websocket.close":
            if self.accepted:
                await self.leave(close_frame(message.get("code") or 1000, message.get("reason") or ""))
            else:
                self.crew.answer(self.call, (0, 403, b"content-type:text/plain\n", b"the function did not accept the WebSocket\n"))
                self.call.ended = True
                self.wake()
        elif kind == "websocket.send":
            if not self.accepted:
                raise BadAnswer("the application sent a message before websocket.accept")
            text = message.get("text")
            data = frame(BINARY, bytes(message["bytes"])) if text is None else frame(TEXT, text.encode("utf-8"))
            await self.write(chunk(data))
        else:
            raise BadAnswer("the application sent %s, which is not known here" % kind)

    async def accept(self, message):
        keys = [value for name, value in self.scope()["headers"] if name == b"sec-websocket-key"]
        pairs = [(b"sec-websocket-accept", accept_key(keys[0] if keys else b""))]
        if message.get("subprotocol"):
            pairs.append((b"sec-websocket-protocol", message["subprotocol"].encode("latin-1")))
        self.accepted = True
        self.status, self.head = 101, head(pairs + list(message.get("headers") or ()), b"", False)
        await self.begin()

    async def leave(self, last):
        """Says a last thing, and ends."""
        if self.call.ended or self.call.cancelled:
            return
        await self.write(chunk(last) + END)
        self.call.ended = True
        finish(self.crew.board, self.call, self.conn)
        self.wake()

    async def complete(self):
        """The application has returned: a conversation that it did not end is over all the same."""
        if self.accepted:
            await self.leave(close_frame(1000))
        elif not self.call.ended and not self.call.cancelled:
            await self.send({"type": "websocket.close"})
