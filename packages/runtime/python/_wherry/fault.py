"""What the caller sees, and what the log sees, when a handler fails."""
import sys

from .call import Cancelled
from .frames import FAULT

TEXT = b"content-type:text/plain; charset=utf-8\n"
HERE = __file__.rpartition("/")[0]


class BadAnswer(Exception):
    """The handler returned something that can't be expressed in HTTP. Its text says what."""


def fault(problem):
    """The answer for an exception of the handler; the stack goes to standard error."""
    if isinstance(problem, BadAnswer):
        text = str(problem)
        complain(text)
    elif isinstance(problem, Cancelled):
        text = "cancelled"
    else:
        text = describe(problem)
        show(problem)
    return FAULT, 500, TEXT, text.encode("utf-8", "replace")


def describe(problem):
    try:
        text = str(problem)
    except Exception:
        text = ""
    name = type(problem).__name__
    return name + ": " + text if text else name


def users(trace):
    """The part of a traceback that is the user's: the host's own frames say nothing to them."""
    whole = trace
    while trace is not None and (trace.tb_frame.f_code.co_filename.startswith((HERE, "<frozen importlib"))):
        trace = trace.tb_next
    return trace or whole


def show(problem):
    try:
        problem.__traceback__ = users(problem.__traceback__)
        sys.__excepthook__(type(problem), problem, problem.__traceback__)
        sys.stderr.flush()
    except BaseException:           # standard error closed or replaced by something broken: the answer matters more
        complain(describe(problem))


def end_of_host(problem):
    """Something is wrong with the host itself, or with what it stands on: better no host than half of one."""
    import os
    complain("wherry: the Python host can't go on: " + describe(problem))
    os._exit(70)


def complain(text):
    import os
    try:
        os.write(2, (text + "\n").encode("utf-8", "replace"))
    except OSError:
        pass
