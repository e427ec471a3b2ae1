"""The switchboard: accepts connections, takes frames apart, and hands each call to whoever runs the handlers (`crew`).

Exactly one thread at a time calls `turn`. It never waits for user code, so a full crew still hears CANCEL, PING and STOP.
"""
import _socket
from _collections import deque
from time import monotonic as clock

from . import frames
from .call import Call
from .conn import BODY, CLOSED, DONTWAIT, DRAIN, FRAMES, Conn
from .frames import CALL, CANCEL, FETCH, LARGEST, STREAM, frame, unpack
from .poller import ENDED, IN, OUT, Poller

QUIET_AFTER = 2.0                # seconds without a call, then memory is given back


class Board:
    def __init__(self, listener):
        self.listener = listener
        self.poller = Poller()
        self.conns = {}
        self.hooks = {listener.fileno(): self.accept}    # descriptors that aren't connections
        self.crew = None             # runs calls; none until a function has been loaded
        self.pending = deque()       # calls that no handler has begun yet
        self.streams = {}            # answers that wait to be fetched: number → Stream
        self.number = 0
        self.stopping = False        # STOP has come: the end is when nothing is in flight
        self.forked = False          # this is a child process that user code made
        self.pause = QUIET_AFTER
        self.dirty = False           # there were calls since memory was last given back
        self.poller.register(listener.fileno(), IN)

    def turn(self):
        """Wait until something arrives, and take it in. Answers that need no handler are written before it returns."""
        timeout = self.pause if self.dirty else -1
        events = self.poller.poll(timeout)
        self.take_in(events)
        if not events and timeout > 0:
            self.rest()

    def take_in(self, events):
        conns = self.conns
        for fd, event in events:
            conn = conns.get(fd)
            if conn is None:
                if fd in self.hooks:
                    self.hooks[fd]()
            elif conn.state == FRAMES:
                self.read(conn)
            else:
                self.side(conn, event)

    def accept(self):
        fd, _ = self.listener._accept()
        if fd < 3:                   # user code closed standard output: its prints must not land in a connection
            fd = above_standard(fd)
        conn = Conn(_socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, fd), self.poller)
        self.conns[conn.fd] = conn

    def read(self, conn):
        try:
            data = conn.sock.recv(65536, DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.lost(conn)
            return
        now = clock()
        if conn.rest:
            data = conn.rest + data
            conn.rest = b""
        at, end = 0, len(data)
        calls = self.pending
        while end - at >= 20:
            size, id, kind, flags, _, aux, head = unpack(data, at)
            if size > LARGEST or head + 16 > size:
                self.lost(conn)
                return
            following = at + 4 + size
            if following > end:
                break
            begin = at + 20
            middle = begin + head
            at = following
            if kind == CALL and not flags & STREAM:
                calls.append(Call(conn, id, data[begin:middle], data[middle:following], now, aux))
                self.dirty = True
            else:
                if kind == CALL or kind == FETCH:    # a side connection: what follows are chunks
                    from . import side
                    conn.rest = data[at:]
                    if kind == FETCH:
                        side.fetch(self, conn, aux)
                    else:
                        self.dirty = True
                        side.begin(self, conn, Call(conn, id, data[begin:middle], b"", now, aux))
                    return
                if kind != CANCEL or not aux:        # of a call on a side connection, whose end is seen by itself
                    self.other(conn, id, kind, data[begin:middle])
        conn.rest = data[at:]
        if conn.out:
            conn.flush()

    def other(self, conn, id, kind, head):
        """The rarer frames."""
        if kind == frames.PING:
            conn.out.append(frame(frames.PONG, id))
        elif kind == frames.CANCEL:
            from . import cancel
            cancel.by_id(self, conn, id)
        elif kind == frames.LOAD:
            from . import load
            load.answer(self, conn, id, head)
        elif kind == frames.STOP:
            from . import stop
            stop.stop(self)

    def side(self, conn, event):
        """Something happened on a side connection that a call has."""
        state = conn.state
        if conn.unsent is not None and event & OUT and not event & ENDED:
            conn.more()
        if state == BODY:
            if event & ~OUT:
                from . import side
                side.more(self, conn)
        elif state == DRAIN:
            try:
                if conn.sock.recv(65536, DONTWAIT):
                    return
            except BlockingIOError:
                return
            except OSError:
                pass
            self.lost(conn)
        elif event & ENDED:
            from . import cancel
            if not cancel.by_end_of(self, conn):
                self.lost(conn)      # nobody runs for it: the rest of the answer is dropped

    def lost(self, conn):
        """The connection has ended, or must."""
        if conn.state == CLOSED:
            return
        self.conns.pop(conn.fd, None)
        conn.close()
        if self.crew is not None:
            from . import cancel
            cancel.all_of(self, conn)

    def rest(self):
        """Nothing has arrived for a while."""
        if self.stopping:
            from . import stop
            stop.proceed(self)
        else:
            from . import rest
            rest.rest(self)


def above_standard(fd):
    import fcntl
    import os
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return moved
