package com.wherry.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON for LOAD and LOADED: objects are maps, arrays lists, numbers doubles. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** @throws IllegalArgumentException if it is not JSON */
  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    if (json.peek() != 0) throw json.unexpected();
    return value;
  }

  /** A text in quotes, in ASCII whatever it holds. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c >= ' ' && c < 0x7f) quoted.append(c);
      else quoted.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
    }
    return quoted.append('"').toString();
  }

  private Object value() {
    char c = peek();
    if (c == '{') return object();
    if (c == '[') return array();
    if (c == '"') return string();
    int start = at;
    while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) at++;
    String word = text.substring(start, at);
    if (word.equals("true")) return Boolean.TRUE;
    if (word.equals("false")) return Boolean.FALSE;
    if (word.equals("null")) return null;
    if (word.isEmpty()) throw unexpected();
    return Double.valueOf(word);
  }

  private Map<String, Object> object() {
    Map<String, Object> object = new LinkedHashMap<>();
    at++;
    if (peek() == '}') {
      at++;
      return object;
    }
    do {
      peek();
      String name = string();
      expect(':');
      object.put(name, value());
    } while (more('}'));
    return object;
  }

  private List<Object> array() {
    List<Object> array = new ArrayList<>();
    at++;
    if (peek() == ']') {
      at++;
      return array;
    }
    do array.add(value());
    while (more(']'));
    return array;
  }

  private String string() {
    if (at >= text.length() || text.charAt(at) != '"') throw unexpected();
    StringBuilder string = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return string.toString();
      }
      string.append(c == '\\' ? escaped() : c);
    }
    throw unexpected();
  }

  private char escaped() {
    if (++at >= text.length()) throw unexpected();
    char c = text.charAt(at);
    if (c == 'u' && at + 4 < text.length()) {
      at += 4;
      return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
    }
    int which = "bfnrt".indexOf(c);
    return which < 0 ? c : "\b\f\n\r\t".charAt(which);
  }

  /** Whether another member follows; otherwise the closing bracket is passed. */
  private boolean more(char close) {
    if (peek() == close) {
      at++;
      return false;
    }
    expect(',');
    return true;
  }

  private void expect(char wanted) {
    if (peek() != wanted) throw unexpected();
    at++;
  }

  /** The next character that is not a blank; 0 at the end. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    return at < text.length() ? text.charAt(at) : 0;
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException("not JSON at character " + at);
  }
}
