"""Keeping `threading` right about the main thread."""
import sys


def name_main(main):
    """Before Python 3.13, `threading` takes the thread that imports it first for the main one, and signals and asyncio go
    by that. Handlers may import it on any thread, so it is imported before one runs elsewhere, and put right."""
    if "threading" in sys.modules:
        return
    import threading
    thread = threading._main_thread
    if thread._ident != main:
        threading._active.pop(thread._ident, None)
        thread._ident = main
        thread._set_native_id = lambda: None
        thread._native_id = None
        threading._active[main] = thread
