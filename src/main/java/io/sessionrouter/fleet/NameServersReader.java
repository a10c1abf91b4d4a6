package io.sessionrouter.fleet;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import io.sessionrouter.domain.NameServers;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Checks what users configure of name servers. */
public final class NameServersReader {
  private static final String KEY = Keys.ROOT + ".dns.servers";

  private NameServersReader() {}

  /** The name servers that are addresses; what else is configured is noted. */
  public static NameServers read(DiscoveryConfig config, Problems problems) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String text : config.dns().servers().orElse(List.of())) {
      InetSocketAddress address = NameServerAddress.parse(text);
      problems.expect(address != null, KEY, text, NameServerAddress.EXPECTED);
      if (address != null) {
        addresses.add(address);
      }
    }
    return new NameServers(addresses);
  }
}
