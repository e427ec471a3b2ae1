"""From an answer to what goes over a connection: one frame, or a head and chunks on a connection of their own.

An answer is (flags, status, head, body), where the body is bytes, or anything iterable whose pieces are sent as they come.
"""
from _thread import allocate_lock
from time import monotonic as clock

from .call import Cancelled
from .conn import NOSIGNAL
from .frames import ANSWER, DONE, END, HEAD, SMALL, STREAM, chunk, frame, pack

PATIENCE = 10.0                  # seconds that a streamed answer waits to be fetched


class Stream:
    """An answer whose head is out on the lane and whose chunks wait for the connection that fetches them."""

    def __init__(self, board, call, data):
        self.call = call
        self.data = data             # the whole, framed; None where a handler makes it piece by piece
        self.conn = None
        self.until = clock() + PATIENCE
        self.gate = allocate_lock()
        self.gate.acquire()
        forget(board)
        board.number = self.number = board.number % 0xFFFFFFFF + 1
        board.streams[self.number] = self

    def fetched(self, conn):
        self.conn = conn
        self.open()

    def connection(self):
        """Wait for the fetch, on a handler's thread."""
        if not self.gate.acquire(timeout=max(0, self.until - clock())) or self.conn is None:
            raise Cancelled
        return self.conn

    def late(self):
        """The connection, where the reading thread is just bringing it."""
        if self.conn is None:
            self.gate.acquire(timeout=0.1)
        return self.conn

    def drop(self):
        """Nobody waits for it. What blocks in writing comes back with an error."""
        if self.conn is not None:
            self.conn.cut()
        self.open()

    def open(self):
        try:
            self.gate.release()
        except RuntimeError:         # open already
            pass


def forget(board):
    """Drop the answers that nobody came for."""
    now = clock()
    for stream in list(board.streams.values()):
        if stream.until > now:
            break
        board.streams.pop(stream.number, None)


def reply(board, call, answer):
    """Bring a call to its end. What goes over the lane is only collected: the caller flushes."""
    conn = call.conn
    on_lane = not conn.aside
    if call.begun:
        finish(board, call, conn)
    elif call.cancelled and not on_lane:
        conn.cut()
    if call.begun or call.cancelled:
        if on_lane and call.cancelled and not call.ended and not call.dropped:
            conn.out.append(frame(DONE, call.id))
        return
    flags, status, head, body = answer
    size = len(body)
    if size <= SMALL and len(head) + size < 1 << 20:
        micros = int((clock() - call.at) * 1e6)
        data = frame(ANSWER, call.id, flags, status, micros, head, body)
        if on_lane:
            conn.out.append(data)
        else:
            conn.send(data, conn.rested)
        return
    if b"content-length:" not in head:
        head += b"content-length:%d\n" % size
    if on_lane:
        stream = call.stream = Stream(board, call, chunk(body) + END)
        conn.out.append(frame(HEAD, call.id, flags, status, stream.number, head))
    else:
        conn.send(frame(HEAD, call.id, flags | STREAM, status, 0, head) + chunk(body) + END, conn.rested)


def finish(board, call, conn):
    """After a streamed answer: the connection it went over takes the next call, or is given up where it was cut short."""
    stream = call.stream
    if stream is not None:
        conn = stream.late() if board.streams.pop(stream.number, None) is None else stream.conn
    if conn is not None:
        if call.ended:
            conn.rested()
        else:
            conn.cut()


def send_pieces(board, me, call, answer):
    """Send an answer as its pieces come, on the handler's own thread. Returns None: there is nothing left to answer."""
    flags, status, head, body = answer
    conn = call.conn
    try:
        if conn.aside:
            call.begun = True
            write(conn, frame(HEAD, call.id, flags | STREAM, status, 0, head))
            for piece in body:
                write_piece(conn, piece)
        else:
            stream = call.stream = Stream(board, call, None)
            with me.undisturbed(call):
                call.begun = True
                conn.out.append(frame(HEAD, call.id, flags, status, stream.number, head))
                conn.flush()
            conn = None
            for piece in body:       # the first is made while the head is on its way
                conn = conn or stream.connection()
                write_piece(conn, piece)
            conn = conn or stream.connection()
        write(conn, END)
        call.ended = True
    finally:
        try:
            me.settle()              # the clean-up of the function is not interrupted
        except Cancelled:
            me.settle()
        close = getattr(body, "close", None)
        if close is not None:
            close()


def write_piece(conn, piece):
    data = as_bytes(piece)
    if len(data) > SMALL:
        write(conn, len(data).to_bytes(4, "big"))
        write(conn, data)
    elif data:
        write(conn, chunk(data))


def write(conn, data):
    try:
        conn.sock.sendall(data, NOSIGNAL)
    except OSError:
        raise Cancelled from None


def without_body(answer):
    """The answer to a HEAD request: the length that the body would have had takes its place."""
    flags, status, head, body = answer
    if type(body) is bytes:
        if b"content-length:" not in head and not flags:
            head += b"content-length:%d\n" % len(body)
    else:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    return flags, status, head, b""


def as_bytes(piece):
    kind = type(piece)
    if kind is bytes:
        return piece
    if kind is str:
        return piece.encode()
    if isinstance(piece, str):
        return piece.encode()
    return bytes(memoryview(piece))
