"""Side connections: bodies that are too large for the lane, and answers that stream. Called by the reading thread."""
from time import monotonic as clock

from .conn import BODY, DONTWAIT, RUN
from .reply import reply

MOST = 16 << 20                  # bytes of a body that are held for a handler which wants all of it at once
TOO_LARGE = "this function takes request bodies of up to 16 MiB; wsgi and asgi functions can read larger ones piece by piece"


def begin(board, conn, call):
    """A call whose body follows as chunks."""
    crew = board.crew
    conn.aside = True
    if crew is None:
        board.lost(conn)
        return
    conn.whole = False
    if crew.reads_body is not None:
        crew.reads_body(board, conn, call)
        return
    conn.call = call
    conn.become(BODY)
    call.body = bytearray()
    collect(board, conn, conn.rest)


def more(board, conn):
    try:
        data = conn.sock.recv(262144, DONTWAIT)
    except BlockingIOError:
        return
    except OSError:
        data = b""
    if data:
        collect(board, conn, conn.rest + data if conn.rest else data)
    else:                            # cut short: its handler never hears of it
        conn.call = None
        board.lost(conn)


def collect(board, conn, data):
    """Add what arrived to the body; with its last chunk the call is ready to run."""
    call = conn.call
    ended = unchunk(conn, data, call.body)
    if call.input is not None:
        conn.whole = ended
        call.input.arrived(ended)
    elif len(call.body) > MOST:
        call.body = b""
        reply(board, call, (0, 413, b"content-type:text/plain; charset=utf-8\n", TOO_LARGE.encode()))
    elif ended:
        conn.whole = True
        call.body = bytes(call.body)
        conn.become(RUN)
        board.pending.append(call)


def unchunk(conn, data, body):
    """Append the chunks in `data` to `body`. True once the last one has come; the rest is kept in `conn.rest`."""
    at, end = 0, len(data)
    while True:
        if conn.left:
            part = data[at:at + conn.left]
            body += part
            at += len(part)
            conn.left -= len(part)
            if conn.left:
                conn.rest = b""
                return False
        if end - at < 4:
            conn.rest = data[at:]
            return False
        conn.left = int.from_bytes(data[at:at + 4], "big")
        at += 4
        if not conn.left:
            conn.rest = data[at:]
            return True


def fetch(board, conn, number):
    """The gateway wants the chunks of an answer whose head it has."""
    stream = board.streams.pop(number, None)
    conn.aside = True
    if stream is None or stream.until < clock():
        board.lost(conn)
        return
    conn.call = stream.call
    conn.become(RUN)
    if stream.data is None:
        stream.fetched(conn)
    else:
        stream.conn = conn
        conn.send(stream.data, conn.rested)
