package com.wherry.host;

import java.io.IOException;
import java.io.OutputStream;

/** The body of an exchange's answer. Up to 64 KiB wait for its end and leave as one frame; what is more, or is flushed, leaves as it is written. */
final class AnswerStream extends OutputStream {
  private final Call call;
  private int status;
  private AnswerHead lines;
  /** As announced; -1 where the function doesn't know. */
  private long length;
  private long written;
  private byte[] buffer = Frames.NOTHING;
  private int size;
  private Outgoing stream;
  private boolean finished;
  private boolean closed;

  AnswerStream(Call call) {
    this.call = call;
  }

  /**
   * Status and headers are known. {@code announced} is the length as {@code sendResponseHeaders} has it: 0 where it is unknown, -1 where there
   * is no body.
   */
  synchronized void begin(int status, AnswerHead lines, long announced) {
    this.status = status;
    this.lines = lines;
    boolean headOnly = call.reply.isHeadOnly();
    boolean bodiless = announced < 0 || status == 204 || status == 304;
    length = bodiless && !headOnly ? 0 : announced > 0 ? announced : -1;
    finished = bodiless || headOnly;
    if (finished) call.reply.bare(status, lines, length);
  }

  @Override
  public synchronized void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] from, int offset, int count) throws IOException {
    if (lines == null) throw new IOException("the headers of this answer have not been sent yet");
    if (closed) throw new IOException("this answer has been closed");
    if (length >= 0 && count > length - written)
      throw new IOException("the function announced " + length + " bytes and writes more");
    written += count;
    // Then the caller has asked for the head only.
    if (finished) return;
    if (size + count > Frames.SMALL) send();
    if (size + count > Frames.SMALL || stream != null && count >= Frames.SMALL) stream().write(from, offset, count);
    else hold(from, offset, count);
    if (written == length) finish();
  }

  /** What was written so far is sent, and all that follows will be. */
  @Override
  public synchronized void flush() throws IOException {
    if (lines == null || finished) return;
    stream();
    send();
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed || lines == null) return;
    closed = true;
    if (finished) return;
    if (length < 0 || written == length) {
      finish();
      return;
    }
    finished = true;
    call.reply.fault(new BadAnswer("the function announced " + length + " bytes and wrote " + written));
  }

  private void finish() throws IOException {
    finished = true;
    if (stream == null) {
      byte[] body = new byte[size];
      System.arraycopy(buffer, 0, body, 0, size);
      call.reply.whole(status, lines, "", body);
    } else {
      send();
      stream.end();
    }
    buffer = Frames.NOTHING;
  }

  /** Sends what is held, if anything. */
  private void send() throws IOException {
    if (size == 0) return;
    int count = size;
    size = 0;
    stream().write(buffer, 0, count);
  }

  private Outgoing stream() throws IOException {
    if (stream == null) stream = call.begin(status, lines.apart("", length), length);
    if (stream == null) throw new Gone("nobody waits for this answer any more");
    return stream;
  }

  private void hold(byte[] from, int offset, int count) {
    if (size + count > buffer.length) {
      int wanted = Math.max(size + count, Math.max(1024, Math.min(2 * buffer.length, Frames.SMALL)));
      byte[] larger = new byte[wanted];
      System.arraycopy(buffer, 0, larger, 0, size);
      buffer = larger;
    }
    System.arraycopy(from, offset, buffer, size, count);
    size += count;
  }
}
