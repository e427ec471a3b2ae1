"""One call, from its frame to its answer, and what tells its handler that nobody waits any more."""


class Cancelled(BaseException):
    """Raised inside a handler whose caller has gone. Not an Exception, so that `except Exception` lets it pass."""

    __module__ = "builtins"


class Call:
    __slots__ = ("conn", "id", "head", "body", "at", "left", "cancelled", "flag", "stream", "input", "begun", "ended",
                 "dropped", "told")

    def __init__(self, conn, id, head, body, at, left):
        self.conn = conn            # the connection it came by
        self.id = id
        self.head = head            # bytes: the request line and header lines
        self.body = body
        self.at = at                # when its frame arrived
        self.left = left            # milliseconds to its deadline, then
        self.cancelled = False
        self.flag = None            # what the user's code sees of `cancelled`, once it has asked
        self.stream = None          # its answer, where that goes by a connection of its own
        self.input = None           # its request body, where that arrives piece by piece
        self.begun = self.ended = False   # the head of a streamed answer is out; its last chunk is
        self.dropped = False         # it ended with the connection that fetched it: nobody expects a DONE
        self.told = None             # called when it is cancelled, where something waits for that

    def wake(self):
        """It has been cancelled: whatever waits for it comes back."""
        if self.flag is not None:
            self.flag.set()
        if self.stream is not None:
            self.stream.drop()
        if self.told is not None:
            self.told()


def cancellation(call):
    """The call's `cancelled`: a threading.Event that is also true or false by itself. Made when first asked for."""
    flag = call.flag
    if flag is None:
        from threading import Event

        class Cancellation(Event):
            def __bool__(self):
                return self.is_set()

        flag = call.flag = Cancellation()
        if call.cancelled:
            flag.set()
    return flag
