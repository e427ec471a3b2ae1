package com.wherry.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/** What a caller asks for and where it asks from, in the JDK's types. */
final class Target {
  private static final String ALLOWED = "!#$%&'()*+,-./:;=?@[]_~";

  private Target() {}

  /** As it was sent where that is a URI; what can't be in one is escaped. */
  static URI uri(String target) {
    try {
      return new URI(target);
    } catch (URISyntaxException malformed) {
      return URI.create(escaped(target));
    }
  }

  private static String escaped(String target) {
    StringBuilder text = new StringBuilder(target.length() + 16);
    boolean query = false;
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      boolean word = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      boolean stray = c == '%' && !isEscape(target, i) || c == '#' || !query && (c == '[' || c == ']');
      query |= c == '?';
      if (!stray && (word || ALLOWED.indexOf(c) >= 0)) text.append(c);
      else text.append('%').append(Integer.toHexString(0x100 | c & 0xff), 1, 3);
    }
    return text.toString();
  }

  private static boolean isEscape(String text, int at) {
    return at + 2 < text.length()
        && Character.digit(text.charAt(at + 1), 16) >= 0
        && Character.digit(text.charAt(at + 2), 16) >= 0;
  }

  /** The first address of {@code X-Forwarded-For}; our own where it is none. Nothing is looked up. */
  static InetSocketAddress caller(String forwarded) {
    InetAddress address = InetAddress.getLoopbackAddress();
    if (forwarded != null) {
      int comma = forwarded.indexOf(',');
      String first = (comma < 0 ? forwarded : forwarded.substring(0, comma)).strip();
      try {
        if (isAddress(first)) address = InetAddress.getByName(first);
      } catch (UnknownHostException otherwise) {
        // Not one after all.
      }
    }
    return new InetSocketAddress(address, 0);
  }

  /** Whether it is written in digits, so that nobody asks a name server. */
  private static boolean isAddress(String text) {
    boolean numbers = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      numbers &= c == '.' || c == ':' || Character.digit(c, text.indexOf(':') < 0 ? 10 : 16) >= 0;
    }
    return numbers;
  }
}
