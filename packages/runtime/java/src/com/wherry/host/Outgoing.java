package com.wherry.host;

import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * An answer whose body comes in chunks: on the side connection of its call, or on the one by which the gateway fetches it. Until it is fetched
 * it holds a little, and then whoever writes waits.
 */
final class Outgoing {
  /** Nanoseconds within which it is fetched, or dropped. */
  static final long PATIENCE = 10_000_000_000L;

  final Call call;
  /** When nobody will come any more, by {@link System#nanoTime}. */
  final long until = System.nanoTime() + PATIENCE;
  /** What is still to come of a body of known length; -1 where it is unknown, and each piece a chunk. */
  private long left;
  private Connection target;
  private int number;
  private byte[] held = Frames.NOTHING;
  private int heldSize;
  private byte[] whole;
  private boolean ended;
  private boolean failed;
  private boolean dropped;

  Outgoing(Call call, long length) {
    this.call = call;
    // More than the length of a chunk can say comes in several.
    left = length > 0xffffffffL ? -1 : length;
  }

  /** Tells the gateway status and headers. */
  void announce(int status, String lines) {
    Connection connection = call.connection;
    boolean aside = call.incoming != null;
    synchronized (this) {
      if (dropped) return;
      if (aside) target = connection;
      else number = connection.host.unfetched.add(this);
      connection.outbox.frame(
          call.id, Frames.HEAD, aside ? Frames.STREAM : 0, status, number, lines, Frames.NOTHING);
      if (left > 0) length(left);
    }
    connection.outbox.flush();
  }

  /** All of the body: nobody waits until it has left. */
  void whole(byte[] body) {
    synchronized (this) {
      if (dropped) return;
      left = 0;
      if (target == null) whole = body;
      else target.outbox.large(body);
    }
    end();
  }

  /**
   * Sends a piece, as soon as there is room for it.
   *
   * @throws IOException if nobody waits for it any more
   */
  void write(byte[] from, int offset, int size) throws IOException {
    for (int end = offset + size; offset < end; offset += Frames.SMALL)
      piece(from, offset, Math.min(Frames.SMALL, end - offset));
  }

  private void piece(byte[] from, int offset, int size) throws IOException {
    try {
      Connection to = room(from, offset, size);
      if (to == null) return;
      to.outbox.flush();
      to.outbox.awaitRoom(Frames.SMALL);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while sending the answer");
    }
  }

  private synchronized Connection room(byte[] from, int offset, int size) throws IOException, InterruptedException {
    while (target == null && heldSize >= Frames.SMALL && !dropped) wait();
    if (dropped) throw new Gone("nobody waits for this answer any more");
    if (left < 0) length(size);
    else left -= size;
    if (target == null) hold(from, offset, size);
    else target.outbox.bytes(from, offset, size);
    return target;
  }

  void end() {
    finish(false);
  }

  /** It will never be whole. */
  void fail() {
    finish(true);
  }

  private void finish(boolean fails) {
    synchronized (this) {
      if (ended || dropped) return;
      ended = true;
      failed = fails || left > 0;
      if (target == null) return;
    }
    close();
  }

  /** Called by the loop: the gateway takes the chunks there. False if it is too late. */
  boolean attach(Connection connection) {
    boolean complete;
    synchronized (this) {
      if (dropped) return false;
      target = connection;
      connection.outbox.bytes(held, 0, heldSize);
      if (whole != null) connection.outbox.large(whole);
      held = whole = null;
      complete = ended;
      notifyAll();
    }
    if (complete) close();
    else connection.outbox.flush();
    return true;
  }

  /** Everything was handed to the connection, which is free for the next before the gateway sees the end; or given up where the body was cut. */
  private void close() {
    Connection to = target;
    boolean fetched = to != call.connection;
    if (fetched) to.fetchEnded();
    if (!call.streamed()) return;
    if (failed) to.cut();
    else {
      to.outbox.number(0);
      if (fetched) to.outbox.flush();
      else call.leaveConnection();
    }
    call.settle();
  }

  /** Nobody wants it any more. */
  void drop() {
    synchronized (this) {
      dropped = true;
      held = whole = null;
      heldSize = 0;
      notifyAll();
    }
    if (number != 0) call.connection.host.unfetched.take(number);
    if (target == null) return;
    // The end of a side connection says that the handler has returned, which may take a moment.
    if (target == call.connection) target.outbox.close();
    else target.close();
  }

  /** The length of the chunk that follows. */
  private void length(long size) {
    if (target != null) {
      target.outbox.number((int) size);
      return;
    }
    byte[] four = new byte[4];
    Frames.put32(four, 0, (int) size);
    hold(four, 0, 4);
  }

  private void hold(byte[] from, int offset, int size) {
    if (heldSize + size > held.length) {
      byte[] larger = new byte[Math.max(heldSize + size, Math.min(2 * held.length, 2 * Frames.SMALL))];
      System.arraycopy(held, 0, larger, 0, heldSize);
      held = larger;
    }
    System.arraycopy(from, offset, held, heldSize, size);
    heldSize += size;
  }
}
