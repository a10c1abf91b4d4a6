package io.sessionrouter.auth;

import io.sessionrouter.auth.signature.AccessKey;
import io.sessionrouter.auth.signature.AccessKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Whom the router knows, by what they show. Immutable.
 *
 * <p>A bearer key is looked up by its hash: how long that takes says nothing of the keys there are.
 */
public final class Principals implements AccessKeys {
  /** Nobody. */
  public static final Principals NONE = new Principals(List.of());

  private final Map<String, Owned<AccessKey>> accessKeys = new HashMap<>();
  private final Map<String, Owned<BearerKey>> bearerKeys = new HashMap<>();
  private final Map<X500Principal, Caller> subjects = new HashMap<>();
  private final int size;

  Principals(List<KnownPrincipal> all) {
    size = all.size();
    for (KnownPrincipal each : all) {
      Caller caller = each.caller();
      each.accessKeys().forEach(key -> accessKeys.put(key.id(), new Owned<>(key, caller)));
      each.bearerKeys().forEach(key -> bearerKeys.put(key.sha256(), new Owned<>(key, caller)));
      each.certificateSubjects().forEach(subject -> subjects.put(subject, caller));
    }
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  @Override
  public @Nullable AccessKey find(String id) {
    Owned<AccessKey> found = accessKeys.get(id);
    return found == null ? null : found.key;
  }

  /** Whose key that is, which was found here. */
  Caller owner(AccessKey key) {
    return Objects.requireNonNull(accessKeys.get(key.id())).caller;
  }

  /** Whose bearer key has such a hash; null if nobody's. */
  @Nullable Owned<BearerKey> bearer(String sha256) {
    return bearerKeys.get(sha256);
  }

  /** Whom a certificate of such a subject belongs to; null if nobody known. */
  @Nullable Caller subject(X500Principal subject) {
    return subjects.get(subject);
  }

  /** A key and whose it is. */
  record Owned<K>(K key, Caller caller) {}
}
