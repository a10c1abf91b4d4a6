package io.sessionrouter.auth.signature;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** A query as it is signed: sorted by its encoded names, then by its encoded values. */
final class CanonicalQuery {
  private CanonicalQuery() {}

  static void append(StringBuilder canonical, String query) {
    append(canonical, query, Set.of());
  }

  /**
   * @param omitted names of what is not signed
   */
  static void append(StringBuilder canonical, String query, Set<String> omitted) {
    if (query.isEmpty()) {
      return;
    }
    List<Parameter> parameters = new ArrayList<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        Parameter parameter = Parameter.of(pair);
        if (!omitted.contains(parameter.name)) {
          parameters.add(parameter);
        }
      }
    }
    parameters.sort(Parameter.ORDER);
    for (int i = 0; i < parameters.size(); i++) {
      canonical.append(i == 0 ? "" : "&").append(parameters.get(i).name);
      canonical.append('=').append(parameters.get(i).value);
    }
  }

  private record Parameter(String name, String value) {
    static final Comparator<Parameter> ORDER =
        Comparator.comparing(Parameter::name).thenComparing(Parameter::value);

    static Parameter of(String pair) {
      int equals = pair.indexOf('=');
      int end = equals < 0 ? pair.length() : equals;
      return new Parameter(
          normal(pair, 0, end), equals < 0 ? "" : normal(pair, equals + 1, pair.length()));
    }

    private static String normal(String text, int start, int end) {
      StringBuilder normal = new StringBuilder();
      UriText.appendNormal(normal, text, start, end, false);
      return normal.toString();
    }
  }
}
