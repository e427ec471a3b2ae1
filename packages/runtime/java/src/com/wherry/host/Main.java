package com.wherry.host;

import java.io.IOException;

/**
 * The Java host: started with {@code --socket PATH} it listens there, is given one function once, and serves its calls. Starting is what a
 * cold call waits for, so what a start runs through has no lambdas, no formats and no regular expressions: each costs milliseconds.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    if (args.length == 2 && args[0].equals("--rehearse")) Rehearsal.run(args[1]);
    else if (args.length == 2 && args[0].equals("--socket")) serve(args[1]);
    else giveUp("usage: --socket PATH, or --rehearse ENTRY");
  }

  private static void serve(String socket) {
    Host host;
    try {
      host = new Host(socket);
      Ready.say();
    } catch (IOException problem) {
      giveUp("cannot listen on " + socket + ": " + problem.getMessage());
      return;
    }
    host.loop.run();
  }

  private static void giveUp(String why) {
    Fault.complain("wherry java host: " + why);
    System.exit(1);
  }
}
