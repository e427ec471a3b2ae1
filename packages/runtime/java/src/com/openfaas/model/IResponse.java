package com.openfaas.model;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The answer to one call. */
public interface IResponse {
  String getBody();

  /** Sets the body; it is sent as UTF-8. */
  void setBody(String body);

  /** The body byte for byte. */
  default byte[] getBodyData() {
    String body = getBody();
    return body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
  }

  /** Sets a body that is not text. */
  default void setBodyData(byte[] body) {
    setBody(new String(body, StandardCharsets.UTF_8));
  }

  /** The value of a header that was set, or null. */
  String getHeader(String name);

  void setHeader(String name, String value);

  Map<String, String> getHeaders();

  /** Null until one is set: then the caller is told that the body is plain text. */
  String getContentType();

  void setContentType(String contentType);

  int getStatusCode();

  void setStatusCode(int statusCode);
}
