package io.sessionrouter.auth.signature;

import org.jspecify.annotations.Nullable;

/** Where the key pairs are found that requests may be signed with. */
@FunctionalInterface
public interface AccessKeys {

  /** The key pair of such an id; null if there is none. Never blocks. */
  @Nullable AccessKey find(String id);
}
