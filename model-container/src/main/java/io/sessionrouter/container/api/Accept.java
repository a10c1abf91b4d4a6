package io.sessionrouter.container.api;

import io.sessionrouter.container.config.Dialect;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The {@code Accept} header of a request: which form of answer it prefers.
 *
 * @param types the media types it names, the preferred one first
 */
record Accept(List<String> types) {
  /**
   * One media type of the header.
   *
   * @param type in lower case, without parameters
   * @param quality how much it is wanted, 0 for not at all
   */
  private record Range(String type, double quality) {
    static Range parse(String text) {
      String[] parts = text.toLowerCase(Locale.ROOT).split(";", -1);
      return new Range(parts[0].strip(), weight(parts));
    }

    /** A quality that is no number is taken for none, as if it had not been given. */
    private static double weight(String[] parts) {
      return Arrays.stream(parts)
          .skip(1)
          .map(String::strip)
          .filter(part -> part.matches("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)"))
          .mapToDouble(part -> Double.parseDouble(part.substring(2)))
          .findFirst()
          .orElse(1);
    }
  }

  /** Reads the header as it came, with all its values. */
  static Accept parse(List<String> values) {
    return new Accept(
        values.stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .map(Range::parse)
            .filter(range -> range.quality() > 0)
            .sorted(Comparator.comparingDouble(Range::quality).reversed())
            .map(Range::type)
            .toList());
  }

  /**
   * The form of a reply. {@code "stream": true} or {@code false} in the body decides whether it is
   * streamed, whatever the header says; without it the header decides. In which form, the header
   * says; that of the given dialect if it names none.
   */
  Optional<StreamFormat> format(Optional<Boolean> stream, Dialect dialect) {
    return format(stream, StreamFormat.of(dialect)).map(format -> format.in(dialect));
  }

  private Optional<StreamFormat> format(Optional<Boolean> stream, StreamFormat otherwise) {
    if (stream.isPresent()) {
      return stream.get() ? Optional.of(named().orElse(otherwise)) : Optional.empty();
    }
    return types.stream()
        .filter(type -> type.equals("application/json") || stream(type).isPresent())
        .findFirst()
        .flatMap(Accept::stream);
  }

  private Optional<StreamFormat> named() {
    return types.stream().flatMap(type -> stream(type).stream()).findFirst();
  }

  private static Optional<StreamFormat> stream(String type) {
    return Arrays.stream(StreamFormat.values())
        .filter(format -> format.contentType().equals(type))
        .findFirst();
  }
}
