package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What botocore's signer makes of a request, written out plainly: slow, of strings and lists, and
 * with nothing in common with what is tested.
 */
final class PlainReference {
  private static final Pattern SIGNATURE = Pattern.compile("[ ,\t]Signature=([0-9a-f]{64})");
  private static final Pattern SIGNED = Pattern.compile("[ ,\t]SignedHeaders=([^, \t]+)");

  private PlainReference() {}

  /** Whether a holder of the secret signed exactly this. */
  static boolean signed(HttpRequest request, byte[] body, AccessKey key) {
    String authorization = request.headers().get("Authorization");
    String names = found(SIGNED, authorization);
    String date = request.headers().get("x-amz-date");
    if (names == null || date == null) {
      return false;
    }
    String scope = authorization.replaceAll("(?s).*Credential=[^/]*/([^, \t]+).*", "$1");
    String toSign =
        "AWS4-HMAC-SHA256\n"
            + date
            + "\n"
            + scope
            + "\n"
            + Signed.hash(canonical(request, names, new String(body, ISO_8859_1)));
    return Signed.sign(key.secret(), scope, toSign).equals(found(SIGNATURE, authorization));
  }

  private static String found(Pattern pattern, String text) {
    List<MatchResult> all = pattern.matcher(text).results().toList();
    return all.size() == 1 ? all.getFirst().group(1) : null;
  }

  private static String canonical(HttpRequest request, String names, String body) {
    String target = request.uri().replaceFirst("^https?://[^/?]*", "");
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    Map<String, List<String>> values = new TreeMap<>();
    request
        .headers()
        .forEach(
            header ->
                values
                    .computeIfAbsent(
                        header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.getValue().strip().replaceAll("[\t-\r ]+", " ")));
    StringBuilder canonical = new StringBuilder(request.method().name()).append('\n');
    canonical.append(path(path)).append('\n').append(query(query)).append('\n');
    for (String name : names.split(";", -1)) {
      canonical.append(name).append(':');
      canonical.append(String.join(",", values.get(name))).append('\n');
    }
    List<String> declared = values.get("x-amz-content-sha256");
    String hash = Signed.hash(body);
    if (declared != null && !declared.equals(List.of(hash))) {
      return "none";
    }
    return canonical.append('\n').append(names).append('\n').append(hash).toString();
  }

  private static String path(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..") && !segments.isEmpty()) {
        segments.removeLast();
      } else if (!segment.isEmpty() && !segment.equals(".") && !segment.equals("..")) {
        segments.add(encoded(segment));
      }
    }
    String joined = "/" + String.join("/", segments);
    return path.endsWith("/") && !segments.isEmpty() ? joined + "/" : joined;
  }

  private static String query(String query) {
    List<List<String>> pairs = new ArrayList<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        pairs.add(List.of(normal(parts[0]), parts.length == 1 ? "" : normal(parts[1])));
      }
    }
    pairs.sort(
        (a, b) ->
            a.get(0).equals(b.get(0))
                ? a.get(1).compareTo(b.get(1))
                : a.get(0).compareTo(b.get(0)));
    return String.join("&", pairs.stream().map(pair -> String.join("=", pair)).toList());
  }

  private static String normal(String text) {
    return encoded(
        Pattern.compile("%([0-9A-Fa-f]{2})")
            .matcher(text)
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(match.group(1), 16)))));
  }

  private static String encoded(String text) {
    return Pattern.compile("[^A-Za-z0-9._~-]")
        .matcher(text)
        .replaceAll(match -> "%%%02X".formatted((int) match.group().charAt(0)));
  }
}
