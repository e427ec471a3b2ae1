package com.wherry.host;

import java.nio.charset.StandardCharsets;

/** What is said to a caller: the answer of the handler, or what went wrong with it. Where nobody waits any more nothing is. */
final class Reply {
  private final Call call;

  Reply(Call call) {
    this.call = call;
  }

  /**
   * The whole answer.
   *
   * @throws BadAnswer if it can't be sent
   */
  void whole(int status, AnswerHead lines, String defaultType, byte[] body) {
    if (isHeadOnly()) call.send(0, status, lines.alone(defaultType, body.length), Frames.NOTHING);
    else if (body.length <= Frames.SMALL) call.send(0, status, lines.whole(defaultType), body);
    else {
      Outgoing stream = call.begin(status, lines.apart(defaultType, body.length), body.length);
      if (stream != null) stream.whole(body);
    }
  }

  /** An answer that has no body; for callers who asked for none it has the length of one, -1 where that is unknown. */
  void bare(int status, AnswerHead lines, long length) {
    call.send(0, status, isHeadOnly() ? lines.alone("", length) : lines.whole(""), Frames.NOTHING);
  }

  /** The answer to a call whose handler failed. */
  void fault(Throwable problem) {
    if (call.isCancelled()) return;
    if (!(problem instanceof Gone)) Fault.log(problem);
    Outgoing stream = call.stream();
    // A stream that is under way can't be taken back, only cut.
    if (stream != null) stream.fail();
    else text(Frames.FAULT, 500, Fault.describe(problem));
  }

  /** A text of ours, as long as fits into a frame. */
  void text(int flags, int status, String text) {
    String most = text.substring(0, Math.min(text.length(), Frames.SMALL / 4));
    byte[] body = isHeadOnly() ? Frames.NOTHING : most.getBytes(StandardCharsets.UTF_8);
    call.send(flags, status, AnswerHead.PLAIN, body);
  }

  /** Whether the caller asked for headers only. */
  boolean isHeadOnly() {
    return call.head.method.equals("HEAD");
  }
}
