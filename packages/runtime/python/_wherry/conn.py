"""A connection from the gateway, and writing on it. Any thread may write; only the reading thread reads and closes."""
import _socket
from _thread import allocate_lock

from .poller import ENDED, GONE, IN, ONCE, OUT, Poll, Poller

NOSIGNAL = getattr(_socket, "MSG_NOSIGNAL", 0)
DONTWAIT = _socket.MSG_DONTWAIT

# What a connection is doing. The lane stays FRAMES for ever; a side connection goes round.
FRAMES = 0       # frames are awaited
BODY = 1         # the chunks of a call's body arrive
RUN = 2          # a call that came by it, or streams its answer over it, is with its handler
SEND = 3         # an answer is being written as fast as the peer takes it
DRAIN = 4        # answered before the body was read to its end: nothing more is said, the peer is to close
CLOSED = 5

# Without epoll, arriving bytes can't be told from an end while a handler reads the connection itself.
QUIET = GONE | ONCE
READING = QUIET if Poller is not Poll else ONCE


class Conn:
    __slots__ = ("sock", "fd", "poller", "rest", "out", "writing", "state", "aside", "call", "whole", "left", "unsent", "then")

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

    def take(self, call, state, watch=QUIET):
        """A call has this side connection from now on; only its end is watched for."""
        self.call = call
        self.state = state
        self.poller.modify(self.fd, watch)

    def send(self, data, then):
        """Write on a side connection without waiting for its reader; `then()` once all is written."""
        try:
            sent = self.sock.send(data, NOSIGNAL | DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut()
            return
        if sent == len(data):
            then()
            return
        self.unsent = memoryview(data)[sent:]
        self.then = then
        self.state = SEND
        self.poller.modify(self.fd, OUT | GONE)

    def more(self):
        """The reader has room again."""
        try:
            sent = self.sock.send(self.unsent, NOSIGNAL | DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            self.cut()
            return
        self.unsent = self.unsent[sent:]
        if not self.unsent:
            then, self.unsent, self.then = self.then, None, None
            self.state = RUN
            self.poller.modify(self.fd, QUIET)
            then()

    def rested(self):
        """Both bodies have ended: the next call may come. With bytes of the request left over it may not."""
        self.call = None
        if self.whole and not self.rest:
            self.state = FRAMES
            self.poller.modify(self.fd, IN)
        else:
            self.rest = b""
            self.state = DRAIN
            self.poller.modify(self.fd, IN)
            self.shut(_socket.SHUT_WR)

    def cut(self):
        """Give the connection up; the reading thread closes it."""
        self.call = self.unsent = self.then = None
        self.state = DRAIN
        self.shut(_socket.SHUT_RDWR)
        try:
            self.poller.modify(self.fd, IN)
        except OSError:
            pass                     # closed already

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
