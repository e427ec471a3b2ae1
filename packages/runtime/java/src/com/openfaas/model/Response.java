package com.openfaas.model;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** An answer: status 200 and nothing else until something is set. */
public class Response implements IResponse {
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private String text;
  private byte[] bytes;
  private String contentType;
  private int statusCode = 200;

  @Override
  public String getBody() {
    if (text == null && bytes != null) text = new String(bytes, StandardCharsets.UTF_8);
    return text;
  }

  @Override
  public void setBody(String body) {
    text = body;
    bytes = null;
  }

  @Override
  public byte[] getBodyData() {
    if (bytes != null) return bytes;
    return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void setBodyData(byte[] body) {
    bytes = body;
    text = null;
  }

  @Override
  public String getHeader(String name) {
    return name == null ? null : headers.get(name);
  }

  @Override
  public void setHeader(String name, String value) {
    headers.put(name, value);
  }

  @Override
  public Map<String, String> getHeaders() {
    return headers;
  }

  @Override
  public String getContentType() {
    return contentType != null ? contentType : headers.get("content-type");
  }

  @Override
  public void setContentType(String contentType) {
    this.contentType = contentType;
  }

  @Override
  public int getStatusCode() {
    return statusCode;
  }

  @Override
  public void setStatusCode(int statusCode) {
    this.statusCode = statusCode;
  }
}
