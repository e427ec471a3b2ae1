package com.wherry.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One connection of the gateway. A lane and a side connection differ only in what comes by them. The loop reads; any thread may write by the
 * outbox, and end it.
 */
final class Connection {
  private enum Ending { NONE, DRAINS, CLOSES }

  final Host host;
  final Outbox outbox;
  private final SocketChannel channel;
  private final FrameReader frames = new FrameReader(this);
  /** Open calls that came by this connection, by id. */
  private final Map<Integer, Call> calls = new ConcurrentHashMap<>(8);
  private Watch watch;
  /** The request body whose chunks are being read. */
  private Incoming body;
  /** The answer that is fetched by this connection. */
  private volatile Outgoing fetched;
  private volatile Ending ending = Ending.NONE;
  private volatile boolean over;
  private boolean gone;

  Connection(Host host, SocketChannel channel) {
    this.host = host;
    this.channel = channel;
    outbox = new Outbox(this, channel);
  }

  /** Called once, by the loop. */
  void watchedBy(Watch watch) {
    this.watch = watch;
  }

  /** Reads what has arrived, as much as one turn may take. */
  void read(ByteBuffer in) {
    int size;
    try {
      size = channel.read(in.clear());
    } catch (IOException reset) {
      size = -2;
    }
    if (size < 0) {
      gone(size == -1);
      return;
    }
    in.flip();
    // After an early answer it says no more, and only listens for the end.
    while (in.hasRemaining() && !over && ending == Ending.NONE) {
      if (body == null) frames.take(in);
      else take(in);
    }
    outbox.flush();
  }

  private void take(ByteBuffer in) {
    Incoming arriving = body;
    arriving.take(in);
    if (arriving.hasEnded()) body = null;
    arriving.call.arrived();
  }

  /** A frame that was not a frame: the peer is broken. */
  void broken() {
    gone(false);
  }

  void call(Call call, boolean streams) {
    // A side connection takes the next call when both bodies of the last have ended.
    if (fetched != null || calls.putIfAbsent(call.id, call) != null) {
      broken();
      return;
    }
    if (streams) {
      body = call.incoming;
      host.aside.put(call.id, call);
    }
    host.began(call);
  }

  void cancel(int id) {
    Call call = calls.get(id);
    if (call != null) call.cancel(false);
  }

  /** The gateway takes the chunks here of an answer that was announced on a lane. */
  void fetch(int number) {
    Outgoing stream = host.unfetched.take(number);
    if (stream == null || fetched != null || !calls.isEmpty()) {
      broken();
      return;
    }
    fetched = stream;
    if (!stream.attach(this)) close();
  }

  void fetchEnded() {
    fetched = null;
  }

  void forget(Call call) {
    calls.remove(call.id, call);
    if (call.incoming != null) host.aside.remove(call.id, call);
  }

  /** Nobody listens on the other side: the end of every call that is open here. {@code half}: what we write may still be read. */
  void gone(boolean half) {
    if (gone) {
      close();
      return;
    }
    gone = true;
    boolean aside = false;
    for (Call call : calls.values()) {
      aside |= call.incoming != null;
      call.cancel(call.incoming == null);
    }
    Outgoing stream = fetched;
    if (stream != null) stream.call.cancel(true);
    // A call by a side connection is acknowledged by the end of the connection, when its handler has returned.
    if (half && aside && !calls.isEmpty()) watch.ignoreArrival();
    else close();
  }

  /** Writing failed: the loop will see to the calls. */
  void lost() {
    host.loop.later(this);
  }

  /** An answer before the end of the request's body: the peer is to read it, and what it still sends is thrown away. */
  void hangUp() {
    ending = Ending.DRAINS;
    outbox.flush();
    watch.arrival();
  }

  /** Ends without the end of the body that is under way, so that it is not taken for the whole. */
  void cut() {
    ending = Ending.CLOSES;
    outbox.flush();
  }

  /** The outbox was written, perhaps to its end. */
  void flushed() {
    if (ending == Ending.NONE || !outbox.isEmpty()) return;
    if (ending == Ending.CLOSES) {
      close();
      return;
    }
    try {
      channel.shutdownOutput();
    } catch (IOException closed) {
      close();
    }
  }

  void close() {
    if (over) return;
    over = true;
    outbox.close();
    host.connections.remove(this);
    try {
      channel.close();
    } catch (IOException closed) {
      // It is what we wanted.
    }
    // Only its next turn lets go of the socket.
    host.loop.wake();
  }

  /** By which those who read and write say what the loop is to wait for. */
  Watch watch() {
    return watch;
  }
}
