package io.sessionrouter.ops;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.sessionrouter.auth.PrincipalsCommand;
import java.time.InstantSource;
import java.util.List;

/**
 * Where the program begins: the router, unless the first word of the command line is that of a
 * command, for which nothing of the router is started.
 */
@QuarkusMain
public final class RouterMain {
  private RouterMain() {}

  /** Runs the router until it is stopped, or a command until it is done. */
  public static void main(String... words) {
    if (words.length == 0 || !words[0].equals(PrincipalsCommand.WORD)) {
      Quarkus.run(words);
      return;
    }
    PrincipalsCommand command =
        new PrincipalsCommand(
            System.out,
            System.err,
            System.getenv("SESSION_ROUTER_PRINCIPALS"),
            InstantSource.system());
    System.exit(command.run(List.of(words).subList(1, words.length)));
  }
}
