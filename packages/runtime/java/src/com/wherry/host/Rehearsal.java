package com.wherry.host;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code --rehearse ENTRY}: goes once through what a start and a first call go through, at build, so that the archive of classes that the
 * virtual machine writes at its end holds all they need. The user's class is loaded and its object made; its handler is not called.
 */
final class Rehearsal {
  /** Milliseconds after which it is enough, whatever the user's class is waiting for. */
  private static final long PATIENCE = 10_000;
  private static final String HEAD =
      "POST /path/x?a=b\nhost:example.test\nuser-agent:rehearsal\naccept:*/*\ncontent-type:text/plain\n";

  private Rehearsal() {}

  /** Ends the process: with 0, or with 1 and a line that says why where there is nothing to call. */
  static void run(String entry) {
    inBackground(new Runnable() {
      @Override
      public void run() {
        sleep();
        System.exit(0);
      }
    });
    try {
      Path folder = Files.createTempDirectory("rehearsal");
      int code = perform(folder.resolve("lane"), entry);
      Files.delete(folder);
      System.exit(code);
    } catch (IOException problem) {
      Fault.complain("wherry java host: the rehearsal failed: " + problem);
      System.exit(1);
    }
  }

  private static int perform(Path socket, String entry) throws IOException {
    Host host = new Host(socket.toString());
    Ready.prepare();
    inBackground(new Runnable() {
      @Override
      public void run() {
        host.loop.run();
      }
    });
    try (SocketChannel lane = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      Files.delete(socket);
      send(lane, 1, Frames.LOAD, "{\"code\":\".\",\"entry\":" + Json.quote(entry) + ",\"signature\":\"auto\",\"env\":{\"REHEARSAL\":\"true\"}}", "");
      String loaded = receive(lane);
      host.signature = StandIn.of(host.signature);
      for (int id = 2; id <= 4; id++) {
        send(lane, id, Frames.CALL, HEAD, "text");
        receive(lane);
      }
      send(lane, 5, Frames.PING, "", "");
      receive(lane);
      host.loop.end();
      return verdict(loaded);
    }
  }

  /** What only fails here, for want of a network or a secret, is no reason to give up the archive. */
  private static int verdict(String loaded) {
    if (loaded.indexOf("\"ok\":true") >= 0) return 0;
    Fault.complain(loaded);
    return loaded.indexOf("\"kind\":\"threw\"") >= 0 ? 0 : 1;
  }

  private static void send(SocketChannel lane, int id, int type, String head, String body) throws IOException {
    byte[] lines = head.getBytes(StandardCharsets.UTF_8);
    byte[] text = body.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + lines.length + text.length);
    frame.putInt(Frames.HEADER - 4 + lines.length + text.length).putInt(id).put((byte) type).put((byte) 0);
    frame.putShort((short) 0).putInt(60_000).putInt(lines.length).put(lines).put(text).flip();
    while (frame.hasRemaining()) lane.write(frame);
  }

  /** Head and body of the next frame. */
  private static String receive(SocketChannel lane) throws IOException {
    ByteBuffer size = fill(lane, ByteBuffer.allocate(4));
    ByteBuffer frame = fill(lane, ByteBuffer.allocate(size.getInt(0)));
    int header = Frames.HEADER - 4;
    return new String(frame.array(), header, frame.capacity() - header, StandardCharsets.UTF_8);
  }

  private static ByteBuffer fill(SocketChannel lane, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) if (lane.read(bytes) < 0) throw new IOException("the host has ended the lane");
    return bytes;
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  private static void sleep() {
    try {
      Thread.sleep(PATIENCE);
    } catch (InterruptedException nobodys) {
      // Then it is over a little earlier.
    }
  }
}
