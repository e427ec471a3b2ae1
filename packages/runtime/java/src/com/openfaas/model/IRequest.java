package com.openfaas.model;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One call, as a handler sees it. */
public interface IRequest {
  /** The body as text, read as UTF-8; empty where there is none. */
  String getBody();

  /** The body byte for byte. */
  default byte[] getBodyData() {
    return getBody().getBytes(StandardCharsets.UTF_8);
  }

  /** The headers by name, in any case. One that was sent several times has its values joined. */
  Map<String, String> getHeaders();

  /** The value of a header, whatever the case of its name; null where it was not sent. */
  String getHeader(String name);

  /** What follows the question mark, as it was sent; empty where there is none. */
  String getQueryRaw();

  /** The parameters after the question mark, decoded. Of several with one name the last counts. */
  Map<String, String> getQuery();

  /** The path as it was sent. */
  String getPathRaw();

  /** The path {@code /name/value/name/value} as names with their values, decoded. */
  Map<String, String> getPath();
}
