"""Messages of WebSocket in frames (RFC 6455 section 5), as a server reads and writes them. No extension is agreed to."""

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
LARGEST = 16 << 20                   # bytes of one message


class Broken(Exception):
    """The other side does not keep to it; `code` is what a close frame says of that."""

    def __init__(self, code):
        Exception.__init__(self, "the caller broke the rules of WebSocket (%d)" % code)
        self.code = code


class Reader:
    """Bytes as they come, in pieces of any size; whole messages and control frames."""

    def __init__(self):
        self.held = bytearray()
        self.kind = None             # of the message whose pieces come
        self.parts = []
        self.size = 0

    def feed(self, data):
        self.held += data
        while True:
            found = self.frame()
            if found is None:
                return
            final, kind, payload = found
            if kind >= CLOSE:
                if kind > PONG or not final or len(payload) > 125:
                    raise Broken(1002)
                yield kind, payload
                continue
            if (kind == 0) == (self.kind is None) or kind > BINARY:
                raise Broken(1002)
            self.kind = self.kind or kind
            self.size += len(payload)
            if self.size > LARGEST:
                raise Broken(1009)
            self.parts.append(payload)
            if final:
                kind, message = self.kind, b"".join(self.parts)
                self.kind, self.parts, self.size = None, [], 0
                yield kind, text_of(message) if kind == TEXT else message

    def frame(self):
        held = self.held
        if len(held) < 2:
            return None
        first, second = held[0], held[1]
        if first & 0x70 or not second & 0x80:        # bits of an extension; what a client sends is masked
            raise Broken(1002)
        size, at = second & 0x7F, 2
        if size > 125:
            at = 4 if size == 126 else 10
            if len(held) < at:
                return None
            size = int.from_bytes(held[2:at], "big")
        if size > LARGEST:
            raise Broken(1009)
        end = at + 4 + size
        if len(held) < end:
            return None
        payload = unmasked(bytes(held[at + 4:end]), bytes(held[at:at + 4]))
        del held[:end]
        return bool(first & 0x80), first & 0x0F, payload


def unmasked(data, mask):
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def text_of(message):
    try:
        return message.decode("utf-8")
    except UnicodeDecodeError:
        raise Broken(1007) from None


def frame(kind, payload):
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | kind, size))
    elif size < 1 << 16:
        head = bytes((0x80 | kind, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | kind, 127)) + size.to_bytes(8, "big")
    return head + payload


def close_frame(code, reason=""):
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode("utf-8")[:123])


def accept_key(key):
    """What the answer says to show that it was meant (section 4.2.2)."""
    from base64 import b64encode
    from hashlib import sha1
    return b64encode(sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
