package com.wherry.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * What is on its way out on a connection. Any thread appends; whoever flushes first writes for all, so that what is answered at the same
 * time leaves with one write. The channel never blocks: an interrupted thread that blocked in a channel would close it.
 */
final class Outbox {
  /** As much as one write takes. The JDK copies it into memory that it then keeps for the thread. */
  private static final int SLICE = 65536;
  private static final int FIRST_SIZE = 1024;

  private final Connection connection;
  private final SocketChannel channel;
  /** What was appended last, and an array of the same use that is free. */
  private byte[] filling = Frames.NOTHING;
  private byte[] spare = Frames.NOTHING;
  private int used;
  /** Before it in order: bodies that were not copied, and what was appended before them. */
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>(2);
  private ByteBuffer leaving;
  private long waiting;
  private boolean writing;
  private boolean blocked;
  private boolean closed;

  Outbox(Connection connection, SocketChannel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  /** Appends a frame. It leaves with the next {@link #flush}. */
  synchronized void frame(int id, int type, int flags, int status, int aux, String head, byte[] body) {
    byte[] lines = head.isEmpty() ? Frames.NOTHING : head.getBytes(StandardCharsets.ISO_8859_1);
    int size = Frames.HEADER + lines.length + body.length;
    int start = room(size);
    byte[] to = filling;
    Frames.put32(to, start, size - 4);
    Frames.put32(to, start + 4, id);
    to[start + 8] = (byte) type;
    to[start + 9] = (byte) flags;
    to[start + 10] = (byte) (status >> 8);
    to[start + 11] = (byte) status;
    Frames.put32(to, start + 12, aux);
    Frames.put32(to, start + 16, lines.length);
    System.arraycopy(lines, 0, to, start + Frames.HEADER, lines.length);
    System.arraycopy(body, 0, to, start + Frames.HEADER + lines.length, body.length);
  }

  synchronized void number(int value) {
    int at = room(4);
    Frames.put32(filling, at, value);
  }

  synchronized void bytes(byte[] from, int offset, int length) {
    int at = room(length);
    System.arraycopy(from, offset, filling, at, length);
  }

  /** Appends bytes that nobody changes any more, without copying them. */
  synchronized void large(byte[] bytes) {
    seal();
    // Read-only, so that its array is never taken for one of ours.
    queue.add(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    waiting += bytes.length;
  }

  /** Writes as much as the peer has room for. The loop goes on with the rest when there is more. */
  void flush() {
    for (ByteBuffer bytes = next(); bytes != null; bytes = next()) {
      boolean room = false;
      try {
        room = write(bytes);
      } catch (IOException lost) {
        close();
        connection.lost();
      } finally {
        written(bytes, room);
      }
    }
    connection.flushed();
  }

  /** The peer has room again: called by the loop. */
  void ready() {
    synchronized (this) {
      blocked = false;
    }
    flush();
  }

  synchronized boolean isEmpty() {
    return waiting == 0 || closed;
  }

  /**
   * Waits until no more than {@code most} bytes wait to be written.
   *
   * @throws IOException if the connection has ended
   * @throws InterruptedException if the call is cancelled
   */
  synchronized void awaitRoom(int most) throws IOException, InterruptedException {
    while (waiting > most && !closed) wait();
    if (closed) throw new Gone("nobody reads this answer any more");
  }

  synchronized void close() {
    closed = true;
    queue.clear();
    leaving = null;
    filling = spare = Frames.NOTHING;
    used = 0;
    notifyAll();
  }

  /** Lets go of memory while nothing happens. */
  synchronized void rest() {
    spare = Frames.NOTHING;
    if (used == 0) filling = Frames.NOTHING;
  }

  /** Makes room for so many bytes at the end, and says where. */
  private int room(int size) {
    int start = used;
    if (start + size > filling.length) {
      int length = Math.max(FIRST_SIZE, filling.length);
      while (length < start + size) length *= 2;
      byte[] larger = new byte[length];
      System.arraycopy(filling, 0, larger, 0, start);
      filling = larger;
    }
    used = start + size;
    waiting += size;
    return start;
  }

  private void seal() {
    if (used == 0) return;
    queue.add(ByteBuffer.wrap(filling, 0, used));
    filling = Frames.NOTHING;
    used = 0;
  }

  /** What is to be written next; null where there is nothing, or somebody else writes. */
  private synchronized ByteBuffer next() {
    if (writing || blocked || closed) return null;
    if (leaving == null) leaving = queue.poll();
    if (leaving == null) {
      if (used == 0) return null;
      leaving = ByteBuffer.wrap(filling, 0, used);
      filling = spare;
      spare = Frames.NOTHING;
      used = 0;
    }
    writing = true;
    return leaving;
  }

  /** Whether all of it has left. */
  private boolean write(ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + SLICE));
      int sent = channel.write(bytes);
      boolean whole = !bytes.hasRemaining();
      bytes.limit(end);
      sent(sent);
      if (!whole) return false;
    }
    return true;
  }

  private synchronized void sent(int count) {
    waiting -= count;
    notifyAll();
  }

  private synchronized void written(ByteBuffer bytes, boolean whole) {
    writing = false;
    if (closed) return;
    if (!whole) {
      blocked = true;
      connection.watch().room();
      return;
    }
    leaving = null;
    if (!bytes.hasArray()) return;
    int length = bytes.array().length;
    if (length <= SLICE && length > spare.length) spare = bytes.array();
  }
}
