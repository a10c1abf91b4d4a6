package io.sessionrouter.gateway.http1;

import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How many connections one address may have at the same time. */
final class AddressLimit {
  private final @Nullable Integer limit;
  private final Map<InetAddress, Integer> open = new ConcurrentHashMap<>();

  /**
   * @param limit null for none, and then nothing is counted
   */
  AddressLimit(@Nullable Integer limit) {
    this.limit = limit;
  }

  /** Whether its address may have one more; counts it until it is closed. */
  boolean admits(SocketChannel channel) {
    if (limit == null || channel.remoteAddress() == null) {
      return true;
    }
    InetAddress address = channel.remoteAddress().getAddress();
    int present = open.merge(address, 1, Integer::sum);
    channel.closeFuture().addListener(closed -> left(address));
    return present <= limit;
  }

  private void left(InetAddress address) {
    open.computeIfPresent(address, (a, present) -> present == 1 ? null : present - 1);
  }
}
