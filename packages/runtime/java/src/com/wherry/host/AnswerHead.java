package com.wherry.host;

import java.util.Locale;

/** The head of an answer while it is put together: the header lines that go to the caller. */
final class AnswerHead {
  static final String PLAIN = "content-type:text/plain; charset=utf-8\n";
  private static final int LARGEST = Frames.LARGEST - Frames.SMALL - 4096;
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private final StringBuilder lines = new StringBuilder(128);
  private boolean typed;
  private String length;

  /**
   * Adds a header, unless it is one that the gateway sets.
   *
   * @throws BadAnswer if the name is not a token, or the value can't be sent
   */
  void add(String name, String value) {
    if (!isToken(name))
      throw new BadAnswer("the function answered with a header named \"" + name + "\", which is not allowed");
    if (value == null) return;
    String lower = name.toLowerCase(Locale.ROOT);
    switch (lower) {
      case "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade":
        return;
      case "content-length":
        length = value;
        return;
      case "content-type":
        typed = true;
        break;
      default:
    }
    checkValue(name, value);
    lines.append(name).append(':').append(value).append('\n');
    if (lines.length() > LARGEST) throw new BadAnswer("the headers of the answer are larger than a frame");
  }

  /** The lines for an answer that comes whole, whose length the gateway sets. */
  String whole(String defaultType) {
    return typed ? lines.toString() : lines + defaultType;
  }

  /** The lines for a body that comes in chunks: with its length where that is {@code known}, otherwise with what the function says of it. */
  String apart(String defaultType, long known) {
    return withLength(defaultType, known >= 0 ? Long.toString(known) : length);
  }

  /** The lines for a caller who wants no body: with the length that the function says, otherwise the one it would have; -1 is unknown. */
  String alone(String defaultType, long known) {
    return withLength(defaultType, length == null && known >= 0 ? Long.toString(known) : length);
  }

  private String withLength(String defaultType, String size) {
    if (size == null) return whole(defaultType);
    checkValue("content-length", size);
    return whole(defaultType) + "content-length:" + size + "\n";
  }

  /** @throws BadAnswer if a caller can't be sent that status */
  static int status(int status) {
    if (status >= 200 && status <= 599) return status;
    throw new BadAnswer("the function answered with status " + status + "; a status is a number from 200 to 599");
  }

  private static boolean isToken(String name) {
    if (name == null || name.isEmpty()) return false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean fits = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!fits && TOKEN_MARKS.indexOf(c) < 0) return false;
    }
    return true;
  }

  private static void checkValue(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= ' ' && c < 0x7f || c >= 0x80 && c <= 0xff || c == '\t') continue;
      String what = c == '\r' || c == '\n' ? "a line break" : "a character that headers can't carry";
      throw new BadAnswer("the function answered with " + what + " in the header " + name);
    }
  }
}
