package io.sessionrouter.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.sessionrouter.tls.InstanceAddresses;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connect over whichever of a name's addresses answers first (RFC 8305): the next is tried when
 * the last has failed, or has been silent for its share of the time.
 */
final class ConnectAttempt {
  private final EventLoop loop;
  private final long stepMillis;
  private final Function<InetSocketAddress, ChannelFuture> line;
  private final ArrayDeque<InetSocketAddress> untried;
  private final List<ChannelFuture> underWay = new ArrayList<>();
  private final Promise<Channel> result;
  private @Nullable Future<?> step;
  private @Nullable Throwable worst;

  /**
   * @param addresses at least one
   * @param line opens a connection to an address
   */
  ConnectAttempt(
      EventLoop loop,
      List<InetSocketAddress> addresses,
      long timeoutMillis,
      Function<InetSocketAddress, ChannelFuture> line) {
    this.loop = loop;
    this.line = line;
    this.untried = new ArrayDeque<>(addresses);
    this.stepMillis = Math.max(1, timeoutMillis / (2L * addresses.size()));
    this.result = loop.newPromise();
  }

  Future<Channel> begin(long timeoutMillis) {
    Future<?> late = loop.schedule(this::late, timeoutMillis, TimeUnit.MILLISECONDS);
    result.addListener(done -> late.cancel(false));
    next();
    return result;
  }

  private void next() {
    Future<?> waited = step;
    step = null;
    if (waited != null) {
      waited.cancel(false);
    }
    InetSocketAddress address = untried.poll();
    if (address == null || result.isDone()) {
      return;
    }
    if (!untried.isEmpty()) {
      step = loop.schedule(this::next, stepMillis, TimeUnit.MILLISECONDS);
    }
    ChannelFuture opening = line.apply(address);
    underWay.add(opening);
    opening.addListener((ChannelFuture ended) -> ended(ended));
  }

  private void ended(ChannelFuture opening) {
    underWay.remove(opening);
    if (opening.isSuccess()) {
      if (result.trySuccess(opening.channel())) {
        stop();
      } else {
        opening.channel().close();
      }
      return;
    }
    Throwable reason = InstanceAddresses.moreInformative(worst, opening.cause());
    worst = reason;
    if (!untried.isEmpty()) {
      next();
    } else if (underWay.isEmpty()) {
      result.tryFailure(reason);
    }
  }

  private void late() {
    if (result.tryFailure(new ConnectTimeoutException("no address answered in time"))) {
      stop();
    }
  }

  private void stop() {
    untried.clear();
    Future<?> waited = step;
    if (waited != null) {
      waited.cancel(false);
    }
    List.copyOf(underWay).forEach(opening -> opening.channel().close());
  }
}
