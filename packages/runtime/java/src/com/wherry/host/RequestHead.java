package com.wherry.host;

import java.util.ArrayList;
import java.util.List;

/** The head of a call: the line with method and target, and the header lines after it. */
final class RequestHead {
  final String method;
  /** Path and query as they were sent. */
  final String target;
  private final String text;
  private final int headersAt;

  RequestHead(String text) {
    this.text = text;
    int end = text.indexOf('\n');
    if (end < 0) end = text.length();
    int space = text.indexOf(' ');
    if (space < 0 || space > end) space = end;
    method = text.substring(0, space);
    target = space < end ? text.substring(space + 1, end) : "/";
    headersAt = end + 1;
  }

  String path() {
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  /** What follows the question mark; empty where there is none. */
  String query() {
    int mark = target.indexOf('?');
    return mark < 0 ? "" : target.substring(mark + 1);
  }

  /** The headers in order, each name followed by its value. */
  List<String> headers() {
    List<String> found = new ArrayList<>();
    for (int at = headersAt; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      if (end < 0) end = text.length();
      int colon = text.indexOf(':', at);
      if (colon > at && colon < end) {
        found.add(text.substring(at, colon));
        found.add(text.substring(colon + 1, end).strip());
      }
      at = end + 1;
    }
    return found;
  }
}
