package com.wherry.host;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;

/** What the loop waits for on a connection. Any thread may change it. */
final class Watch {
  private final Loop loop;
  private final SelectionKey key;

  Watch(Loop loop, SelectionKey key) {
    this.loop = loop;
    this.key = key;
  }

  /** Something is to be read again. */
  void arrival() {
    add(SelectionKey.OP_READ);
  }

  void ignoreArrival() {
    remove(SelectionKey.OP_READ);
  }

  /** There is more to write than the peer has room for. */
  void room() {
    add(SelectionKey.OP_WRITE);
  }

  void ignoreRoom() {
    remove(SelectionKey.OP_WRITE);
  }

  private void add(int operation) {
    try {
      key.interestOpsOr(operation);
      loop.wake();
    } catch (CancelledKeyException closed) {
      // Nothing to wait for.
    }
  }

  private void remove(int operation) {
    try {
      key.interestOpsAnd(~operation);
    } catch (CancelledKeyException closed) {
      // As above.
    }
  }
}
