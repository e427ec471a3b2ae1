"""What kind of function a module holds."""
from .load import SIGNATURES, LoadError

HANDLERS = ("handle", "handler")
APPLICATIONS = ("app", "application")


def detect(module, entry, asked):
    """(signature, handler) of a module; `asked` is what the deployment says, often `auto`."""
    if asked == "auto":
        for name in HANDLERS + APPLICATIONS:
            handler = getattr(module, name, None)
            if callable(handler):
                return recognise(handler, name in APPLICATIONS), handler
        missing(entry, "handle(event, context), handle(req), app or application")
    if asked not in SIGNATURES:
        raise LoadError("no-handler", "%s is not a signature of Python functions: %s, or auto" % (asked, ", ".join(SIGNATURES)))
    application = asked in ("wsgi", "asgi")
    for name in APPLICATIONS + HANDLERS if application else HANDLERS:
        handler = getattr(module, name, None)
        if callable(handler):
            return asked, handler
    missing(entry, "app or application" if application else "handle")


def missing(entry, names):
    raise LoadError("no-handler", "%s defines nothing that can be called: %s is looked for" % (entry, names))


def recognise(handler, application):
    names, coroutine = parameters(handler)
    first = names[0] if names else ""
    if first == "environ":
        return "wsgi"
    if len(names) >= 3 or coroutine and first == "scope":
        return "asgi"
    if application:
        return "asgi" if coroutine else "wsgi"
    return "classic" if len(names) == 1 else "event"


def parameters(handler):
    """The names of the positional parameters, and whether it is a coroutine function."""
    handler = unwrap(handler)
    bound = getattr(handler, "__self__", None) is not None
    if isinstance(handler, type):
        handler, bound = unwrap(handler.__init__), True
    elif not hasattr(handler, "__code__"):
        handler, bound = unwrap(type(handler).__call__), True
    code = getattr(handler, "__code__", None)
    if code is None:
        return (), False
    names = code.co_varnames[:code.co_argcount]
    return names[1:] if bound else names, bool(code.co_flags & 0x80)


def unwrap(handler):
    for _ in range(20):
        inner = getattr(handler, "__wrapped__", None)
        if inner is None:
            break
        handler = inner
    return handler
