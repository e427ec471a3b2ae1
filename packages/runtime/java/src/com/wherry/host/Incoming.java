package com.wherry.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;

/**
 * The body of a request that arrives in chunks. The loop puts in what has arrived, the handler takes out; while it holds much, the
 * connection isn't read. Where the handler wants all of it at once, it grows up to {@link #MOST} instead.
 */
final class Incoming extends InputStream {
  /** Bytes of a body that are held for a handler which wants the whole: growing takes three times as much. */
  static final int MOST = (int) Math.min(16 << 20, Runtime.getRuntime().maxMemory() / 8);
  static final String TOO_LARGE =
      "this function takes request bodies of up to " + (MOST >> 10) + " KiB; HttpHandlers can read larger ones";
  private static final int RING = 2 * Loop.READ_SIZE;

  final Call call;
  private final Connection connection;
  private final boolean whole;
  /** The bytes held are from {@code start} on, around the end of the array where it is a ring. */
  private byte[] bytes = Frames.NOTHING;
  private int start;
  private int held;
  /** Of the chunk that arrives: bytes to come, and its length while that is put together. */
  private long left;
  private int lengthBytes;
  private boolean ended;
  private boolean broken;
  private boolean paused;

  Incoming(Connection connection, Call call, boolean whole) {
    this.connection = connection;
    this.call = call;
    this.whole = whole;
    if (!whole) bytes = new byte[RING];
  }

  /** Takes from {@code in} what belongs to this body. Called by the loop, for a ring only while there is room for one read. */
  synchronized void take(ByteBuffer in) {
    while (in.hasRemaining() && !ended) {
      if (lengthBytes < 4) {
        left = left << 8 | in.get() & 0xff;
        if (++lengthBytes == 4 && left == 0) ended = true;
        continue;
      }
      int size = (int) Math.min(left, in.remaining());
      if (broken || isTooLarge()) in.position(in.position() + size);
      else put(in, size);
      left -= size;
      if (left == 0) lengthBytes = 0;
    }
    if (!whole && !ended && !broken && bytes.length - held < Loop.READ_SIZE) {
      paused = true;
      connection.watch().ignoreArrival();
    }
    notifyAll();
  }

  /** Whether the handler is to get it all at once. */
  boolean isWhole() {
    return whole;
  }

  /** Whether all of it has arrived. */
  synchronized boolean hasEnded() {
    return ended;
  }

  synchronized boolean isTooLarge() {
    return whole && held > MOST;
  }

  /** All of the body, once it has ended. */
  synchronized byte[] all() {
    if (bytes.length == held) return bytes;
    byte[] exact = new byte[held];
    System.arraycopy(bytes, 0, exact, 0, held);
    bytes = Frames.NOTHING;
    return exact;
  }

  /** It will never be whole, or nobody wants it. */
  synchronized void cut() {
    if (broken) return;
    broken = true;
    bytes = Frames.NOTHING;
    held = 0;
    paused = false;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** @throws IOException if the caller has gone before the end of the body */
  @Override
  public synchronized int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) return 0;
    await();
    if (held == 0) return -1;
    int size = Math.min(length, held);
    int first = Math.min(size, bytes.length - start);
    System.arraycopy(bytes, start, to, offset, first);
    System.arraycopy(bytes, 0, to, offset + first, size - first);
    start = (start + size) % bytes.length;
    held -= size;
    if (paused && bytes.length - held >= Loop.READ_SIZE) {
      paused = false;
      connection.watch().arrival();
    }
    return size;
  }

  @Override
  public synchronized int available() {
    return held;
  }

  private void await() throws IOException {
    while (held == 0 && !ended && !broken) {
      try {
        wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        if (!broken) throw new InterruptedIOException("interrupted while reading the request");
      }
    }
    if (broken) throw new Gone("the caller has gone before the end of the request");
  }

  private void put(ByteBuffer in, int size) {
    if (whole) grow(size);
    int end = whole ? held : (start + held) % bytes.length;
    int first = Math.min(size, bytes.length - end);
    in.get(bytes, end, first);
    in.get(bytes, 0, size - first);
    held += size;
  }

  private void grow(int size) {
    if (held + size <= bytes.length) return;
    int length = Math.max(4096, bytes.length);
    while (length < held + size) length *= 2;
    byte[] larger = new byte[length];
    System.arraycopy(bytes, 0, larger, 0, held);
    bytes = larger;
  }
}
