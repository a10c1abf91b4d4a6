package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Instance;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The variant that found instances belong to, and how they are named and spoken to.
 *
 * @param namespace where the Service is
 * @param port a number, or the name of a port; null for the only one
 * @param qualified whether a pod's name says too little, because the endpoint has instances in
 *     several namespaces
 */
record Target(
    String endpoint,
    String variant,
    String service,
    String namespace,
    @Nullable String port,
    boolean tls,
    boolean qualified) {

  Instance instance(Slice.Backend backend, String family, int number) {
    boolean bare = family.equals("IPv6") && !backend.address().startsWith("[");
    String host = bare ? "[" + backend.address() + "]" : backend.address();
    return new Instance(endpoint, variant, id(backend, host, number), host, number, tls);
  }

  /** The configured port, if it is a number. */
  OptionalInt number() {
    boolean digits =
        port != null && Character.isDigit(port.charAt(0)) && port.chars().allMatch(c -> c <= '9');
    return digits ? OptionalInt.of(Integer.parseInt(port)) : OptionalInt.empty();
  }

  /** The port to use, or -1 if the slice has not got it. */
  int portOf(Slice slice) {
    OptionalInt number = number();
    if (number.isPresent()) {
      return number.getAsInt();
    }
    if (port == null) {
      return slice.ports().size() == 1 ? slice.ports().getFirst().number() : -1;
    }
    return slice.ports().stream()
        .filter(p -> p.name().equals(port))
        .mapToInt(Slice.Port::number)
        .findFirst()
        .orElse(-1);
  }

  private String id(Slice.Backend backend, String host, int number) {
    String identity = backend.identity();
    if (identity == null) {
      return host + ":" + number;
    }
    return qualified ? identity + "." + namespace : identity;
  }
}
