package io.sessionrouter.auth;

import java.util.List;

/**
 * What a principal may use of each endpoint of such a name.
 *
 * @param endpoints patterns of their names
 */
record QuotaRule(List<NamePattern> endpoints, Quota quota) {
  QuotaRule {
    endpoints = List.copyOf(endpoints);
  }

  boolean concerns(String endpoint) {
    return endpoints.stream().anyMatch(pattern -> pattern.matches(endpoint));
  }
}
