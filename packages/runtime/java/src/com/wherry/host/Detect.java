package com.wherry.host;

import com.openfaas.model.IHandler;
import com.sun.net.httpserver.HttpHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Function;

/** What kind of function an object is. */
final class Detect {
  private Detect() {}

  /**
   * @param object what the entry is: an object, or a class of which there can be none
   * @param asked what the deployment says, often {@code auto}
   * @throws LoadFailure if it can't be called like that
   */
  static Signature signature(Object object, String asked) throws LoadFailure {
    boolean auto = asked.isEmpty() || asked.equals("auto");
    boolean known = auto;
    if (auto || asked.equals("event")) {
      known = true;
      if (object instanceof IHandler handler) return new EventSignature(handler);
    }
    if (auto || asked.equals("http")) {
      known = true;
      if (object instanceof HttpHandler handler) return new HttpSignature(handler);
    }
    if (auto || asked.equals("classic")) {
      known = true;
      if (object instanceof Function) return new ClassicSignature(object, null);
      Method method = handle(object);
      if (method != null) return new ClassicSignature(object, method);
    }
    if (!known)
      throw new LoadFailure(
          "no-handler", asked + " is not a signature of Java functions: event, http, classic, or auto", "");
    throw new LoadFailure("no-handler", nameOf(object) + " can't be called" + wanted(asked, auto), "");
  }

  private static String wanted(String asked, boolean auto) {
    if (!auto) return " with the signature " + asked;
    return ": it extends no com.openfaas.model.AbstractHandler, implements no HttpHandler and no Function,"
        + " and has no method String handle(String)";
  }

  /** {@code String handle(String)}, static or not; null if there is none. */
  private static Method handle(Object object) {
    Class<?> type = typeOf(object);
    for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
      try {
        Method method = at.getDeclaredMethod("handle", String.class);
        boolean callable = object != type || Modifier.isStatic(method.getModifiers());
        if (method.getReturnType() != String.class || !callable) continue;
        method.setAccessible(true);
        return method;
      } catch (NoSuchMethodException absent) {
        // Perhaps further up.
      }
    }
    return null;
  }

  private static Class<?> typeOf(Object object) {
    return object instanceof Class<?> type ? type : object.getClass();
  }

  private static String nameOf(Object object) {
    return typeOf(object).getName();
  }
}
