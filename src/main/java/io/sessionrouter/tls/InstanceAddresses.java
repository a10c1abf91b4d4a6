package io.sessionrouter.tls;

import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * All addresses of an instance's host: a name may have several, of both families, and the instance
 * listen on one only.
 */
public final class InstanceAddresses {
  /** Further ones are not tried. */
  private static final int MAX_ADDRESSES = 8;

  private static final DefaultHostsFileEntriesResolver HOSTS =
      new DefaultHostsFileEntriesResolver();

  private final AddressResolverGroup<?> resolver;

  /**
   * @param resolver one that does not block, since host names are looked up on the event loop
   */
  public InstanceAddresses(AddressResolverGroup<?> resolver) {
    this.resolver = resolver;
  }

  /** The address that a host is itself; null if it is a name. */
  public static @Nullable InetAddress literal(String host) {
    return NetUtil.createInetAddressFromIpAddressString(host);
  }

  /** The addresses of a name, its families by turns; at least one, or the future fails. */
  public Future<List<InetSocketAddress>> find(EventLoop loop, String host, int port) {
    List<InetAddress> local = HOSTS.addresses(host, ResolvedAddressTypes.IPV6_PREFERRED);
    if (local != null && !local.isEmpty()) {
      return loop.newSucceededFuture(
          byTurns(local.stream().map(a -> new InetSocketAddress(a, port)).toList()));
    }
    Promise<List<InetSocketAddress>> found = loop.newPromise();
    resolveAll(resolver.getResolver(loop), InetSocketAddress.createUnresolved(host, port), found);
    return found;
  }

  private static <T extends SocketAddress> void resolveAll(
      AddressResolver<T> by, InetSocketAddress name, Promise<List<InetSocketAddress>> found) {
    by.resolveAll(name)
        .addListener(
            (Future<List<T>> all) -> {
              if (all.isSuccess()) {
                found.setSuccess(
                    byTurns(all.getNow().stream().map(InetSocketAddress.class::cast).toList()));
              } else {
                found.setFailure(all.cause());
              }
            });
  }

  /** Whether nothing listens; epoll distinguishes connect failures by their text only. */
  public static boolean isRefusal(Throwable why) {
    return why instanceof ConnectException
        && String.valueOf(why.getMessage()).contains("Connection refused");
  }

  /**
   * Of the failures of two of a name's addresses the one that decides: nothing listens only if
   * nothing listens wherever there is a way to.
   */
  public static Throwable moreInformative(@Nullable Throwable one, Throwable other) {
    return one == null || weight(other) > weight(one) ? other : one;
  }

  private static int weight(Throwable why) {
    if (isRefusal(why)) {
      return 1;
    }
    return String.valueOf(why.getMessage()).contains("unreachable") ? 0 : 2;
  }

  /** The first family first, the other one second, so that a dead one costs one wait only. */
  static List<InetSocketAddress> byTurns(List<InetSocketAddress> all) {
    Queue<InetSocketAddress> same = new ArrayDeque<>();
    Queue<InetSocketAddress> other = new ArrayDeque<>();
    for (InetSocketAddress each : all) {
      boolean first = each.getAddress().getClass() == all.getFirst().getAddress().getClass();
      (first ? same : other).add(each);
    }
    List<InetSocketAddress> mixed = new ArrayList<>();
    while (mixed.size() < MAX_ADDRESSES && (!same.isEmpty() || !other.isEmpty())) {
      Queue<InetSocketAddress> next = same.isEmpty() ? other : same;
      mixed.add(next.remove());
      if (!other.isEmpty() && mixed.size() < MAX_ADDRESSES) {
        mixed.add(other.remove());
      }
    }
    return mixed;
  }
}
