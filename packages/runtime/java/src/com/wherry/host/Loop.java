package com.wherry.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The one thread that reads: it hands calls to others, and sends what a connection had no room for. */
final class Loop {
  static final int READ_SIZE = 65536;
  private static final int BACKLOG = 511;

  private final Host host;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final ByteBuffer in = ByteBuffer.allocateDirect(READ_SIZE);
  private volatile boolean ended;
  private List<Connection> lost = new ArrayList<>();

  /** @throws IOException if nobody can listen there */
  Loop(Host host, String path) throws IOException {
    this.host = host;
    selector = Selector.open();
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Serves until {@link #end}. */
  void run() {
    try {
      while (!ended) turn(host.rest.patience());
    } catch (Throwable problem) {
      Fault.endOfHost(problem);
    }
  }

  /** The process is about to end: the virtual machine would wait a third of a second for a thread that waits in the kernel. */
  void end() {
    ended = true;
    wake();
  }

  /** Ends the waiting, so that what another thread has changed is seen. */
  void wake() {
    selector.wakeup();
  }

  /** Writing on that connection has failed. */
  void later(Connection connection) {
    synchronized (this) {
      lost.add(connection);
    }
    wake();
  }

  /** Waits for something to happen, at most so many milliseconds; 0 for ever. */
  private void turn(long patience) throws IOException {
    selector.select(patience);
    for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
      SelectionKey key = keys.next();
      keys.remove();
      Connection connection = (Connection) key.attachment();
      if (connection == null) accept();
      else serve(connection, key);
    }
    for (Connection connection : takeLost()) connection.gone(false);
  }

  private void serve(Connection connection, SelectionKey key) {
    int ready;
    try {
      ready = key.readyOps();
    } catch (CancelledKeyException closed) {
      // By another thread, in this moment.
      return;
    }
    if ((ready & SelectionKey.OP_WRITE) != 0) {
      connection.watch().ignoreRoom();
      connection.outbox.ready();
    }
    if ((ready & SelectionKey.OP_READ) != 0) connection.read(in);
  }

  private void accept() throws IOException {
    SocketChannel channel;
    try {
      channel = server.accept();
    } catch (IOException refused) {
      // It has gone already, or there are no descriptors left; the calls in flight are worth more.
      return;
    }
    if (channel == null) return;
    channel.configureBlocking(false);
    Connection connection = new Connection(host, channel);
    connection.watchedBy(new Watch(this, channel.register(selector, SelectionKey.OP_READ, connection)));
    host.connections.add(connection);
  }

  private synchronized List<Connection> takeLost() {
    if (lost.isEmpty()) return List.of();
    List<Connection> taken = lost;
    lost = new ArrayList<>();
    return taken;
  }
}
