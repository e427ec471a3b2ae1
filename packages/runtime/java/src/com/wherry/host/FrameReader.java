package com.wherry.host;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Takes the bytes of a connection apart into frames. A frame that came whole is read in place. */
final class FrameReader {
  private final Connection connection;
  /** The beginning of a frame that was cut by a read. */
  private byte[] cut = Frames.NOTHING;
  private int held;

  FrameReader(Connection connection) {
    this.connection = connection;
  }

  /** Takes one frame, or what there is of it. */
  void take(ByteBuffer in) {
    if (held == 0 && in.remaining() >= 4) {
      int size = sizeAt(in, in.position());
      if (size == 0) return;
      if (in.remaining() >= size) {
        int start = in.position();
        in.position(start + size);
        frame(in, start, start + size);
        return;
      }
    }
    hold(in, 4);
    if (held < 4) return;
    ByteBuffer frame = ByteBuffer.wrap(cut);
    int size = sizeAt(frame, 0);
    if (size == 0) return;
    hold(in, size);
    if (held < size) return;
    held = 0;
    frame = ByteBuffer.wrap(cut);
    if (cut.length > Loop.READ_SIZE) cut = Frames.NOTHING;
    frame(frame, 0, size);
  }

  /** The bytes of the frame that begins there; 0 if it is none, and the connection has ended. */
  private int sizeAt(ByteBuffer bytes, int at) {
    int size = bytes.getInt(at);
    if (size >= Frames.HEADER - 4 && size <= Frames.LARGEST) return size + 4;
    connection.broken();
    return 0;
  }

  /** Keeps bytes until it has so many of the frame. */
  private void hold(ByteBuffer in, int wanted) {
    if (cut.length < wanted) {
      byte[] larger = new byte[Math.max(wanted, 512)];
      System.arraycopy(cut, 0, larger, 0, held);
      cut = larger;
    }
    int size = Math.min(wanted - held, in.remaining());
    if (size <= 0) return;
    in.get(cut, held, size);
    held += size;
  }

  private void frame(ByteBuffer bytes, int start, int end) {
    int id = bytes.getInt(start + 4);
    int type = bytes.get(start + 8);
    int aux = bytes.getInt(start + 12);
    int headSize = bytes.getInt(start + 16);
    int headStart = start + Frames.HEADER;
    if (headSize < 0 || headSize > end - headStart) {
      connection.broken();
      return;
    }
    switch (type) {
      case Frames.CALL:
        boolean streams = (bytes.get(start + 9) & Frames.STREAM) != 0;
        if (streams && connection.host.overtaken.remove(id)) {
          connection.broken();
          return;
        }
        String head = new String(copy(bytes, headStart, headSize), StandardCharsets.ISO_8859_1);
        byte[] body = copy(bytes, headStart + headSize, end - headStart - headSize);
        connection.call(new Call(connection, id, head, body, streams), streams);
        break;
      case Frames.CANCEL:
        if (aux == 0) connection.cancel(id);
        else connection.host.cancelAside(id);
        break;
      case Frames.PING:
        connection.outbox.frame(id, Frames.PONG, 0, 0, 0, "", Frames.NOTHING);
        break;
      case Frames.FETCH:
        connection.fetch(aux);
        break;
      case Frames.LOAD:
        connection.host.load(connection, id, new String(copy(bytes, headStart, headSize), StandardCharsets.UTF_8));
        break;
      case Frames.STOP:
        connection.host.stop();
        break;
      default:
    }
  }

  private static byte[] copy(ByteBuffer bytes, int start, int size) {
    if (size == 0) return Frames.NOTHING;
    byte[] copy = new byte[size];
    bytes.get(start, copy);
    return copy;
  }
}
