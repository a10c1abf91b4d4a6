package io.sessionrouter.auth;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A principal with what it may do and use. Immutable. */
public final class Caller {
  /** Who calls where callers are not distinguished: may do everything. */
  public static final Caller ANYBODY =
      new Caller(Principal.ANYBODY, List.of(Grant.EVERYTHING), List.of());

  private final Principal principal;
  private final Asker asker;
  private final List<Grant> grants;
  private final List<QuotaRule> quotas;

  Caller(Principal principal, List<Grant> grants, List<QuotaRule> quotas) {
    this.principal = principal;
    this.asker = principal.name().isEmpty() ? Asker.ANYBODY : Asker.owner(principal.name());
    this.grants = List.copyOf(grants);
    this.quotas = List.copyOf(quotas);
  }

  public Principal principal() {
    return principal;
  }

  /** Whose sessions its requests may continue. */
  public Asker asker() {
    return asker;
  }

  /**
   * Whether a grant allows it.
   *
   * @param endpoint null for what concerns them all, which only a grant on {@code *} allows
   */
  public boolean allows(Action action, @Nullable String endpoint) {
    return allows(action.label(), endpoint);
  }

  /** The same for an action of another service, by its label. */
  public boolean allows(String action, @Nullable String endpoint) {
    for (int i = 0; i < grants.size(); i++) {
      if (grants.get(i).allows(action, endpoint)) {
        return true;
      }
    }
    return false;
  }

  /** By the first of its rules that concerns the endpoint. */
  public Quota quota(String endpoint) {
    for (int i = 0; i < quotas.size(); i++) {
      if (quotas.get(i).concerns(endpoint)) {
        return quotas.get(i).quota();
      }
    }
    return Quota.UNLIMITED;
  }

  @Override
  public String toString() {
    return principal.name();
  }
}
