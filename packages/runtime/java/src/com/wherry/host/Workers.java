package com.wherry.host;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that run handlers. One is woken at a time, and wakes the next before it begins if more is waiting: quick calls are run by
 * few threads, and calls that block soon have one each. Those that have long had nothing to do end.
 */
final class Workers {
  /** Nanoseconds. */
  private static final long PATIENCE = 1_500_000_000L;

  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  /** Who rested last is woken first: its stack is warm, and the others can end. */
  private final ArrayDeque<Worker> idle = new ArrayDeque<>();
  private int most = 1;
  private int threads;
  private int named;
  /** Somebody was woken who hasn't come yet. */
  private boolean waking;

  synchronized void limit(int most) {
    this.most = most;
  }

  void submit(Runnable task) {
    Worker next;
    synchronized (this) {
      waiting.add(task);
      next = next();
    }
    wake(next);
  }

  /** Takes back what hasn't begun. False if it has. */
  synchronized boolean remove(Runnable task) {
    return waiting.remove(task);
  }

  /** Who is to be woken for what is waiting; null if nobody. */
  private Worker next() {
    if (waking || waiting.isEmpty()) return null;
    Worker next = idle.pollLast();
    if (next == null && threads < most) {
      threads++;
      next = new Worker("call-" + ++named);
    }
    waking = next != null;
    return next;
  }

  private void wake(Worker worker) {
    if (worker == null) return;
    worker.chosen = true;
    if (worker.isAlive()) {
      LockSupport.unpark(worker);
      return;
    }
    try {
      worker.start();
    } catch (OutOfMemoryError noThread) {
      synchronized (this) {
        threads--;
        waking = false;
        // The others will come to it; without any there is no hope.
        if (threads > 0) return;
      }
      throw noThread;
    }
  }

  private final class Worker extends Thread {
    private volatile boolean chosen;
    private boolean came;

    Worker(String name) {
      super(null, null, name, 0, false);
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        for (Runnable task = take(); task != null; task = take()) task.run();
      } catch (Throwable problem) {
        Fault.endOfHost(problem);
      }
    }

    /** What to do next; null if there has been nothing for long. */
    private Runnable take() {
      for (;;) {
        Runnable task;
        Worker next = null;
        synchronized (Workers.this) {
          if (chosen && !came) waking = false;
          came = true;
          task = waiting.poll();
          if (task != null) next = next();
          else {
            chosen = came = false;
            idle.addLast(this);
          }
        }
        if (task != null) {
          wake(next);
          return task;
        }
        if (!rest()) return null;
      }
    }

    /** Waits until it is chosen. False if that took too long. */
    private boolean rest() {
      long until = System.nanoTime() + PATIENCE;
      while (!chosen) {
        long left = until - System.nanoTime();
        if (left > 0) {
          // An interrupted thread would not rest at all.
          Thread.interrupted();
          LockSupport.parkNanos(left);
          continue;
        }
        synchronized (Workers.this) {
          if (idle.remove(this)) {
            threads--;
            return false;
          }
        }
        // Somebody has just chosen it.
        Thread.yield();
      }
      return true;
    }
  }
}
