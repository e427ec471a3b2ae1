"""Frames of the runtime protocol: their numbers, and how they are written."""
from _struct import Struct

HEADER = Struct(">IIBBHII")      # size, id, type, flags, status, aux, head size
pack, unpack = HEADER.pack, HEADER.unpack_from

LOAD, LOADED, CALL, ANSWER, HEAD, FETCH, CANCEL, DONE, PING, PONG, STOP = range(1, 12)
STREAM, FAULT = 1, 2             # flags

LARGEST = 1 << 20                # a frame past this means that the peer is broken
SMALL = 65536                    # an answer up to this goes in one frame

END = b"\0\0\0\0"                # the chunk that ends a body


def frame(kind, id=0, flags=0, status=0, aux=0, head=b"", body=b""):
    return pack(16 + len(head) + len(body), id, kind, flags, status, aux, len(head)) + head + body


def chunk(data):
    return len(data).to_bytes(4, "big") + data
