"""The head of a call taken apart: request line, headers and query, as a Flask request shows them."""


def line(head):
    """(method, target, path, query), all as they came."""
    method, _, target = head[:head.find(b"\n")].decode("latin-1").partition(" ")
    path, _, query = target.partition("?")
    return method, target, path, query


def pairs(head):
    """Header lines as (name, value), in order."""
    lines = head.decode("latin-1").split("\n")
    return [tuple(one.split(":", 1)) for one in lines[1:] if one]


def decode(text):
    """Percent-decoded text; what isn't UTF-8 shows as replacement characters."""
    return unquote(text).decode("utf-8", "replace")


def unquote(text):
    if "%" not in text:
        return text.encode("latin-1")
    first, *parts = text.encode("latin-1").split(b"%")
    found = [first]
    for part in parts:
        digits = part[:2]
        found.append(bytes((int(digits, 16),)) if len(digits) == 2 and is_hex(digits) else b"%" + digits)
        found.append(part[2:])
    return b"".join(found)


def is_hex(digits):
    return not digits.strip(b"0123456789abcdefABCDEF")


class Headers:
    """Names in any case. Shown as `Content-Type`; a repeated name gives its first value, `getlist` gives all.

    Going through it gives pairs, as Flask's does; `dict(headers)` and `keys` give names.
    """

    def __init__(self, head):
        self.lists = {}
        for name, value in pairs(head):
            self.lists.setdefault(name.title(), []).append(value)

    def __getitem__(self, name):
        return self.lists[name.title()][0]

    def get(self, name, default=None, type=None):
        return convert(self.lists.get(name.title()), default, type)

    def getlist(self, name):
        return list(self.lists.get(name.title(), ()))

    get_all = getlist

    def __contains__(self, name):
        return name.title() in self.lists

    def keys(self):
        return self.lists.keys()

    def values(self):
        return [values[0] for values in self.lists.values()]

    def items(self):
        return [(name, values[0]) for name, values in self.lists.items()]

    def __iter__(self):
        return iter([(name, value) for name, values in self.lists.items() for value in values])

    def __len__(self):
        return len(self.lists)

    def __repr__(self):
        return "Headers(%r)" % list(self)


class Query(dict):
    """The query's parameters: a dict of first values, and all of them by `getlist`."""

    def __init__(self, query):
        self.lists = lists = {}
        for part in query.split("&"):
            if part:
                name, _, value = part.replace("+", " ").partition("=")
                lists.setdefault(decode(name), []).append(decode(value))
        dict.__init__(self, {name: values[0] for name, values in lists.items()})

    def get(self, name, default=None, type=None):
        return convert(self.lists.get(name), default, type)

    def getlist(self, name, type=None):
        return [value if type is None else type(value) for value in self.lists.get(name, ())]

    def to_dict(self, flat=True):
        return dict(self) if flat else {name: list(values) for name, values in self.lists.items()}


def convert(values, default, type):
    if not values:
        return default
    if type is None:
        return values[0]
    try:
        return type(values[0])
    except (TypeError, ValueError):
        return default
