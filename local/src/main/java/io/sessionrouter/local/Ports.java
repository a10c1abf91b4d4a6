package io.sessionrouter.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Finds free ports of this machine, and reports which are not. */
public final class Ports {
  /**
   * Below the range that operating systems take outgoing connections' ports from: a client that
   * keeps trying a server there while it is down must not end up connected to itself.
   */
  private static final int FIRST = 20_000;

  private static final int COUNT = 10_000;
  private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /** A free port, and never the same one twice. */
  public static int free() {
    RandomGenerator random = RandomGenerator.getDefault();
    for (int tries = 0; tries < COUNT; tries++) {
      int port = FIRST + random.nextInt(COUNT);
      if (isFree(port) && TAKEN.add(port)) {
        return port;
      }
    }
    throw new StartFailure(
        "No free port found between %d and %d.".formatted(FIRST, FIRST + COUNT - 1));
  }

  /** Asks twice: a listener on all addresses does not keep everybody from binding one of them. */
  public static boolean isFree(int port) {
    return !answers(InetAddress.getLoopbackAddress().getHostAddress(), port) && canBind(port);
  }

  public static boolean answers(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), 2_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean canBind(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
