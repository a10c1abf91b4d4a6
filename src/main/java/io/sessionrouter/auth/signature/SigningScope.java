package io.sessionrouter.auth.signature;

import java.util.Set;
import java.util.TreeSet;

/**
 * What requests must be signed for.
 *
 * @param region the one of this router
 * @param services any of these
 */
public record SigningScope(String region, Set<String> services) {
  public SigningScope {
    services = Set.copyOf(services);
  }

  /** Refuses what is signed for something else, and says all that is wrong with it. */
  void require(Credential credential) {
    StringBuilder wrong = new StringBuilder();
    if (!credential.region().equals(region)) {
      wrong.append(
          "Credential should be scoped to a valid region, not '%s'. "
              .formatted(credential.region()));
    }
    if (!services.contains(credential.service())) {
      wrong.append(
          "Credential should be scoped to correct service: '%s'. "
              .formatted(String.join("', '", new TreeSet<>(services))));
    }
    if (!credential.terminator().equals(Credential.TERMINATOR)) {
      wrong.append(
          "Credential should be scoped with a valid terminator: '%s', not '%s'. "
              .formatted(Credential.TERMINATOR, credential.terminator()));
    }
    if (!wrong.isEmpty()) {
      throw Refusals.invalid(wrong.toString());
    }
  }
}
