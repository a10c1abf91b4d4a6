package io.sessionrouter.domain;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * The name servers that discovery asks, in this order.
 *
 * @param addresses none for those of the machine
 */
public record NameServers(List<InetSocketAddress> addresses) {

  public NameServers {
    addresses = List.copyOf(addresses);
  }
}
