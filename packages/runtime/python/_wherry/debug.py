"""Lets a debugger in before the function's code is read. The gateway brings it to this port, wherever that is reachable from."""

from importlib import import_module


def open_debugger(how):
    """`how` is PORT or PORT,wait: then nothing goes on until a debugger is there. debugpy comes with a build for debugging."""
    port, _, wait = how.partition(",")
    try:
        debugpy = import_module("debugpy")    # the function's own, not ours
    except ImportError:
        print("no debugger: debugpy is not among the function's libraries (add it to requirements.txt)")
        return
    debugpy.listen(("127.0.0.1", int(port)), in_process_debug_adapter=True)
    if wait:
        debugpy.wait_for_client()
