package io.sessionrouter.local;

import io.sessionrouter.local.chat.ChatServer;
import io.sessionrouter.local.chat.Scene;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Starts the parts of the demo in their order, reporting each step. */
final class Starter {
  private final Options options;
  private final Services services;
  private final Path redisData;
  private final DemoPrincipals principals;
  private final Children children;
  private final Progress progress;
  private final int total;
  private int ready;

  Starter(Options options, Installation installation, Children children, Progress progress) {
    this.options = options;
    this.services = new Services(installation);
    this.redisData = installation.state().resolve("redis-data");
    this.principals = DemoPrincipals.in(installation.state(), services);
    this.children = children;
    this.progress = progress;
    this.total = options.instances() + (options.redis() == null ? 2 : 1);
  }

  /** Returns when a question was answered through everything that was started. */
  Demo start() {
    URI redis = redis();
    List<Child> containers = startContainers();
    Keys keys = principals.keys(); // while the containers load the model
    awaitReady(containers);
    RouterPlan plan = plan(redis, containers);
    Child router = startRouter(plan);
    new FirstQuestion(plan.invocations(), keys).awaitAnswer();
    progress.step("a first question was answered through the router");
    ChatServer chat = startChat(plan, containers, keys);
    return new Demo(plan, keys, router, containers, chat, children, progress);
  }

  private ChatServer startChat(RouterPlan plan, List<Child> containers, Keys keys) {
    try {
      Scene scene = Demo.scene(plan, containers);
      return ChatServer.start(options.chatPort(), scene, keys.bearerKey());
    } catch (IOException e) {
      throw new StartFailure(
          "The chat page cannot be served on port %d: %s"
              .formatted(options.chatPort(), e.getMessage()));
    }
  }

  private URI redis() {
    URI own = options.redis();
    return own == null ? startRedis() : own;
  }

  private URI startRedis() {
    Service redis = services.redis("redis", Ports.free(), redisData, List.of("--save", ""));
    progress.step("redis: starting on %s".formatted(redis.url()));
    awaitReady(List.of(children.start(redis)));
    return redis.url();
  }

  private List<Child> startContainers() {
    return IntStream.rangeClosed(1, options.instances()).mapToObj(this::startContainer).toList();
  }

  private Child startContainer(int number) {
    Service container = services.container(RouterPlan.ENDPOINT + "-" + number, Ports.free());
    progress.step("%s: loading the model, on %s".formatted(container.name(), container.url()));
    return children.start(container);
  }

  private RouterPlan plan(URI redis, List<Child> containers) {
    List<URI> instances = containers.stream().map(child -> child.service().url()).toList();
    String file = principals.file().toString();
    return new RouterPlan(
            options.port(), options.managementPort(), redis, RouterPlan.ENDPOINT, instances)
        .with(Map.of("session-router.auth.principals", file));
  }

  private Child startRouter(RouterPlan plan) {
    progress.step("router: starting on %s".formatted(plan.url()));
    Child router = children.start(services.router("router", plan));
    awaitReady(List.of(router));
    return router;
  }

  private void awaitReady(List<Child> started) {
    for (Child child : started) {
      child.awaitReady(new StillWaiting(child, progress));
      ready++;
      progress.step("%s: ready (%d of %d)".formatted(child.name(), ready, total));
    }
  }
}
