package com.wherry.host;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One call as an {@code HttpHandler} sees it. */
final class Exchange extends HttpExchange {
  private static final String NO_ANSWER = "the function closed the exchange without an answer";

  private final Call call;
  private final HttpHandler handler;
  private final Headers requestHeaders = new Headers();
  private final Headers responseHeaders = new Headers();
  private final Map<String, Object> attributes = new HashMap<>();
  private final AnswerStream answer;
  private InputStream requestBody;
  private OutputStream responseBody;
  private URI uri;
  private int status = -1;
  private BadAnswer problem;

  Exchange(Call call, HttpHandler handler) {
    this.call = call;
    this.handler = handler;
    answer = new AnswerStream(call);
    requestBody = call.incoming != null ? call.incoming : new ByteArrayInputStream(call.body());
    responseBody = answer;
    List<String> all = call.head.headers();
    for (int i = 0; i < all.size(); i += 2) requestHeaders.add(all.get(i), all.get(i + 1));
  }

  /** @throws BadAnswer if that was the answer, and the handler has kept it to itself */
  void check() {
    if (problem != null) throw problem;
  }

  @Override
  public void sendResponseHeaders(int code, long length) throws IOException {
    if (status >= 0) throw new IOException("the headers of this answer have been sent already");
    AnswerHead lines = new AnswerHead();
    try {
      AnswerHead.status(code);
      for (Map.Entry<String, List<String>> header : responseHeaders.entrySet())
        for (String value : header.getValue()) lines.add(header.getKey(), value);
    } catch (BadAnswer bad) {
      problem = bad;
      throw bad;
    }
    problem = null;
    status = code;
    answer.begin(code, lines, length);
  }

  @Override
  public void close() {
    if (status < 0) call.reply.fault(problem != null ? problem : new BadAnswer(NO_ANSWER));
    try {
      requestBody.close();
      responseBody.close();
      answer.close();
    } catch (IOException gone) {
      // Nobody is left who could be told.
    }
  }

  @Override
  public Headers getRequestHeaders() {
    return requestHeaders;
  }

  @Override
  public Headers getResponseHeaders() {
    return responseHeaders;
  }

  @Override
  public URI getRequestURI() {
    if (uri == null) uri = Target.uri(call.head.target);
    return uri;
  }

  @Override
  public String getRequestMethod() {
    return call.head.method;
  }

  @Override
  public InputStream getRequestBody() {
    return requestBody;
  }

  @Override
  public OutputStream getResponseBody() {
    return responseBody;
  }

  @Override
  public void setStreams(InputStream in, OutputStream out) {
    if (in != null) requestBody = in;
    if (out != null) responseBody = out;
  }

  @Override
  public int getResponseCode() {
    return status;
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return Target.caller(requestHeaders.getFirst("X-Forwarded-For"));
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return Target.caller(null);
  }

  @Override
  public String getProtocol() {
    return "HTTP/1.1";
  }

  @Override
  public Object getAttribute(String name) {
    return attributes.get(name);
  }

  @Override
  public void setAttribute(String name, Object value) {
    if (value == null) attributes.remove(name);
    else attributes.put(name, value);
  }

  @Override
  public HttpContext getHttpContext() {
    return new RootContext(handler, attributes);
  }

  @Override
  public HttpPrincipal getPrincipal() {
    return null;
  }
}
