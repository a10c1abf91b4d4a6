package io.sessionrouter.session;

/**
 * The names of everything the router keeps in Redis.
 *
 * <p>The braces are hash tags: they name what a Redis Cluster spreads keys by, so that nothing an
 * id contains can move a key. Ids are part of the name as a whole; nothing is ever looked up by
 * prefix.
 */
final class Keys {
  /** Replicas publish here which records changed. */
  static final String CHANGES = "sr:changes";

  /** Replicas publish here that the drain marks of an endpoint changed. */
  static final String DRAINS = "sr:drains";

  /** Instances on which sessions were opened lately, by when that was announced. */
  static final String ACTIVE = "sr:active";

  /** Endpoints whose drain marks changed lately, by when that was. */
  static final String DRAINS_CHANGED = "sr:drains-changed";

  private Keys() {}

  /** The instances of one endpoint that operators drain, and since when. */
  static String drains(String endpoint) {
    return "sr:d:{" + endpoint + '}';
  }

  /** The record of one session. */
  static String record(String endpoint, String id) {
    return "sr:s:{" + endpoint + ':' + id + '}';
  }

  /** The sessions of one instance, ordered by the moment they end. */
  static String index(String endpoint, String instance) {
    return "sr:i:{" + endpoint + ':' + instance + '}';
  }

  /** The sessions of one principal, ordered by the moment they end at the latest. */
  static String owned(String endpoint, String owner) {
    return "sr:o:{" + endpoint + ':' + owner + '}';
  }

  /** What is said of a model that is not loaded: who loads it, or why it could not be loaded. */
  static String load(String endpoint, String variant, String target) {
    return "sr:m:{" + endpoint + ':' + variant + ':' + target + '}';
  }

  /** What is stored to find out whether Redis stores, where the tag's keys lie. */
  static String writeProbe(String tag) {
    return "sr:w:{" + tag + '}';
  }

  /** Where one replica receives what it sent itself, to know that its subscription lives. */
  static String echo(String replica) {
    return "sr:echo:" + replica;
  }
}
