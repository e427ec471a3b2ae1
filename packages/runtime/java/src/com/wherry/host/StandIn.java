package com.wherry.host;

import com.openfaas.model.AbstractHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Takes a rehearsal's calls for the user's handler, which may do things that must not be done for a call nobody made. */
final class StandIn {
  private static final String SAYS = "rehearsed";

  private StandIn() {}

  static Signature of(Signature signature) {
    switch (signature == null ? "" : signature.name()) {
      case "http":
        return new HttpSignature(new Http());
      case "classic":
        return new ClassicSignature(new Classic(), null);
      default:
        return new EventSignature(new Event());
    }
  }

  private static final class Event extends AbstractHandler {
    @Override
    public IResponse Handle(IRequest request) {
      Response response = new Response();
      response.setHeader("x-seen", request.getHeader("host") + request.getQuery().get("a") + request.getPath().get("path"));
      response.setContentType("text/plain");
      response.setBody(SAYS + request.getBody());
      return response;
    }
  }

  private static final class Http implements HttpHandler {
    @Override
    public void handle(HttpExchange exchange) throws IOException {
      exchange.getResponseHeaders().add("x-seen", exchange.getRequestURI().getPath());
      byte[] body = exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, SAYS.length() + body.length);
      exchange.getResponseBody().write(SAYS.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().write(body);
      exchange.close();
    }
  }

  private static final class Classic implements Function<String, String> {
    @Override
    public String apply(String text) {
      return SAYS + text;
    }
  }
}
