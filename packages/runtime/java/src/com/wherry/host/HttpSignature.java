package com.wherry.host;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;

/**
 * The JDK's own {@code HttpHandler}. As with its server, an exchange that is still open when the handler returns is finished by
 * whichever thread closes it.
 */
final class HttpSignature implements Signature {
  private final HttpHandler handler;

  HttpSignature(HttpHandler handler) {
    this.handler = handler;
  }

  @Override
  public String name() {
    return "http";
  }

  @Override
  public boolean streams() {
    return true;
  }

  @Override
  public void call(Call call) throws IOException {
    Exchange exchange = new Exchange(call, handler);
    handler.handle(exchange);
    exchange.check();
  }
}
