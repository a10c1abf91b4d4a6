package io.sessionrouter.endpoint;

import io.sessionrouter.config.DurationText;
import io.sessionrouter.config.Problems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks where more instances of one variant are to be found. */
final class DiscoveriesReader {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern PORT_NAME =
      Pattern.compile("(?=.{0,14}[a-z])[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern HOST =
      Pattern.compile("[a-zA-Z0-9_]([-a-zA-Z0-9_]{0,62})(\\.[a-zA-Z0-9_][-a-zA-Z0-9_]{0,62})*\\.?");
  private static final int MAX_HOST = 253;
  private static final int MAX_PORT_NAME = 15;
  private static final int MAX_PORT = 65535;
  private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
  private static final Duration MAX_INTERVAL = Duration.ofHours(1);

  private final Problems problems;
  private final String key;

  /**
   * @param key of the variant
   */
  DiscoveriesReader(Problems problems, String key) {
    this.problems = problems;
    this.key = key;
  }

  List<DiscoverySettings> read(EndpointsConfig.Service service, EndpointsConfig.Dns dns) {
    List<DiscoverySettings> all = new ArrayList<>();
    if (service.service().isPresent()) {
      all.add(kubernetes(service, service.service().get().strip()));
    } else {
      senseless(".kubernetes.namespace", service.namespace(), ".kubernetes.service");
      senseless(".kubernetes.port", service.port(), ".kubernetes.service");
    }
    if (dns.name().isPresent()) {
      all.add(dns(dns, dns.name().get().strip()));
    } else {
      senseless(".dns.port", dns.port().stream().boxed().findFirst(), ".dns.name");
    }
    return List.copyOf(all);
  }

  private DiscoverySettings kubernetes(EndpointsConfig.Service found, String service) {
    label(".kubernetes.service", service);
    @Nullable String namespace = found.namespace().map(String::strip).orElse(null);
    if (namespace != null) {
      label(".kubernetes.namespace", namespace);
    }
    @Nullable String port = found.port().map(String::strip).orElse(null);
    problems.expect(
        port == null || isPort(port),
        key + ".kubernetes.port",
        port == null ? "" : port,
        "1 to 65535, or the name of a port of the Service");
    return new DiscoverySettings.Kubernetes(service, namespace, port, found.tls());
  }

  private DiscoverySettings dns(EndpointsConfig.Dns dns, String name) {
    problems.expect(
        name.length() <= MAX_HOST && HOST.matcher(name).matches(),
        key + ".dns.name",
        name,
        "a host name, or the name of SRV records such as _http._tcp.chat.models.svc.cluster.local");
    DiscoverySettings.Dns read =
        new DiscoverySettings.Dns(name, dns.port().orElse(0), dns.interval(), dns.tls());
    problems.expect(
        dns.interval().compareTo(MIN_INTERVAL) >= 0 && dns.interval().compareTo(MAX_INTERVAL) <= 0,
        key + ".dns.interval",
        DurationText.of(dns.interval()),
        "100ms to 60m");
    if (read.isService()) {
      problems.expect(
          dns.port().isEmpty(), key + ".dns.port", read.port(), "none: SRV records give the port");
    } else {
      problems.expect(
          read.port() > 0 && read.port() <= MAX_PORT,
          key + ".dns.port",
          dns.port().isPresent() ? read.port() : "none",
          "1 to 65535");
    }
    return read;
  }

  private void senseless(String name, Optional<?> value, String missing) {
    value.ifPresent(
        given -> problems.expect(false, key + name, given, "nothing without " + key + missing));
  }

  private void label(String name, String value) {
    problems.expect(
        LABEL.matcher(value).matches(),
        key + name,
        value,
        "a name of small letters, digits and inner dashes, at most 63 characters");
  }

  private static boolean isPort(String text) {
    if (text.matches("[0-9]{1,5}")) {
      int number = Integer.parseInt(text);
      return number >= 1 && number <= MAX_PORT;
    }
    return text.length() <= MAX_PORT_NAME && PORT_NAME.matcher(text).matches();
  }
}
