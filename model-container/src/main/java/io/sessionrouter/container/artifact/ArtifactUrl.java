package io.sessionrouter.container.artifact;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where a model's artifact lies, read from its URL. */
public sealed interface ArtifactUrl {
  /** A file or folder of this machine. */
  record Local(Path path) implements ArtifactUrl {
    @Override
    public String toString() {
      return "file://" + path;
    }
  }

  /** A file of a web server; its query may hold a signature, so it is never shown. */
  record Web(URI uri) implements ArtifactUrl {
    @Override
    public String toString() {
      return "%s://%s%s".formatted(uri.getScheme(), uri.getRawAuthority(), uri.getRawPath());
    }
  }

  /** An object of an S3 bucket. */
  record S3(String bucket, String key) implements ArtifactUrl {
    @Override
    public String toString() {
      return "s3://%s/%s".formatted(bucket, key);
    }
  }

  /**
   * Reads a URL, or an absolute path as SageMaker sends it; any of these prefixes, if there are.
   */
  static ArtifactUrl parse(String text, List<String> prefixes) {
    if (text.isBlank() || text.length() > Reader.LONGEST || Reader.CONTROL.matcher(text).find()) {
      throw Reader.bad("url is empty, too long, or has control characters");
    }
    if (!prefixes.isEmpty() && prefixes.stream().noneMatch(text::startsWith)) {
      throw Fault.INVALID_REQUEST.because(
          "url is none that this container may load from (model.multi.url-prefixes)");
    }
    return Reader.read(text);
  }

  /** How URLs are written. */
  final class Reader {
    private static final int LONGEST = 2048;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern BUCKET =
        Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,61}[a-z0-9]");

    private Reader() {}

    private static ArtifactUrl read(String text) {
      int colon = text.indexOf(':');
      String scheme = text.startsWith("/") || colon < 0 ? "" : text.substring(0, colon);
      return switch (scheme.toLowerCase(Locale.ROOT)) {
        case "" -> path(text);
        case "file" -> local(uri(text));
        case "http", "https" -> web(uri(text));
        case "s3" -> s3(text.substring(colon + 1));
        default -> throw bad("url begins with another scheme");
      };
    }

    private static URI uri(String text) {
      try {
        return new URI(text);
      } catch (URISyntaxException broken) {
        throw bad("url is not a valid URL");
      }
    }

    private static ArtifactUrl local(URI uri) {
      boolean here = uri.getAuthority() == null && uri.getQuery() == null;
      if (!here || uri.getPath() == null || uri.getFragment() != null) {
        throw bad("url names a host, a query or a fragment besides a file");
      }
      return path(uri.getPath());
    }

    private static ArtifactUrl path(String path) {
      checkSegments(path);
      try {
        if (path.startsWith("/")) {
          return new Local(Path.of(path));
        }
      } catch (InvalidPathException invalid) {
        throw bad("url is not a valid path");
      }
      throw bad("url is no absolute path");
    }

    static Web web(URI uri) {
      if (uri.getHost() == null || uri.getUserInfo() != null || uri.getFragment() != null) {
        throw bad("url has no host, or a user or a fragment");
      }
      checkSegments(uri.getPath());
      return new Web(uri);
    }

    private static ArtifactUrl s3(String text) {
      String[] parts = text.startsWith("//") ? text.substring(2).split("/", 2) : new String[0];
      if (parts.length != 2 || parts[1].isEmpty() || !BUCKET.matcher(parts[0]).matches()) {
        throw bad("url is not s3://bucket/key");
      }
      checkSegments(parts[1]);
      return new S3(parts[0], parts[1]);
    }

    /** A prefix allows what is below it, not what a walk upwards reaches. */
    private static void checkSegments(String path) {
      if (Arrays.stream(path.split("[/\\\\]")).anyMatch(part -> part.matches("\\.\\.?"))) {
        throw bad("url has . or .. in its path");
      }
    }

    private static FaultException bad(String what) {
      return Fault.INVALID_REQUEST.because(
          "%s (expected: file:///…, http://…, https://… or s3://bucket/key)", what);
    }
  }
}
