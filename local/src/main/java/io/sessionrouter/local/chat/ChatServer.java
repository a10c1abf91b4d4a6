package io.sessionrouter.local.chat;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The HTTP server of the chat page, on the loopback interface: hands out the page and passes its
 * calls on to the router.
 *
 * <p>It works on sockets, since the JDK's own server does not notice that a browser left before the
 * first byte of its answer, and then the container would go on for nobody. A virtual thread serves
 * each connection; their number and their life are bounded.
 */
public final class ChatServer implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 64;
  private static final int BACKLOG = 128;
  private static final long LONGEST_MINUTES = 10;

  private final ServerSocket listener;
  private final Assets assets;
  private final RouterAccess router;
  private final ManagementLogin login;
  private final Semaphore places = new Semaphore(MOST_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("chat-clock").factory());

  private ChatServer(ServerSocket listener, Scene scene, String bearerKey) throws IOException {
    this.listener = listener;
    this.assets = new Assets(scene);
    this.router = new RouterAccess(scene.router(), scene.management(), bearerKey);
    this.login = new ManagementLogin(router);
    clock.setRemoveOnCancelPolicy(true);
  }

  /**
   * Listens from now on.
   *
   * @param port 0 for any free one
   * @param bearerKey by which the router knows the page's calls
   */
  public static ChatServer start(int port, Scene scene, String bearerKey) throws IOException {
    var listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    var server = new ChatServer(listener, scene, bearerKey);
    Thread.ofPlatform().daemon().name("chat-accept").start(server::accept);
    return server;
  }

  /** Pages that are opened from now on are about this scene; its router stays. */
  public void show(Scene scene) {
    assets.show(scene);
  }

  /** Where the page is. */
  public URI url() {
    return URI.create("http://127.0.0.1:%d/".formatted(listener.getLocalPort()));
  }

  /** Where a browser finds the router's console, logged in. */
  public URI console() {
    return url().resolve(ManagementLogin.CONSOLE);
  }

  /** Whoever finds no place waits in the backlog. */
  private void accept() {
    try {
      while (true) {
        places.acquire();
        begin(listener.accept());
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin(Socket browser) {
    open.add(browser);
    Thread.ofVirtual().name("chat").start(() -> serve(browser));
  }

  private void serve(Socket browser) {
    ScheduledFuture<?> end =
        clock.schedule(() -> quietlyClose(browser), LONGEST_MINUTES, TimeUnit.MINUTES);
    try (browser) {
      new ChatConnection(browser, assets, router, login).serve();
    } catch (IOException e) {
      // The browser has left: nobody is there to be notified.
    } finally {
      end.cancel(false);
      open.remove(browser);
      places.release();
    }
  }

  private static void quietlyClose(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  /** Breaks what is still open. */
  @Override
  public void close() {
    quietlyClose(listener);
    open.forEach(ChatServer::quietlyClose);
    clock.shutdownNow();
    login.close();
  }
}
