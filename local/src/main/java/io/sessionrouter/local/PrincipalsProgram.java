package io.sessionrouter.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The router's own program as the command that changes a file of principals. */
final class PrincipalsProgram implements DemoPrincipals.Command {
  private static final String USAGE = "Usage:";

  private final List<String> command;

  /**
   * @param command which the words are added to
   */
  PrincipalsProgram(List<String> command) {
    this.command = List.copyOf(command);
  }

  @Override
  public String run(List<String> words) {
    List<String> line = Stream.concat(command.stream(), words.stream()).toList();
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      requireSuccess(process.waitFor(), output);
      return output;
    } catch (IOException e) {
      throw new StartFailure("Cannot run the command that makes keys: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("Interrupted while keys are made.");
    }
  }

  /** What is wrong comes before the usage, which is of no use here. */
  private static void requireSuccess(int exit, String output) {
    if (exit != 0) {
      int usage = output.indexOf(USAGE);
      String reason = usage < 0 ? output : output.substring(0, usage);
      throw new StartFailure("The demo's keys cannot be made: " + reason.strip());
    }
  }
}
