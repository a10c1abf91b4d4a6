package io.sessionrouter.endpoint;

import java.time.Duration;

/**
 * How long each step of a request may take.
 *
 * @param connect until a connection to an instance is open
 * @param firstByte from the request's end to the response's head
 * @param stream from the response's head to its end
 * @param reach how long connects are tried again in all
 */
public record Timeouts(Duration connect, Duration firstByte, Duration stream, Duration reach) {

  /** With the usual time for connects that are tried again. */
  public Timeouts(Duration connect, Duration firstByte, Duration stream) {
    this(connect, firstByte, stream, Duration.ofSeconds(3));
  }
}
