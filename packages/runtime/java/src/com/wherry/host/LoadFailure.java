package com.wherry.host;

/** Why the function can't be loaded: a kind of the protocol, a line for people, and the stack if there is one. */
final class LoadFailure extends Exception {
  private static final long serialVersionUID = 1;

  final String kind;
  final String detail;

  LoadFailure(String kind, String message, String detail) {
    super(message, null, false, false);
    this.kind = kind;
    this.detail = detail;
  }
}
