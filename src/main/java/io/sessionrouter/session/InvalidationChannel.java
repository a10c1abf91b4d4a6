package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

/**
 * Receives what other replicas changed.
 *
 * <p>A subscription has a connection of its own, and while that is down news are lost. So the
 * listener is notified whenever a new subscription begins, before it counts as up.
 */
final class InvalidationChannel {
  private static final int CHANNELS = 3;

  private final String replica;
  private final String echo;
  private final Listener listener;

  /** Who wants to know. Called on an event loop. */
  interface Listener {

    /** Another replica changed the record. */
    void changed(String endpoint, String id);

    /** The drain marks of the endpoint changed. */
    void drainsChanged(String endpoint);

    /** News may have been missed: anything may have changed. */
    void missed();

    /** This replica's own voice came back: what it said, which is {@code words}. */
    void received(String words);
  }

  InvalidationChannel(String replica, Listener listener) {
    this.replica = replica;
    this.echo = Keys.echo(replica);
    this.listener = listener;
  }

  /** What a replica says when it changed a record. */
  static String message(String replica, String endpoint, String id) {
    return replica + ' ' + endpoint + ' ' + id;
  }

  /** Makes a new connection a subscription; ends once Redis has confirmed or refused it. */
  Future<Void> subscribe(RedisConnection connection) {
    Promise<Void> confirmed = Promise.promise();
    int[] confirmations = new int[1];
    connection.handler(
        message -> {
          if (message.type() == ResponseType.ERROR) {
            confirmed.tryFail(new RedisLink.Refused(message.toString()));
          } else if (isConfirmation(message) && ++confirmations[0] == CHANNELS) {
            listener.missed();
            confirmed.tryComplete();
          } else {
            receive(message);
          }
        });
    return connection
        .send(Request.cmd(Command.SUBSCRIBE).arg(Keys.CHANGES).arg(Keys.DRAINS).arg(echo))
        .compose(sent -> confirmed.future());
  }

  private static boolean isConfirmation(Response message) {
    return message.size() == 3 && "subscribe".equals(message.get(0).toString());
  }

  private void receive(Response message) {
    if (message.size() != 3 || !"message".equals(message.get(0).toString())) {
      return;
    }
    String channel = message.get(1).toString();
    String news = message.get(2).toString();
    if (echo.equals(channel)) {
      listener.received(news);
    } else if (Keys.DRAINS.equals(channel)) {
      listener.drainsChanged(news);
    } else {
      receive(news);
    }
  }

  /** Own changes are in the near cache already. */
  private void receive(String news) {
    String[] words = news.split(" ", 3);
    if (words.length == 3 && !words[0].equals(replica)) {
      listener.changed(words[1], words[2]);
    }
  }
}
