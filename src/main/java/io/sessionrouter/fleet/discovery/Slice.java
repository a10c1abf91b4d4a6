package io.sessionrouter.fleet.discovery;

import io.sessionrouter.fleet.Readiness;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the router reads of one EndpointSlice ({@code discovery.k8s.io/v1}).
 *
 * @param family {@code IPv4}, {@code IPv6} or {@code FQDN}
 */
record Slice(String name, String family, List<Port> ports, List<Backend> backends) {

  /**
   * @param name empty for the only port of a Service
   */
  record Port(String name, int number) {}

  /**
   * One pod behind the Service.
   *
   * @param identity the pod's name, or its host name; null if the endpoint has neither
   * @param pod the pod's UID; empty if there is no pod
   */
  record Backend(String address, @Nullable String identity, String pod, Readiness standing) {}

  /**
   * @throws ClassCastException if a field has another type than the API gives it
   */
  static Slice of(JsonObject slice) {
    return new Slice(
        nameOf(slice),
        slice.getString("addressType", "IPv4"),
        ports(slice.getJsonArray("ports")),
        backends(slice.getJsonArray("endpoints")));
  }

  static String nameOf(JsonObject object) {
    String name = metadata(object).getString("name");
    if (name == null || name.isEmpty()) {
      throw new ClassCastException("metadata.name is missing");
    }
    return name;
  }

  static JsonObject metadata(JsonObject object) {
    JsonObject metadata = object.getJsonObject("metadata");
    return metadata == null ? new JsonObject() : metadata;
  }

  /** Empty lists are written as null. */
  private static List<JsonObject> objects(@Nullable JsonArray array) {
    List<JsonObject> objects = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      objects.add(array.getJsonObject(i));
    }
    return objects;
  }

  private static List<Port> ports(@Nullable JsonArray ports) {
    List<Port> read = new ArrayList<>();
    for (JsonObject port : objects(ports)) {
      Integer number = port.getInteger("port");
      String name = port.getString("name");
      if (number != null) {
        read.add(new Port(name == null ? "" : name, number));
      }
    }
    return List.copyOf(read);
  }

  /** Of several addresses of one endpoint, all lead to the same pod. */
  private static List<Backend> backends(@Nullable JsonArray endpoints) {
    List<Backend> read = new ArrayList<>();
    for (JsonObject endpoint : objects(endpoints)) {
      JsonArray addresses = endpoint.getJsonArray("addresses");
      if (addresses != null && !addresses.isEmpty()) {
        read.add(
            new Backend(
                addresses.getString(0), identity(endpoint), pod(endpoint), standing(endpoint)));
      }
    }
    return List.copyOf(read);
  }

  private static @Nullable String identity(JsonObject endpoint) {
    JsonObject target = endpoint.getJsonObject("targetRef");
    String name = isPod(target) ? target.getString("name") : null;
    return name != null ? name : endpoint.getString("hostname");
  }

  private static String pod(JsonObject endpoint) {
    JsonObject target = endpoint.getJsonObject("targetRef");
    String uid = isPod(target) ? target.getString("uid") : null;
    return uid == null ? "" : uid;
  }

  private static boolean isPod(@Nullable JsonObject target) {
    return target != null && "Pod".equals(target.getString("kind"));
  }

  /** Nothing said of readiness means ready; that a pod was asked to end counts first. */
  private static Readiness standing(JsonObject endpoint) {
    JsonObject conditions = endpoint.getJsonObject("conditions");
    if (conditions == null) {
      return Readiness.READY;
    }
    if (Boolean.TRUE.equals(conditions.getBoolean("terminating"))) {
      return Readiness.TERMINATING;
    }
    return Boolean.FALSE.equals(conditions.getBoolean("ready"))
        ? Readiness.NOT_READY
        : Readiness.READY;
  }
}
