package io.sessionrouter.lifecycle;

/**
 * An instance that may have lost the state of sessions, and as what it was met.
 *
 * @param sign changes when it may have lost more
 * @param since when this replica saw that first, epoch milliseconds
 * @param gone whether nothing listens at its address
 * @param left whether it left the fleet
 */
record InstanceLoss(
    String endpoint, String instance, String sign, long since, boolean gone, boolean left) {}
