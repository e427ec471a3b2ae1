"""handle(event, context), as OpenFaaS's python3-http template has it."""
import os

from . import request
from .answer import JSON, TEXT, body, head, json, status
from .call import cancellation
from .fault import BadAnswer


class Event:
    """The request. Whatever a handler doesn't look at is never taken apart."""

    def __init__(self, call):
        self._call = call
        self.body = call.body

    def __getattr__(self, name):
        """Called for what isn't there yet."""
        if name == "cancelled":
            return cancellation(self._call)
        if name not in PARTS:
            raise AttributeError("an event has no %s; it has body, %s and cancelled" % (name, ", ".join(PARTS)))
        if name == "headers":
            self.headers = request.Headers(self._call.head)
        else:
            self.method, self.target, path, query = request.line(self._call.head)
            if name == "path":
                self.path = request.decode(path)
            elif name == "query":
                self.query = request.Query(query)
        return self.__dict__[name]


PARTS = ("headers", "method", "query", "path", "target")


class Context:
    hostname = os.environ.get("HOSTNAME") or os.uname().nodename

    def __init__(self, call):
        self._call = call

    @property
    def cancelled(self):
        return cancellation(self._call)


def runner(handle):
    def run(call):
        result = handle(Event(call), Context(call))
        kind = type(result)
        if kind is str:
            return 0, 200, TEXT, result.encode()
        if kind is dict:
            headers = result.get("headers")
            content = result.get("body")
            code = result.get("statusCode")
            if headers is None and code is not None and type(content) is str:
                return 0, status(code), TEXT, content.encode()
            if code is None and headers is None and "body" not in result:
                return 0, 200, JSON, json(result)
            return compose(call, 200 if code is None else code, headers, content)
        return other(call, result)

    return run


def compose(call, code, headers, content):
    kind, content = body(content)
    return 0, status(code), head(pairs(headers), kind, call.head.startswith(b"HEAD ")), content


def pairs(headers):
    if not headers:
        return ()
    items = getattr(headers, "items", None)
    if items is not None:
        return items()
    for pair in headers:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise BadAnswer("the answer can't be sent: headers must be a dict or a list of pairs")
    return headers


def other(call, result):
    """What Flask, which the template is built on, would take as an answer too."""
    if isinstance(result, tuple):
        content, code, headers = (result + (None, None))[:3] if 1 <= len(result) <= 3 else unsayable(result)
        if code is not None and headers is None and not isinstance(code, (int, str)):
            code, headers = None, code
        return compose(call, 200 if code is None else code, headers, content)
    if hasattr(result, "get_data") and hasattr(result, "status_code"):       # a Flask response
        return compose(call, result.status_code, list(result.headers), result.get_data())
    if hasattr(result, "__await__"):
        return runner(lambda event, context: finish(result))(call)
    return compose(call, 200, None, result)


def unsayable(result):
    raise BadAnswer("the answer can't be sent: a tuple must be (body, status, headers), not %d items" % len(result))


def finish(awaitable):
    """An `async def` handler, run to its end on this thread."""
    import asyncio

    async def wait():
        return await awaitable

    return asyncio.run(wait())
