package io.sessionrouter.local;

import java.io.PrintStream;
import java.util.List;

/** The program behind {@code ./demo}. */
public final class Launcher {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private final Installation installation = Installation.current();
  private final PrintStream err;
  private final Progress progress;
  private volatile boolean stopping;

  private Launcher(PrintStream out, PrintStream err) {
    this.err = err;
    this.progress = new Progress(out);
  }

  /** Runs until Ctrl-C, or until the router ends. */
  public static void main(String[] arguments) {
    System.exit(new Launcher(System.out, System.err).run(List.of(arguments)));
  }

  private int run(List<String> arguments) {
    try {
      return run(Options.parse(arguments));
    } catch (Options.UsageException e) {
      err.println(e.getMessage() + System.lineSeparator());
      err.print(Options.USAGE);
      return WRONG_USAGE;
    } catch (StartFailure e) {
      report(e);
      return FAILED;
    }
  }

  /** A start that is cut short fails in some way; whoever stopped it need not be notified. */
  private void report(StartFailure failure) {
    if (!stopping) {
      err.println(failure.getMessage());
    }
  }

  private int run(Options options) {
    if (options.help()) {
      progress.print(Options.USAGE);
      return OK;
    }
    if (options.examples()) {
      printExamples(options);
      return OK;
    }
    try (RunLock lock = RunLock.take(installation.state())) {
      Leftovers.end(lock.leftovers(), progress);
      Preflight.check(options);
      if (!options.checkOnly()) {
        runDemo(options, lock);
      }
      return OK;
    }
  }

  private void printExamples(Options options) {
    Keys keys = DemoPrincipals.kept(installation.state());
    if (keys == null) {
      throw new StartFailure("There are no keys to call the demo with yet: ./demo makes them.");
    }
    progress.print(Calls.text(RouterPlan.urlAt(options.port()), RouterPlan.ENDPOINT, keys));
  }

  private void runDemo(Options options, RunLock lock) {
    try (Children children = new Children(installation.state(), lock::record)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(children), "stop"));
      try (Demo demo = new Starter(options, installation, children, progress).start()) {
        demo.introduce();
        demo.watch();
      }
    }
  }

  private void stop(Children children) {
    if (!children.closed()) {
      stopping = true;
      progress.step("stopping everything");
      children.close();
      progress.step("stopped");
    }
  }
}
