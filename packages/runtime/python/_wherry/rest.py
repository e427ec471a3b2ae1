"""After a while without calls: give memory back, and leave nothing that would wake the process."""
import gc
import sys

from .reply import forget

WORTH_IT = 512                   # pages by which the process must have grown for a trim to pay for itself


def rest(board):
    forget(board)
    if board.streams or not board.crew.quiet():
        return                       # asked again after the same time
    board.dirty = False
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()           # the beginning of a line may have waited for its end
        except Exception:            # replaced or closed by the function
            pass
    gc.collect()
    size = resident()
    if size > board.size + WORTH_IT:
        trim()
        board.size = min(resident(), board.size + WORTH_IT)


def resident():
    """Pages in memory; 0 where the system doesn't say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1])
    except Exception:                # no such file, or the function has its own idea of `open`
        return 0


def trim():
    try:
        import ctypes
        ctypes.CDLL(None).malloc_trim(0)
    except (ImportError, OSError, AttributeError):
        pass                         # another C library: nothing to ask
