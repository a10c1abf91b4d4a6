package io.sessionrouter.container.generation;

/** The device has no memory left for what a model was asked to do. */
public final class DeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceMemoryException(Throwable cause) {
    super("the device has no memory left", cause);
  }
}
