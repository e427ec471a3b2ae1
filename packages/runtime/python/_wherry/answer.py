"""Putting an answer into the form that goes over the wire, or saying why it can't be."""
from .fault import BadAnswer

TEXT = b"content-type:text/plain; charset=utf-8\n"
BYTES = b"content-type:application/octet-stream\n"
JSON = b"content-type:application/json\n"

# The gateway's business, on every hop anew.
HOP = frozenset(("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"))
TOKEN = {ord(c): None for c in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}
MOST = 256 << 10                 # bytes of header lines
known = {}                       # header names met so far and found good → in lower case
seen = {}                        # the same headers again, as most handlers give them: (default, keep_length, pairs…) → lines
SEEN = 200                       # so many of at most so many bytes
SHORT = 512


def status(value):
    kind = type(value)
    if kind is not int:
        try:
            value = int(value)       # a string, or an http.HTTPStatus
        except (TypeError, ValueError):
            raise BadAnswer("the answer can't be sent: the status is %s" % short(value)) from None
    if 200 <= value <= 599:
        return value
    raise BadAnswer("the answer can't be sent: status %d is not within 200 to 599" % value)


def head(pairs, default, keep_length):
    """Header lines. `default` is the content type where none is among them."""
    pairs = tuple(pairs)
    try:
        return seen[default, keep_length, pairs]
    except KeyError:
        made = make_head(pairs, default, keep_length)
    except TypeError:                # a list among the values
        return make_head(pairs, default, keep_length)
    if len(made) <= SHORT and all(type(name) is str is type(value) for name, value in pairs):
        if len(seen) >= SEEN:
            seen.clear()
        seen[default, keep_length, pairs] = made
    return made


def make_head(pairs, default, keep_length):
    lines = []
    for name, value in pairs:
        lower = known.get(name) or check_name(name)
        if lower == "content-type":
            default = b""
        elif lower in HOP or lower == "content-length" and not keep_length:
            continue
        for one in value if type(value) in (list, tuple) else (value,):
            if one is not None:
                lines.append(lower + ":" + text(lower, one) + "\n")
    joined = "".join(lines)
    if len(joined) > MOST:
        raise BadAnswer("the answer can't be sent: its headers take more than %d KiB" % (MOST >> 10))
    try:
        return default + joined.encode("latin-1")
    except UnicodeEncodeError as problem:
        raise BadAnswer("the answer can't be sent: a header has the character %r, which is not Latin-1"
                        % problem.object[problem.start]) from None


def check_name(name):
    if type(name) is bytes:
        return check_name(name.decode("latin-1"))
    if not isinstance(name, str) or not name or name.translate(TOKEN):
        raise BadAnswer("the answer can't be sent: %s is not a header name" % short(name))
    if len(known) < 500:
        known[name] = name.lower()
    return name.lower()


def text(name, value):
    if type(value) is bytes:
        value = value.decode("latin-1")
    elif type(value) is not str:
        value = str(value)
    if "\n" in value or "\r" in value or "\0" in value:
        raise BadAnswer("the answer can't be sent: the header %s has a line break in its value" % name)
    return value.strip(" \t")


def body(value):
    """(content type, body) of whatever a handler may return as a body."""
    kind = type(value)
    if kind is str:
        return TEXT, value.encode()
    if kind is bytes:
        return BYTES, value
    if value is None:
        return b"", b""
    if isinstance(value, (dict, list)):
        return JSON, json(value)
    if isinstance(value, (bytearray, memoryview)):
        return BYTES, bytes(value)
    if isinstance(value, str):
        return TEXT, str.encode(value)
    if isinstance(value, bytes):
        return BYTES, bytes(value)
    if hasattr(value, "read"):
        return BYTES, file_pieces(value)
    if hasattr(value, "__iter__"):
        return BYTES, value
    return TEXT, str(value).encode()


def json(value):
    import json
    try:
        return json.dumps(value).encode()
    except (TypeError, ValueError, RecursionError) as problem:
        raise BadAnswer("the answer can't be sent as JSON: %s" % problem) from None


def file_pieces(file):
    try:
        while True:
            data = file.read(65536)
            if not data:
                return
            yield data
    finally:
        close = getattr(file, "close", None)
        if close is not None:
            close()


def short(value):
    shown = repr(value)
    return shown if len(shown) < 60 else shown[:57] + "..."
