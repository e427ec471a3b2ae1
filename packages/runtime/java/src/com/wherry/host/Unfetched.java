package com.wherry.host;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Streamed answers that were announced on a lane and not fetched yet, oldest first. */
final class Unfetched {
  private final Loop loop;
  private final Map<Integer, Outgoing> streams = new LinkedHashMap<>();
  private int last;

  Unfetched(Loop loop) {
    this.loop = loop;
  }

  /** The number by which it is fetched. */
  int add(Outgoing stream) {
    int number;
    synchronized (this) {
      // 0 says that there is none.
      if (++last == 0) last = 1;
      number = last;
      streams.put(number, stream);
    }
    // It may be waiting without an end, and has a time to keep now.
    loop.wake();
    return number;
  }

  synchronized Outgoing take(int number) {
    return streams.remove(number);
  }

  /** The oldest; null where there is none. */
  synchronized Outgoing oldest() {
    Iterator<Outgoing> all = streams.values().iterator();
    return all.hasNext() ? all.next() : null;
  }
}
