package io.sessionrouter.local;

import io.sessionrouter.local.chat.ChatServer;
import java.util.List;

/** The running system, as the user sees it. */
record Demo(
    RouterPlan plan,
    Child router,
    List<Child> containers,
    ChatServer chat,
    Children children,
    Progress progress)
    implements AutoCloseable {

  /** Says where everything is, and how to use it. */
  void introduce() {
    progress.print("");
    progress.print("Open " + chat.url() + " in a browser.");
    progress.print("");
    progress.print("Router      " + plan.invocations());
    progress.print("Management  " + plan.management() + "/q/health, /q/metrics, /v1/endpoints");
    for (Child container : containers) {
      progress.print(
          "Container   %s (%s, process %d)"
              .formatted(container.service().url(), container.name(), container.pid()));
    }
    progress.print("");
    progress.print(Calls.text(plan.url(), RouterPlan.ENDPOINT));
    progress.print("READY  in %.1f s. Ctrl-C stops everything.".formatted(progress.seconds()));
  }

  /**
   * Tells of processes that end, until the router does.
   *
   * @throws StartFailure if the router ends although nobody stopped it
   */
  void watch() {
    children.running().stream().filter(child -> child != router).forEach(this::tellEnd);
    router.onExit().join();
    if (!children.closed()) {
      throw new StartFailure(
          "The router ended (exit code %d).%s".formatted(router.exitCode(), router.lastWords()));
    }
  }

  /** Ends the chat page; the processes are their own affair. */
  @Override
  public void close() {
    chat.close();
  }

  /** The demo goes on without: to see what a client gets then is what a demo is for. */
  private void tellEnd(Child child) {
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
                  }
                });
  }
}
