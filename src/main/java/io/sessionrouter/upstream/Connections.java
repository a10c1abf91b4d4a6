package io.sessionrouter.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceTls;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All connections of one event loop to instances. Used on that event loop only. */
public final class Connections {
  private final UpstreamSettings settings;
  private final Map<Instance, InstancePool> pools = new HashMap<>();
  private final ChunkDeadlines unfinished = new ChunkDeadlines();
  private final Dialer dialer;

  /**
   * @param resolver one that does not block, since host names are looked up on the event loop
   */
  public Connections(
      EventLoop loop,
      Class<? extends Channel> channelType,
      AddressResolverGroup<?> resolver,
      UpstreamSettings settings,
      InstanceTls tls) {
    this.settings = settings;
    this.dialer = new Dialer(loop, channelType, resolver, tls, unfinished);
  }

  /** An open connection that nobody uses, or null if there is none. */
  public @Nullable InstanceConnection idle(Instance instance) {
    InstancePool pool = pools.get(instance);
    return pool == null ? null : pool.take();
  }

  /**
   * Opens a new connection when its turn has come, or takes one that comes free before.
   *
   * @param timeout until the instance has accepted it; a TLS handshake has its own time
   * @param deadline nanoseconds; when its turn is waited for no longer
   */
  public void connect(Instance instance, Duration timeout, long deadline, ConnectHandler handler) {
    InstancePool pool = pool(instance);
    pool.connects().add(new Connect(timeout, deadline, handler));
  }

  private InstancePool pool(Instance instance) {
    return pools.computeIfAbsent(
        instance, i -> new InstancePool(i, settings.maxIdle(), System.nanoTime(), dialer::dial));
  }

  /** Closes what has been idle for too long; to be called a few times a second. */
  public void expire(long nowNanos) {
    long maxIdleNanos = settings.idleTimeout().toNanos();
    pools.values().forEach(pool -> pool.expire(nowNanos, maxIdleNanos));
    List.copyOf(pools.values()).forEach(pool -> pool.connects().expire(nowNanos));
  }

  /** Hands on chunks whose rest does not come; to be called some times in 100 ms. */
  public void handOnUnfinished(long nowNanos) {
    unfinished.look(nowNanos);
  }

  /** Forgets instances that left the fleet. */
  public void retain(Predicate<Instance> present) {
    List<InstancePool> gone =
        pools.values().stream().filter(pool -> !present.test(pool.instance())).toList();
    gone.forEach(pool -> pools.remove(pool.instance()));
    gone.forEach(InstancePool::closeAll);
  }
}
