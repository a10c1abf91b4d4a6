package io.sessionrouter.auth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Words of a command line: a command, at most one name, and options with their values. */
final class CommandLine {
  private final String command;
  private final @Nullable String name;
  private final Map<String, List<String>> options;

  private CommandLine(String command, @Nullable String name, Map<String, List<String>> options) {
    this.command = command;
    this.name = name;
    this.options = options;
  }

  static CommandLine parse(List<String> words) throws CommandFault {
    List<String> plain = new ArrayList<>();
    Map<String, List<String>> options = new HashMap<>();
    List<String> values = plain;
    for (String word : words) {
      if (word.startsWith("--")) {
        values = options.computeIfAbsent(word, option -> new ArrayList<>());
      } else {
        values.add(word);
      }
    }
    if (plain.isEmpty() || plain.size() > 2) {
      throw new CommandFault(
          plain.isEmpty() ? "a command is missing" : plain.get(2) + ": one word too many");
    }
    return new CommandLine(plain.get(0), plain.size() == 2 ? plain.get(1) : null, options);
  }

  String command() {
    return command;
  }

  String name() throws CommandFault {
    if (name == null) {
      throw new CommandFault(command + ": NAME is missing");
    }
    return name;
  }

  /** Refuses options that the command does not have. */
  void allow(boolean named, Set<String> known) throws CommandFault {
    for (String option : options.keySet()) {
      if (!known.contains(option) && !option.equals("--file")) {
        throw new CommandFault(option + ": no such option of " + command);
      }
    }
    if (!named && name != null) {
      throw new CommandFault(name + ": one word too many");
    }
  }

  /** The option's values, of which there must be some. */
  List<String> values(String option) throws CommandFault {
    List<String> values = options.getOrDefault(option, List.of());
    if (values.isEmpty()) {
      throw new CommandFault(command + ": " + option + " is missing, or has no value");
    }
    return values;
  }

  /** The option's only value; null if it is not there. */
  @Nullable String value(String option) throws CommandFault {
    if (!options.containsKey(option)) {
      return null;
    }
    List<String> values = values(option);
    if (values.size() > 1) {
      throw new CommandFault(values.get(1) + ": one value too many of " + option);
    }
    return values.getFirst();
  }
}
