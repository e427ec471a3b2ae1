"""A connection from the gateway, and writing on it. Any thread may write; only the reading thread reads and closes."""
import _socket
from _thread import allocate_lock

from .poller import GONE, IN, ONCE, OUT, Poll, Poller

NOSIGNAL = getattr(_socket, "MSG_NOSIGNAL", 0)
DONTWAIT = _socket.MSG_DONTWAIT

# What a connection is doing. The lane stays FRAMES for ever; a side connection goes round.
FRAMES = 0       # frames are awaited
BODY = 1         # the chunks of a call's body arrive
RUN = 2          # nothing more is to come: the call that came by it, or is answered over it, has it
READ = 3         # its handler reads it itself
DRAIN = 4        # answered before the body was read to its end: nothing more is said, the peer is to close
CLOSED = 5

# Without epoll, arriving bytes can't be told from an end while a handler reads the connection itself.
MASKS = {FRAMES: IN, BODY: IN, RUN: GONE | ONCE, READ: GONE | ONCE if Poller is not Poll else ONCE, DRAIN: IN}


class Conn:
    __slots__ = ("sock", "fd", "poller", "rest", "out", "writing", "state", "aside", "call", "whole", "left", "paused", "unsent",
                 "then")

    def __init__(self, sock, poller):
        self.sock = sock
        self.fd = sock.fileno()
        self.poller = poller
        self.rest = b""              # the beginning of a frame or chunk whose end hasn't arrived
        self.out = []                # what is to be written, piece by piece
        self.writing = allocate_lock()
        self.state = FRAMES
        self.aside = False           # it is a side connection: it has had a call with a body, or a fetch
        self.call = None             # on a side connection: the call that has it
        self.whole = True            # the request body has been read to its end
        self.left = 0                # bytes still to come of the chunk that is arriving
        self.paused = False          # the body arrives faster than it is taken
        self.unsent = self.then = None
        poller.register(self.fd, IN)

    def flush(self):
        """Write all that is in `out`. Where another thread is writing already, it takes ours along."""
        out = self.out
        while out:
            if not self.writing.acquire(False):
                return
            try:
                count = len(out)
                data = b"".join(out[:count])
                del out[:count]
                self.sock.sendall(data, NOSIGNAL)
            except OSError:
                out.clear()          # the reading thread finds the end by itself
            finally:
                self.writing.release()

    def become(self, state):
        self.state = state
        self.watch()

    def watch(self):
        """Tell the poller what matters now."""
        if self.state == CLOSED:
            return                   # by the reading thread, while this one was still sending
        mask = 0 if self.paused else MASKS[self.state]
        if self.unsent is not None:
            mask |= OUT
        try:
            self.poller.modify(self.fd, mask)
        except (OSError, ValueError):
            pass                     # closed already

    def send(self, data, then):
        """Write on a side connection without waiting for its reader; `then()` once all is written."""
        self.unsent, self.then = memoryview(data), then
        self.more(False)

    def more(self, waited=True):
        """Write what the reader has room for."""
        try:
            sent = self.sock.send(self.unsent, NOSIGNAL | DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut()
            return
        if sent < len(self.unsent):
            self.unsent = self.unsent[sent:]
            self.watch()
            return
        then, self.unsent, self.then = self.then, None, None
        if waited:
            self.watch()
        then()

    def rested(self):
        """Both bodies have ended: the next call may come. With bytes of the request left over it may not."""
        self.call = None
        if self.whole and not self.rest:
            self.become(FRAMES)
        else:
            self.rest = b""
            self.paused = False
            self.become(DRAIN)
            self.shut(_socket.SHUT_WR)

    def cut(self):
        """Give the connection up; the reading thread closes it."""
        self.call = self.unsent = self.then = None
        self.paused = False
        self.shut(_socket.SHUT_RDWR)
        if self.state != CLOSED:
            self.become(DRAIN)

    def shut(self, how):
        try:
            self.sock.shutdown(how)
        except OSError:
            pass

    def close(self):
        self.state = CLOSED
        try:
            self.poller.unregister(self.fd)
        except (OSError, KeyError, ValueError):
            pass
        self.sock.close()
