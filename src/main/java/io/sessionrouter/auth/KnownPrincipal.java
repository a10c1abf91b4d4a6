package io.sessionrouter.auth;

import io.sessionrouter.auth.signature.AccessKey;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** A principal and what it shows to be known. */
record KnownPrincipal(
    Caller caller,
    List<AccessKey> accessKeys,
    List<BearerKey> bearerKeys,
    List<X500Principal> certificateSubjects) {
  KnownPrincipal {
    accessKeys = List.copyOf(accessKeys);
    bearerKeys = List.copyOf(bearerKeys);
    certificateSubjects = List.copyOf(certificateSubjects);
  }
}
