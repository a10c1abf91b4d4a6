package io.sessionrouter.local.chat;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the page is about.
 *
 * @param endpoint that it asks
 * @param router its data port
 * @param management the router's management port
 */
public record Scene(String endpoint, URI router, URI management, List<Instance> instances) {

  /**
   * A model container.
   *
   * @param name as it calls itself in its answers
   * @param process its number, for those who want to see what its end does
   */
  public record Instance(String name, URI url, long process) {}

  /** Copies the list. */
  public Scene {
    instances = List.copyOf(instances);
  }

  /**
   * What the page is given. Names and addresses of this machine have nothing in them that JSON
   * would want escaped.
   */
  String json() {
    return """
    {"endpoint":"%s","instances":[%s]}\
    """
        .formatted(endpoint, instances.stream().map(Scene::json).collect(Collectors.joining(",")));
  }

  private static String json(Instance instance) {
    return """
    {"name":"%s","url":"%s","process":%d}\
    """
        .formatted(instance.name(), instance.url(), instance.process());
  }
}
