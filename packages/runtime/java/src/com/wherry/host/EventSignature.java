package com.wherry.host;

import com.openfaas.model.IHandler;
import com.openfaas.model.IResponse;
import com.openfaas.model.Request;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code IResponse Handle(IRequest)}, as OpenFaaS's Java templates have it. */
final class EventSignature implements Signature {
  private final IHandler handler;

  EventSignature(IHandler handler) {
    this.handler = handler;
  }

  @Override
  public String name() {
    return "event";
  }

  @Override
  public boolean streams() {
    return false;
  }

  @Override
  public void call(Call call) {
    RequestHead head = call.head;
    IResponse answer = handler.Handle(Request.ofBytes(call.body(), headers(head), head.query(), head.path()));
    if (answer == null) throw new BadAnswer("the function returned no response");
    int status = AnswerHead.status(answer.getStatusCode());
    AnswerHead lines = new AnswerHead();
    String type = answer.getContentType();
    Map<String, String> headers = answer.getHeaders();
    if (headers != null) {
      for (Map.Entry<String, String> header : headers.entrySet()) {
        String name = header.getKey();
        if (type == null || !"content-type".equalsIgnoreCase(name)) lines.add(name, header.getValue());
      }
    }
    if (type != null) lines.add("content-type", type);
    byte[] body = answer.getBodyData();
    call.reply.whole(status, lines, AnswerHead.PLAIN, body == null ? Frames.NOTHING : body);
  }

  /** By name in any case; what was sent several times is joined as HTTP has it. */
  private static Map<String, String> headers(RequestHead head) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    List<String> all = head.headers();
    for (int i = 0; i < all.size(); i += 2) {
      String name = all.get(i);
      String value = all.get(i + 1);
      String before = headers.get(name);
      if (before != null) value = before + (name.equalsIgnoreCase("cookie") ? "; " : ", ") + value;
      headers.put(name, value);
    }
    return headers;
  }
}
