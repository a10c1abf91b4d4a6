package io.sessionrouter.ops;

/**
 * The moment when an instance may have lost the state of its sessions, as far as this replica saw
 * it.
 *
 * @param at epoch milliseconds
 * @param left whether it left the fleet; else it is there, and gone or began anew
 */
record InstanceLoss(String endpoint, String instance, long at, boolean left) {}
