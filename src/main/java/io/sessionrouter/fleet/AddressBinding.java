package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;

/** How closely an instance belongs to its address. */
enum AddressBinding {
  /** The address is the instance: whatever happens there happens to it. */
  SAME,
  /** A container keeps its address as long as it lives; later the address may be another's. */
  FOR_LIFE,
  /** A container may go on at another address, and its old one may become another's. */
  LOOSE;

  static AddressBinding of(Instance instance, String pod) {
    if (instance.id().equals(instance.authority())) {
      return SAME;
    }
    return pod.isEmpty() ? LOOSE : FOR_LIFE;
  }
}
