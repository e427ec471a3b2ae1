package com.wherry.host;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the connections of this process share: the function, its calls, and who runs them. */
final class Host {
  /** More than are ever on their way at once. */
  private static final int MOST_OVERTAKEN = 1000;

  final Loop loop;
  final Workers workers = new Workers();
  final Unfetched unfetched;
  final Rest rest = new Rest(this);
  final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  /** Open calls that came by side connections, by id. */
  final Map<Integer, Call> aside = new ConcurrentHashMap<>();
  /** Ids of calls by side connections that were cancelled on the lane before they were read. */
  final Set<Integer> overtaken = new LinkedHashSet<>();
  /** Null until the function is loaded. */
  volatile Signature signature;
  /** Whether no process that we see is anybody else's. */
  volatile boolean contained;
  private final AtomicInteger open = new AtomicInteger();
  private boolean loading;
  private volatile Stop stop;

  Host(String socket) throws IOException {
    loop = new Loop(this, socket);
    unfetched = new Unfetched(loop);
  }

  /** Loads the function where its calls run, so that the loop goes on meanwhile. */
  void load(Connection connection, int id, String order) {
    boolean again = loading;
    loading = true;
    open.incrementAndGet();
    workers.submit(new Load(connection, id, order, again));
  }

  void began(Call call) {
    open.incrementAndGet();
    rest.called();
    call.start();
  }

  /** A call has come to its end. */
  void ended() {
    if (open.decrementAndGet() > 0) return;
    rest.ended();
    Stop waiting = stop;
    if (waiting != null) waiting.ended();
  }

  boolean isIdle() {
    return open.get() == 0;
  }

  /** Nobody may be reading that connection, and its end would not be seen; and the call itself may not have been read either. */
  void cancelAside(int id) {
    Call call = aside.get(id);
    if (call != null) {
      call.connection.gone(true);
      return;
    }
    overtaken.add(id);
    if (overtaken.size() <= MOST_OVERTAKEN) return;
    Iterator<Integer> oldest = overtaken.iterator();
    oldest.next();
    oldest.remove();
  }

  void stop() {
    if (stop != null) return;
    stop = new Stop(this);
    stop.start();
  }
}
