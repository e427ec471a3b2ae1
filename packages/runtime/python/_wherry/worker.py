"""One thread that runs handlers."""
from _thread import allocate_lock
from time import sleep

from .call import Cancelled


FORKED = object()                # stands in `cancelling` where the process is a child made by the handler


class Worker:
    __slots__ = ("tid", "call", "serving", "cancelling", "raised", "turns", "taking", "bell")

    def __init__(self, tid=0):
        self.tid = tid
        self.call = None             # the call whose handler runs now and may be interrupted
        self.serving = None          # the call it has, interruptible or not
        self.cancelling = None       # a call for which an interruption may be on its way to this thread
        self.raised = True           # that attempt is over
        self.turns = 0               # goes up with every call: how the sentry sees whether it gets on
        self.taking = False          # between taking a call from the queue and having it in `serving`
        self.bell = allocate_lock()  # what it sleeps on
        self.bell.acquire()

    def settle(self):
        """After this no interruption is under way to this thread, whichever way it got here."""
        while True:
            try:
                self.call = None
                if self.cancelling is None:
                    return
                if self.cancelling is FORKED:
                    from .stop import leave_child
                    leave_child()
                while not self.raised:
                    sleep(0.0002)
                from .cancel import raise_in
                raise_in(self.tid, None)
                self.cancelling = None
            except Cancelled:
                pass

    def undisturbed(self, call):
        return Undisturbed(self, call)


class Undisturbed:
    """A stretch within a call where no interruption may land, because it holds a lock. It is made up for at the end."""

    __slots__ = ("worker", "of")

    def __init__(self, worker, call):
        self.worker = worker
        self.of = call

    def __enter__(self):
        self.worker.settle()
        if self.of.cancelled:
            raise Cancelled

    def __exit__(self, *_):
        self.worker.call = self.of
        if self.of.cancelled:
            raise Cancelled
