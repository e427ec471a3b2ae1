package com.wherry.host;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Text in, text out: {@code String handle(String)}, or a {@code Function} from the one to the other. */
final class ClassicSignature implements Signature {
  private final Object handler;
  /** Null where the handler is a function. */
  private final Method method;

  ClassicSignature(Object handler, Method method) {
    this.handler = handler;
    this.method = method;
  }

  @Override
  public String name() {
    return "classic";
  }

  @Override
  public boolean streams() {
    return false;
  }

  @Override
  public void call(Call call) throws Throwable {
    Object answer = apply(new String(call.body(), StandardCharsets.UTF_8));
    byte[] body = answer == null ? Frames.NOTHING : answer.toString().getBytes(StandardCharsets.UTF_8);
    call.reply.whole(200, new AnswerHead(), AnswerHead.PLAIN, body);
  }

  @SuppressWarnings("unchecked")
  private Object apply(String text) throws Throwable {
    if (method == null) return ((Function<Object, Object>) handler).apply(text);
    try {
      return method.invoke(handler, text);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }
}
