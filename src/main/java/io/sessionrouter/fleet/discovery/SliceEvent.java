package io.sessionrouter.fleet.discovery;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** One line of a watch. */
sealed interface SliceEvent {

  /** A slice is there, new or changed. */
  record Changed(Slice slice, String resourceVersion) implements SliceEvent {}

  /** A slice is not there any more. */
  record Deleted(String name, String resourceVersion) implements SliceEvent {}

  /** Nothing changed up to this version. */
  record Bookmark(String resourceVersion) implements SliceEvent {}

  /** The API server gave the watch up. */
  record Failed(ApiFailure why) implements SliceEvent {}

  /** Reads a line; whatever makes no sense is a failure of the watch. */
  static SliceEvent parse(Buffer line) {
    try {
      JsonObject event = new JsonObject(line);
      JsonObject object = event.getJsonObject("object", new JsonObject());
      return of(event.getString("type", ""), object);
    } catch (DecodeException | ClassCastException e) {
      return new Failed(ApiFailure.unreadable("a watch event cannot be read: " + e.getMessage()));
    }
  }

  private static SliceEvent of(String type, JsonObject object) {
    return switch (type) {
      case "ADDED", "MODIFIED" -> new Changed(Slice.of(object), version(object));
      case "DELETED" -> new Deleted(Slice.nameOf(object), version(object));
      case "BOOKMARK" -> new Bookmark(version(object));
      case "ERROR" -> new Failed(ApiFailure.ofStatus(object));
      default -> new Failed(ApiFailure.unreadable("a watch event of unknown type: " + type));
    };
  }

  private static String version(JsonObject object) {
    return Slice.metadata(object).getString("resourceVersion", "");
  }
}
