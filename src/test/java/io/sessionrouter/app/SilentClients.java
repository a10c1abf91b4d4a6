package io.sessionrouter.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients that send the same bytes, read nothing, and stay for as long as they are let. */
final class SilentClients implements AutoCloseable {
  private final InetSocketAddress to;
  private final byte[] bytes;
  private final List<Member> members = new ArrayList<>();
  private long sent;

  private record Member(SocketChannel channel, ByteBuffer left) {}

  SilentClients(int port, String text) {
    this.to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.bytes = text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** So many more connect, and all send what is taken of them. */
  void grow(int more) {
    for (int i = 0; i < more; i++) {
      try {
        SocketChannel channel = SocketChannel.open(to);
        channel.configureBlocking(false);
        members.add(new Member(channel, ByteBuffer.wrap(bytes)));
      } catch (IOException refused) {
        break;
      }
    }
    members.removeIf(member -> !sends(member));
  }

  private boolean sends(Member member) {
    try {
      int written = member.left().hasRemaining() ? member.channel().write(member.left()) : 0;
      sent += written;
      return true;
    } catch (IOException closed) {
      close(member);
      return false;
    }
  }

  long sent() {
    return sent;
  }

  private static void close(Member member) {
    try {
      member.channel().close();
    } catch (IOException gone) {
      throw new IllegalStateException(gone);
    }
  }

  @Override
  public void close() {
    members.forEach(SilentClients::close);
    members.clear();
  }
}
