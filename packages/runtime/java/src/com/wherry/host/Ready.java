package com.wherry.host;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The line that says that the host listens, on file descriptor 3. */
final class Ready {
  private static final int DESCRIPTOR = 3;

  private Ready() {}

  /**
   * Writes the line and closes the descriptor. It can't be opened by its name in /proc, as it may be a socket; so this needs
   * {@code --add-opens java.base/java.io=ALL-UNNAMED}.
   *
   * @throws IOException if it can't be written
   */
  static void say() throws IOException {
    // Without somebody who waits for the line, that number belongs to a file of the virtual machine.
    if (!isPipe()) return;
    String version = System.getProperty("java.version");
    String line = "{\"protocol\":1,\"runtime\":\"java\",\"version\":\"" + version + "\"}\n";
    try (FileOutputStream out = new FileOutputStream(descriptor())) {
      out.write(line.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Goes the way there without saying anything. */
  static void prepare() throws IOException {
    isPipe();
    descriptor();
  }

  private static boolean isPipe() {
    try {
      String what = Files.readSymbolicLink(Path.of("/proc/self/fd/" + DESCRIPTOR)).toString();
      return what.startsWith("socket:") || what.startsWith("pipe:");
    } catch (IOException | RuntimeException absent) {
      return !Files.isDirectory(Path.of("/proc/self/fd"));
    }
  }

  private static FileDescriptor descriptor() throws IOException {
    try {
      Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      return constructor.newInstance(DESCRIPTOR);
    } catch (ReflectiveOperationException | RuntimeException closed) {
      throw new IOException("descriptor 3 can't be reached: " + closed.getMessage(), closed);
    }
  }
}
