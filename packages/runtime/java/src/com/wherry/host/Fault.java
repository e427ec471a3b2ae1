package com.wherry.host;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** What the caller and the log get to see of a function that failed. */
final class Fault {
  private static final String OURS = Fault.class.getPackageName() + ".";
  /** Never closed: the descriptor is the process's own, and remembers every stream that is made of it. */
  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

  private Fault() {}

  /** In one text, for the caller: {@code IllegalStateException: boom}. */
  static String describe(Throwable problem) {
    if (problem instanceof BadAnswer) return problem.getMessage();
    String name = problem.getClass().getName();
    name = name.substring(name.lastIndexOf('.') + 1);
    try {
      String message = problem.getLocalizedMessage();
      return message == null || message.isEmpty() ? name : name + ": " + message;
    } catch (Throwable worse) {
      return name;
    }
  }

  /** Writes the stack to standard error, down to where the host called the function. */
  static void log(Throwable problem) {
    complain(stack(problem));
  }

  static String stack(Throwable problem) {
    if (problem instanceof BadAnswer) return problem.getMessage();
    try {
      trim(problem);
      StringWriter text = new StringWriter();
      problem.printStackTrace(new PrintWriter(text));
      return text.toString().stripTrailing();
    } catch (Throwable worse) {
      return describe(problem);
    }
  }

  /** The host's own frames below say nothing to whoever wrote the function. */
  private static void trim(Throwable problem) {
    StackTraceElement[] frames = problem.getStackTrace();
    int end = frames.length;
    while (end > 0 && frames[end - 1].getClassName().startsWith(OURS)) end--;
    if (end == 0 || end == frames.length) return;
    StackTraceElement[] users = new StackTraceElement[end];
    System.arraycopy(frames, 0, users, 0, end);
    problem.setStackTrace(users);
  }

  /** Writes a line where it is seen even if the function has replaced or closed System.err. */
  static void complain(String text) {
    byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      System.err.flush();
      ERR.write(line);
    } catch (IOException closed) {
      // Nobody reads it; the answer matters more.
    }
  }

  /** Something is wrong with the host itself: better no host than half of one. */
  static void endOfHost(Throwable problem) {
    complain("wherry: the Java host can't go on: " + describe(problem));
    Runtime.getRuntime().halt(70);
  }
}
