package io.sessionrouter.tls;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Every TLS configuration that does not say otherwise offers TLS 1.3 and 1.2: Quarkus' own default
 * is 1.3 only, and many clients have but 1.2.
 */
public final class TlsVersions implements ConfigSourceInterceptor {
  private static final long serialVersionUID = 1L;
  private static final String VERSIONS = "TLSv1.3,TLSv1.2";
  private static final Pattern KEY =
      Pattern.compile("quarkus\\.tls\\.(?:(?:\"[^\"]+\"|[^.\"]+)\\.)?protocols");

  @Override
  public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
    ConfigValue found = context.proceed(name);
    return name.startsWith("quarkus.tls.") && KEY.matcher(name).matches() && !isSet(found)
        ? versions(name, found)
        : found;
  }

  /** What code has as a default comes from sources below all of users' own. */
  private static boolean isSet(@Nullable ConfigValue found) {
    return found != null && found.getValue() != null && found.getConfigSourceOrdinal() >= 0;
  }

  private static ConfigValue versions(String name, @Nullable ConfigValue found) {
    return found == null
        ? ConfigValue.builder().withName(name).withValue(VERSIONS).build()
        : found.withValue(VERSIONS);
  }
}
