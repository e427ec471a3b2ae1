"""From the start of the process to the first turn of the board."""
import gc
import os
import sys
import _socket

from .board import Board


def main(path):
    ready = has_ready_pipe()         # asked first: later the socket itself could be number 3
    listener = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        listener.bind(path)
        listener.listen(128)
    except OSError as problem:
        os.write(2, ("wherry: can't listen on %s: %s\n" % (path, problem.strerror)).encode())
        return 1
    if ready:
        os.write(3, b'{"protocol":1,"runtime":"python","version":"%d.%d.%d"}\n' % sys.version_info[:3])
        os.close(3)
    board = Board(listener)
    # Nobody waits now: what a function needs anyway is there before it comes.
    from . import answer, crew, detect, entry, event, fault, load, paths, rest, stop, text
    text.write(text.parse(b'{"a": "b"}'))
    compile(b"pass", "", "exec")     # the first one costs a millisecond
    gc.freeze()                      # collections, also the one after loading, need not look at any of this
    while board.crew is None:
        board.turn()
        if board.pending and board.crew is None:
            refuse(board)
    try:
        board.crew.lead()
    except SystemExit as end:        # from a signal handler of the function's
        stop.leave(stop.exit_code(end))
    except KeyboardInterrupt:
        os._exit(130)
    except BaseException as problem:
        fault.end_of_host(problem)


def has_ready_pipe():
    try:
        os.fstat(3)
    except OSError:
        return False
    return True


def refuse(board):
    from .fault import TEXT
    from .frames import ANSWER, FAULT, frame
    while board.pending:
        call = board.pending.popleft()
        call.conn.out.append(frame(ANSWER, call.id, FAULT, 500, 0, TEXT, b"no function has been loaded"))
        call.conn.flush()
