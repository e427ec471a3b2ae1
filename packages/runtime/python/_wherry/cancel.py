"""Telling a call that nobody waits for it any more. Only the reading thread begins this.

Pure Python code is interrupted by an exception raised in its thread. `Worker.cancelling` and `Worker.raised` make that
safe: the worker clears `call` before it looks at `cancelling`, and this side sets `cancelling` before it looks at `call`,
so either the worker sees that something may be on its way and waits for it (Crew.settle), or it is never sent.
"""
import sys
from _thread import allocate_lock, start_new_thread
from time import sleep

from .call import Cancelled
from .frames import DONE, frame

one_at_a_time = allocate_lock()


def by_id(board, conn, id):
    """CANCEL on the lane. A call that isn't found has been answered already."""
    crew = board.crew
    if crew is None:
        return
    call = find(board, conn, id)
    while call is None and crew.somebody_is_taking():
        call = find(board, conn, id)
    if call is not None:
        call.dropped = False
        cancel(board, call)


def by_end_of(board, conn):
    """A side connection has been ended by the gateway. False where no handler is concerned."""
    call = conn.call
    if call is None:
        return False
    drop(call, conn)
    return cancel(board, call)


def drop(call, conn):
    """Who ends the connection that fetches expects no DONE; who has sent CANCEL before does."""
    if not call.cancelled:
        call.dropped = call.conn is not conn


def find(board, conn, id):
    for call in board.crew.running():
        if call.id == id and call.conn is conn:
            return call
    for call in list(board.pending):
        if call.id == id and call.conn is conn:
            return call
    for stream in list(board.streams.values()):
        if stream.call.id == id and stream.call.conn is conn:
            return stream.call
    for side in list(board.conns.values()):          # a whole answer that is being written
        call = side.call
        if call is not None and call.id == id and call.conn is conn:
            return call
    return None


def cancel(board, call):
    """False where nobody has the call any more."""
    call.cancelled = True
    # Before what waits is woken: so it meets the interruption, and not a second one in its clean-up.
    taken = board.crew.interrupt(call)
    call.wake()
    if taken:
        return True
    try:
        board.pending.remove(call)
    except ValueError:
        stream = call.stream
        if stream is None or stream.data is None:
            return False             # its worker is just done with it, and sees the mark
        board.streams.pop(stream.number, None)
    if call.conn.aside:
        call.conn.cut()
    elif not call.dropped:
        call.conn.out.append(frame(DONE, call.id))
        call.conn.flush()
    return True


def all_of(board, conn):
    """The connection is lost, and with it every call that came by it."""
    calls = [call for call in board.crew.running() if call.conn is conn or fetched_by(call, conn)]
    calls += [call for call in list(board.pending) if call.conn is conn]
    calls += [stream.call for stream in list(board.streams.values()) if stream.call.conn is conn]
    calls += [side.call for side in list(board.conns.values()) if side.call is not None and side.call.conn is conn]
    for call in calls:
        drop(call, conn)
        cancel(board, call)


def fetched_by(call, conn):
    return call.stream is not None and call.stream.conn is conn


def raise_in(thread, exception):
    """Raise in another thread at its next step; with None, take back what it hasn't met yet."""
    import ctypes
    what = ctypes.py_object(exception) if exception is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)


def interrupt(worker, call):
    """Raise Cancelled in the worker if it runs this call's handler right now.

    Not while it imports something: that would leave the module's lock taken, and whoever imports it next would hang.
    """
    if not attempt(worker, call):
        start_new_thread(insist, (worker, call))


def attempt(worker, call):
    with one_at_a_time:
        if imports(worker.tid):
            return False
        worker.raised = False
        worker.cancelling = call
        if worker.call is call:
            raise_in(worker.tid, Cancelled)
        worker.raised = True
        return True


def insist(worker, call):
    while worker.serving is call:
        sleep(0.005)
        if attempt(worker, call):
            return


def imports(thread):
    place = sys._current_frames().get(thread)
    while place is not None:
        if place.f_code.co_filename.startswith("<frozen importlib"):
            return True
        place = place.f_back
    return False
