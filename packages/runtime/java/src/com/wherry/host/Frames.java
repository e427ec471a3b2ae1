package com.wherry.host;

/** Numbers of the runtime protocol, one to one from its page. */
final class Frames {
  static final int LOAD = 1;
  static final int LOADED = 2;
  static final int CALL = 3;
  static final int ANSWER = 4;
  static final int HEAD = 5;
  static final int FETCH = 6;
  static final int CANCEL = 7;
  static final int DONE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  static final int STOP = 11;

  /** Flag: the body follows on this connection as chunks. */
  static final int STREAM = 1;
  /** Flag: the function failed, not the caller. */
  static final int FAULT = 2;

  /** Bytes of a frame's header, the size field included. */
  static final int HEADER = 20;
  static final int LARGEST = 1 << 20;
  /** A longer body goes over a side connection. */
  static final int SMALL = 65536;

  static final byte[] NOTHING = {};

  private Frames() {}

  static int get32(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | bytes[at + 3] & 0xff;
  }

  static void put32(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }
}
