package com.wherry.host;

/** A kind of handler, and how it is called. */
interface Signature {
  /** As LOADED says it. */
  String name();

  /** Whether handlers read large bodies piece by piece; otherwise they get the whole at once. */
  boolean streams();

  /** Runs the handler and answers. What it throws becomes a fault. */
  void call(Call call) throws Throwable;
}
