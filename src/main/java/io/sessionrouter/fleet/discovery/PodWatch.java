package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Backoff;
import io.sessionrouter.telemetry.DiscoveryMeters.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Random;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows the running pods of one namespace, if the router may: a container without a boot id that
 * restarts between two checks shows nowhere else.
 *
 * <p>Nothing depends on it. Where it is forbidden, it asks again now and then, without a word.
 */
final class PodWatch {
  private static final Logger LOG = Logger.getLogger(PodWatch.class);
  private static final Duration UNTIL_ALLOWED = Duration.ofMinutes(10);

  private final Vertx vertx;
  private final Context context;
  private final ApiServer server;
  private final String namespace;
  private final PodStarts starts;
  private final Pace pace;
  private final Backoff backoff;
  private @Nullable SliceApi api;
  private String resourceVersion = "";
  private int failures;
  private boolean reading;
  private boolean stopped;

  PodWatch(Vertx vertx, ApiServer server, String namespace, PodStarts starts, Pace pace) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.server = server;
    this.namespace = namespace;
    this.starts = starts;
    this.pace = pace;
    this.backoff = new Backoff(pace.firstBackoff(), pace.longestBackoff(), new Random());
  }

  void start() {
    context.runOnContext(begin -> next());
  }

  void stop() {
    context.runOnContext(
        end -> {
          stopped = true;
          hangUp();
        });
  }

  private void next() {
    if (!stopped) {
      Future<Void> step = resourceVersion.isEmpty() ? list() : watch();
      step.onSuccess(done -> vertx.setTimer(pace.firstBackoff().toMillis(), again -> next()))
          .onFailure(this::failed);
    }
  }

  private Future<Void> list() {
    return api().list(Pod::of).map(this::listed);
  }

  private @Nullable Void listed(SliceApi.Listing<Pod> all) {
    starts.replace(all.objects());
    resourceVersion = all.resourceVersion();
    failures = 0;
    if (!reading) {
      reading = true;
      LOG.infof("pods are read, too namespace=%s", namespace);
    }
    return null;
  }

  private Future<Void> watch() {
    return api().watch(resourceVersion, () -> failures = 0, this::receive);
  }

  private void receive(Buffer line) {
    JsonObject event = new JsonObject(line);
    JsonObject object = event.getJsonObject("object", new JsonObject());
    switch (event.getString("type", "")) {
      case "ADDED", "MODIFIED" -> starts.changed(Pod.of(object));
      case "DELETED" -> starts.deleted(Pod.of(object));
      case "BOOKMARK" -> {}
      case "ERROR" -> throw ApiFailure.ofStatus(object);
      default -> throw ApiFailure.unreadable("a watch event of unknown type");
    }
    resourceVersion = Slice.metadata(object).getString("resourceVersion", resourceVersion);
  }

  private void failed(Throwable why) {
    failures++;
    hangUp();
    if (why instanceof ApiFailure failure && failure.isGone()) {
      resourceVersion = "";
    } else if (reading) {
      reading = false;
      LOG.infof("pods are not read now namespace=%s cause=%s", namespace, why);
    }
    if (!stopped) {
      boolean denied = ApiFailure.kindOf(why) == Failure.DENIED;
      long wait = denied ? UNTIL_ALLOWED.toMillis() : backoff.afterFailures(failures);
      vertx.setTimer(wait, again -> next());
    }
  }

  private SliceApi api() {
    SliceApi present = api;
    if (present == null) {
      String path =
          "/api/v1/namespaces/" + namespace + "/pods?fieldSelector=status.phase%3DRunning";
      present = new SliceApi(vertx, server, path, pace);
      api = present;
    }
    return present;
  }

  private void hangUp() {
    SliceApi present = api;
    api = null;
    if (present != null) {
      present.close();
    }
  }
}
