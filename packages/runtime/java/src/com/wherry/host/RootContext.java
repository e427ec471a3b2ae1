package com.wherry.host;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.util.List;
import java.util.Map;

/** Where a function is mounted, for handlers that ask: it has all paths. There is no server, and nothing to change. */
final class RootContext extends HttpContext {
  private final HttpHandler handler;
  private final Map<String, Object> attributes;

  RootContext(HttpHandler handler, Map<String, Object> attributes) {
    this.handler = handler;
    this.attributes = attributes;
  }

  @Override
  public HttpHandler getHandler() {
    return handler;
  }

  @Override
  public void setHandler(HttpHandler handler) {
    throw new IllegalArgumentException("a function has one handler");
  }

  @Override
  public String getPath() {
    return "/";
  }

  @Override
  public HttpServer getServer() {
    return null;
  }

  @Override
  public Map<String, Object> getAttributes() {
    return attributes;
  }

  @Override
  public List<Filter> getFilters() {
    return List.of();
  }

  @Override
  public Authenticator setAuthenticator(Authenticator authenticator) {
    throw new UnsupportedOperationException("the gateway has let the caller in already");
  }

  @Override
  public Authenticator getAuthenticator() {
    return null;
  }
}
