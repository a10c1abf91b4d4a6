package io.sessionrouter.tls;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Values;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** TLS towards clients as users configure it. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface ServerTlsConfig {

  /** The data port. */
  Http http();

  /** TLS of the port clients call. */
  interface Http {

    /**
     * The TLS configuration of the data port: NAME of the keys `quarkus.tls.NAME.*`. `none` for
     * plain HTTP.
     */
    @WithDefault(Values.NONE)
    Optional<@WithConverter(Values.NameOrNone.class) String> tlsConfigurationName();

    /**
     * `required` if clients must show a certificate that the TLS configuration's trust store knows;
     * else `none`.
     */
    @WithDefault(Values.NONE)
    @WithConverter(Values.RequiredOrNone.class)
    Boolean clientAuth();
  }
}
