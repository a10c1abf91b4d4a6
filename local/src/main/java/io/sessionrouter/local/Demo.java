package io.sessionrouter.local;

import io.sessionrouter.local.chat.ChatServer;
import io.sessionrouter.local.chat.Scene;
import java.util.ArrayList;
import java.util.List;

/** The running system, as the user sees it. */
final class Demo implements AutoCloseable {
  private final RouterPlan plan;
  private final Keys keys;
  private final Child router;
  private final List<Child> containers;
  private final ChatServer chat;
  private final Children children;
  private final Progress progress;
  private final Restarts restarts;

  Demo(
      RouterPlan plan,
      Keys keys,
      Child router,
      List<Child> containers,
      ChatServer chat,
      Children children,
      Progress progress) {
    this.plan = plan;
    this.keys = keys;
    this.router = router;
    this.containers = new ArrayList<>(containers);
    this.chat = chat;
    this.children = children;
    this.progress = progress;
    this.restarts = Restarts.ofTerminal(children, progress, this::restarted);
  }

  static Scene scene(RouterPlan plan, List<Child> containers) {
    List<Scene.Instance> instances =
        containers.stream()
            .map(child -> new Scene.Instance(child.name(), child.service().url(), child.pid()))
            .toList();
    return new Scene(plan.endpoint(), plan.url(), plan.management(), instances);
  }

  /** Prints where everything is, and how to use it. */
  void introduce() {
    progress.print("");
    progress.print("Open " + chat.url() + " in a browser.");
    progress.print("");
    progress.print("Console     " + chat.console());
    progress.print("Router      " + plan.invocations());
    progress.print("Management  " + plan.management() + "/q/health, /q/metrics, /v1/endpoints");
    for (Child container : containers) {
      progress.print(
          "Container   %s (%s, process %d)"
              .formatted(container.service().url(), container.name(), container.pid()));
    }
    progress.print("Calls       %s prints some to copy".formatted(examplesCommand()));
    progress.print("");
    progress.print("Keys to export, of the principal that the demo is called by:");
    keys.lines().forEach(progress::print);
    progress.print("");
    progress.print("READY  in %.1f s. Ctrl-C stops everything.".formatted(progress.seconds()));
  }

  private String examplesCommand() {
    return plan.port() == Options.DEFAULT_PORT
        ? "./demo --examples"
        : "./demo --examples --port " + plan.port();
  }

  /**
   * Reports processes that end, until the router does.
   *
   * @throws StartFailure if the router ends although nobody stopped it
   */
  void watch() {
    children.running().stream().filter(child -> child != router).forEach(this::reportEnd);
    router.onExit().join();
    if (!children.closed()) {
      throw new StartFailure(
          "The router ended (exit code %d).%s".formatted(router.exitCode(), router.lastWords()));
    }
  }

  /** Ends the chat page; the processes are their owner's. */
  @Override
  public void close() {
    chat.close();
  }

  /** The demo goes on without: to see what a client gets then is what a demo is for. */
  private void reportEnd(Child child) {
    // A program's exit never fails, and reporting it returns nothing.
    var _ =
        child
            .onExit()
            .thenAccept(
                ended -> {
                  if (!children.closed()) {
                    progress.step(
                        "%s ended (exit code %d); the rest goes on without it."
                            .formatted(ended.name(), ended.exitCode()));
                    restarts.offer(ended);
                  }
                });
  }

  /** The page shows the command that ends the new process. */
  private synchronized void restarted(Child child) {
    containers.replaceAll(each -> each.name().equals(child.name()) ? child : each);
    chat.show(scene(plan, containers));
    reportEnd(child);
  }
}
