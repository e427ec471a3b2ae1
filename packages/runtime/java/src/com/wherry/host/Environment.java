package com.wherry.host;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * The function's variables, which come with LOAD. Java reads its environment once and offers no way to change it, and nobody may start a
 * process with variables that a function chose while it still has rights (one of them could be LD_PRELOAD). So the map behind {@link
 * System#getenv()} is written to, which is also what child processes get. This needs {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
final class Environment {
  private Environment() {}

  /** Adds them to what is there. */
  static void add(Map<?, ?> variables) throws LoadFailure {
    if (variables.isEmpty()) return;
    try {
      Map<Object, Object> known = known();
      Method name = valueOf("java.lang.ProcessEnvironment$Variable");
      Method value = valueOf("java.lang.ProcessEnvironment$Value");
      for (Map.Entry<?, ?> one : variables.entrySet())
        if (one.getKey() instanceof String key && one.getValue() instanceof String text)
          known.put(name.invoke(null, key), value.invoke(null, text));
    } catch (ReflectiveOperationException | RuntimeException closed) {
      throw new LoadFailure("threw", "the function's variables can't be set: " + closed, "");
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, Object> known() throws ReflectiveOperationException {
    Field field = Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theEnvironment");
    field.setAccessible(true);
    return (Map<Object, Object>) field.get(null);
  }

  private static Method valueOf(String type) throws ReflectiveOperationException {
    Method method = Class.forName(type).getMethod("valueOf", String.class);
    method.setAccessible(true);
    return method;
  }
}
