package io.sessionrouter.auth;

import io.sessionrouter.config.Problems;

/** Why a command does nothing, in words for who gave it. */
final class CommandFault extends Exception {
  private static final long serialVersionUID = 1L;

  CommandFault(String message) {
    super(message);
  }

  static void throwIfAny(Problems problems) throws CommandFault {
    if (!problems.lines().isEmpty()) {
      throw new CommandFault(String.join("\n", problems.lines()));
    }
  }
}
