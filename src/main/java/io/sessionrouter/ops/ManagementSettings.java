package io.sessionrouter.ops;

import java.util.Set;

/**
 * The management port.
 *
 * @param openMetrics whether metrics need no key
 * @param hosts names in small letters by which it may be called, beside IP addresses
 */
public record ManagementSettings(boolean openMetrics, Set<String> hosts) {}
