package io.sessionrouter.container;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceClients;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One check under way; used on one event loop. */
final class Ping {
  static final String BOOT_ID = BootId.HEADER.toString();
  static final String DRAINING = "X-Session-Router-Draining";
  private static final String ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes";
  private static final Pattern NAME = Pattern.compile("(?:^|[\\s;,])instance=([!-~&&[^;,]]{1,64})");
  private static final int MAX_BOOT_ID = 64;
  private static final int MAX_BODY = 4 * 1024;

  private final Vertx vertx;
  private final long timeout;
  private final Promise<CheckResult> result = Promise.promise();
  private @Nullable HttpClientRequest request;
  private long timer;
  private int dropped;

  Ping(Vertx vertx, long timeout) {
    this.vertx = vertx;
    this.timeout = timeout;
  }

  Future<CheckResult> send(Instance to, InstanceClients clients, RequestOptions options) {
    timer = vertx.setTimer(timeout, t -> expire());
    clients.request(to, options).onSuccess(this::send).onFailure(this::fail);
    return result.future();
  }

  private void send(HttpClientRequest opened) {
    request = opened;
    if (result.future().isComplete()) {
      opened.reset();
      return;
    }
    opened.send().onSuccess(this::answered).onFailure(this::fail);
  }

  /** The head decides; a short body is dropped, a longer one or a slower one cut off. */
  private void answered(HttpClientResponse response) {
    result.tryComplete(judge(response));
    response.exceptionHandler(brokenAfterHead -> vertx.cancelTimer(timer));
    response.endHandler(end -> vertx.cancelTimer(timer));
    response.handler(part -> drop(response, part.length()));
  }

  private void drop(HttpClientResponse response, int bytes) {
    dropped += bytes;
    if (dropped > MAX_BODY) {
      vertx.cancelTimer(timer);
      response.request().reset();
    }
  }

  private void expire() {
    result.tryComplete(new CheckResult.Failed("no answer within " + timeout + "ms"));
    if (request != null) {
      request.reset();
    }
  }

  private void fail(Throwable cause) {
    vertx.cancelTimer(timer);
    result.tryComplete(Pinger.failure(cause));
  }

  /**
   * A draining container says 503, so that Kubernetes takes it out of its Service too, and the
   * header tells it from one that is broken.
   */
  private static CheckResult judge(HttpClientResponse response) {
    boolean draining = "true".equalsIgnoreCase(response.getHeader(DRAINING));
    int status = response.statusCode();
    if (status != ContainerContract.OK && !(draining && status == ContainerContract.UNAVAILABLE)) {
      return new CheckResult.Failed("status " + status);
    }
    String bootId = response.getHeader(BOOT_ID);
    if (bootId != null && !isBootId(bootId)) {
      return new CheckResult.Failed(BOOT_ID + " is not 1 to 64 visible ASCII characters");
    }
    return new CheckResult.Passed(bootId == null ? "" : bootId, name(response), draining);
  }

  /** For people only: what is no name is none. */
  private static String name(HttpClientResponse response) {
    String attributes = response.getHeader(ATTRIBUTES);
    Matcher found = attributes == null ? null : NAME.matcher(attributes);
    return found != null && found.find() ? found.group(1) : "";
  }

  private static boolean isBootId(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_BOOT_ID
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
