package io.sessionrouter.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A network that can fail: relays connections on loopback until told to cut or to mute them. */
public final class TcpProxy implements AutoCloseable {
  private final NetClient client;
  private final NetServer server;
  private final int target;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private volatile Predicate<String> refused = sent -> false;
  private volatile boolean cut;

  private static final class Pair {
    final NetSocket near;
    final NetSocket far;
    volatile String sent = "";
    volatile boolean muted;

    Pair(NetSocket near, NetSocket far) {
      this.near = near;
      this.far = far;
    }

    void close() {
      near.close();
      far.close();
    }
  }

  /**
   * @param target port on loopback that connections lead to
   */
  public TcpProxy(Vertx vertx, int target) {
    this.target = target;
    this.client = vertx.createNetClient();
    this.server = vertx.createNetServer().connectHandler(this::accept);
    join(server.listen(0, "127.0.0.1"));
  }

  public int port() {
    return server.actualPort();
  }

  /** Breaks all connections and refuses new ones, until {@link #restore}. */
  public void cut() {
    cut = true;
    pairs.forEach(Pair::close);
  }

  /** Lets new connections through again. */
  public void restore() {
    cut = false;
    refused = sent -> false;
  }

  /** Breaks connections whose client sends something like this, now and later. */
  public void refuse(Predicate<String> sent) {
    refused = sent;
    pairs.stream().filter(pair -> sent.test(pair.sent)).forEach(Pair::close);
  }

  /**
   * Connections stay open, but nothing of the server reaches the client any more.
   *
   * @return how many connections there are whose client sent something like this
   */
  public long mute(Predicate<String> sent) {
    return pairs.stream()
        .filter(pair -> sent.test(pair.sent))
        .peek(pair -> pair.muted = true)
        .count();
  }

  @Override
  public void close() {
    cut();
    join(server.close());
    join(client.close());
  }

  private void accept(NetSocket near) {
    if (cut) {
      near.close();
      return;
    }
    near.pause();
    client
        .connect(target, "127.0.0.1")
        .onSuccess(far -> relay(new Pair(near, far)))
        .onFailure(why -> near.close());
  }

  private void relay(Pair pair) {
    pairs.add(pair);
    pair.near.handler(bytes -> toServer(pair, bytes));
    pair.far.handler(bytes -> toClient(pair, bytes));
    pair.near.closeHandler(ended -> end(pair));
    pair.far.closeHandler(ended -> end(pair));
    if (cut) {
      pair.close();
    }
    pair.near.resume();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one event loop writes, a test reads
  private void toServer(Pair pair, Buffer bytes) {
    pair.sent += bytes.toString();
    if (refused.test(pair.sent)) {
      pair.close();
    } else {
      pair.far.write(bytes);
    }
  }

  private static void toClient(Pair pair, Buffer bytes) {
    if (!pair.muted) {
      pair.near.write(bytes);
    }
  }

  private void end(Pair pair) {
    pairs.remove(pair);
    pair.close();
  }

  private static void join(Future<?> future) {
    future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
