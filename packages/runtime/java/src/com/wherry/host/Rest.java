package com.wherry.host;

/** After a while without calls: gives memory back, and leaves nothing that would wake the process. Also keeps the time of streams nobody fetches. */
final class Rest {
  private static final long QUIET = 2_000_000_000L;
  private static final long MILLI = 1_000_000L;
  /** Bytes that must have gathered for a collection to pay for itself. */
  private static final long WORTH_IT = 2 << 20;

  private final Host host;
  private volatile long lastCall;
  /** There have been calls since the last rest. */
  private volatile boolean due;
  /** Rest is due as soon as the last call has ended: until then no timer runs. */
  private volatile boolean drowsy;
  private long kept;

  Rest(Host host) {
    this.host = host;
  }

  void called() {
    lastCall = System.nanoTime();
    due = true;
    drowsy = false;
  }

  /** No call is open any more. */
  void ended() {
    if (drowsy) host.loop.wake();
  }

  /** Does what is due, and says for how many milliseconds nothing will be; 0 for ever. Called by the loop. */
  long patience() {
    long now = System.nanoTime();
    long unfetched = dropOld(now);
    if (!due) return unfetched;
    long left = lastCall + QUIET - now;
    if (left > 0) return soonest(unfetched, left / MILLI + 1);
    drowsy = true;
    if (!host.isIdle()) return unfetched;
    due = drowsy = false;
    rest();
    return unfetched;
  }

  /** Milliseconds until the oldest stream is too old; 0 where there is none. */
  private long dropOld(long now) {
    for (Outgoing oldest; (oldest = host.unfetched.oldest()) != null; ) {
      long left = oldest.until - now;
      if (left > 0) return left / MILLI + 1;
      oldest.call.cancel(true);
      oldest.drop();
    }
    return 0;
  }

  private static long soonest(long one, long other) {
    return one == 0 ? other : Math.min(one, other);
  }

  private void rest() {
    for (Connection connection : host.connections) connection.outbox.rest();
    Runtime runtime = Runtime.getRuntime();
    if (runtime.totalMemory() - runtime.freeMemory() < kept + WORTH_IT) return;
    System.gc();
    kept = runtime.totalMemory() - runtime.freeMemory();
  }
}
