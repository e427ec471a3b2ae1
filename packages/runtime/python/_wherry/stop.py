"""The end: SIGTERM for user code and its children, then exit with 0."""
import os
import sys
import _signal
from _thread import get_ident
from time import monotonic as clock, sleep

TERM = _signal.SIGTERM
CHILDREN_HAVE = 2.0              # seconds to end after their SIGTERM; the gateway kills what is left anyway

stopping = raised = False
main = get_ident()                   # this module is imported while the main thread loads the function


def adopt():
    """After loading: learn when the function's own SIGTERM handler has returned, as only the main thread runs it."""
    theirs = _signal.getsignal(TERM)
    if not callable(theirs):
        return

    def handler(number, stack):
        try:
            theirs(number, stack)
        except SystemExit as end:
            leave(exit_code(end))
        if stopping:
            leave(0)

    _signal.signal(TERM, handler)


def stop(board):
    global stopping
    if board.crew is not None and board.crew.ends(board):
        return                       # it has something to do first, and calls again
    stopping = True
    for one in list(board.conns.values()):
        one.flush()
    children = signal_children(board.contained)
    if terminate_self():
        waited = clock() + 1.0       # a handler that was set after loading isn't ours to wait for
        while get_ident() != main and (clock() < waited or adopted()):
            sleep(0.02)
    ended = clock() + CHILDREN_HAVE
    while children and clock() < ended and child_left():
        sleep(0.01)
    leave(0)


def terminate_self():
    """True where the function has a handler for SIGTERM; it runs on the main thread. Nothing happens twice."""
    global raised
    if raised or not callable(_signal.getsignal(TERM)):
        return False
    raised = True
    os.kill(os.getpid(), TERM)
    return True


def adopted():
    handler = _signal.getsignal(TERM)
    return getattr(handler, "__module__", "") == __name__


def signal_children(contained):
    try:
        if contained:
            os.kill(-1, TERM)        # everyone in our process namespace but ourselves
            return True
        found = []
        for task in os.listdir("/proc/self/task"):
            with open("/proc/self/task/%s/children" % task) as file:
                found += file.read().split()
        for child in found:
            os.kill(int(child), TERM)
        return bool(found)
    except OSError:
        return False


def child_left():
    try:
        return os.waitpid(-1, os.WNOHANG) >= (0, 0)
    except ChildProcessError:
        return False


def exit_code(end):
    code = end.code
    return code if isinstance(code, int) else 0 if code is None else 1


def leave(code):
    try:
        import atexit
        atexit._run_exitfuncs()
    except BaseException:
        pass
    leave_child(code)


def leave_child(code=0):
    """End without the exit functions, which are the parent's."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    os._exit(code)
