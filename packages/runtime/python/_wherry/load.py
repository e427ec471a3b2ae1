"""LOAD: finds the function's file, imports it, recognises what it is, and sets up what will run its calls."""
import os
import sys

from .frames import LOADED, frame

SIGNATURES = ("event", "classic", "wsgi", "asgi")


class LoadError(Exception):
    def __init__(self, kind, message, detail=""):
        Exception.__init__(self, message)
        self.kind = kind
        self.detail = detail


def answer(board, conn, id, head):
    from . import text
    try:
        if board.crew is not None:
            raise LoadError("again", "this host has its function already")
        signature, limit = load(board, text.parse(head))
    except LoadError as problem:
        fields = {"ok": False, "kind": problem.kind, "message": str(problem), "detail": problem.detail}
    else:
        fields = {"ok": True, "signature": signature, "concurrency": limit, "ahead": getattr(board.crew, "ahead", 0)}
        if getattr(board.crew, "upgrades", False):
            fields["upgrades"] = True
    if board.forked:
        os._exit(0)                  # a child made while loading has come to the end of the file
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:            # replaced or closed by the function
            pass
    conn.out.append(frame(LOADED, id, head=text.write(fields)))


def load(board, wanted):
    code = os.path.abspath(wanted["code"])
    asked = wanted.get("signature") or "auto"
    board.contained = bool(wanted.get("contained"))
    os.environ.update(wanted.get("env") or {})
    if os.environ.get("WHERRY_NETWORK") == "none":
        from . import denied
        denied.explain()
    prepare(code)
    if os.environ.get("WHERRY_DEBUG"):
        from . import debug
        debug.open_debugger(os.environ["WHERRY_DEBUG"])
    guard_forks(board)
    from . import stop
    from .entry import find
    module = run_user_code(find, code, wanted["entry"])
    from .detect import detect
    signature, handler = detect(module, wanted["entry"], asked)
    stop.adopt()
    limit = int(wanted.get("concurrency") or 0)
    return signature, start(board, signature, handler, limit)


def prepare(code):
    try:
        os.chdir(code)
    except OSError as problem:
        raise LoadError("not-found", "%s: %s" % (code, problem.strerror))
    from . import paths
    paths.extend(code)
    import builtins
    builtins.exit = builtins.quit = sys.exit         # what `site` would have set
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def run_user_code(find, *args):
    """Import, and turn whatever goes wrong into a kind, a sentence and a stack."""
    from .fault import describe
    try:
        return find(*args)
    except LoadError:
        raise
    except SyntaxError as problem:
        where = "%s, line %s: " % (os.path.basename(problem.filename or "?"), problem.lineno)
        raise LoadError("syntax", where + str(problem.msg), stack(problem))
    except BaseException as problem:
        raise LoadError("threw", describe(problem), stack(problem))


def stack(problem):
    import traceback

    from .fault import users
    return "".join(traceback.format_exception(type(problem), problem, users(problem.__traceback__)))


def start(board, signature, handler, limit):
    import gc
    module = __import__("_wherry." + signature, fromlist=["x"])
    if signature == "asgi":
        limit = limit or 100
        board.crew = run_user_code(module.start, board, handler, limit)
    else:
        from .crew import Crew
        limit = 1 if signature == "classic" else limit or 8
        board.crew = Crew(board, module.runner(handler), limit, getattr(module, "admit", None))
    from . import rest
    gc.collect()
    gc.freeze()                      # what is loaded stays: later collections need not look at it
    board.size = rest.resident()
    return limit


def guard_forks(board):
    """A forked child of user code must not serve: it leaves the sockets, and ends where the handler returns."""

    def in_child():
        board.forked = True
        board.listener.close()
        for conn in board.conns.values():
            conn.sock.close()
        board.poller.close()
        if board.crew is not None:
            board.crew.forked()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)
