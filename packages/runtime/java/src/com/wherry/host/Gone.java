package com.wherry.host;

import java.io.IOException;

/** The caller has gone. The function hears of it where it reads the request or writes the answer; it is nobody's fault. */
final class Gone extends IOException {
  private static final long serialVersionUID = 1;

  Gone(String message) {
    super(message);
  }
}
