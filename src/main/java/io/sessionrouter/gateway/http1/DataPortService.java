package io.sessionrouter.gateway.http1;

import io.netty.channel.ChannelFuture;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.auth.quota.QuotaSettings;
import io.sessionrouter.auth.quota.Quotas;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.domain.StopOrder;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Placement;
import io.sessionrouter.gateway.DataPortSettings;
import io.sessionrouter.gateway.Errors;
import io.sessionrouter.gateway.HeldMemory;
import io.sessionrouter.gateway.PathDependencies;
import io.sessionrouter.models.Models;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.StoreHealth;
import io.sessionrouter.telemetry.Telemetry;
import io.sessionrouter.tls.Tls;
import io.sessionrouter.upstream.UpstreamSettings;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** The data port as a part of the application: opens with it and closes with it. */
@ApplicationScoped
public class DataPortService {
  private static final Logger LOG = Logger.getLogger(DataPortService.class);

  private final HeldMemory memory;
  private final DataPort port;
  private final DataPortSettings settings;
  private final Tls tls;

  @SuppressWarnings("deprecation") // there is no other way to Vert.x' event loops
  DataPortService(
      Vertx vertx,
      DataPortSettings settings,
      UpstreamSettings upstream,
      QuotaSettings quota,
      Sessions sessions,
      LastTokens lastTokens,
      StoreHealth store,
      Authenticator authenticator,
      FleetView fleet,
      Placement placement,
      Models models,
      SessionCloser closer,
      Telemetry telemetry,
      Tls tls) {
    PathDependencies dependencies =
        PathDependencies.of(
            sessions,
            store,
            lastTokens,
            authenticator,
            fleet,
            placement,
            models,
            closer,
            telemetry,
            new Quotas(quota),
            InstantSource.system());
    this.settings = settings;
    this.tls = tls;
    this.memory = new HeldMemory(settings.memory());
    telemetry.meters().heldMemory(memory::used, memory::limit);
    this.port =
        new DataPort(
            vertx.nettyEventLoopGroup(),
            ((VertxInternal) vertx).nettyAddressResolverGroup(),
            dependencies,
            settings,
            upstream,
            tls,
            memory);
  }

  void start(@Observes @Priority(StartOrder.DATA_PORT) StartupEvent event) {
    ChannelFuture bound = port.open().awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IllegalStateException(
          "Cannot listen on the data port: session-router.http.host=%s, session-router.http.port=%d"
                  .formatted(settings.host(), settings.port())
              + " ("
              + bound.cause().getMessage()
              + ")",
          bound.cause());
    }
    LOG.infof(
        "Data port open host=%s port=%d tls=%b",
        settings.host(), port.port(), tls.clients() != null);
  }

  void stop(@Observes @Priority(StopOrder.DATA_PORT) ShutdownEvent event) {
    port.close();
  }

  /** The budget for all that is held for clients, whichever port they came by. */
  public HeldMemory memory() {
    return memory;
  }

  /** Whether clients are asked to go elsewhere. */
  public boolean leaving() {
    return port.leaving();
  }

  /** Still serves everybody, but asks clients to go elsewhere after their next response. */
  public void announceEnd() {
    port.announceEnd();
  }

  /** Takes no more connections; done when the last one is closed. */
  public CompletableFuture<Void> stopAccepting() {
    return port.stopAccepting();
  }

  /** Ends what is still under way. */
  public void cut() {
    port.cut(Errors.stopping());
  }

  /** The port clients connect to, or -1 while there is none. */
  public int port() {
    return port.port();
  }
}
