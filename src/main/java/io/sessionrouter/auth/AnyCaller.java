package io.sessionrouter.auth;

import io.netty.handler.codec.http.HttpRequest;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Where callers are not distinguished. */
enum AnyCaller implements Authenticator {
  INSTANCE;

  private static final AuthenticatedRequest REQUEST =
      new AuthenticatedRequest(Caller.ANYBODY, null);

  @Override
  public AuthenticatedRequest authenticate(HttpRequest head, @Nullable X500Principal subject) {
    return REQUEST;
  }

  @Override
  public Caller bearer(@Nullable String authorization) {
    return Caller.ANYBODY;
  }

  @Override
  public void authorize(Caller caller, Action action, @Nullable String endpoint) {
    // Everybody may do everything.
  }
}
