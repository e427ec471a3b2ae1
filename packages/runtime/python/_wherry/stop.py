"""The end: SIGTERM for user code and its children, what is in flight is answered, then the process exits with 0."""
import os
import sys
import _signal
from time import monotonic as clock, sleep

from .conn import DRAIN, FRAMES

TERM = _signal.SIGTERM
CHILDREN_HAVE = 2.0              # seconds to end after their SIGTERM; the gateway kills what is left anyway
HANDLER_HAS = 1.0                # seconds to begin, for a handler that was set after loading and can't be asked

stopping = children = False
unheard = 0.0                    # until then the function's own handler may not have run yet


def adopt():
    """After loading: learn when the function's own SIGTERM handler has returned, as only the main thread runs it."""
    theirs = _signal.getsignal(TERM)
    if not callable(theirs):
        return

    def handler(number, stack):
        global unheard
        try:
            theirs(number, stack)
        except SystemExit as end:
            if not stopping:
                leave(exit_code(end))
        finally:
            unheard = 0.0

    _signal.signal(TERM, handler)


def stop(board):
    global stopping, children, unheard
    if stopping:
        return
    board.stopping = stopping = True
    children = signal_children(board.crew is not None and board.contained)
    handler = _signal.getsignal(TERM)
    if callable(handler):
        unheard = float("inf") if handler.__module__ == __name__ else clock() + HANDLER_HAS
        os.kill(os.getpid(), TERM)
    if board.crew is None:
        finish()
    board.crew.wind_down(board)


def proceed(board):
    """End if nothing is in flight any more."""
    if not in_flight(board) and clock() > unheard:
        finish()


def in_flight(board):
    for conn in list(board.conns.values()):
        conn.flush()
        if conn.unsent is not None or conn.out or conn.state not in (FRAMES, DRAIN):
            return True
    return bool(board.pending or board.streams or board.crew.running())


def finish():
    until = clock() + CHILDREN_HAVE
    while children and clock() < until and child_left():
        sleep(0.01)
    leave(0)


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
