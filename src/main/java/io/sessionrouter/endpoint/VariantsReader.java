package io.sessionrouter.endpoint;

import io.sessionrouter.config.HostUrl;
import io.sessionrouter.config.Problems;
import io.sessionrouter.domain.Instance;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the variants of one endpoint, which share one set of instances. */
final class VariantsReader {
  private final Problems problems;
  private final String key;
  private final Set<String> instanceIds = new HashSet<>();

  /**
   * @param key of the endpoint's variants
   */
  VariantsReader(Problems problems, String key) {
    this.problems = problems;
    this.key = key;
  }

  /** The variants in the order of their names, so that every replica has the same. */
  List<VariantSettings> read(Map<String, EndpointsConfig.Variant> variants) {
    problems.expect(
        !variants.isEmpty(),
        key,
        "none",
        "at least one, for example " + key + ".main.instances=http://127.0.0.1:8081");
    weights(variants);
    return variants.entrySet().stream()
        .sorted(Comparator.comparing(e -> Names.nonNull(e.getKey())))
        .map(e -> variant(Names.nonNull(e.getKey()), e.getValue()))
        .toList();
  }

  private void weights(Map<String, EndpointsConfig.Variant> variants) {
    boolean some = variants.values().stream().anyMatch(v -> v.weight() != 0);
    problems.expect(
        variants.isEmpty() || some, key + ".*.weight", 0, "more than 0 for at least one variant");
  }

  private VariantSettings variant(String name, EndpointsConfig.Variant variant) {
    String own = key + "." + name;
    Names.check(problems, own, name);
    problems.expect(variant.weight() >= 0, own + ".weight", variant.weight(), "0 or more");
    List<DiscoverySettings> discoveries =
        new DiscoveriesReader(problems, own).read(variant.kubernetes(), variant.dns());
    problems.expect(
        variant.instances().isPresent() || !discoveries.isEmpty(),
        own,
        "no instances",
        own + ".instances, .kubernetes.service or .dns.name");
    return new VariantSettings(
        name,
        variant.weight(),
        instances(own + ".instances", variant.instances().orElse(List.of())),
        discoveries);
  }

  private List<URI> instances(String key, List<String> texts) {
    List<URI> urls = new ArrayList<>();
    for (String text : texts) {
      URI url = instance(key, text);
      if (url != null) {
        urls.add(url);
      }
    }
    return List.copyOf(urls);
  }

  private @Nullable URI instance(String key, String text) {
    URI url = HostUrl.parse(text);
    problems.expect(url != null, key, HostUrl.shown(text), HostUrl.EXPECTED);
    if (url != null) {
      boolean first = instanceIds.add(Instance.at("", "", url).id());
      problems.expect(first, key, text.strip(), "each instance once within its endpoint");
    }
    return url;
  }
}
