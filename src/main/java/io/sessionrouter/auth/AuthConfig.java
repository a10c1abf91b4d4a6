package io.sessionrouter.auth;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.util.Optional;

/** Who may call, as users configure it. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface AuthConfig {

  /** `none` lets everybody do everything. Leave it out to distinguish callers by the principals. */
  @WithName("auth")
  Optional<String> authMode();

  /**
   * The JSON file of principals: their keys, what they may do, their quotas. It is read again when
   * it changes.
   */
  @WithName("auth.principals")
  Optional<String> authPrincipals();

  /** The region that requests must be signed for. */
  @WithName("auth.region")
  @WithDefault("us-east-1")
  String authRegion();
}
