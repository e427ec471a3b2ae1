package com.wherry.host;

/**
 * One call: what came, and the one way out. Whatever a handler does with it, it ends exactly once, as an answer, a stream, or cancelled;
 * everything after that is dropped.
 */
final class Call implements Runnable {
  final Connection connection;
  final int id;
  /** The request line and the header lines, as they came. */
  final RequestHead head;
  /** The body that comes in chunks; null where it came with the call. */
  final Incoming incoming;
  final Reply reply = new Reply(this);
  private final long since = System.nanoTime();
  private byte[] body;
  private Outgoing stream;
  /** Who runs the handler right now, and is interrupted if nobody waits any more. */
  private Thread thread;
  /** Its handler is not to run before the body is there. */
  private boolean waits;
  private boolean begun;
  private boolean cancelled;
  /** Nothing is said about it any more. */
  private boolean over;
  /** Its handler has returned, or will never run. */
  private boolean returned;
  private boolean settled;

  Call(Connection connection, int id, String head, byte[] body, boolean streams) {
    this.connection = connection;
    this.id = id;
    this.head = new RequestHead(head);
    this.body = body;
    Signature signature = connection.host.signature;
    incoming = streams ? new Incoming(connection, this, signature == null || !signature.streams()) : null;
    waits = streams && incoming.isWhole();
  }

  /** Lets the handler run as soon as it may. */
  void start() {
    if (connection.host.signature == null) refuse(Frames.FAULT, 500, "the function is not loaded yet");
    else if (!waits) connection.host.workers.submit(this);
  }

  /** Something of the body has arrived. */
  void arrived() {
    synchronized (this) {
      if (!waits || cancelled) return;
      if (incoming.hasEnded() && !incoming.isTooLarge()) {
        body = incoming.all();
        waits = false;
      }
    }
    if (!waits) connection.host.workers.submit(this);
    else if (incoming.isTooLarge()) refuse(0, 413, Incoming.TOO_LARGE);
  }

  /** The body of a call whose handler gets it at once. */
  byte[] body() {
    return body;
  }

  @Override
  public void run() {
    if (enter()) {
      try {
        connection.host.signature.call(this);
      } catch (Throwable problem) {
        reply.fault(problem);
      }
    }
    leave();
  }

  private synchronized boolean enter() {
    if (cancelled && !isCut()) return false;
    thread = Thread.currentThread();
    // Whoever has interrupted it before did not mean this call.
    Thread.interrupted();
    if (cancelled) thread.interrupt();
    return true;
  }

  /** Whether only a part of its body came. Its handler hears of that even if it hadn't begun: half a request may be worth a line in a log. */
  private boolean isCut() {
    return incoming != null && !incoming.isWhole() && !incoming.hasEnded();
  }

  private void leave() {
    synchronized (this) {
      thread = null;
      returned = true;
    }
    settle();
  }

  /** Answers without the handler. */
  private void refuse(int flags, int status, String why) {
    synchronized (this) {
      waits = false;
      returned = true;
    }
    reply.text(flags, status, why);
  }

  /** Whether anybody still waits for an answer. */
  synchronized boolean isCancelled() {
    return cancelled;
  }

  /** The whole answer in one frame. */
  void send(int flags, int status, String lines, byte[] body) {
    synchronized (this) {
      if (begun || cancelled || over) return;
      begun = over = true;
    }
    connection.forget(this);
    int micros = (int) Math.max(1, Math.min(Integer.MAX_VALUE, (System.nanoTime() - since) / 1000));
    connection.outbox.frame(id, Frames.ANSWER, flags, status, micros, lines, body);
    leaveConnection();
    settle();
  }

  /** The answer that was begun, if it comes in pieces. */
  synchronized Outgoing stream() {
    return stream;
  }

  /** Begins an answer whose body comes in pieces, of {@code length} bytes or of -1, unknown. Null where nobody waits for one. */
  Outgoing begin(int status, String lines, long length) {
    synchronized (this) {
      if (begun || cancelled || over) return null;
      begun = true;
      stream = new Outgoing(this, length);
    }
    stream.announce(status, lines);
    return stream;
  }

  /** Nothing more comes of the answer but its end. False if nobody waits for that. */
  boolean streamed() {
    synchronized (this) {
      if (over || cancelled) return false;
      over = true;
    }
    connection.forget(this);
    return true;
  }

  /** What was appended for it leaves; a connection whose request wasn't read to its end leaves with it. */
  void leaveConnection() {
    if (incoming != null && !incoming.hasEnded()) {
      incoming.cut();
      connection.hangUp();
    } else connection.outbox.flush();
  }

  /**
   * Nobody waits any more: tells the handler. Called by the loop. {@code atOnce}: the gateway knows already, and its id may come again;
   * otherwise it is told when the handler has returned.
   */
  void cancel(boolean atOnce) {
    Outgoing dropped;
    synchronized (this) {
      if (over) return;
      if (atOnce && !cancelled) over = true;
      cancelled = true;
      if (thread != null) thread.interrupt();
      else if (waits || !isCut() && connection.host.workers.remove(this)) returned = true;
      dropped = stream;
    }
    if (incoming != null) incoming.cut();
    if (dropped != null) dropped.drop();
    if (atOnce) connection.forget(this);
    settle();
  }

  /** Brings the call to its end once nothing of it is left. */
  void settle() {
    boolean acknowledges = false;
    synchronized (this) {
      if (settled || !returned || !over && !cancelled) return;
      settled = true;
      if (!over) acknowledges = over = true;
    }
    if (acknowledges) acknowledge();
    connection.host.ended();
  }

  private void acknowledge() {
    connection.forget(this);
    if (incoming != null) connection.close();
    else {
      connection.outbox.frame(id, Frames.DONE, 0, 0, 0, "", Frames.NOTHING);
      connection.outbox.flush();
    }
  }
}
