package io.sessionrouter.container.api;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * A bound on what the kernel takes of an answer before its client reads.
 *
 * <p>Left alone it takes megabytes, a whole long reply; a slow reader would then never slow the
 * generation down.
 */
@ApplicationScoped
public class SendBuffer implements HttpServerOptionsCustomizer {
  private static final int BYTES = 64 * 1024;

  @Override
  public void customizeHttpServer(HttpServerOptions options) {
    options.setSendBufferSize(BYTES);
  }

  @Override
  public void customizeHttpsServer(HttpServerOptions options) {
    options.setSendBufferSize(BYTES);
  }
}
