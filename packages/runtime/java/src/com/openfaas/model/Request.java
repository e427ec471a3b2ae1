package com.openfaas.model;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A request in memory. Functions meet it as {@link IRequest}; their tests can make one. */
public class Request implements IRequest {
  private final byte[] bytes;
  private final Map<String, String> headers;
  private final String queryRaw;
  private final String pathRaw;
  private String body;
  private Map<String, String> query;
  private Map<String, String> path;

  public Request(String body, Map<String, String> headers) {
    this(body, headers, "", "");
  }

  public Request(String body, Map<String, String> headers, String queryRaw) {
    this(body, headers, queryRaw, "");
  }

  public Request(String body, Map<String, String> headers, String queryRaw, String pathRaw) {
    this(body == null ? null : body.getBytes(StandardCharsets.UTF_8), headers, queryRaw, pathRaw);
    this.body = body;
  }

  /** The same of a body that need not be text. Each argument may be null where there is nothing. */
  public static Request ofBytes(byte[] body, Map<String, String> headers, String queryRaw, String pathRaw) {
    return new Request(body, headers, queryRaw, pathRaw);
  }

  private Request(byte[] body, Map<String, String> headers, String queryRaw, String pathRaw) {
    this.bytes = body == null ? new byte[0] : body;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (headers != null) this.headers.putAll(headers);
    this.queryRaw = queryRaw == null ? "" : queryRaw;
    this.pathRaw = pathRaw == null ? "" : pathRaw;
  }

  @Override
  public String getBody() {
    if (body == null) body = new String(bytes, StandardCharsets.UTF_8);
    return body;
  }

  @Override
  public byte[] getBodyData() {
    return bytes;
  }

  @Override
  public Map<String, String> getHeaders() {
    return headers;
  }

  @Override
  public String getHeader(String name) {
    return name == null ? null : headers.get(name);
  }

  @Override
  public String getQueryRaw() {
    return queryRaw;
  }

  @Override
  public Map<String, String> getQuery() {
    if (query == null) query = Pairs.ofQuery(queryRaw);
    return query;
  }

  @Override
  public String getPathRaw() {
    return pathRaw;
  }

  @Override
  public Map<String, String> getPath() {
    if (path == null) path = Pairs.ofPath(pathRaw);
    return path;
  }
}
