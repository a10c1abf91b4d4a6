package io.sessionrouter.auth.signature;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Signing keys that were derived before: a derivation costs more than all else of a signature.
 *
 * <p>Only scopes are asked for that the configuration and the clock allow, so clients cannot fill
 * it. A key pair whose secret was exchanged has other signing keys.
 */
final class SigningKeys {
  private static final int MAX_ENTRIES = 10_000;

  private final Cache<Scope, SigningKey> keys =
      Caffeine.newBuilder().maximumSize(MAX_ENTRIES).executor(Runnable::run).build();

  SigningKey of(AccessKey key, Credential credential) {
    return keys.get(
        new Scope(
            key.id(), key.secret(), credential.day(), credential.region(), credential.service()),
        Scope::derive);
  }

  private record Scope(String id, String secret, String day, String region, String service) {
    SigningKey derive() {
      return SigningKey.of(secret, day, region, service);
    }

    @Override
    public String toString() {
      return id + "/" + day + "/" + region + "/" + service;
    }
  }
}
