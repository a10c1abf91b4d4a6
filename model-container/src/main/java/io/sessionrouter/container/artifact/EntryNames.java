package io.sessionrouter.container.artifact;

import io.sessionrouter.container.fault.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names in one archive: each is checked so that it stays in the folder, and none comes twice.
 */
final class EntryNames {
  private static final int LONGEST = 255;
  private static final int DEEPEST = 16;
  private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\\\\]");

  private final Map<String, Boolean> folders = new HashMap<>();

  /** The safe form of a name, relative to the folder; empty for the folder itself. */
  String accept(String name, boolean folder) {
    List<String> parts = parts(name);
    for (int depth = 1; depth < parts.size(); depth++) {
      put(String.join("/", parts.subList(0, depth)), true, name);
    }
    String safe = String.join("/", parts);
    if (!safe.isEmpty()) {
      put(safe, folder, name);
    } else if (!folder) {
      throw Fault.BAD_ARTIFACT.because("the archive has a file without a name");
    }
    return safe;
  }

  private static List<String> parts(String name) {
    var parts = new ArrayList<>(Arrays.asList(name.split("/")));
    parts.removeIf(part -> part.isEmpty() || part.equals("."));
    boolean escapes = name.startsWith("/") || parts.contains("..") || UNSAFE.matcher(name).find();
    if (escapes || parts.size() > DEEPEST || parts.stream().anyMatch(EntryNames::tooLong)) {
      throw Fault.BAD_ARTIFACT.because(
          "the archive has the name \"%s\" (expected: names below the folder, without .., control"
              + " characters and backslashes, at most %d folders deep, of at most %d bytes each)",
          shown(name), DEEPEST, LONGEST);
    }
    return parts;
  }

  /** File systems count bytes. */
  private static boolean tooLong(String part) {
    return part.getBytes(StandardCharsets.UTF_8).length > LONGEST;
  }

  private void put(String name, boolean folder, String shown) {
    Boolean before = folders.putIfAbsent(name, folder);
    if (before != null && !(before && folder)) {
      throw Fault.BAD_ARTIFACT.because(
          "the archive has the name \"%s\" twice, or once as a file and once as a folder",
          shown(shown));
    }
  }

  private static String shown(String name) {
    String safe = UNSAFE.matcher(name).replaceAll("?");
    return safe.length() <= 80 ? safe : safe.substring(0, 80) + "…";
  }
}
