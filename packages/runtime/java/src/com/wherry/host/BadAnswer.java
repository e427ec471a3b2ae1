package com.wherry.host;

/** The function answered something that HTTP can't express. The message says what. */
final class BadAnswer extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadAnswer(String message) {
    // It is shown without a stack: the place in the host where it was noticed says nothing to anybody.
    super(message, null, false, false);
  }
}
