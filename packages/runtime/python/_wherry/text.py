"""JSON for LOAD and LOADED. The `json` package costs 4 ms and a megabyte, so only its C parts are used where they are."""


def parse(data):
    text = data.decode()
    try:
        from _json import make_scanner
    except ImportError:
        import json
        return json.loads(text)
    return make_scanner(Options)(text, 0)[0]


class Options:
    """What the scanner asks for."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo = {}


def write(fields):
    try:
        from _json import encode_basestring_ascii as quote
    except ImportError:
        from json import dumps as quote
    return ("{%s}" % ",".join('"%s":%s' % (name, value_text(value, quote)) for name, value in fields.items())).encode()


def value_text(value, quote):
    if value is True or value is False:
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quote(value)
