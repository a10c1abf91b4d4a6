package io.sessionrouter.endpoint;

import org.eclipse.microprofile.config.spi.Converter;

/** How an {@link OpenHeader} is written: {@value #ROUTER}, or {@value #FORWARD}. */
public final class OpenHeaderConverter implements Converter<OpenHeader> {
  private static final long serialVersionUID = 1L;
  private static final String ROUTER = "router";
  private static final String FORWARD = "forward";

  @Override
  public OpenHeader convert(String value) {
    if (!value.equalsIgnoreCase(FORWARD) && !value.equalsIgnoreCase(ROUTER)) {
      throw new IllegalArgumentException("(expected: router, or forward)");
    }
    return value.equalsIgnoreCase(ROUTER) ? OpenHeader.ROUTER : OpenHeader.FORWARD;
  }
}
