"""handle(req), as OpenFaaS's first Python template has it: what a call prints is its answer, and then what it returns.

Calls run one at a time, and for the time of a call descriptor 1 is a file in memory. So what child processes print is part
of the answer too, and it doesn't matter what the function did with sys.stdout.
"""
import os
import sys

from .answer import TEXT


def runner(handle):
    log = os.dup(1)
    caught = memory_file()
    dirty = False                    # an interrupted call may have left something behind

    def run(call):
        nonlocal dirty
        if dirty:
            take(caught)
        dirty = True
        os.dup2(caught, 1)
        try:
            result = handle(call.body.decode("utf-8", "surrogateescape"))
        finally:
            flush()
            printed = take(caught)
            os.dup2(log, 1)
        dirty = False
        if result is None:
            return 0, 200, TEXT, printed
        if type(result) is bytes:
            returned = result
        else:
            returned = str(result).encode("utf-8", "surrogateescape")
        return 0, 200, TEXT, printed + returned + b"\n"

    return run


def memory_file():
    if hasattr(os, "memfd_create"):
        return os.memfd_create("answer")
    import tempfile
    fd, path = tempfile.mkstemp()
    os.unlink(path)
    return fd


def flush():
    try:
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):
        pass                         # the function replaced or closed it


def take(file):
    """What was written, leaving nothing."""
    size = os.lseek(file, 0, os.SEEK_CUR)
    if not size:
        return b""
    data = os.pread(file, size, 0)
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    return data
