"""The lifespan protocol of ASGI: the application's own start and end."""
import asyncio

from .fault import show


class Lifespan:
    def __init__(self, loop, application):
        self.application = application
        self.loop = loop
        self.state = {}
        self.messages = asyncio.Queue()
        self.started = loop.create_future()
        self.ended = loop.create_future()
        self.over = False            # nothing is left to be shut down
        self.task = None

    async def startup(self):
        """Returns when the application may have calls; raises where it says that it failed."""
        await self.messages.put({"type": "lifespan.startup"})
        self.task = self.loop.create_task(self.run())
        await self.started

    async def run(self):
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self.application(scope, self.messages.get, self.send)
        except Exception as problem:
            # The specification: an exception before startup.complete means that it has no lifespan.
            if self.started.done():
                show(problem)
        self.over = True
        for future in (self.started, self.ended):
            if not future.done():
                future.set_result(None)

    async def send(self, message):
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self.settle(self.started)
        elif kind == "lifespan.startup.failed":
            self.settle(self.started, RuntimeError(message.get("message") or "the application's startup failed"))
        elif kind in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
            self.settle(self.ended)

    def settle(self, future, problem=None):
        if not future.done():
            if problem is None:
                future.set_result(None)
            else:
                future.set_exception(problem)

    async def shutdown(self):
        if not self.over:
            await self.messages.put({"type": "lifespan.shutdown"})
            await self.ended
