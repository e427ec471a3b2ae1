"""WSGI applications (PEP 3333). The request body is read from the connection as the application asks for it."""
import sys

from .answer import head, status
from .conn import READ
from .fault import BadAnswer
from .frames import SMALL
from .input import Input
from .request import line, pairs, unquote


def admit(board, conn, call):
    """A call with a body on a side connection: it runs at once, and reads for itself."""
    call.input = Input(conn)
    conn.call = call
    conn.become(READ)
    board.pending.append(call)


def runner(application):
    def run(call):
        answer = Answer(call)
        return answer.complete(application(environ(call), answer.start))

    return run


class Answer:
    def __init__(self, call):
        self.call = call
        self.status = None
        self.headers = ()
        self.begun = False           # the head has been made: it is too late for another
        self.written = []            # by the callable that start_response returns

    def start(self, line, headers, exc_info=None):
        if exc_info is not None:
            if self.begun:
                raise exc_info[1]
        elif self.status is not None:
            raise AssertionError("start_response has been called already")
        self.status, self.headers = line, headers
        return self.written.append

    def complete(self, body):
        try:
            iterator = iter(body)
            whole = isinstance(body, (list, tuple)) or getattr(body, "streaming", None) is False   # Django's
            if self.status is None:  # a generator calls start_response when its first piece is asked for
                for piece in iterator:
                    self.written.append(piece)
                    if piece:
                        break
            if self.status is None:
                raise BadAnswer("the answer can't be sent: the application did not call start_response")
            code = status(str(self.status)[:3])
            lines = head(self.headers, b"", True)
            self.begun = True
            if not (whole or self.is_short()):
                return 0, code, lines, Pieces(self.written, iterator, body)
            content = b"".join(self.written + list(iterator))
        except BaseException:
            close(body)
            raise
        close(body)
        return 0, code, lines, content

    def is_short(self):
        """The length is declared and small, so that waiting for the whole costs nobody anything."""
        for name, value in self.headers:
            if name.lower() == "content-length":
                return value.isdigit() and int(value) <= SMALL
        return False


class Pieces:
    """What has been taken from a body already, and the rest of it."""

    def __init__(self, taken, rest, body):
        self.taken, self.rest, self.body = taken, rest, body

    def __iter__(self):
        yield from self.taken
        yield from self.rest

    def close(self):
        close(self.body)


def close(body):
    if hasattr(body, "close"):
        body.close()


def environ(call):
    method, target, path, query = line(call.head)
    found = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote(path).decode("latin-1"),
        "QUERY_STRING": query, "RAW_URI": target, "REQUEST_URI": target,
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "wsgi.input_terminated": True,
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }
    for name, value in pairs(call.head):
        if "_" in name:              # would pass for the header with a hyphen in its place
            continue
        name = name.upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = "HTTP_" + name
        if name in found:
            value = found[name] + ("; " if name == "HTTP_COOKIE" else ",") + value
        found[name] = value
    found["wsgi.input"] = call.input
    if call.input is None:
        from io import BytesIO
        found["wsgi.input"] = BytesIO(call.body)
        found["CONTENT_LENGTH"] = str(len(call.body))
    place(found)
    return found


def place(found):
    """Who called, and by which address, as the gateway's headers tell it."""
    name, _, port = found.get("HTTP_HOST", "").rpartition(":") if found.get("HTTP_HOST", "")[-1:].isdigit() else ("", "", "")
    found["wsgi.url_scheme"] = "https" if found.get("HTTP_X_FORWARDED_PROTO") == "https" else "http"
    found["SERVER_NAME"] = name or found.get("HTTP_HOST") or "localhost"
    found["SERVER_PORT"] = port if name else "443" if found["wsgi.url_scheme"] == "https" else "80"
    caller = found.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if caller:
        found["REMOTE_ADDR"] = caller
