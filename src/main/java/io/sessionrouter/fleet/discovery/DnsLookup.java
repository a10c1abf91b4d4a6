package io.sessionrouter.fleet.discovery;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.telemetry.DiscoveryMeters.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Asks the name servers of the machine for the addresses of instances.
 *
 * <p>Netty's resolver, because it repeats a question over TCP when the answer is too long for UDP:
 * a cut answer would look as if instances had gone. Nothing is cached here; name servers do, by the
 * records' time to live.
 */
final class DnsLookup {
  private static final long QUERY_MILLIS = 2_000;
  private static final int UDP_PAYLOAD = 4096;

  private final DnsNameResolver four;
  private final DnsNameResolver six;

  /**
   * @param id what identifies the instance
   */
  record Found(String id, String host, int port) {}

  /** What an SRV record says. */
  private record Service(String target, int port) {}

  DnsLookup(EventLoop loop, boolean epoll, DnsServerAddressStreamProvider servers) {
    this.four = resolver(loop, epoll, servers, ResolvedAddressTypes.IPV4_ONLY);
    this.six = resolver(loop, epoll, servers, ResolvedAddressTypes.IPV6_ONLY);
  }

  /** All addresses of a host. Fails if the name does not exist or has none. */
  Future<List<Found>> host(String name, int port) {
    return addresses(name).map(all -> all.stream().map(host -> found(host, port)).toList());
  }

  /**
   * All targets of SRV records, with the first address of each. A target without an address is left
   * out.
   */
  Future<List<Found>> service(String name) {
    return records(name)
        .compose(
            services -> {
              List<Future<Found>> targets = services.stream().map(this::target).toList();
              return Future.join(targets).transform(joined -> known(targets));
            });
  }

  void close() {
    four.close();
    six.close();
  }

  private static Found found(String host, int port) {
    return new Found(host + ":" + port, host, port);
  }

  private Future<Found> target(Service service) {
    return addresses(service.target)
        .map(all -> new Found(service.target + ":" + service.port, all.getFirst(), service.port));
  }

  private static Future<List<Found>> known(List<Future<Found>> targets) {
    List<Found> known = targets.stream().filter(Future::succeeded).map(Future::result).toList();
    return known.isEmpty() && !targets.isEmpty()
        ? Future.failedFuture(targets.getFirst().cause())
        : Future.succeededFuture(known);
  }

  /**
   * IPv4, and IPv6 only where there is none: of a host with both, each instance would be found
   * twice. A question that was not answered says nothing about what there is.
   */
  private Future<List<String>> addresses(String name) {
    return addresses(four, name)
        .recover(why -> saysThereIsNone(why) ? addresses(six, name) : Future.failedFuture(why));
  }

  /** What the meters call it. */
  static Failure kindOf(Throwable why) {
    if (DnsNameResolver.isTransportOrTimeoutError(why)) {
      return Failure.UNREACHABLE;
    }
    return saysThereIsNone(why) ? Failure.NO_RECORDS : Failure.REFUSED;
  }

  /** Not: that the question could not be answered. */
  private static boolean saysThereIsNone(Throwable why) {
    if (DnsNameResolver.isTransportOrTimeoutError(why)) {
      return false;
    }
    for (Throwable t = why; t != null; t = t.getCause()) {
      if (t instanceof DnsErrorCauseException failure) {
        return DnsResponseCode.NXDOMAIN.equals(failure.getCode())
            || DnsResponseCode.NOERROR.equals(failure.getCode());
      }
    }
    return true;
  }

  private static Future<List<String>> addresses(DnsNameResolver resolver, String name) {
    Promise<List<String>> promise = Promise.promise();
    resolver
        .resolveAll(name)
        .addListener(
            (io.netty.util.concurrent.Future<List<InetAddress>> done) -> {
              if (done.isSuccess()) {
                promise.complete(done.getNow().stream().map(DnsLookup::text).sorted().toList());
              } else {
                promise.fail(done.cause());
              }
            });
    return promise.future();
  }

  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    return address instanceof Inet6Address ? "[" + text + "]" : text;
  }

  private Future<List<Service>> records(String name) {
    Promise<List<Service>> promise = Promise.promise();
    four.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.SRV))
        .addListener(
            (io.netty.util.concurrent.Future<List<DnsRecord>> done) -> {
              if (done.isSuccess()) {
                decode(name, done.getNow(), promise);
              } else {
                promise.fail(done.cause());
              }
            });
    return promise.future();
  }

  private static void decode(String name, List<DnsRecord> records, Promise<List<Service>> promise) {
    List<Service> services = new ArrayList<>();
    try {
      for (DnsRecord each : records) {
        if (DnsRecordType.SRV.equals(each.type()) && each instanceof DnsRawRecord raw) {
          services.add(service(raw.content()));
        }
      }
    } catch (RuntimeException malformed) {
      promise.fail(new UnknownHostException("SRV record of " + name + " cannot be read"));
    } finally {
      records.forEach(ReferenceCountUtil::release);
    }
    if (services.isEmpty()) {
      promise.tryFail(new UnknownHostException("no SRV record of " + name));
    } else {
      promise.tryComplete(services);
    }
  }

  /** Priority, weight, port, target. */
  private static Service service(ByteBuf content) {
    content.skipBytes(2 * Short.BYTES);
    int port = content.readUnsignedShort();
    String target = DefaultDnsRecordDecoder.decodeName(content).toLowerCase(Locale.ROOT);
    return new Service(target.replaceFirst("\\.$", ""), port);
  }

  private static DnsNameResolver resolver(
      EventLoop loop,
      boolean epoll,
      DnsServerAddressStreamProvider servers,
      ResolvedAddressTypes types) {
    return new DnsNameResolverBuilder(loop)
        .datagramChannelType(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
        .socketChannelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
        .nameServerProvider(servers)
        .resolvedAddressTypes(types)
        .resolveCache(NoopDnsCache.INSTANCE)
        .cnameCache(NoopDnsCnameCache.INSTANCE)
        .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
        .queryTimeoutMillis(QUERY_MILLIS)
        .maxPayloadSize(UDP_PAYLOAD)
        .build();
  }
}
