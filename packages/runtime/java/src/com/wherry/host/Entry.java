package com.wherry.host;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;

/** The function's class, by the name or file that the deployment says, and the one object of it. */
final class Entry {
  private static final String[] USUAL = {"com.openfaas.function.Handler", "Handler", "function.Handler"};

  private Entry() {}

  /**
   * The object that answers the calls; the class itself where it can't be made, as its methods may be static.
   *
   * @throws LoadFailure if there is no such class, or it fails
   */
  static Object make(String entry) throws LoadFailure {
    Class<?> found = find(entry);
    try {
      Class.forName(found.getName(), true, found.getClassLoader());
      if (found.isInterface() || Modifier.isAbstract(found.getModifiers())) return found;
      Constructor<?> constructor = found.getDeclaredConstructor();
      if (!Modifier.isPublic(constructor.getModifiers()) || !Modifier.isPublic(found.getModifiers()))
        constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (NoSuchMethodException hasArguments) {
      return found;
    } catch (InvocationTargetException | ExceptionInInitializerError thrown) {
      throw failure(thrown.getCause() == null ? thrown : thrown.getCause());
    } catch (Throwable thrown) {
      throw failure(thrown);
    }
  }

  private static Class<?> find(String entry) throws LoadFailure {
    boolean named = !entry.isEmpty() && !entry.equals("auto") && !entry.equals(".");
    Class<?> found = null;
    if (named && isFile(entry)) found = byFile(entry);
    else if (named) {
      found = byName(entry);
      if (found == null) throw new LoadFailure("not-found", "there is no class " + entry + " in the function", "");
    }
    for (int i = 0; found == null && i < USUAL.length; i++) found = byName(USUAL[i]);
    if (found != null) return found;
    String what = named ? entry + " is no class of the function, and there is no " : "there is no class ";
    throw new LoadFailure("not-found", what + USUAL[0] + " and no " + USUAL[1] + " in the function", "");
  }

  private static boolean isFile(String entry) {
    return entry.indexOf('/') >= 0 || entry.endsWith(".java") || entry.endsWith(".class") || entry.endsWith(".jar");
  }

  /** The class of a source file, wherever in the folder its package begins. */
  private static Class<?> byFile(String file) throws LoadFailure {
    int dot = file.lastIndexOf('.');
    if (dot <= file.lastIndexOf('/') || file.endsWith(".jar")) return null;
    String name = file.substring(0, dot).replace('/', '.');
    for (int start = 0; start >= 0; start = name.indexOf('.', start) + 1) {
      Class<?> found = byName(name.substring(start));
      if (found != null || name.indexOf('.', start) < 0) return found;
    }
    return null;
  }

  private static Class<?> byName(String name) throws LoadFailure {
    try {
      return Class.forName(name, false, Entry.class.getClassLoader());
    } catch (ClassNotFoundException absent) {
      return null;
    } catch (NoClassDefFoundError otherCase) {
      // A file system that doesn't mind the case has found another class.
      String message = String.valueOf(otherCase.getMessage());
      if (message.indexOf("wrong name") >= 0) return null;
      throw failure(otherCase);
    } catch (LinkageError broken) {
      throw failure(broken);
    }
  }

  private static LoadFailure failure(Throwable thrown) {
    return new LoadFailure("threw", Fault.describe(thrown), Fault.stack(thrown));
  }
}
