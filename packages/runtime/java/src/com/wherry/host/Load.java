package com.wherry.host;

import java.util.Map;

/** LOAD: finds the function's class, makes its one object, recognises what it is, and says so. */
final class Load implements Runnable {
  private static final int USUAL_CONCURRENCY = 100;
  /** How many calls are kept in order beyond those that run, which hides the way to the gateway where few do. */
  private static final int AHEAD = 64;

  private final Connection connection;
  private final int id;
  private final String order;
  private final boolean again;

  Load(Connection connection, int id, String order, boolean again) {
    this.connection = connection;
    this.id = id;
    this.order = order;
    this.again = again;
  }

  @Override
  public void run() {
    String answer;
    try {
      if (again) throw new LoadFailure("again", "this host has its function already", "");
      answer = load();
    } catch (LoadFailure failure) {
      answer = "{\"ok\":false,\"kind\":" + Json.quote(failure.kind)
          + ",\"message\":" + Json.quote(oneLine(failure.getMessage()))
          + ",\"detail\":" + Json.quote(failure.detail) + "}";
    }
    connection.outbox.frame(id, Frames.LOADED, 0, 0, 0, answer, Frames.NOTHING);
    connection.outbox.flush();
    connection.host.ended();
  }

  private String load() throws LoadFailure {
    Map<?, ?> wanted;
    try {
      wanted = (Map<?, ?>) Json.parse(order);
    } catch (RuntimeException malformed) {
      throw new LoadFailure("not-found", "the order to load can't be read: " + malformed.getMessage(), "");
    }
    Host host = connection.host;
    host.contained = Boolean.TRUE.equals(wanted.get("contained"));
    // `code` was there before this process: its class path, and its working directory.
    if (wanted.get("env") instanceof Map<?, ?> variables) Environment.add(variables);
    Object object = Entry.make(text(wanted, "entry"));
    Signature signature = Detect.signature(object, text(wanted, "signature"));
    int concurrency = wanted.get("concurrency") instanceof Double number && number >= 1 ? number.intValue() : USUAL_CONCURRENCY;
    host.workers.limit(concurrency);
    host.signature = signature;
    return "{\"ok\":true,\"signature\":" + Json.quote(signature.name())
        + ",\"concurrency\":" + concurrency + ",\"ahead\":" + AHEAD + "}";
  }

  private static String text(Map<?, ?> object, String name) {
    return object.get(name) instanceof String text ? text : "";
  }

  private static String oneLine(String text) {
    int end = text.indexOf('\n');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }
}
