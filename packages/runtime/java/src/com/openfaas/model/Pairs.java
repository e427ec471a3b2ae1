package com.openfaas.model;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names with values, out of a query or a path. */
final class Pairs {
  private Pairs() {}

  /** Of {@code name=value&name=value}. */
  static Map<String, String> ofQuery(String query) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (int at = 0; at < query.length(); ) {
      int end = endOf(query, '&', at);
      int equals = query.indexOf('=', at);
      if (equals < 0 || equals > end) equals = end;
      if (end > at) {
        String value = equals < end ? query.substring(equals + 1, end) : "";
        pairs.put(decoded(query.substring(at, equals)), decoded(value));
      }
      at = end + 1;
    }
    return pairs;
  }

  /** Of {@code /name/value/name/value}; a name without a value has an empty one. */
  static Map<String, String> ofPath(String path) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (int at = path.startsWith("/") ? 1 : 0; at < path.length(); ) {
      int nameEnd = endOf(path, '/', at);
      int valueEnd = endOf(path, '/', nameEnd + 1);
      String value = nameEnd < path.length() ? path.substring(nameEnd + 1, valueEnd) : "";
      if (nameEnd > at) pairs.put(decoded(path.substring(at, nameEnd)), decoded(value));
      at = valueEnd + 1;
    }
    return pairs;
  }

  private static int endOf(String text, char separator, int from) {
    int end = text.indexOf(separator, from);
    return end < 0 ? text.length() : end;
  }

  /** What can't be decoded stays as it was sent. */
  private static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) return text;
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }
}
