package com.wherry.host;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The end. Child processes hear SIGTERM at once; the function is told as Java tells it, by its shutdown hooks, when the calls in flight have
 * been answered, or after a while if they take long: hooks close what calls use. The process ends with 0 when both are done.
 */
final class Stop extends Thread {
  /** Milliseconds for which hooks wait for calls. */
  private static final long HOOKS_WAIT = 2000;
  /** Milliseconds that child processes have to end after their SIGTERM; the gateway kills what is left anyway. */
  private static final long CHILDREN_HAVE = 2000;
  private static final long TICK = 10;

  private final Host host;
  private final List<ProcessHandle> children = new ArrayList<>();

  Stop(Host host) {
    super("stop");
    this.host = host;
  }

  @Override
  public void run() {
    signalChildren();
    awaitCalls(HOOKS_WAIT);
    // Hooks run side by side, and the process ends with the last: this one is there for the calls that are still in flight.
    Runtime.getRuntime().addShutdownHook(new Thread("calls in flight") {
      @Override
      public void run() {
        awaitCalls(Long.MAX_VALUE);
        awaitAnswers();
        awaitChildren();
        host.loop.end();
      }
    });
    System.exit(0);
  }

  /** No call is in flight any more. */
  synchronized void ended() {
    notifyAll();
  }

  private synchronized void awaitCalls(long millis) {
    long until = System.currentTimeMillis() + millis;
    while (!host.isIdle()) {
      long left = until - System.currentTimeMillis();
      if (millis != Long.MAX_VALUE && left <= 0) return;
      try {
        wait(millis == Long.MAX_VALUE ? 0 : left);
      } catch (InterruptedException nobodys) {
        // Only the function could have done that, and it has no say in this.
      }
    }
  }

  /** Until what was answered has left. */
  private void awaitAnswers() {
    for (Connection connection : host.connections) {
      for (int tries = 0; tries < 100 && !connection.outbox.isEmpty(); tries++) pause();
    }
  }

  private void signalChildren() {
    try {
      ProcessHandle self = ProcessHandle.current();
      Iterator<ProcessHandle> all = (host.contained ? ProcessHandle.allProcesses() : self.children()).iterator();
      while (all.hasNext()) {
        ProcessHandle child = all.next();
        // The first process of a namespace keeps it up.
        if (child.pid() != 1 && !child.equals(self) && child.destroy()) children.add(child);
      }
    } catch (RuntimeException hidden) {
      // Nobody there that we may see.
    }
  }

  private void awaitChildren() {
    for (long waited = 0; waited < CHILDREN_HAVE && isChildLeft(); waited += TICK) pause();
  }

  private boolean isChildLeft() {
    for (ProcessHandle child : children) if (child.isAlive()) return true;
    return false;
  }

  private static void pause() {
    try {
      Thread.sleep(TICK);
    } catch (InterruptedException nobodys) {
      // As above.
    }
  }
}
