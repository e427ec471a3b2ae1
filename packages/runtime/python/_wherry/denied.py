"""Says in the error of a connection that the function's network does not lead there, and which annotation would: otherwise
all that is seen is that a name cannot be looked up. It only adds words; what is open and what is not is decided outside.
"""
import errno
import sys

CLOSED = (errno.ENETUNREACH, errno.EHOSTUNREACH)


class Finder:
    """Waits until `socket` is imported, which the host itself does without: it takes milliseconds."""

    def find_spec(self, name, path=None, target=None):
        if name != "socket":
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return patched(spec)
        return None


def explain():
    if "socket" in sys.modules:
        patch(sys.modules["socket"])
    else:
        sys.meta_path.insert(0, Finder())


def patched(spec):
    execute = spec.loader.exec_module

    def exec_module(module):
        execute(module)
        patch(module)

    spec.loader.exec_module = exec_module
    return spec


def patch(socket):
    find, connect = socket.getaddrinfo, socket.socket.connect

    def getaddrinfo(host, port, *args, **kwargs):
        try:
            return find(host, port, *args, **kwargs)
        except socket.gaierror as problem:
            raise socket.gaierror(problem.errno, told(problem.strerror, host, port)) from None

    def connect_explained(self, address):
        try:
            return connect(self, address)
        except OSError as problem:
            if problem.errno not in CLOSED or not isinstance(address, tuple):
                raise
            raise OSError(problem.errno, told(problem.strerror, *address[:2])) from None

    for new, old in ((getaddrinfo, find), (connect_explained, connect)):
        new.__name__, new.__doc__ = old.__name__, old.__doc__
    socket.getaddrinfo, socket.socket.connect = getaddrinfo, connect_explained


def told(reason, host, port):
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    target = "%s:%s" % ("[%s]" % name if ":" in name else name, port or "PORT")
    return '%s; this function has no network, to allow it: com.wherry.network: "%s"' % (reason, target)
