package io.sessionrouter.domain;

import java.net.URI;

/**
 * One model container: an address that serves one variant of one endpoint.
 *
 * <p>Compared by identity on purpose: the connection pools use it as a key on every request.
 */
public final class Instance {
  private final String endpoint;
  private final String variant;
  private final String id;
  private final String host;
  private final int port;
  private final boolean tls;

  public Instance(String endpoint, String variant, String id, String host, int port, boolean tls) {
    this.endpoint = endpoint;
    this.variant = variant;
    this.id = id;
    this.host = host;
    this.port = port;
    this.tls = tls;
  }

  /** An instance known by its URL only; its id is {@code host:port}. */
  public static Instance at(String endpoint, String variant, URI url) {
    boolean tls = "https".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    return new Instance(endpoint, variant, url.getHost() + ":" + port, url.getHost(), port, tls);
  }

  public String endpoint() {
    return endpoint;
  }

  public String variant() {
    return variant;
  }

  /** Unique within the endpoint and stable across router restarts. */
  public String id() {
    return id;
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public boolean tls() {
    return tls;
  }

  /** What goes into the {@code Host} header. */
  public String authority() {
    return host + ":" + port;
  }

  @Override
  public String toString() {
    return endpoint + "/" + variant + "/" + id;
  }
}
