package io.sessionrouter.auth.quota;

/**
 * How quotas are counted.
 *
 * @param replicas how many routers share the quotas of rates and of requests in flight
 */
public record QuotaSettings(int replicas) {}
