package io.sessionrouter.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A real name server for one zone, on loopback, over UDP and TCP. */
public final class NameServer implements AutoCloseable {
  private static final int FIT_INTO_UDP = 40;

  private final EventLoopGroup loops = new NioEventLoopGroup(1);
  private final Map<String, List<byte[]>> zone = new ConcurrentHashMap<>();
  private final AtomicInteger queries = new AtomicInteger();
  private final AtomicInteger overTcp = new AtomicInteger();
  private final InetSocketAddress address;
  private volatile boolean broken;
  private volatile boolean mute;

  public NameServer() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Channel tcp = tcp().bind(loopback, 0).sync().channel();
    address = (InetSocketAddress) tcp.localAddress();
    udp().bind(address).sync();
  }

  public InetSocketAddress address() {
    return address;
  }

  public int queries() {
    return queries.get();
  }

  public int overTcp() {
    return overTcp.get();
  }

  /** Every question is answered with SERVFAIL, but those for IPv6 addresses. */
  public void broken(boolean now) {
    broken = now;
  }

  /** No question is answered. */
  public void mute(boolean now) {
    mute = now;
  }

  /** A or AAAA records; none at all if there are no addresses. */
  public void host(String name, String... addresses) throws Exception {
    remove(name);
    for (String text : addresses) {
      byte[] bytes = InetAddress.getByName(text).getAddress();
      add(name, bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA, bytes);
    }
  }

  /** SRV records, each {@code target:port}. */
  public void service(String name, String... targets) {
    remove(name);
    for (String target : targets) {
      add(name, DnsRecordType.SRV, srv(target));
    }
  }

  private void remove(String name) {
    List.of(DnsRecordType.A, DnsRecordType.AAAA, DnsRecordType.SRV)
        .forEach(type -> zone.remove(key(name, type)));
  }

  private void add(String name, DnsRecordType type, byte[] content) {
    zone.merge(
        key(name, type),
        List.of(content),
        (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
  }

  private static byte[] srv(String target) {
    String host = target.substring(0, target.lastIndexOf(':'));
    ByteBuf content = Unpooled.buffer().writeShort(0).writeShort(50);
    content.writeShort(Integer.parseInt(target.substring(host.length() + 1)));
    for (String label : host.split("\\.", 0)) {
      content.writeByte(label.length()).writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    content.writeByte(0);
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes).release();
    return bytes;
  }

  private static String key(String name, DnsRecordType type) {
    return (name.endsWith(".") ? name : name + ".").toLowerCase(Locale.ROOT) + " " + type.name();
  }

  private Bootstrap udp() {
    return new Bootstrap()
        .group(loops)
        .channel(NioDatagramChannel.class)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Udp());
              }
            });
  }

  private ServerBootstrap tcp() {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder(), new Tcp());
              }
            });
  }

  private boolean ignored() {
    queries.incrementAndGet();
    return mute;
  }

  private void answer(DnsQuery query, DnsResponse response, int most) {
    DnsQuestion question = query.recordAt(DnsSection.QUESTION);
    response.addRecord(
        DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
    List<byte[]> contents = zone.getOrDefault(key(question.name(), question.type()), List.of());
    boolean fails = broken && !DnsRecordType.AAAA.equals(question.type());
    if (fails) {
      response.setCode(DnsResponseCode.SERVFAIL);
    } else if (contents.size() > most) {
      response.setTruncated(true);
    } else if (contents.isEmpty() && unknown(question.name())) {
      response.setCode(DnsResponseCode.NXDOMAIN);
    }
    for (byte[] content : fails || contents.size() > most ? List.<byte[]>of() : contents) {
      response.addRecord(
          DnsSection.ANSWER,
          new DefaultDnsRawRecord(
              question.name(), question.type(), 5, Unpooled.wrappedBuffer(content)));
    }
  }

  private boolean unknown(String name) {
    return zone.keySet().stream().noneMatch(k -> k.startsWith(name.toLowerCase(Locale.ROOT) + " "));
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Udp extends SimpleChannelInboundHandler<DatagramDnsQuery> {

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
      if (!ignored()) {
        DatagramDnsResponse response =
            new DatagramDnsResponse(
                /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
        answer(query, response, FIT_INTO_UDP);
        context.writeAndFlush(response);
      }
    }
  }

  private final class Tcp extends SimpleChannelInboundHandler<DnsQuery> {

    @Override
    protected void channelRead0(ChannelHandlerContext context, DnsQuery query) {
      overTcp.incrementAndGet();
      if (!ignored()) {
        DnsResponse response = new DefaultDnsResponse(query.id());
        answer(query, response, Integer.MAX_VALUE);
        context.writeAndFlush(response);
      }
    }
  }
}
