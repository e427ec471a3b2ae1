"""Waiting for many descriptors. Linux has epoll, which is used as it is; elsewhere `poll` is given the same shape."""
import select

IN, OUT = 1, 4
GONE = 0x2000                    # the other side ended its half
ONCE = 1 << 30
ENDED = GONE | 8 | 16            # error, hang-up


class Poll:
    """`select.poll` with epoll's interface, where changes made by another thread reach a wait that is under way."""

    def __init__(self):
        import os
        self.inner = select.poll()
        self.masks = {}
        self.once = set()
        self.read, self.write = os.pipe()
        self.inner.register(self.read, IN)
        self.waiting = False

    def register(self, fd, mask):
        self.masks[fd] = mask
        # Without a mark for "the other side ended" the read mark serves: nothing else may arrive meanwhile.
        self.inner.register(fd, (IN if mask & (IN | GONE) else 0) | (mask & OUT))
        if self.waiting:
            self.wake()

    modify = register

    def unregister(self, fd):
        self.masks.pop(fd, None)
        self.inner.unregister(fd)

    def wake(self):
        import os
        os.write(self.write, b"!")

    def poll(self, timeout=-1):
        import os
        while True:
            self.waiting = True
            events = self.inner.poll(-1 if timeout < 0 else timeout * 1000)
            self.waiting = False
            found = []
            for fd, event in events:
                if fd == self.read:
                    os.read(fd, 4096)
                    continue
                mask = self.masks.get(fd)
                if mask is None:
                    continue
                if mask & GONE and not mask & IN and event & IN:
                    event = event & ~IN | GONE
                if mask & ONCE:
                    self.inner.unregister(fd)
                found.append((fd, event))
            if found or not events:
                return found

    def close(self):
        import os
        os.close(self.read)
        os.close(self.write)


Poller = getattr(select, "epoll", Poll)
