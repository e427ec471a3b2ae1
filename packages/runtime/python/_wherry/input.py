"""A request body that is read from its connection piece by piece, as a file (wsgi.input)."""


class Input:
    def __init__(self, conn):
        self.conn = conn
        self.held = b""              # arrived, but not asked for yet
        self.ended = False

    def read(self, size=-1):
        if size is None or size < 0:
            parts = []
            while not self.ended or self.held:
                parts.append(self.some(1 << 18))
            return b"".join(parts)
        parts, left = [], size
        while left:
            data = self.some(left)
            if not data:
                break
            parts.append(data)
            left -= len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readline(self, size=-1):
        line = bytearray()
        limit = size if size is not None and size >= 0 else 1 << 62
        while len(line) < limit:
            data = self.some(min(8192, limit - len(line)))
            end = data.find(b"\n") + 1
            if end:
                line += data[:end]
                self.held = data[end:] + self.held
                break
            if not data:
                break
            line += data
        return bytes(line)

    def readlines(self, hint=-1):
        lines, size = [], 0
        for line in self:
            lines.append(line)
            size += len(line)
            if hint is not None and 0 < hint <= size:
                break
        return lines

    def __iter__(self):
        return iter(self.readline, b"")

    def close(self):
        pass                         # the connection isn't the application's

    def some(self, size):
        """Up to `size` bytes, as soon as there are any; none at the end."""
        if self.held:
            data, self.held = self.held[:size], self.held[size:]
            return data
        conn = self.conn
        while not conn.left:
            if self.ended:
                return b""
            conn.left = int.from_bytes(self.exactly(4), "big")
            if not conn.left:
                self.ended = conn.whole = True
                return b""
        data = self.arrived(min(size, conn.left))
        conn.left -= len(data)
        return data

    def exactly(self, size):
        data = self.arrived(size)
        while len(data) < size:
            data += self.arrived(size - len(data))
        return data

    def arrived(self, size):
        """What the reading thread got beyond the call's frame comes first."""
        conn = self.conn
        if conn.rest:
            data, conn.rest = conn.rest[:size], conn.rest[size:]
            return data
        try:
            data = conn.sock.recv(min(size, 1 << 18))
        except OSError:
            data = b""
        if not data:
            raise ConnectionAbortedError("the request body was cut short")
        return data
