package io.sessionrouter.auth;

import java.time.InstantSource;
import java.util.function.Supplier;

/** The ways to find out who calls. */
public final class Authenticators {
  private Authenticators() {}

  /** One that distinguishes no callers, and lets all of them do everything. */
  public static Authenticator none() {
    return AnyCaller.INSTANCE;
  }

  /**
   * One that lets in whom it knows.
   *
   * @param principals those of now
   * @param region that requests must be signed for
   */
  public static Authenticator known(
      Supplier<Principals> principals, String region, InstantSource clock) {
    return new KnownCallers(principals, region, clock);
  }
}
